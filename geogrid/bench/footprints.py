"""Footprints and enclosures of the villages, to cut cells on: every house a rectangle, some with a wing, some attached; lanes, roads and the river.

| q2 lane lane | q3 |      Tiles are bounded by roads, their quadrants by a lane from south to north and by the river (or a road) between the
|~~~~~~~~~~~~~~~~~~~|      banks; in a quadrant every fourth lane of its hamlet runs from side to side. What these lines close is an enclosure.
| q0 lane lane | q1 |
"""

from __future__ import annotations

import numpy as np
import shapely

from geogrid.bench.hamlets import DEPTH_M, LANE_M, TILE_M, Houses, houses

HOUSEHOLDS_PER_HOUSE = 1.4
EDGE_M = np.array([-80.0, -35.0])  # the roads round a tile run so far from its corner
MIDDLE_M = np.array([370.0, 415.0])  # the lane between west and east, the river between the banks
LANE_EVERY = 4
RIVER_STEP_M, RIVER_SWING_M = 30.0, 12.0
ATTACHED_SHARE, WING_SHARE = 0.3, 0.3


def village_footprints(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return (footprints (n,), enclosures): Polygons in metres on the 1 mm grid; the enclosures are a noded coverage."""
    town = houses(max(20, round(n * HOUSEHOLDS_PER_HOUSE)), seed)
    if len(town.tile) < n:
        town = houses(round(n * HOUSEHOLDS_PER_HOUSE * 1.1), seed)
    return _footprints(town, np.random.default_rng([seed, 3]))[:n], _enclosures(town)


def _footprints(town: Houses, rng: np.random.Generator) -> np.ndarray:
    """Return one polygon per house: its full plot wide where attached, else narrower; an L where it has a wing."""
    n = len(town.tile)
    half = (town.x1 - town.x0) / 2 * np.where(rng.random(n) < ATTACHED_SHARE, 1.0, rng.uniform(0.7, 0.92, n))
    deep, wing = rng.uniform(4.0, 5.5, n), np.where(rng.random(n) < WING_SHARE, rng.uniform(2.5, 3.5, n), 0.0)
    east = np.column_stack([-half, half, half, half - 3.5, half - 3.5, -half])
    north = np.column_stack([-deep, -deep, deep + wing, deep + wing, deep, deep])
    cos, sin = np.cos(town.turn)[:, None], np.sin(town.turn)[:, None]
    ring = np.stack([east * cos - north * sin, east * sin + north * cos], axis=2) + town.centre[:, None, :]
    return shapely.normalize(shapely.remove_repeated_points(shapely.polygons(np.round(ring, 3))))


def _enclosures(town: Houses) -> np.ndarray:
    """Return the faces between all lines, noded once on the 1 mm grid."""
    side = int(np.ceil(np.sqrt(town.tile.max() + 1)))
    tiles = np.unique(town.tile)
    corner = np.column_stack([tiles % side, tiles // side]) * TILE_M
    river = town.river[np.searchsorted(town.tile, tiles)]
    lines = np.concatenate([_bounds(corner), _between(corner, river), _lanes(town, corner, np.searchsorted(tiles, town.tile))])
    noded = shapely.get_parts(shapely.union_all(lines, grid_size=0.001))
    return shapely.normalize(shapely.get_parts(shapely.polygonize(noded)))


def _bounds(corner: np.ndarray) -> np.ndarray:
    low = corner + EDGE_M
    return shapely.boundary(shapely.box(low[:, 0], low[:, 1], low[:, 0] + TILE_M, low[:, 1] + TILE_M))


def _between(corner: np.ndarray, river: np.ndarray) -> np.ndarray:
    """Return the lane and the river or road of each tile; rivers swing, and stand still where they leave a tile."""
    along = np.linspace(0.0, TILE_M, round(TILE_M / RIVER_STEP_M) + 1)
    swing = RIVER_SWING_M * np.sin(along / TILE_M * 6 * np.pi)
    swing[[0, -1]] = 0.0
    x = (corner[:, :1] + EDGE_M[0]) + along
    y = (corner[:, 1:] + MIDDLE_M[1]) + river[:, None] * swing
    across = shapely.linestrings(np.stack([x, y], axis=2))
    x, y = np.broadcast_to(corner[:, :1] + MIDDLE_M[0], x.shape), (corner[:, 1:] + EDGE_M[1]) + along
    return np.concatenate([across, shapely.linestrings(np.stack([x, y], axis=2))])


def _lanes(town: Houses, corner: np.ndarray, tile: np.ndarray) -> np.ndarray:
    """Return every fourth lane of each hamlet, as far as its quadrant reaches."""
    _, first, hamlet = np.unique(town.hamlet, return_index=True, return_inverse=True)
    rows = np.zeros(len(first), np.int64)
    np.maximum.at(rows, hamlet, town.row)
    out = []
    for h, house in enumerate(first.tolist()):
        turn, at = town.turn[house], corner[tile[house]]
        east = town.centre[house, 0] > at[0] + MIDDLE_M[0]
        low = at + np.where([east, town.bank[house] == 1], MIDDLE_M, EDGE_M)
        high = at + np.where([east, town.bank[house] == 1], EDGE_M + TILE_M, MIDDLE_M)
        quadrant = shapely.box(*low, *high)
        way, step = np.array([np.cos(turn), np.sin(turn)]), np.array([-np.sin(turn), np.cos(turn)])
        for row in range(LANE_EVERY - 1, int(rows[h]), LANE_EVERY):
            middle = town.centre[house] + step * (row + 0.5) * (DEPTH_M + LANE_M)
            line = shapely.LineString([middle - way * 2 * TILE_M, middle + way * 2 * TILE_M])
            out.append(shapely.intersection(line, quadrant))
    return np.array(out, dtype=object)
