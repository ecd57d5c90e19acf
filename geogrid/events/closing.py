"""How many events are closed: in all, by unit of every level, by month, kind and reporter. A share is closed ÷ all that had happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from geogrid.events.records import happened, is_closed

_FIGURES = ("events", "closed", "open", "share")


def count(events: pd.DataFrame, at_s: float) -> dict[str, float]:
    """Return `events closed open share` of all that had happened by an instant; the share is NaN where nothing had."""
    there, closed = happened(events, at_s), is_closed(events, at_s)
    n, done = int(there.sum()), int((there & closed).sum())
    return {"events": n, "closed": done, "open": n - done, "share": done / n if n else float("nan")}


def by_unit(events: pd.DataFrame, levels: Sequence[str], at_s: float, units: Mapping[str, Sequence[str]] | None = None) -> pd.DataFrame:
    """Return a line for each unit: `level code events closed open share`; levels as given, codes sorted.

    `units`: the codes of a level's units, each of which gets a line; left out, those that have an event.
    """
    parts = []
    for level in levels:
        found = _by(events, level, at_s) if level in events else _by(events.assign(**{level: ""}), level, at_s)
        found = found[found.index != ""]
        if units is not None:
            found = found.reindex(sorted(units.get(level, ())))
            found[list(_FIGURES[:3])] = found[list(_FIGURES[:3])].fillna(0).astype("int64")
        parts.append(found.rename_axis("code").reset_index().assign(level=level))
    every = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["code", *_FIGURES, "level"])
    return every[["level", "code", *_FIGURES]]


def by_kind(events: pd.DataFrame, at_s: float) -> pd.DataFrame:
    """Return `kind events closed open share`, the commonest kind first."""
    return _commonest(_by(events, "kind", at_s), "kind")


def by_reporter(events: pd.DataFrame, at_s: float) -> pd.DataFrame:
    """Return `reporter_kind events closed open share`, who reports most first; "" are those of whom nobody says who it was."""
    return _commonest(_by(events, "reporter_kind", at_s), "reporter_kind")


def by_month(events: pd.DataFrame, at_s: float) -> pd.DataFrame:
    """Return `month kind events closed open share`, months and kinds sorted; a month without events between two others is in it with none."""
    found = _by(events.assign(both=list(zip(events["month"], events["kind"], strict=True))), "both", at_s)
    lines = pd.DataFrame(list(found.index), columns=["month", "kind"])
    lines = pd.concat([lines, found.reset_index(drop=True)], axis=1)
    named = sorted(month for month in lines["month"].unique() if month)
    missing = [month for month in _months(named[0], named[-1]) if month not in named] if named else []
    empty = pd.DataFrame({"month": missing, "kind": "", "events": 0, "closed": 0, "open": 0, "share": np.nan})
    both = pd.concat([part for part in (lines, empty) if len(part)], ignore_index=True) if len(lines) or missing else lines
    return both.sort_values(["month", "kind"], ignore_index=True)


def _by(events: pd.DataFrame, name: str, at_s: float) -> pd.DataFrame:
    """Return the figures by the values of a column, sorted."""
    there, closed = happened(events, at_s), is_closed(events, at_s)
    told = pd.DataFrame({"key": events[name].to_numpy(), "closed": closed.astype("int64")})[there]
    found = told.groupby("key", sort=True)["closed"].agg(events="size", closed="sum")
    found = found.astype("int64")
    return found.assign(open=found["events"] - found["closed"], share=found["closed"] / found["events"])


def _commonest(found: pd.DataFrame, name: str) -> pd.DataFrame:
    out = found.rename_axis(name).reset_index()
    return out.sort_values(["events", name], ascending=[False, True], ignore_index=True)


def _months(first: str, last: str) -> list[str]:
    return [str(month) for month in np.arange(np.datetime64(first, "M"), np.datetime64(last, "M") + 1)]
