"""One connection for reading a project file, shared by the projects that show its versions; closed by the last of them."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from pyproj import CRS

from geogrid.errors import NotFoundError
from geogrid.store import log
from geogrid.store.connect import connect, format_of
from geogrid.store.dates import version_of
from geogrid.store.delivered import last_delivery
from geogrid.store.frames import read_table
from geogrid.store.history import History
from geogrid.store.overlays import last_line
from geogrid.store.plans import find_plan, unknown_plan
from geogrid.store.records import Entry
from geogrid.store.schema import FORMAT
from geogrid.store.snapshot import MAIN

T = TypeVar("T")


class Reader:
    """The file, its lock, its facts, and the history of its plans."""

    def __init__(self, path: Path, *, is_whole: bool = False, history: History | None = None) -> None:
        self.path = path
        self.lock = threading.RLock()
        self.con = connect(path, is_whole=is_whole)
        self._watch, self._watch_lock = connect(path, is_whole=True), threading.Lock()  # who asks for the version need not wait for a long reading
        self._format = format_of(self.con)
        self.meta = {key: json.loads(value) for key, value in self.con.execute("SELECT key, value FROM meta ORDER BY key")}
        self.crs = CRS.from_user_input(self.meta["store.crs"])
        self.history = history or History(self.con, self.lock)
        self.file = _identity(path)
        self.delivery = self.deliveries()
        self._users = 1

    @property
    def format(self) -> int:
        """The file's format; another program may have upgraded it since it was opened."""
        if self._format < FORMAT:
            with self.lock:
                self._format = format_of(self.con)
        return self._format

    def share(self) -> Reader:
        """Return the reader for one more project."""
        with self.lock:
            self._users += 1
        return self

    def close(self) -> None:
        """Let go of the file; the last user closes it."""
        with self.lock, suppress(sqlite3.Error):
            self._users -= 1
            if self._users <= 0:
                self.con.close()
                self._watch.close()

    def is_replaced(self) -> bool:
        """Tell whether another file stands at the path now, or none."""
        return _identity(self.path) != self.file

    def plan(self, plan: str) -> tuple[int, str]:
        """Return the version and the state of a plan; raises NotFoundError."""
        with self._watch_lock:
            row = self._watch.execute("SELECT version, state FROM plan WHERE id = ?", (plan,)).fetchone()
            if row is None:
                raise unknown_plan(plan, [known for (known,) in self._watch.execute("SELECT id FROM plan ORDER BY fid")])
            return row

    def deliveries(self) -> tuple[int, int]:
        """Return the numbers of the last delivery of points and people and of the last overlay made or ended, 0 where there was none."""
        with self._watch_lock:
            return last_delivery(self._watch), last_line(self._watch)

    def plan_at(self, plan: str, at: int | str) -> tuple[int, str]:
        """Return the version of a plan that a number or a day (ISO date) names, and its state then; raises NotFoundError."""
        with self.lock:
            now = self.plan(plan)
            if self.format == 1:
                if str(at) == str(now[0]):
                    return now
                message = f"{self.path.name} is of an older format and has one version, {now[0]}"
                raise NotFoundError(message, f"{self.path.name}：旧格式工程只有第 {now[0]} 版", value=at)
            state = self.history.at(plan, version_of(self.con, plan, at), self.con)
            return state.version, state.state

    def log(self, plan: str, since: int, until: int) -> list[Entry]:
        """Return the entries of a plan after version `since`, up to `until`, the oldest first; a file of format 1 has none."""
        if self.format == 1:
            return []
        with self.lock:
            row, _ = find_plan(self.con, plan)
            entries = log.read(self.con, row, since, until)
            ground = self.history.ground(self.con) if entries else None
            return [replace(entry, ground=ground) for entry in entries]

    def at_main(self, read: Callable[[], T]) -> tuple[int, T]:
        """Return the version of `main`, and what `read` reads of it, as of one moment."""
        with self.lock:
            self.con.execute("BEGIN")
            try:
                (version,) = self.con.execute("SELECT version FROM plan WHERE fid = ?", (MAIN,)).fetchone()
                return version, read()
            finally:
                self.con.execute("COMMIT")

    def table(self, table: str, index: str = "", where: str = "") -> Any:
        """Return a table as a frame, of all rows or those that SQL chooses."""
        with self.lock:
            return read_table(self.con, table, self.crs, index=index, where=where)

    def rows(self, query: str, *values: Any) -> list[tuple]:
        """Return the rows of a query."""
        with self.lock:
            return self.con.execute(query, values).fetchall()


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_dev, stat.st_ino
