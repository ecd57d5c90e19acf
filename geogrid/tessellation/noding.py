"""Noding: lines cut where they meet, so that they can be polygonized. Only what is tangled goes through the (dear) overlay.

    tangled lines -> overlay on the grid -> who else meets them, or each other, anywhere but end to end? -> these are tangled too -> again

Most ridges meet end to end from the start; rings of enclosures, and ridges cut at them, do not.
"""

from __future__ import annotations

import numpy as np
import shapely
from numba import njit

from geogrid.tessellation.buckets import sort_into_buckets

ROUNDS = 4  # after so many everything goes through the overlay
BUCKET_M = 16.0  # segments are compared within squares of this width
NEAR_STEPS = 0.1  # a vertex so near a segment touches it: what is farther apart stays apart whatever floats do


def node_lines(clear: np.ndarray, tangled: np.ndarray, *, grid_m: float) -> np.ndarray:
    """Return lines (metres, on the grid) that meet end to end only, from `clear` ones (on the grid, likely in order) and `tangled` ones."""
    for _ in range(ROUNDS):
        noded = _overlaid(tangled, grid_m)
        lines = np.concatenate([clear, noded])
        bad = find_tangled(lines, grid_m)[: len(clear)]
        if not bad.any():
            return lines
        clear, tangled = clear[~bad], np.concatenate([noded, clear[bad]])
    return _overlaid(np.concatenate([clear, tangled]), grid_m)


def _overlaid(lines: np.ndarray, grid_m: float) -> np.ndarray:
    """Node lines on the grid, and take off the precision stamp: overlays of stamped geometries round, and hide differences."""
    return shapely.from_wkb(shapely.to_wkb(shapely.get_parts(shapely.union_all(lines, grid_size=grid_m))))


def find_tangled(lines: np.ndarray, grid_m: float) -> np.ndarray:
    """Tell which LineStrings (metres, on the grid) meet another one, or themselves, anywhere but end to end."""
    xy, line = shapely.get_coordinates(lines, return_index=True)
    if not len(xy):
        return np.zeros(len(lines), bool)
    step = np.round((xy - xy.min(axis=0)) / grid_m).astype(np.int64)
    inner = line[1:] == line[:-1]
    first, last = np.r_[True, ~inner], np.r_[~inner, True]
    start = np.flatnonzero(inner)
    x, y = step.T.copy()
    one, two = step[start], step[start + 1]
    buckets = sort_into_buckets(np.minimum(one, two), np.maximum(one, two) + 1, BUCKET_M / grid_m)
    bad = _tangled_segments(x, y, start, first, last, *buckets)
    out = np.zeros(len(lines), bool)
    out[line[start[bad]]] = True
    return out


@njit(cache=True)
def _tangled_segments(
    x: np.ndarray, y: np.ndarray, start: np.ndarray, is_first: np.ndarray, is_last: np.ndarray, first: np.ndarray, held: np.ndarray
) -> np.ndarray:
    """Tell which segments start[k] -> start[k] + 1 touch another one in a forbidden way, comparing those in the same bucket."""
    bad = np.zeros(len(start), np.bool_)
    for s in range(len(first) - 1):
        for m in range(first[s], first[s + 1]):
            for n in range(m + 1, first[s + 1]):
                if _meet_badly(x, y, start[held[m]], start[held[n]], is_first, is_last):
                    bad[held[m]] = bad[held[n]] = True
    return bad


@njit
def _meet_badly(x: np.ndarray, y: np.ndarray, a: int, c: int, first: np.ndarray, last: np.ndarray) -> bool:
    """Answer whether the segments from vertex a and from vertex c (to the next vertex each) meet in a forbidden way."""
    b, d = a + 1, c + 1
    if max(x[a], x[b]) + 1 < min(x[c], x[d]) or max(x[c], x[d]) + 1 < min(x[a], x[b]):
        return False
    if max(y[a], y[b]) + 1 < min(y[c], y[d]) or max(y[c], y[d]) + 1 < min(y[a], y[b]):
        return False
    shared = 0
    for v in (a, b):
        for w in (c, d):
            if x[v] == x[w] and y[v] == y[w]:
                shared += 1
                ends = (first[v] or last[v]) and (first[w] or last[w])
                if not ends and v != w:
                    return True
            elif _touches(x, y, v, c, d) or _touches(x, y, w, a, b):
                return True
    if shared:
        return shared > 1
    return _turn(x, y, a, b, c) * 1.0 * _turn(x, y, a, b, d) < 0 and _turn(x, y, c, d, a) * 1.0 * _turn(x, y, c, d, b) < 0


@njit
def _turn(x: np.ndarray, y: np.ndarray, a: int, b: int, p: int) -> int:
    return (x[b] - x[a]) * (y[p] - y[a]) - (y[b] - y[a]) * (x[p] - x[a])


@njit
def _touches(x: np.ndarray, y: np.ndarray, p: int, a: int, b: int) -> bool:
    """Answer whether vertex p, not one of its ends, lies on the segment from a to b, or by a hair from it."""
    if (x[p] == x[a] and y[p] == y[a]) or (x[p] == x[b] and y[p] == y[b]):
        return False
    dx, dy = float(x[b] - x[a]), float(y[b] - y[a])
    along = (x[p] - x[a]) * dx + (y[p] - y[a]) * dy
    span = dx * dx + dy * dy
    return 0.0 <= along <= span and abs(float(_turn(x, y, a, b, p))) <= NEAR_STEPS * np.sqrt(span)
