"""A layer as read, before anyone says what it is for: its kind of geometry, where its rows lie, its CRS as far as somebody says it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from geogrid.crs import WGS84, parse_crs, shifted_name
from geogrid.inspection.report import Box
from geogrid.reading.angles import parse_dms
from geogrid.reading.geometry import project
from geogrid.reading.headings import recognise
from geogrid.reading.layer import with_crs
from geogrid.reading.layers import read_layers
from geogrid.reading.limits import MAX_TEXT_BYTES
from geogrid.reading.placement import extent_of, is_on_globe
from geogrid.reading.raw import RawLayer, refuse

_KINDS = {0: "point", 1: "line", 2: "line", 3: "area", 4: "point", 5: "line", 6: "area"}
_OF_TEXT = (".csv", ".shp", ".zip", ".geojson", ".json", ".geojsonl", ".geojsons")
"""Formats whose text can be of several encodings."""
_PLACES = (("lon", "lat"), ("x", "y"))


@dataclass(frozen=True, eq=False)
class Looked:
    """A layer: `shapes` in the numbers of the file (also of coordinate columns); `kind` area, line, point, any (mixed) or none.

    `crs` is None where nobody says it, `stated` False where only the format does; `asked` is what the caller says, "" where the file knows better;
    `box` is the extent in degrees, None where it is not known; `dms`: its coordinate columns hold degrees, minutes and seconds.
    `encoding` is the one that the caller gave, if it was of use.
    """

    raw: RawLayer
    asked: str
    shapes: np.ndarray
    kind: str
    crs: CRS | None
    stated: bool
    box: Box | None
    dms: bool = False
    encoding: str = ""

    @property
    def names(self) -> list[str]:
        """The file's columns but for its geometry."""
        return _names(self.raw)

    @property
    def has_geometry(self) -> bool:
        """Tell geometries from points made of coordinate columns."""
        return _has_geometry(self.raw)

    @property
    def is_sure(self) -> bool:
        """Tell whether others may be placed by this layer: somebody, or its format, says its CRS, and its numbers can be so."""
        return self.box is not None and is_on_globe(self.box)

    @property
    def stem(self) -> str:
        """The file's name without ending."""
        return Path(self.raw.file).stem


def look(path: str | Path, layer: str | None, crs: str | None, encoding: str | None, *, strict: bool) -> list[Looked]:
    """Read every layer of a file, or the one named. `crs` and `encoding` serve where the file does not say.

    With `strict` they are meant for this very file: `crs` may not contradict it. Else they are for some of many files: one that states its CRS, or
    whose text is UTF-8, is read as it says.

    Raises InputError when the file can not be read or holds no row, CrsError when `crs` is not known or contradicts what the file says.
    """
    encoding = encoding if strict or not _is_utf8(Path(path)) else None
    layers = read_layers(path, layer=layer, encoding=encoding)
    if all(raw.frame.empty and not raw.faults for raw in layers):
        raise refuse(str(path), "holds no row", "没有任何行")
    given = encoding if encoding and Path(path).suffix.lower() in _OF_TEXT else ""
    return [replace(_looked(raw, crs, strict=strict), encoding=given) for raw in layers]


def _is_utf8(path: Path) -> bool:
    """Tell whether a file is text that can only be UTF-8: whole, and with more than ASCII in it."""
    if (
        path.suffix.lower() not in (".csv", ".geojson", ".json", ".geojsonl", ".geojsons")
        or not path.is_file()
        or path.stat().st_size > MAX_TEXT_BYTES
    ):
        return False
    try:
        return not path.read_bytes().decode("utf-8").isascii()
    except (UnicodeDecodeError, OSError):
        return False


def _looked(raw: RawLayer, asked: str | None, *, strict: bool) -> Looked:
    if asked and not shifted_name(asked):
        parse_crs(asked)
    if asked and raw.crs is not None and raw.crs_stated and not strict:
        asked = None
    made = with_crs(raw, asked)
    shapes, kind, pair, dms = _shapes(made)
    shift = shifted_name(asked)
    crs = WGS84 if shift else made.crs if made.crs is not None else parse_crs(asked) if asked else None
    if crs is None and pair == ("lon", "lat"):
        crs = WGS84
    stated = bool(asked) or (made.crs is not None and made.crs_stated)
    box = _box(shapes, crs, shift)
    if not stated and crs is not None and crs.is_geographic and box is not None and not is_on_globe(box):
        crs, box = None, None  # the format's default can not be true
    return Looked(raw, asked or "", shapes, kind, crs, stated, box, dms)


def _shapes(raw: RawLayer) -> tuple[np.ndarray, str, tuple[str, str] | None, bool]:
    """Return the geometries, or the points of coordinate columns; the kind; which pair of columns it was, and whether in minutes and seconds."""
    if _has_geometry(raw):
        shapes = np.asarray(raw.frame.geometry.array, dtype=object)
        kinds = {_KINDS.get(int(i), "any") for i in np.unique(shapely.get_type_id(shapes[~shapely.is_missing(shapes)]))}
        return shapely.force_2d(shapes), kinds.pop() if len(kinds) == 1 else "any" if kinds else "none", None, False
    found = recognise("patrols", _names(raw))
    pair = next((pair for pair in _PLACES if all(ours in found for ours in pair)), None)
    if pair is None:
        return np.empty(0, dtype=object), "none", None, False
    xy = np.column_stack([pd.to_numeric(raw.frame[found[ours]], errors="coerce").to_numpy(dtype="float64") for ours in pair])
    angles = np.column_stack([_angles(raw.frame[found[ours]], xy[:, i]) for i, ours in enumerate(pair)])
    dms = pair == ("lon", "lat") and bool(np.isfinite(angles).any())
    xy = np.where(np.isnan(xy), angles, xy) if dms else xy
    known = np.isfinite(xy).all(axis=1)
    shapes = np.full(len(xy), None, dtype=object)
    shapes[known] = shapely.points(xy[known])
    return shapes, "point", pair, dms


def _angles(column: pd.Series, numbers: np.ndarray) -> np.ndarray:
    """Return the degrees of texts such as 117°06′30″, NaN for what is none."""
    made = np.full(len(column), np.nan)
    for i in np.flatnonzero(np.isnan(numbers)):
        angle = parse_dms(str(column.iloc[i]))
        made[i] = np.nan if angle is None else angle[0]
    return made


def _box(shapes: np.ndarray, crs: CRS | None, shift: str) -> Box | None:
    """Return the extent in degrees of where most of the shapes lie."""
    extent = extent_of(shapes) if crs is not None and len(shapes) else None
    if extent is None or crs is None:
        return None
    west, south, east, north = extent
    corners = shapely.points([(west, south), (west, north), (east, south), (east, north)])
    box = shapely.total_bounds(project(corners, crs, WGS84, shift))
    return tuple(round(float(v), 7) for v in box) if np.isfinite(box).all() else None


def _has_geometry(raw: RawLayer) -> bool:
    return isinstance(raw.frame, gpd.GeoDataFrame) and raw.frame.active_geometry_name is not None


def _names(raw: RawLayer) -> list[str]:
    return [str(name) for name in raw.frame.columns if name != "geometry"]


def boxes_beside(looked: Iterable[Looked], one: Looked | None = None) -> list[Box]:
    """Return the extents of layers that others may be placed by, but for `one`: those that state their CRS first, then areas."""
    known = [other for other in looked if other is not one and other.is_sure and other.box is not None]
    return [other.box for other in sorted(known, key=lambda other: (not other.stated, other.kind != "area")) if other.box is not None]
