"""Units that lie over one another, drawn once: pieces of ground, each with the list of the units on it.

A micro-grid of floors 4 to 6 shares its ground with those of other floors. All cells with the same set of units make one piece, so pieces
never overlap whatever is stacked, and a unit alone on its ground is its own piece.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geogrid.maps.project import STATUS, ProjectLike, once
from geogrid.plan import NO_UNIT, Plan

_WORST = np.array([1, 2, 4, 5, 0])  # rank of status "", in, below, above, dedicated


def pieces(project: ProjectLike, level: str) -> gpd.GeoDataFrame:
    """Return the pieces of a level: columns `codes` (list, bottom floor first), `n`, `status` (the worst, as in STATUS), `stack`, geometry.

    `stack` is the list by floor as text, "" for one unit: "code|name|floor_from|floor_to|households|status" joined by ";".
    """
    return once(project, ("pieces", level), lambda: _pieces(project, level))


def _pieces(project: ProjectLike, level: str) -> gpd.GeoDataFrame:
    plan, units = project.plan(), project.units(level)
    pairs = _pairs(plan, level)
    sets = pairs.groupby("cell", sort=True)["unit"].agg(tuple)
    groups = pd.Series(sets.index.to_numpy(), index=sets.index).groupby(sets.to_numpy(), sort=True).agg(list)
    cells = plan.base.cells.geometry.to_numpy()
    grounds = [shapely.coverage_union_all(cells[at]) if len(at) > 1 else cells[at[0]] for at in groups]
    rows = units.reset_index().set_index("unit")
    code, status = rows["code"].to_dict(), rows["status"].map(STATUS).fillna(0).astype(int).to_dict()
    floors = rows["floor_from"].fillna(0).to_dict()
    ordered = [sorted(group, key=lambda unit: (floors[unit], code[unit])) for group in groups.index]
    frame = pd.DataFrame(
        {
            "codes": [[code[unit] for unit in group] for group in ordered],
            "n": [len(group) for group in ordered],
            "status": [max((status[unit] for unit in group), key=_WORST.__getitem__) for group in ordered],
            "stack": _stack_texts(rows, status, ordered),
        }
    )
    return gpd.GeoDataFrame(frame, geometry=np.array(grounds, dtype=object), crs=units.crs)


def _pairs(plan: Plan, level: str) -> pd.DataFrame:
    owner = plan.owner(level)
    pairs = pd.DataFrame({"cell": plan.base.cell_position, "unit": owner})[owner != NO_UNIT]
    return pairs.drop_duplicates().sort_values(["cell", "unit"], kind="stable")


def _stack_texts(rows: pd.DataFrame, status: dict[int, int], ordered: list[list[int]]) -> list[str]:
    columns = zip(rows.index, rows["code"], rows["name"], rows["floor_from"].fillna(0), rows["floor_to"].fillna(0), rows["households"], strict=True)
    say = {u: f"{c}|{str(n).translate(_PLAIN)}|{int(low)}|{int(high)}|{int(h)}|{status[u]}" for u, c, n, low, high, h in columns}
    return [";".join(say[unit] for unit in group) if len(group) > 1 else "" for group in ordered]


_PLAIN = str.maketrans({"|": "／", ";": "；"})
