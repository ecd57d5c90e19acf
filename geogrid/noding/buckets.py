"""Buckets: boxes sorted into the squares of a grid that they touch, so that neighbours are found without comparing all with all."""

from __future__ import annotations

import numpy as np
from numba import njit

SQUARES_PER_BOX = 4  # more squares than that are of no use: wide empty land gets wider ones


def sort_into_buckets(low: np.ndarray, high: np.ndarray, size: float) -> tuple[np.ndarray, np.ndarray]:
    """Sort boxes (`low`, `high`: (n, 2), n > 0) into squares about `size` wide.

    Returns `first` (k + 1,) and `held`: the rows of the boxes that touch square s are held[first[s]:first[s + 1]], ascending.
    """
    origin = low.min(axis=0)
    span = (high.max(axis=0) - origin).astype(float)
    size = max(size, float(np.sqrt(span[0] * span[1] / (SQUARES_PER_BOX * len(low)))), float(span.max()) / (SQUARES_PER_BOX * len(low)))
    low, high = ((corner - origin) / size for corner in (low, high))
    return _sort(low.astype(np.int32), high.astype(np.int32))


@njit(cache=True)
def _sort(low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Count, then place; `low` and `high` are columns and rows of squares."""
    rows = high[:, 1].max() + 1
    first = np.zeros((high[:, 0].max() + 1) * rows + 1, np.int64)
    for k in range(len(low)):
        for i in range(low[k, 0], high[k, 0] + 1):
            for j in range(low[k, 1], high[k, 1] + 1):
                first[i * rows + j + 1] += 1
    first = np.cumsum(first)
    held = np.empty(first[-1], np.int32)
    at = first[:-1].copy()
    for k in range(len(low)):
        for i in range(low[k, 0], high[k, 0] + 1):
            for j in range(low[k, 1], high[k, 1] + 1):
                held[at[i * rows + j]] = k
                at[i * rows + j] += 1
    return first, held
