"""Groups of a graph within bounds: connected, never across a parent, the same for shuffled rows, each exception with its reason.

    check -> jobs (components in canonical order) -> solve (trees, knapsack, repair) -> certify (improved or proved; why a group is out)

It knows no geometry: atoms are weights at positions, edges have kinds. Grids of whole cells and micro-grids of floors are cut by it alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from geogrid.partition.certify import certify, examined
from geogrid.partition.check import PartitionError, check_bounds, checked
from geogrid.partition.counts import apportion, wanted_counts
from geogrid.partition.jobs import Jobs, by_first, make_jobs
from geogrid.partition.solve import solve

__all__ = ["Partition", "PartitionError", "apportion", "partition"]


@dataclass(frozen=True, eq=False)
class Partition:
    """`labels` int (n,): the group of each atom, 0 … k-1, numbered by parent, then by the group's first atom west to east, north to south.

    `exceptions`: (group, weight, reason) of every group out of bounds; the reason is a key of `geogrid.catalogue.REASONS`.
    """

    labels: np.ndarray
    exceptions: list[tuple[int, int, str]]


def partition(
    weights: Any,
    edges: Any,
    *,
    lower: int,
    upper: int,
    xyz: Any = None,
    edge_kind: Any = None,
    edge_cost: Any = None,
    within: Any = None,
    counts: Mapping[int, int] | Any = None,
    seed: int = 0,
) -> Partition:
    """Cut a graph into connected groups whose weight lies in [lower, upper] (inclusive).

    `weights` int (n,), `edges` int (m, 2) without loops and repeats, `xyz` float (n, 3) metres, `edge_kind` int (m,) 0 ground, 1 same floor,
    2 vertical, `edge_cost` float (m,) multiplies an edge's length (cuts prefer long edges), `within` int (n,) parent label: groups never cross it.
    `counts`: parent label -> number of groups wanted in it (parents not named are free), or one number for
    each parent in order. Groups of weight 0 are no exceptions and not counted.
    Raises PartitionError for arguments that do not fit together.

    >>> cut = partition([8, 4, 7, 6], [[0, 1], [1, 2], [2, 3]], lower=10, upper=15, xyz=[[0, 0, 0], [9, 0, 0], [18, 0, 0], [27, 0, 0]])
    >>> cut.labels.tolist(), cut.exceptions
    ([0, 0, 1, 1], [])
    """
    lower, upper = check_bounds(lower, upper)
    graph = checked(weights, edges, xyz, edge_kind, edge_cost, within)
    jobs = make_jobs(graph, int(seed))
    if len(jobs.parent) == 0:
        return Partition(np.empty(0, np.int64), [])
    wanted, low, high = wanted_counts(jobs, lower, upper, counts)
    local, proofs = examined(jobs, solve(jobs, low, high, wanted), (lower, upper), (low, high, wanted))
    canonical = _numbered(jobs, local)
    labels = np.empty(len(canonical), np.int64)
    labels[jobs.order] = canonical
    return Partition(labels, certify(jobs, canonical[jobs.node], lower, upper, proofs))


def _numbered(jobs: Jobs, local: np.ndarray) -> np.ndarray:
    """Return the group of every canonical atom, numbered by first occurrence; folded atoms follow their host."""
    groups = np.maximum.reduceat(local, jobs.first[:-1]) + 1
    raw = np.empty(len(jobs.order), np.int64)
    raw[jobs.node] = local + np.repeat(np.cumsum(groups) - groups, np.diff(jobs.first))
    return by_first(raw[jobs.host])
