"""Hyperplane sweep: two neighbouring groups divided anew by a plane, wherever that is cheaper, until no pair gains.

    plane    plan directions, the vertical, the line between the two centroids (again after each gain)
    prefix   atoms in the order of their projection; each prefix leaves two sides: inertia, borders and buildings are kept up as it grows
    keep     the cheapest with both sides connected, in bounds (or less out of them than before), cheaper than what there was

Groups wait in a queue; a pair is looked at when the later of the two leaves it, and both wait again after a gain.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from geogrid.partition.knapsack import bounds_cap
from geogrid.partition.planes import add, cost_now, planes


@njit
def sweep_room(m: int, room: int) -> tuple:
    """Return the scratch of sweeps on m atoms and up to `room` groups.

    pair     (nodes, local, order, key, side, chosen, queue, held): the atoms of two groups; `local` is -1 and `side` 1 between uses
    agenda   (ring, waiting, seen, (first, waiting groups, stamp), near)
    journal  (when, atoms, old labels, (kick, atoms noted))
    """
    pair = (
        np.empty(m, np.int64),
        np.full(m, -1),
        np.empty(m, np.int64),
        np.empty(m),
        np.ones(m, np.int8),
        np.empty(m, np.int8),
        np.empty(m, np.int64),
        np.zeros((m, 2), np.int64),
    )
    agenda = (np.empty(room, np.int64), np.zeros(room, np.bool_), np.zeros(room, np.int64), np.zeros(3, np.int64), np.empty(room, np.int64))
    journal = (np.zeros(m, np.int64), np.empty(m, np.int64), np.empty(m, np.int64), np.zeros(2, np.int64))
    return pair, agenda, journal


@njit
def enqueue(group: int, agenda: tuple) -> None:
    """Let a group wait for its turn, once."""
    ring, waiting, _, at, _ = agenda
    if not waiting[group]:
        waiting[group] = True
        ring[(at[0] + at[1]) % len(ring)] = group
        at[1] += 1


@njit
def log(v: int, label: int, journal: tuple) -> None:
    """Note the label that atom `v` had before the present kick, once."""
    when, atoms, old, at = journal
    if when[v] != at[0]:
        when[v] = at[0]
        atoms[at[1]], old[at[1]] = v, label
        at[1] += 1


@njit
def sweep(labels: np.ndarray, lists: tuple, graph: tuple, links: tuple, bounds: tuple, costs: tuple, room: tuple, turns: int) -> float:
    """Sweep the pairs of the waiting groups until none gains or `turns` groups had their turn; return the change in cost (<= 0)."""
    head, follow = lists
    start, neighbour, _ = links
    ring, waiting, seen, at, near = room[1]
    change = 0.0
    while at[1] > 0:
        g = ring[at[0]]
        at[0] = (at[0] + 1) % len(ring)
        at[1] -= 1
        waiting[g] = False
        turns -= 1
        if turns < 0 or head[g] < 0:
            continue
        at[2] += 1
        seen[g] = at[2]
        n, v = 0, head[g]
        while v >= 0:
            for j in range(start[v], start[v + 1]):
                h = labels[neighbour[j]]
                if seen[h] != at[2]:
                    seen[h] = at[2]
                    near[n] = h
                    n += 1
            v = follow[v]
        for i in range(n):
            if not waiting[near[i]]:
                gain = _sweep_pair(g, near[i], labels, lists, graph, links, bounds, costs, room[0], room[2])
                if gain < 0:
                    change += gain
                    enqueue(g, room[1])
                    enqueue(near[i], room[1])
    return change


@njit
def _sweep_pair(
    g: int, h: int, labels: np.ndarray, lists: tuple, graph: tuple, links: tuple, bounds: tuple, costs: tuple, pair: tuple, journal: tuple
) -> float:
    """Divide two groups anew where a plane does it cheaper; return the change in cost (0.0: none found)."""
    nodes, local, chosen = pair[0], pair[1], pair[5]
    n_g, n = _both(g, h, lists, nodes, local)
    whole, first = np.zeros(6), np.zeros(6)
    for i in range(n):
        add(whole, graph, nodes[i])
        if i < n_g:
            add(first, graph, nodes[i])
    range_, now = _allowed(whole[0], first[0], bounds), cost_now(n_g, n, whole, first, graph, links, bounds, costs, pair)
    limit, found = now - 1e-9 * abs(now) - 1e-6, 0
    if range_[0] <= range_[1]:
        limit, found = planes(n, whole, first, range_, limit, graph, links, bounds, costs, pair)
    if found > 0:
        _rewrite(g, h, n, labels, lists, nodes, chosen, journal)
    for i in range(n):
        local[nodes[i]] = -1
    return limit - now if found > 0 else 0.0


@njit
def _both(g: int, h: int, lists: tuple, nodes: np.ndarray, local: np.ndarray) -> tuple:
    """Write the atoms of two groups to `nodes`, their places to `local`; return how many are of the first, and of both."""
    head, follow = lists
    n, n_g = 0, 0
    for group in (g, h):
        n_g = n
        v = head[group]
        while v >= 0:
            nodes[n], local[v] = v, n
            n += 1
            v = follow[v]
    return n_g, n


@njit
def _allowed(total: float, first: float, bounds: tuple) -> tuple:
    """Return the least and most weight of one side: both in bounds; where a group is out already, no side heavier than allowed or than it was."""
    lower, upper = float(bounds[0]), float(bounds[1])
    second = total - first
    if lower <= min(first, second) and max(first, second) <= upper:
        return max(lower, total - upper), min(upper, total - lower)
    most = max(float(bounds_cap(bounds[0], bounds[1])), first, second)
    return total - most, most


@njit
def _rewrite(g: int, h: int, n: int, labels: np.ndarray, lists: tuple, nodes: np.ndarray, chosen: np.ndarray, journal: tuple) -> None:
    """Give the atoms of two groups to the sides chosen."""
    head, follow = lists
    head[g], head[h] = -1, -1
    for i in range(n):
        v = nodes[i]
        log(v, labels[v], journal)
        labels[v] = g if chosen[i] == 0 else h
        follow[v] = head[labels[v]]
        head[labels[v]] = v
