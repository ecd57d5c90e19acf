"""Cameras: the district's own at estate gates and stairwell rows, shared ones at junction arms and along main roads.

PTZ types and the eight directions are those of GB/T 28181: 1 dome, 3 fixed; 1 E, 2 W, 3 S, 4 N, 5 SE, 6 NE, 7 SW, 8 NW.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from geogrid.simulate.profiles import Profile
from geogrid.simulate.terrain import Terrain

DIRECTIONS = np.array([4, 6, 1, 5, 3, 7, 2, 8])
ROAD_RANK = {"ring": 6, "primary": 5, "secondary": 4, "branch": 3, "rural": 1}
KINDS = {"gate": "小区监控", "stairwell": "小区监控", "wall": "小区监控", "road": "道路监控"}


def place_cameras(
    terrain: Terrain,
    district: BaseGeometry,
    roads: gpd.GeoDataFrame,
    gates: gpd.GeoDataFrame,
    homes: np.ndarray,
    buildings: gpd.GeoDataFrame,
    walls: gpd.GeoDataFrame,
    profile: Profile,
    rng: np.random.Generator,
) -> gpd.GeoDataFrame:
    """Return all cameras as points outside of buildings and inside the district; `homes` are the lots with estates.

    Columns: id kind own place direction azimuth_deg ptz range_m angle_deg height_m secret lot (row or -1) building (row or -1) road (row or -1).
    """
    own = [_at_gates(gates[gates.lot.isin(homes)], profile.own_cameras_n)]
    own.append(_at_stairwells(buildings, profile.own_cameras_n - len(own[0]), rng))
    own.append(_along_walls(walls[walls.lot.isin(homes)], profile.wall_cameras_n))
    shared = [_at_junctions(terrain, roads, profile.shared_cameras_n, rng)]
    shared.append(_along_roads(roads, profile.shared_cameras_n - len(shared[0])))
    table = pd.concat([t for t in own + shared if len(t)], ignore_index=True)
    point = _into(district, _off_walls(shapely.points(table.x.to_numpy(), table.y.to_numpy()), buildings.geometry.values))
    azimuth = table.azimuth_deg.to_numpy() % 360
    table = table.assign(
        azimuth_deg=azimuth,
        direction=DIRECTIONS[np.round(azimuth / 45).astype(int) % 8],
        secret=~table.own & (rng.random(len(table)) < 0.02),
        kind=table.kind.map({**KINDS, **profile.device_kinds}),
    )
    table.insert(0, "id", _ids(table.own.to_numpy()))
    return gpd.GeoDataFrame(table.drop(columns=["x", "y"]), geometry=point, crs=roads.crs)


def _ids(own: np.ndarray) -> list[str]:
    number = np.where(own, np.cumsum(own), np.cumsum(~own))
    return [f"{'A' if o else 'B'}{n:04d}" for o, n in zip(own, number, strict=True)]


def _table(xy: np.ndarray, azimuth_deg: np.ndarray, kind: str, place: str, **columns: object) -> pd.DataFrame:
    base = {
        "kind": kind,
        "own": kind != "road",
        "place": place,
        "x": xy[:, 0],
        "y": xy[:, 1],
        "azimuth_deg": azimuth_deg,
        "lot": -1,
        "building": -1,
        "road": -1,
    }
    return pd.DataFrame({**base, **columns})


def _at_gates(gates: gpd.GeoDataFrame, most: int) -> pd.DataFrame:
    gates = gates.head(most)
    xy = shapely.get_coordinates(gates.geometry.values)
    return _table(xy, gates.azimuth_deg.to_numpy(), "gate", "大门", lot=gates.lot.to_numpy(), ptz=3, range_m=50.0, angle_deg=70.0, height_m=3.5)


def _at_stairwells(buildings: gpd.GeoDataFrame, n: int, rng: np.random.Generator) -> pd.DataFrame:
    """At one end of the north front of as many homes as there are cameras left, looking along the doors."""
    homes = np.flatnonzero(buildings.flats.to_numpy() > 0)
    shuffled = rng.permutation(homes)
    rows = np.resize(shuffled, max(n, 0)) if len(homes) else homes
    east = (rng.random(len(homes)) < 0.5)[np.searchsorted(homes, rows)] ^ (np.arange(len(rows)) >= len(homes))
    b = buildings.iloc[rows]
    angle, end = b.angle.to_numpy(), np.where(east, 1, -1) * (b.length_m.to_numpy() / 2 + 0.5)
    north, s, c = b.width_m.to_numpy() / 2 + 3.0, np.sin(b.angle.to_numpy()), np.cos(b.angle.to_numpy())
    xy = np.c_[b.x.to_numpy() + end * c - north * s, b.y.to_numpy() + end * s + north * c]
    look = 90 - np.degrees(angle) + np.where(east, 180, 0)
    return _table(xy, look, "stairwell", "单元门", building=rows, lot=b.lot.to_numpy(), ptz=3, range_m=60.0, angle_deg=50.0, height_m=3.0)


def _along_walls(walls: gpd.GeoDataFrame, n: int) -> pd.DataFrame:
    """Evenly along the walls of estates, looking along them."""
    lines, row = shapely.get_parts(walls.geometry.values, return_index=True)
    end = np.cumsum(shapely.length(lines))
    where = (np.arange(n) + 0.5) * (end[-1] if len(end) else 0.0) / max(n, 1)
    at = np.searchsorted(end, where) if len(end) else np.array([], int)
    inner = where[: len(at)] - np.r_[0, end][at]
    here, before = (shapely.get_coordinates(shapely.line_interpolate_point(lines[at], np.maximum(inner - back, 0))) for back in (0, 2))
    look = 90 - np.degrees(np.arctan2(*(here - before).T[::-1]))
    return _table(here, look, "wall", "围墙", lot=walls.lot.to_numpy()[row[at]], ptz=3, range_m=60.0, angle_deg=45.0, height_m=2.5)


def _at_junctions(terrain: Terrain, roads: gpd.GeoDataFrame, most: int, rng: np.random.Generator) -> pd.DataFrame:
    """One at each arm of the greater junctions, looking out along the arm; every third one a dome."""
    used = roads[roads["class"] != "motorway"]
    net = shapely.get_parts(shapely.line_merge(shapely.union_all(used.geometry.values, grid_size=0.5)))
    net = net[shapely.length(net) > 3]
    near = shapely.STRtree(used.geometry.values).nearest(shapely.line_interpolate_point(net, 0.5, normalized=True))
    rank, road = used["class"].map(ROAD_RANK).to_numpy()[near], used.index.to_numpy()[near]
    ends = [shapely.get_coordinates(shapely.get_point(net, k)) for k in (0, 1, -1, -2)]
    at, towards = np.vstack([ends[0], ends[2]]), np.vstack([ends[1] - ends[0], ends[3] - ends[2]])
    _, node = np.unique(np.round(at), axis=0, return_inverse=True)
    node = node.ravel()
    degree, rank, road = np.bincount(node), np.r_[rank, rank], np.r_[road, road]
    greatest = np.zeros(len(degree))
    np.maximum.at(greatest, node, rank)
    arm = np.flatnonzero(degree[node] >= 3)
    worth = greatest[node[arm]] * 2 + rank[arm] + 0.9 * np.clip(terrain.score(at[arm]), -1, 1) + rng.normal(0, 0.5, len(arm))
    arm = arm[np.argsort(-worth, kind="stable")][:most]
    along = towards[arm] / np.hypot(*towards[arm].T)[:, None]
    off = (4 + 2.2 * rank[arm])[:, None]
    dome = rng.random(len(arm)) < 0.35
    xy = at[arm] + off * (np.c_[along[:, 1], -along[:, 0]] + along)
    columns = {"ptz": np.where(dome, 1, 3), "range_m": np.where(dome, 120.0, 80.0), "angle_deg": np.where(dome, 60.0, 45.0), "height_m": 6.0}
    return _table(xy, 90 - np.degrees(np.arctan2(along[:, 1], along[:, 0])), "road", "路口", road=road[arm], **columns)


def _along_roads(roads: gpd.GeoDataFrame, n: int) -> pd.DataFrame:
    """Evenly along the greater roads, beside the carriageway."""
    large = roads[roads["class"].isin(["primary", "ring", "secondary"])]
    end = np.cumsum(large.length.to_numpy())
    where = (np.arange(max(n, 0)) + 0.5) * end[-1] / max(n, 1)
    row = np.searchsorted(end, where)
    line, inner = large.geometry.values[row], where - np.r_[0, end][row]
    here, before = (shapely.get_coordinates(shapely.line_interpolate_point(line, np.maximum(inner - back, 0))) for back in (0, 5))
    step = here - before
    along = step / (np.hypot(*step.T) + 1e-9)[:, None]
    xy = here + 9 * np.c_[along[:, 1], -along[:, 0]]
    return _table(
        xy,
        90 - np.degrees(np.arctan2(along[:, 1], along[:, 0])),
        "road",
        "路段",
        road=large.index.to_numpy()[row],
        ptz=3,
        range_m=80.0,
        angle_deg=45.0,
        height_m=6.0,
    )


def _off_walls(point: np.ndarray, footprints: np.ndarray) -> np.ndarray:
    """A mast never stands in a house: move it to the wall and 0.6 m beyond."""
    point = point.copy()
    at, house = shapely.STRtree(footprints).query(point, predicate="intersects")
    for k, h in zip(at, house, strict=True):
        inside, wall = shapely.get_coordinates(shapely.shortest_line(point[k], shapely.boundary(footprints[h])))
        far = np.hypot(*(wall - inside))
        point[k] = shapely.Point(wall + (wall - inside) / far * 0.6 if far > 0 else wall)
    return point


def _into(district: BaseGeometry, point: np.ndarray) -> np.ndarray:
    """Move what stands outside the district, or on its border, 1.5 m inside."""
    point, inner = point.copy(), shapely.buffer(district, -1.5)
    for k in np.flatnonzero(~shapely.contains(inner, point)):
        point[k] = shapely.Point(shapely.get_coordinates(shapely.shortest_line(inner, point[k]))[0])
    return point
