"""Standing cameras outside: those in or on a wall go just out of it, those deep in a house see nothing outdoors."""

from __future__ import annotations

import numpy as np
import shapely

from geogrid.reach.scene import Scene

AS_GIVEN, MOVED, INDOORS = 0, 1, 2
CLEAR_M = 0.05  # between a camera and the nearest wall
MOUNT_M = 3.0  # deeper in a house than errors of surveys and walls are thick: indoors
FINE = 8  # corners of a quarter of a circle


def place(scene: Scene, x: np.ndarray, y: np.ndarray, lowest_m: np.ndarray | float = 0.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (x, y, status) of cameras (n,): 0 as given, 1 moved 5 cm out of the nearest wall, 2 indoors, as given (give those the range 0).

    `lowest_m` (n,) or one for all: in and on footprints lower than that one stands.
    """
    x, y = np.array(x, dtype=float), np.array(y, dtype=float)
    status = np.zeros(len(x), np.int8)
    points = np.full(len(x), None, dtype=object)
    known = np.isfinite(x) & np.isfinite(y)
    points[known] = shapely.points(x[known], y[known])
    height = np.r_[scene.footprint_m, np.full(len(scene.walls), np.inf)]
    shapes, lowest = scene.tree.geometries, np.broadcast_to(lowest_m, len(x))
    camera, shape = _near(scene, points, height, lowest, CLEAR_M)
    close = np.unique(camera)
    camera, shape = _near(scene, points[close], height, lowest[close], MOUNT_M + 2 * CLEAR_M)
    order = np.lexsort((shape, camera))
    bounds = np.searchsorted(camera[order], np.arange(len(close) + 1))
    for k, i in enumerate(close):
        around = shapely.union_all(shapely.buffer(shapes[shape[order[bounds[k] : bounds[k + 1]]]], CLEAR_M, quad_segs=FINE))
        edge = shapely.boundary(around)
        if shapely.distance(edge, points[i]) > MOUNT_M + CLEAR_M:
            status[i] = INDOORS
            continue
        spot = shapely.get_point(shapely.shortest_line(edge, points[i]), 0)
        x[i], y[i], status[i] = shapely.get_x(spot), shapely.get_y(spot), MOVED
    return x, y, status


def _near(scene: Scene, points: np.ndarray, height: np.ndarray, lowest: np.ndarray, distance_m: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the pairs (camera, shape) nearer than that, of shapes that hide."""
    camera, shape = scene.tree.query(points, predicate="dwithin", distance=distance_m)
    hides = height[shape] >= lowest[camera]
    return camera[hides], shape[hides]
