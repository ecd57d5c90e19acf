"""The interface of the editor (`/api/…`): the land round a unit. Its names are promises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from flask import Blueprint, Response, request

from geogrid.edit.state import State
from web import editdata, editground
from web.accounts import require, whole_project
from web.language import language
from web.served import Served, kept_bytes_of, to_bytes

blueprint = Blueprint("edits", __name__, url_prefix="/api")


@blueprint.get("/edit/area")
def area() -> Response:
    """Answer with the area document of `unit` (chosen where none is given) with `level` under edit."""
    require("viewer")
    now = whole_project()
    level, unit = request.args.get("level", ""), request.args.get("unit", "")
    key = ("area", level, unit, language())
    return kept_bytes_of(now, key, lambda: _area(now, level, unit), "application/json", is_tile=True)


def _area(now: Served, level: str, unit: str) -> bytes:
    state = now.keep("state", lambda: State.of(now.project.plan()))
    land = now.keep("land", lambda: editground.surroundings(now.project, state.ground))
    return to_bytes(editdata.area(state, land, lambda state, ids: _outlines(now, state, ids), level=level, unit=unit))


def _outlines(now: Served, state: State, ids: Sequence[int]) -> Mapping[int, editdata.Rings]:
    shapes: dict[int, Any] = {}
    for level in {state.units[each].level for each in ids}:
        frame = now.project.units(level)
        shapes |= dict(zip(frame["unit"].tolist(), frame.geometry.to_numpy(), strict=True))
    drawn = np.array([shapes.get(each) or shapely.Polygon() for each in ids] + [None], dtype=object)[:-1]
    return dict(zip(ids, editground.flat_rings(editground.in_degrees(drawn, state.ground.crs)), strict=True))
