"""Small components tried out: is there any division into connected groups within bounds at all?

Subsets are bits of one word. The group of the lowest atom is grown one neighbour at a time (taken or refused for good), and every group within
bounds whose rest could still divide by weight is followed into that rest.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from geogrid.partition.bounds import blocks

MAX_ATOMS = 60
BUDGET = 5_000_000
YES, NO, UNKNOWN = 1, 0, -1


def is_divisible(weights: np.ndarray, edges: np.ndarray, lower: int, upper: int, *, most: int = 0) -> int:
    """Return YES, NO, or UNKNOWN when there are more than MAX_ATOMS atoms or the search exceeds its budget.

    With `most`, the group of atom 0 goes on outside the graph: it need not reach `lower`, and may weigh up to `most` here.

    >>> star = np.array([[0, 1], [0, 2], [0, 3]])
    >>> is_divisible(np.array([4, 8, 8, 8]), star, 10, 15), is_divisible(np.array([4, 8, 12, 12]), star, 10, 15)
    (0, 1)
    """
    if len(weights) > MAX_ATOMS:
        return UNKNOWN
    first = (0, most) if most else (lower, upper)
    near = np.zeros(len(weights), np.int64)
    for a, b in edges.tolist():
        near[a] |= np.int64(1) << b
        near[b] |= np.int64(1) << a
    return int(_divide((np.int64(1) << len(weights)) - 1, near, weights.astype(np.int64), *first, lower, upper, np.array([BUDGET])))


def count_pockets(weights: np.ndarray, edges: np.ndarray, lower: int, upper: int, enough: int) -> int:
    """Return how many disjoint pockets, parts that hang on one atom, can not be divided whatever the rest does; stop at `enough`.

    Each forces a group out of bounds of its own, beside those of atoms above `upper`: a part's door may lead to such a group, and join it.
    """
    size = [1 + len(below) for _, below in blocks(len(weights), edges)]
    if not size:
        return 0
    root = blocks(len(weights), edges)[int(np.argmax(size))][1][0]
    hanging: dict[int, list[int]] = {}
    for top, below in blocks(len(weights), edges, root):
        hanging.setdefault(top, []).extend(v for u in below for v in [u, *hanging.get(u, [])])
    taken: set[int] = set()
    found = 0
    for top, part in sorted(hanging.items(), key=lambda item: (len(item[1]), item[0])):
        nodes = [top, *part]
        if found < enough and len(nodes) <= MAX_ATOMS and taken.isdisjoint(nodes) and _is_stuck(np.array(nodes), weights, edges, lower, upper):
            found += 1
            taken.update(nodes)
    return found


def _is_stuck(nodes: np.ndarray, weights: np.ndarray, edges: np.ndarray, lower: int, upper: int) -> bool:
    place = np.full(len(weights), -1)
    place[nodes] = np.arange(len(nodes))
    inside = place[edges]
    if weights[nodes].max() > upper:
        return False
    most = upper if weights.max() <= upper else int(weights[nodes].sum())
    return is_divisible(weights[nodes], inside[(inside >= 0).all(axis=1)], lower, upper, most=max(most, 1)) == NO


@njit(cache=True)
def _lowest(mask: np.int64) -> int:
    v = 0
    while not (mask >> v) & 1:
        v += 1
    return v


@njit(cache=True)
def _could_divide(mask: np.int64, near: np.ndarray, weights: np.ndarray, lower: int, upper: int) -> bool:
    """Tell whether every connected part of `mask` has a weight that some number of groups fits."""
    while mask:
        part, ring = np.int64(0), np.int64(1) << _lowest(mask)
        total = 0
        while ring:
            v = _lowest(ring)
            part |= np.int64(1) << v
            total += weights[v]
            ring = (ring | near[v]) & mask & ~part
        mask &= ~part
        if -(-total // upper) * lower > total:
            return False
    return True


@njit(cache=True)
def _divide(mask: np.int64, near: np.ndarray, weights: np.ndarray, least: int, most: int, lower: int, upper: int, left: np.ndarray) -> int:
    if mask == 0:
        return 1
    start = _lowest(mask)
    # a choice is (group so far, neighbours not yet decided, atoms refused, weight); the group is tested when its choice is popped
    room = 2 * len(weights) + 4
    group, ring, refused, total = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room, np.int64)
    fresh = np.empty(room, np.bool_)
    one = np.int64(1)
    group[0], ring[0], refused[0], total[0], fresh[0] = one << start, near[start] & mask, 0, weights[start], True
    top = 1
    while top:
        top -= 1
        g, r, no, w, new = group[top], ring[top], refused[top], total[top], fresh[top]
        left[0] -= 1
        if left[0] < 0:
            return -1
        if new and least <= w <= most and _could_divide(mask & ~g, near, weights, lower, upper):
            answer = _divide(mask & ~g, near, weights, lower, upper, lower, upper, left)
            if answer != 0:
                return answer
        if r and w <= most:
            v = _lowest(r)
            bit = one << v
            group[top], ring[top], refused[top], total[top], fresh[top] = g, r & ~bit, no | bit, w, False
            top += 1
            if w + weights[v] <= most:
                group[top], refused[top], total[top], fresh[top] = g | bit, no, w + weights[v], True
                ring[top] = (r | near[v]) & mask & ~(g | bit | no)
                top += 1
    return 0
