"""How many groups each part may and should have: a total handed out by weight, within what the bounds allow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from geogrid.partition.check import PartitionError
from geogrid.partition.jobs import Jobs
from geogrid.partition.options import check_whole

FREE = 0
SPREAD = 0.3  # where a wanted count breaks the bounds, groups may differ this much from the mean


def feasible_counts(weights: np.ndarray, lower: int, upper: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the least and most groups that each weight allows; at least one where there is weight, and least <= most.

    >>> feasible_counts(np.array([0, 7, 17, 100]), 10, 15)
    (array([0, 1, 1, 7]), array([ 0,  1,  1, 10]))
    """
    some = (weights > 0).astype(np.int64)
    most = np.maximum(weights // lower, some)
    return np.minimum(np.maximum(-(-weights // upper), some), most), most


def apportion(weights: Any, total: int, lower: int, upper: int) -> np.ndarray:
    """Hand out `total` groups over parts by weight: largest remainder, clipped to what [lower, upper] allows for each part.

    Where the bounds do not allow the total, the parts farthest from their share give way (at least one group where there is weight). Ties go to the
    earlier part. Raises PartitionError where `total` is less than the parts with weight, or there is no weight to hand out by.

    >>> apportion([300, 100, 200], 10, 40, 80).tolist()
    [5, 2, 3]
    """
    weight = np.asarray(weights, dtype=np.int64)
    least, most = feasible_counts(weight, lower, upper)
    parts = int((weight > 0).sum())
    if total < parts or (total > 0 and parts == 0):
        raise PartitionError(
            f"{total} groups can not be handed out over {parts} parts with households",
            f"{total} 个单元无法分给 {parts} 个有户的部分",
            argument="total",
            value=total,
        )
    share = total * weight / max(int(weight.sum()), 1)
    given = np.clip(np.floor(share).astype(np.int64), least, most)
    given = _levelled(given, share, total, least, most)
    return _levelled(given, share, total, (weight > 0).astype(np.int64), np.where(weight > 0, np.maximum(weight, total), 0))


def _levelled(given: np.ndarray, share: np.ndarray, total: int, least: np.ndarray, most: np.ndarray) -> np.ndarray:
    """Add (take) one by one where the share lies farthest above (below) what is given, within the limits, until the sum is `total`."""
    given = given.copy()
    while given.sum() != total:
        step = 1 if given.sum() < total else -1
        free = given < most if step > 0 else given > least
        if not free.any():
            break
        want = np.where(free, step * (share - given), -np.inf)
        given[int(np.argmax(want))] += step
    return given


def wanted_counts(jobs: Jobs, lower: int, upper: int, counts: Mapping[int, int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (wanted, lower, upper) of each job: FREE where no count is set; bounds widen where a count breaks them."""
    wanted, total = np.full(len(jobs.parent), FREE), jobs.total
    for label, k in counts.items():
        mine = np.flatnonzero((jobs.parent == label) & (total > 0))
        if len(mine):
            wanted[mine] = apportion(total[mine], max(k, len(mine)), lower, upper)
    return wanted, *widened(total, wanted, lower, upper)


def widened(total: np.ndarray, wanted: np.ndarray, lower: int, upper: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the bounds of each job, int (n,) twice: as given where `wanted` groups can keep them, else about their mean.

    >>> widened(np.array([24, 40]), np.array([2, 2]), 10, 15)
    (array([10, 10]), array([15, 26]))
    """
    low, high = np.full(len(total), lower), np.full(len(total), upper)
    mean = total / np.maximum(wanted, 1)
    few, many = (wanted > 0) & (wanted * upper < total), (wanted > 0) & (wanted * lower > total)
    high[few] = np.ceil(mean[few] * (1 + SPREAD))
    low[many] = np.maximum(1, np.floor(mean[many] * (1 - SPREAD)))
    return low, high


def checked_counts(within: np.ndarray, counts: Mapping[int, int] | Any) -> dict[int, int]:
    """Return the groups wanted by parent label, ascending, {} for None; `within` are the parents' labels. Raises PartitionError."""
    if counts is None:
        return {}
    labels = np.unique(within)
    if not isinstance(counts, Mapping):
        values = np.asarray(counts)
        if values.shape != labels.shape:
            raise PartitionError(
                f"counts: shape is {values.shape}, one number for each of the {len(labels)} parents is needed",
                "counts：数目与上级单元不符",
                argument="counts",
            )
        counts = dict(zip(labels.tolist(), values.tolist(), strict=True))
    known = set(labels.tolist())
    for label, k in counts.items():
        if label not in known or check_whole("counts", k) < 1:
            raise PartitionError(
                f"counts: {label!r}: {k!r} is no positive number of groups of a known parent",
                f"counts：{label!r}：{k!r} 不是已知上级单元的正整数",
                argument="counts",
                value=k,
            )
    return {label: int(counts[label]) for label in labels.tolist() if label in counts}
