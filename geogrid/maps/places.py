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
    """Return the ends of the widest stretch inside each polygon along each cut, and the cuts' y, all (n, cuts); NaN where there is none.

    Along a cut the borders that cross it are, from the left, in turn the beginning and the end of a stretch inside (the even-odd rule).
    """
    n = len(shapes)
    y = box[:, [1]] + np.arange(1, cuts + 1) / (cuts + 1) * (box[:, [3]] - box[:, [1]])
    start, end, of = _edges(shapes)
    is_above = [side[:, 1, None] >= y[of] for side in (start, end)]
    edge, cut = np.nonzero(is_above[0] != is_above[1])
    (x, at), along = start[edge].T, (end - start)[edge]
    x = x + (y[of[edge], cut] - at) * along[:, 0] / along[:, 1]
    line = of[edge] * cuts + cut
    order = np.lexsort((x, line))
    line, left, right = line[order][::2], x[order][::2], x[order][1::2]
    widest = np.lexsort((left, left - right, line))
    first = widest[np.diff(line[widest], prepend=-1) > 0]
    low, high = np.full(n * cuts, np.nan), np.full(n * cuts, np.nan)
    low[line[first]], high[line[first]] = left[first], right[first]
    return low.reshape(n, cuts), high.reshape(n, cuts), y


def _edges(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the starts and the ends of all edges of polygons, (m, 2) each, and the polygon of each, (m,)."""
    parts, shape_of = shapely.get_parts(shapes, return_index=True)
    rings, part_of = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    is_edge = ring[1:] == ring[:-1]
    return xy[:-1][is_edge], xy[1:][is_edge], shape_of[part_of[ring[:-1][is_edge]]]
