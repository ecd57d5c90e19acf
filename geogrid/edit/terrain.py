"""Some atoms of a state as a graph that the kernel can divide: what must stay together is one node.

    home     a cell with households; at the lowest level each of its storeys; at a level above, the lower unit that it lies in
    land     a cell without goes with the nearest home of its unit, over shared borders; land of a unit without homes is a node that weighs nothing

Where nobody lives at all cells weigh their area. What lies behind another barrier (in another enclosure) is dearer to join.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, dijkstra

from geogrid.edit.state import State
from geogrid.partition import Partition, partition
from geogrid.plan import NO_UNIT

GROUND, SAME_FLOOR, VERTICAL = 0, 1, 2
STOREY_M = 3.0
AREA_UNIT_M2 = 100.0
ACROSS_COST = 3.0
"""How much dearer it is to join what lies in two enclosures: what is between them, a lane or a river, the plan does not say."""


@dataclass(frozen=True, eq=False)
class Terrain:
    """`positions` (n,) of the atoms and the `node` (n,) of each; `weight` (k,), `xyz` (k, 3) metres; `edges` (m, 2), `kind` (m,), `cost` (m,)."""

    positions: np.ndarray
    node: np.ndarray
    weight: np.ndarray
    xyz: np.ndarray
    edges: np.ndarray
    kind: np.ndarray
    cost: np.ndarray

    def cut(self, lower: int, upper: int, *, count: int = 0, previous: np.ndarray | None = None) -> Partition:
        """Return the kernel's division (labels of nodes) within bounds, without proofs; `previous` (k,) as there; `count`: so many groups."""
        counts = {0: count} if count else None
        return partition(
            self.weight, self.edges, lower=lower, upper=upper, xyz=self.xyz, edge_kind=self.kind, edge_cost=self.cost,
            counts=counts, previous=previous, prove=False,
        )  # fmt: skip

    def pieces(self) -> np.ndarray:
        """Return the connected component of each node, int (k,)."""
        return _components(len(self.weight), self.edges)


def survey(state: State, positions: np.ndarray, level: str, *, below: int = 1, by_area: bool = True) -> Terrain:
    """Return the terrain of atoms (positions, ascending) on which units of a level are to be made.

    `below`: units so many levels below stay whole, none with 0. `by_area`: where nobody lives, cells weigh their area; else nothing.
    """
    is_lowest = level == state.scheme.levels[-1].id
    ground = state.ground
    rows, cell = np.unique(ground.cell[positions], return_inverse=True)
    households = ground.households[positions]
    by_area = by_area and not households.any()
    if by_area:
        households = np.zeros(len(positions), np.int64)
        first = np.unique(cell, return_index=True)[1]
        households[first] = np.maximum(np.rint(ground.area_m2[rows] / AREA_UNIT_M2), 1).astype(np.int64)
    home = np.bincount(cell, households, len(rows)) > 0
    pairs, step = _walks(state, rows)
    host = _hosts(home, pairs, step, cell, state.leaf[positions])
    single = np.arange(len(positions)) if is_lowest and not by_area else np.unique(cell, return_index=True)[1][cell]
    node = _nodes(host, home, cell, single, state.leaf[positions])
    if not is_lowest and below:
        node = _together(node, cell, state.owners(positions, state.scheme.levels[state.depths[level] + below].id))
    return _contracted(positions, node, households, _places(state, positions), *_edges(state, positions, rows, cell, pairs))


