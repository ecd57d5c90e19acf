"""What is known of each district that can be simulated: one table, so that adding a system is adding data.

Declared figures come from published articles; offsets and headings place rivers, railways and landmarks in the
district's own frame (metres east and north of the core, turned by `theta_deg`).
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field

from geogrid.errors import NotFoundError


@dataclass(frozen=True)
class Profile:
    """Figures and landmarks of one district. Lengths in metres, `core` in longitude and latitude, headings from east.

    `declared`: what its own reports say of it, each as (item, figure, the words of the report).
    """

    system: str
    code: str
    name: str
    core: tuple[float, float]
    epsg: int
    theta_deg: float
    persons_n: int
    household_persons: float
    occupancy_share: float
    residential_n: int
    other_n: int
    villages_n: int
    yards_n: int
    communities_n: int
    grids_n: int
    urban_km2: float
    own_cameras_n: int
    shared_cameras_n: int
    stations: tuple[tuple[str, str, int], ...]
    rivers: tuple[tuple[float, float, float], ...]
    railways: tuple[tuple[float, float, float], ...]
    diagonal_deg: float = 141.0
    bypass_deg: float = 172.0
    industry_deg: float = 95.0
    great_park: tuple[float, float] | None = None
    works: tuple[float, float] | None = None
    campuses: tuple[tuple[float, float], ...] = ()
    street_near: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    declared_km2: float | None = None
    declared: tuple[tuple[str, str, str], ...] = ()
    scheme: str = ""

    @property
    def households_n(self) -> int:
        """Households: persons divided by the assumed size of a household."""
        return round(self.persons_n / self.household_persons)


LUBEI = Profile(
    system="lubei",
    code="130203",
    name="路北区",
    core=(118.172, 39.640),
    epsg=4548,
    theta_deg=1.5,
    persons_n=785_000,
    household_persons=2.62,
    occupancy_share=0.93,
    residential_n=4724,
    other_n=1312,
    villages_n=71,
    yards_n=19_616,
    communities_n=175,
    grids_n=2257,
    urban_km2=41.0,
    own_cameras_n=4137,
    shared_cameras_n=3666,
    stations=(
        ("day_care", "日间照料站", 175),
        ("warm_stop", "暖心驿站", 175),
        ("nursing_home", "养老院", 13),
        ("canteen", "大食堂", 52),
        ("after_school", "四点半课堂", 113),
        ("nursery", "幼儿托管所", 38),
    ),
    rivers=((2700.0, 90.0, 70.0), (-9500.0, 80.0, 35.0)),
    railways=((-5200.0, 0.0, 78.0), (0.0, 4700.0, 172.0)),
    great_park=(700.0, 1500.0),
    works=(-4300.0, 3800.0),
    campuses=((-2100.0, 900.0), (-2900.0, 2300.0), (1500.0, -900.0)),
    street_near={"130203100": (588500.0, 4390000.0), "130203101": (596000.0, 4392500.0)},
    declared_km2=176.0,
    declared=(
        ("社区", "175", "建立由175个社区党总支（党委）…构成的四级联动架构"),
        ("单元网格", "2257", "将全区2257个单元网格及专职网格巡查员、公安警力等全部纳入平台管理"),
        ("辖区面积", "176平方公里", "完成176平方公里基础数据采集和3D建模"),
        ("覆盖人口", "78.5万", "内容覆盖78.5万人、6000余栋建筑，5万余名党员"),
        ("建筑", "6000余栋", "内容覆盖78.5万人、6000余栋建筑，5万余名党员"),
        ("楼院网格党支部", "915", "915个楼院（小区）网格党支部、1241个楼栋党小组"),
        ("智慧社区监控", "4137", "加装4137路智慧社区监控，共享雪亮工程3666路监控"),
        ("雪亮工程监控", "3666", "加装4137路智慧社区监控，共享雪亮工程3666路监控"),
        ("日间照料站", "175", "建立175个日间照料站"),
        ("暖心驿站", "175", "在全区打造175个暖心驿站"),
        ("养老院", "13", "建立养老院13个、大食堂52个、中小学“四点半”课堂113个和幼儿托管所38家"),
        ("大食堂", "52", "建立养老院13个、大食堂52个、中小学“四点半”课堂113个和幼儿托管所38家"),
        ("四点半课堂", "113", "建立养老院13个、大食堂52个、中小学“四点半”课堂113个和幼儿托管所38家"),
        ("幼儿托管所", "38", "建立养老院13个、大食堂52个、中小学“四点半”课堂113个和幼儿托管所38家"),
    ),
    scheme="lubei",
)

PROFILES: Mapping[str, Profile] = {profile.system: profile for profile in (LUBEI,)}


def systems() -> list[dict[str, str]]:
    """List the systems that can be simulated: id, name, area code.

    >>> systems()[0]
    {'id': 'lubei', 'name': '路北区', 'code': '130203'}
    """
    return [{"id": p.system, "name": p.name, "code": p.code} for p in PROFILES.values()]


def find_profile(system: str) -> Profile:
    """Return the profile of `system`; raise NotFoundError that names the known ones."""
    if system in PROFILES:
        return PROFILES[system]
    near = difflib.get_close_matches(system, PROFILES, 1)
    hint, hint_zh = (f"did you mean {near[0]!r}? ", f"是否想写 {near[0]!r}？") if near else ("", "")
    known = ", ".join(PROFILES)
    raise NotFoundError(f"unknown system {system!r}; {hint}known: {known}", f"没有名为 {system!r} 的系统；{hint_zh}可用：{known}", value=system)
