"""Faults to sow into a valid coverage, each with what must be found of it: rule, codes, rows, size and place.

A planter changes one unit (and looks at its neighbours), far from every other fault, and says what it expects; where a place does not suit it says
None. All is in metres.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True)
class Expected:
    """What a finding must say; `size` is its area, length or value, `place` its geometry or None where only the unit is meant."""

    rule: str
    units: tuple[str, ...]
    rows: tuple[int, ...]
    size: float | None = None
    place: BaseGeometry | None = None


@dataclass
class Field:
    """A coverage that faults are sown into: polygons (None where removed), codes, parents; `free` are the units that no fault has come near."""

    polygons: list[BaseGeometry | None]
    codes: list[str]
    outline: BaseGeometry
    tolerance_m: float
    rng: np.random.Generator
    near: list[set[int]]
    named: list[str] = field(default_factory=list)
    parents: dict[str, BaseGeometry] = field(default_factory=dict)
    free: set[int] = field(default_factory=set)

    @staticmethod
    def of(polygons: np.ndarray, codes: list[str], tolerance_m: float, seed: int) -> Field:
        """Start with a valid coverage."""
        pairs = shapely.STRtree(polygons).query(polygons, predicate="intersects")
        near: list[set[int]] = [set() for _ in polygons]
        for a, b in pairs.T.tolist():
            near[a].add(b)
        outline = shapely.coverage_union_all(polygons)
        return Field(list(polygons), codes, outline, tolerance_m, np.random.default_rng(seed), near, free=set(range(len(polygons))))

    def take(self) -> int | None:
        """Return a unit far from all faults, and keep others away from it."""
        wide = [unit for unit in sorted(self.free) if self.near[unit] <= self.free]
        if not wide:
            return None
        unit = int(self.rng.choice(wide))
        self.lock(unit)
        return unit

    def lock(self, unit: int) -> None:
        """Keep faults away from a unit and two rings of neighbours."""
        for other in list(self.near[unit]):
            self.free -= self.near[other]

    def add(self, polygon: BaseGeometry | None, code: str, like: int = -1) -> int:
        """Append a row that has the parent of another, or the first parent; return its position."""
        self.polygons.append(polygon)
        self.codes.append(code)
        self.near.append(set())
        if self.named:
            self.named.append(self.named[like] if like >= 0 else min(self.parents))
        return len(self.polygons) - 1

    def neighbours(self, unit: int) -> list[int]:
        """Return the units that share a border line with one."""
        shape = self.polygons[unit]
        return [n for n in sorted(self.near[unit] - {unit}) if shapely.length(shapely.intersection(shape, self.polygons[n])) > 0]

    def said(self, rule: str, units: list[int], size: float | None = None, place: BaseGeometry | None = None) -> Expected:
        """Write down what must be found of some units."""
        return Expected(rule, tuple(sorted(self.codes[u] for u in units)), tuple(sorted(u + 1 for u in units)), size, place)


Planter = Callable[[Field], list[Expected] | None]
MOST_DEPTH_M, LEAST_DEPTH = 3.0, 6.0  # metres; tolerances


def _edges(polygon: BaseGeometry, line: BaseGeometry) -> list[np.ndarray]:
    """Return the edges (two points) of a polygon's outer ring that lie on a line and are worth a fault."""
    ring = shapely.get_coordinates(polygon.exterior)
    pairs = np.stack([ring[:-1], ring[1:]], axis=1)
    edges = shapely.linestrings(pairs)
    on = shapely.covers(shapely.buffer(line, 1e-6), edges) & (shapely.length(edges) > 2)
    return list(pairs[on])


