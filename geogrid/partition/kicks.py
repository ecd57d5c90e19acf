"""Kicks: a few neighbouring groups cut anew by one random tree, swept, and kept if the whole has become cheaper; else all is put back.

Of two groups drawn the one of larger inertia is kicked, with two or three neighbours: pairs alone seldom gain more than the sweep has found.
Only the groups that a kick touches are swept and only what it changed is put back, so a kick costs the same in a hamlet and in a city.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from geogrid.partition.knapsack import inertia
from geogrid.partition.planes import add
from geogrid.partition.repair import FORCE, HOLD, gather, recut
from geogrid.partition.sweep import enqueue, log, sweep
from geogrid.partition.trees import uniform

TURNS = 24  # groups that may have their turn in the sweep after a kick


@njit
def kick(
    kicks: int,
    labels: np.ndarray,
    lists: tuple,
    k: int,
    graph: tuple,
    links: tuple,
    bounds: tuple,
    costs: tuple,
    room: tuple,
    hold: bool,
    state: np.ndarray,
) -> int:
    """Kick `kicks` times, with `hold` without changing the number of groups; return the number of ids in use."""
    journal, local = room[2], room[0][1]
    m = len(labels)
    for _ in range(kicks):
        journal[3][0] += 1
        journal[3][1] = 0
        g, other = labels[int(uniform(state) * m)], labels[int(uniform(state) * m)]
        if _shape(other, lists, graph) > _shape(g, lists, graph):
            g = other
        groups = gather(g, 3 + int(uniform(state) * 2), labels, lists, links, state)
        if len(groups) < 2:
            continue
        _note(groups, lists, journal)
        effort = (np.int64(1), np.int64(FORCE + (HOLD if hold else 0)))
        k_new, _, change = recut(groups, effort, labels, lists, k, graph, links, local, bounds, costs, state)
        if change == 0.0:
            continue
        for i in range(journal[3][1]):
            enqueue(labels[journal[1][i]], room[1])
        change += sweep(labels, lists, graph, links, bounds, costs, room, TURNS)
        if change < -1e-6:
            k = k_new
        else:
            _undo(labels, lists, journal)
    return k


@njit
def _note(groups: np.ndarray, lists: tuple, journal: tuple) -> None:
    """Note the label of every atom of the groups."""
    for group in groups:
        v = lists[0][group]
        while v >= 0:
            log(v, group, journal)
            v = lists[1][v]


@njit
def _shape(group: int, lists: tuple, graph: tuple) -> float:
    sums = np.zeros(6)
    v = lists[0][group]
    while v >= 0:
        add(sums, graph, v)
        v = lists[1][v]
    return inertia(sums[1], sums[2], sums[3], sums[4], sums[5])


@njit
def _undo(labels: np.ndarray, lists: tuple, journal: tuple) -> None:
    """Give every atom noted its old label back; groups were noted whole."""
    head, follow = lists
    _, atoms, old, at = journal
    for i in range(at[1]):
        head[labels[atoms[i]]] = -1
        head[old[i]] = -1
    for i in range(at[1] - 1, -1, -1):
        v = atoms[i]
        labels[v] = old[i]
        follow[v] = head[old[i]]
        head[old[i]] = v
