"""What a file holds before anyone judges it: its rows as they stand, its CRS if it says one, and the rows no parser could make sense of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import pandas as pd
from pyproj import CRS

from geogrid.errors import InputError
from geogrid.findings import Finding


@dataclass(frozen=True)
class Fault:
    """Why one row can not be used: `row` as in the file, `field` and `value` where known, the reason in English and Chinese."""

    row: int
    reason: str
    reason_zh: str
    field: str = ""
    value: str = ""


@dataclass(frozen=True)
class Note:
    """What the reader passed over, renamed or took for granted: no fault of a row, but nothing to keep silent about.

    `unquoted`: the same in both languages without the file's own words, where the reason quotes some: they may name people.
    """

    reason: str
    reason_zh: str
    unquoted: tuple[str, str] | None = None


def without_geometry(frame: pd.DataFrame) -> tuple[pd.DataFrame, tuple[Note, ...]]:
    """Rename an attribute that is called "geometry", as the shapes are, and say so."""
    if "geometry" not in frame:
        return frame, ()
    name = "geometry_"
    while name in frame:
        name += "_"
    return frame.rename(columns={"geometry": name}), (Note(f"its attribute geometry is called {name} here", f"属性 geometry 在此改称 {name}"),)


def height_note(rows_n: int) -> tuple[Note, ...]:
    """Note that so many rows have heights (Z, M), which nothing here uses."""
    return (Note(f"heights of {rows_n} rows are not used", f"{rows_n} 行的高程没有采用"),) if rows_n else ()


@dataclass(frozen=True, eq=False)
class RawLayer:
    """One layer as it stands in its file.

    `frame`: columns as in the file; the index `row` counts from 1 as the file's own program shows it (a table's header is row 1). A GeoDataFrame has
    its geometry column called "geometry". `crs` is None where nobody says; `crs_stated` is False where it is only a format's default
    (GeoJSON without a `crs` member). `faults` are rows that could not even be parsed; they are not in `frame`. `notes` say
    what of the file was passed over or taken for granted.
    """

    frame: gpd.GeoDataFrame | pd.DataFrame
    crs: CRS | None
    file: str
    layer: str
    crs_stated: bool = True
    encoding: str = ""
    faults: tuple[Fault, ...] = field(default=())
    notes: tuple[Note, ...] = field(default=())


def find_notes(raw: RawLayer, file: str, level: str = "", *, may_quote: bool = True, **facts: Any) -> list[Finding]:
    """Return the notes of a layer as findings; `file` is how it is to be named; no word of the file is told unless `may_quote`."""
    said = [(note.reason, note.reason_zh) if may_quote or note.unquoted is None else note.unquoted for note in raw.notes]
    return [
        Finding("file_note", level, facts={"file": file, "layer": raw.layer, "reason": reason, "reason_zh": reason_zh, **facts})
        for reason, reason_zh in said
    ]


def refuse(file: str, reason: str, reason_zh: str, **facts: Any) -> InputError:
    """Make the InputError of a file that can not be used: what, which, and why."""
    return InputError(f"{file}: {reason}", f"{file}：{reason_zh}", file=file, **facts)
