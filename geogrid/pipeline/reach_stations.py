"""Stations of a project: what `geogrid.reach` needs to tell who is served, gathered from the file."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd

from geogrid.reach.station_reach import StationReach
from geogrid.store import Project


def reach_stations(project: Project) -> StationReach:
    """Return who the stations of a project's plan serve; each part is computed when it is asked for. Without stations nobody is served.

    The project must stay open while the value is used.
    """
    nobody = gpd.GeoDataFrame({"id": [], "kind": []}, geometry=[], crs=project.crs)
    stations = project.sites("stations") if "stations" in project.site_roles else nobody
    roads = project.layer("roads") if "roads" in project.layers else None
    return StationReach.of(project.plan(), stations, roads, lambda: _addresses(project))


def _addresses(project: Project) -> Mapping[str, str]:
    if "buildings" not in project.layers or not {"id", "address"} <= set(project.layer("buildings").columns):
        return {}
    buildings = project.layer("buildings")
    return dict(zip(buildings["id"].astype(str), buildings["address"].fillna("").astype(str), strict=True))
