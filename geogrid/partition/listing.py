"""Every connected group of a region, listed by compiled code: one bit an atom, a few machine words a group.

Groups grow atom by atom from their first one. `seen` holds what is in the group, next to it or before its first atom, so that each is met once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit

WORD = 64
ROOM = 5_000  # groups; more room is made where it does not do


@dataclass(frozen=True, eq=False)
class Listed:
    """`words` uint64 (k, w): the atoms of each group, bit i of word j is atom 64 j + i; `weight` int64 (k,); `n` atoms in all."""

    words: np.ndarray
    weight: np.ndarray
    n: int

    def __len__(self) -> int:
        return len(self.weight)

    @property
    def octets(self) -> np.ndarray:
        """The same bits as uint8 (k, ceil(n / 8))."""
        return self.words.astype("<u8", copy=False).view(np.uint8).reshape(len(self), 8 * self.words.shape[1])[:, : -(-self.n // 8)]

    def only(self, rows: np.ndarray) -> Listed:
        """Return the groups that `rows` bool (k,) names."""
        return self if rows.all() else Listed(self.words[rows], self.weight[rows], self.n)

    def matrix(self, rows: np.ndarray) -> np.ndarray:
        """Return uint8 (len(rows), n): 1 where the atom is in the group."""
        return np.unpackbits(self.octets[rows], axis=1, count=self.n, bitorder="little")

    def meets(self, atoms: np.ndarray) -> np.ndarray:
        """Tell for each group whether it holds any of `atoms` bool (n,)."""
        mask = np.packbits(atoms, bitorder="little")
        out = np.zeros(len(self), np.bool_)
        for column in np.flatnonzero(mask):
            out |= (self.octets[:, column] & mask[column]) > 0
        return out

    def sums(self, prices: np.ndarray) -> np.ndarray:
        """Return the sum of the prices of its atoms for each group, float (k,)."""
        return _sums(self.words, np.asarray(prices, np.float64))


@njit(cache=True, nogil=True)
def _sums(words: np.ndarray, prices: np.ndarray) -> np.ndarray:
    out = np.zeros(len(words))
    for k in range(len(words)):
        for j in range(words.shape[1]):
            left = words[k, j]
            while left != 0:
                low = left & (~left + np.uint64(1))
                left ^= low
                out[k] += prices[64 * j + _place(low)]
    return out


@njit(cache=True, nogil=True)
def _list(near: np.ndarray, weight: np.ndarray, cap: int, words: np.ndarray, held: np.ndarray) -> int:
    """Write the connected groups of weight up to `cap` to `words` (k, w) and their weights to `held` (k,); return how many there are, or k + 1."""
    n, w, most = near.shape[0], near.shape[1], held.shape[0]
    zero, one = np.uint64(0), np.uint64(1)
    levels = np.zeros((3, n + 1, w), np.uint64)  # group, ring still to be tried, seen: of the group at each depth
    mass = np.zeros(n + 1, np.int64)
    k = 0
    for start in range(n):
        depth, v = 0, start
        for j in range(w):
            levels[0, 0, j], levels[1, 0, j] = zero, zero
        levels[2, 0, start // 64] |= one << np.uint64(start % 64)  # level 0 is empty and has seen all atoms up to the first one
        while v >= 0 and weight[start] <= cap:
            if k == most:
                return most + 1
            depth += 1
            mass[depth] = mass[depth - 1] + weight[v]
            held[k] = mass[depth]
            for j in range(w):
                fresh = near[v, j] & ~levels[2, depth - 1, j]
                levels[0, depth, j] = levels[0, depth - 1, j]
                levels[1, depth, j] = levels[1, depth - 1, j] | fresh
                levels[2, depth, j] = levels[2, depth - 1, j] | fresh
            levels[0, depth, v // 64] |= one << np.uint64(v % 64)
            for j in range(w):
                words[k, j] = levels[0, depth, j]
            k += 1
            v = -1
            while depth > 0 and v < 0:
                for j in range(w):
                    while v < 0 and levels[1, depth, j] != zero:
                        low = levels[1, depth, j] & (~levels[1, depth, j] + one)
                        levels[1, depth, j] ^= low
                        v = 64 * j + _place(low)
                        if mass[depth] + weight[v] > cap:
                            v = -1
                if v < 0:
                    depth -= 1
    return k


@njit(cache=True)
def _place(bit: int) -> int:
    """Return the number of the only bit that is set."""
    place, step = 0, 32
    while step > 0:
        if bit >> np.uint64(step) != 0:
            bit >>= np.uint64(step)
            place += step
        step //= 2
    return place


def list_groups(near: Sequence[Sequence[int]], weight: Sequence[int], cap: int, most: int) -> Listed | None:
    """List every connected group of weight up to `cap`, None when there are more than `most`; `near` lists the neighbours of each atom.

    >>> listed = list_groups([[1], [0, 2], [1]], [4, 5, 6], cap=11, most=99)
    >>> listed.matrix(np.arange(len(listed))).tolist(), listed.weight.tolist()
    ([[1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 1, 1], [0, 0, 1]], [4, 9, 5, 11, 6])
    """
    n, room = len(weight), min(most, ROOM)
    bits = np.zeros((n, -(-n // WORD) * WORD), np.uint8)
    for v, others in enumerate(near):
        bits[v, list(others)] = 1
    masks = np.packbits(bits, axis=1, bitorder="little").view("<u8").astype(np.uint64)
    while True:
        words, held = np.empty((room, masks.shape[1]), np.uint64), np.empty(room, np.int64)
        k = _list(masks, np.asarray(weight, np.int64), cap, words, held)
        if k <= room:
            return Listed(words[:k], held[:k], n)
        if room == most:
            return None
        room = min(most, 8 * room)
