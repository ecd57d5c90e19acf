"""A copy of a project while it is in use, and a copy put back: SQLite's own backup, so that what waits in the log is in it too."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from geogrid.errors import StoreError
from geogrid.store.connect import connect
from geogrid.store.faults import told
from geogrid.store.swap import backup_name, put_in_place, remove, seal


def backup(path: str | Path, out: str | Path) -> Path:
    """Copy a project to `out` as it is now, whole or not at all, while others read and write it; returns `out`. Raises StoreError.

    What stands at `out` is refused: a backup never replaces another file.
    """
    path, out = Path(path), Path(out)
    if out.exists():
        raise StoreError(f"{out}: is there already; give the backup another name", f"{out}：已存在，请换一个备份文件名", file=str(out))
    if not out.parent.is_dir():
        raise StoreError(f"{out}: there is no folder {out.parent}; make it first", f"{out}：文件夹 {out.parent} 不存在，请先建立", file=str(out))
    with closing(connect(path)) as con:
        copy_to(con, out)
    return out


def backup_beside(path: Path, con: sqlite3.Connection) -> Path:
    """Copy the open project to a free name beside it, as `NAME.backup-1.gpkg`, and return that name."""
    out = backup_name(path)
    copy_to(con, out)
    return out


def restore(file: str | Path, path: str | Path, *, force: bool = False) -> None:
    """Put a backup in the place of a project after a check of every page; what was there stays beside as a backup of its own.

    A project that holds edits is replaced with `force` only. Raises StoreError: no project, damaged, too new, or `path` is open somewhere.
    """
    connect(Path(file)).close()
    put_in_place(Path(file), Path(path), force=force)


def copy_to(con: sqlite3.Connection, out: Path) -> None:
    """Copy an open database to a new file, checked and on the disk before it has its name."""
    beside = out.with_name(f".{out.name}.{os.getpid()}.tmp")
    remove(beside)
    try:
        with told(out):
            with closing(sqlite3.connect(beside)) as target:
                con.backup(target)
            seal(beside)
        beside.replace(out)
    except OSError as error:
        raise StoreError(f"{out}: can not be written: {error.strerror}", f"{out}：写入失败：{error.strerror}", file=str(out)) from error
    finally:
        remove(beside)
