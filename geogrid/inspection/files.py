"""Files in, a report of each layer out: what it is, which role it could play, which CRS fits, what is wrong with its rows.

Rows are judged by the very code that a build reads with (`problems.find_problems`), so what is said here is what a build would say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from geogrid.crs import WGS84
from geogrid.errors import CrsError, InputError
from geogrid.inspection.columns import code_digits, report_columns
from geogrid.inspection.problems import find_problems
from geogrid.inspection.report import Inspection, LayerReport, Refused
from geogrid.inspection.roles import guess_roles, propose
from geogrid.inspection.zones import Box, crs_options, crs_words, to_degrees
from geogrid.reading.door import FORMATS
from geogrid.reading.headings import Recognised, recognise, recognise_columns
from geogrid.reading.layer import with_crs
from geogrid.reading.layers import read_layers
from geogrid.reading.raw import RawLayer
from geogrid.recipe import InputSpec

_KINDS = {1: "line", 2: "line", 5: "line", 3: "area", 6: "area", 0: "point", 4: "point"}
_DEGREES = (-180.0, -90.0, 180.0, 90.0)


@dataclass(frozen=True, eq=False)
class _Looked:
    """A layer as read: its kind of geometry, a point for each row that has a place (n, 2), and its CRS as far as somebody says it."""

    raw: RawLayer
    asked: str | None
    geometry: str
    xy: np.ndarray
    crs: str
    stated: bool


def inspect_files(paths: Sequence[str | Path], *, layer: str | None = None, crs: str | None = None, encoding: str | None = None) -> Inspection:
    """Inspect files, each layer in the light of all others: what says its place tells where the rest may lie.

    `crs` and `encoding` serve where a file does not say. Files that can not be read stand in `refused`. Raises nothing for them.
    """
    looked: list[_Looked] = []
    refused: list[Refused] = []
    for path in dict.fromkeys(str(path) for path in paths):
        try:
            looked += _look(path, layer, crs, encoding)
        except InputError as error:
            refused.append(Refused(path, error.message, error.message_zh))
    return Inspection(tuple(_report(one, None, _extent([_box(o) for o in looked if o is not one and o.stated])) for one in looked), tuple(refused))


def inspect_file(
    path: str | Path,
    *,
    layer: str | None = None,
    crs: str | None = None,
    encoding: str | None = None,
    role: str | None = None,
    beside: Sequence[LayerReport] = (),
) -> list[LayerReport]:
    """Report each layer of a file, or the one named. `role` is taken for granted where given; `beside` are layers of the same district.

    Raises InputError when the file can not be read at all, CrsError when `crs` is not known.
    """
    looked = _look(str(path), layer, crs, encoding)
    known = [report.bbox for report in beside if report.bbox is not None and report.crs_stated]
    return [_report(one, role, _extent([*known, *(_box(other) for other in looked if other is not one and other.stated)])) for one in looked]


def _look(path: str, layer: str | None, crs: str | None, encoding: str | None) -> list[_Looked]:
    made = []
    for raw in read_layers(path, layer=layer, encoding=encoding):
        stated = raw.crs is not None and raw.crs_stated
        made.append(_looked(raw if stated else with_crs(raw, crs), None if stated else crs))
    return made


def _looked(raw: RawLayer, asked: str | None) -> _Looked:
    xy, geometry = _points(raw)
    degrees = len(xy) > 0 and bool((xy >= _DEGREES[:2]).all() and (xy <= _DEGREES[2:]).all())
    if asked:
        return _Looked(raw, asked, geometry, xy, asked, True)
    if raw.crs is not None and (raw.crs_stated or degrees or len(xy) == 0):
        return _Looked(raw, None, geometry, xy, _name(raw.crs), raw.crs_stated)
    if raw.crs is None and degrees and _pair(raw) == ("lon", "lat"):
        return _Looked(raw, None, geometry, xy, _name(WGS84), False)
    return _Looked(raw, None, geometry, xy, "", False)


def _name(crs: CRS) -> str:
    code = crs.to_epsg()
    return f"EPSG:{code}" if code else crs.name


def _points(raw: RawLayer) -> tuple[np.ndarray, str]:
    """Return the middle of each row's box, or its coordinate columns, and the kind of geometry."""
    if _has_geometry(raw):
        shapes = np.asarray(raw.frame.geometry.array, dtype=object)
        box = shapely.bounds(shapes)
        kinds = {_KINDS.get(int(i), "any") for i in np.unique(shapely.get_type_id(shapes[~shapely.is_missing(shapes)]))}
        xy = (box[:, :2] + box[:, 2:]) / 2
        return xy[np.isfinite(xy).all(axis=1)], kinds.pop() if len(kinds) == 1 else "any" if kinds else "none"
    pair = _pair(raw)
    if pair is None:
        return np.empty((0, 2)), "none"
    theirs = recognise("patrols", _names(raw))
    xy = np.column_stack([pd.to_numeric(raw.frame[theirs[ours]], errors="coerce").to_numpy(dtype=float) for ours in pair])
    return xy[np.isfinite(xy).all(axis=1)], "point"


