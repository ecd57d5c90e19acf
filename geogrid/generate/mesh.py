"""The cells as a graph: neighbours by shared border, and what a border crosses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import shapely
from scipy.sparse import csr_matrix

from geogrid.adjacency import contiguity, crossings
from geogrid.edges import shared_edges
from geogrid.plan import Base

ROAD, MAIN, HARD = 1, 2, 3
"""Rank of a border along a road, a main road (or under a bridge), and rail, water or a wall: nobody walks across."""
AREA_UNIT_M2 = 100.0
COST = np.array([1.0, 2.0, 9.0, 30.0])
"""How much dearer it is to join two cells over nothing, a road, a main road, and a hard barrier."""


@dataclass(frozen=True, eq=False)
class Mesh:
    """Arrays over the cells of a base (c,) and their borders (m,).

    `xy` (c, 2) and `area_m2` (c,) of the cells; `households` (c,); `enclosure` (c,); `water` bool (c,);
    `compound` (c,): number of the residential compound (小区) a cell lies in, or -1; `built` bool (c,): a building without homes stands on it.
    `a`, `b` (m,) rows of cells with a<b, `length_m` and `rank` (m,) of the border between them.
    """

    xy: np.ndarray
    area_m2: np.ndarray
    households: np.ndarray
    enclosure: np.ndarray
    water: np.ndarray
    a: np.ndarray
    b: np.ndarray
    length_m: np.ndarray
    rank: np.ndarray
    compound: np.ndarray | None = None
    built: np.ndarray | None = None

    def by_area(self) -> Mesh:
        """Return the mesh of a district that is shared out by land: each dry cell weighs its area, in units of 100 m² (1 at least)."""
        return replace(self, households=np.where(self.water, 0, np.maximum(np.rint(self.area_m2 / AREA_UNIT_M2), 1)).astype(np.int64))

    def graph(self, edges: np.ndarray, weight: np.ndarray | None = None) -> csr_matrix:
        """Return the symmetric matrix of the chosen borders (bool (m,)) with `weight` (m,), or ones."""
        a, b = self.a[edges], self.b[edges]
        w = np.ones(len(a)) if weight is None else weight[edges]
        n = len(self.xy)
        return csr_matrix((np.r_[w, w], (np.r_[a, b], np.r_[b, a])), shape=(n, n))

    @property
    def walk_m(self) -> np.ndarray:
        """Cost of each border: metres between its cells' points times what it crosses, float (m,)."""
        gap = self.xy[self.a] - self.xy[self.b]
        return (np.hypot(gap[:, 0], gap[:, 1]) + 1.0) * COST[self.rank]


def make_mesh(base: Base, points: np.ndarray, barriers: Mapping[str, np.ndarray], water: np.ndarray, compounds: np.ndarray | None = None) -> Mesh:
    """Make the mesh of a base. `points` (c, 2): where a cell's people live (its entrance or house), NaN for land; `water`, `compounds`: polygons."""
    geometry = base.cells.geometry.to_numpy()
    inside = shapely.point_on_surface(geometry)
    xy = np.where(np.isnan(points), shapely.get_coordinates(inside), points)
    edges = shared_edges(geometry)
    pairs = contiguity(geometry, edges=edges)
    rank = crossings(geometry, pairs, barriers, edges=edges)
    wet = np.zeros(len(geometry), dtype=bool)
    if len(water):
        wet[np.unique(shapely.STRtree(inside).query(water, predicate="intersects")[1])] = True
    households = np.bincount(base.cell_position, base.atoms["households"], minlength=len(geometry)).astype(np.int64)
    wet &= households == 0
    return Mesh(
        xy, shapely.area(geometry), households, base.cells["enclosure"].to_numpy(), wet,
        pairs["a"].to_numpy(), pairs["b"].to_numpy(), pairs["length_m"].to_numpy(), rank.astype(np.int64),
        _rows_of(compounds, xy), (base.cells["kind"] == "building").to_numpy(),
    )  # fmt: skip


def _rows_of(polygons: np.ndarray | None, xy: np.ndarray) -> np.ndarray:
    """Row of the polygon that holds each point (the last of several), -1 outside all, int (c,)."""
    out = np.full(len(xy), -1)
    if polygons is not None and len(polygons):
        row, hit = shapely.STRtree(shapely.points(xy)).query(polygons, predicate="intersects")
        np.maximum.at(out, hit, row)
    return out


def home_points(footprints: np.ndarray, entrances: np.ndarray) -> np.ndarray:
    """Point where a cell's people live, (c, 2), NaN for land: its entrance (point (c,) or None), else an inner point of its building's footprint."""
    inner = shapely.point_on_surface(footprints)
    spot = np.where(shapely.is_missing(entrances), inner, entrances)
    return np.column_stack([shapely.get_x(spot), shapely.get_y(spot)])
