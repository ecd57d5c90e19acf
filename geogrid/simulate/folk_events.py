"""Events of a year: on the streets before houses and inside them, most closed within days, the open ones reported lately."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import shapely

from geogrid.simulate.apportion import apportion
from geogrid.simulate.folk_figures import Reports
from geogrid.simulate.folk_places import Places

EVENTS = ("id", "kind", "time", "state", "closed_at", "reporter_kind", "address", "x", "y")
END = "2026-01-01"
YEAR_DAYS = 365
OPEN_DAYS = 9.0
"""The open ones were reported within so many days before the end."""
STREET_SHARE = 0.85
"""So far from a house towards the street an event of the street lies: still on this side of its middle, where borders run."""
HOURS = np.array([0.2] * 6 + [1, 2, 4, 6, 6, 5, 3, 4, 5, 6, 6, 5, 4, 4, 3, 2, 1, 0.5])


def happen(figures: Sequence[Reports], places: Places, rng: np.random.Generator) -> pd.DataFrame:
    """Return events (`EVENTS`, metres), in order of time. Times are those of China (+08:00), to the minute."""
    tables = [_of_one(figure, places, rng) for figure in figures]
    if not tables:
        return pd.DataFrame(columns=list(EVENTS))
    table = pd.concat(tables, ignore_index=True).sort_values(["time", "kind", "x", "y"], kind="stable").reset_index(drop=True)
    table.insert(0, "id", [f"E{k + 1:05d}" for k in range(len(table))])
    return table[list(EVENTS)]


def _of_one(figure: Reports, places: Places, rng: np.random.Generator) -> pd.DataFrame:
    homes = places.of("building" if len(places.of("building")) else places.levels[-1])
    n = places.scaled(figure.n, None, 0)
    open_n = min(places.scaled(figure.open_n, None, 0), n)
    weight = homes["weight"].to_numpy(float) + 5.0
    at = np.sort(rng.choice(len(homes), n, p=weight / weight.sum()))
    is_inside = rng.uniform(size=n) < figure.inside_share
    xy = homes[["x", "y"]].to_numpy(float)[at]
    xy = np.where(is_inside[:, None], xy, _before_house(xy, places.roads))
    is_open = np.zeros(n, bool)
    is_open[rng.permutation(n)[:open_n]] = True
    time, closed = _moments(is_open, rng)
    return pd.DataFrame(
        {
            "kind": _drawn(figure.kinds, n, rng),
            "time": time,
            "state": np.where(is_open, "open", "closed"),
            "closed_at": np.where(is_open, "", closed),
            "reporter_kind": _drawn(figure.reporters, n, rng),
            "address": np.where(is_inside, homes["name"].to_numpy(dtype=object)[at], ""),
            "x": xy[:, 0],
            "y": xy[:, 1],
        }
    )


def _before_house(xy: np.ndarray, roads: np.ndarray) -> np.ndarray:
    if not len(roads):
        return xy
    points = shapely.points(xy)
    ways = shapely.shortest_line(points, roads[shapely.STRtree(roads).nearest(points)])
    return shapely.get_coordinates(shapely.line_interpolate_point(ways, STREET_SHARE, normalized=True))


def _drawn(weights: Mapping[str, float], n: int, rng: np.random.Generator) -> np.ndarray:
    """Return words in the shares of their weights, in any order."""
    counts = apportion(np.array(list(weights.values()), float), n)
    return np.repeat(np.array(list(weights), dtype=object), counts)[rng.permutation(n)]


def _moments(is_open: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return when each was reported and when it was closed, as text: before the end of the year, within hours or a few days."""
    n = len(is_open)
    end = np.datetime64(END, "m")
    day = np.where(is_open, rng.integers(0, int(OPEN_DAYS), n), rng.integers(0, YEAR_DAYS, n))
    minute = rng.choice(24, n, p=HOURS / HOURS.sum()) * 60 + rng.integers(0, 60, n)
    time = end - np.timedelta64(1, "D") * (day + 1) + minute.astype("timedelta64[m]")
    took = np.clip(np.exp(rng.normal(np.log(10 * 60), 1.1, n)), 15, 12 * 24 * 60).astype(np.int64)
    left = (end - time).astype(np.int64)
    closed = time + np.where(took < left, took, np.maximum(left // 2, 1)).astype("timedelta64[m]")
    return _text(time), _text(closed)


def _text(moments: np.ndarray) -> np.ndarray:
    return np.char.add(np.datetime_as_string(moments, unit="m"), ":00+08:00").astype(object)
