"""Are stations in all five directions of where people live: east, south, west, north and the centre (覆盖东南西北中五个方位)?

The centre is the middle of homes, the point with the least sum of ways to all of them; its zone is the smallest disc that holds a fifth of the
households. Round it lie four quarters about the compass points. A quarter with less than 5 % of the households does not apply: the lake needs no
station. A station within 2° or 25 m of a border counts on both sides. This is the product's own definition; no standard gives one.

      \\  N  /
       \\ _ /
     W ( C ) E        borders run north-east, north-west, south-west and south-east
       / ‾ \\
      /  S  \\
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

ZONES = ("east", "south", "west", "north", "centre")
CENTRE_SHARE, LEAST_SHARE = 0.2, 0.05
NEAR_DEG, NEAR_M = 2.0, 25.0
_OUT = np.array([[1, 0], [0, -1], [-1, 0], [0, 1]])  # of east, south, west, north
STEPS = 1000


@dataclass(frozen=True)
class Zone:
    """One of the five: its households and their share, the rows of the stations in it, and whether a station is wanted there."""

    key: str
    households: float
    share: float
    stations: np.ndarray
    applies: bool

    @property
    def is_empty(self) -> bool:
        """Whether homes there want a station and there is none."""
        return self.applies and not len(self.stations)


@dataclass(frozen=True)
class Directions:
    """The middle of homes (x, y), the radius of the centre zone in metres, and the five zones in the order of `ZONES`."""

    x: float
    y: float
    radius_m: float
    zones: tuple[Zone, ...]


def directions(xy: np.ndarray, households: np.ndarray, station_xy: np.ndarray) -> Directions:
    """Sort homes at xy (n, 2), in metres, with `households` (n,), and stations (m, 2) into the five zones; no homes: no zone applies."""
    households = np.asarray(households, dtype=float)
    lived = households > 0
    homes, weight = np.asarray(xy, dtype=float).reshape(-1, 2)[lived], households[lived]
    middle = median(homes, weight)
    away, off = homes - middle, np.asarray(station_xy, dtype=float).reshape(-1, 2) - middle
    radius = _radius(np.hypot(*away.T), weight)
    inside = np.hypot(*away.T) <= radius
    held = [float(weight[zone].sum()) for zone in (*(_quarter(away, k) & ~inside for k in range(4)), inside)]
    total = float(weight.sum())
    near = [*(_is_near_quarter(off, k, radius) for k in range(4)), np.hypot(*off.T) <= radius + NEAR_M]
    zones = []
    for key, homes_held, stations in zip(ZONES, held, near, strict=True):
        share = homes_held / total if total else 0.0
        zones.append(Zone(key, homes_held, share, np.flatnonzero(stations), total > 0 and share >= LEAST_SHARE))
    return Directions(float(middle[0]), float(middle[1]), radius, tuple(zones))


def median(points: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return the point (2,) with the least weighted sum of distances to points (n, 2) (Weiszfeld; Vardi and Zhang 2000); NaN of none."""
    if not len(points):
        return np.full(2, np.nan)
    at = weight @ points / weight.sum()
    for _ in range(STEPS):
        before, away = at, points - at
        far = np.hypot(*away.T)
        on = far == 0
        pull = weight[~on] / far[~on]
        if not len(pull):
            break
        force = np.hypot(*(pull @ away[~on]))
        stay = min(1.0, float(weight[on].sum()) / force) if force > 0 else 1.0
        at = at + (1.0 - stay) * (pull @ away[~on]) / pull.sum()
        if np.hypot(*(at - before)) < 1e-3:
            break
    return at


def _radius(far: np.ndarray, weight: np.ndarray) -> float:
    """Radius of the smallest disc that holds a fifth of the weight, its rim included."""
    if not len(far):
        return 0.0
    order = np.argsort(far, kind="stable")
    held = np.cumsum(weight[order])
    return float(far[order][np.searchsorted(held, CENTRE_SHARE * held[-1] * (1 - 1e-12))])


def _quarter(away: np.ndarray, k: int) -> np.ndarray:
    """Tell which offsets (n, 2) lie in quarter k; a border is the quarter's that begins at it, counter-clockwise, however a scene is turned."""
    ahead, left = _ahead_left(away, k)
    return (ahead > 0) & (left >= -ahead) & (left < ahead)


def _is_near_quarter(off: np.ndarray, k: int, radius: float) -> np.ndarray:
    """Tell which offsets lie in quarter k outside the disc, or within 25 m or 2° of it."""
    ahead, left = _ahead_left(off, k)
    far = np.hypot(ahead, left)
    beyond = (np.abs(left) - ahead) / np.sqrt(2.0)  # metres outside the nearer border
    turned = np.degrees(np.arctan2(np.abs(left), ahead)) - 45.0
    aside = (turned <= NEAR_DEG) | ((beyond <= NEAR_M) & (ahead + np.abs(left) >= 0))
    return aside & (far >= radius - NEAR_M) & (far > 0)


def _ahead_left(away: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    x, y = away.T
    ahead = x * _OUT[k, 0] + y * _OUT[k, 1]
    left = y * _OUT[k, 0] - x * _OUT[k, 1]
    return ahead, left
