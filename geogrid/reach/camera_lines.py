"""Streets as they are drawn: lines of one class (sure, perhaps, blind) and one unit, with the number of cameras that see each."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from geogrid.reach.camera_seen import CLASSES, Intervals, Parts
from geogrid.reach.camera_streets import Streets

DRAWN_M = 0.01
"""What is shorter is not drawn apart; figures are made of the exact parts."""


def street_lines(streets: Streets, parts: Parts, seen: Intervals, levels: list[str], crs: CRS) -> gpd.GeoDataFrame:
    """Join the parts (`find_parts`) of a road that follow each other with one class and one unit.

    `seen` are the intervals of all cameras, sure or perhaps. Columns: a code per level, `class`, `cameras` (how many see some of it), `road` (row of
    the layer), `name`, `length_m`, LineString geometry; in the order of roads.
    """
    line, t0, t1, seen_class = parts
    long = (t1 - t0) * streets.metres[line] > DRAWN_M
    line, t0, t1, seen_class = line[long], t0[long], t1[long], seen_class[long]
    run = _runs(streets, line, t0, t1, seen_class, levels)
    first = np.flatnonzero(np.diff(run, prepend=-1))
    start, end = _at(streets.segments[line], t0), _at(streets.segments[line], t1)
    xy = np.column_stack([start, end]).reshape(-1, 2)
    keep = np.ones(len(xy), dtype=bool)
    keep[2::2] = np.diff(run) > 0  # a part that goes on starts where the last one ended
    shapes = shapely.linestrings(xy[keep], indices=np.repeat(run, 2)[keep]) if len(run) else np.full(0, None)
    of = line[first]
    columns = {level: streets.codes[level].to_numpy()[of] for level in levels}
    return gpd.GeoDataFrame(
        {
            **columns,
            "class": np.array(CLASSES, dtype=object)[seen_class[first]],
            "cameras": _count_cameras(seen, line, t0, t1, run, len(first)),
            "road": streets.road[of],
            "name": streets.name[of],
            "length_m": np.bincount(run, (t1 - t0) * streets.metres[line], len(first)),
        },
        geometry=shapes,
        crs=crs,
    )


def _runs(streets: Streets, line: np.ndarray, t0: np.ndarray, t1: np.ndarray, seen_class: np.ndarray, levels: list[str]) -> np.ndarray:
    """Number the parts that make one line, from 0: of one road, unit and class, each starting where the last one ends."""
    unit = pd.MultiIndex.from_frame(streets.codes[levels]).factorize()[0] if len(streets.codes) else np.zeros(0, int)
    start, end = _at(streets.segments[line], t0), _at(streets.segments[line], t1)
    same = (np.abs(start[1:] - end[:-1]).max(axis=1, initial=0.0) <= 2 * DRAWN_M) if len(line) else np.zeros(0, bool)
    for of in (streets.road[line], unit[line], seen_class):
        same &= of[1:] == of[:-1]
    return np.cumsum(np.r_[False, ~same]) if len(line) else np.zeros(0, int)


def _at(segments: np.ndarray, t: np.ndarray) -> np.ndarray:
    return segments[:, :2] + t[:, None] * (segments[:, 2:] - segments[:, :2])


def _count_cameras(seen: Intervals, line: np.ndarray, t0: np.ndarray, t1: np.ndarray, run: np.ndarray, n: int) -> np.ndarray:
    """Count the cameras with an interval in some part of each run; the parts are ordered."""
    if not len(run):
        return np.zeros(n, dtype=np.int64)
    low = np.searchsorted(line + t1, seen.line + seen.t0, side="right")
    high = np.searchsorted(line + t0, seen.line + seen.t1, side="left")
    count = np.maximum(high - low, 0)
    part = np.repeat(low - np.r_[0, np.cumsum(count)[:-1]], count) + np.arange(count.sum())
    camera, own = np.repeat(seen.camera, count), np.repeat(seen.line, count) == line[part]
    pairs = np.unique(np.column_stack([run[part][own], camera[own]]), axis=0)
    return np.bincount(pairs[:, 0], minlength=n)
