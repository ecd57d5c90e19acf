"""What an office calls the things it counts, in Chinese and English, as data: figures, and the words that hint at a role.

Words are compared as `geogrid.wording` folds them; there stands what levels are called, too.
"""

from __future__ import annotations

from dataclasses import dataclass

from geogrid.scheme import Text
from geogrid.wording import folded


@dataclass(frozen=True)
class Figure:
    """A figure that a project can compute: its name, the words for it, and the input it rests on ("" where every project has it)."""

    name: Text
    words: tuple[str, ...]
    role: str = ""


_WITHOUT = ("无{}", "没有{}", "未建{}", "未配{}", "未配备{}", "缺{}", "缺少{}")
_BODIES = ("组织", "党组织", "党支部", "党小组")
_OFFICERS = ("网格员", "人员", "专职网格员", "巡查员")


def _without(nouns: tuple[str, ...], english: tuple[str, ...]) -> tuple[str, ...]:
    chinese = tuple(form.format(noun) for form in _WITHOUT for noun in nouns)
    return chinese + tuple(
        form.format(noun) for form in ("without {}", "without any {}", "without a {}", "without an {}", "no {}") for noun in english
    )


FIGURES: dict[str, Figure] = {
    "units": Figure(Text("单元", "units"), ("单元", "区划单元", "个数", "数量", "units", "number", "count")),
    "levels": Figure(Text("层级", "levels"), ("层级", "级", "级数", "levels")),
    "households": Figure(Text("户数", "households"), ("户", "户数", "住户", "居民户", "家庭", "家庭户", "住房", "households", "homes", "dwellings")),
    "persons": Figure(
        Text("人口", "people"),
        (
            "人",
            "人口",
            "居民",
            "常住人口",
            "覆盖人口",
            "居住人口",
            "城市居住人口",
            "服务人口",
            "persons",
            "people",
            "population",
            "residents",
            "inhabitants",
        ),
    ),
    "buildings": Figure(
        Text("楼栋", "buildings"), ("建筑", "建筑物", "楼", "楼栋", "栋", "楼房", "楼宇", "房屋", "居民楼", "buildings", "houses"), "buildings"
    ),
    "entrances": Figure(Text("单元门", "entrances"), ("单元门", "楼门", "门洞", "楼道", "entrances", "stairwells"), "entrances"),
    "compounds": Figure(Text("小区", "compounds"), ("小区", "居民小区", "住宅小区", "compounds", "estates"), "compounds"),
    "area_km2": Figure(
        Text("面积", "area"), ("面积", "辖区面积", "区域面积", "总面积", "管辖面积", "幅员面积", "area", "area km2", "total area", "territory")
    ),
    "stations": Figure(
        Text("站点", "stations"),
        (
            "站点",
            "驿站",
            "公共设施",
            "设施",
            "服务站",
            "服务点",
            "服务站点",
            "便民设施",
            "stations",
            "facilities",
            "public facilities",
            "service points",
        ),
        "stations",
    ),
    "cameras": Figure(
        Text("摄像机", "cameras"),
        ("摄像机", "摄像头", "监控", "探头", "监控探头", "视频监控", "监控摄像头", "监控点位", "cameras", "surveillance cameras", "video cameras"),
        "cameras",
    ),
    "events": Figure(Text("事件", "events"), ("事件", "上报事件", "办理事件", "办理处置事件", "件", "件次", "events", "reports"), "events"),
    "organisations": Figure(
        Text("组织", "organisations"),
        ("组织", "党组织", "organisations", "organizations", "party bodies", "party organisations", "party organizations"),
        "organisations",
    ),
    "staff": Figure(
        Text("人员", "staff"), ("人员", "工作人员", "网格员", "巡查员", "网格巡查员", "staff", "officers", "grid officers", "workers"), "staff"
    ),
    "members": Figure(Text("成员", "members"), ("成员", "党员", "members", "party members"), "memberships"),
    "workplaces": Figure(Text("下沉单位", "workplaces"), ("下沉单位", "共建单位", "结对单位", "报到单位", "workplaces", "employers"), "workplaces"),
    "units_without_organisation": Figure(
        Text("没有组织的单元", "units without an organisation"),
        (
            "units without organisation",
            *_without(_BODIES, ("organisation", "organization", "organisations", "organizations", "party body", "party organisation")),
        ),
        "organisations",
    ),
    "organisation_share": Figure(
        Text("组织覆盖率", "share of units with an organisation"),
        (
            "组织覆盖率",
            "党组织覆盖率",
            "党的组织覆盖率",
            "有党组织的占比",
            "有组织的占比",
            "organisation share",
            "organisation coverage",
            "organization coverage",
        ),
        "organisations",
    ),
    "units_without_staff": Figure(
        Text("没有人员的单元", "units without staff"),
        ("units without staff", *_without(_OFFICERS, ("staff", "officer", "officers", "grid officer"))),
        "staff",
    ),
}
"""Figures by id: what `geogrid declared` can compute today."""

WHOLE = ("全区", "区", "辖区", "全市", "全县", "本区", "全域", "district", "total", "all", "whole district")
"""Words for the level column that mean the whole district."""

HINTS: dict[str, tuple[str, ...]] = {
    "cameras": ("监控", "摄像", "探头", "camera"),
    "organisations": ("支部", "小组", "党委", "总支", "组织", "委员会", "业委会", "branch", "party", "committee", "organisation", "organization"),
    "staff": ("网格员", "楼长", "志愿者", "巡查员", "社工", "officer", "volunteer", "staff"),
    "stations": ("站", "服务中心", "课堂", "托管", "食堂", "养老院", "阵地", "station", "centre", "center"),
    "events": ("事件", "件次", "event"),
}
"""Parts of words that tell which input a kind would belong to, so that the report can say what is lacking."""

ROLE_NAMES: dict[str, Text] = {role: figure.name for figure in FIGURES.values() if (role := figure.role)} | {
    "memberships": Text("隶属", "memberships"),
    "events": Text("事件", "events"),
    "stations": Text("站点", "stations"),
    "organisations": Text("组织", "organisations"),
    "staff": Text("人员", "staff"),
}

FIGURE_BY_WORD: dict[str, str] = {}
for _id, _figure in FIGURES.items():
    for _word in (_id, *_figure.words):
        FIGURE_BY_WORD.setdefault(folded(_word), _id)
WHOLE_WORDS = frozenset(folded(word) for word in WHOLE)
