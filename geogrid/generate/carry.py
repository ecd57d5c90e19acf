"""Yesterday's plan on today's base: which atom is which, which unit each was in, and which unit of today is yesterday's.

A home is known by its building and entrance, if it stands near where it stood; else by its place, if a home stood there. Its floors are known by
their numbers and parts. Land is known by its place. What is known by neither is new.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geogrid.codes import issue
from geogrid.partition.carry import NEW, matched
from geogrid.plan import Base, Plan

if TYPE_CHECKING:
    from geogrid.generate.levels import LevelUnits

NEAR_M = 30.0
"""A building of the same id farther away than this is another one: ids may have been given anew."""
LAND = "land"
PARTS, FLOORS = 1_000, 10_000
HOUSEHOLD = 1_000
"""What a household weighs against an atom of land when units are compared."""


def match_cells(old: Base, new: Base) -> np.ndarray:
    """Return the row of the old cell that each new cell is, or NEW, int (cells,). No two homes are the same one; land may have been divided."""
    here, there = (shapely.point_on_surface(base.cells.geometry.to_numpy()) for base in (new, old))
    is_land, was_land = ((base.cells["kind"] == LAND).to_numpy() for base in (new, old))
    out = np.full(len(here), NEW)
    names, known = (_names(base) for base in (new, old))
    row = _unique_rows(known)
    for i, name in enumerate(names):
        j = row.get(name, NEW) if name[0] else NEW
        if j != NEW and shapely.distance(here[i], there[j]) <= NEAR_M:
            out[i] = j
    taken = set(out.tolist())
    hit, cell = shapely.STRtree(old.cells.geometry.to_numpy()).query(here, predicate="intersects")
    for i, j in sorted(zip(hit.tolist(), cell.tolist(), strict=True)):
        if out[i] == NEW and is_land[i] == was_land[j] and (is_land[i] or j not in taken):
            out[i] = j
            taken.add(j)
    return out


def _names(base: Base) -> list[tuple[str, int]]:
    return list(zip(base.cells["building"].astype(str), base.cells["entrance"].astype(int), strict=True))


def _unique_rows(names: list[tuple[str, int]]) -> dict[tuple[str, int], int]:
    out: dict[tuple[str, int], int] = {}
    for i, name in enumerate(names):
        out[name] = NEW if name in out else i
    return out


def match_atoms(old: Base, new: Base) -> np.ndarray:
    """Return the row of the old atom that each new atom is, or NEW, int (atoms,): same cell, floor within its floors, same part where it had any."""
    cell = match_cells(old, new)[new.cell_position]
    before = _keys(old.cell_position, old, "floor_from")
    order = np.argsort(before, kind="stable")
    at = np.searchsorted(before[order], _keys(np.maximum(cell, 0), new, "floor_from"), side="right") - 1
    row = order[np.maximum(at, 0)]
    atoms, floor = old.atoms, new.atoms["floor_from"].to_numpy()
    fits = (at >= 0) & (cell != NEW) & (old.cell_position[row] == cell) & (atoms["floor_to"].to_numpy()[row] >= floor)
    return np.where(fits, row, NEW)


def _keys(cell: np.ndarray, base: Base, floor: str) -> np.ndarray:
    return (cell.astype(np.int64) * FLOORS + base.atoms[floor].to_numpy() + FLOORS // 2) * PARTS + base.atoms["part"].to_numpy()


def units_before(plan: Plan, base: Base, level_id: str) -> np.ndarray:
    """Return the unit of `plan` that each atom of `base` was in at a level, or NEW, int (atoms,)."""
    row = match_atoms(plan.base, base)
    return np.append(plan.owner(level_id), NEW)[row]


def of_nodes(before: np.ndarray, node: np.ndarray, households: np.ndarray, n: int) -> np.ndarray:
    """Return the unit that most households of each of `n` nodes were in, or NEW, int (n,); `node`, `before`, `households` int (k,)."""
    out, ok = np.full(n, NEW), (node >= 0) & (before != NEW)
    order = np.lexsort((-before[ok], households[ok]))  # ties: the earlier unit
    out[node[ok][order]] = before[ok][order]  # the heaviest is written last
    return out


def as_before(plan: Plan, base: Base, units: LevelUnits, above: LevelUnits | None) -> LevelUnits:
    """Return the units of a level with the ids, codes and names of those of `plan` that they still are; new ones are numbered on from the highest.

    A made unit is the one it has most households (else land) in common with, under the same parent; others are known by their codes.
    """
    level = units.level
    if level.make in ("given", "column"):
        rows = plan.units[plan.units["level"] == level.id]
        unit_of = dict(zip(rows["code"], rows.index.tolist(), strict=True))
        return replace(units, kept={i: unit_of[code] for i, code in enumerate(units.code) if code in unit_of})
    kept = _kept(plan, base, units, {} if above is None else above.kept)
    code, name = plan.units["code"].to_dict(), plan.units["name"].to_dict()
    names = [name[kept[i]] if i in kept else given for i, given in enumerate(units.name)]
    codes = [code[kept[i]] if i in kept else "" for i in range(len(units.code))]
    used = list(plan.units["code"][plan.units["level"] == level.id])
    for i in sorted(set(range(len(codes))) - set(kept), key=lambda i: (units.code[i], i)):
        prefix = above.code[units.above[i]] if above and units.above[i] >= 0 and level.code and level.code.parent else ""
        codes[i] = issue(prefix, np.zeros((1, 2)), level.code, _highest(used, prefix) + 1)[0]
        used.append(codes[i])
    return replace(units, code=codes, name=names, kept=kept)


def _highest(codes: list[str], prefix: str) -> int:
    """Return the highest number among the codes that begin with `prefix`."""
    tails = [code.removeprefix(prefix) for code in codes if code.startswith(prefix)]
    return max((int(tail) for tail in tails if tail.isdecimal()), default=0)


def _kept(plan: Plan, base: Base, units: LevelUnits, kept_above: Mapping[int, int]) -> dict[int, int]:
    before = units_before(plan, base, units.level.id)
    both = (units.label >= 0) & (before != NEW)
    weight = base.atoms["households"].to_numpy() * HOUSEHOLD + 1
    parent = plan.units["parent"].to_dict()
    pairs = matched(units.label[both], before[both], weight[both])
    return {i: old for i, old, _ in pairs if units.above[i] < 0 or kept_above.get(units.above[i]) == parent[old]}
