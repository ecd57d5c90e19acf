"""Who is served: households (or land) per unit of every level that have a station of a kind within so many minutes' walk."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from geogrid.reach.demand import HOUSEHOLDS, Demand

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


def served_in(demand: Demand, codes: np.ndarray, walk_m: np.ndarray, station: np.ndarray, limit_m: Sequence[float]) -> pd.DataFrame:
    """Sum the served per unit: index `code` (sorted, "" left out), columns total served_0 … nearest mean_walk_m median_walk_m worst_walk_m no_path.

    `codes` (n,) is the unit of each row of the demand; `walk_m` (n,) the walk to the nearest station, inf where no path leads to one; `station` (n,)
    its row or -1; `limit_m` distances, each of which gives a column. `nearest` is the station that most of the unit's households are nearest to.
    """
    weight = demand.weight
    kept = codes != ""
    unit, row = np.unique(codes[kept].astype(str), return_inverse=True)
    n, weight, walk, station = len(unit), weight[kept], walk_m[kept], station[kept]
    total = np.bincount(row, weight, minlength=n)
    has_way = np.isfinite(walk)
    reached = np.bincount(row[has_way], weight[has_way], minlength=n)
    metres = np.bincount(row[has_way], (weight * np.where(has_way, walk, 0))[has_way], minlength=n)
    worst = np.full(n, -np.inf)
    np.maximum.at(worst, row[has_way], walk[has_way])
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(reached > 0, metres / reached, np.nan)
    sums = {f"served_{i}": np.bincount(row, weight * (walk <= limit), minlength=n) for i, limit in enumerate(limit_m)}
    return pd.DataFrame(
        {
            "total": total,
            **sums,
            "nearest": _most(row[has_way], station[has_way], weight[has_way], n),
            "mean_walk_m": mean,
            "median_walk_m": weighted_median(row, walk, weight, n),
            "worst_walk_m": np.where(np.isfinite(worst), worst, np.nan),
            "no_path": total - reached,
        },
        index=pd.Index(unit, name="code"),
    )


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
    heavy = pd.DataFrame({"row": row, "station": station, "weight": weight}).groupby(["row", "station"], as_index=False)["weight"].sum()
    heavy = heavy.sort_values(["row", "weight", "station"], ascending=[True, False, True]).drop_duplicates("row")
    out = np.full(n, -1, dtype="int64")
    out[heavy["row"].to_numpy()] = heavy["station"].to_numpy()
    return out


def unit_rows(demand: Demand, sums: pd.DataFrame, level: str, kind: str, minutes: Sequence[float], ids: np.ndarray, km_h: float) -> pd.DataFrame:
    """Word the sums of a level (`served_in`) as rows of `COLUMNS`, one per unit and time; `ids` names the stations."""
    is_homes = demand.what == HOUSEHOLDS
    count = (lambda values: np.round(values).astype("int64")) if is_homes else (lambda values: np.round(values, 1))
    total, nearest = sums["total"].to_numpy(), sums["nearest"].to_numpy()
    names = np.concatenate([ids, [""]]).astype(object)[nearest]
    parts = []
    for i, minute in enumerate(minutes):
        served = sums[f"served_{i}"].to_numpy()
        with np.errstate(invalid="ignore", divide="ignore"):
            share = np.where(total > 0, served / total, np.nan)
        columns = {
            "level": level,
            "code": sums.index.to_numpy(dtype=object),
            "kind": kind,
            "minutes": minute,
            "what": demand.what,
            "total": count(total),
            "households": count(total) if is_homes else 0,
            "served": count(served),
            "served_share": np.round(share, 6),
            "nearest": names,
            "mean_walk_m": np.round(sums["mean_walk_m"].to_numpy(), 1),
            "median_walk_min": np.round(sums["median_walk_m"].to_numpy() / walking_m(1, km_h), 2),
            "worst_walk_m": np.round(sums["worst_walk_m"].to_numpy(), 1),
            "no_path": count(sums["no_path"].to_numpy()),
            "left_over": pd.array([pd.NA] * len(sums), dtype="Int64"),
        }
        parts.append(pd.DataFrame(columns, columns=list(COLUMNS), index=range(len(sums))))
    return pd.concat(parts, ignore_index=True)
