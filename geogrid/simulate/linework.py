"""Streets, ring road, by-pass, rivers and railways as long lines, before anything is cut.

Lines stand some 860 m (the profile's `spacing_m`) apart, wider towards the rim, every second one a main road; one warp bends them all, so that
streets curve and never cross wrongly. The ring is four of them promoted, with round corners.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString

from geogrid.simulate.profiles import Profile
from geogrid.simulate.terrain import Terrain

CORNER_M = 520.0
STEP_M = 70.0


@dataclass(frozen=True, eq=False)
class Linework:
    """Lines with their class and the number of the axis they belong to (pieces of one street share it), and river widths."""

    lines: np.ndarray
    classes: np.ndarray
    axes: np.ndarray
    river_widths_m: tuple[float, ...]

    def of(self, kind: str) -> np.ndarray:
        """Return the lines of one class."""
        return self.lines[self.classes == kind]


def draw_linework(terrain: Terrain, profile: Profile, rng: np.random.Generator) -> Linework:
    """Draw all long lines of a district; they reach beyond its border."""
    found: list[tuple[str, int, LineString]] = []
    _street_lines(terrain, profile, rng, found)
    _long_roads(terrain, profile, rng, found)
    widths = []
    for offset, heading_deg, width in profile.rivers:
        bend = 330 * _sine(rng, (1100, 1500), 45.0) + 110 * _sine(rng, (380, 520), 45.0)
        found.append(("river", -1, _heading_line(terrain, (offset, 0.0), heading_deg, bend, 45.0)))
        widths.append(width)
    for u, v, heading_deg in profile.railways:
        found.append(("rail", -1, _heading_line(terrain, (u, v), heading_deg, 420 * _sine(rng, (4199, 4201), 80.0), 80.0)))
    classes, axes, lines = zip(*found, strict=True)
    return Linework(np.array(lines, object), np.array(classes, object), np.array(axes), tuple(widths))


def _axis_offsets(rng: np.random.Generator, low: float, high: float, radius_m: float, spacing_m: float) -> np.ndarray:
    offsets = [rng.uniform(-250, 250)]
    for sign in (1, -1):
        x = offsets[0]
        while low < x < high:
            x += sign * spacing_m * (1 + 1.1 * np.clip(abs(x) / radius_m - 0.75, 0, 1)) * rng.uniform(0.84, 1.2)
            offsets.append(x)
    return np.sort(offsets)


def _street_lines(terrain: Terrain, profile: Profile, rng: np.random.Generator, found: list[tuple[str, int, LineString]]) -> None:
    """Append both families of streets and the ring's corners."""
    corners = terrain.local(shapely.get_coordinates(terrain.district))
    low, high = corners.min(0) - 600, corners.max(0) + 600
    radius = terrain.radius_m
    offsets = [_axis_offsets(rng, low[k], high[k], radius, profile.spacing_m) for k in (0, 1)]
    rings = [[int(np.argmin(np.abs(offsets[k] - side * radius * part))) for side in (-1, 1)] for k, part in ((0, 0.80), (1, 0.74))]
    for k in (0, 1):
        main_parity = int(np.argmin(np.abs(offsets[k]))) % 2
        inner = [offsets[1 - k][rings[1 - k][0]] + CORNER_M, offsets[1 - k][rings[1 - k][1]] - CORNER_M]
        for i, x in enumerate(offsets[k]):
            kind, axis = "primary" if i % 2 == main_parity else "secondary", 100 * k + i
            spans = [(kind, low[1 - k], high[1 - k])]
            if profile.ring and i in rings[k]:
                spans = [("ring", *inner), (kind, low[1 - k], inner[0]), (kind, inner[1], high[1 - k])]
            for name, start, end in spans:
                along = np.r_[np.arange(start, end - 20, STEP_M), end]
                u, v = (np.full(len(along), x), along) if k == 0 else (along, np.full(len(along), x))
                found.append((name, 900 if name == "ring" else axis, _simple(terrain.world(u, v))))
    if profile.ring:
        _ring_corners(terrain, offsets, rings, found)


def _ring_corners(terrain: Terrain, offsets: list[np.ndarray], rings: list[list[int]], found: list[tuple[str, int, LineString]]) -> None:
    turn = np.linspace(0, np.pi / 2, 12)
    for iu, su in zip(rings[0], (1, -1), strict=True):
        for iv, sv in zip(rings[1], (1, -1), strict=True):
            cu, cv = offsets[0][iu] + su * CORNER_M, offsets[1][iv] + sv * CORNER_M
            found.append(("ring", 900, _simple(terrain.world(cu - su * CORNER_M * np.cos(turn), cv - sv * CORNER_M * np.sin(turn)))))


def _long_roads(terrain: Terrain, profile: Profile, rng: np.random.Generator, found: list[tuple[str, int, LineString]]) -> None:
    """Append the diagonal out of the core and the by-pass, a bow from border to border."""
    radius = terrain.radius_m
    t = np.arange(radius * 0.12, 30_000, STEP_M)
    angle = np.radians(profile.diagonal_deg + rng.uniform(-4, 4))
    found.append(("primary", 901, _simple(terrain.world(t * np.cos(angle), t * np.sin(angle)))))
    t, angle = np.arange(-60_000, 60_000, 120.0), np.radians(profile.bypass_deg)
    bow = 1.62 * radius - np.minimum(t**2 / (6.5 * radius), 0.62 * np.abs(t))
    found.append(("motorway", 902, _simple(terrain.world(bow * np.cos(angle) - t * np.sin(angle), bow * np.sin(angle) + t * np.cos(angle)))))


def _sine(rng: np.random.Generator, wavelength: tuple[float, float], step_m: float) -> np.ndarray:
    t = np.arange(-30_000, 30_000, step_m)
    return np.sin(t / rng.uniform(*wavelength) + rng.uniform(0, 6))


def _heading_line(terrain: Terrain, through: tuple[float, float], heading_deg: float, bend: np.ndarray, step_m: float) -> LineString:
    heading = np.radians(heading_deg)
    t = np.arange(-30_000, 30_000, step_m)
    along, across = np.array([np.cos(heading), np.sin(heading)]), np.array([-np.sin(heading), np.cos(heading)])
    return LineString(terrain.place(np.array(through) + t[:, None] * along + bend[:, None] * across))


def _simple(xy: np.ndarray) -> LineString:
    return shapely.simplify(LineString(xy), 2.0)
