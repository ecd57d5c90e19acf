"""Households by floor and door: a table that names them says how many live on each floor, and where a full floor can be divided.

Rows without a known building are placed nowhere here; `geogrid.generate.households` reports them. In a building with a cell per entrance, rows
whose entrance is not known there (it was only estimated) fill the entrances in turn, each with as many households as it was given.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from geogrid.generate.households import Homes
from geogrid.tessellation import Cells

NONE = -1
COLUMNS = ("cell", "floor", "door", "persons", "centre")
_DIGITS = re.compile(r"(\d+)")


def find_doors(table: pd.DataFrame | None, buildings: pd.DataFrame, entrances: pd.DataFrame | None, cells: Cells, homes: Homes) -> pd.DataFrame:
    """Place the rows of a table of households: columns `cell` (row of the cell), `floor` (0 unknown), `door` ("" unknown), `persons`, `centre`.

    `table` has `building`, and perhaps `entrance floor door persons centre`; `buildings` has `id`, `entrances` `id` and `building`. Rows come
    sorted by cell, floor, door (numbers in doors count as numbers) and id.
    """
    if table is None or "building" not in table or len(table) == 0:
        return pd.DataFrame({name: pd.Series(dtype=_DTYPES[name]) for name in COLUMNS})
    row = _row_of(table, buildings)
    cell = _in_turn(table, row, _cell_of(table, row, entrances, cells, len(buildings)), cells, homes)
    placed = table[cell >= 0]
    floor = placed["floor"].fillna(0).to_numpy() if "floor" in placed else np.zeros(len(placed))
    frame = pd.DataFrame(
        {
            "cell": cell[cell >= 0],
            "floor": floor.astype(np.int64),
            "door": placed["door"].fillna("").astype(str).to_numpy(dtype=object) if "door" in placed else "",
            "persons": placed["persons"].fillna(0).to_numpy().astype(np.int64) if "persons" in placed else 0,
            "centre": placed["centre"].fillna(False).to_numpy(dtype=bool) if "centre" in placed else False,
        }
    ).astype(_DTYPES)
    names = placed["id"].astype(str).to_numpy(dtype=str) if "id" in placed else np.zeros(len(frame), dtype=str)
    order = np.lexsort((names, _rank(frame["door"]), frame["floor"], frame["cell"]))
    return frame.iloc[order].reset_index(drop=True)


_DTYPES = {"cell": "int64", "floor": "int64", "door": "object", "persons": "int64", "centre": "bool"}


def _row_of(table: pd.DataFrame, buildings: pd.DataFrame) -> np.ndarray:
    """Row of the one building that each household names, int; NONE where none or several bear the name."""
    ids = pd.Index(buildings["id"]) if len(buildings) else pd.Index([], dtype=object)
    single = ~ids.duplicated(keep=False)
    rows = pd.Series(np.flatnonzero(single), index=ids[single]).reindex(table["building"].to_numpy())
    return rows.fillna(NONE).to_numpy(dtype=np.int64)


def _cell_of(table: pd.DataFrame, row: np.ndarray, entrances: pd.DataFrame | None, cells: Cells, n: int) -> np.ndarray:
    """Cell of each household, int: its entrance's where the building has cells per entrance, else its building's; NONE where that is not known."""
    divided = np.zeros(n + 1, dtype=bool)
    divided[cells.building[cells.entrance >= 0]] = True
    cell = np.append(cells.home, NONE)[row]
    cell[divided[row]] = NONE
    if entrances is None or not {"id", "building"} <= set(entrances) or "entrance" not in table:
        return cell
    keys = pd.MultiIndex.from_arrays([entrances["building"].to_numpy(), entrances["id"].to_numpy()])
    known = ~keys.duplicated(keep=False)
    door = pd.Series(cells.entrance_home[: len(keys)][known], index=keys[known])  # behind the given ones come estimated ones
    wanted = pd.MultiIndex.from_arrays([table["building"].to_numpy(), table["entrance"].to_numpy()])
    of_entrance = door.reindex(wanted).fillna(NONE).to_numpy(dtype=np.int64)
    return np.where(divided[row], of_entrance, cell)


def _in_turn(table: pd.DataFrame, row: np.ndarray, cell: np.ndarray, cells: Cells, homes: Homes) -> np.ndarray:
    """Place the households of buildings with entrances that are not placed yet: by entrance name, then left to right, as the entrances have room."""
    lost = np.flatnonzero((cell < 0) & (row >= 0))
    at = np.flatnonzero((homes.entrance_building >= 0) & (cells.entrance_home >= 0))
    at = at[np.argsort(homes.entrance_building[at], kind="stable")]
    if not len(lost) or not len(at):
        return cell
    taken = np.bincount(cell[cell >= 0], minlength=len(cells.geometry))[cells.entrance_home[at]]
    room = np.repeat(at, np.maximum(homes.entrance_households[at] - taken, 0))
    names = [_rank(table[name].iloc[lost].fillna("")) if name in table else np.zeros(len(lost)) for name in ("entrance", "door", "id")]
    floor = table["floor"].iloc[lost].fillna(0).to_numpy() if "floor" in table else np.zeros(len(lost))
    order = np.lexsort((names[2], names[1], floor, names[0], row[lost]))
    keys = np.c_[row[lost], names[0], floor][order]
    aside = np.empty(len(lost))
    aside[order] = _share(keys)
    order = np.lexsort((names[2], names[1], floor, aside, names[0], row[lost]))
    lost, out = lost[order], cell.copy()
    owner = homes.entrance_building[room]
    nth = np.arange(len(lost)) - np.searchsorted(row[lost], row[lost])
    spot = np.searchsorted(owner, row[lost]) + nth
    fits = spot < np.searchsorted(owner, row[lost], side="right")
    out[lost[fits]] = cells.entrance_home[room[spot[fits]]]
    return out


def _share(keys: np.ndarray) -> np.ndarray:
    """How far along the run of equal rows each row stands, 0 … 1."""
    first = np.flatnonzero(np.r_[True, (keys[1:] != keys[:-1]).any(axis=1)])
    n = np.diff(np.r_[first, len(keys)])
    return (np.arange(len(keys)) - np.repeat(first, n)) / np.repeat(n, n)


def _rank(doors: pd.Series) -> np.ndarray:
    """Rank of each door in natural order, int.

    >>> _rank(pd.Series(["1002", "201", "101"])).tolist()
    [2, 1, 0]
    """
    names, at = np.unique(doors.to_numpy(dtype=str), return_inverse=True)
    keys = [[(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in _DIGITS.split(name) if part] for name in names.tolist()]
    rank = np.empty(len(names), dtype=np.int64)
    rank[sorted(range(len(names)), key=keys.__getitem__)] = np.arange(len(names))
    return rank[at]


def as_level(floor: np.ndarray) -> np.ndarray:
    """Number floors without a break: there is no floor 0, so -1, 1 become 0, 1."""
    return np.where(floor < 0, floor + 1, floor)


def as_floor(level: np.ndarray) -> np.ndarray:
    """Name levels as floors again: 0, 1 become -1, 1."""
    return np.where(level < 1, level - 1, level)


def atoms_of(doors: pd.DataFrame, atoms: pd.DataFrame) -> np.ndarray:
    """Row of the atom in which each household lives, int; atoms stand by cell and floor, none divided.

    A floor that is not known means the cell's only atom; NONE where it has several, or none on that floor.
    """
    cell, top = atoms["cell"].to_numpy() - 1, as_level(atoms["floor_to"].to_numpy())
    home, floor = doors["cell"].to_numpy(), doors["floor"].to_numpy()
    level = as_level(floor)
    low = int(min(top.min(initial=0), level.min(initial=0)))
    span = int(max(top.max(initial=0), level.max(initial=0))) - low + 1
    at = np.searchsorted(cell * span + top - low, home * span + level - low)
    there = np.append(cell, NONE)[at] == home
    several = np.bincount(cell, minlength=int(home.max(initial=0)) + 1)[home] > 1
    return np.where(there & ~((floor == 0) & several), at, NONE)
