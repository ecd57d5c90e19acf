"""Polygons cut across their longer side, again and again, in a grain of their own, until the pieces have the size wanted."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry


def grain(face: Polygon, theta: float) -> float:
    """Return the angle in radians of the face's own rectangle, where it is within 24 degrees of `theta`, else `theta`."""
    corner = shapely.get_coordinates(shapely.minimum_rotated_rectangle(face))
    edge = corner[1] - corner[0]
    off = (np.arctan2(edge[1], edge[0]) - theta + np.pi / 4) % (np.pi / 2) - np.pi / 4
    return theta + (off if abs(off) < np.radians(24) else 0.0)


def guillotine(
    face: Polygon, angle: float, area_m2: float | Callable[[], float], rng: np.random.Generator, *, jitter: float = 0.08, tilt_deg: float = 0.0
) -> tuple[list[Polygon], list[tuple[BaseGeometry, float]]]:
    """Cut a polygon across its longer side, in the frame `angle`, until pieces are near `area_m2`.

    Cuts lean by about `tilt_deg`. Returns the leaves, and the cuts each with the area of the piece it went through.
    """
    c, s = np.cos(angle), np.sin(angle)
    turn = np.array([[c, -s], [s, c]])
    stack, leaves, cuts = [shapely.transform(face, lambda p: p @ turn)], [], []
    while stack:
        piece = stack.pop()
        if piece.area < 1:
            continue
        x0, y0, x1, y1 = piece.bounds
        limit = (area_m2() if callable(area_m2) else area_m2) * rng.uniform(0.75, 1.3)
        if piece.area < limit and max(x1 - x0, y1 - y0) < 3.2 * np.sqrt(limit):
            leaves.append(piece)
            continue
        low, high, line = _cut(piece.bounds, rng, jitter, tilt_deg)
        for half in (low, high):
            stack.extend(q for q in shapely.get_parts(piece.intersection(half)) if q.geom_type == "Polygon")
        cuts.extend((q, piece.area) for q in shapely.get_parts(piece.intersection(line)) if q.geom_type == "LineString")
    back = turn.T
    return [shapely.transform(g, lambda p: p @ back) for g in leaves], [(shapely.transform(g, lambda p: p @ back), a) for g, a in cuts]


def _cut(bounds: tuple[float, float, float, float], rng: np.random.Generator, jitter: float, tilt_deg: float) -> tuple[BaseGeometry, ...]:
    """Return the two half planes and the line of one cut, across the longer side."""
    x0, y0, x1, y1 = bounds
    part, wide = np.clip(rng.normal(0.5, jitter), 0.34, 0.66), x1 - x0 > (y1 - y0) * rng.uniform(0.85, 1.2)
    if not wide:
        x0, y0, x1, y1 = y0, x0, y1, x1
    at = x0 + part * (x1 - x0)
    lean = np.tan(np.radians(np.clip(rng.normal(0, tilt_deg), -2 * tilt_deg, 2 * tilt_deg))) * (y1 - y0 + 2) / 2
    lean = np.clip(lean, -0.2 * (x1 - x0), 0.2 * (x1 - x0))
    low, high = (at - lean, y0 - 1), (at + lean, y1 + 1)
    shapes = [[(x0 - 1, y0 - 1), low, high, (x0 - 1, y1 + 1)], [(x1 + 1, y0 - 1), low, high, (x1 + 1, y1 + 1)], [low, high]]
    if not wide:
        shapes = [[(y, x) for x, y in shape] for shape in shapes]
    return shapely.Polygon(shapes[0]), shapely.Polygon(shapes[1]), shapely.LineString(shapes[2])
