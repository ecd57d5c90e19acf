"""The rules that an edit may break, asked of a few units of a state: the same findings as `geogrid.rules.find_plan` has for them.

What no edit can break is not asked again: cells partition the district, floors are covered, codes are issued by the scheme.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import shapely

from geogrid.edit.change import Change
from geogrid.edit.derive import Row, Shapes, rows
from geogrid.edit.state import ABSENT, State
from geogrid.findings import Finding
from geogrid.plan import NO_UNIT
from geogrid.rules.layer import find_shapes, in_order
from geogrid.rules.unit import of_bounds, of_divided_building, of_shape, of_shared_cell, of_unassigned
from geogrid.scheme import Level
from geogrid.topology import SLIVER_M

RULES = ("households_below", "households_above", "not_connected", "sliver", "overlap", "splits_building", "unassigned")
"""The rules that `find_touched` asks; `unassigned` of whole levels, the others of the units that are named."""


def find_touched(state: State, unit_ids: Iterable[int], known: Shapes = {}) -> list[Finding]:
    """Return the findings of units in force, level by level, and what each level leaves unassigned; `known` as in `derive`."""
    return find_in_rows(state, rows(state, unit_ids, known))


def find_in_rows(state: State, made: list[Row], *, of_levels: bool = True) -> list[Finding]:
    """Return the findings of units whose rows are at hand, as `find_touched`; without `of_levels` not what whole levels leave unassigned."""
    found: list[Finding] = []
    outside = _outside(state) if of_levels else []
    for level in state.scheme.levels:
        mine = [row for row in made if row.level == level.id]
        found += _shapes(mine, level.id)
        found += _unassigned(state, level, outside) if of_levels else []
        found += [of_bounds(row, row.code, row.status, level) for row in mine if row.status in ("below", "above") and not row.valid_to]
        if mine and level is not state.scheme.levels[-1]:
            found += _divided(state, level.id, {row.unit for row in mine})
    return found


def _shapes(made: list[Row], level: str) -> list[Finding]:
    """Report pieces and slivers. The rules look at frames, which takes longer than to see that there is nothing to look at."""
    shapes = np.array([row.geometry for row in made], dtype=object)
    parts, of = shapely.get_parts(shapes, return_index=True)
    lone = np.bincount(of, minlength=len(made)) == 1
    thin = 2 * shapely.area(parts) < SLIVER_M * shapely.length(parts)
    odd = ~lone & ~shapely.is_missing(shapes)
    odd[of[thin]] = True
    held = [row for row, is_odd in zip(made, odd.tolist(), strict=True) if is_odd]
    found = find_shapes(shapes[odd], [row.code for row in held], level) if held else []
    by_code = {row.code: row for row in held}
    return [told for finding in found if (told := of_shape(finding, by_code[finding.units[0]]))]


def keeps_assigned(before: State, after: State, change: Change) -> bool:
    """Tell whether a change surely leaves each level's unassigned atoms as they were: atoms went between units of the lowest level only."""
    lowest = len(after.scheme.levels) - 1
    same = all(old is not None and new is not None and old.parent == new.parent for old, new in change.units)
    leaves = {(before, leaf) for leaf in set(change.before.tolist())} | {(after, leaf) for leaf in set(change.after.tolist())}
    return same and all(leaf >= 0 and state.depth(leaf) == lowest for state, leaf in leaves)


def _unassigned(state: State, level: Level, outside: list[int]) -> list[Finding]:
    """Report, once a level, the cells with atoms that no unit of a complete level holds."""
    atoms = _held(state, level.id, outside)
    if not level.complete or not len(atoms):
        return []
    cells = state.ground.geometry[np.unique(state.ground.cell[atoms])]
    return [of_unassigned(level, cells, int(state.ground.households[atoms].sum()), is_adopted=state.state == "adopted")]


def unassigned(state: State, level: str, under: int = NO_UNIT) -> np.ndarray:
    """Return the positions, ascending, of the atoms that no unit of a level holds; `under`: only those of this unit, which is of a level above."""
    return _held(state, level, _outside(state, under))


def _outside(state: State, under: int = NO_UNIT) -> list[int]:
    """Return the leaves, `under` a unit or everywhere, whose atoms have no unit at some level: above the lowest, or right under a unit further up."""
    lowest, depths, units, kids, members = len(state.scheme.levels) - 1, state.depths, state.units, state.children_of, state.members_of
    todo = [(under, state.depth(under))]
    found = []
    for unit, depth in todo:
        if unit in members:
            found.append(unit)
        if depth < lowest - 1:  # what is under a unit of the level before the lowest has a unit at each
            todo += [(kid, depths[units[kid].level]) for kid in kids.get(unit, ())]
    return found


def _held(state: State, level: str, outside: list[int]) -> np.ndarray:
    """Return the positions of the atoms of those leaves that have no unit at a level."""
    names = [unit for unit in outside if all(state.units[above].level != level for above in state.chain(unit))]
    return np.sort(np.concatenate([state.members(unit) for unit in names])) if names else np.zeros(0, np.int64)


def _divided(state: State, level: str, units: set[int]) -> list[Finding]:
    """Report the cells that units of a level above the lowest share, and the buildings that they divide, where one of `units` does."""
    ground = state.ground
    cells = np.unique(np.concatenate([state.cells_of(unit) for unit in sorted(units)]))
    named = cells[ground.building[cells] != ""]
    rest = ground.rows_of_buildings(np.unique(ground.building[named].astype(str)).tolist())
    atoms = ground.atoms_in(np.union1d(cells, rest))
    atoms = atoms[state.leaf[atoms] != ABSENT]
    owner = state.owners(atoms, level)
    cell, owner = np.unique(np.stack([ground.cell[atoms], owner])[:, owner != NO_UNIT], axis=1)
    found = []
    for row in np.unique(cell[1:][cell[1:] == cell[:-1]]).tolist():
        holders = owner[cell == row].tolist()
        if units.intersection(holders):
            found.append(of_shared_cell(level, [state.units[unit].code for unit in holders], ground.geometry[row]))
    for building in _several(ground.building[cell], owner):
        mine = ground.building[cell] == building
        if units.intersection(owner[mine].tolist()):
            codes = [state.units[unit].code for unit in owner[mine].tolist()]
            found.append(of_divided_building(level, codes, building, ground.geometry[np.unique(cell[mine])]))
    return in_order(found)


def _several(building: np.ndarray, owner: np.ndarray) -> list[str]:
    """Return the buildings, ascending, that have more than one owner."""
    owners: dict[str, set[int]] = {}
    for name, unit in zip(building.tolist(), owner.tolist(), strict=True):
        if name:
            owners.setdefault(name, set()).add(unit)
    return sorted(name for name, units in owners.items() if len(units) > 1)
