"""What a camera sees, by others: pysovist, visilibity and CGAL (pyvispoly), each given only the houses near the camera, as its users would.

Each draws what is seen of a square round the camera; the circle of its range is cut out of that exactly here, so that areas can be compared.
"""

# pyright: reportMissingImports=false
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

BEYOND_M = 1.0
"""The square round a camera is so much wider than its range."""


@dataclass(frozen=True)
class Sight:
    """One camera, at the origin: its range, and the `free` ground of the square round it that holds it, a polygon with the houses as holes."""

    range_m: float
    free: shapely.Polygon


def sight(houses: np.ndarray, tree: shapely.STRtree, x: float, y: float, range_m: float) -> Sight | None:
    """Return the ground round a camera, moved to the origin; None where it stands in or on a house."""
    half = range_m + BEYOND_M
    near = houses[tree.query(shapely.box(x - half, y - half, x + half, y + half), predicate="intersects")]
    moved = shapely.transform(near, lambda xy: xy - (x, y))
    free = shapely.difference(shapely.box(-half, -half, half, half), shapely.union_all(moved))
    here = [part for part in shapely.get_parts(free) if part.covers(shapely.Point(0, 0))]
    return Sight(range_m, here[0]) if here else None


def by_pysovist(seen: Sight) -> float:
    """Return the area in m² by pysovist, which knows ranges itself."""
    from pysovist import Plan, isovist

    xy = [shapely.get_coordinates(ring) for ring in shapely.get_rings(seen.free)]
    walls = np.concatenate([np.stack([ring[:-1], ring[1:]], axis=1) for ring in xy])
    return float(isovist(Plan(walls), (0.0, 0.0), max_distance=seen.range_m).area)


def by_visilibity(seen: Sight) -> float:
    """Return the area in m² by visilibity."""
    import visilibity

    walls = [visilibity.Polygon([visilibity.Point(x, y) for x, y in ring.tolist()]) for ring in _rings(seen.free)]
    view = visilibity.Visibility_Polygon(visilibity.Point(0.0, 0.0), visilibity.Environment(walls), 1e-9)
    return disc_share_m2(np.array([(view[i].x(), view[i].y()) for i in range(view.n())]), seen.range_m)


def by_pyvispoly(seen: Sight) -> float:
    """Return the area in m² by CGAL, exact numbers throughout."""
    from pyvispoly import Point, PolygonWithHoles, VisibilityPolygonCalculator

    outer, *holes = [[Point(x, y) for x, y in ring.tolist()] for ring in _rings(seen.free)]
    view = VisibilityPolygonCalculator(PolygonWithHoles(outer, holes)).compute_visibility_polygon(Point(0.0, 0.0))
    return disc_share_m2(np.array([(float(at.x()), float(at.y())) for at in view.boundary()]), seen.range_m)


PEERS: dict[str, Callable[[Sight], float]] = {"pysovist": by_pysovist, "visilibity": by_visilibity, "pyvispoly": by_pyvispoly}


def _rings(free: shapely.Polygon) -> Sequence[np.ndarray]:
    """Return the rings without their last point: the outer one counter-clockwise, holes clockwise."""
    return [shapely.get_coordinates(ring)[:-1] for ring in shapely.get_rings(shapely.orient_polygons(free))]


def disc_share_m2(ring: np.ndarray, radius_m: float) -> float:
    """Return the exact area of a ring (n, 2), seen whole from the origin, within the circle round the origin.

    >>> round(disc_share_m2(np.array([(-9.0, -9.0), (9.0, -9.0), (9.0, 9.0), (-9.0, 9.0)]), 2.0), 9) == round(4 * np.pi, 9)
    True
    """
    a, b = ring, np.roll(ring, -1, axis=0)
    way = b - a
    square = np.maximum((way * way).sum(axis=1), 1e-300)
    along, beyond = (a * way).sum(axis=1), (a * a).sum(axis=1) - radius_m**2
    root = np.sqrt(np.maximum(along**2 - square * beyond, 0.0))
    enter, leave = np.clip((-along - root) / square, 0, 1), np.clip((-along + root) / square, 0, 1)
    p, q = a + enter[:, None] * way, a + leave[:, None] * way
    area = 0.5 * radius_m**2 * (_angle(a, p) + _angle(q, b)) + 0.5 * _cross(p, q)
    return abs(float(area.sum()))


def _cross(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]


def _angle(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.arctan2(_cross(a, b), (a * b).sum(axis=1))
