"""What follows from the plan `main` is brought up to date in the transaction of its edit: tables, layers with their R-trees, findings.

Only rows of units that an edit concerns are written; a full rebuild would give the same.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import numpy as np
from shapely.geometry.base import BaseGeometry

from geogrid.edit.change import Change
from geogrid.edit.derive import FEW_CELLS, Row
from geogrid.edit.ground import Ground
from geogrid.edit.state import ABSENT, State, Unit
from geogrid.plan import NO_UNIT
from geogrid.store.effect import Effect
from geogrid.store.frames import insert_rows, plain_parts, promoted, srs_id_of
from geogrid.store.gpkg import decode, encode
from geogrid.store.schema import quoted
from geogrid.store.snapshot import MAIN

_UNIT = tuple(name for name in Unit._fields if name != "id")


def write_ground(con: sqlite3.Connection, old: Ground, new: Ground) -> None:
    """Add the cells and atoms that an edit has made, of whatever plan."""
    if len(new.atoms) == len(old.atoms):
        return
    insert_rows(con, "cell", new.cells.iloc[len(old.cells) :], index="cell")
    insert_rows(con, "atom", new.atoms.iloc[len(old.atoms) :], index="atom")


def write_main(con: sqlite3.Connection, effect: Effect, at: str) -> None:
    """Bring tables and derived layers of `main` up to date; `at` is the time, as GeoPackage writes it."""
    change, made = effect.change, effect.rows
    _write_assign(con, effect.after.ground, change)
    _write_units(con, change)
    gone = [effect.before.units[old.id] for old, new in change.units if old and new is None]
    for unit in gone:
        con.execute(f"DELETE FROM {quoted(f'unit_{unit.level}')} WHERE unit = ?", (unit.id,))
    levels = {row.level for row in made}
    for level in sorted(levels):
        _write_layer(con, f"unit_{level}", [row for row in made if row.level == level])
    _write_lineage(con, change)
    tables = [*(f"unit_{level}" for level in sorted(levels | {unit.level for unit in gone})), "unit", "plan", "edit", "finding"]
    con.executemany("UPDATE gpkg_contents SET last_change = ? WHERE table_name = ?", [(at, table) for table in tables])


def _write_lineage(con: sqlite3.Connection, change: Change) -> None:
    for code, after in change.lineage:
        con.execute("DELETE FROM lineage WHERE code = ?", (code,))
        con.executemany("INSERT INTO lineage VALUES (?, ?, ?)", [(code, n, each) for n, each in enumerate(after)])


def _write_assign(con: sqlite3.Connection, ground: Ground, change: Change) -> None:
    atoms, after = ground.atom_ids[change.positions].tolist(), change.after.tolist()
    rows = [(MAIN, atom, None if unit == NO_UNIT else unit) for atom, unit in zip(atoms, after, strict=True) if unit != ABSENT]
    con.executemany("INSERT INTO assign VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET unit = excluded.unit", rows)
    gone = [(MAIN, atom) for atom, unit in zip(atoms, after, strict=True) if unit == ABSENT]
    con.executemany("DELETE FROM assign WHERE plan = ? AND atom = ?", gone)


def _write_units(con: sqlite3.Connection, change: Change) -> None:
    con.executemany("DELETE FROM unit WHERE plan = ? AND id = ?", [(MAIN, old.id) for old, new in change.units if old and new is None])
    sets = ", ".join(f"{name} = excluded.{name}" for name in _UNIT)
    marks = ", ".join("?" * (len(_UNIT) + 2))
    new = [(MAIN, *unit._replace(parent=None if unit.parent == NO_UNIT else unit.parent)) for _, unit in change.units if unit]
    statement = f"INSERT INTO unit (plan, id, {', '.join(_UNIT)}) VALUES ({marks}) ON CONFLICT (plan, id) DO UPDATE SET {sets}"
    con.executemany(statement, new)


def _write_layer(con: sqlite3.Connection, table: str, made: list[Row]) -> None:
    """Put rows of a level in place of those of the same units."""
    names = [row[1] for row in con.execute(f"PRAGMA table_info({quoted(table)})") if row[1] in Row._fields]
    shapes = np.array([row.geometry for row in made], dtype=object)
    blobs = encode(promoted(shapes, "MULTIPOLYGON")[0], srs_id_of(con, table))
    place = [Row._fields.index(name) for name in names]
    values = [(blob, *(_plain(row[i]) for i in place)) for blob, row in zip(blobs, made, strict=True)]
    columns = ["geom", *names]
    sets = ", ".join(f"{quoted(name)} = excluded.{quoted(name)}" for name in columns if name != "unit")
    listed, marks = ", ".join(quoted(name) for name in columns), ", ".join("?" * len(columns))
    con.executemany(f"INSERT INTO {quoted(table)} ({listed}) VALUES ({marks}) ON CONFLICT (unit) DO UPDATE SET {sets}", values)


def _plain(value: object) -> object:
    return None if value != value else value  # NaN is NULL


def known_shapes(con: sqlite3.Connection, state: State, ids: Sequence[int]) -> dict[int, BaseGeometry]:
    """Return the stored polygons of the children of big units, which are united of these sooner than of their cells."""
    kids: dict[str, list[int]] = {}
    for unit in ids:
        if state.children(unit) and len(state.cells_of(unit)) > FEW_CELLS:
            for kid in state.children(unit):
                kids.setdefault(state.units[kid].level, []).append(kid)
    known: dict[int, BaseGeometry] = {}
    for level, units in kids.items():
        marks = ", ".join("?" * len(units))
        stored = con.execute(f"SELECT unit, geom FROM {quoted(f'unit_{level}')} WHERE unit IN ({marks}) AND geom IS NOT NULL", units).fetchall()
        known.update(zip([unit for unit, _ in stored], plain_parts(decode([blob for _, blob in stored])), strict=True))
    return {unit: shape for unit, shape in known.items() if unit not in set(ids)}
