"""How much ground of each shape some camera sees: the union of the regions, shape by shape, never of a district at once."""

from __future__ import annotations

import numpy as np
import shapely


def seen_ground(polygons: np.ndarray, shapes: np.ndarray) -> np.ndarray:
    """Return the area in m2 (k,) of each of `shapes` ((Multi)Polygons, metres) that lies in any of `polygons` (regions as polygons)."""
    polygons, shapes = np.asarray(polygons, dtype=object), np.asarray(shapes, dtype=object)
    shape, region = shapely.STRtree(polygons).query(shapes, predicate="intersects")
    order = np.lexsort((region, shape))
    bounds = np.searchsorted(shape[order], np.arange(len(shapes) + 1))
    out = np.zeros(len(shapes))
    for k in np.flatnonzero(np.diff(bounds)):
        mine = shapely.intersection(polygons[region[order[bounds[k] : bounds[k + 1]]]], shapes[k])
        out[k] = shapely.area(shapely.union_all(mine))
    return out
