"""Demand: where the households live that stations serve, one row per cell and unit; of a plan without households, its land."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geogrid.plan import NO_UNIT, Base, Plan
from geogrid.sites import join

LAND_STEP_M = 50.0  # land without homes is counted on a grid of points so far apart
HOUSEHOLDS, LAND = "households", "land"


@dataclass(frozen=True, eq=False)
class Demand:
    """What is to be served, one row per cell and unit of the lowest level. Arrays are (n,), in the order of cells, then of units.

    `what` is "households" or "land". `x`, `y` are metres in the plan's CRS; `weight` is what is counted: households, or square metres of land.
    `persons` is 0 for land. `cell` is the number of the cell. `codes` has a column of unit codes per level, "" for none.
    """

    what: str
    x: np.ndarray
    y: np.ndarray
    weight: np.ndarray
    persons: np.ndarray
    cell: np.ndarray
    codes: pd.DataFrame

    def __len__(self) -> int:
        return len(self.x)

    @property
    def xy(self) -> np.ndarray:
        """Places, float (n, 2)."""
        return np.column_stack([self.x, self.y])

    @property
    def households(self) -> np.ndarray:
        """Households, int (n,); 0 for land."""
        return self.weight if self.what == HOUSEHOLDS else np.zeros(len(self), dtype="int64")

    @property
    def area_m2(self) -> np.ndarray:
        """Land, float (n,); 0 for households."""
        return self.weight if self.what == LAND else np.zeros(len(self))

    @cached_property
    def places(self) -> tuple[np.ndarray, np.ndarray]:
        """Distinct places, float (p, 2), and the place of each row, int (n,): walks are the same for all who live in a place."""
        distinct, place = np.unique(self.xy, axis=0, return_inverse=True)
        return distinct, place.reshape(-1)


def demand_of(plan: Plan) -> Demand:
    """Return who is to be served: the households of a plan where they live, or its land on a grid where it has none."""
    atoms = plan.base.atoms
    return _homes(plan) if (atoms["households"] > 0).any() else _land(plan)


def _homes(plan: Plan) -> Demand:
    atoms = plan.base.atoms
    inhabited = (atoms["households"] > 0).to_numpy()
    rows = pd.DataFrame(
        {
            "position": plan.base.cell_position[inhabited],
            "leaf": np.asarray(plan.leaf)[inhabited],
            "households": atoms["households"].to_numpy()[inhabited].astype("int64"),
            "persons": atoms["persons"].to_numpy()[inhabited].astype("int64"),
            "atom": np.flatnonzero(inhabited),
        }
    )
    sums = rows.groupby(["position", "leaf"], sort=True).agg(households=("households", "sum"), persons=("persons", "sum"), atom=("atom", "first"))
    sums = sums.reset_index()
    position, atom = sums["position"].to_numpy(), sums["atom"].to_numpy()
    codes = pd.DataFrame({level.id: _codes(plan, level.id)[atom] for level in plan.scheme.levels})
    x, y = _where_people_live(plan.base)
    cell = plan.base.cells.index.to_numpy()[position]
    return Demand(HOUSEHOLDS, x[position], y[position], sums["households"].to_numpy(), sums["persons"].to_numpy(), cell, codes)


def _codes(plan: Plan, level: str) -> np.ndarray:
    """Unit code of each atom at a level, "" for none."""
    owner = plan.owner(level)
    known = plan.units["code"].reindex(np.where(owner == NO_UNIT, plan.units.index[0], owner)) if len(plan.units) else None
    return np.full(len(owner), "", dtype=object) if known is None else np.where(owner == NO_UNIT, "", known.to_numpy(dtype=object))


def _where_people_live(base: Base) -> tuple[np.ndarray, np.ndarray]:
    """The door of each cell, or a point of the cell where it has none."""
    x, y = base.cells["x"].to_numpy(dtype=float), base.cells["y"].to_numpy(dtype=float)
    inside = shapely.point_on_surface(base.cells.geometry.to_numpy())
    known = np.isfinite(x) & np.isfinite(y)
    return np.where(known, x, shapely.get_x(inside)), np.where(known, y, shapely.get_y(inside))


def _land(plan: Plan) -> Demand:
    """Points of a grid, each with its share of its unit's land, so that units and the district add up; a unit between points has one of its own."""
    lowest = plan.scheme.levels[-1].id
    points = join(gpd.GeoDataFrame(geometry=_grid(plan.base), crs=plan.base.crs), plan)
    points = points[points["outside_m"] == 0]
    units = plan.frame(lowest)
    missed = units.index[~units.index.isin(points[lowest])]
    if len(missed):
        own = gpd.GeoDataFrame(geometry=shapely.point_on_surface(units.geometry[missed].to_numpy()), crs=plan.base.crs)
        points = pd.concat([points, join(own, plan)], ignore_index=True)
    shapes = dict(units.geometry.area)
    shapes[""] = max(shapely.area(plan.base.cells.geometry.to_numpy()).sum() - sum(shapes.values()), 0.0)
    unit = points[lowest]
    area = unit.map(shapes).to_numpy(dtype=float) / unit.map(unit.value_counts()).to_numpy(dtype=float)
    codes = points[[level.id for level in plan.scheme.levels]].reset_index(drop=True)
    place = points.geometry.to_numpy()
    nothing = np.zeros(len(points), dtype="int64")
    return Demand(LAND, shapely.get_x(place), shapely.get_y(place), area, nothing, nothing, codes)


def _grid(base: Base) -> np.ndarray:
    """Points in the middle of squares `LAND_STEP_M` wide, round coordinates, over the whole district."""
    west, south, east, north = np.floor(np.array(base.cells.total_bounds) / LAND_STEP_M).astype(int)
    x, y = np.meshgrid(np.arange(west, east + 1), np.arange(south, north + 1))
    return shapely.points((x.ravel() + 0.5) * LAND_STEP_M, (y.ravel() + 0.5) * LAND_STEP_M)
