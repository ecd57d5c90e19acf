"""A scene: the walls that hide, with the footprint and the height of each, found by place.

A footprint hides by the sides of its rings that face the camera, a wall (a fence, a city wall) by both sides. Footprints are not dissolved:
a tall house is still seen over a low one that touches it, and each wall keeps its house.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely

from geogrid.reach.crossings import cut_at_crossings
from geogrid.reach.index import Grid


@dataclass(frozen=True, eq=False)
class Scene:
    """Straight walls in metres of the working CRS.

    segments     (m, 4) x y x y; a footprint lies on the left of its segments
    is_two_sided (m,) whether it hides from both sides
    owner        (m,) row of the footprint; of a wall -1 - its row
    height_m     (m,) inf where unknown, and for walls
    footprints   (n,) valid polygons, None where there is none; `footprint_m` (n,) their heights, inf where unknown
    walls        (k,) lines
    """

    segments: np.ndarray
    is_two_sided: np.ndarray
    owner: np.ndarray
    height_m: np.ndarray
    footprints: np.ndarray
    footprint_m: np.ndarray
    walls: np.ndarray

    @classmethod
    def of(cls, footprints: np.ndarray, walls: np.ndarray | tuple = (), heights_m: np.ndarray | None = None) -> Scene:
        """Make the scene of (Multi)Polygons (n,), lines (k,) and heights (n,), NaN unknown; what is not valid is mended, empty ones hide nothing."""
        houses = np.array([*list(footprints), None], dtype=object)[:-1]
        wrong = ~shapely.is_valid(houses) & ~shapely.is_missing(houses)
        houses[wrong] = shapely.make_valid(houses[wrong])
        lines = np.array([*list(walls), None], dtype=object)[:-1]
        unknown = np.full(len(houses), np.inf)
        tall = unknown if heights_m is None else np.where(np.isnan(np.asarray(heights_m, float)), np.inf, heights_m)
        sides, house = _sides(houses)
        fences, line = _straight(shapely.get_parts(lines, return_index=True))
        pieces, row = cut_at_crossings(np.vstack([sides, fences]))
        two_sided = np.r_[np.zeros(len(sides), bool), np.ones(len(fences), bool)][row]
        owner = np.r_[house, -1 - line][row]
        height = np.r_[tall[house], np.full(len(fences), np.inf)][row]
        return cls(pieces, two_sided, owner, height, houses, tall, lines)

    @cached_property
    def grid(self) -> Grid:
        """Where the walls are."""
        return Grid.of(self.segments)

    @cached_property
    def tree(self) -> shapely.STRtree:
        """Footprints and then walls, by place."""
        return shapely.STRtree(np.concatenate([self.footprints, self.walls]))

    @property
    def arrays(self) -> tuple:
        """What the compiled functions take."""
        return self.segments, self.is_two_sided, self.height_m, *self.grid.arrays


def _sides(houses: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the sides of polygons, the inside on the left, and the row of the polygon of each."""
    parts, house = shapely.get_parts(houses, return_index=True)
    parts, deeper = shapely.get_parts(parts, return_index=True)
    is_area = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    rings, part = shapely.get_rings(parts[is_area], return_index=True)
    is_outer = np.r_[True, part[1:] != part[:-1]][: len(part)]
    sides, ring = _straight((rings, np.arange(len(rings))))
    is_backwards = (shapely.is_ccw(rings) != is_outer)[ring]
    sides[is_backwards] = sides[is_backwards][:, [2, 3, 0, 1]]
    return sides, house[deeper][is_area][part][ring]


def _straight(lines: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return the straight pieces (m, 4) of (lines, rows) that have length, and the row of each."""
    xy, line = shapely.get_coordinates(lines[0], return_index=True)
    follows = (line[1:] == line[:-1]) & (xy[1:] != xy[:-1]).any(axis=1)
    return np.column_stack([xy[:-1][follows], xy[1:][follows]]).reshape(-1, 4), lines[1][line[1:][follows]]
