"""Levels that the office gave, and those that it left out.

the lowest complete one   its polygons label the cells
those above               parent codes
partial ones below        their polygons, inside their parents
one that nobody gave      one unit in each parent
"""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd

from geogrid.generate.given import parent_codes
from geogrid.generate.level_units import NONE, Ground, LevelUnits
from geogrid.generate.numbering import issue_codes
from geogrid.scheme import Level


def given_levels(ground: Ground, lowest: Level) -> list[LevelUnits]:
    """Levels down to the lowest given one: its polygons label the cells, parent codes make the levels above."""
    frame = ground.given[lowest.id]
    label = ground.given_row[lowest.id][ground.base.cell_position]
    levels = list(ground.scheme.levels[: ground.scheme.depth(lowest.id) + 1])
    out = [LevelUnits(lowest, label, frame.index.tolist(), names_of(frame), [NONE] * len(frame), ["base"] * len(frame), [""] * len(frame))]
    for level in reversed(levels[:-1]):
        below = out[0]
        codes = parent_codes(below.level, level, ground.given, below.code)
        if not any(codes) and level.id not in ground.given:
            codes = ["1"] * len(codes)
        known = ground.given[level.id].index.tolist() if level.id in ground.given else []
        order = known + sorted(set(codes) - set(known) - {""})
        row = {code: i for i, code in reversed(list(enumerate(order)))}  # of units with one code the first
        above = [row.get(code, NONE) for code in codes]
        up = np.append(np.array(above, dtype=np.int64), NONE)[below.label]
        names = dict(zip(known, names_of(ground.given[level.id]), strict=True)) if known else {"1": ground.name}
        out[0] = replace(below, above=above)
        n = len(order)
        out.insert(0, LevelUnits(level, up, order, [names.get(c, "") for c in order], [NONE] * n, ["base"] * n, [""] * n))
    return out


def partial_level(ground: Ground, level: Level, above: LevelUnits) -> LevelUnits:
    """A given level below a complete one, on part of the land: each unit lies in the parent that it names, else in the one with most of its cells.

    What it has outside that parent stays with the level above, and the rules tell it.
    """
    frame, n = ground.given[level.id], len(ground.given[level.id])
    row, parent = ground.given_row[level.id], ground.of_cells(above.label)
    number = {code: i for i, code in reversed(list(enumerate(above.code)))}
    named = np.array([number.get(code, NONE) for code in parent_codes(level, above.level, ground.given, frame.index)], dtype=np.int64)
    held = (row >= 0) & (parent >= 0)
    shares = pd.DataFrame({"row": row[held], "parent": parent[held], "area": ground.mesh.area_m2[held].round(3)})
    votes = shares.groupby(["row", "parent"], as_index=False).sum()
    most = votes.sort_values(["row", "area", "parent"], ascending=[True, False, True]).drop_duplicates("row")
    by_place = np.full(n, NONE)
    by_place[most["row"]] = most["parent"]
    over = np.where(named >= 0, named, by_place)
    label = np.where(held & (np.append(over, NONE)[row] == parent), row, NONE)[ground.base.cell_position]
    return LevelUnits(level, label, frame.index.tolist(), names_of(frame), over.tolist(), ["base"] * n, [""] * n)


def one_per_parent(ground: Ground, level: Level, above: LevelUnits | None) -> LevelUnits:
    """A level that nobody gave: one derived unit in each parent, called as the project."""
    if above is None:
        label = np.zeros(len(ground.base.atoms), dtype=np.int64)
        return LevelUnits(level, label, ["1"], [ground.name], [NONE], ["base"], [""])
    n = len(above.code)
    codes = issue_codes(ground, level, above.label, list(range(n)), above)
    return LevelUnits(level, above.label, codes, list(above.name), list(range(n)), ["base"] * n, [""] * n)


def names_of(frame: gpd.GeoDataFrame) -> list[str]:
    """Return the names of given units, "" where there are none."""
    return frame["name"].tolist() if "name" in frame else [""] * len(frame)
