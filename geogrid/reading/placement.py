"""Where coordinates lie that do not say it: which CRS would put them into the district, and whether x and y are exchanged.

The district is where the other layers lie, as west, south, east, north in degrees. Nothing is moved here: these functions tell, a recipe decides.
Arrays hold shapely geometries, None where there is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import shapely
from pyproj import CRS, Geod

from geogrid.crs import WGS84, fitting_crs, is_in_china, parse_crs, shifted_name, unshift
from geogrid.reading.geometry import Reason, check_degrees, project

Extent = tuple[float, float, float, float]
"""West, south, east, north in degrees."""
_GEOD = Geod(ellps="WGS84")
_SAMPLE_N = 500
_MARGIN_DEG = 0.05
"""A layer may reach so far beyond the others and still be of their district: about five kilometres."""
_APART_DEG = 0.5
"""A whole layer this far from all others is somewhere else: about fifty kilometres."""
_FAR_KM, _FARTHEST_KM = 300.0, 6000.0


@dataclass(frozen=True)
class CrsOption:
    """A CRS that coordinates could be in; `swap`: with x and y exchanged. `inside_share` of the geometries would lie in the district, their middle
    `distance_km` from it; None where nobody knows where the district is."""

    crs: str
    name: str
    name_zh: str
    inside_share: float | None = None
    distance_km: float | None = None
    swap: bool = False

    @property
    def is_degrees(self) -> bool:
        """Tell longitude and latitude from metres."""
        return bool(shifted_name(self.crs)) or parse_crs(self.crs).is_geographic


def fitting(geometry: np.ndarray, crs: CRS | None, extent_degrees: Extent | None) -> list[CrsOption]:
    """List the CRS, and whether x and y are exchanged, that would put geometries into the district; the most likely first.

    `crs` is what the file itself says, tried first. Without an extent the numbers alone tell; "EPSG:4490" and "EPSG:4326" are within a metre.
    """
    xy = _middles(geometry)
    if not len(xy):
        return []
    names = _candidates(xy, crs, extent_degrees)
    if extent_degrees is None:
        return [_option(name, swap) for name, swap in names]
    found = [option for name, swap in names if (option := _placed(xy, name, swap, extent_degrees)) is not None]
    found = sorted(found, key=lambda option: (-round(option.inside_share or 0, 2), round(option.distance_km or 0)))
    near = [option for option in found if option.inside_share or (option.distance_km or 0) < _FAR_KM]
    return near or [option for option in found[:1] if (option.distance_km or 0) < _FARTHEST_KM]


def hint(options: Sequence[CrsOption], stated: str = "") -> Reason:
    """Word what to write into a recipe, English and Chinese; `stated` is the CRS that the file itself says and nobody need write.

    >>> hint([CrsOption("EPSG:4548", "", "", 1.0, 0.0)])[0]
    'crs = "EPSG:4548" puts 100 % of it into the district'
    """
    if not options:
        return "no known CRS fits", "没有合适的坐标系"
    best, written = options[0], _written(options[0], stated)
    if best.inside_share is None:
        plain = [option.crs for option in options if not option.swap]
        if not plain:
            return "longitude and latitude look swapped; write swap = true", "经度和纬度似乎写反了；请写 swap = true"
        return f"crs = one of: {', '.join(plain)}", f"crs 可为：{'、'.join(plain)}"
    if not best.inside_share:
        away = f"{best.distance_km:,.0f}"
        return f"the nearest is {written}, {away} km from the district", f"最近的是 {written}，距本区 {away} 公里"
    # in degrees the others are the same place to within a shift of datum
    rest = [_written(option, stated) for option in options[1:4] if option.inside_share and not best.is_degrees]
    more, more_zh = (f"; others that fit: {', '.join(rest)}", f"；也可为：{'、'.join(rest)}") if rest else ("", "")
    looks, looks_zh = ("", "")
    if best.swap:
        looks, looks_zh = ("longitude and latitude", "经度和纬度") if best.is_degrees else ("x and y", "x、y ")
        looks, looks_zh = f"{looks} look swapped: ", f"{looks_zh}似乎写反了："
    share = f"{best.inside_share:.0%}".replace("%", " %")
    return f"{looks}{written} puts {share} of it into the district{more}", f"{looks_zh}{written} 时有 {share} 落在本区{more_zh}"


def _written(option: CrsOption, stated: str) -> str:
    said = f'crs = "{option.crs}"' if option.crs != stated else ""
    return ", ".join(filter(None, [said, "swap = true" if option.swap else ""]))


def _candidates(xy: np.ndarray, crs: CRS | None, extent: Extent | None) -> list[tuple[str, bool]]:
    """List names of CRS, with False as the numbers stand and True exchanged, in the order in which they are likely."""
    authority = crs.to_authority() if crs is not None else None
    own = [(":".join(authority), swap) for swap in (False, True)] if authority else []
    made = [(name, swap) for swap in (False, True) for name in _by_numbers(xy[:, ::-1] if swap else xy, extent)]
    if extent is None and any(not swap for _, swap in made):
        made = [(name, swap) for name, swap in made if not swap]  # nobody can tell which of the two it is
    return list(dict.fromkeys([*(own if extent else []), *made]))


def _by_numbers(xy: np.ndarray, extent: Extent | None) -> list[str]:
    (x_min, y_min), (x_max, y_max) = np.quantile(xy, (0.02, 0.98), axis=0)
    plain = fitting_crs(x_min, y_min, x_max, y_max)
    if extent is None or (abs(x_max) <= 180 and abs(y_max) <= 90):
        return plain
    lon, lat = (extent[0] + extent[2]) / 2, (extent[1] + extent[3]) / 2
    if x_min >= 1_000_000:
        return [*plain, "EPSG:3857"]
    three, six, utm = round((lon - 75) / 3), round((lon - 75) / 6), int((lon + 180) // 6) + 1
    china = [f"EPSG:{4534 + i}" for i in (three, three - 1, three + 1) if 0 <= i <= 20]
    china += [f"EPSG:{4502 + i}" for i in (six, six - 1, six + 1) if 0 <= i <= 10]
    zones = [f"EPSG:{(32600 if lat >= 0 else 32700) + (i - 1) % 60 + 1}" for i in (utm, utm - 1, utm + 1)]
    return [*china, *zones] if is_in_china(lon, lat) else [*zones, "EPSG:3857", *china]


def _placed(xy: np.ndarray, name: str, swap: bool, extent: Extent) -> CrsOption | None:
    """Tell how well a CRS puts places into the district; None where it puts them nowhere on the globe."""
    shapes = shapely.points(xy[:, ::-1] if swap else xy)
    shapes = unshift(shapes, name) if shifted_name(name) else project(shapes, parse_crs(name), WGS84)
    lon, lat = shapely.get_x(shapes), shapely.get_y(shapes)
    if not (np.isfinite(lon).all() and np.abs(lat).max() <= 90 and np.abs(lon).max() <= 180):
        return None
    inside = _meets(np.column_stack([lon, lat, lon, lat]), extent, _MARGIN_DEG / 5)
    return _option(name, swap, float(inside.mean()), distance_km(float(np.median(lon)), float(np.median(lat)), extent))


@lru_cache(maxsize=64)
def _names(name: str) -> Reason:
    if shifted_name(name):
        return f"{name} (web maps)", f"{name}（网络地图坐标）"
    crs = parse_crs(name)
    if crs.is_geographic or not crs.name.startswith("CGCS2000"):
        return crs.name, crs.name + ("（经纬度）" if crs.is_geographic else "")
    params = crs.coordinate_operation.params if crs.coordinate_operation is not None else []
    meridian = next((p.value for p in params if p.name.startswith("Longitude of natural")), 0)
    zone = "三度带" if "3-degree" in crs.name else "六度带"
    return crs.name, f"CGCS2000 {zone}，中央经线 {meridian:.0f}°E{'，坐标带带号' if 'zone' in crs.name else ''}"


def _option(name: str, swap: bool, inside_share: float | None = None, away_km: float | None = None) -> CrsOption:
    # the last line of `fitting_crs` is words, not a name
    english, chinese = _names(name) if "…" not in name else (name, name)
    return CrsOption(name, english, chinese, inside_share, away_km, swap)


def distance_km(lon: float, lat: float, extent: Extent) -> float:
    """Return how far a place lies from a district, 0 inside.

    >>> round(distance_km(117.0, 36.0, (117.0, 37.0, 118.0, 38.0)))
    111
    """
    near_lon, near_lat = min(max(lon, extent[0]), extent[2]), min(max(lat, extent[1]), extent[3])
    return float(_GEOD.inv(lon, lat, near_lon, near_lat)[2]) / 1000


def district_extent(boxes: Iterable[Extent]) -> Extent | None:
    """Return the extent on which most layers agree; `boxes` are theirs, the most trusted first. None where there is none.

    Where two layers stand alone against each other, one in China has it, then one where people live, then the first.
    """
    known = [box for box in boxes if np.isfinite(box).all() and is_on_globe(box)]
    if not known:
        return None
    meets = np.array([_meets(np.array(known), box, _APART_DEG) for box in known])
    votes = [(int(row.sum()), is_in_china(*_centre(box)), abs(_centre(box)[1]) < 72) for row, box in zip(meets, known, strict=True)]
    chosen = np.array(known)[meets[votes.index(max(votes))]]
    return (*chosen[:, :2].min(axis=0).tolist(), *chosen[:, 2:].max(axis=0).tolist())


def is_on_globe(box: Extent) -> bool:
    """Tell whether an extent can be degrees.

    >>> is_on_globe((36.6, 117.0, 36.7, 117.1)), is_on_globe((117.0, 36.6, 117.1, 36.7))
    (False, True)
    """
    return max(abs(box[0]), abs(box[2])) <= 180 and max(abs(box[1]), abs(box[3])) <= 90


def is_exchanged(box: Extent, district: Extent | None) -> bool:
    """Tell whether a layer (degrees) is nowhere near the district and, with longitude and latitude exchanged, would be.

    >>> is_exchanged((43.8, 87.5, 43.9, 87.7), (87.4, 43.7, 87.8, 44.0))
    True
    """
    if district is None or not np.isfinite(box).all():
        return False
    boxes = np.array([box, (box[1], box[0], box[3], box[2])])
    near = _meets(boxes, district, _APART_DEG)
    return bool(near[1] and not near[0])


def find_exchanged(geometry: np.ndarray, district: Extent | None) -> np.ndarray:
    """Return the positions of geometries (degrees) that lie far from the district, or off the globe, and would lie in it with x and y exchanged.

    Without a district, only those off the globe that exchanging would bring back to it.
    """
    box = shapely.bounds(geometry)
    turned = box[:, [1, 0, 3, 2]]
    with np.errstate(invalid="ignore"):
        off = (np.abs(box[:, [1, 3]]) > 90).any(axis=1)
        if district is None:
            return np.flatnonzero(off & (np.abs(turned[:, [1, 3]]) <= 90).all(axis=1) & (np.abs(turned[:, [0, 2]]) <= 180).all(axis=1))
        return np.flatnonzero(_meets(turned, district, _MARGIN_DEG) & ~_meets(box, district, _APART_DEG))


def find_misplaced(geometry: np.ndarray, crs: CRS, district: Extent | None) -> dict[int, Reason]:
    """Return why geometries, by position, can not lie where they are: off the globe, at 0, 0, half round it, or exchanged in x and y.

    `geometry` is in `crs`, degrees or metres.
    """
    box = shapely.bounds(geometry)
    if not crs.is_geographic:
        # eastings with a zone prefix, or northings: no zone of ours reaches so far east
        off = np.flatnonzero(box[:, 2] > 1_000_000) if _is_metre_zone(crs) else []
        return {int(i): (f"does not fit {crs.name}", f"与 {crs.name} 不符") for i in off}
    with np.errstate(invalid="ignore"):
        wide = np.flatnonzero(box[:, 2] - box[:, 0] > 180)
    bad: dict[int, Reason] = {int(i): ("reaches half round the globe, across longitude 180", "跨越半个地球（经度 180°）") for i in wide}
    bad |= check_degrees(geometry)
    for i in find_exchanged(geometry, district):
        said, said_zh = bad.get(int(i), ("lies far from the other layers", "远离其他图层"))
        at = f"{box[i, 0]:.6g}, {box[i, 1]:.6g}"
        bad[int(i)] = f"{said} ({at}): longitude and latitude look swapped", f"{said_zh}（{at}）：经度和纬度似乎写反了"
    return bad


def _is_metre_zone(crs: CRS) -> bool:
    """Tell whether a projected CRS is a transverse Mercator zone whose eastings lie around 500 km."""
    operation = crs.coordinate_operation
    if operation is None or "Transverse Mercator" not in operation.method_name:
        return False
    return any(p.name == "False easting" and p.value == 500_000 for p in operation.params)


def apart_km(box: Extent, district: Extent) -> float:
    """Return how far a layer lies from the district where that is too far to belong to it, else 0.

    >>> round(apart_km((116.0, 38.0, 116.1, 38.1), (117.0, 38.0, 117.1, 38.1)))
    83
    """
    if not np.isfinite(box).all() or _meets(np.array([box]), district, _APART_DEG)[0]:
        return 0.0
    return distance_km(*_centre(box), district)


def far_km(geometry: np.ndarray, district: Extent) -> np.ndarray:
    """Return how far the middle of each geometry (degrees) lies from the district, 0 inside, NaN where there is none."""
    west, south, east, north = district
    box = shapely.bounds(geometry)
    lon, lat = (box[:, 0] + box[:, 2]) / 2, (box[:, 1] + box[:, 3]) / 2
    away = np.full(len(box), np.nan)
    known = np.isfinite(lon) & np.isfinite(lat)
    near = np.clip(lon[known], west, east), np.clip(lat[known], south, north)
    away[known] = np.asarray(_GEOD.inv(lon[known], lat[known], *near)[2]) / 1000
    return away


def exchange(geometry: np.ndarray) -> np.ndarray:
    """Return geometries with x and y exchanged; missing ones stay missing."""
    return shapely.transform(geometry, lambda x, y: (y, x), interleaved=False)


def extent_of(geometry: np.ndarray) -> Extent | None:
    """Return where most of the geometries lie (all of few, else without the outermost hundredth on each side); None where there are none."""
    box = shapely.bounds(geometry)
    box = box[np.isfinite(box).all(axis=1)]
    if not len(box):
        return None
    low, high = (0.0, 1.0) if len(box) < 30 else (0.02, 0.98)
    return (*np.quantile(box[:, :2], low, axis=0).tolist(), *np.quantile(box[:, 2:], high, axis=0).tolist())


def _meets(boxes: np.ndarray, extent: Sequence[float], margin_deg: float) -> np.ndarray:
    west, south, east, north = extent
    with np.errstate(invalid="ignore"):
        across = (boxes[:, 0] <= east + margin_deg) & (boxes[:, 2] >= west - margin_deg)
        return across & (boxes[:, 1] <= north + margin_deg) & (boxes[:, 3] >= south - margin_deg)


def _centre(box: Extent) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def _middles(geometry: np.ndarray) -> np.ndarray:
    """Return the middles of at most `_SAMPLE_N` geometries, (n, 2)."""
    box = shapely.bounds(geometry)
    box = box[np.isfinite(box).all(axis=1)]
    box = box[np.lexsort(box.T)][np.linspace(0, len(box) - 1, min(len(box), _SAMPLE_N)).astype(int)] if len(box) else box
    return (box[:, :2] + box[:, 2:]) / 2
