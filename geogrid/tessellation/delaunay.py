"""Delaunay triangles of many small point sets, compiled: points come in one by one, and edges flip until no circle holds a point.

Half-edges: e = 3 t + i runs from corner i of triangle t to the next corner (counterclockwise); twin[e] is the same edge seen from
the other side, -1 on the rim. Coordinates are whole millimetres, so that "left of" is exact; an edge flips only where rounding can
not be the reason, so that flipping ends, and four points on one circle stay as they came.
"""

from __future__ import annotations

import numpy as np
from numba import njit

HILBERT_BITS = 16
_DOUBT = 1.2e-15  # of the sum of magnitudes: below that, floats can not tell on which side of a circle a point lies


@njit(cache=True, nogil=True)
def hilbert_keys(x: np.ndarray, y: np.ndarray, extent: np.ndarray) -> np.ndarray:
    """Return the place of each point (int64, at most half its `extent` off the middle) on a Hilbert curve: near there is near on the ground."""
    keys = np.zeros(len(x), np.int64)
    side = 1 << HILBERT_BITS
    for k in range(len(x)):
        i, j = (x[k] + extent[k] // 2) * (side - 1) // extent[k], (y[k] + extent[k] // 2) * (side - 1) // extent[k]
        half = side >> 1
        while half > 0:
            right, top = int((i & half) > 0), int((j & half) > 0)
            keys[k] += half * half * ((3 * right) ^ top)
            if top == 0:
                if right == 1:
                    i, j = side - 1 - i, side - 1 - j
                i, j = j, i
            half >>= 1
    return keys


@njit(inline="always")
def _turn(x: np.ndarray, y: np.ndarray, a: int, b: int, p: int) -> int:
    """Return twice the area of a, b, p: positive where p lies left of a -> b."""
    return (x[b] - x[a]) * (y[p] - y[a]) - (y[b] - y[a]) * (x[p] - x[a])


@njit(inline="always")
def _is_inside(x: np.ndarray, y: np.ndarray, a: int, b: int, c: int, d: int) -> bool:
    """Answer whether d lies surely inside the circle through a, b, c (counterclockwise)."""
    ax, ay = float(x[a] - x[d]), float(y[a] - y[d])
    bx, by = float(x[b] - x[d]), float(y[b] - y[d])
    cx, cy = float(x[c] - x[d]), float(y[c] - y[d])
    aa, bb, cc = ax * ax + ay * ay, bx * bx + by * by, cx * cx + cy * cy
    value = aa * (bx * cy - cx * by) + bb * (cx * ay - ax * cy) + cc * (ax * by - bx * ay)
    size = aa * (abs(bx * cy) + abs(cx * by)) + bb * (abs(cx * ay) + abs(ax * cy)) + cc * (abs(ax * by) + abs(bx * ay))
    return value > _DOUBT * size


@njit(inline="always")
def _next(e: int) -> int:
    return e - 2 if e % 3 == 2 else e + 1


@njit
def _locate(x: np.ndarray, y: np.ndarray, corner: np.ndarray, twin: np.ndarray, start: int, p: int) -> int:
    """Walk from half-edge `start` to the triangle that holds p."""
    e = start
    while True:
        moved = False
        for _ in range(3):
            if _turn(x, y, corner[e], corner[_next(e)], p) < 0:
                e, moved = _next(twin[e]), True
                break
            e = _next(e)
        if not moved:
            return e // 3


@njit
def _split(corner: np.ndarray, twin: np.ndarray, t: int, new: int, p: int) -> None:
    """Divide triangle t at p into t, `new` and `new` + 1; p is the last corner of each."""
    a, b, c = corner[3 * t], corner[3 * t + 1], corner[3 * t + 2]
    outer_b, outer_c = twin[3 * t + 1], twin[3 * t + 2]
    f, g = 3 * new, 3 * new + 3
    corner[3 * t + 2] = p
    corner[f], corner[f + 1], corner[f + 2] = b, c, p
    corner[g], corner[g + 1], corner[g + 2] = c, a, p
    _join(twin, f, outer_b)
    _join(twin, g, outer_c)
    _join(twin, 3 * t + 1, f + 2)
    _join(twin, f + 1, g + 2)
    _join(twin, g + 1, 3 * t + 2)


@njit(inline="always")
def _join(twin: np.ndarray, e: int, f: int) -> None:
    twin[e] = f
    if f >= 0:
        twin[f] = e


@njit
def _settle(x: np.ndarray, y: np.ndarray, corner: np.ndarray, twin: np.ndarray, stack: np.ndarray, top: int, p: int) -> None:
    """Flip the edges on the stack (opposite p), and those behind them, until every circle is empty."""
    while top > 0:
        top -= 1
        e = stack[top]
        f = twin[e]
        if f < 0:
            continue
        e1, f1 = _next(e), _next(f)
        f2 = _next(f1)
        a, b, d = corner[e], corner[e1], corner[f2]
        # a point on the edge makes a triangle without area: that edge must go
        if not (_is_inside(x, y, a, b, p, d) or _turn(x, y, a, b, p) == 0):
            continue
        corner[e1], corner[f1] = d, p
        beyond_e, beyond_f = twin[f1], twin[e1]
        _join(twin, e, beyond_e)
        _join(twin, f, beyond_f)
        _join(twin, e1, f1)
        stack[top], stack[top + 1] = e, f2
        top += 2


@njit
def triangulate(x: np.ndarray, y: np.ndarray, corner: np.ndarray, twin: np.ndarray) -> int:
    """Fill `corner` and `twin` (6 n + 6,) with the triangles of points (n + 4,) in whole millimetres; return how many triangles there are.

    The last four points are a convex quadrilateral, counterclockwise, round all others. Of equal points only the first has triangles. Neighbours in
    the list had better be near each other.
    """
    n = len(x) - 4
    corner[0], corner[1], corner[2] = n, n + 1, n + 2
    corner[3], corner[4], corner[5] = n, n + 2, n + 3
    twin[:6] = -1
    _join(twin, 2, 3)
    stack = np.empty(2 * n + 16, np.int64)
    at, made = 0, 2
    for p in range(n):
        t = _locate(x, y, corner, twin, at, p)
        if _is_corner(x, y, corner, t, p):
            continue
        _split(corner, twin, t, made, p)
        stack[0], stack[1], stack[2] = 3 * t, 3 * made, 3 * made + 3
        at, made = 3 * t, made + 2
        _settle(x, y, corner, twin, stack, 3, p)
    return made


@njit(inline="always")
def _is_corner(x: np.ndarray, y: np.ndarray, corner: np.ndarray, t: int, p: int) -> bool:
    """Answer whether p lies where a corner of triangle t does."""
    found = False
    for e in range(3 * t, 3 * t + 3):
        found |= x[corner[e]] == x[p] and y[corner[e]] == y[p]
    return found


@njit(cache=True, nogil=True)
def triangulate_tiles(x: np.ndarray, y: np.ndarray, first: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Triangulate tile after tile: the points of tile t are the rows first[t] … first[t + 1] - 1, the last four of them round the others.

    `x`, `y` int64, whole millimetres. Returns `corner`, int32 row of points, and `twin`, int32, both of half-edges.
    """
    total = 0
    for t in range(len(first) - 1):
        total += 6 * (first[t + 1] - first[t] - 3)
    corner, twin = np.empty(total, np.int32), np.empty(total, np.int32)
    done = 0
    for t in range(len(first) - 1):
        a, b = first[t], first[t + 1]
        limit = done + 6 * (b - a - 3)
        end = done + 3 * triangulate(x[a:b], y[a:b], corner[done:limit], twin[done:limit])
        for e in range(done, end):
            corner[e] += a
            if twin[e] >= 0:
                twin[e] += done
        done = end
    return corner[:done], twin[:done]
