"""The walking network: roads and footpaths as straight edges between nodes, joined where a person can step from one to the other.

Lines of one level (`layer`, `bridge`, `tunnel` alike) meet wherever they touch or cross; lines of different levels meet where they share a vertex,
so that a bridge joins the road at its ends and not the road below it. An end that nearly touches another line is joined to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from geogrid.noding import node

JOIN_M = 0.01  # coordinates are set on a grid so wide; lines nearer to each other than that meet
GAP_M = 1.0  # a line that ends so near to another was meant to meet it
ISLAND_M = 200.0  # paths that join no other, shorter than this altogether, lead nowhere and are left out
NOT_WALKED = ("motorway", "motorway_link", "proposed", "construction", "raceway", "高速公路")
LEVEL_COLUMNS = ("layer", "bridge", "tunnel")


@dataclass(frozen=True, eq=False)
class Network:
    """Undirected edges, each straight. `xy` (n, 2) metres; `a`, `b` node of each end, int (m,), a before b in order of x, y; `length_m` (m,).

    `islands` counts the pieces that were left out as they join no other, `islands_m` is their length. Edges stand in the order of their ends:
    rows of the roads frame in any order give the same network.
    """

    xy: np.ndarray
    a: np.ndarray
    b: np.ndarray
    length_m: np.ndarray
    islands: int = 0
    islands_m: float = 0.0

    def __len__(self) -> int:
        return len(self.a)

    @classmethod
    def of(cls, roads: gpd.GeoDataFrame | None) -> Network:
        """Return the network of a roads frame (lines, metres; columns `class`, `layer`, `bridge`, `tunnel` where known); an empty one of None."""
        segments = np.empty((0, 4)) if roads is None else _noded(roads[_is_walked(roads)])
        return _without_islands(_with_ends_joined(_joined(segments)))

    @cached_property
    def segments(self) -> np.ndarray:
        """Ends of each edge, float (m, 4): x y of a, x y of b."""
        return np.column_stack([self.xy[self.a], self.xy[self.b]])

    @cached_property
    def neighbours(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """CSR: start of each node's part (n + 1,), neighbour and metres of each step, int and float (2 m,)."""
        start, end = np.concatenate([self.a, self.b]), np.concatenate([self.b, self.a])
        order = np.lexsort((end, start))
        pointer = np.searchsorted(start[order], np.arange(len(self.xy) + 1))
        return pointer, end[order], np.concatenate([self.length_m, self.length_m])[order]

    @cached_property
    def tree(self) -> shapely.STRtree:
        """Index of the edges."""
        return shapely.STRtree(shapely.linestrings(self.segments.reshape(-1, 2, 2)))


def _is_walked(roads: gpd.GeoDataFrame) -> np.ndarray:
    geometry = roads.geometry.to_numpy()
    is_line = np.isin(shapely.get_type_id(geometry), [1, 2, 5]) & ~shapely.is_empty(geometry)
    return is_line & ~np.isin(roads["class"].astype(str), NOT_WALKED) if "class" in roads else is_line


def _noded(roads: gpd.GeoDataFrame) -> np.ndarray:
    """Segments (m, 4) of the lines, cut where those of one level meet."""
    level = _levels(roads)
    lines, row = shapely.get_parts(shapely.force_2d(roads.geometry.to_numpy()), return_index=True)
    lines = shapely.linestrings(shapely.get_coordinates(lines), indices=shapely.get_coordinates(lines, return_index=True)[1]) if len(lines) else lines
    parts = [node(lines[level[row] == one], grid_m=JOIN_M) for one in np.unique(level)]
    xy, line = shapely.get_coordinates(np.concatenate(parts), return_index=True) if parts else (np.empty((0, 2)), np.empty(0, int))
    xy = np.round(xy / JOIN_M) * JOIN_M
    inner = line[1:] == line[:-1]
    return np.column_stack([xy[:-1][inner], xy[1:][inner]])


