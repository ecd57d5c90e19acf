"""Streets as patrols are held against them: chains of the walking network between its junctions, cut into bins of 2 m.

A footway that runs along a street is that street: GPS can not tell the one from the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import shapely
from numba import njit

from geogrid.reach.network import Network

BIN_M = 2.0
BESIDE_M = 5.0  # a footway nearer than this to a street, and as straight, is part of it
BESIDE_SHARE = 0.8  # of a footway's length, so much must run beside streets
SAMPLE_M = 4.0
ALIKE = 0.94  # cosine of 20°: two directions that are one
HOP_M = 100.0  # between two fixes at most so much street lies between the junctions that the way passes
CELL_M = 30.0  # of the index; as wide as a fix may lie off its street


@dataclass(frozen=True, eq=False)
class Streets:
    """Chains with their segments, in metres.

    `segments` (m, 4) run along their chain; `chain` (m,) of each, `from_m` (m,) where it starts on it. `ends` (c, 2) are the junctions of a chain,
    `length_m` (c,); `first_bin` (c + 1,) its bins. `hops`: CSR of the junctions within `HOP_M` of one: pointer, junction, metres, and
    the chain and junction by which it is reached, int.
    """

    segments: np.ndarray
    chain: np.ndarray
    from_m: np.ndarray
    ends: np.ndarray
    length_m: np.ndarray
    first_bin: np.ndarray
    hops: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]

    @classmethod
    def of(cls, network: Network) -> Streets:
        """Return the streets of a walking network, chained between its junctions."""
        if not len(network):
            return cls(*_nothing())
        pointer, step = _steps(network)
        chain, place, forward, ends = _chained(network.a, network.b, pointer, step)
        order = np.lexsort((place, chain))
        segments = np.where(forward[:, None], network.segments, network.segments[:, [2, 3, 0, 1]])[order]
        length, chain = network.length_m[order], chain[order]
        starts = np.searchsorted(chain, np.arange(len(ends)))
        total = np.add.reduceat(length, starts)
        before = np.cumsum(length) - length
        bins = np.maximum(1, np.ceil(total / BIN_M - 1e-9)).astype(np.int64)
        first = np.concatenate([[0], np.cumsum(bins)])
        return cls(segments, chain, before - before[starts][chain], ends, total, first, _hops(ends, total, len(network.xy)))

    def __len__(self) -> int:
        return len(self.length_m)

    @cached_property
    def first_segment(self) -> np.ndarray:
        """Row of each chain's first segment, and one past the last, (c + 1,)."""
        return np.searchsorted(self.chain, np.arange(len(self) + 1))

    @cached_property
    def bin_chain(self) -> np.ndarray:
        """Chain of each bin."""
        return np.repeat(np.arange(len(self)), np.diff(self.first_bin))

    @cached_property
    def bin_m(self) -> np.ndarray:
        """Length of each bin: those of a chain are alike, and sum up to it."""
        return (self.length_m / np.diff(self.first_bin))[self.bin_chain]

    @cached_property
    def middles(self) -> np.ndarray:
        """Middle of each bin, (bins, 2)."""
        number = np.arange(len(self.bin_chain)) - self.first_bin[self.bin_chain]
        return self.at(self.bin_chain, (number + 0.5) * self.bin_m)

    def at(self, chain: np.ndarray, along_m: np.ndarray) -> np.ndarray:
        """Return the places, (n, 2), so far along chains."""
        total = np.concatenate([[0.0], np.cumsum(self.length_m)])
        start = total[self.chain] + self.from_m
        row = np.searchsorted(start, total[chain] + along_m, side="right") - 1
        row = np.clip(row, self.first_segment[chain], self.first_segment[chain + 1] - 1)  # an end may round into the next chain
        ends = self.segments[row]
        size = np.hypot(ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1])
        share = np.clip((along_m - self.from_m[row]) / size, 0.0, 1.0)
        return ends[:, :2] + (ends[:, 2:] - ends[:, :2]) * share[:, None]

    @cached_property
    def index(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Grid of cells with the segments in each: (x, y, columns, rows) as float (4,), CSR pointer, segment."""
        low = self.segments.reshape(-1, 2).min(axis=0) if len(self) else np.zeros(2)
        high = self.segments.reshape(-1, 2).max(axis=0) if len(self) else np.zeros(2)
        shape = np.floor((high - low) / CELL_M).astype(np.int64) + 1
        return np.array([*low, *shape], dtype=float), *_indexed(self.segments, low, shape)


def _nothing() -> tuple:
    none, real = np.zeros(0, np.int64), np.zeros(0)
    return np.zeros((0, 4)), none, real, np.zeros((0, 2), np.int64), real, np.zeros(1, np.int64), (np.zeros(1, np.int64), none, real, none, none)


def _steps(network: Network) -> tuple[np.ndarray, np.ndarray]:
    """CSR by node: pointer, and the edges that end there."""
    nodes = np.concatenate([network.a, network.b])
    edges = np.concatenate([np.arange(len(network))] * 2)
    order = np.lexsort((edges, nodes))
    return np.searchsorted(nodes[order], np.arange(len(network.xy) + 1)), edges[order]


@njit(cache=True)
def _chained(a, b, pointer, step):  # type: ignore[no-untyped-def]
    """Walk from every junction along nodes of two edges to the next; rings without one start at their first edge."""
    m = len(a)
    chain, place, forward = np.full(m, -1, np.int64), np.zeros(m, np.int64), np.zeros(m, np.bool_)
    ends = np.zeros((m, 2), np.int64)
    made = 0
    for is_ring in (False, True):
        for first in range(m):
            for end in range(2):
                start = a[first] if end == 0 else b[first]
                if chain[first] >= 0 or (not is_ring and pointer[start + 1] - pointer[start] == 2):
                    continue
                edge, node, n = first, start, 0
                while True:
                    chain[edge], place[edge], forward[edge] = made, n, a[edge] == node
                    node = b[edge] if a[edge] == node else a[edge]
                    n += 1
                    if pointer[node + 1] - pointer[node] != 2 or node == start:
                        break
                    edge = step[pointer[node]] + step[pointer[node] + 1] - edge
                ends[made, 0], ends[made, 1] = start, node
                made += 1
    return chain, place, forward, ends[:made]


def _hops(ends: np.ndarray, length_m: np.ndarray, nodes: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return the table of junctions near one another along streets."""
    node = np.concatenate([ends[:, 0], ends[:, 1]])
    other, chain = np.concatenate([ends[:, 1], ends[:, 0]]), np.concatenate([np.arange(len(ends))] * 2)
    order = np.lexsort((chain, node))
    pointer = np.searchsorted(node[order], np.arange(nodes + 1))
    return _near(pointer, other[order], chain[order], length_m, HOP_M)


@njit(cache=True)
def _near(pointer, other, chain, length_m, limit_m):  # type: ignore[no-untyped-def]
    """Dijkstra from every junction up to a limit; the few that are reached stand in a list, the nearest is found by looking."""
    n = len(pointer) - 1
    start, size = np.zeros(n + 1, np.int64), 64
    node, far = np.zeros(size, np.int64), np.zeros(size)  # of one junction: those reached, by which chain, from which junction
    by, via, slot = np.zeros(size, np.int64), np.zeros(size, np.int64), np.full(n, -1, np.int64)
    all_node, all_far, all_by, all_via = [node[:0].copy()], [far[:0].copy()], [by[:0].copy()], [via[:0].copy()]
    for source in range(n):
        used, done = 0, 0
        if pointer[source + 1] > pointer[source]:
            node[0], far[0], by[0], via[0], slot[source], used = source, 0.0, -1, -1, 0, 1
        while done < used:
            best = done + int(np.argmin(far[done:used]))
            for row in (node, by, via):
                row[done], row[best] = row[best], row[done]
            far[done], far[best] = far[best], far[done]
            slot[node[best]], slot[node[done]] = best, done
            for e in range(pointer[node[done]], pointer[node[done] + 1]):
                v, d = other[e], far[done] + length_m[chain[e]]
                at = slot[v] if slot[v] >= 0 else used
                if d > limit_m or (at < used and d >= far[at]):
                    continue
                if used == len(node):
                    node, far = np.concatenate((node, node)), np.concatenate((far, far))
                    by, via = np.concatenate((by, by)), np.concatenate((via, via))
                node[at], far[at], by[at], via[at], slot[v] = v, d, chain[e], node[done], at
                used = max(used, at + 1)
            done += 1
        slot[node[:used]] = -1
        start[source + 1] = start[source] + used
        all_node.append(node[:used].copy()), all_far.append(far[:used].copy())
        all_by.append(by[:used].copy()), all_via.append(via[:used].copy())
    return start, _joined(all_node), _joined(all_far), _joined(all_by), _joined(all_via)


@njit(cache=True)
def _joined(parts):  # type: ignore[no-untyped-def]
    out = np.zeros(sum([len(part) for part in parts]), parts[0].dtype)
    at = 0
    for part in parts:
        out[at : at + len(part)] = part
        at += len(part)
    return out


def _indexed(segments: np.ndarray, low: np.ndarray, shape: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    cell, segment = _cells(segments, low, shape)
    order = np.lexsort((segment, cell))
    return np.searchsorted(cell[order], np.arange(shape[0] * shape[1] + 1)), segment[order]


@njit(cache=True)
def _cells(segments, low, shape):  # type: ignore[no-untyped-def]
    """Cells that each segment passes: in every column of its box, those between its heights there."""
    size = 4 * len(segments) + 16
    cells, owner, n = np.zeros(size, np.int64), np.zeros(size, np.int64), 0
    for s in range(len(segments)):
        x0, y0, x1, y1 = (segments[s, 0] - low[0]), (segments[s, 1] - low[1]), (segments[s, 2] - low[0]), (segments[s, 3] - low[1])
        if x0 > x1:
            x0, y0, x1, y1 = x1, y1, x0, y0
        for column in range(int(x0 / CELL_M), min(int(x1 / CELL_M), shape[0] - 1) + 1):
            left, right = max(x0, column * CELL_M), min(x1, (column + 1) * CELL_M)
            steep = (y1 - y0) / (x1 - x0) if x1 > x0 else 0.0
            ya = y0 + (left - x0) * steep if x1 > x0 else y0
            yb = y0 + (right - x0) * steep if x1 > x0 else y1
            for row in range(max(0, int(min(ya, yb) / CELL_M)), min(int(max(ya, yb) / CELL_M), shape[1] - 1) + 1):
                if n == len(cells):
                    cells, owner = np.concatenate((cells, np.zeros_like(cells))), np.concatenate((owner, np.zeros_like(owner)))
                cells[n], owner[n] = row * shape[0] + column, s
                n += 1
    return cells[:n].copy(), owner[:n].copy()


def find_beside(roads: gpd.GeoDataFrame, paths: tuple[str, ...]) -> np.ndarray:
    """Return which footpaths (`class` among `paths`) run along a street, or along a longer footpath, bool (n,): they are no street of their own."""
    out = np.zeros(len(roads), bool)
    if "class" not in roads or not len(roads):
        return out
    lines = shapely.force_2d(roads.geometry.to_numpy())
    is_path = roads["class"].astype(str).isin(paths).to_numpy()
    rank = np.empty(len(roads), np.int64)
    rank[np.lexsort((shapely.to_wkb(lines), -shapely.length(lines), is_path))] = np.arange(len(roads))
    segments, road = _segments(lines)
    points, ways, of = _sampled(segments[is_path[road]], road[is_path[road]])
    if not len(points):
        return out
    tree = shapely.STRtree(shapely.linestrings(segments.reshape(-1, 2, 2)))
    point, segment = tree.query(shapely.points(points), predicate="dwithin", distance=BESIDE_M)
    start, way = segments[segment, :2], segments[segment, 2:] - segments[segment, :2]
    size = np.hypot(way[:, 0], way[:, 1])
    along = ((points[point] - start) * way).sum(axis=1) / size**2
    is_beside = (rank[road[segment]] < rank[of[point]]) & (along > 0) & (along < 1)
    is_beside &= np.abs((way * ways[point]).sum(axis=1)) >= ALIKE * size
    hit = np.bincount(of[np.unique(point[is_beside])], minlength=len(roads))
    return is_path & (hit >= BESIDE_SHARE * np.maximum(1, np.bincount(of, minlength=len(roads))))


def _segments(lines: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    parts, row = shapely.get_parts(lines, return_index=True)
    is_line = shapely.get_type_id(parts) == 1
    xy, part = shapely.get_coordinates(parts[is_line], return_index=True)
    inner = (part[1:] == part[:-1]) & (xy[1:] != xy[:-1]).any(axis=1)
    return np.column_stack([xy[:-1][inner], xy[1:][inner]]), row[is_line][part[:-1][inner]]


def _sampled(segments: np.ndarray, road: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return points along segments, the direction there, and the row of the road."""
    way = segments[:, 2:] - segments[:, :2]
    size = np.hypot(way[:, 0], way[:, 1])
    n = np.maximum(1, np.round(size / SAMPLE_M)).astype(np.int64)
    of = np.repeat(np.arange(len(segments)), n)
    share = (np.arange(len(of)) - np.repeat(np.cumsum(n) - n, n) + 0.5) / n[of]
    return segments[of, :2] + way[of] * share[:, None], (way / np.maximum(size, 1e-12)[:, None])[of], road[of]
