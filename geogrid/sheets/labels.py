"""Where names stand on the map of a notice: the most important first, none over another, none on what it does not name."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import shapely

from geogrid.maps.drawing import Paper, text_width
from geogrid.maps.places import label_places
from geogrid.sheets.scene import Area, Label, Scene, Spot

_PT = 3.53  # tenths of a millimetre
CUTS = 9
_ON = 0.94  # so much of a text stands on what it names


def _text_box(at: np.ndarray, wide: float, high: float) -> tuple[float, float, float, float]:
    return at[0] - wide / 2, at[1] - high / 2, at[0] + wide / 2, at[1] + high / 2


class Names:
    """Chooses places of names, the most important first, none over another."""

    def __init__(self, paper: Paper, scene: Scene, u: float, bar: float, places: Sequence[tuple[float, float]]) -> None:
        self.paper, self.scene, self.u, self.places = paper, scene, u, places
        self.own = paper.move(scene.own)
        self.edge = shapely.boundary(self.own)
        paper.taken = [(0, paper.height - 11 * u, bar + 16 * u, paper.height), (paper.width - 12 * u, 0, paper.width, 16 * u)]

    def all(self) -> list[Label]:
        """Return the labels of signs, buildings, compounds, roads, neighbours and borders."""
        found = [self._sign(spot, *place) for spot, place in zip(self.scene.spots, self.places, strict=True)]
        found += self._areas([area for area in self.scene.buildings if self._is_own(area)], 7.0, "number")
        found += self._roads()
        found += self._free(self.scene.compounds, 9.0, "compound")
        return found + self._neighbours()

    def _sign(self, spot: Spot, x: float, y: float) -> Label:
        self.paper.take(x, y, 5 * self.u, 5 * self.u)
        return Label(round(x / 10, 2), round(y / 10, 2), spot.sign, 7.5, "sign")

    def _is_own(self, area: Area) -> bool:
        return bool(area.names) and bool(shapely.intersects(self.scene.own, shapely.point_on_surface(area.shape)))

    def _areas(self, areas: Sequence[Area], size: float, look: str) -> list[Label]:
        """Name areas inside themselves, or not at all."""
        moved = [(area.names, self.paper.move(area.shape)) for area in areas]
        kept = [(names, shape) for names, shape in moved if shapely.area(shape) > 0]
        points, _ = label_places(np.array([shape for _, shape in kept], dtype=object), CUTS)
        found = (self._inside(names, shape, points[i], size, look) for i, (names, shape) in enumerate(kept))
        return [label for label in found if label]

    def _inside(self, names: Sequence[str], shape: shapely.Geometry, point: np.ndarray, size: float, look: str) -> Label | None:
        """Name an area at a point in it, or at its centre, where nearly all of the text stands on it."""
        high, room = size * _PT * self.u / 10, float(shapely.area(shape))
        west, south, east, north = shapely.bounds(shape)
        for at in (point, shapely.get_coordinates(shapely.centroid(shape))[0]):
            for name in names:
                wide = text_width(name, high)
                least = _ON * wide * high * 0.8
                if least > room or _ON * wide > east - west or _ON * high * 0.8 > north - south:
                    continue
                on = shapely.clip_by_rect(shape, *_text_box(at, wide, high * 0.8))
                if shapely.area(on) >= least and self._take(at, name, high):
                    return self._label(at, name, size, look)
        return None

    def _free(self, areas: Sequence[Area], size: float, look: str) -> list[Label]:
        """Name areas on their open ground, between the footprints."""
        shapes = np.array([area.shape for area in self.scene.buildings], dtype=object)
        near = [shapes[shapely.intersects(shapes, area.shape)] for area in areas]
        open_ = [Area(shapely.difference(area.shape, shapely.union_all(some)), area.names) for area, some in zip(areas, near, strict=True)]
        return self._areas([area for area in open_ if any(area.names)], size, look)

    def _roads(self) -> list[Label]:
        """Name each road once, along the straightest stretch that is long enough."""
        by_name: dict[str, list[shapely.Geometry]] = {}
        for road in self.scene.roads:
            if road.name:
                by_name.setdefault(road.name, []).append(self.paper.move(road.line))
        found = (self._road(name, lines) for name, lines in by_name.items())
        return [label for label in found if label]

    def _road(self, name: str, lines: Sequence[shapely.Geometry]) -> Label | None:
        high = 8.5 * _PT * self.u / 10
        wide = text_width(name, high)
        merged = shapely.line_merge(shapely.union_all(lines)) if len(lines) > 1 else lines[0]
        parts = sorted(shapely.get_parts(merged), key=lambda part: -float(shapely.length(part)))
        for part in parts:
            length = float(shapely.length(part))
            for share in (0.5, 0.3, 0.7, 0.15, 0.85):
                at = share * length
                if at - wide / 2 < 0 or at + wide / 2 > length:
                    continue
                a, b = (shapely.get_coordinates(shapely.line_interpolate_point(part, at + side * wide / 2))[0] for side in (-1, 1))
                if math.dist(a, b) < 0.96 * wide:  # a bend: a straight text would leave the road
                    continue
                angle = math.degrees(math.atan2(b[1] - a[1], b[0] - a[0]))
                angle = (angle + 90) % 180 - 90
                turned = abs(math.cos(math.radians(angle))), abs(math.sin(math.radians(angle)))
                box = wide * turned[0] + high * turned[1], wide * turned[1] + high * turned[0]
                across = np.array([b[1] - a[1], a[0] - b[0]]) / max(math.dist(a, b), 1e-9)
                for aside in (0.0, 0.9 * high, -0.9 * high):  # beside the axis where that is the border itself
                    middle = (a + b) / 2 + aside * across
                    text = shapely.linestrings([a + aside * across, b + aside * across])
                    if shapely.distance(text, self.edge) > 0.75 * high and self._fits(middle, *box) and self.paper.take(*middle, *box):
                        return self._label(middle, name, 8.5, "road", angle)
        return None

    def _neighbours(self) -> list[Label]:
        """Name what lies next to the unit, outside of it; a name that has no room is tried smaller."""
        moved = np.array([self.paper.move(area.shape) for area in self.scene.neighbours], dtype=object)
        seen = shapely.difference(moved, shapely.buffer(self.own, 1.2 * self.u))
        kept = np.flatnonzero(shapely.area(seen) >= 20 * self.u**2)
        points, _ = label_places(seen[kept], CUTS)
        out = []
        for at, point in zip(kept, points, strict=True):
            names, label = self.scene.neighbours[at].names, None
            for size in (9.0, 7.5, 6.5):
                label = label or self._inside(names, seen[at], point, size, "neighbour") or self._beside(names, seen[at], size)
            out += [label] if label else []
        return out

    def _beside(self, names: Sequence[str], seen: shapely.Geometry, size: float) -> Label | None:
        """Name a narrow area across its borders, as long as the unit itself is not written on."""
        high = size * _PT * self.u / 10
        for point in shapely.get_coordinates([shapely.point_on_surface(seen), shapely.centroid(seen)]):
            for name in names:
                wide = text_width(name, high)
                at = np.clip(point, [wide / 2 + self.u, high], [self.paper.width - wide / 2 - self.u, self.paper.height - high])
                box = shapely.box(*_text_box(at, wide, high))
                if not shapely.intersects(box, self.own) and shapely.intersects(box, seen) and self._take(at, name, high):
                    return self._label(at, name, size, "neighbour")
        return None

    def _take(self, point: np.ndarray, name: str, high: float) -> bool:
        wide = text_width(name, high)
        return self._fits(point, wide, high) and self.paper.take(float(point[0]), float(point[1]), wide + 0.6 * self.u, high * 1.15)

    def _fits(self, point: np.ndarray, wide: float, high: float) -> bool:
        x, y = float(point[0]), float(point[1])
        edge = self.u
        return wide / 2 + edge <= x <= self.paper.width - wide / 2 - edge and high / 2 + edge <= y <= self.paper.height - high / 2 - edge

    def _label(self, point: np.ndarray, name: str, size: float, look: str, angle: float = 0.0) -> Label:
        return Label(round(float(point[0]) / 10, 2), round(float(point[1]) / 10, 2), name, size, look, round(angle, 1))
