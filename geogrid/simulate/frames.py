"""The simulated district as frames by role, as an office would hand them over, cut down to the communities kept."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from geogrid.simulate.district import Town
from geogrid.simulate.estates import FLOOR_M, KINDS
from geogrid.simulate.naming import Names, road_frame

USES = {
    "old": "住宅",
    "mid": "住宅",
    "high": "住宅",
    "tower": "住宅",
    "yard": "农村住宅",
    "service": "配套",
    "shop": "商业",
    "shopping": "商业",
    "office": "办公",
    "government": "机关",
    "school": "学校",
    "college": "学校",
    "hospital": "医院",
    "works": "工业",
    "industry": "工业",
    "storage": "仓储",
}
STOREY_M = {
    "shopping": 4.8,
    "office": 3.8,
    "government": 3.6,
    "school": 3.7,
    "college": 3.8,
    "hospital": 3.9,
    "works": 9.0,
    "industry": 6.0,
    "storage": 6.5,
    "yard": 3.2,
}
RAIL_HALF_M = 12.0


def make_frames(town: Town, names: Names, kept: np.ndarray) -> dict[str, gpd.GeoDataFrame]:
    """Return all roles for the communities `kept` (rows), in the working CRS."""
    whole = len(kept) == len(town.divided.communities)
    communities = town.divided.communities.iloc[kept].reset_index(drop=True)
    area = town.district if whole else shapely.coverage_union_all(communities.geometry.values)
    lot_kept = np.isin(town.divided.of_lot, kept)
    buildings = town.buildings.assign(address=names.building)[lot_kept[town.buildings.lot.to_numpy()]]
    entrances = town.entrances.assign(address=names.entrance, building_id=town.buildings.id.to_numpy()[town.entrances.building.to_numpy()])
    entrances = entrances[np.isin(town.entrances.building.to_numpy(), buildings.index)]
    water = np.r_[town.land.rivers, town.lakes]
    return {
        "district": _frame(town, {"code": [town.profile.code], "name": [town.profile.name]}, [area]),
        "streets": _streets(town, communities),
        "communities": communities,
        "buildings": _buildings(town, buildings),
        "entrances": _entrances(town, entrances),
        "roads": _roads(town, names, area, water),
        "railways": _lines(town, town.land.railways, area),
        "water": _water(town, water, area),
        "walls": _walls(town, lot_kept, names),
        "green": _greens(town, area, whole),
        "compounds": _compounds(town, lot_kept, names),
        "stations": town.stations[np.isin(town.stations.community, kept)].drop(columns="community").reset_index(drop=True),
        "cameras": _cameras(town, names, area, whole),
    }


def _lines_of(geometry: np.ndarray) -> np.ndarray:
    """Return the lines of each geometry as one, an empty one where it has none."""
    parts, row = shapely.get_parts(geometry, return_index=True)
    line = shapely.get_dimensions(parts) == 1
    out = np.full(len(geometry), shapely.MultiLineString(), object)
    rows, at = np.unique(row[line], return_inverse=True)
    if len(rows):
        out[rows] = shapely.multilinestrings(parts[line], indices=at)
    return out


def _frame(town: Town, columns: dict, geometry: object) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=geometry, crs=town.land.lots.crs)


def _streets(town: Town, communities: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    codes = np.unique(communities.parent)
    shapes = [shapely.coverage_union_all(communities.geometry.values[communities.parent.to_numpy() == code]) for code in codes]
    listed = town.divided.streets[town.divided.streets.code.isin(codes)].sort_values("code")
    return _frame(town, {"code": list(listed.code), "name": list(listed.name), "parent": list(listed.parent)}, shapes)


def _buildings(town: Town, buildings: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    code = town.divided.communities.code.to_numpy()[town.divided.of_lot[buildings.lot.to_numpy()]]
    storey = buildings.kind.map(STOREY_M).fillna(FLOOR_M).to_numpy()
    columns = {
        "id": buildings.id,
        "address": buildings.address,
        "floors": buildings.floors,
        "households": buildings.households,
        "persons": buildings.persons,
        "use": buildings.kind.map(USES),
        "height_m": np.round(buildings.floors.to_numpy() * storey, 1),
        "community": code,
        "kind": buildings.kind,
    }
    return _frame(town, columns, buildings.geometry.values).reset_index(drop=True)


def _entrances(town: Town, entrances: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    ids = entrances.building_id + "-" + entrances.unit.astype(str)
    columns = {
        "id": ids,
        "building": entrances.building_id,
        "address": entrances.address,
        "floors": entrances.floors,
        "households": entrances.households,
    }
    return _frame(town, columns, entrances.geometry.values).reset_index(drop=True)


def _clipped(geometry: np.ndarray, area: BaseGeometry, kind: str, *, merge: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Return the parts of one kind inside `area`, and the row each comes from; `merge` joins lines that the border of the area cut up."""
    inside = shapely.intersection(np.asarray(geometry, object), area)
    parts, row = shapely.get_parts(shapely.line_merge(_lines_of(inside)) if merge else inside, return_index=True)
    good = (shapely.get_type_id(parts) == (1 if kind == "line" else 3)) & (
        (shapely.length(parts) > 0.05) if kind == "line" else (shapely.area(parts) > 0.5)
    )
    return parts[good], row[good]


