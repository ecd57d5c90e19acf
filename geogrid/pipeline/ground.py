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

from geogrid.barriers import barrier_lines
from geogrid.enclosure import derived_parent
from geogrid.errors import InputError
from geogrid.findings import Finding
from geogrid.generate import Ground, Homes, count_homes, find_doors, home_points, make_base, make_mesh, merge_parts
from geogrid.generate.given import lowest_given
from geogrid.pipeline.division import Land, divided_land
from geogrid.pipeline.stages import Stages
from geogrid.plan import Base
from geogrid.scheme import Scheme
from geogrid.tessellation import Cells, follow_borders, tessellate


@dataclass(frozen=True, eq=False)
class Prepared:
    """A ground, its buildings (parts of one united) and their figures, and what was met on the way to it."""

    ground: Ground
    buildings: gpd.GeoDataFrame
    homes: Homes
    parent: BaseGeometry | None
    findings: tuple[Finding, ...]


def prepare(
    frames: Mapping[str, pd.DataFrame],
    scheme: Scheme,
    crs: CRS,
    stages: Stages,
    *,
    name: str,
    seed: int,
    home_uses: Sequence[str] = (),
    workers: int = 1,
) -> Prepared:
    """Make the ground of the frames (by role, working CRS, `in_order`) with so many threads. Raises InputError when nothing bounds the district."""
    given = given_levels(frames, scheme)
    merged = merge_parts(_buildings(frames, crs))
    buildings = merged.buildings
    lines = barrier_lines(frames, scheme)
    entrances, table = merged.renamed(frames.get("entrances")), merged.renamed(frames.get("households"))
    with stages("enclosures"):
        homes = count_homes(buildings, entrances, table, defaults=scheme.defaults, home_uses=home_uses, merged=merged)
        parent = _parent(frames, given, scheme, lines, buildings)
        source = "given" if "district" in frames or given else "derived"
        houses = np.flatnonzero((homes.households > 0) | ~is_ground(buildings.geometry.to_numpy()))
        land = divided_land(parent, lines["all"], scheme, given, buildings, homes, houses)
    with stages("cells"):
        water = polygons_of(frames.get("water"))
        cells = _cells(land, buildings, homes, houses, water, float(scheme.defaults["land_cell_m"]), workers)
        doors = find_doors(table, buildings, entrances, cells, homes)
        base = make_base(cells, buildings, homes, crs, district_source=source, doors=doors)
    with stages("graph"):
        points = home_points(_at(buildings.geometry.to_numpy(), cells.building), _at(shapely.points(homes.entrance_xy), cells.entrance))
        compounds = polygons_of(frames.get("compounds"))
        base = _with_places(base, points)
        mesh = make_mesh(base, points, {k: lines[k] for k in ("road", "main", "hard", "bridge")}, water, compounds)
    rows = {level: row[cells.enclosure] for level, row in land.rows.items()}
    column = _columns(cells, buildings, scheme)
    ground = Ground(base, mesh, scheme, given, column, name=name, seed=seed, doors=doors, workers=workers, given_row=rows)
    found = (*_repeated(buildings), *homes.findings, *land.findings, *_homeless(buildings, homes, cells, base.district))
    return Prepared(ground, buildings, homes, parent, found)


def _with_places(base: Base, points: np.ndarray) -> Base:
    """Note in `x`, `y` of the cells where their people live, that a stored project can be cut anew; null for land."""
    return replace(base, cells=base.cells.assign(x=points[:, 0], y=points[:, 1]))


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
        codes = [f"{i:06d}" for i in range(len(compounds))]
        out["compound"] = compounds.assign(code=codes).set_index(pd.Index(codes, name=None))
    return out


def _buildings(frames: Mapping[str, pd.DataFrame], crs: CRS) -> gpd.GeoDataFrame:
    frame = frames.get("buildings")
    return frame if isinstance(frame, gpd.GeoDataFrame) else gpd.GeoDataFrame({"id": pd.Series([], dtype=object)}, geometry=[], crs=crs)


def _parent(
    frames: Mapping[str, pd.DataFrame],
    given: Mapping[str, gpd.GeoDataFrame],
    scheme: Scheme,
    lines: Mapping[str, np.ndarray],
    buildings: gpd.GeoDataFrame,
) -> BaseGeometry | None:
    """Return the outline to fill; None where given polygons are all there is, which then bound it themselves."""
    district = frames.get("district")
    if isinstance(district, gpd.GeoDataFrame) and len(district):
        return shapely.union_all(district.geometry.to_numpy())
    if lowest_given(scheme, given) is not None:
        return None
    if len(buildings):
        return derived_parent(lines["all"], buildings.geometry.to_numpy())
    raise InputError(
        "nothing says where the district is: give [inputs.district], polygons of a level, or [inputs.buildings]",
        "没有任何数据说明区域范围：请给出 [inputs.district]、某一层级的面，或 [inputs.buildings]",
    )


