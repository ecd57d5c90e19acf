"""One compiled entry point: every connected component cut into groups, in a loop without shared state.

trees     a few noisy spanning trees, each cut by the knapsack; more while there are more violations than weight forces
repair    violating groups dissolved with ever more neighbours
count     groups added or removed one by one where a count is wanted
sweep     each pair of neighbouring groups divided anew by planes
kicks     a few neighbouring groups cut anew at random and swept, kept if cheaper
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import numpy as np
from numba import njit

from geogrid.partition.jobs import Jobs
from geogrid.partition.kicks import kick
from geogrid.partition.knapsack import bounds_cap
from geogrid.partition.prices import moments, price_borders, priced, typical
from geogrid.partition.repair import MORE_GROUPS, cut_tree, gather, members, recut, score
from geogrid.partition.sweep import enqueue, sweep, sweep_room
from geogrid.partition.trees import adjacency, seeded, uniform

TREES = 6
HARD_WORK = 500_000  # nodes visited by extra trees on a component that resists
REPAIR_ROUNDS = 13
REPAIR_WORK, REPAIR_WORK_PER_NODE = 12_000, 10  # nodes visited by the trees of repairs in a component
MANY_LEFT = 4  # groups out of bounds: where more are left, a round that mends none is the last
MAX_CLASSES = 100
SWEEPS = 20  # turns of each group in the sweep, on the average, at most
KICKS = 1.0  # for each group


@njit
def forced_violations(weight: np.ndarray, lower: int, upper: int) -> int:
    """Return violations that weight alone forces: heavy atoms; else leftovers, after the greatest common divisor of the atoms.

    A heavy atom may swallow what is left over, so the rest forces none beside it.
    """
    heavy, total, divisor = 0, 0, 0
    for w in weight:
        heavy += w > upper
        total += w
        a, b = divisor, w
        while b:
            a, b = b, a % b
        divisor = a
    if heavy or total == 0:
        return heavy
    low, high, whole = -(-lower // divisor), upper // divisor, total // divisor
    cap, bad = bounds_cap(lower, upper) // divisor, 0
    while bad * cap < whole:
        for rest in range(min(bad * cap, whole) + 1):
            left = whole - rest
            if high > 0 and -(-left // high) * low <= left:
                return bad
        bad += 1
    return bad


@njit
def _plant(effort: tuple, forced: int, graph: tuple, bounds: tuple, costs: tuple, best: np.ndarray, state: np.ndarray) -> np.ndarray:
    """Return the cheapest of `best` and the cuts of more trees.

    `effort` is (how many, 0 or 1 for hard); hard trees are wilder, and end when there are no more violations than forced.
    """
    trees, hard = effort
    best_cost, bad = score(best, best.max() + 1, graph, bounds, costs[0], costs[1])
    for t in range(trees):
        if hard and bad <= forced:
            break
        style = t % 2 if not hard else 1 + t % 3 % 2
        labels, k = cut_tree(graph, bounds, costs[0], costs[1], style, state)
        cost, violations = score(labels, k, graph, bounds, costs[0], costs[1])
        if cost < best_cost:
            best, best_cost, bad = labels, cost, violations
    return best


@njit
def _repair(labels: np.ndarray, k: int, graph: tuple, links: tuple, bounds: tuple, costs: tuple, state: np.ndarray) -> int:
    """Dissolve each violating group with 1 … 14 neighbours until none is left or rounds or work are spent; return the ids in use."""
    m = len(labels)
    lists, local = members(labels, 4 * m + 64), np.full(m, -1)
    work, before = REPAIR_WORK + REPAIR_WORK_PER_NODE * m, m
    for attempt in range(REPAIR_ROUNDS):
        left = 0
        for g in range(k):
            if lists[0][g] < 0 or bounds[0] <= _weight_of(g, lists, graph[0]) <= bounds[1]:
                continue
            left += 1
            groups = gather(g, 2 + attempt + int(uniform(state) * 3), labels, lists, links, state)
            if len(groups) > 1 and work > 0:
                k, _, _ = recut(groups, (np.int64(6 + 2 * attempt), np.int64(0)), labels, lists, k, graph, links, local, bounds, costs, state)
                work -= (6 + 2 * attempt) * (1 + m * len(groups) // k)
        if left == 0 or work <= 0 or (left > MANY_LEFT and left >= before):
            break
        before = left
    return k


@njit
def _weight_of(group: int, lists: tuple, weight: np.ndarray) -> int:
    head, follow = lists
    total, v = 0, head[group]
    while v >= 0:
        total += weight[v]
        v = follow[v]
    return total


@njit
def _polish(labels: np.ndarray, k: int, graph: tuple, links: tuple, bounds: tuple, costs: tuple, hold: bool, state: np.ndarray) -> None:
    """Sweep all pairs of groups, then kick; with `hold` the number of groups stays."""
    m = len(labels)
    room = sweep_room(m, 4 * m + 64)
    lists = members(labels, 4 * m + 64)
    for g in range(k):
        enqueue(g, room[1])
    sweep(labels, lists, graph, links, bounds, costs, room, SWEEPS * k)
    kick(int(KICKS * k), labels, lists, k, graph, links, bounds, costs, room, hold, state)


@njit
def _reach_count(labels: np.ndarray, k: int, wanted: int, graph: tuple, links: tuple, bounds: tuple, costs: tuple, state: np.ndarray) -> int:
    """Add or remove groups one by one by recutting few, then more neighbours, until `wanted` groups stand or nothing helps."""
    m = len(labels)
    lists, local = members(labels, 4 * m + 64), np.full(m, -1)
    n = np.sum(lists[0] >= 0)
    for want in (1, 2, 3, 2, 4, 5, 3, 6, 8, 10, 12, 14):
        for g in range(k):
            if n == wanted:
                return k
            if lists[0][g] >= 0:
                groups = gather(g, want, labels, lists, links, state)
                k, change, _ = recut(
                    groups, (np.int64(4), np.int64(1 if n < wanted else -1)), labels, lists, k, graph, links, local, bounds, costs, state
                )
                n += change
    return _replant(labels, n, wanted, graph, bounds, costs, state)


@njit
def _replant(labels: np.ndarray, n: int, wanted: int, graph: tuple, bounds: tuple, costs: tuple, state: np.ndarray) -> int:
    """Cut whole trees for as many (few) groups as they give until one gives the wanted number; return the ids in use."""
    _compact(labels)
    _, bad = score(labels, n, graph, bounds, costs[0], costs[1])
    pull = MORE_GROUPS if n < wanted else -MORE_GROUPS
    for _ in range(max(20, min(1500, HARD_WORK // len(labels)))):
        new, k_new = cut_tree(graph, bounds, pull, 0.0, np.int64(2), state)
        if abs(k_new - wanted) < abs(n - wanted) and score(new, k_new, graph, bounds, 0.0, 0.0)[1] <= bad:
            labels[:] = new
            n = k_new
            if n == wanted:
                break
    return n


@njit
def _compact(labels: np.ndarray) -> None:
    """Renumber groups 0, 1, … by their first atom."""
    new = np.full(len(labels), -1)
    k = 0
    for v in range(len(labels)):
        if new[labels[v]] < 0:
            new[labels[v]] = k
            k += 1
        labels[v] = new[labels[v]]


@njit
def _component(graph: tuple, border: np.ndarray, lower: int, upper: int, wanted: int, seed: np.uint64, efforts: int) -> np.ndarray:
    """Return the group of each atom of one connected component.

    `efforts` 0 is rough (no sweep, no kicks), 1 quick, 2 looks long where violations are left.
    """
    m, total = len(graph[0]), graph[0].sum()
    if (total <= upper and wanted <= 1) or m == 1 or wanted == 1:
        return np.zeros(m, np.int64)
    state = seeded(seed)
    bounds = (lower, upper, -(-bounds_cap(lower, upper) // MAX_CLASSES))
    forced = forced_violations(graph[0], lower, upper)
    labels, k = cut_tree(graph, bounds, 0.0, 0.0, np.int64(0), state)
    links, costs = adjacency(m, graph[2], graph[3]), (typical(labels, k, graph, bounds), total / wanted if wanted > 0 else 0.0)
    price_borders(graph, costs[0], border, m / (labels.max() + 1))
    labels = _plant((np.int64(TREES - 1), np.int64(0)), forced, graph, bounds, costs, labels, state)
    for effort in range(max(efforts, 1)):
        if effort:
            labels = _plant((np.int64(max(20, min(1500, HARD_WORK // m))), np.int64(1)), forced, graph, bounds, costs, labels, state)
        if score(labels, labels.max() + 1, graph, bounds, costs[0], costs[1])[1] <= forced:
            break
        _repair(labels, labels.max() + 1, graph, links, bounds, costs, state)
        _compact(labels)
    if wanted > 0:
        _reach_count(labels, labels.max() + 1, wanted, graph, links, bounds, costs, state)
        _compact(labels)
    if labels.max() > 0 and efforts > 0:
        _polish(labels, labels.max() + 1, graph, links, bounds, costs, wanted > 0, state)
    _compact(labels)
    return labels


def _stamp() -> int:
    """Hash the compiled sources: numba's cache looks at one file only, and would keep code of the others when they change."""
    files = [
        Path(__file__).with_name(name)
        for name in ("kicks.py", "knapsack.py", "planes.py", "prices.py", "repair.py", "solve.py", "sweep.py", "trees.py")
    ]
    return int(hashlib.sha256(b"".join(f.read_bytes() for f in files)).hexdigest()[:12], 16)


