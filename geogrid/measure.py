"""Measures of polygons for maps and tables: compactness, how wide and long a strip is, and colours that tell neighbours apart."""

from __future__ import annotations

import heapq
from itertools import combinations

import numpy as np
import shapely

HUES = 5
TOUCH_M = 0.1  # layers drawn by several hands touch within this
WIDTH_SHARE, ROUGH_SHARE, ROUGH_VERTICES = 0.01, 0.05, 2000  # how exactly the largest disc is found, and in shapes of very many vertices


def polsby_popper(polygons: np.ndarray) -> np.ndarray:
    """Return the Polsby–Popper compactness of each polygon, 4π area / outline²: 1 for a disc, 0 for nothing; float (n,).

    >>> float(polsby_popper([shapely.box(0, 0, 1, 1)])[0].round(4))
    0.7854
    """
    geometry = np.asarray(polygons, dtype=object)
    area, length = np.nan_to_num(shapely.area(geometry)), np.nan_to_num(shapely.length(geometry))
    return np.divide(4 * np.pi * area, length**2, out=np.zeros(len(geometry)), where=length > 0)


def widest(polygons: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the diameter of the largest disc that fits into each polygon, and its centre (n, 2); 0 and NaN for what has no area.

    Exact to 1 %, in shapes of very many vertices to 5 %. Halves the span between bounds by shrinking: the outline gives the lower one, area
    and enclosing rectangle the upper.
    (`shapely.maximum_inscribed_circle` takes a hundred times as long on a thin strip.)

    >>> float(widest([shapely.box(0, 0, 60, 2.4)])[0][0].round(1))
    2.4
    """
    parts, row = shapely.get_parts(np.asarray(polygons, dtype=object), return_index=True)
    areal = shapely.area(parts) > 0
    parts, row = parts[areal], row[areal]
    low, high = _disc_bounds(parts)
    core = parts.copy()
    exact = 1 + np.where(shapely.get_num_coordinates(parts) > ROUGH_VERTICES, ROUGH_SHARE, WIDTH_SHARE)
    while len(open_ := np.flatnonzero(high > exact * low)):
        middle = np.sqrt(low[open_] * high[open_])
        shrunk = shapely.buffer(parts[open_], -middle, quad_segs=16)
        fits = ~shapely.is_empty(shrunk)
        low[open_[fits]], core[open_[fits]], high[open_[~fits]] = middle[fits], shrunk[fits], middle[~fits]
    order = np.lexsort((-low, row))
    first = order[np.r_[True, row[order][1:] != row[order][:-1]]] if len(order) else order
    width, centre = np.zeros(len(polygons)), np.full((len(polygons), 2), np.nan)
    width[row[first]] = low[first] + high[first]
    centre[row[first]] = shapely.get_coordinates(shapely.point_on_surface(core[first]))
    return width, centre


def _disc_bounds(parts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a lower and an upper bound of the radius of the largest disc inside each polygon."""
    area, outline = shapely.area(parts), shapely.length(parts)
    box = shapely.minimum_rotated_rectangle(parts)
    box = np.where(shapely.get_type_id(box) == shapely.GeometryType.POLYGON, box, shapely.envelope(parts))  # it may be too thin to be turned
    corner = shapely.get_coordinates(box).reshape(len(parts), 5, 2)
    side = np.hypot(*np.moveaxis(corner[:, 1:3] - corner[:, :2], -1, 0))
    high = np.minimum(side.min(axis=1, initial=np.inf) / 2, np.sqrt(area / np.pi))
    low = np.minimum(area / outline, high)  # area ≤ radius × outline, but for holes
    holes = shapely.get_num_interior_rings(parts) > 0
    return np.where(holes, high / 1000, low), high


def lengths(polygons: np.ndarray, width: np.ndarray) -> np.ndarray:
    """Return how long strips of these widths are, along their middle, wherever they wind: half the outline less the width; float (n,).

    >>> float(lengths([shapely.box(0, 0, 60, 2.4)], np.array([2.4]))[0].round(1))
    60.0
    """
    return np.maximum(shapely.length(np.asarray(polygons, dtype=object)) / 2 - width, width)


def colours(polygons: np.ndarray, hues: int = HUES) -> np.ndarray:
    """Return a hue 0 … `hues` - 1 for each polygon, int (n,), so that polygons that touch differ: DSATUR, the same for the same rows.

    Five suffice on a map. Where none is free a chain of two hues is swapped (Kempe); where that does not help either, as it may not with stacked
    units and units in pieces, the hue that fewest neighbours have is taken.
    """
    near = _neighbours(np.asarray(polygons, dtype=object))
    hue = [-1] * len(near)
    around: list[set[int]] = [set() for _ in near]
    used = [0] * hues
    queue = [(0, -len(others), row) for row, others in enumerate(near)]
    heapq.heapify(queue)
    while queue:
        row = heapq.heappop(queue)[2]
        if hue[row] >= 0:
            continue
        hue[row] = _choose(row, hue, near, used)
        used[hue[row]] += 1
        for other in near[row]:
            if hue[other] < 0 and hue[row] not in around[other]:
                around[other].add(hue[row])
                heapq.heappush(queue, (-len(around[other]), -len(near[other]), other))
    return np.array(hue, dtype=np.int64)


def _neighbours(geometry: np.ndarray) -> list[list[int]]:
    """List for each polygon the rows of those that it touches, ascending."""
    a, b = shapely.STRtree(geometry).query(geometry, predicate="dwithin", distance=TOUCH_M)
    keep = a != b
    order = np.lexsort((b[keep], a[keep]))
    a, b = a[keep][order], b[keep][order]
    ends = np.searchsorted(a, np.arange(1, len(geometry)))
    return [part.tolist() for part in np.split(b, ends)] if len(geometry) else []


def _choose(row: int, hue: list[int], near: list[list[int]], used: list[int]) -> int:
    """Return the least used hue that no neighbour has, recolouring a chain of neighbours where that frees one."""
    taken = {hue[other] for other in near[row]}
    free = [h for h in range(len(used)) if h not in taken]
    if free:
        return min(free, key=used.__getitem__)
    for first, second in combinations(range(len(used)), 2):
        starts = [other for other in near[row] if hue[other] == first]
        chain = _chain(starts, hue, near, first, second)
        if not any(hue[other] == second and other in chain for other in near[row]):
            for other in chain:
                hue[other] = second if hue[other] == first else first
            return first
    counts = [sum(hue[other] == h for other in near[row]) for h in range(len(used))]
    return min(range(len(used)), key=lambda h: (counts[h], used[h], h))


def _chain(starts: list[int], hue: list[int], near: list[list[int]], first: int, second: int) -> set[int]:
    """Return all rows that hang together with `starts` through these two hues."""
    chain, front = set(starts), list(starts)
    while front:
        row = front.pop()
        for other in near[row]:
            if hue[other] in (first, second) and other not in chain:
                chain.add(other)
                front.append(other)
    return chain
