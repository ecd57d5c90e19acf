"""The area that stations serve, drawn: every point of the paths as far as it is walked to in time, with the ground beside it that is still in reach.

A decoration of maps: who is served is counted by doors, not by this area.
"""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geogrid.reach.network import Network
from geogrid.reach.snapping import Snapped
from geogrid.reach.walking import NETWORK, Ground, nearest

STEP_M = 40.0  # paths are looked at in steps of at most this
BESIDE_M = (30.0, 150.0)  # ground beside a path is drawn as far from it as most doors are, within these
MOST_DOORS = 90.0
FINE_M = 5.0  # the outline is drawn no finer
THIN_M = 20.0  # of points in a square so wide the one with most left over is drawn


def served_area(ground: Ground, doors: Snapped, stations: np.ndarray, limit_m: float) -> BaseGeometry:
    """Return what is within `limit_m` of any of the stations (s, 2), as an area in the plan's CRS; empty where nothing is.

    `doors` tell how far from paths people live: in a city of footways the way to a house leads by the nearest of them, not across the block.
    """
    if not len(stations) or limit_m <= 0:
        return shapely.Polygon()
    centres, left_m = _on_paths(ground, stations, limit_m) if ground.method == NETWORK else (stations, np.full(len(stations), limit_m))
    beside_m = np.clip(np.percentile(doors.leg_m, MOST_DOORS), *BESIDE_M) if len(doors.leg_m) else BESIDE_M[1]
    widest = beside_m if ground.method == NETWORK else np.inf
    discs = shapely.buffer(shapely.points(centres), np.minimum(left_m / ground.detour, widest), quad_segs=4)
    return shapely.simplify(shapely.union_all(discs), FINE_M)


def _on_paths(ground: Ground, stations: np.ndarray, limit_m: float) -> tuple[np.ndarray, np.ndarray]:
    """Return points of the paths (p, 2) that are reached, the stations among them, and the metres that are left there, float (p,)."""
    points = _steps(ground.network)
    reached = nearest(ground, points.xy, stations, limit_m=limit_m, snapped=points)
    centres, left_m = points.xy[reached.demand], limit_m - reached.walk_m
    square = np.floor(centres / THIN_M)
    order = np.lexsort((-left_m, square[:, 1], square[:, 0]))
    kept = order[np.unique(square[order] @ [1, 1j], return_index=True)[1]]
    return np.concatenate([centres[kept], stations]), np.concatenate([left_m[kept], np.full(len(stations), limit_m)])


def _steps(network: Network) -> Snapped:
    """Points at even steps of at most `STEP_M` along each edge, its ends too."""
    parts = np.maximum(np.ceil(network.length_m / STEP_M).astype(int), 1)
    edge = np.repeat(np.arange(len(network)), parts + 1)
    place = np.arange(len(edge)) - np.repeat(np.cumsum(parts + 1) - parts - 1, parts + 1)
    share = place / parts[edge]
    start, end = network.xy[network.a[edge]], network.xy[network.b[edge]]
    nothing = np.zeros(len(edge))
    return Snapped(start + (end - start) * share[:, None], edge, share * network.length_m[edge], nothing, np.full(len(edge), -1))
