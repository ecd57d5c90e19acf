"""GeoJSON by the standard library: strict JSON, a FeatureCollection, a Feature, or a feature a line.

Each geometry is made on its own, so that one bad row stays one bad row.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import CRS

from geogrid.crs import WGS84, parse_crs
from geogrid.errors import InputError
from geogrid.reading.limits import MAX_DIGITS, check_shape
from geogrid.reading.positions import has_height, to_shape
from geogrid.reading.raw import Fault, Note, RawLayer, height_note, refuse, without_geometry
from geogrid.reading.text import decode

_INT64 = 2**63
_HALF = re.compile(r"\\u[dD][89a-fA-F]")


class _DuplicateKeyError(ValueError):
    pass


def read_geojson(path: Path, layer: str | None = None, encoding: str | None = None) -> RawLayer:
    """Read a GeoJSON file; rows are features counted from 1. Raises InputError with line and column where it is not JSON."""
    file = str(path)
    text, used = decode(path.read_bytes(), file, encoding or "utf-8")
    document = _parse(text, file)
    features = _features(document, file)
    del text
    crs, stated = _crs(document, file)
    return _layer(dict(enumerate(features, 1)), crs, stated, file, layer or path.stem, used)


def read_geojson_lines(path: Path, layer: str | None = None, encoding: str | None = None) -> RawLayer:
    """Read newline-delimited GeoJSON, WGS 84; rows are numbered as lines. Raises InputError with the line that is no feature, such as one cut."""
    file = str(path)
    text, used = decode(path.read_bytes(), file, encoding or "utf-8")
    features: dict[int, dict[str, Any]] = {}
    for number, line in _lines(text):
        found = _parse(line, file, number)
        if not isinstance(found, dict) or found.get("type") != "Feature":
            raise refuse(file, f"line {number}: is no GeoJSON feature", f"第 {number} 行不是 GeoJSON 要素", row=number)
        features[number] = found
    return _layer(features, WGS84, False, file, layer or path.stem, used)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the number and text of each line that holds something, without RFC 8142's record separators."""
    start, number = 0, 1
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        line = text[start:end].strip("\x1e\r\t ")
        if line:
            yield number, line
        start, number = end + 1, number + 1


def _layer(features: dict[int, dict[str, Any]], crs: CRS, stated: bool, file: str, layer: str, encoding: str) -> RawLayer:
    """Make the layer of features by row number: shapes and attributes that can not be used are faults, what is passed over is noted."""
    shapes: dict[int, Any] = {}
    faults: list[Fault] = []
    high_n = 0
    for row, feature in features.items():
        geometry = feature.get("geometry")
        shape, why = to_shape(geometry)
        found = Fault(row, *why, field="geometry") if why else _too_big(row, feature.get("properties"))
        high_n += isinstance(geometry, dict) and has_height(geometry.get("coordinates"))
        if found:
            faults.append(found)
        else:
            shapes[row] = shape
    frame, renamed = _attributes({row: features[row] for row in shapes}, file)
    geometry = np.empty(len(shapes), dtype=object)
    geometry[:] = list(shapes.values())
    made = gpd.GeoDataFrame(frame, geometry=geometry, crs=crs)
    return RawLayer(made, crs, file, layer, stated, encoding, tuple(faults), (*height_note(high_n), *renamed))


def _too_big(row: int, properties: Any) -> Fault | None:
    """A whole number that 64 bits can not hold has lost digits on its way, or will: as a code it must be text."""
    for name, value in properties.items() if isinstance(properties, dict) else ():
        if type(value) is int and not -_INT64 <= value < _INT64:
            return Fault(row, "is beyond 64 bits; write it as text", "超出 64 位整数，请写成文本", name, str(value)[:80])
    return None


def _attributes(features: dict[int, dict[str, Any]], file: str) -> tuple[pd.DataFrame, tuple[Note, ...]]:
    properties = [p if isinstance(p := f.get("properties"), dict) else {} for f in features.values()]
    names = dict.fromkeys(name for p in properties for name in p)
    check_shape(file, len(features), len(names))
    index = pd.Index(list(features), dtype="int64", name="row")
    # object columns: a missing neighbour must not make a float of a long whole number
    frame = pd.DataFrame({name: [_flat(p.get(name)) for p in properties] for name in names}, index=index, dtype=object)
    if any("id" in f for f in features.values()) and "id" not in frame:
        frame["id"] = pd.Series([_flat(f.get("id")) for f in features.values()], index=index, dtype=object)
    return without_geometry(frame)


def _parse(text: str, file: str, line: int = 0) -> Any:
    """Parse strict JSON: no key twice, no number of hundreds of digits. `line`: where the text stands, if it is one line of many."""
    try:
        found = json.loads(text, object_pairs_hook=_unique, parse_int=_whole)
        if _HALF.search(text):
            json.dumps(found, ensure_ascii=False).encode()
        return found
    except UnicodeEncodeError:
        raise refuse(file, "not GeoJSON: holds half a character (a lone surrogate)", "不是 GeoJSON：含半个字符（孤立代理项）") from None
    except _DuplicateKeyError as error:
        at, at_zh = (f"line {line}: ", f"第 {line} 行：") if line else ("", "")
        raise refuse(file, f"{at}the key {error} stands twice in one object", f"{at_zh}同一对象里键 {error} 出现两次") from None
    except json.JSONDecodeError as error:
        row = line or error.lineno
        hint, hint_zh = ("; one feature a line is .geojsonl", "；每行一个要素的文件应命名为 .geojsonl") if error.msg == "Extra data" else ("", "")
        message = f"not GeoJSON: line {row}, column {error.colno}: {error.msg}{hint}"
        raise refuse(file, message, f"不是 GeoJSON：第 {row} 行第 {error.colno} 列有误{hint_zh}", row=row) from None
    except RecursionError:
        raise refuse(file, "not GeoJSON: nested too deeply", "不是 GeoJSON：嵌套过深") from None
    except ValueError as error:
        raise refuse(file, f"not GeoJSON: {error}", "不是 GeoJSON：数字过长") from None


def _whole(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ValueError(f"a number of {len(digits)} digits")
    return int(digits)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        times = Counter(key for key, _ in pairs)
        raise _DuplicateKeyError(repr(next(key for key, n in times.items() if n > 1)))
    return made


def _features(document: Any, file: str) -> list[dict[str, Any]]:
    kind = document.get("type") if isinstance(document, dict) else None
    features = [document] if kind == "Feature" else document.get("features") if kind == "FeatureCollection" else None
    if not isinstance(features, list) or not all(isinstance(f, dict) and f.get("type") == "Feature" for f in features):
        said = str(kind)[:40]
        raise refuse(file, f"not GeoJSON: needs a FeatureCollection, has type {said!r}", f"不是 GeoJSON：应为 FeatureCollection，实为 {said!r}")
    return features


def _flat(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value


def _crs(document: dict[str, Any], file: str) -> tuple[CRS, bool]:
    """Honour the old `crs` member; without one GeoJSON means WGS 84."""
    member = document.get("crs")
    if not member:
        return WGS84, False
    name = member.get("properties", {}).get("name") if isinstance(member, dict) and isinstance(member.get("properties"), dict) else None
    try:
        crs = parse_crs(str(name))
    except InputError as error:
        raise refuse(file, f"its crs member is not understood: {error.message}", f"crs 成员无法识别：{error.message_zh}") from None
    # CRS84 is what everyone writes for longitude, latitude on WGS 84
    return (WGS84 if crs.name.startswith("WGS 84 (CRS84)") else crs), True
