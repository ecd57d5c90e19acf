"""Noding: lines cut where they meet, so that they can be polygonized. Only what is tangled goes through the (dear) overlay.

    tangled lines -> overlay on the grid -> who else meets them, or each other, anywhere but end to end? -> these are tangled too -> again

Most ridges meet end to end from the start; ridges cut at the rings of enclosures do not. Of rings and borders most segments do, once each of those
that two areas share is taken once.
"""

from __future__ import annotations

import numpy as np
import shapely
from numba import njit

from geogrid.noding.buckets import sort_into_buckets

ROUNDS = 4  # after so many everything goes through the overlay
BUCKET_M = 16.0  # segments are compared within squares of this width
NEAR_STEPS = 0.1  # a vertex so near a segment touches it: what is farther apart stays apart whatever floats do
PULL_STEPS = 2.0  # a vertex farther from a segment pulls it nowhere when both are set on the grid
SHARED_SHARE = 0.25  # of segments that occur twice: an overlay of lines that share fewer is cheap


def node_lines(clear: np.ndarray, tangled: np.ndarray, *, grid_m: float) -> np.ndarray:
    """Return lines (metres, on the grid) that meet end to end only, from `clear` ones (on the grid, likely in order) and `tangled` ones."""
    for _ in range(ROUNDS):
        noded = node(tangled, grid_m=grid_m)
        lines = np.concatenate([clear, noded])
        bad = find_tangled(lines, grid_m)[: len(clear)]
        if not bad.any():
            return lines
        clear, tangled = clear[~bad], np.concatenate([noded, clear[bad]])
    return _overlaid(np.concatenate([clear, tangled]), grid_m)


def node(lines: np.ndarray, *, grid_m: float) -> np.ndarray:
    """Return lines on the grid that meet end to end only and close what an overlay of `lines` (LineStrings, metres) would close.

    Where many are shared, as borders are, segments that nothing comes near but at their ends are set on the grid as they are, once each.
    """
    ends, line = _segments(lines)
    place = on_grid(ends, grid_m)
    first, same = _once(place)
    if len(first) > (1 - SHARED_SHARE) * len(ends):
        return _overlaid(lines, grid_m)
    is_long = (place[first, 0] != place[first, 1]).any(axis=1)
    tangled = np.ones(len(first), dtype=bool)
    tangled[is_long] = find_tangled(shapely.linestrings(place[first[is_long]]), grid_m, near_steps=PULL_STEPS)
    clear = shapely.linestrings(place[first[~tangled]])
    wanted = np.zeros(len(ends), dtype=bool)
    wanted[_once(ends)[0]] = True
    noded = shapely.linestrings(_segments(_overlaid(_runs(ends, line, wanted & tangled[same]), grid_m))[0])
    out = np.concatenate([clear, noded])
    return out if not len(noded) or not find_tangled(out, grid_m)[: len(clear)].any() else _overlaid(lines, grid_m)


def on_grid(xy: np.ndarray, grid_m: float) -> np.ndarray:
    """Return coordinates (metres) set on the grid as overlays set them: halves go up."""
    scale = 1 / grid_m
    step = xy * scale
    low = np.floor(step)
    return (low + (step - low >= 0.5)) / scale


def _overlaid(lines: np.ndarray, grid_m: float) -> np.ndarray:
    """Node lines on the grid, and take off the precision stamp: overlays of stamped geometries round, and hide differences."""
    return shapely.from_wkb(shapely.to_wkb(shapely.get_parts(shapely.union_all(lines, grid_size=grid_m))))


