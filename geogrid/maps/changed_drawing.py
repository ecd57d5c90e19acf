"""The two drawings of a change form: the units that changed and those around them, before and after, on the same piece of paper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from markupsafe import Markup

from geogrid.maps.changed import Changed, beside_pieces, part_round
from geogrid.maps.drawing import Drawing, Piece, Unit, grown_box, to_svg
from geogrid.maps.words import words
from geogrid.plan import Plan

WIDTH = 920  # tenths of a millimetre: two beside each other on A4
FAR = 14  # so many times what moved is the widest that is shown: else it would be a speck
_BASE = ("green", "water", "roads", "railways", "buildings")
_MANY = 4000  # footprints: more are dust at the scale of such a drawing


def drawing_box(what: Changed, ratio: float) -> tuple[float, float, float, float]:
    """Return the land that both drawings show, west south east north in metres: all changed units, unless what moved would be a speck."""
    box = np.array(shapely.bounds(what.land))
    if len(what.pieces):
        moved = what.pieces.total_bounds
        reach = FAR * max(moved[2] - moved[0], moved[3] - moved[1], 20.0)
        middle = np.array([moved[0] + moved[2], moved[1] + moved[3]]) / 2
        box = np.r_[np.maximum(box[:2], middle - reach / 2), np.minimum(box[2:], middle + reach / 2)]
        box = np.r_[np.minimum(box[:2], moved[:2]), np.maximum(box[2:], moved[2:])]
    return grown_box(box.tolist(), ratio, 0.02)


def changed_svg(plan: Plan, what: Changed, *, side: str, layers: Mapping[str, gpd.GeoDataFrame], height: int, lang: str, title: str) -> Markup:
    """Return the drawing of one side, "before" or "after": `plan` is the state on that side, `layers` the base map by role in its CRS; `height` in
    tenths of a millimetre."""
    box = drawing_box(what, WIDTH / height)
    window = shapely.box(*box)
    part = part_round(plan, what.level, window)
    level, say = plan.scheme.level(what.level), words(lang)["households_short"]
    frame = part.frame(what.level)
    above = part.scheme.levels[0].id
    beside = dict(zip(frame.index, beside_pieces(frame.geometry.to_numpy(), what.pieces.geometry.to_numpy()), strict=True))
    units = [_unit(row, str(code), beside[code], level, what.hues.get(int(row["unit"])), say, lang) for code, row in frame.iterrows()]
    pieces = [Piece(shape, say.format(n=f"{n:,}")) for shape, n in zip(what.pieces.geometry, what.pieces["households"], strict=True)]
    borders = list(part.frame(above).geometry) if above != what.level else []
    shown = Drawing(box, units, pieces, borders, _base(layers, window), side == "before")
    return to_svg(shown, width=WIDTH, height=height, title=title, name=side)


def _unit(row: Any, code: str, beside: shapely.Geometry, level: Any, hue: int | None, say: str, lang: str) -> Unit:
    digits = code[-level.code.digits :] if level.code else code
    labels = list(dict.fromkeys(text for text in (row["name"], f"{level.name.say(lang)} {digits}", digits) if text))
    return Unit(row["geometry"], labels, say.format(n=f"{row['households']:,}") if hue is not None else "", hue, beside)


def _base(layers: Mapping[str, gpd.GeoDataFrame], window: shapely.Geometry) -> dict[str, np.ndarray]:
    found = {role: layers[role].geometry.to_numpy() for role in _BASE if role in layers}
    here = {role: shapes[np.sort(shapely.STRtree(shapes).query(window, predicate="intersects"))] for role, shapes in found.items()}
    return {role: shapes for role, shapes in here.items() if role != "buildings" or len(shapes) <= _MANY}
