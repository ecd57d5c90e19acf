"""Where coordinates live: the working CRS of a district, the CRS that could fit a file that does not say, and China's shifted datums.

Work is done in metres: CGCS2000 3-degree Gauss-Krüger zones without zone prefix (EPSG:4534 … 4554) inside China, UTM elsewhere. GCJ-02 and
BD-09, the datums of Chinese web maps, lie 300 to 700 m beside the truth; they are known at the edges only and converted to WGS 84 here.
All coordinates are longitude, latitude (x, y) in this order whatever a CRS says of its axes.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS, Geod
from pyproj.exceptions import CRSError as ProjError

from geogrid.errors import CrsError

WGS84 = CRS.from_epsg(4326)
_GEOD = Geod(ellps="WGS84")
SHIFTED = ("GCJ-02", "BD-09")
METRES_PER_DEGREE = 111_320.0
"""Of longitude at the equator, and nearly of latitude everywhere."""
_GK_FIRST, _GK_FIRST_DEG = 4534, 75
# Longitude and latitude of a coarse outline of China, land and coast, good to some 20 km: it only tells which family of zones fits.
_CHINA_LON_LAT = """
    73.3 39.3, 74.0 40.2, 76.5 40.7, 79.8 42.0, 80.0 45.2, 82.3 45.6, 82.8 47.4, 85.4 47.2, 85.4 48.5, 87.5 49.3, 91.1 46.8, 91.2 45.3,
    95.5 44.5, 96.4 43.0, 100.5 42.8, 105.0 41.8, 109.5 42.6, 112.0 43.5, 111.6 44.4, 113.8 45.1, 116.2 46.6, 119.9 46.9, 118.3 47.9,
    115.3 47.6, 116.5 49.9, 119.2 50.4, 119.8 53.1, 123.5 53.7, 125.8 53.2, 127.8 50.1, 130.8 49.1, 131.2 48.0, 134.9 48.5, 133.4 45.0,
    131.5 44.9, 131.4 43.5, 130.75 42.2, 129.8 42.25, 128.9 41.85, 128.4 41.3, 127.0 41.5, 126.4 40.9, 125.0 40.3, 124.3 39.8, 122.5 38.5,
    123.0 36.5, 123.0 31.0, 122.5 25.5, 121.0 20.5, 113.2 15.7, 110.9 15.7, 108.0 17.9, 107.9 21.4, 106.6 21.9, 106.5 22.8, 105.3 23.0,
    103.9 22.4, 102.4 22.4, 101.5 21.0, 99.0 22.2, 97.4 24.2, 98.6 27.6, 96.0 28.3, 91.8 27.5, 90.0 28.0, 89.1 27.2, 88.7 27.2, 88.5 27.9,
    85.0 28.0, 81.0 29.9, 78.6 31.4, 78.2 34.5, 75.6 36.6
