"""The other peers: k-means-constrained, gerrychain's recursive trees and spopt's max-p, each called component by component as its manual says."""

# pyright: reportMissingImports=false
from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from geogrid.bench.inputs import LOWER, UPPER, KernelInput

ATTEMPTS = 1_000  # spanning trees that gerrychain draws for a cut before it gives up
INITS = 3


def by_component(graph: KernelInput, divide: Callable[[KernelInput, int], np.ndarray | None]) -> np.ndarray:
    """Return labels (n,) of `divide` (component, k) -> labels or None; k = round(W / 12.5). What it gives up on is -1."""
    a, b = graph.edges[graph.within[graph.edges[:, 0]] == graph.within[graph.edges[:, 1]]].T
    n = len(graph.weights)
    _, component = connected_components(coo_matrix((np.ones(len(a), np.int8), (a, b)), shape=(n, n)), directed=False)
    order, base = np.argsort(component, kind="stable"), 0
    labels = np.full(n, -1, np.int64)
    for rows in np.split(order, np.cumsum(np.bincount(component))[:-1]):
        k = max(1, round(int(graph.weights[rows].sum()) / ((LOWER + UPPER) / 2)))
        part = np.zeros(len(rows), np.int64) if k == 1 else divide(graph.take(rows), k)
        if part is not None:
            labels[rows] = part + base
            base += int(part.max()) + 1
    return labels


def by_kmeans(graph: KernelInput) -> np.ndarray:
    """Divide by places alone: every household a point, 10 to 15 to a cluster; an atom goes where most of its households are."""
    from k_means_constrained import KMeansConstrained

    def divide(part: KernelInput, k: int) -> np.ndarray | None:
        low, high = (LOWER, UPPER) if k * LOWER <= part.weights.sum() <= k * UPPER else (None, None)
        of = np.repeat(np.arange(len(part.weights)), part.weights)
        found = KMeansConstrained(k, size_min=low, size_max=high, n_init=INITS, random_state=0).fit_predict(part.xyz[of])
        votes = np.zeros((len(part.weights), k), np.int64)
        np.add.at(votes, (of, found), 1)
        return votes.argmax(axis=1)

    return by_component(graph, divide)


def by_gerrychain(graph: KernelInput) -> np.ndarray:
    """Divide by `recursive_tree_part`, within 20 % of the component's mean group."""
    import networkx
    from gerrychain import Graph
    from gerrychain.partition.initial_partition_generators import recursive_tree_part
    from gerrychain.tree import bipartition_tree

    def cut(*args: object, **named: object) -> object:
        return bipartition_tree(*args, **named | {"max_attempts": ATTEMPTS})

    def divide(part: KernelInput, k: int) -> np.ndarray | None:
        net = networkx.Graph()
        net.add_nodes_from((i, {"households": w}) for i, w in enumerate(part.weights.tolist()))
        net.add_edges_from(part.edges.tolist())
        mean = float(part.weights.sum()) / k
        try:
            found = recursive_tree_part(Graph.from_networkx(net), range(k), mean, "households", 0.2, bipartition_tree_fn=cut, rng=0)
        except Exception:  # it has several ways to say that it found no cut
            return None
        return np.array([found[i] for i in range(len(part.weights))])

    return by_component(graph, divide)


def by_spopt(graph: KernelInput) -> np.ndarray:
    """Divide by max-p regions of at least 10 households, alike in place; it knows no upper bound."""
    import geopandas as gpd
    import shapely
    from libpysal.weights import W
    from spopt.region import MaxPHeuristic

    def divide(part: KernelInput, k: int) -> np.ndarray | None:  # noqa: ARG001
        near: dict[int, list[int]] = {i: [] for i in range(len(part.weights))}
        for a, b in part.edges.tolist():
            near[a].append(b)
            near[b].append(a)
        x, y, z = part.xyz.T
        frame = gpd.GeoDataFrame({"x": x, "y": y, "z": z, "households": part.weights}, geometry=shapely.points(x, y))
        np.random.seed(0)  # max-p draws from the global generator
        model = MaxPHeuristic(frame, W(near, silence_warnings=True), ["x", "y", "z"], "households", LOWER)
        model.solve()
        return np.asarray(model.labels_, np.int64) - 1

    return by_component(graph, divide)
