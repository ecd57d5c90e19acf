"""An imported division becomes land to cut: enclosures along its borders, the unit of each, and the side of every building that a border cuts.

polygons -> enclosures -> unit of each -> buildings cut -> households to one side
with `keep_buildings_whole`: -> borders led round these buildings -> enclosures again
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from geogrid.catalogue import why
from geogrid.enclosure import enclose
from geogrid.findings import Finding
from geogrid.generate import Homes
from geogrid.generate.cut_buildings import Cut, Sides, find_sides, round_buildings, sides_of_whole
from geogrid.generate.given import geometry_levels, label_by_polygons, lowest_given
from geogrid.plan import Plan
from geogrid.scheme import Level, Scheme
from geogrid.tessellation.seeds import assign_enclosures, clean_footprints

NONE = -1
ROUNDS = 3
"""Borders led round one building may cut the next one that overlaps it: so often they are led anew."""
NOTHING = np.array([], dtype=object)


@dataclass(frozen=True, eq=False)
class Land:
    """Enclosures (e,) of a district, cut along given borders.

    `borders`: the given polygons as they cut; `rows`: by given level, the row of the polygon that each enclosure lies in, int (e,). `home` (n,) and
    `entrance_home` (k,): the enclosure of each building and entrance, None where nothing but the larger part decides.
    """

    enclosures: np.ndarray
    borders: np.ndarray = field(default_factory=lambda: NOTHING)
    rows: Mapping[str, np.ndarray] = field(default_factory=dict)
    home: np.ndarray | None = None
    entrance_home: np.ndarray | None = None
    findings: tuple[Finding, ...] = ()


def divided_land(
    parent: BaseGeometry | None,
    lines: np.ndarray,
    scheme: Scheme,
    given: Mapping[str, gpd.GeoDataFrame],
    buildings: gpd.GeoDataFrame,
    homes: Homes,
    houses: np.ndarray,
) -> Land:
    """Enclose the district by barrier lines and the polygons of given levels; find the side of each of the buildings `houses` (rows)."""
    levels = geometry_levels(scheme, given)
    polygons = {level.id: given[level.id].geometry.to_numpy() for level in levels}
    if not levels:
        return Land(enclose(parent, lines, NOTHING).polygons)
    enclosures, rows = _enclosed(parent, lines, polygons)
    lowest = levels[0]
    sides = _sides(enclosures, rows[lowest.id], buildings, homes, houses)
    told: dict[int, tuple[Cut, int | None]] = {}
    for _ in range(ROUNDS if lowest.keep_buildings_whole else 0):
        fresh = [cut for cut in sides.cuts if cut.building not in told]
        if not fresh:
            break
        whole = sides_of_whole(fresh, _doors(homes, enclosures, rows[lowest.id]))
        told |= {cut.building: (cut, side) for cut, side in zip(fresh, whole, strict=True)}
        polygons[lowest.id] = round_buildings(polygons[lowest.id], fresh, whole)
        enclosures, rows = _enclosed(parent, lines, polygons)
        sides = _sides(enclosures, rows[lowest.id], buildings, homes, houses)
    told |= {cut.building: (cut, None) for cut in sides.cuts}  # what could not be kept whole is cut after all
    codes = np.append(given[lowest.id].index.to_numpy(dtype=object), "")
    names, lived = buildings["id"].to_numpy(dtype=object), homes.households > 0
    found = [_said(cut, lowest, codes, names[row], kept, is_home=bool(lived[row])) for row, (cut, kept) in sorted(told.items())]
    borders = np.concatenate(list(polygons.values()))
    return Land(enclosures, borders, rows, sides.home, sides.entrance_home, tuple(found))


def _enclosed(parent: BaseGeometry | None, lines: np.ndarray, polygons: Mapping[str, np.ndarray]) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    enclosures = enclose(parent, lines, np.concatenate(list(polygons.values()))).polygons
    return enclosures, {level: label_by_polygons(shapes, enclosures) for level, shapes in polygons.items()}


def _sides(enclosures: np.ndarray, unit: np.ndarray, buildings: gpd.GeoDataFrame, homes: Homes, houses: np.ndarray) -> Sides:
    """Find the sides of the buildings `houses`; rows of the answer count all buildings, -1 for the others."""
    shapes = np.full(len(buildings), shapely.Polygon(), dtype=object)
    shapes[houses] = clean_footprints(buildings.geometry.to_numpy()[houses])
    return find_sides(enclosures, unit, shapes, assign_enclosures(enclosures, shapes), homes.entrance_xy, homes.entrance_building)


def _doors(homes: Homes, enclosures: np.ndarray, unit: np.ndarray) -> pd.DataFrame:
    """Return `building`, `households` and `unit` of the entrances that stand in an enclosure."""
    point, enclosure = shapely.STRtree(enclosures).query(shapely.points(homes.entrance_xy), predicate="intersects")
    once = np.unique(point, return_index=True)[1]
    point, enclosure = point[once], enclosure[once]
    return pd.DataFrame({"building": homes.entrance_building[point], "households": homes.entrance_households[point], "unit": unit[enclosure]})


def _said(cut: Cut, level: Level, codes: np.ndarray, name: str, kept: int | None, *, is_home: bool) -> Finding:
    """Tell of a building that a border cuts: which part lies where, and what became of its households. Its place and size are the smallest part's."""
    order = sorted(range(len(cut.units)), key=lambda i: codes[cut.units[i]])
    units = tuple(codes[cut.units[i]] for i in order if cut.units[i] != NONE)
    sizes = ", ".join(f"{codes[cut.units[i]] or '–'} {shapely.area(cut.parts[i]):,.1f}" for i in order)
    side = codes[cut.side if kept is None else kept] or "–"
    key = "kept_whole" if kept is not None else cut.rule if is_home else "empty"
    facts = {"building": name, **why(f"building_{key}", unit=side, areas=sizes)}
    smaller = cut.parts[int(np.argmin(shapely.area(np.array(cut.parts, dtype=object))))]
    return Finding("splits_building", level.id, units, smaller, area_m2=float(smaller.area), severity="warning", facts=facts)


def find_derived(plan: Plan, given: Mapping[str, gpd.GeoDataFrame]) -> list[Finding]:
    """Tell of levels that were to be given and are not, and of made ones above given polygons: where their units come from."""
    scheme, lowest = plan.scheme, lowest_given(plan.scheme, given)
    depth = -1 if lowest is None else scheme.depth(lowest.id)
    found = []
    for i, level in enumerate(scheme.levels):
        if level.id in given or not (level.make == "given" or i < depth):
            continue
        n = int((plan.units["level"] == level.id).sum())
        key = "derived_alone" if n == 1 and i <= max(depth, 0) else "derived_codes" if i < depth else "derived_parents"
        facts = {"level_zh": level.name.zh, "level_en": level.name.en, "role": level.role, **why(key)}
        found.append(Finding("level_derived", level.id, value=float(n), severity="warning", facts=facts))
    return found
