"""Does every community have a station within reach, its own or a neighbour's (辐射175个社区)?

A community is reached when at least half of its households (strictly: nine tenths) walk no longer than so many minutes to some station of the kind.
It is reached from inside when a station of the kind stands in it. This is the product's own definition; no standard gives one.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

SHARE, STRICT_SHARE = 0.5, 0.9
INSIDE, FROM_OUTSIDE, NOT = "inside", "from_outside", "not"


def radiated(code: np.ndarray, households: np.ndarray, walk_min: np.ndarray, station_code: np.ndarray, *, minutes: float) -> pd.DataFrame:
    """Return one row a community: code, households, reached (households), share, stations (in it), status and strict_status.

    Of n homes `code` names the community ("" none), `walk_min` (n,) is the walk to the nearest station of the kind (NaN or infinite: none);
    `station_code` (m,) names the community of each station. A status is "inside", "from_outside" or "not". Communities where nobody lives
    have no row.
    """
    within = np.nan_to_num(np.asarray(walk_min, dtype=float), nan=np.inf) <= minutes
    homes = pd.DataFrame({"code": code, "households": households, "reached": np.where(within, households, 0)})
    table = homes[(homes["code"] != "") & (homes["households"] > 0)].groupby("code", sort=True).sum().reset_index()
    table["share"] = table["reached"] / table["households"]
    table["stations"] = table["code"].map(pd.Series(station_code, dtype=object).value_counts()).fillna(0).astype(int)
    whence = np.where(table["stations"] > 0, INSIDE, FROM_OUTSIDE)
    table["status"] = np.where(table["share"] >= SHARE, whence, NOT)
    table["strict_status"] = np.where(table["share"] >= STRICT_SHARE, whence, NOT)
    return table
