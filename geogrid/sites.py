"""Points joined to a plan: each gets exactly one unit of every level, or is listed with its distance to the district.

A point falls in a cell, and its unit is the cell's. Cameras stand on road centre lines, which are borders: of the cells that a point touches
the one with the lowest codes, from the top level down, takes it. Without a floor the lowest floor's unit holds it.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geogrid.catalogue import why
from geogrid.findings import Finding
from geogrid.plan import Plan

FAR_M = 50_000.0  # farther from the district than any neighbour's camera: a wrong position, not a foreign point
TOUCH_M = 0.001  # the grid of coordinates: what lies nearer to a border lies on it, however often it was converted to degrees and back
ROLE_NAMES = {"stations": ("station", "站点"), "cameras": ("camera", "摄像机"), "entrances": ("entrance", "单元门"), "events": ("event", "事件")}


def join(points: gpd.GeoDataFrame, plan: Plan) -> gpd.GeoDataFrame:
    """Return the points with one column of unit codes per level ("" for none) and `outside_m`, the distance to the district (0 inside).

    A column `floor`, where there is one, chooses among stacked units. What is no point stands where its label point is; a missing geometry has
    no unit, and NaN for the distance. Frames are in the plan's CRS.
    """
    places = as_points(points.geometry.to_numpy())
    levels = [level.id for level in plan.scheme.levels]
    codes = {level: _codes_by_atom(plan, level) for level in levels}
    row, atom = _atoms_at(points, places, plan)
    order = np.lexsort((*(codes[level][1][atom] for level in reversed(levels)), row))
    row, atom = row[order], atom[order]
    first = np.r_[True, row[1:] != row[:-1]] if len(row) else np.array([], dtype=bool)
    joined = points.copy()
    for level in levels:
        column = np.full(len(points), "", dtype=object)
        names, rank = codes[level]
        column[row[first]] = names[rank[atom[first]]]
        joined[level] = column
    joined["outside_m"] = _outside(places, plan)
    joined.attrs["levels"] = levels
    return joined


def find_unmatched(points: gpd.GeoDataFrame, role: str) -> list[Finding]:
    """List joined points (`join`) that no unit of any level holds, with their distance; those nowhere near with why that is no position."""
    levels = points.attrs.get("levels", [])
    alone = (points[levels] == "").all(axis=1).to_numpy() if levels else (points["outside_m"] != 0).to_numpy()
    lost = points[alone]
    at_zero = _at_zero(lost)
    found = []
    addresses = lost["address"].fillna("").astype(str) if role == "events" and "address" in lost else [""] * len(lost)
    for place, away, zero, name, address in zip(lost.geometry, lost["outside_m"], at_zero, _names_of(points)[alone], addresses, strict=True):
        english, chinese = ROLE_NAMES.get(role, (role.removesuffix("s"), role))
        facts = {"role": english, "role_zh": chinese, "id": name}
        if place is None or place.is_empty or not np.isfinite(away):
            said = why("no_such_address", address=address[:60]) if address else why("no_position")
            found.append(Finding("point_position", "", (name,), None, facts={**facts, **said}))
        elif zero or away > FAR_M:
            doubt = why("null_island") if zero else why("far_away", km=f"{away / 1000:,.0f}")
            found.append(Finding("point_position", "", (name,), place, length_m=float(away), facts={**facts, **doubt}))
        else:
            found.append(Finding("point_unmatched", "", (name,), place, length_m=float(away), facts=facts))
    return found


def find_missing(stations: gpd.GeoDataFrame, plan: Plan) -> list[Finding]:
    """List, for each kind of station of which the scheme wants one in every unit of a level, the units without; stations are joined (`join`).

    A station is of a kind when its `kind` is the scheme's word for it, or the kind's name in either language.
    """
    found = []
    for kind, site in plan.scheme.stations.items():
        if not site.one_per:
            continue
        level = plan.scheme.level(site.one_per)
        words = {kind, site.name.zh, site.name.en}
        held = set(stations.loc[stations["kind"].isin(words), level.id]) if "kind" in stations else set()
        facts = {"kind": site.name.en, "kind_zh": site.name.zh, "level_zh": level.name.zh, "level_en": level.name.en}
        units = plan.frame(level.id)
        alone = units[~units.index.isin(held) & (units["valid_to"] == "")]
        found += [Finding("no_station", level.id, (code,), place, facts=facts) for code, place in alone.geometry.items()]
    return found


def as_points(geometry: np.ndarray) -> np.ndarray:
    """Return a point for each geometry; missing where it is missing, empty or not finite."""
    geometry = np.where(shapely.is_empty(geometry), None, geometry)
    kind = shapely.get_type_id(geometry)
    places = np.where(kind == shapely.GeometryType.POINT, geometry, shapely.point_on_surface(geometry))
    return np.where(np.isfinite(shapely.get_x(places)) & np.isfinite(shapely.get_y(places)), places, None)


def _atoms_at(points: gpd.GeoDataFrame, places: np.ndarray, plan: Plan) -> tuple[np.ndarray, np.ndarray]:
    """Return pairs of point row and atom row: of every cell that a point touches, the atom on its floor, else the lowest one."""
    base = plan.base
    row, cell = shapely.STRtree(base.cells.geometry.to_numpy()).query(places, predicate="dwithin", distance=TOUCH_M)
    ground = _ground(plan)
    atom = ground[cell]
    row, atom = row[atom >= 0], atom[atom >= 0]
    if "floor" not in points.columns:
        return row, atom
    floor = pd.to_numeric(points["floor"], errors="coerce").to_numpy()[row]
    atoms = base.atoms
    spans = pd.DataFrame({"cell": base.cell_position, "low": atoms["floor_from"].to_numpy(), "high": atoms["floor_to"].to_numpy()})
    spans["atom"], spans["part"] = np.arange(len(atoms)), atoms["part"].to_numpy()
    wanted = pd.DataFrame({"pair": np.arange(len(row)), "cell": base.cell_position[atom], "floor": floor})
    held = wanted[np.isfinite(floor)].merge(spans, on="cell").query("low <= floor <= high").sort_values(["pair", "part", "atom"])
    held = held.drop_duplicates("pair")
    atom[held["pair"].to_numpy()] = held["atom"].to_numpy()
    return row, atom


def _ground(plan: Plan) -> np.ndarray:
    """Row of the lowest atom of each cell, -1 where a cell has none."""
    atoms, position = plan.base.atoms, plan.base.cell_position
    order = np.lexsort((atoms["part"].to_numpy(), atoms["floor_from"].to_numpy(), position))
    cells, first = np.unique(position[order], return_index=True)
    ground = np.full(len(plan.base.cells), -1)
    ground[cells] = order[first]
    return ground


def _codes_by_atom(plan: Plan, level: str) -> tuple[np.ndarray, np.ndarray]:
    """Codes of a level in order, then "" for none; and for each atom where its unit's code stands among them."""
    ids = plan.units.index.to_numpy()
    mine = (plan.units["level"] == level).to_numpy()
    codes, rank = np.unique(plan.units["code"].to_numpy(dtype=str)[mine], return_inverse=True)
    of_unit = np.full(int(ids.max(initial=0)) + 2, len(codes))  # NO_UNIT is -1: the last entry
    of_unit[ids[mine]] = rank
    return np.array([*codes.tolist(), ""], dtype=object), of_unit[plan.owner(level)]


def _outside(places: np.ndarray, plan: Plan) -> np.ndarray:
    district = plan.base.district
    shapely.prepare(district)
    inside = shapely.intersects(district, places)
    away = np.zeros(len(places))
    away[~inside] = shapely.distance(district, places[~inside])  # of a missing place: NaN
    return away


def _names_of(points: gpd.GeoDataFrame) -> np.ndarray:
    numbers = points["row"] if "row" in points.columns else pd.Series(range(1, len(points) + 1), index=points.index)
    names = points["id"].astype(str) if "id" in points.columns else pd.Series("", index=points.index)
    return names.where(names != "", "#" + numbers.astype(str)).to_numpy(dtype=object)


def _at_zero(points: gpd.GeoDataFrame) -> np.ndarray:
    """Tell which points lie at longitude and latitude 0, as unset coordinates do."""
    if points.crs is None or len(points) == 0:
        return np.zeros(len(points), dtype=bool)
    lonlat = points.geometry.to_crs(4326)
    return ((lonlat.x.abs() < 0.01) & (lonlat.y.abs() < 0.01)).to_numpy()
