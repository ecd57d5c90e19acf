"""Service stations as their profile says: which communities and buildings have one (`station_hosts`), its size, its host, its name."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geogrid.simulate.apportion import apportion
from geogrid.simulate.profiles import Profile, Service
from geogrid.simulate.station_hosts import Sites

STEP_M2 = 10


def place_stations(
    communities: gpd.GeoDataFrame,
    households: np.ndarray,
    buildings: gpd.GeoDataFrame,
    community_of: np.ndarray,
    profile: Profile,
    rng: np.random.Generator,
    *,
    streets: gpd.GeoDataFrame,
    green: tuple[np.ndarray, np.ndarray],
) -> gpd.GeoDataFrame:
    """Return stations id kind name capacity host area_m2 community (row), as points in the footprint of a building or on `green` land.

    `host` is the building's id, or who runs it where the profile says so; `hub` and `equipment` only where it has any.
    """
    sites = Sites(communities, households, buildings, community_of, green)
    rows = [(s, building, k) for s, service in enumerate(profile.stations) for building, k in sites.hosts(service)]
    table = pd.DataFrame(rows, columns=["service", "building", "community"]).astype({"service": int, "building": int, "community": int})
    table.insert(0, "kind", [profile.stations[s].kind for s in table.service])
    table.insert(1, "name", _names(table, profile.stations, communities, streets))
    low, high, capacity = np.array([(*p.area_m2, p.capacity) for p in profile.stations], float).reshape(-1, 3)[table.service].T
    area = _sized(table.service.to_numpy(), np.round(rng.uniform(low, high) / STEP_M2) * STEP_M2, profile.stations)
    table["area_m2"], table["capacity"] = area, np.maximum(5, np.round(capacity * area / ((low + high) / 2))).astype(np.int64)
    table["host"] = _hosted(table, profile.stations, buildings.id.to_numpy())
    table.insert(0, "id", [f"S{k + 1:04d}" for k in range(len(table))])
    for column in ("hub", "equipment"):
        if any(getattr(service, column) for service in profile.stations):
            table[column] = [getattr(profile.stations[s], column) for s in table.service]
    rows = table.building.to_numpy()
    points = _inside(buildings, np.maximum(rows, 0), rng)
    points[rows < 0] = shapely.points(green[0][-1 - rows[rows < 0]])
    return gpd.GeoDataFrame(table.drop(columns=["building", "service"]), geometry=points, crs=communities.crs)


def _names(table: pd.DataFrame, services: tuple[Service, ...], communities: gpd.GeoDataFrame, streets: gpd.GeoDataFrame) -> list[str]:
    """Name each after its community, or its street, and number those that would have one name."""
    street = dict(zip(streets.code, streets["name"], strict=True))
    own = communities["name"].str.removesuffix("社区").to_numpy(object)
    above = communities.parent.map(street).to_numpy(object)
    names = [(above if services[s].per == "street" else own)[k] + services[s].name for s, k in zip(table.service, table.community, strict=True)]
    again = pd.Series(names, dtype=object).groupby(names).cumcount() if names else []
    return [name + ("" if n == 0 else f"（{n + 1}）") for name, n in zip(names, again, strict=True)]


def _sized(service: np.ndarray, area: np.ndarray, services: tuple[Service, ...]) -> np.ndarray:
    """Return areas in which those of a service with a total add up to it, none below its least."""
    area = area.copy()
    for s, one in enumerate(services):
        rows = np.flatnonzero(service == s)
        if one.total_m2 and len(rows):
            least = int(one.area_m2[0])
            area[rows] = least + STEP_M2 * apportion(area[rows] - least + STEP_M2, (one.total_m2 - least * len(rows)) // STEP_M2)
    return area


def _hosted(table: pd.DataFrame, services: tuple[Service, ...], ids: np.ndarray) -> list[str]:
    """Who hosts each: the words of its service in turn, the station that houses it, or the building."""
    out, turn = [], dict.fromkeys(range(len(services)), 0)
    housed = {(kind, building): name for kind, building, name in zip(table.kind, table.building, table["name"], strict=True)}
    for s, building in zip(table.service, table.building, strict=True):
        one = services[s]
        word = (
            one.hosts[turn[s] % len(one.hosts)]
            if one.hosts
            else housed[one.inside, building]
            if one.inside
            else ids[building]
            if building >= 0
            else ""
        )
        turn[s] += 1
        out.append(word)
    return out


def _inside(buildings: gpd.GeoDataFrame, rows: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return a point 1.5 m inside the south front, or any point of the footprint where the front steps back."""
    b = buildings.iloc[rows]
    along, south = rng.uniform(-0.4, 0.4, len(b)) * b.length_m.to_numpy(), -(b.width_m.to_numpy() / 2 - 1.5)
    s, c = np.sin(b.angle.to_numpy()), np.cos(b.angle.to_numpy())
    point = shapely.points(b.x.to_numpy() + along * c - south * s, b.y.to_numpy() + along * s + south * c)
    shape = b.geometry.values
    return np.where(shapely.contains(shape, point), point, shapely.point_on_surface(shape))
