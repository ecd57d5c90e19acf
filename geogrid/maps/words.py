"""The words on the map itself, Chinese and English; names of levels and kinds come from the scheme."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: dict[str, dict[str, str]] = {
    "simulated": {"zh": "模拟数据（种子 {seed}）", "en": "Simulated data (seed {seed})"},
    "stack": {"zh": "叠 {n} 个", "en": "{n} stacked"},
    "stack_short": {"zh": "叠{n}", "en": "×{n}"},
    "stack_title": {"zh": "同一块地上叠着 {n} 个{level}", "en": "{n} {level}s on the same ground"},
    "floors": {"zh": "{from}–{to} 层", "en": "floors {from}–{to}"},
    "floor": {"zh": "{from} 层", "en": "floor {from}"},
    "households": {"zh": "{n} 户", "en": "{n} households"},
    "households_short": {"zh": "{n} 户", "en": "{n} hh"},
    "households_change": {"zh": "{n} → {to} 户", "en": "{n} → {to} hh"},
    "nobodys": {"zh": "未划入", "en": "unassigned"},
    "locked": {"zh": "已锁定", "en": "locked"},
    "entrance": {"zh": "{n} 单元", "en": "stairwell {n}"},
    "above": {"zh": "超出上限", "en": "above the bounds"},
    "below": {"zh": "不足下限", "en": "below the bounds"},
    "in": {"zh": "界内", "en": "within bounds"},
    "dedicated": {"zh": "专属", "en": "dedicated"},
    "none_here": {"zh": "没有{what}", "en": "no {what}"},
    "count": {"zh": "{n} 处", "en": "{n}"},
    "stations": {"zh": "站点", "en": "stations"},
    "cameras": {"zh": "摄像机", "en": "cameras"},
    "events": {"zh": "事件", "en": "events"},
    "findings": {"zh": "问题", "en": "findings"},
    "north": {"zh": "北在上", "en": "North is up"},
    "zoom_in": {"zh": "放大", "en": "Zoom in"},
    "zoom_out": {"zh": "缩小", "en": "Zoom out"},
    "fit": {"zh": "全区", "en": "Whole district"},
    "map": {"zh": "{name}地图", "en": "Map of {name}"},
    "no_path": {"zh": "没有路通到站点", "en": "no path leads to a station"},
    "walk_min": {"zh": "步行 {n} 分钟", "en": "{n} minutes' walk"},
    "nearest": {"zh": "最近：{name}", "en": "nearest: {name}"},
    "land_here": {"zh": "{n} 公顷", "en": "{n} ha"},
    "direction_unknown": {"zh": "方向未知", "en": "direction unknown"},
    "open": {"zh": "打开", "en": "Open"},
    "table": {"zh": "列表", "en": "List"},
    "name": {"zh": "名称", "en": "Name"},
    "column_households": {"zh": "户", "en": "Households"},
    "state": {"zh": "界限", "en": "Bounds"},
    "simulated_tag": {"zh": "模拟数据", "en": "Simulated data"},
    "outside": {"zh": "区外", "en": "outside the district"},
}
CAMERA_KINDS = {
    "1": {"zh": "球机", "en": "dome (PTZ)"},
    "2": {"zh": "半球", "en": "hemisphere"},
    "3": {"zh": "枪机", "en": "fixed"},
    "4": {"zh": "遥控枪机", "en": "remote fixed"},
}


def words(lang: str, table: Mapping[str, Mapping[str, str]] = WORDS) -> dict[str, str]:
    """Return every sentence of a table in one language, "zh" unless `lang` starts with "en"."""
    key = "en" if lang.startswith("en") else "zh"
    return {name: text[key] for name, text in table.items()}
