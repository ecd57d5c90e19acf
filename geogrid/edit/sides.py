"""On which side of a drawn line each piece of some units lies, and to whom it goes.

+-------+-------+       The line parts A into A1 and A2, and B into B1 and B2. Of the parts of a unit that lie along the line the largest stays.
|   A1  :A2| B2 |       Another goes to the unit with which it shares most border that is not the line: A2 to B. A part that touches no other
|       :  | :  |       of the units stays, and so does what the line does not part: it ends inside, or runs along the border that there is.
+-------+-------+
"""

from __future__ import annotations

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geogrid.edges import SharedEdges, shared_edges

SEVERAL = -1
"""In place of a unit's number: several units share the cell, floor by floor, so it stays with all of them."""


def find_targets(shapes: np.ndarray, cell: np.ndarray, owner: np.ndarray, along: np.ndarray) -> np.ndarray:
    """Return the unit number to which each of some Polygons (f,) of a noded coverage goes, int (f,).

    `cell` (f,): the cell that each is, or is a piece of; pieces of a cell have the line between them. `owner` (f,): its unit 0 … or SEVERAL.
    `along` (m, 2, 2): edges on which the line runs.
    """
    edges = shared_edges(shapes)
    cut = (cell[edges.a] == cell[edges.b]) | _is_on(edges, along)
    touches = np.zeros(len(shapes), dtype=bool)
    touches[np.r_[edges.a[cut], edges.b[cut]]] = True
    a, b, length = edges.a[~cut], edges.b[~cut], edges.length_m[~cut]
    part = _parts(len(shapes), owner, a, b)
    area, first = np.bincount(part, shapely.area(shapes)), np.unique(part, return_index=True)[1]
    of_part = owner[first]
    loose = (np.bincount(part, touches) > 0) & (of_part != SEVERAL)
    for unit in np.unique(of_part[loose]).tolist():
        mine = np.flatnonzero(loose & (of_part == unit))
        loose[mine[np.argmax(area[mine])]] = False
    target = of_part.copy()
    for each in np.flatnonzero(loose).tolist():
        target[each] = _beside(each, part, of_part, loose, (a, b, length))
    return target[part]


def _is_on(edges: SharedEdges, along: np.ndarray) -> np.ndarray:
    """Tell which shared edges are among those on which the line runs."""
    ends, known = edges.ends @ np.array([1, 1j]), along @ np.array([1, 1j])
    on = np.isin(ends, known).all(axis=1)
    listed = {frozenset(pair) for pair in known.tolist()}
    on[on] = [frozenset(pair) in listed for pair in ends[on].tolist()]
    return on


def _parts(n: int, owner: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the connected part of its own unit that each piece lies in. A cell of several units joins what lies on both sides of it."""
    same = (owner[a] == owner[b]) & (owner[a] != SEVERAL)
    pairs = [np.stack([a[same], b[same]], axis=1)]
    for shared in np.flatnonzero(owner == SEVERAL).tolist():
        beside = np.r_[b[a == shared], a[b == shared]]
        for unit in np.unique(owner[beside]).tolist():
            mine = beside[owner[beside] == unit]
            pairs.append(np.stack([mine[:-1], mine[1:]], axis=1))
    joined = np.concatenate(pairs)
    graph = coo_array((np.ones(len(joined)), (joined[:, 0], joined[:, 1])), shape=(n, n))
    return connected_components(graph, directed=False)[1]


def _beside(each: int, part: np.ndarray, of_part: np.ndarray, loose: np.ndarray, borders: tuple[np.ndarray, np.ndarray, np.ndarray]) -> int:
    """Return the unit with which a part shares most border beside the line, among what stays; its own where there is none."""
    a, b, length = borders
    mine = (part[a] == each) ^ (part[b] == each)
    other = np.where(part[a[mine]] == each, part[b[mine]], part[a[mine]])
    fits = ~loose[other] & (of_part[other] != SEVERAL) & (of_part[other] != of_part[each])
    if not fits.any():
        return int(of_part[each])
    shared = np.bincount(of_part[other[fits]], length[mine][fits])
    return int(np.argmax(shared))
