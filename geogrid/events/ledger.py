"""The events of one project with what its scheme says of them: kinds and their names, days until an open one goes up, and their instant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from geogrid.events.closing import by_unit, count
from geogrid.events.escalation import escalate
from geogrid.events.records import ZONE, ZONE_S, read_events
from geogrid.reading.moments import parse_day, parse_moments
from geogrid.scheme import Scheme, Text

_REPORTERS = {
    "officer": Text("网格员", "officer"),
    "resident": Text("居民", "resident"),
    "courier": Text("外卖小哥", "courier"),
    "camera": Text("视频自动识别", "camera"),
    "": Text("未注明", "not said"),
}
"""Who reports, where a scheme has no kind of staff by that word."""


@dataclass(frozen=True, eq=False)
class Ledger:
    """`events` as `read_events` gives them, `levels` top-down, `scheme` for kinds; every figure is told for an instant (seconds since 1970)."""

    events: pd.DataFrame
    levels: tuple[str, ...]
    scheme: Scheme

    @classmethod
    def of(cls, points: pd.DataFrame, scheme: Scheme, levels: Sequence[str]) -> Ledger:
        """Return the ledger of joined points of the role `events`."""
        return cls(read_events(points, scheme, levels), tuple(levels), scheme)

    @property
    def default_days(self) -> float:
        """Days that an event of a kind which the scheme does not know may be open at each step."""
        return float(self.scheme.defaults["event_days"])

    @property
    def days(self) -> Mapping[str, float]:
        """Days that an event may be open at each step, by kind."""
        return {kind: float(event.days) for kind, event in self.scheme.events.items()}

    @cached_property
    def last_s(self) -> float:
        """The newest instant that the data name; NaN where they name none."""
        named = np.concatenate([self.events["time_s"].to_numpy(dtype=float), self.events["closed_s"].to_numpy(dtype=float)])
        named = named[~np.isnan(named)]
        return float(named.max()) if len(named) else float("nan")

    def instant(self, now_s: float, *, is_simulated: bool) -> float:
        """Return the instant that is meant where nobody names one: now, and of simulated events the last that they tell of."""
        return now_s if not is_simulated or np.isnan(self.last_s) else self.last_s

    def count(self, at_s: float) -> dict[str, float]:
        """Return `events closed open share` (`geogrid.events.closing.count`)."""
        return count(self.events, at_s)

    def rates(self, at_s: float, units: Mapping[str, Sequence[str]]) -> pd.DataFrame:
        """Return a line for every unit of the levels in `units` (their codes): `level code events closed open share`."""
        return by_unit(self.events, list(units), at_s, units)

    def standing(self, at_s: float) -> pd.DataFrame:
        """Return the open events and where each stands (`geogrid.events.escalation.escalate`)."""
        return escalate(self.events, self.levels, self.days, at_s, default_days=self.default_days)

    def kind_name(self, kind: str) -> Text:
        """Return what a kind of event is called."""
        return self.scheme.events[kind].name if kind in self.scheme.events else Text(kind or "未分类", kind or "no kind")

    def reporter_name(self, kind: str) -> Text:
        """Return what a kind of reporter is called: as the scheme calls its staff of that kind, else by the word itself."""
        return self.scheme.staff[kind].name if kind in self.scheme.staff else _REPORTERS.get(kind, Text(kind, kind))


def read_instant(text: str) -> float:
    """Return the instant that a text names, NaN for none; a day means its last second, so that all that happened on it counts and no more.

    >>> [told_instant(read_instant(text)) for text in ("2026-03-01", "2026-03-01 00:00", "2026-03-01 08:00", "soon")]
    ['2026-03-01 23:59', '2026-03-01 00:00', '2026-03-01 08:00', '']
    """
    day = parse_day(text)
    if day is None:
        return float(parse_moments([text.strip()], ZONE_S)[0][0])
    return float(parse_moments([f"{day}T23:59:59"], ZONE_S)[0][0])


def told_instant(at_s: float) -> str:
    """Write an instant to the minute at +08:00.

    >>> told_instant(read_instant("2026-03-01 08:00"))
    '2026-03-01 08:00'
    """
    return pd.Timestamp(at_s, unit="s", tz="UTC").tz_convert(ZONE).strftime("%Y-%m-%d %H:%M") if np.isfinite(at_s) else ""
