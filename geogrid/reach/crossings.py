"""Walls cut where they cross, so that of two walls one is nearer all along: overlapping footprints, fences that cross."""

from __future__ import annotations

import numpy as np
from numba import njit

from geogrid.reach.index import Grid

APART_M = 1e-9  # a crossing nearer than this to an end of a wall needs no cut


def cut_at_crossings(segments: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cut straight walls (m, 4), metres, where two cross; return the pieces (k, 4) and the row of the wall of each (k,), in order of walls."""
    wall, along, x, y = _crossings(segments, *Grid.of(segments).arrays)
    if not len(wall):
        return segments, np.arange(len(segments))
    m = len(segments)
    row = np.concatenate([np.arange(m), wall])
    order = np.lexsort((np.concatenate([np.zeros(m), along]), row))
    start = np.vstack([segments[:, :2], np.column_stack([x, y])])[order]
    row = row[order]
    end = np.empty_like(start)
    is_last = np.r_[row[1:] != row[:-1], True]
    end[~is_last] = start[1:][~is_last[:-1]]
    end[is_last] = segments[:, 2:]
    pieces = np.column_stack([start, end])
    has_length = (start != end).any(axis=1)
    return np.ascontiguousarray(pieces[has_length]), row[has_length]


@njit(cache=True)
def _crossings(ends, first, held, x0, y0, cell, nx, ny):
    """Return for each crossing, twice: row of the wall, where along it (0..1), and the point; a pair is taken in the square of its crossing."""
    wall, along, xs, ys = [0], [0.0], [0.0], [0.0]
    for k in range(nx * ny):
        for p in range(first[k], first[k + 1]):
            ax, ay, bx, by = ends[held[p]]
            dx, dy = bx - ax, by - ay
            long = np.hypot(dx, dy)
            for q in range(p + 1, first[k + 1]):
                ex, ey = ends[held[q], 2] - ends[held[q], 0], ends[held[q], 3] - ends[held[q], 1]
                cross = dx * ey - dy * ex
                if cross == 0.0:
                    continue
                fx, fy = ends[held[q], 0] - ax, ends[held[q], 1] - ay
                t, v, other = (fx * ey - fy * ex) / cross, (fx * dy - fy * dx) / cross, np.hypot(ex, ey)
                if min(t, 1 - t) * long < APART_M and min(v, 1 - v) * other < APART_M:
                    continue
                if t < 0 or t > 1 or v < 0 or v > 1:
                    continue
                x, y = ax + t * dx, ay + t * dy
                i, j = min(nx - 1, max(0, int((x - x0) / cell))), min(ny - 1, max(0, int((y - y0) / cell)))
                if j * nx + i != k:
                    continue
                for row, at in ((held[p], t), (held[q], v)):
                    wall.append(row)
                    along.append(at)
                    xs.append(x)
                    ys.append(y)
    return np.array(wall[1:]), np.array(along[1:]), np.array(xs[1:]), np.array(ys[1:])
