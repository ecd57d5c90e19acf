"""A file of an earlier format becomes one of this format when it is first opened for writing, after a backup beside it; wholly or not at all."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import shapely

from geogrid.store.accounts import ACCOUNTS
from geogrid.store.backup import backup_beside
from geogrid.store.connect import connect_writing, format_of
from geogrid.store.faults import told
from geogrid.store.gpkg import decode, encode
from geogrid.store.schema import FORMAT, LAYER_INDEX, LOG, quoted
from geogrid.store.snapshot import write_first
from geogrid.store.writing import run

_PLAN = (
    "parent TEXT NOT NULL DEFAULT ''",
    "fork_version INTEGER",
    "author TEXT NOT NULL DEFAULT ''",
    "created_at TEXT NOT NULL DEFAULT ''",
    "adopted_at TEXT NOT NULL DEFAULT ''",
    "valid_from TEXT NOT NULL DEFAULT ''",
)
_UNIT = (
    "note TEXT NOT NULL DEFAULT ''",
    "cure TEXT NOT NULL DEFAULT ''",
    "cure_m REAL NOT NULL DEFAULT 0",
    "link_m REAL NOT NULL DEFAULT 0",
)
_FINDING = ("width_m REAL", "rows TEXT NOT NULL DEFAULT '[]'")


def upgrade(path: Path) -> Path | None:
    """Bring a project file to this format; returns its backup, or None where nothing was to do. Raises StoreError."""
    with closing(connect_writing(path)) as con, told(path):
        if format_of(con) == FORMAT:
            return None
        con.execute("BEGIN IMMEDIATE")
        try:
            kept = _upgrade(path, con)
            con.execute("COMMIT")
        except BaseException:
            if con.in_transaction:
                con.execute("ROLLBACK")
            raise
        con.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return kept


def _upgrade(path: Path, con: sqlite3.Connection) -> Path | None:
    if format_of(con) == FORMAT:  # another program was quicker
        return None
    with closing(connect_writing(path)) as reader:
        kept = backup_beside(path, reader)
    levels = [level["id"] for level in _meta(con, "store.scheme")["levels"]]
    _add(con, "plan", _PLAN)
    _add(con, "unit", _UNIT)
    _add(con, "finding", _FINDING)
    con.execute("UPDATE plan SET created_at = ?", (str(_meta(con, "date") or ""),))
    con.execute("DROP TABLE edit")  # no program of format 1 wrote one
    run(con, LOG)
    run(con, ACCOUNTS)
    for level in levels:
        _upgrade_layer(con, f"unit_{level}")
    write_first(con)
    con.execute("UPDATE meta SET value = ? WHERE key = 'store.format'", (json.dumps(FORMAT),))
    return kept


def _upgrade_layer(con: sqlite3.Connection, table: str) -> None:
    """Give a derived layer its new columns and index, and its polygons the form that `geogrid.plan.united` makes."""
    _add(con, table, _UNIT)
    run(con, LAYER_INDEX.format(table=table))
    rows = con.execute(f"SELECT fid, geom FROM {quoted(table)} WHERE geom IS NOT NULL").fetchall()
    if not rows:
        return
    blobs = [blob for _, blob in rows]
    (srs_id,) = con.execute("SELECT srs_id FROM gpkg_geometry_columns WHERE table_name = ?", (table,)).fetchone()
    new = encode(shapely.normalize(decode(blobs)), srs_id)
    changed = np.flatnonzero([a != b for a, b in zip(blobs, new, strict=True)]).tolist()
    con.executemany(f"UPDATE {quoted(table)} SET geom = ? WHERE fid = ?", [(new[i], rows[i][0]) for i in changed])


def _add(con: sqlite3.Connection, table: str, columns: tuple[str, ...]) -> None:
    known = {row[1] for row in con.execute(f"PRAGMA table_info({quoted(table)})")}
    for column in columns:
        if column.split()[0] not in known:
            con.execute(f"ALTER TABLE {quoted(table)} ADD COLUMN {column}")


def _meta(con: sqlite3.Connection, key: str) -> object:
    row = con.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return json.loads(row[0]) if row else None
