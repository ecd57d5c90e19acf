"""Ridges: the lines half way between the sites of different labels, for many enclosures at once (Voronoi by Delaunay triangles).

    triangle with corners A A B: a ridge passes through the middle of its circle      triangle A B C: three ridges meet there

Walking from triangle to triangle across edges between different labels gives chains; they are straightened by a share of their distance
from the sites: little along a common wall, more across a field.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely
from numba import njit

from geogrid.tessellation.delaunay import HILBERT_BITS, hilbert_keys, triangulate_tiles
from geogrid.tessellation.threads import each

BATCH_SITES = 100_000  # sites handled at a time: bounds the memory, spreads the cost of the calls
GUARD = 2.0  # distance of the four guard points round a tile, in its diameters: they close every ridge that matters
SMOOTH_SHARE = 0.1  # of the distance to the nearest site, by which a ridge may be straightened
SMOOTH_MOST = 30.0  # never more than this times `smooth_m`, which is the least
_MM = 1000.0


def ridges(
    xy: np.ndarray, label: np.ndarray, tile: np.ndarray, bounds: np.ndarray, *, smooth_m: float, grid_m: float, workers: int = 1
) -> tuple[np.ndarray, np.ndarray]:
    """Return chains (LineStrings on the grid) between sites of different labels, and the tile of each.

    `xy` (s, 2) metres, taken to the millimetre, `label` (s,) >= 0, `tile` (s,) ascending 0..t-1 with every tile present (of
    equal sites of a tile the first counts), `bounds` (t, 4) of the tiles' enclosures.
    """
    first = np.searchsorted(tile, np.arange(len(bounds) + 1))

    def of(batch: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
        low, high = batch
        site = slice(first[low], first[high])
        chains, homes = _ridges_of(xy[site], label[site], tile[site] - low, bounds[low:high], smooth_m, grid_m)
        return chains, homes + low

    none = np.zeros(0, dtype=object), np.zeros(0, int)
    found = [none, *each(of, list(_batches(first)), workers)]
    return np.concatenate([chains for chains, _ in found]), np.concatenate([homes for _, homes in found])


def _batches(first: np.ndarray) -> Iterator[tuple[int, int]]:
    """Yield ranges of tiles that hold about BATCH_SITES sites, at least one tile."""
    low = 0
    while low < len(first) - 1:
        high = max(int(np.searchsorted(first, first[low] + BATCH_SITES, side="right")) - 1, low + 1)
        yield low, high
        low = high


def _ridges_of(
    xy: np.ndarray, label: np.ndarray, tile: np.ndarray, bounds: np.ndarray, smooth_m: float, grid_m: float
) -> tuple[np.ndarray, np.ndarray]:
    """Ridges of one batch of tiles."""
    points, name, home, centre = _layout(np.round(xy * _MM).astype(np.int64), label, tile, bounds)
    corner, twin = triangulate_tiles(*points.T.copy(), np.searchsorted(home, np.arange(len(bounds) + 1)))
    triangle, chain = _walk(name, corner, twin)
    middle, radius = _circles(points, corner.reshape(-1, 3)[triangle])
    which = home[corner[3 * triangle]]
    spots = np.round((middle + centre[which]) / (grid_m * _MM)) / (1 / grid_m)
    moved = np.r_[True, (chain[1:] != chain[:-1]) | (spots[1:] != spots[:-1]).any(axis=1)][: len(chain)]
    slack = np.clip(SMOOTH_SHARE * radius / _MM, smooth_m, SMOOTH_MOST * smooth_m)
    spots, chain, which, slack = spots[moved], chain[moved], which[moved], slack[moved]
    kept = _straighten(*spots.T.copy(), slack, np.r_[np.flatnonzero(np.r_[True, chain[1:] != chain[:-1]][: len(chain)]), len(chain)])
    kept &= (np.bincount(chain) > 1)[chain] if len(chain) else kept
    start, line = np.unique(chain[kept], return_index=True, return_inverse=True)[1:]
    return shapely.linestrings(spots[kept], indices=line), which[kept][start]


def _layout(place: np.ndarray, label: np.ndarray, tile: np.ndarray, bounds: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Put each tile's sites (whole millimetres) round its own origin and four guards (label -1) behind them; order them by nearness.

    Returns points (p, 2), label and tile of each, and the centre (t, 2) of each tile.
    """
    low, high = np.floor(bounds[:, :2] * _MM).astype(np.int64), np.ceil(bounds[:, 2:] * _MM).astype(np.int64)
    np.minimum.at(low, tile, place)
    np.maximum.at(high, tile, place)
    centre = (low + high) // 2
    extent = np.hypot(*(high - low).T).astype(np.int64) + 1000
    own = place - centre[tile]
    guard = (np.array([[1, 0.1], [-0.1, 1], [-1, -0.1], [0.1, -1]]) * GUARD * extent[:, None, None]).astype(np.int64)
    points = np.concatenate([own, guard.reshape(-1, 2)])
    home = np.concatenate([tile, np.repeat(np.arange(len(bounds)), 4)])
    name = np.concatenate([label, np.full(4 * len(bounds), -1)])
    last = 1 << 2 * HILBERT_BITS
    key = np.concatenate([hilbert_keys(*own.T.copy(), extent[tile]), np.full(4 * len(bounds), last)])
    order = np.argsort(home * (last + 1) + key, kind="stable")
    return points[order], name[order], home[order], centre


