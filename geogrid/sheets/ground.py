"""The map of a notice: the unit in its own hue with a strong border, what lies round it pale, and names where they fit.

Land is drawn as SVG in tenths of a millimetre; names are values with a place, which the template sets as text.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from markupsafe import escape

from geogrid.maps.drawing import HUES, Paper, grown_box
from geogrid.sheets.labels import Names
from geogrid.sheets.scene import Map, Road, Scene, Spot, on_paper

INK, QUIET = "#1c2329", "#4b5661"
_ROAD_M = {"motorway": 26, "trunk": 24, "ring": 24, "primary": 22, "secondary": 16, "branch": 10, "tertiary": 12, "rural": 7, "residential": 7}
_MAIN_M, _OTHER_M = 14, 7
_PARCELS = 0.55  # footprints that cover more of the land are parcels
SIGN_MM = 2.3  # radius of a station's sign on A4


def window(own: shapely.Geometry, ratio: float) -> tuple[float, float, float, float]:
    """Return the land that a unit's map shows, so that its neighbours are seen: west south east north, metres, `ratio` times as wide as high.

    >>> [float(side) for side in window(shapely.box(0, 0, 100, 100), 1.0)]
    [-22.0, -22.0, 122.0, 122.0]
    """
    west, south, east, north = shapely.bounds(own)
    least = max(40.0 - (east - west), 40.0 - (north - south), 0.0) / 2  # a tiny unit is shown with the street it lies at
    return grown_box((west - least, south - least, east + least, north + least), ratio, 0.22)


def draw(scene: Scene, *, width: float, height: float, unit: float) -> Map:
    """Return the map of a scene, `width` × `height` millimetres; `unit` is how large a millimetre of the A4 design is on this paper."""
    paper = Paper(window(scene.own, width / height), round(width * 10), round(height * 10))
    u = 10 * unit
    places = spread([on_paper(paper, spot.x, spot.y) for spot in scene.spots], 2.1 * SIGN_MM * u)
    wide, high, edge = paper.width, paper.height, 0.4 * u
    parts = [
        f'<rect width="{wide}" height="{high}" fill="#f4f2ec"/>',
        *_land(paper, scene, u),
        *_own(paper, scene, u),
        *(_sign(place, spot, u) for place, spot in zip(places, scene.spots, strict=True)),
        f'<path d="M0 0H{wide}V{high}H0Z" fill="none" stroke="{INK}" stroke-width="{edge:.1f}"/>',
    ]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}">'
    bar, says = scale_bar(paper.scale, longest=0.2 * paper.width)
    shows = tuple(name for name in ("neighbours", "compounds", "spots") if getattr(scene, name))
    svg = head + "".join(parts) + "</svg>"
    return Map(svg, width, height, tuple(Names(paper, scene, u, bar, places).all()), bar / 10, says, HUES[scene.hue], shows)


def scale_bar(scale: float, longest: float) -> tuple[float, str]:
    """Return the length of a scale bar on paper, at most `longest`, and what it says; `scale`: paper's units for a metre.

    >>> scale_bar(2.0, 300.0)
    (200.0, '100 m')
    """
    power = 10 ** math.floor(math.log10(longest / scale))
    length = next(step for step in (5, 2, 1) if step * power <= longest / scale) * power
    return length * scale, f"{length / 1000:g} km" if length >= 1000 else f"{length:g} m"


def spread(places: Sequence[tuple[float, float]], apart: float) -> list[tuple[float, float]]:
    """Return places none of which is nearer than `apart` to another: who comes later gives way to the right.

    >>> spread([(0.0, 0.0), (1.0, 0.0), (9.0, 0.0)], 2.0)
    [(0.0, 0.0), (2.0, 0.0), (9.0, 0.0)]
    """
    out: list[tuple[float, float]] = []
    for x, y in places:
        while near := [other for other in out if math.dist(other, (x, y)) < apart * 0.999]:
            x = max(other[0] + math.sqrt(max(apart**2 - (other[1] - y) ** 2, 0.0)) for other in near)
        out.append((x, y))
    return out


def _land(paper: Paper, scene: Scene, u: float) -> list[str]:
    """Draw what lies round, pale: ground, roads, footprints, borders of the neighbours."""
    looks = {"green": {"fill": "#e4eddc"}, "water": {"fill": "#cfe3ee", "stroke": "#cfe3ee", "stroke_width": 0.4 * u}}
    parts = [_path(paper, scene.base.get(role, ()), **look) for role, look in looks.items()]
    wide = [_wide(paper, road, u) for road in scene.roads]
    for colour, more in (("#c9c2b2", 0.3 * u), ("#fff", 0.0)):
        for each in sorted(set(wide)):
            lines = [road.line for road, width in zip(scene.roads, wide, strict=True) if width == each]
            parts.append(_path(paper, lines, fill="none", stroke=colour, stroke_width=each + more))
    rails = {"fill": "none", "stroke": "#7d776a", "stroke_width": 0.5 * u, "dash": (1.4 * u, u)}
    parts.append(_path(paper, scene.base.get("railways", ()), **rails))
    footprints = [area.shape for area in scene.buildings]
    seen = float(np.sum(shapely.area(shapely.clip_by_rect(np.array(footprints, dtype=object), *paper.box))))
    is_parcels = seen > _PARCELS * shapely.area(shapely.box(*paper.box))  # they are all the land: lines do
    parts.append(_path(paper, footprints, fill="none" if is_parcels else "#e3ded3", stroke="#b9b2a3", stroke_width=0.1 * u))
    thin = {"fill": "none", "stroke": "#59636e", "stroke_width": 0.3 * u, "dash": (1.2 * u, 0.7 * u)}
    parts.append(_path(paper, [area.shape for area in scene.neighbours], **thin))
    return [*parts, _path(paper, scene.borders, fill="none", stroke="#3a434c", stroke_width=0.7 * u)]


def _own(paper: Paper, scene: Scene, u: float) -> list[str]:
    """Draw what belongs to the unit: its hue, its footprints dark, its border in ink on white."""
    near = np.array([area.shape for area in scene.buildings], dtype=object)
    shapely.prepare(scene.own)
    own = shapely.intersection(near[shapely.intersects(scene.own, near)], scene.own)
    built = float(np.sum(shapely.area(own)))
    fill = "none" if built > _PARCELS * shapely.area(scene.own) else "#fffdf8"
    yard = {"fill": "none", "stroke": "#6d5f42", "stroke_width": 0.22 * u, "dash": (0.5 * u, 0.5 * u)}
    return [
        _path(paper, [scene.own], fill=HUES[scene.hue], fill_opacity=0.42),
        _path(paper, own, fill=fill, stroke="#3a434c", stroke_width=0.18 * u),
        _path(paper, [area.shape for area in scene.compounds], **yard),
        _path(paper, [scene.own], fill="none", stroke_linejoin="round", stroke="#fff", stroke_width=2.2 * u),
        _path(paper, [scene.own], fill="none", stroke_linejoin="round", stroke=INK, stroke_width=1.1 * u),
    ]


def _path(paper: Paper, shapes: Sequence[shapely.Geometry] | np.ndarray, *, dash: tuple[float, ...] = (), **look: Any) -> str:
    """Return one `<path>` of all shapes, cut at the edge; "" where none is seen. Holes stay holes; shapes of one look may touch, not overlap."""
    d = _rings(paper, np.asarray(shapes, dtype=object))
    if not d:
        return ""
    if dash:
        look["stroke_dasharray"] = " ".join(f"{each:.1f}" for each in dash)
    told = {key.replace("_", "-"): f"{value:.2f}" if isinstance(value, float) else value for key, value in look.items()}
    said = " ".join(f'{key}="{value}"' for key, value in told.items())
    return f'<path d="{d}" fill-rule="evenodd" {said}/>'


def _rings(paper: Paper, shapes: np.ndarray) -> str:
    parts = shapely.get_parts(shapely.clip_by_rect(shapes, *paper.box)) if len(shapes) else shapes
    out = []
    for dimension, closed in ((1, ""), (2, "Z")):
        of = parts[shapely.get_dimensions(parts) == dimension] if len(parts) else parts
        lines = shapely.get_rings(of) if dimension == 2 else of
        xy, line = shapely.get_coordinates(lines, return_index=True)
        xy = ((xy - (paper.box[0], paper.box[3])) * (paper.scale, -paper.scale)).round(1)
        said = [f"{x:g} {y:g}" for x, y in xy.tolist()]
        ends = np.searchsorted(line, np.arange(len(lines) + 1)).tolist()
        out += ["M" + "L".join(said[a : b - bool(closed)]) + closed for a, b in itertools.pairwise(ends)]
    return "".join(out)


def _wide(paper: Paper, road: Road, u: float) -> float:
    metres = _ROAD_M.get(road.kind, _MAIN_M if road.is_main else _OTHER_M)
    return round(min(max(metres * paper.scale, 0.8 * u), 7 * u), 1)


def _sign(place: tuple[float, float], spot: Spot, u: float) -> str:
    look = f'fill="{escape(spot.colour)}" stroke="#fff" stroke-width="{0.5 * u:.1f}"'
    return f'<circle cx="{place[0]:.1f}" cy="{place[1]:.1f}" r="{SIGN_MM * u:.1f}" {look}/>'
