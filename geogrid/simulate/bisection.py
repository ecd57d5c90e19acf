"""Areas divided into connected shares: a graph of neighbours, bisected again and again by graph distance, then mended.

Steps cost .4 inside a block, 1 over a street, 2.2 over a main road and 9 over a river or railway, so that borders follow them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra
from shapely.geometry.base import BaseGeometry

UNREACHED = 1e7


@dataclass(frozen=True, eq=False)
class Graph:
    """`n` areas, and neighbours a, b (rows) with the cost of a step between their middles."""

    n: int
    a: np.ndarray
    b: np.ndarray
    cost: np.ndarray

    def matrix(self, nodes: np.ndarray) -> csr_matrix:
        """Return the symmetric cost matrix among `nodes`, in their order."""
        place = np.full(self.n, -1)
        place[nodes] = np.arange(len(nodes))
        m = (place[self.a] >= 0) & (place[self.b] >= 0)
        a, b, cost = place[self.a[m]], place[self.b[m]], self.cost[m]
        return csr_matrix((np.r_[cost, cost], (np.r_[a, b], np.r_[b, a])), shape=(len(nodes), len(nodes)))


def neighbours(areas: np.ndarray, block: np.ndarray, superblock: np.ndarray, barrier: BaseGeometry) -> Graph:
    """Return the graph of areas that share more than 0.5 m of border."""
    a, b = shapely.STRtree(areas).query(areas, predicate="intersects")
    order = np.lexsort((b, a))
    a, b = a[order], b[order]
    a, b = a[a < b], b[a < b]
    border = shapely.intersection(areas[a], areas[b])
    m = shapely.length(border) > 0.5
    a, b, border = a[m], b[m], border[m]
    middle = shapely.centroid(areas)
    factor = np.where(block[a] == block[b], 0.4, np.where(superblock[a] == superblock[b], 1.0, 2.2))
    if not barrier.is_empty:
        factor = np.where(shapely.distance(shapely.point_on_surface(border), barrier) < 1.5, 9.0, factor)
    return Graph(len(areas), a, b, shapely.distance(middle[a], middle[b]) * factor)


def split(graph: Graph, nodes: np.ndarray, weights: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Label `nodes` 0..len(shares)-1 so that labels weigh about as `shares` say; returns labels in the order of `nodes`.

    Halves are taken along the difference of the distances to two far ends. Call `mend` to make labels connected.
    """
    out = np.full(graph.n, -1)
    stack = [(np.asarray(nodes), np.arange(len(shares)))]
    while stack:
        here, labels = stack.pop()
        if len(labels) == 1 or len(here) <= 1:
            out[here] = labels[0]
            continue
        half = len(labels) // 2
        part = shares[labels[:half]].sum() / shares[labels].sum()
        left = _halve(graph.matrix(here), weights[here], part, half, len(labels) - half)
        stack += [(here[left], labels[:half]), (here[~left], labels[half:])]
    return out[nodes]


def _halve(matrix: csr_matrix, weight: np.ndarray, part: float, least_left: int, least_right: int) -> np.ndarray:
    far = int(np.argmax(_distances(matrix, int(np.argmax(weight)))))
    from_p = _distances(matrix, far)
    from_q = _distances(matrix, int(np.argmax(from_p)))
    order = np.argsort(from_p - from_q, kind="stable")
    middle = np.cumsum(weight[order]) - weight[order] / 2
    k = min(max(int(np.searchsorted(middle, part * weight.sum())), least_left), len(weight) - least_right)
    left = np.zeros(len(weight), bool)
    left[order[:k]] = True
    return _joined(matrix, weight, left, least_left, least_right)


def _distances(matrix: csr_matrix, start: int) -> np.ndarray:
    found = dijkstra(matrix, indices=start)
    return np.where(np.isinf(found), UNREACHED, found)