def _circles(points: np.ndarray, triangles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the centres (t, 2) and radii (t,) of the circles through the corners of triangles."""
    a = points[triangles[:, 0]]
    u, v = (points[triangles[:, 1]] - a).astype(float), (points[triangles[:, 2]] - a).astype(float)
    twice = 2 * (u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0])
    uu, vv = (u**2).sum(axis=1), (v**2).sum(axis=1)
    offset = np.stack([v[:, 1] * uu - u[:, 1] * vv, u[:, 0] * vv - v[:, 0] * uu], axis=1) / twice[:, None]
    return a + offset, np.hypot(*offset.T)


@njit
def _is_ridge(name: np.ndarray, corner: np.ndarray, e: int) -> bool:
    """Answer whether a half-edge leads from one label to another (guards have none)."""
    a, b = name[corner[e]], name[corner[e - 2 if e % 3 == 2 else e + 1]]
    return a != b and a >= 0 and b >= 0


@njit(cache=True, nogil=True)
def _walk(name: np.ndarray, corner: np.ndarray, twin: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return chains of triangles that ridges pass through: the triangles (k,) and the number of the chain of each.

    A chain ends where three ridges meet or where the labels end; then come the rings that meet nothing, their first triangle twice.
    """
    n = len(corner) // 3
    ways = np.zeros(n, np.int8)
    todo = np.zeros(len(corner), np.bool_)
    count = 0
    for e in range(len(corner)):
        if _is_ridge(name, corner, e):
            todo[e] = True
            ways[e // 3] += 1
            count += 1
    triangle, chain = np.empty(count + 1, np.int64), np.empty(count + 1, np.int64)
    size, made = 0, 0
    for rings in range(2):
        for start in range(len(corner)):
            if not todo[start] or (rings == 0 and ways[start // 3] == 2):
                continue
            e = start
            triangle[size], chain[size] = e // 3, made
            size += 1
            while e >= 0:
                f = twin[e]
                todo[e] = todo[f] = False
                t = f // 3
                triangle[size], chain[size] = t, made
                size += 1
                e = -1
                if ways[t] == 2:
                    for g in range(3 * t, 3 * t + 3):
                        if todo[g]:
                            e = g
            made += 1
    return triangle[:size], chain[:size]


@njit(cache=True, nogil=True)
def _straighten(x: np.ndarray, y: np.ndarray, slack: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Tell which vertices of the chains first[k] … first[k + 1] - 1 to keep, so that no other is farther from its chord than its slack.

    Of a closed chain the vertex in the middle is kept too.
    """
    kept = np.zeros(len(x), np.bool_)
    stack = np.empty((len(x) + 2, 2), np.int64)
    for k in range(len(first) - 1):
        low, high = first[k], first[k + 1] - 1
        kept[low] = kept[high] = True
        stack[0, 0], stack[0, 1] = low, high
        top = 1
        if x[low] == x[high] and y[low] == y[high] and high > low:
            middle = (low + high) // 2
            kept[middle] = True
            stack[0, 1], stack[1, 0], stack[1, 1] = middle, middle, high
            top = 2
        while top > 0:
            top -= 1
            a, b = stack[top, 0], stack[top, 1]
            worst, at = _farthest(x, y, slack, a, b)
            if worst > 1.0:
                kept[at] = True
                stack[top, 0], stack[top, 1], stack[top + 1, 0], stack[top + 1, 1] = a, at, at, b
                top += 2
    return kept


@njit
def _farthest(x: np.ndarray, y: np.ndarray, slack: np.ndarray, a: int, b: int) -> tuple[float, int]:
    """Return the greatest squared distance of a vertex between a and b from their chord, in units of its slack, and the vertex."""
    dx, dy = x[b] - x[a], y[b] - y[a]
    span = dx * dx + dy * dy
    worst, at = 0.0, a
    for i in range(a + 1, b):
        ux, uy = x[i] - x[a], y[i] - y[a]
        share = min(max((ux * dx + uy * dy) / span, 0.0), 1.0) if span > 0 else 0.0
        ex, ey = ux - share * dx, uy - share * dy
        far = (ex * ex + ey * ey) / (slack[i] * slack[i])
        if far > worst:
            worst, at = far, i
    return worst, at
