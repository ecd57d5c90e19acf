"""Sites for the tessellation: points just inside the outlines of footprints, closer together where another building is near.

    +-------+-------+   Points stand a little inside, and on a common lattice: two walls that face each other are cut by the
    | .   . | .   . |   same lines across, so their points are mirror images and the border between them runs straight along
    +-------+-------+   the middle, however few the points are.

The lattice turns with the wall: its directions are the grain of the enclosure (the angle most of its walls share) and steps from it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from geogrid.tessellation.facing import face_walls

NEAR_M = 3.0  # a gap from which on the plain spacing does no harm
CLOSE_M = 1.0  # a gap below which two buildings keep the distance of the smaller from their border
PIECE_M = 12.0  # walls are looked at in pieces no longer than this: a long wall may have its neighbour at one end only
ROUNDS = 3  # facing walls take the finer of their spacings; so often, as a wall may face several
DIRECTIONS = 32  # of the lattice in half a turn
FINEST = 5  # a common wall of the smallest shed is sampled at most 2**5 times finer than a free one
SMALL_M = 1.5  # area / perimeter of a small or thin building (a shed of 6 m x 6 m): points no farther apart than this ratio keep its corners
MIRRORED_SHARE = 0.2  # walls that face walls of the same lattice only need no points closer than this ratio of area / perimeter
SQUARE_SHARE = 0.8  # the same for walls that follow that lattice, too
SQUARE_RAD = 0.003  # a wall at a smaller angle follows the lattice
SLANT_SHARE = 0.1  # the same for walls that face one of another direction
CORNER_RAD = 0.6  # an outline that turns by more has a corner
SWING_SHARE = 0.04  # how far the border may swing into a building, as a share of its area / perimeter


@dataclass(frozen=True)
class Walls:
    """Pieces of outlines: `start`, `end` (m, 2) metres, the building on their left; `owner` (m,) its row;
    `previous` (m,) the piece before it on its ring."""

    start: np.ndarray
    end: np.ndarray
    owner: np.ndarray
    previous: np.ndarray


def sample_outlines(footprints: np.ndarray, group: np.ndarray, *, spacing_m: float, shrink_m: float) -> tuple[np.ndarray, np.ndarray]:
    """Return points (s, 2) inside the outlines of (Multi)Polygons in metres, at most about `spacing_m` apart, and the row of each.

    `group` (n,): footprints of one group (enclosure) share a lattice. Every footprint with area has at least one point.
    """
    walls = _walls(footprints)
    if not len(walls.owner):
        return np.zeros((0, 2)), np.zeros(0, int)
    girth = shapely.area(footprints) / shapely.length(footprints)
    direction, lattice, square = _directions(walls, group[walls.owner])
    inset, step = _inset_and_step(walls, girth, lattice, square, spacing_m, shrink_m)
    wall, share = _lattice(walls, direction, step)
    along = walls.end - walls.start
    inward = np.stack([-along[:, 1], along[:, 0]], axis=1) / np.hypot(*along.T)[:, None]
    inner = walls.start[wall] + along[wall] * share[:, None] + inward[wall] * inset[wall, None]
    corner, corner_xy = _corners(walls, inset)
    return np.concatenate([inner, corner_xy]), walls.owner[np.concatenate([wall, corner])]


def _corners(walls: Walls, inset: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the walls that start at a corner, and a point of the building by it, as far from both walls as their points are.

    At a corner that the building leaves open (of a courtyard, of an L) the point lies across from that of the neighbour who fills it: without it
    the neighbour's would see deep into the building, between the points of the two walls.
    """
    along = walls.end - walls.start
    unit = along / np.hypot(*along.T)[:, None]
    before = unit[walls.previous]
    turn = np.arctan2(before[:, 0] * unit[:, 1] - before[:, 1] * unit[:, 0], (before * unit).sum(axis=1))
    at = np.flatnonzero(np.abs(turn) > CORNER_RAD)
    towards = (unit[at] - before[at]) * np.sign(turn[at])[:, None]
    towards /= np.hypot(*towards.T)[:, None]
    depth = np.minimum(inset[at], inset[walls.previous[at]]) * np.minimum(1 / np.cos(turn[at] / 2), 2)
    return at, walls.start[at] + towards * depth[:, None]


