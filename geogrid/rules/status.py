"""Where each unit stands against its level's bounds."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geogrid.plan import Plan


def status(plan: Plan, level: str) -> pd.Series:
    """Say for each unit of `level` (index: code) "below", "in" or "above" its bounds, "dedicated" where its kind has none, "" without bounds."""
    frame, rule = plan.frame(level), plan.scheme.level(level)
    if rule.households is None:
        return pd.Series("", index=frame.index, dtype=object)
    lower, upper = rule.households
    households = frame["households"].to_numpy()
    bound = frame["kind"].map(lambda kind: rule.kinds.get(kind, True)).to_numpy(dtype=bool)
    words = np.select([~bound, households < lower, households > upper], ["dedicated", "below", "above"], "in")
    return pd.Series(words.astype(object), index=frame.index, dtype=object)
