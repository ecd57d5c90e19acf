"""The rules of a plan: its cells partition the district, its atoms the cells' floors, its units the atoms; and each unit is sound.

Polygons of units are derived, so the proof is made once, on the cells; stacked micro-grids share a footprint inside a cell, which planar rules
would call an overlap. Above the lowest level a unit takes whole cells.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geogrid.catalogue import why
from geogrid.findings import Finding
from geogrid.plan import NO_UNIT, Base, Plan
from geogrid.rules.codes import find_code_rule, find_codes, find_parents
from geogrid.rules.crossings import find_crossings, is_drawn
from geogrid.rules.floors import find_floors
from geogrid.rules.given import find_given, outline_of
from geogrid.rules.layer import find_partition, find_shapes, in_order
from geogrid.rules.status import status
from geogrid.rules.unit import of_bounds, of_divided_building, of_shape, of_shared_cell, of_unassigned
from geogrid.topology import TOLERANCE_M


def find_plan(
    plan: Plan,
    *,
    given: Mapping[str, gpd.GeoDataFrame] = {},
    cells: list[Finding] | None = None,
    barriers: Mapping[str, np.ndarray] = {},
    buildings: gpd.GeoDataFrame | None = None,
    edited: Mapping[str, Collection[str]] = {},
) -> list[Finding]:
    """Check a plan, and the polygons that were given for its levels (column `code`, working CRS) against the district and the plan.

    `given["district"]` is the outline as it came: the plan's own district is what the cells cover, which reaches as far as given units do.
    `cells`: the findings of `find_cells`, where the caller has them. `barriers`: lines that units should follow (`geogrid.barriers`). `buildings`
    (`id`): what given borders may go round, where their level keeps buildings whole. `edited`: by level, codes of units that were
    changed since their polygons were given: these speak of them no more, their derived shapes are judged instead.
    """
    outline = outline_of(plan, given)
    found = [*(find_cells(plan.base) if cells is None else cells), *find_floors(plan.base)]
    shaping = [level for level in plan.scheme.levels if level.make == "given" and level.complete and level.id in given]
    for level in plan.scheme.levels:
        found += find_units(plan, level.id, alone=level.id not in given)
        found += find_unassigned(plan, level.id)
        found += find_households(plan, level.id)
        found += find_count(plan, level.id)
        found += find_divided(plan, level.id, given.get(level.id))
        if is_drawn(plan, level):
            found += find_crossings(plan, level.id, barriers)
        if level.id in given:
            of_given = find_given(plan, level.id, given[level.id], outline, by_codes=level in shaping[:-1], buildings=buildings)
            found += _since_edits(plan, level.id, of_given, edited.get(level.id, ()))
    return found + find_parent_levels(plan)


def find_cells(base: Base) -> list[Finding]:
    """Prove that the cells partition the district: half of the proof of the cover in cell, floor and part (the other: `find_floors`)."""
    codes = base.cells.index.astype(str).to_numpy()
    return find_partition(base.cells.geometry.to_numpy(), codes, base.district, "cell", TOLERANCE_M)


def find_units(plan: Plan, level: str, *, alone: bool = True) -> list[Finding]:
    """Check codes, parents and shapes of a level's units; `alone` is False where the shapes of given polygons are reported instead."""
    frame, rule = plan.frame(level), plan.scheme.level(level)
    codes, parents = pd.Series(frame.index, dtype=object), frame["parent"].reset_index(drop=True)
    geometry = frame.geometry.to_numpy()
    found = find_codes(codes, geometry, level, range(1, len(codes) + 1), form=rule.code is None)
    if rule.code:
        found += find_code_rule(codes, parents, geometry, level, rule.code)
    depth = plan.scheme.depth(level)
    if depth:
        above = {unit.id for unit in plan.scheme.levels[:depth]}
        found += find_parents(codes, parents, geometry, level, plan.units.loc[plan.units["level"].isin(above), "code"].tolist())
    return found + (_shapes(frame, level) if alone else [])


def _since_edits(plan: Plan, level: str, of_given: list[Finding], edited: Collection[str]) -> list[Finding]:
    """Return what given polygons tell of units that are as they were given, and what is to be said of the shapes of the others."""
    if not edited:
        return of_given
    codes, frame = set(edited), plan.frame(level)
    kept = [finding for finding in of_given if finding.level != level or codes.isdisjoint(finding.units)]
    return kept + _shapes(frame[frame.index.isin(list(codes))], level)


