"""What a `StationReach` answers about sites: who finds a place, where the next ones would do most, whether kinds are where they should be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from geogrid.reach.next_sites import NextSites, next_sites
from geogrid.reach.solver import LIMIT_S
from geogrid.reach.station_checks import checks_of
from geogrid.reach.station_room import NEAREST, StationRoom, room_of
from geogrid.reach.walking import nearest

if TYPE_CHECKING:
    from geogrid.reach.station_reach import StationReach


def capacity(reach: StationReach, kind: str, minutes: float | None = None) -> StationRoom | None:
    """Tell who finds a place at a kind within so many minutes, the scheme's longest if none are said; None where no capacity is known."""
    minutes = reach.minutes[-1] if minutes is None else minutes
    places, _ = reach.demand.places
    xy = reach.stations.xy[reach.stations.rows_of(kind)]
    pairs = nearest(reach.ground, places, xy, k=NEAREST, limit_m=reach.limit_m(minutes), snapped=reach.doors)
    site = reach.plan.scheme.stations.get(kind)
    each = site.households_per_place if site else None
    return room_of(reach.demand, reach.stations, kind, (pairs.demand, pairs.station, pairs.walk_m), minutes, each)


def best(reach: StationReach, kind: str, minutes: float, k: int, candidates: np.ndarray | None = None, *, limit_s: float = LIMIT_S) -> NextSites:
    """Choose the k places where more stations of a kind would serve most within so many minutes, among candidates (c, 2) or places of its own."""
    return next_sites(reach, kind, minutes, k, candidates, limit_s=limit_s)


def checks(reach: StationReach, kind: str | None = None, minutes: float | None = None) -> list[dict[str, Any]]:
    """Check a kind, or all: one per unit, all communities reached, all five directions, hub and spokes; at the middle time if none is said."""
    minutes = reach.minutes[len(reach.minutes) // 2] if minutes is None else minutes
    kinds = [one for one in reach.kinds if kind is None or one.key == kind]
    return [check for one in kinds for check in checks_of(reach, one, minutes)]
