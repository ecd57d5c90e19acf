"""What cameras see among walls, exactly, in plan: an interval depth buffer.

The directions of all ends of the walls that face a camera, clipped to its range, are sorted. As walls cross nowhere, one of them is nearest all
along an interval between neighbouring directions: the nearest along its middle. Each interval is decided alone, by depths, so that rounding spoils
no more than an interval narrower than ANGLE_RAD. The answer is pieces, direction from and to, each ended by a wall or by the range.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from geogrid.reach.index import squares
from geogrid.reach.rays import TAU, turned, within
from geogrid.reach.regions import Regions
from geogrid.reach.scene import Scene
from geogrid.reach.sectors import Sectors

ANGLE_RAD = 1e-11  # a nanometre at 100 m
ROUND_RAD = TAU - 1e-9


def look(scene: Scene, sectors: Sectors) -> Regions:
    """Return what each sector sees. Stand cameras outside of footprints first (`place`): from inside, a house does not hide."""
    first, start, end, wall = _look(*scene.arrays, *sectors.arrays, sectors.lowest_m)
    return Regions(scene, sectors, first, start, end, wall)


@njit(cache=True)
def _look(segments, two_sided, height, first, held, x0, y0, cell, nx, ny, xs, ys, starts, widths, ranges, lowest):
    """Return the pieces of all cameras: first (n + 1,), direction from and to, relative to the sector's start, and the wall or -1."""
    n = len(xs)
    of = np.zeros(n + 1, np.int64)
    room = 16 * n + 64
    out_from, out_to, out_wall = np.empty(room), np.empty(room), np.empty(room, np.int64)
    met = np.full(len(segments), -1, np.int64)
    faced, wall = np.empty((64, 5)), np.empty(64, np.int64)
    for c in range(n):
        at = of[c]
        of[c + 1] = at
        if not (ranges[c] > 0.0 and widths[c] > 0.0):
            continue
        box = squares(xs[c], ys[c], ranges[c], x0, y0, cell, nx, ny)
        most = 0
        for j in range(box[2], box[3] + 1):
            for i in range(box[0], box[1] + 1):
                most += first[j * nx + i + 1] - first[j * nx + i]
        if 2 * most > len(wall):
            faced, wall = np.empty((4 * most, 5)), np.empty(4 * most, np.int64)
        width = TAU if widths[c] >= ROUND_RAD else widths[c]
        k = _face(xs[c], ys[c], starts[c], width, ranges[c], lowest[c], c, segments, two_sided, height, first, held, nx, box, met, faced, wall)
        bounds, nearest = _nearest(starts[c], width, ranges[c], k, faced, wall)
        while at + len(nearest) > len(out_from):
            out_from, out_to = np.concatenate((out_from, np.empty_like(out_from))), np.concatenate((out_to, np.empty_like(out_to)))
            out_wall = np.concatenate((out_wall, np.empty_like(out_wall)))
        for p in range(len(nearest)):
            if at > of[c] and out_wall[at - 1] == nearest[p]:
                out_to[at - 1] = bounds[p + 1]
                continue
            out_from[at], out_to[at], out_wall[at] = bounds[p], bounds[p + 1], nearest[p]
            at += 1
        of[c + 1] = at
    return of, out_from[: of[n]].copy(), out_to[: of[n]].copy(), out_wall[: of[n]].copy()


@njit(cache=True)
def _face(x, y, start, width, range_m, lowest, tick, segments, two_sided, height, first, held, nx, box, met, faced, wall):
    """Write the walls that face the camera within its range and sector: direction from and to, way along (dx, dy), cross product; return how many."""
    k = 0
    for j in range(box[2], box[3] + 1):
        for i in range(box[0], box[1] + 1):
            for q in range(first[j * nx + i], first[j * nx + i + 1]):
                s = held[q]
                if met[s] == tick:
                    continue
                met[s] = tick
                ax, ay, bx, by = segments[s, 0] - x, segments[s, 1] - y, segments[s, 2] - x, segments[s, 3] - y
                n = ax * by - ay * bx
                if height[s] < lowest or (n >= 0.0 and not two_sided[s]):
                    continue
                if n > 0.0:
                    ax, ay, bx, by, n = bx, by, ax, ay, -n
                dx, dy = bx - ax, by - ay
                t0, t1 = within(ax, ay, dx, dy, range_m)
                if n == 0.0 or t0 >= t1:
                    continue
                high, low = np.arctan2(ay + t0 * dy, ax + t0 * dx) - start, np.arctan2(ay + t1 * dy, ax + t1 * dx) - start
                high, low = turned(high), turned(low)
                if high < low:  # it passes the start: its upper part lies there
                    if high > ANGLE_RAD:
                        faced[k, 0], faced[k, 1], faced[k, 2], faced[k, 3], faced[k, 4], wall[k] = 0.0, min(high, width), dx, dy, n, s
                        k += 1
                    high = TAU
                high = min(high, width)
                if high - low > ANGLE_RAD:
                    faced[k, 0], faced[k, 1], faced[k, 2], faced[k, 3], faced[k, 4], wall[k] = low, high, dx, dy, n, s
                    k += 1
    return k


@njit(cache=True)
def _nearest(start, width, range_m, k, faced, wall):
    """Return the directions between which one wall is nearest (m + 1,), 0 to width, and that wall or -1 (m,)."""
    ends = np.empty(2 * k + 2)
    ends[: 2 * k] = faced[:k, :2].copy().reshape(-1)
    ends[2 * k], ends[2 * k + 1] = 0.0, width
    ends.sort()
    m = 0
    for p in range(1, len(ends)):
        if ends[p] - ends[m] > ANGLE_RAD:
            m += 1
            ends[m] = ends[p]
    ends[m] = width
    depth, nearest = np.full(m, range_m), np.full(m, -1)
    ux, uy = np.empty(m), np.empty(m)
    for p in range(m):
        middle = start + 0.5 * (ends[p] + ends[p + 1])
        ux[p], uy[p] = np.cos(middle), np.sin(middle)
    for w in range(k):
        low, high, dx, dy, n = faced[w]
        p = max(0, np.searchsorted(ends[: m + 1], low) - 1)
        while p < m and 0.5 * (ends[p] + ends[p + 1]) < high:
            across = ux[p] * dy - uy[p] * dx
            if 0.5 * (ends[p] + ends[p + 1]) > low and n > depth[p] * across and across < 0.0:
                depth[p], nearest[p] = n / across, wall[w]
            p += 1
    return ends[: m + 1], nearest