def _pair(raw: RawLayer) -> tuple[str, str] | None:
    """Return which of our pairs of coordinate columns a table has."""
    found = recognise("patrols", _names(raw))
    return next((pair for pair in (("lon", "lat"), ("x", "y")) if all(ours in found for ours in pair)), None)


def _has_geometry(raw: RawLayer) -> bool:
    return isinstance(raw.frame, gpd.GeoDataFrame) and raw.frame.active_geometry_name is not None


def _names(raw: RawLayer) -> list[str]:
    return [str(name) for name in raw.frame.columns if name != "geometry"]


def _box(looked: _Looked) -> Box | None:
    """Return the extent in degrees, None where it is not known."""
    if not looked.crs or len(looked.xy) == 0:
        return None
    try:
        degrees = to_degrees(_corners(looked.raw, looked.xy), looked.crs if not looked.raw.crs else looked.raw.crs.to_wkt())
    except CrsError:
        return None
    degrees = degrees[np.isfinite(degrees).all(axis=1)]
    return None if len(degrees) == 0 else tuple(round(float(v), 7) for v in (*degrees.min(axis=0), *degrees.max(axis=0)))


def _corners(raw: RawLayer, xy: np.ndarray) -> np.ndarray:
    if _has_geometry(raw):
        x_min, y_min, x_max, y_max = raw.frame.total_bounds
        return np.array([(x_min, y_min), (x_min, y_max), (x_max, y_min), (x_max, y_max)])
    return xy


def _extent(boxes: Sequence[Box | None]) -> Box | None:
    """Return the extent of several."""
    known = np.array([box for box in boxes if box is not None])
    if len(known) == 0:
        return None
    return tuple(float(v) for v in (*known[:, :2].min(axis=0), *known[:, 2:].max(axis=0)))


def _report(looked: _Looked, role: str | None, beside: Box | None) -> LayerReport:
    raw, names = looked.raw, _names(looked.raw)
    stem, rows = Path(raw.file).stem, len(raw.frame) + len(raw.faults)
    codes = recognise("communities", names).get("code")
    digits = code_digits(raw.frame[codes]) if codes is not None and len(raw.frame) else 0
    guesses = guess_roles(raw.layer, stem, looked.geometry, names, rows, digits)
    chosen = propose(guesses) if role is None else role
    # what says its CRS has no choice; where only the format says it, other systems in degrees are possible
    options = () if looked.stated or len(looked.xy) == 0 else crs_options(looked.xy, beside)
    known = _recognised(chosen, names, looked)
    spec = InputSpec(chosen, Path(raw.file), raw.layer, looked.asked, known.columns, None) if chosen else None
    problems, usable = find_problems(spec, raw, looked.crs, options)
    return LayerReport(
        file=raw.file,
        layer=raw.layer,
        format=FORMATS.get(Path(raw.file).suffix.lower(), ""),
        encoding=raw.encoding,
        rows=rows,
        geometry=looked.geometry,
        crs=looked.crs,
        crs_name=_crs_name(looked),
        crs_stated=looked.stated,
        crs_options=options,
        bbox=_box(looked),
        roles=tuple(guesses),
        role=chosen,
        columns=report_columns(raw.frame, known.columns),
        doubtful=known.doubtful,
        findings=problems,
        usable=usable,
        rejected=rows - usable,
        has_geometry=_has_geometry(raw),
        asked_crs=looked.asked or "",
    )


def _crs_name(looked: _Looked) -> str:
    if looked.raw.crs is not None and looked.crs and not looked.asked:
        return looked.raw.crs.name
    return crs_words(looked.crs)[0] if looked.crs else ""


def _recognised(role: str, names: list[str], looked: _Looked) -> Recognised:
    if not role:
        return Recognised({}, {}, {})
    return recognise_columns(role, names, {}, ("lon", "lat", "x", "y") if _has_geometry(looked.raw) else ())
