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
    "differs_overlap": {
        "zh": "有 {area} 平方米与其他单元重叠，划给了公共边较长的 {other}",
        "en": "{area} m² of it are drawn in another unit too, and went to {other}, which has the longer border there",
    },
    "differs_gap": {
        "zh": "给定的图形之间有窄缝，{area} 平方米并入了它",
        "en": "{area} m² of a narrow gap between given polygons were joined to it",
    },
    "differs_building": {
        "zh": "为保持楼栋完整，边界绕过了楼栋 {building}，与给定的图形相差 {area} 平方米（按要求）",
        "en": "its border goes round buildings kept whole ({building}), as was asked, so that {area} m² differ from the given polygon",
    },
    "derived_parents": {"zh": "每个上级单元推定为一个单元", "en": "one unit was derived in each parent"},
    "derived_alone": {"zh": "整个范围推定为一个单元", "en": "the whole district became one unit"},
    "derived_codes": {"zh": "单元按下级给出的上级编码得出", "en": "its units follow from the parent codes of the level below"},
    "no_cell": {
        "zh": "给定的图形太窄或全被其他单元占去，没有剖分单元（{area} 平方米）",
        "en": "the given polygon ({area} m²) is too thin, or wholly taken by other units: no cell is left to it",
    },
    "building_entrance": {
        "zh": "（各部分：{areas} 平方米；住户随单元门归 {unit}）",
        "en": " (parts: {areas} m²; its households go to {unit}, where its entrance is)",
    },
    "building_entrances": {
        "zh": "（各部分：{areas} 平方米；两侧都有单元门，住户各随其门）",
        "en": " (parts: {areas} m²; it has entrances on both sides, and the households of each go with it)",
    },
    "building_larger": {
        "zh": "（各部分：{areas} 平方米；住户归面积较大的 {unit}）",
        "en": " (parts: {areas} m²; its households go to {unit}, which has the larger part)",
    },
    "building_empty": {
        "zh": "（各部分：{areas} 平方米；没有住户）",
        "en": " (parts: {areas} m²; no household is counted in it)",
    },
    "building_kept_whole": {
        "zh": "（各部分：{areas} 平方米；按要求保持完整，边界绕过它，归 {unit}）",
        "en": " (parts: {areas} m²; it is kept whole in {unit}, as was asked, and the border goes round it)",
    },
    "not_in_plan": {"zh": "给定的图形在划分方案中没有对应的单元", "en": "it is given, but the plan has no unit of this code"},
    "wrong_level": {"zh": "上级 {parent} 不是更高一层的单元", "en": "its parent {parent} is not of a higher level"},
    "crs_degrees": {"zh": "坐标系以米为单位，数值却像经纬度", "en": "the system is in metres, the numbers look like degrees"},
    "crs_metres": {"zh": "坐标系是经纬度，数值却超出 ±180、±90", "en": "the system is in degrees, the numbers exceed ±180, ±90"},
    "crs_swapped": {
        "zh": "经度和纬度似乎写反了（请改正文件，或用写有 swap = true 的配方构建）",
        "en": "longitude and latitude look swapped (correct the file, or build it with swap = true in the recipe)",
    },
    "datum_layer": {
        "zh": "图层比上级范围偏{way} {length} 米，正如图层是 {mine} 坐标时那样。请核对坐标，先换算到同一坐标系",
        "en": "The layer lies {length} m {way} of its parent, as it would if the layer is in {mine}. Check the coordinates, "
        "and bring both into one datum first",
    },
    "datum_parent": {
        "zh": "图层比上级范围偏{way} {length} 米，正如上级是 {theirs} 坐标时那样。请核对坐标，先换算到同一坐标系",
        "en": "The layer lies {length} m {way} of its parent, as it would if the parent is in {theirs}. Check the coordinates, "
        "and bring both into one datum first",
    },
    "datum_both": {
        "zh": "图层比上级范围偏{way} {length} 米，正如图层是 {mine}、上级是 {theirs} 坐标时那样。请核对坐标，先换算到同一坐标系",
        "en": "The layer lies {length} m {way} of its parent, as it would if the layer is in {mine} and the parent in {theirs}. "
        "Check the coordinates, and bring both into one datum first",
    },
    "datum_old": {
        "zh": "{file} 的 {crs} 是旧基准，未用当地参数换算，可能偏差 150 米",
        "en": "{file} is in {crs}, up to 150 m off without local parameters",
    },
    "crs_apart": {"zh": "图层与上级范围相距 {km} 公里，毫不相交", "en": "the layer lies {km} km from its parent and does not meet it"},
    "floors_twice": {"zh": "第 {floor} 层同时属于几个基元", "en": "floor {floor} belongs to several atoms"},
    "floors_missing": {"zh": "第 {floor} 层不属于任何基元", "en": "floor {floor} belongs to no atom"},
    "floors_upside_down": {"zh": "起始层高于终止层（{floor}）", "en": "an atom starts above its last floor ({floor})"},
    "no_atom": {"zh": "没有任何基元", "en": "it has no atom"},
    "no_reason": {"zh": "请调整边界，或说明理由", "en": "redraw it, or give a reason"},
    "in_pieces": {"zh": "请改划成一块，或说明理由", "en": "redraw it in one piece, or give a reason"},
    "barrier": {"zh": "请核对居民能否往来，或以它为界改划", "en": "check that people can get across, or redraw along it"},
    "mend_wide": {"zh": "宽度超过允许自动修补的上限", "en": "it is wider than what is mended without asking"},
    "mend_equal": {"zh": "几方的理由相当，无从断定归谁", "en": "two or more have equal rights to it"},
    "mend_ring": {"zh": "边界自相交，有两种理解，面积不同", "en": "its border crosses itself, and can be read in two ways that differ in area"},
    "mend_whole": {"zh": "否则有单元会失去一半以上的面积", "en": "a unit would lose more than half of its land"},
    "count_made": {
        "zh": "应有 {wanted} 个，只能划出 {made} 个（在户数界限内、不拆楼栋，再多或再少都做不到），请放宽界限，或改个数",
        "en": "{wanted} units were wanted, {made} could be made within bounds and without splitting buildings; change one of the two",
    },
    "count_declared": {
        "zh": "申报 {declared}（{source}），实有 {computed}，请核对数据，或更正申报",
        "en": "{declared} were declared ({source}), {computed} computed; check the data, or correct what was declared",
    },
    "layer_apart": {"zh": "{file} 距其他图层 {km} 公里，毫不相交", "en": "{file} lies {km} km from all other layers"},
    "datum_converted": {
        "zh": " 是 {datum} 坐标，已换算为 WGS 84，平均移动 {length} 米。请抽查几处是否对准",
        "en": "is in {datum}; converted to WGS 84, moved by {length} m on average. Check a few places",
    },
    "datum_suspected": {
        "zh": " 比{beside}偏{way} {length} 米，正如 {datum} 坐标在此地的偏移（{expected} 米）。未作换算："
        "若确为 {datum}，请在配方中写 {cure}，否则请核对坐标",
        "en": "lies {length} m {way} of {beside}, as {datum} coordinates do here (by {expected} m). Nothing was converted: "
        "if they are {datum}, write {cure} in the recipe, else check them",
    },
    "datum_projected": {
        "zh": " 比{beside}偏{way} {length} 米，正如由 {datum} 坐标投影而来（{expected} 米）。未作换算："
        "请索取 WGS 84 或 CGCS2000 坐标，或未投影的经纬度",
        "en": "lies {length} m {way} of {beside}, as if projected from {datum} coordinates (by {expected} m). Nothing was converted: "
        "ask for the data in WGS 84 or CGCS2000, or for the degrees before they were projected",
    },
    "datum_stated": {
        "zh": " 按配方由 {stated} 换算后比{beside}偏{way} {length} 米，原坐标反而对得上。请去掉配方中的 crs，或核对坐标",
        "en": "lies {length} m {way} of {beside} after it was converted from {stated}, as the recipe says; it would fit as it was. "
        "Take crs out of the recipe, or check the coordinates",
    },
    "points_alike": {"zh": "其他各项也相同", "en": "stand at one point and are alike in all else"},
    "points_piled": {"zh": "多得不像真实位置", "en": "stand at one point, more than can be meant"},
    "same_view": {"zh": "方向也相同", "en": "stand at one point and look the same way"},
    "same_code": {"zh": "国标编码同为 {code}", "en": "bear one national code, {code}"},
    "gb_digits": {"zh": "摄像机 {camera} 的国标编码应为 20 位数字", "en": "the national code of camera {camera} should have 20 digits"},
    "gb_civil": {
        "zh": "摄像机 {camera} 的国标编码前 6 位不是行政区划代码",
        "en": "the first 6 digits, of camera {camera}, are of no administrative division",
    },
    "gb_type": {
        "zh": "摄像机 {camera} 的国标编码第 11–13 位应为 131 或 132",
        "en": "digits 11 to 13 of a camera's code are 131 or 132, those of camera {camera} are not",
    },
    "over_facade": {
        "zh": "在 {within} 米之内照到住宅“{building}”外墙 {length} 米",
        "en": "looks at {length} m of façade of the dwelling “{building}”, nearer than {within} m",
    },
    "over_facade_perhaps": {
        "zh": "可能在 {within} 米之内照到住宅“{building}”外墙 {length} 米（取决于实际朝向）",
        "en": "may look at {length} m of façade of the dwelling “{building}”, nearer than {within} m, depending on where it really points",
    },
    "over_facades": {
        "zh": "在 {within} 米之内照到 {count} 栋住宅的外墙，共 {length} 米",
        "en": "looks at {length} m of façades of {count} dwellings, nearer than {within} m",
    },
    "over_prohibited": {"zh": "照进禁止安装的场所“{kind}”，{area} 平方米", "en": "looks into {area} m² of the prohibited place “{kind}”"},
    "over_prohibited_perhaps": {
        "zh": "可能照进禁止安装的场所“{kind}”，{area} 平方米（取决于实际朝向）",
        "en": "may look into {area} m² of the prohibited place “{kind}”, depending on where it really points",
    },
    "over_faces_prohibited": {
        "zh": "在 {within} 米之内照到“{building}”外墙 {length} 米，楼内有禁止安装的场所“{kind}”",
        "en": "looks at {length} m of façade of “{building}”, nearer than {within} m, which has the prohibited place “{kind}” inside",
    },
    "over_faces_prohibited_perhaps": {
        "zh": "可能在 {within} 米之内照到“{building}”外墙 {length} 米（取决于实际朝向），楼内有禁止安装的场所“{kind}”",
        "en": "may look at {length} m of façade of “{building}”, nearer than {within} m, which has the prohibited place “{kind}” inside, "
        "depending on where it really points",
    },
    "no_position": {"zh": "没有坐标", "en": "it has none"},
    "no_such_address": {
        "zh": "没有坐标，地址“{address}”查不到，或对应多处",
        "en": "it has none, and its address {address!r} is that of no place here, or of several",
    },
    "null_island": {"zh": "经纬度为 0", "en": "longitude and latitude are zero"},
    "far_away": {"zh": "距本区 {km} 公里", "en": "{km} km from the district"},
}


def why(key: str, **facts: object) -> dict[str, str]:
    """Return the facts `why` and `why_zh`: the half-sentence `key` filled with `facts`.

    >>> why("far_away", km=80)["why"]
    '80 km from the district'
    """
    return {"why": WHY[key]["en"].format_map(facts), "why_zh": WHY[key]["zh"].format_map(facts)}
