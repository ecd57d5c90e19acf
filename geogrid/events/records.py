"""The points of the role `events` as a frame that can be counted: kinds by the scheme's word, times as seconds, what was closed and when."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd

from geogrid.scheme import Scheme
from geogrid.wording import kinds_as_written

EVENT_COLUMNS = ("id", "kind", "reporter_kind", "month", "time_s", "closed_s", "closed")
DAY_S = 86_400
ZONE, ZONE_S = "+08:00", 28_800
"""Of days and times that say none."""


def read_events(points: pd.DataFrame, scheme: Scheme, levels: Sequence[str]) -> pd.DataFrame:
    """Return the events that `geogrid.sites.join` joined, in their order, index as given: `EVENT_COLUMNS` and a column of unit codes per level.

    `kind` is the scheme's word where it knows the kind by its word or a name. `month` is as 2026-03, "" where nobody says when. `time_s` and
    `closed_s` are seconds since 1970, NaN where unknown; a day is its first second. `closed` is bool: the state says so, or a time of closing does.
    """
    column = {name: _text(points, name) for name in ("id", "kind", "reporter_kind", "time", "state", "closed_at")}
    words = kinds_as_written(scheme.events)
    frame = pd.DataFrame(
        {
            "id": column["id"],
            "kind": column["kind"].map(lambda word: words.get(word, word)).astype(object),
            "reporter_kind": column["reporter_kind"],
            "month": column["time"].str.slice(0, 7),
            "time_s": _seconds(column["time"]),
            "closed_s": _seconds(column["closed_at"]),
            "closed": (column["state"] == "closed") | (column["closed_at"] != ""),
        },
        index=points.index,
    )
    return frame.assign(**{level: _text(points, level) for level in levels if level in points.columns})


def kind_of(scheme: Scheme, word: str) -> str:
    """Return the scheme's word for a kind of event that is called so in either language, else the word itself."""
    return kinds_as_written(scheme.events).get(word, word)


def select(
    events: pd.DataFrame,
    at_s: float,
    *,
    kinds: Collection[str] | None = None,
    state: str = "",
    unit: tuple[str, str] | None = None,
    from_s: float = -np.inf,
    to_s: float = np.inf,
) -> pd.DataFrame:
    """Return the events that had happened by an instant, as far as they fit: of some kinds, "open" or "closed" then, in a unit (level, code),
    begun at or after `from_s` and before `to_s`. One whose time nobody knows had happened, and fits no bound of time.
    """
    keep = happened(events, at_s)
    if kinds is not None:
        keep &= events["kind"].isin(list(kinds)).to_numpy()
    if state:
        keep &= is_closed(events, at_s) == (state == "closed")
    if unit is not None:
        level, code = unit
        keep &= (events[level] == code).to_numpy() if level in events else False
    time = events["time_s"].to_numpy()
    if np.isfinite(from_s):
        keep &= time >= from_s
    if np.isfinite(to_s):
        keep &= time < to_s
    return events[keep]


def happened(events: pd.DataFrame, at_s: float) -> np.ndarray:
    """Tell which events had happened by an instant, bool (n,)."""
    return ~(events["time_s"].to_numpy() > at_s)


def is_closed(events: pd.DataFrame, at_s: float) -> np.ndarray:
    """Tell which events were closed at an instant, bool (n,): one that is closed without a time of it counts as closed at once."""
    return events["closed"].to_numpy() & ~(events["closed_s"].to_numpy() > at_s)


def _text(frame: pd.DataFrame, name: str) -> pd.Series:
    if name not in frame.columns:
        return pd.Series("", index=frame.index, dtype=object)
    column = frame[name] if not isinstance(frame, gpd.GeoDataFrame) else pd.DataFrame(frame)[name]
    return column.fillna("").astype(str).astype(object)


def _seconds(texts: pd.Series) -> np.ndarray:
    """Turn ISO text into seconds since 1970, NaN where it is none."""
    whole = texts.where(texts.str.len() != len("2026-03-02"), texts + "T00:00:00" + ZONE)
    whole = whole.where(~whole.str.fullmatch(r"[\d-]{10}T[\d:]{8}"), whole + ZONE)
    told = pd.to_datetime(whole.where(whole != ""), errors="coerce", utc=True, format="ISO8601")
    at = told.dt.tz_localize(None).to_numpy().astype("datetime64[s]")
    return np.where(np.isnat(at), np.nan, at.astype("int64"))
