"""Storeys as a graph: which atoms of a plan are neighbours, by stairs, along a floor, or over the ground.

vertical     the next floor of an entrance (every part of it that lies over this one)
same floor   the next part of a floor; the same floor of the next entrance of a building
ground       the lowest floors of houses between which one can walk
"""

from __future__ import annotations

import numpy as np

from geogrid.generate.doors import as_level
from geogrid.generate.mesh import HARD, Mesh
from geogrid.plan import Base

NONE = -1
STOREY_M, PART_M = 3.0, 3.0
GROUND, SAME_FLOOR, VERTICAL = 0, 1, 2
Edges = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Pairs of nodes int (m, 2), kinds int8 (m,), costs float (m,)."""


def storey_xyz(base: Base, mesh: Mesh, rows: np.ndarray) -> np.ndarray:
    """Where the atoms `rows` stand, float (k, 3) metres: parts of a floor side by side, no wider than the cell is."""
    cell, part = base.cell_position[rows], base.atoms["part"].to_numpy()[rows]
    first = _begins(np.c_[cell, base.atoms["floor_from"].to_numpy()[rows]])
    n = np.repeat(np.diff(np.r_[first, len(rows)]), np.diff(np.r_[first, len(rows)]))
    step = np.minimum(PART_M, np.sqrt(mesh.area_m2[cell]) / np.maximum(n, 1))
    aside = (part - (n + 1) / 2) * step
    return np.c_[mesh.xy[cell, 0] + aside, mesh.xy[cell, 1], STOREY_M * base.atoms["floor_from"].to_numpy()[rows]]


def storey_edges(base: Base, mesh: Mesh, parent: np.ndarray, rows: np.ndarray, walks: tuple[np.ndarray, np.ndarray]) -> Edges:
    """Edges between the atoms `rows` (by cell, floor, part) of home cells. `walks`: pairs of cells one can walk between, and what that costs."""
    cell, level = base.cell_position[rows], as_level(base.atoms["floor_from"].to_numpy()[rows])
    begin = _begins(np.c_[cell, level])
    end = np.r_[begin[1:], len(rows)] - 1
    floor_cell, floor_level = cell[begin], level[begin]
    street = _street_floors(floor_cell, floor_level, len(mesh.xy))
    pairs, cost = walks
    building = base.cells["building"].to_numpy()
    ground, ground_cost, same = _over_ground(begin, end, street[pairs], cost, _is_same(building, pairs))
    along = np.setdiff1d(np.arange(len(rows) - 1), end)
    beside = _beside(begin, end, floor_cell, floor_level, street, _touching(mesh, parent, street, building))
    stairs = _stairs(begin, end, floor_cell)
    edges = np.concatenate([stairs, ground, np.c_[along, along + 1], beside]).astype(np.int64)
    kinds = [np.full(len(stairs), VERTICAL), np.where(same, SAME_FLOOR, GROUND), np.full(len(along) + len(beside), SAME_FLOOR)]
    costs = [np.ones(len(stairs)), ground_cost, np.ones(len(along) + len(beside))]
    return edges, np.concatenate(kinds).astype(np.int8), np.concatenate(costs)


def _begins(keys: np.ndarray) -> np.ndarray:
    """Positions where a run of equal rows begins."""
    return np.flatnonzero(np.r_[True, (keys[1:] != keys[:-1]).any(axis=1)][: len(keys)])


def _street_floors(floor_cell: np.ndarray, floor_level: np.ndarray, cells: int) -> np.ndarray:
    """Number of the floor of each cell on which one walks in, int (cells,): the first, or the lowest where there is none above the ground."""
    out = np.full(cells, NONE)
    out[floor_cell[::-1]] = np.arange(len(floor_cell))[::-1]
    first = np.flatnonzero(floor_level == 1)
    out[floor_cell[first]] = first
    return out


def _is_same(building: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    return (building[pairs[:, 0]] == building[pairs[:, 1]]) & (building[pairs[:, 0]] != "")


def _stairs(begin: np.ndarray, end: np.ndarray, floor_cell: np.ndarray) -> np.ndarray:
    """Pairs of nodes one above the other: the parts of two floors of a cell in step, the rest with the last of the other."""
    below = np.flatnonzero(floor_cell[1:] == floor_cell[:-1])
    wide, wide_above = (end - begin)[below], (end - begin)[below + 1]
    n = np.maximum(wide, wide_above) + 1
    which = np.repeat(np.arange(len(below)), n)
    k = np.arange(len(which)) - np.repeat(np.cumsum(n) - n, n)
    return np.c_[begin[below][which] + np.minimum(k, wide[which]), begin[below + 1][which] + np.minimum(k, wide_above[which])]


def _over_ground(begin: np.ndarray, end: np.ndarray, floors: np.ndarray, cost: np.ndarray, same: np.ndarray) -> Edges:
    """Pairs of nodes of the lowest floors of two cells, with cost and whether both are one building: either end of a floor in parts is at a door."""
    a, b = floors[:, 0], floors[:, 1]
    wide_a, wide_b = end[a] > begin[a], end[b] > begin[b]
    pairs = [np.c_[begin[a], begin[b]], np.c_[end[a], begin[b]][wide_a], np.c_[begin[a], end[b]][wide_b]]
    return np.concatenate(pairs), np.r_[cost, cost[wide_a], cost[wide_b]], np.r_[same, same[wide_a], same[wide_b]]


def _touching(mesh: Mesh, parent: np.ndarray, street: np.ndarray, building: np.ndarray) -> np.ndarray:
    """Pairs of home cells of one building and parent that touch: above the ground there is no land between two entrances."""
    lived = (street[mesh.a] >= 0) & (street[mesh.b] >= 0) & (parent[mesh.a] == parent[mesh.b]) & (mesh.rank < HARD)
    pairs = np.c_[mesh.a, mesh.b][lived]
    return pairs[_is_same(building, pairs)]


def _beside(begin: np.ndarray, end: np.ndarray, floor_cell: np.ndarray, floor_level: np.ndarray, street: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Pairs of nodes on the same floor, above the one on which one walks in, of cells that touch."""
    top = np.zeros(len(street), dtype=np.int64)
    top[floor_cell] = floor_level
    a, b = street[pairs[:, 0]], street[pairs[:, 1]]
    low = np.maximum(floor_level[a], floor_level[b]) + 1
    n = np.maximum(np.minimum(top[pairs[:, 0]], top[pairs[:, 1]]) - low + 1, 0)
    which = np.repeat(np.arange(len(pairs)), n)
    level = low[which] + np.arange(len(which)) - np.repeat(np.cumsum(n) - n, n)
    return np.c_[end[a[which] + level - floor_level[a[which]]], begin[b[which] + level - floor_level[b[which]]]]