def _wedge(field_: Field, edge: np.ndarray, inside: BaseGeometry) -> BaseGeometry | None:
    """Return a triangle on an edge whose tip lies inside a shape."""
    a, b = edge
    along = b - a
    size = np.hypot(*along)
    least = LEAST_DEPTH * field_.tolerance_m
    deep = np.exp(field_.rng.uniform(np.log(least), np.log(max(least * 1.01, min(MOST_DEPTH_M, size / 4)))))
    foot, across = a + along * field_.rng.uniform(0.3, 0.7), np.array([-along[1], along[0]]) / size
    for side in (across, -across):
        wedge = shapely.Polygon([a, b, foot + side * deep])
        if shapely.covers(shapely.buffer(inside, 1e-7), wedge) and shapely.area(shapely.difference(wedge, inside)) < 1e-6:
            return wedge
    return None


def _bent(polygon: BaseGeometry, edge: np.ndarray, tip: np.ndarray) -> BaseGeometry:
    """Return the polygon with a vertex put between the ends of an edge."""
    ring = shapely.get_coordinates(polygon.exterior)
    at = next(i for i in range(len(ring) - 1) if (ring[i] == edge[0]).all() and (ring[i + 1] == edge[1]).all())
    return shapely.Polygon(np.insert(ring, at + 1, tip, axis=0))


def _tip(wedge: BaseGeometry) -> np.ndarray:
    return shapely.get_coordinates(wedge)[2]


def _pair(field_: Field) -> tuple[int, int, np.ndarray] | None:
    """Return a unit, a neighbour, and an edge that they share."""
    unit = field_.take()
    if unit is None:
        return None
    for other in field_.rng.permutation(field_.neighbours(unit)).tolist():
        edges = _edges(field_.polygons[unit], shapely.intersection(field_.polygons[unit], field_.polygons[other]))
        if edges:
            return unit, other, edges[int(field_.rng.integers(len(edges)))]
    return None


def overlap(field_: Field) -> list[Expected] | None:
    """A unit reaches over a neighbour's border."""
    found = _pair(field_)
    if found is None:
        return None
    unit, other, edge = found
    wedge = _wedge(field_, edge, field_.polygons[other])
    if wedge is None:
        return None
    field_.polygons[unit] = _bent(field_.polygons[unit], edge, _tip(wedge))
    return [field_.said("overlap", [unit, other], wedge.area, wedge)]


def gap(field_: Field) -> list[Expected] | None:
    """A unit draws back from a neighbour's border."""
    found = _pair(field_)
    if found is None:
        return None
    unit, other, edge = found
    wedge = _wedge(field_, edge, field_.polygons[unit])
    if wedge is None:
        return None
    field_.polygons[unit] = _bent(field_.polygons[unit], edge, _tip(wedge))
    return [field_.said("gap", [unit, other], wedge.area, wedge)]


def hole(field_: Field) -> list[Expected] | None:
    """A unit has a hole that nobody fills."""
    unit = field_.take()
    if unit is None:
        return None
    middle = shapely.point_on_surface(field_.polygons[unit])
    room = shapely.distance(middle, field_.polygons[unit].boundary)
    lost = shapely.buffer(middle, field_.rng.uniform(0.2, 0.6) * room, quad_segs=int(field_.rng.integers(1, 5)))
    if lost.area < 0.5:
        return None
    field_.polygons[unit] = shapely.Polygon(field_.polygons[unit].exterior, [lost.exterior])
    return [field_.said("gap", [unit], lost.area, lost)]


def removed(field_: Field) -> list[Expected] | None:
    """A row has no geometry: its land is a gap."""
    unit = field_.take()
    if unit is None:
        return None
    lost, around = field_.polygons[unit], field_.neighbours(unit)
    if not shapely.contains_properly(field_.outline, lost) or any(_short(lost, field_.polygons[n]) for n in around):
        return None
    field_.polygons[unit] = None if field_.rng.random() < 0.5 else shapely.Polygon()
    return [field_.said("geometry_missing", [unit]), field_.said("gap", around, lost.area, lost)]


def _short(one: BaseGeometry, other: BaseGeometry) -> bool:
    """Tell whether units share so little border that it is a matter of taste whether they are neighbours."""
    return shapely.length(shapely.intersection(one, other)) < 0.5


