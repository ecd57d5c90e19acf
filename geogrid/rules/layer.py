"""The rules of one layer of polygons in metres: each geometry usable, together a partition of the parent.

`find_layer` serves a bare layer and the polygons given to a build alike. An unusable polygon is reported, then left out (or mended in a
copy), so that one fault does not hide another.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from geogrid import topology
from geogrid.catalogue import KIND_ZH, shape_why, why
from geogrid.findings import Finding
from geogrid.measure import lengths, widest
from geogrid.reading.geometry import is_flat
from geogrid.rules.reasons import reason_facts

AREAL = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


def find_layer(
    frame: gpd.GeoDataFrame, *, parent: BaseGeometry | None = None, level: str = "", tolerance_m: float = topology.TOLERANCE_M
) -> list[Finding]:
    """Check polygons (index: codes, projected metres) for themselves, against each other and against `parent`."""
    codes = np.array([str(code) for code in frame.index], dtype=object)
    numbers = frame["row"].to_numpy() if "row" in frame.columns else None  # of the file that it came from
    found, kept, polygons = usable(frame.geometry.to_numpy(), codes, level, numbers)
    names, numbers = codes[kept], None if numbers is None else numbers[kept]
    return found + find_partition(polygons, names, parent, level, tolerance_m, numbers) + find_shapes(polygons, names, level, rows=numbers)


def usable(
    geometry: np.ndarray, codes: np.ndarray, level: str, rows: np.ndarray | None = None, flat: np.ndarray | None = None
) -> tuple[list[Finding], np.ndarray, np.ndarray]:
    """Report geometries that are missing, invalid or not areal; return findings, the rows that can be used and their valid polygons.

    `flat` says which had no area in the coordinates of their file (`is_flat`), whatever a change of CRS made of them.
    """
    found: list[Finding] = []
    geometry = np.array(geometry, dtype=object)
    geometry = shapely.force_2d(geometry) if shapely.has_z(geometry).any() else geometry
    absent = shapely.is_missing(geometry) | shapely.is_empty(geometry)
    found += [Finding("geometry_missing", level, (codes[row],), rows=_rows(rows, (row,))) for row in np.flatnonzero(absent)]
    endless = _is_endless(geometry)
    for row in np.flatnonzero(endless):  # no place: a box or a union of these would be NaN as well
        found.append(Finding("geometry_invalid", level, (codes[row],), facts=shape_why("Coordinates that are not finite"), rows=_rows(rows, (row,))))
    absent |= endless
    areal = np.isin(shapely.get_type_id(geometry), AREAL)
    for row in np.flatnonzero(~absent & ~areal):
        kind = geometry[row].geom_type
        facts = {"found": kind, "found_zh": KIND_ZH[kind], "wanted": "Polygon", "wanted_zh": KIND_ZH["Polygon"]}
        found.append(Finding("geometry_type", level, (codes[row],), geometry[row], facts=facts, rows=_rows(rows, (row,))))
    areal &= ~absent
    thin = areal & (is_flat(geometry, None) if flat is None else is_flat(geometry, None) | flat)
    for row in np.flatnonzero(thin):
        found.append(Finding("geometry_invalid", level, (codes[row],), geometry[row], facts=shape_why("No area"), rows=_rows(rows, (row,))))
    areal &= ~thin
    invalid = areal & ~shapely.is_valid(geometry)
    for row in np.flatnonzero(invalid):
        reason = shapely.is_valid_reason(geometry[row])
        facts = shape_why(reason)
        found.append(Finding("geometry_invalid", level, (codes[row],), _place(reason, geometry[row]), facts=facts, rows=_rows(rows, (row,))))
    if invalid.any():
        mended = shapely.make_valid(geometry[invalid], method="structure", keep_collapsed=False)
        geometry[invalid] = topology.areas_wider_than(mended, 0.0)
    kept = np.flatnonzero(areal & ~shapely.is_empty(geometry))
    return found, kept, geometry[kept]


def with_end(geometry: np.ndarray) -> np.ndarray:
    """Return the geometries, None where coordinates are not finite: those are no place."""
    made = np.array(geometry, dtype=object)
    made[_is_endless(made)] = None
    return made


def _is_endless(geometry: np.ndarray) -> np.ndarray:
    if np.isfinite(shapely.get_coordinates(geometry)).all():
        return np.zeros(len(geometry), bool)
    coordinates, of = shapely.get_coordinates(geometry, return_index=True)
    return np.isin(np.arange(len(geometry)), of[~np.isfinite(coordinates).all(axis=1)])


def find_partition(
    polygons: np.ndarray,
    codes: Sequence[str] | np.ndarray,
    parent: BaseGeometry | None,
    level: str,
    tolerance_m: float,
    rows: np.ndarray | None = None,
) -> list[Finding]:
    """Find overlaps, gaps, parts outside the parent and edges that do not match, among valid polygons; `rows` are their rows in a file."""
    return tell_faults(topology.find_faults(parent, polygons, tolerance_m), codes, level, rows)


def tell_faults(faults: topology.Faults, codes: Sequence[str] | np.ndarray, level: str, rows: np.ndarray | None = None) -> list[Finding]:
    """Make findings of what a layer's faults are."""
    lines = [((f.a, f.b), f) for f in faults.unmatched.itertuples()]
    found = [
        *_areas("overlap", level, faults.overlaps, list(zip(faults.overlaps["a"], faults.overlaps["b"], strict=True)), codes, rows),
        *_areas("gap", level, faults.gaps, faults.gaps["neighbours"].tolist(), codes, rows),
        *_areas("outside_parent", level, faults.outside, [(row,) for row in faults.outside["row"]], codes, rows),
        *[Finding("not_edge_matched", level, _sorted(codes, at), f.geometry, length_m=f.length_m, rows=_rows(rows, at)) for at, f in lines],
    ]
    return in_order(found)


