"""One centre household in every group ("1+10"): centres weigh more, so that the kernel's bounds hold exactly one of them.

lift     an atom of c centres weighs c * lift more and the bounds lie one lift higher: a group is within them when it has one centre
         and its households are within bounds (two lifts are above them; households alone reach them only in a giant group)
balance  where that leaves faults: every node to its nearest centre, with handicaps until the groups are even; that always parts centres
mend     groups out of bounds are cut anew with their neighbours, from both
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from geogrid.partition.check import Graph, PartitionError
from geogrid.partition.counts import widened
from geogrid.partition.excerpt import numbered, take
from geogrid.partition.jobs import Jobs, by_first

Limits = tuple[np.ndarray, np.ndarray, np.ndarray]
BALANCE_TURNS = 60
EPSILON_M = 1e-3
MENDS = 1
RINGS = 2


@dataclass(frozen=True, eq=False)
class Centred:
    """What the lifted weights of jobs are made of: `number` of centres and `households` of each node, int (r,); the `lift` of one centre."""

    number: np.ndarray
    households: np.ndarray
    lift: int

    def seats(self, jobs: Jobs) -> np.ndarray:
        """Return how many nodes of each job have centres, int (jobs,)."""
        return np.bincount(jobs.of_node, self.number > 0, len(jobs.parent)).astype(np.int64)


def check_centres(centres: Any, n: int) -> np.ndarray:
    """Return the number of centres in each atom, int (n,), of flags or numbers. Raises PartitionError."""
    number = np.asarray(centres)
    if number.shape != (n,) or not (np.issubdtype(number.dtype, np.integer) or number.dtype == np.bool_) or (number < 0).any():
        raise PartitionError(f"centres: {n} flags are needed", f"centres：须为 {n} 个真假值", argument="centres")
    return number.astype(np.int64)


def lifted(graph: Graph, number: np.ndarray, upper: int) -> tuple[Graph, int]:
    """Return (the graph in which centres weigh more, how much): above `upper`, so that two never fit, and above most groups of none."""
    lift = 2 * upper
    return replace(graph, weight=graph.weight + lift * number), lift


def describe(graph: Graph, number: np.ndarray, lift: int, jobs: Jobs) -> Centred:
    """Return what the nodes of `jobs` are, which were made of the lifted `graph`."""
    rows = jobs.order[jobs.node]
    return Centred(number[rows], graph.weight[rows] - lift * number[rows], lift)


def centre_limits(jobs: Jobs, centred: Centred, lower: int, upper: int) -> Limits:
    """Return (lower, upper, wanted) of each job in lifted weight. The bounds alone bring about as many groups as atoms with centres."""
    of_node, n = jobs.of_node, len(jobs.parent)
    seats = centred.seats(jobs)
    low, high = widened(np.bincount(of_node, centred.households, n).astype(np.int64), seats, lower, upper)
    lift = np.where(seats > 0, centred.lift, 0)
    return low + lift, high + lift, (seats == 1).astype(np.int64)


def balanced(jobs: Jobs, job: int, centred: Centred) -> np.ndarray:
    """Return the groups of one job, one for each centre: every node goes to the nearest centre along edges, after handicaps that even out the groups.

    Nobody passes through another's centre, so each group is connected and keeps its own. The division with the least sum of squares is returned.
    """
    a, b, c, d = jobs.first[job], jobs.first[job + 1], jobs.edge_first[job], jobs.edge_first[job + 1]
    m, u, v, length = b - a, jobs.eu[c:d] - a, jobs.ev[c:d] - a, jobs.length[c:d]
    seat = centred.number[a:b] > 0
    seats, households = np.flatnonzero(seat), centred.households[a:b].astype(float)
    into_v, into_u = ~seat[v], ~seat[u]  # directed: no edge leads into a centre, but from the start (node m)
    rows = np.concatenate([u[into_v], v[into_u], np.full(len(seats), m)])
    columns = np.concatenate([v[into_v], u[into_u], seats])
    handicap, step = np.zeros(len(seats)), float(np.median(length)) if len(length) else 1.0
    best, least, mean = np.zeros(m, np.int64), np.inf, households.sum() / len(seats)
    for turn in range(BALANCE_TURNS):
        start = handicap - handicap.min() + EPSILON_M
        ways = csr_matrix((np.concatenate([length[into_v], length[into_u], start]), (rows, columns)), shape=(m + 1, m + 1))
        before = dijkstra(ways, indices=m, return_predecessors=True)[1][:m]
        group = _owners(before, seats)
        off = np.bincount(group, households, len(seats)) / mean - 1.0
        if (spread := float((off**2).sum())) < least:
            best, least = group, spread
        handicap += step * np.clip(off, -1.0, 1.0) * (1.0 - turn / BALANCE_TURNS)
    return best


def _owners(before: np.ndarray, seats: np.ndarray) -> np.ndarray:
    """Return the centre (its row in `seats`) at the root of each node's way; `before` is the node before each on it."""
    m = len(before)
    at = np.where(before == m, np.arange(m), before)
    while (at[at] != at).any():
        at = at[at]
    number = np.zeros(m, np.int64)
    number[seats] = np.arange(len(seats))
    return number[at]


