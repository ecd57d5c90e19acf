"""What the editor is told of a change: who owns which atom now, how the units stand that it concerned, their outlines, and cut cells.

A delta leads from one version to another, so that a page takes over a colleague's edit, and its own, in the same way.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import shapely

from geogrid.edit import ABSENT, Change, State
from geogrid.edit.derive import Row, affected, rows
from web.editdata import cell_columns, edge_columns, handle
from web.editground import Surroundings, flat_rings, in_degrees


def delta(before: State, after: State, change: Change, land: Surroundings, known: Iterable[Row] = ()) -> dict[str, Any]:
    """Return `{atoms, units, retired, outlines, cells}` of a change from one state to a later one of the same plan, on the same ground.

    `known`: the rows that the change made others, where somebody has made them.
    """
    made = {row.unit: row for row in known}
    wanted = _renamed(after, change) | (made.keys() or {unit for unit in affected(before, after, change) if unit in after.units})
    made |= {row.unit: row for row in rows(after, wanted - made.keys())}
    concerned = sorted((made[unit] for unit in wanted), key=lambda row: (after.depths[row.level], row.code))
    rings = flat_rings(in_degrees([row.geometry for row in concerned], after.ground.crs))
    names = {leaf: handle(after, leaf) if leaf >= 0 else None for leaf in np.unique(change.after).tolist()}
    moved = zip(after.ground.codes[change.positions].tolist(), change.after.tolist(), strict=True)
    return {
        "atoms": [[code, names[leaf]] for code, leaf in moved if leaf != ABSENT],
        "units": [_unit(before, after, row) for row in concerned],
        "retired": [handle(before, old.id) for old, new in change.units if old is not None and new is None],
        "outlines": {handle(after, row.unit): each for row, each in zip(concerned, rings, strict=True)},
        "cells": _cells(after, change, land),
    }


def _renamed(after: State, change: Change) -> set[int]:
    """Return the units that go by another name now because another unit has, or no longer has, their code (see `handle`)."""
    codes = {unit.code for pair in change.units for unit in pair if unit is not None}
    return {unit for code in codes for unit in after.ids.get(code, ())}


def _unit(before: State, after: State, row: Row) -> dict[str, Any]:
    unit, shape = after.units[row.unit], row.geometry
    return {
        "code": handle(after, row.unit),
        "code_before": handle(before, row.unit) if row.unit in before.units else None,
        "parent": handle(after, unit.parent) if unit.parent in after.units else None,
        **{name: getattr(row, name) for name in ("level", "name", "kind", "households", "reason", "note", "status")},
        "area_m2": round(float(shapely.area(shape)), 3),
        "perimeter_m": round(float(shapely.length(shape)), 3),
    }


def _cells(after: State, change: Change, land: Surroundings) -> dict[str, Any] | None:
    """Return the cells that went and those that came, with their borders (cells by number) and atoms; None where no cell was cut."""
    ground = after.ground
    gone, come = (np.unique(ground.cell[change.positions[leaf == ABSENT]]) for leaf in (change.after, change.before))
    if not len(gone) and not len(come):
        return None
    near = np.union1d(come, land.borders[come].indices)
    near = near[[after.leaf[ground.atoms_of(row)[0]] != ABSENT for row in near.tolist()]]
    edges, numbers = edge_columns(land, near), ground.cell_ids[near]
    atoms = np.sort(ground.atoms_in(come))
    columns = {name: getattr(ground, name)[atoms].tolist() for name in ("floor_from", "floor_to", "part", "households")}
    return {
        "retired": ground.cell_ids[gone].tolist(),
        "new": {
            **cell_columns(ground, land, come),
            "edges": {**edges, "a": numbers[edges["a"]].tolist(), "b": numbers[edges["b"]].tolist()},
            "atoms": {"code": ground.codes[atoms].tolist(), "cell": ground.cell_ids[ground.cell[atoms]].tolist(), **columns},
        },
    }