def _areas(
    rule: str, level: str, faults: pd.DataFrame, at: Sequence[tuple[int, ...]], codes: Sequence[str] | np.ndarray, rows: np.ndarray | None
) -> list[Finding]:
    """Make findings of areas, with how wide and how long each is; `at`: the positions that each concerns."""
    shapes = faults["geometry"].to_numpy()
    width = widest(shapes)[0]
    sizes = zip(faults["area_m2"].tolist(), width.tolist(), lengths(shapes, width).tolist(), strict=True)
    return [
        Finding(rule, level, _sorted(codes, who), shape, area_m2=area, width_m=wide, facts=extent(wide, long), rows=_rows(rows, who))
        for shape, who, (area, wide, long) in zip(shapes, at, sizes, strict=True)
    ]


def extent(width_m: float, length_m: float) -> dict[str, str]:
    """Return the facts `extent` and `extent_zh`: how wide and long a fault is, in two digits."""
    said = why("extent", width=_two_digits(width_m), long=_two_digits(length_m))
    return {"extent": said["why"], "extent_zh": said["why_zh"]}


def _two_digits(metres: float) -> str:
    return f"{metres:,.0f}" if metres >= 9.95 else f"{metres:.1f}" if metres >= 0.995 else f"{metres:.2g}"


def find_shapes(
    polygons: np.ndarray,
    codes: Sequence[str] | np.ndarray,
    level: str,
    sliver_m: float = topology.SLIVER_M,
    rows: np.ndarray | None = None,
) -> list[Finding]:
    """Find units in several pieces, and pieces thinner than `sliver_m` on average."""
    found = []
    several = topology.find_pieces(polygons)
    for row, pieces in zip(several["row"].tolist(), several["pieces"].tolist(), strict=True):
        facts = reason_facts("", "in_pieces")
        found.append(Finding("not_connected", level, (codes[row],), polygons[row], value=float(pieces), facts=facts, rows=_rows(rows, (row,))))
    slivers = topology.find_slivers(polygons, sliver_m)
    if not len(slivers):
        return in_order(found)
    for f, wide in zip(slivers.itertuples(), widest(slivers["geometry"].to_numpy())[0].tolist(), strict=True):
        facts = {"width_m": f"{f.width_m:.2g}"}
        at = _rows(rows, (f.row,))
        found.append(Finding("sliver", level, (codes[f.row],), f.geometry, area_m2=f.area_m2, facts=facts, width_m=wide, rows=at))
    return in_order(found)


def in_order(found: list[Finding]) -> list[Finding]:
    """Sort findings by rule, size (the largest first) and codes, so that neither row order nor an index decides."""
    return sorted(found, key=lambda f: (f.rule, -(f.area_m2 or f.length_m or f.value or 0.0), f.units))


def _sorted(codes: Sequence[str] | np.ndarray, rows: Sequence[int]) -> tuple[str, ...]:
    return tuple(sorted(codes[row] for row in rows))


def _rows(rows: np.ndarray | None, positions: Sequence[int]) -> tuple[int, ...]:
    return () if rows is None else tuple(sorted(int(rows[at]) for at in positions))


def _place(reason: str, geometry: BaseGeometry) -> BaseGeometry:
    """Return the point that GEOS names in its reason, else the geometry itself."""
    match = re.search(r"\[(-?[\d.eE+-]+) (-?[\d.eE+-]+)\]", reason)
    return shapely.Point(float(match[1]), float(match[2])) if match else geometry
