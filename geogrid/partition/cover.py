"""Exact covers searched depth first, compiled: the first atom still bare is covered by each group that starts there and fits, until none is bare.

A set of covered atoms that was left before with as many violations at hand, and as much slack, is not entered again. The slack is what the linear
relaxation leaves: the reduced costs of the groups of a choice add up to what it costs beyond the relaxation.
"""

from __future__ import annotations

import numpy as np
from numba import njit

FOUND, NONE, LIMIT = 1, 0, -1
TABLE = 1 << 16  # sets of atoms remembered


def lowest(words: np.ndarray) -> np.ndarray:
    """Return the number of the lowest bit set in each row, int (k,).

    >>> lowest(np.array([[6, 0], [0, 1]], np.uint64)).tolist()
    [1, 64]
    """
    out = np.zeros(len(words), np.int64)
    for j in range(words.shape[1] - 1, -1, -1):
        word = words[:, j]
        single = word & (~word + np.uint64(1))
        out = np.where(word > 0, 64 * j + np.log2(np.maximum(single, 1).astype(np.float64)).astype(np.int64), out)
    return out


def cover(words: np.ndarray, n: int, faulty: np.ndarray, reduced: np.ndarray, limits: tuple[int, float], checks: int) -> tuple[int, np.ndarray]:
    """Return (FOUND, rows of an exact cover), (NONE, nothing) where there is none, or (LIMIT, nothing) after so many `checks`.

    `words` uint64 (k, w): groups of atoms 0 … n-1; a cover may use `limits`: (faulty groups, sum of reduced costs) at most.
    """
    start = lowest(words)
    order = np.lexsort((reduced, faulty, start))
    first = np.searchsorted(start[order], np.arange(n + 1))
    full = np.zeros(words.shape[1] * 64, np.uint8)
    full[:n] = 1
    everything = np.packbits(full, bitorder="little").view("<u8").astype(np.uint64)
    picked = np.full(n + 1, -1, np.int64)
    state = _cover(words[order], first, faulty[order].astype(np.int64), reduced[order], everything, limits[0], limits[1], checks, picked)
    rows = picked[picked >= 0]
    return state, order[rows] if state == FOUND else rows[:0]


@njit(cache=True, nogil=True)
def _taken(group, done, depth, everything) -> tuple:
    """Write what is covered with `group` to done[depth]; return (a hash of it, the lowest atom that is left, or -1)."""
    mixed, bare = np.uint64(0), -1
    for j in range(len(group)):
        done[depth, j] = done[depth - 1, j] | group[j]
        mixed = (mixed ^ done[depth, j]) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
        if bare < 0 and done[depth, j] != everything[j]:
            bare = 64 * j
            left = ~done[depth, j]
            while left & np.uint64(1) == 0:
                left >>= np.uint64(1)
                bare += 1
    return mixed, bare


@njit(cache=True, nogil=True)
def _is_known(slot, held, used, spent, keys, key_used, key_spent) -> bool:
    """Tell whether the same was covered before at no higher price; else note it."""
    same = key_used[slot] >= 0
    for j in range(len(held)):
        same = same and keys[slot, j] == held[j]
    if same and key_used[slot] <= used and key_spent[slot] <= spent + 1e-9:
        return True
    keys[slot] = held
    key_used[slot], key_spent[slot] = used, spent
    return False


@njit(cache=True, nogil=True)
def _cover(words, first, faulty, reduced, everything, most, slack, checks, picked) -> int:
    """Fill `picked` with the rows of a cover; see `cover`."""
    w, n = words.shape[1], len(first) - 1
    done, at, used, spent = np.zeros((n + 1, w), np.uint64), np.zeros(n + 1, np.int64), np.zeros(n + 1, np.int64), np.zeros(n + 1)
    end = np.zeros(n + 1, np.int64)
    keys, key_used, key_spent = np.zeros((TABLE, w), np.uint64), np.full(TABLE, -1), np.zeros(TABLE)
    depth = 0
    at[0], end[0] = first[0], first[1]
    while depth >= 0:
        if at[depth] >= end[depth]:
            depth -= 1
            continue
        i = at[depth]
        at[depth] += 1
        checks -= 1
        if checks < 0:
            return LIMIT
        fits = used[depth] + faulty[i] <= most and spent[depth] + reduced[i] <= slack
        for j in range(w):
            fits = fits and words[i, j] & done[depth, j] == 0
        if not fits:
            continue
        picked[depth] = i
        depth += 1
        used[depth], spent[depth] = used[depth - 1] + faulty[i], spent[depth - 1] + reduced[i]
        mixed, bare = _taken(words[i], done, depth, everything)
        if bare < 0:
            picked[depth] = -1
            for d in range(depth, len(picked)):
                picked[d] = -1
            return FOUND
        if _is_known(np.int64(mixed >> np.uint64(48)), done[depth], used[depth], spent[depth], keys, key_used, key_spent):
            depth -= 1
            continue
        at[depth], end[depth] = first[bare], first[bare + 1]
    return NONE
