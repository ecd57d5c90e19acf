"""Stairwells, and households and persons by capped largest remainder, so that the declared totals are met exactly."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from geogrid.simulate.apportion import apportion
from geogrid.simulate.profiles import Profile

SIZE = {"old": 0.90, "mid": 0.98, "high": 1.03, "tower": 1.06}
YARD_SIZES = np.array([0.4, 0.75, 1.0, 1.3, 1.6])


@dataclass(frozen=True, eq=False)
class People:
    """Stairwells (building: row of the building, unit 1.., floors households persons), and persons of each yard."""

    entrances: gpd.GeoDataFrame
    yard_persons: np.ndarray


def settle(buildings: gpd.GeoDataFrame, yards_n: int, profile: Profile, rng: np.random.Generator) -> People:
    """Give every stairwell its flats' households at the usual occupancy and every household its persons; a yard holds one household."""
    entrances = _stairwells(buildings)
    flats = entrances.flats.to_numpy()
    occupied = np.clip(rng.normal(1, 0.06, len(entrances)), 0.8, 1.1)
    households = apportion(flats * occupied, profile.households_n - yards_n, flats)
    size = entrances.kind.map(SIZE).to_numpy(float) * rng.normal(1, 0.05, len(entrances))
    weight = np.r_[households * size, 1.12 * rng.choice(YARD_SIZES, yards_n)] * profile.household_persons
    least = np.r_[households, np.ones(yards_n, np.int64)]
    persons = least + apportion(np.maximum(weight - least, 0), profile.persons_n - int(least.sum()))
    n = len(entrances)
    return People(entrances.assign(households=households, persons=persons[:n]), persons[n:])


def _stairwells(buildings: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """One point 0.4 m outside the north wall for each stairwell of a home."""
    home = np.flatnonzero(buildings.flats.to_numpy() > 0)
    stairs = buildings.stairs.to_numpy()[home]
    row = np.repeat(home, stairs)
    unit = np.arange(len(row)) - np.repeat(np.cumsum(stairs) - stairs, stairs)
    b = buildings.iloc[row]
    s, c = np.sin(b.angle.to_numpy()), np.cos(b.angle.to_numpy())
    along, north = ((unit + 0.5) / b.stairs.to_numpy() - 0.5) * b.length_m.to_numpy(), b.width_m.to_numpy() / 2 + 0.4
    floors = b.floors.to_numpy()
    facts = {"building": row, "unit": unit + 1, "floors": floors, "flats": (floors * b.flats.to_numpy()).astype(np.int64), "kind": b.kind.to_numpy()}
    points = shapely.points(b.x.to_numpy() + along * c - north * s, b.y.to_numpy() + along * s + north * c)
    return gpd.GeoDataFrame(facts, geometry=points, crs=buildings.crs)
