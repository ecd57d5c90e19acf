"""Neighbouring groups dissolved and cut anew: the one move behind repair, polish and reaching a count.

gather   a group and some of its neighbours          (breadth first, shuffled by the seed)
recut    random trees on their union, cheapest kept
accept   if it costs less (repair, polish), or comes nearer to the wanted count
"""

from __future__ import annotations

import numpy as np
from numba import njit

from geogrid.partition.knapsack import VIOLATION, inertia, knapsack, price, size_cost
from geogrid.partition.trees import spanning_tree, tree_keys, tree_walk, uniform

HOLD, FORCE = 2, 3
BUILDING = 1000.0  # what one more group in a building costs, in household m2
MORE_GROUPS = -1e9  # kappa that asks for as many groups as the bounds allow, and still respects the bounds


@njit
def group_sums(labels: np.ndarray, k: int, weight: np.ndarray, moments: np.ndarray) -> tuple:
    """Return (weight (k,), moments (k, 5)) of the groups."""
    total, sums = np.zeros(k, np.int64), np.zeros((k, 5))
    for v in range(len(labels)):
        g = labels[v]
        total[g] += weight[v]
        for i in range(5):
            sums[g, i] += moments[v, i]
    return total, sums


@njit
def score(labels: np.ndarray, k: int, graph: tuple, bounds: tuple, kappa: float, ideal: float) -> tuple:
    """Return (cost, violations) of k groups: violations, inertia, kappa, every cut edge of the graph and every building a group touches."""
    eu, ev, cut = graph[2], graph[3], graph[5]
    total, sums = group_sums(labels, k, graph[0], graph[1])
    cost, violations = 0.0, 0
    for g in range(k):
        fault = price(total[g], bounds[0], bounds[1])
        violations += fault > 0
        cost += fault + size_cost(total[g], ideal, kappa) + inertia(sums[g, 0], sums[g, 1], sums[g, 2], sums[g, 3], sums[g, 4])
    if graph[8]:
        for e in range(len(eu)):
            if labels[eu[e]] != labels[ev[e]]:
                cost += cut[e]
        cost += BUILDING * _touched(labels, k, graph[7])
    return cost, violations


@njit
def _touched(labels: np.ndarray, k: int, home: np.ndarray) -> int:
    """Count the pairs of a group and a building that it touches."""
    head, follow = members(labels, k)
    last = np.full(len(labels), -1)
    n = 0
    for g in range(k):
        v = head[g]
        while v >= 0:
            if last[home[v]] != g:
                last[home[v]] = g
                n += 1
            v = follow[v]
    return n


@njit
def cut_tree(graph: tuple, bounds: tuple, kappa: float, ideal: float, style: int, state: np.ndarray) -> tuple:
    """Return (labels, k) of one random spanning tree cut by the knapsack."""
    weight, moments, eu, ev, length, _, toll = graph[:7]
    m = len(weight)
    chosen = spanning_tree(m, eu, ev, tree_keys(length, style, state))
    walk, parent, up = tree_walk(m, eu, ev, chosen, int(uniform(state) * m))
    return knapsack(walk, parent, up, weight, moments, toll, bounds, kappa, ideal)


@njit
def members(labels: np.ndarray, room: int) -> tuple:
    """Return (head, follow): linked lists of the atoms of each group, with room for `room` groups."""
    head, follow = np.full(room, -1), np.full(len(labels), -1)
    for v in range(len(labels) - 1, -1, -1):
        follow[v] = head[labels[v]]
        head[labels[v]] = v
    return head, follow


@njit
def gather(group: int, want: int, labels: np.ndarray, lists: tuple, links: tuple, state: np.ndarray) -> np.ndarray:
    """Return `group` and up to want-1 groups round it, nearest rings first, in an order drawn from `state`."""
    head, follow = lists
    start, neighbour, _ = links
    found = np.empty(want, np.int64)
    found[0] = group
    n, at = 1, 0
    while at < n and n < want:
        ring = [np.int64(0) for _ in range(0)]
        v = head[found[at]]
        while v >= 0:
            for j in range(start[v], start[v + 1]):
                g = labels[neighbour[j]]
                if g not in ring and g not in found[:n]:
                    ring.append(g)
            v = follow[v]
        for i in range(len(ring) - 1, -1, -1):
            j = int(uniform(state) * (i + 1))
            ring[i], ring[j] = ring[j], ring[i]
            if n < want:
                found[n] = ring[i]
                n += 1
        at += 1
    return found[:n]


