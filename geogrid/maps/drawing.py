"""A small map as SVG for paper: units with labels, what moved hatched, the base map behind, a scale bar and north; from the project's own geometry.

Lengths are tenths of a millimetre of paper. Every look is an attribute, so that a page's policy need not allow styles; every text is escaped.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import shapely
from markupsafe import Markup

from geogrid.maps.places import label_places

HUES = ("#56b4e9", "#009e73", "#f0e442", "#cc79a7", "#e69f00")
INK, QUIET = "#1c2329", "#4b5661"
_TEXT, _SMALL = 30, 24  # tenths of a millimetre: 8.5 and 6.8 points
_EM = {True: 1.0, False: 0.56}  # width of a Chinese sign and of a Latin letter, in heights of text


class Unit(NamedTuple):
    """A unit as it is drawn: polygon in metres, labels to try (the longest first), a figure below it, hue 0 … 4 or None for a quiet
    one; `room`: the part of the polygon in which the labels may stand, None for all of it."""

    shape: shapely.Geometry
    labels: Sequence[str]
    figure: str = ""
    hue: int | None = None
    room: shapely.Geometry | None = None


class Piece(NamedTuple):
    """What moved: polygon in metres and its label."""

    shape: shapely.Geometry
    label: str


@dataclass(frozen=True, eq=False)
class Drawing:
    """What one drawing shows. `box`: west south east north in metres; `base`: geometries by role (`water green roads railways buildings`);
    `borders`: outlines of the level above; `is_before`: pieces are dashed, as they go away from here."""

    box: tuple[float, float, float, float]
    units: Sequence[Unit]
    pieces: Sequence[Piece] = ()
    borders: Sequence[shapely.Geometry] = ()
    base: Mapping[str, np.ndarray] = field(default_factory=dict)
    is_before: bool = False


def grown_box(bounds: Sequence[float], ratio: float, margin: float = 0.08) -> tuple[float, float, float, float]:
    """Return bounds grown by a margin to a shape `ratio` times as wide as high.

    >>> grown_box((0, 0, 10, 10), 2.0, 0)
    (-5.0, 0.0, 15.0, 10.0)
    """
    west, south, east, north = bounds
    width, height = max(east - west, 1.0) * (1 + 2 * margin), max(north - south, 1.0) * (1 + 2 * margin)
    width, height = max(width, height * ratio), max(height, width / ratio)
    x, y = (west + east) / 2, (south + north) / 2
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def to_svg(drawing: Drawing, *, width: int, height: int, title: str, name: str) -> Markup:
    """Return the drawing as an `<svg>` of `width` × `height` tenths of a millimetre; `name` keeps its ids apart from those of others on the page."""
    paper = Paper(drawing.box, width, height)
    parts = [
        _hatch(name),
        Markup('<rect width="{}" height="{}" fill="#fbfaf6"/>').format(width, height),
        *_base(paper, drawing.base),
        *_units(paper, drawing.units),
        *(paper.path(shape, fill="none", stroke=INK, stroke_width=9) for shape in drawing.borders),
        *_pieces(paper, drawing, name),
        *_labels(paper, drawing),
        _scale_bar(paper),
        _north(paper),
        Markup('<rect x="2" y="2" width="{}" height="{}" fill="none" stroke="{}" stroke-width="4"/>').format(width - 4, height - 4, INK),
    ]
    head = Markup('<svg class="drawing" viewBox="0 0 {} {}" role="img" aria-label="{}" font-size="{}">').format(width, height, title, _TEXT)
    return head + Markup("").join(parts) + Markup("</svg>")


class Paper:
    """From metres to paper: where a place lies, and the path of a shape, cut at the edge."""

    def __init__(self, box: tuple[float, float, float, float], width: int, height: int) -> None:
        self.box, self.width, self.height = box, width, height
        self.scale = width / (box[2] - box[0])
        self.taken: list[tuple[float, float, float, float]] = []

    def move(self, shape: shapely.Geometry) -> shapely.Geometry:
        """Return a shape, cut at the edge, in paper units; y down."""
        clipped = shapely.clip_by_rect(shape, *self.box)
        return shapely.transform(clipped, lambda xy: np.column_stack([(xy[:, 0] - self.box[0]), (self.box[3] - xy[:, 1])]) * self.scale)

    def path(self, shape: shapely.Geometry, **look: object) -> Markup:
        """Return a `<path>` of a shape, "" where it lies outside."""
        d = _path(self.move(shape))
        attributes = Markup(" ").join(Markup('{}="{}"').format(key.replace("_", "-"), value) for key, value in look.items())
        return Markup('<path d="{}" {}/>').format(d, attributes) if d else Markup("")

    def take(self, x: float, y: float, width: float, height: float) -> bool:
        """Tell whether there is room for a box round a place, and take it."""
        box = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
        free = not any(box[0] < other[2] and box[2] > other[0] and box[1] < other[3] and box[3] > other[1] for other in self.taken)
        if free:
            self.taken.append(box)
        return free


def _path(shape: shapely.Geometry) -> str:
    parts = shapely.get_parts(shape)
    rings = [ring for part in parts for ring in (shapely.get_rings(part) if shapely.get_type_id(part) == 3 else [part])]
    closed = "Z" if len(parts) and shapely.get_type_id(parts[0]) == 3 else ""
    out = []
    for ring in rings:
        points = shapely.get_coordinates(ring).round(1)
        if len(points) > 1:
            out.append("M" + "L".join(f"{x:g} {y:g}" for x, y in (points[:-1] if closed else points)) + closed)
    return "".join(out)


def _hatch(name: str) -> Markup:
    return Markup(
        '<defs><pattern id="hatch-{}" width="16" height="16" patternUnits="userSpaceOnUse"><path d="M-2 18 18 -2M-6 6 6 -6M10 22 22 10" '
        'stroke="{}" stroke-width="2"/></pattern></defs>'
    ).format(name, INK)


def _base(paper: Paper, base: Mapping[str, np.ndarray]) -> list[Markup]:
    looks: dict[str, list[dict[str, object]]] = {
        "green": [{"fill": "#e4eddc"}],
        "water": [{"fill": "#cfe3ee", "stroke": "#cfe3ee", "stroke_width": 4}],
        "roads": [{"fill": "none", "stroke": "#d8d2c4", "stroke_width": 16}, {"fill": "none", "stroke": "#fff", "stroke_width": 12}],
        "railways": [{"fill": "none", "stroke": "#8d877a", "stroke_width": 4, "stroke_dasharray": "14 10"}],
        "buildings": [{"fill": "#d9d1c1", "stroke": "#a89f8b", "stroke_width": 1.5}],
    }
    return [paper.path(shape, **look) for role, layers in looks.items() for look in layers for shape in base.get(role, ())]


def _units(paper: Paper, units: Sequence[Unit]) -> list[Markup]:
    tinted = [paper.path(unit.shape, fill=HUES[unit.hue], fill_opacity=0.34, fill_rule="evenodd") for unit in units if unit.hue is not None]
    return tinted + [paper.path(unit.shape, fill="none", stroke=INK, stroke_width=4) for unit in units]


def _pieces(paper: Paper, drawing: Drawing, name: str) -> list[Markup]:
    dash: dict[str, object] = {"stroke_dasharray": "18 10"} if drawing.is_before else {}
    look: dict[str, object] = {"fill": f"url(#hatch-{name})", "fill_rule": "evenodd", "stroke": "#111", "stroke_width": 7, **dash}
    return [paper.path(piece.shape, **look) for piece in drawing.pieces]


def _labels(paper: Paper, drawing: Drawing) -> list[Markup]:
    """Write pieces first, then changed units, then the rest, none over another; a quiet unit's name is left out where it does not fit."""
    paper.taken = [(0, paper.height - 44, 330, paper.height), (paper.width - 60, 0, paper.width, 90)]
    pieces = [Unit(piece.shape, [piece.label], "", -1) for piece in drawing.pieces]
    loud = [unit for unit in drawing.units if unit.hue is not None]
    quiet = [unit for unit in drawing.units if unit.hue is None]
    wanted = [unit for unit in (*pieces, *loud, *quiet) if any(unit.labels)]
    shapes = np.array([paper.move(unit.room or unit.shape) for unit in wanted], dtype=object)
    areal = np.array([shapely.area(shape) > 0 for shape in shapes], dtype=bool)
    points, room = label_places(np.where(areal, shapes, shapely.Polygon()))
    return [_label(paper, unit, points[i], room[i]) for i, unit in enumerate(wanted) if areal[i]]


