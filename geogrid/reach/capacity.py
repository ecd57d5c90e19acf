"""Who is served where when stations fill up: first as few households as can be are left over, then the walks are as short as can be.

A transport problem: households flow along the pairs that have a path, at their metres, or to a column for those left over that is dearer than any
chain of swaps can save. A pair without a path is no arc: at a large finite cost it would "serve" homes that nothing reaches. The solution cuts about
one demand point a station in two; each goes whole to where most of it went, and the households by which that overfills a station are its overload.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geogrid.reach.transport import transport

Pairs = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Demand row int (p,), station row int (p,), metres of the walk (p,); one row a pair that has a path."""
SOME = 1e-6


@dataclass(frozen=True)
class Allotment:
    """Where each of n demand points goes, whole. `station` int (n,), -1 none; `walk_m` (n,), NaN where none.

    `left_over` (n,) are households whose stations are all full, `unreached` (n,) those that no pair names. `load` and `overload` (m,) are
    households per station, the overload being what a point taken whole puts above the capacity.
    """

    station: np.ndarray
    walk_m: np.ndarray
    left_over: np.ndarray
    unreached: np.ndarray
    load: np.ndarray
    overload: np.ndarray


def allot(pairs: Pairs, households: np.ndarray, capacity: np.ndarray) -> Allotment:
    """Give demand points with `households` (n,) to stations with `capacity` (m,) in households; NaN is no limit, and so is an infinite one."""
    demand, station, walk_m = _clean(pairs, np.asarray(households))
    room = np.where(np.isnan(capacity), np.inf, capacity).astype(float)
    pair = _whole(demand, transport(demand, station, walk_m, np.asarray(households), room), households)
    has = pair >= 0
    to = np.where(has, station[pair] if len(station) else -1, -1)
    reached = np.isin(np.arange(len(households)), demand)
    load = np.bincount(to[has], households[has], len(room)).astype(float)
    return Allotment(
        station=to,
        walk_m=np.where(has, walk_m[pair] if len(walk_m) else np.nan, np.nan),
        left_over=np.where(has | ~reached, 0, households),
        unreached=np.where(reached, 0, households),
        load=load,
        overload=np.maximum(load - room, 0.0),
    )


def _clean(pairs: Pairs, households: np.ndarray) -> Pairs:
    """Pairs with a finite walk of points where households live, in order of point, walk and station: the same whatever order they came in."""
    demand, station, walk_m = (np.asarray(part) for part in pairs)
    keep = np.isfinite(walk_m) & (households[demand] > 0)
    demand, station, walk_m = demand[keep].astype(np.int64), station[keep].astype(np.int64), walk_m[keep].astype(float)
    order = np.lexsort((station, walk_m, demand))
    return demand[order], station[order], walk_m[order]


def _whole(demand: np.ndarray, flow: np.ndarray, households: np.ndarray) -> np.ndarray:
    """Row of the pair (n,) that carries most of each point, -1 where more of it is left over than any pair carries; of equals the nearer."""
    n = len(households)
    best = np.full(n, -1)
    order = np.lexsort((np.arange(len(flow)), -flow, demand))
    points, first = np.unique(demand[order], return_index=True)
    best[points] = order[first]
    left = households - np.bincount(demand, flow, n)
    most = np.zeros(n)
    most[points] = flow[best[points]]
    return np.where((most > SOME) & (most >= left - SOME), best, -1)
