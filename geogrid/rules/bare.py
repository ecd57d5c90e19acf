"""Validate a bare layer: any coverage in any CRS, no project needed.

Longitudes and latitudes are converted to the working CRS, because sizes are told in metres; that bends straight borders, so the parent takes
over the layer's vertices before the conversion as well as after it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pandas.api.types import is_integer_dtype
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geogrid import topology
from geogrid.catalogue import shape_why, why
from geogrid.crs import METRES_PER_DEGREE, fitting_crs, working_crs
from geogrid.errors import InputError
from geogrid.findings import Finding, to_frame
from geogrid.reading.geometry import is_flat
from geogrid.rules.codes import find_codes, find_parents
from geogrid.rules.columns import code_column, parent_column
from geogrid.rules.layer import find_shapes, in_order, tell_faults, usable, with_end
from geogrid.rules.parents import find_parent_mismatch, parents_by_prefix
from geogrid.rules.places import are_axes_exchanged, find_shift
from geogrid.rules.precision import tolerance_of
from geogrid.vertices import take_over_vertices


class ColumnError(InputError, ValueError):
    """A column that a caller names and the layer does not have."""


_FITTING = 3
Parent = BaseGeometry | gpd.GeoDataFrame | gpd.GeoSeries | None


def validate_layer(
    frame: gpd.GeoDataFrame,
    *,
    parent: Parent = None,
    level: str = "",
    code: str | None = None,
    tolerance_m: float | None = None,
    sliver_m: float = topology.SLIVER_M,
    crs: CRS | str | None = None,
    severity: Mapping[str, str] = {},
) -> gpd.GeoDataFrame:
    """Check every rule that a layer without a project can break; return the findings (`geogrid.findings.COLUMNS`) in metres.

    `parent` is the outline to fill, or the polygons of the level above: a bare geometry is in the layer's CRS. `code` names the code column;
    without a known one (`geogrid.rules.columns`) row numbers stand for codes. `tolerance_m` defaults to 0.02 where coordinates are degrees of
    at most seven decimals, as text formats write them, else 0.001; pieces thinner than `sliver_m` on average are slivers. `crs` says what the
    layer does not say itself. `severity` overrides the rules' own.
    Raises ColumnError when `code` is no column of the layer.
    """
    numbers = _row_numbers(frame)
    codes, numbered = _codes(frame, code, level, numbers)
    found, layer, outline = _stated(frame.geometry, _outline(parent), crs)
    found += _unsound(parent)
    if any(f.rule == "crs_mismatch" for f in found):
        return to_frame(found, layer.crs, severity)
    tolerance = tolerance_of(layer) if tolerance_m is None else tolerance_m
    flat = is_flat(layer.to_numpy(), layer.crs)
    layer, outline = _in_metres(layer, outline, tolerance)
    faulty, kept, polygons = usable(layer.to_numpy(), codes.to_numpy(), level, numbers, flat)
    found += faulty
    if not numbered:
        found += find_codes(codes, with_end(layer.to_numpy()), level, numbers)
    names, numbers_kept = _names(codes, numbers)[kept], numbers[kept]
    if outline is not None and len(kept) and not _meet(outline, polygons):
        km = f"{shapely.distance(outline, shapely.multipoints(shapely.centroid(polygons))) / 1000:,.1f}"
        return to_frame([*found, Finding("crs_mismatch", level, facts=why("crs_apart", km=km))], layer.crs, severity)
    faults = topology.find_faults(outline, polygons, tolerance)
    cover = tell_faults(faults, names, level, numbers_kept)
    if isinstance(parent, gpd.GeoDataFrame):
        found += _find_above(frame, codes, numbers, parent, layer, (kept, polygons, faults), level, tolerance)
    if outline is not None and layer.crs is not None and any(f.rule == "outside_parent" for f in cover):
        found += find_shift(polygons, outline, layer.crs, level)
    return to_frame(found + cover + find_shapes(polygons, names, level, sliver_m, numbers_kept), layer.crs, severity)


def unit_names(frame: gpd.GeoDataFrame, code: str | None = None, level: str = "") -> np.ndarray:
    """Return what findings call the units of a layer: codes, "#row" where one has none, row numbers where no column holds codes."""
    numbers = _row_numbers(frame)
    return _names(_codes(frame, code, level, numbers)[0], numbers)


def _row_numbers(frame: gpd.GeoDataFrame) -> np.ndarray:
    """Return the row of each unit as its file counts them, where the index says so (`geogrid.reading`), else from 1."""
    return frame.index.to_numpy() if frame.index.name == "row" and is_integer_dtype(frame.index) else np.arange(1, len(frame) + 1)


def _codes(frame: gpd.GeoDataFrame, column: str | None, level: str, numbers: np.ndarray) -> tuple[pd.Series, bool]:
    """Return the codes as text, and whether row numbers stand for them."""
    if column is not None and column not in frame.columns:
        known = ", ".join(_column_names(frame))
        raise ColumnError(f"no column {column!r} in the layer; it has: {known}", f"图层没有列 {column!r}；现有：{known}", field=column)
    column = column or code_column(_column_names(frame), level)
    if not column:
        return pd.Series([str(n) for n in numbers], dtype=object), True
    return _texts(frame[column]), False


def _column_names(frame: gpd.GeoDataFrame) -> list[str]:
    return [str(name) for name in frame.columns if name != frame.geometry.name]


def _names(codes: pd.Series, numbers: np.ndarray) -> np.ndarray:
    """Return the codes, with "#row" for the rows that have none."""
    names = codes.to_numpy(dtype=object, copy=True)
    for row in np.flatnonzero(names == ""):
        names[row] = f"#{numbers[row]}"
    return names


def _texts(column: pd.Series) -> pd.Series:
    if isinstance(column.dtype, pd.StringDtype):
        return pd.Series(column.fillna("").to_numpy(dtype=object), dtype=object)
    return pd.Series([_text(value) for value in column], dtype=object)


def _text(value: object) -> str:
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _outline(parent: Parent) -> gpd.GeoSeries | None:
    if parent is None:
        return None
    series = gpd.GeoSeries([parent]) if isinstance(parent, BaseGeometry) else parent.geometry
    crs = series.crs
    plain = topology.to_plain(shapely.force_2d(series.dropna().to_numpy()))
    # areas alone: a spike of an invalid parent must not make a collection of it
    solid = shapely.make_valid(plain, method="structure", keep_collapsed=False)
    whole = shapely.coverage_union_all(solid) if shapely.coverage_is_valid(solid) else shapely.union_all(solid)
    whole = solid[0] if len(solid) == 1 else whole
    return None if whole.is_empty else gpd.GeoSeries([whole], crs=crs)


def _unsound(parent: Parent) -> list[Finding]:
    """Report a parent whose own geometry is invalid: the checks go on with a mended copy."""
    if parent is None:
        return []
    shapes = np.array([parent], dtype=object) if isinstance(parent, BaseGeometry) else parent.geometry.dropna().to_numpy()
    reasons = shapely.is_valid_reason(shapes[~shapely.is_valid(shapes)])
    return [Finding("geometry_invalid", "parent", ("parent",), facts=shape_why(reason)) for reason in reasons]


def _stated(layer: gpd.GeoSeries, outline: gpd.GeoSeries | None, crs: CRS | str | None) -> tuple[list[Finding], gpd.GeoSeries, gpd.GeoSeries | None]:
    """Settle the CRS of layer and outline; report one that is missing or can not be true."""
    own = layer.crs or (CRS.from_user_input(crs) if crs is not None else None)
    layer = layer.set_crs(own, allow_override=True).reset_index(drop=True)
    found = [] if own is not None else [Finding("crs_missing", facts=_fitting(layer))]
    if outline is not None:
        outline = outline.set_crs(own) if outline.crs is None else outline if own is None else outline.to_crs(own)
    doubt = "crs_swapped" if own is not None and own.is_geographic and are_axes_exchanged(layer, outline) else _doubt(own, layer)
    return found + ([Finding("crs_mismatch", facts=why(doubt))] if doubt else []), layer, outline


def _fitting(layer: gpd.GeoSeries) -> dict[str, str]:
    """Name the CRS that the numbers could be in, the likeliest few."""
    bounds = layer.total_bounds
    fits = [name for name in fitting_crs(*map(float, bounds)) if name.startswith("EPSG")] if np.isfinite(bounds).all() else []
    if not fits:
        return {"fits": " (such as EPSG:4490)", "fits_zh": "（如 EPSG:4490）"}
    listed = ", ".join(fits[:_FITTING]) + (" …" if len(fits) > _FITTING else "")
    return {"fits": f" (the numbers fit {listed})", "fits_zh": f"（数值符合 {listed}）"}


def _doubt(crs: CRS | None, layer: gpd.GeoSeries) -> str:
    """Tell why numbers can not be of this CRS, "" where they can: degrees beyond the globe, or a whole layer within five metres."""
    west, south, east, north = layer.total_bounds
    if crs is None or not np.isfinite([west, south, east, north]).all():
        return ""
    on_globe = max(-west, east) <= 180 and max(-south, north) <= 90
    if crs.is_geographic:
        return "" if on_globe else "crs_metres"
    looks_like_degrees = on_globe and max(east - west, north - south) < 5 and min(abs(west), abs(south)) > 1
    return "crs_degrees" if looks_like_degrees else ""


def _in_metres(layer: gpd.GeoSeries, outline: gpd.GeoSeries | None, tolerance_m: float) -> tuple[gpd.GeoSeries, BaseGeometry | None]:
    """Convert a geographic or non-metric layer to its working CRS, and the outline with it."""
    shape = None if outline is None else outline.iloc[0]
    crs = layer.crs
    extent = layer if outline is None or np.isfinite(layer.total_bounds).all() else outline
    if crs is None or not np.isfinite(extent.total_bounds).all():
        return layer, shape
    if crs.is_projected and crs.axis_info[0].unit_conversion_factor == 1:
        return layer, shape
    west, south, east, north = extent.to_crs(4326).total_bounds
    metric = working_crs(west, south, east, north)
    if shape is not None and crs.is_geographic and extent is layer:
        scale = (METRES_PER_DEGREE * math.cos(math.radians((south + north) / 2)), METRES_PER_DEGREE)
        shape = take_over_vertices(shape, shapely.geometrycollections(layer.dropna().to_numpy()), tolerance_m, scale)
    shape = None if shape is None else gpd.GeoSeries([shape], crs=crs).to_crs(metric).iloc[0]
    return layer.to_crs(metric), shape


def _find_above(
    frame: gpd.GeoDataFrame,
    codes: pd.Series,
    numbers: np.ndarray,
    parent: gpd.GeoDataFrame,
    layer: gpd.GeoSeries,
    usable_: tuple[np.ndarray, np.ndarray, topology.Faults],
    level: str,
    tolerance_m: float,
) -> list[Finding]:
    """Where both layers carry codes, the parent that each unit names must exist, and the unit must lie in it."""
    above, unknown = _codes(parent, None, "", np.arange(1, len(parent) + 1))
    if unknown:
        return []
    column = parent_column(_column_names(frame), level)
    named = _texts(frame[column]) if column else pd.Series(parents_by_prefix(codes.to_numpy(), above.tolist()), dtype=object)
    asked = np.ones(len(codes), dtype=bool) if column else ((named != "") & (codes != "")).to_numpy()
    found = in_order(find_parents(codes[asked], named[asked], with_end(layer.to_numpy()[asked]), level, above, numbers[asked]))
    shapes = parent.geometry if parent.crs is None or layer.crs is None else parent.geometry.to_crs(layer.crs)
    _, kept_above, valid = usable(shapes.to_numpy(), above.to_numpy(), "")
    known = pd.Series(valid, index=above.to_numpy()[kept_above], dtype=object)
    known = known[~known.index.duplicated(keep=False)]
    kept, polygons, faults = usable_
    names = _names(codes, numbers)[kept]
    return found + in_order(find_parent_mismatch(names, named.to_numpy()[kept], polygons, known, level, tolerance_m, numbers[kept], faults))


def _meet(outline: BaseGeometry, polygons: np.ndarray) -> bool:
    shapely.prepare(outline)
    return bool(shapely.intersects(outline, polygons).any())