def _walls(footprints: np.ndarray) -> Walls:
    parts, owner = shapely.get_parts(footprints, return_index=True)
    parts = shapely.segmentize(shapely.orient_polygons(parts), PIECE_M)
    rings, part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    edge = np.flatnonzero((ring[1:] == ring[:-1]) & (xy[1:] != xy[:-1]).any(axis=1))
    of = ring[edge]
    previous = np.where(np.r_[True, of[1:] != of[:-1]][: len(of)], np.searchsorted(of, of, side="right"), np.arange(len(of))) - 1
    return Walls(xy[edge], xy[edge + 1], owner[part[of]], previous)


def _inset_and_step(
    walls: Walls, girth: np.ndarray, lattice: np.ndarray, square: np.ndarray, spacing_m: float, shrink_m: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return how far inside the points of each wall stand, and how far apart: by its gap to the nearest other footprint, and their sizes.

    `girth` is area / perimeter: a quarter side of a square, half the width of a strip; `lattice` the wall's direction. Points never reach
    the middle, and two buildings with a common wall keep the same distance from it, that of the smaller, and the same spacing.
    """
    facing = face_walls(walls.start, walls.end, walls.owner, girth[walls.owner], near_m=NEAR_M, close_m=CLOSE_M)
    gap, small = facing.gap, facing.least
    odd = np.zeros(len(gap), bool)
    turned = lattice[facing.a] != lattice[facing.b]
    odd[facing.a[turned]] = odd[facing.b[turned]] = True
    inset = np.minimum(shrink_m, 0.4 * small)
    # two rows of points 2h apart, shifted by half a step s, make a border that swings by s²/16h; the lattice mostly prevents the shift
    swing = np.maximum(gap / 2, SWING_SHARE * small)
    wanted = np.where(gap < NEAR_M, np.sqrt(16 * (inset + gap / 2) * swing), spacing_m)
    wanted = np.maximum(wanted, np.where(odd, SLANT_SHARE, np.where(square, SQUARE_SHARE, MIRRORED_SHARE)) * small)
    wanted = np.minimum(wanted, (girth * np.clip(girth / SMALL_M, 1, 2))[walls.owner])
    finer = np.ceil(np.log2(spacing_m / np.minimum(wanted, spacing_m)))
    finer = np.minimum(finer, FINEST)
    for _ in range(ROUNDS):
        mine = finer.copy()
        np.maximum.at(finer, facing.a, mine[facing.b])
        np.maximum.at(finer, facing.b, mine[facing.a])
    return inset, spacing_m / 2**finer


def _directions(walls: Walls, group: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the lattice direction (m, 2) of each wall, the grain of its group plus whole steps, its number, and whether the wall follows it."""
    along = walls.end - walls.start
    angle, length = np.arctan2(along[:, 1], along[:, 0]), np.hypot(*along.T)
    # four times the angle makes walls and cross walls agree; the mean of these is the grain
    grain = np.arctan2(np.bincount(group, length * np.sin(4 * angle)), np.bincount(group, length * np.cos(4 * angle)))[group] / 4
    step = np.pi / DIRECTIONS
    steps = np.round((angle - grain) / step)
    turned = grain + np.mod(steps, DIRECTIONS) * step
    square = np.abs(angle - grain - steps * step) < SQUARE_RAD
    return np.stack([np.cos(turned), np.sin(turned)], axis=1), np.mod(steps, DIRECTIONS).astype(np.int64), square


def _lattice(walls: Walls, direction: np.ndarray, step: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cut walls by the lattice lines across their direction; return wall and share of its length of each point.

    A wall longer than half a step that no line hits, and every wall of a building without any point, gets its middle.
    """
    t0, t1 = (walls.start * direction).sum(axis=1) / step, (walls.end * direction).sum(axis=1) / step
    first = np.ceil(np.minimum(t0, t1)).astype(np.int64)
    count = np.floor(np.maximum(t0, t1)).astype(np.int64) - first + 1
    bare = (count == 0) & (np.abs(t1 - t0) > 0.5)
    none = np.bincount(walls.owner, count + bare)[walls.owner] == 0
    wall = np.repeat(np.arange(len(count)), count)
    line = first[wall] + np.arange(len(wall)) - np.repeat(np.cumsum(count) - count, count)
    share = (line - t0[wall]) / (t1 - t0)[wall]
    middle = np.flatnonzero(bare | none)
    return np.concatenate([wall, middle]), np.concatenate([share, np.full(len(middle), 0.5)])
