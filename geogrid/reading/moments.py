"""Moments as devices and offices write them, as seconds since 1970 in UTC; a day without a time of day is none.

`2026-03-02 08:05:11`, `2026/3/2 8:05`, `2026年3月2日8时5分`, `20260302080511`, `2026-03-02T00:05:11Z`, seconds or milliseconds since 1970.
What says no time zone is in that of the recipe.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache

import numpy as np
import pandas as pd

from geogrid.recipe import zone_seconds

EARLIEST_S, LATEST_S = 946_684_800, 4_102_444_800  # 2000 and 2100: a clock that was never set says neither
_PLAIN = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})[T ]+(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d{1,9})\d*)?)? ?(Z|UTC|[+-]\d{2}(?::?\d{2})?)?", re.I)
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{4})(\d{2})(\d{2})")
_TIGHT = re.compile(r"(\d{4})(\d{2})(\d{2})T?(\d{2})(\d{2})(\d{2})")
_TAILS = 64  # more kinds of endings than that are no zones
_CHINESE = str.maketrans({"年": "-", "月": "-", "日": " ", "时": ":", "点": ":", "分": ":", "秒": "", "：": ":", "／": "/", "/": "-"})


def parse_day(text: str) -> date | None:
    """Return the day that a text names without a time of day; None for any other.

    >>> [str(parse_day(text)) for text in ("2026/3/2", "2026年3月2日", "20260302", "2026-02-30", "2026-03-02 08:05")]
    ['2026-03-02', '2026-03-02', '2026-03-02', 'None', 'None']
    """
    found = _DAY.fullmatch(text.strip())
    try:
        return date(*(int(part) for part in found.groups() if part)) if found else None
    except ValueError:
        return None


def parse_moments(texts: list[str], zone_s: int) -> tuple[np.ndarray, np.ndarray, int]:
    """Return seconds, NaN where there are none; where something stands that is no moment, bool; and how many say no zone.

    >>> parse_moments(["2026-03-02T00:05:11Z", "2026/3/2 8:05", "noon", ""], 28800)[0].tolist()
    [1772409911.0, 1772409900.0, nan, nan]
    """
    series = pd.Series(texts, dtype="str")
    made = _standard(series, zone_s)
    rest = np.flatnonzero(np.isnan(made[0]) & (series != "").to_numpy())
    seconds, is_local = made
    for i in rest:
        seconds[i], is_local[i] = _other(texts[i], zone_s)
    beyond = (seconds < EARLIEST_S) | (seconds >= LATEST_S)
    seconds[beyond] = np.nan
    bad = np.isnan(seconds) & (series != "").to_numpy()
    return seconds, bad, int((is_local & ~np.isnan(seconds)).sum())


def _standard(series: pd.Series, zone_s: int) -> tuple[np.ndarray, np.ndarray]:
    """Read YYYY-MM-DD[T ]HH:MM:SS with no or a common zone in one go: nearly all of a million lines are so."""
    dashed = series.str.replace("/", "-", regex=False)
    tail, tails = pd.factorize(dashed.str.slice(19))
    ahead = np.array([_ahead(text, zone_s) for text in tails] if len(tails) <= _TAILS else [np.nan] * len(tails))
    fits = (dashed.str.len() >= 19).to_numpy(dtype=bool) & ~np.isnan(ahead[tail])
    out = np.full(len(series), np.nan)
    if fits.any():
        told = pd.to_datetime(dashed[fits].str.slice(0, 19).str.replace("T", " ", regex=False), format="%Y-%m-%d %H:%M:%S", errors="coerce")
        at = told.to_numpy().astype("datetime64[s]")
        out[fits] = np.where(np.isnat(at), np.nan, at.astype(np.int64)) - ahead[tail[fits]]
    return out, np.array([text == "" for text in tails], dtype=bool)[tail] & ~np.isnan(out)


def _ahead(zone: str, zone_s: int) -> float:
    """Return the seconds by which a zone is ahead of UTC, `zone_s` for none, NaN for what is no zone."""
    plain = zone.strip().upper()
    if plain in ("", "Z", "UTC"):
        return float(zone_s if not plain else 0)
    seconds = zone_seconds(plain if len(plain) > 3 else plain + ":00")
    return float("nan") if seconds is None else float(seconds)


@cache
def _other(text: str, zone_s: int) -> tuple[float, bool]:
    """Read one moment in any of the other ways: seconds (NaN for none), and whether it says no zone."""
    plain = text.strip()
    if re.fullmatch(r"\d{10}(\.\d*)?|\d{13}", plain):
        return float(plain) / (1000 if len(plain) == 13 and "." not in plain else 1), False
    found = _TIGHT.fullmatch(plain) or _PLAIN.fullmatch(" ".join(plain.translate(_CHINESE).rstrip(":").split()))
    if not found:
        return float("nan"), False
    parts = found.groups()
    fraction = float(f"0.{parts[6]}") if len(parts) > 6 and parts[6] else 0.0
    zone = parts[7] or "" if len(parts) > 7 else ""
    ahead = _ahead(zone, zone_s)
    try:
        at = pd.Timestamp(*(int(part or 0) for part in parts[:6])).timestamp()
    except ValueError:
        return float("nan"), False
    return at + fraction - ahead, not zone
