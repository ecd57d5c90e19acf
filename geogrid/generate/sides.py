"""Regions: the parts of a parent that are cut for themselves, so that streets, walls and main roads become borders wherever they can.

    blocks between bars  ->  a block whose households make whole units stands alone; one that can not is opened to a neighbour

A *bar* is what lies between two neighbours, the slightest first: nothing, the fence of a compound, a road, a main road. A block that holds too few
households (or a number that no count of units divides within the bounds) joins the neighbour behind the slightest bar, there the one with the
longest border, until what is joined can stand. What is cut apart here no group can cross; what was joined, a group may.
"""

from __future__ import annotations

import heapq
from math import gcd

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

FENCE, ROAD, MAIN = 1, 2, 4
"""Bars add up: a road along a compound's fence is 3. Neighbours without a bar are never cut apart."""


def components(n: int, edges: np.ndarray) -> np.ndarray:
    """Return the number of the connected part of each of `n` nodes, int (n,), joined by `edges` (m, 2)."""
    return connected_components(csr_matrix((np.ones(len(edges)), (edges[:, 0], edges[:, 1])), shape=(n, n)), directed=False)[1]


def distinct_pairs(pairs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the distinct rows of pairs of numbers >= 0, int (p, 2), in ascending order, and which of them each row is: as one number each.

    >>> distinct_pairs(np.array([[2, 0], [1, 7], [2, 0]]))
    (array([[1, 7],
           [2, 0]]), array([1, 0, 1]))
    """
    top = int(pairs.max(initial=0)) + 1
    key, at = np.unique(pairs[:, 0].astype(np.int64) * top + pairs[:, 1], return_inverse=True)
    return np.column_stack([key // top, key % top]), at


def find_regions(
    weight: np.ndarray, edges: np.ndarray, bar: np.ndarray, length_m: np.ndarray, bounds: tuple[int, int], least: float = 0.0
) -> np.ndarray:
    """Return the region of each node, int (n,): connected, and able to stand alone by its weight unless it has no neighbour.

    `weight` int (n,), `edges` int (m, 2) that can be walked, each with its `bar` (m,) and the `length_m` (m,) of the border behind it.
    A block of less than `least` does not stand alone either.
    """
    block = components(len(weight), edges[bar == 0])
    ends = block[edges]
    apart = ends[:, 0] != ends[:, 1]
    if not apart.any():
        return block
    field = _Blocks(weight, block, bounds, least)
    field.border(ends[apart], bar[apart], length_m[apart])
    return np.unique(field.joined()[block], return_inverse=True)[1]


def widened(region: np.ndarray, edges: np.ndarray, bar: np.ndarray, length_m: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Return regions (n,) in which each of the `chosen` (numbers) has been joined with the neighbour behind its slightest and longest bar."""
    ends = region[edges]
    apart = ends[:, 0] != ends[:, 1]
    pair, least, length = _borders(np.sort(ends[apart], axis=1), bar[apart], length_m[apart])
    both = np.concatenate([pair, pair[:, ::-1]])
    order = np.lexsort((both[:, 1], -np.tile(np.round(length, 3), 2), np.tile(least, 2), both[:, 0]))
    first = order[np.r_[True, both[order][1:, 0] != both[order][:-1, 0]]] if len(order) else order
    join = both[first][np.isin(both[first, 0], chosen)]
    return components(int(region.max(initial=-1)) + 1, join)[region]


def _borders(pair: np.ndarray, bar: np.ndarray, length_m: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sum borders by pair: the pairs (p, 2), the slightest bar of each, and the metres behind it."""
    unique, at = distinct_pairs(pair)
    least = np.full(len(unique), np.iinfo(np.int64).max)
    np.minimum.at(least, at, bar)
    return unique, least, np.bincount(at, length_m * (bar == least[at]), minlength=len(unique))


def stands(weight: np.ndarray, bounds: tuple[int, int]) -> bool:
    """Tell whether nodes of these weights can make a whole number of units within the bounds; what is heavier than a unit is one."""
    light = weight[weight <= bounds[1]]
    return _stands(int(light.sum()), int(np.gcd.reduce(light)) if len(light) else 0, bounds)


def _stands(weight: int, step: int, bounds: tuple[int, int]) -> bool:
    """Tell whether a whole number of units divides `weight`, of which every node is a multiple of `step`, within the bounds."""
    if weight == 0:
        return True
    low, high = -(-bounds[0] // step) * step, bounds[1] // step * step
    return high >= low and -(-weight // high) <= weight // low


class _Blocks:
    """Blocks while they are joined: weight that units have to be made of, its common divisor, and the borders between them."""

    def __init__(self, weight: np.ndarray, block: np.ndarray, bounds: tuple[int, int], least: float) -> None:
        self.bounds, self.least = bounds, least
        n = int(block.max()) + 1
        light = np.where(weight > bounds[1], 0, weight)  # a heavy node is a unit, however the rest is cut
        self.weight = np.bincount(block, light, minlength=n).astype(np.int64).tolist()
        order = np.argsort(block, kind="stable")
        self.step = np.gcd.reduceat(light[order], np.searchsorted(block[order], np.arange(n))).tolist()
        self.near: list[dict[int, tuple[int, float]]] = [{} for _ in range(n)]
        self.into = list(range(n))

    def border(self, ends: np.ndarray, bar: np.ndarray, length_m: np.ndarray) -> None:
        """Note the borders between blocks."""
        for (a, b), least, length in zip(*(x.tolist() for x in _borders(np.sort(ends, axis=1), bar, length_m)), strict=True):
            self.near[a][b] = self.near[b][a] = (least, length)

    def stands(self, weight: int, step: int) -> bool:
        """Tell whether a block of this weight can be cut for itself."""
        return weight == 0 or (weight >= self.least and _stands(weight, step, self.bounds))

    def joined(self) -> np.ndarray:
        """Join until every block stands or has no neighbour; return the block that each went into, int (blocks,)."""
        waiting = [(w, i) for i, w in enumerate(self.weight) if not self.stands(w, self.step[i])]
        heapq.heapify(waiting)
        while waiting:
            w, i = heapq.heappop(waiting)
            if self.into[i] != i or w != self.weight[i] or not self.near[i]:
                continue
            self._join(i, min(self.near[i], key=lambda j: self._rank(i, j)))
            last = self._end(i)
            if not self.stands(self.weight[last], self.step[last]):
                heapq.heappush(waiting, (self.weight[last], last))
        return np.array([self._end(i) for i in range(len(self.into))])

    def _rank(self, i: int, j: int) -> tuple[int, bool, float, int]:
        bar, length = self.near[i][j]
        return bar, not self.stands(self.weight[i] + self.weight[j], gcd(self.step[i], self.step[j])), -round(length, 3), j

    def _join(self, i: int, j: int) -> None:
        """Put the block with fewer neighbours into the other."""
        if len(self.near[i]) > len(self.near[j]):
            i, j = j, i
        self.into[i] = j
        self.weight[j] += self.weight[i]
        self.step[j] = gcd(self.step[i], self.step[j])
        for k, (bar, length) in self.near[i].items():
            del self.near[k][i]
            if k != j:
                old, metres = self.near[j].get(k, (bar, 0.0))
                kept = (min(old, bar), metres * (old <= bar) + length * (bar <= old))
                self.near[j][k] = self.near[k][j] = kept
        self.near[i] = {}

    def _end(self, i: int) -> int:
        while self.into[i] != i:
            self.into[i] = self.into[self.into[i]]
            i = self.into[i]
        return i
