"""Ways between homes: which territories touch, and what lies between them: the block, side and compound in which each home stands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse.csgraph import connected_components

from geogrid.generate import mesh as meshes
from geogrid.generate.mesh import HARD, Mesh
from geogrid.generate.sides import FENCE, MAIN, ROAD, distinct_pairs

NONE = -1
BAR_COST = np.array([1.0, 2.0, 2.0, 4.0, 9.0, 9.0])
"""How much dearer it is to join two homes behind each bar."""


@dataclass(frozen=True, eq=False)
class Places:
    """Where each cell lies: `block` int (c,) between roads, `side` int (c,) between main roads, `compound_row` int (c,), NONE for none."""

    block: np.ndarray
    side: np.ndarray
    compound_row: np.ndarray

    def compounds(self, cells: np.ndarray) -> np.ndarray:
        """Name of the compound of each of the cells, str, "" for none."""
        row = self.compound_row[cells]
        return np.where(row < 0, "", row.astype(str))

    def bar(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """What lies between cells `a` and `b`, rows (m,): a sum of bars (`geogrid.generate.sides`)."""
        roads = np.where(self.side[a] != self.side[b], MAIN, np.where(self.block[a] != self.block[b], ROAD, 0))
        return roads + FENCE * (self.compound_row[a] != self.compound_row[b])


@dataclass(frozen=True, eq=False)
class Ways:
    """Pairs of nodes that one can walk between: `ends` int (m, 2), sorted; their `bar`, `cost` and `length_m` of border (m,)."""

    ends: np.ndarray
    bar: np.ndarray
    cost: np.ndarray
    length_m: np.ndarray

    def border_m(self, pairs: np.ndarray) -> np.ndarray:
        """Metres of border of any pairs of nodes (p, 2), 0 where they do not touch."""
        if len(self.ends) == 0:
            return np.zeros(len(pairs))
        top = max(self.ends.max(), pairs.max(initial=0)) + 1
        key, wanted = self.ends @ [top, 1], np.sort(pairs, axis=1) @ [top, 1]
        at = np.minimum(np.searchsorted(key, wanted), len(key) - 1)
        return np.where(key[at] == wanted, self.length_m[at], 0.0)


def find_places(mesh: Mesh, parent: np.ndarray) -> Places:
    """Find the blocks and sides that roads and main roads make of each parent (c,)."""
    inside = (parent[mesh.a] == parent[mesh.b]) & (parent[mesh.a] >= 0)
    block, side = (connected_components(mesh.graph(inside & (mesh.rank < rank)), directed=False)[1] for rank in (meshes.ROAD, meshes.MAIN))
    compound = np.full(len(parent), NONE) if mesh.compound is None else mesh.compound
    return Places(block, side, compound)


def find_ways(mesh: Mesh, places: Places, node: np.ndarray, parent: np.ndarray) -> Ways:
    """Find the ways between the nodes of cells (`node` (c,), NONE for none) of one parent; the easiest crossing counts, and where the homes are."""
    u, v = node[mesh.a], node[mesh.b]
    ok = (u >= 0) & (v >= 0) & (u != v) & (parent[mesh.a] == parent[mesh.b]) & (mesh.rank < HARD)
    ends, at = distinct_pairs(np.sort(np.c_[u[ok], v[ok]], axis=1))
    rank = np.full(len(ends), HARD)
    np.minimum.at(rank, at, mesh.rank[ok])
    known = np.flatnonzero(node >= 0)
    known = known[np.argsort(mesh.households[known], kind="stable")]
    home = np.full(node.max(initial=NONE) + 1, NONE)
    home[node[known]] = known  # the cell with the most households stands for its node
    bar = places.bar(home[ends[:, 0]], home[ends[:, 1]])
    return Ways(ends, bar, np.maximum(BAR_COST[bar], meshes.COST[rank]), np.bincount(at, mesh.length_m[ok], minlength=len(ends)))
