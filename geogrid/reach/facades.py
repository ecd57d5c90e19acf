"""Façades that cameras see from near: the pieces of a region that end at a wall are the seen wall."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from geogrid.reach.rays import end_of, within
from geogrid.reach.regions import Regions


class Facades(NamedTuple):
    """One row a straight piece of wall, ordered by camera: `camera`, row of the `footprint` (wall: -1 - row), its seen `metres`, `ends` (k, 4)."""

    camera: np.ndarray
    footprint: np.ndarray
    metres: np.ndarray
    ends: np.ndarray


def facades(regions: Regions, within_m: float) -> Facades:
    """Return the seen pieces of façades that are nearer than `within_m` to the camera."""
    camera, wall, ends = _seen(*regions.arrays, float(within_m))
    return Facades(camera, regions.scene.owner[wall], np.hypot(ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1]), ends)


@njit(cache=True)
def _seen(segments, xs, ys, starts, ranges, first, from_rad, to_rad, wall, near):
    cameras, walls, ends = np.empty(len(wall), np.int64), np.empty(len(wall), np.int64), np.empty((len(wall), 4))
    k = 0
    for c in range(len(xs)):
        for p in range(first[c], first[c + 1]):
            if wall[p] < 0:
                continue
            ax, ay = end_of(segments, wall[p], xs[c], ys[c], ranges[c], starts[c] + from_rad[p])
            bx, by = end_of(segments, wall[p], xs[c], ys[c], ranges[c], starts[c] + to_rad[p])
            t0, t1 = within(ax, ay, bx - ax, by - ay, near)
            if t0 < t1:
                cameras[k], walls[k] = c, wall[p]
                ends[k] = xs[c] + ax + t0 * (bx - ax), ys[c] + ay + t0 * (by - ay), xs[c] + ax + t1 * (bx - ax), ys[c] + ay + t1 * (by - ay)
                k += 1
    return cameras[:k].copy(), walls[:k].copy(), ends[:k].copy()
