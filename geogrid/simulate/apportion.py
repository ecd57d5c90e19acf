"""Whole numbers by shares: largest remainder, with caps."""

from __future__ import annotations

import numpy as np


def apportion(shares: np.ndarray, total: int, caps: np.ndarray | None = None) -> np.ndarray:
    """Share `total` in whole numbers by `shares`, none above its cap; the sum is exact where the caps allow it.

    >>> apportion(np.array([1, 1, 2]), 10).tolist()
    [3, 2, 5]
    >>> apportion(np.array([1, 1, 8]), 10, np.array([9, 9, 4])).tolist()
    [3, 3, 4]
    """
    shares = np.asarray(shares, float)
    caps = np.full(len(shares), int(total), np.int64) if caps is None else np.asarray(caps, np.int64)
    total = int(min(total, caps.sum())) if len(caps) and caps.sum() < total else int(total)
    whole, open_ = np.zeros(len(shares), np.int64), np.ones(len(shares), bool)
    while True:
        left = total - whole[~open_].sum()
        wish = np.where(open_, shares / max(shares[open_].sum(), 1e-300) * left, 0.0)
        over = open_ & (wish >= caps)
        if not over.any():
            break
        whole[over], open_ = caps[over], open_ & ~over
    floor = np.floor(wish + 1e-9).astype(np.int64)
    whole[open_] = floor[open_]
    rest = int(total - whole.sum())
    order = np.argsort(-(wish - floor), kind="stable")
    order = order[whole[order] < caps[order]]
    while rest > 0:
        whole[order[:rest]] += 1
        rest -= min(rest, len(order))
        order = order[whole[order] < caps[order]]
    return whole
