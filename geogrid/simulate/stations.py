"""Service stations: one per community, or spread farthest-first by households; each inside a building that suits it."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geogrid.simulate.profiles import Profile

SUITED = ("service", "shop", "government")
POSSIBLE = (*SUITED, "shopping", "old", "mid", "high", "tower")
SUITED_BONUS_M, TAKEN_MALUS_M = 400.0, 60.0
SIZES = {
    "day_care": (150, 420, 30),
    "warm_stop": (40, 120, 15),
    "nursing_home": (1800, 5200, 120),
    "canteen": (200, 600, 90),
    "after_school": (120, 360, 45),
    "nursery": (260, 800, 60),
}


def place_stations(
    communities: gpd.GeoDataFrame,
    households: np.ndarray,
    buildings: gpd.GeoDataFrame,
    community_of: np.ndarray,
    profile: Profile,
    rng: np.random.Generator,
) -> gpd.GeoDataFrame:
    """Return stations id kind name capacity host (building id) area_m2 community (row), as points inside their host's footprint."""
    xy = shapely.get_coordinates(shapely.centroid(buildings.geometry.values))
    middle = _middles(xy, buildings.households.to_numpy(), community_of, communities)
    taken = np.zeros(len(buildings), bool)
    suited, possible = buildings.kind.isin(SUITED).to_numpy(), buildings.kind.isin(POSSIBLE).to_numpy()
    rows = []
    for kind, name, n in profile.stations:
        for k in _hosts(n, middle, households):
            here = np.flatnonzero((community_of == k) & possible)
            here = here if len(here) else np.flatnonzero(community_of == k)
            far = np.hypot(*(xy[here] - middle[k]).T) - SUITED_BONUS_M * suited[here] + TAKEN_MALUS_M * taken[here]
            host = here[np.argmin(far)]
            taken[host] = True
            rows.append((kind, communities["name"].iloc[k].removesuffix("社区") + name, host, k))
    table = pd.DataFrame(rows, columns=["kind", "name", "building", "community"])
    table["name"] += table.groupby("name").cumcount().map(lambda c: "" if c == 0 else f"（{c + 1}）")
    low, high, capacity = (table.kind.map({kind: SIZES.get(kind, (80, 240, 30))[k] for kind in table.kind.unique()}).to_numpy() for k in range(3))
    area = np.round(rng.uniform(low, high) / 10) * 10
    table["area_m2"], table["capacity"] = area, np.maximum(5, np.round(capacity * area / ((low + high) / 2))).astype(np.int64)
    table["host"] = buildings.id.to_numpy()[table.building]
    table.insert(0, "id", [f"S{k + 1:04d}" for k in range(len(table))])
    return gpd.GeoDataFrame(table.drop(columns="building"), geometry=_inside(buildings, table.building.to_numpy(), rng), crs=communities.crs)


def _middles(xy: np.ndarray, households: np.ndarray, community_of: np.ndarray, communities: gpd.GeoDataFrame) -> np.ndarray:
    weight = households + 0.01
    total = np.bincount(community_of, weights=weight, minlength=len(communities))
    sums = [np.bincount(community_of, weights=weight * xy[:, k], minlength=len(communities)) for k in (0, 1)]
    inside = shapely.get_coordinates(shapely.point_on_surface(communities.geometry.values))
    return np.where(total[:, None] > 0, np.stack(sums, 1) / np.maximum(total, 1e-9)[:, None], inside)


def _hosts(n: int, middle: np.ndarray, households: np.ndarray) -> list[int]:
    """Return the communities that get one: all of them, or the farthest ones first, weighed by households."""
    if n >= len(middle):
        return [k % len(middle) for k in range(n)]
    got = [int(np.argmax(households))]
    apart = np.hypot(*(middle - middle[got[0]]).T)
    while len(got) < n:
        got.append(int(np.argmax(apart * np.sqrt(households + 30))))
        apart = np.minimum(apart, np.hypot(*(middle - middle[got[-1]]).T))
    return got


def _inside(buildings: gpd.GeoDataFrame, rows: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return a point 1.5 m inside the south front, or any point of the footprint where the front steps back."""
    b = buildings.iloc[rows]
    along, south = rng.uniform(-0.4, 0.4, len(b)) * b.length_m.to_numpy(), -(b.width_m.to_numpy() / 2 - 1.5)
    s, c = np.sin(b.angle.to_numpy()), np.cos(b.angle.to_numpy())
    point = shapely.points(b.x.to_numpy() + along * c - south * s, b.y.to_numpy() + along * s + south * c)
    shape = b.geometry.values
    return np.where(shapely.contains(shape, point), point, shapely.point_on_surface(shape))
