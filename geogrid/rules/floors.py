"""The cover of floors: inside a cell every (floor, part) belongs to one atom, and none is missing.

There is no floor 0: above -1 comes 1.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from geogrid.catalogue import why
from geogrid.findings import Finding
from geogrid.plan import Base


def find_floors(base: Base) -> list[Finding]:
    """Find cells without atoms, with floors that two atoms hold, or with floors or parts that none holds; one finding a cell and kind."""
    atoms = base.atoms
    low, high = _level(atoms["floor_from"].to_numpy()), _level(atoms["floor_to"].to_numpy())
    fault = [_found(base, cell, "no_atom", 0) for cell in base.cells.index[~base.cells.index.isin(atoms["cell"])]]
    upside = high < low
    fault += [_found(base, cell, "floors_upside_down", floor) for cell, floor in _first(atoms["cell"][upside], low[upside])]
    story = _stories(atoms[~upside], low[~upside], high[~upside])
    twice = story[story.duplicated(["cell", "floor", "part"])]
    fault += [_found(base, cell, "floors_twice", floor) for cell, floor in _first(twice["cell"], twice["floor"])]
    fault += [_found(base, cell, "floors_missing", floor) for cell, floor in _missing(story.drop_duplicates(["cell", "floor", "part"]))]
    return fault


def _level(floor: np.ndarray) -> np.ndarray:
    """Number floors without a break: -1, 1 become 0, 1."""
    return np.where(floor < 0, floor + 1, floor)


def _stories(atoms: pd.DataFrame, low: np.ndarray, high: np.ndarray) -> pd.DataFrame:
    """Return one row for each floor and part of each atom."""
    count = high - low + 1
    rows = np.repeat(np.arange(len(atoms)), count)
    floor = low[rows] + np.arange(len(rows)) - np.repeat(np.cumsum(count) - count, count)
    return pd.DataFrame({"cell": atoms["cell"].to_numpy()[rows], "floor": floor, "part": atoms["part"].to_numpy()[rows]})


def _missing(story: pd.DataFrame) -> list[tuple[int, int]]:
    """Return cell and first floor where floors jump, or where the parts of a floor are not 1, 2, …"""
    floors = story.groupby(["cell", "floor"], as_index=False).agg(parts=("part", "size"), top=("part", "max"))
    partial = floors[floors["parts"] != floors["top"]]
    jump = (floors["cell"].diff() == 0) & (floors["floor"].diff() > 1)
    after = floors["floor"].shift(fill_value=0)[jump] + 1
    cells = pd.concat([partial["cell"], floors["cell"][jump]])
    return _first(cells, pd.concat([partial["floor"], after]))


def _first(cells: pd.Series, floors: pd.Series | np.ndarray) -> list[tuple[int, int]]:
    """Return each cell once with its lowest floor."""
    lowest = pd.Series(np.asarray(floors), dtype="int64").groupby(np.asarray(cells)).min()
    return [(int(cell), int(floor)) for cell, floor in lowest.items()]


def _found(base: Base, cell: int, key: str, level: int) -> Finding:
    floor = level if level > 0 else level - 1
    facts = {"cell": cell, **why(key, floor=floor)}
    place = base.cells.geometry.get(cell)
    return Finding("floor_overlap", "cell", (str(cell),), place, value=None if key == "no_atom" else float(floor), facts=facts)