def parted(jobs: Jobs, local: np.ndarray, centred: Centred) -> np.ndarray:
    """Return groups (within each job) of one atom with centres each, wherever a component has any."""
    out = local.copy()
    group, k = numbered(jobs, local), int(np.maximum.reduceat(local, jobs.first[:-1]).sum()) + len(jobs.parent)
    one = np.bincount(group, centred.number > 0, k)[group] == 1
    seats = centred.seats(jobs)
    for j in np.unique(jobs.of_node[~one]).tolist():
        if seats[j]:
            out[jobs.first[j] : jobs.first[j + 1]] = balanced(jobs, j, centred)
    return out


def mended(jobs: Jobs, job: int, labels: np.ndarray, bounds: tuple[int, int], centred: Centred) -> np.ndarray:
    """Return the `labels` of a job with fewer groups out of (lifted) `bounds`, if that was found, from them or from even groups."""
    weight = jobs.weight[jobs.first[job] : jobs.first[job + 1]]
    ends = [_mended(jobs, job, start, bounds, centred) for start in (labels, balanced(jobs, job, centred))]
    return by_first(min(ends, key=lambda labels: len(_faulty(labels, weight, bounds))))


def _mended(jobs: Jobs, job: int, labels: np.ndarray, bounds: tuple[int, int], centred: Centred) -> np.ndarray:
    """Cut each group out of bounds anew with ever more neighbours, as long as that leaves fewer of them."""
    weight = jobs.weight[jobs.first[job] : jobs.first[job + 1]]
    for salt in range(MENDS):
        bad = _faulty(labels, weight, bounds)
        for g in bad.tolist():
            labels = _mend_one(jobs, job, labels, g, bounds, centred, salt)
        if not len(bad) or len(_faulty(labels, weight, bounds)) == len(bad):
            break
    return labels


def _faulty(labels: np.ndarray, weight: np.ndarray, bounds: tuple[int, int]) -> np.ndarray:
    total = np.bincount(labels, weight)
    return np.flatnonzero((total > 0) & ((total < bounds[0]) | (total > bounds[1])))


def _mend_one(jobs: Jobs, job: int, labels: np.ndarray, group: int, bounds: tuple[int, int], centred: Centred, salt: int) -> np.ndarray:
    """Cut `group` (a group of the job's `labels`) anew with one, two, … rings of neighbours until fewer are out of bounds there."""
    a, c, d = jobs.first[job], jobs.edge_first[job], jobs.edge_first[job + 1]
    u, v = labels[jobs.eu[c:d] - a], labels[jobs.ev[c:d] - a]
    inside = np.zeros(int(labels.max()) + 1, dtype=bool)
    inside[group] = True
    weight = jobs.weight[a : a + len(labels)]
    for _ in range(RINGS):
        size = inside.sum()
        inside[np.r_[u[inside[v]], v[inside[u]]]] = True
        if inside.sum() == size or (_faulty(labels, weight, bounds) != group).all():
            break
        nodes = a + np.flatnonzero(inside[labels])
        excerpt = take(jobs, nodes, salt)
        new = excerpt.cut(*bounds)
        old = labels[excerpt.nodes - a]
        alone = np.bincount(new, centred.number[excerpt.nodes] > 0)
        fewer = len(_faulty(new, weight[excerpt.nodes - a], bounds)) < len(_faulty(old, weight[excerpt.nodes - a], bounds))
        if fewer and (alone == 1).all():
            labels = labels.copy()
            labels[excerpt.nodes - a] = np.flatnonzero(inside)[new]
            break
    return labels
