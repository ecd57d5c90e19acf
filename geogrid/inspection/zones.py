"""Which CRS the numbers of a layer could be in, and where each of them would put it beside what is already known."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from pyproj import CRS, Geod

from geogrid.crs import WGS84, bd09_to_wgs84, fitting_crs, gcj02_to_wgs84, parse_crs, shifted_name, working_crs
from geogrid.inspection.report import CrsOption
from geogrid.reading.geometry import transformer

Box = tuple[float, float, float, float]
_GEOD = Geod(ellps="WGS84")
_NEAR_SHARE = 0.2


def crs_options(xy: np.ndarray, beside: Box | None) -> tuple[CrsOption, ...]:
    """Rank the CRS that points (n, 2) could be in, likeliest first; `beside` is the extent, degrees, of layers whose place is known.

    Without `beside` all that fit the numbers are given, in the order of `fitting_crs`.
    """
    xy = xy[np.isfinite(xy).all(axis=1)]
    if len(xy) == 0:
        return ()
    (x_min, y_min), (x_max, y_max) = xy.min(axis=0).tolist(), xy.max(axis=0).tolist()
    names = [name for name in fitting_crs(x_min, y_min, x_max, y_max) if "…" not in name]
    if beside is not None and not names:
        local = working_crs(*beside).to_epsg()
        names = [f"EPSG:{local}"] if local else []
    made = [_option(name, xy, beside) for name in names]
    if beside is None:
        return tuple(made)
    order = sorted(range(len(made)), key=lambda i: (-(made[i].inside_share or 0.0), made[i].distance_km or 0.0, i))
    ranked = [made[i] for i in order]
    near = [option for option in ranked if option.inside_share or (option.distance_km or 0.0) < 1000]
    return tuple((near or ranked)[:6])


def _option(name: str, xy: np.ndarray, beside: Box | None) -> CrsOption:
    words, words_zh = crs_words(name)
    if beside is None:
        return CrsOption(name, words, words_zh)
    degrees = to_degrees(xy, name)
    degrees = degrees[np.isfinite(degrees).all(axis=1)]
    if len(degrees) == 0:
        return CrsOption(name, words, words_zh, 0.0, None)
    west, south, east, north = beside
    wide, high = _NEAR_SHARE * (east - west), _NEAR_SHARE * (north - south)
    inside = (degrees >= (west - wide, south - high)).all(axis=1) & (degrees <= (east + wide, north + high)).all(axis=1)
    lon, lat = np.median(degrees, axis=0)
    away_m = _GEOD.inv(lon, lat, float(np.clip(lon, west, east)), float(np.clip(lat, south, north)))[2]
    return CrsOption(name, words, words_zh, round(float(inside.mean()), 4), round(away_m / 1000, 1))


def to_degrees(xy: np.ndarray, name: str) -> np.ndarray:
    """Return points (n, 2) of a CRS, or of GCJ-02 or BD-09, as longitude, latitude; not finite where they can not be converted."""
    shifted = shifted_name(name)
    if shifted:
        return np.column_stack({"GCJ-02": gcj02_to_wgs84, "BD-09": bd09_to_wgs84}[shifted](xy[:, 0], xy[:, 1]))
    return np.column_stack(transformer(parse_crs(name), WGS84).transform(xy[:, 0], xy[:, 1]))


@lru_cache(maxsize=256)
def crs_words(name: str) -> tuple[str, str]:
    """Word a CRS in English and Chinese.

    >>> crs_words("EPSG:4548")
    ('CGCS2000 / 3-degree Gauss-Kruger CM 117E', 'CGCS2000 3 度带，中央经线 117°')
    """
    if shifted_name(name):
        return f"{shifted_name(name)} (a Chinese web map)", {"GCJ-02": "火星坐标（高德、腾讯）", "BD-09": "百度坐标"}[shifted_name(name)]
    crs = parse_crs(name)
    return crs.name, _chinese(crs)


def _chinese(crs: CRS) -> str:
    code = crs.to_epsg() or 0
    if 4534 <= code <= 4554:
        return f"CGCS2000 3 度带，中央经线 {75 + 3 * (code - 4534)}°"
    if 4513 <= code <= 4533:
        return f"CGCS2000 3 度带，{code - 4513 + 25} 带（横坐标含带号）"
    if 4491 <= code <= 4501:
        return f"CGCS2000 6 度带，{code - 4491 + 13} 带（横坐标含带号）"
    if 32601 <= code <= 32660 or 32701 <= code <= 32760:
        return f"WGS 84 UTM {code % 100} 带（{'北' if code < 32700 else '南'}半球）"
    return {4326: "WGS 84 经纬度", 4490: "CGCS2000 经纬度", 3857: "网络墨卡托"}.get(code, crs.name)
