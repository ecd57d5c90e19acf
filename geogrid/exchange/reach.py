"""Layers of reach as files: all of them in one GeoPackage, or one of them in any format, tidied so that the same input gives the same bytes.

A layer is a frame in the working CRS; a table without places (a row per unit, kind and minutes) stands beside the others without geometry.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from geogrid.errors import InputError, NotFoundError
from geogrid.exchange.beside import written_beside
from geogrid.exchange.gdal import write_gpkg
from geogrid.exchange.geojson import to_geojson, to_geojson_lines
from geogrid.exchange.sheet import rows_to_csv, rows_to_xlsx, to_csv, write_xlsx

Layers = Mapping[str, pd.DataFrame]
_DIGITS = {"share": 4, "_min": 2, "_m": 2, "_m2": 1, "_km": 3, "_deg": 1}
"""Digits after the point by the ending of a column's name; nobody measures a walk to the millimetre."""
_KEYS = ("level", "code", "kind", "minutes", "week", "id", "camera", "station")
ENDINGS = (".gpkg", ".geojson", ".geojsonl", ".csv", ".xlsx")


def flat(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a layer without its places, rows in the order they have: a named index as first column, lists as words, figures rounded."""
    plain = _worded(frame)
    return _rounded(pd.DataFrame(plain.drop(columns=plain.geometry.name)) if isinstance(plain, gpd.GeoDataFrame) else plain)


def laid_out(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a layer tidied, a named index as its first column, lists as words, sorted by what tells its rows apart."""
    plain = _worded(frame)
    return tidied(plain, tuple(name for name in _KEYS if name in plain))


def _worded(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with a named index as its first column, lists as words, and no place where a shape is empty."""
    plain = frame.reset_index() if frame.index.name and frame.index.name not in frame else frame
    worded = plain.assign(**{name: plain[name].map(_said) for name in plain.columns if _is_list(plain, str(name))})
    if not isinstance(worded, gpd.GeoDataFrame):
        return worded
    shapes = worded.geometry.to_numpy()
    return worded.set_geometry(gpd.GeoSeries(np.where(shapely.is_empty(shapes), None, shapes), index=worded.index, crs=worded.crs))


def _is_list(frame: pd.DataFrame, name: str) -> bool:
    return frame[name].dtype == object and bool(frame[name].map(lambda value: isinstance(value, (list, tuple))).any())


def _said(value: Any) -> Any:
    """Write a list in one cell: no format but JSON has lists."""
    return " ".join(map(str, value)) if isinstance(value, (list, tuple)) else value


def tidied(frame: pd.DataFrame, first: tuple[str, ...] = ()) -> pd.DataFrame:
    """Return a layer with rounded figures, its rows sorted by the columns `first`, then the others, then their places.

    >>> tidied(pd.DataFrame({"code": ["2", "1"], "walk_m": [3.14159, 2.0]})).to_dict("list")
    {'code': ['1', '2'], 'walk_m': [2.0, 3.14]}
    """
    rounded, names = _rounded(frame), _names(frame)
    keys = [_key(rounded[name]) for name in dict.fromkeys([*first, *names])]
    if isinstance(frame, gpd.GeoDataFrame):
        keys.append(_place_key(frame.geometry.to_numpy()))
    order = np.lexsort(keys[::-1]) if keys else np.arange(len(frame))
    return rounded.iloc[order].reset_index(drop=True)


def _names(frame: pd.DataFrame) -> list[str]:
    return [str(name) for name in frame.columns if not (isinstance(frame, gpd.GeoDataFrame) and name == frame.geometry.name)]


def _rounded(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with its figures rounded; zero has no sign."""
    digits = {name: _digits(frame[name]) for name in _names(frame)}
    return frame.assign(**{name: frame[name].round(places) + 0.0 for name, places in digits.items() if places is not None})


def _digits(column: pd.Series) -> int | None:
    name = str(column.name)
    if not pd.api.types.is_float_dtype(column) or name in ("lon", "lat"):
        return None
    return next((digits for ending, digits in sorted(_DIGITS.items(), key=lambda pair: -len(pair[0])) if name.endswith(ending)), 3)


def _key(column: pd.Series) -> np.ndarray:
    """Return ranks to sort by: numbers as numbers, all else as text, missing ones last."""
    values = column if pd.api.types.is_numeric_dtype(column) else column.map(str, na_action="ignore")
    return values.rank(method="dense", na_option="bottom").to_numpy()


def _place_key(shapes: np.ndarray) -> np.ndarray:
    """Return ranks of the shapes by their boxes and sizes, so that rows alike in all else keep one order."""
    parts = np.column_stack([shapely.bounds(shapes), shapely.length(shapes), shapely.area(shapes)]).round(4)
    return pd.Series(list(map(tuple, np.nan_to_num(parts, nan=np.inf)))).rank(method="dense").to_numpy() if len(parts) else np.zeros(0)


def check_target(path: Path, project: Path, layer: str) -> None:
    """Raise InputError where no reach can be written to `path`: another ending, the project itself, several layers into a file of one."""
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        known = " ".join(ENDINGS)
        message = f"{path.name}: unknown ending {path.suffix!r}; write one of {known}"
        raise InputError(message, f"{path.name}：不认识的扩展名 {path.suffix!r}；可用：{known}", file=str(path), value=path.suffix)
    if path.exists() and path.samefile(project):
        raise InputError(f"{path}: is the project itself; give another name", f"{path}：是工程文件本身，请换一个文件名", file=str(path))
    if ending != ".gpkg" and not layer:
        message = f"{path.name}: holds one layer; name it with --layer, or write .gpkg for all"
        raise InputError(message, f"{path.name}：只能放一个图层，请用 --layer 指明；要全部图层请写成 .gpkg", file=str(path))


def chosen(layers: Layers, layer: str) -> Layers:
    """Return the one layer that is asked for, or all of them; raises NotFoundError naming the known ones."""
    if layer and layer not in layers:
        message = f"no layer is called {layer!r} here; there are: {', '.join(layers)}"
        raise NotFoundError(message, f"没有图层 {layer!r}；可用：{'、'.join(layers)}", value=layer, known=list(layers))
    return {layer: layers[layer]} if layer else layers


def write_reach(layers: Layers, path: Path, about: Mapping[str, Any]) -> int:
    """Write tidied layers to `path` (`ENDINGS`), whole or not at all, and return the number of rows; a format of one layer takes the only one."""
    ending = path.suffix.lower()
    with written_beside(path) as beside:
        if ending == ".gpkg":
            _write_gpkg(layers, beside, about)
        else:
            ((name, frame),) = layers.items()
            _write_one(frame, beside, name, {**about, "layer": name})
    return sum(len(frame) for frame in layers.values())


def _write_gpkg(layers: Layers, path: Path, about: Mapping[str, Any]) -> None:
    for name, frame in layers.items():
        if isinstance(frame, gpd.GeoDataFrame):
            write_gpkg(frame, path, name, {**about, "layer": name})
        else:
            pyogrio.write_dataframe(_texts(frame), path, driver="GPKG", layer=name)


def _texts(frame: pd.DataFrame) -> pd.DataFrame:
    """Columns without a row have no type of their own: they are text, as those of an empty layer are."""
    return frame if len(frame) else frame.astype("str")


def _write_one(frame: pd.DataFrame, path: Path, name: str, about: Mapping[str, Any]) -> None:
    ending = path.suffix.lower()
    if ending == ".xlsx":
        _write_xlsx(frame, path, name, about)
    else:
        path.write_bytes(layer_bytes(frame, ending, about))


def layer_bytes(frame: pd.DataFrame, ending: str, about: Mapping[str, Any]) -> bytes:
    """Return a tidied layer as .geojson, .geojsonl or .csv; a table without places has features without geometry."""
    if ending == ".csv":
        marked = _marked(frame, about)
        return to_csv(marked) if isinstance(marked, gpd.GeoDataFrame) else rows_to_csv(marked)
    placed = frame if isinstance(frame, gpd.GeoDataFrame) else gpd.GeoDataFrame(frame, geometry=[None] * len(frame), crs=4326)
    if ending == ".geojsonl":
        return to_geojson_lines(placed, {"simulated": True} if about.get("simulated") else {})
    return to_geojson(placed, about)


def _marked(frame: pd.DataFrame, about: Mapping[str, Any]) -> pd.DataFrame:
    """Return a table that says in each row that it is simulated, where it is: no other line of it could."""
    return frame.assign(simulated=True) if about.get("simulated") else frame


def _write_xlsx(frame: pd.DataFrame, path: Path, name: str, about: Mapping[str, Any]) -> None:
    if isinstance(frame, gpd.GeoDataFrame):
        write_xlsx(frame, path, name, about)
    else:
        rows_to_xlsx(_marked(frame, about), path, name)
