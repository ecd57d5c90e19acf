"""What one more station at a place would change: who gains, in which units, and the area that it would serve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geogrid.reach.demand import Demand
from geogrid.reach.station_area import served_area
from geogrid.reach.walking import NETWORK, nearest

if TYPE_CHECKING:
    from geogrid.reach.station_reach import StationReach


def tried(reach: StationReach, kind: str, x: float, y: float, minutes: float) -> dict[str, Any]:
    """Tell what one more station of a kind at a place (metres) would change within so many minutes.

    Keys: kind minutes what total served_before served_after gained share_before share_after, `units` (level code total before after gained of
    each unit that gains, the most first), `away_m` from the place to its path (None where walks are straight), `area` (Polygon, perhaps empty).
    """
    here, limit_m = np.array([[x, y]], dtype=float), reach.limit_m(minutes)
    places, place = reach.demand.places
    is_near = np.zeros(len(places), dtype=bool)
    is_near[nearest(reach.ground, places, here, limit_m=limit_m, snapped=reach.doors).demand] = True
    before = reach.serves(kind, minutes)
    gains = is_near[place] & ~before
    weight = reach.demand.weight
    total, had, gained = (float(weight[rows].sum()) for rows in (slice(None), before, gains))
    return {
        "kind": kind,
        "minutes": minutes,
        "what": reach.demand.what,
        "total": amount(total),
        "served_before": amount(had),
        "served_after": amount(had + gained),
        "gained": amount(gained),
        "share_before": had / total if total else None,
        "share_after": (had + gained) / total if total else None,
        "units": _gaining(reach.demand, before, gains),
        "away_m": float(reach.ground.set_down(here).leg_m[0]) if reach.method == NETWORK else None,
        "area": served_area(reach.ground, reach.doors, here, limit_m),
    }


def _gaining(demand: Demand, before: np.ndarray, gains: np.ndarray) -> list[dict[str, Any]]:
    """The units of every level that gain, the top level first, in a level the most gained first."""
    found: list[dict[str, Any]] = []
    for level in demand.codes:
        codes = demand.codes[level].to_numpy(dtype=object)
        gaining = set(codes[gains].tolist()) - {""}
        rows = np.array([code in gaining for code in codes], dtype=bool)
        weight = demand.weight[rows]
        sums = pd.DataFrame({"total": weight, "before": weight * before[rows], "gained": weight * gains[rows]}).groupby(codes[rows]).sum()
        sums = sums.sort_index().sort_values("gained", ascending=False, kind="stable")
        sums = sums.assign(after=sums["before"] + sums["gained"])[["total", "before", "after", "gained"]]
        found += [{"level": level, "code": code, **{name: amount(value) for name, value in row.items()}} for code, row in sums.iterrows()]
    return found


def amount(value: float) -> int | float:
    """Return households as a whole number, square metres to a tenth.

    >>> amount(12.0), amount(2500.04)
    (12, 2500.0)
    """
    return int(value) if value == int(value) else round(float(value), 1)
