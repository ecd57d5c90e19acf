"""Which parts of straight street pieces which cameras see, exactly.

From a camera, a straight piece sweeps its directions one way. Within one piece of the region it is seen where it lies on the camera's side of the
wall that ends the view there: both are straight, so that one division tells.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from geogrid.reach.index import Grid, squares
from geogrid.reach.rays import TAU, met_at, turned, within
from geogrid.reach.regions import Regions

ALONG_M = 1e-9  # a camera nearer than this to a piece stands on it: it looks along it both ways
TOUCH = 1e-12  # parts of a piece that end so near to each other are one


def seen_lines(regions: Regions, segments: np.ndarray, index: Grid | None = None) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return (camera, line, t0, t1), ordered: each camera sees the parts t0..t1 (0..1) of straight pieces (k, 4), metres.

    `index` is Grid.of(segments) where it is at hand. The parts of one pair are apart.
    """
    lines = np.ascontiguousarray(segments, dtype=float).reshape(-1, 4)
    camera, line, t0, t1 = _seen(*regions.arrays, lines, *(index or Grid.of(lines)).arrays)
    order = np.lexsort((t0, line, camera))
    return camera[order], line[order], t0[order], t1[order]


def counted(line: np.ndarray, t0: np.ndarray, t1: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Cut `n` lines where the number of intervals changes: (line, t0, t1, count), ordered, together all of every line; count 0 is blind."""
    every = np.arange(n)
    at = np.concatenate([t0, t1, np.zeros(n), np.ones(n)])
    of = np.concatenate([line, line, every, every]).astype(np.int64)
    step = np.concatenate([np.ones(len(t0), np.int64), -np.ones(len(t1), np.int64), np.zeros(2 * n, np.int64)])
    order = np.lexsort((at, of))
    at, of, count = at[order], of[order], np.cumsum(step[order])
    is_part = (of[1:] == of[:-1]) & (at[1:] > at[:-1])
    of, low, high, count = of[:-1][is_part], at[:-1][is_part], at[1:][is_part], count[:-1][is_part]
    is_new = np.r_[True, (of[1:] != of[:-1]) | (count[1:] != count[:-1])][: len(of)]
    start = np.flatnonzero(is_new)
    return of[start], low[start], high[np.r_[start[1:], len(of)][: len(start)] - 1], count[start]


def merged(line: np.ndarray, t0: np.ndarray, t1: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Merge the intervals of `n` lines: (line, t0, t1), ordered, apart from each other."""
    of, low, high, count = counted(line, t0, t1, n)
    of, low, high = of[count > 0], low[count > 0], high[count > 0]
    start = np.flatnonzero(np.r_[True, (of[1:] != of[:-1]) | (low[1:] > high[:-1])][: len(of)])
    return of[start], low[start], high[np.r_[start[1:], len(of)][: len(start)] - 1]


def seen_share(line: np.ndarray, t0: np.ndarray, t1: np.ndarray, n: int) -> np.ndarray:
    """Return the share (n,) of each line that some interval covers."""
    of, low, high = merged(line, t0, t1, n)
    return np.bincount(of, high - low, minlength=n)


@njit(cache=True)
def _seen(segments, xs, ys, starts, ranges, first, from_rad, to_rad, wall, lines, at, held, x0, y0, cell, nx, ny):
    cameras, which = np.empty(1024, np.int64), np.empty(1024, np.int64)
    low, high = np.empty(1024), np.empty(1024)
    met = np.full(len(lines), -1, np.int64)
    k = 0
    for c in range(len(xs)):
        if first[c] == first[c + 1]:
            continue
        x, y = xs[c], ys[c]
        i0, i1, j0, j1 = squares(x, y, ranges[c], x0, y0, cell, nx, ny)
        own = first[c], first[c + 1]
        for j in range(j0, j1 + 1):
            for q in range(at[j * nx + i0], at[j * nx + i1 + 1] if i1 >= i0 else at[j * nx + i0]):
                s = held[q]
                if met[s] == c:
                    continue
                met[s] = c
                ax, ay, dx, dy = lines[s, 0] - x, lines[s, 1] - y, lines[s, 2] - lines[s, 0], lines[s, 3] - lines[s, 1]
                t0, t1 = within(ax, ay, dx, dy, ranges[c])
                if t0 >= t1:
                    continue
                while k + 4 * (own[1] - own[0]) + 8 > len(low):
                    cameras, which = np.concatenate((cameras, np.empty_like(cameras))), np.concatenate((which, np.empty_like(which)))
                    low, high = np.concatenate((low, np.empty_like(low))), np.concatenate((high, np.empty_like(high)))
                cross = ax * dy - ay * dx
                is_flipped = cross < 0.0
                if is_flipped:  # so that directions rise along it
                    ax, ay, dx, dy, t0, t1 = ax + dx, ay + dy, -dx, -dy, 1.0 - t1, 1.0 - t0
                old = k
                k = _parts(segments, x, y, starts[c], own, from_rad, to_rad, wall, ax, ay, dx, dy, t0, t1, low, high, k)
                for p in range(old, k):
                    cameras[p], which[p] = c, s
                    if is_flipped:
                        low[p], high[p] = 1.0 - high[p], 1.0 - low[p]
    return cameras[:k].copy(), which[:k].copy(), low[:k].copy(), high[:k].copy()


@njit(cache=True)
def _parts(segments, x, y, start, own, from_rad, to_rad, wall, ax, ay, dx, dy, t0, t1, low, high, k):
    """Write the parts of a + t d, t0..t1, that are seen, from row k on; return the next row."""
    old = k
    if abs(ax * dy - ay * dx) <= ALONG_M * np.hypot(dx, dy):  # the camera is on it: one direction before it, the other after
        foot = min(t1, max(t0, -(ax * dx + ay * dy) / (dx * dx + dy * dy)))
        for u, v in ((t0, foot), (foot, t1)):
            if u < v:
                angle = turned(np.arctan2(ay + 0.5 * (u + v) * dy, ax + 0.5 * (u + v) * dx) - start)
                k = _between(segments, x, y, start, own, from_rad, to_rad, wall, ax, ay, dx, dy, u, v, angle, angle, low, high, k, old)
        return k
    ux, uy, vx, vy = ax + t0 * dx, ay + t0 * dy, ax + t1 * dx, ay + t1 * dy
    begin = turned(np.arctan2(uy, ux) - start)
    end = begin + np.arctan2(ux * vy - uy * vx, ux * vx + uy * vy)
    if end <= TAU:
        return _between(segments, x, y, start, own, from_rad, to_rad, wall, ax, ay, dx, dy, t0, t1, begin, end, low, high, k, old)
    passed = met_at(ax, ay, dx, dy, start, t0, t1)
    k = _between(segments, x, y, start, own, from_rad, to_rad, wall, ax, ay, dx, dy, t0, passed, begin, TAU, low, high, k, old)
    return _between(segments, x, y, start, own, from_rad, to_rad, wall, ax, ay, dx, dy, passed, t1, 0.0, end - TAU, low, high, k, old)


@njit(cache=True)
def _between(segments, x, y, start, own, from_rad, to_rad, wall, ax, ay, dx, dy, t0, t1, begin, end, low, high, k, old):
    """The same for a part that lies in the directions begin..end, 0..TAU; touching parts from row `old` on are joined."""
    p = own[0] + max(0, np.searchsorted(from_rad[own[0] : own[1]], begin, "right") - 1)
    at = t0
    while p < own[1] and from_rad[p] <= end:
        if to_rad[p] < begin:
            p += 1
            continue
        u = met_at(ax, ay, dx, dy, start + from_rad[p], at, t1) if from_rad[p] > begin else at
        v = met_at(ax, ay, dx, dy, start + to_rad[p], u, t1) if to_rad[p] < end else t1
        at = v
        if wall[p] >= 0:
            u, v = _before(segments, wall[p], x, y, ax, ay, dx, dy, u, v)
        if u < v:
            if k > old and u - high[k - 1] <= TOUCH:
                high[k - 1] = v
            else:
                low[k], high[k] = u, v
                k += 1
        if begin == end:
            break
        p += 1
    return k


@njit(cache=True)
def _before(segments, s, x, y, ax, ay, dx, dy, u, v):
    """Return the part of a + t d, u..v, that lies on the camera's side of the line of wall `s`; u >= v: none."""
    bx, by = segments[s, 0] - x, segments[s, 1] - y
    wx, wy = segments[s, 2] - segments[s, 0], segments[s, 3] - segments[s, 1]
    side = 1.0 if wy * bx - wx * by > 0.0 else -1.0
    near = side * (wx * (ay - by) - wy * (ax - bx))
    slope = side * (wx * dy - wy * dx)
    begin, end = near + u * slope, near + v * slope
    if begin >= 0.0 and end >= 0.0:
        return u, v
    if begin < 0.0 and end < 0.0:
        return v, u
    cut = min(v, max(u, -near / slope))
    return (u, cut) if begin >= 0.0 else (cut, v)
