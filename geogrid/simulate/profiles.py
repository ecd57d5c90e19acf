"""What is known of each district that can be simulated: one TOML file each in `districts/`, so that adding a system is adding data.

Declared figures come from published articles; offsets and headings place rivers, railways and landmarks in the district's own frame (metres east
and north of the core, turned by `theta_deg`).
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from geogrid.errors import NotFoundError

TOWN_SHARE = 0.92  # of a built-up area; the rest is its rim of fields
ORDER = ("lubei", "fengrun", "taocheng", "huagong", "shuangluan", "zhaoxian", "kaiping", "baoding", "tianye", "lanshan", "jixian", "qingshan")


@dataclass(frozen=True)
class Service:
    """Stations of one kind: how many, how large (`total_m2`: exactly so much together), and who hosts them (words, taken in turn; "" the building).

    `per`: "street" gives one to each street; `at`: the code of the one community they stand in; `inside`: the kind of station that each is housed
    by; `among`: the kinds of building that suit; `outdoors`: on green land; `hub`: whether they serve others of their kind; `directions`: spread
    over the centre and the four quarters round it, at least one in each.
    """

    kind: str
    name: str
    n: int
    area_m2: tuple[float, float] = (80, 240)
    capacity: int = 30
    total_m2: int = 0
    hosts: tuple[str, ...] = ()
    equipment: str = ""
    per: str = ""
    at: str = ""
    inside: str = ""
    among: tuple[str, ...] = ()
    outdoors: bool = False
    hub: bool = False
    directions: bool = False


@dataclass(frozen=True)
class Invented:
    """Streets and communities that no list of codes has: `streets` code -> name; `n` communities in all, those of each street numbered from 901."""

    n: int
    streets: Mapping[str, str]
    name: str = "模拟{:02d}社区"


@dataclass(frozen=True)
class Profile:
    """Figures and landmarks of one district. Lengths in metres, `core` in longitude and latitude, headings from east.

    `outlines`: codes of the real districts that give outline and area codes, its own `code` where none is given; `only`: codes of its communities.
    `persons_per_km2`: only a built-up area of that density, round the core, is the district to be tiled; 0: all of the outline, with villages.
    `stretch`: how much longer than wide it is, as in a valley. `wood_share`: of its fields. `old_estates_n`: so many compounds are old, None for all
    built so. `stairwells_n`, `compounds_n`: exactly so many; homes beyond the compounds are in none. `other_n`: how many buildings are not for living
    in, None for as many as there is room for. `counts`: units by level. `device_kinds`: what the cameras at gates, stairwells, roads and along walls
    are called. `declared`: what its own reports say of it. `about`: what is assumed beyond what holds for all.
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
    communities_n: int
    residential_n: int = 0
    flats_per_building: float = 55.0
    urban_km2: float = 0.0
    persons_per_km2: float = 0.0
    other_n: int | None = None
    villages_n: int = 0
    yards_n: int = 0
    spacing_m: float = 860.0
    ring: bool = True
    stretch: float = 1.0
    wood_share: float = 0.05
    old_estates_n: int | None = None
    stairwells_n: int | None = None
    compounds_n: int | None = None
    own_cameras_n: int = 0
    shared_cameras_n: int = 0
    wall_cameras_n: int = 0
    device_kinds: Mapping[str, str] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    outlines: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    invented: Invented | None = None
    stations: tuple[Service, ...] = ()
    rivers: tuple[tuple[float, float, float], ...] = ()
    railways: tuple[tuple[float, float, float], ...] = ()
    diagonal_deg: float = 141.0
    bypass_deg: float = 172.0
    industry_deg: float = 95.0
    industry: bool = True
    great_park: tuple[float, float] | None = None
    works: tuple[float, float] | None = None
    campuses: tuple[tuple[float, float], ...] = ()
    street_near: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    patrols: bool = False
    declared_km2: float | None = None
    declared: tuple[Mapping[str, str], ...] = ()
    about: str = ""

    @property
    def households_n(self) -> int:
        """Households: persons divided by the assumed size of a household."""
        return round(self.persons_n / self.household_persons)

    @property
    def homes_n(self) -> int:
        """Residential buildings: as declared, else about as many as the flats need at so many a building."""
        return self.residential_n or round(self.flats_n / self.flats_per_building)

    @property
    def flats_n(self) -> float:
        """Flats that the households of blocks take at the usual occupancy."""
        return (self.households_n - self.yards_n) / self.occupancy_share

    @property
    def built_up_km2(self) -> float:
        """Land of the built-up area that is the district, 0 where the whole outline is."""
        return self.persons_n / self.persons_per_km2 if self.persons_per_km2 else 0.0

    @property
    def town_km2(self) -> float:
        """Land that is built on."""
        return self.urban_km2 or TOWN_SHARE * self.built_up_km2

    @property
    def scheme(self) -> str:
        """Id of its scheme, which is its own."""
        return self.system


def systems() -> list[dict[str, str]]:
    """List the systems that can be simulated: id, name, area code.

    >>> systems()[0]
    {'id': 'lubei', 'name': '路北区', 'code': '130203'}
    """
    return [{"id": p.system, "name": p.name, "code": p.code} for p in map(find_profile, _known())]


def find_profile(system: str) -> Profile:
    """Return the profile of `system`; raise NotFoundError that names the known ones."""
    if system in _known():
        return _read(system)
    near = difflib.get_close_matches(system, _known(), 1)
    hint, hint_zh = (f"did you mean {near[0]!r}? ", f"是否想写 {near[0]!r}？") if near else ("", "")
    known = ", ".join(_known())
    raise NotFoundError(f"unknown system {system!r}; {hint}known: {known}", f"没有名为 {system!r} 的系统；{hint_zh}可用：{known}", value=system)


@cache
def _known() -> tuple[str, ...]:
    there = {p.name.removesuffix(".toml") for p in resources.files("geogrid.simulate").joinpath("districts").iterdir() if p.name.endswith(".toml")}
    return tuple(sorted(there, key=lambda system: (ORDER.index(system) if system in ORDER else len(ORDER), system)))


@cache
def _read(system: str) -> Profile:
    text = resources.files("geogrid.simulate").joinpath("districts", f"{system}.toml").read_text("utf-8")
    table: dict[str, Any] = {key: _frozen(value) for key, value in tomllib.loads(text).items()}
    table["stations"] = tuple(Service(**entry) for entry in table.get("stations", ()))
    table["invented"] = Invented(**table["invented"]) if "invented" in table else None
    return Profile(system=system, **table)


def _frozen(value: Any) -> Any:
    """Lists as tuples, all the way down."""
    if isinstance(value, list):
        return tuple(_frozen(item) for item in value)
    return {key: _frozen(item) for key, item in value.items()} if isinstance(value, dict) else value
