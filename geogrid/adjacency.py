"""Adjacency of cells: who shares how much border with whom, and which barrier lies on it.

Rook neighbours by shared border *length*, from matching equal edges of a noded coverage: two cells that share a point only are none.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import shapely

from geogrid.edges import SharedEdges, shared_edges

ON_BARRIER_M = 2.0  # a border so near a barrier line lies on it: borders follow road axes to the millimetre, roads drawn beside a border do not
ON_SHARE = 0.5  # of a border's length must lie on the barrier
BRIDGE_M = 15.0  # a bridge so near a border opens it
NONE, ROAD, MAIN, HARD = 0, 1, 2, 3


def contiguity(cells: np.ndarray, *, min_m: float = 0.5, edges: SharedEdges | None = None) -> pd.DataFrame:
    """Return pairs of rows of `cells` (noded coverage, metres) that share at least `min_m` of border: a, b, length_m, x, y.

    a < b, ordered by a, b; (x, y) is a point on the shared border, the middle of the edge nearest to the border's centre.
    `edges`: the shared edges of the cells, where the caller has them.
    """
    edges = shared_edges(cells) if edges is None else edges
    start, pair, length = _pairs(edges)
    middle = edges.ends.mean(axis=1)
    centre = np.stack([np.bincount(pair, middle[:, k] * edges.length_m, len(start)) for k in (0, 1)], axis=1) / np.maximum(length, 1e-12)[:, None]
    order = np.lexsort((np.hypot(*(middle - centre[pair]).T), pair))
    at = middle[order[np.searchsorted(pair[order], np.arange(len(start)))]] if len(start) else middle
    frame = pd.DataFrame({"a": edges.a[start], "b": edges.b[start], "length_m": length, "x": at[:, 0], "y": at[:, 1]})
    return frame[frame["length_m"] >= min_m].reset_index(drop=True)


def _pairs(edges: SharedEdges) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the first edge of each pair of faces, the pair number of each edge, and the length of each pair's border."""
    new = np.r_[True, (np.diff(edges.a) != 0) | (np.diff(edges.b) != 0)][: len(edges.a)]
    pair = np.cumsum(new) - 1
    start = np.flatnonzero(new)
    return start, pair, np.bincount(pair, edges.length_m, len(start))


def crossings(cells: np.ndarray, pairs: pd.DataFrame, barriers: Mapping[str, np.ndarray], *, edges: SharedEdges | None = None) -> np.ndarray:
    """Return for each pair of `contiguity` what lies on its border, int8: 0 nothing, 1 road, 2 main road, 3 rail, water or wall.

    `barriers`: geometries by `road`, `main`, `hard`, `bridge` (metres; of polygons the boundary counts). The worst counts. A hard
    barrier with a bridge within 15 m of the shared border counts as a main road. `edges`: the shared edges of the cells, where the caller has them.
    """
    kind = np.zeros(len(pairs), np.int8)
    edges, pair = _edges_of(shared_edges(cells) if edges is None else edges, pairs)
    middles = shapely.STRtree(shapely.points(edges.ends.mean(axis=1)))
    for name, value in (("road", ROAD), ("main", MAIN), ("hard", HARD)):
        lines = barrier_lines(barriers.get(name, ()))
        on = _on_lines(edges, middles, lines)
        held = np.bincount(pair, edges.length_m * on, len(pairs)) >= ON_SHARE * np.bincount(pair, edges.length_m, len(pairs))
        held &= np.bincount(pair[on], minlength=len(pairs)) > 0
        if name == "hard":
            bridged = held & _bridged(edges, pair, held, barrier_lines(barriers.get("bridge", ())))
            kind[bridged] = MAIN
            held &= ~bridged
        kind[held] = value
    return kind


def _edges_of(edges: SharedEdges, pairs: pd.DataFrame) -> tuple[SharedEdges, np.ndarray]:
    """Return the shared edges of the given pairs and the row of the pair of each."""
    rows = int(max(edges.b.max(initial=0), pairs["b"].max() if len(pairs) else 0)) + 1
    key = pairs["a"].to_numpy() * rows + pairs["b"].to_numpy()
    mine = edges.a * rows + edges.b
    order = np.argsort(key, kind="stable")
    at = np.searchsorted(key[order], mine)
    known = at < len(key)
    known[known] = key[order][at[known]] == mine[known]
    return SharedEdges(edges.a[known], edges.b[known], edges.ends[known], edges.length_m[known]), order[at[known]]


def barrier_lines(geometries: np.ndarray | tuple[()]) -> np.ndarray:
    """Return lines and boundaries of polygons cut into single segments, so that an index of them is sharp."""
    array = np.empty(len(geometries), dtype=object)
    array[:] = list(geometries)
    parts = shapely.get_parts(array[~shapely.is_missing(array)])
    flat = shapely.get_dimensions(parts) == 2
    xy, line = shapely.get_coordinates(np.concatenate([parts[shapely.get_dimensions(parts) == 1], shapely.get_rings(parts[flat])]), return_index=True)
    inside = line[1:] == line[:-1]
    return shapely.linestrings(np.stack([xy[:-1][inside], xy[1:][inside]], axis=1)) if inside.any() else np.zeros(0, dtype=object)


def _on_lines(edges: SharedEdges, middles: shapely.STRtree, lines: np.ndarray) -> np.ndarray:
    """Answer for each edge whether its middle (an index of them is at hand) and both its ends lie on the lines."""
    on = np.zeros(len(edges.a), bool)
    if not len(lines) or not len(edges.a):
        return on
    on[middles.query(lines, predicate="dwithin", distance=ON_BARRIER_M)[1]] = True
    near = np.flatnonzero(on)
    for end in (0, 1):
        tree = shapely.STRtree(shapely.points(edges.ends[near, end]))
        hit = np.zeros(len(near), bool)
        hit[tree.query(lines, predicate="dwithin", distance=ON_BARRIER_M)[1]] = True
        on[near[~hit]] = False
    return on


def _bridged(edges: SharedEdges, pair: np.ndarray, held: np.ndarray, bridges: np.ndarray) -> np.ndarray:
    """Answer for each pair that is held apart whether a bridge comes near its border."""
    open_ = np.zeros(len(held), bool)
    mine = np.flatnonzero(held[pair]) if len(pair) else np.zeros(0, int)
    if len(mine) and len(bridges):
        tree = shapely.STRtree(shapely.linestrings(edges.ends[mine]))
        open_[pair[mine[tree.query(bridges, predicate="dwithin", distance=BRIDGE_M)[1]]]] = True
    return open_
