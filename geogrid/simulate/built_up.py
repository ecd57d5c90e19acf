"""The built-up area as a district of its own: the land round the core of a real outline, of a stated size, with a narrow rim of fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import shapely
from shapely import Polygon

from geogrid.simulate.free_land import largest_polygons
from geogrid.simulate.profiles import Profile
from geogrid.simulate.terrain import Terrain

RAYS, STEPS, ROUNDS = 240, 500, 40
GRID_M, SIMPLE_M = 0.05, 4.0


def built_up(terrain: Terrain, profile: Profile) -> Terrain:
    """Return the terrain cut down to `built_up_km2`, its urban radius set anew so that `town_km2` of that are town.

    Both borders are lines of equal distance from the core (`Terrain.distance_m`), found by bisection on their area.
    """
    corners = shapely.get_coordinates(terrain.district.boundary)
    reach = min(3 * np.sqrt(profile.built_up_km2 * 1e6), float(np.hypot(*(corners - terrain.core).T).max()))
    angle = np.linspace(0, 2 * np.pi, RAYS, endpoint=False)
    out = np.linspace(0, reach, STEPS + 1)
    rays = terrain.core + out[None, :, None] * np.stack([np.cos(angle), np.sin(angle)], -1)[:, None, :]
    far = np.maximum.accumulate(terrain.distance_m(rays.reshape(-1, 2)).reshape(RAYS, STEPS + 1), axis=1)

    def within(distance_m: float) -> Polygon:
        along = np.array([np.interp(distance_m, row, out) for row in far])
        ring = terrain.core + along[:, None] * np.stack([np.cos(angle), np.sin(angle)], -1)
        shape = shapely.set_precision(shapely.simplify(shapely.Polygon(ring), SIMPLE_M), GRID_M)
        return largest_polygons(np.array([shapely.intersection(terrain.district, shape, grid_size=GRID_M)], object))[0]

    radius, edge = (_of_area(within, area, float(far.max())) for area in (profile.town_km2, profile.built_up_km2))
    return replace(terrain, district=within(edge), radius_m=radius)


def _of_area(within: Callable[[float], Polygon], km2: float, most_m: float) -> float:
    """Return the distance at which the land within has the area wanted."""
    low, high = 0.0, most_m
    for _ in range(ROUNDS):
        middle = (low + high) / 2
        low, high = (middle, high) if within(middle).area < km2 * 1e6 else (low, middle)
    return high
