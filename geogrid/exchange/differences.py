"""What lies between two states as a file: a row for each changed unit and for each piece of land that moved, as GeoJSON or as a table."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from geogrid.edit.diff import Diff
from geogrid.errors import InputError
from geogrid.exchange.beside import written_beside
from geogrid.exchange.geojson import to_geojson
from geogrid.exchange.sheet import to_csv

_FIGURES = ("households", "children", "area_m2", "polsby_popper", "parts", "status")
_TEXTS = ("code", "name", "parent", "kind", "reason")
COLUMNS = ("feature", "level", "change", *(f"{name}_{side}" for name in (*_TEXTS, *_FIGURES) for side in ("before", "after")))
"""Columns of a unit's row; a piece (`feature` "piece") has `from to households cells whole` and nothing of these but `level`."""
_PIECE = ("from", "to", "households", "cells", "whole")
_WHOLE = {"households", "cells", *(f"{name}_{side}" for name in ("households", "children", "parts") for side in ("before", "after"))}


def difference_frame(diff: Diff) -> gpd.GeoDataFrame:
    """Return changed units (as they are after, or were before they retired), then pieces, in the working CRS: `COLUMNS`, then those of a piece."""
    units = diff.units.assign(feature="unit")
    pieces = diff.pieces.assign(feature="piece", level=diff.level)
    rows = [*units.to_dict("records"), *pieces.to_dict("records")]
    names = (*COLUMNS, *_PIECE)
    plain = {name: pd.Series([_plain(name, row.get(name)) for row in rows], dtype=object) for name in names}
    return gpd.GeoDataFrame(plain, geometry=[row["geometry"] for row in rows], crs=diff.units.crs)


def _plain(name: str, value: Any) -> Any:
    """Return a value as it stands in a file: None for what is not there, whole numbers whole."""
    if value is None or value == "" or value != value:
        return None
    return int(value) if name in _WHOLE else value


def difference_bytes(diff: Diff, ending: str, about: Mapping[str, Any] = {}) -> bytes:
    """Return a difference as ".geojson" (WGS 84, `about` as members of the collection) or ".csv". Raises InputError for another ending."""
    frame = difference_frame(diff)
    if ending == ".geojson":
        return to_geojson(frame, about)
    if ending == ".csv":
        return to_csv(frame.assign(simulated=True) if about.get("simulated") else frame)
    raise InputError(f"no difference as {ending!r}; there are .geojson and .csv", f"差异不能写成“{ending}”；可用 .geojson、.csv", value=ending)


def write_difference(diff: Diff, path: str | Path, about: Mapping[str, Any] = {}) -> None:
    """Write a difference to a file whose ending says the format; it appears whole or not at all."""
    target = Path(path)
    body = difference_bytes(diff, target.suffix.lower(), about)
    with written_beside(target) as beside:
        beside.write_bytes(body)