def _segments(lines: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the segments (m, 2, 2) of LineStrings, and the line of each."""
    xy, line = shapely.get_coordinates(lines, return_index=True)
    inner = line[1:] == line[:-1]
    return np.stack([xy[:-1][inner], xy[1:][inner]], axis=1), line[:-1][inner]


def _once(ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of segments (m, 2, 2) without those between two ends that came before, and for each segment which of these rows it is."""
    vertex = np.unique(ends.reshape(-1, 2) @ [1, 1j], return_inverse=True)[1].reshape(-1, 2)
    key = vertex.min(axis=1) * (vertex.max(initial=0) + 1) + vertex.max(axis=1)
    return np.unique(key, return_index=True, return_inverse=True)[1:]


def _runs(ends: np.ndarray, line: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Return the wanted segments as LineStrings, one for each run of them along a line."""
    rows = np.flatnonzero(wanted)
    begins = np.r_[True, (rows[1:] != rows[:-1] + 1) | (line[rows[1:]] != line[rows[:-1]])][: len(rows)]
    run = np.cumsum(begins) - 1
    xy, of = np.concatenate([ends[rows[begins], 0], ends[rows, 1]]), np.concatenate([run[begins], run])
    order = np.argsort(of, kind="stable")
    return shapely.linestrings(xy[order], indices=of[order])


def find_tangled(lines: np.ndarray, grid_m: float, *, near_steps: float = NEAR_STEPS) -> np.ndarray:
    """Tell which LineStrings (metres, on the grid) meet another one, or themselves, anywhere but end to end, or come so near."""
    xy, line = shapely.get_coordinates(lines, return_index=True)
    if not len(xy):
        return np.zeros(len(lines), bool)
    step = np.round((xy - xy.min(axis=0)) / grid_m).astype(np.int64)
    inner = line[1:] == line[:-1]
    first, last = np.r_[True, ~inner], np.r_[~inner, True]
    start = np.flatnonzero(inner)
    x, y = step.T.copy()
    one, two = step[start], step[start + 1]
    buckets = sort_into_buckets(np.minimum(one, two), np.maximum(one, two) + _reach(near_steps), BUCKET_M / grid_m)
    bad = _tangled_segments(x, y, start, first, last, *buckets, near_steps)
    out = np.zeros(len(lines), bool)
    out[line[start[bad]]] = True
    return out


@njit(cache=True)
def _reach(near_steps: float) -> int:
    """Whole steps between boxes of segments that need a closer look."""
    return max(1, int(np.ceil(near_steps)))


@njit(cache=True)
def _tangled_segments(
    x: np.ndarray,
    y: np.ndarray,
    start: np.ndarray,
    is_first: np.ndarray,
    is_last: np.ndarray,
    first: np.ndarray,
    held: np.ndarray,
    near_steps: float,
) -> np.ndarray:
    """Tell which segments start[k] -> start[k] + 1 touch another one in a forbidden way, comparing those in the same bucket."""
    bad = np.zeros(len(start), np.bool_)
    for s in range(len(first) - 1):
        for m in range(first[s], first[s + 1]):
            for n in range(m + 1, first[s + 1]):
                if _meet_badly(x, y, start[held[m]], start[held[n]], is_first, is_last, near_steps):
                    bad[held[m]] = bad[held[n]] = True
    return bad


@njit
def _meet_badly(x: np.ndarray, y: np.ndarray, a: int, c: int, first: np.ndarray, last: np.ndarray, near_steps: float) -> bool:
    """Answer whether the segments from vertex a and from vertex c (to the next vertex each) meet in a forbidden way."""
    b, d = a + 1, c + 1
    reach = _reach(near_steps)
    if max(x[a], x[b]) + reach < min(x[c], x[d]) or max(x[c], x[d]) + reach < min(x[a], x[b]):
        return False
    if max(y[a], y[b]) + reach < min(y[c], y[d]) or max(y[c], y[d]) + reach < min(y[a], y[b]):
        return False
    shared = 0
    for v in (a, b):
        for w in (c, d):
            if x[v] == x[w] and y[v] == y[w]:
                shared += 1
                ends = (first[v] or last[v]) and (first[w] or last[w])
                if not ends and v != w:
                    return True
            elif _touches(x, y, v, c, d, near_steps) or _touches(x, y, w, a, b, near_steps):
                return True
    if shared:
        return shared > 1
    return _turn(x, y, a, b, c) * 1.0 * _turn(x, y, a, b, d) < 0 and _turn(x, y, c, d, a) * 1.0 * _turn(x, y, c, d, b) < 0


@njit
def _turn(x: np.ndarray, y: np.ndarray, a: int, b: int, p: int) -> int:
    return (x[b] - x[a]) * (y[p] - y[a]) - (y[b] - y[a]) * (x[p] - x[a])


@njit
def _touches(x: np.ndarray, y: np.ndarray, p: int, a: int, b: int, near_steps: float) -> bool:
    """Answer whether vertex p, not one of its ends, lies on the segment from a to b, or by a hair from it."""
    if (x[p] == x[a] and y[p] == y[a]) or (x[p] == x[b] and y[p] == y[b]):
        return False
    dx, dy = float(x[b] - x[a]), float(y[b] - y[a])
    along = (x[p] - x[a]) * dx + (y[p] - y[a]) * dy
    span = dx * dx + dy * dy
    return 0.0 <= along <= span and abs(float(_turn(x, y, a, b, p))) <= near_steps * np.sqrt(span)
