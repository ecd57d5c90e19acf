"""What each rule is called in a few words, and what it means, in Chinese and English: for headings of lists."""

from __future__ import annotations

# rule: (title, what it means)
RULE_TITLES: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "gap": ({"zh": "缝隙", "en": "Gap"}, {"zh": "相邻单元之间有地不归任何单元", "en": "Land between neighbours that belongs to no unit"}),
    "overlap": ({"zh": "重叠", "en": "Overlap"}, {"zh": "同一块地归了两个单元", "en": "Land that belongs to two units"}),
    "outside_parent": (
        {"zh": "超出上级范围", "en": "Outside the parent"},
        {"zh": "单元越过了上级单元的边界", "en": "A unit reaches over the border of the unit above it"},
    ),
    "not_edge_matched": (
        {"zh": "边界不吻合", "en": "Borders do not match"},
        {"zh": "相邻单元的边界点对不上", "en": "Neighbours do not share the same border points"},
    ),
    "vertex_repeated": ({"zh": "重复折点", "en": "Repeated vertices"}, {"zh": "同一折点连写了几次", "en": "A vertex stands several times in a row"}),
    "sliver": ({"zh": "碎面", "en": "Sliver"}, {"zh": "过于狭长，不像有意划出", "en": "A piece too thin to be meant"}),
    "not_connected": ({"zh": "不连通", "en": "In several pieces"}, {"zh": "一个单元分成了几块", "en": "A unit is not in one piece"}),
    "unassigned": (
        {"zh": "未归属", "en": "Not assigned"},
        {"zh": "有地或住户不归这个层级的任何单元", "en": "Land or homes that belong to no unit of a level"},
    ),
    "floor_overlap": (
        {"zh": "楼层重叠", "en": "Floors overlap"},
        {"zh": "两个单元都包含同一单元门的同一层", "en": "Two units claim the same floor of a stairwell"},
    ),
    "households_below": ({"zh": "户数不足", "en": "Too few households"}, {"zh": "低于下限", "en": "Below the lower bound"}),
    "households_above": ({"zh": "户数超限", "en": "Too many households"}, {"zh": "高于上限", "en": "Above the upper bound"}),
    "households_differ": (
        {"zh": "户数不符", "en": "Households differ"},
        {"zh": "各单元合计与来源不一致", "en": "The units' sum is not the source's sum"},
    ),
    "estimated": (
        {"zh": "户数为估算", "en": "Estimated"},
        {"zh": "来源没有给出户数或层数，用的是估算值", "en": "Households or floors were not given and are estimates"},
    ),
    "file_note": (
        {"zh": "文件说明", "en": "Notes on files"},
        {"zh": "读取时略去、改名或推定的内容", "en": "What reading a file passed over, renamed or took for granted"},
    ),
    "row_rejected": (
        {"zh": "未采用的行", "en": "Rows not used"},
        {"zh": "来源中读不对的行", "en": "Rows of the input that could not be read rightly"},
    ),
    "point_unmatched": (
        {"zh": "点位在区外", "en": "Sites outside"},
        {"zh": "站点或摄像机不在任何单元内", "en": "Stations or cameras that lie in no unit"},
    ),
    "point_position": (
        {"zh": "位置可疑", "en": "Position doubtful"},
        {"zh": "点位落在不大可能的地方", "en": "A point lies where it can hardly be meant"},
    ),
    "point_duplicate": ({"zh": "点位重复", "en": "Points repeated"}, {"zh": "同一点位给出了两次", "en": "The same point is given twice"}),
    "geometry_missing": ({"zh": "缺少图形", "en": "No geometry"}, {"zh": "这一行没有图形", "en": "A row without a shape"}),
    "geometry_invalid": (
        {"zh": "图形无效", "en": "Invalid geometry"},
        {"zh": "图形自相交或有其他错误", "en": "A shape that crosses itself or is otherwise broken"},
    ),
    "geometry_type": (
        {"zh": "图形类型不对", "en": "Wrong kind of geometry"},
        {"zh": "图形类型与用途不符", "en": "A shape of another kind than the role needs"},
    ),
    "code_missing": ({"zh": "缺少编码", "en": "No code"}, {"zh": "单元没有编码", "en": "A unit without a code"}),
    "code_duplicate": ({"zh": "编码重复", "en": "Code used twice"}, {"zh": "两个单元用了同一编码", "en": "Two units have the same code"}),
    "code_format": ({"zh": "编码格式不对", "en": "Code has a wrong form"}, {"zh": "编码不符合层级方案", "en": "A code does not follow the scheme"}),
    "parent_missing": ({"zh": "缺少上级", "en": "No parent"}, {"zh": "单元不属于任何上级单元", "en": "A unit belongs to no unit above it"}),
    "parent_mismatch": (
        {"zh": "上级不一致", "en": "Parent disagrees"},
        {"zh": "编码说的上级与位置不同", "en": "The code says another parent than the place"},
    ),
    "crs_missing": (
        {"zh": "缺少坐标系", "en": "No coordinate system"},
        {"zh": "图层没有说明坐标系", "en": "A layer does not say its coordinate system"},
    ),
    "crs_mismatch": (
        {"zh": "坐标系不一致", "en": "Coordinate systems disagree"},
        {"zh": "各图层不在同一地方", "en": "Layers do not lie in the same place"},
    ),
    "crosses_barrier": (
        {"zh": "跨越阻隔", "en": "Crosses a barrier"},
        {"zh": "单元跨在道路、河流或铁路两侧", "en": "A unit lies on both sides of a road, river or railway"},
    ),
    "level_derived": (
        {"zh": "层级由推定得出", "en": "Level derived"},
        {"zh": "没有给定图形的层级，其单元由上级或下级推定", "en": "Units of a level that nobody gave, derived from those above or below"},
    ),
    "splits_building": ({"zh": "切分楼栋", "en": "Splits a building"}, {"zh": "边界穿过楼栋", "en": "A border runs through a building"}),
    "datum_shift": (
        {"zh": "坐标偏移", "en": "Shifted coordinates"},
        {
            "zh": "坐标由 GCJ-02、BD-09 换算而来，或与其他图层错开，像是这类坐标",
            "en": "Converted from GCJ-02 or BD-09, or beside the other layers as such coordinates are",
        },
    ),
    "text_control": (
        {"zh": "控制字符", "en": "Control characters"},
        {"zh": "文字里有看不见的字符", "en": "Text holds characters that can not be seen"},
    ),
    "count_mismatch": ({"zh": "数目不符", "en": "Counts differ"}, {"zh": "申报数与计算数不一致", "en": "A declared number is not the computed one"}),
    "no_organisation": (
        {"zh": "没有组织", "en": "No organisation"},
        {"zh": "单元没有组织，而层级方案或申报要求有", "en": "A unit without an organisation, where the scheme or the declared figures want one"},
    ),
    "no_staff": (
        {"zh": "人员不齐", "en": "Staff incomplete"},
        {"zh": "单元缺少应有的人员、岗位或职责", "en": "A unit that lacks people, posts or duties that it should have"},
    ),
    "blind_area": (
        {"zh": "监控盲区", "en": "Blind area"},
        {"zh": "单元的街道大多没有摄像机看到", "en": "A unit most of whose streets no camera sees"},
    ),
    "over_reach": (
        {"zh": "监控越界", "en": "Over-reach"},
        {"zh": "摄像机照到住宅外墙或禁止安装的场所", "en": "A camera that looks at a dwelling's façade or a prohibited place"},
    ),
    "no_station": ({"zh": "没有站点", "en": "No station"}, {"zh": "单元缺少应有的站点", "en": "A unit without the station it should have"}),
}


def rule_title(rule: str, language: str, part: int = 0) -> str:
    """Return a rule's title (part 0) or what it means (part 1) in "zh" or "en"; a rule that is not known is called by its own name.

    >>> rule_title("gap", "en"), rule_title("new_rule", "en")
    ('Gap', 'new rule')
    """
    if rule in RULE_TITLES:
        return RULE_TITLES[rule][part][language]
    return rule.replace("_", " ") if part == 0 else ""
