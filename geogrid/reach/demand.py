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
    lived = plan.base.cells.iloc[position]
    x, y = _where_people_live(lived)
    cell = lived.index.to_numpy()
    return Demand(HOUSEHOLDS, x, y, sums["households"].to_numpy(), sums["persons"].to_numpy(), cell, codes)


def _codes(plan: Plan, level: str) -> np.ndarray:
    """Unit code of each atom at a level, "" for none."""
    owner = plan.owner(level)
    known = plan.units["code"].reindex(np.where(owner == NO_UNIT, plan.units.index[0], owner)) if len(plan.units) else None
    return np.full(len(owner), "", dtype=object) if known is None else np.where(owner == NO_UNIT, "", known.to_numpy(dtype=object))


def _where_people_live(cells: gpd.GeoDataFrame) -> tuple[np.ndarray, np.ndarray]:
    """The door of each cell, or a point of the cell where it has none."""
    x, y = cells["x"].to_numpy(dtype=float), cells["y"].to_numpy(dtype=float)
    unknown = ~(np.isfinite(x) & np.isfinite(y))
    x, y = x.copy(), y.copy()
    x[unknown], y[unknown] = shapely.get_coordinates(shapely.point_on_surface(cells.geometry.to_numpy()[unknown])).T
    return x, y


def _land(plan: Plan) -> Demand:
    """Points of a grid, each with its share of its unit's land, so that units and the district add up; a unit between points has one of its own.

    Of units that lie on one another, floor above floor, the one that holds a point on the ground has the land.
    """
    cells = plan.base.cells
    own = _joined(shapely.point_on_surface(cells.geometry.to_numpy()), plan)
    own["area"] = shapely.area(cells.geometry.to_numpy())
    area = own.groupby("chain")["area"].sum()
    points = _joined(_grid(plan.base), plan)
    points = points[points["outside_m"] == 0]
    missed = own[~own["chain"].isin(points["chain"])].sort_values("area", ascending=False, kind="stable").drop_duplicates("chain").sort_index()
    points = pd.concat([points, missed], ignore_index=True)
    chain = points["chain"]
    weight = chain.map(area).to_numpy(dtype=float) / chain.map(chain.value_counts()).to_numpy(dtype=float)
    x, y = shapely.get_coordinates(points.geometry.to_numpy()).T
    nothing = np.zeros(len(points), dtype="int64")
    return Demand(LAND, x, y, weight, nothing, nothing, points[[level.id for level in plan.scheme.levels]])


def _joined(points: np.ndarray, plan: Plan) -> gpd.GeoDataFrame:
    """Join points to the plan; `chain` holds their codes of all levels in one word."""
    joined = join(gpd.GeoDataFrame(geometry=points, crs=plan.base.crs), plan)
    first, *others = (joined[level.id].astype(str) for level in plan.scheme.levels)
    joined["chain"] = first.str.cat(others, sep="|") if others else first
    return joined


def _grid(base: Base) -> np.ndarray:
    """Points in the middle of squares `LAND_STEP_M` wide, round coordinates, over the whole district."""
    west, south, east, north = np.floor(np.array(base.cells.total_bounds) / LAND_STEP_M).astype(int)
    x, y = np.meshgrid(np.arange(west, east + 1), np.arange(south, north + 1))
    return shapely.points((x.ravel() + 0.5) * LAND_STEP_M, (y.ravel() + 0.5) * LAND_STEP_M)
