"""How much ground of each shape some camera sees: the union of the regions, shape by shape, never of a district at once; and how much there is."""

from __future__ import annotations

import numpy as np
import shapely

from geogrid.reach.regions import Regions


def seen_ground(polygons: np.ndarray, shapes: np.ndarray) -> np.ndarray:
    """Return the area in m2 (k,) of each of `shapes` ((Multi)Polygons, metres) that lies in any of `polygons` (regions as polygons).

    Regions end at footprints: of public ground only those need be cut out that some camera looks over (`looked_over`).
    """
    polygons, shapes = np.asarray(polygons, dtype=object), np.asarray(shapes, dtype=object)
    return _union_m2(polygons, shapes, *_pairs(polygons, shapes))


def looked_over(regions: Regions, polygons: np.ndarray) -> np.ndarray:
    """Return the rows of the footprints, ascending, that some region goes over; `polygons` are the regions as polygons."""
    scene = regions.scene
    region, house = shapely.STRtree(scene.footprints).query(np.asarray(polygons, dtype=object))
    is_low = scene.footprint_m[house] < regions.sectors.lowest_m[region]
    region, house = region[is_low], house[is_low]
    return np.unique(house[shapely.intersects(polygons[region], scene.footprints[house])])


def free_m2(shapes: np.ndarray, footprints: np.ndarray) -> np.ndarray:
    """Return the area in m2 (k,) of each of `shapes` outside of all footprints (n,), which may overlap; None is none."""
    footprints, shapes = np.asarray(footprints, dtype=object), np.asarray(shapes, dtype=object)
    footprints = footprints[~shapely.is_missing(footprints) & ~shapely.is_empty(footprints)]
    is_tangled = _is_tangled(footprints)
    free = shapely.area(shapes) - _union_m2(footprints[is_tangled], shapes, *_pairs(footprints[is_tangled], shapes))
    apart = footprints[~is_tangled]
    shape, house = _pairs(apart, shapes)
    built = shapely.area(apart)[house]
    is_cut = np.bincount(house, minlength=len(apart))[house] > 1
    is_cut |= ~shapely.covers(shapes[shape], apart[house])
    built[is_cut] = shapely.area(shapely.intersection(apart[house[is_cut]], shapes[shape[is_cut]]))
    return free - np.bincount(shape, built, minlength=len(shapes))


def _pairs(polygons: np.ndarray, shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the pairs (shape, polygon) that meet, ordered."""
    shape, polygon = shapely.STRtree(polygons).query(shapes, predicate="intersects")
    order = np.lexsort((polygon, shape))
    return shape[order], polygon[order]


def _is_tangled(footprints: np.ndarray) -> np.ndarray:
    """Tell which footprints overlap another."""
    a, b = shapely.STRtree(footprints).query(footprints, predicate="intersects")
    a, b = a[a < b], b[a < b]
    overlap = shapely.area(shapely.intersection(footprints[a], footprints[b])) > 0
    out = np.zeros(len(footprints), dtype=bool)
    out[a[overlap]] = out[b[overlap]] = True
    return out


def _union_m2(polygons: np.ndarray, shapes: np.ndarray, shape: np.ndarray, polygon: np.ndarray) -> np.ndarray:
    bounds = np.searchsorted(shape, np.arange(len(shapes) + 1))
    out = np.zeros(len(shapes))
    for k in np.flatnonzero(np.diff(bounds)):
        mine = shapely.intersection(polygons[polygon[bounds[k] : bounds[k + 1]]], shapes[k])
        out[k] = shapely.area(shapely.union_all(mine))
    return out