def _joined(matrix: csr_matrix, weight: np.ndarray, left: np.ndarray, least_left: int, least_right: int) -> np.ndarray:
    """Move the lesser components of both halves to the other side, while enough areas stay."""
    for _ in range(4):
        moved = False
        for side, least in ((True, least_left), (False, least_right)):
            rows = np.flatnonzero(left == side)
            if len(rows) < 2:
                continue
            n, component = connected_components(matrix[rows][:, rows], directed=False)
            if n > 1:
                small = rows[component != np.argmax(np.bincount(component, weights=weight[rows] + 1e-6))]
                if len(rows) - len(small) >= least:
                    left[small], moved = not side, True
        if not moved:
            break
    return left


def mend(graph: Graph, labels: np.ndarray, weights: np.ndarray, *, allowed: np.ndarray | None = None) -> np.ndarray:
    """Return labels in which every label is connected: lesser parts join the neighbouring label they touch most.

    `allowed` (n,) keeps areas within: a part only joins labels of areas with its own value.
    """
    labels = labels.copy()
    around = csr_matrix((np.ones(2 * len(graph.a)), (np.r_[graph.a, graph.b], np.r_[graph.b, graph.a])), shape=(graph.n, graph.n))
    same_kind = np.zeros(graph.n, int) if allowed is None else allowed
    for _ in range(12):
        same = labels[graph.a] == labels[graph.b]
        inner = csr_matrix((np.ones(same.sum()), (graph.a[same], graph.b[same])), shape=(graph.n, graph.n))
        _, component = connected_components(inner, directed=False)
        size = np.bincount(component, weights=weights + 1e-6)
        first = np.unique(component, return_index=True)[1]
        heaviest: dict[int, int] = {}
        for c in np.lexsort((np.arange(len(first)), -size)):
            heaviest.setdefault(int(labels[first[c]]), int(c))
        torn = [c for c in range(len(first)) if heaviest[int(labels[first[c]])] != c]
        moved = False
        for c in torn:
            part = np.flatnonzero(component == c)
            near = np.unique(around[part].indices)
            near = near[(labels[near] != labels[part[0]]) & (same_kind[near] == same_kind[part[0]])]
            if len(near):
                labels[part], moved = np.bincount(labels[near]).argmax(), True
        if not moved:
            break
    return labels


def feed(graph: Graph, labels: np.ndarray, weights: np.ndarray, least: float | np.ndarray, *, allowed: np.ndarray) -> np.ndarray:
    """Return labels in which none weighs less than `least` (one for all or one each), where that can be had: the lightest takes what is nearest.

    An area only leaves a label that stays connected and heavy enough, and never crosses the parts of `allowed` (n,).
    """
    labels, stuck = labels.copy(), set()
    total = np.bincount(labels, weights=weights)
    least = np.broadcast_to(np.asarray(least, float), total.shape)
    while True:
        light = [k for k in np.argsort(total, kind="stable") if total[k] < least[k] and k not in stuck]
        if not light:
            return labels
        poor = light[0]
        from_a, from_b = labels[graph.a] == poor, labels[graph.b] == poor
        near, cost = np.r_[graph.b[from_a], graph.a[from_b]], np.r_[graph.cost[from_a], graph.cost[from_b]]
        near = near[np.lexsort((near, cost))]
        home = allowed[np.argmax(labels == poor)]
        near = near[(labels[near] != poor) & (allowed[near] == home) & (weights[near] > 0)]
        taken = next((k for k in near if total[labels[k]] - weights[k] >= least[labels[k]] and _stays_joined(graph, labels, k)), None)
        if taken is None:
            stuck.add(poor)
            continue
        total[labels[taken]] -= weights[taken]
        total[poor] += weights[taken]
        labels[taken] = poor


def _stays_joined(graph: Graph, labels: np.ndarray, area: int) -> bool:
    rest = np.flatnonzero((labels == labels[area]) & (np.arange(len(labels)) != area))
    return len(rest) > 0 and connected_components(graph.matrix(rest), directed=False)[0] == 1
