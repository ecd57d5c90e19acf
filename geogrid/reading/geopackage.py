"""What a GeoPackage must be before GDAL sees it: sound pages, real tables whose values stand in the file.

SQLite can not be packed, so a file holds what it weighs, unless a table computes its values: views, virtual tables and generated columns are
passed over or refused. The file is opened read-only; no trigger, view or function of it ever runs.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from geogrid.errors import InputError
from geogrid.reading.limits import CHILD_SECONDS, check_shape
from geogrid.reading.raw import Note, refuse

_MAX_STATEMENT = 100_000
"""Characters of a CREATE TABLE: a default value in it may stand for every row of an added column."""
_LAYERS = (
    "SELECT c.table_name, c.data_type, m.sql FROM gpkg_contents c JOIN sqlite_master m ON lower(m.name) = lower(c.table_name)"
    " WHERE m.type = 'table' AND c.data_type IN ('features', 'attributes') ORDER BY m.rowid"
)

DAMAGE = (sqlite3.Error, UnicodeDecodeError)
"""What SQLite raises over a damaged file; a name that is no text any more does not even come through its own messages."""


def gpkg_tables(path: Path) -> list[str]:
    """Check a file and list its layers: real tables only, spatial ones alone if there are any. Raises InputError when it is damaged."""
    for mode in ("mode=ro", "mode=ro&immutable=1"):  # a file in WAL mode within a folder that we may not write opens only as immutable
        try:
            with _opened(path, mode) as base:
                if base.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                    raise refuse(str(path), "the GeoPackage is damaged", "GeoPackage 已损坏")
                found = [(name, kind) for name, kind, sql in base.execute(_LAYERS).fetchall() if _is_plain(str(sql))]
                spatial = [name for name, kind in found if kind == "features"]
                return spatial + [name for name, kind in found if kind != "features"]
        except sqlite3.OperationalError as error:
            if "interrupted" in str(error):
                raise refuse(str(path), f"checking it took over {CHILD_SECONDS} seconds", f"检查用时超过 {CHILD_SECONDS} 秒") from None
            if "no such table" in str(error):
                raise refuse(str(path), "is an SQLite file but no GeoPackage", "是 SQLite 文件，但不是 GeoPackage") from None
            if "immutable" in mode:
                raise refuse(str(path), f"the GeoPackage can not be opened ({error})", f"GeoPackage 无法打开（{error}）") from None
        except DAMAGE as error:
            raise _damaged(path, error) from None
    return []


def check_table(path: Path, layer: str) -> None:
    """Raise InputError for a table whose columns are computed, or which has too many of them."""
    quoted = layer.replace('"', '""')
    try:
        with _opened(path, "mode=ro&immutable=1") as base:
            columns = base.execute("SELECT hidden FROM pragma_table_xinfo(?)", (layer,)).fetchall()
            rows_n = base.execute(f'SELECT count(*) FROM "{quoted}"').fetchone()[0]
    except DAMAGE as error:
        raise _damaged(path, error) from None
    if any(hidden for (hidden,) in columns):
        raise refuse(str(path), f"the layer {layer} has computed columns", f"图层 {layer} 含计算列", layer=layer)
    check_shape(str(path), rows_n, len(columns))


def wal_note(path: Path) -> tuple[Note, ...]:
    """Note a file in WAL mode whose side file is not there: changes that were in it are missing, if it was copied while open."""
    with path.open("rb") as stream:
        head = stream.read(20)
    if head[18:20] != b"\2\2" or path.with_name(path.name + "-wal").exists():
        return ()
    said = "is in WAL mode and has no -wal file beside it: if it was copied while open, its last changes are missing"
    return (Note(said, "是 WAL 模式但旁边没有 -wal 文件：如果是在打开时复制的，就缺少最后的修改"),)


def _damaged(path: Path, error: Exception) -> InputError:
    said = "its names are no text" if isinstance(error, UnicodeDecodeError) else str(error)
    return refuse(str(path), f"the GeoPackage is damaged ({said})", "GeoPackage 已损坏")


def _is_plain(sql: str) -> bool:
    return len(sql) <= _MAX_STATEMENT and "virtual" not in sql.split("(", 1)[0].casefold().split()[:3]


@contextmanager
def _opened(path: Path, mode: str) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"{path.as_uri()}?{mode}", uri=True)) as base:
        base.execute("PRAGMA trusted_schema = OFF")
        base.execute("PRAGMA query_only = ON")
        end = time.monotonic() + CHILD_SECONDS
        base.set_progress_handler(lambda: int(time.monotonic() > end), 100_000)
        yield base
