"""Made levels: groups of territories (cells) or of storeys (atoms) within bounds, by the kernel `geogrid.partition`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from geogrid.generate.counts import Graph, cut
from geogrid.generate.land import Territories
from geogrid.generate.mesh import COST, HARD, Mesh
from geogrid.partition import Partition
from geogrid.plan import Base
from geogrid.scheme import Level

NONE = -1
STOREY_M = 3.0
GROUND, SAME_FLOOR, VERTICAL = 0, 1, 2


@dataclass(frozen=True, eq=False)
class Made:
    """Units of one made level: `label` (atoms,) unit number or NONE; `kind` and `reason` per unit."""

    label: np.ndarray
    kind: list[str]
    reason: list[str]


def group_cells(level: Level, base: Base, mesh: Mesh, parent: np.ndarray, land: Territories, seed: int) -> Made:
    """Group territories into units of whole cells. `parent` (c,): label of the unit above, >= 0 or NONE."""
    upper = level.households[1] if level.households else int(mesh.households.sum())
    homes = np.unique(land.host[land.host >= 0])
    node = np.full(len(parent), NONE)
    node[homes] = np.arange(len(homes))
    of_cell = np.where(land.host >= 0, node[np.maximum(land.host, 0)], NONE)
    edges, cost = _territory_edges(mesh, of_cell, parent)
    whole = _whole_buildings(base.cells["building"].to_numpy()[homes], mesh.households[homes], edges, upper)
    of_cell = np.append(whole, NONE)[of_cell]  # the last stands for NONE
    edges, cost = _territory_edges(mesh, of_cell, parent)
    pieces = np.unique(land.dedicated[land.dedicated >= 0])
    weight, xyz, within = _nodes(mesh, homes, whole, parent)
    done = cut(level, Graph(weight, xyz, within, edges, cost), len(pieces), seed)
    return _gather(base, done, of_cell, land, pieces)


def _whole_buildings(building: np.ndarray, weight: np.ndarray, edges: np.ndarray, upper: int) -> np.ndarray:
    """Number of the node that each territory becomes: neighbouring entrances of one building stay together where it fits into `upper`."""
    n = len(building)
    names, number = np.unique(building.astype(str), return_inverse=True)
    fits = (np.bincount(number, weight, minlength=len(names)) <= upper) & (names != "")
    same = (number[edges[:, 0]] == number[edges[:, 1]]) & fits[number[edges[:, 0]]] if len(edges) else np.zeros(0, dtype=bool)
    a, b = edges[same, 0], edges[same, 1]
    return connected_components(csr_matrix((np.ones(len(a)), (a, b)), shape=(n, n)), directed=False)[1]


def _nodes(mesh: Mesh, homes: np.ndarray, whole: np.ndarray, parent: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weight int (k,), middle (k, 3) and parent (k,) of the nodes that territories were gathered into."""
    weight = np.bincount(whole, mesh.households[homes]).astype(np.int64)
    middle = [np.bincount(whole, mesh.households[homes] * mesh.xy[homes, i]) / np.maximum(weight, 1) for i in (0, 1)]
    within = np.full(len(weight), NONE)
    within[whole] = parent[homes]
    return weight, np.round(np.column_stack([*middle, np.zeros(len(weight))]), 3), within


def _gather(base: Base, done: Partition, of_cell: np.ndarray, land: Territories, pieces: np.ndarray) -> Made:
    k = int(done.labels.max(initial=-1)) + 1
    cell_label = np.append(done.labels, NONE)[of_cell]
    cell_label = np.where(land.dedicated >= 0, k + np.searchsorted(pieces, land.dedicated), cell_label)
    reason = [""] * (k + len(pieces))
    for group, _, why in done.exceptions:
        reason[group] = why
    return Made(cell_label[base.cell_position], ["base"] * k + ["dedicated"] * len(pieces), reason)


