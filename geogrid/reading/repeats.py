"""Points that stand where another one stands: entered twice, or left at one default position. They are used all the same, and said.

Two stations in one house and four cameras on one mast are no fault: alike in all but the id they are, and so are more than a mast can carry.
"""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import shapely

from geogrid.catalogue import why
from geogrid.catalogue.amounts import few
from geogrid.catalogue.places import POINT_WORDS
from geogrid.findings import Finding
from geogrid.reading.draft import Draft

MANY = {"stations": 20, "cameras": 20, "entrances": 50}
"""How many points of a role at one place are more than can be meant."""
LISTED = 1000
"""How many ids a finding names; `value` counts all."""
_MM = 1000.0


def find_repeats(frame: gpd.GeoDataFrame, draft: Draft) -> list[Finding]:
    """Report places (to a millimetre) with several points of a role that are alike in all but their id, or with more than can be meant.

    One finding a place, the points in the order of the file. `frame` is in metres; roles whose points may well repeat give none.
    """
    if draft.role not in MANY or len(frame) < 2:
        return []
    places = frame.geometry.to_numpy()
    at = pd.DataFrame({"x": (shapely.get_x(places) * _MM).round(), "y": (shapely.get_y(places) * _MM).round()})
    alone = ~at.duplicated(keep=False).to_numpy()
    if alone.all():
        return []
    other = [name for name in frame.columns if name not in ("id", "row", "geometry")]
    rest = pd.concat([at, frame[other].reset_index(drop=True)], axis=1)[~alone]
    piled = at[~alone].groupby(["x", "y"], sort=False)["x"].transform("size") > MANY[draft.role]
    alike = rest.duplicated(keep=False)
    found = [(rows, "points_piled") for rows in at[~alone][piled].groupby(["x", "y"], sort=False).indices.values()]
    found = [(at[~alone][piled].index[rows], key) for rows, key in found]
    mask = alike & ~piled
    found += [(rest[mask].index[rows], "points_alike") for rows in rest[mask].groupby(list(rest.columns), sort=False, dropna=False).indices.values()]
    return [_finding(frame, rows, key, draft) for rows, key in sorted(found, key=lambda pair: pair[0][0])]


def _finding(frame: gpd.GeoDataFrame, rows: pd.Index, key: str, draft: Draft) -> Finding:
    ids = frame["id"] if "id" in frame else frame["row"].astype(str)
    role, role_zh = POINT_WORDS[draft.role]
    facts = {**draft.facts, **why(key), "role": role, "role_zh": role_zh, "row": int(frame["row"].iloc[rows[0]])}
    units = tuple(ids.iloc[rows[:LISTED]])
    facts["units"] = few(units, len(rows))  # how many there are of the ids, not how many are named
    return Finding("point_duplicate", draft.spec.level, units, frame.geometry.iloc[rows[0]], value=float(len(rows)), facts=facts)
