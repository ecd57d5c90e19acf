"""Where a label stands: a point certainly inside, and how much room is round it.

Each polygon is cut by a few horizontal lines; the best place is where a wide stretch stays inside over the height between two of them.
"""

from __future__ import annotations

import numpy as np
import shapely

CUTS = 9


def label_places(polygons: np.ndarray, cuts: int = CUTS) -> tuple[np.ndarray, np.ndarray]:
    """Return label points (n, 2) and room (n, 2), width and height, in the units of the polygons; zero room and NaN for empty ones.

    The rectangle of the room round the point lies inside the polygon but for what juts in between two cuts.
    """
    n = len(polygons)
    points, room = np.full((n, 2), np.nan), np.zeros((n, 2))
    alive = np.flatnonzero(~(shapely.is_missing(polygons) | shapely.is_empty(polygons)))
    if not len(alive):
        return points, room
    shapes = polygons[alive]
    box = shapely.bounds(shapes)
    low, high, y = _stretches(shapes, box, cuts)
    step = (box[:, 3] - box[:, 1]) / (cuts + 1)
    left, right = np.maximum(low[:, :-1], low[:, 1:]), np.minimum(high[:, :-1], high[:, 1:])
    left, right = np.maximum(left[:, :-1], low[:, 2:]), np.minimum(right[:, :-1], high[:, 2:])
    width = np.nan_to_num(right - left, nan=-1.0)
    height = 2 * step[:, None] * np.ones_like(width)
    score = np.minimum(width, 3.5 * height)
    best = np.argmax(score + 1e-9 * np.minimum(np.arange(cuts - 2), np.arange(cuts - 2)[::-1]) * step[:, None], axis=1)
    row = np.arange(len(shapes))
    found = width[row, best] > 0
    inside = shapely.get_coordinates(shapely.point_on_surface(shapes))
    middle = np.column_stack([(left[row, best] + right[row, best]) / 2, y[row, best + 1]])
    points[alive] = np.where(found[:, None], middle, inside)
    room[alive] = np.where(found[:, None], np.column_stack([width[row, best], height[row, best]]), 0.0)
    return points, room


def _stretches(shapes: np.ndarray, box: np.ndarray, cuts: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the ends of the widest stretch inside each polygon along each cut, and the cuts' y, all (n, cuts); NaN where there is none."""
    n = len(shapes)
    share = np.arange(1, cuts + 1) / (cuts + 1)
    y = box[:, [1]] + share * (box[:, [3]] - box[:, [1]])
    ends = np.stack([np.broadcast_to(box[:, [0]] - 1, y.shape), y, np.broadcast_to(box[:, [2]] + 1, y.shape), y], axis=-1).reshape(-1, 2, 2)
    shapely.prepare(shapes)
    parts, of = shapely.get_parts(shapely.intersection(shapely.linestrings(ends), np.repeat(shapes, cuts)), return_index=True)
    span = shapely.bounds(parts)[:, [0, 2]] if len(parts) else np.zeros((0, 2))
    order = np.lexsort((span[:, 0], span[:, 0] - span[:, 1], of))
    first = order[np.r_[True, of[order][1:] != of[order][:-1]]] if len(order) else order
    low, high = np.full(n * cuts, np.nan), np.full(n * cuts, np.nan)
    low[of[first]], high[of[first]] = span[first, 0], span[first, 1]
    return low.reshape(n, cuts), high.reshape(n, cuts), y
