"""What an edit would do, before it is made: the figures of every unit that it touches, on both sides, or why it is refused."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import shapely

from geogrid.edit.apply import apply
from geogrid.edit.derive import Row, rows
from geogrid.edit.edits import Edit
from geogrid.edit.settle import Outcome
from geogrid.edit.state import State
from geogrid.errors import EditError, NotFoundError
from geogrid.measure import polsby_popper
from geogrid.rules.reasons import is_held

MOST_UNITS = 500
"""More are not drawn: a whole street's units are recoded by one re-parenting."""


def preview(state: State, edit: Edit) -> dict[str, Any]:
    """Return what an edit would do in a state, as JSON values; nothing is changed.

    `units`, by level from the top, then by code: `code code_before level name kind bounds` (or null), `before` and `after` (`households connected
    polsby_popper area_m2 status`; null where the unit is not). `units_n`: how many there are. `refused`: null, or
    `reason message message_zh details`.
    """
    try:
        outcome = apply(state, edit)
    except (EditError, NotFoundError) as error:
        told = {"reason": error.facts.get("reason", error.code), "message": error.message, "message_zh": error.message_zh, "details": error.facts}
        return {"units": [], "units_n": 0, "refused": told}
    return {**preview_outcome(state, outcome), "refused": None}


def preview_outcome(state: State, outcome: Outcome) -> dict[str, Any]:
    """Return `units` and `units_n` of an edit that is applied already, as `preview`."""
    touched = sorted(outcome.touched)[:MOST_UNITS]
    before, after = _rows(state, touched), _rows(outcome.state, touched)
    depths = state.depths
    every = {unit: after.get(unit) or before[unit] for unit in touched if unit in after or unit in before}
    ordered = sorted(every, key=lambda unit: (depths[every[unit].level], every[unit].code, unit))
    return {"units": [_unit(state, outcome.state, before.get(unit), after.get(unit)) for unit in ordered], "units_n": len(outcome.touched)}


def _rows(state: State, units: Iterable[int]) -> dict[int, Row]:
    return {row.unit: row for row in rows(state, [unit for unit in units if unit in state.units])}


def _unit(state: State, state_after: State, before: Row | None, after: Row | None) -> dict[str, Any]:
    row = after or before
    assert row is not None
    return {
        "code": state_after.handle(after.unit) if after else None,
        "code_before": state.handle(before.unit) if before else None,
        "level": row.level,
        "name": row.name,
        "kind": row.kind,
        "bounds": list(bounds) if (bounds := state.scheme.level(row.level).households) else None,
        "before": figures(before) if before else None,
        "after": figures(after) if after else None,
    }


def figures(row: Row) -> dict[str, Any]:
    """Return the figures of a unit that people decide by; `connected` also where a walking link holds its pieces together."""
    shape = row.geometry
    connected = shape is not None and (shapely.get_num_geometries(shape) == 1 or is_held(shape, row.link_m))
    compactness = float(polsby_popper([shape])[0]) if shape is not None else 0.0
    area = row.area_m2 if shape is not None else 0.0
    return {"households": row.households, "connected": bool(connected), "polsby_popper": compactness, "area_m2": area, "status": row.status}
