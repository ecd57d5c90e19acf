"""Vector tiles on demand: cut, coded and kept in memory; nothing is tiled that nobody looks at.

A tile z/x/y is the usual square of web Mercator. The map draws it at 512 pixels, so tile zoom z is map zoom z + 1.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from weakref import WeakKeyDictionary

import numpy as np
import shapely

from geogrid.errors import NotFoundError
from geogrid.maps.layers import WORLD_M, Drawn, detail_of, drawn, first_zoom, layer_names
from geogrid.maps.mvt import EXTENT, encode_layer, encode_tile
from geogrid.maps.project import ProjectLike

ZOOM_OFFSET = 1
MAX_ZOOM = 19
BUFFER = 64  # tile units drawn beyond the edge, 8 pixels: the widest line ends unseen
KEPT_BYTES = 64_000_000


class _Kept:
    """The tiles of one project used last, up to a number of bytes."""

    def __init__(self) -> None:
        self._tiles: OrderedDict[tuple[int, int, int], bytes] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def get(self, key: tuple[int, int, int]) -> bytes | None:
        with self._lock:
            if key in self._tiles:
                self._tiles.move_to_end(key)
            return self._tiles.get(key)

    def put(self, key: tuple[int, int, int], tile: bytes) -> None:
        with self._lock:
            self._bytes += len(tile) - len(self._tiles.pop(key, b""))
            self._tiles[key] = tile
            while self._bytes > KEPT_BYTES and len(self._tiles) > 1:
                self._bytes -= len(self._tiles.popitem(last=False)[1])


_kept: WeakKeyDictionary[ProjectLike, _Kept] = WeakKeyDictionary()
_door = Lock()


def tile(project: ProjectLike, z: int, x: int, y: int) -> bytes:
    """Return the vector tile z/x/y, b"" where the project has nothing; NotFoundError for a tile that can not exist."""
    if not (0 <= z <= MAX_ZOOM and 0 <= x < 2**z and 0 <= y < 2**z):
        raise NotFoundError(f"no tile {z}/{x}/{y}", f"没有瓦片 {z}/{x}/{y}", value=f"{z}/{x}/{y}")
    with _door:
        kept = _kept.setdefault(project, _Kept())
    found = kept.get((z, x, y))
    if found is None:
        found = _make(project, z, x, y)
        kept.put((z, x, y), found)
    return found


def prepare(project: ProjectLike) -> None:
    """Make what the first tiles rest on, so that no visitor waits for it."""
    for detail in range(5):
        for name in layer_names(project):
            if first_zoom(project, name) <= (10, 12, 14, 16, 20)[detail]:
                drawn(project, name, detail)


def _make(project: ProjectLike, z: int, x: int, y: int) -> bytes:
    zoom = z + ZOOM_OFFSET
    side = WORLD_M / 2**z
    left, top = x * side - WORLD_M / 2, WORLD_M / 2 - y * side
    layers = []
    for name in layer_names(project):
        if zoom < first_zoom(project, name):
            continue
        found = drawn(project, name, detail_of(zoom))
        if found is not None:
            layers.append(_cut(name, found, zoom, left, top, side))
    return encode_tile(layers)


def _cut(name: str, found: Drawn, zoom: int, left: float, top: float, side: float) -> bytes:
    margin = side * BUFFER / EXTENT
    window = (left - margin, top - side - margin, left + side + margin, top + margin)
    hit = np.sort(found.tree.query(shapely.box(*window)))
    hit = hit[found.min_zoom[hit] <= zoom]
    if not len(hit):
        return b""
    geometry = found.geometry[hit]
    bounds = shapely.bounds(geometry)
    across = (bounds[:, 0] < window[0]) | (bounds[:, 1] < window[1]) | (bounds[:, 2] > window[2]) | (bounds[:, 3] > window[3])
    if across.any():
        geometry = geometry.copy()
        geometry[across] = _clip(geometry[across], window)
    scale = EXTENT / side
    local = shapely.transform(geometry, lambda xy: np.column_stack([(xy[:, 0] - left) * scale, (top - xy[:, 1]) * scale]))
    return encode_layer(name, local, {key: values[hit] for key, values in found.properties.items()})


def _clip(geometry: np.ndarray, window: tuple[float, float, float, float]) -> np.ndarray:
    """Clip by the window, and keep the parts of the geometry's own dimension."""
    try:
        return shapely.clip_by_rect(geometry, *window)
    except shapely.errors.GEOSException:
        return shapely.intersection(shapely.make_valid(geometry), shapely.box(*window))
