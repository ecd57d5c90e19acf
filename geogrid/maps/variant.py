"""A plan that is no project, as maps see it: a part of it, such as one unit and all below, with what of the base map lies there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geogrid.errors import NotFoundError
from geogrid.maps.offline import MARGIN_M
from geogrid.plan import NO_UNIT, Base, Plan
from geogrid.rules import status
from geogrid.scheme import Scheme


class PlanPart:
    """The part of `ProjectLike` that a map of some units needs: all that `plan` holds; no sites, no findings.

    `layers`: frames of the base map by role in the plan's CRS, shown where they meet `window` (else round the plan's land); `meta` as a project's.
    """

    def __init__(
        self, plan: Plan, *, name: str, meta: Mapping[str, Any], layers: Mapping[str, gpd.GeoDataFrame], window: BaseGeometry | None = None
    ) -> None:
        self._plan = plan
        self.name, self.meta = name, dict(meta)
        self.crs: CRS = plan.base.crs
        self.scheme: Scheme = plan.scheme
        self.district: BaseGeometry = plan.base.district
        near = shapely.box(*shapely.bounds(self.district)).buffer(MARGIN_M, join_style="mitre")
        self._window = near if window is None else window
        self._layers = layers
        self._units: dict[str, gpd.GeoDataFrame] = {}

    def plan(self) -> Plan:
        """Return the plan of the part."""
        return self._plan

    def units(self, level: str) -> gpd.GeoDataFrame:
        """Return a level's units by code, with `status`."""
        if level not in self._units:
            self._units[level] = self._plan.frame(level).assign(status=status(self._plan, level).to_numpy())
        return self._units[level]

    def cells(self) -> gpd.GeoDataFrame:
        """Return the cells."""
        return self._plan.base.cells

    def layer(self, name: str) -> gpd.GeoDataFrame:
        """Return what of a base map layer lies in the window."""
        frame = self._layers.get(name)
        if frame is None:
            raise NotFoundError(f"no layer {name!r}", f"没有图层 {name!r}", value=name)
        return frame.iloc[np.sort(frame.sindex.query(self._window, predicate="intersects"))]

    def sites(self, role: str) -> gpd.GeoDataFrame:
        """Refuse: a variant has no sites."""
        raise NotFoundError(f"a variant has no {role}", f"对比方案没有 {role}", value=role)

    def findings(self) -> gpd.GeoDataFrame:
        """Refuse: a variant is not checked."""
        raise NotFoundError("a variant has no findings", "对比方案没有检查结果")


class Variant(PlanPart):
    """One unit and the levels from its own down to `until`. Raises NotFoundError for a unit that the plan does not have."""

    def __init__(self, plan: Plan, level: str, code: str, *, until: str, name: str, meta: Mapping[str, Any], layers: Mapping[str, gpd.GeoDataFrame]):
        super().__init__(within(plan, level, code, until=until), name=name, meta=meta, layers=layers)


def within(plan: Plan, level: str, code: str, *, until: str) -> Plan:
    """Return the plan of one unit: its cells and atoms, the levels from its own down to `until`. Raises NotFoundError for an unknown unit."""
    levels = plan.scheme.levels[plan.scheme.depth(level) : plan.scheme.depth(until) + 1]
    rows = plan.units[(plan.units["level"] == level) & (plan.units["code"] == code)]
    if len(rows) == 0:
        raise NotFoundError(f"no {level} with the code {code!r}", f"没有编码为 {code!r} 的{plan.scheme.level(level).name.zh}", value=code)
    top = int(rows.index[0])
    inside = plan.owner(level) == top
    lowest = np.where(inside, plan.leaf, NO_UNIT)[inside]
    atoms = plan.base.atoms[inside]
    cells = plan.base.cells.loc[np.unique(atoms["cell"].to_numpy())]
    base = Base(cells, atoms, shapely.coverage_union_all(cells.geometry.to_numpy()), plan.base.district_source)
    units = _below(plan.units, top, [each.id for each in levels])
    return Plan(base, replace(plan.scheme, levels=levels), units, lowest, plan.id, plan.version, plan.state)


def _below(units: pd.DataFrame, top: int, levels: list[str]) -> pd.DataFrame:
    """Rows of `top`, now without a parent, and of all units under it."""
    kept = {top}
    for _ in levels[1:]:
        kept |= set(units.index[units["parent"].isin(kept)])
    rows = units[units.index.isin(kept) & units["level"].isin(levels)].copy()
    rows.loc[top, "parent"] = NO_UNIT
    return rows
