"""What lies between two states of a plan: the units of a level that changed, and the pieces of land that went from one unit to another.

States are compared atom by atom. A cell that a reshape has cut is other land on either side, so there the two are compared by area: each part of
it that lies in both, with the households that both give it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geogrid.edit.ground import Ground
from geogrid.edit.state import ABSENT, State, Unit
from geogrid.measure import polsby_popper
from geogrid.plan import NO_UNIT, united
from geogrid.scheme import Level

SLIVER_M2 = 0.01
"""Cells that a new vertex on their edge made anew differ by less: no land has moved."""
_TEXTS = ("code", "name", "parent", "kind", "reason", "note")


@dataclass(frozen=True, eq=False)
class Diff:
    """What changed on a level from one state to another.

    `units`: index `unit` (permanent id), sorted by code; columns `level`, `change` (words of `land code name parent kind`, or `new`, `retired`) and
    each of these as `…_before` and `…_after`: `code name parent` (the parent's code) `kind reason note status` (against the bounds: `below in above
    dedicated`, "" without), "" where the unit is not there; `households children` (units whose parent it is) `area_m2 polsby_popper parts`, NaN
    there; `shape` (polygon), None there. Geometry: after, or before where it retired.

    `pieces`: columns `from to` (codes, before and after; "" outside all units of the level), `from_unit to_unit` (ids or NO_UNIT), the whole numbers
    `households cells doors` (cells with households) `atoms`, `whole` (False where floors of a cell stay behind), Polygon geometry; sorted by `from`,
    `to`, west to east.
    """

    level: str
    units: gpd.GeoDataFrame
    pieces: gpd.GeoDataFrame

    @property
    def households(self) -> int:
        """Households that are in another unit of the level than before."""
        return int(self.pieces["households"].sum())

    @property
    def cells(self) -> int:
        """Cells, or parts of cells, that moved with all or some of their floors."""
        return int(self.pieces["cells"].sum())

    def __bool__(self) -> bool:
        return bool(len(self.units))


def diff_states(a: State, b: State, level: str) -> Diff:
    """Return what changed on `level` from `a` to `b`. Both must be states of one file: their grounds share their first rows.

    Two drafts may each have made a unit with the same id: such units are told apart, the one of `b` by a higher id.
    """
    ground = max(a.ground, b.ground, key=lambda ground: len(ground.atoms))
    before, after = (_Owned(state if state.ground is ground else state.on(ground), level) for state in (a, b))
    if a.plan != b.plan:
        after.renumber(_others(before, after), max(a.next_id, b.next_id))
    rows = _moved_rows(before, after)
    return Diff(level, _units(before, after, rows), _pieces(before, after, rows))


class _Owned:
    """A state on one level: the unit of each atom, and the units' figures."""

    def __init__(self, state: State, level: str) -> None:
        self.state, self.level, self.ground = state, level, state.ground
        self.units = {unit.id: unit for unit in state.units.values() if unit.level == level}
        self.owner = owners(state, level)

    def renumber(self, ids: Sequence[int], by: int) -> None:
        """Give units ids that are higher by some number."""
        self.units = {unit + by if unit in ids else unit: facts for unit, facts in self.units.items()}
        self.owner = np.where(np.isin(self.owner, ids), self.owner + by, self.owner)

    def code(self, unit: int) -> str:
        """Return a unit's code, "" for none."""
        return self.units[unit].code if unit in self.units else ""

    def shapes(self, ids: Sequence[int]) -> dict[int, shapely.Geometry | None]:
        """Return the polygon of each unit, None of those that are not there or empty."""
        pairs = np.unique(np.column_stack([self.owner, self.ground.cell])[np.isin(self.owner, ids)], axis=0)
        cells = {int(unit): pairs[pairs[:, 0] == unit, 1] for unit in np.unique(pairs[:, 0])}
        return {unit: united(self.ground.geometry[cells[unit]]) if unit in cells else None for unit in ids}


def _others(a: _Owned, b: _Owned) -> list[int]:
    """List the ids that are another unit in `b` than in `a`: the code is another, and they have no atom in common."""
    suspects = [unit for unit in a.units.keys() & b.units.keys() if a.units[unit].code != b.units[unit].code]
    shared = np.unique(a.owner[a.owner == b.owner])
    return sorted(set(suspects) - set(shared.tolist()))


def owners(state: State, level: str) -> np.ndarray:
    """Return the unit id of each atom at `level`, int64 (atoms,): NO_UNIT where its leaf lies above or nowhere, ABSENT where it is not in force."""
    return np.where(state.leaf == ABSENT, ABSENT, state.owners(np.arange(len(state.leaf)), level))


def _moved_rows(a: _Owned, b: _Owned) -> pd.DataFrame:
    """Return a row for each atom, or part of a cut one, that has another unit: `from to households atom cell whole geometry`."""
    ground, before, after = b.ground, a.owner, b.owner
    at = np.flatnonzero((before != after) & (before != ABSENT) & (after != ABSENT))
    cell = ground.cell[at]
    key = pd.MultiIndex.from_arrays([cell, before[at], after[at]])
    here = pd.Series(1, index=key).groupby(level=[0, 1, 2]).sum().reindex(key).to_numpy()
    in_force = np.bincount(ground.cell[(before != ABSENT) & (after != ABSENT)], minlength=len(ground.geometry))
    kept = pd.DataFrame(
        {
            "from": before[at],
            "to": after[at],
            "households": ground.households[at],
            "cell": cell,
            "whole": here == in_force[cell],
            "geometry": ground.geometry[cell],
        }
    )
    cut = _cut_rows(ground, before, after)
    return pd.concat([kept, cut], ignore_index=True) if len(cut) else kept


def _cut_rows(ground: Ground, before: np.ndarray, after: np.ndarray) -> pd.DataFrame:
    """Return the rows of atoms that only one of the states knows: cells that were cut, compared by area and floor."""
    old, new = np.flatnonzero((before != ABSENT) & (after == ABSENT)), np.flatnonzero((before == ABSENT) & (after != ABSENT))
    pairs = _overlaps(ground, np.unique(ground.cell[old]), np.unique(ground.cell[new]))
    rest = ground.households.astype(np.int64)
    rows = []
    for at, (cell, other, shape) in enumerate(pairs):
        for first, second in _same_floors(ground, old[ground.cell[old] == cell], new[ground.cell[new] == other]):
            shared = min(rest[first], rest[second])
            rest[[first, second]] -= shared
            if before[first] != after[second]:
                rows.append((before[first], after[second], shared, -1 - at, True, shape))
    return pd.DataFrame(rows, columns=["from", "to", "households", "cell", "whole", "geometry"])


def _overlaps(ground: Ground, old: np.ndarray, new: np.ndarray) -> list[tuple[int, int, shapely.Geometry]]:
    """List the pairs of cells that share land, (old, new, what they share), the largest first."""
    shapes = ground.geometry
    at, other = shapely.STRtree(shapes[new]).query(shapes[old], predicate="intersects")
    first, second = shapes[old[at]], shapes[new[other]]
    shared = shapely.intersection(first, second)
    area = shapely.area(shared)
    # A part of a cut cell is itself what the two share, and of two that are alike the one with the new vertex: no overlay may move vertices.
    within, around = area > shapely.area(second) - SLIVER_M2, area > shapely.area(first) - SLIVER_M2
    finer = within & (~around | (shapely.get_num_coordinates(second) >= shapely.get_num_coordinates(first)))
    shared = np.where(finer, second, np.where(around, first, shared))
    keep = np.flatnonzero(area > SLIVER_M2)
    order = keep[np.lexsort((new[other[keep]], old[at[keep]], -area[keep].round(3)))]
    return [(int(old[at[i]]), int(new[other[i]]), shared[i]) for i in order]


def _same_floors(ground: Ground, old: np.ndarray, new: np.ndarray) -> list[tuple[int, int]]:
    """Pair the atoms of a cell with those of a part of it: by floors and part; all with all where these differ."""

    def key(i: int) -> tuple[int, int, int]:
        return int(ground.floor_from[i]), int(ground.floor_to[i]), int(ground.part[i])

    found = {key(i): int(i) for i in new}
    if {key(i) for i in old} == set(found):
        return [(int(i), found[key(i)]) for i in old]
    return [(int(i), int(j)) for i in old for j in new]


def _pieces(a: _Owned, b: _Owned, rows: pd.DataFrame) -> gpd.GeoDataFrame:
    """Unite the rows that go the same way into connected pieces."""
    found = [piece for (source, target), group in rows.groupby(["from", "to"]) for piece in _connected(a, b, int(source), int(target), group)]
    names = ["from", "to", "from_unit", "to_unit", "households", "cells", "doors", "atoms", "whole"]
    shapes = np.array([shape for *_, shape in found], dtype=object)
    frame = gpd.GeoDataFrame(pd.DataFrame([row for *row, _ in found], columns=names), geometry=shapes, crs=a.ground.crs)
    frame = frame.astype({"households": "int64", "cells": "int64", "doors": "int64", "atoms": "int64", "whole": bool})
    west = frame.bounds["minx"].to_numpy() if len(frame) else []
    return frame.assign(_west=west).sort_values(["from", "to", "_west"], kind="stable", ignore_index=True).drop(columns="_west")


def _connected(a: _Owned, b: _Owned, source: int, target: int, group: pd.DataFrame) -> list[list]:
    """Return the pieces of one way, each a row of the pieces' frame with its polygon last."""
    lots = group.groupby("cell", sort=True).agg(
        households=("households", "sum"), atoms=("from", "size"), whole=("whole", "all"), geometry=("geometry", "first")
    )
    shapes = lots["geometry"].to_numpy()
    whole = united(shapes)
    parts = shapely.get_parts(whole if whole.is_valid else shapely.union_all(shapes))  # two cuts of one cell make no coverage
    inside = shapely.STRtree(parts).nearest(shapely.point_on_surface(shapes))
    head = [a.code(source), b.code(target), source, target]
    out = []
    for at, part in enumerate(parts):
        own = lots[inside == at]
        homes = own["households"]
        out.append([*head, int(homes.sum()), len(own), int((homes > 0).sum()), int(own["atoms"].sum()), bool(own["whole"].all()), part])
    return out


def _units(a: _Owned, b: _Owned, rows: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return the units that changed, with their figures on either side."""
    land = {int(unit) for unit in np.unique(rows[["from", "to"]].to_numpy(dtype=np.int64))} - {NO_UNIT}
    land |= _resized(a, b, land)
    change = {unit: _change(a, b, unit, land) for unit in sorted({*a.units, *b.units})}
    ids = [unit for unit, what in change.items() if what]
    sides = {"before": _side(a, ids), "after": _side(b, ids)}
    columns = {f"{name}_{side}": frame[name] for name in sides["after"] for side, frame in sides.items()}
    frame = pd.DataFrame({"change": [change[unit] for unit in ids], "level": a.level, **columns}, index=pd.Index(ids, name="unit", dtype="int64"))
    frame = frame.assign(geometry=frame["shape_after"].where(frame["shape_after"].notna(), frame["shape_before"]))
    code = frame["code_before"].where(frame["code_before"] != "", frame["code_after"])
    return gpd.GeoDataFrame(frame.loc[code.sort_values(kind="stable").index], geometry="geometry", crs=a.ground.crs)


def _resized(a: _Owned, b: _Owned, known: set[int]) -> set[int]:
    """Return further units whose land is another although nothing moved between two units: it came into what the states show, or went."""
    other = {int(unit) for unit in np.unique(np.concatenate([side[a.owner != b.owner] for side in (a.owner, b.owner)]))}
    ids = sorted((other & a.units.keys() & b.units.keys()) - known)
    sides = [_side(owned, ids) for owned in (a, b)]
    area = np.abs(sides[0]["area_m2"] - sides[1]["area_m2"]).to_numpy() > SLIVER_M2
    return {unit for unit, differs in zip(ids, area | (sides[0]["households"] != sides[1]["households"]).to_numpy(), strict=True) if differs}


def _change(a: _Owned, b: _Owned, unit: int, land: set[int]) -> str:
    """Say what changed of a unit, "" for nothing."""
    if unit not in a.units:
        return "new"
    if unit not in b.units:
        return "retired"
    before, after = a.units[unit], b.units[unit]
    said = [name for name in ("code", "name", "parent", "kind") if getattr(before, name) != getattr(after, name)]
    return " ".join(["land"] * (unit in land) + said)


def _side(owned: _Owned, ids: Sequence[int]) -> pd.DataFrame:
    """Return codes, names and figures of units in one state, empty where they are not in it."""
    state, shapes = owned.state, owned.shapes(ids)
    present = owned.owner >= 0
    sums = np.bincount(owned.owner[present], owned.ground.households[present], minlength=max(ids, default=0) + 1)
    frame = pd.DataFrame(
        [_row(state, owned.units.get(unit), int(sums[unit])) for unit in ids], columns=[*_TEXTS, "status", "households", "children"], index=ids
    )
    shape = np.array([shapes[unit] for unit in ids], dtype=object)
    known = np.array([unit in owned.units for unit in ids], dtype=bool)
    return frame.assign(
        area_m2=np.where(known, np.nan_to_num(shapely.area(shape)).round(3), np.nan),
        polsby_popper=np.where(known, polsby_popper(shape).round(4), np.nan),
        parts=np.where(known, shapely.get_num_geometries(shape), np.nan),
        shape=shape,
    )


def _row(state: State, unit: Unit | None, households: int) -> list:
    if unit is None:
        return [*[""] * (len(_TEXTS) + 1), np.nan, np.nan]
    parent = state.units[unit.parent].code if unit.parent in state.units else ""
    status = _status(state.scheme.level(unit.level), unit.kind, households)
    return [unit.code, unit.name, parent, unit.kind, unit.reason, unit.note, status, households, len(state.children(unit.id))]


def _status(level: Level, kind: str, households: int) -> str:
    if level.households is None:
        return ""
    lower, upper = level.households
    return "dedicated" if not level.kinds.get(kind, True) else "below" if households < lower else "above" if households > upper else "in"
