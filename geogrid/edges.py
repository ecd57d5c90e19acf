"""The edges of a noded coverage: who shares which edge with whom, and faces merged along them.

In a noded coverage two neighbours share whole edges, so matching equal edges is exact and needs no intersection of polygons:

    +---+---+      the edge in the middle occurs twice, once in A and once in B:
    | A | B |      it is their shared border. An edge that occurs once is the coast.
    +---+---+
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

KEY_M = 0.0005  # coordinates nearer than this are one vertex; half of the 1 mm grid, so that grid points never fall together


@dataclass(frozen=True)
class SharedEdges:
    """Edges that two faces share: `a` < `b` (m,) rows of faces, `ends` (m, 2, 2) metres, `length_m` (m,); sorted by a, b, then place."""

    a: np.ndarray
    b: np.ndarray
    ends: np.ndarray
    length_m: np.ndarray


def shared_edges(faces: np.ndarray) -> SharedEdges:
    """Match the edges of (Multi)Polygons of a noded coverage in metres. An edge used more than twice pairs its first two users only."""
    ends, owner = _directed_edges(np.asarray(faces, dtype=object))
    if len(owner) == 0:
        return SharedEdges(np.zeros(0, int), np.zeros(0, int), np.zeros((0, 2, 2)), np.zeros(0))
    low, high = _edge_keys(ends)
    order = np.lexsort((owner, high, low))
    same = (low[order][1:] == low[order][:-1]) & (high[order][1:] == high[order][:-1]) & (owner[order][1:] != owner[order][:-1])
    same[1:] &= ~same[:-1]
    first, second = order[:-1][same], order[1:][same]
    place = np.lexsort((high[first], low[first], owner[second], owner[first]))
    first, second = first[place], second[place]
    length = np.hypot(*(ends[first, 1] - ends[first, 0]).T)
    return SharedEdges(owner[first], owner[second], ends[first], length)


def _directed_edges(faces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the ring segments (m, 2, 2) of the faces and the row of the face of each."""
    rings, owner = shapely.get_rings(faces, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    inside = ring[1:] == ring[:-1]
    return np.stack([xy[:-1][inside], xy[1:][inside]], axis=1), owner[ring[:-1][inside]]


def _edge_keys(ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return for each edge the smaller and the larger key of its two vertices (one int64 per vertex, in grid steps from the corner)."""
    steps = np.round((ends - ends.min(axis=(0, 1))) / KEY_M).astype(np.int64)
    key = steps[..., 0] * (steps[..., 1].max() + 1) + steps[..., 1]
    first, second = key[:, 0], key[:, 1]
    return np.minimum(first, second), np.maximum(first, second)


def face_pairs(edges: SharedEdges) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sum the shared edges by pair of faces: a, b, length_m, ordered by a, b."""
    if len(edges.a) == 0:
        return edges.a, edges.b, edges.length_m
    start = np.flatnonzero(np.r_[True, (np.diff(edges.a) != 0) | (np.diff(edges.b) != 0)])
    return edges.a[start], edges.b[start], np.add.reduceat(edges.length_m, start)


def merge_faces(faces: np.ndarray, group: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Merge the faces of a noded coverage that have the same group number; return the merged shapes and their groups, ascending."""
    order = np.argsort(group, kind="stable")
    names, start, count = np.unique(group[order], return_index=True, return_counts=True)
    merged = np.asarray(faces, dtype=object)[order[start]]
    for i in np.flatnonzero(count > 1):
        merged[i] = shapely.coverage_union_all(faces[order[start[i] : start[i] + count[i]]])
    return merged, names


def canonical_order(polygons: np.ndarray, *keys: np.ndarray) -> np.ndarray:
    """Return the order by `keys` (first is strongest), then by the label point's x and y, so that input order leaves no trace."""
    x, y = np.zeros(0), np.zeros(0)
    if len(polygons):
        x, y = shapely.get_coordinates(shapely.point_on_surface(polygons)).T
    return np.lexsort((y, x, *reversed(keys)))
