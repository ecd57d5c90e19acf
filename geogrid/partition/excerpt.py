"""Some nodes of the jobs as jobs of their own, to be cut anew while all others stay."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from geogrid.partition.jobs import Jobs, by_first
from geogrid.partition.solve import solve


@dataclass(frozen=True, eq=False)
class Excerpt:
    """`nodes` (s,): positions in the jobs the excerpt is taken of, ordered as the nodes of `jobs`, which has one job for each connected part."""

    nodes: np.ndarray
    jobs: Jobs

    def cut(self, lower: int, upper: int, wanted: int = 0) -> np.ndarray:
        """Return groups 0, 1, … of `nodes`, int (s,); `wanted` groups in the first part, where that is not 0."""
        n = len(self.jobs.parent)
        local = solve(self.jobs, np.full(n, lower), np.full(n, upper), np.r_[wanted, np.zeros(n - 1, np.int64)])
        return numbered(self.jobs, local)


def take(jobs: Jobs, nodes: np.ndarray, salt: int = 0) -> Excerpt:
    """Return the excerpt of `nodes`, which all lie in one job; `salt` draws other trees."""
    nodes = np.sort(nodes)
    j = int(np.searchsorted(jobs.first, nodes[0], side="right")) - 1
    c, d = int(jobs.edge_first[j]), int(jobs.edge_first[j + 1])
    at = np.full(int(jobs.first[j + 1] - jobs.first[j]), -1)
    at[nodes - jobs.first[j]] = np.arange(len(nodes))
    u, v = at[jobs.eu[c:d] - jobs.first[j]], at[jobs.ev[c:d] - jobs.first[j]]
    kept = np.flatnonzero((u >= 0) & (v >= 0))
    part = pieces(len(nodes), u[kept], v[kept])
    order = np.argsort(part, kind="stable")
    place = np.empty(len(nodes), np.int64)
    place[order] = np.arange(len(nodes))
    ends = np.sort(np.column_stack([place[u[kept]], place[v[kept]]]), axis=1)
    rows = np.lexsort((ends[:, 1], ends[:, 0]))
    ends, edge = ends[rows], c + kept[rows]
    first = np.r_[0, np.cumsum(np.bincount(part))].astype(np.int64)
    nodes, n = nodes[order], len(first) - 1
    return Excerpt(
        nodes,
        replace(
            jobs,
            first=first,
            edge_first=np.searchsorted(ends[:, 0], first),
            weight=jobs.weight[nodes],
            xyz=jobs.xyz[nodes],
            eu=ends[:, 0].copy(),
            ev=ends[:, 1].copy(),
            length=jobs.length[edge],
            kind=jobs.kind[edge],
            border=jobs.border[edge],
            parent=np.full(n, jobs.parent[j]),
            seeds=jobs.seeds[j] + np.arange(n, dtype=np.uint64) + np.uint64(salt),
        ),
    )


def pieces(n: int, u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Return the connected piece of each of `n` nodes, numbered by first node, int (n,); `u`, `v` are the ends of the edges."""
    joined = coo_matrix((np.ones(len(u), np.int8), (u, v)), shape=(n, n))
    return by_first(connected_components(joined, directed=False)[1])


def numbered(jobs: Jobs, local: np.ndarray) -> np.ndarray:
    """Return groups numbered over all jobs of groups numbered within each, int (r,)."""
    if not len(local):
        return local
    groups = np.maximum.reduceat(local, jobs.first[:-1]) + 1
    return local + np.repeat(np.cumsum(groups) - groups, np.diff(jobs.first))
