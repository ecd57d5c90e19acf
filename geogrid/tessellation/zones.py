"""Zones: footprints without holes divided between points, each with the part that is nearest to it. Compiled; what falls apart is left to others.

+-----+------+-----+    the footprint of an entrance is cut, sibling after sibling, along the line half way between the two
|  .  |  .   |  .  |
+-----+------+-----+
"""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True)
def cut_zones(xy: np.ndarray, first: np.ndarray, points: np.ndarray, group: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cut simple rings between points: ring g is xy[first[g]:first[g + 1]] (open, metres), for the points (k, 2) with `group` (k,) == g, ascending.

    Returns the corners of the pieces (m, 2), for each the row of its point (of a point without any part there are none), and for each
    point whether a cut met its ring more than twice: then its piece may be wrong.
    """
    most = 0
    for g in range(len(first) - 1):
        most = max(most, first[g + 1] - first[g])
    n = len(points)
    size = 2 * most + n + 4
    one, two = np.empty((size, 2)), np.empty((size, 2))
    corners = [np.zeros((0, 2)) for _ in range(0)]
    owner = [np.int64(0) for _ in range(0)]
    torn = np.zeros(n, np.bool_)
    low = 0
    while low < n:
        high = low
        while high < n and group[high] == group[low]:
            high += 1
        for k in range(low, high):
            count = first[group[k] + 1] - first[group[k]]
            one[:count] = xy[first[group[k]] : first[group[k] + 1]]
            for j in range(low, high):
                if j != k and count > 0:
                    count, crossed = _keep_nearer(one, count, points[k], points[j], two)
                    torn[k] |= crossed > 2
                    if torn[k]:
                        count = 0
                    one, two = two, one
            if count >= 3:
                corners.append(one[:count].copy())
                owner.append(k)
        low = high
    total = 0
    for part in corners:
        total += len(part)
    out, row = np.empty((total, 2)), np.empty(total, np.int64)
    at = 0
    for i in range(len(corners)):
        out[at : at + len(corners[i])] = corners[i]
        row[at : at + len(corners[i])] = owner[i]
        at += len(corners[i])
    return out, row, torn


@njit
def _keep_nearer(ring: np.ndarray, count: int, mine: np.ndarray, other: np.ndarray, out: np.ndarray) -> tuple[int, int]:
    """Put the part of a ring that is nearer to `mine` than to `other` into `out`; return its number of corners and how often the cut met it."""
    nx, ny = other[0] - mine[0], other[1] - mine[1]
    middle = nx * (other[0] + mine[0]) / 2 + ny * (other[1] + mine[1]) / 2
    made, crossed = 0, 0
    for i in range(count):
        ax, ay = ring[i]
        bx, by = ring[(i + 1) % count]
        a, b = nx * ax + ny * ay - middle, nx * bx + ny * by - middle
        if a <= 0:
            out[made, 0], out[made, 1] = ax, ay
            made += 1
        crossed += (a <= 0) != (b <= 0)
        if (a < 0 < b) or (b < 0 < a):
            share = a / (a - b)
            out[made, 0], out[made, 1] = ax + share * (bx - ax), ay + share * (by - ay)
            made += 1
    return made, crossed