"""
_CHINA = shapely.Polygon([tuple(map(float, pair.split())) for pair in _CHINA_LON_LAT.split(",")])


def working_crs(lon_min: float, lat_min: float, lon_max: float, lat_max: float) -> CRS:
    """Choose the projected CRS, metres, of a district from its extent in degrees: one CRS per project, by the centre.

    >>> working_crs(118.0, 39.5, 118.3, 39.8).to_epsg(), working_crs(24.9, 60.1, 25.0, 60.2).to_epsg()
    (4548, 32635)
    """
    bounds = (lon_min, lat_min, lon_max, lat_max)
    if not (all(map(math.isfinite, bounds)) and -180 <= lon_min <= lon_max <= 180 and -90 <= lat_min <= lat_max <= 90):
        raise CrsError(f"extent {bounds} is not in degrees of longitude and latitude", f"范围 {bounds} 不是经纬度", value=bounds)
    lon, lat = (lon_min + lon_max) / 2, (lat_min + lat_max) / 2
    if is_in_china(lon, lat):
        return CRS.from_epsg(_GK_FIRST + min(max(math.floor((lon - _GK_FIRST_DEG) / 3 + 0.5), 0), 20))
    if not -80 <= lat <= 84:
        raise CrsError(f"latitude {lat:.1f} lies outside every UTM zone", f"纬度 {lat:.1f} 不在任何 UTM 带内", value=lat)
    return CRS.from_epsg((32600 if lat >= 0 else 32700) + min(int((lon + 180) // 6) + 1, 60))


def is_in_china(lon: float, lat: float) -> bool:
    """Tell whether a place lies in China, to some 20 km.

    >>> is_in_china(114.5, 38.0), is_in_china(139.7, 35.7)
    (True, False)
    """
    return bool(shapely.contains_xy(_CHINA, lon, lat))


def parse_crs(name: str) -> CRS:
    """Make a CRS of what a recipe or `--crs` says ("EPSG:4548"); raises CrsError. GCJ-02 and BD-09 are not for here: see `is_shifted`."""
    try:
        return CRS.from_user_input(int(name) if name.strip().isdigit() else name)
    except ProjError:
        message = f"unknown CRS {name!r}: write EPSG:NUMBER, GCJ-02 or BD-09"
        raise CrsError(message, f"不认识的坐标系 {name!r}：请写 EPSG:编号、GCJ-02 或 BD-09", value=name) from None


def shifted_name(name: str | None) -> str:
    """Return "GCJ-02" or "BD-09" for any usual way of writing them, else "".

    >>> shifted_name("gcj02"), shifted_name("EPSG:4326")
    ('GCJ-02', '')
    """
    plain = "".join(c for c in (name or "").upper() if c.isalnum())
    return {"GCJ02": "GCJ-02", "GCJ2": "GCJ-02", "BD09": "BD-09", "BD09LL": "BD-09"}.get(plain, "")


def is_same_place(a: CRS, b: CRS) -> bool:
    """Tell whether two CRS mean the same coordinates to within a metre: equal, or WGS 84 against CGCS2000, whatever their axis order."""
    return a.equals(b, ignore_axis_order=True) or (_is_global(a) and _is_global(b) and a.is_geographic and b.is_geographic)


def _is_global(crs: CRS) -> bool:
    datum = (crs.datum.name if crs.datum else "").casefold()
    return any(
        name in datum for name in ("world geodetic system 1984", "wgs 84", "wgs_1984", "wgs84", "china 2000", "cgcs2000", "cgcs 2000", "china_2000")
    )


def is_old_datum(crs: CRS) -> bool:
    """Tell whether coordinates may lie metres off because the datum is Beijing 1954, Xian 1980 or not known at all."""
    name = f"{crs.geodetic_crs.name if crs.geodetic_crs else ''} {crs.datum.name if crs.datum else ''}".casefold()
    return any(old in name for old in ("beijing", "xian", "xi'an", "unknown", "unnamed"))


def fitting_crs(x_min: float, y_min: float, x_max: float, y_max: float) -> list[str]:
    """List the CRS that coordinates of this extent could be in, most likely first; empty when none fits.

    >>> fitting_crs(39500000, 4000000, 39510000, 4010000)
    ['EPSG:4527']
    """
    if -180 <= x_min <= x_max <= 180 and -90 <= y_min <= y_max <= 90:
        china = is_in_china((x_min + x_max) / 2, (y_min + y_max) / 2)
        return ["EPSG:4490", "EPSG:4326", *SHIFTED] if china else ["EPSG:4326"]
    zone = int(x_min // 1_000_000)
    if zone == int(x_max // 1_000_000) and 1_800_000 < y_min <= y_max < 6_000_000:
        if 25 <= zone <= 45:
            return [f"EPSG:{4513 + zone - 25}"]
        mercator = ["EPSG:3857"] if 8 <= zone <= 15 else []  # where web maps put China, and the western zones of 6 degrees
        if 13 <= zone <= 23:
            return [f"EPSG:{4491 + zone - 13}", *mercator]
        if mercator:
            return mercator
        if zone == 0:
            return [f"EPSG:{_GK_FIRST + i}" for i in range(21)]
    if 100_000 <= x_min <= x_max < 900_000 and 0 <= y_min <= y_max <= 10_000_000:
        return ["EPSG:32601 … 32660 (UTM)"]
    return []


def to_wgs84(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the frame in WGS 84; raises CrsError when it has no CRS."""
    if frame.crs is None:
        raise CrsError("the frame has no CRS; set it first", "图层没有坐标系，请先指定")
    return frame.to_crs(WGS84)


