"""One level after the other, from the top down: each level's units and which unit every atom belongs to there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.sparse.csgraph import connected_components

from geogrid.errors import InputError
from geogrid.generate.areas import group_areas, share_area
from geogrid.generate.by_place import make_by_place
from geogrid.generate.carry import as_before, units_before
from geogrid.generate.floor_parts import Division, divide_at, divide_floors
from geogrid.generate.given import label_by_column, lowest_given
from geogrid.generate.given_levels import given_levels, names_of, one_per_parent, partial_level
from geogrid.generate.groups import Made, group_atoms, group_cells, storeys_terrain, without_groups
from geogrid.generate.land import Territories, find_territories
from geogrid.generate.level_units import NONE, Ground, LevelUnits
from geogrid.generate.linked import link_households
from geogrid.generate.mesh import Mesh
from geogrid.generate.numbering import issue_codes
from geogrid.scheme import Level

GROUPED = ("bounds", "count", "seeds")
"""Ways to make a level that the kernel cuts."""
SPLIT_CODE = "given_column"
"""Reason of a unit in several pieces whose buildings say so in their column."""


def make_levels(ground: Ground, *, until: str = "", done: Sequence[LevelUnits] = ()) -> list[LevelUnits]:
    """Make every level of the scheme in turn, or down to the level `until`; levels in `done` (the first ones) are taken as they are.

    Where floors are divided for the lowest level, its `division` holds the base that the labels of all levels count.
    Raises InputError where a level can not be made from what is given.
    """
    scheme = ground.scheme
    lowest = lowest_given(scheme, ground.given)
    done = list(done) or (given_levels(ground, lowest) if lowest else [])
    done = [as_before(ground.previous, ground.base, units, None) for units in done] if ground.previous else done
    carved = any(_carves(units.level) for units in done)
    last = scheme.depth(until) if until else len(scheme.levels) - 1
    for level in scheme.levels[len(done) : last + 1]:
        above = done[-1] if done else None
        if level.make == "given" and level.id in ground.given_row and above:
            units = partial_level(ground, level, above)
        elif level.make == "given":
            units = one_per_parent(ground, level, above)
        elif level.make == "column":
            units = _by_column(ground, level, above)
        else:
            units = _made(ground, level, above, is_last=level is scheme.levels[-1], carve=_carves(level) and not carved)
            carved |= _carves(level)
        if units.division is not None:
            done = [replace(other, label=other.label[units.division.of]) for other in done]
        if ground.previous:
            base = units.division.base if units.division else ground.base
            units = as_before(ground.previous, base, units, done[-1] if done else None)
        done.append(units)
    return done


def _carves(level: Level) -> bool:
    """Tell whether we cut the level ourselves, and it has units of a kind for land without homes."""
    return level.make not in ("given", "column") and "dedicated" in level.kinds


def _by_column(ground: Ground, level: Level, above: LevelUnits | None) -> LevelUnits:
    """A level that a column on the buildings gives: each cell takes the nearest code."""
    values = ground.column.get(level.id)
    if values is None or not (values != "").any():
        raise InputError(
            f'level {level.id} is made from a column, but the buildings have none: give columns = {{ {level.id} = "…" }} under [inputs.buildings]',
            f'层级 {level.id} 要从楼栋的列得出，但楼栋没有这一列：请在 [inputs.buildings] 写 columns = {{ {level.id} = "…" }}',
            level=level.id,
        )
    code_of_cell = label_by_column(values, ground.mesh)
    parent = ground.of_cells(above.label) if above else np.zeros(len(code_of_cell), dtype=np.int64)
    keys = sorted({(int(p), str(c)) for p, c in zip(parent, code_of_cell, strict=True) if c and p >= 0})
    row = {key: i for i, key in enumerate(keys)}
    label = np.array([row.get((int(p), str(c)), NONE) for p, c in zip(parent, code_of_cell, strict=True)])
    torn = _torn(ground.mesh, label, len(keys))
    reason = [SPLIT_CODE if torn[i] else "" for i in range(len(keys))]
    names = dict(zip(ground.given[level.id].index, names_of(ground.given[level.id]), strict=True)) if level.id in ground.given else {}
    codes = [code for _, code in keys]
    return LevelUnits(
        level,
        label[ground.base.cell_position],
        codes,
        [names.get(c, "") for c in codes],
        [p if above else NONE for p, _ in keys],
        ["base"] * len(keys),
        reason,
    )


def _torn(mesh: Mesh, label: np.ndarray, n: int) -> np.ndarray:
    """Tell which labels lie in several pieces, bool (n,)."""
    same = (label[mesh.a] == label[mesh.b]) & (label[mesh.a] >= 0)
    _, part = connected_components(mesh.graph(same), directed=False)
    pairs = np.unique(np.c_[label, part][label >= 0], axis=0)
    return np.bincount(pairs[:, 0], minlength=n) > 1


def _made(ground: Ground, level: Level, above: LevelUnits | None, *, is_last: bool, carve: bool) -> LevelUnits:
    """A level made by us inside each unit above."""
    parent = ground.of_cells(above.label) if above else np.zeros(len(ground.base.cells), dtype=np.int64)
    if level.weigh == "area" and level.make == "count":
        return _by_area(ground, level, above, parent)
    campus_m2 = float(ground.scheme.defaults["campus_m2"]) if "dedicated" in level.kinds else np.inf
    land = find_territories(ground.mesh, parent, campus_m2=campus_m2, carve=carve, least=level.households[0] if level.households else 0)
    division, names = None, None
    if level.make in GROUPED and is_last and not level.takes_whole_cells:
        division, made = _of_storeys(ground, level, parent, land)
        ground = replace(ground, base=division.base) if division else ground
    elif level.make in GROUPED:
        before = ground.of_cells(units_before(ground.previous, ground.base, level.id)) if ground.previous else None
        made = group_cells(level, ground.base, ground.mesh, parent, land, ground.seed, before, workers=ground.workers)
    else:
        made, names = make_by_place(ground, level, parent, land, carve=carve)
    n = len(made.kind)
    over = np.full(n, NONE)
    has = made.label >= 0
    over[made.label[has]] = parent[ground.base.cell_position[has]]
    above_numbers = over.tolist() if above else [NONE] * n
    codes = issue_codes(ground, level, made.label, above_numbers, above)
    return LevelUnits(level, made.label, codes, names or [""] * n, above_numbers, made.kind, made.reason, made.cure, made.link_m, division)


def _by_area(ground: Ground, level: Level, above: LevelUnits | None, parent: np.ndarray) -> LevelUnits:
    """A level that shares out the land, where nobody knows the households."""
    label, reason = group_areas(level, ground.mesh, parent, share_area(level, ground.mesh, parent), ground.seed)
    n = len(reason)
    over = np.full(n, NONE)
    over[label[label >= 0]] = parent[label >= 0]
    above_numbers = over.tolist() if above else [NONE] * n
    atoms = label[ground.base.cell_position]
    codes = issue_codes(ground, level, atoms, above_numbers, above)
    return LevelUnits(level, atoms, codes, [""] * n, above_numbers, ["base"] * n, reason)


def _linked(ground: Ground, level: Level, before: Division, parent: np.ndarray, land: Territories) -> Made:
    """Households linked round centres: a level of seeds that need not be complete."""
    atoms, cell = before.base.atoms, before.base.cell_position
    rows = np.flatnonzero((ground.mesh.households > 0)[cell] & (parent[cell] >= 0))
    graph = storeys_terrain(before.base, ground.mesh, parent, land, rows, before.centres[rows], ground.workers).graph
    return link_households(graph, rows, len(atoms), level.households or (1, max(1, int(ground.mesh.households.sum()))))


def _of_storeys(ground: Ground, level: Level, parent: np.ndarray, land: Territories) -> tuple[Division | None, Made]:
    """Group storeys, full floors divided before and those that the kernel halved after; None where none was."""
    before = divide_floors(ground.base, ground.doors, level)
    if level.make == "seeds" and not before.centres.any():
        raise InputError(
            f"level {level.id} is made round centre households: the table of households marks none (centre = true)",
            f"层级 {level.id} 要围绕中心户划分：住户表里没有标出中心户（centre = true）",
            level=level.id,
        )
    if level.make == "seeds" and not level.complete:
        made = _linked(ground, level, before, parent, land)
    else:
        previous = units_before(ground.previous, before.base, level.id) if ground.previous else None
        made = group_atoms(level, before.base, ground.mesh, parent, land, ground.seed, before.centres, previous, workers=ground.workers)
        made = made if level.complete else without_groups(made, [])
    if not len(made.parts):
        return (before if before.base is not ground.base else None), made
    after = divide_at(before.base, made.parts[:, 0], made.parts[:, 1])
    label = made.label[after.of]
    order = np.argsort(made.parts[:, 0], kind="stable")
    label[np.isin(after.of, made.parts[:, 0])] = made.parts[order, 2]
    return replace(after, of=before.of[after.of]), replace(made, label=label)
