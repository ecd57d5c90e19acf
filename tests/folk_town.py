"""A district as places in memory: so many units of each level, nested evenly, with compounds, buildings and entrances in the lowest."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import shapely

from geogrid.simulate.folk_places import Places

SIZES: Mapping[str, Mapping[str, int]] = {
    "lubei": {"street": 13, "community": 175, "grid": 2257},
    "fengrun": {"community": 60, "grid": 373, "subgrid": 3727},
    "taocheng": {"street": 4, "community": 40, "area": 124, "estate": 355, "stairwell": 3242},
    "huagong": {"park": 1, "community": 14, "grid": 62, "microgrid": 1837},
    "shuangluan": {"street": 5, "community": 30, "grid": 243},
    "zhaoxian": {"community": 10, "grid": 43},
    "kaiping": {"community": 44, "grid": 175},
    "baoding": {"community": 442, "grid": 2459},
    "tianye": {"community": 1, "grid": 8},
    "lanshan": {"street": 12},
    "jixian": {"community": 7, "grid": 90},
    "qingshan": {"community": 3},
}
"""Units of each system as its reports count them; where they give no number, a likely one."""


def town(units: Mapping[str, int], *, compounds: int = 960, buildings: int = 2000, entrances: int = 4000, share: float = 1.0) -> Places:
    """Return places on a lattice of 100 m: as many units as said by level, top-down."""
    levels = tuple(units)
    frames: dict[str, pd.DataFrame] = {}
    for level, n in [*units.items(), ("compound", compounds), ("building", buildings), ("entrance", entrances), ("station", 60)]:
        above = "building" if level == "entrance" else levels[levels.index(level) - 1] if level in levels else levels[-1]
        frames[level] = _nested(level, n, frames.get(above), above, levels)
    inside = np.arange(buildings) * compounds // buildings
    frames["building"]["compound"] = frames["compound"]["id"].to_numpy()[inside]
    frames["building"]["kind"] = "住宅"
    frames["entrance"]["compound"] = frames["entrance"]["building"].map(
        dict(zip(frames["building"]["id"], frames["building"]["compound"], strict=True))
    )
    roads = np.array([shapely.LineString([(-50, 0), (100 * n + 50, 0)]) for n in (max(units.values()),)], dtype=object)
    return Places(frames, levels, share, roads)


def _nested(level: str, n: int, parent: pd.DataFrame | None, above: str, levels: tuple[str, ...]) -> pd.DataFrame:
    i = np.arange(n)
    ids = [f"{level}{k:05d}" for k in i]
    frame = pd.DataFrame(
        {"id": ids, "name": ids, "kind": "shop" if level == "station" else "base", "weight": 10.0 + i % 7, "x": 100.0 * i, "y": 30.0}
    )
    if parent is not None and len(parent):
        at = i * len(parent) // max(n, 1)
        for column in (*levels, "compound"):
            if column in parent:
                frame[column] = parent[column].to_numpy()[at]
        frame[above] = parent["id"].to_numpy()[at]
    elif level == "entrance":
        frame["building"] = ""
    if level in levels:
        frame[level] = ids
    return frame
