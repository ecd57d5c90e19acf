"""What SQLite says of a file that can not be written, in words that say what to do; nothing is ever half-done."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from geogrid.errors import StoreError

_SAID = {
    "BUSY": (
        "busy",
        "is being written by another program; wait a moment and try again",
        "正被其他程序写入，请稍候再试",
    ),
    "LOCKED": ("busy", "is being written by another program; wait a moment and try again", "正被其他程序写入，请稍候再试"),
    "FULL": ("full", "the disk is full; make room and try again", "磁盘已满，请清理空间后再试"),
    "READONLY": ("read_only", "may not be written; check the rights of the file and of its folder", "不可写，请检查文件及其文件夹的权限"),
    "PERM": ("read_only", "may not be written; check the rights of the file and of its folder", "不可写，请检查文件及其文件夹的权限"),
    "CANTOPEN": (
        "read_only",
        "can not be opened for writing; check the rights of the file and of its folder",
        "无法以写方式打开，请检查文件及其文件夹的权限",
    ),
    "IOERR": ("disk", "the disk did not take what was written (full, over a limit, or faulty)", "磁盘未能写入（已满、超出限额或有故障）"),
    "CORRUPT": ("damaged", "is damaged; restore a backup", "文件已损坏，请恢复备份"),
    "NOTADB": ("damaged", "is damaged; restore a backup", "文件已损坏，请恢复备份"),
}
_NOTHING = ("; nothing was changed", "；未作任何改动")


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn what SQLite raises in the block into a StoreError with the fact `reason`: busy full read_only disk damaged other."""
    try:
        yield
    except sqlite3.Error as error:
        raise store_error(path, error) from error


def store_error(path: Path, error: sqlite3.Error) -> StoreError:
    """Return the sentence for an error of SQLite."""
    name = str(getattr(error, "sqlite_errorname", "") or "").removeprefix("SQLITE_").split("_")[0]
    reason, english, chinese = _SAID.get(name, ("other", f"can not be written: {error}", f"写入失败：{error}"))
    return StoreError(f"{path.name}: {english}{_NOTHING[0]}", f"{path.name}：{chinese}{_NOTHING[1]}", file=path.name, reason=reason)
