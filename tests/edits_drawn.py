"""Random edits of all kinds for property tests: `draw(state, pick)` where `pick(n)` gives a number from 0 to n - 1."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from pyproj import Transformer

from geogrid.edit import ABSENT, Compose, Create, Edit, Merge, Move, Rename, Reparent, Retire, Split, State
from geogrid.plan import NO_UNIT

Pick = Callable[[int], int]


def draw(state: State, pick: Pick) -> Edit:
    """Return an edit that may be allowed or not; its codes are in force."""
    return _DRAWS[pick(len(_DRAWS))](state, pick)


def near(state: State, unit: int) -> list[int]:
    """Return the units of a unit's level that share a border or a cell with it, ascending."""
    ground, level = state.ground, state.units[unit].level
    rows = state.cells_of(unit)
    beside = [ground.neighbours(row)[0] for row in rows.tolist()]
    atoms = ground.atoms_in(np.unique(np.concatenate([rows, *beside])).astype(int))
    atoms = atoms[state.leaf[atoms] != ABSENT]
    return sorted(set(state.owners(atoms, level).tolist()) - {NO_UNIT, unit})


def _unit(state: State, pick: Pick) -> int:
    units = sorted(state.units)
    return units[pick(len(units))]


def _code(state: State, unit: int) -> str | None:
    return None if unit == NO_UNIT else state.units[unit].code


def _some_atoms(state: State, pick: Pick) -> tuple[str, ...]:
    """Some atoms of a unit: a few, all of some cells, or all."""
    atoms = state.atoms_below(_unit(state, pick))
    how = pick(3)
    if how == 0:
        start = pick(len(atoms))
        atoms = atoms[start : start + 1 + pick(5)]
    elif how == 1:
        cells = np.unique(state.ground.cell[atoms])
        start = pick(len(cells))
        atoms = atoms[np.isin(state.ground.cell[atoms], cells[start : start + 1 + pick(3)])]
    return tuple(state.ground.codes[atoms].tolist())


def _move(state: State, pick: Pick) -> Edit:
    atoms = _some_atoms(state, pick)
    leaf = int(state.leaf[state.ground.position_of(atoms[0])])
    chain = state.chain(leaf)
    beside = near(state, chain[pick(len(chain))]) if chain else []
    to = beside[pick(len(beside))] if beside and pick(4) else _unit(state, pick) if pick(4) else NO_UNIT
    return Move(atoms, _code(state, to), reason="why" if pick(2) else "")


def _merge(state: State, pick: Pick) -> Edit:
    unit = _unit(state, pick)
    beside = near(state, unit)
    other = beside[pick(len(beside))] if beside else _unit(state, pick)
    codes = (state.units[unit].code, state.units[other].code)
    return Merge(codes, None if pick(2) else codes[pick(2)])


def _split(state: State, pick: Pick) -> Edit:
    unit = state.units[_unit(state, pick)]
    x, y = state.ground.points[state.cells_of(unit.id)].mean(axis=0)
    turn = np.pi * pick(12) / 12
    ends = np.array([[x - 90 * np.cos(turn), y - 90 * np.sin(turn)], [x + 90 * np.cos(turn), y + 90 * np.sin(turn)]])
    lon, lat = Transformer.from_crs(state.ground.crs, "EPSG:4326", always_xy=True).transform(*ends.T)
    return Split(unit.code, line=tuple(zip(lon.tolist(), lat.tolist(), strict=True)))


def _create(state: State, pick: Pick) -> Edit:
    levels = state.scheme.levels
    level = levels[pick(len(levels))]
    above = [unit for unit in sorted(state.units) if state.depth(unit) < state.depths[level.id]]
    parent = above[pick(len(above))] if above else NO_UNIT
    kinds = ["", *level.kinds]
    return Create(level.id, _code(state, parent), "新", _some_atoms(state, pick), unit_kind=kinds[pick(len(kinds))])


def _retire(state: State, pick: Pick) -> Edit:
    return Retire(state.units[_unit(state, pick)].code)


def _reparent(state: State, pick: Pick) -> Edit:
    unit = _unit(state, pick)
    above = [other for other in sorted(state.units) if state.depth(other) < state.depth(unit)]
    return Reparent(state.units[unit].code, _code(state, above[pick(len(above))] if above else NO_UNIT))


def _rename(state: State, pick: Pick) -> Edit:
    return Rename(state.units[_unit(state, pick)].code, f"名{pick(100)}")


def _compose(state: State, pick: Pick) -> Edit:
    plain = [_move, _merge, _rename, _create]
    return Compose(tuple(plain[pick(len(plain))](state, pick) for _ in range(2)), reason="together")


_DRAWS = (_move, _move, _move, _split, _merge, _create, _retire, _reparent, _rename, _compose)
