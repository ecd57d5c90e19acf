"""What mending tried and no group uses is taken back: parts of an atom in one group are one again, links between groups are gone."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import minimum_spanning_tree

from geogrid.partition.check import Graph
from geogrid.partition.jobs import by_first
from geogrid.partition.patches import OF_EDGES, Patch

WHOLE, LINKED = 1.0, 2.0  # lengths of other edges and of links in a tree that needs few links


def needed_links(patch: Patch) -> np.ndarray:
    """Return the edges that are links without which a group would fall apart, ascending."""
    a, b = patch.graph.edges.T
    some = np.flatnonzero(patch.link & (patch.labels[a] == patch.labels[b]))
    if not len(some):
        return some
    held = np.isin(patch.labels, patch.labels[a[some]])
    own = np.flatnonzero((patch.labels[a] == patch.labels[b]) & held[a])
    n = len(patch.row)
    tree = minimum_spanning_tree(coo_matrix((np.where(patch.link[own], LINKED, WHOLE), (a[own], b[own])), shape=(n, n)).tocsr()).tocoo()
    kept = tree.row.astype(np.int64) * n + tree.col
    return some[np.isin(a[some] * n + b[some], kept)]


def used_links(patch: Patch) -> np.ndarray:
    """Return the links that hold groups together, int (l, 2) atoms of the whole graph, each with the lesser first."""
    pairs = patch.row[patch.graph.edges[needed_links(patch)]].reshape(-1, 2)
    return np.unique(np.sort(pairs, axis=1), axis=0)


def pruned(patch: Patch) -> Patch:
    """Return the patch with the parts of an atom in one group put together, groups numbered anew, and links that hold no group together dropped."""
    graph, used = patch.graph, needed_links(patch)
    _, first, to = np.unique(np.column_stack([patch.row, patch.labels]), axis=0, return_index=True, return_inverse=True)
    order = np.argsort(first)
    place = np.empty(len(first), np.int64)
    place[order] = np.arange(len(first))
    to, atoms = place[to.ravel()], first[order]
    stays = ~patch.link
    stays[used] = True
    ends = np.sort(to[graph.edges], axis=1)
    rank = np.lexsort((patch.link, ends[:, 1], ends[:, 0]))  # of edges and links between the same the edge stays
    rank = rank[stays[rank] & (ends[rank, 0] != ends[rank, 1])]
    again = np.r_[False, (ends[rank[1:]] == ends[rank[:-1]]).all(axis=1)] if len(rank) else np.empty(0, np.bool_)
    kept = rank[~again]
    own = {name: getattr(graph, name)[kept] for name in OF_EDGES}
    own |= {f.name: getattr(graph, f.name)[atoms] for f in fields(Graph) if f.name not in (*OF_EDGES, "weight", "edges")}
    weight = np.bincount(to, graph.weight, len(atoms)).astype(np.int64)
    labels = by_first(patch.labels[atoms])
    number = np.full(int(patch.labels.max()) + 1, -1)
    number[patch.labels[atoms]] = labels
    faults = sorted((int(number[g]), w, why) for g, w, why in patch.exceptions)
    narrow = Graph(weight=weight, edges=ends[kept], **own)
    return replace(patch, graph=narrow, row=patch.row[atoms], link=patch.link[kept], labels=labels, exceptions=faults)