def _label(paper: Paper, unit: Unit, point: np.ndarray, room: np.ndarray) -> Markup:
    x, y = float(point[0]), float(point[1])
    size, weight, ink = (_SMALL, 400, QUIET) if unit.hue is None else (_TEXT, 700, INK)
    last = len(unit.labels) - 1
    for at, text in enumerate(unit.labels):
        wide, high = max(text_width(text, size), text_width(unit.figure, _SMALL)), size * 1.25 + bool(unit.figure) * _SMALL * 1.2
        fits = wide <= room[0] and high <= room[1]
        must = unit.hue is not None and at == last  # what the drawing is about is named even where it is small
        inside = wide / 2 < x < paper.width - wide / 2 and high / 2 < y < paper.height - high / 2
        if (fits or must) and inside and paper.take(x, y, wide + 6, high):
            top = y - high / 2 + size
            below = _text(x, top + _SMALL * 1.15, unit.figure, _SMALL, 400, INK) if unit.figure else Markup("")
            return _text(x, top, text, size, weight, ink) + below
    return Markup("")


def _text(x: float, y: float, text: str, size: int, weight: int, ink: str, anchor: str = "middle") -> Markup:
    return Markup(
        '<text x="{}" y="{}" font-size="{}" font-weight="{}" text-anchor="{}" fill="{}" stroke="#fff" stroke-width="7" stroke-opacity=".9" '
        'stroke-linejoin="round" paint-order="stroke">{}</text>'
    ).format(f"{x:.1f}", f"{y:.1f}", size, weight, anchor, ink, text)


