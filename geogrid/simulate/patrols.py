"""Tracks of patrols: walks along streets and rounds from door to door in each community, with a fix every half minute as a telephone gives it."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geogrid.noding import node

STREAM = 9  # of random numbers; the stages of `simulate_town` have 0 … 8
FIRST_DAY = "2025-12-15"
DAYS = 12
WALK_S, EVERY_S = 1500, 30
SPEED_M_S = 1.2
LATE_EVERY = 6  # of so many walks one begins after working hours
DOORS = 40
GRID_M = 0.01


def walk_patrols(roads: gpd.GeoDataFrame, doors: gpd.GeoDataFrame, communities: gpd.GeoDataFrame, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Return fixes as points (`officer time accuracy_m`), in the order of officers and time: one officer a community, who is a number.

    Whoever walks takes the street at a crossing that was walked least so far; every other walk is a round of `doors` (points) instead.
    """
    segments = _segments(roads.geometry.to_numpy())
    xy, ends = np.unique(segments.reshape(-1, 2), axis=0, return_inverse=True)
    ends = ends.reshape(-1, 2)
    near = _near(ends, len(xy))
    walked = np.zeros(len(ends), np.int64)
    tree, houses = shapely.STRtree(shapely.points(xy)), shapely.get_coordinates(doors.geometry.to_numpy())
    inside = shapely.STRtree(doors.geometry.to_numpy()).query(communities.geometry.to_numpy(), predicate="intersects")
    start = pd.Timestamp(FIRST_DAY, tz="Asia/Shanghai")
    tables = []
    for k, middle in enumerate(shapely.point_on_surface(communities.geometry.to_numpy())):
        home = int(tree.nearest(middle))
        own = houses[np.sort(inside[1][inside[0] == k])]
        for turn, day in enumerate(range(int(rng.integers(0, 3)), DAYS, int(rng.integers(2, 4)))):
            places = _round(own, rng) if turn % 2 and len(own) else _walk(home, xy, ends, near, walked, rng)
            late = int(rng.integers(LATE_EVERY)) == 0
            begin = start + pd.Timedelta(days=day, hours=22 if late else int(rng.integers(8, 20)), minutes=int(rng.integers(60)))
            times = begin + pd.to_timedelta(np.arange(len(places)) * EVERY_S, unit="s")
            tables.append(_fixes(f"W{k + 1:04d}", places, times, rng))
    table = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=["officer", "time", "accuracy_m", "x", "y"])
    points = shapely.points(table["x"].to_numpy(float), table["y"].to_numpy(float))
    return gpd.GeoDataFrame(table.drop(columns=["x", "y"]), geometry=points, crs=roads.crs)


def _segments(lines: np.ndarray) -> np.ndarray:
    """Ends of straight pieces between crossings, (n, 2, 2)."""
    xy, line = shapely.get_coordinates(node(shapely.get_parts(lines), grid_m=GRID_M), return_index=True)
    inner = line[1:] == line[:-1]
    return np.round(np.stack([xy[:-1][inner], xy[1:][inner]], axis=1), 2)


def _near(ends: np.ndarray, nodes: int) -> list[list[tuple[int, int]]]:
    """Pieces at each node, with the node at their other end."""
    near: list[list[tuple[int, int]]] = [[] for _ in range(nodes)]
    for piece, (a, b) in enumerate(ends.tolist()):
        near[a].append((piece, b))
        near[b].append((piece, a))
    return near


def _walk(home: int, xy: np.ndarray, ends: np.ndarray, near: list[list[tuple[int, int]]], walked: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return where one is every half minute of a walk, (n, 2); counts the pieces walked in `walked`."""
    at, path, left_m, last = home, [xy[home]], WALK_S * SPEED_M_S, -1
    while left_m > 0 and near[at]:
        ways = [way for way in near[at] if way[0] != last] or near[at]
        least = min(int(walked[piece]) for piece, _ in ways)
        ways = [way for way in ways if walked[way[0]] == least]
        last, at = ways[int(rng.integers(len(ways)))]
        walked[last] += 1
        left_m -= float(np.hypot(*(xy[ends[last, 0]] - xy[ends[last, 1]])))
        path.append(xy[at])
    return _timed(path)


def _round(doors: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return where one is every half minute of a round: from a door to the nearest that was not passed yet."""
    left = doors.copy()
    at = int(rng.integers(len(left)))
    path = []
    for _ in range(min(DOORS, len(left))):
        path.append(left[at])
        left = np.delete(left, at, axis=0)
        at = int(np.argmin(np.hypot(*(left - path[-1]).T))) if len(left) else 0
    return _timed(path)


def _timed(path: list[np.ndarray]) -> np.ndarray:
    """Return the places at every half minute of a walk along a path, up to its usual time."""
    line = shapely.linestrings([*path, path[-1]] if len(path) == 1 else path)
    along = np.arange(0.0, min(WALK_S * SPEED_M_S, float(shapely.length(line))) + 0.1, EVERY_S * SPEED_M_S)
    return shapely.get_coordinates(shapely.line_interpolate_point(line, along))


def _fixes(officer: str, places: np.ndarray, times: pd.DatetimeIndex, rng: np.random.Generator) -> pd.DataFrame:
    """Return fixes with an error that wanders; now and then one is poor, and says so."""
    n = len(places)
    is_poor = rng.uniform(size=n) < 0.04
    accuracy = np.where(is_poor, rng.uniform(18, 60, n), rng.uniform(4, 12, n)).round(1)
    off, drift = np.empty((n, 2)), rng.normal(0, 1, 2)
    for i in range(n):
        drift = 0.6 * drift + 0.8 * rng.normal(0, 1, 2)
        off[i] = drift * accuracy[i] / 1.5
    spots = (places + off).round(2)
    return pd.DataFrame(
        {"officer": officer, "time": times.strftime("%Y-%m-%dT%H:%M:%S+08:00"), "accuracy_m": accuracy, "x": spots[:, 0], "y": spots[:, 1]}
    )
