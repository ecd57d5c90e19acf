"""Layers for GIS programs: GeoPackage, FlatGeobuf and shapefile by GDAL, GeoParquet by pyarrow; the same bytes each time but for .gpkg."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import shapely

from geogrid.crs import to_wgs84

_DBF_NAME, _DBF_TEXT_BYTES = 10, 254
_NO_DATE = "1970-01-01"


def write_gpkg(frame: gpd.GeoDataFrame, path: Path, layer: str, about: Mapping[str, Any]) -> None:
    """Write one layer `layer`, with `about` as its description."""
    _write(frame, path, "GPKG", layer, layer_options={"DESCRIPTION": _said(about), "GEOMETRY_NAME": "geom"})


def write_fgb(frame: gpd.GeoDataFrame, path: Path, layer: str, about: Mapping[str, Any]) -> None:
    """Write FlatGeobuf with its index, and `about` as its description."""
    options = {"DESCRIPTION": _said(about), "SPATIAL_INDEX": "YES" if len(frame) else "NO"}
    _write(frame, path, "FlatGeobuf", layer, layer_options=options)


def write_parquet(frame: gpd.GeoDataFrame, path: Path, layer: str, about: Mapping[str, Any]) -> None:
    """Write GeoParquet, and `about` under its own key of the file's metadata."""
    whole = io.BytesIO()
    to_wgs84(frame).to_parquet(whole, index=False)
    table = pq.read_table(whole)
    pq.write_table(table.replace_schema_metadata({**(table.schema.metadata or {}), b"geogrid": _said({"layer": layer, **about}).encode()}), path)


def write_shp(frame: gpd.GeoDataFrame, path: Path, layer: str, about: Mapping[str, Any]) -> None:  # noqa: ARG001
    """Write a shapefile in UTF-8 with a `.cpg`; names are cut to 10 characters, texts to 254 bytes; the date in the `.dbf` is a fixed one."""
    marked = frame.assign(simulated=True) if about.get("simulated") else frame
    names = short_names([str(name) for name in marked.columns if name != frame.geometry.name])
    short = marked.rename(columns=names)
    texts = {name: short[name].map(_cut, na_action="ignore") for name in short if pd.api.types.is_string_dtype(short[name])}
    _write(short.assign(**texts), path, "ESRI Shapefile", path.stem, layer_options={"ENCODING": "UTF-8", "DBF_DATE_LAST_UPDATE": _NO_DATE})


def short_names(names: list[str]) -> dict[str, str]:
    """Return a name of at most 10 characters for each, all different whatever their case; names that fit keep theirs.

    >>> short_names(["code", "direction_deg", "direction_min"])
    {'code': 'code', 'direction_deg': 'direction_', 'direction_min': 'direction1'}
    """
    taken = {name.lower() for name in names if _bytes(name) <= _DBF_NAME}
    short = {}
    for name in names:
        choice, number = name, 0
        while _bytes(choice) > _DBF_NAME or (choice != name and choice.lower() in taken):
            tail = str(number) if number else ""
            choice, number = _cut(name, _DBF_NAME - len(tail)) + tail, number + 1
        taken.add(choice.lower())
        short[name] = choice
    return short


def cut_names(names: list[str]) -> str:
    """Return which names a shapefile has to shorten, and to what, in one line.

    >>> cut_names(["code", "direction_deg"])
    'direction_deg → direction_'
    """
    return ", ".join(f"{name} → {short}" for name, short in short_names(names).items() if name != short)


def _unfolded(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Mend the shapes that degrees folded: rings that all but touched in metres may cross by less than a micrometre."""
    shapes = frame.geometry.to_numpy()
    folded = ~(shapely.is_valid(shapes) | shapely.is_missing(shapes))
    if not folded.any():
        return frame
    mended = shapes.copy()
    mended[folded] = shapely.make_valid(shapes[folded], method="structure", keep_collapsed=False)
    return frame.set_geometry(gpd.GeoSeries(mended, index=frame.index, crs=frame.crs))


def _write(frame: gpd.GeoDataFrame, path: Path, driver: str, layer: str, layer_options: Mapping[str, str]) -> None:
    whole = _unfolded(to_wgs84(frame))
    kind = _geometry_type(whole, multi=driver != "ESRI Shapefile")
    whole = whole.assign(**{name: whole[name].astype("str") for name in whole if name != whole.geometry.name and not len(whole)})
    pyogrio.write_dataframe(
        whole, path, driver=driver, layer=layer, geometry_type=kind, promote_to_multi=kind.startswith("Multi"), layer_options=layer_options
    )


def _geometry_type(frame: gpd.GeoDataFrame, *, multi: bool) -> str:
    """Return the one type that the layer declares: multi where a multi is among them, so that every row fits it."""
    kinds = {shapely.geometry.base.GEOMETRY_TYPES[kind].removeprefix("Multi") for kind in shapely.get_type_id(frame.geometry.to_numpy()) if kind >= 0}
    if len(kinds) != 1:
        return "Unknown" if kinds else "Polygon"
    plain = kinds.pop()
    mixed = multi and any(name.startswith("Multi") for name in frame.geom_type.dropna())
    return f"Multi{plain}" if mixed else plain


def _said(about: Mapping[str, Any]) -> str:
    return json.dumps(dict(about), ensure_ascii=False)


def _bytes(text: str) -> int:
    return len(text.encode())


def _cut(text: str, size: int = _DBF_TEXT_BYTES) -> str:
    """Return the text cut to `size` bytes of UTF-8, between characters."""
    return text.encode()[:size].decode(errors="ignore")
