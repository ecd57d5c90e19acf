"""A project file comes to be whole or not at all: written beside its place under another name, checked, then renamed.

What may be lost is refused first: a file that is no project, a project that holds edits (without force), a project that someone has open. A stale
`-wal` beside a new file would be replayed into it, so the old file gives its log up before the new one takes its place.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from geogrid.errors import StoreError
from geogrid.store import accounts, overlays
from geogrid.store.connect import connect

_BUSY_S = 1.0


@contextmanager
def written_beside(path: Path, *, force: bool = False) -> Iterator[sqlite3.Connection]:
    """Yield a connection to a new database that becomes `path` when the block ends well; on any error nothing is left and `path` is as it was.

    Raises StoreError; with `force` a file that would be refused is kept as a backup beside it.
    """
    check_target(path, force=force)
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    remove(beside)
    try:
        with closing(sqlite3.connect(beside, isolation_level=None)) as con:
            con.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -65536;")
            yield con
        accounts.carry(path, beside)
        overlays.carry(path, beside)
        seal(beside)
        _take_place(beside, path, keep=path.exists() and _refusal(path) is not None)
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"{path}: can not be written: {error}", f"{path}：写入失败：{error}", file=str(path)) from error
    finally:
        remove(beside)


def put_in_place(made: Path, path: Path, *, force: bool = False) -> None:
    """Copy the whole project `made` to `path`, whole or not at all; what was there stays beside as a backup, edits or not.

    Raises StoreError as `check_target` does.
    """
    check_target(path, force=force)
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    remove(beside)
    try:
        with closing(connect(made, is_whole=True)) as con, closing(sqlite3.connect(beside)) as target:
            con.backup(target)  # not a copy of the file alone, which may have a log beside it
        accounts.carry(path, beside)
        overlays.carry(path, beside)
        seal(beside)
        _take_place(beside, path, keep=path.exists())
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"{path}: can not be written: {error}", f"{path}：写入失败：{error}", file=str(path)) from error
    finally:
        remove(beside)


def check_target(path: Path, *, force: bool = False) -> None:
    """Raise StoreError when a project may not be written to `path`: no folder, something there that would be lost, or that someone has open."""
    if not path.parent.is_dir():
        raise StoreError(f"{path}: there is no folder {path.parent}; make it first", f"{path}：文件夹 {path.parent} 不存在，请先建立", file=str(path))
    if path.is_dir():
        raise StoreError(f"{path}: is a folder; give a file name", f"{path}：是文件夹，请给出文件名", file=str(path))
    if not path.exists():
        return
    if not force and (why := _refusal(path)):
        message = f"{path}: {why[0]}; use --force to replace it (a backup is kept)"
        raise StoreError(message, f"{path}：{why[1]}；如要替换请加 --force（会保留备份）", file=str(path), loses=why)
    _alone(path, "PRAGMA locking_mode = EXCLUSIVE", "SELECT count(*) FROM sqlite_schema")


def _refusal(path: Path) -> tuple[str, str] | None:
    """Say why an existing file should not be replaced, in two languages, or None."""
    try:
        with closing(sqlite3.connect(path.absolute().as_uri() + "?mode=rw", uri=True, timeout=_BUSY_S)) as con:
            if con.execute("SELECT 1 FROM meta WHERE key = 'store.format'").fetchone() is None:
                return "exists and is not a geogrid project", "已存在，且不是 geogrid 工程"
            edits = con.execute("SELECT count(*) FROM edit").fetchone()[0]
    except sqlite3.DatabaseError:
        return "exists and is not a geogrid project", "已存在，且不是 geogrid 工程"
    return (f"holds {edits} edits", f"含有 {edits} 次调整") if edits else None


def seal(path: Path) -> None:
    """Turn the finished database to WAL with an empty log, check it and bring it to the disk: the one file is the whole project."""
    with closing(sqlite3.connect(path, isolation_level=None)) as con:
        con.execute("PRAGMA journal_mode = WAL")
        con.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        if (answer := con.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
            raise sqlite3.DatabaseError(answer)
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _take_place(beside: Path, path: Path, *, keep: bool) -> None:
    if path.exists():
        _alone(path, "PRAGMA journal_mode = DELETE")
        if keep:
            shutil.copy2(path, backup_name(path))
    path.with_name(path.name + "-wal").unlink(missing_ok=True)
    path.with_name(path.name + "-shm").unlink(missing_ok=True)
    beside.replace(path)
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)


def _alone(path: Path, *statements: str) -> None:
    """Run statements that succeed only where nobody else has the database open, else raise StoreError; what is no database passes."""
    try:
        with closing(sqlite3.connect(path, isolation_level=None, timeout=_BUSY_S)) as con:
            for statement in statements:
                con.execute(statement).fetchall()
    except sqlite3.OperationalError as error:
        message = f"{path}: is open in another program or may not be written; close it there (or stop `geogrid serve`) and try again"
        raise StoreError(message, f"{path}：正被其他程序使用或不可写，请关闭后重试（或先停止 geogrid serve）", file=str(path)) from error
    except sqlite3.DatabaseError:
        return


def backup_name(path: Path) -> Path:
    """Return a free name beside a file, as `NAME.backup-1.gpkg`."""
    number = 1
    while (name := path.with_name(f"{path.stem}.backup-{number}{path.suffix}")).exists():
        number += 1
    return name


def remove(path: Path) -> None:
    """Take a database away, and what SQLite keeps beside it, if they are there."""
    for ending in ("", "-wal", "-shm", "-journal"):
        with suppress(FileNotFoundError):
            path.with_name(path.name + ending).unlink()
