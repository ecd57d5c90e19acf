"""Who is served: households (or land) per unit of every level that have a station of a kind within so many minutes' walk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geogrid.reach.demand import HOUSEHOLDS

COLUMNS = (
    *("level", "code", "kind", "minutes", "what", "total", "households", "served", "served_share"),
    *("nearest", "mean_walk_m", "median_walk_min", "worst_walk_m", "no_path", "left_over"),
)


def walking_m(minutes: float, walking_km_h: float) -> float:
    """Metres that are walked in so many minutes.

    >>> walking_m(10, 4.5)
    750.0
    """
    return minutes * walking_km_h * 1000 / 60


@dataclass(frozen=True, eq=False)
class Units:
    """Which unit each row of the demand is in: `code` sorted (u,), `row` the unit of those rows (k,) that `kept`, bool (n,), says are in one."""

    code: np.ndarray
    row: np.ndarray
    kept: np.ndarray

    @classmethod
    def of(cls, codes: np.ndarray) -> Units:
        """Return the units of codes (n,), "" for none."""
        row, code = pd.factorize(codes, sort=True)
        kept = codes != ""
        if len(code) and code[0] == "":
            row, code = row - 1, code[1:]
        return cls(np.asarray(code, dtype=object), row[kept], kept)


def served_in(weight: np.ndarray, units: Units, walk_m: np.ndarray, station: np.ndarray, limit_m: Sequence[float]) -> dict[str, np.ndarray]:
    """Sum the served per unit; arrays (u,): total served nearest mean_walk_m median_walk_m worst_walk_m no_path, `served` (limits, u).

    `weight` (n,) is what is counted; `walk_m` (n,) the walk to the nearest station, inf where no path leads to one; `station` (n,) its row or -1;
    `limit_m` distances. `nearest` is the station that most of the unit's households are nearest to.
    """
    n, row = len(units.code), units.row
    weight, walk, station = weight[units.kept].astype(float), walk_m[units.kept], station[units.kept]
    has_way = np.isfinite(walk)
    total, reached = np.bincount(row, weight, minlength=n), np.bincount(row[has_way], weight[has_way], minlength=n)
    metres = np.bincount(row[has_way], weight[has_way] * walk[has_way], minlength=n)
    worst = np.full(n, -np.inf)
    np.maximum.at(worst, row[has_way], walk[has_way])
    return {
        "total": total,
        "served": np.array([np.bincount(row, weight * (walk <= limit), minlength=n) for limit in limit_m]).reshape(len(limit_m), n),
        "nearest": _most(row[has_way], station[has_way], weight[has_way], n),
        "mean_walk_m": np.divide(metres, reached, out=np.full(n, np.nan), where=reached > 0),
        "median_walk_m": weighted_median(row, walk, weight, n),
        "worst_walk_m": np.where(np.isfinite(worst), worst, np.nan),
        "no_path": total - reached,
    }


def weighted_median(row: np.ndarray, walk_m: np.ndarray, weight: np.ndarray, n: int) -> np.ndarray:
    """Return for each of n groups the walk that half of its weight is at or below, inf where half have no path; NaN for an empty group."""
    order = np.lexsort((walk_m, row))
    row, walk_m, weight = row[order], walk_m[order], weight[order]
    run = np.cumsum(weight)
    total = np.bincount(row, weight, minlength=n)
    before = np.concatenate([[0.0], np.cumsum(total)[:-1]]) if n else np.empty(0)
    at = np.searchsorted(run, before + total / 2 * (1 - 1e-12))
    out = np.full(n, np.nan)
    out[total > 0] = walk_m[at[total > 0]]
    return out


def _most(row: np.ndarray, station: np.ndarray, weight: np.ndarray, n: int) -> np.ndarray:
    """Return for each of n groups the station with most weight, the first of several as heavy; -1 for none."""
    stations = int(station.max(initial=0)) + 1
    pair, number = np.unique(row * stations + station, return_inverse=True)
    heavy = np.bincount(number, weight, minlength=len(pair))
    order = np.lexsort((pair, -heavy, pair // stations))
    group = pair[order] // stations
    first = order[np.r_[True, group[1:] != group[:-1]]] if len(order) else order
    out = np.full(n, -1, dtype="int64")
    out[pair[first] // stations] = pair[first] % stations
    return out


def unit_columns(what: str, sums: Mapping[str, np.ndarray], minutes: Sequence[float], km_h: float) -> dict[str, np.ndarray]:
    """Round sums (`served_in`) to columns of `COLUMNS`, for each time all units; `code` is the row of the unit, `nearest` of the station, or -1.

    Where half of a unit have no path there is no median: NaN, as where nobody lives.
    """
    is_homes = what == HOUSEHOLDS
    count = (lambda values: np.round(values).astype("int64")) if is_homes else (lambda values: np.round(values, 1))
    times = len(minutes)
    total, served = np.tile(sums["total"], times), sums["served"].reshape(-1)
    share = np.divide(served, total, out=np.full(len(served), np.nan), where=total > 0)
    median_m = np.where(np.isfinite(sums["median_walk_m"]), sums["median_walk_m"], np.nan)
    return {
        "code": np.tile(np.arange(len(sums["total"])), times),
        "minutes": np.repeat(np.array(minutes), len(sums["total"])),
        "total": count(total),
        "households": count(total if is_homes else np.zeros(len(total))).astype("int64"),
        "served": count(served),
        "served_share": np.round(share, 6),
        "nearest": np.tile(sums["nearest"], times),
        "mean_walk_m": np.tile(np.round(sums["mean_walk_m"], 1), times),
        "median_walk_min": np.tile(np.round(median_m / walking_m(1, km_h), 2), times),
        "worst_walk_m": np.tile(np.round(sums["worst_walk_m"], 1), times),
        "no_path": count(np.tile(sums["no_path"], times)),
    }
