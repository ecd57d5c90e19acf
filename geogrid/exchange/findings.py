"""Findings as GeoJSON: each with its faulty geometry, its sentence and a point on it."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np

from geogrid.crs import to_wgs84
from geogrid.exchange.beside import written_beside
from geogrid.exchange.geojson import to_geojson
from geogrid.exchange.rounding import DIGITS

_PROPERTIES = ["rule", "severity", "level", "units", "area_m2", "length_m", "value", "message", "message_zh", "lon", "lat"]


def write_findings(found: gpd.GeoDataFrame, path: str | Path) -> None:
    """Write findings (columns of `geogrid.findings.COLUMNS`, any CRS) as RFC 7946 features with `lon` and `lat`; raises InputError.

    Where the CRS is not known there is no place on earth to give: the geometry is null.
    """
    degrees = to_wgs84(found) if found.crs is not None else found.set_geometry(gpd.GeoSeries([None] * len(found), index=found.index, crs=4326))
    spot = degrees.geometry.representative_point()
    placed = degrees.assign(lon=np.round(spot.x, DIGITS), lat=np.round(spot.y, DIGITS), units=[list(codes) for codes in found["units"]])
    frame = placed[_PROPERTIES].set_geometry(degrees.geometry)
    with written_beside(Path(path)) as beside:
        beside.write_bytes(to_geojson(frame))
