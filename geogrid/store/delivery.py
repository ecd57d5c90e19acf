"""A new delivery of points and people takes the place of the former one, in one transaction; the plan and its log are not touched.

delivery    the log: who brought what when, only appended to; its last line tells pages that the data are others now
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geogrid.errors import ConflictError
from geogrid.store.commit import transaction
from geogrid.store.connect import connect_writing
from geogrid.store.contents import SITE_ROLES, TABLE_ROLES
from geogrid.store.frames import Look, insert_rows, srs_id_of, write_layer, write_table
from geogrid.store.schema import quoted, rtree_table
from geogrid.store.snapshot import MAIN
from geogrid.store.writing import run

ROLES = (*SITE_ROLES, *TABLE_ROLES)
"""What a delivery may bring."""
REPLACE, MERGE = "replace", "merge"
DELIVERIES = """
CREATE TABLE IF NOT EXISTS delivery (
  fid INTEGER PRIMARY KEY, at TEXT NOT NULL, author TEXT NOT NULL, mode TEXT NOT NULL, body TEXT NOT NULL);
CREATE TRIGGER IF NOT EXISTS delivery_stays BEFORE DELETE ON delivery BEGIN SELECT RAISE(ABORT, 'the log is only appended to'); END;
CREATE TRIGGER IF NOT EXISTS delivery_is_fixed BEFORE UPDATE ON delivery BEGIN SELECT RAISE(ABORT, 'the log is only appended to'); END;
"""


@dataclass(frozen=True, eq=False)
class Delivery:
    """What a project is to hold afterwards: whole frames by role (points joined to `main` at `version`), and what follows from them.

    `stale`: (rule, English message) of findings that go; `findings` come, in the columns of `geogrid.findings`. `rejected`: the rows of the files
    that can not be used, by role. `meta`: facts that change; `told` goes to the log.
    """

    frames: Mapping[str, pd.DataFrame]
    version: int
    mode: str = REPLACE
    stale: Collection[tuple[str, str]] = ()
    findings: gpd.GeoDataFrame | None = None
    rejected: pd.DataFrame | None = None
    meta: Mapping[str, Any] = field(default_factory=dict)
    told: Mapping[str, Any] = field(default_factory=dict)


def deliver(path: Path, delivery: Delivery, *, author: str, clock: Callable[[], datetime]) -> int:
    """Write a delivery, all of it or nothing; returns its number. Raises ConflictError where the plan has changed meanwhile, StoreError."""
    with closing(connect_writing(path)) as con, transaction(con, path):
        _check_version(con, delivery.version)
        run(con, DELIVERIES)
        srs_id, note = srs_id_of(con, "cell"), _note(con)
        for role, frame in delivery.frames.items():
            _put(con, role, frame, srs_id, note)
        _replace_findings(con, delivery)
        _replace_rejected(con, delivery)
        _update_meta(con, delivery)
        told = json.dumps(delivery.told, ensure_ascii=False)
        row = (clock().isoformat(timespec="milliseconds"), author, delivery.mode, told)
        return con.execute("INSERT INTO delivery (at, author, mode, body) VALUES (?, ?, ?, ?)", row).lastrowid or 0


def _check_version(con: sqlite3.Connection, version: int) -> None:
    (now,) = con.execute("SELECT version FROM plan WHERE fid = ?", (MAIN,)).fetchone()
    if now != version:
        message = f"the plan went from version {version} to {now} meanwhile: try again"
        raise ConflictError(message, f"划分方案在此期间由第 {version} 版变为第 {now} 版，请重试", version=now, units=[])


def _put(con: sqlite3.Connection, role: str, frame: pd.DataFrame, srs_id: int, note: str) -> None:
    """Write a table or layer anew, under its name."""
    _drop(con, role)
    if isinstance(frame, gpd.GeoDataFrame):
        write_layer(con, role, frame, srs_id, Look(description=note))
    else:
        write_table(con, role, frame)


def _drop(con: sqlite3.Connection, table: str) -> None:
    for name in ("gpkg_extensions", "gpkg_geometry_columns", "gpkg_contents"):
        con.execute(f"DELETE FROM {name} WHERE table_name = ?", (table,))
    rtree = rtree_table(table).split()[3]
    con.execute(f"DROP TABLE IF EXISTS {rtree}")
    con.execute(f"DROP TABLE IF EXISTS {quoted(table)}")


def _note(con: sqlite3.Connection) -> str:
    """Return what stands on every layer of the project: where it comes from, or that nobody surveyed it."""
    row = con.execute("SELECT description FROM gpkg_contents WHERE table_name LIKE 'unit\\_%' ESCAPE '\\' LIMIT 1").fetchone()
    return str(row[0] or "") if row else ""


def _replace_findings(con: sqlite3.Connection, delivery: Delivery) -> None:
    stale = set(delivery.stale)
    gone = [(fid,) for fid, rule, message in con.execute("SELECT fid, rule, message FROM finding") if (rule, message) in stale]
    con.executemany("DELETE FROM finding WHERE fid = ?", gone)
    found = delivery.findings
    if found is None or not len(found):
        return
    told = {name: [json.dumps(list(each), ensure_ascii=False) for each in found[name]] for name in ("units", "rows")}
    lists = {name: pd.Series(texts, index=found.index, dtype="str") for name, texts in told.items()}
    insert_rows(con, "finding", found.assign(**lists, note=np.ones(len(found), dtype=bool)))


def _replace_rejected(con: sqlite3.Connection, delivery: Delivery) -> None:
    if delivery.mode == REPLACE:
        con.executemany("DELETE FROM rejected WHERE role = ?", [(role,) for role in delivery.frames])
    if delivery.rejected is not None and len(delivery.rejected):
        insert_rows(con, "rejected", delivery.rejected.assign(value=delivery.rejected["value"].map(str)))


def _update_meta(con: sqlite3.Connection, delivery: Delivery) -> None:
    facts = {key: json.loads(value) for key, value in con.execute("SELECT key, value FROM meta WHERE key IN ('store.roles', 'rejected')")}
    roles = facts["store.roles"]
    for role in delivery.frames:
        known = roles.setdefault("sites" if role in SITE_ROLES else "tables", [])
        known += [] if role in known else [role]
    counts = {str(role): int(n) for role, n in con.execute("SELECT role, count(*) FROM rejected GROUP BY role")}
    changed = {**delivery.meta, "store.roles": roles, "rejected": counts}
    rows = [(key, json.dumps(value, ensure_ascii=False)) for key, value in changed.items()]
    con.executemany("INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", rows)
