"""The sentence of every finding, in Chinese and English: what, where, how much, and what to do.

`{level}` `{units}` `{area_m2}` `{length_m}` `{value}` come from the finding; other names are facts which the rule gives.
"""

from __future__ import annotations

MESSAGES: dict[str, dict[str, str]] = {
    "geometry_missing": {
        "zh": "{units}：没有图形，无法上图。请补画，或删去这一行。",
        "en": "{units}: no geometry, so it can not be placed. Draw it, or delete the row.",
    },
    "geometry_invalid": {
        "zh": "{units}：图形无效（{why}），检查时按修补后的图形计算。请在原图层修正。",
        "en": "{units}: invalid geometry ({why}); the checks go on with a mended copy. Mend it in the source layer.",
    },
    "geometry_type": {
        "zh": "{units}：图形类型是 {found}，这里应为 {wanted}。请换成 {wanted}，或移到别的图层。",
        "en": "{units}: the geometry is a {found}, wanted is a {wanted}. Change it, or move it to another layer.",
    },
    "code_missing": {
        "zh": "第 {row} 行没有编码。请填写编码。",
        "en": "Row {row} has no code. Give it one.",
    },
    "code_duplicate": {
        "zh": "编码 {units} 出现 {value} 次。每个单元的编码应当唯一，请改号或合并。",
        "en": "Code {units} occurs {value} times. Every unit needs a code of its own: renumber, or merge them.",
    },
    "code_format": {
        "zh": "编码“{units}”的写法不合规则（{why_zh}）。请按规则改写。",
        "en": "Code “{units}” is not well formed ({why}). Rewrite it by the rule.",
    },
    "parent_missing": {
        "zh": "{units} 的上级“{parent}”不存在。请改正上级编码，或补上这个上级。",
        "en": "{units}: its parent “{parent}” does not exist. Correct the parent's code, or add the parent.",
    },
    "parent_mismatch": {
        "zh": "{units}：{why_zh}。请核对图形和上级编码，以哪一个为准。",
        "en": "{units}: {why}. Check the polygon and the parent's code, and decide which one holds.",
    },
    "crs_missing": {
        "zh": "图层没有写明坐标系，数值按米计算。请写明坐标系（如 EPSG:4490）。",
        "en": "The layer does not say its coordinate system; its numbers are taken as metres. State it (such as EPSG:4490).",
    },
    "crs_mismatch": {
        "zh": "坐标与坐标系不符：{why_zh}。请核对坐标系，再检查一遍。",
        "en": "The coordinates do not fit their coordinate system: {why}. Correct the system, then check again.",
    },
    "overlap": {
        "zh": "{units} 重叠 {area_m2} 平方米。请把重叠处只划给其中一个。",
        "en": "{units} overlap by {area_m2} m². Give the overlap to one of them.",
    },
    "gap": {
        "zh": "有 {area_m2} 平方米不属于任何单元，相邻的是 {units}。请划给相邻单元之一。",
        "en": "{area_m2} m² belong to no unit; next to it: {units}. Give it to one of its neighbours.",
    },
    "outside_parent": {
        "zh": "{units} 有 {area_m2} 平方米在上级范围之外。请裁去，或核对上级边界。",
        "en": "{units} reaches {area_m2} m² beyond its parent. Cut it back, or check the parent's outline.",
    },
    "not_edge_matched": {
        "zh": "{units} 的公共边 {length_m} 米没有对齐：一方缺少另一方的折点。请在缺少处补上同一折点。",
        "en": "{units}: {length_m} m of their common edge do not match, one lacks vertices that the other has. Insert the same vertices.",
    },
    "sliver": {
        "zh": "{units} 有极窄的碎面，{area_m2} 平方米，平均宽 {width_m} 米。请并入相邻单元。",
        "en": "{units}: a sliver of {area_m2} m², {width_m} m wide on average. Merge it into a neighbour.",
    },
    "not_connected": {
        "zh": "{units} 分成互不相连的 {value} 块（只有一点相接不算相连）：{reason_zh}。",
        "en": "{units} is in {value} pieces (touching in a point does not connect): {reason}.",
    },
    "unassigned": {
        "zh": "{level_zh}：{cells} 个剖分单元（{area_m2} 平方米，{households} 户）还没有归属。请划入单元。",
        "en": "{level_en}: no unit holds {cells} of the cells ({area_m2} m², {households} households). Assign them.",
    },
    "floor_overlap": {
        "zh": "剖分单元 {cell} 的楼层{why_zh}。请让每一层只属于一个基元，且不缺层。",
        "en": "Cell {cell}: {why}. Every floor must belong to exactly one atom, and none may be missing.",
    },
    "households_below": {
        "zh": "{units} 有 {value} 户，少于下限 {lower} 户：{reason_zh}{cure_zh}。",
        "en": "{units} has {value} households, fewer than {lower}: {reason}{cure}.",
    },
    "households_above": {
        "zh": "{units} 有 {value} 户，多于上限 {upper} 户：{reason_zh}{cure_zh}。",
        "en": "{units} has {value} households, more than {upper}: {reason}{cure}.",
    },
    "estimated": {
        "zh": "{of} 栋楼中有 {value} 栋的{what_zh}是估算的。有实数时请补上。",
        "en": "The {what} of {value} buildings, of {of}, are estimated. Supply real figures where there are any.",
    },
    "crosses_barrier": {
        "zh": "{units} 跨过{barrier_zh}，长 {length_m} 米：{reason_zh}。",
        "en": "{units} crosses {barrier} over {length_m} m: {reason}.",
    },
    "splits_building": {
        "zh": "楼栋 {building} 被分到 {units}。请核对：同一栋楼一般归同一个单元。",
        "en": "Building {building} is divided between {units}. Check it: a building usually belongs to one unit.",
    },
    "row_rejected": {
        "zh": "{file} {layer} 第 {row} 行没有采用：{reason_zh}。请改正后重新导入。",
        "en": "{file} {layer} row {row} is not used: {reason}. Correct it and read the file again.",
    },
    "point_unmatched": {
        "zh": "{role_zh} {id} 不在任何单元内，距本区 {length_m} 米。请核对坐标，或确认它属于外区。",
        "en": "{role} {id} lies in no unit, {length_m} m from the district. Check its position, or confirm that it is elsewhere.",
    },
    "point_position": {
        "zh": "{role_zh} {id} 的坐标不可信（{why_zh}）。请补正坐标。",
        "en": "{role} {id}: its position can not be right ({why}). Correct its coordinates.",
    },
    "datum_shift": {
        "zh": "{file} {layer} 是 {datum} 坐标，已换算为 WGS 84，平均移动 {length_m} 米。请抽查几处是否对准。",
        "en": "{file} {layer} is in {datum}; converted to WGS 84, moved by {length_m} m on average. Check a few places.",
    },
    "count_mismatch": {
        "zh": "{level_zh}应有 {wanted} 个，只能划出 {value} 个：在户数界限内、不拆楼栋，再多或再少都做不到。请放宽界限，或改个数。",
        "en": "{level_en}: {wanted} units were wanted, {value} could be made within bounds and without splitting buildings. Change one of the two.",
    },
    "no_station": {
        "zh": "{units} 没有{kind_zh}，按方案每个{level_zh}应有一处。请补设，或确认由哪里代办。",
        "en": "{units} has no {kind}, though the scheme wants one in every {level_en}. Provide one, or say who serves it.",
    },
    "text_control": {
        "zh": "{file} {layer} 的字段 {field} 有 {count} 个值含不可见字符，已去掉。请在原数据里清理。",
        "en": "{file} {layer}: {count} values of {field} held invisible characters, which were taken out. Clean them in the source.",
    },
}

