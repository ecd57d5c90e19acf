"""The ground a town grows on: a turned frame about the core, one smooth warp for all streets, and how urban a place is.

The urban score is 1 at the core, 0 at the edge of the built-up area and negative outside; it is a distance with low noise,
cut at the quantile that gives the built-up area wanted. Town seats far from the core have a small summit of their own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

TOWN_RADIUS_M = 1000.0


@dataclass(frozen=True, eq=False)
class Terrain:
    """Frame, warp and noise of a district, which is `stretch` times as long as wide.

    `xy` arrays are (n, 2) in the working CRS; u, v metres in the turned frame.
    """

    district: BaseGeometry
    core: np.ndarray
    theta: float
    warp: np.ndarray
    ripple: np.ndarray
    radius_m: float
    towns: np.ndarray
    stretch: float = 1.0

    def turn(self) -> np.ndarray:
        """Return the matrix that turns world offsets into the frame: `offset @ turn()`."""
        c, s = np.cos(self.theta), np.sin(self.theta)
        return np.array([[c, -s], [s, c]])

    def local(self, xy: np.ndarray) -> np.ndarray:
        """Turn world coordinates into unwarped frame coordinates."""
        return (xy - self.core) @ self.turn()

    def place(self, uv: np.ndarray) -> np.ndarray:
        """Turn unwarped frame coordinates into world coordinates."""
        return self.core + np.asarray(uv, float) @ self.turn().T

    def world(self, u: np.ndarray, v: np.ndarray) -> np.ndarray:
        """Turn frame coordinates into world coordinates through the warp, which grows with the distance from the core."""
        amplitude = 70 + 170 * np.clip(np.hypot(u, v) / (1.6 * self.radius_m), 0, 1)
        waves = [np.sin(kx * u + ky * v + phase) for kx, ky, phase in self.warp]
        du, dv = amplitude * (waves[0] + 0.45 * waves[1]), amplitude * (waves[2] + 0.45 * waves[3])
        return self.place(np.stack([u + du, v + dv], -1))

    def noise(self, xy: np.ndarray) -> np.ndarray:
        """Return smooth noise of about -1 to 1 at world coordinates."""
        return np.sin(xy @ self.ripple[:, :2].T + self.ripple[:, 2]).sum(1) / 2.0

    def distance_m(self, xy: np.ndarray) -> np.ndarray:
        """Return the distance from the core, rather square than round, with low noise."""
        uv = np.abs(self.local(xy))
        return ((uv[:, 0] / (1.1 * self.stretch)) ** 2.4 + uv[:, 1] ** 2.4) ** (1 / 2.4) + 260 * self.noise(xy / 1.6)

    def town_distance_m(self, xy: np.ndarray) -> np.ndarray:
        """Return the distance to the nearest town seat, infinite without one."""
        if not len(self.towns):
            return np.full(len(xy), np.inf)
        return np.min([np.hypot(*(xy - town).T) for town in self.towns], axis=0)

    def score(self, xy: np.ndarray) -> np.ndarray:
        """Return how urban each place is: 1 at the core, 0 at the rim, negative in the country."""
        xy = np.atleast_2d(xy)
        own = 1 - self.distance_m(xy) / self.radius_m
        return np.maximum(own, 0.22 * (1 - self.town_distance_m(xy) / TOWN_RADIUS_M))


def make_terrain(
    district: BaseGeometry,
    core: np.ndarray,
    theta: float,
    urban_km2: float,
    rng: np.random.Generator,
    *,
    towns_n: int = 2,
    stretch: float = 1.0,
) -> Terrain:
    """Draw the noise, then set the urban radius by the quantile over a lattice and place the town seats."""
    wave = 2 * np.pi / rng.uniform([5200, 2600, 4300, 3000], [8000, 3600, 7000, 4200])
    heading = rng.uniform(0, 2 * np.pi, 4)
    warp = np.c_[wave * np.cos(heading), wave * np.sin(heading), rng.uniform(0, 2 * np.pi, 4)]
    wave, heading = 2 * np.pi / rng.uniform(1400, 4200, 8), rng.uniform(0, 2 * np.pi, 8)
    ripple = np.c_[wave * np.cos(heading), wave * np.sin(heading), rng.uniform(0, 2 * np.pi, 8)]
    bare = Terrain(district, core, theta, warp, ripple, 1.0, np.zeros((0, 2)), stretch)
    x0, y0, x1, y1 = district.bounds
    lattice = np.stack(np.meshgrid(np.arange(x0, x1, 250), np.arange(y0, y1, 250)), -1).reshape(-1, 2)
    lattice = lattice[shapely.contains_xy(district, lattice[:, 0], lattice[:, 1])]
    distance = bare.distance_m(lattice)
    radius = float(np.quantile(distance, min(urban_km2 * 1e6 / district.area, 0.95)))
    towns = _town_seats(district, core, lattice[distance > 1.7 * radius], towns_n)
    return replace(bare, radius_m=radius, towns=towns)


def _town_seats(district: BaseGeometry, core: np.ndarray, far: np.ndarray, towns_n: int) -> np.ndarray:
    """The first at the median distance, the others as far as can be from it and from the border."""
    if not len(far) or not towns_n:
        return np.zeros((0, 2))
    reach = np.hypot(*(far - core).T)
    seats = [far[np.argmin(np.abs(reach - np.median(reach)))]]
    inland = 1.3 * shapely.distance(shapely.points(far), district.boundary)
    while len(seats) < towns_n:
        apart = np.min([np.hypot(*(far - seat).T) for seat in seats], axis=0)
        seats.append(far[np.argmax(np.minimum(apart, inland))])
    return np.array(seats)