def _territory_edges(mesh: Mesh, of_cell: np.ndarray, parent: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Borders between territories of one parent that one can walk across: pairs int (m, 2) and the cost of the easiest crossing (m,)."""
    u, v = of_cell[mesh.a], of_cell[mesh.b]
    ok = (u >= 0) & (v >= 0) & (u != v) & (parent[mesh.a] == parent[mesh.b]) & (mesh.rank < HARD)
    pair = np.sort(np.c_[u[ok], v[ok]], axis=1)
    unique, where = np.unique(pair, axis=0, return_inverse=True)
    cost = np.full(len(unique), np.inf)
    np.minimum.at(cost, where.ravel(), COST[mesh.rank[ok]])
    return unique.reshape(-1, 2), cost


def group_atoms(level: Level, base: Base, mesh: Mesh, parent: np.ndarray, land: Territories, seed: int) -> Made:
    """Group storeys of home cells into units; land goes with the lowest storey of its home. `parent` (c,) as in group_cells."""
    atoms = base.atoms
    cell = base.cell_position
    homes = mesh.households > 0
    rows = np.flatnonzero(homes[cell] & (parent[cell] >= 0))
    node = np.full(len(atoms), NONE)
    node[rows] = np.arange(len(rows))
    first = np.full(len(homes), NONE)
    first[cell[rows][::-1]] = node[rows][::-1]  # the lowest storey of each home cell: atoms of a cell stand in floor order
    of_cell = np.where(land.host >= 0, first[np.maximum(land.host, 0)], NONE)
    edges, kind, cost = _storey_edges(base, mesh, parent, rows, land.host)
    pieces = np.unique(land.dedicated[land.dedicated >= 0])
    xyz = np.c_[mesh.xy[cell[rows]], STOREY_M * atoms["floor_from"].to_numpy()[rows]]
    done = cut(level, Graph(atoms["households"].to_numpy()[rows], xyz, parent[cell[rows]], edges, cost, kind), len(pieces), seed)
    made = _gather(base, done, of_cell, land, pieces)
    label = made.label.copy()
    label[rows] = done.labels
    return Made(label, made.kind, made.reason)


def _storey_edges(base: Base, mesh: Mesh, parent: np.ndarray, rows: np.ndarray, host: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Edges between storeys: next floor of an entrance, same floor of the next entrance of a house, ground between houses."""
    cell = base.cell_position[rows]
    up = np.flatnonzero(cell[1:] == cell[:-1])
    vertical = np.c_[up, up + 1]
    pairs, cost = _territory_edges(mesh, host, parent)  # rows of home cells
    first = np.full(len(host), NONE)
    first[cell[::-1]] = np.arange(len(cell))[::-1]
    ground = first[pairs]
    building = base.cells["building"].to_numpy()
    same = (building[pairs[:, 0]] == building[pairs[:, 1]]) & (building[pairs[:, 0]] != "")
    # Above the ground there is no land between two entrances: only cells that touch are on the same floor.
    touch = np.c_[mesh.a, mesh.b][(first[mesh.a] >= 0) & (first[mesh.b] >= 0) & (parent[mesh.a] == parent[mesh.b]) & (mesh.rank < HARD)]
    touch = touch[(building[touch[:, 0]] == building[touch[:, 1]]) & (building[touch[:, 0]] != "")]
    level = _same_floor(cell, first, touch)
    edges = np.concatenate([vertical, ground, level]).astype(np.int64)
    kind = np.concatenate([np.full(len(vertical), VERTICAL), np.where(same, SAME_FLOOR, GROUND), np.full(len(level), SAME_FLOOR)]).astype(np.int8)
    return edges, kind, np.concatenate([np.ones(len(vertical)), cost, np.ones(len(level))])


def _same_floor(cell: np.ndarray, first: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Pairs of nodes on the same floor, above the lowest, of neighbouring entrances; cells whose storeys are one atom have no upper floor."""
    height = np.bincount(cell, minlength=len(first))
    n = np.minimum(height[pairs[:, 0]], height[pairs[:, 1]]) - 1
    n = np.maximum(n, 0)
    which = np.repeat(np.arange(len(pairs)), n)
    k = np.arange(len(which)) - np.repeat(np.cumsum(n) - n, n) + 1
    return np.c_[first[pairs[which, 0]] + k, first[pairs[which, 1]] + k]
