"""Levels of a plan that is there already, as those below them are made from: so that a stored project can be cut anew."""

from __future__ import annotations

import numpy as np

from geogrid.generate.levels import NONE, LevelUnits
from geogrid.plan import Plan


def levels_of(plan: Plan, until: str) -> list[LevelUnits]:
    """Return the levels of `plan` from the top down to `until`, in the order of the units' ids; labels count the atoms of `plan.base`."""
    out: list[LevelUnits] = []
    row_above: dict[int, int] = {}
    for level in plan.scheme.levels[: plan.scheme.depth(until) + 1]:
        units = plan.units[plan.units["level"] == level.id].sort_index()
        row = {int(unit): i for i, unit in enumerate(units.index)}
        top = max(row, default=0) + 2
        number = np.full(top, NONE)
        number[list(row)] = list(row.values())
        owner = plan.owner(level.id)
        above = [row_above.get(int(parent), NONE) for parent in units["parent"]]
        code, name, kind, reason = (units[column].tolist() for column in ("code", "name", "kind", "reason"))
        out.append(LevelUnits(level, np.where(owner < 0, NONE, number[np.maximum(owner, 0)]), code, name, above, kind, reason))
        row_above = row
    return out
