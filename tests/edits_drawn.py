"""Random edits of all kinds for property tests: `draw(state, pick)` where `pick(n)` gives a number from 0 to n - 1."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from pyproj import Transformer

from geogrid.edit import ABSENT, Compose, Create, Edit, Merge, Move, Rename, Reparent, Reshape, Retire, Split, State
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
    if not pick(4):
        return Split(unit.code, parts=2 + pick(2))
    return Split(unit.code, line=_line_through(state, unit.id, pick, 90))


def _reshape(state: State, pick: Pick) -> Edit:
    """A line through the land of a unit, a little beside its middle, so that it cuts cells."""
    unit = _unit(state, pick)
    beside = near(state, unit) or [_unit(state, pick)]
    codes = (state.units[unit].code, state.units[beside[pick(len(beside))]].code)
    return Reshape(codes, _line_through(state, unit, pick, 150, aside_m=5.0 + pick(20)))


def _line_through(state: State, unit: int, pick: Pick, half_m: float, aside_m: float = 0.0) -> tuple[tuple[float, float], ...]:
    """A line in one of twelve directions through the middle of a unit, or so far aside, in degrees."""
    x, y = state.ground.points[state.cells_of(unit)].mean(axis=0) + aside_m
    turn = np.pi * pick(12) / 12
    east, north = half_m * np.cos(turn), half_m * np.sin(turn)
    lon, lat = _to_wgs84(state.ground.crs.to_wkt()).transform([x - east, x + east], [y - north, y + north])
    return tuple(zip(lon, lat, strict=True))


@lru_cache
def _to_wgs84(crs: str) -> Transformer:
    return Transformer.from_crs(crs, "EPSG:4326", always_xy=True)


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


_DRAWS = (_move, _move, _move, _split, _reshape, _merge, _create, _retire, _reparent, _rename, _compose)
