"""Lower bounds on the groups out of bounds that a component must have: what its weights, its sizes and its bottlenecks force.

    splits     a weight alone                        17 of [10, 15] is neither one group nor two
    packing    atom sizes, connectivity ignored      floors of four make 12 only
    blocks     bottlenecks, sizes within ignored     two hamlets of nine behind one house

A group out of bounds weighs `bounds_cap` at most. Every bound is a relaxation, so each may only be too low.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from geogrid.partition.knapsack import bounds_cap

MAX_PATTERNS = 300  # more take longer than they tell
MAX_TOTAL = 20_000  # weights beyond this are not looked into: a component so heavy has room to divide


def cap_of(lower: int, upper: int) -> int:
    """Return `bounds_cap`, without waiting for its compilation."""
    return bounds_cap.py_func(lower, upper)


@lru_cache(maxsize=8)
def _splits(size: int, lower: int, upper: int, cap: int) -> np.ndarray:
    weight = np.arange(size)
    least = np.where(-(-weight // upper) * lower <= weight if upper else weight == 0, 0, size)
    for w in range(1, size):
        if least[w]:
            least[w] = 1 + least[max(w - cap, 0) : w].min()
    return least


def splits(total: int, lower: int, upper: int, cap: int | None = None) -> np.ndarray:
    """Return for each weight 0 … total the least number of groups out of bounds when nothing but weight counts.

    >>> splits(20, 10, 15)[[0, 9, 10, 17, 20]].tolist()
    [0, 1, 0, 1, 0]
    """
    size = 1 << int(max(total, 1)).bit_length()
    return _splits(size, lower, upper, cap or cap_of(lower, upper))[: total + 1]


def by_weight(weights: np.ndarray, lower: int, upper: int) -> int:
    """Return the violations that the total and the greatest common divisor of the atoms force."""
    total = int(weights.sum())
    divisor = int(np.gcd.reduce(weights))
    if total == 0 or total // divisor > MAX_TOTAL:
        return 0
    cap = max(cap_of(lower, upper) // divisor, 1)
    return int(splits(total // divisor, -(-lower // divisor), upper // divisor, cap)[-1])


def by_packing(weights: np.ndarray, lower: int, upper: int) -> int:
    """Return the violations that the atoms' sizes force, connectivity ignored; 0 where there are too many patterns to look through."""
    size, count = np.unique(weights[weights > 0], return_counts=True)
    return _packed(tuple(size.tolist()), tuple(count.tolist()), lower, upper)