# Halves of sentences, where one rule finds several kinds of fault: rules give them as the facts `why` and `why_zh`.
WHY: dict[str, dict[str, str]] = {
    "code_blank": {"zh": "首尾有空格或含不可见字符", "en": "it has blanks at an end, or invisible characters"},
    "code_number": {"zh": "像是被表格软件改成了数字", "en": "a spreadsheet seems to have made a number of it"},
    "code_length": {"zh": "长 {found} 位，其余多为 {wanted} 位", "en": "it has {found} digits, most others {wanted}"},
    "code_rule": {"zh": "应为“{prefix}”加 {digits} 位数字", "en": "it should be “{prefix}” and {digits} digits"},
    "outside_named_parent": {
        "zh": "按编码属于 {parent}，但有 {area} 平方米在它之外",
        "en": "its code puts it in {parent}, but {area} m² lie elsewhere",
    },
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


# Why a unit may be out of bounds (`geogrid.partition`): the key is stored with the unit, the sentence is said with its finding.
REASONS: dict[str, dict[str, str]] = {
    "component_too_light": {
        "zh": "与其他住户不连通的这一片，总户数低于下限",
        "en": "this part is cut off from all other households and holds fewer than the lower bound",
    },
    "component_between": {
        "zh": "与其他住户不连通的这一片，总户数无论分成几组都不能全部落在上下限之内",
        "en": "this part is cut off from all other households, and no number of groups divides its total within the bounds",
    },
    "no_packing": {
        "zh": "各层（各户型）户数是整数块，任何组合都不能全部落在上下限之内",
        "en": "its floors (or houses) come in sizes that no combination brings within the bounds",
    },
    "not_connectable": {
        "zh": "与相邻住户无论怎样连通组合都不能全部落在上下限之内：周围的连通分法已全部试过",
        "en": "no connected combination with its neighbours brings all within the bounds: every one round it was tried",
    },
    "beside_heavy": {
        "zh": "其中单独一层（一块）的户数就超过上限，不能再分；周围剩余的住户并入其中",
        "en": "one floor (or lot) in it alone holds more than the upper bound and can not be divided; neighbours that were left over joined it",
    },
    "atom_too_heavy": {
        "zh": "单独一层（一块）的户数就超过上限，不能再分",
        "en": "one floor (or lot) alone holds more than the upper bound and can not be divided",
    },
    "count_fixed": {
        "zh": "规定的单元个数与上下限不能同时满足",
        "en": "the number of units that is laid down and the bounds can not both be met",
    },
    "no_centre": {
        "zh": "与其他住户不连通的这一片没有中心户",
        "en": "this part is cut off from all other households and has no centre household",
    },
    "centres_together": {
        "zh": "同一层（一块）里有几个中心户，不能分开",
        "en": "several centre households live on the one floor (or lot), which can not be divided",
    },
    "centres_few": {
        "zh": "这一片的户数多于其中心户按上限所能联系的户数",
        "en": "this part holds more households than its centres can take within the bounds",
    },
    "centres_many": {
        "zh": "这一片的户数少于其中心户按下限所需的户数",
        "en": "this part holds fewer households than its centres need within the bounds",
    },
    "centre_crowded": {
        "zh": "这个中心户四周都是别的中心户，不经过它们所能到达的住户少于下限",
        "en": "other centres stand round this one: the households it can reach without passing them are fewer than the lower bound",
    },
    "centre_alone": {
        "zh": "只与这个中心户相连的住户就超过上限",
        "en": "the households that can reach no other centre are more than the upper bound",
    },
    "centres_placed": {
        "zh": "各中心户的位置使每组一个中心户的连通分法都不能全部落在上下限之内：已全部试过",
        "en": "as its centres stand, no connected division with one of them in each group brings all within the bounds: every one was tried",
    },
    "across_main_road": {
        "zh": "主干路（或桥）一侧的住户单独划不成合规的单元，只能与对侧合为一个",
        "en": "the homes on one side of the main road (or bridge) make no unit within the bounds by themselves, so it takes in both sides",
    },
    "not_proven": {
        "zh": "未能证明不可避免，需人工核对",
        "en": "not proven to be unavoidable: look at it by hand",
    },
}

# What would bring a unit into its bounds: the key is stored with the unit beside its reason.
CURES: dict[str, dict[str, str]] = {
    "link": {
        "zh": "可用 {metres} 米的步行连线并入相邻部分（link_m），或予以接受",
        "en": "a walking link of {metres} m would join it to its neighbours (link_m), or accept it",
    },
    "halve": {
        "zh": "把一层拆开即可（halve 或 split_floors），或予以接受",
        "en": "dividing a floor would do (halve or split_floors), or accept it",
    },
    "more_centres": {"zh": "请在这一片增设中心户，或予以接受", "en": "name one more centre household there, or accept it"},
    "fewer_centres": {"zh": "请减少这一片的中心户，或予以接受", "en": "name fewer centre households there, or accept it"},
    "other_centres": {"zh": "请另选中心户，或予以接受", "en": "choose another centre household, or accept it"},
    "accept": {
        "zh": "没有已知的办法，请予以接受，或改上下限",
        "en": "nothing is known that would cure it: accept it, or change the bounds",
    },
}


def cure_words(key: str, metres: float = 0.0) -> dict[str, str]:
    """Return what would cure a unit, in Chinese ("zh") and English ("en"); a key that is not known (one that somebody wrote) reads as it is.

    >>> cure_words("link", 161.4)["en"]
    'a walking link of 161 m would join it to its neighbours (link_m), or accept it'
    """
    return {language: words.format(metres=f"{metres:,.0f}") for language, words in CURES.get(key, {"zh": key, "en": key}).items()}


# Reasons in a few words, for tables.
REASON_TITLES: dict[str, dict[str, str]] = {
    "component_too_light": {"zh": "孤立且户数不足", "en": "cut off, too few"},
    "component_between": {"zh": "孤立且总数分不匀", "en": "cut off, total does not divide"},
    "no_packing": {"zh": "各层户数凑不成", "en": "floor sizes do not add up"},
    "not_connectable": {"zh": "周围无连通分法", "en": "no connected way round it"},
    "beside_heavy": {"zh": "紧邻超限层", "en": "beside a floor too large"},
    "atom_too_heavy": {"zh": "单层即超上限", "en": "one floor exceeds the bound"},
    "count_fixed": {"zh": "受规定个数限制", "en": "the count is laid down"},
    "across_main_road": {"zh": "不得不跨主干路", "en": "has to lie across a main road"},
    "not_proven": {"zh": "未能证明", "en": "not proven"},
}
