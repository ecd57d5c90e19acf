"""An exported file appears whole or not at all: written into a folder beside its place, then moved there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from geogrid.errors import GeogridError, InputError

_SHAPE_INDEXES = (".qix", ".sbn", ".sbx", ".idm", ".ind")


@contextmanager
def written_beside(path: Path) -> Iterator[Path]:
    """Yield a path in a folder beside; when the block ends well, all files made there (a shapefile is several) move, the one asked for last.

    Raises InputError when `path` can not be written.
    """
    try:
        with TemporaryDirectory(dir=path.parent, prefix=".geogrid-") as folder:
            beside = Path(folder) / path.name
            yield beside
            for part in sorted(Path(folder).iterdir(), key=lambda part: part == beside):
                part.replace(path.with_name(part.name))
        for stale in _SHAPE_INDEXES if path.suffix.lower() == ".shp" else ():
            path.with_suffix(stale).unlink(missing_ok=True)
    except GeogridError:
        raise
    except (OSError, RuntimeError) as error:
        why = getattr(error, "strerror", None) or error
        raise InputError(f"{path}: can not be written: {why}", f"{path}：写入失败：{why}", file=str(path)) from error
