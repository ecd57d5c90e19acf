"""Sites for the tessellation: points just inside the outlines of footprints, closer together where another building is near.

    +-------------+   The points stand a little inside (`shrink_m`), so that two buildings with a common wall
    | .  .  .  .  |   get the wall as border; a wide gap needs few points, a common wall many, else the
    | .         . |   border would zigzag through the rooms.
    +-------------+
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

NEAR_M = 4.0  # a gap from which on the plain spacing does no harm
FINEST_M = 1.0  # spacing along a common wall


@dataclass(frozen=True)
class Walls:
    """Edges of footprints: `start`, `end` (m, 2) metres, inside on the left; `owner` (m,) row of the footprint; `inset_m` (m,)."""

    start: np.ndarray
    end: np.ndarray
    owner: np.ndarray
    inset_m: np.ndarray


def sample_outlines(footprints: np.ndarray, *, spacing_m: float, shrink_m: float) -> tuple[np.ndarray, np.ndarray]:
    """Return points (s, 2) inside the outlines of (Multi)Polygons, at most `spacing_m` apart, and the footprint row of each."""
    walls = _walls(footprints, shrink_m)
    step = _steps(walls, footprints, spacing_m)
    return _points(walls, step)


def _walls(footprints: np.ndarray, shrink_m: float) -> Walls:
    parts, part_owner = shapely.get_parts(footprints, return_index=True)
    parts = shapely.orient_polygons(parts)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    edge = np.flatnonzero((ring[1:] == ring[:-1]) & (xy[1:] != xy[:-1]).any(axis=1))
    part = ring_part[ring[edge]]
    # of a square a quarter side, of a long strip half its width is area / perimeter: 0.8 of it never reaches the middle
    inset = np.minimum(shrink_m, 0.8 * shapely.area(parts) / shapely.length(parts))
    return Walls(xy[edge], xy[edge + 1], part_owner[part], inset[part])


def _steps(walls: Walls, footprints: np.ndarray, spacing_m: float) -> np.ndarray:
    """Return the spacing along each wall, by its distance to the nearest other footprint."""
    gap = np.full(len(walls.owner), NEAR_M)
    near, other = _near_pairs(walls, footprints)
    lines = shapely.linestrings(np.stack([walls.start[near], walls.end[near]], axis=1))
    np.minimum.at(gap, near, shapely.distance(lines, footprints[other]))
    # two rows of points 2h apart, shifted by half a step s, make a border that swings by s²/16h: keep that within the gap, but for 15 cm
    half = walls.inset_m + gap / 2
    fine = np.sqrt(16 * half * np.maximum(gap / 2, 0.05))
    return np.where(gap < NEAR_M, np.clip(fine, min(FINEST_M, spacing_m), spacing_m), spacing_m)


def _near_pairs(walls: Walls, footprints: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (wall, footprint) pairs whose boxes come within NEAR_M of each other, the wall's own footprint left out."""
    box = shapely.bounds(footprints)
    grown = shapely.box(*(box + np.array([-NEAR_M, -NEAR_M, NEAR_M, NEAR_M])).T)
    a, b = shapely.STRtree(footprints).query(grown)
    a, b = a[a != b], b[a != b]
    first = np.searchsorted(walls.owner, np.arange(len(footprints) + 1))
    count = first[a + 1] - first[a]
    wall = np.repeat(first[a] - np.cumsum(count) + count, count) + np.arange(count.sum())
    other = np.repeat(b, count)
    low, high = np.minimum(walls.start[wall], walls.end[wall]) - NEAR_M, np.maximum(walls.start[wall], walls.end[wall]) + NEAR_M
    hit = (low <= box[other, 2:]).all(axis=1) & (high >= box[other, :2]).all(axis=1)
    return wall[hit], other[hit]


def _points(walls: Walls, step: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Spread points evenly along each wall, moved inwards; the first and the last stand one inset from the corners."""
    along = walls.end - walls.start
    length = np.hypot(*along.T)
    unit = along / length[:, None]
    free = np.maximum(length - 2 * walls.inset_m, 0)
    intervals = np.ceil(free / step).astype(int)
    wall = np.repeat(np.arange(len(length)), intervals + 1)
    rank = np.arange(len(wall)) - np.repeat(np.cumsum(intervals + 1) - intervals - 1, intervals + 1)
    at = length[wall] / 2 + free[wall] * (rank / np.maximum(intervals[wall], 1) - np.where(intervals[wall] > 0, 0.5, 0))
    inward = np.stack([-unit[:, 1], unit[:, 0]], axis=1)
    return walls.start[wall] + unit[wall] * at[:, None] + inward[wall] * walls.inset_m[wall][:, None], walls.owner[wall]
