"""Whether a bare layer lies where its CRS says: exchanged axes, and the shift of a datum that nobody stated, against its parent."""

from __future__ import annotations

import math

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geogrid.catalogue import why
from geogrid.catalogue.places import compass
from geogrid.findings import Finding
from geogrid.reading.placement import is_exchanged, is_on_globe
from geogrid.reading.shifts import TRUE, compare, lies_in_china, trace


def are_axes_exchanged(layer: gpd.GeoSeries, outline: gpd.GeoSeries | None) -> bool:
    """Tell whether longitudes stand for latitudes: off the globe, or far from the outline, and with x and y exchanged neither.

    Both in the same geographic CRS.
    """
    west, south, east, north = (float(v) for v in layer.total_bounds)
    turned = (south, west, north, east)
    if outline is None or not np.isfinite(outline.total_bounds).all():
        return not is_on_globe((west, south, east, north)) and is_on_globe(turned)
    place = tuple(float(v) for v in outline.total_bounds)
    return is_exchanged((west, south, east, north), place)  # type: ignore[arg-type]


def find_shift(polygons: np.ndarray, outline: BaseGeometry, crs: CRS, level: str) -> list[Finding]:
    """Report a layer that lies to its parent as GCJ-02 or BD-09 lie to WGS 84; both in `crs`, metres. Nothing where that is not clear."""
    if not lies_in_china(np.array(outline.bounds), crs):
        return []
    layer, parent = trace(polygons, "lines"), trace(np.array([outline], dtype=object), "lines")
    verdict = compare(layer, parent, crs) if layer is not None and parent is not None else None
    if verdict is None or verdict.is_same:
        return []
    (east_m, north_m), (mine, theirs) = verdict.shift_m, verdict.datums
    length_m = math.hypot(east_m, north_m)
    key = "datum_layer" if theirs == TRUE else "datum_parent" if mine == TRUE else "datum_both"
    english, chinese = (why(key, length=f"{length_m:,.0f}", mine=mine, theirs=theirs, way=way) for way in compass(east_m, north_m))
    said = {"why": english["why"], "why_zh": chinese["why_zh"]}
    return [Finding("datum_shift", level, geometry=shapely.point_on_surface(outline), length_m=length_m, severity="warning", facts=said)]
