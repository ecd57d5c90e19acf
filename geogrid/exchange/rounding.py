"""Degrees with seven digits that are still valid shapes.

A seventh digit is a centimetre. A vertex that two shapes share is rounded alike in both, but a vertex that lies closer than that to another
edge may cross it, and the shape folds over itself. Such a shape is mended: the fold, narrower than two centimetres, is dropped.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geogrid.crs import to_wgs84

DIGITS = 7
_FOLD_DEG = 2 * 10.0**-DIGITS
_ROUNDS = 4


def rounded_wgs84(geometry: gpd.GeoSeries) -> np.ndarray:
    """Return the geometries in degrees of WGS 84, rounded to seven digits, rings by the right-hand rule; missing ones stay missing.

    A shape that is valid before is valid after, and nowhere more than two centimetres off.
    """
    valid = shapely.is_valid(geometry.to_numpy())
    degrees = np.asarray(to_wgs84(geometry.to_frame("geometry")).geometry.to_numpy(), dtype=object)
    rounded = _round(degrees)
    for row in np.flatnonzero(valid & ~shapely.is_valid(rounded)):
        rounded[row] = _unfolded(rounded[row])
    return shapely.orient_polygons(rounded, exterior_cw=False)


def _unfolded(shape: BaseGeometry) -> BaseGeometry:
    """Mend a rounded polygon; where it will not come right on seven digits, the mended shape keeps the digits it needs."""
    for _ in range(_ROUNDS):
        mended = _without_folds(shapely.make_valid(shape, method="structure", keep_collapsed=False))
        shape = _round(mended)
        if shapely.is_valid(shape):
            return shape
    return mended


def _without_folds(shape: BaseGeometry) -> BaseGeometry:
    """Drop parts and holes that are narrower than a fold; a shape that is nothing else stays as it is."""
    parts = [
        shapely.Polygon(part.exterior, [hole for hole in part.interiors if _is_wide(hole)]) for part in _polygons(shape) if _is_wide(part.exterior)
    ]
    if not parts:
        return shape
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _polygons(shape: BaseGeometry) -> list[shapely.Polygon]:
    return [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]


def _is_wide(ring: shapely.LinearRing) -> bool:
    return 2 * shapely.Polygon(ring).area >= _FOLD_DEG * ring.length


def _round(geometry: np.ndarray | BaseGeometry) -> np.ndarray:
    return shapely.transform(geometry, lambda xy: np.round(xy, DIGITS) + 0.0)
