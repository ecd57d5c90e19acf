"""Who shares how much border with whom among cells that may lie over each other, because some were cut and their pieces stand beside them.

+---+---+      An edge is shared by two cells that walk it in opposite directions: A upwards, B downwards. A piece A1 of A walks it upwards too,
| A | B |      so B has both as neighbours, and A and A1 are none. `geogrid.edges` pairs an edge's first two users only, which holds where
+---+---+      cells do not overlap.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from geogrid.edges import KEY_M, SharedEdges

MIN_M = 0.5  # as in geogrid.adjacency: a shorter border is none


@dataclass(frozen=True, eq=False)
class Borders:
    """Neighbours in rows: those of cell i are `row[start[i]:start[i + 1]]`, ascending, with `length_m` of border."""

    start: np.ndarray
    row: np.ndarray
    length_m: np.ndarray

    def of(self, cell_row: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the neighbours of one cell and the length of each border in metres."""
        part = slice(self.start[cell_row], self.start[cell_row + 1])
        return self.row[part], self.length_m[part]


def find_borders(cells: np.ndarray, *, min_m: float = MIN_M) -> Borders:
    """Match the edges of polygons (object (c,), metres), each with those that run against it; borders shorter than `min_m` are left out."""
    ends, owner = _walks(np.asarray(cells, dtype=object))
    first, second = _opposed(ends)
    length = np.hypot(*(ends[first, 1] - ends[first, 0]).T)
    pair = owner[first] * len(cells) + owner[second]
    names, place = np.unique(pair, return_inverse=True)
    total = np.bincount(place, length, len(names))
    kept = total >= min_m
    a, b = names[kept] // max(len(cells), 1), names[kept] % max(len(cells), 1)
    return Borders(np.searchsorted(a, np.arange(len(cells) + 1)), b, total[kept])


def opposed_edges(cells: np.ndarray) -> SharedEdges:
    """Return the edges that two of the cells share, as `geogrid.edges.shared_edges` does; an edge of several pairs is given for each of them."""
    ends, owner = _walks(np.asarray(cells, dtype=object))
    first, second = _opposed(ends)
    up = owner[first] < owner[second]
    first, second = first[up], second[up]
    order = np.lexsort((first, owner[second], owner[first]))
    first, second = first[order], second[order]
    return SharedEdges(owner[first], owner[second], ends[first], np.hypot(*(ends[first, 1] - ends[first, 0]).T))


def _walks(cells: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the edges (m, 2, 2) of polygons, land on the left of each, and the row of the polygon of each."""
    rings, owner = shapely.get_rings(shapely.orient_polygons(cells), return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    inside = ring[1:] == ring[:-1]
    return np.stack([xy[:-1][inside], xy[1:][inside]], axis=1), owner[ring[:-1][inside]]


def _opposed(ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return all pairs of edges that join the same two vertices in opposite directions."""
    if not len(ends):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    steps = np.round((ends - ends.min(axis=(0, 1))) / KEY_M).astype(np.int64)
    _, vertex = np.unique(steps.reshape(-1, 2) @ np.array([steps[..., 1].max() + 1, 1]), return_inverse=True)
    tail, head = vertex.reshape(-1, 2).T.astype(np.int64)
    n = int(vertex.max()) + 1
    there, back = tail * n + head, head * n + tail
    order = np.argsort(there, kind="stable")
    low, high = np.searchsorted(there[order], back, "left"), np.searchsorted(there[order], back, "right")
    count = high - low
    first = np.repeat(np.arange(len(ends)), count)
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return first, order[np.repeat(low, count) + within]
