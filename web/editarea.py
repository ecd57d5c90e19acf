"""Which land an area document holds: the unit where one works, the units round it on the parent level, and unowned land that borders it."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from geogrid.edit.state import ABSENT, State
from geogrid.errors import NotFoundError
from geogrid.plan import NO_UNIT
from geogrid.scheme import Scheme
from web.editground import Surroundings

CELLS_MOST = 3000
"""So many cells the unit that is chosen for one who names none should have at most; and of unowned land so many are shown."""


def find_level(scheme: Scheme, level: str) -> str:
    """Return the level under edit: the asked one, else the lowest but one that has a level above. Raises NotFoundError."""
    order = [each.id for each in scheme.levels]
    if level and level not in order:
        known = ", ".join(order)
        raise NotFoundError(f"no level {level!r}; there are: {known}", f"没有层级“{level}”；可用：{known}", value=level, known=order)
    return level or order[max(0, len(order) - 2)]


def level_above(scheme: Scheme, level: str) -> str:
    """Return the level above, "" for the topmost."""
    order = [each.id for each in scheme.levels]
    at = order.index(level)
    return order[at - 1] if at else ""


def working_unit(state: State, land: Surroundings, level: str, code: str) -> int:
    """Return the id of the unit where one works: that of `code`, lifted above `level`; one that is chosen where no code is given.

    NO_UNIT stands for the whole district. Raises NotFoundError for a code that is not in force.
    """
    if not code:
        return _chosen(state, land, level)
    unit = state.unit(code).id
    while state.depth(unit) >= state.depths[level]:
        unit = state.units[unit].parent
    return unit


def _chosen(state: State, land: Surroundings, level: str) -> int:
    """Choose the largest kind of unit above `level` whose document is small enough, the first by code; else the first of the level just above."""
    order = [each.id for each in state.scheme.levels]
    chosen = NO_UNIT
    for upper in order[: order.index(level)]:
        units = sorted((unit.code, unit.id) for unit in state.units.values() if unit.level == upper)
        small = (unit for _, unit in units if len(cells_of(state, unit)) <= CELLS_MOST)
        for unit in small:
            if len(cells_round(state, land, unit, level_above(state.scheme, level))) <= CELLS_MOST:
                return unit
        chosen = units[0][1] if units else chosen
    return chosen


def cells_of(state: State, unit: int) -> np.ndarray:
    """Return the rows of the cells of a unit, ascending; all cells in force for NO_UNIT."""
    return state.cells_in_force if unit == NO_UNIT else state.cells_of(unit)


def cells_round(state: State, land: Surroundings, unit: int, parent_level: str) -> np.ndarray:
    """Return the rows of the cells of a document: of `unit`, of each unit of `parent_level` that borders it, and of unowned land there."""
    own = cells_of(state, unit)
    if unit == NO_UNIT or not parent_level:
        return cells_of(state, NO_UNIT)
    inside = np.zeros(len(land.degrees), bool)
    inside[own] = True
    near = np.unique(land.borders[own].indices)
    owner = {int(cell): _owner(state, int(cell), parent_level) for cell in near[~inside[near]]}
    for found in sorted({each for each in owner.values() if each >= 0}):
        inside[cells_of(state, found)] = True
    inside[_unowned(state, land.borders, [cell for cell, each in owner.items() if each == NO_UNIT], parent_level)] = True
    return np.flatnonzero(inside)


def _owner(state: State, cell: int, level: str) -> int:
    """Return the unit of `level` that has a cell, NO_UNIT for none, ABSENT where the cell is not in force: above the lowest level a cell is whole."""
    atom = int(state.ground.atoms_of(cell)[0])
    return ABSENT if state.leaf[atom] == ABSENT else state.owner(atom, level)


def _unowned(state: State, borders: sparse.csr_array, begin: list[int], level: str) -> list[int]:
    """Return the unowned cells that hang together with those of `begin`, the nearest first, some thousand at most."""
    found = dict.fromkeys(begin)
    for cell in (queue := list(found)):
        for other in borders.indices[borders.indptr[cell] : borders.indptr[cell + 1]].tolist():
            if other not in found and len(found) < CELLS_MOST and _owner(state, other, level) == NO_UNIT:
                found[other] = None
                queue.append(other)
    return list(found)


def atoms_in(state: State, cells: np.ndarray) -> np.ndarray:
    """Return the positions of the atoms in force of some cells, ascending."""
    inside = np.zeros(len(state.ground.cells), bool)
    inside[cells] = True
    return np.flatnonzero(inside[state.ground.cell] & (state.leaf != ABSENT))


def units_in(state: State, atoms: np.ndarray) -> list[int]:
    """Return the ids of the units that hold some of the atoms, on whatever level; upper levels first, then by code."""
    found: set[int] = set()
    for leaf in np.unique(state.leaf[atoms]).tolist():
        found.update(state.chain(leaf))
    return sorted(found, key=lambda unit: (state.depth(unit), state.units[unit].code))