def wgs84_to_gcj02(lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Shift WGS 84 to GCJ-02, degrees; places outside China stay."""
    lon, lat = np.asarray(lon, float), np.asarray(lat, float)
    east, north = _gcj_shift_deg(lon, lat)
    inside = (lon > 72.004) & (lon < 137.8347) & (lat > 0.8293) & (lat < 55.8271)
    return np.where(inside, lon + east, lon), np.where(inside, lat + north, lat)


def gcj02_to_wgs84(lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Undo the shift of GCJ-02, degrees, to under 0.1 mm (four fixed-point steps; three would do)."""
    return _undo(wgs84_to_gcj02, np.asarray(lon, float), np.asarray(lat, float), steps=4)


_BD_TURN = math.pi * 3000 / 180


def gcj02_to_bd09(lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Shift GCJ-02 to BD-09, degrees."""
    lon, lat = np.asarray(lon, float), np.asarray(lat, float)
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD_TURN)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD_TURN)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def bd09_to_gcj02(lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Undo the shift of BD-09 against GCJ-02, degrees. The widely copied closed form is only good to a metre; this iterates."""
    return _undo(gcj02_to_bd09, np.asarray(lon, float), np.asarray(lat, float), steps=8)


def wgs84_to_bd09(lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Shift WGS 84 to BD-09, degrees."""
    return gcj02_to_bd09(*wgs84_to_gcj02(lon, lat))


def bd09_to_wgs84(lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Undo the shift of BD-09 against WGS 84, degrees."""
    return gcj02_to_wgs84(*bd09_to_gcj02(lon, lat))


def unshift(geometry: np.ndarray, name: str) -> np.ndarray:
    """Return geometries of GCJ-02 or BD-09 coordinates (degrees) in WGS 84; missing ones stay missing."""
    convert = {"GCJ-02": gcj02_to_wgs84, "BD-09": bd09_to_wgs84}[name]
    return shapely.transform(geometry, lambda xy: np.column_stack(convert(xy[:, 0], xy[:, 1])))


def mean_distance_m(a: np.ndarray, b: np.ndarray) -> float:
    """Return the mean distance, metres on the ellipsoid, of two arrays of longitude, latitude (n, 2); 0 when they are empty."""
    return float(np.mean(_GEOD.inv(a[:, 0], a[:, 1], b[:, 0], b[:, 1])[2])) if len(a) else 0.0


def _undo(forward: Callable[..., tuple[np.ndarray, np.ndarray]], lon: np.ndarray, lat: np.ndarray, steps: int) -> tuple[np.ndarray, np.ndarray]:
    x, y = lon, lat
    for _ in range(steps):
        east, north = forward(x, y)
        x, y = x + (lon - east), y + (lat - north)
    return x, y


def _gcj_shift_deg(lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The public formula of GCJ-02's shift, on the Krasovsky ellipsoid; degrees east and north."""
    x, y = lon - 105.0, lat - 35.0
    root, pi = np.sqrt(np.abs(x)), math.pi
    wave = (20 * np.sin(6 * x * pi) + 20 * np.sin(2 * x * pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + wave
    north += (20 * np.sin(y * pi) + 40 * np.sin(y / 3 * pi)) * 2 / 3 + (160 * np.sin(y / 12 * pi) + 320 * np.sin(y * pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + wave
    east += (20 * np.sin(x * pi) + 40 * np.sin(x / 3 * pi)) * 2 / 3 + (150 * np.sin(x / 12 * pi) + 300 * np.sin(x / 30 * pi)) * 2 / 3
    axis, flat = 6378245.0, 0.00669342162296594323
    curve = 1 - flat * np.sin(np.radians(lat)) ** 2
    north_deg = north * 180 / (axis * (1 - flat) / (curve * np.sqrt(curve)) * pi)
    east_deg = east * 180 / (axis / np.sqrt(curve) * np.cos(np.radians(lat)) * pi)
    return east_deg, north_deg
