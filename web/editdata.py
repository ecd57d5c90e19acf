"""The area document: what the editor needs to know of the land round one unit, as columns, and the figures of units that it shares with deltas.

Rows refer to rows: `atoms.cell` and `edges.a b` to `cells`, `atoms.leaf` and `units.parent` to `units`; -1 is none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from scipy import sparse

from geogrid.edit.ground import Ground
from geogrid.edit.state import State
from geogrid.plan import NO_UNIT
from geogrid.rules.status import standing
from geogrid.scheme import Level
from web import words
from web.editarea import atoms_in, cells_of, cells_round, find_level, level_above, units_in, working_unit
from web.editground import Surroundings, flat_rings

Rings = list[list[float]]
Outliner = Callable[[State, Sequence[int]], Mapping[int, Rings]]


def area(state: State, land: Surroundings, outline: Outliner, *, level: str, unit: str) -> dict[str, Any]:
    """Return the document of `unit` (a code, "" for one that is chosen) with `level` under edit; `outline` gives units' rings by id.

    It holds the cells of the unit and of every unit of the parent level that borders it, so that each unit of `level` is whole in it or `part`.
    Raises NotFoundError for a level or unit that is not in force.
    """
    level = find_level(state.scheme, level)
    at = working_unit(state, land, level, unit)
    cells = cells_round(state, land, at, level_above(state.scheme, level))
    atoms = atoms_in(state, cells)
    ids = units_in(state, atoms)
    drawn = [each for each in ids if state.depth(each) <= state.depths[level]]
    rings = outline(state, drawn)
    return {
        "plan": state.plan,
        "version": state.version,
        "state": state.state,
        "level": level,
        "unit": handle(state, at) if at != NO_UNIT else "",
        "bbox": _box(land, cells if at == NO_UNIT else cells_of(state, at)),
        "cells": cell_columns(state.ground, land, cells),
        "edges": edge_columns(land, cells),
        "buildings": _buildings(state.ground, land, cells),
        "atoms": _atom_columns(state, atoms, cells, ids),
        "units": _unit_columns(state, land, ids, atoms),
        "outlines": {handle(state, each): rings[each] for each in drawn},
        "levels": [level_facts(each) for each in state.scheme.levels],
    }


def handle(state: State, unit: int) -> str:
    """Return what a unit is called here and may be called in edits: its code; `level:code` where several units in force have that code."""
    row = state.units[unit]
    return row.code if len(state.ids[row.code]) == 1 else f"{row.level}:{row.code}"


def level_facts(level: Level) -> dict[str, Any]:
    """Return what the editor must know of a level: its name in the page's language, its bounds, and which kinds they bind."""
    lower, upper = level.households or (None, None)
    name = words.level_name(level)
    return {"id": level.id, "name": name, "lower": lower, "upper": upper, "complete": level.complete, "kinds": dict(level.kinds)}


def cell_columns(ground: Ground, land: Surroundings, cells: np.ndarray) -> dict[str, list[Any]]:
    """Return the columns of cells: id rings x y area_m2 perimeter_m kind building entrance enclosure compound."""
    homes = land.homes[cells]
    return {
        "id": ground.cell_ids[cells].tolist(),
        "rings": flat_rings(land.degrees[cells]),
        "x": homes[:, 0].tolist(),
        "y": homes[:, 1].tolist(),
        "area_m2": ground.area_m2[cells].round(3).tolist(),
        "perimeter_m": ground.perimeter_m[cells].round(3).tolist(),
        **{name: ground.cells[name].iloc[cells].tolist() for name in ("kind", "building", "entrance", "enclosure")},
        "compound": land.compound[cells].tolist(),
    }


def edge_columns(land: Surroundings, cells: np.ndarray) -> dict[str, list[Any]]:
    """Return the shared borders among the cells: a b (rows of `cells`) length_m barrier (0 none, 1 road, 2 main road, 3 rail, water or wall)."""
    row = np.full(len(land.degrees), -1)
    row[cells] = np.arange(len(cells))
    found = land.edges[(row[land.edges["a"].to_numpy()] >= 0) & (row[land.edges["b"].to_numpy()] >= 0)]
    return {
        "a": row[found["a"].to_numpy()].tolist(),
        "b": row[found["b"].to_numpy()].tolist(),
        "length_m": found["length_m"].round(3).tolist(),
        "barrier": found["barrier"].tolist(),
    }


def _buildings(ground: Ground, land: Surroundings, cells: np.ndarray) -> list[dict[str, Any]]:
    """Return the footprints of the buildings that the cells are of: id, address, rings of all its parts."""
    wanted = sorted({str(name) for name in ground.building[cells] if name} & set(land.buildings))
    return [{"id": name, "address": land.buildings[name].address, "rings": land.buildings[name].rings} for name in wanted]


def _atom_columns(state: State, atoms: np.ndarray, cells: np.ndarray, ids: Sequence[int]) -> dict[str, list[Any]]:
    ground = state.ground
    row = {unit: i for i, unit in enumerate(ids)}
    return {
        "code": ground.codes[atoms].tolist(),
        "cell": np.searchsorted(cells, ground.cell[atoms]).tolist(),
        **{name: getattr(ground, name)[atoms].tolist() for name in ("floor_from", "floor_to", "part", "households")},
        "leaf": [row.get(unit, -1) for unit in state.leaf[atoms].tolist()],
    }


def _unit_columns(state: State, land: Surroundings, ids: Sequence[int], atoms: np.ndarray) -> dict[str, list[Any]]:
    """Return the columns of units; `part` is true of a unit that has atoms beyond those of the document."""
    row = {unit: i for i, unit in enumerate(ids)}
    here = np.zeros(len(state.leaf), bool)
    here[atoms] = True
    below = [state.atoms_below(unit) for unit in ids]
    area_m2, perimeter_m = _sizes(state.ground, land, below)
    households = [int(state.ground.households[each].sum()) for each in below]
    units = [state.units[unit] for unit in ids]
    return {
        **{name: [getattr(unit, name) for unit in units] for name in ("level", "name", "kind", "reason", "note")},
        "code": [handle(state, unit) for unit in ids],
        "parent": [row.get(unit.parent, -1) for unit in units],
        "households": households,
        "area_m2": area_m2.round(3).tolist(),
        "perimeter_m": perimeter_m.round(3).tolist(),
        "part": [not here[each].all() for each in below],
        "status": [standing(state.scheme.level(unit.level), unit.kind, n) for unit, n in zip(units, households, strict=True)],
    }


def _sizes(ground: Ground, land: Surroundings, below: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return area and perimeter of the land of some atoms each: the sum of its cells, without the borders inside, counted from both sides."""
    counts = [len(each) for each in below]
    pairs = np.unique(np.repeat(np.arange(len(below)), counts) * len(land.degrees) + ground.cell[np.concatenate([*below, np.zeros(0, int)])])
    unit, cell = np.divmod(pairs, len(land.degrees))
    holds = sparse.csr_array((np.ones(len(pairs)), (cell, unit)), shape=(len(land.degrees), len(below)))
    rows = np.unique(cell)
    inside = (land.borders[rows] @ holds).multiply(holds[rows]).sum(axis=0)
    return holds.T @ ground.area_m2, holds.T @ ground.perimeter_m - inside


def _box(land: Surroundings, cells: Iterable[int]) -> list[float]:
    """Return west, south, east, north of some cells, nothing for no cell."""
    return shapely.total_bounds(land.degrees[cells]).tolist() if len(cells) else []
