"""Units as they are shown: polygon and figures of a few units of a state, the same to the last bit as a rebuild of the whole plan gives.

affected   the units whose row another state changes: those that gained or lost land, those above and below where it matters, and stack mates
derive     their polygons
rows       their rows, as `Plan.frame` has them, with `status`; `frame_rows` makes a frame of them
"""

from __future__ import annotations

from collections import ChainMap, Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from geogrid.edit.change import Change
from geogrid.edit.settle import find_changed
from geogrid.edit.state import ABSENT, State, Unit
from geogrid.plan import NO_UNIT, united
from geogrid.rules.status import standing

Shapes = Mapping[int, BaseGeometry | None]
FEW_CELLS = 100
"""So many cells are united sooner than it is found out whether the unit's children may stand for them."""


class Row(NamedTuple):
    """One unit as `Plan.frame` shows it, with its `status`; `floor_from` and `floor_to` are None where it shares no cell."""

    code: str
    name: str
    level: str
    parent: str
    kind: str
    households: int
    persons: int
    area_m2: float
    stacked: int
    floor_from: int | None
    floor_to: int | None
    valid_from: str
    valid_to: str
    reason: str
    note: str
    cure: str
    cure_m: float
    link_m: float
    unit: int
    geometry: BaseGeometry | None
    status: str


def affected(before: State, after: State, change: Change) -> list[int]:
    """Return the ids, ascending, of all units whose rows (`rows`) differ between two states of which `change` makes the second of the first.

    Units that came or went are among them: a unit above both sides of a move is not, for its land, people and code stay.
    """
    before = before.on(after.ground) if len(before.leaf) < len(after.leaf) else before
    found = find_changed(before, after, change) | {unit.id for pair in change.units for unit in pair if unit is not None}
    for old, new in change.units:
        if old is None or new is None or old.code != new.code:
            found.update(kid for state in (before, after) for kid in state.children((new or old).id))  # type: ignore[union-attr]
    for leaves, other, state in ((change.before, change.after, before), (change.after, change.before, after)):
        found.update(unit for leaf in np.unique(leaves[other == ABSENT]).tolist() for unit in state.chain(leaf))  # their land took vertices
    return sorted(found | _stack_mates(before, after, change))


def _stack_mates(before: State, after: State, change: Change) -> set[int]:
    """Return the units on cells of which other units than before stand there: on how many a unit's row says."""
    ground = after.ground
    moved = [after.atoms_below(new.id) for old, new in change.units if old and new and old.parent != new.parent]
    atoms = ground.atoms_in(np.unique(ground.cell[np.concatenate([change.positions, *moved])]))
    if len(np.unique(ground.cell[atoms])) == len(atoms):
        return set()
    found: set[int] = set()
    cell = ground.cell[atoms]
    for level in after.scheme.levels:
        old, new = (state.owners(atoms, level.id) for state in (before, after))
        if (old != new).any():
            here = np.isin(cell, cell[old != new])
            found.update(old[here].tolist(), new[here].tolist())
    return found - {NO_UNIT}


def derive(state: State, unit_ids: Iterable[int], known: Shapes = {}) -> dict[int, BaseGeometry | None]:
    """Return the polygon of each unit, None for one without atoms.

    `known`: polygons of the same state; a big unit is united of its children where they are known (or asked for too), else of its cells, which
    gives the same and takes longer.
    """
    made: dict[int, BaseGeometry | None] = {}
    shapes = ChainMap(made, dict(known))
    for unit in sorted(set(unit_ids), key=lambda unit: (-state.depth(unit), unit)):
        made[unit] = _shape(state, unit, shapes)
    return made


def _shape(state: State, unit: int, known: Shapes) -> BaseGeometry | None:
    cells = state.cells_of(unit)
    if not len(cells):
        return None
    kids = state.children(unit) if len(cells) > FEW_CELLS else ()
    if kids and all(kid in known for kid in kids):
        held = np.concatenate([state.cells_of(kid) for kid in kids])
        own = np.setdiff1d(cells, held)
        if len(held) + len(own) == len(cells):  # no cell stands in two children
            parts = [shape for kid in kids if (shape := known[kid]) is not None]
            return united(np.array([*parts, *state.ground.geometry[own]], dtype=object))
    return united(state.ground.geometry[cells])


def rows(state: State, unit_ids: Iterable[int], known: Shapes = {}) -> list[Row]:
    """Return the rows of units in force, by level from the top, then by code; `known` as in `derive`."""
    ids = sorted(set(unit_ids), key=lambda unit: (state.depth(unit), state.units[unit].code, unit))
    shapes = derive(state, ids, known)
    return [_row(state, state.units[unit], shapes[unit]) for unit in ids]


def _row(state: State, unit: Unit, shape: BaseGeometry | None) -> Row:
    ground, atoms = state.ground, state.atoms_below(unit.id)
    households, stacked = int(ground.households[atoms].sum()), _stacked(state, unit, atoms)
    return Row(
        unit.code,
        unit.name,
        unit.level,
        state.units[unit.parent].code if unit.parent in state.units else "",
        unit.kind,
        households,
        int(ground.persons[atoms].sum()),
        float("nan") if shape is None else float(np.round(shapely.area(shape), 3)),
        stacked,
        int(ground.floor_from[atoms].min()) if stacked > 1 else None,
        int(ground.floor_to[atoms].max()) if stacked > 1 else None,
        *unit[unit._fields.index("valid_from") :],
        unit.reason,
        unit.note,
        unit.cure,
        unit.cure_m,
        unit.link_m,
        unit.id,
        shape,
        standing(state.scheme.level(unit.level), unit.kind, households),
    )


def _stacked(state: State, unit: Unit, atoms: np.ndarray) -> int:
    """Return the number of units of the level on the unit's most crowded cell, 0 for a unit without atoms."""
    if not len(atoms):
        return 0
    all_atoms = state.ground.atoms_in(np.unique(state.ground.cell[atoms]))
    if len(all_atoms) == len(atoms):
        return 1
    owners, cell = state.owners(all_atoms, unit.level), state.ground.cell[all_atoms]  # cell by cell
    crowd = Counter(where for where, owner in {*zip(cell.tolist(), owners.tolist(), strict=True)} if owner >= 0)
    return max(crowd.values())


def frame_rows(state: State, unit_ids: Iterable[int], known: Shapes = {}) -> gpd.GeoDataFrame:
    """Return rows as a frame: index `code`, columns and types of `Plan.frame`, and `status`."""
    return to_frame(rows(state, unit_ids, known), state)


def to_frame(made: list[Row], state: State) -> gpd.GeoDataFrame:
    """Return a frame of rows, in the state's CRS."""
    data = dict(zip(Row._fields, zip(*made, strict=True) if made else [()] * len(Row._fields), strict=True))
    kinds = {"households": "int64", "persons": "int64", "stacked": "int64", "floor_from": "Int64", "floor_to": "Int64", "unit": "int64"}
    kinds |= {"area_m2": "float64", "cure_m": "float64", "link_m": "float64"}
    columns = {name: pd.Series(list(data[name]), dtype=kinds.get(name, "str")) for name in Row._fields if name != "geometry"}
    frame = gpd.GeoDataFrame(columns, geometry=np.array(data["geometry"], dtype=object), crs=state.ground.crs)
    return frame.set_index("code")[list(Row._fields[1:])]
