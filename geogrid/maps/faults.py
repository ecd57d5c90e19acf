"""A finding as a page draws it: its place and box, its shape to the millimetre, and the line across it where it is widest."""

from __future__ import annotations

import json
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS, Transformer

from geogrid.crs import working_crs
from geogrid.measure import widest

DIGITS = 9  # a tenth of a millimetre
MOST_VERTICES = 2000
WIDE_RULES = ("gap", "overlap", "outside_parent", "sliver", "parent_mismatch")
WHOLE_RULES = ("households_", "estimated", "not_connected", "no_", "count_", "code_", "parent_missing", "unassigned")
"""Rules about whole units: the unit is selected, its shape is not drawn as a fault."""


def fault_shapes(found: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    """Return for each finding (any CRS) {} without a place, else `place` `box` `shape` (GeoJSON or None) `line` (two points or None), in degrees.

    `line` is a diameter of the largest disc inside the fault, laid across it. Long shapes are simplified until they have `MOST_VERTICES`.
    """
    out: list[dict[str, Any]] = [{} for _ in range(len(found))]
    degrees = found.geometry if found.crs is None else found.geometry.to_crs(4326)
    shapes = degrees.to_numpy()
    finite = np.isfinite(shapely.bounds(shapes)).all(axis=1)
    rows = np.flatnonzero(finite & (found.crs is not None))
    if not len(rows):
        return out
    places = shapely.get_coordinates(shapely.point_on_surface(shapes[rows])).round(DIGITS)
    boxes = shapely.bounds(shapes[rows]).round(DIGITS)
    rules = found["rule"].astype(str).to_numpy()
    lines = _lines_across(shapes, rows[np.isin(rules[rows], WIDE_RULES)])
    for at, place, box in zip(rows.tolist(), places.tolist(), boxes.tolist(), strict=True):
        drawn = None if rules[at].startswith(WHOLE_RULES) else _geojson(shapes[at])
        out[at] = {"place": place, "box": box, "shape": drawn, "line": lines.get(at)}
    return out


def _lines_across(shapes: np.ndarray, rows: np.ndarray) -> dict[int, list[list[float]]]:
    """Return by row the line across each area at its greatest width, degrees."""
    rows = rows[shapely.area(shapes[rows]) > 0]
    if not len(rows):
        return {}
    metric = _metric(shapely.total_bounds(shapes[rows]))
    there = Transformer.from_crs(4326, metric, always_xy=True)
    flat = shapely.transform(shapes[rows], lambda xy: np.column_stack(there.transform(xy[:, 0], xy[:, 1])))
    width, centre = widest(flat)
    edge = shapely.get_coordinates(shapely.shortest_line(shapely.points(centre), shapely.boundary(flat))).reshape(-1, 2, 2)
    away = edge[:, 1] - edge[:, 0]
    size = np.hypot(*away.T)
    half = np.divide(away, size[:, None], out=np.zeros_like(away), where=size[:, None] > 0) * width[:, None] / 2
    ends = np.stack([centre - half, centre + half], axis=1).reshape(-1, 2)
    lonlat = np.column_stack(there.transform(ends[:, 0], ends[:, 1], direction="INVERSE")).reshape(-1, 2, 2).round(DIGITS)
    return dict(zip(rows.tolist(), lonlat.tolist(), strict=True))


def _metric(box: np.ndarray) -> CRS:
    west, south, east, north = box.tolist()
    return working_crs(west, south, east, north)


def _geojson(shape: Any) -> dict[str, Any]:
    tolerance = 1e-7
    while shapely.get_num_coordinates(shape) > MOST_VERTICES and tolerance < 1:
        shape, tolerance = shapely.simplify(shape, tolerance), tolerance * 4
    return json.loads(shapely.to_geojson(shapely.transform(shape, lambda xy: xy.round(DIGITS))))
