"""Walks from doors to stations: the nearest stations of each door along the network, or straight times a detour where the network is too poor.

A walk is the leg from the door to its path, the way along paths, and the leg from the path to the station. No path tells how a leg goes, so it is the
straight line times the scheme's `detour`, as the whole walk is where there are no paths. Two places on one edge also have the direct way along it,
and two in one block, nearer to each other than their paths together, the direct way across it: no barrier and no path lies between them.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
from numba import njit
from scipy.spatial import cKDTree

from geogrid.reach.network import Network
from geogrid.reach.snapping import Blocks, Snapped, snap

ROUND_M = 0.001  # walks are whole millimetres: a limit divides the same everywhere
NETWORK, STRAIGHT = "network", "straight"
FAR_FROM_PATH_M = 100.0  # a door farther from any path is not on the network in earnest
FAR_SHARE = 0.25  # where more of the doors are so far, and paths are few, the network says nothing of how people walk
FEW_PATHS_KM_PER_KM2 = 3.0  # where people live; main roads alone have 1 to 2, streets of large blocks 4 to 5
SQUARE_M = 500.0  # people live in the squares of this width that hold a door


@dataclass(frozen=True, eq=False)
class Pairs:
    """Doors and the stations they can walk to, nearest first: `demand` and `station` rows, `walk_m`; sorted by demand, then walk, then station."""

    demand: np.ndarray
    station: np.ndarray
    walk_m: np.ndarray

    def __len__(self) -> int:
        return len(self.demand)


@dataclass(frozen=True, eq=False)
class Ground:
    """What people walk on: a network, and how many metres stand for a straight one where no path tells the way.

    `method` is "network", or "straight" where the network is too poor to be walked on.
    """

    network: Network
    detour: float
    method: str = NETWORK
    blocks: Blocks | None = None

    @classmethod
    def under(cls, network: Network, detour: float, doors: Snapped, blocks: Blocks | None = None) -> Ground:
        """Return the ground for doors set on a network: the network where most of them lie by a path, else straight lines."""
        if not len(network) or not len(doors.xy):
            return cls(network, detour, NETWORK if len(network) else STRAIGHT, blocks)
        is_far = float(np.mean(doors.leg_m > FAR_FROM_PATH_M)) > FAR_SHARE
        return cls(network, detour, STRAIGHT if is_far and _paths_per_area(network, doors.xy) < FEW_PATHS_KM_PER_KM2 else NETWORK, blocks)

    def set_down(self, xy: np.ndarray) -> Snapped:
        """Set places on the network and in their blocks."""
        return snap(self.network, xy, self.blocks)


def _paths_per_area(network: Network, doors: np.ndarray) -> float:
    """Kilometres of path per square kilometre of the squares where people live; an edge counts where its middle lies."""
    squares, middles = (np.floor(xy / SQUARE_M) @ [1, 1j] for xy in (doors, (network.xy[network.a] + network.xy[network.b]) / 2))
    lived = np.unique(squares)
    return float(network.length_m[np.isin(middles, lived)].sum() / 1000 / (len(lived) * SQUARE_M**2 / 1e6))


def nearest(ground: Ground, doors: np.ndarray, stations: np.ndarray, *, k: int = 1, limit_m: float = np.inf, snapped: Snapped | None = None) -> Pairs:
    """Return the `k` nearest stations (s, 2) of each door (n, 2) within `limit_m`; a pair without a path is none.

    `snapped`: the doors as `Ground.set_down` gives them, where they are known already.
    """
    is_nowhere = ground.method == NETWORK and not len(ground.network)
    if not len(doors) or not len(stations) or is_nowhere:
        return Pairs(np.empty(0, int), np.empty(0, int), np.empty(0))
    k = min(k, len(stations))
    if ground.method == STRAIGHT:
        walk, station = _straight(ground, doors, stations, k)
    else:
        walk, station = _along(ground, snapped or ground.set_down(doors), ground.set_down(stations), k, limit_m)
    return _pairs(walk, station, limit_m)


def _pairs(walk: np.ndarray, station: np.ndarray, limit_m: float) -> Pairs:
    walk = np.round(walk / ROUND_M) * ROUND_M
    order = np.lexsort((station, walk), axis=1)
    walk, station = np.take_along_axis(walk, order, 1), np.take_along_axis(station, order, 1)
    demand, place = np.nonzero(np.isfinite(walk) & (walk <= limit_m))
    return Pairs(demand, station[demand, place].astype("int64"), walk[demand, place])


def _straight(ground: Ground, doors: np.ndarray, stations: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    away, station = cKDTree(stations).query(doors, k=np.arange(1, k + 1))
    return away * ground.detour, station


def _along(ground: Ground, doors: Snapped, stations: Snapped, k: int, limit_m: float) -> tuple[np.ndarray, np.ndarray]:
    network = ground.network
    by_edge = _grouped(stations.edge, len(network))
    by_block = _grouped(stations.block, int(max(doors.block.max(), stations.block.max())) + 1)
    pointer, neighbour, step = network.neighbours
    leg = stations.leg_m * ground.detour
    sources = np.concatenate([network.a[stations.edge], network.b[stations.edge]])
    offsets = np.concatenate([leg + stations.along_m, leg + network.length_m[stations.edge] - stations.along_m])
    reach, who = _k_nearest(pointer, neighbour, step, sources, offsets, len(stations.edge), k, limit_m)
    metres, station = _at_doors(
        *(network.a, network.b, network.length_m, doors.edge, doors.along_m, doors.leg_m * ground.detour),
        *(reach, who, *by_edge, stations.along_m, leg),
    )
    _across(doors.xy, doors.block, doors.leg_m, *by_block, stations.xy, stations.leg_m, ground.detour, metres, station)
    return metres, station


def _grouped(number: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """CSR of rows by their number 0 … n - 1; those with -1 stand in none: starts (n + 1,) and rows."""
    order = np.argsort(number, kind="stable")
    return np.searchsorted(number[order], np.arange(n + 1)), order


@njit(cache=True)
def _k_nearest(pointer, neighbour, step, sources, offsets, n_stations, k, limit_m):
    """The k nearest stations of each node: metres (n, k), inf where fewer, and station (n, k).

    One search from all stations at once; a node is settled at most k times, each time by another station. Source s belongs to station s % n_stations.
    """
    n = len(pointer) - 1
    metres = np.full((n, k), np.inf)
    who = np.full((n, k), -1, np.int64)
    count = np.zeros(n, np.int64)
    heap = [(0.0, 0, 0) for _ in range(0)]
    for s in range(len(sources)):
        heap.append((offsets[s], s % n_stations, sources[s]))
    heapq.heapify(heap)
    while heap:
        away, station, at = heapq.heappop(heap)
        if away > limit_m:
            break
        if count[at] >= k or (who[at, : count[at]] == station).any():
            continue
        metres[at, count[at]] = away
        who[at, count[at]] = station
        count[at] += 1
        for q in range(pointer[at], pointer[at + 1]):
            if count[neighbour[q]] < k:
                heapq.heappush(heap, (away + step[q], station, neighbour[q]))
    return metres, who


@njit(cache=True)
def _at_doors(a, b, length_m, edge, along_m, leg_m, reach, who, on_edge, order, station_along_m, station_leg_m):
    """The k nearest stations of each door on an edge: by either end, or along the edge; metres and station (n, k), inf and -1 where fewer.

    Legs count for what they are walked here; `on_edge` and `order` group the stations by edge.
    """
    n, k = len(edge), reach.shape[1]
    metres = np.full((n, k), np.inf)
    station = np.full((n, k), -1, np.int64)
    for i in range(n):
        e = edge[i]
        if e < 0:
            continue
        for j in range(k):
            if who[a[e], j] >= 0:
                _keep(metres[i], station[i], leg_m[i] + along_m[i] + reach[a[e], j], who[a[e], j])
            if who[b[e], j] >= 0:
                _keep(metres[i], station[i], leg_m[i] + length_m[e] - along_m[i] + reach[b[e], j], who[b[e], j])
        for q in range(on_edge[e], on_edge[e + 1]):
            s = order[q]
            _keep(metres[i], station[i], leg_m[i] + abs(along_m[i] - station_along_m[s]) + station_leg_m[s], s)
    return metres, station


@njit(cache=True)
def _across(xy, block, leg_m, in_block, order, station_xy, station_leg_m, detour, metres, station):
    """Put into the lists of doors, in place, stations of the same block that are nearer than the two paths; `in_block`, `order` group them."""
    for i in range(len(block)):
        if block[i] < 0:
            continue
        for q in range(in_block[block[i]], in_block[block[i] + 1]):
            s = order[q]
            away = np.hypot(xy[i, 0] - station_xy[s, 0], xy[i, 1] - station_xy[s, 1])
            if away <= leg_m[i] + station_leg_m[s]:
                _keep(metres[i], station[i], away * detour, s)


@njit(cache=True)
def _keep(metres, station, away, s):
    """Put a station into a door's list, nearest first, once; the farthest falls out of a full one."""
    k = len(metres)
    at = k - 1
    for j in range(k):
        if station[j] == s:
            if metres[j] <= away:
                return
            at = j
            break
    else:
        if metres[k - 1] < away or (metres[k - 1] == away and station[k - 1] < s and station[k - 1] >= 0):
            return
    while at > 0 and (metres[at - 1] > away or (metres[at - 1] == away and station[at - 1] > s)):
        metres[at] = metres[at - 1]
        station[at] = station[at - 1]
        at -= 1
    metres[at] = away
    station[at] = s
