"""A layer of somebody's own, written back with its columns, its rows in their order, and its coordinates digit for digit."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import shapely

from geogrid.crs import to_wgs84
from geogrid.errors import InputError
from geogrid.exchange.beside import written_beside
from geogrid.exchange.gdal import short_names
from geogrid.exchange.geojson import to_geojson, to_geojson_lines
from geogrid.exchange.rounding import DIGITS

TEXT_ENDINGS = (".geojson", ".json", ".geojsonl")
_DRIVERS = {".gpkg": "GPKG", ".fgb": "FlatGeobuf", ".shp": "ESRI Shapefile"}
LAYER_ENDINGS = (*TEXT_ENDINGS, ".gpkg", ".fgb", ".parquet", ".shp")


def check_ending(path: Path) -> None:
    """Raise InputError where no layer can be written under this name."""
    if path.suffix.lower() not in LAYER_ENDINGS:
        known = " ".join(LAYER_ENDINGS)
        message = f"{path.name}: unknown ending {path.suffix!r}; write one of {known}"
        raise InputError(message, f"{path.name}：不认识的扩展名 {path.suffix!r}；可用：{known}", file=str(path), value=path.suffix)


def as_written(frame: gpd.GeoDataFrame, path: Path) -> gpd.GeoDataFrame:
    """Return the frame as a file of this ending will hold it: text formats in WGS 84 with seven digits, others as it is. Raises InputError."""
    if path.suffix.lower() not in TEXT_ENDINGS:
        return frame
    if frame.crs is None:
        message = f"{path.name}: GeoJSON is in WGS 84, and the layer does not say its CRS; give --crs, or write .gpkg"
        raise InputError(message, f"{path.name}：GeoJSON 采用 WGS 84，而图层没有写明坐标系；请用 --crs 说明，或写成 .gpkg", file=str(path))
    degrees = to_wgs84(frame)
    rounded = shapely.transform(degrees.geometry.to_numpy(), lambda xy: np.round(xy, DIGITS) + 0.0)
    return degrees.set_geometry(gpd.GeoSeries(rounded, index=frame.index, crs=degrees.crs))


def write_layer(frame: gpd.GeoDataFrame, path: Path, layer: str) -> None:
    """Write a frame that `as_written` made, whole or not at all; raises InputError."""
    check_ending(path)
    ending, frame = path.suffix.lower(), frame.reset_index(drop=True)
    with written_beside(path) as beside:
        if ending in TEXT_ENDINGS:
            beside.write_bytes(to_geojson_lines(frame) if ending == ".geojsonl" else to_geojson(frame))
        elif ending == ".parquet":
            frame.to_parquet(beside, index=False)
        else:
            _write(frame, beside, _DRIVERS[ending], path.stem if ending == ".shp" else layer)


def _write(frame: gpd.GeoDataFrame, path: Path, driver: str, layer: str) -> None:
    options: dict[str, str] = {}
    if driver == "ESRI Shapefile":
        frame = frame.rename(columns=short_names([str(name) for name in frame.columns if name != frame.geometry.name]))
        options = {"ENCODING": "UTF-8", "DBF_DATE_LAST_UPDATE": "1970-01-01"}
    if driver == "FlatGeobuf":
        options = {"SPATIAL_INDEX": "NO"}  # its index would sort the rows
    kinds = set(frame.geom_type.dropna())
    several = kinds == {"Polygon", "MultiPolygon"} and driver != "ESRI Shapefile"
    kind = "MultiPolygon" if several else kinds.pop() if len(kinds) == 1 else "Polygon" if driver == "ESRI Shapefile" else "Unknown"
    height = " Z" if frame.has_z.any() and kind != "Unknown" else ""
    frame = frame.assign(**{name: frame[name].map(_plain, na_action="ignore") for name in frame if _is_nested(frame, name)})
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "'crs' was not provided")  # a layer that says none goes back as it came
        pyogrio.write_dataframe(frame, path, driver=driver, layer=layer, geometry_type=kind + height, promote_to_multi=several, layer_options=options)


def _is_nested(frame: gpd.GeoDataFrame, name: str) -> bool:
    column = frame[name]
    return name != frame.geometry.name and column.dtype == object and bool(column.map(lambda value: isinstance(value, (list, dict))).any())


def _plain(value: object) -> object:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (list, dict)) else value
