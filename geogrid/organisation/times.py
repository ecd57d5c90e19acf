"""From when to when something holds (`valid_from`, `valid_to`): a day or a moment; a last day is included whole, a moment is not; empty is open.

Instants are seconds since 1970 (float): -inf and inf for open, NaN for what can not be read. What says no time zone is at +08:00.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone

import numpy as np

from geogrid.reading.moments import parse_day, parse_moments

ZONE = timezone(timedelta(hours=8))
DAY_S = 86_400.0
_ZONE_S = 28_800


def starts(texts: Iterable[str]) -> np.ndarray:
    """Return the instant from which each `valid_from` holds.

    >>> starts(["", "2026-03-01", "2026-03-01 08:00", "noon"]).tolist()
    [-inf, 1772294400.0, 1772323200.0, nan]
    """
    return _instants(list(texts), -np.inf, 0.0)


def ends(texts: Iterable[str]) -> np.ndarray:
    """Return the instant at which each `valid_to` is over: that after its last day.

    >>> ends(["", "2026-03-01", "2026-03-01T08:00:00+08:00"]).tolist()
    [inf, 1772380800.0, 1772323200.0]
    """
    return _instants(list(texts), np.inf, DAY_S)


def window(valid_from: str, valid_to: str) -> tuple[float, float]:
    """Return from when until before when a pair of dates holds; NaN for one that can not be read."""
    return float(starts([valid_from])[0]), float(ends([valid_to])[0])


def is_day(text: str) -> bool:
    """Tell whether a date has no time of day."""
    return parse_day(text) is not None


def instant(when: datetime) -> float:
    """Return an aware time as seconds since 1970; one without a zone is at +08:00."""
    return (when if when.tzinfo else when.replace(tzinfo=ZONE)).timestamp()


def told(seconds: float) -> str:
    """Write an instant as it is kept, to the millisecond, at +08:00; "" for an open one.

    >>> told(1772323200.0), told(float("inf"))
    ('2026-03-01T08:00:00.000+08:00', '')
    """
    return datetime.fromtimestamp(seconds, UTC).astimezone(ZONE).isoformat(timespec="milliseconds") if np.isfinite(seconds) else ""


def _instants(texts: list[str], empty: float, after_day_s: float) -> np.ndarray:
    known = {text: _instant(text.strip(), empty, after_day_s) for text in set(texts)}
    return np.array([known[text] for text in texts], dtype=float)


def _instant(text: str, empty: float, after_day_s: float) -> float:
    if not text:
        return empty
    if day := parse_day(text):
        return datetime(day.year, day.month, day.day, tzinfo=ZONE).timestamp() + after_day_s
    return float(parse_moments([text], _ZONE_S)[0][0])
