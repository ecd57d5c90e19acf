"""The map of a notice: the unit in its own hue with a strong border, what lies round it pale, and names where they fit.

Land is drawn as SVG in tenths of a millimetre; names are values with a place, which the template sets as text.
"""

from __future__ import annotations

import math

import shapely
from markupsafe import Markup

from geogrid.maps.drawing import HUES, Paper, grown_box
from geogrid.sheets.labels import Names
from geogrid.sheets.scene import Map, Road, Scene, Spot, on_paper

INK, QUIET = "#1c2329", "#4b5661"
_ROAD_M = {"motorway": 26, "trunk": 24, "ring": 24, "primary": 22, "secondary": 16, "branch": 10, "tertiary": 12, "rural": 7, "residential": 7}
_MAIN_M, _OTHER_M = 14, 7
_SIGN_MM = 2.3  # radius of a station's sign on A4


def window(own: shapely.Geometry, ratio: float) -> tuple[float, float, float, float]:
    """Return the land that a unit's map shows, so that its neighbours are seen: west south east north, metres, `ratio` times as wide as high.

    >>> window(shapely.box(0, 0, 100, 100), 1.0)
    (-22.0, -22.0, 122.0, 122.0)
    """
    west, south, east, north = shapely.bounds(own)
    least = max(40.0 - (east - west), 40.0 - (north - south), 0.0) / 2  # a tiny unit is shown with the street it lies at
    return grown_box((west - least, south - least, east + least, north + least), ratio, 0.22)


def draw(scene: Scene, *, width: float, height: float, unit: float) -> Map:
    """Return the map of a scene, `width` × `height` millimetres; `unit` is how large a millimetre of the A4 design is on this paper."""
    paper = Paper(window(scene.own, width / height), round(width * 10), round(height * 10))
    u = 10 * unit
    shapely.prepare(scene.own)
    parts = [
        Markup('<rect width="{}" height="{}" fill="#f4f2ec"/>').format(paper.width, paper.height),
        *_land(paper, scene, u),
        *(_own(paper, scene, u)),
        *(_sign(paper, spot, u) for spot in scene.spots),
        Markup('<rect x="{0}" y="{0}" width="{1}" height="{2}" fill="none" stroke="{3}" stroke-width="{4}"/>').format(
            0.2 * u, paper.width - 0.4 * u, paper.height - 0.4 * u, INK, 0.4 * u
        ),
    ]
    head = Markup('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {1}" width="{0}" height="{1}">').format(paper.width, paper.height)
    bar, says = scale_bar(paper.scale, longest=0.2 * paper.width)
    svg = str(head + Markup("").join(parts) + Markup("</svg>"))
    return Map(svg, width, height, tuple(Names(paper, scene, u, bar).all()), bar / 10, says, HUES[scene.hue])


def scale_bar(scale: float, longest: float) -> tuple[float, str]:
    """Return the length of a scale bar on paper, at most `longest`, and what it says; `scale`: paper's units for a metre.

    >>> scale_bar(2.0, 300.0)
    (200.0, '100 m')
    """
    power = 10 ** math.floor(math.log10(longest / scale))
    length = next(step for step in (5, 2, 1) if step * power <= longest / scale) * power
    return length * scale, f"{length / 1000:g} km" if length >= 1000 else f"{length:g} m"


def _land(paper: Paper, scene: Scene, u: float) -> list[Markup]:
    """Draw what lies round, pale: ground, roads, footprints, borders of the neighbours."""
    looks = {"green": {"fill": "#e4eddc"}, "water": {"fill": "#cfe3ee", "stroke": "#cfe3ee", "stroke_width": 0.4 * u}}
    parts = [paper.path(shape, **look) for role, look in looks.items() for shape in scene.base.get(role, ())]
    parts += [paper.path(road.line, fill="none", stroke="#c9c2b2", stroke_width=_wide(paper, road, u) + 0.3 * u) for road in scene.roads]
    parts += [paper.path(road.line, fill="none", stroke="#fff", stroke_width=_wide(paper, road, u)) for road in scene.roads]
    rails = scene.base.get("railways", ())
    parts += [paper.path(shape, fill="none", stroke="#7d776a", stroke_width=0.5 * u, stroke_dasharray=f"{1.4 * u} {u}") for shape in rails]
    pale = {"fill": "#e3ded3", "stroke": "#b9b2a3", "stroke_width": 0.1 * u}
    parts += [paper.path(area.shape, **pale) for area in scene.buildings]
    thin = {"fill": "none", "stroke": "#59636e", "stroke_width": 0.3 * u, "stroke_dasharray": f"{1.2 * u} {0.7 * u}"}
    parts += [paper.path(area.shape, **thin) for area in scene.neighbours]
    return parts + [paper.path(shape, fill="none", stroke="#3a434c", stroke_width=0.7 * u) for shape in scene.borders]


def _own(paper: Paper, scene: Scene, u: float) -> list[Markup]:
    """Draw what belongs to the unit: its hue, its footprints dark, its border in ink on white."""
    parts = [paper.path(scene.own, fill=HUES[scene.hue], fill_opacity=0.42, fill_rule="evenodd")]
    own = [shapely.intersection(area.shape, scene.own) for area in scene.buildings if shapely.intersects(scene.own, area.shape)]
    parts += [paper.path(shape, fill="#fffdf8", stroke="#3a434c", stroke_width=0.18 * u) for shape in own]
    yard = {"fill": "none", "stroke": "#6d5f42", "stroke_width": 0.22 * u, "stroke_dasharray": f"{0.5 * u} {0.5 * u}"}
    parts += [paper.path(area.shape, **yard) for area in scene.compounds]
    line = {"fill": "none", "stroke_linejoin": "round"}
    parts.append(paper.path(scene.own, **line, stroke="#fff", stroke_width=2.2 * u))
    return [*parts, paper.path(scene.own, **line, stroke=INK, stroke_width=1.1 * u)]


def _wide(paper: Paper, road: Road, u: float) -> float:
    metres = _ROAD_M.get(road.kind, _MAIN_M if road.is_main else _OTHER_M)
    return round(min(max(metres * paper.scale, 0.8 * u), 7 * u), 1)


def _sign(paper: Paper, spot: Spot, u: float) -> Markup:
    x, y = on_paper(paper, spot.x, spot.y)
    return Markup('<circle cx="{:.1f}" cy="{:.1f}" r="{:.1f}" fill="{}" stroke="#fff" stroke-width="{:.1f}"/>').format(
        x, y, _SIGN_MM * u, spot.colour, 0.5 * u
    )
