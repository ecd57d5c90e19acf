"""Measures of polygons for maps and tables: compactness, and colours that tell neighbours apart."""

from __future__ import annotations

import heapq
from itertools import combinations

import numpy as np
import shapely

HUES = 5
TOUCH_M = 0.1  # layers drawn by several hands touch within this


def polsby_popper(polygons: np.ndarray) -> np.ndarray:
    """Return the Polsby–Popper compactness of each polygon, 4π area / outline²: 1 for a disc, 0 for nothing; float (n,).

    >>> float(polsby_popper([shapely.box(0, 0, 1, 1)])[0].round(4))
    0.7854
    """
    geometry = np.asarray(polygons, dtype=object)
    area, length = np.nan_to_num(shapely.area(geometry)), np.nan_to_num(shapely.length(geometry))
    return np.divide(4 * np.pi * area, length**2, out=np.zeros(len(geometry)), where=length > 0)


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