def _levels(roads: gpd.GeoDataFrame) -> np.ndarray:
    """A number for each road, the same for those of one level."""
    known = [name for name in LEVEL_COLUMNS if name in roads]
    values = pd.DataFrame({name: pd.to_numeric(roads[name], errors="coerce").fillna(0).astype(float) for name in known}, index=roads.index)
    return values.groupby(known).ngroup().to_numpy() if known else np.zeros(len(roads), dtype=int)


def _joined(segments: np.ndarray) -> Network:
    """Number the ends of segments; an edge that occurs twice stands once, one without length not at all."""
    xy, number = np.unique(segments.reshape(-1, 2), axis=0, return_inverse=True)
    ends = np.sort(number.reshape(-1, 2), axis=1)
    ends = np.unique(ends[ends[:, 0] != ends[:, 1]], axis=0)
    return Network(xy, ends[:, 0], ends[:, 1], np.hypot(*(xy[ends[:, 1]] - xy[ends[:, 0]]).T))


def _with_ends_joined(network: Network) -> Network:
    """Join each dead end to the nearest other edge within `GAP_M`, by a short edge to its foot there."""
    if not len(network):
        return network
    degree = np.bincount(np.concatenate([network.a, network.b]))
    ends = np.flatnonzero(degree == 1)
    row, edge = network.tree.query(shapely.points(network.xy[ends]), predicate="dwithin", distance=GAP_M)
    end = ends[row]
    is_other = (network.a[edge] != end) & (network.b[edge] != end)
    end, edge = end[is_other], edge[is_other]
    along, foot = foot_on(network, edge, network.xy[end])
    order = np.lexsort((edge, np.hypot(*(network.xy[end] - foot).T), end))
    first = order[np.unique(end[order], return_index=True)[1]]
    end, edge, along, foot = end[first], edge[first], along[first], np.round(foot[first] / JOIN_M) * JOIN_M
    cut = np.unique(edge)
    row = np.concatenate([cut, edge, cut])
    where = np.concatenate([np.full(len(cut), -1.0), along, np.full(len(cut), np.inf)])
    xy = np.concatenate([network.xy[network.a[cut]], foot, network.xy[network.b[cut]]])
    order = np.lexsort((where, row))
    row, xy = row[order], xy[order]
    inner = row[1:] == row[:-1]
    parts = np.column_stack([xy[:-1][inner], xy[1:][inner]])
    kept = np.delete(network.segments, cut, axis=0)
    return _joined(np.concatenate([kept, parts, np.column_stack([network.xy[end], foot])]))


def foot_on(network: Network, edge: np.ndarray, xy: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where on an edge each place is nearest to it: metres from its end a, float (n,), and the point, float (n, 2)."""
    start = network.xy[network.a[edge]]
    way = network.xy[network.b[edge]] - start
    length = network.length_m[edge]
    along = np.clip(((xy - start) * way).sum(axis=1) / length, 0.0, length)
    return along, start + way * (along / length)[:, None]


def _without_islands(network: Network) -> Network:
    """Leave out short pieces that join no other; the longest piece stays however short."""
    if not len(network):
        return network
    n = len(network.xy)
    _, piece = connected_components(coo_matrix((np.ones(len(network)), (network.a, network.b)), shape=(n, n)), directed=False)
    length = np.bincount(piece[network.a], network.length_m, minlength=piece.max() + 1)
    held = np.unique(piece[network.a])
    short = held[(length[held] < ISLAND_M) & (length[held] < length.max())]
    if not len(short):
        return network
    kept = ~np.isin(piece[network.a], short)
    nodes, number = np.unique(np.concatenate([network.a[kept], network.b[kept]]), return_inverse=True)
    a, b = number.reshape(2, -1)
    return Network(network.xy[nodes], a, b, network.length_m[kept], len(short), float(length[short].sum()))
