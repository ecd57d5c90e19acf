"""Who is next to a unit: neighbours of its level by the length of the border they share."""

from __future__ import annotations

import pandas as pd
import shapely

from web.served import Served

SHARED_MIN_M = 0.5


def neighbours(served: Served, level: str, code: str) -> pd.DataFrame:
    """Return neighbours, index code, columns `length_m` and `same_ground` (stacked on the same ground), the longest border first."""
    return served.keep(("neighbours", level, code), lambda: _neighbours(served, level, code))


def _neighbours(served: Served, level: str, code: str) -> pd.DataFrame:
    units = served.project.units(level)
    shape = units.geometry.loc[code]
    rows = units.sindex.query(shape, predicate="intersects")
    near = units.iloc[rows].drop(index=code, errors="ignore")
    near = near[near.geometry.notna()]
    # Units stacked on one cell share ground, not a border.
    ground = shapely.area(shapely.intersection(near.geometry.to_numpy(), shape)) > 1.0
    border = shapely.intersection(shapely.boundary(near.geometry.to_numpy()), shapely.boundary(shape))
    out = pd.DataFrame({"length_m": shapely.length(border), "same_ground": ground}, index=near.index)
    out = out[(out["length_m"] >= SHARED_MIN_M) | out["same_ground"]]
    return out.sort_index().sort_values(["same_ground", "length_m"], ascending=[True, False], kind="stable")
