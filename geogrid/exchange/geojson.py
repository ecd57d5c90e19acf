"""GeoJSON as RFC 7946 wants it, the same bytes for the same frame: WGS 84, seven digits, outer rings counter-clockwise, no `crs` member."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geogrid.exchange.rounding import DIGITS, rounded_wgs84

_TOO_LONG = re.compile(r"-?\d+\.\d{8,}")


def to_geojson(frame: gpd.GeoDataFrame, members: Mapping[str, Any] = {}) -> bytes:
    """Return a FeatureCollection, UTF-8, a feature a line; `members` are foreign members before `features`.

    Columns and a named index are the properties; NaN and missing values are null. Raises CrsError when the frame has no CRS.

    >>> to_geojson(gpd.GeoDataFrame({"code": ["1"]}, geometry=[shapely.Point(1, 2)], crs=4326)).decode().splitlines()[1]
    '{"type":"Feature","properties":{"code":"1"},"geometry":{"type":"Point","coordinates":[1.0,2.0]}}'
    """
    head = _dumped({"type": "FeatureCollection", **members})[:-1] + ',"features":['
    return (head + "\n" + ",\n".join(_features(frame)) + "\n]}\n").encode()


def to_geojson_lines(frame: gpd.GeoDataFrame, members: Mapping[str, Any] = {}) -> bytes:
    """Return one feature a line without a collection round them (newline-delimited GeoJSON); `members` stand in every feature."""
    return "".join(f"{feature}\n" for feature in _features(frame, members)).encode()


def plain_columns(frame: gpd.GeoDataFrame) -> dict[str, list[Any]]:
    """Return the properties of a frame, a named index first, as plain Python values with None for what is missing."""
    plain = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    if frame.index.name is not None and frame.index.name not in plain:
        plain = plain.reset_index()
    return {str(name): [None if _is_missing(value) else value for value in plain[name].tolist()] for name in plain}


def _features(frame: gpd.GeoDataFrame, members: Mapping[str, Any] = {}) -> Iterator[str]:
    columns = plain_columns(frame)
    head = _dumped({"type": "Feature", **members})[:-1]
    for text, *values in zip(_geometries(frame), *columns.values(), strict=True):
        yield f'{head},"properties":{_dumped(dict(zip(columns, values, strict=True)))},"geometry":{text}}}'


def _geometries(frame: gpd.GeoDataFrame) -> list[str]:
    """Write each geometry. GEOS does not always find the shortest digits (37.897331200000004), so such numbers are written again."""
    texts = shapely.to_geojson(rounded_wgs84(frame.geometry)).tolist()
    return ["null" if text is None else _TOO_LONG.sub(lambda number: repr(round(float(number[0]), DIGITS)), text) for text in texts]


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _is_missing(value: Any) -> bool:
    """Tell whether a value is null in JSON: None, NA, NaN, or an infinity, which JSON can not say."""
    return value is None or value is pd.NA or (isinstance(value, float) and not np.isfinite(value))
