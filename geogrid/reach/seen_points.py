"""Which cameras see which points: doors, addresses, places."""

from __future__ import annotations

import numpy as np
from numba import njit

from geogrid.reach.index import Grid, squares
from geogrid.reach.rays import end_of, turned
from geogrid.reach.regions import Regions

DOOR_M = 0.3  # a door stands on a wall, or a little behind it: so far past the wall at which the view ends it is still seen
ANGLE_RAD = 1e-9  # a point on the border of two pieces of a region is seen if it is in either


def seen_points(regions: Regions, points: np.ndarray, tolerance_m: float = DOOR_M, index: Grid | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Return the pairs (camera, point), ordered, of points (n, 2) in metres that cameras see; `index` is Grid.of(points) where it is at hand."""
    points = np.ascontiguousarray(points, dtype=float).reshape(-1, 2)
    camera, point = _seen(*regions.arrays, points, *(index or Grid.of(points)).arrays, tolerance_m)
    order = np.lexsort((point, camera))
    return camera[order], point[order]


@njit(cache=True)
def _seen(segments, xs, ys, starts, ranges, first, from_rad, to_rad, wall, points, at, held, x0, y0, cell, nx, ny, tolerance):
    cameras, seen = np.empty(1024, np.int64), np.empty(1024, np.int64)
    k = 0
    for c in range(len(xs)):
        if first[c] == first[c + 1]:
            continue
        i0, i1, j0, j1 = squares(xs[c], ys[c], ranges[c], x0, y0, cell, nx, ny)
        for j in range(j0, j1 + 1):
            for q in range(at[j * nx + i0], at[j * nx + i1 + 1] if i1 >= i0 else at[j * nx + i0]):
                dx, dy = points[held[q], 0] - xs[c], points[held[q], 1] - ys[c]
                far = np.hypot(dx, dy)
                if far > ranges[c]:
                    continue
                angle = turned(np.arctan2(dy, dx) - starts[c])
                pieces = from_rad[first[c] : first[c + 1]]
                low = max(0, np.searchsorted(pieces, angle - ANGLE_RAD) - 1)
                is_seen = False
                for p in range(first[c] + low, first[c + 1]):
                    if from_rad[p] > angle + ANGLE_RAD:
                        break
                    if to_rad[p] < angle - ANGLE_RAD or is_seen:
                        continue
                    if wall[p] < 0:
                        is_seen = True
                        continue
                    ex, ey = end_of(segments, wall[p], xs[c], ys[c], ranges[c], starts[c] + min(max(angle, from_rad[p]), to_rad[p]))
                    is_seen = far <= np.hypot(ex, ey) + tolerance
                if not is_seen:
                    continue
                if k == len(cameras):
                    cameras, seen = np.concatenate((cameras, np.empty_like(cameras))), np.concatenate((seen, np.empty_like(seen)))
                cameras[k], seen[k] = c, held[q]
                k += 1
    return cameras[:k].copy(), seen[:k].copy()
