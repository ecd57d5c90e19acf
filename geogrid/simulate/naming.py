"""Names and addresses for everything simulated: roads, estates, villages, buildings, stairwells, cameras."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geogrid.simulate import outlines
from geogrid.simulate.district import Town
from geogrid.simulate.names import estate_names, street_names, village_name

FIXED_ROADS = {900: "环城路", 902: "绕城高速"}
USE_NAMES = {
    "service": "社区服务用房",
    "shop": "沿街商铺",
    "school": "学校",
    "college": "校区",
    "hospital": "医院",
    "shopping": "商场",
    "office": "写字楼",
    "government": "机关",
    "works": "钢铁厂",
    "industry": "厂区",
    "storage": "仓库",
}


@dataclass(frozen=True, eq=False)
class Names:
    """`lot`: name of each lot's estate, village or premises (object array); `road`: name of each road; `building`, `entrance`: addresses."""

    lot: np.ndarray
    road: np.ndarray
    building: np.ndarray
    entrance: np.ndarray


def give_names(town: Town, seed: int) -> Names:
    """Name everything; names depend on the full town, so that a smaller district keeps them."""
    rng = np.random.default_rng([seed, int(town.profile.code), 99])
    roads = _road_names(town, rng)
    lots = _lot_names(town, roads, rng)
    buildings = _building_addresses(town, lots)
    units = town.entrances.unit.astype(str).to_numpy(object)
    return Names(lots, roads, buildings, buildings[town.entrances.building.to_numpy()] + units + "单元")


def _road_names(town: Town, rng: np.random.Generator) -> np.ndarray:
    """Name each axis once: the longest main ones take the well-known names; rural roads are numbered."""
    roads = town.land.roads
    ends = [shapely.get_coordinates(shapely.get_point(shapely.line_merge(roads.geometry.values), k)) for k in (0, -1)] if len(roads) else []
    table = pd.DataFrame(
        {
            "axis": roads.axis,
            "class": roads["class"],
            "length": roads.length.to_numpy(),
            "dx": np.abs(ends[1] - ends[0])[:, 0],
            "dy": np.abs(ends[1] - ends[0])[:, 1],
        }
    )
    axes = table.groupby("axis").agg(kind=("class", "first"), length=("length", "sum"), dx=("dx", "sum"), dy=("dy", "sum")).reset_index()
    axes = axes.sort_values(["length", "axis"], ascending=[False, True], kind="stable").reset_index(drop=True)
    rural = axes[axes.kind == "rural"]
    names = {axis: f"乡道{k + 1:03d}" for k, axis in enumerate(rural.axis)}
    town_axes = axes[(axes.kind != "rural") & ~axes.axis.isin(list(FIXED_ROADS))]
    given = street_names((town_axes.dx >= town_axes.dy).tolist(), (town_axes.kind == "primary").tolist(), rng)
    names |= dict(zip(town_axes.axis, given, strict=True)) | FIXED_ROADS
    return roads.axis.map(names).to_numpy(object)


def _lot_names(town: Town, road_names: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    lots = town.land.lots
    out = np.full(len(lots), "", object)
    homes = np.flatnonzero((lots.use == "homes").to_numpy())
    out[homes] = estate_names(lots.kind.iloc[homes].tolist(), rng)
    villages = np.flatnonzero((lots.use == "village").to_numpy())
    out[villages] = _village_names(town, villages)
    rest = np.flatnonzero(lots.use.isin(list(USE_NAMES)).to_numpy())
    near = shapely.STRtree(town.land.roads.geometry.values).nearest(shapely.centroid(lots.geometry.values[rest])) if len(rest) else np.array([], int)
    numbers = pd.Series(road_names[near]).groupby(road_names[near]).cumcount().to_numpy() * 2 + 1
    out[rest] = [f"{road}{n}号{USE_NAMES[use]}" for road, n, use in zip(road_names[near], numbers, lots.use.iloc[rest], strict=True)]
    return out


def _village_names(town: Town, lots: np.ndarray) -> list[str]:
    """Real names of villages, first to the villages of their own town; those left over to the rest."""
    listed = outlines.communities(town.profile.code)
    listed = listed[listed.code.str[9] == "2"]
    pools = {street: [village_name(n) for n in group["name"]] for street, group in listed.groupby("streetCode")}
    street = town.divided.communities.parent.to_numpy()[town.divided.of_lot[lots]]
    of_street = dict(zip(town.divided.streets.code, town.divided.streets["name"], strict=True))
    names: list[str] = [pools[s].pop(0) if pools.get(s) else "" for s in street]
    left = [name for pool in pools.values() for name in pool]
    names = [name or (left.pop(0) if left else f"第{k + 1}村") for k, name in enumerate(names)]
    # Villages of two towns may share a name: the town tells them apart.
    return [of_street[s] + name for s, name in zip(street, names, strict=True)]


def _building_addresses(town: Town, lot_names: np.ndarray) -> np.ndarray:
    buildings = town.buildings
    home = (buildings.flats > 0).to_numpy()
    yard = (buildings.kind == "yard").to_numpy()
    group = np.where(home, "h", np.where(yard, "y", "o"))
    number = buildings.groupby([buildings.lot.to_numpy(), group]).cumcount().add(1).astype(str).to_numpy(object)
    lot = lot_names[buildings.lot.to_numpy()]
    other = buildings.kind.map(USE_NAMES).fillna("").to_numpy(object)
    inside = np.isin(buildings.kind, ("service", "shop"))
    plain = np.where(inside, lot + other + number + "号", lot + number + "号楼")
    return np.where(yard, lot + number + "号", plain).astype(object)


def road_frame(town: Town, names: Names) -> gpd.GeoDataFrame:
    """Return roads with their names, `class`, `main`."""
    roads = town.land.roads
    main = roads["class"].isin(["motorway", "ring", "primary", "secondary"])
    return gpd.GeoDataFrame({"class": roads["class"], "name": names.road, "main": main}, geometry=roads.geometry.values, crs=roads.crs)