def text_width(text: str, size: float) -> float:
    """Estimate the width of a line of text: a Chinese sign is as wide as high, a letter or digit little more than half of that.

    >>> text_width("网格 012", 10)
    42.4
    """
    return round(sum(_EM[ord(sign) > 0x2E7F] for sign in text) * size, 3)


def _scale_bar(paper: Paper) -> Markup:
    longest = 260 / paper.scale
    power = 10 ** math.floor(math.log10(longest))
    length = next(step for step in (5, 2, 1) if step * power <= longest) * power
    wide, y = length * paper.scale, paper.height - 14
    said = f"{length / 1000:g} km" if length >= 1000 else f"{length:g} m"
    bar = Markup('<path d="M14 {}v8H{}v-8M{} {}v8" fill="none" stroke="{}" stroke-width="3"/>').format(
        y - 8, f"{14 + wide:.1f}", f"{14 + wide / 2:.1f}", y - 8, INK
    )
    under = Markup('<rect x="6" y="{}" width="{}" height="36" fill="#fff" fill-opacity=".8"/>').format(y - 24, f"{wide + 90:.1f}")
    return under + bar + _text(22 + wide, y + 2, said, _SMALL, 400, INK, "start")


def _north(paper: Paper) -> Markup:
    x = paper.width - 30
    arrow = Markup('<path d="M{0} 14 {1} 62 {0} 50 {2} 62Z" fill="{3}" stroke="#fff" stroke-width="3"/>').format(x, x + 14, x - 14, INK)
    return arrow + _text(x, 84, "N", _SMALL, 700, INK)
