"""The tree knapsack: cut a spanning tree into groups within bounds, exactly in violations, well in shape.

Going up the tree, every node keeps for each weight class of its *open* group (the part that still may grow through the parent) the
cheapest state: cost of the groups closed below, true weight, and moments for the inertia. A child is cut off (closed) or merged.

    class   weight // step, 0 … cap // step     (step > 1 thins the classes where bounds are large; true weights decide)
    heavy   one more class: the open group holds one atom above `upper`; it may swallow leftovers, never a second such atom
    bound   one more class: the open group holds none, weighs more than `cap`, and must still meet such an atom

A group out of bounds may weigh `cap` at most (see `bounds_cap`), or count would be traded for one giant group.
"""

from __future__ import annotations

import numpy as np
from numba import njit

VIOLATION = 1e12  # a group out of bounds, against any inertia
DEVIATION = 1e10  # times its distance from the bounds, in units of `lower`
_COST, _WEIGHT, _MASS, _FIELDS = 0, 1, 2, 7
_NEVER = 1e300
_CUT = -1


@njit
def bounds_cap(lower: int, upper: int) -> int:
    """Return the most a group out of bounds may weigh: what weight alone could not divide into two of `lower`."""
    return max(upper, 2 * lower - 1)


@njit
def price(weight: float, lower: int, upper: int) -> float:
    """Return what a group of this weight costs for being out of bounds; 0 within."""
    if weight < lower:
        return VIOLATION + DEVIATION * (lower - weight) / max(lower, 1)
    if weight > upper:
        return VIOLATION + DEVIATION * (weight - upper) / max(lower, 1)
    return 0.0


@njit
def inertia(mass: float, mx: float, my: float, mz: float, mq: float) -> float:
    """Return the sum of mass times squared distance from the centroid, of moments."""
    return mq - (mx * mx + my * my + mz * mz) / mass if mass > 0 else 0.0


@njit
def size_cost(weight: float, ideal: float, kappa: float) -> float:
    """Return the cost of being a group, plus, where a count is wanted (ideal > 0), of being far from the ideal weight."""
    if ideal <= 0:
        return kappa
    off = (weight - ideal) / ideal
    return kappa + abs(kappa) * 2.0 * off * off


@njit
def _closed(row: np.ndarray, lower: int, upper: int, kappa: float, ideal: float) -> float:
    shape = inertia(row[2], row[3], row[4], row[5], row[6])
    return row[_COST] + shape + size_cost(row[_WEIGHT], ideal, kappa) + price(row[_WEIGHT], lower, upper)


@njit
def _open(slot: np.ndarray, span: np.ndarray, weight: int, moments: np.ndarray, upper: int, step: int) -> None:
    heavy = len(slot) - 1
    r = heavy if weight > upper else weight // step
    slot[heavy - 1, _COST], slot[heavy, _COST] = _NEVER, _NEVER
    span[0], span[1] = r, r
    if r == heavy:
        span[0], span[1] = 0, -1
    slot[r, _COST], slot[r, _WEIGHT] = 0.0, weight
    for f in range(len(moments)):
        slot[r, _MASS + f] = moments[f]


@njit
def _offer(out: np.ndarray, rank: np.ndarray, a: np.ndarray, b: np.ndarray, ra: int, rb: int, r: int, per_weight: float, back: np.ndarray) -> None:
    """Join two open groups into class `r` if that is cheapest there; `per_weight` is the price of weight beyond the classes."""
    cost, weight = a[_COST] + b[_COST], a[_WEIGHT] + b[_WEIGHT]
    fixed = cost + per_weight * weight
    if fixed >= rank[r]:
        return
    mass, mx, my, mz, mq = a[2] + b[2], a[3] + b[3], a[4] + b[4], a[5] + b[5], a[6] + b[6]
    total = fixed + inertia(mass, mx, my, mz, mq)
    if total < rank[r]:
        rank[r] = total
        out[r, 0], out[r, 1], out[r, 2], out[r, 3], out[r, 4], out[r, 5], out[r, 6] = cost, weight, mass, mx, my, mz, mq
        back[r, 0], back[r, 1] = ra, rb


