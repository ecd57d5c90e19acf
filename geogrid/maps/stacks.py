"""Units that lie over one another, drawn once: pieces of ground, each with the list of the units on it.

A micro-grid of floors 4 to 6 shares its ground with those of other floors. All cells with the same set of units make one piece, so pieces
never overlap whatever is stacked, and a unit alone on its ground is its own piece.
"""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geogrid.maps.carry import each_named
from geogrid.maps.project import STATUS, ProjectLike, once
from geogrid.plan import NO_UNIT, Plan

_WORST = np.array([1, 2, 4, 5, 0])  # rank of status "", in, below, above, dedicated


def pieces(project: ProjectLike, level: str) -> gpd.GeoDataFrame:
    """Return the pieces of a level: columns `codes` (list, bottom floor first), `n`, `status` (the worst, as in STATUS), `stack`, geometry.

    `stack` is the list by floor as text, "" for one unit: "code|name|floor_from|floor_to|households|status" joined by ";".
    """
    return once(project, ("pieces", level), lambda: _pieces(project, level))


def _pieces(project: ProjectLike, level: str) -> gpd.GeoDataFrame:
    plan, units = project.plan(), project.units(level)
    groups, cells = _grouped(*_pairs(plan, level))
    grounds = _grounds(project, level, groups, cells)
    rows = units.reset_index().set_index("unit")
    code, status = rows["code"].to_dict(), rows["status"].map(STATUS).fillna(0).astype(int).to_dict()
    floors = rows["floor_from"].fillna(0).to_dict()
    ordered = [sorted(group, key=lambda unit: (floors[unit], code[unit])) for group in groups]
    frame = pd.DataFrame(
        {
            "codes": [[code[unit] for unit in group] for group in ordered],
            "n": [len(group) for group in ordered],
            "status": [max((status[unit] for unit in group), key=_WORST.__getitem__) for group in ordered],
            "stack": _stack_texts(rows, status, ordered),
        }
    )
    return gpd.GeoDataFrame(frame, geometry=grounds, crs=units.crs)


def _pairs(plan: Plan, level: str) -> tuple[np.ndarray, np.ndarray]:
    """Return each cell (row) with each unit of the level on it, by cell, then unit."""
    owner = plan.owner(level)
    inside = owner != NO_UNIT
    pairs = np.unique(np.stack([plan.base.cell_position[inside], owner[inside]], axis=1), axis=0)
    return pairs[:, 0], pairs[:, 1]


def _grouped(cell: np.ndarray, unit: np.ndarray) -> tuple[list[tuple[int, ...]], list[np.ndarray]]:
    """Return the sets of units that stand on common ground, ascending, and the cells (rows, ascending) of each."""
    start = np.flatnonzero(np.r_[True, cell[1:] != cell[:-1]]) if len(cell) else np.zeros(0, int)
    ends = np.r_[start[1:], len(cell)]
    found: dict[tuple[int, ...], list[int]] = {}
    for row, first, end in zip(cell[start].tolist(), start.tolist(), ends.tolist(), strict=True):
        found.setdefault(tuple(unit[first:end].tolist()), []).append(row)
    groups = sorted(found)
    return groups, [np.array(found[group]) for group in groups]


def _grounds(project: ProjectLike, level: str, groups: list[tuple[int, ...]], cells: list[np.ndarray]) -> np.ndarray:
    """Unite the cells (rows) of each group; a group that had the same cells before keeps its shape."""
    frame = project.plan().base.cells
    shapes, ids = frame.geometry.to_numpy(), frame.index.to_numpy()

    def unite(at: int) -> Any:
        rows = cells[at]
        return shapely.coverage_union_all(shapes[rows]) if len(rows) > 1 else shapes[rows[0]]

    return each_named(project, ("grounds", level), [(group, ids[rows].tobytes()) for group, rows in zip(groups, cells, strict=True)], unite)


def _stack_texts(rows: pd.DataFrame, status: dict[int, int], ordered: list[list[int]]) -> list[str]:
    columns = zip(rows.index, rows["code"], rows["name"], rows["floor_from"].fillna(0), rows["floor_to"].fillna(0), rows["households"], strict=True)
    say = {u: f"{c}|{str(n).translate(_PLAIN)}|{int(low)}|{int(high)}|{int(h)}|{status[u]}" for u, c, n, low, high, h in columns}
    return [";".join(say[unit] for unit in group) if len(group) > 1 else "" for group in ordered]


_PLAIN = str.maketrans({"|": "／", ";": "；"})
