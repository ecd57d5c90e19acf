"""The unit codes that stand beside each point follow the plan `main`: of stations, cameras, organisations that an edit concerns they are found anew.

Rule as in `geogrid.sites.join`: of the cells that a point touches, the one whose units have the lowest codes from the top level down; its lowest
floor, or the point's own.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geogrid.edit.change import Change
from geogrid.edit.state import ABSENT, State
from geogrid.sites import TOUCH_M, as_points
from geogrid.store.gpkg import decode
from geogrid.store.schema import quoted


def write_sites(con: sqlite3.Connection, state: State, change: Change) -> None:
    """Write the unit codes of all sites on land that a change gave to other units, or whose units it gave another code or parent."""
    (roles,) = con.execute("SELECT value FROM meta WHERE key = 'store.roles'").fetchone()
    told = json.loads(roles)
    for role in (*told["sites"], *told.get("tables", ())):
        names = {row[1] for row in con.execute(f"PRAGMA table_info({quoted(role)})")}
        if "geom" not in names:  # a table of people; organisations may have a place
            continue
        levels = [level.id for level in state.scheme.levels if level.id in names]
        floor = "floor" if "floor" in names else "NULL"
        fids = sorted(_on_land(con, role, state, change) | _with_codes(con, role, levels, change))
        sets = ", ".join(f"{quoted(level)} = ?" for level in levels)
        for fid in fids:
            blob, own = con.execute(f"SELECT geom, {floor} FROM {quoted(role)} WHERE fid = ?", (fid,)).fetchone()
            codes = _codes(con, state, as_points(decode([blob]))[0], own, levels)
            con.execute(f"UPDATE {quoted(role)} SET {sets} WHERE fid = ?", (*codes, fid))


def _on_land(con: sqlite3.Connection, role: str, state: State, change: Change) -> set[int]:
    """Return the sites (fids) within reach of cells some of whose atoms went elsewhere."""
    cells = state.ground.geometry[np.unique(state.ground.cell[change.positions])]
    query = f"SELECT id FROM {quoted(f'rtree_{role}_geom')} WHERE maxx >= ? AND minx <= ? AND maxy >= ? AND miny <= ?"
    found: set[int] = set()
    for x0, y0, x1, y1 in shapely.bounds(cells).tolist():
        box = (x0 - TOUCH_M, x1 + TOUCH_M, y0 - TOUCH_M, y1 + TOUCH_M)
        found.update(fid for (fid,) in con.execute(query, box))
    return found


def _with_codes(con: sqlite3.Connection, role: str, levels: Sequence[str], change: Change) -> set[int]:
    """Return the sites (fids) of units that are gone or have another code or parent."""
    moved = [old for old, new in change.units if old and (new is None or (new.code, new.parent) != (old.code, old.parent))]
    found: set[int] = set()
    for unit in moved:
        if unit.level in levels:
            found.update(fid for (fid,) in con.execute(f"SELECT fid FROM {quoted(role)} WHERE {quoted(unit.level)} = ?", (unit.code,)))
    return found


def _codes(con: sqlite3.Connection, state: State, place: BaseGeometry | None, floor: object, levels: Sequence[str]) -> tuple[str, ...]:
    """Return the code of each level's unit at a place (metres), "" for none."""
    answers = []
    for row in _cells_at(con, state, place):
        atoms = state.ground.atoms_of(row)
        atoms = atoms[state.leaf[atoms] != ABSENT]
        if len(atoms):
            unit_of = {state.units[unit].level: state.units[unit].code for unit in state.chain(int(state.leaf[_atom(state, atoms, floor)]))}
            answers.append(tuple(unit_of.get(level, "") for level in levels))
    return min(answers, key=lambda codes: [(code == "", code) for code in codes], default=("",) * len(levels))


def _cells_at(con: sqlite3.Connection, state: State, place: BaseGeometry | None) -> list[int]:
    """Return the rows of all cells that a place touches, cut ones too."""
    if place is None:
        return []
    x, y = shapely.get_coordinates(place)[0].tolist()
    query = "SELECT id FROM rtree_cell_geom WHERE maxx >= ? AND minx <= ? AND maxy >= ? AND miny <= ?"
    near = np.array([cell for (cell,) in con.execute(query, (x - TOUCH_M, x + TOUCH_M, y - TOUCH_M, y + TOUCH_M))], dtype=np.int64)
    rows = np.searchsorted(state.ground.cell_ids, near)
    return rows[shapely.dwithin(state.ground.geometry[rows], place, TOUCH_M)].tolist()


def _atom(state: State, atoms: np.ndarray, floor: object) -> int:
    """Return the atom of a cell's on a floor, else its lowest."""
    ground = state.ground
    order = np.lexsort((atoms, ground.part[atoms], ground.floor_from[atoms]))
    try:
        wanted = float(floor)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        wanted = float("nan")
    on = [i for i in np.lexsort((atoms, ground.part[atoms])).tolist() if ground.floor_from[atoms[i]] <= wanted <= ground.floor_to[atoms[i]]]
    return int(atoms[on[0] if on else order[0]])
