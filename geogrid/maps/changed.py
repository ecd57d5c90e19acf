"""Two states of a plan, each on its map: the units that changed in hues of their own, and what moved between them hatched on both.

Both maps show the same land: the units that changed and whatever lies with them in the same unit above. Data stand inside the page, so that a state
that nobody looks at twice needs no tiles.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geogrid.maps.data import WGS84
from geogrid.maps.inline import inline_layers, kept_table, rows_of, sites_in
from geogrid.maps.layers import layer_names
from geogrid.maps.offline import grown_window
from geogrid.maps.page import MapPage
from geogrid.maps.places import label_places
from geogrid.maps.project import MERCATOR, is_fine, level_ids, once, to_crs
from geogrid.maps.stacks import pieces as stacked_pieces
from geogrid.maps.variant import PlanPart
from geogrid.maps.views import settings
from geogrid.measure import HUES, TOUCH_M
from geogrid.plan import NO_UNIT, Base, Plan

AROUND_M = 60.0
SCRIPTS = ("moved.js",)
"""What a page of such a map loads beside the scripts of every map."""


@dataclass(frozen=True, eq=False)
class Changed:
    """What the two maps show alike. `level`: whose units changed; `hues`: hue by unit id; `land`: where, boxes round the changed units, in `crs`;
    `pieces`: what moved, columns `households`, Polygon geometry."""

    level: str
    hues: Mapping[int, int]
    land: BaseGeometry
    pieces: gpd.GeoDataFrame


def changed(level: str, units: gpd.GeoDataFrame, pieces: gpd.GeoDataFrame) -> Changed:
    """Gather what two maps show of a difference (`geogrid.edit.diff.Diff`): its `units` and its `pieces`."""
    shapes = [shape for side in ("shape_before", "shape_after") for shape in units[side] if shape is not None]
    boxes = shapely.envelope(np.array([*shapes, *pieces.geometry], dtype=object))
    return Changed(level, change_hues(units, pieces), shapely.union_all(shapely.buffer(boxes, AROUND_M, join_style="mitre")), pieces)


def change_hues(units: gpd.GeoDataFrame, pieces: gpd.GeoDataFrame) -> dict[int, int]:
    """Return a hue 0 … 4 for each changed unit, on both maps the same: up to five units have five hues, of more those differ that touch or give."""
    ids = [int(unit) for unit in units.index]
    near: dict[int, set[int]] = {unit: set() for unit in ids}
    for side in ("shape_before", "shape_after"):
        shapes = units[side].to_numpy()
        for i, j in shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=TOUCH_M).T.tolist():
            near[ids[i]].add(ids[j])
    for source, target in zip(pieces["from_unit"], pieces["to_unit"], strict=True):
        if source in near and target in near:
            near[source].add(target)
            near[target].add(source)
    found: dict[int, int] = {}
    used = [0] * HUES
    for unit in sorted(ids, key=lambda unit: (-len(near[unit]), ids.index(unit))):
        around = [found[other] for other in near[unit] if other in found and other != unit]
        found[unit] = min(range(HUES), key=lambda hue: (around.count(hue), used[hue], hue))
        used[found[unit]] += 1
    return found


def changed_page(
    plan: Plan, what: Changed, *, side: str, name: str, meta: Mapping[str, Any], layers: Mapping[str, gpd.GeoDataFrame], lang: str
) -> MapPage:
    """Return the map of one side, "before" or "after": `plan` is the state on that side, `layers` the base map by role."""
    part = PlanPart(part_round(plan, what.level, what.land), name=name, meta=meta, layers=layers, window=what.land)
    _colour(part, what)
    names = [name for name in layer_names(part) if name != "cells"]
    inline = inline_layers(part, names, 4, grown_window(part, level_ids(part)[0])) if level_ids(part) else {"layers": {}}
    coarse = [name for name in level_ids(part) if not is_fine(part, name)]
    tables = {name: rows_of(kept_table(part, name), range(len(part.units(name)))) for name in coarse}
    if what.level in tables:
        _label_beside(part, what, tables[what.level])
    inline["tables"] = {"units.json": tables, "sites.json": sites_in(part, None, ())}
    box = shapely.bounds(to_crs(np.array([what.land], dtype=object), part.crs, WGS84)[0]).round(6).tolist()
    moved = {"side": side, "pieces": _moved(part, what.pieces)}
    first = {"page": "changed", "level": what.level, "fill": "identity", "bounds": box, "popups": True, "moved": moved}
    return MapPage({**settings(part, lang), **first}, name, inline)


def part_round(plan: Plan, level: str, land: BaseGeometry) -> Plan:
    """Return the plan of all units of the level above that meet some land, with their units of `level`, and of the cells there that have none."""
    depth = plan.scheme.depth(level)
    levels = plan.scheme.levels[max(0, depth - 1) : depth + 1]
    base, owner, above = plan.base, plan.owner(level), plan.owner(levels[0].id)
    met = np.zeros(len(base.cells), dtype=bool)
    met[base.cells.sindex.query(land, predicate="intersects")] = True
    here = met[base.cell_position]
    inside = here | np.isin(above, np.setdiff1d(above[here], [NO_UNIT]))
    inside = np.isin(base.cell_position, base.cell_position[inside])
    cells = base.cells.iloc[np.unique(base.cell_position[inside])]
    leaf = np.where(owner != NO_UNIT, owner, above)[inside]
    kept = plan.units[plan.units.index.isin(np.r_[leaf, above[inside]])].copy()
    kept.loc[kept["level"] == levels[0].id, "parent"] = NO_UNIT
    part = Base(cells, base.atoms[inside], shapely.coverage_union_all(cells.geometry.to_numpy()), base.district_source)
    return Plan(part, replace(plan.scheme, levels=levels), kept, leaf, plan.id, plan.version, plan.state)


def _colour(part: PlanPart, what: Changed) -> None:
    """Fix the hue of each unit before anything is drawn: that of a changed one, none of the rest."""
    for level in level_ids(part):
        units = part.units(level)
        own = what.hues if level == what.level else {}
        hue = [own.get(int(unit)) for unit in units["unit"]]
        if is_fine(part, level):
            by_code = dict(zip(units.index, hue, strict=True))
            hue = [_first(by_code[code] for code in codes) for codes in stacked_pieces(part, level)["codes"]]
        once(part, ("hues", level), lambda hue=hue: np.array(hue, dtype=object))


def _label_beside(part: PlanPart, what: Changed, table: dict[str, list[Any]]) -> None:
    """Move the labels of changed units to where nothing is hatched, for the hatch has a label too."""
    units = part.units(what.level)
    rows = [i for i, unit in enumerate(units["unit"]) if int(unit) in what.hues]
    shapes = beside_pieces(units.geometry.to_numpy()[rows], what.pieces.geometry.to_numpy())
    points, room = label_places(to_crs(shapes, part.crs, MERCATOR))
    places = shapely.get_coordinates(to_crs(shapely.points(np.nan_to_num(points)), MERCATOR, WGS84)).round(6)
    for i, place, (width, height) in zip(rows, places.tolist(), room.round(1).tolist(), strict=True):
        table["x"][i], table["y"][i], table["w"][i], table["h"][i] = *place, width, height


def beside_pieces(shapes: np.ndarray, pieces: np.ndarray) -> np.ndarray:
    """Return units without what moves, or whole where nothing else is left of them."""
    moved = shapely.union_all(pieces)
    rest = shapely.difference(shapes, moved)
    return np.where(shapely.area(rest) > 0.05 * shapely.area(shapes), rest, shapes)


def _first(hues: Iterable[int | None]) -> int | None:
    return next((hue for hue in hues if hue is not None), None)


def _moved(part: PlanPart, pieces: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    """Return each piece as `{rings: [[lon, lat, …]], households, at: [lon, lat], room: [metres of Mercator]}`."""
    shapes = pieces.geometry.to_numpy()
    points, room = label_places(to_crs(shapes, part.crs, MERCATOR))
    places = shapely.get_coordinates(to_crs(shapely.points(points), MERCATOR, WGS84)).round(7)
    out = []
    for i, shape in enumerate(to_crs(shapes, part.crs, WGS84)):
        rings = [shapely.get_coordinates(ring).round(7).ravel().tolist() for ring in shapely.get_rings(shape)]
        out.append({"rings": rings, "households": int(pieces["households"].iloc[i]), "at": places[i].tolist(), "room": room[i].round(1).tolist()})
    return out