def _walks(state: State, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return pairs of places in `rows` whose cells share a border, each once, and how dear the step is."""
    ground = state.ground
    found = [ground.neighbours(row)[0] for row in rows.tolist()]
    a, b = np.repeat(rows, [len(each) for each in found]), np.concatenate(found) if found else rows
    inner = (a < b) & np.isin(b, rows)
    pairs = np.stack([np.searchsorted(rows, a[inner]), np.searchsorted(rows, b[inner])], axis=1)
    gap = ground.points[a[inner]] - ground.points[b[inner]]
    enclosure = ground.cells["enclosure"].to_numpy()
    across = enclosure[a[inner]] != enclosure[b[inner]]
    return pairs, (np.hypot(gap[:, 0], gap[:, 1]) + 1.0) * np.where(across, ACROSS_COST, 1.0)


def _hosts(home: np.ndarray, pairs: np.ndarray, step: np.ndarray, cell: np.ndarray, leaf: np.ndarray) -> np.ndarray:
    """Return for each cell the home that it goes with inside its unit: itself where it is one; the first of its land where there is none."""
    n = len(home)
    leaves: list[set[int]] = [set() for _ in range(n)]
    for at, unit in zip(cell.tolist(), leaf.tolist(), strict=True):
        leaves[at].add(unit)
    same = np.array([not leaves[a].isdisjoint(leaves[b]) for a, b in pairs.tolist()], dtype=bool).reshape(-1)
    graph = coo_array((step[same], (pairs[same, 0], pairs[same, 1])), shape=(n, n)).tocsr()
    homes = np.flatnonzero(home)
    host = np.full(n, -1)
    if len(homes):
        host = dijkstra(graph, directed=False, indices=homes, min_only=True, return_predecessors=True)[2]
    lost = host < 0
    inside = same & lost[pairs[:, 0]] & lost[pairs[:, 1]]
    piece = _components(n, pairs[inside])
    first = np.unique(piece, return_index=True)[1]
    return np.where(lost, first[piece], host)


def _nodes(host: np.ndarray, home: np.ndarray, cell: np.ndarray, single: np.ndarray, leaf: np.ndarray) -> np.ndarray:
    """Return for each atom the atom that stands for it: itself or its cell's first, of land the lowest of its host that is in the same unit."""
    lowest: dict[tuple[int, int], int] = {}
    start: dict[int, int] = {}
    for at, (where, unit) in enumerate(zip(cell.tolist(), leaf.tolist(), strict=True)):
        lowest.setdefault((where, unit), at)
        start.setdefault(where, at)
    node = single.copy()
    for at in np.flatnonzero(~home[cell]).tolist():
        where = int(host[cell[at]])
        node[at] = single[lowest.get((where, int(leaf[at])), start[where])]
    return node


def _places(state: State, positions: np.ndarray) -> np.ndarray:
    ground = state.ground
    return np.column_stack([ground.points[ground.cell[positions]], STOREY_M * ground.floor_from[positions]])


def _edges(state: State, positions: np.ndarray, rows: np.ndarray, cell: np.ndarray, pairs: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return edges between atoms (m, 2), their kind and cost: up the stairs, along a floor of one building, and over the ground."""
    ground = state.ground
    first = np.unique(cell, return_index=True)[1]
    stacked = np.flatnonzero(cell[1:] == cell[:-1])
    stairs = np.stack([stacked, stacked + 1], axis=1)
    enclosure, building = ground.cells["enclosure"].to_numpy()[rows], ground.building[rows]
    over = np.stack([first[pairs[:, 0]], first[pairs[:, 1]]], axis=1)
    cost = np.where(enclosure[pairs[:, 0]] != enclosure[pairs[:, 1]], ACROSS_COST, 1.0)
    same = (building[pairs[:, 0]] == building[pairs[:, 1]]) & (building[pairs[:, 0]] != "")
    floors = _along(cell, ground.floor_from[positions], pairs[same])
    edges = np.concatenate([stairs, over, floors]).astype(np.int64)
    flat = (ground.floor_from[positions][stairs[:, 0]] == ground.floor_from[positions][stairs[:, 1]]) if len(stairs) else np.zeros(0, bool)
    kind = np.concatenate([np.where(flat, SAME_FLOOR, VERTICAL), np.where(same, SAME_FLOOR, GROUND), np.full(len(floors), SAME_FLOOR)])
    return edges, kind, np.concatenate([np.ones(len(stairs)), cost, np.ones(len(floors))])


def _along(cell: np.ndarray, floor: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Return pairs of atoms on one floor of two cells of a building that touch."""
    at = {(where, level): row for row, (where, level) in reversed(list(enumerate(zip(cell.tolist(), floor.tolist(), strict=True))))}
    levels: dict[int, list[int]] = {}
    for where, level in at:
        levels.setdefault(where, []).append(level)
    found = [(at[a, level], at[b, level]) for a, b in pairs.tolist() for level in sorted(levels[a]) if (b, level) in at]
    return np.array(found, dtype=np.int64).reshape(-1, 2)


def _together(node: np.ndarray, cell: np.ndarray, unit: np.ndarray) -> np.ndarray:
    """Return the node of each atom where what lies in one lower unit, or in one cell, stays together."""
    inside = unit != NO_UNIT
    return _components(len(node), np.concatenate([_chain(node[inside], unit[inside]), _chain(node, cell)]))[node]


def _chain(node: np.ndarray, key: np.ndarray) -> np.ndarray:
    """Return pairs that tie all nodes of one key together."""
    order = np.argsort(key, kind="stable")
    same = key[order][1:] == key[order][:-1]
    return np.stack([node[order][:-1][same], node[order][1:][same]], axis=1)


def _contracted(
    positions: np.ndarray, node: np.ndarray, households: np.ndarray, places: np.ndarray, ends: np.ndarray, kinds: np.ndarray, costs: np.ndarray
) -> Terrain:
    """Return the terrain whose nodes are numbered on from 0; of several edges between two nodes the cheapest and highest kind counts."""
    used, node = np.unique(node, return_inverse=True)
    weight = np.bincount(node, households, len(used)).astype(np.int64)
    share = households + 1e-6
    xyz = np.column_stack([np.bincount(node, share * places[:, i], len(used)) for i in range(3)]) / np.bincount(node, share, len(used))[:, None]
    pairs = np.sort(node[ends], axis=1)
    apart = pairs[:, 0] != pairs[:, 1]
    edges, at = np.unique(pairs[apart], axis=0, return_inverse=True)
    cost, kind = np.full(len(edges), np.inf), np.zeros(len(edges), np.int64)
    np.minimum.at(cost, at.reshape(-1), costs[apart])
    np.maximum.at(kind, at.reshape(-1), kinds[apart])
    return Terrain(positions, node, weight, np.round(xyz, 3), edges.reshape(-1, 2), kind, cost)


def _components(n: int, pairs: np.ndarray) -> np.ndarray:
    """Return the number of the connected component of each of `n` things that pairs join, by first occurrence."""
    label = connected_components(coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(n, n)), directed=False)[1]
    return np.unique(label, return_inverse=True)[1]
