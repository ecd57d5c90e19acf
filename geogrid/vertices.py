"""A parent takes over the vertices of what lies along its edge.

Two people who draw one border draw the same line with different vertices. Before parent and children are compared, the parent's ring gets every
child vertex within the tolerance of it: inserted into the edge, or in place of the parent's own vertex where one stands as near.
"""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry


def take_over_vertices(parent: BaseGeometry, other: BaseGeometry, tolerance_m: float, scale: tuple[float, float] = (1.0, 1.0)) -> BaseGeometry:
    """Return `parent` with the vertices of `other` that lie within the tolerance of its edge; nothing of it moves by more than that.

    `scale` makes metres of the coordinates (degrees need it). Where the result would not be valid, `parent` comes back as it was.

    >>> take_over_vertices(shapely.box(0, 0, 2, 2), shapely.Point(1, 0.0004), 0.001).wkt
    'POLYGON ((2 0, 2 2, 0 2, 0 0, 1 0.0004, 2 0))'
    """
    points = np.unique(shapely.get_coordinates(other), axis=0)
    kind, xy, offsets = shapely.to_ragged_array([shapely.force_2d(parent)])
    at, vertex, target = _nearest_edges(xy, offsets[0], points, tolerance_m, np.asarray(scale))
    if len(at) == 0:
        return parent
    xy, at, vertex = _snapped(xy, offsets[0], points, at, vertex, target)
    grown = np.insert(xy, at + 1, points[vertex], axis=0)
    added = np.searchsorted(at, offsets[0] - 1, side="left") if len(at) else 0
    made = shapely.from_ragged_array(kind, grown, (offsets[0] + added, *offsets[1:]))[0]
    return made if made.is_valid else parent


def _nearest_edges(
    xy: np.ndarray, rings: np.ndarray, points: np.ndarray, tolerance_m: float, scale: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return, in order along the rings, the edge (its first vertex) of each near point, the point, and the vertex to replace or -1."""
    starts = np.setdiff1d(np.arange(len(xy) - 1), rings[1:-1] - 1)
    a, b = xy[starts] * scale, xy[starts + 1] * scale
    metres = points * scale
    point, edge = shapely.STRtree(shapely.linestrings(np.stack([a, b], axis=1))).query(
        shapely.points(metres), predicate="dwithin", distance=tolerance_m
    )
    along = b[edge] - a[edge]
    share = np.clip(((metres[point] - a[edge]) * along).sum(1) / np.maximum((along**2).sum(1), 1e-30), 0, 1)
    away = np.hypot(*(metres[point] - a[edge] - share[:, None] * along).T)
    best = np.lexsort((edge, away, point))
    best = best[np.r_[True, point[best][1:] != point[best][:-1]]] if len(best) else best
    point, edge, share = point[best], edge[best], share[best]
    to_a, to_b = np.hypot(*(metres[point] - a[edge]).T), np.hypot(*(metres[point] - b[edge]).T)
    target = np.where(to_a <= tolerance_m, starts[edge], np.where(to_b <= tolerance_m, starts[edge] + 1, -1))
    order = np.lexsort((share, starts[edge]))
    return starts[edge][order], point[order], target[order]


def _snapped(
    xy: np.ndarray, rings: np.ndarray, points: np.ndarray, at: np.ndarray, vertex: np.ndarray, target: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Put points in the place of the ring's own vertices they stand at; return the new ring coordinates and the points still to insert."""
    moved = xy.copy()
    last = np.zeros(len(xy), dtype=bool)
    last[rings[1:] - 1] = True
    first_of = np.arange(len(xy))
    first_of[rings[1:] - 1] = rings[:-1]  # a ring's last vertex is its first
    close = target >= 0
    goal = first_of[target[close]]
    source = vertex[close]
    away = np.hypot(*(points[source] - xy[goal]).T)
    order = np.lexsort((away, goal))
    goal, source = goal[order], source[order]
    nearest = np.r_[True, goal[1:] != goal[:-1]] if len(goal) else np.array([], dtype=bool)
    moved[goal[nearest]] = points[source[nearest]]
    moved[rings[1:] - 1] = moved[rings[:-1]]
    return moved, at[~close], vertex[~close]
