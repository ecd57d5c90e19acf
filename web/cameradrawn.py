"""What the map of the cameras page fetches: street pieces and regions by tile, as columns that the map's script draws; blind streets of the whole."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geogrid.errors import NotFoundError
from geogrid.maps.layers import WORLD_M
from geogrid.maps.project import MERCATOR, to_crs
from geogrid.maps.seen import region_columns, street_columns
from web import reached
from web.served import Served, to_bytes

ZOOMS = {"streets": 13, "regions": 15, "perhaps": 15}
"""One zoom of tiles for each layer: a view close enough to draw it holds a few of them."""
FAR_M = 4.0
"""So far may the line of a blind street be off where the whole district is looked at."""
NEAR_M = 0.15
"""So far the arc of a region."""


def tile(now: Served, layer: str, x: int, y: int) -> bytes:
    """Return what of a layer meets a tile; whole pieces, so that nothing ends at its edge."""
    if layer not in ZOOMS or not (0 <= x < 1 << ZOOMS[layer] and 0 <= y < 1 << ZOOMS[layer]):
        raise NotFoundError(f"no tile {layer}/{x}/{y}", f"没有瓦片 {layer}/{x}/{y}", value=layer)
    frame, tree = now.keep(("seen", layer), lambda: _indexed(now, layer))
    side = WORLD_M / (1 << ZOOMS[layer])
    west, north = x * side - WORLD_M / 2, WORLD_M / 2 - y * side
    found = frame.iloc[np.sort(tree.query(shapely.box(west, north - side, west + side, north), predicate="intersects"))]
    return to_bytes(street_columns(found) if layer == "streets" else region_columns(found))


def blind(now: Served) -> bytes:
    """Return all blind streets that are visible, simplified for a view of the whole district."""
    streets, _ = now.keep(("seen", "streets"), lambda: _indexed(now, "streets"))
    lines = streets[(streets["class"] == "blind").to_numpy()]
    return to_bytes(street_columns(lines.set_geometry(shapely.simplify(lines.geometry.to_numpy(), FAR_M), crs=lines.crs)))


def _indexed(now: Served, layer: str) -> tuple[gpd.GeoDataFrame, shapely.STRtree]:
    frame = visible(now, layer)
    shapes = frame.geometry.to_numpy()
    if layer != "streets":
        shapes = shapely.simplify(shapes, NEAR_M)
    mercator = frame.set_geometry(to_crs(shapes, frame.crs, MERCATOR), crs=MERCATOR)
    return mercator, shapely.STRtree(mercator.geometry.to_numpy())


def visible(now: Served, layer: str) -> gpd.GeoDataFrame:
    """Return a layer of the reach as far as the visitor may see it: street pieces by their units, regions by their cameras."""
    reach = reached.cameras_of(now)
    frame = getattr(reach, layer)
    if layer in ("regions", "perhaps"):
        cameras = reach.cameras
        return frame[frame["id"].isin(set(cameras["id"][reached.shown(now, cameras)]))]
    return frame[reached.shown(now, frame)]


def box_of(text: str, now: Served) -> Any:
    """Return a box of degrees (`west,south,east,north`, checked) in the project's CRS."""
    west, south, east, north = (float(part) for part in text.split(","))
    return to_crs(np.array([shapely.box(west, south, east, north)], dtype=object), "EPSG:4326", now.project.crs.to_string())[0]
