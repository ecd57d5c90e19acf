"""Files as they are dropped: names made harmless but left readable, endings of the door's formats only, parts of a shapefile kept together."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path, PurePosixPath

from geogrid.errors import InputError
from geogrid.reading.door import FORMATS

PARTS = (".shx", ".dbf", ".prj", ".cpg", ".qpj", ".sbn", ".sbx", ".qix")
"""Beside the .shp; those that are not read are taken, so that a whole folder can be dropped."""
ENDINGS = (*FORMATS, *PARTS)
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_UNFIT = re.compile(r'[<>:"|?*/\\]')
_LONGEST = 150


def safe_name(given: str) -> str:
    """Return a file name without folders, control and direction marks, or what Windows forbids; Chinese stays as it is.

    Raises InputError for a name of which nothing is left, or whose ending is none of the door's.

    >>> safe_name("../../etc/社区 (新).GPKG"), safe_name("C:\\\\data\\\\con.csv")
    ('社区 (新).GPKG', '_con.csv')
    """
    last = PurePosixPath(given.replace("\\", "/").replace("\0", "")).name
    kinds = [(c, unicodedata.category(c)) for c in unicodedata.normalize("NFC", last)]
    text = "".join(" " if kind == "Zs" else c for c, kind in kinds if kind not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
    name = _UNFIT.sub("_", text).strip(" .")
    stem, ending = Path(name).stem.strip(" ."), Path(name).suffix
    if not stem or ending.lower() not in ENDINGS:
        shown = name or "?"
        message = f"{shown}: files of this kind are not read; use {' '.join(FORMATS)}"
        raise InputError(message, f"{shown}：不读这种文件；可用：{' '.join(FORMATS)}", file=shown)
    while len((stem + ending).encode()) > _LONGEST:
        stem = stem[:-1]
    return ("_" if _RESERVED.fullmatch(stem) else "") + stem + ending


def same_name(folder: Path, name: str) -> list[Path]:
    """Return the files that a new one of this name replaces: names that a system without upper case would take for the same."""
    return [path for path in folder.iterdir() if path.name.casefold() == name.casefold()]


def layers_of(folder: Path) -> list[Path]:
    """Return the files to be read, without the parts that belong to a .shp, by name."""
    return sorted((p for p in folder.iterdir() if p.is_file() and p.suffix.lower() in FORMATS), key=lambda p: p.name)


def dropped(folder: Path) -> list[Path]:
    """Return all that was dropped, by name."""
    return sorted((p for p in folder.iterdir() if p.is_file() and p.suffix.lower() in ENDINGS), key=lambda p: p.name)


def with_parts(folder: Path, name: str) -> list[Path]:
    """Return a file with what goes with it: a shapefile's parts beside it."""
    path = folder / name
    if path.suffix.lower() != ".shp":
        return [path] if path.is_file() else []
    return [p for p in folder.iterdir() if p.stem.casefold() == path.stem.casefold() and p.suffix.lower() in (".shp", *PARTS)]


def loose_parts(folder: Path) -> list[str]:
    """Return the parts of shapefiles whose .shp has not come."""
    stems = {p.stem.casefold() for p in folder.iterdir() if p.suffix.lower() == ".shp"}
    return sorted(p.name for p in folder.iterdir() if p.suffix.lower() in PARTS and p.stem.casefold() not in stems)


def size_of(folder: Path) -> int:
    """Return the bytes of all files below a folder; one that goes while we look counts as none."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:
            continue
    return total
