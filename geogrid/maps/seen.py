"""What cameras see, as columns that `static/seen.js` draws on a canvas: street pieces by class, regions by camera, in steps of 0.1 m of web Mercator.

A piece or ring is its first vertex, then the way to each next one, all from `origin`: a third of the bytes of GeoJSON, and nothing to parse.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geogrid.maps.project import MERCATOR, to_crs

STEP_M = 0.1
CLASSES = ("sure", "perhaps", "blind")


def street_columns(streets: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return street pieces (`class` of CLASSES; lines in any CRS) as columns `class` (row of CLASSES) and `n` (vertices) per piece, and `xy`."""
    lines, row = shapely.get_parts(_mercator(streets), return_index=True)
    classes = np.array([CLASSES.index(name) for name in streets["class"]], dtype=int)[row]
    return {"class": classes.tolist(), **_steps(lines)}


def region_columns(regions: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return regions (`id` of the camera; polygons in any CRS, star-shaped and so without holes) as `id` and `n` per ring, `xy`."""
    parts, row = shapely.get_parts(_mercator(regions), return_index=True)
    areas = shapely.get_type_id(parts) == _POLYGON
    ids = regions["id"].to_numpy(dtype=object)[row[areas]]
    return {"id": ids.tolist(), **_steps(shapely.get_exterior_ring(parts[areas]))}


_POLYGON = 3


def _mercator(frame: gpd.GeoDataFrame) -> np.ndarray:
    shapes = frame.geometry.to_numpy()
    empty = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    return to_crs(np.where(empty, None, shapes), frame.crs, MERCATOR) if len(frame) else shapes


def _steps(lines: Sequence[Any] | np.ndarray) -> dict[str, Any]:
    """Return the lines' numbers of vertices, and their vertices as whole steps from one to the next."""
    at, line = shapely.get_coordinates(lines, return_index=True)
    if not len(at):
        return {"origin": [0.0, 0.0], "step": STEP_M, "n": [], "xy": []}
    origin = np.floor(at.min(axis=0))
    whole = np.rint((at - origin) / STEP_M).astype(np.int64)
    first = np.r_[True, line[1:] != line[:-1]]
    steps = np.where(first[:, None], whole, whole - np.roll(whole, 1, axis=0))
    counts = np.bincount(line, minlength=len(lines))
    return {"origin": origin.tolist(), "step": STEP_M, "n": counts.tolist(), "xy": steps.ravel().tolist()}
