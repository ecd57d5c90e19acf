"""What the figures of stations rest on, in words: how walks are measured, what the roads lack, which rows were left out."""

from __future__ import annotations

from typing import Any

import numpy as np

from geogrid.reach.demand import LAND, Demand
from geogrid.reach.snapping import Snapped
from geogrid.reach.station_kinds import Stations
from geogrid.reach.walking import FAR_FROM_PATH_M, STRAIGHT, Ground


def station_notes(ground: Ground, demand: Demand, stations: Stations, doors: Snapped) -> list[dict[str, Any]]:
    """Return notes: `key`, `n` of what it concerns, `en` and `zh`; only of what there is."""
    notes = [_straight(ground, doors)] if ground.method == STRAIGHT else _along(ground, doors)
    if demand.what == LAND:
        text = "The plan holds no households: served land is counted, on points 50 m apart", "方案没有户数：按 50 米间距的点统计服务到的用地面积"
        notes.append(_note("land", len(demand), *text))
    n = stations.placeless
    notes.append(_note("no_place", n, f"{n:,} stations without a position are left out", f"{n:,} 个没有坐标的站点未计入"))
    return [note for note in notes if note["n"] or note["key"] in ("legs", "straight")]


def _straight(ground: Ground, doors: Snapped) -> dict[str, Any]:
    why = ("there are no roads", "没有道路图层") if not len(ground.network) else ("the roads are too few", "道路数据过少")
    text = f"Walks are an estimate, straight × {ground.detour:g}: {why[0]}", f"步行距离为估算：直线 × {ground.detour:g}（{why[1]}）"
    return _note("straight", len(doors.leg_m), *text)


def _along(ground: Ground, doors: Snapped) -> list[dict[str, Any]]:
    """What is estimated of walks along paths: the legs, doors far from any path, paths that lead nowhere."""
    leg_m = float(np.median(doors.leg_m)) if len(doors.leg_m) else 0.0
    times, far_m, far = f"{ground.detour:g}", f"{FAR_FROM_PATH_M:.0f}", int((doors.leg_m > FAR_FROM_PATH_M).sum())
    n, km = ground.network.islands, f"{ground.network.islands_m / 1000:,.1f}"
    leg = f"Walks follow the roads layer; from a door to its path, mostly some {leg_m:.0f} m, straight × {times}: an estimate that knows no gates"
    leg_zh = f"步行沿道路图层计算；从单元门到道路的一段（多为 {leg_m:.0f} 米左右）按直线 × {times} 估算，院门位置未知"
    far_zh = f"{far:,} 处离最近的道路超过 {far_m} 米，步行距离最为粗略"
    island = f"{n:,} short pieces of path that join no other ({km} km) are left out"
    return [
        _note("legs", len(doors.leg_m), leg, leg_zh),
        _note("far_from_path", far, f"{far:,} places lie more than {far_m} m from any path: their walks are the roughest", far_zh),
        _note("islands", n, island, f"{n:,} 段不与其他道路相接的短路（共 {km} 千米）不计入路网"),
    ]


def _note(key: str, n: int, en: str, zh: str) -> dict[str, Any]:
    return {"key": key, "n": n, "en": en, "zh": zh}