def beyond(field_: Field) -> list[Expected] | None:
    """A unit reaches over the parent's outline."""
    return _at_rim(field_, outward=True)


def short_of(field_: Field) -> list[Expected] | None:
    """A unit draws back from the parent's outline."""
    return _at_rim(field_, outward=False)


def _at_rim(field_: Field, *, outward: bool) -> list[Expected] | None:
    rim = field_.outline.exterior
    wide = [unit for unit in sorted(field_.free) if field_.near[unit] <= field_.free and _edges(field_.polygons[unit], rim)]
    if not wide:
        return None
    unit = int(field_.rng.choice(wide))
    field_.lock(unit)
    edges = _edges(field_.polygons[unit], rim)
    edge = edges[int(field_.rng.integers(len(edges)))]
    outside = shapely.difference(shapely.buffer(field_.outline, 20), field_.outline)
    wedge = _wedge(field_, edge, outside if outward else field_.polygons[unit])
    if wedge is None:
        return None
    field_.polygons[unit] = _bent(field_.polygons[unit], edge, _tip(wedge))
    return [field_.said("outside_parent" if outward else "gap", [unit], wedge.area, wedge)]


def lacking_vertex(field_: Field) -> list[Expected] | None:
    """A vertex stands on a common border in one of the two units only."""
    found = _pair(field_)
    if found is None:
        return None
    unit, other, edge = found
    share = field_.rng.uniform(0.3, 0.7)
    field_.polygons[unit] = _bent(field_.polygons[unit], edge, edge[0] + share * (edge[1] - edge[0]))
    line = shapely.LineString(edge)
    return [field_.said("not_edge_matched", [unit, other], line.length, line)]


def sliver(field_: Field) -> list[Expected] | None:
    """A strip of a unit is a unit of its own."""
    found = _pair(field_)
    if found is None:
        return None
    unit, _, edge = found
    along = edge[1] - edge[0]
    across = np.array([-along[1], along[0]]) / np.hypot(*along) * field_.rng.uniform(max(0.05, 6 * field_.tolerance_m), 0.8)
    for side in (across, -across):
        strip = shapely.Polygon([*edge, edge.mean(axis=0) + side])
        if shapely.area(shapely.difference(strip, field_.polygons[unit])) < 1e-9:
            field_.polygons[unit] = _bent(field_.polygons[unit], edge, _tip(strip))
            new = field_.add(strip, str(900_000_000_000 + len(field_.codes)), unit)
            return [field_.said("sliver", [new], strip.area, strip)]
    return None


def in_two(field_: Field) -> list[Expected] | None:
    """A unit takes in half of another one, far away."""
    unit, other = field_.take(), field_.take()
    if unit is None or other is None:
        return None
    ring = shapely.get_coordinates(field_.polygons[other].exterior)[:-1]
    pairs = [(i, j) for i in range(len(ring)) for j in range(i + 2, len(ring)) if (i, j) != (0, len(ring) - 1)]
    for i, j in field_.rng.permutation(pairs).tolist():
        one, rest = shapely.Polygon(ring[i : j + 1]), shapely.Polygon(np.concatenate([ring[j:], ring[: i + 1]]))
        thick = all(part.is_valid and 2 * part.area > part.length for part in (one, rest))
        if thick and abs(one.area + rest.area - field_.polygons[other].area) < 1e-6:
            field_.polygons[unit] = shapely.MultiPolygon([field_.polygons[unit], one])
            field_.polygons[other] = rest
            stray = [field_.said("parent_mismatch", [unit], one.area, one)] if field_.named and field_.named[unit] != field_.named[other] else []
            return [field_.said("not_connected", [unit], 2.0, field_.polygons[unit]), *stray]
    return None


