"""What cameras see of streets and doors: surely, whichever way they really point, or perhaps."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from geogrid.reach.camera_around import Around, without_footprints
from geogrid.reach.camera_records import CameraSet
from geogrid.reach.camera_scene import lowest_hiding_m
from geogrid.reach.camera_streets import Streets
from geogrid.reach.place import place
from geogrid.reach.regions import Regions
from geogrid.reach.sectors import Sectors
from geogrid.reach.seen_ground import looked_over, seen_ground
from geogrid.reach.seen_lines import counted, merged, seen_lines
from geogrid.reach.seen_points import DOOR_M, seen_points
from geogrid.reach.visible import look

CLASSES = ("blind", "perhaps", "sure")


Parts = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
"""(line, t0, t1, class), ordered, class 0 blind, 1 perhaps, 2 sure; together all of every street piece."""


@dataclass(frozen=True, eq=False)
class Intervals:
    """Parts t0..t1 (0..1) of street pieces `line` that `camera` sees."""

    camera: np.ndarray
    line: np.ndarray
    t0: np.ndarray
    t1: np.ndarray

    def part(self, rows: np.ndarray) -> Intervals:
        """Return those of `rows` (indices or bool)."""
        return Intervals(self.camera[rows], self.line[rows], self.t0[rows], self.t1[rows])

    def __add__(self, other: Intervals) -> Intervals:
        pairs = zip((self.camera, self.line, self.t0, self.t1), (other.camera, other.line, other.t0, other.t1), strict=True)
        return Intervals(*(np.concatenate(pair) for pair in pairs))

    def seen_m(self, metres: np.ndarray) -> np.ndarray:
        """Return how many metres of each line (`metres` long) some of them cover."""
        line, t0, t1 = merged(self.line, self.t0, self.t1, len(metres))
        return np.minimum(np.bincount(line, t1 - t0, len(metres)), 1.0) * metres


@dataclass(frozen=True, eq=False)
class View:
    """One reading of the cameras, sure or perhaps: regions and what lies in them."""

    around: Around
    regions: Regions

    @cached_property
    def polygons(self) -> np.ndarray:
        """Each region as a polygon."""
        return self.regions.polygons()

    @cached_property
    def streets(self) -> Intervals:
        """Parts of street pieces."""
        return Intervals(*seen_lines(self.regions, self.around.streets.segments, self.around.street_index))

    @cached_property
    def doors(self) -> tuple[np.ndarray, np.ndarray]:
        """Pairs of camera and door."""
        return seen_points(self.regions, self.around.door_xy, DOOR_M, self.around.door_index)

    @cached_property
    def ground_m2(self) -> np.ndarray:
        """Public ground seen in each of `around.places`. Views end at footprints; those that some camera looks over are taken out."""
        over = self.around.obstacles.scene.footprints[looked_over(self.regions, self.polygons)]
        return seen_ground(self.polygons, without_footprints(self.around.places.geometry.to_numpy(), over))


def find_views(kit: CameraSet, x: np.ndarray, y: np.ndarray, around: Around) -> tuple[View, View, np.ndarray]:
    """Return what cameras at x, y (metres) see surely and perhaps, and where each stood: 0 as given, 1 moved out of a wall, 2 indoors."""
    scene = around.obstacles.scene
    x, y, status = place(scene, x, y, lowest_hiding_m(kit.height_m, sure=True))
    known = np.isfinite(x) & np.isfinite(y) & (status != 2)
    reach = np.where(known, kit.range_m, 0.0)
    views = []
    for is_sure, width in ((True, kit.sure_deg()), (False, kit.perhaps_deg())):
        lowest = lowest_hiding_m(kit.height_m, is_sure)
        views.append(View(around, look(scene, Sectors.of(x, y, kit.middle_deg(), width, reach, lowest))))
    return views[0], views[1], status


def find_parts(streets: Streets, sure: Intervals, perhaps: Intervals) -> Parts:
    """Cut pieces where what is seen of them changes."""
    n = len(streets.segments)
    surely = merged(sure.line, sure.t0, sure.t1, n)
    either = sure + perhaps
    at_all = merged(either.line, either.t0, either.t1, n)
    return counted(*(np.concatenate(pair) for pair in zip(surely, at_all, strict=True)), n)  # what is seen surely counts twice
