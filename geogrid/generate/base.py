"""Cells and atoms: what a plan assigns. A storey of an entrance is an atom; a courtyard house or a piece of land is one."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from geogrid.generate.households import Homes
from geogrid.plan import Base
from geogrid.tessellation import Cells

WHOLE_UP_TO = 2
"""A cell with so few households is one atom over all its floors: nobody divides a courtyard house by storeys."""


def make_base(cells: Cells, buildings: gpd.GeoDataFrame, homes: Homes, crs: CRS, *, district_source: str = "given") -> Base:
    """Make the base of a plan: cells with what stands on them, atoms with their households; the district is the union of the cells.

    Figures of a building without a cell of its own are added to the cell that `cells.home` names.
    """
    figures = _figures(cells, homes)
    home = figures["households"].to_numpy() > 0
    kind = np.where(home, "home", np.where(cells.building >= 0, "building", "land"))
    names = buildings["id"].to_numpy(dtype=object) if len(buildings) else np.array([""], dtype=object)
    frame = gpd.GeoDataFrame(
        {
            "enclosure": cells.enclosure.astype(np.int64) + 1,
            "kind": kind,
            "building": np.where(cells.building >= 0, names[np.maximum(cells.building, 0)], ""),
            "entrance": _entrance_number(cells),
        },
        geometry=cells.geometry,
        index=pd.RangeIndex(1, len(cells.geometry) + 1, name="cell"),
        crs=crs,
    )
    return Base(frame, make_atoms(figures), shapely.coverage_union_all(cells.geometry), district_source)


def _entrance_number(cells: Cells) -> np.ndarray:
    """Number the entrances of a building 1, 2, … in the order of the cells' entrance rows; 0 where a cell has none."""
    number = np.zeros(len(cells.entrance), dtype=np.int64)
    rows = np.flatnonzero(cells.entrance >= 0)
    order = rows[np.lexsort((cells.entrance[rows], cells.building[rows]))]
    if len(order):
        b = cells.building[order]
        starts = np.flatnonzero(np.r_[True, b[1:] != b[:-1]])
        number[order] = np.arange(len(order)) - np.repeat(starts, np.diff(np.r_[starts, len(order)])) + 1
    return number


def _figures(cells: Cells, homes: Homes) -> pd.DataFrame:
    """Households, persons and floors of each cell: index 0 … c-1."""
    c = len(cells.geometry)
    where = [_of_buildings(cells, homes), _of_entrances(cells, homes)]
    rows = np.concatenate([w[0] for w in where])
    households = np.bincount(rows, np.concatenate([w[1] for w in where]), minlength=c).astype(np.int64)
    persons = np.bincount(rows, np.concatenate([w[2] for w in where]), minlength=c).astype(np.int64)
    floors = np.ones(c, dtype=np.int64)
    np.maximum.at(floors, rows, np.concatenate([w[3] for w in where]))
    return pd.DataFrame({"households": households, "persons": persons, "floors": floors})


def _split_buildings(cells: Cells, n: int) -> np.ndarray:
    """Tell which buildings have a cell per entrance, bool (n,)."""
    split = np.zeros(n, dtype=bool)
    split[cells.building[cells.entrance >= 0]] = True
    return split


def _of_buildings(cells: Cells, homes: Homes) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    whole = ~_split_buildings(cells, len(homes.households)) & (cells.home >= 0)
    return cells.home[whole], homes.households[whole], homes.persons[whole], homes.floors[whole]


def _of_entrances(cells: Cells, homes: Homes) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Figures of the entrances of divided buildings."""
    split = _split_buildings(cells, len(homes.households))
    rows = np.flatnonzero((homes.entrance_building >= 0) & (cells.entrance_home >= 0))
    rows = rows[split[homes.entrance_building[rows]]]
    return cells.entrance_home[rows], homes.entrance_households[rows], homes.entrance_persons[rows], homes.entrance_floors[rows]


def make_atoms(figures: pd.DataFrame) -> pd.DataFrame:
    """Divide cells (index 0 …; `households persons floors`) into atoms: one a floor, or one for all floors of a small house.

    Households are spread evenly over the floors, so that a cell's atoms add up to its households exactly.

    >>> make_atoms(pd.DataFrame({"households": [5, 1], "persons": [0, 3], "floors": [2, 2]}))["households"].tolist()
    [2, 3, 1]
    """
    h, p, f = (figures[c].to_numpy() for c in ("households", "persons", "floors"))
    n = np.where((h <= WHOLE_UP_TO) | (f == 1), 1, f)
    cell = np.repeat(np.arange(len(figures)), n)
    k = np.arange(len(cell)) - np.repeat(np.cumsum(n) - n, n)
    low = k + 1
    high = np.where(n[cell] == 1, f[cell], low)
    households = (k + 1) * h[cell] // n[cell] - k * h[cell] // n[cell]
    persons = (k + 1) * p[cell] // n[cell] - k * p[cell] // n[cell]
    codes = [f"{c}-{a}-1" for c, a in zip((cell + 1).tolist(), low.tolist(), strict=True)]
    columns = {"code": codes, "cell": cell + 1, "floor_from": low, "floor_to": high, "part": 1, "households": households, "persons": persons}
    return pd.DataFrame(columns, index=pd.RangeIndex(1, len(cell) + 1, name="atom"))