def spike(field_: Field) -> list[Expected] | None:
    """A ring runs inwards and back on the same line."""
    unit = field_.take()
    if unit is None:
        return None
    ring, middle = shapely.get_coordinates(field_.polygons[unit].exterior), shapely.point_on_surface(field_.polygons[unit])
    goal = shapely.get_coordinates(middle)[0]
    at = next((i for i in range(len(ring) - 1) if _sees(field_.polygons[unit], ring[i], goal)), None)
    if at is None:
        return None
    field_.polygons[unit] = shapely.Polygon(np.insert(ring, [at + 1, at + 1], [goal, ring[at]], axis=0))
    return [field_.said("geometry_invalid", [unit])]


def _sees(polygon: BaseGeometry, one: np.ndarray, other: np.ndarray) -> bool:
    line = shapely.LineString([one, other])
    return bool(shapely.relate_pattern(line, polygon, "1FF00F212"))


def not_areal(field_: Field) -> list[Expected] | None:
    """A row is a point or a line."""
    middle = shapely.get_coordinates(shapely.point_on_surface(field_.outline))[0]
    shape = shapely.Point(middle) if field_.rng.random() < 0.5 else shapely.LineString([middle, middle + 1])
    new = field_.add(shape, str(910_000_000_000 + len(field_.codes)))
    return [field_.said("geometry_type", [new])]


def twice(field_: Field) -> list[Expected] | None:
    """A row stands in the file twice."""
    unit = field_.take()
    if unit is None:
        return None
    new = field_.add(field_.polygons[unit], field_.codes[unit], unit)
    shape = field_.polygons[unit]
    return [Expected("code_duplicate", (field_.codes[unit],), (unit + 1, new + 1), 2.0), field_.said("overlap", [unit, new], shape.area, shape)]


def no_code(field_: Field) -> list[Expected] | None:
    """A unit has no code."""
    unit = field_.take()
    if unit is None:
        return None
    field_.codes[unit] = ""
    return [Expected("code_missing", (), (unit + 1,), float(unit + 1), field_.polygons[unit])]


def same_code(field_: Field) -> list[Expected] | None:
    """A unit bears the code of another."""
    unit, other = field_.take(), field_.take()
    if unit is None or other is None:
        return None
    field_.codes[unit] = field_.codes[other]
    return [Expected("code_duplicate", (field_.codes[unit],), tuple(sorted((unit + 1, other + 1))), 2.0)]


def bad_code(field_: Field) -> list[Expected] | None:
    """A code has blanks, invisible signs, too few digits, letters, or was made a number."""
    unit = field_.take()
    if unit is None:
        return None
    code = field_.codes[unit]
    kinds = (code + " ", "\u200b" + code, code[:-1], code + "0", code[:-1] + "x", f"{code}.0", f"1.{unit:05d}E+11", "\t" + code, code + "\u3000")
    field_.codes[unit] = kinds[int(field_.rng.integers(len(kinds)))]
    return [field_.said("code_format", [unit], place=field_.polygons[unit])]


def no_parent(field_: Field) -> list[Expected] | None:
    """A unit names a parent that there is not."""
    unit = field_.take()
    if unit is None or not field_.named:
        return None
    field_.named[unit] = ("", "999")[int(field_.rng.integers(2))]
    return [field_.said("parent_missing", [unit], place=field_.polygons[unit])]


def wrong_parent(field_: Field) -> list[Expected] | None:
    """A unit names another parent than the one it lies in."""
    unit = field_.take()
    if unit is None or not field_.named:
        return None
    field_.named[unit] = sorted(set(field_.parents) - {field_.named[unit]})[0]
    return [field_.said("parent_mismatch", [unit], field_.polygons[unit].area, field_.polygons[unit])]


SHAPES: dict[str, Planter] = {
    each.__name__: each for each in (overlap, gap, hole, removed, beyond, short_of, lacking_vertex, sliver, in_two, spike, not_areal)
}
CODES: dict[str, Planter] = {each.__name__: each for each in (twice, no_code, same_code, bad_code, no_parent, wrong_parent)}
PLANTERS = SHAPES | CODES
