"""The same simulated district as files that the rival's script reads: one GeoPackage a layer, longitude and latitude (EPSG:4490), numbers for ids."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

SOURCE_CRS = "EPSG:4490"


def write_rival_sources(frames: Mapping[str, gpd.GeoDataFrame], folder: Path) -> None:
    """Write buildings, entrances, roads, rail, river, communities, cameras and stations of `geogrid.simulate` frames into `folder`.

    A home without entrances gets one in its middle: the rival's micro-grids are made of entrances.
    """
    folder.mkdir(parents=True, exist_ok=True)
    communities = frames["communities"]
    layers = {
        "buildings": _buildings(frames["buildings"]),
        "entrances": _entrances(frames["buildings"], frames["entrances"]),
        "roads": frames["roads"][["class", "geometry"]],
        "rail": frames["railways"][["geometry"]],
        "river": frames["water"][["geometry"]],
        "communities": communities[["code", "name", "geometry"]].assign(street=communities["parent"]),
        "cameras": frames["cameras"][["id", "kind", "name", "geometry"]],
        "stations": _stations(frames["stations"], communities),
    }
    for name, frame in layers.items():
        frame.to_crs(SOURCE_CRS).to_file(folder / f"{name}.gpkg", layer=name, engine="pyogrio")


def _buildings(buildings: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    number = np.arange(1, len(buildings) + 1)
    return buildings[["use", "floors", "households", "persons", "geometry"]].assign(bid=number)


def _entrances(buildings: gpd.GeoDataFrame, entrances: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return one row per entrance: bid, unit, floors, households and the point."""
    number = pd.Series(np.arange(1, len(buildings) + 1), index=buildings["id"])
    given = entrances[["floors", "households", "geometry"]].assign(bid=number.loc[entrances["building"]].to_numpy())
    given["unit"] = given.groupby("bid").cumcount() + 1
    alone = buildings[(buildings["households"] > 0) & ~buildings["id"].isin(entrances["building"])]
    middle = gpd.GeoDataFrame(
        {"floors": alone["floors"], "households": alone["households"], "bid": number.loc[alone["id"]].to_numpy(), "unit": 1},
        geometry=shapely.point_on_surface(alone.geometry.to_numpy()),
        crs=buildings.crs,
    )
    return gpd.GeoDataFrame(pd.concat([given, middle], ignore_index=True), crs=buildings.crs)


def _stations(stations: gpd.GeoDataFrame, communities: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    row = communities.sindex.nearest(stations.geometry, return_all=False)[1]
    return stations[["id", "kind", "name", "geometry"]].assign(community=communities["code"].to_numpy()[row])
