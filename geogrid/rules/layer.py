"""The rules of one layer of polygons in metres: each geometry usable, together a partition of the parent.

`find_layer` serves a bare layer and the polygons given to a build alike. An unusable polygon is reported, then left out (or mended in a
copy), so that one fault does not hide another.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geogrid import topology
from geogrid.findings import Finding
from geogrid.rules.reasons import reason_facts

AREAL = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


def find_layer(
    frame: gpd.GeoDataFrame, *, parent: BaseGeometry | None = None, level: str = "", tolerance_m: float = topology.TOLERANCE_M
) -> list[Finding]:
    """Check polygons (index: codes, projected metres) for themselves, against each other and against `parent`."""
    codes = np.array([str(code) for code in frame.index], dtype=object)
    found, rows, polygons = usable(frame.geometry.to_numpy(), codes, level)
    return found + find_partition(polygons, codes[rows], parent, level, tolerance_m) + find_shapes(polygons, codes[rows], level)


def usable(geometry: np.ndarray, codes: np.ndarray, level: str) -> tuple[list[Finding], np.ndarray, np.ndarray]:
    """Report geometries that are missing, invalid or not areal; return findings, the rows that can be used and their valid polygons."""
    found: list[Finding] = []
    geometry = shapely.force_2d(np.asarray(geometry, dtype=object))
    absent = shapely.is_missing(geometry) | shapely.is_empty(geometry)
    found += [Finding("geometry_missing", level, (codes[row],)) for row in np.flatnonzero(absent)]
    areal = np.isin(shapely.get_type_id(geometry), AREAL)
    for row in np.flatnonzero(~absent & ~areal):
        found.append(Finding("geometry_type", level, (codes[row],), geometry[row], facts={"found": geometry[row].geom_type, "wanted": "Polygon"}))
    areal &= ~absent
    invalid = areal & ~shapely.is_valid(geometry)
    for row in np.flatnonzero(invalid):
        reason = shapely.is_valid_reason(geometry[row])
        found.append(Finding("geometry_invalid", level, (codes[row],), _place(reason, geometry[row]), facts={"why": reason.split("[")[0].strip()}))
    if invalid.any():
        mended = shapely.make_valid(geometry[invalid], method="structure", keep_collapsed=False)
        geometry[invalid] = topology.areas_wider_than(mended, 0.0)
    rows = np.flatnonzero(areal & ~shapely.is_empty(geometry))
    return found, rows, geometry[rows]


def find_partition(
    polygons: np.ndarray, codes: Sequence[str] | np.ndarray, parent: BaseGeometry | None, level: str, tolerance_m: float
) -> list[Finding]:
    """Find overlaps, gaps, parts outside the parent and edges that do not match, among valid polygons."""
    faults = topology.find_faults(parent, polygons, tolerance_m)
    found = [Finding("overlap", level, _sorted(codes, (f.a, f.b)), f.geometry, area_m2=f.area_m2) for f in faults.overlaps.itertuples()]
    found += [Finding("gap", level, _sorted(codes, f.neighbours), f.geometry, area_m2=f.area_m2) for f in faults.gaps.itertuples()]
    found += [Finding("outside_parent", level, (codes[f.row],), f.geometry, area_m2=f.area_m2) for f in faults.outside.itertuples()]
    found += [Finding("not_edge_matched", level, _sorted(codes, (f.a, f.b)), f.geometry, length_m=f.length_m) for f in faults.unmatched.itertuples()]
    return in_order(found)


def find_shapes(polygons: np.ndarray, codes: Sequence[str] | np.ndarray, level: str) -> list[Finding]:
    """Find units in several pieces and slivers."""
    found = []
    for f in topology.find_pieces(polygons).itertuples():
        facts = reason_facts("", "in_pieces")
        found.append(Finding("not_connected", level, (codes[f.row],), polygons[f.row], value=float(f.pieces), facts=facts))
    for f in topology.find_slivers(polygons).itertuples():
        found.append(Finding("sliver", level, (codes[f.row],), f.geometry, area_m2=f.area_m2, facts={"width_m": f"{f.width_m:.2g}"}))
    return in_order(found)


def in_order(found: list[Finding]) -> list[Finding]:
    """Sort findings by rule, size (the largest first) and codes, so that neither row order nor an index decides."""
    return sorted(found, key=lambda f: (f.rule, -(f.area_m2 or f.length_m or f.value or 0.0), f.units))


def _sorted(codes: Sequence[str] | np.ndarray, rows: Sequence[int]) -> tuple[str, ...]:
    return tuple(sorted(codes[row] for row in rows))


def _place(reason: str, geometry: BaseGeometry) -> BaseGeometry:
    """Return the point that GEOS names in its reason, else the geometry itself."""
    match = re.search(r"\[(-?[\d.eE+-]+) (-?[\d.eE+-]+)\]", reason)
    return shapely.Point(float(match[1]), float(match[2])) if match else geometry
