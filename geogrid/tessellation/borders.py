"""Given borders keep their own coordinates: vertices of cells along them go from the 1 mm grid back to where the office drew them.

    cells on the grid -> united by the given polygons that they lie in -> vertices of these outlines
    -> the given vertex within reach, else the nearest place of a given edge -> cells that this would break stay on the grid

A grid step moves a border by a fifth of a millimetre on average: little, but three millionths of the area of a grid unit of 300 m, and no longer
the line that somebody signed. All cells round a vertex move alike, so a coverage stays one.
"""

from __future__ import annotations

import numpy as np
import shapely
from scipy.spatial import KDTree

REACH_M = 0.0015  # lines are set on the grid twice, 0.71 mm at most each time
ROUNDS = 6


def claims_of(polygons: np.ndarray, cells: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return pairs (cell, polygon), sorted, of the given polygons that hold an inner point of each cell."""
    claim, cell = shapely.STRtree(shapely.point_on_surface(cells)).query(polygons, predicate="intersects")
    order = np.lexsort((claim, cell))
    return cell[order], claim[order]


def follow_borders(cells: np.ndarray, enclosure: np.ndarray, enclosures: np.ndarray, polygons: np.ndarray) -> np.ndarray:
    """Return the cells (a coverage on the grid, metres) with the vertices on the borders of given polygons moved onto them, by REACH_M at most.

    `enclosure` (c,): the row in `enclosures` (Polygons that the borders cut, (e,)) of each cell.
    """
    if not len(polygons) or not len(cells):
        return cells
    points = _border_points(cells, _groups(enclosures, polygons)[enclosure])
    places = _places(points, polygons)
    moved = (places != points).any(axis=1)
    return _moved(cells, points[moved], places[moved])


def _groups(enclosures: np.ndarray, polygons: np.ndarray) -> np.ndarray:
    """Number the sets of given polygons that enclosures lie in, int (e,); -1 outside all."""
    area, claim = claims_of(polygons, enclosures)
    held: dict[int, list[int]] = {}
    for i, row in zip(area.tolist(), claim.tolist(), strict=True):
        held.setdefault(i, []).append(row)
    numbers: dict[tuple[int, ...], int] = {}
    out = np.full(len(enclosures), -1)
    for i, rows in held.items():
        out[i] = numbers.setdefault(tuple(rows), len(numbers))
    return out


def _border_points(cells: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Return the vertices (p, 2) between cells of different groups and at their rim, ordered; cells of group -1 have none of their own."""
    order = np.argsort(group, kind="stable")
    held = order[group[order] >= 0]
    parts = np.split(held, np.flatnonzero(np.diff(group[held])) + 1)
    return np.unique(shapely.get_coordinates([shapely.coverage_union_all(cells[rows]) for rows in parts]), axis=0)


def _places(points: np.ndarray, polygons: np.ndarray) -> np.ndarray:
    """Return for each point (p, 2) where it belongs: a given vertex, which takes the nearest point only, a place on a given edge, or where it is."""
    corners = np.unique(shapely.get_coordinates(polygons), axis=0)
    far, corner = KDTree(corners).query(points, distance_upper_bound=REACH_M)
    out = points.copy()
    order = np.lexsort((np.arange(len(points)), far, corner))
    order = order[far[order] <= REACH_M]
    taker = order[np.r_[True, corner[order][1:] != corner[order][:-1]]] if len(order) else order
    out[taker] = corners[corner[taker]]
    rest = np.setdiff1d(np.arange(len(points)), taker)
    out[rest] = _on_edges(points[rest], polygons)
    return out


def _on_edges(points: np.ndarray, polygons: np.ndarray) -> np.ndarray:
    """Return the nearest place on an edge of the polygons, where one is within reach, else the point."""
    rings = shapely.get_rings(shapely.get_parts(polygons))
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    inside = ring[1:] == ring[:-1]
    ends = np.unique(np.sort(np.stack([xy[:-1][inside] @ [1, 1j], xy[1:][inside] @ [1, 1j]], axis=1), axis=1), axis=0)
    edges = shapely.linestrings(np.stack([ends.real, ends.imag], axis=2))
    row, edge = shapely.STRtree(edges).query_nearest(shapely.points(points), max_distance=REACH_M, all_matches=True)
    order = np.lexsort((edge, row))
    row, edge = row[order], edge[order]
    first = np.r_[True, row[1:] != row[:-1]][: len(row)]
    row, edge = row[first], edge[first]
    a, b = ends[edge, 0], ends[edge, 1]
    here = points[row] @ [1, 1j]
    share = np.clip(((here - a) * (b - a).conj()).real / np.maximum(np.abs(b - a) ** 2, 1e-30), 0, 1)
    place = a + share * (b - a)
    out = points.copy()
    out[row] = np.stack([place.real, place.imag], axis=1)
    return out


def _moved(cells: np.ndarray, points: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Move vertices from points to places; those of a cell that would be broken stay, until none is."""
    around = _cells_at(cells, points)
    xy, owner = shapely.get_coordinates(cells[around], return_index=True)
    at = _rows_of(xy, points)
    stays = np.zeros(len(points) + 1, dtype=bool)
    stays[-1] = True  # of vertices that are on no border
    for _ in range(ROUNDS):
        placed = np.where(stays[at][:, None], xy, np.append(places, [[0.0, 0.0]], axis=0)[at])
        made = shapely.set_coordinates(cells[around], placed)
        broken = np.flatnonzero(~shapely.is_valid(made))
        if not len(broken):
            broken = np.flatnonzero(~shapely.is_empty(shapely.coverage_invalid_edges(made)))
        if not len(broken):
            out = cells.copy()
            out[around] = made
            return out
        stays[at[np.isin(owner, broken)]] = True
    return cells


def _cells_at(cells: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Return the rows, ordered, of the cells that an edge with one of the vertices `points` can meet when that is moved."""
    tree = shapely.STRtree(cells)
    near = np.unique(tree.query(shapely.points(points))[1])
    xy, owner = shapely.get_coordinates(cells[near], return_index=True)
    on = _rows_of(xy, points) >= 0
    edge = np.flatnonzero((owner[1:] == owner[:-1]) & (on[1:] | on[:-1]))
    low, high = np.minimum(xy[edge], xy[edge + 1]) - REACH_M, np.maximum(xy[edge], xy[edge + 1]) + REACH_M
    return np.unique(tree.query(shapely.box(low[:, 0], low[:, 1], high[:, 0], high[:, 1]))[1])


def _rows_of(xy: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Return the row among `points` (sorted by x, then y) of each vertex, int; -1 where it is none of them."""
    key, keys = xy @ [1, 1j], points @ [1, 1j]
    if not len(keys):
        return np.full(len(key), -1)
    row = np.minimum(np.searchsorted(keys, key), len(keys) - 1)
    return np.where(keys[row] == key, row, -1)
