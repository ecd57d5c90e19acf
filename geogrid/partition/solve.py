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
from functools import cache
from pathlib import Path

import numpy as np
from numba import njit

from geogrid.partition.jobs import Jobs
from geogrid.partition.kicks import kick
from geogrid.partition.knapsack import bounds_cap, inertia
from geogrid.partition.repair import BUILDING, MORE_GROUPS, cut_tree, gather, group_sums, members, recut, score
from geogrid.partition.sweep import enqueue, sweep, sweep_room
from geogrid.partition.trees import adjacency, joined, seeded, uniform

TREES = 6
HARD_WORK = 500_000  # nodes visited by extra trees on a component that resists
REPAIR_ROUNDS = 13
MAX_CLASSES = 100
VERTICAL = 2
ENTRANCE = 300.0  # what cutting an entrance between two floors costs, in household m2
BORDER = 0.5  # what the border of a group costs against its inertia, where edges have costs
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
def _moments(weight: np.ndarray, xyz: np.ndarray, faint: float) -> np.ndarray:
    """Return (mass, mass x, mass y, mass z, mass |p|^2) of each atom about the mean; weightless atoms have a faint mass, so land keeps shape."""
    out = np.empty((len(weight), 5))
    cx, cy, cz = xyz[:, 0].mean(), xyz[:, 1].mean(), xyz[:, 2].mean()
    for v in range(len(weight)):
        mass = float(weight[v]) if weight[v] > 0 else faint
        x, y, z = xyz[v, 0] - cx, xyz[v, 1] - cy, xyz[v, 2] - cz
        out[v, 0], out[v, 1], out[v, 2], out[v, 3], out[v, 4] = mass, mass * x, mass * y, mass * z, mass * (x * x + y * y + z * z)
    return out


@njit
def _typical(labels: np.ndarray, k: int, graph: tuple, bounds: tuple) -> float:
    """Return the mean inertia of the groups in bounds, the natural price of one more group."""
    total, sums = group_sums(labels, k, graph[0], graph[1])
    shape, n = 1.0, 1
    for g in range(k):
        if bounds[0] <= total[g] <= bounds[1]:
            shape += inertia(sums[g, 0], sums[g, 1], sums[g, 2], sums[g, 3], sums[g, 4])
            n += 1
    return shape / n


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
    """Dissolve each violating group with 1 … 14 neighbours until none is left or the rounds are spent; return the ids in use."""
    m = len(labels)
    lists, local = members(labels, 4 * m + 64), np.full(m, -1)
    for attempt in range(REPAIR_ROUNDS):
        any_left = False
        for g in range(k):
            if lists[0][g] < 0 or bounds[0] <= _weight_of(g, lists, graph[0]) <= bounds[1]:
                continue
            any_left = True
            groups = gather(g, 2 + attempt + int(uniform(state) * 3), labels, lists, links, state)
            if len(groups) > 1:
                k, _, _ = recut(groups, (np.int64(6 + 2 * attempt), np.int64(0)), labels, lists, k, graph, links, local, bounds, costs, state)
        if not any_left:
            break
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
def _priced(weight: np.ndarray, moments: np.ndarray, ends: tuple, length: np.ndarray, kind: np.ndarray, border: np.ndarray) -> tuple:
    """Return the graph of a component: (weight, moments, eu, ev, length, cut, toll, home, priced).

    `cut`: what a cut edge costs; `toll`: what it costs in a tree, where one edge stands for the building that is divided; `home`: the first
    atom of each atom's building.
    """
    eu, ev = ends
    cut = np.where(kind == VERTICAL, ENTRANCE, 0.0)
    toll = cut + np.where(kind > 0, 0.5 * BUILDING, 0.0)
    home = joined(len(weight), eu[kind > 0], ev[kind > 0])
    return weight, moments, eu, ev, length, cut, toll, home, bool(kind.max() > 0 or border.max() > 0) if len(kind) else False


@njit
def _price_borders(graph: tuple, kappa: float, border: np.ndarray, atoms: float) -> None:
    """Add to the prices of the edges what a border costs: a round group of so many atoms pays BORDER * kappa for all of its own."""
    unit = BORDER * kappa / (4.0 * np.sqrt(atoms))
    for e in range(len(border)):
        graph[5][e] += unit * border[e]
        graph[6][e] += unit * border[e]


