"""Cells and atoms: what a plan assigns. A storey of an entrance is an atom; a courtyard house or a piece of land is one."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from geogrid.generate.doors import as_floor, as_level
from geogrid.generate.households import ESTIMATED, GIVEN, Homes
from geogrid.plan import ATOM_COLUMNS, Base
from geogrid.tessellation import Cells

WHOLE_UP_TO = 2
"""A cell with so few households is one atom over all its floors: nobody divides a courtyard house by storeys."""


def make_base(
    cells: Cells, buildings: gpd.GeoDataFrame, homes: Homes, crs: CRS, *, district_source: str = "given", doors: pd.DataFrame | None = None
) -> Base:
    """Make the base of a plan: cells with what stands on them, atoms with their households; the district is the union of the cells.

    Figures of a building without a cell of its own are added to the cell that `cells.home` names; `doors` says who lives on which floor.
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
            "entrance_source": np.append(np.where(homes.estimated, ESTIMATED, GIVEN), "").astype(object)[cells.entrance],
        },
        geometry=cells.geometry,
        index=pd.RangeIndex(1, len(cells.geometry) + 1, name="cell"),
        crs=crs,
    )
    return Base(frame, make_atoms(figures, doors), shapely.coverage_union_all(cells.geometry), district_source)


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


def make_atoms(figures: pd.DataFrame, doors: pd.DataFrame | None = None) -> pd.DataFrame:
    """Divide cells (index 0 …; `households persons floors`) into atoms: one a floor, or one for all floors of a small house.

    Households whose floor is known (`doors`, see `geogrid.generate.doors`) live there, and floors above or below those counted are added; the rest
    is spread evenly over the floors above the ground. A cell's atoms add up to its households exactly.

    >>> make_atoms(pd.DataFrame({"households": [5, 1], "persons": [0, 3], "floors": [2, 2]}))["households"].tolist()
    [2, 3, 1]
    """
    h, p = figures["households"].to_numpy(), figures["persons"].to_numpy()
    on = _on_floors(doors, h)
    bottom, top = np.ones(len(h), dtype=np.int64), np.maximum(figures["floors"].to_numpy(), 1)
    np.minimum.at(bottom, on["cell"], on["level"])
    np.maximum.at(top, on["cell"], on["level"])
    n = np.where((h <= WHOLE_UP_TO) | (top == bottom), 1, top - bottom + 1)
    first = np.cumsum(n) - n
    cell = np.repeat(np.arange(len(figures)), n)
    low = bottom[cell] + np.arange(len(cell)) - first[cell]
    high = np.where(n[cell] == 1, top[cell], low)
    at = first[on["cell"]] + np.where(n[on["cell"]] == 1, 0, on["level"] - bottom[on["cell"]])
    known = np.bincount(at, minlength=len(cell)).astype(np.int64)
    named = np.bincount(at, on["persons"], minlength=len(cell)).astype(np.int64)
    households = known + _spread_up(h - np.bincount(cell, known, minlength=len(h)).astype(np.int64), cell, low, top)
    left = p - np.bincount(cell, named, minlength=len(p)).astype(np.int64)
    persons = np.where(left[cell] >= 0, named, 0) + _spread_up(np.where(left >= 0, left, p), cell, low, top)
    return with_codes(
        pd.DataFrame(
            {"cell": cell + 1, "floor_from": as_floor(low), "floor_to": as_floor(high), "part": 1, "households": households, "persons": persons}
        )
    )


def _on_floors(doors: pd.DataFrame | None, households: np.ndarray) -> dict[str, np.ndarray]:
    """Cell, level and persons of the households whose floor is known; those of a cell that has fewer households than that are not believed."""
    if doors is None or len(doors) == 0:
        return {name: np.zeros(0, dtype=np.int64) for name in ("cell", "level", "persons")}
    known = doors[doors["floor"] != 0]
    cell = known["cell"].to_numpy()
    sound = np.bincount(cell, minlength=len(households))[cell] <= households[cell]
    return {"cell": cell[sound], "level": as_level(known["floor"].to_numpy()[sound]), "persons": known["persons"].to_numpy()[sound]}


def _spread_up(total: np.ndarray, cell: np.ndarray, low: np.ndarray, top: np.ndarray) -> np.ndarray:
    """Share each cell's total evenly over its floors from the first up; a cell's one atom for all floors takes all."""
    count = np.bincount(cell, minlength=len(total))
    n = np.where(count == 1, 1, top)[cell]
    k = np.where(count[cell] == 1, 0, low - 1)
    t = total[cell]
    return np.where(k >= 0, (k + 1) * t // n - k * t // n, 0)


def with_codes(atoms: pd.DataFrame) -> pd.DataFrame:
    """Return atoms numbered 1, 2, … with their codes "cell-floor-part" and the columns of a base in order."""
    names = zip(*(atoms[name].tolist() for name in ("cell", "floor_from", "part")), strict=True)
    atoms = atoms.assign(code=pd.Series([f"{c}-{f}-{p}" for c, f, p in names], index=atoms.index, dtype="object"))
    return atoms[list(ATOM_COLUMNS)].set_index(pd.RangeIndex(1, len(atoms) + 1, name="atom"))
