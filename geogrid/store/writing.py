"""A short change of a project file beside the plan's log (accounts, overlays): its own connection, its own tables, kept all or not at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from geogrid.store.connect import connect
from geogrid.store.faults import told

_BUSY_S = 10.0


@contextmanager
def writing(path: Path, tables: str) -> Iterator[sqlite3.Connection]:
    """Yield a connection inside a transaction that nobody else writes in; the `tables` (SQL) are made where they are missing. Raises StoreError."""
    connect(path, is_whole=True).close()  # what is no project is refused in its own words
    with told(path), closing(sqlite3.connect(path.absolute().as_uri() + "?mode=rw", uri=True, timeout=_BUSY_S, isolation_level=None)) as con:
        con.execute("PRAGMA synchronous = FULL")
        con.execute("PRAGMA foreign_keys = ON")
        con.execute("BEGIN IMMEDIATE")
        try:
            run(con, tables)
            yield con
        except BaseException:
            con.execute("ROLLBACK")
            raise
        con.execute("COMMIT")


def run(con: sqlite3.Connection, script: str) -> None:
    """Run several statements inside the open transaction, which `executescript` would end."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            con.execute(statement)
            statement = ""
