"""Two groups divided by a plane: every direction, every prefix of the atoms along it, priced as it grows.

Scratch comes from `sweep`: `pair` is (nodes, local, order, key, side, chosen, queue, held). Sums are (weight, mass, mass x, y, z, mass |p|^2).
"""

from __future__ import annotations

import numpy as np
from numba import njit

from geogrid.partition.knapsack import inertia, price, size_cost
from geogrid.partition.repair import BUILDING
from geogrid.partition.trees import ascending

PLANES = 8
AGAIN = 8  # turns of the plane between two centroids, at most
TILT = 1e-3  # atoms of equal projection go by height, or across: no plane cuts a stairwell at random
SHORT = 48  # longer lists are sorted by merging


@njit
def add(sums: np.ndarray, graph: tuple, v: int) -> None:
    """Add an atom to the sums of its side."""
    sums[0] += graph[0][v]
    for f in range(5):
        sums[1 + f] += graph[1][v, f]


@njit
def _sides(sums: np.ndarray, whole: np.ndarray, bounds: tuple, costs: tuple) -> float:
    """Return what two groups cost by weight and shape; `sums` of one of them, `whole` of both."""
    other = whole[0] - sums[0]
    cost = price(sums[0], bounds[0], bounds[1]) + size_cost(sums[0], costs[1], costs[0])
    cost += price(other, bounds[0], bounds[1]) + size_cost(other, costs[1], costs[0])
    cost += inertia(sums[1], sums[2], sums[3], sums[4], sums[5])
    return cost + inertia(whole[1] - sums[1], whole[2] - sums[2], whole[3] - sums[3], whole[4] - sums[4], whole[5] - sums[5])


@njit
def cost_now(n_g: int, n: int, whole: np.ndarray, first: np.ndarray, graph: tuple, links: tuple, bounds: tuple, costs: tuple, pair: tuple) -> float:
    """Return what the two groups cost as they are: weight, shape, the border between them and the buildings they share."""
    cost = _sides(first, whole, bounds, costs)
    if graph[8]:
        _open_buildings(n, graph, pair)
        for t in range(n_g):
            cost += _cross(t, graph, links, pair)
        _close_sides(n, graph, pair)
    return cost


@njit
def _open_buildings(n: int, graph: tuple, pair: tuple) -> None:
    nodes, held, home = pair[0], pair[7], graph[7]
    for i in range(n):
        held[home[nodes[i]], 1] += 1


@njit
def _close_sides(n: int, graph: tuple, pair: tuple) -> None:
    nodes, side, held, home = pair[0], pair[4], pair[7], graph[7]
    for i in range(n):
        side[i] = 1
        held[home[nodes[i]], 0] = 0
        held[home[nodes[i]], 1] = 0


@njit
def _cross(i: int, graph: tuple, links: tuple, pair: tuple) -> float:
    """Move the atom in place `i` to side 0; return the change in what borders and buildings in two groups cost."""
    nodes, local, side, held = pair[0], pair[1], pair[4], pair[7]
    start, neighbour, edge = links
    cut, home = graph[5], graph[7]
    v = nodes[i]
    side[i] = 0
    change = 0.0
    for j in range(start[v], start[v + 1]):
        other = local[neighbour[j]]
        if other >= 0:
            change += -cut[edge[j]] if side[other] == 0 else cut[edge[j]]
    b = home[v]
    shared = held[b, 0] > 0 and held[b, 1] > 0
    held[b, 0] += 1
    held[b, 1] -= 1
    if shared != (held[b, 1] > 0):
        change += -BUILDING if shared else BUILDING
    return change


