"""GeoJSON's nested lists to shapes, one by one, so that what is wrong is told by its path: `coordinates[0][17] is not finite`."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

Why = tuple[str, str]
"""What is wrong with a geometry, in English and Chinese."""
_RING = 4


class _WrongError(ValueError):
    def __init__(self, path: str, en: str, zh: str) -> None:
        super().__init__(path)
        self.why: Why = (f"{path} {en}", f"{path} {zh}")


def to_shape(geometry: Any) -> tuple[BaseGeometry | None, Why | None]:
    """Make the 2D shape of a GeoJSON geometry object: (shape, None), (None, None) where there is none, (None, why) where it can not be made.

    >>> to_shape({"type": "Point", "coordinates": [117, 36, 5]})[0].wkt
    'POINT (117 36)'
    >>> to_shape({"type": "LineString", "coordinates": [[0, 0], [float("nan"), 1]]})[1][0]
    'coordinates[1] is not finite: [nan, 1]'
    """
    if geometry is None:
        return None, None
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in _MAKERS:
        said = str(kind if isinstance(geometry, dict) else geometry)[:40]
        return None, (f"geometry is of type {said}, which is no area, line or point", f"几何类型 {said} 不是面、线或点")
    try:
        return _MAKERS[kind](geometry.get("coordinates"), "coordinates"), None
    except _WrongError as wrong:
        return None, wrong.why
    except (shapely.errors.ShapelyError, ValueError) as error:
        return None, (f"geometry can not be built: {error}", "几何无法构成")


def has_height(coordinates: Any) -> bool:
    """Tell whether the first position of nested coordinates has more than two numbers."""
    while isinstance(coordinates, list) and coordinates and isinstance(coordinates[0], list):
        coordinates = coordinates[0]
    return isinstance(coordinates, list) and len(coordinates) > 2


def _listed(value: Any, path: str) -> list[Any]:
    if not isinstance(value, list):
        raise _WrongError(path, f"is no list: {str(value)[:40]}", f"不是列表：{str(value)[:40]}")
    return value


def _xy(positions: Any, path: str) -> np.ndarray:
    """Return (n, 2) finite coordinates of a list of positions."""
    values = _listed(positions, path)
    if all(type(p) is list and len(p) >= 2 for p in values):
        flat = [number for p in values for number in p[:2]]
        if set(map(type, flat)) <= {int, float}:
            try:
                made = np.array(flat, dtype="float64").reshape(-1, 2)
            except OverflowError:
                made = np.full((len(values), 2), np.nan)
            if np.isfinite(made).all():
                return made
    raise _first_wrong(values, path)


def _first_wrong(values: list[Any], path: str) -> _WrongError:
    for i, p in enumerate(values):
        at, said = f"{path}[{i}]", str(p)[:60]
        if type(p) is not list or len(p) < 2 or any(type(number) not in (int, float) for number in p[:2]):
            return _WrongError(at, f"is no position of two numbers: {said}", f"不是两个数的坐标：{said}")
        if not all(abs(number) < 1e308 for number in p[:2]):
            return _WrongError(at, f"is not finite: {said}", f"不是有限的数：{said}")
    return _WrongError(path, "has numbers too large", "数值过大")


def _point(value: Any, path: str) -> BaseGeometry:
    return shapely.Point(_xy([value], path)[0]) if _listed(value, path) else shapely.Point()


def _points(value: Any, path: str) -> BaseGeometry:
    return shapely.multipoints(shapely.points(_xy(value, path)))


def _line(value: Any, path: str) -> BaseGeometry:
    found = _xy(value, path)
    if len(found) == 1:
        raise _WrongError(path, "has one position, a line needs two", "只有一个点，线至少要两个")
    return shapely.LineString(found)


def _lines(value: Any, path: str) -> BaseGeometry:
    return shapely.multilinestrings([_line(part, f"{path}[{i}]") for i, part in enumerate(_listed(value, path))])


def _ring(value: Any, path: str) -> np.ndarray:
    found = _xy(value, path)
    if len(found) < _RING:
        raise _WrongError(path, f"is a ring of {len(found)} positions, it needs {_RING}", f"环只有 {len(found)} 个点，至少要 {_RING} 个")
    if (found[0] != found[-1]).any():
        raise _WrongError(path, "is a ring that does not close", "环没有闭合")
    return found


def _area(value: Any, path: str) -> BaseGeometry:
    rings = [_ring(part, f"{path}[{i}]") for i, part in enumerate(_listed(value, path))]
    return shapely.Polygon(rings[0], rings[1:]) if rings else shapely.Polygon()


def _areas(value: Any, path: str) -> BaseGeometry:
    return shapely.multipolygons([_area(part, f"{path}[{i}]") for i, part in enumerate(_listed(value, path))])


_MAKERS = {"Point": _point, "MultiPoint": _points, "LineString": _line, "MultiLineString": _lines, "Polygon": _area, "MultiPolygon": _areas}