@lru_cache(maxsize=4096)
def _packed(sizes: tuple[int, ...], counts: tuple[int, ...], lower: int, upper: int) -> int:
    """Return the violations that so many atoms of each size force; kept, as proofs and cures ask for the same component again and again."""
    patterns = _patterns(list(sizes[::-1]), list(counts[::-1]), lower, upper)
    if patterns is None:
        return 0
    size, count, cap = np.array(sizes), np.array(counts), cap_of(lower, upper)
    total = int(size @ count)
    most = -(-total // cap) + int(count.sum())
    # columns: how often each pattern is used, then the number of groups out of bounds, which hold what is left over
    used = np.array(patterns, dtype=float).reshape(-1, len(size)).T[::-1]
    held = used.T @ size
    rows = np.vstack([np.column_stack([used, np.zeros(len(size))]), np.r_[held, cap]])
    low = np.r_[np.zeros(len(size)), float(total)]
    goal = np.r_[np.zeros(len(held)), 1.0]
    found = milp(
        goal,
        constraints=LinearConstraint(rows, low, np.r_[count.astype(float), np.inf]),
        bounds=Bounds(0, np.r_[np.full(len(held), float(count.sum())), most]),
        integrality=np.ones(len(goal)),
        options={"node_limit": 2000},
    )
    bound = getattr(found, "mip_dual_bound", None)
    return int(np.ceil(bound - 1e-6)) if bound is not None and np.isfinite(bound) else 0


def _patterns(size: list[int], count: list[int], lower: int, upper: int) -> list[tuple[int, ...]] | None:
    """List the multisets of sizes (largest first) whose sum lies within the bounds; None when there are too many."""
    partial: list[tuple[tuple[int, ...], int]] = [((), 0)]
    for s, n in zip(size, count, strict=True):
        partial = [((*chosen, k), held + k * s) for chosen, held in partial for k in range(min(n, (upper - held) // s) + 1)]
        if len(partial) > MAX_PATTERNS:
            return None
    return [chosen for chosen, held in partial if held >= lower]


def by_blocks(weights: np.ndarray, edges: np.ndarray, lower: int, upper: int) -> int:
    """Return the violations that bottlenecks force in a connected graph; 0 where atoms or the total are too heavy.

    The graph is a tree of blocks that meet in single atoms. Climbing that tree, each atom keeps the least violations below it for every weight of the
    group it is in; inside a block of three or more atoms any weights may come together.
    """
    total, cap = int(weights.sum()), cap_of(lower, upper)
    if total > MAX_TOTAL or weights.max(initial=0) > upper:
        return 0
    alone = splits(total, lower, upper)
    closing = np.where((np.arange(cap + 1) < lower) | (np.arange(cap + 1) > upper), 1.0, 0.0)
    table = [_single(int(w), cap) for w in weights]
    root = 0
    for top, below in blocks(len(weights), edges):
        if len(below) == 1:
            joined = table[below[0]].copy()
            joined[0] = min(joined[0], float((table[below[0]] + closing).min()))
        else:
            joined = _block(table, below, alone, cap)
        table[top] = _plus(table[top], joined)[: cap + 1]
        root = top
    return int((table[root] + closing).min())


def _single(weight: int, cap: int) -> np.ndarray:
    row = np.full(cap + 1, np.inf)
    row[weight] = 0.0
    return row


def _plus(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the least sums: out[i + j] = min(a[i] + b[j])."""
    out = np.full(len(a) + len(b) - 1, np.inf)
    for j in np.flatnonzero(np.isfinite(b)):
        out[j : j + len(a)] = np.minimum(out[j : j + len(a)], a + b[j])
    return out


def _block(table: list[np.ndarray], below: list[int], alone: np.ndarray, cap: int) -> np.ndarray:
    """Return for each weight that goes with the block's top atom the least violations in and below the block."""
    rest = np.zeros(1)
    for v in below:
        row = table[v]
        last = int(np.flatnonzero(np.isfinite(row))[-1])
        rest = _plus(rest, row[: last + 1])
    rest = rest[: len(alone)]
    joined = np.full(cap + 1, np.inf)
    for t in range(min(cap, len(rest) - 1) + 1):
        joined[t] = (rest[t:] + alone[: len(rest) - t]).min()
    return joined


def blocks(n: int, edges: np.ndarray, root: int = 0) -> list[tuple[int, list[int]]]:
    """List the blocks (biconnected parts) of a connected graph as (top atom, other atoms), each after all blocks below it, up to `root`.

    >>> blocks(4, np.array([[0, 1], [1, 2], [2, 0], [2, 3]]))
    [(2, [3]), (0, [2, 1])]
    """
    near: list[list[int]] = [[] for _ in range(n)]
    for a, b in edges.tolist():
        near[a].append(b)
        near[b].append(a)
    depth, low, parent, at = [-1] * n, [0] * n, [-1] * n, [0] * n
    found: list[tuple[int, list[int]]] = []
    stack, path = [root], [root]
    depth[root] = 0
    while path:
        v = path[-1]
        if at[v] < len(near[v]):
            u = near[v][at[v]]
            at[v] += 1
            if depth[u] < 0:
                depth[u] = low[u] = depth[v] + 1
                parent[u] = v
                stack.append(u)
                path.append(u)
            elif u != parent[v]:
                low[v] = min(low[v], depth[u])
            continue
        path.pop()
        p = parent[v]
        if p >= 0:
            low[p] = min(low[p], low[v])
            if low[v] >= depth[p]:
                cut = stack.index(v)
                found.append((p, stack[: cut - 1 : -1] if cut else stack[::-1]))
                del stack[cut:]
    return found
