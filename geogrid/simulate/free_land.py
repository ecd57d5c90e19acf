"""The land of a lot that can be built on: what roads, rivers and railways leave of it."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from shapely import Polygon

from geogrid.simulate.lots import Land


def with_free_land(land: Land) -> gpd.GeoDataFrame:
    """Return the lots with `free`: the lot less half of each road, the river with its bank and the railway's corridor."""
    lots, geometry = land.lots, land.lots.geometry.values
    cut = np.r_[
        shapely.buffer(land.roads.geometry.values, land.roads.half_m.values, cap_style="flat", join_style="mitre", quad_segs=2),
        shapely.buffer(land.rivers, 38),
        shapely.buffer(land.railways, 22),
    ]
    lot, which = shapely.STRtree(cut).query(geometry, predicate="intersects")
    order = np.lexsort((which, lot))
    lot, which = lot[order], which[order]
    starts = np.flatnonzero(np.r_[True, np.diff(lot) > 0])
    taken = np.array([shapely.union_all(g) for g in np.split(cut[which], starts[1:])], object)
    free = np.array(geometry, object)
    free[lot[starts]] = shapely.difference(free[lot[starts]], taken)
    free = shapely.simplify(largest_polygons(shapely.buffer(free, -2.5, join_style="mitre", quad_segs=2)), 0.3)
    area = shapely.area(free)
    compact = 4 * np.pi * area / np.maximum(shapely.length(free), 1) ** 2
    return lots.assign(free=free, free_m2=area, compact=compact)


def largest_polygons(geometry: np.ndarray) -> np.ndarray:
    """Return the largest polygon of each geometry, an empty one where there is none."""
    out = np.array(geometry, object)
    for k in np.flatnonzero(shapely.get_type_id(out) != 3):
        parts = [q for q in shapely.get_parts(out[k]) if q.geom_type == "Polygon"]
        out[k] = max(parts, key=lambda q: q.area, default=Polygon())
    return out
