"""A project as one visitor sees it: cut to his scope unit and what is below, without what a resident may not see.

Every page, tile, table, search and download reads through here (`web.served.served`), so none of them can forget to look who asks. What this
class does not offer can not be read at all.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geogrid.errors import NotFoundError
from geogrid.plan import NO_UNIT, Base, Plan
from geogrid.scheme import Scheme
from geogrid.store.locate import Locator
from web.confined import codes_below
from web.peopleseen import Asked, PeopleSeen

PUBLIC_ROLES = ("stations",)
"""The sites that a resident sees."""


class Visible(PeopleSeen):
    """A part of a project, with the methods of `geogrid.store.Project` that pages and maps use.

    `former`: the same part of an earlier version; `roster` gives that of the whole project, which says who belongs to the scope unit.
    """

    def __init__(
        self,
        project: Any,
        *,
        scope: str = "",
        is_public: bool = False,
        shows_secret: bool = False,
        former: Visible | None = None,
        roster: Asked = None,
    ) -> None:
        super().__init__(project, roster)
        self._codes = codes_below(project, scope) if scope else None
        self._is_public, self._shows_secret = is_public, shows_secret
        self._layers: dict[str, tuple[Any, BaseGeometry, gpd.GeoDataFrame]] = dict(former._layers) if former else {}
        self.path, self.meta = project.path, dict(project.meta)

    @property
    def is_part(self) -> bool:
        """Whether this is a scope unit, not the whole district."""
        return self._codes is not None

    @property
    def name(self) -> str:
        """The district's name."""
        return self._project.name

    @property
    def crs(self) -> CRS:
        """The working CRS."""
        return self._project.crs

    @property
    def scheme(self) -> Scheme:
        """The scheme in force."""
        return self._project.scheme

    @property
    def levels(self) -> list[str]:
        """Ids of all levels; above the scope unit they have no units."""
        return self._project.levels

    @property
    def plan_name(self) -> tuple[str, int, str]:
        """Id, version and state of the plan."""
        return self._project.plan_name

    def is_retired(self, code: str) -> bool:
        """Tell whether a code is that of a unit that is no more; where it lay is not told."""
        return self._project.is_retired(code) and (self._codes is None or bool(self.successors(code)))

    def successors(self, code: str) -> tuple[str, ...]:
        """Return the visible units that came after a code."""
        return tuple(each for each in self._project.successors(code) if any(each in self.units(level).index for level in self.levels))

    @cached_property
    def district(self) -> BaseGeometry:
        """What is visible of the district."""
        if self._codes is None:
            return self._project.district
        return shapely.union_all(self.units(self._top).geometry.to_numpy())

    @property
    def district_source(self) -> str:
        """How the outline came to be."""
        return self._project.district_source if self._codes is None else "derived"

    def units(self, level: str) -> gpd.GeoDataFrame:
        """Return the visible units of a level; those at the top have no parent here."""
        frame = self._project.units(level)
        return frame if self._codes is None else self._kept_units[level]

    @cached_property
    def _kept_units(self) -> Mapping[str, gpd.GeoDataFrame]:
        codes = self._codes or {}
        kept = {level: self._project.units(level) for level in self.levels}
        kept = {level: frame[frame.index.isin(codes[level])] for level, frame in kept.items()}
        return kept | {self._top: kept[self._top].assign(parent="")}

    @cached_property
    def _top(self) -> str:
        """The level of the scope unit."""
        codes = self._codes or {}
        return next(level for level in self.levels if codes[level])

    def some_units(self, level: str, ids: Sequence[int]) -> gpd.GeoDataFrame:
        """Return those of some units of a level (ids) that are visible."""
        frame = self._project.some_units(level, ids)
        if self._codes is None:
            return frame
        frame = frame[frame.index.isin(self._codes[level])]
        return frame.assign(parent="") if level == self._top else frame

    def find_level(self, code: str, level: str = "") -> str:
        """Return the level on which a code is that of a visible unit: the given one, else the topmost; "" for none."""
        if self._codes is None:
            return self._project.find_level(code, level)
        return next((each for each in self.levels if level in ("", each) and code in self._codes[each]), "")

    def one_unit(self, level: str, code: str) -> gpd.GeoDataFrame:
        """Return the visible unit of a level with a code as a frame of one row, of none where there is none."""
        frame = self._project.one_unit(level, code)
        return self.some_units(level, frame["unit"].tolist())

    def count_inside(self, level: str, code: str) -> Counter[str]:
        """Count the units of a level that lie in a visible unit with a code, by status."""
        return self._project.count_inside(level, code)

    def count_findings(self, code: str) -> int:
        """Count the findings that name a unit and may be seen."""
        if self._codes is None and not self._is_public:
            return self._project.count_findings(code)
        return sum(code in codes for codes in self.findings()["units"])

    def count_sites(self, role: str, level: str, code: str) -> int:
        """Count the points of a role in a visible unit; 0 for a role that may not be seen."""
        return self._project.count_sites(role, level, code) if role in self.site_roles else 0

    def units_inside(self, level: str, code: str) -> list[int]:
        """Return the ids of the units of a level in a unit with a code, visible or not: `some_units` tells."""
        return self._project.units_inside(level, code)

    def count_units(self, level: str) -> tuple[int, int, int, int]:
        """Count as `Project.count_units` does."""
        if self._codes is None:
            return self._project.count_units(level)
        units = self.units(level)
        return len(units), int(units["households"].sum()), int((units["status"] == "in").sum()), int((units["reason"] != "").sum())

    def count_people(self) -> tuple[int, int]:
        """Count the households and persons of the visible atoms."""
        if self._codes is None:
            return self._project.count_people()
        atoms = self.plan().base.atoms
        return int(atoms["households"].sum()), int(atoms["persons"].sum())

    def cells(self) -> gpd.GeoDataFrame:
        """Return the visible cells."""
        return self._project.cells() if self._codes is None else self.plan().base.cells

    def plan(self) -> Plan:
        """Return the visible part of the plan."""
        return self._project.plan() if self._codes is None else self._excerpt

    @cached_property
    def _excerpt(self) -> Plan:
        plan: Plan = self._project.plan()
        codes = self._codes or {}
        units = plan.units[[code in codes[level] for code, level in zip(plan.units["code"], plan.units["level"], strict=True)]]
        inside = np.isin(plan.leaf, units.index.to_numpy())
        atoms = plan.base.atoms[inside]
        cells = plan.base.cells[plan.base.cells.index.isin(atoms["cell"])]
        units = units.assign(parent=units["parent"].where(units["parent"].isin(units.index), NO_UNIT))
        return Plan(Base(cells, atoms, self.district, "derived"), plan.scheme, units, plan.leaf[inside], plan.id, plan.version, plan.state)

    def locate(self, lon: float, lat: float, floor: int | None = None) -> dict[str, Any]:
        """Return the visible units at a place."""
        return self.locator().locate(lon, lat, floor)

    def locator(self) -> Locator:
        """Return the index that answers `locate`, made once."""
        return self._project.locator() if self._codes is None else self._locator

    @cached_property
    def _locator(self) -> Locator:
        return Locator(self.plan())

    @property
    def layers(self) -> list[str]:
        """Names of the layers of the base map."""
        return self._project.layers

    def layer(self, name: str) -> gpd.GeoDataFrame:
        """Return what of a layer lies on visible land, points and polygons by their inner point."""
        frame = self._project.layer(name)
        if self._codes is None:
            return frame
        whole, land, _ = known = self._layers.get(name, (None, None, frame))
        if whole is not frame or not shapely.equals_identical(land, self.district):
            known = self._layers[name] = (frame, self.district, self._inside(frame))
        return known[2]

    @property
    def site_roles(self) -> list[str]:
        """Roles of the sites that may be seen."""
        return [role for role in self._project.site_roles if not self._is_public or role in PUBLIC_ROLES]

    def sites(self, role: str) -> gpd.GeoDataFrame:
        """Return the points of a role in visible units; a secret one is told as such to whom it may be shown."""
        if role not in self.site_roles:
            raise NotFoundError(f"no site role {role!r} here", f"没有点位 {role!r}", value=role)
        return self._once(("sites", role), lambda: self._sites(role))

    def _sites(self, role: str) -> gpd.GeoDataFrame:
        frame = self._project.sites(role)
        if self._codes is not None:
            seen = [frame[level].isin(codes) for level, codes in self._codes.items() if level in frame.columns]
            frame = frame[np.logical_or.reduce(seen)] if seen else frame.iloc[:0]
        if self._shows_secret and "secret" in frame.columns:
            secret = frame["secret"].fillna(False).astype(bool)
            named = frame["name"].fillna("").astype(str) if "name" in frame.columns else pd.Series("", index=frame.index)
            frame = frame.assign(secret=False, name=named.where(~secret, "〔涉密 secret〕" + named))
        return frame

    @property
    def given_levels(self) -> list[str]:
        """Levels of which polygons were given; to a part of the district none were."""
        return [] if self._is_public or self._codes is not None else self._project.given_levels

    def given(self, level: str) -> gpd.GeoDataFrame:
        """Return the polygons of a level as they were given."""
        if level not in self.given_levels:
            raise NotFoundError(f"no given level {level!r} here", f"没有来源层级 {level!r}", value=level)
        return self._project.given(level)

    def findings(self) -> gpd.GeoDataFrame:
        """Return the findings on visible units only; a finding that names any other unit is not shown."""
        found = self._project.findings()
        if self._is_public:
            return found.iloc[:0]
        return found if self._codes is None else self._once(("findings",), lambda: self._found(found))

    def _found(self, found: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        codes = self._codes or {}
        every = set().union(*codes.values())
        named = [bool(units) and set(units) <= codes.get(level, every) for units, level in zip(found["units"], found["level"], strict=True)]
        unnamed = np.array([not units for units in found["units"]], bool)
        placed = found.index.isin(self._inside(found[unnamed]).index)
        return found[np.array(named, bool) | placed]

    def rejected(self) -> pd.DataFrame:
        """Return the rows of the input that were not used; who sees a part only, sees none: nobody knows whose they were."""
        rejected = self._project.rejected()
        return rejected.iloc[:0] if self._is_public or self._codes is not None else rejected

    def _inside(self, frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        shapes = frame.geometry.to_numpy()
        lines = np.isin(shapely.get_dimensions(shapes), (1,))
        probes = np.where(lines, shapes, shapely.point_on_surface(shapes))
        land = self.district
        shapely.prepare(land)
        return frame[shapely.intersects(probes, land)]

    def _once(self, key: tuple[str, ...], make: Any) -> Any:
        kept = self.__dict__.setdefault("_kept", {})
        if key not in kept:
            kept[key] = make()
        return kept[key]


def key_of(*, scope: str, is_public: bool, shows_secret: bool) -> str:
    """Return a short name of a view, "" for that of the whole project: addresses of data carry it, so no browser keeps one user's for another."""
    told = f"{scope}|{is_public:d}|{shows_secret:d}"
    return "" if told == "|0|0" else hashlib.sha256(told.encode()).hexdigest()[:6]
