"""Made levels: groups of territories (cells) or of storeys (atoms) within bounds, by the kernel `geogrid.partition`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geogrid.errors import InputError
from geogrid.generate.land import Territories
from geogrid.generate.mesh import COST, HARD, Mesh
from geogrid.partition import apportion, partition
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
    homes = np.unique(land.host[land.host >= 0])
    node = np.full(len(parent), NONE)
    node[homes] = np.arange(len(homes))
    of_cell = np.where(land.host >= 0, node[np.maximum(land.host, 0)], NONE)
    edges, cost = _territory_edges(mesh, of_cell, parent)
    pieces = np.unique(land.dedicated[land.dedicated >= 0])
    counts = _counts(level, mesh.households[homes], parent[homes], len(pieces)) if level.make == "count" else None
    lower, upper = level.households or (1, int(mesh.households.sum()) + 1)
    xyz = np.c_[mesh.xy[homes], np.zeros(len(homes))]
    done = partition(mesh.households[homes], edges, lower=lower, upper=upper, xyz=xyz, edge_cost=cost, within=parent[homes], counts=counts, seed=seed)
    return _gather(base, done, of_cell, land, pieces)


def _gather(base: Base, done, of_cell: np.ndarray, land: Territories, pieces: np.ndarray) -> Made:  # noqa: ANN001 - a Partition
    k = int(done.labels.max(initial=-1)) + 1
    cell_label = np.where(of_cell >= 0, done.labels[np.maximum(of_cell, 0)] if len(done.labels) else NONE, NONE)
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


def _counts(level: Level, weights: np.ndarray, parent: np.ndarray, dedicated_n: int) -> dict[int, int]:
    """Share the level's count, less its dedicated units, over parents by households; a parent gets no more than it has homes."""
    wanted = int(level.count or 0) - dedicated_n
    labels, at = np.unique(parent, return_inverse=True)
    if wanted < len(labels):
        raise InputError(
            f"level {level.id}: count = {level.count} is fewer than the {dedicated_n} units without homes and the {len(labels)} parents with homes",
            f"层级 {level.id}：count = {level.count} 少于无住户单元 {dedicated_n} 个与有住户的上级 {len(labels)} 个之和",
            level=level.id,
        )
    total = np.bincount(at, weights)
    nodes = np.bincount(at, weights > 0).astype(np.int64)
    lower, upper = level.households or (1, int(total.max()))
    least = np.minimum(np.maximum(1, np.ceil(total / upper)), nodes).astype(np.int64)
    most = np.maximum(least, np.minimum(nodes, np.maximum(1, np.floor(total / lower)))).astype(np.int64)
    shares = apportion(total, wanted, least, most)
    return dict(zip(labels.tolist(), shares.tolist(), strict=True))


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
    edges, kind, cost = _storey_edges(base, mesh, parent, rows, node, land.host)
    pieces = np.unique(land.dedicated[land.dedicated >= 0])
    lower, upper = level.households or (1, int(mesh.households.sum()) + 1)
    xyz = np.c_[mesh.xy[cell[rows]], STOREY_M * atoms["floor_from"].to_numpy()[rows]]
    counts = _counts(level, atoms["households"].to_numpy()[rows], parent[cell[rows]], len(pieces)) if level.make == "count" else None
    done = partition(
        atoms["households"].to_numpy()[rows], edges, lower=lower, upper=upper, xyz=xyz, edge_kind=kind, edge_cost=cost, within=parent[cell[rows]], counts=counts, seed=seed
    )
    made = _gather(base, done, of_cell, land, pieces)
    label = made.label.copy()
    label[rows] = done.labels
    return Made(label, made.kind, made.reason)


def _storey_edges(base: Base, mesh: Mesh, parent: np.ndarray, rows: np.ndarray, node: np.ndarray, host: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
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
    level = _same_floor(cell, first, pairs[same])
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
