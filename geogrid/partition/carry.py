"""Yesterday's numbers on today's groups: each group keeps the number of the one it has most in common with."""

from __future__ import annotations

from typing import Any

import numpy as np

from geogrid.partition.check import PartitionError

NEW = -1


def check_previous(previous: Any, n: int) -> np.ndarray:
    """Return yesterday's group of each atom, int (n,), NEW for none. Raises PartitionError."""
    groups = np.asarray(previous)
    if groups.shape != (n,) or not np.issubdtype(groups.dtype, np.integer) or (groups < NEW).any():
        raise PartitionError(
            f"previous: {n} group numbers are needed, -1 for new atoms", f"previous：须为 {n} 个组号，新基元写 -1", argument="previous"
        )
    return groups.astype(np.int64)


def matched(new: np.ndarray, old: np.ndarray, households: np.ndarray) -> list[tuple[int, int, int]]:
    """Pair groups (new, old, households in both), the largest overlap first, each at most once; ties by the atoms in both, then by number.

    >>> matched(np.array([0, 0, 1, 1]), np.array([7, 7, 7, 8]), np.array([3, 3, 5, 1]))
    [(0, 7, 6), (1, 8, 1)]
    """
    if not len(new):
        return []
    width = int(old.max()) + 1
    key, at = np.unique(new.astype(np.int64) * width + old, return_inverse=True)
    common, atoms = np.bincount(at, households).astype(np.int64), np.bincount(at)
    a, b = (key // width).tolist(), (key % width).tolist()
    free_a, free_b, out = set(a), set(b), []
    for i in np.lexsort((a, b, -atoms, -common)).tolist():
        if a[i] in free_a and b[i] in free_b:
            free_a.remove(a[i])
            free_b.remove(b[i])
            out.append((a[i], b[i], int(common[i])))
    return out


def numbers_kept(labels: np.ndarray, previous: np.ndarray, households: np.ndarray) -> np.ndarray:
    """Return the number of each group 0, 1, … of `labels`, int (k,): yesterday's where it survives, else above the highest."""
    old = previous != NEW
    out = np.full(int(labels.max(initial=-1)) + 1, NEW)
    for new, number, _ in matched(labels[old], previous[old], households[old]):
        out[new] = number
    fresh = out == NEW
    out[fresh] = int(previous.max(initial=NEW)) + 1 + np.arange(int(fresh.sum()))
    return out