@cache
def solver() -> Callable[..., None]:
    """Compile (or load) the kernel once."""
    stamp = _stamp()

    @njit(cache=True, nogil=True)
    def solve_all(out, first, edge_first, weight, xyz, eu, ev, length, kind, border, lower, upper, wanted, seeds, efforts):
        none = min(stamp, 0)  # the stamp must occur in the code to be part of the cache's key
        for j in range(len(first) - 1):
            a, b, c, d = first[j], first[j + 1], edge_first[j], edge_first[j + 1]
            own = weight[a:b].copy()
            mass = moments(own, xyz[a:b], 0.1 * max(own.mean(), 1.0))
            graph = priced(own, mass, (eu[c:d] - a, ev[c:d] - a), length[c:d].copy(), kind[c:d], border[c:d])
            out[a:b] = _component(graph, border[c:d], lower[j], upper[j], wanted[j], seeds[j], efforts) + none

    return solve_all


ROUGH, QUICK, LONG = 0, 1, 2


def solve(
    jobs: Jobs, lower: np.ndarray, upper: np.ndarray, wanted: np.ndarray, *, only: int | None = None, workers: int = 1, rough: bool = False
) -> np.ndarray:
    """Return the group of each node, numbered within its job; with `only` that job alone is cut, taking longer over it (its nodes are returned).

    `workers` threads share the jobs; each job is cut from its own seed, so the answer does not depend on them. A `rough` division is neither
    swept nor kicked.
    """
    out = np.empty(len(jobs.weight), np.int64)
    graph = (jobs.weight, jobs.xyz, jobs.eu, jobs.ev, jobs.length, jobs.kind, jobs.border)
    run, effort = solver(), LONG if only is not None else ROUGH if rough else QUICK

    def cut(a: int, b: int) -> None:
        run(out, jobs.first[a : b + 1], jobs.edge_first[a : b + 1], *graph, lower[a:b], upper[a:b], wanted[a:b], jobs.seeds[a:b], effort)

    if only is not None:
        cut(only, only + 1)
        return out[jobs.first[only] : jobs.first[only + 1]]
    shares = _shares(jobs.first, 4 * workers if workers > 1 else 1)
    if workers > 1 and len(shares) > 2:
        with ThreadPoolExecutor(workers) as threads:
            list(threads.map(cut, shares[:-1], shares[1:]))
    else:
        cut(0, len(jobs.parent))
    return out


def _shares(first: np.ndarray, parts: int) -> list[int]:
    """Return where to divide the jobs into up to `parts` runs of about as many nodes, from 0 to the number of jobs.

    >>> _shares(np.array([0, 5, 6, 7, 12]), 2)
    [0, 2, 4]
    """
    ends = np.searchsorted(first, np.linspace(0, first[-1], parts + 1))
    return np.unique(np.r_[0, ends, len(first) - 1]).tolist()
