"""From sources to the ground: parent, enclosures, cells and atoms, neighbours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geogrid.enclosure import derived_parent, enclose
from geogrid.errors import InputError
from geogrid.findings import Finding
from geogrid.generate import Ground, Homes, count_homes, home_points, make_base, make_mesh
from geogrid.generate.given import lowest_given
from geogrid.pipeline.stages import Stages
from geogrid.scheme import Scheme
from geogrid.tessellation import Cells, tessellate

BARRIERS = ("roads", "railways", "water", "walls")


@dataclass(frozen=True, eq=False)
class Prepared:
    """A ground, and what was met on the way to it. `building_rows`: the source row of each building that `homes` counts."""

    ground: Ground
    homes: Homes
    building_rows: pd.Index
    parent: BaseGeometry | None
    findings: tuple[Finding, ...]


def prepare(
    frames: Mapping[str, pd.DataFrame], scheme: Scheme, crs: CRS, stages: Stages, *, name: str, seed: int, home_uses: Sequence[str] = ()
) -> Prepared:
    """Make the ground of the frames (by role, working CRS). Raises InputError when nothing bounds the district."""
    given = given_levels(frames, scheme)
    buildings = _buildings(frames, crs)
    lines = barrier_lines(frames, scheme)
    with stages("enclosures"):
        parent = _parent(frames, given, scheme, lines, buildings)
        source = "given" if "district" in frames or given else "derived"
        lowest = lowest_given(scheme, given)
        borders = given[lowest.id].geometry.to_numpy() if lowest else np.array([], dtype=object)
        enclosures = enclose(parent, lines["all"], borders)
    with stages("cells"):
        homes = count_homes(buildings, frames.get("entrances"), frames.get("households"), defaults=scheme.defaults, home_uses=home_uses)
        cells = _cells(enclosures.polygons, buildings, frames.get("entrances"), homes)
        base = make_base(cells, buildings, homes, crs, district_source=source)
    with stages("graph"):
        points = home_points(base, buildings.set_index("id").geometry, _entrance_spots(base, cells, frames.get("entrances")))
        water = _polygons(frames.get("water"))
        mesh = make_mesh(base, points, {k: lines[k] for k in ("road", "main", "hard", "bridge")}, water)
    ground = Ground(base, mesh, scheme, given, _columns(base, buildings, scheme), name=name, seed=seed)
    return Prepared(ground, homes, pd.Index(buildings["_at"]), parent, homes.findings + _homeless(buildings, homes, cells))


def given_levels(frames: Mapping[str, pd.DataFrame], scheme: Scheme) -> dict[str, gpd.GeoDataFrame]:
    """Given polygons by level id, indexed by code and with a column `code`; compounds too, where a level is made from them."""
    out = {}
    for level in scheme.levels:
        frame = frames.get(level.role)
        if isinstance(frame, gpd.GeoDataFrame) and len(frame):
            codes = frame["code"] if "code" in frame else frame["row"].astype(str)
            out[level.id] = frame.assign(code=codes).set_index(pd.Index(codes.to_numpy(dtype=object), name=None))
    compounds = frames.get("compounds")
    if isinstance(compounds, gpd.GeoDataFrame) and any(level.make == "compound" for level in scheme.levels) and "compound" not in out:
        out["compound"] = compounds.set_index(pd.Index([f"{i:06d}" for i in range(len(compounds))]))
    return out


def _buildings(frames: Mapping[str, pd.DataFrame], crs: CRS) -> gpd.GeoDataFrame:
    """Buildings in an order of their own (place, then id), so that shuffled rows build the same project."""
    frame = frames.get("buildings")
    if not isinstance(frame, gpd.GeoDataFrame):
        return gpd.GeoDataFrame({"id": pd.Series([], dtype=object), "_at": pd.Series([], dtype="int64")}, geometry=[], crs=crs)
    bounds = np.round(shapely.bounds(frame.geometry.to_numpy()), 3)
    order = np.lexsort((frame["id"].to_numpy(dtype=str), *bounds.T[::-1]))
    return frame.assign(_at=frame.index).iloc[order].reset_index(drop=True)


def barrier_lines(frames: Mapping[str, pd.DataFrame], scheme: Scheme) -> dict[str, np.ndarray]:
    """Barrier geometries by kind: `all` that close blocks; `road`, `main`, `hard` by what crossing them means; `bridge`s lead across hard ones.

    The scheme's `paths` are walked on, not along: they close no block. Its `main_roads` are dear to cross.
    """
    empty = np.array([], dtype=object)
    out: dict[str, list[np.ndarray]] = {"all": [empty], "road": [empty], "main": [empty], "hard": [empty], "bridge": [empty]}
    for role in BARRIERS:
        frame = frames.get(role)
        if not isinstance(frame, gpd.GeoDataFrame) or frame.empty:
            continue
        geometry = frame.geometry.to_numpy()
        kind = frame["class"].to_numpy() if "class" in frame else np.full(len(frame), "", dtype=object)
        under = _flag(frame, "tunnel")
        if role == "roads":
            shut = ~under & ~np.isin(kind, scheme.defaults["paths"])
            main = shut & (np.isin(kind, scheme.defaults["main_roads"]) | _flag(frame, "main"))
            out["all"].append(geometry[shut])
            out["road"].append(geometry[shut & ~main])
            out["main"].append(geometry[main])
            out["bridge"].append(geometry[_flag(frame, "bridge")])
        else:
            shut = ~under if role != "walls" else np.ones(len(frame), dtype=bool)
            out["all"].append(geometry[shut])
            out["hard"].append(geometry[shut])
    return {kind: np.concatenate(parts) for kind, parts in out.items()}


def _flag(frame: gpd.GeoDataFrame, column: str) -> np.ndarray:
    return frame[column].to_numpy(dtype=bool) if column in frame else np.zeros(len(frame), dtype=bool)


def _parent(
    frames: Mapping[str, pd.DataFrame],
    given: Mapping[str, gpd.GeoDataFrame],
    scheme: Scheme,
    lines: Mapping[str, np.ndarray],
    buildings: gpd.GeoDataFrame,
) -> BaseGeometry:
    district = frames.get("district")
    if isinstance(district, gpd.GeoDataFrame) and len(district):
        return shapely.union_all(district.geometry.to_numpy())
    lowest = lowest_given(scheme, given)
    if lowest is not None:
        return shapely.union_all(given[lowest.id].geometry.to_numpy())
    if len(buildings):
        return derived_parent(lines["all"], buildings.geometry.to_numpy())
    raise InputError(
        "nothing says where the district is: give [inputs.district], polygons of a level, or [inputs.buildings]",
        "没有任何数据说明区域范围：请给出 [inputs.district]、某一层级的面，或 [inputs.buildings]",
    )


def _cells(enclosures: np.ndarray, buildings: gpd.GeoDataFrame, entrances: pd.DataFrame | None, homes: Homes) -> Cells:
    known = np.flatnonzero(homes.entrance_building >= 0)
    xy = shapely.get_coordinates(entrances.geometry.to_numpy())[known] if isinstance(entrances, gpd.GeoDataFrame) and len(known) else np.zeros((0, 2))
    cells = tessellate(enclosures, buildings.geometry.to_numpy(), entrance_xy=xy, entrance_building=homes.entrance_building[known])
    rows = known[cells.entrance] if len(known) else cells.entrance
    home = np.full(len(homes.entrance_building), -1)
    home[known] = cells.entrance_home
    return replace(cells, entrance=np.where(cells.entrance >= 0, rows, -1), entrance_home=home)


def _entrance_spots(base, cells: Cells, entrances: pd.DataFrame | None) -> dict[tuple[str, int], tuple[float, float]]:
    if not isinstance(entrances, gpd.GeoDataFrame) or entrances.empty:
        return {}
    xy = shapely.get_coordinates(entrances.geometry.to_numpy())
    rows = np.flatnonzero(cells.entrance >= 0)
    names, numbers = base.cells["building"].to_numpy(), base.cells["entrance"].to_numpy()
    return {(names[r], int(numbers[r])): (float(xy[cells.entrance[r], 0]), float(xy[cells.entrance[r], 1])) for r in rows}


def _polygons(frame: pd.DataFrame | None) -> np.ndarray:
    if not isinstance(frame, gpd.GeoDataFrame):
        return np.array([], dtype=object)
    geometry = frame.geometry.to_numpy()
    return geometry[shapely.get_dimensions(geometry) == 2]


def _columns(base, buildings: gpd.GeoDataFrame, scheme: Scheme) -> dict[str, np.ndarray]:
    """Codes of levels that are made from a column of the buildings, per cell; "" where the cell has no building."""
    out = {}
    for level in scheme.levels:
        if level.make == "column" and level.id in buildings:
            by_id = dict(zip(buildings["id"], buildings[level.id], strict=True))
            out[level.id] = np.array([by_id.get(b, "") if b else "" for b in base.cells["building"]], dtype=object)
    return out


def _homeless(buildings: gpd.GeoDataFrame, homes: Homes, cells: Cells) -> tuple[Finding, ...]:
    """Buildings with households that lie outside the district: their households are in no unit."""
    lost = np.flatnonzero((cells.home < 0) & (homes.households > 0))
    return tuple(
        Finding(
            "point_unmatched",
            geometry=shapely.point_on_surface(buildings.geometry.iat[i]),
            value=float(homes.households[i]),
            facts={"role": "buildings", "id": buildings["id"].iat[i], "reason": "outside the district"},
        )
        for i in lost
    )
