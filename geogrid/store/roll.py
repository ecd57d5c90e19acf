"""The accounts of a project as a service asks for them, at every request: read again only when the file has changed."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import NamedTuple

from geogrid.store.accounts import Account, digest_of, read_accounts
from geogrid.store.connect import connect
from geogrid.store.faults import told


class _Known(NamedTuple):
    by_session: dict[str, Account]
    by_digest: dict[str, Account]


_NOBODY = _Known({}, {})


class Roll:
    """The accounts of the file at `path`, safe from several threads. `door`: the file is opened under this lock only, so that it can be replaced."""

    def __init__(self, path: Path, door: AbstractContextManager[object]) -> None:
        self._path, self._door = path, door
        self._lock = threading.Lock()
        self._con: sqlite3.Connection | None = None
        self._stamp: tuple[int, int] | None = None
        self._version = -1
        self._known = _NOBODY

    def has_any(self) -> bool:
        """Tell whether the project has users. Raises StoreError where it can not be read, also when it had some and is gone."""
        return bool(self._now().by_session)

    def of_session(self, session: str) -> Account | None:
        """Return the account whose browsers hold `session`."""
        return self._now().by_session.get(session)

    def of_token(self, token: str) -> Account | None:
        """Return the account of a token; digests are compared, so how long it takes tells nothing of the token."""
        return self._now().by_digest.get(digest_of(token))

    def close(self) -> None:
        """Let go of the file; it is opened again when somebody asks. Called by whoever holds the door."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._con is not None:
            with suppress(sqlite3.Error):
                self._con.close()
        self._con = self._stamp = None

    def _now(self) -> _Known:
        stamp = self._read_stamp()
        with self._lock:
            if self._con is not None and stamp == self._stamp:
                return self._read(self._con)
        with self._door, self._lock:
            self._close()
            if stamp is None and not self._known.by_session:
                return _NOBODY
            self._con = connect(self._path, is_whole=True)
            self._stamp, self._version = self._read_stamp(), -1
            return self._read(self._con)

    def _read(self, con: sqlite3.Connection) -> _Known:
        with told(self._path):
            version = con.execute("PRAGMA data_version").fetchone()[0]
            if version != self._version:
                known, digests = read_accounts(con)
                by_id = {account.id: account for account in known}
                self._known = _Known({each.session: each for each in known}, {digest: by_id[at] for digest, at in digests if at in by_id})
                self._version = version
        return self._known

    def _read_stamp(self) -> tuple[int, int] | None:
        try:
            stat = self._path.stat()
        except OSError:
            return None
        return stat.st_dev, stat.st_ino
