"""Open a project file, for reading or for writing, and say plainly why not: missing, not a project, too new, damaged, locked."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path

from geogrid.errors import StoreError
from geogrid.reading.geopackage import DAMAGE
from geogrid.store.faults import told
from geogrid.store.gpkg import register
from geogrid.store.schema import FORMAT

_BUSY_S = 10.0


def is_project(path: str | Path) -> bool:
    """Tell whether a file is a geogrid project, of whatever format version; a missing file is not."""
    path = Path(path)
    try:
        _check_file(path)
        with closing(_read_only(path)) as con:
            return _format_of(con) is not None
    except (StoreError, *DAMAGE):
        return False


def connect(path: Path, *, is_whole: bool = False) -> sqlite3.Connection:
    """Return a read-only connection, usable from any thread under the caller's lock; raises StoreError. `is_whole`: its pages need no check."""
    _check_file(path)
    try:
        con = _read_only(path)
    except DAMAGE as error:
        raise _unreadable(path, error) from error
    try:
        _check_format(path, con)
        if not is_whole:
            _check_whole(path, con)
    except DAMAGE as error:
        con.close()
        raise _damaged(path, str(error)) from error
    except BaseException:
        con.close()
        raise
    return con


def connect_writing(path: Path) -> sqlite3.Connection:
    """Return a connection that may write, usable from any thread under the caller's lock; what it commits is on the disk. Raises StoreError."""
    connect(path).close()
    with told(path):
        con = sqlite3.connect(path.absolute().as_uri() + "?mode=rw", uri=True, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
        try:
            con.executescript("PRAGMA synchronous = FULL; PRAGMA trusted_schema = ON; PRAGMA cache_size = -65536;")
            register(con)
            con.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        except BaseException:
            con.close()
            raise
    return con


def format_of(con: sqlite3.Connection) -> int:
    """Return the format version of an opened project."""
    return _format_of(con) or 0


def _check_file(path: Path) -> None:
    """Raise StoreError where there is no file to read. Only SQLite opens it: closing it elsewhere drops all our locks on it (POSIX).

    Another program that closes the file then takes itself for the last one and removes the log that we write to: sqlite.org/howtocorrupt, 2.2.
    """
    if not path.is_file():
        message = f"{path}: no such project file; make one with `geogrid build RECIPE --out {path.name}`"
        raise StoreError(message, f"{path}：工程文件不存在，请用 geogrid build 生成", file=str(path))
    if not os.access(path, os.R_OK):
        raise StoreError(f"{path}: can not be read; check the rights of the file", f"{path}：无法读取，请检查文件的权限", file=str(path))


def _read_only(path: Path) -> sqlite3.Connection:
    """Open so that no statement can write.

    Not `mode=ro`: such a connection can not take its `-wal` and `-shm` away again when it closes. Where the folder forbids these files, the
    project is opened as one that nobody changes, unless a log waits beside it.
    """
    uri = path.absolute().as_uri()
    try:
        return _opened(uri + "?mode=rw")
    except sqlite3.OperationalError:
        log = path.with_name(path.name + "-wal")
        if log.exists() and log.stat().st_size:
            raise
        return _opened(uri + "?mode=ro&immutable=1")


def _opened(uri: str) -> sqlite3.Connection:
    con = sqlite3.connect(uri, uri=True, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
    try:
        con.execute("PRAGMA query_only = ON")
        con.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except BaseException:
        con.close()
        raise
    return con


def _check_format(path: Path, con: sqlite3.Connection) -> None:
    version = _format_of(con)
    if version is None:
        raise _foreign(path)
    if version > FORMAT:
        message = f"{path}: was made by a newer geogrid (format {version}, this one reads {FORMAT}); update geogrid"
        raise StoreError(message, f"{path}：由更新版本的 geogrid 生成（格式 {version}，本版只能读 {FORMAT}），请升级", file=str(path), value=version)


def _format_of(con: sqlite3.Connection) -> int | None:
    """Return the format version of a project, None for any other database."""
    tables = {name for (name,) in con.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    row = con.execute("SELECT value FROM meta WHERE key = 'store.format'").fetchone() if {"meta", "gpkg_contents"} <= tables else None
    return json.loads(row[0]) if row else None


def _check_whole(path: Path, con: sqlite3.Connection) -> None:
    answer = con.execute("PRAGMA quick_check(1)").fetchone()[0]
    if answer != "ok":
        raise _damaged(path, answer)


def _foreign(path: Path) -> StoreError:
    message = f"{path}: is not a geogrid project; make one with `geogrid build RECIPE --out PROJECT.gpkg`, or check a layer with `geogrid validate`"
    return StoreError(message, f"{path}：不是 geogrid 工程，请用 geogrid build 生成；单个图层可用 geogrid validate 检查", file=str(path))


def _unreadable(path: Path, error: Exception) -> StoreError:
    """Say of a file that does not open whether it is none of ours or damaged."""
    is_foreign = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_NOTADB
    return _foreign(path) if is_foreign else _damaged(path, str(error))


def _damaged(path: Path, why: str) -> StoreError:
    return StoreError(
        f"{path}: is damaged ({why}); restore a backup or build it again", f"{path}：文件已损坏（{why}），请恢复备份或重新生成", file=str(path)
    )