SURROUNDED_N = 5
"""A footprint without homes that has so many others in its holes is the ground between them (a street parcel, a campus), not a house."""


def _cells(land: Land, buildings: gpd.GeoDataFrame, homes: Homes, houses: np.ndarray, water: np.ndarray, land_cell_m: float, workers: int) -> Cells:
    """Divide the enclosures between the buildings `houses` (rows) and their entrances; rows of the answer count all buildings and all entrances."""
    footprints, n = buildings.geometry.to_numpy(), len(buildings)
    number = np.full(n + 1, -1)
    number[houses] = np.arange(len(houses))
    known = np.flatnonzero(number[homes.entrance_building] >= 0)
    wet = np.zeros(len(land.enclosures), dtype=bool)
    wet[shapely.STRtree(shapely.point_on_surface(land.enclosures)).query(water, predicate="intersects")[1]] = True
    cells = tessellate(
        land.enclosures,
        footprints[houses],
        entrance_xy=homes.entrance_xy[known],
        entrance_building=number[homes.entrance_building[known]],
        land_cell_m=land_cell_m,
        whole=wet,
        home=None if land.home is None else land.home[houses],
        entrance_home=None if land.entrance_home is None else land.entrance_home[known],
        workers=workers,
    )
    home, entrance_home = np.full(n, -1), np.full(len(homes.entrance_building), -1)
    home[houses], entrance_home[known] = cells.home, cells.entrance_home
    building, entrance = np.append(houses, -1)[cells.building], np.append(known, -1)[cells.entrance]
    geometry = follow_borders(cells.geometry, cells.enclosure, land.enclosures, land.borders)
    return replace(cells, geometry=geometry, building=building, entrance=entrance, home=home, entrance_home=entrance_home)


def is_ground(footprints: np.ndarray) -> np.ndarray:
    """Tell which footprints surround others, at least SURROUNDED_N of them: ground that was drawn as a parcel, bool (n,)."""
    out = np.zeros(len(footprints), dtype=bool)
    parts, owner = shapely.get_parts(footprints, return_index=True)
    holed = np.flatnonzero(shapely.get_num_interior_rings(parts) > 0)
    if len(holed) == 0:
        return out
    rings, ring_part = shapely.get_rings(parts[holed], return_index=True)
    outer = np.r_[True, ring_part[1:] != ring_part[:-1]]
    holes, hole_owner = shapely.polygons(rings[~outer]), owner[holed][ring_part[~outer]]
    hit, _ = shapely.STRtree(shapely.point_on_surface(footprints)).query(holes, predicate="intersects")
    out[np.bincount(hole_owner[hit], minlength=len(footprints)) >= SURROUNDED_N] = True
    return out


def _at(geometry: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Geometry of each cell's row, (c,); None where the row is -1."""
    return np.append(geometry, None)[rows]


def polygons_of(frame: pd.DataFrame | None) -> np.ndarray:
    """Return the polygons of a frame, leaving out its lines and points; none where there is no frame."""
    if not isinstance(frame, gpd.GeoDataFrame):
        return np.array([], dtype=object)
    geometry = frame.geometry.to_numpy()
    return geometry[shapely.get_dimensions(geometry) == 2]


def _columns(cells: Cells, buildings: gpd.GeoDataFrame, scheme: Scheme) -> dict[str, np.ndarray]:
    """Codes of levels that are made from a column of the buildings, per cell; "" where the cell has no building."""
    made = [level.id for level in scheme.levels if level.make == "column" and level.id in buildings]
    return {level: np.append(buildings[level].to_numpy(dtype=object), "")[cells.building] for level in made}


def _repeated(buildings: gpd.GeoDataFrame) -> list[Finding]:
    """Ids that several buildings bear: tables can not tell them apart."""
    ids = buildings["id"]
    twice = buildings[ids.duplicated(keep=False)]
    return [
        Finding("code_duplicate", "", (str(name),), group.geometry.iloc[1], value=float(len(group)), severity="warning", facts={"role": "buildings"})
        for name, group in twice.groupby("id", sort=True)
    ]


def _homeless(buildings: gpd.GeoDataFrame, homes: Homes, cells: Cells, district: BaseGeometry) -> list[Finding]:
    """Buildings with households that lie outside the district: their households are in no unit."""
    lost = np.flatnonzero((cells.home < 0) & (homes.households > 0))
    places = shapely.point_on_surface(buildings.geometry.to_numpy()[lost])
    away = shapely.distance(district, places)
    names = buildings["id"].to_numpy()[lost]
    return [
        Finding("point_unmatched", "", (str(name),), place, length_m=float(m), facts={"role": "building", "role_zh": "楼栋", "id": name})
        for name, place, m in zip(names, places, away, strict=True)
    ]
