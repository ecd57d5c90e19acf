"""How many find a place when stations fill up: the capacity of a kind against the households within a walk.

A capacity is in places (beds, seats, visits a day), and how many households share one is the scheme's to say (`households_per_place`). Where it does
not, all households share all places of the kind evenly: then left over are those whose stations near by are smaller than the district's mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from geogrid.reach.capacity import Pairs, allot
from geogrid.reach.demand import HOUSEHOLDS, Demand
from geogrid.reach.station_kinds import Stations

NEAREST = 10
"""A household asks at so many stations before it is left over."""


@dataclass(frozen=True, eq=False)
class StationRoom:
    """Who finds a place at a kind within some minutes. Rows as in the demand: `station` (n,) row or -1, `left_over` (n,) households.

    `stations` has one row each of the kind: id, capacity (places, NaN not given), room (households), load, overload (households by which the last
    building, taken whole, overfills it). `is_assumed`: `households_per_place` is the district's mean, as the scheme says none.
    """

    kind: str
    minutes: float
    station: np.ndarray
    left_over: np.ndarray
    stations: pd.DataFrame
    households_per_place: float
    is_assumed: bool

    @property
    def note(self) -> dict[str, Any]:
        """What the figures rest on: key, n (stations without a capacity), en, zh."""
        each, unknown = f"{self.households_per_place:,.1f}", int(self.stations["capacity"].isna().sum())
        en = f"One place serves {each} households, " + (
            "all places shared evenly (the scheme says no rate)" if self.is_assumed else "says the scheme"
        )
        zh = f"每个名额服务 {each} 户" + ("（方案未规定，按全部名额平均分摊）" if self.is_assumed else "（方案规定）")
        if unknown:
            en, zh = en + f"; {unknown:,} stations without a capacity never fill up", zh + f"；{unknown:,} 个站点未填容量，视为不会满"
        return {"key": "capacity", "n": unknown, "kind": self.kind, "en": en, "zh": zh}


def room_of(
    demand: Demand, stations: Stations, kind: str, pairs: Pairs, minutes: float, households_per_place: float | None = None
) -> StationRoom | None:
    """Give the households of each place of the demand to stations of a kind; None where no capacity is known or nobody lives.

    `pairs`: rows of distinct places (`Demand.places`), of the kind's stations, and metres, all within the walk.
    """
    rows = stations.rows_of(kind)
    given = stations.frame["capacity"] if "capacity" in stations.frame else pd.Series(np.nan, index=stations.frame.index)
    capacity = pd.to_numeric(given, errors="coerce").to_numpy(dtype=float)[rows]
    capacity = np.where(capacity >= 0, capacity, np.nan)
    if demand.what != HOUSEHOLDS or not np.nansum(capacity) > 0:
        return None
    places, place = demand.places
    lived = np.bincount(place, demand.weight, len(places))
    each = households_per_place or float(lived.sum() / (np.nanmean(capacity) * len(capacity)))
    room = np.round(capacity * each)
    found = allot(pairs, lived, room)
    table = pd.DataFrame({"id": stations.id[rows], "capacity": capacity, "room": room, "load": found.load, "overload": found.overload})
    station = np.where(found.station >= 0, rows[found.station], -1)[place]
    left_over = np.where(found.left_over[place] > 0, demand.weight, 0)
    return StationRoom(kind, minutes, station, left_over, table, each, households_per_place is None)
