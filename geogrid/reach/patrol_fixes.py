"""Fixes of patrols made ready: those within working hours and good enough, by week, officer and time, with where a track is broken off.

Who walked is a number here that only keeps tracks apart; it goes into no result.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

DAY_S = 86_400
SLACK_M = 30.0  # two fixes may both be off, so a step is too fast only beyond this


@dataclass(frozen=True)
class Limits:
    """What counts.

    `hours`: minutes of the day from which and before which; the second may be smaller, over midnight. `zone_s`: seconds ahead of UTC.
    """

    hours: tuple[int, int] = (7 * 60, 22 * 60)
    zone_s: int = 8 * 3600
    accuracy_m: float = 15.0
    gap_s: float = 120.0
    speed_m_s: float = 25 / 3.6


@dataclass(frozen=True, eq=False)
class Fixes:
    """`xy` (n, 2) metres, `time_s` UTC, `day` (local, days since 1970), `week` 0 … of `weeks` (Mondays, days since 1970).

    `is_start`: goes on from no other. `left` counts what was left out and broken off, by reason; `accuracy_m` is the mean of those used, NaN where
    none says it; `every_s` the median time from a fix to the next.
    """

    xy: np.ndarray
    time_s: np.ndarray
    day: np.ndarray
    week: np.ndarray
    weeks: np.ndarray
    is_start: np.ndarray
    accuracy_m: float = float("nan")
    every_s: float = 0.0
    left: Mapping[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.xy)


def ready(xy: np.ndarray, time_s: np.ndarray, track: np.ndarray, accuracy_m: np.ndarray, limits: Limits) -> Fixes:
    """Choose and order fixes; `track` is an int (n,) that keeps officers and tracks apart. Their order does not matter."""
    left = {"all": len(xy)}
    known = np.isfinite(time_s) & np.isfinite(xy).all(axis=1)
    local = np.floor(np.where(known, time_s, 0) + limits.zone_s).astype(np.int64)
    open_m, close_m = limits.hours
    minute = local % DAY_S // 60
    inside = (minute >= open_m) & (minute < close_m) if open_m < close_m else (minute >= open_m) | (minute < close_m)
    poor = accuracy_m > limits.accuracy_m
    left |= {"no_time": int((~known).sum()), "hours": int((known & ~inside).sum()), "poor": int((known & inside & poor).sum())}
    rows = np.flatnonzero(known & inside & ~poor)
    week = (local[rows] // DAY_S + 3) // 7
    rows, twice = _ordered(rows, week, track, time_s, accuracy_m, xy)
    xy, time_s, track, day = xy[rows], time_s[rows], track[rows], local[rows] // DAY_S
    weeks, week = np.unique((day + 3) // 7, return_inverse=True)
    start, broken = _starts(xy, time_s, track, week, limits)
    told = np.isfinite(accuracy_m[rows])
    mean = float(accuracy_m[rows][told].mean()) if told.any() else float("nan")
    left |= {"twice": twice, "no_accuracy": int((~told).sum()), **broken}
    every = np.diff(time_s)[~start[1:]]
    return Fixes(xy, time_s, day, week, weeks * 7 - 3, start, mean, float(np.median(every)) if len(every) else 0.0, left)


def _ordered(
    rows: np.ndarray, week: np.ndarray, track: np.ndarray, time_s: np.ndarray, accuracy_m: np.ndarray, xy: np.ndarray
) -> tuple[np.ndarray, int]:
    """Order rows by week, track and time; of several of one moment the most accurate stays. Return them, and how many went."""
    if not len(rows):
        return rows, 0
    key = (week - week.min()) * (int(track.max()) + 1) + track[rows]
    at = time_s[rows]
    order = np.lexsort((at, key)) if not _is_ordered(key, at) else np.arange(len(rows))
    same = (key[order][1:] == key[order][:-1]) & (at[order][1:] == at[order][:-1])
    if not same.any():
        return rows[order], 0
    order = np.lexsort((xy[rows, 1], xy[rows, 0], np.nan_to_num(accuracy_m[rows], nan=np.inf), at, key))
    return rows[order[np.concatenate([[True], ~same])]], int(same.sum())


def _is_ordered(key: np.ndarray, at: np.ndarray) -> bool:
    return bool(((key[1:] > key[:-1]) | ((key[1:] == key[:-1]) & (at[1:] >= at[:-1]))).all())


def _starts(xy: np.ndarray, time_s: np.ndarray, track: np.ndarray, week: np.ndarray, limits: Limits) -> tuple[np.ndarray, dict[str, int]]:
    """Return where a fix goes on from no other: another track or week, too long after, too far for the time."""
    if not len(xy):
        return np.zeros(0, bool), {"gaps": 0, "jumps": 0, "alone": 0}
    other = (track[1:] != track[:-1]) | (week[1:] != week[:-1])
    after = time_s[1:] - time_s[:-1]
    gap = ~other & (after > limits.gap_s)
    step = np.hypot(*(xy[1:] - xy[:-1]).T)
    jump = ~other & ~gap & (step - SLACK_M > limits.speed_m_s * after)
    start = np.concatenate([[True], other | gap | jump])
    alone = start & np.concatenate([start[1:], [True]])
    return start, {"gaps": int(gap.sum()), "jumps": int(jump.sum()), "alone": int(alone.sum())}


def week_names(mondays: np.ndarray) -> list[str]:
    """Return ISO weeks of Mondays (days since 1970).

    >>> week_names(np.array([20451]))
    ['2026-W01']
    """
    days = pd.to_datetime(mondays * DAY_S, unit="s").isocalendar()
    return [f"{year}-W{week:02d}" for year, week in zip(days["year"].tolist(), days["week"].tolist(), strict=True)]


def day_names(days: np.ndarray) -> np.ndarray:
    """Return ISO dates of days since 1970, "" for negative ones."""
    names = days.astype("datetime64[D]").astype(str).astype(object)
    names[days < 0] = ""
    return names


def tracks_of(officer: np.ndarray, track: np.ndarray) -> np.ndarray:
    """Return a number for each pair of officer and track, int (n,)."""
    first, names = pd.factorize(officer)
    second, others = pd.factorize(track)
    return first.astype(np.int64) * max(1, len(others)) + second if len(names) else np.zeros(len(officer), np.int64)
