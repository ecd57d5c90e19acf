"""A project for the tests of maps without a file: the tiny one, or a large one of jittered blocks with towers."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geogrid import maps
from geogrid.errors import NotFoundError
from geogrid.findings import to_frame
from geogrid.plan import NO_UNIT, Base, Plan
from geogrid.scheme import read_scheme
from geogrid.store.contents import Contents


class FakeProject:
    """Answers what maps ask of an open project, from `Contents`."""

    def __init__(self, contents: Contents) -> None:
        self._contents = contents
        self.name, self.meta = str(contents.meta["name"]), contents.meta
        self.crs: CRS = contents.plan.base.crs
        self.scheme, self.district = contents.plan.scheme, contents.plan.base.district

    district: BaseGeometry

    def plan(self) -> Plan:
        return self._contents.plan

    def units(self, level: str) -> gpd.GeoDataFrame:
        frame = self.plan().frame(level)
        bounds = self.scheme.level(level).households
        n = frame["households"].to_numpy()
        low, high = bounds or (0, 10**9)
        status = np.select([frame["kind"] == "dedicated", n < low, n > high], ["dedicated", "below", "above"], "in" if bounds else "")
        return frame.assign(status=status)

    def cells(self) -> gpd.GeoDataFrame:
        return self.plan().base.cells

    def layer(self, name: str) -> gpd.GeoDataFrame:
        if name not in self._contents.layers:
            raise NotFoundError(f"no layer {name!r}")
        return self._contents.layers[name]

    def sites(self, role: str) -> gpd.GeoDataFrame:
        return self._contents.sites[role]

    def findings(self) -> gpd.GeoDataFrame:
        return self._contents.findings


def big_contents(nx: int = 160, ny: int = 120, seed: int = 1) -> Contents:
    """Return nx × ny jittered cells in blocks: a grid is 3 × 3 cells, a community 12 × 9; every third home is a tower of micro-grids."""
    rng = np.random.default_rng(seed)
    size, crs = 45.0, "EPSG:4549"
    x = np.arange(nx + 1)[None, :] * size + rng.uniform(-0.2, 0.2, (ny + 1, nx + 1)) * size
    y = np.arange(ny + 1)[:, None] * size + rng.uniform(-0.2, 0.2, (ny + 1, nx + 1)) * size
    p = np.stack([np.round(x, 3) + 520_000, np.round(y, 3) + 4_388_000], -1)
    rings = np.stack([p[:-1, :-1], p[:-1, 1:], p[1:, 1:], p[1:, :-1], p[:-1, :-1]], axis=2).reshape(-1, 5, 2)
    cells = shapely.polygons(rings)
    row, column = np.divmod(np.arange(nx * ny), nx)
    homes = rng.random(nx * ny) < 0.75
    floors = np.where(homes, np.where(rng.random(nx * ny) < 0.15, 18, 6), 1)
    per_floor = np.where(homes, rng.integers(1, 3, nx * ny), 0)
    cell = np.repeat(np.arange(nx * ny), floors)
    floor = np.concatenate([np.arange(1, n + 1) for n in floors])
    atoms = pd.DataFrame(
        {
            "code": [f"{c + 1}-{f}-1" for c, f in zip(cell, floor, strict=True)],
            "cell": cell + 1,
            "floor_from": floor,
            "floor_to": floor,
            "part": 1,
            "households": per_floor[cell],
            "persons": per_floor[cell] * 3,
        },
        index=pd.RangeIndex(1, len(cell) + 1, name="atom"),
    )
    middle = shapely.get_coordinates(shapely.centroid(cells))
    frame = gpd.GeoDataFrame(
        {
            "enclosure": 1 + row // 3 * 100 + column // 3,
            "kind": np.where(homes, "home", "land"),
            "building": np.where(homes, np.array([f"b{i // 2}" for i in range(nx * ny)], dtype=object), ""),
            "entrance": np.where(homes, 1 + column % 2, 0),
            "entrance_source": "",
            "x": np.where(homes, middle[:, 0], np.nan),
            "y": np.where(homes, middle[:, 1], np.nan),
        },
        geometry=cells,
        crs=crs,
        index=pd.RangeIndex(1, nx * ny + 1, name="cell"),
    )
    base = Base(frame, atoms, shapely.union_all(cells))
    communities, community = np.unique(row // 9 * 1000 + column // 12, return_inverse=True)
    grids, grid = np.unique((community * 100 + row % 9 // 3 * 10 + column % 12 // 3), return_inverse=True)
    micro_key = cell * 10 + np.where(floors[cell] > 6, (floor - 1) // 6, 0)
    micros, micro = np.unique(micro_key, return_inverse=True)
    c, g = len(communities), len(grids)
    grid_parent = community[np.unique(grid, return_index=True)[1]]
    micro_parent = grid[micros // 10]
    codes_c = [f"130203001{i + 1:03d}" for i in range(c)]
    codes_g = [f"{codes_c[parent]}{k:03d}" for parent, k in zip(grid_parent, _sequence(grid_parent), strict=True)]
    codes_m = [f"{codes_g[parent]}{k:03d}" for parent, k in zip(micro_parent, _sequence(micro_parent), strict=True)]
    units = pd.DataFrame(
        {
            "level": ["community"] * c + ["grid"] * g + ["microgrid"] * len(micros),
            "parent": np.r_[np.full(c, NO_UNIT), grid_parent + 1, micro_parent + 1 + c],
            "code": codes_c + codes_g + codes_m,
            "name": [f"第{i + 1}社区" for i in range(c)] + [""] * (g + len(micros)),
            "kind": "base",
            "reason": "",
            "valid_from": "2026-01-01",
            "valid_to": "",
        },
        index=pd.RangeIndex(1, c + g + len(micros) + 1, name="unit"),
    )
    scheme = read_scheme("community-grid-microgrid").with_levels({"grid": {"households": [45, 110]}})
    plan = Plan(base, scheme, units, micro + 1 + c + g)
    return _dressed(plan, rng, cells[homes], p)


def _sequence(parents: np.ndarray) -> np.ndarray:
    order = pd.Series(parents)
    return (order.groupby(order).cumcount() + 1).to_numpy()


def _dressed(plan: Plan, rng: np.random.Generator, homes: np.ndarray, p: np.ndarray) -> Contents:
    crs = plan.base.crs
    roads = [shapely.linestrings(p[r]) for r in range(0, p.shape[0], 3)] + [shapely.linestrings(p[:, k]) for k in range(0, p.shape[1], 3)]
    main = [r % 9 == 0 for r in range(0, p.shape[0], 3)] + [k % 12 == 0 for k in range(0, p.shape[1], 3)]
    inner = shapely.buffer(shapely.centroid(homes), 10, cap_style="square")
    box = shapely.bounds(homes)
    low, high = box[:, :2].min(axis=0), box[:, 2:].max(axis=0)
    at = rng.uniform(low, high, (7803, 2))
    cameras = gpd.GeoDataFrame(
        {
            "id": [f"c{i}" for i in range(7803)],
            "kind": rng.choice(["1", "3"], 7803),
            "name": "摄像机",
            "direction_deg": np.where(rng.random(7803) < 0.8, rng.integers(0, 360, 7803), np.nan),
            "range_m": 60.0,
            "outside_m": 0.0,
        },
        geometry=shapely.points(at),
        crs=crs,
    )
    stations = gpd.GeoDataFrame(
        {
            "id": [f"s{i}" for i in range(500)],
            "kind": rng.choice(["大食堂", "日间照料站", "暖心驿站", "四点半课堂", "养老院"], 500),
            "name": [f"站点{i}" for i in range(500)],
            "outside_m": 0.0,
        },
        geometry=shapely.points(rng.uniform(low, high, (500, 2))),
        crs=crs,
    )
    joined = {role: _joined(points, plan) for role, points in (("stations", stations), ("cameras", cameras))}
    layers = {
        "roads": gpd.GeoDataFrame({"class": np.where(main, "primary", "residential"), "name": "", "main": main}, geometry=roads, crs=crs),
        "buildings": gpd.GeoDataFrame({"id": [str(i) for i in range(len(inner))], "floors": 6.0}, geometry=inner, crs=crs),
        "water": gpd.GeoDataFrame({"class": ["river"], "name": ["陡河"]}, geometry=[shapely.buffer(shapely.linestrings(p[:, 40]), 25)], crs=crs),
        "green": gpd.GeoDataFrame({"class": ["park"], "name": ["大城山公园"]}, geometry=[shapely.Point(*low + 2000).buffer(300)], crs=crs),
    }
    meta = {"name": "样例区", "seed": 1, "simulated": True, "source": "", "date": "2026-11-20"}
    return Contents(plan, {}, joined, layers, to_frame([], crs), to_frame([], crs), pd.DataFrame(), meta)


def _joined(points: gpd.GeoDataFrame, plan: Plan) -> gpd.GeoDataFrame:
    for level in ("community", "grid"):
        frame = plan.frame(level)
        at, unit = shapely.STRtree(frame.geometry.to_numpy()).query(points.geometry.to_numpy(), predicate="intersects")
        code = pd.Series(frame.index[unit], index=at).groupby(level=0).min()
        points[level] = code.reindex(points.index).fillna("")
    return points


def map_file(project: FakeProject, path: str) -> tuple[bytes, str]:
    """Answer what the script of a map asks for under /assets/ and /tiles/: bytes and their type."""
    if path.startswith("/assets/"):
        file = maps.asset_path(path.removeprefix("/assets/"))
        return file.read_bytes(), "text/css" if file.suffix == ".css" else "text/javascript"
    if path.endswith(".pbf"):
        z, x, y = path.removeprefix("/tiles/").removesuffix(".pbf").split("/")
        return maps.tile(project, int(z), int(x), int(y)), "application/x-protobuf"
    return maps.data(project, path.removeprefix("/tiles/")), "application/json"
