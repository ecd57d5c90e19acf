"""Jobs: the graph in canonical order, cut into its connected components, so that neither row order nor a change elsewhere shows.

order     by parent, x, -y, z, weight; ties by what their neighbourhood looks like
fold      weightless atoms with one neighbour go with it and leave the graph (again and again)
job       a connected component inside one parent; its seed mixes the caller's with the place of its first atom, so that nothing elsewhere shows
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from geogrid.partition.check import Graph

BASE_LENGTH_M = 2.0
KIND_LENGTH = np.array([1.0, 0.5, 0.3])  # of ground, same-floor and vertical edges, against their true length


@dataclass(frozen=True, eq=False)
class Jobs:
    """Components as slices. `order` (n,): input rows in canonical order; `host` (n,): canonical position that stands for each canonical atom.

    `node` (r,): canonical position of each atom of the jobs; job j has nodes first[j]:first[j + 1] and edges edge_first[j]:edge_first[j + 1]
    (eu, ev are positions in `node`).
    """

    order: np.ndarray
    host: np.ndarray
    node: np.ndarray
    first: np.ndarray
    edge_first: np.ndarray
    weight: np.ndarray
    xyz: np.ndarray
    eu: np.ndarray
    ev: np.ndarray
    length: np.ndarray
    kind: np.ndarray
    border: np.ndarray
    parent: np.ndarray
    seeds: np.ndarray

    @property
    def total(self) -> np.ndarray:
        """Weight of each job, int (jobs,)."""
        return np.diff(np.r_[0, np.cumsum(self.weight)][self.first])

    @property
    def of_node(self) -> np.ndarray:
        """Job of each node, int (r,)."""
        return np.repeat(np.arange(len(self.parent)), np.diff(self.first))


def make_jobs(graph: Graph, seed: int) -> Jobs:
    """Order, fold and slice the graph."""
    n = len(graph.weight)
    order = _canonical(graph)
    place = np.empty(n, np.int64)
    place[order] = np.arange(n)
    inside = graph.within[graph.edges[:, 0]] == graph.within[graph.edges[:, 1]]
    ends = np.sort(place[graph.edges[inside]], axis=1)
    weight, xyz, within = graph.weight[order], graph.xyz[order], graph.within[order]
    host = fold(weight, ends)
    kept = (host[ends[:, 0]] == ends[:, 0]) & (host[ends[:, 1]] == ends[:, 1])
    ends, kind, cost, border = ends[kept], graph.kind[inside][kept], graph.cost[inside][kept], graph.border[inside][kept]
    stays = host == np.arange(n)
    _, component = connected_components(coo_matrix((np.ones(len(ends), np.int8), (ends[:, 0], ends[:, 1])), shape=(n, n)), directed=False)
    component = by_first(component[stays])
    node = np.flatnonzero(stays)[np.argsort(component, kind="stable")]
    first = np.r_[0, np.cumsum(np.bincount(component))].astype(np.int64)
    at = np.empty(n, np.int64)
    at[node] = np.arange(len(node))
    eu, ev = at[ends[:, 0]], at[ends[:, 1]]
    rows = np.lexsort((ev, eu))
    eu, ev, kind, cost, border = eu[rows], ev[rows], kind[rows], cost[rows], border[rows]
    xyz = xyz[node]
    length = (np.linalg.norm(xyz[eu] - xyz[ev], axis=1) + BASE_LENGTH_M) * KIND_LENGTH[kind] * cost
    parent = within[node[first[:-1]]]
    edge_first, seeds = np.searchsorted(eu, first), _seeds(seed, xyz[first[:-1]])
    return Jobs(order, host, node, first, edge_first, weight[node], xyz, eu, ev, length, kind, border, parent, seeds)


def fold(weight: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Return for each atom the one that stands for it: itself, or for weightless dead ends the atom they hang on.

    >>> fold(np.array([3, 0, 0, 4, 0]), np.array([[0, 1], [1, 2], [0, 3]])).tolist()
    [0, 0, 0, 3, 4]
    """
    n = len(weight)
    host, ends = np.arange(n), ends.copy()
    while len(ends):
        degree = np.bincount(ends.ravel(), minlength=n)
        leaf = (weight == 0) & (degree == 1)
        both = leaf[ends[:, 0]] & leaf[ends[:, 1]]
        leaf[ends[both, 1]] = False
        hangs = leaf[ends]
        gone = hangs.any(axis=1)
        if not gone.any():
            break
        dead, on = np.where(hangs[:, 0], ends[:, 0], ends[:, 1])[gone], np.where(hangs[:, 0], ends[:, 1], ends[:, 0])[gone]
        host[dead] = on
        ends = ends[~gone]
    while (host[host] != host).any():
        host = host[host]
    return host


def _canonical(graph: Graph) -> np.ndarray:
    keys = (graph.weight, graph.xyz[:, 2], -graph.xyz[:, 1], graph.xyz[:, 0], graph.within)
    order = np.lexsort(keys)
    table = np.column_stack(keys)[order]
    if not (table[1:] == table[:-1]).all(axis=1).any():
        return order
    return np.lexsort((_looks(graph), *keys))


def _looks(graph: Graph, rounds: int = 4) -> np.ndarray:
    """Hash what each atom's neighbourhood looks like, so that equal rows in one place are told apart by more than their row number."""
    a, b = graph.edges.T
    marks = _mixed(graph.weight.astype(np.uint64) + np.uint64(1))
    for column in graph.xyz.T:
        marks = _mixed(marks ^ _mixed((column + 0.0).view(np.uint64)))
    tint = _mixed(graph.kind.astype(np.uint64) + np.uint64(7))
    for _ in range(rounds):
        seen = np.zeros(len(marks), np.uint64)
        np.add.at(seen, a, _mixed(marks[b] ^ tint))
        np.add.at(seen, b, _mixed(marks[a] ^ tint))
        marks = _mixed(marks + seen * np.uint64(3))
    return marks


def _mixed(z: np.ndarray) -> np.ndarray:
    """Mix 64-bit words (splitmix64)."""
    z = z + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def by_first(labels: np.ndarray) -> np.ndarray:
    """Renumber labels 0, 1, … in the order in which they first occur."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[inverse]


def _seeds(seed: int, place: np.ndarray) -> np.ndarray:
    """Seed of each job from the place (jobs, 3) of its first atom: neither numbers of parents nor other components have a part in it."""
    out = np.full(len(place), _mixed(np.array([seed & 0xFFFFFFFFFFFFFFFF], np.uint64))[0])
    for column in place.T:
        out = _mixed(out ^ _mixed((column + 0.0).view(np.uint64)))
    return out
