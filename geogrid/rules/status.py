"""Where each unit stands against its level's bounds."""

from __future__ import annotations

import pandas as pd

from geogrid.plan import Plan
from geogrid.scheme import Level


def status(plan: Plan, level: str) -> pd.Series:
    """Say for each unit of `level` (index: code) where it stands, as `standing`."""
    frame, rule = plan.frame(level), plan.scheme.level(level)
    words = [standing(rule, *unit) for unit in zip(frame["kind"].tolist(), frame["households"].tolist(), strict=True)]
    return pd.Series(words, index=frame.index, dtype=object)


def standing(rule: Level, kind: str, households: int) -> str:
    """Say "below", "in" or "above" of the bounds of a unit's level, "dedicated" where its kind has none, "" where the level has none.

    >>> from geogrid.scheme import read_scheme
    >>> standing(read_scheme("community-grid-microgrid").level("microgrid"), "base", 9)
    'below'
    """
    if rule.households is None:
        return ""
    if not rule.kinds.get(kind, True):
        return "dedicated"
    lower, upper = rule.households
    return "below" if households < lower else "above" if households > upper else "in"
