"""Shapes as a role needs them: finite, of the right kind, valid. What can be mended safely is mended and said; the rest is a fault of its row."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import shapely
from pyproj import CRS, Transformer

from geogrid.catalogue import KIND_ZH
from geogrid.crs import METRES_PER_DEGREE, unshift

GRID_M = 0.001
"""What is shorter or thinner than the grid of coordinates has no extent: a spike in degrees gets a hair's breadth when it is projected."""
_POINT, _LINE, _RING, _AREA, _POINTS, _LINES, _AREAS, _COLLECTION = range(8)
_TYPES = {
    "area": (_AREA, _AREAS),
    "line": (_LINE, _RING, _LINES),
    "any": (_LINE, _RING, _LINES, _AREA, _AREAS),
    "point": (_POINT, _POINTS, _AREA, _AREAS),
}
_WORDS = {"area": ("an area", "面"), "line": ("a line", "线"), "any": ("a line or an area", "线或面"), "point": ("a point", "点")}
Reason = tuple[str, str]
"""Why a geometry can not be used, in English and Chinese."""


@dataclass(frozen=True, eq=False)
class Shapes:
    """Geometries after a check, and by position: why one is `bad`, what was wrong and is `mended`, which are `empty` (no length, no area)."""

    geometry: np.ndarray
    bad: dict[int, Reason]
    mended: dict[int, str]
    empty: dict[int, Reason]


NONE: Reason = ("has no geometry", "没有几何")


def check_kind(geometry: np.ndarray, kind: str) -> tuple[np.ndarray, dict[int, Reason]]:
    """Return the geometries without Z and the reasons, by position, of those that are missing, not finite, or of the wrong type for `kind`."""
    flat = shapely.force_2d(geometry)
    bad: dict[int, Reason] = {}
    types = shapely.get_type_id(flat)
    names = [*KIND_ZH, "none"]
    en, zh = _WORDS[kind]
    for i in np.flatnonzero(~np.isin(types, _TYPES[kind])):
        bad[int(i)] = (f"is a {names[types[i]]}, not {en}", f"几何类型是{KIND_ZH.get(names[types[i]], '')}，应为{zh}")
    coordinates, of = shapely.get_coordinates(flat, return_index=True)
    for i in np.unique(of[~np.isfinite(coordinates).all(axis=1)]):
        bad[int(i)] = ("has coordinates that are no finite numbers, or too few of them", "坐标不是有限的数，或坐标太少")
    several = (types == _POINTS) & (shapely.get_num_geometries(flat) > 1)
    for i in np.flatnonzero(several & (kind == "point")):
        bad[int(i)] = ("has several points where one is wanted", "有多个点，应只有一个")
    for i in np.flatnonzero(shapely.is_missing(flat) | (shapely.is_empty(flat) & (shapely.get_num_coordinates(flat) == 0))):
        unbuilt = types[i] == _COLLECTION  # the GeoJSON reader's BROKEN
        bad[int(i)] = (
            ("has a geometry that can not be built (NaN, too few points, or a collection)", "几何无法构成（NaN、点数过少或集合）")
            if unbuilt
            else NONE
        )
    return flat, bad


def check_degrees(geometry: np.ndarray) -> dict[int, Reason]:
    """Return the reasons, by position, of geometries that are not on the globe, or at 0, 0, where no district lies."""
    box = shapely.bounds(geometry)
    with np.errstate(invalid="ignore"):
        off = (np.abs(box[:, [0, 2]]) > 180).any(axis=1) | (np.abs(box[:, [1, 3]]) > 90).any(axis=1)
        null = (box == 0).all(axis=1)
    bad: dict[int, Reason] = {int(i): ("lies outside longitude ±180, latitude ±90", "超出经纬度范围") for i in np.flatnonzero(off)}
    return bad | {int(i): ("lies at longitude 0, latitude 0", "位于经纬度 0, 0") for i in np.flatnonzero(null)}


def project(geometry: np.ndarray, source: CRS, target: CRS, shifted: str = "") -> np.ndarray:
    """Return the geometries in `target`; those of a shifted datum ("GCJ-02", "BD-09") by way of WGS 84."""
    geometry = unshift(geometry, shifted) if shifted else geometry
    if source.equals(target, ignore_axis_order=True):
        return geometry
    return shapely.transform(geometry, transformer(source, target).transform, interleaved=False)


