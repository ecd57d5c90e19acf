"""A whole district simulated at full size, stage after stage; `assemble` makes frames of it, `keep` a smaller district."""

from __future__ import annotations

from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely import Polygon

from geogrid.simulate import outlines
from geogrid.simulate.area_codes import listed
from geogrid.simulate.built_up import along_blocks, built_up
from geogrid.simulate.cameras import place_cameras
from geogrid.simulate.communities import Divided, divide
from geogrid.simulate.construction import build
from geogrid.simulate.free_land import with_free_land
from geogrid.simulate.gates import build_walls, find_gates
from geogrid.simulate.greens import draw_greens, draw_lakes
from geogrid.simulate.landuse import with_uses
from geogrid.simulate.lots import Land, cut_land
from geogrid.simulate.population import settle
from geogrid.simulate.profiles import Profile
from geogrid.simulate.stations import place_stations
from geogrid.simulate.terrain import make_terrain
from geogrid.simulate.villages import draw_villages

OUTLINE_GRID_M = 0.05
LEAST_GREEN_M2 = 1500
YARD = {"template": "box", "kind": "yard", "stairs": 1, "flats": 0.0}


@dataclass(frozen=True, eq=False)
class Town:
    """Everything simulated, in the working CRS, rows referring to rows: the material of the frames."""

    profile: Profile
    land: Land
    divided: Divided
    district: Polygon
    buildings: gpd.GeoDataFrame
    entrances: gpd.GeoDataFrame
    walls: gpd.GeoDataFrame
    greens: gpd.GeoDataFrame
    lakes: np.ndarray
    stations: gpd.GeoDataFrame
    cameras: gpd.GeoDataFrame


def simulate_town(profile: Profile, seed: int) -> Town:
    """Run all stages; each has a random generator of its own, so that one stage's draws never shift another's."""
    rngs = iter([np.random.default_rng([seed, int(profile.code), k]) for k in range(9)])
    land = _used_land(profile, next(rngs), next(rngs))
    built = build(land.lots, _on_street(land), profile, seed)
    land = replace(land, lots=built.lots)
    yards = draw_villages(land.lots, profile, next(rngs))
    people = settle(built.buildings, len(yards), profile, next(rngs))
    buildings = _all_buildings(built.buildings, yards, people.entrances, people.yard_persons)
    households = np.bincount(buildings.lot, weights=buildings.households, minlength=len(land.lots))
    divided = divide(land, households, profile, *listed(profile))
    district = shapely.coverage_union_all(land.lots.geometry.values)
    community_of = divided.of_lot[buildings.lot.to_numpy()]
    per_community = np.bincount(divided.of_lot, weights=households, minlength=len(divided.communities))
    stations = place_stations(
        divided.communities, per_community, buildings, community_of, profile, next(rngs), streets=divided.streets, green=_green(land, divided.of_lot)
    )
    gates = find_gates(land)
    homes = np.flatnonzero((land.lots.use == "homes").to_numpy())
    walls = build_walls(land.lots, gates)
    cameras = place_cameras(land.terrain, district, land.roads, gates, homes, buildings, walls, profile, next(rngs))
    return Town(
        profile,
        land,
        divided,
        district,
        buildings,
        people.entrances,
        walls,
        draw_greens(land, built.greens),
        draw_lakes(land, next(rngs)),
        stations,
        cameras,
    )


def _used_land(profile: Profile, rng: np.random.Generator, use_rng: np.random.Generator) -> Land:
    outline, core = outlines.projected(profile)
    outline, theta = shapely.set_precision(outline, OUTLINE_GRID_M), np.radians(profile.theta_deg)
    if profile.built_up_km2:
        terrain = built_up(make_terrain(outline, core, theta, profile.town_km2, rng, towns_n=0, stretch=profile.stretch), profile)
    else:
        terrain = make_terrain(outline, core, theta, profile.town_km2, rng)
    land = cut_land(terrain, profile, rng)
    land = along_blocks(land, profile) if profile.built_up_km2 else land
    land = replace(land, lots=with_free_land(land))
    return replace(land, lots=with_uses(land, profile, use_rng))


def _green(land: Land, of_lot: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the middles of small green lots, for what stands outdoors, and their communities."""
    lots = land.lots
    rows = np.flatnonzero(((lots.use == "green") & (lots.free_m2 > LEAST_GREEN_M2) & lots.urban).to_numpy())
    return shapely.get_coordinates(shapely.point_on_surface(lots.free.values[rows])), of_lot[rows]


def _on_street(land: Land) -> np.ndarray:
    streets = land.roads[land.roads["class"].isin(["primary", "secondary", "branch"])].geometry.values
    out = np.zeros(len(land.lots), bool)
    out[shapely.STRtree(streets).query(land.lots.geometry.values, predicate="dwithin", distance=3)[0]] = True
    return out


def _all_buildings(built: gpd.GeoDataFrame, yards: gpd.GeoDataFrame, entrances: gpd.GeoDataFrame, yard_persons: np.ndarray) -> gpd.GeoDataFrame:
    """Join blocks and yards into one frame with id, households and persons; homes and others come first."""
    sums = entrances.groupby("building")[["households", "persons"]].sum().reindex(range(len(built))).fillna(0).astype(np.int64)
    blocks = built.assign(households=sums.households.to_numpy(), persons=sums.persons.to_numpy())
    houses = yards.assign(length_m=yards.yard_width_m, width_m=yards.yard_depth_m, households=1, persons=yard_persons, **YARD)
    tables = [pd.DataFrame(blocks), pd.DataFrame(houses)[[c for c in blocks.columns if c in houses.columns]]]
    joined = pd.concat([table for table in tables if len(table)] or tables[:1], ignore_index=True)
    joined.insert(0, "id", [f"B{k + 1:05d}" for k in range(len(joined))])
    return gpd.GeoDataFrame(joined, geometry="geometry", crs=built.crs)
