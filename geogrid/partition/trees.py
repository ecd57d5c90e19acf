"""Random spanning trees: a seeded generator, Kruskal on noisy keys, and the walk in which the knapsack visits a tree.

Everything here is compiled by numba as a part of `solve.solve_all`; ids are local to one connected component (0 … m-1).
"""

from __future__ import annotations

import numpy as np
from numba import njit

_ROOT = -1


@njit
def seeded(seed: np.uint64) -> np.ndarray:
    """Return the state of a xorshift generator, uint64 (1,), well mixed from `seed`."""
    z = seed + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    state = np.empty(1, np.uint64)
    state[0] = (z ^ (z >> np.uint64(31))) | np.uint64(1)
    return state


@njit
def uniform(state: np.ndarray) -> float:
    """Draw a number in [0, 1) and move `state` on."""
    x = state[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    state[0] = x
    return np.float64(x >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@njit
def tree_keys(length: np.ndarray, style: int, state: np.ndarray) -> np.ndarray:
    """Draw one Kruskal key an edge: near its length (style 0), its length times a wide noise (1), or pure noise (2)."""
    keys = np.empty(len(length))
    for e in range(len(length)):
        draw = uniform(state)
        if style == 0:
            keys[e] = length[e] * (0.7 + 0.6 * draw)
        elif style == 1:
            keys[e] = length[e] * (0.05 + draw)
        else:
            keys[e] = draw
    return keys


@njit
def _find(leader: np.ndarray, i: int) -> int:
    while leader[i] != i:
        leader[i] = leader[leader[i]]
        i = leader[i]
    return i


@njit
def joined(m: int, eu: np.ndarray, ev: np.ndarray) -> np.ndarray:
    """Return the least atom that each atom is joined to by the edges, int (m,)."""
    leader = np.arange(m)
    for e in range(len(eu)):
        a, b = _find(leader, eu[e]), _find(leader, ev[e])
        leader[max(a, b)] = min(a, b)
    for v in range(m):
        leader[v] = _find(leader, v)
    return leader


@njit
def ascending(keys: np.ndarray) -> np.ndarray:
    """Return the stable order of `keys` (a merge sort of our own: numba's takes eight seconds to compile)."""
    n = len(keys)
    order, other = np.arange(n), np.empty(n, np.int64)
    run = 1
    while run < n:
        for low in range(0, n, 2 * run):
            middle, high = min(low + run, n), min(low + 2 * run, n)
            a, b = low, middle
            for i in range(low, high):
                if a < middle and (b >= high or keys[order[a]] <= keys[order[b]]):
                    other[i] = order[a]
                    a += 1
                else:
                    other[i] = order[b]
                    b += 1
        order, other = other, order
        run *= 2
    return order


@njit
def spanning_tree(m: int, eu: np.ndarray, ev: np.ndarray, keys: np.ndarray) -> np.ndarray:
    """Return the ids of the m-1 edges of the least spanning tree by `keys` (Kruskal); the graph is connected."""
    leader = np.arange(m)
    chosen = np.empty(m - 1, np.int64)
    n = 0
    for e in ascending(keys):
        a, b = _find(leader, eu[e]), _find(leader, ev[e])
        if a != b:
            leader[a] = b
            chosen[n] = e
            n += 1
            if n == m - 1:
                break
    return chosen


@njit
def adjacency(m: int, eu: np.ndarray, ev: np.ndarray) -> tuple:
    """Return (start, neighbour, edge): the neighbours of v are neighbour[start[v]:start[v + 1]], across those edges."""
    start = np.zeros(m + 1, np.int64)
    for e in range(len(eu)):
        start[eu[e] + 1] += 1
        start[ev[e] + 1] += 1
    for v in range(m):
        start[v + 1] += start[v]
    fill = start[:m].copy()
    neighbour, edge = np.empty(2 * len(eu), np.int64), np.empty(2 * len(eu), np.int64)
    for e in range(len(eu)):
        a, b = eu[e], ev[e]
        neighbour[fill[a]], edge[fill[a]] = b, e
        neighbour[fill[b]], edge[fill[b]] = a, e
        fill[a] += 1
        fill[b] += 1
    return start, neighbour, edge


@njit
def _rooted(m: int, root: int, start: np.ndarray, neighbour: np.ndarray, edge: np.ndarray) -> tuple:
    parent, up, order = np.full(m, _ROOT), np.full(m, -1), np.empty(m, np.int64)
    order[0] = root
    n = 1
    for i in range(m):
        v = order[i]
        for j in range(start[v], start[v + 1]):
            u = neighbour[j]
            if u != parent[v]:
                parent[u], up[u], order[n] = v, edge[j], u
                n += 1
    heavy, size = np.full(m, -1), np.ones(m, np.int64)
    for i in range(m - 1, 0, -1):
        v = order[i]
        p = parent[v]
        size[p] += size[v]
        if heavy[p] < 0 or size[v] > size[heavy[p]]:
            heavy[p] = v
    return parent, up, heavy


@njit
def tree_walk(m: int, eu: np.ndarray, ev: np.ndarray, chosen: np.ndarray, root: int) -> tuple:
    """Return (walk, parent, up): nodes with parents first and each node's largest subtree last; `up` is the edge to the parent.

    Read backwards the walk is a post-order that enters the largest subtree first, so a stack of log2(m) open nodes is enough.
    """
    start, neighbour, local = adjacency(m, eu[chosen], ev[chosen])
    parent, up, heavy = _rooted(m, root, start, neighbour, chosen[local])
    walk, stack = np.empty(m, np.int64), np.empty(m, np.int64)
    stack[0] = root
    top, n = 1, 0
    while top > 0:
        top -= 1
        v = stack[top]
        walk[n] = v
        n += 1
        if heavy[v] >= 0:
            stack[top] = heavy[v]
            top += 1
        for j in range(start[v], start[v + 1]):
            u = neighbour[j]
            if u != parent[v] and u != heavy[v]:
                stack[top] = u
                top += 1
    return walk, parent, up
