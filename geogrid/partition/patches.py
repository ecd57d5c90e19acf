"""A patch: one parent's part of the graph, cut apart from the rest so that it can be changed (links, divided atoms) and cut again by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from geogrid.partition.check import Graph

LINK_KIND, SAME_FLOOR = 0, 1
OF_EDGES = ("kind", "cost", "border")  # the columns of a Graph that edges have, beside `edges`
NEW = -1
Exceptions = list[tuple[int, int, str]]
CutAgain = Callable[[Graph, np.ndarray], tuple[np.ndarray, Exceptions]]


@dataclass(frozen=True, eq=False)
class Patch:
    """`graph` with `row` int (r,): the caller's atom that each of its atoms is, or is a part of; `link` bool (m,): edges that are walking links.

    `labels` int (r,) and `exceptions` are its division; atoms are in canonical order, parts beyond the first of an atom follow all others.
    `group` int (k,): the caller's number of each group, before anything was changed.
    """

    graph: Graph
    row: np.ndarray
    link: np.ndarray
    labels: np.ndarray
    exceptions: Exceptions
    group: np.ndarray

    @property
    def component(self) -> np.ndarray:
        """Connected component of each atom, int (r,)."""
        return components(len(self.row), self.graph.edges)

    def group_weights(self) -> np.ndarray:
        """Return the weight of each group, int (k,)."""
        return np.bincount(self.labels, self.graph.weight, int(self.labels.max(initial=-1)) + 1).astype(np.int64)


def components(n: int, edges: np.ndarray) -> np.ndarray:
    """Return the connected component of each of `n` atoms, numbered by first atom."""
    graph = coo_matrix((np.ones(len(edges), np.int8), (edges[:, 0], edges[:, 1])), shape=(n, n))
    return connected_components(graph, directed=False)[1]


def take(graph: Graph, atoms: np.ndarray, edges: np.ndarray) -> Graph:
    """Return the part of the graph on `atoms` with those of its edges (row numbers)."""
    place = np.full(len(graph.weight), -1)
    place[atoms] = np.arange(len(atoms))
    pairs = place[graph.edges[edges]]
    own = {name: getattr(graph, name)[edges] for name in OF_EDGES}
    return Graph(weight=graph.weight[atoms], edges=pairs, xyz=graph.xyz[atoms], within=graph.within[atoms], **own)


def patches(graph: Graph, order: np.ndarray, labels: np.ndarray, exceptions: Exceptions) -> list[Patch]:
    """Return a patch for each parent with exceptions, ascending; `order` is the canonical order of the atoms."""
    parent_of = np.zeros(int(labels.max(initial=-1)) + 1, np.int64)
    parent_of[labels] = graph.within
    wanted = np.unique(parent_of[[g for g, _, _ in exceptions]]) if exceptions else np.empty(0, np.int64)
    some = order[np.isin(graph.within[order], wanted)]
    atoms = some[np.argsort(graph.within[some], kind="stable")]
    a, b = graph.within[graph.edges].reshape(-1, 2).T
    inside = np.flatnonzero((a == b) & np.isin(a, wanted))
    inside = inside[np.argsort(a[inside], kind="stable")]
    first, first_edge = (np.searchsorted(of, np.r_[wanted, wanted[-1:] + 1]) for of in (graph.within[atoms], a[inside]))
    out = []
    for i, parent in enumerate(wanted.tolist()):
        mine = atoms[first[i] : first[i + 1]] if i + 1 < len(wanted) else atoms[first[i] :]
        own = inside[first_edge[i] : first_edge[i + 1]] if i + 1 < len(wanted) else inside[first_edge[i] :]
        groups, local = np.unique(labels[mine], return_inverse=True)
        place = {int(g): k for k, g in enumerate(groups)}
        faults = [(place[g], w, why) for g, w, why in exceptions if parent_of[g] == parent]
        out.append(Patch(take(graph, mine, own), mine, np.zeros(len(own), np.bool_), local, faults, groups))
    return out


def cut_patches(some: list[Patch], again: CutAgain) -> list[Patch]:
    """Return the patches with the divisions that `again` gives when all are cut in one call."""
    if not some:
        return []
    sizes = np.cumsum([0, *(len(p.row) for p in some)])
    graphs = [p.graph for p in some]
    columns = {f.name: np.concatenate([getattr(g, f.name) for g in graphs]) for f in fields(Graph)}
    edges = np.concatenate([g.edges + n for g, n in zip(graphs, sizes[:-1], strict=True)])
    whole = Graph(**(columns | {"edges": edges}))
    labels, exceptions = again(whole, np.concatenate([p.row for p in some]))
    out = []
    for patch, a, b in zip(some, sizes[:-1], sizes[1:], strict=True):
        groups, local = np.unique(labels[a:b], return_inverse=True)
        place = {int(g): k for k, g in enumerate(groups)}
        out.append(replace(patch, labels=local, exceptions=[(place[g], w, why) for g, w, why in exceptions if g in place]))
    return out


def with_links(patch: Patch, pairs: np.ndarray) -> Patch:
    """Return the patch with walking links, int (l, 2); pairs that have an edge already are left out."""
    graph = patch.graph
    pairs = np.unique(np.sort(pairs.reshape(-1, 2), axis=1), axis=0)
    n = len(graph.weight)
    there = np.sort(graph.edges, axis=1) @ np.array([n, 1])
    pairs = pairs[~np.isin(pairs @ np.array([n, 1]), there)]
    wider = widened(graph, np.vstack([graph.edges, pairs]), np.r_[np.arange(len(graph.edges)), np.full(len(pairs), NEW)], LINK_KIND)
    return replace(patch, graph=wider, link=np.concatenate([patch.link, np.ones(len(pairs), np.bool_)]))


def widened(graph: Graph, edges: np.ndarray, came: np.ndarray, kind: int) -> Graph:
    """Return the graph with these edges, each like the old one that it came of, int (m,), or NEW: of this kind, its length as it is, its cut free."""
    old, new = came != NEW, {"kind": kind, "cost": 1.0, "border": 0.0}
    columns = {}
    for name in OF_EDGES:
        column = np.full(len(came), new[name], getattr(graph, name).dtype)
        column[old] = getattr(graph, name)[came[old]]
        columns[name] = column
    return replace(graph, edges=edges, **columns)
