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
        "zh": "{units}：图形无效（{why_zh}）。检查时按修补后的图形计算，修补后没有面积的不计。请在原图层修正。",
        "en": "{units}: invalid geometry ({why}); the checks go on with a mended copy, or without it where no area is left. Mend it in its source.",
    },
    "geometry_type": {
        "zh": "{units}：图形类型是{found_zh}，这里应为{wanted_zh}。请换成{wanted_zh}，或移到别的图层。",
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
        "zh": "图层没有写明坐标系，数值按米计算。请写明坐标系{fits_zh}。",
        "en": "The layer does not say its coordinate system; its numbers are taken as metres. State it{fits}.",
    },
    "crs_mismatch": {
        "zh": "坐标与坐标系不符：{why_zh}。请核对坐标系，再检查一遍。",
        "en": "The coordinates do not fit their coordinate system: {why}. Correct the system, then check again.",
    },
    "overlap": {
        "zh": "{units} 重叠 {area_m2} 平方米{extent_zh}。请把重叠处只划给其中一个。",
        "en": "{units} overlap by {area_m2} m²{extent}. Give the overlap to one of them.",
    },
    "gap": {
        "zh": "有 {area_m2} 平方米不属于任何单元{extent_zh}，相邻的是 {units}。请划给相邻单元之一。",
        "en": "{area_m2} m² belong to no unit{extent}; next to it: {units}. Give it to one of its neighbours.",
    },
    "outside_parent": {
        "zh": "{units} 有 {area_m2} 平方米在上级范围之外{extent_zh}。请裁去，或核对上级边界。",
        "en": "{units} reaches {area_m2} m² beyond its parent{extent}. Cut it back, or check the parent's outline.",
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
    "level_derived": {
        "zh": "{level_zh}没有给定图形，{why_zh}（共 {value} 个）。如需实际划分，请给出 [inputs.{role}]，或改写层级方案的 make。",
        "en": "Nobody gave polygons of level {level_en}: {why} ({value} units). Give [inputs.{role}], or another make in the scheme.",
    },
    "splits_building": {
        "zh": "楼栋 {building} 被分到 {units}{why_zh}。请核对：同一栋楼一般归同一个单元。",
        "en": "Building {building} is divided between {units}{why}. Check it: a building usually belongs to one unit.",
    },
    "file_note": {
        "zh": "{file} {layer}：{reason_zh}。",
        "en": "{file} {layer}: {reason}.",
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
        "zh": "{file} {layer}{why_zh}。",
        "en": "{file} {layer} {why}.",
    },
    "point_duplicate": {
        "zh": "{file} {layer} 有 {value} 个{role_zh}位于同一点、{why_zh}（{units}）。请删去重复的，或补正坐标。",
        "en": "{file} {layer}: {value} {role} {why} ({units}). Delete what is there twice, or correct the positions.",
    },
    "count_mismatch": {
        "zh": "{of_zh}：{why_zh}。{said_zh}",
        "en": "{of}: {why}. {said}",
    },
    "no_organisation": {
        "zh": "{level_zh} {units} 没有{what_zh}。请补设，或补上它的隶属关系。",
        "en": "{level_en} {units} has no {what_en}. Provide one, or add its membership.",
    },
    "no_staff": {
        "zh": "{level_zh} {units}：{why_zh}。请{do_zh}。",
        "en": "{level_en} {units}: {why}. To do: {do}.",
    },
    "no_station": {
        "zh": "{units} 没有{kind_zh}，按方案每个{level_zh}应有一处。请补设，或确认由哪里代办。",
        "en": "{units} has no {kind}, though the scheme wants one in every {level_en}. Provide one, or say who serves it.",
    },
    "blind_area": {
        "zh": "{units} 的街道至多有 {share} 被看到，低于 {limit}：{length_m} 米无论摄像机实际朝向哪里都看不到。请补设摄像机，或确认那里不需要。",
        "en": "{units}: at most {share} of its streets is seen, less than {limit}; no camera sees {length_m} m of them, whichever way it points. "
        "Add a camera, or confirm that none is needed there.",
    },
    "over_reach": {
        "zh": "摄像机 {units} {why_zh}。请调整角度或遮挡这部分画面，确有必要的请记明理由。",
        "en": "Camera {units} {why}. Turn it, mask that part of its picture, or record why it is needed.",
    },
    "text_control": {
        "zh": "{file} {layer} 的字段 {field} 有 {count} 个值含不可见字符，已去掉。请在原数据里清理。",
        "en": "{file} {layer}: {count} values of {field} held invisible characters, which were taken out. Clean them in the source.",
    },
}
