"""Rings that cross themselves and vertices that repeat, healed where there is one way to do it; and shapes written the way they came."""

from __future__ import annotations

import numpy as np
import shapely
from scipy.spatial import cKDTree
from shapely.geometry.base import BaseGeometry

from geogrid.topology import areas_wider_than

_AREAL = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


def heal(geometry: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return geometries with valid rings and no repeated vertex, and which rows were healed; what can not be, is the very same object.

    A ring that crosses itself encloses some land twice. Where reading that land as inside or as outside (`make_valid` by structure or by
    linework) would matter, nobody knows what was meant, and the shape stays as it is.
    """
    shapes = np.array(geometry, dtype=object)
    areal = is_mendable(shapes)
    bad = np.flatnonzero(areal & ~shapely.is_valid(shapes))
    for row in bad:
        shapes[row] = _healed(shapes[row]) or shapes[row]
    good = np.flatnonzero(areal & shapely.is_valid(shapes))
    bare = shapely.remove_repeated_points(shapes[good], 0.0)
    fewer = shapely.get_num_coordinates(bare) < shapely.get_num_coordinates(shapes[good])
    shapes[good[fewer]] = bare[fewer]
    return shapes, np.array([new is not old for new, old in zip(shapes, geometry, strict=True)], bool)


def is_mendable(shapes: np.ndarray) -> np.ndarray:
    """Answer for each geometry whether it is an area, valid or not, with numbers for coordinates."""
    xy, row = shapely.get_coordinates(shapes, return_index=True)
    wrong = np.zeros(len(shapes), bool)
    wrong[row[~np.isfinite(xy).all(axis=1)]] = True
    return np.isin(shapely.get_type_id(shapes), _AREAL) & ~shapely.is_empty(shapes) & ~wrong


def plane(shapes: np.ndarray) -> np.ndarray:
    """Return geometries without heights; the same objects where none has any."""
    return shapely.force_2d(shapes) if shapely.has_z(shapes).any() else shapes


def single(shapes: np.ndarray) -> np.ndarray:
    """Return MultiPolygons of one part as that part, others as they are."""
    out = shapes.copy()
    wrapped = (shapely.get_type_id(shapes) == shapely.GeometryType.MULTIPOLYGON) & (shapely.get_num_geometries(shapes) == 1)
    out[wrapped] = shapely.get_geometry(shapes[wrapped], 0)
    return out


def _healed(shape: BaseGeometry) -> BaseGeometry | None:
    """Return the one valid reading of a shape, None where there are two that differ, or none."""
    readings = np.array([shapely.make_valid(shape, method="structure", keep_collapsed=False), shapely.make_valid(shape)], dtype=object)
    by_structure, by_linework = areas_wider_than(readings, 0.0)
    if by_structure.is_empty or by_structure.symmetric_difference(by_linework).area > 1e-6 * by_structure.area:
        return None
    parts = shapely.get_parts(by_structure)
    return parts[0] if len(parts) == 1 else by_structure


def in_the_style_of(old: np.ndarray, new: np.ndarray) -> np.ndarray:
    """Return new shapes as the old ones were written: single or multi, rings turning as they did, with heights of the nearest old vertex."""
    out = new.copy()
    for row in np.flatnonzero([a is not b for a, b in zip(new, old, strict=True)]):
        shape = new[row]
        if old[row].geom_type == "MultiPolygon" and shape.geom_type == "Polygon":
            shape = shapely.MultiPolygon([shape])
        ring = shapely.get_exterior_ring(shapely.get_parts(old[row])[0])
        shape = shapely.orient_polygons(shape, exterior_cw=not shapely.is_ccw(ring))
        out[row] = _with_heights(shape, old[row]) if old[row].has_z else shape
    return out


def _with_heights(shape: BaseGeometry, old: BaseGeometry) -> BaseGeometry:
    known = shapely.get_coordinates(old, include_z=True)
    heights = cKDTree(known[:, :2])

    def lift(xyz: np.ndarray) -> np.ndarray:
        return np.column_stack([xyz[:, :2], known[heights.query(xyz[:, :2])[1], 2]])

    return shapely.transform(shapely.force_3d(shapely.force_2d(shape)), lift, include_z=True)