@lru_cache(maxsize=32)
def transformer(source: CRS, target: CRS) -> Transformer:
    """Return the way from one CRS to another, x before y; PROJ takes 15 ms to find one."""
    return Transformer.from_crs(source, target, always_xy=True)


def is_flat(geometry: np.ndarray, crs: CRS | None) -> np.ndarray:
    """Answer for each geometry whether it is an area thinner than the grid of coordinates; to be asked in the coordinates of the file.

    A spike along a parallel is bent when it is projected, and would be as wide as it bends: 5 cm in 2 km.
    """
    width = GRID_M / METRES_PER_DEGREE if crs is not None and crs.is_geographic else GRID_M
    finite = np.isfinite(shapely.bounds(geometry)).all(axis=1)  # neither empty nor without end
    there = np.flatnonzero(finite & np.isin(shapely.get_type_id(geometry), _TYPES["area"]))
    thin = there[_is_thin(geometry[there], width)]
    crossed = ~shapely.is_valid(geometry[thin])  # the two halves of a bow tie take each other's area away
    mended = shapely.make_valid(geometry[thin[crossed]], method="structure", keep_collapsed=False)
    flat = np.zeros(len(geometry), bool)
    flat[thin] = True
    flat[thin[crossed]] = _is_thin(mended, width)
    return flat


def _is_thin(geometry: np.ndarray, width: float) -> np.ndarray:
    return 2 * shapely.area(geometry) <= width * shapely.length(geometry)


def mend(geometry: np.ndarray, kind: str, flat: np.ndarray | None = None) -> Shapes:
    """Check geometries in metres, which `check_kind` let through, and mend what is invalid; None passes.

    Areas keep their areal parts only; those that were `flat` (`is_flat`) in their file have none. A point role takes the label point of an area.
    """
    made = geometry.copy()
    types = shapely.get_type_id(made)
    areal = np.isin(types, _TYPES["area"])
    bad: dict[int, Reason] = {}
    mended: dict[int, str] = {}
    coordinates, of = shapely.get_coordinates(made, return_index=True)
    for i in np.unique(of[~np.isfinite(coordinates).all(axis=1)]):
        bad[int(i)], made[i] = ("can not be converted to the working CRS", "不能换算到工作坐标系"), None
    for i in np.flatnonzero(areal & ~shapely.is_valid(made) & ~shapely.is_missing(made)):
        mended[int(i)], made[i] = shapely.is_valid_reason(made[i]), areal_parts(shapely.make_valid(made[i], method="structure", keep_collapsed=False))
    thin = areal & _is_thin(made, GRID_M) if flat is None else areal & (_is_thin(made, GRID_M) | flat)
    lines = np.isin(types, _TYPES["line"]) & (shapely.length(made) < GRID_M)
    empty: dict[int, Reason] = {int(i): ("is a line without length", "是没有长度的线") for i in np.flatnonzero(lines)}
    empty |= {int(i): ("has no area", "面积为零") for i in np.flatnonzero(thin)}
    mended = {i: why for i, why in mended.items() if i not in empty}
    made = _as_points(made, types) if kind == "point" else made
    return Shapes(made, bad, mended, empty)


def _as_points(geometry: np.ndarray, types: np.ndarray) -> np.ndarray:
    made = geometry.copy()
    several, areal = types == _POINTS, np.isin(types, _TYPES["area"])
    made[several] = shapely.get_geometry(geometry[several], 0)
    made[areal] = shapely.point_on_surface(geometry[areal])
    return made


def areal_parts(geometry: shapely.Geometry) -> shapely.Geometry:
    """Return the (Multi)Polygon that is in a geometry; empty when there is none.

    >>> areal_parts(shapely.from_wkt("GEOMETRYCOLLECTION (POINT (0 0), POLYGON ((0 0, 1 0, 1 1, 0 0)))")).wkt
    'POLYGON ((0 0, 1 0, 1 1, 0 0))'
    """
    if shapely.get_type_id(geometry) in _TYPES["area"]:
        return geometry
    parts = shapely.get_parts(shapely.get_parts(geometry))
    found = parts[shapely.get_type_id(parts) == _AREA]
    return found[0] if len(found) == 1 else shapely.union_all(found) if len(found) else shapely.Polygon()
