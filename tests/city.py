"""A small irregular city for tests of where layers lie: districts are Voronoi cells, roads their borders, buildings stand between them."""

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS

from geogrid.crs import working_crs
from geogrid.reading.shifts import TRUE, moved


def city(seed: int, lon: float = 117.0, lat: float = 36.6, *, side_m: float = 4000.0, blocks: int = 120, houses: int = 1500):
    """Make layers by role in the working CRS of a place: communities (with code), district, roads, buildings, entrances."""
    rng = np.random.default_rng(seed)
    crs = working_crs(lon, lat, lon, lat)
    corner = shapely.get_coordinates(gpd.GeoSeries([shapely.Point(lon, lat)], crs=4326).to_crs(crs).to_numpy())[0]
    square = shapely.box(*corner, *(corner + side_m))
    seeds = shapely.MultiPoint(corner + rng.uniform(0, side_m, (blocks, 2)))
    cells = shapely.intersection(shapely.get_parts(shapely.voronoi_polygons(seeds, extend_to=square)), square)
    border = shapely.union_all(shapely.boundary(cells))
    places = corner + rng.uniform(0, side_m, (houses * 2, 2))
    places = places[shapely.distance(shapely.points(places), border) > 25][:houses]
    half = rng.uniform(5, 14, (len(places), 2))
    boxes = shapely.box(*(places - half).T, *(places + half).T)
    frames = {
        "district": gpd.GeoDataFrame(geometry=[square], crs=crs),
        "communities": gpd.GeoDataFrame({"code": [f"{i:03d}" for i in range(len(cells))]}, geometry=cells, crs=crs),
        "roads": gpd.GeoDataFrame(geometry=shapely.get_parts(shapely.line_merge(border)), crs=crs),
        "buildings": gpd.GeoDataFrame(geometry=boxes, crs=crs),
        "entrances": gpd.GeoDataFrame(geometry=shapely.points(places + half * (1, 0)), crs=crs),
    }
    return frames, crs


def shifted(frame: gpd.GeoDataFrame, crs: CRS, datum: str) -> gpd.GeoDataFrame:
    """Move a layer to where its coordinates would lie in a shifted datum."""
    return frame.set_geometry(shapely.transform(frame.geometry.to_numpy(), lambda xy: moved(xy, crs, TRUE, datum)), crs=crs)
