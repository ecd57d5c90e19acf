"""Faults sown into a valid coverage: what draughtsmen do to borders, at a random place and of a given width.

Each takes the polygons (object array, edited in place), the row, the width in metres and a generator, and returns the rows that it touched.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import shapely


def grown(shapes: np.ndarray, row: int, width: float, rng: np.random.Generator) -> set[int]:  # noqa: ARG001
    """Let a unit reach over all its neighbours."""
    shapes[row] = shapes[row].buffer(width, join_style="mitre")
    return {row}


def shrunk(shapes: np.ndarray, row: int, width: float, rng: np.random.Generator) -> set[int]:  # noqa: ARG001
    """Draw a unit back from all its neighbours."""
    smaller = shapes[row].buffer(-width, join_style="mitre")
    if smaller.geom_type == "Polygon" and not smaller.is_empty:
        shapes[row] = smaller
    return {row}


def moved(shapes: np.ndarray, row: int, width: float, rng: np.random.Generator) -> set[int]:
    """Move one corner of one unit."""
    if shapes[row].geom_type != "Polygon":
        return {row}
    xy = shapely.get_coordinates(shapes[row])[:-1]
    at, angle = rng.integers(len(xy)), rng.uniform(0, 2 * np.pi)
    xy[at] += width * np.array([np.cos(angle), np.sin(angle)])
    shape = shapely.Polygon(xy)
    shapes[row] = shape if shape.is_valid else shapes[row]
    return {row}


def extra(shapes: np.ndarray, row: int, width: float, rng: np.random.Generator) -> set[int]:  # noqa: ARG001
    """Give one unit a vertex on an edge that its neighbour does not have."""
    ring = shapely.get_exterior_ring(shapely.get_parts(shapes[row])[0])
    xy = shapely.get_coordinates(ring)
    at = rng.integers(len(xy) - 1)
    share = rng.uniform(0.2, 0.8)
    xy = np.insert(xy, at + 1, xy[at] + share * (xy[at + 1] - xy[at]), axis=0)
    shapes[row] = shapely.Polygon(xy)
    return {row}


def twisted(shapes: np.ndarray, row: int, width: float, rng: np.random.Generator) -> set[int]:  # noqa: ARG001
    """Let a ring run out and back on a spike, with a vertex said twice."""
    xy = shapely.get_coordinates(shapely.get_exterior_ring(shapely.get_parts(shapes[row])[0]))
    middle = (xy[0] + xy[1]) / 2
    shapes[row] = shapely.Polygon(np.concatenate([xy[:1], [middle, middle + width, middle], xy[1:], xy[-1:]]))
    return {row}


def crumbed(shapes: np.ndarray, row: int, width: float, rng: np.random.Generator) -> set[int]:
    """Give a unit a detached strip within another one."""
    other = int(rng.integers(len(shapes)))
    middle = shapes[other].representative_point()
    strip = shapely.box(middle.x, middle.y, middle.x + 3, middle.y + width)
    if other == row or not shapes[other].is_valid or not shapes[other].contains(strip) or not shapes[row].is_valid:
        return {row}
    shapes[other] = shapes[other].difference(strip)
    shapes[row] = shapes[row].union(strip)
    return {row, other}


def slit(shapes: np.ndarray, row: int, width: float, rng: np.random.Generator) -> set[int]:  # noqa: ARG001
    """Cut a slit of nobody's land into a unit."""
    middle = shapes[row].representative_point()
    if shapes[row].is_valid:
        shapes[row] = shapes[row].difference(shapely.box(middle.x - 2, middle.y, middle.x + 2, middle.y + width))
    return {row}


FAULTS: tuple[Callable[[np.ndarray, int, float, np.random.Generator], set[int]], ...] = (
    grown,
    shrunk,
    moved,
    extra,
    twisted,
    crumbed,
    slit,
)
WIDTHS = (0.004, 0.03, 0.2, 0.45, 0.95, 1.6, 4.0)


def sow(shapes: np.ndarray, fault_n: int, rng: np.random.Generator) -> set[int]:
    """Sow `fault_n` faults, each kind and width as often as any other; return the rows that were touched."""
    touched: set[int] = set()
    for _ in range(fault_n):
        fault, width = FAULTS[rng.integers(len(FAULTS))], WIDTHS[rng.integers(len(WIDTHS))]
        touched |= fault(shapes, int(rng.integers(len(shapes))), width, rng)
    return touched
