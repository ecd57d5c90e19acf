"""Findings for others: each with its sentence and a point on it, as JSON rows or as GeoJSON with the faulty geometry."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geogrid.crs import to_wgs84
from geogrid.exchange.beside import written_beside
from geogrid.exchange.geojson import to_geojson
from geogrid.exchange.rounding import DIGITS

_SAID, _SIZES, _WORDS = ("rule", "severity", "level"), ("area_m2", "length_m", "value"), ("message", "message_zh")
_PROPERTIES = [*_SAID, "units", *_SIZES, "width_m", "rows", *_WORDS, "lon", "lat"]


def placed(found: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return findings (columns of `geogrid.findings.COLUMNS`, any CRS) in WGS 84, with `lon` and `lat` of a point on each, NaN where it has no place.

    Where the CRS is not known there is no place on earth to give: the geometry is null.
    """
    degrees = to_wgs84(found) if found.crs is not None else found.set_geometry(gpd.GeoSeries([None] * len(found), index=found.index, crs=4326))
    spot = degrees.geometry.representative_point()
    return degrees.assign(lon=np.round(spot.x, DIGITS), lat=np.round(spot.y, DIGITS))


def to_rows(found: pd.DataFrame) -> list[dict[str, Any]]:
    """Return placed findings as the JSON that the interface promises: of the sizes the one that is known,
    `width_m` of areas and `rows` of a file where they are known, null for a missing place."""
    rows = []
    for row in found[_PROPERTIES].to_dict("records"):
        size = {name: round(row[name], 3) for name in (*_SIZES, "width_m") if pd.notna(row[name])}
        size |= {"rows": [int(number) for number in row["rows"]]} if len(row["rows"]) else {}
        place = {name: None if pd.isna(row[name]) else float(row[name]) for name in ("lon", "lat")}
        rows.append({**{name: row[name] for name in _SAID}, "units": list(row["units"]), **size, **{name: row[name] for name in _WORDS}, **place})
    return rows


def write_findings(found: gpd.GeoDataFrame, path: str | Path) -> None:
    """Write findings, placed or not, as RFC 7946 features with `lon` and `lat`; raises InputError."""
    degrees = placed(found)
    frame = degrees.assign(**{name: [list(each) for each in found[name]] for name in ("units", "rows")})[_PROPERTIES].set_geometry(degrees.geometry)
    with written_beside(Path(path)) as beside:
        beside.write_bytes(to_geojson(frame))