@njit
def planes(
    n: int,
    whole: np.ndarray,
    first: np.ndarray,
    range_: tuple,
    limit: float,
    graph: tuple,
    links: tuple,
    bounds: tuple,
    costs: tuple,
    pair: tuple,
) -> tuple:
    """Return (cost, size of the first side) of the cheapest division by any plane, noted in `chosen`; size 0 where none is below `limit`."""
    found, flat = 0, True
    nodes, moments = pair[0], graph[1]
    z = moments[nodes[0], 3] / moments[nodes[0], 0]
    for i in range(n):
        pair[2][i] = i
        flat = flat and abs(moments[nodes[i], 3] / moments[nodes[i], 0] - z) < 1e-9
    best = first.copy()
    d, again = 0, 0
    last = PLANES if flat else PLANES + 2
    while d <= last and again < AGAIN:
        if d < last:
            x, y, h = _direction(d)
        else:
            x, y, h = _between(best, whole)
            again += 1
        _project(n, x, y, h, moments, pair)
        cost, size = _prefixes(n, whole, range_, limit, graph, links, bounds, costs, pair, best)
        if size > 0:
            limit, found = cost, size
            pair[5][:n] = 1
            for t in range(size):
                pair[5][pair[2][t]] = 0
        if d < last or size == 0:
            d += 1
    return limit, found


@njit
def _direction(d: int) -> tuple:
    if d == PLANES:
        return TILT, 2 * TILT, 1.0
    if d == PLANES + 1:
        return -2 * TILT, TILT, 1.0
    angle = np.pi * d / PLANES + 0.05
    return np.cos(angle), np.sin(angle), TILT


@njit
def _between(one: np.ndarray, whole: np.ndarray) -> tuple:
    """Return the line from the centroid of the second group to that of the first."""
    a, b = max(one[1], 1e-9), max(whole[1] - one[1], 1e-9)
    return one[2] / a - (whole[2] - one[2]) / b, one[3] / a - (whole[3] - one[3]) / b, one[4] / a - (whole[4] - one[4]) / b


@njit
def _project(n: int, x: float, y: float, z: float, moments: np.ndarray, pair: tuple) -> None:
    """Sort `order` by the projection of the atoms on a direction, starting from the order of the last one."""
    nodes, order, key = pair[0], pair[2], pair[3]
    for i in range(n):
        v = nodes[i]
        key[i] = (x * moments[v, 1] + y * moments[v, 2] + z * moments[v, 3]) / moments[v, 0]
    if n > SHORT:
        order[:n] = ascending(key[:n])
        return
    for t in range(1, n):
        i = order[t]
        at = t - 1
        while at >= 0 and key[order[at]] > key[i]:
            order[at + 1] = order[at]
            at -= 1
        order[at + 1] = i


@njit
def _prefixes(
    n: int,
    whole: np.ndarray,
    range_: tuple,
    limit: float,
    graph: tuple,
    links: tuple,
    bounds: tuple,
    costs: tuple,
    pair: tuple,
    best: np.ndarray,
) -> tuple:
    """Return (cost, size) of the cheapest connected prefix of `order` below `limit`; size 0 where there is none; its sums go to `best`."""
    nodes, order = pair[0], pair[2]
    sums, found, border = np.zeros(6), 0, 0.0
    priced = graph[8]
    if priced:
        _open_buildings(n, graph, pair)
    for t in range(n - 1):
        add(sums, graph, nodes[order[t]])
        if sums[0] > range_[1]:
            break
        if priced:
            border += _cross(order[t], graph, links, pair)
        else:
            pair[4][order[t]] = 0
        if sums[0] < range_[0]:
            continue
        cost = border + _sides(sums, whole, bounds, costs)
        if cost < limit and _is_whole(order[0], t + 1, links, pair) and _is_whole(order[t + 1], n - t - 1, links, pair):
            limit, found = cost, t + 1
            best[:] = sums
    if priced:
        _close_sides(n, graph, pair)
    else:
        pair[4][:n] = 1
    return limit, found


@njit
def _is_whole(i: int, size: int, links: tuple, pair: tuple) -> bool:
    """Return whether the side of the atom in place `i`, of `size` atoms, is connected."""
    nodes, local, side, queue = pair[0], pair[1], pair[4], pair[6]
    start, neighbour, _ = links
    own = side[i]
    queue[0] = i
    side[i] = 2
    n, at = 1, 0
    while at < n:
        v = nodes[queue[at]]
        at += 1
        for j in range(start[v], start[v + 1]):
            other = local[neighbour[j]]
            if other >= 0 and side[other] == own:
                side[other] = 2
                queue[n] = other
                n += 1
    for j in range(n):
        side[queue[j]] = own
    return n == size
