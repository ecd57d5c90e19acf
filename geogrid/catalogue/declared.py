"""What is said of a declared figure beside its number: why it holds, does not, or can not be told, and what stands behind the difference.

Whole sentences by key, filled with facts; `{level_zh}` and `{level_en}`, `{what_zh}` and `{what_en}` are names in either language.
"""

from __future__ import annotations

EXPLAIN: dict[str, dict[str, str]] = {
    # the verdict
    "equal": {"zh": "与申报一致。", "en": "As declared."},
    "within": {"zh": "在申报的范围（{low}–{high}）内。", "en": "Within the declared range ({low}–{high})."},
    "at_least": {"zh": "申报的是下限（“余”“多”“+”），实有不少于它。", "en": "The figure is a lower bound (余, 多, +), and there are no fewer."},
    "at_most": {"zh": "申报的是上限，实有不多于它。", "en": "The figure is an upper bound, and there are no more."},
    "rounded": {"zh": "申报值只写到 {step}，按四舍五入相符。", "en": "The figure is written to the nearest {step}, and agrees when rounded."},
    "about": {"zh": "“约”“近”没有说准，按相差一成以内（{low}–{high}）核对。", "en": "About or nearly: taken as within a tenth ({low}–{high})."},
    "fewer": {"zh": "实有比申报少 {n}{unit_zh}。", "en": "{n}{unit_en} fewer than declared."},
    "less": {"zh": "实有比申报少 {n}{unit_zh}。", "en": "{n}{unit_en} less than declared."},
    "more": {"zh": "实有比申报多 {n}{unit_zh}。", "en": "{n}{unit_en} more than declared."},
    # what can not be told
    "unknown_item": {"zh": "不认识这一项，没有核对；{hint_zh}", "en": "This item is not known, so it is not computed; {hint_en}"},
    "unknown_level": {
        "zh": "方案没有层级“{name}”，没有核对；有：{known_zh}。",
        "en": "The scheme has no level {name!r}, so this is not computed; it has {known_en}.",
    },
    "two_levels": {
        "zh": "项目说的是{one_zh}，层级一栏是{two_zh}，没有核对。请只写一个。",
        "en": "The item speaks of the {one_en}, the level of the {two_en}: not computed. Write one of them.",
    },
    "no_role": {
        "zh": "项目里没有{what_zh}的数据，没有核对。请在配方中给出 [inputs.{role}]。",
        "en": "The project has no {what_en}, so this is not computed. Give [inputs.{role}] in the recipe.",
    },
    "unknown_kind": {
        "zh": "{what_zh}中没有“{name}”这一类，没有核对；有：{known}。",
        "en": "None of the {what_en} is of the kind {name!r}, so this is not computed; there are {known}.",
    },
    "several_roles": {
        "zh": "“{name}”既是{known_zh}的一类，没有核对。请用 item 写明是哪一种，类别写在 kind 一栏。",
        "en": "{name!r} is a kind of {known_en}: not computed. Write which in item, and the kind in kind.",
    },
    "no_level": {"zh": "没有写层级，没有核对。请在 level 一栏写明。", "en": "No level is given, so this is not computed. Write it in level."},
    "not_given": {"zh": "各项输入都没有给出{what_zh}，没有核对。", "en": "No input gives {what_en}, so this is not computed."},
    "no_links": {
        "zh": "没有一个{what_zh}与单元挂上钩（隶属表、unit 列或坐标），没有核对。",
        "en": "None of the {what_en} is joined to a unit (by memberships, a column unit, or a place), so this is not computed.",
    },
    "wrong_unit": {
        "zh": "申报值的单位是“{name}”，这一项按{wanted_zh}计，没有核对。",
        "en": "The figure is in {name!r}, this item is counted in {wanted_en}: not computed.",
    },
    "unreadable": {"zh": "数值“{name}”读不懂，没有核对。", "en": "The figure {name!r} can not be read, so it is not compared."},
    # units
    "units_made": {
        "zh": "没有给出{level_zh}的图形，个数是按户数界限{bounds}划出来的。",
        "en": "No polygons of {level_en} were given: their number follows from the bounds{bounds}.",
    },
    "units_count": {"zh": "方案要求 {count} 个。", "en": "The scheme wants {count}."},
    "units_dedicated": {"zh": "其中专属单元 {n} 个，其余 {rest} 个。", "en": "Dedicated units among them: {n}; others: {rest}."},
    "units_parts": {
        "zh": "其中 {n} 个由几块组成；按块数是 {parts} 块。",
        "en": "In several pieces: {n}; counted by pieces: {parts}.",
    },
    "counts_parts": {"zh": "申报的似乎是块数。", "en": "The declared figure seems to count pieces."},
    "counts_base": {"zh": "申报的似乎不含专属单元。", "en": "The declared figure seems to leave out the dedicated ones."},
    "units_repeated": {"zh": "有 {n} 个编码重复出现。", "en": "Codes that occur more than once: {n}."},
    "units_lost": {"zh": "给出的图形中有 {n} 个没有进入划分方案。", "en": "Given polygons that are not in the plan: {n}."},
    "units_retired": {"zh": "另有 {n} 个已撤销，未计入。", "en": "Retired units, not counted: {n}."},
    "rows_rejected": {
        "zh": "{what_zh}的文件有 {n} 行不能使用。",
        "en": "Rows of the file of {what_en} that could not be used: {n}.",
    },
    # people and houses
    "estimated": {
        "zh": "其中 {n} 户（{share}）是估算的，涉及 {buildings} 栋楼。",
        "en": "Estimates among them: {n} ({share}); buildings with an estimate: {buildings}.",
    },
    "in_no_unit": {"zh": "另有 {n} 户不属于任何{level_zh}。", "en": "Households that belong to none of the {level_en}: {n}."},
    "dwelling": {"zh": "估算按每户 {area} 平方米。", "en": "An estimate takes {area} m² a dwelling."},
    # area
    "area_outline": {
        "zh": "按给出的外轮廓、在 {crs} 下量算，容差 ±{tolerance} 平方公里。",
        "en": "Area of the given outline, measured in {crs}, tolerance ±{tolerance} km².",
    },
    "area_derived": {
        "zh": "没有给出外轮廓；按推得的范围、在 {crs} 下量算，容差 ±{tolerance} 平方公里。",
        "en": "No outline was given: area of the derived one, measured in {crs}, tolerance ±{tolerance} km².",
    },
    "area_units": {
        "zh": "{level_zh}合计，在 {crs} 下量算，容差 ±{tolerance} 平方公里。",
        "en": "Sum of the {level_en}, measured in {crs}, tolerance ±{tolerance} km².",
    },
    "area_open": {"zh": "其中 {area} 平方公里不属于任何{level_zh}。", "en": "{area} km² of it belong to none of the {level_en}."},
    # stations and cameras
    "sites_outside": {
        "zh": "其中 {n} 个不在任何单元内，区内 {inside} 个。",
        "en": "In no unit: {n}; in the district: {inside}.",
    },
    "counts_inside": {"zh": "申报的似乎只是区内的。", "en": "The declared figure seems to count those in the district only."},
    "sites_secret": {"zh": "其中涉密 {n} 个，只计数，不列出。", "en": "Secret ones, counted and not listed: {n}."},
    "repeated": {"zh": "有 {n} 个编号重复出现。", "en": "Ids that occur more than once: {n}."},
    "other_kinds": {"zh": "另有其他类别 {n} 个：{kinds}。", "en": "Of other kinds: {n} ({kinds})."},
    "units_without_site": {
        "zh": "方案要求每个{level_zh}一处，有 {n} 个没有。",
        "en": "The scheme wants one in every {level_en}; without one: {n}.",
    },
    # organisations and staff
    "joined": {
        "zh": "与{level_zh}挂钩的 {n} 个：按隶属表 {member}，按编码列 {code}，按坐标 {place}。",
        "en": "Joined to a {level_en}: {n} (by membership {member}, by a column of codes {code}, by place {place}).",
    },
    "not_joined": {"zh": "有 {n} 个没有与任何单元挂钩。", "en": "Joined to no unit: {n}."},
    "target_missing": {"zh": "有 {n} 个写的单元不存在。", "en": "Naming a unit that does not exist: {n}."},
    "target_several": {"zh": "有 {n} 个同时挂在几个单元上。", "en": "Joined to several units: {n}."},
    "units_without": {
        "zh": "{whole} 个{level_zh}中，{n} 个没有{what_zh}。",
        "en": "Without {what_en}: {n} of {whole} {level_en}.",
    },
    "units_all": {"zh": "{whole} 个{level_zh}都有{what_zh}。", "en": "All {whole} {level_en} have {what_en}."},
    "units_several": {
        "zh": "{n} 个{level_zh}有不止一个{what_zh}。",
        "en": "With more than one of the {what_en}: {n} {level_en}.",
    },
    "implied": {
        "zh": "由申报推算：{units} 个{level_zh}减去 {organisations} 个组织，余 {n} 个。",
        "en": "Implied by what was declared: {units} {level_en} less {organisations} organisations leave {n}.",
    },
    "unknown_members": {
        "zh": "隶属表有 {n} 行的成员不在任何名册中。",
        "en": "Rows of the memberships whose member stands in no table: {n}.",
    },
}


def explain(key: str, **facts: object) -> tuple[str, str]:
    """Return one sentence in English and in Chinese.

    >>> explain("sites_secret", n=3)[0]
    'Secret ones, counted and not listed: 3.'
    """
    return EXPLAIN[key]["en"].format_map(facts), EXPLAIN[key]["zh"].format_map(facts)
