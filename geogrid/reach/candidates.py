"""Where a new station might stand when nobody says: street corners near homes that have none, spread out; without streets, points of a grid."""

from __future__ import annotations

import numpy as np
import shapely
from scipy.spatial import cKDTree
from shapely.geometry.base import BaseGeometry

from geogrid.reach.network import Network

MOST = 400
HALVINGS = 4  # candidates stand a walk apart, so that all homes are near one, then half a walk …; an eighth of it reaches nearly the same homes
CELLS = 8  # squares in a radius, in which homes near a corner are counted


def candidates_for(
    homes: np.ndarray, weight: np.ndarray, radius_m: float, spots: np.ndarray | None, district: BaseGeometry, *, most: int = MOST
) -> np.ndarray:
    """Return up to `most` places (c, 2) in the district, the one with most `weight` (n,) of `homes` (n, 2) near it first.

    `spots` (s, 2) are the places to take from; None: where walks are straight, a grid round the homes serves. The same input gives the same places,
    whatever the order of its rows.
    """
    if not len(homes):
        return np.empty((0, 2))
    spots = _grid(homes, radius_m / 4) if spots is None else spots
    spots = spots[shapely.intersects(district, shapely.points(spots))]
    near = _weight_near(spots, homes, weight, radius_m)
    order = np.lexsort((spots[:, 1], spots[:, 0], -near))
    return _spread(spots[order][near[order] > 0], radius_m, most)


def corners(network: Network) -> np.ndarray:
    """Return the places (c, 2) where three or more edges meet; of a network without, all its nodes."""
    degree = np.bincount(np.r_[network.a, network.b], minlength=len(network.xy))
    return network.xy[degree >= 3] if (degree >= 3).any() else network.xy


def _grid(homes: np.ndarray, step_m: float) -> np.ndarray:
    """Middles of the squares that hold homes."""
    return (np.unique(np.floor(homes / step_m), axis=0) + 0.5) * step_m


def _weight_near(spots: np.ndarray, homes: np.ndarray, weight: np.ndarray, radius_m: float) -> np.ndarray:
    """Weight of the homes in the square of squares round each spot that is about as large as the disc of the radius."""
    step = radius_m / CELLS
    reach = round(CELLS * np.sqrt(np.pi) / 2)
    low = np.floor(homes / step).min(axis=0).astype(int) - 1
    column, row = (np.floor(homes / step).astype(int) - low).T
    sums = np.zeros((column.max() + 2, row.max() + 2))
    np.add.at(sums, (column + 1, row + 1), weight)
    sums = sums.cumsum(axis=0).cumsum(axis=1)
    at = np.floor(spots / step).astype(int) - low
    first = np.clip(at - reach, 0, np.array(sums.shape) - 1)
    last = np.clip(at + reach + 1, 0, np.array(sums.shape) - 1)
    return sums[last[:, 0], last[:, 1]] - sums[first[:, 0], last[:, 1]] - sums[last[:, 0], first[:, 1]] + sums[first[:, 0], first[:, 1]]


def _spread(spots: np.ndarray, apart_m: float, most: int) -> np.ndarray:
    """Take spots in their order, none nearer than `apart_m` to one taken before; then, while they are fewer than `most`, at half that, and so on."""
    if not len(spots):
        return spots
    tree, taken = cKDTree(spots), []
    for near_m in apart_m / 2.0 ** np.arange(HALVINGS):
        is_open = np.ones(len(spots), dtype=bool)
        is_open[_near(tree, spots[taken], near_m)] = False
        for i in range(len(spots)):
            if is_open[i] and len(taken) < most:
                taken.append(i)
                is_open[tree.query_ball_point(spots[i], near_m)] = False
    return spots[np.sort(taken)]


def _near(tree: cKDTree, spots: np.ndarray, near_m: float) -> np.ndarray:
    found = tree.query_ball_point(spots, near_m) if len(spots) else []
    return np.concatenate([np.asarray(rows, dtype=np.int64) for rows in found]) if len(found) else np.empty(0, np.int64)
