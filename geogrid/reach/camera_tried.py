"""One camera more, or one moved: what of the streets and doors is seen then that was not, and what no more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geogrid.reach.camera_records import EIGHTH_DEG, UNKNOWN_DEG, resolve
from geogrid.reach.camera_scene import Obstacles
from geogrid.reach.camera_seen import Intervals, View, find_views
from geogrid.reach.regions import Regions
from geogrid.reach.seen_lines import counted, merged

if TYPE_CHECKING:
    from geogrid.reach.camera_reach import CameraReach

EIGHT_DEG = np.arange(8) * 45.0
SMALL_M = 0.05
"""What is less is no gain."""


def try_camera(
    reach: CameraReach,
    x: float,
    y: float,
    *,
    ptz: str | None = None,
    direction_deg: float | None = None,
    angle_deg: float | None = None,
    range_m: float | None = None,
    height_m: float | None = None,
    without: str | None = None,
) -> dict[str, Any]:
    """Return what one camera at x, y (working CRS, metres) changes. What is not asked for is the moved camera's (`without`), else the scheme's.

    Of a camera that does not turn and has no direction the best of eight is taken (`is_direction_chosen`); one of no type is a dome. Figures count
    what is surely seen: `street_m` newly, `street_lost_m` no more, `blind_m` newly of what no camera saw even perhaps, `entrances`,
    `entrances_lost`, `seen_m2`; `units` that gain or lose, of each level. Shapes in the working CRS: `region`, `perhaps`, `fresh` (streets newly
    seen), frame `hides`. `status` as in `CameraReach.cameras`.
    """
    row = _row_of(reach, without)
    asked = {"ptz": ptz, "direction_deg": direction_deg, "angle_deg": angle_deg, "range_m": range_m, "height_m": height_m}
    record = _record(reach, row, asked)
    kit = resolve(pd.DataFrame([record]), reach.around.scheme)
    is_chosen = bool(kit.uncertain_deg[0] == UNKNOWN_DEG)
    if is_chosen:
        kit = resolve(pd.DataFrame([{**record, "direction_deg": _best_way(reach, record, x, y, row)}]), reach.around.scheme)
    sure, maybe, status = find_views(kit, np.array([x]), np.array([y]), reach.around)
    change = find_change(reach.sure, reach.maybe, sure, row)
    return {
        "status": ("", "moved", "indoors")[status[0]],
        "ptz": str(kit.ptz[0]),
        "direction_deg": None if kit.is_dome[0] else float(kit.direction_deg[0]),
        "is_direction_chosen": is_chosen,
        **{name: float(getattr(kit, name)[0]) for name in ("angle_deg", "range_m", "height_m")},
        "defaults": list(kit.defaults[0]),
        **_sums(change),
        "seen_m2": float(sure.regions.area_m2()[0]),
        "units": gaining(reach, change),
        "region": sure.polygons[0],
        "perhaps": maybe.polygons[0],
        "fresh": change.fresh,
        "hides": hiding(sure.regions, np.array([0]), reach.around.obstacles, reach.crs),
    }


def _sums(change: Change) -> dict[str, float]:
    metres = {"street_m": change.fresh_m, "street_lost_m": change.lost_m, "blind_m": change.blind_m}
    doors = {"entrances": change.doors, "entrances_lost": change.doors_lost}
    return {**{name: float(of.sum()) for name, of in metres.items()}, **{name: int(of.sum()) for name, of in doors.items()}}


def _record(reach: CameraReach, row: int, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return a camera's record: what is asked, else what the moved camera has (of another type nothing), else nothing."""
    given = {name: value for name, value in asked.items() if value is not None}
    if row < 0 or given.get("ptz", reach.kit.ptz[row]) != reach.kit.ptz[row]:
        return {"id": "", "ptz": "1", **given, "direction_is_eighth": False}
    own = {name: getattr(reach.kit, name)[row] for name in asked}
    is_eighth = reach.kit.uncertain_deg[row] == EIGHTH_DEG and "direction_deg" not in given
    return {"id": "", **own, **given, "direction_is_eighth": is_eighth}


def _row_of(reach: CameraReach, without: str | None) -> int:
    rows = np.flatnonzero(reach.kit.id == without) if without is not None else np.zeros(0, int)
    return int(rows[0]) if len(rows) else -1


def _best_way(reach: CameraReach, record: Mapping[str, Any], x: float, y: float, without: int) -> float:
    """Return that of eight directions in which a camera newly sees most street."""
    around = reach.around
    kit = resolve(pd.DataFrame([{**record, "direction_deg": way} for way in EIGHT_DEG]), around.scheme)
    seen = find_views(kit, np.full(len(kit), x), np.full(len(kit), y), around)[0].streets
    lines = np.unique(seen.line)
    known = _among(reach.sure.streets.part(reach.sure.streets.camera != without), lines)
    seen = _among(seen, lines)
    metres = around.streets.metres[lines]
    gains = [_beyond(seen.part(seen.camera == c), known, len(lines))[0] @ metres for c in range(len(kit))]
    return float(EIGHT_DEG[int(np.argmax(np.round(gains, 6)))])


