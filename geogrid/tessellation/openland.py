"""Open land: a lattice of points, far from every wall, each of which gets a cell of its own.

Fields, parks and hills become near-squares that barriers cut; a house in a field keeps the land round it and no more.
The lattice stands on whole multiples of its step, so that what is built here moves no cell there.
"""

from __future__ import annotations

import numpy as np
import shapely

FROM_HOUSE = 0.5  # of the lattice's step: nearer to a footprint there is no point
FROM_RIM = 0.25  # nearer to the rim of the enclosure there is none: no cell becomes thinner than that


def lattice_points(enclosures: np.ndarray, shapes: np.ndarray, step_m: float, whole: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the points (p, 2) of the lattice on open land, and the enclosure of each, ordered by enclosure, x and y.

    `shapes` are footprints to keep away from; enclosures marked `whole` (e,) (water) are not divided; nor is one that would get a single
    cell anyway, for want of another point or building.
    """
    wide = np.flatnonzero(~whole & (shapely.area(enclosures) > (2 * FROM_RIM * step_m) ** 2)) if step_m > 0 else np.zeros(0, int)
    points, home = _inside(enclosures, wide, step_m)
    if not len(points):
        return np.zeros((0, 2)), np.zeros(0, int)
    spots = shapely.points(points)
    rims = shapely.boundary(enclosures)
    shapely.prepare(rims)
    clear = ~shapely.dwithin(rims[home], spots, FROM_RIM * step_m)
    if len(shapes):
        clear[shapely.STRtree(spots).query(shapes, predicate="dwithin", distance=FROM_HOUSE * step_m)[1]] = False
    return points[clear], home[clear]


def _inside(enclosures: np.ndarray, rows: np.ndarray, step_m: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the lattice points in the enclosures of the given rows, by enclosure, x and y."""
    low, high = np.ceil(shapely.bounds(enclosures[rows])[:, :2] / step_m), np.floor(shapely.bounds(enclosures[rows])[:, 2:] / step_m)
    size = np.maximum(high - low + 1, 0).astype(np.int64)
    count = size[:, 0] * size[:, 1]
    at = np.repeat(np.arange(len(rows)), count)
    k = np.arange(len(at)) - np.repeat(np.cumsum(count) - count, count)
    points = (low[at] + np.stack([k // np.maximum(size[at, 1], 1), k % np.maximum(size[at, 1], 1)], axis=1)) * step_m
    shapely.prepare(enclosures[rows])
    held = shapely.contains_xy(enclosures[rows[at]], *points.T) if len(at) else np.zeros(0, bool)
    return points[held], rows[at[held]]
