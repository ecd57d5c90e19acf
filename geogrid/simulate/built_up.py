"""The built-up area as a district of its own: whole blocks round the core of a real outline, of a stated size together, and few fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import geopandas as gpd
import numpy as np
import shapely
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components
from shapely import Polygon

from geogrid.simulate.free_land import largest_polygons
from geogrid.simulate.lots import Land
from geogrid.simulate.profiles import Profile
from geogrid.simulate.terrain import Terrain

RAYS, STEPS, ROUNDS = 240, 500, 40
GRID_M, SIMPLE_M = 0.05, 4.0
MARGIN, MARGIN_KM2 = 1.4, 1.0
"""More land than the built-up area is cut into blocks, so that its border runs along blocks."""
FIELDS_FARTHER = 1.2
"""Fields are taken in after blocks that are built on: as if they lay so much farther from the core."""


def built_up(terrain: Terrain, profile: Profile) -> Terrain:
    """Return the terrain cut down to somewhat more than the built-up area, its urban radius set so that `town_km2` of that are town.

    Both borders are lines of equal distance from the core (`Terrain.distance_m`), found by bisection on their area.
    """
    corners = shapely.get_coordinates(terrain.district.boundary)
    reach = min(3 * np.sqrt(profile.built_up_km2 * 1e6), float(np.hypot(*(corners - terrain.core).T).max()))
    angle = np.linspace(0, 2 * np.pi, RAYS, endpoint=False)
    out = np.linspace(0, reach, STEPS + 1)
    rays = terrain.core + out[None, :, None] * np.stack([np.cos(angle), np.sin(angle)], -1)[:, None, :]
    far = np.maximum.accumulate(terrain.distance_m(rays.reshape(-1, 2)).reshape(RAYS, STEPS + 1), axis=1)

    def within(distance_m: float) -> Polygon:
        along = np.array([np.interp(distance_m, row, out) for row in far])
        ring = terrain.core + along[:, None] * np.stack([np.cos(angle), np.sin(angle)], -1)
        shape = shapely.set_precision(shapely.simplify(shapely.Polygon(ring), SIMPLE_M), GRID_M)
        return largest_polygons(np.array([shapely.intersection(terrain.district, shape, grid_size=GRID_M)], object))[0]

    radius, edge = (_of_area(within, area, float(far.max())) for area in (profile.town_km2, MARGIN * profile.built_up_km2 + MARGIN_KM2))
    return replace(terrain, district=within(edge), radius_m=radius)


def _of_area(within: Callable[[float], Polygon], km2: float, most_m: float) -> float:
    """Return the distance at which the land within has the area wanted."""
    low, high = 0.0, most_m
    for _ in range(ROUNDS):
        middle = (low + high) / 2
        low, high = (middle, high) if within(middle).area < km2 * 1e6 else (low, middle)
    return high


def along_blocks(land: Land, profile: Profile) -> Land:
    """Return the land of the blocks nearest to the core, as many as make the built-up area, in one piece without holes."""
    lots = land.lots
    shapes = lots.geometry.values
    block, at = np.unique(lots.block.values, return_inverse=True)
    area = shapely.area(shapes)
    size = np.bincount(at, area)
    middle = np.stack([np.bincount(at, area * c) / size for c in shapely.get_coordinates(shapely.centroid(shapes)).T], 1)
    is_field = np.bincount(at, ~lots.urban.values) > 0
    order = np.argsort(land.terrain.distance_m(middle) * np.where(is_field, FIELDS_FARTHER, 1.0), kind="stable")
    near = np.zeros(len(block), bool)
    near[order[: np.searchsorted(np.cumsum(size[order]), profile.built_up_km2 * 1e6) + 1]] = True
    district = _filled(shapely.coverage_union_all(shapes[_one_piece(shapes, near[at])]))
    kept = shapely.intersects(district, shapely.point_on_surface(shapes))
    district = shapely.coverage_union_all(shapes[kept])
    return Land(
        replace(land.terrain, district=district),
        lots[kept].reset_index(drop=True),
        _clipped_roads(land.roads, district),
        _clipped(land.rivers, district, 2),
        _clipped(land.river_lines, district, 1),
        _clipped(land.railways, district, 1),
    )


def _one_piece(shapes: np.ndarray, near: np.ndarray) -> np.ndarray:
    """Return which of the lots `near` hang together along borders with the greatest part of them."""
    rows = np.flatnonzero(near)
    a, b = shapely.STRtree(shapes[rows]).query(shapes[rows], predicate="intersects")
    a, b = a[a < b], b[a < b]
    m = shapely.length(shapely.intersection(shapes[rows][a], shapes[rows][b])) > 1
    graph = csr_matrix((np.ones(m.sum()), (a[m], b[m])), shape=(len(rows), len(rows)))
    _, part = connected_components(graph, directed=False)
    out = np.zeros(len(shapes), bool)
    out[rows[part == np.argmax(np.bincount(part, shapely.area(shapes[rows])))]] = True
    return out


def _filled(district: Polygon) -> Polygon:
    return shapely.Polygon(district.exterior)


def _clipped(shapes: np.ndarray, district: Polygon, dimension: int) -> np.ndarray:
    """Return what of each shape lies in the district, parts of a lower dimension and shapes of which nothing is left dropped."""
    return _inside(shapes, district, dimension)[1]


def _inside(shapes: np.ndarray, district: Polygon, dimension: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the row of each shape that has a part of the dimension in the district, and these parts as one, lines merged."""
    parts, row = shapely.get_parts(shapely.intersection(np.asarray(shapes, object), district), return_index=True)
    good = (shapely.get_dimensions(parts) == dimension) & ~shapely.is_empty(parts)
    rows, at = np.unique(row[good], return_inverse=True)
    if dimension == 1:
        return rows, shapely.line_merge(shapely.multilinestrings(parts[good], indices=at)) if len(rows) else parts[good]
    return rows, shapely.multipolygons(parts[good], indices=at) if len(rows) else parts[good]


def _clipped_roads(roads: gpd.GeoDataFrame, district: Polygon) -> gpd.GeoDataFrame:
    """Return what of the roads lies in the district, each road in as few pieces as it has there."""
    rows, lines = _inside(roads.geometry.values, district, 1)
    pieces, at = shapely.get_parts(lines, return_index=True)
    long = shapely.length(pieces) > 1
    table = roads.drop(columns="geometry").iloc[rows[at[long]]].reset_index(drop=True)
    return gpd.GeoDataFrame(table, geometry=pieces[long], crs=roads.crs)
