"""What the cameras of a project see: gathered here, computed by `geogrid.reach`."""

from __future__ import annotations

import geopandas as gpd

from geogrid.reach.camera_around import Around
from geogrid.reach.camera_reach import CameraReach
from geogrid.store.project import Project

ROLES = ("buildings", "walls", "roads", "entrances", "prohibited")

__all__ = ["CameraReach", "reach_cameras"]


def reach_cameras(project: Project, with_secret: bool = False) -> CameraReach:
    """Return what the cameras of the plan that a project shows see; its parts are computed when they are asked for.

    Secret cameras are left out of every part unless `with_secret`. A project without cameras gives a reach without any.
    """
    cameras = project.sites("cameras") if "cameras" in project.site_roles else gpd.GeoDataFrame({"id": []}, geometry=[], crs=project.crs)
    layers = {role: project.layer(role) for role in ROLES if role in project.layers}
    return CameraReach.of(cameras, Around(project.plan(), layers), with_secret=with_secret)