@njit
def _component(graph: tuple, border: np.ndarray, lower: int, upper: int, wanted: int, seed: np.uint64, efforts: int) -> np.ndarray:
    """Return the group of each atom of one connected component; `efforts` 1 is quick, 2 looks long where violations are left."""
    m, total = len(graph[0]), graph[0].sum()
    if (total <= upper and wanted <= 1) or m == 1 or wanted == 1:
        return np.zeros(m, np.int64)
    state = seeded(seed)
    bounds = (lower, upper, -(-bounds_cap(lower, upper) // MAX_CLASSES))
    forced = forced_violations(graph[0], lower, upper)
    labels, k = cut_tree(graph, bounds, 0.0, 0.0, np.int64(0), state)
    links, costs = adjacency(m, graph[2], graph[3]), (_typical(labels, k, graph, bounds), total / wanted if wanted > 0 else 0.0)
    _price_borders(graph, costs[0], border, m / (labels.max() + 1))
    labels = _plant((np.int64(TREES - 1), np.int64(0)), forced, graph, bounds, costs, labels, state)
    for effort in range(efforts):
        if effort:
            labels = _plant((np.int64(max(20, min(1500, HARD_WORK // m))), np.int64(1)), forced, graph, bounds, costs, labels, state)
        if score(labels, labels.max() + 1, graph, bounds, costs[0], costs[1])[1] <= forced:
            break
        _repair(labels, labels.max() + 1, graph, links, bounds, costs, state)
        _compact(labels)
    if wanted > 0:
        _reach_count(labels, labels.max() + 1, wanted, graph, links, bounds, costs, state)
        _compact(labels)
    if labels.max() > 0:
        _polish(labels, labels.max() + 1, graph, links, bounds, costs, wanted > 0, state)
    _compact(labels)
    return labels


def _stamp() -> int:
    """Hash the compiled sources: numba's cache looks at one file only, and would keep code of the others when they change."""
    files = [Path(__file__).with_name(name) for name in ("kicks.py", "knapsack.py", "planes.py", "repair.py", "solve.py", "sweep.py", "trees.py")]
    return int(hashlib.sha256(b"".join(f.read_bytes() for f in files)).hexdigest()[:12], 16)


@cache
def solver() -> Callable[..., np.ndarray]:
    """Compile (or load) the kernel once."""
    stamp = _stamp()

    @njit(cache=True, nogil=True)
    def solve_all(first, edge_first, weight, xyz, eu, ev, length, kind, border, lower, upper, wanted, seeds, efforts):
        out = np.full(len(weight), min(stamp, 0))  # the stamp must occur in the code to be part of the cache's key
        for j in range(len(first) - 1):
            a, b, c, d = first[j], first[j + 1], edge_first[j], edge_first[j + 1]
            own = weight[a:b].copy()
            moments = _moments(own, xyz[a:b], 0.1 * max(own.mean(), 1.0))
            graph = _priced(own, moments, (eu[c:d] - a, ev[c:d] - a), length[c:d].copy(), kind[c:d], border[c:d])
            out[a:b] = _component(graph, border[c:d], lower[j], upper[j], wanted[j], seeds[j], efforts)
        return out

    return solve_all


QUICK, LONG = 1, 2


def solve(jobs: Jobs, lower: np.ndarray, upper: np.ndarray, wanted: np.ndarray, *, only: int | None = None) -> np.ndarray:
    """Return the group of each node, numbered within its job; with `only` that job alone is cut, taking longer over it (its nodes are returned)."""
    some = slice(None) if only is None else slice(only, only + 1)
    first, edge_first = (jobs.first, jobs.edge_first) if only is None else (jobs.first[only : only + 2], jobs.edge_first[only : only + 2])
    graph = (jobs.weight, jobs.xyz, jobs.eu, jobs.ev, jobs.length, jobs.kind, jobs.border)
    out = solver()(first, edge_first, *graph, lower[some], upper[some], wanted[some], jobs.seeds[some], QUICK if only is None else LONG)
    return out if only is None else out[first[0] : first[1]]