@njit
def _subgraph(nodes: np.ndarray, graph: tuple, links: tuple, local: np.ndarray) -> tuple:
    """Return the graph induced by `nodes`; `local` is a (m,) scratch of -1, left as it was."""
    weight, moments, _, _, length, cut, toll, home, priced = graph
    start, neighbour, edge = links
    for i in range(len(nodes)):
        local[nodes[i]] = i
    eu, ev, ids = [np.int64(0) for _ in range(0)], [np.int64(0) for _ in range(0)], [np.int64(0) for _ in range(0)]
    for i in range(len(nodes)):
        for j in range(start[nodes[i]], start[nodes[i] + 1]):
            other = local[neighbour[j]]
            if other > i:
                eu.append(i)
                ev.append(other)
                ids.append(edge[j])
    for v in nodes:
        local[v] = -1
    own = np.empty(len(nodes), np.int64)
    for i in range(len(nodes)):
        b = home[nodes[i]]
        if local[b] < 0:
            local[b] = i
        own[i] = local[b]
    for v in nodes:
        local[home[v]] = -1
    chosen = np.array(ids)
    return weight[nodes], moments[nodes], np.array(eu), np.array(ev), length[chosen], cut[chosen], toll[chosen], own, priced


@njit
def _nodes_of(groups: np.ndarray, lists: tuple) -> np.ndarray:
    head, follow = lists
    nodes = [np.int64(0) for _ in range(0)]
    for g in groups:
        v = head[g]
        while v >= 0:
            nodes.append(v)
            v = follow[v]
    return np.array(nodes)


@njit
def _replace(nodes: np.ndarray, groups: np.ndarray, new: np.ndarray, k_new: int, labels: np.ndarray, lists: tuple, k: int) -> int:
    """Write the new groups over the old ones; return the number of group ids in use (emptied ids stay, head -1)."""
    head, follow = lists
    ids = np.empty(k_new, np.int64)
    for g in range(k_new):
        if g < len(groups):
            ids[g] = groups[g]
        else:
            ids[g] = k
            k += 1
    for g in groups:
        head[g] = -1
    for i in range(len(nodes) - 1, -1, -1):
        v = nodes[i]
        labels[v] = ids[new[i]]
        follow[v] = head[labels[v]]
        head[labels[v]] = v
    return k


@njit
def recut(
    groups: np.ndarray,
    effort: tuple,
    labels: np.ndarray,
    lists: tuple,
    k: int,
    graph: tuple,
    links: tuple,
    local: np.ndarray,
    bounds: tuple,
    costs: tuple,
    state: np.ndarray,
) -> tuple:
    """Cut the union of `groups` anew and keep the cheapest that is welcome; return (ids in use, change in the number of groups, change in cost).

    `effort` is (trees, gain). Gain 0 or HOLD: it must be cheaper, and with HOLD as many. FORCE, FORCE + HOLD: the same, but it may be dearer.
    +1 / -1: one more / fewer groups, without more violations (the change in cost is not told). `costs` is (kappa, ideal).
    """
    trees, gain = effort
    kappa, ideal = costs
    nodes = _nodes_of(groups, lists)
    part = _subgraph(nodes, graph, links, local)
    old = _old_groups(nodes, groups, labels)
    shift = gain if abs(gain) == 1 else 0
    now, bad = score(old, len(groups), part, bounds, kappa, ideal)
    limit = (bad + 0.5) * VIOLATION if shift else now + (0.5 * VIOLATION if gain >= FORCE else -1e-9 * abs(now) - 1e-6)
    best, best_k = old, 0
    for t in range(trees):
        new, k_new = cut_tree(part, bounds, MORE_GROUPS * shift if shift else kappa, 0.0 if shift else ideal, 1 + t % 2, state)
        if gain == 0 or gain == FORCE or k_new - len(groups) == shift:
            cost, _ = score(new, k_new, part, bounds, kappa, ideal)
            if cost < limit:
                limit, best, best_k = cost, new, k_new
    if best_k == 0 or k + best_k - len(groups) > len(lists[0]):
        return k, 0, 0.0
    return _replace(nodes, groups, best, best_k, labels, lists, k), best_k - len(groups), 0.0 if shift else limit - now


@njit
def _old_groups(nodes: np.ndarray, groups: np.ndarray, labels: np.ndarray) -> np.ndarray:
    old = np.empty(len(nodes), np.int64)
    for i in range(len(nodes)):
        for g in range(len(groups)):
            if labels[nodes[i]] == groups[g]:
                old[i] = g
    return old
