"""What the figures of stations rest on, in words: how walks are measured, what the roads lack, which rows were left out."""

from __future__ import annotations

from typing import Any

import numpy as np

from geogrid.reach.demand import LAND, Demand
from geogrid.reach.snapping import Snapped
from geogrid.reach.station_kinds import Stations
from geogrid.reach.walking import FAR_FROM_PATH_M, STRAIGHT, Ground


def station_notes(ground: Ground, demand: Demand, stations: Stations, doors: Snapped) -> list[dict[str, Any]]:
    """Return notes: `key`, `n` of what it concerns, `en` and `zh`."""
    notes = [_method(ground, doors)]
    far = int((doors.leg_m > FAR_FROM_PATH_M).sum()) if ground.method != STRAIGHT else 0
    if far:
        notes.append(
            _note(
                "far_from_path",
                far,
                f"{far:,} places lie more than {FAR_FROM_PATH_M:.0f} m from any path: their walks are the roughest",
                f"{far:,} 处离最近的道路超过 {FAR_FROM_PATH_M:.0f} 米，步行距离最为粗略",
            )
        )
    if ground.network.islands and ground.method != STRAIGHT:
        n, km = ground.network.islands, ground.network.islands_m / 1000
        notes.append(
            _note(
                "islands",
                n,
                f"{n:,} short pieces of path that join no other ({km:,.1f} km) are left out",
                f"{n:,} 段不与其他道路相接的短路（共 {km:,.1f} 千米）不计入路网",
            )
        )
    if demand.what == LAND:
        text = "The plan holds no households: served land is counted, on points 50 m apart", "方案没有户数：按 50 米间距的点统计服务到的用地面积"
        notes.append(_note("land", len(demand), *text))
    if stations.placeless:
        n = stations.placeless
        notes.append(_note("no_place", n, f"{n:,} stations without a position are left out", f"{n:,} 个没有坐标的站点未计入"))
    return notes


def _method(ground: Ground, doors: Snapped) -> dict[str, Any]:
    detour = f"{ground.detour:g}"
    if ground.method != STRAIGHT:
        leg = float(np.median(doors.leg_m)) if len(doors.leg_m) else 0.0
        return _note(
            "legs",
            len(doors.leg_m),
            f"Walks follow the roads layer; between a door and its path (mostly some {leg:.0f} m) they are straight × {detour}, an estimate",
            f"步行沿道路图层计算；从单元门到道路的一段（多为 {leg:.0f} 米左右）按直线 × {detour} 估算",
        )
    why = ("there are no roads", "没有道路图层") if not len(ground.network) else ("the roads are too few", "道路数据过少")
    text = f"Walks are an estimate, straight × {detour}: {why[0]}", f"步行距离为估算：直线 × {detour}（{why[1]}）"
    return _note("straight", len(doors.leg_m), *text)


def _note(key: str, n: int, en: str, zh: str) -> dict[str, Any]:
    return {"key": key, "n": n, "en": en, "zh": zh}
