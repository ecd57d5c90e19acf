"""Vector tiles on demand: cut from what can be drawn, coded by mapbox-vector-tile; nothing is tiled that nobody looks at.

A tile z/x/y is the usual square of web Mercator. The map draws it at 512 pixels, so tile zoom z is map zoom z + 1.
"""

from __future__ import annotations

from typing import Any

import mapbox_vector_tile
import numpy as np
import shapely

from geogrid.errors import NotFoundError
from geogrid.maps.layers import WORLD_M, Drawn, detail_of, drawn, first_zoom, layer_names
from geogrid.maps.project import ProjectLike

ZOOM_OFFSET = 1
MAX_ZOOM = 22  # a map zoom of 23: on the page of findings a screen pixel is some millimetres
EXTENT = 4096
BUFFER = 64  # tile units drawn beyond the edge, 8 pixels: the widest line ends unseen
_COLLECTION = 7
# Rings are turned and rounded here, all of a layer at once: the library would do it ring by ring, and try to mend what rounding pinched.
_OPTIONS = {"extents": EXTENT, "y_coord_down": True, "check_winding_order": False}


def tile(project: ProjectLike, z: int, x: int, y: int) -> bytes:
    """Return the vector tile z/x/y, b"" where the project has nothing; NotFoundError for a tile that can not exist."""
    if not (0 <= z <= MAX_ZOOM and 0 <= x < 2**z and 0 <= y < 2**z):
        raise NotFoundError(f"no tile {z}/{x}/{y}", f"没有瓦片 {z}/{x}/{y}", value=f"{z}/{x}/{y}")
    layers = []
    for name in layer_names(project):
        found = drawn(project, name, detail_of(z + ZOOM_OFFSET)) if z + ZOOM_OFFSET >= first_zoom(project, name) else None
        features = _cut(found, z, x, y) if found is not None else []
        if features:
            layers.append({"name": name, "features": features})
    return mapbox_vector_tile.encode(layers, default_options=_OPTIONS) if layers else b""


def prepare(project: ProjectLike) -> None:
    """Make what the first tiles rest on, so that no visitor waits for it."""
    for detail in range(5):
        for name in layer_names(project):
            if first_zoom(project, name) <= (10, 12, 14, 16, 20)[detail]:
                drawn(project, name, detail)


def _cut(found: Drawn, z: int, x: int, y: int) -> list[dict[str, Any]]:
    """Return what of a layer lies in a tile and its buffer, in whole tile units."""
    side = WORLD_M / 2**z
    left, top, margin = x * side - WORLD_M / 2, WORLD_M / 2 - y * side, side * BUFFER / EXTENT
    window = (left - margin, top - side - margin, left + side + margin, top + margin)
    hit = np.sort(found.tree.query(shapely.box(*window)))
    hit = hit[found.min_zoom[hit] <= z + ZOOM_OFFSET]
    shapes = _clip(found.geometry[hit], window)
    seen = ~shapely.is_empty(shapes) & (shapely.get_type_id(shapes) != _COLLECTION)
    scale = EXTENT / side
    local = shapely.transform(shapes[seen], lambda xy: np.rint((xy - (left, top)) * (scale, -scale)))
    properties = _rows({name: values[hit[seen]] for name, values in found.properties.items()}, len(local))
    return [{"geometry": g, "properties": p} for g, p in zip(shapely.orient_polygons(local), properties, strict=True)]


def _rows(columns: dict[str, Any], n: int) -> list[dict[str, Any]]:
    """Turn columns into a mapping for each feature, of Python's own types."""
    plain = ([value.item() if isinstance(value, np.generic) else value for value in values] for values in columns.values())
    return [dict(zip(columns, row, strict=True)) for row in zip(*plain, strict=True)] if columns else [{}] * n


def _clip(geometry: np.ndarray, window: tuple[float, float, float, float]) -> np.ndarray:
    """Clip what crosses the window."""
    bounds = shapely.bounds(geometry)
    across = (bounds[:, :2] < window[:2]).any(axis=1) | (bounds[:, 2:] > window[2:]).any(axis=1)
    out = geometry.copy()
    try:
        out[across] = shapely.clip_by_rect(geometry[across], *window)
    except shapely.errors.GEOSException:
        out[across] = shapely.intersection(shapely.make_valid(geometry[across]), shapely.box(*window))
    return out