@njit
def _merge(states: np.ndarray, span: np.ndarray, pa: int, pb: int, rank: np.ndarray, cut: float, limits: tuple, back: np.ndarray) -> None:
    """Join the states of a parent (slot `pa`) and a child (slot `pb`) into slot 0; `cut` is the cost of closing the child instead.

    `limits` is (cap, step, price of weight in a heavy group; 0 where there is no heavy atom).
    """
    cap, step, dear = limits
    a, sa, b, sb, out = states[pa], span[pa], states[pb], span[pb], states[0]
    heavy = len(a) - 1
    top = min(heavy - 2, sa[1] + sb[1] + 1)
    for r in range(min(sa[0], top), top + 3):
        i = r if r <= top else heavy - 2 + r - top
        rank[i] = _NEVER
        out[i, _COST] = _NEVER
    for ra in range(sa[0], sa[1] + 3):
        i = ra if ra <= sa[1] else heavy - 2 + ra - sa[1]
        if a[i, _COST] >= _NEVER:
            continue
        wide = i >= heavy - 1
        total = a[i, _COST] + cut + inertia(a[i, 2], a[i, 3], a[i, 4], a[i, 5], a[i, 6]) + (dear * a[i, _WEIGHT] if wide else 0.0)
        if total < rank[i]:
            rank[i] = total
            for f in range(_FIELDS):
                out[i, f] = a[i, f]
            out[i, _COST] += cut
            back[i, 0], back[i, 1] = i, _CUT
        for rb in range(sb[0], sb[1] + 1):
            if b[rb, _COST] < _NEVER:
                weight = a[i, _WEIGHT] + b[rb, _WEIGHT]
                if wide:
                    _offer(out, rank, a[i], b[rb], i, rb, i, dear, back)
                elif weight <= cap:
                    _offer(out, rank, a[i], b[rb], i, rb, int(weight) // step, 0.0, back)
                elif dear > 0:
                    _offer(out, rank, a[i], b[rb], i, rb, heavy - 1, dear, back)
                else:
                    break
        if b[heavy - 1, _COST] < _NEVER:
            _offer(out, rank, a[i], b[heavy - 1], i, heavy - 1, heavy if i == heavy else heavy - 1, dear, back)
        if i != heavy and b[heavy, _COST] < _NEVER:
            _offer(out, rank, a[i], b[heavy], i, heavy, heavy, dear, back)
    span[0, 0], span[0, 1] = sa[0], top


@njit
def _keep(states: np.ndarray, span: np.ndarray, slot: int) -> None:
    """Copy the merged states of slot 0 to `slot`."""
    heavy = states.shape[1] - 1
    span[slot, 0], span[slot, 1] = span[0, 0], span[0, 1]
    for r in range(span[0, 0], span[0, 1] + 3):
        i = r if r <= span[0, 1] else heavy - 2 + r - span[0, 1]
        for f in range(_FIELDS):
            states[slot, i, f] = states[0, i, f]


@njit
def _best(slot: np.ndarray, span: np.ndarray, lower: int, upper: int, kappa: float, ideal: float) -> tuple:
    """Return (cost, class) of the cheapest way to close the open group."""
    heavy = len(slot) - 1
    cost, r = _NEVER, heavy
    if slot[heavy, _COST] < _NEVER:
        cost = _closed(slot[heavy], lower, upper, kappa, ideal)
    for i in range(span[0], span[1] + 1):
        if slot[i, _COST] < _NEVER:
            closed = _closed(slot[i], lower, upper, kappa, ideal)
            if closed < cost:
                cost, r = closed, i
    return cost, r


@njit
def _climb(
    walk: np.ndarray,
    parent: np.ndarray,
    up: np.ndarray,
    weight: np.ndarray,
    moments: np.ndarray,
    cut: np.ndarray,
    bounds: tuple,
    kappa: float,
    ideal: float,
) -> tuple:
    """Fill the tables from the leaves to the root; return (back, best) for `_descend`."""
    lower, upper, step = bounds
    m, cap = len(walk), bounds_cap(lower, upper)
    classes = cap // step + 3
    limits = (cap, step, DEVIATION / max(lower, 1) if weight.max() > upper else 0.0)
    states, rank = np.empty((3 + int(np.log2(m + 1)) + 1, classes, _FIELDS)), np.empty(classes)
    span = np.zeros((len(states), 2), np.int64)
    back, best = np.empty((m, classes, 2), np.int16), np.empty(m, np.int16)
    opened = np.zeros(m, np.bool_)
    top = 0
    for i in range(m - 1, -1, -1):
        v = walk[i]
        if not opened[v]:
            top += 1
            _open(states[top], span[top], weight[v], moments[v], upper, step)
        closed, best[v] = _best(states[top], span[top], lower, upper, kappa, ideal)
        p = parent[v]
        if p < 0:
            break
        price_of_cut = closed + cut[up[v]]
        if opened[p]:
            _merge(states, span, top - 1, top, rank, price_of_cut, limits, back[v])
            top -= 1
        else:
            _open(states[top + 1], span[top + 1], weight[p], moments[p], upper, step)
            _merge(states, span, top + 1, top, rank, price_of_cut, limits, back[v])
            opened[p] = True
        _keep(states, span, top)
    return back, best


@njit
def knapsack(
    walk: np.ndarray,
    parent: np.ndarray,
    up: np.ndarray,
    weight: np.ndarray,
    moments: np.ndarray,
    cut: np.ndarray,
    bounds: tuple,
    kappa: float,
    ideal: float,
) -> tuple:
    """Return (labels int64 (m,), number of groups) of the best cut of this tree; `bounds` is (lower, upper, step)."""
    back, best = _climb(walk, parent, up, weight, moments, cut, bounds, kappa, ideal)
    m = len(walk)
    labels, rest = np.empty(m, np.int64), np.empty(m, np.int64)
    root = walk[0]
    labels[root], rest[root] = 0, best[root]
    k = 1
    for i in range(1, m):
        v = walk[i]
        p = parent[v]
        left, taken = back[v, rest[p], 0], back[v, rest[p], 1]
        rest[p] = left
        if taken == _CUT:
            labels[v], rest[v] = k, best[v]
            k += 1
        else:
            labels[v], rest[v] = labels[p], taken
    return labels, k