def gaining(reach: CameraReach, change: Change) -> list[dict[str, Any]]:
    """Return the units of which more or less street is seen: `level code street_m` (newly, less what is lost), `share` and `share_after` of all."""
    out = []
    net = (change.fresh_m - change.lost_m).tolist()
    for level in reach.around.levels:
        gains: dict[str, float] = defaultdict(float)
        for code, gain in zip(reach.around.streets.code_of[level][change.line], net, strict=True):
            gains[code] += gain
        for code, gain in sorted(gains.items(), key=lambda pair: (-pair[1], pair[0])):
            if code and abs(gain) > SMALL_M:
                whole, sure = reach.streets_by_code[level, code]
                shares = {"share": sure / whole, "share_after": min(1.0, max(0.0, (sure + gain) / whole))}
                out.append({"level": level, "code": code, "street_m": gain, **shares})
    return out


def hiding(regions: Regions, rows: np.ndarray, obstacles: Obstacles, crs: CRS) -> gpd.GeoDataFrame:
    """Return what bounds regions: `what` ("building", "wall"), `id`, `address`, geometry."""
    owners = np.unique(np.concatenate([np.zeros(0, np.int64), *(regions.hides(int(row)) for row in rows)]))
    houses, walls = owners[owners >= 0], -1 - owners[owners < 0]
    names = {
        "what": np.repeat(["building", "wall"], [len(houses), len(walls)]),
        "id": np.r_[obstacles.building[houses], np.full(len(walls), "", dtype=object)],
        "address": np.r_[obstacles.address[houses], np.full(len(walls), "", dtype=object)],
    }
    shapes = np.r_[obstacles.scene.footprints[houses], obstacles.scene.walls[walls]]
    return gpd.GeoDataFrame(pd.DataFrame(names), geometry=shapes, crs=crs)


@dataclass(frozen=True, eq=False)
class Change:
    """Metres of each street piece (`line`) that are surely seen before and after, newly, no more, and newly of what was blind; doors by row."""

    line: np.ndarray
    fresh_m: np.ndarray
    lost_m: np.ndarray
    blind_m: np.ndarray
    fresh: BaseGeometry
    doors: np.ndarray
    doors_lost: np.ndarray


def find_change(sure: View, maybe: View, new: View, without: int) -> Change:
    """Compare what is surely seen with what is so when the camera of `new` is added and the camera of row `without` (-1: none) taken away."""
    streets = sure.around.streets
    old, added = sure.streets, new.streets
    lines = np.unique(np.concatenate([added.line, old.line[old.camera == without]]))
    before = _among(old, lines)
    kept = before.part(before.camera != without)
    after = kept + _among(added, lines)
    ever = before + _among(maybe.streets, lines)
    metres, n = streets.metres[lines], len(lines)
    fresh_m, fresh = _beyond(after, before, n)
    lost_m, _ = _beyond(before, after, n)
    blind_m, _ = _beyond(after, ever, n)
    seen, seen_after = _doors(sure, new, without)
    shapes = _lines(streets.segments[lines], fresh)
    return Change(lines, fresh_m * metres, lost_m * metres, blind_m * metres, shapes, seen_after & ~seen, seen & ~seen_after)


def _among(seen: Intervals, lines: np.ndarray) -> Intervals:
    """Return the intervals of some lines (sorted), renumbered from 0."""
    at = np.minimum(np.searchsorted(lines, seen.line), max(0, len(lines) - 1))
    own = lines[at] == seen.line if len(lines) else np.zeros(len(seen.line), dtype=bool)
    return Intervals(seen.camera[own], at[own], seen.t0[own], seen.t1[own])


def _beyond(seen: Intervals, known: Intervals, n: int) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Share of each line that is seen and was not known, and those parts (line, t0, t1)."""
    both = known + seen
    had = merged(known.line, known.t0, known.t1, n)
    have = merged(both.line, both.t0, both.t1, n)
    line, t0, t1, count = counted(*(np.concatenate(pair) for pair in zip(had, have, strict=True)), n)
    new = count == 1
    return np.bincount(line[new], (t1 - t0)[new], n), (line[new], t0[new], t1[new])


def _doors(sure: View, new: View, without: int) -> tuple[np.ndarray, np.ndarray]:
    """Tell which doors are surely seen before and after, bool (doors,)."""
    camera, door = sure.doors
    n = len(sure.around.door_xy)
    count = np.bincount(door, minlength=n)
    after = count - np.bincount(door[camera == without], minlength=n) + np.bincount(new.doors[1], minlength=n)
    return count > 0, after > 0


def _lines(segments: np.ndarray, parts: tuple[np.ndarray, np.ndarray, np.ndarray]) -> BaseGeometry:
    line, t0, t1 = parts
    way = segments[line, 2:] - segments[line, :2]
    start, end = segments[line, :2] + t0[:, None] * way, segments[line, :2] + t1[:, None] * way
    if not len(line):
        return shapely.MultiLineString()
    return shapely.line_merge(shapely.multilinestrings(shapely.linestrings(np.stack([start, end], axis=1))))
