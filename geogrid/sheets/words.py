"""The words that stand on every sheet, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping

_WORDS: dict[str, tuple[str, str]] = {
    "notice": ("网格公示图", "Public notice"),
    "plate": ("单元门牌", "Stairwell plate"),
    "code": ("编码", "code"),
    "who": ("谁负责", "Who is responsible"),
    "undecided": ("待定", "to be named"),
    "phone": ("电话", "Tel."),
    "duties": ("职责", "Duties"),
    "sides": ("四至", "Bounded by"),
    "stations": ("为您服务的站点", "Stations for you"),
    "no_stations": ("数据中没有服务这里的站点", "The data have no station that serves this place"),
    "own": ("本", "this "),
    "neighbour": ("相邻", "neighbours"),
    "station": ("站点", "stations"),
    "compound": ("小区", "compounds"),
    "number": ("楼号", "building no."),
    "north": ("北", "N"),
    "scan_text": ("扫码得编码和名称", "code and name"),
    "scan_link": ("扫码看单元页", "the unit's page"),
    "belongs": ("所属", "Part of"),
    "storeys": ("各楼层的单元", "Units by floor"),
    "floors": ("楼层", "Floors"),
    "unit": ("单元", "Unit"),
    "households": ("户数", "Households"),
    "people_left": ("另有 {n} 人", "and {n} more"),
    "stations_left": ("另有 {n} 处", "and {n} more"),
    "source": ("来源", "Source"),
    "date": ("数据日期", "data of"),
    "moved": ("划转的地块（左：原处，右：现处）", "land that moves (left: where it was, right: where it is)"),
    "border": ("上级界线", "border of the level above"),
    "drawn_by": ("制表", "Drawn by"),
    "checked_by": ("审核", "Checked by"),
    "approved_by": ("批准（盖章）", "Approved by (stamp)"),
    "day": ("年　　　月　　　日", "Year        month        day"),
    "page": ("第 {i} 页，共 {n} 页", "page {i} of {n}"),
}
CHANGES: Mapping[str, tuple[str, str]] = {
    "move": ("改划", "move"),
    "split": ("拆分", "split"),
    "merge": ("合并", "merge"),
    "reshape": ("改界", "reshape"),
    "reparent": ("改隶", "new parent"),
    "rename": ("改名", "rename"),
    "create": ("新设", "new unit"),
    "retire": ("撤销", "retire"),
    "compose": ("多项", "several changes"),
    "undo": ("撤回", "taken back"),
    "redo": ("重做", "done again"),
    "adopt": ("采用", "adopted"),
}
"""What a kind of change is called."""
WORDS: Mapping[str, Mapping[str, str]] = {
    "zh": {key: zh for key, (zh, _) in _WORDS.items()},
    "en": {key: en for key, (_, en) in _WORDS.items()},
}


def words(lang: str) -> Mapping[str, str]:
    """Return the words of a language, Chinese unless it is English."""
    return WORDS["en" if lang.startswith("en") else "zh"]