def _shapes(frame: gpd.GeoDataFrame, level: str) -> list[Finding]:
    """Report pieces and slivers, with the reason of a unit that has one; pieces that a walking link holds together are one."""
    held = frame[~frame.geometry.isna()]
    found = find_shapes(held.geometry.to_numpy(), held.index.to_numpy(), level)
    codes = {finding.units[0] for finding in found} if held.index.is_unique else set()
    units = {unit.Index: unit for unit in held[held.index.isin(codes)].itertuples()}
    return [told for finding in found if (told := of_shape(finding, units.get(finding.units[0])))]


def find_unassigned(plan: Plan, level: str) -> list[Finding]:
    """Report, once a level, the cells with atoms that no unit of a complete level holds: a warning in a draft, an error when adopted."""
    rule = plan.scheme.level(level)
    free = plan.owner(level) == NO_UNIT
    if not rule.complete or not free.any():
        return []
    cells = plan.base.cells.geometry.to_numpy()[np.unique(plan.base.cell_position[free])]
    households = int(plan.base.atoms["households"].to_numpy()[free].sum())
    return [of_unassigned(rule, cells, households, is_adopted=plan.state == "adopted")]


def find_households(plan: Plan, level: str) -> list[Finding]:
    """Report units below or above the level's bounds."""
    frame, rule = plan.frame(level), plan.scheme.level(level)
    words = status(plan, level).to_numpy()
    out = np.isin(words, ("below", "above")) & (frame["valid_to"] == "").to_numpy()
    return [of_bounds(unit, unit.Index, word, rule) for unit, word in zip(frame[out].itertuples(), words[out], strict=True)]


def find_count(plan: Plan, level: str) -> list[Finding]:
    """Report a level that was to have a count of units, and has another because its bounds and its ground do not let it."""
    rule, made = plan.scheme.level(level), len(plan.frame(level))
    if rule.make not in ("count", "compound") or rule.count is None or made == rule.count:
        return []
    facts = {"of": rule.name.en, "of_zh": rule.name.zh, **why("count_made", wanted=f"{rule.count:,}", made=f"{made:,}")}
    return [Finding("count_mismatch", level, value=float(made), facts=facts)]


def find_divided(plan: Plan, level: str, given: gpd.GeoDataFrame | None = None) -> list[Finding]:
    """Report, above the lowest level, cells that two units share (an overlap) and buildings that they divide.

    Buildings that the `given` polygons of the level divide themselves were told when these were read.
    """
    if level == plan.scheme.levels[-1].id:
        return []
    owner, base = plan.owner(level), plan.base
    held = pd.DataFrame({"unit": owner, "position": base.cell_position})[owner != NO_UNIT].drop_duplicates()
    held["building"] = base.cells["building"].to_numpy()[held["position"]]
    code = plan.units["code"]
    found = []
    for position, group in _shared(held, "position"):
        found.append(of_shared_cell(level, code[group["unit"]].tolist(), base.cells.geometry.iloc[position]))
    for building, group in _shared(held[held["building"] != ""], "building"):
        cells = base.cells.geometry.to_numpy()[group["position"].unique()]
        if given is not None and _lies_in_several(cells, given.geometry.to_numpy()):
            continue
        found.append(of_divided_building(level, code[group["unit"]].tolist(), str(building), cells))
    return in_order(found)


def _lies_in_several(cells: np.ndarray, polygons: np.ndarray) -> bool:
    """Tell whether several of some polygons hold a cell each."""
    return len(np.unique(shapely.STRtree(shapely.point_on_surface(cells)).query(polygons, predicate="intersects")[0])) > 1


def _shared(held: pd.DataFrame, key: str) -> list[tuple[object, pd.DataFrame]]:
    """Return the groups by `key` with more than one unit."""
    several = held.groupby(key)["unit"].transform("nunique") > 1
    return list(held[several].groupby(key)) if several.any() else []


def find_parent_levels(plan: Plan) -> list[Finding]:
    """Report units whose parent is of the same level or a lower one."""
    depth = {level.id: i for i, level in enumerate(plan.scheme.levels)}
    units = plan.units
    parents = units[units["parent"] != NO_UNIT]
    known = parents[parents["parent"].isin(units.index)]
    above = units["level"].map(depth).reindex(known["parent"]).to_numpy()
    wrong = known[above >= known["level"].map(depth).to_numpy()]
    codes = units["code"]
    return [
        Finding("parent_mismatch", unit.level, (unit.code,), None, facts=why("wrong_level", parent=codes[unit.parent])) for unit in wrong.itertuples()
    ]