def _roads(town: Town, names: Names, area: BaseGeometry, water: np.ndarray) -> gpd.GeoDataFrame:
    """Cut roads at rivers and railways; the pieces over them are bridges."""
    roads = road_frame(town, names)
    under = np.r_[shapely.buffer(water, 8), shapely.buffer(town.land.railways, RAIL_HALF_M)]
    shapely.prepare(under)
    road, over = shapely.STRtree(under).query(roads.geometry.values, predicate="intersects")
    crossed = np.unique(road)
    parts, rows, bridges = [np.delete(roads.geometry.values, crossed)], [np.delete(np.arange(len(roads)), crossed)], []
    bridges.append(np.zeros(len(rows[0]), bool))
    for k in crossed:
        hole = shapely.union_all(under[over[road == k]])
        for bridge, shape in (
            (False, shapely.difference(roads.geometry.values[k], hole)),
            (True, shapely.intersection(roads.geometry.values[k], hole)),
        ):
            pieces = shapely.get_parts(shape)
            parts.append(pieces)
            rows.append(np.full(len(pieces), k))
            bridges.append(np.full(len(pieces), bridge))
    row, bridge = np.concatenate(rows), np.concatenate(bridges)
    order = np.argsort(row, kind="stable")
    lines, which = _clipped(np.concatenate(parts)[order], area, "line", merge=bool(town.profile.built_up_km2))
    at = order[which]
    table = pd.DataFrame(roads.drop(columns="geometry")).iloc[row[at]].reset_index(drop=True)
    return _frame(town, {**{c: table[c] for c in table.columns}, "bridge": bridge[at]}, lines)


def _lines(town: Town, lines: np.ndarray, area: BaseGeometry) -> gpd.GeoDataFrame:
    parts, row = _clipped(lines, area, "line", merge=bool(town.profile.built_up_km2))
    return _frame(town, {"class": ["rail"] * len(parts), "name": [f"铁路{k + 1}" for k in row]}, parts)


def _water(town: Town, water: np.ndarray, area: BaseGeometry) -> gpd.GeoDataFrame:
    parts, row = _clipped(water, area, "area")
    river = row < len(town.land.rivers)
    return _frame(
        town,
        {"class": np.where(river, "river", "lake").tolist(), "name": [f"河流{k + 1}" if r else "" for k, r in zip(row, river, strict=True)]},
        parts,
    )


def _walls(town: Town, lot_kept: np.ndarray, names: Names) -> gpd.GeoDataFrame:
    walls = town.walls[lot_kept[town.walls.lot.to_numpy()]]
    parts, row = shapely.get_parts(walls.geometry.values, return_index=True)
    return _frame(town, {"class": ["wall"] * len(parts), "name": names.lot[walls.lot.to_numpy()[row]].tolist()}, parts)


def _greens(town: Town, area: BaseGeometry, whole: bool) -> gpd.GeoDataFrame:
    kinds, shapes = town.greens.kind.to_numpy(object), town.greens.geometry.values
    if not whole:
        shapes, row = _clipped(shapes, area, "area")
        kinds = kinds[row]
    return _frame(town, {"kind": list(kinds)}, shapes)


def _compounds(town: Town, lot_kept: np.ndarray, names: Names) -> gpd.GeoDataFrame:
    lots = town.land.lots
    here = np.flatnonzero(in_compounds(town) & lot_kept)
    code = town.divided.communities.code.to_numpy()[town.divided.of_lot[here]]
    columns = {"code": [f"C{k:04d}" for k in here], "name": names.lot[here].tolist(), "parent": code.tolist(), "kind": _estate_kinds(town, here)}
    return _frame(town, columns, lots.free.values[here])


def in_compounds(town: Town) -> np.ndarray:
    """Tell which lots are compounds: all with homes, or the largest ones where the profile says how many."""
    homes, wanted = (town.land.lots.use == "homes").to_numpy(), town.profile.compounds_n
    if wanted is None:
        return homes
    households = np.bincount(town.buildings.lot, weights=town.buildings.households, minlength=len(homes))
    lived = np.flatnonzero(homes & (households > 0))
    out = np.zeros(len(homes), bool)
    out[lived[np.argsort(-households[lived], kind="stable")][:wanted]] = True
    return out


def _estate_kinds(town: Town, rows: np.ndarray) -> list[str]:
    """Return the kinds of the estates of some lots; where the profile says how many are old, those are the oldest ones of all."""
    lots, wanted = town.land.lots, town.profile.old_estates_n
    kind = lots.kind.to_numpy(object)
    if wanted is not None:
        homes = np.flatnonzero((lots.use == "homes").to_numpy())
        order = homes[np.lexsort((lots.age.to_numpy()[homes], [list(KINDS).index(k) for k in kind[homes]]))]
        kind[order[wanted:]] = np.where(kind[order[wanted:]] == "old", "mid", kind[order[wanted:]])
        kind[order[:wanted]] = "old"
    return kind[rows].tolist()


def _cameras(town: Town, names: Names, area: BaseGeometry, whole: bool) -> gpd.GeoDataFrame:
    cameras = town.cameras
    own = cameras.own.to_numpy()
    place = np.where(own, names.lot[cameras.lot.to_numpy()], names.road[cameras.road.to_numpy()])
    at_home = (cameras.building >= 0).to_numpy()
    place[at_home] = names.building[cameras.building.to_numpy()[at_home]]
    serial = cameras.id.str[1:].astype(int)
    gb_code = [f"{town.profile.code}00{'01' if o else '00'}132{'8' if o else '0'}{n:06d}" for o, n in zip(own, serial, strict=True)]
    columns = {
        "id": cameras.id,
        "kind": cameras.kind,
        "name": place + cameras.place,
        "direction": cameras.direction,
        "ptz": cameras.ptz,
        "range_m": cameras.range_m,
        "angle_deg": cameras.angle_deg,
        "height_m": cameras.height_m,
        "gb_code": gb_code,
        "secret": cameras.secret,
    }
    frame = _frame(town, columns, cameras.geometry.values)
    return frame if whole else frame[shapely.contains(area, frame.geometry.values)].reset_index(drop=True)
