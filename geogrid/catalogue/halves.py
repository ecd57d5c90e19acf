"""Halves of sentences, where one rule finds several kinds of fault: rules give them as the facts `why` and `why_zh`."""

from __future__ import annotations

WHY: dict[str, dict[str, str]] = {
    "code_blank": {"zh": "首尾有空格或含不可见字符", "en": "it has blanks at an end, or invisible characters"},
    "code_number": {"zh": "像是被表格软件改成了数字", "en": "a spreadsheet seems to have made a number of it"},
    "code_length": {"zh": "长 {found} 位，其余多为 {wanted} 位", "en": "it has {found} digits, most others {wanted}"},
    "code_rule": {"zh": "应为“{prefix}”加 {digits} 位数字", "en": "it should be “{prefix}” and {digits} digits"},
    "outside_named_parent": {
        "zh": "按编码属于 {parent}，但有 {area} 平方米在它之外",
        "en": "its code puts it in {parent}, but {area} m² lie elsewhere",
    },
    "extent": {"zh": "（最宽 {width} 米，长 {long} 米）", "en": " (at most {width} m wide, {long} m long)"},
    "prefix": {"zh": "编码与上级编码 {parent} 的前缀不一致", "en": "its code does not begin with its parent's code {parent}"},
    "differs": {
        "zh": "给定的图形与由下级合成的图形相差 {area} 平方米",
        "en": "the given polygon and the one derived from its cells differ by {area} m²",
    },
    "not_in_plan": {"zh": "给定的图形在划分方案中没有对应的单元", "en": "it is given, but the plan has no unit of this code"},
    "wrong_level": {"zh": "上级 {parent} 不是更高一层的单元", "en": "its parent {parent} is not of a higher level"},
    "crs_degrees": {"zh": "坐标系以米为单位，数值却像经纬度", "en": "the system is in metres, the numbers look like degrees"},
    "crs_metres": {"zh": "坐标系是经纬度，数值却超出 ±180、±90", "en": "the system is in degrees, the numbers exceed ±180, ±90"},
    "crs_apart": {"zh": "图层与上级范围相距 {km} 公里，毫不相交", "en": "the layer lies {km} km from its parent and does not meet it"},
    "floors_twice": {"zh": "第 {floor} 层同时属于几个基元", "en": "floor {floor} belongs to several atoms"},
    "floors_missing": {"zh": "第 {floor} 层不属于任何基元", "en": "floor {floor} belongs to no atom"},
    "floors_upside_down": {"zh": "起始层高于终止层（{floor}）", "en": "an atom starts above its last floor ({floor})"},
    "no_atom": {"zh": "没有任何基元", "en": "it has no atom"},
    "no_reason": {"zh": "请调整边界，或说明理由", "en": "redraw it, or give a reason"},
    "in_pieces": {"zh": "请改划成一块，或说明理由", "en": "redraw it in one piece, or give a reason"},
    "barrier": {"zh": "请核对居民能否往来，或以它为界改划", "en": "check that people can get across, or redraw along it"},
    "no_position": {"zh": "没有坐标", "en": "it has none"},
    "null_island": {"zh": "经纬度为 0", "en": "longitude and latitude are zero"},
    "far_away": {"zh": "距本区 {km} 公里", "en": "{km} km from the district"},
}


def why(key: str, **facts: object) -> dict[str, str]:
    """Return the facts `why` and `why_zh`: the half-sentence `key` filled with `facts`.

    >>> why("far_away", km=80)["why"]
    '80 km from the district'
    """
    return {"why": WHY[key]["en"].format_map(facts), "why_zh": WHY[key]["zh"].format_map(facts)}
