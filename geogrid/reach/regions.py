"""Regions: what each camera sees, as pieces of direction that end at a wall or at the range; their areas, shapes and what hides more of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numba import njit

from geogrid.reach.rays import TAU, end_of
from geogrid.reach.scene import Scene
from geogrid.reach.sectors import Sectors

STEP_DEG = 1.0  # arcs are drawn as chords of so much: 5e-5 of an open disc is left out
APART_M = 1e-6  # corners of a shape nearer than this are one


@dataclass(frozen=True, eq=False)
class Regions:
    """Region i is the pieces first[i]:first[i + 1], in order: `from_rad`, `to_rad` (relative to the sector's start) and `wall`, the row of the
    segment at which the view ends, -1 where it ends at the range."""

    scene: Scene
    sectors: Sectors
    first: np.ndarray
    from_rad: np.ndarray
    to_rad: np.ndarray
    wall: np.ndarray

    def __len__(self) -> int:
        return len(self.sectors)

    @property
    def arrays(self) -> tuple:
        """What the compiled functions take."""
        seen = self.sectors
        return self.scene.segments, seen.x, seen.y, seen.start_rad, seen.range_m, self.first, self.from_rad, self.to_rad, self.wall

    def part(self, rows: np.ndarray) -> Regions:
        """Return the regions of `rows` (indices or bool)."""
        rows = np.arange(len(self))[rows]
        count = np.diff(self.first)[rows]
        first = np.r_[0, np.cumsum(count)]
        held = np.repeat(self.first[rows] - first[:-1], count) + np.arange(first[-1])
        return Regions(self.scene, self.sectors.part(rows), first, self.from_rad[held], self.to_rad[held], self.wall[held])

    def area_m2(self) -> np.ndarray:
        """Return the area of each region (n,), exact: triangles and parts of discs."""
        return _areas(*self.arrays)

    def polygons(self, step_deg: float = STEP_DEG) -> np.ndarray:
        """Return each region as a valid polygon (n,), empty where nothing is seen. Arcs have corners every `step_deg`, counted from the east."""
        first, xy = _corners(*self.arrays, self.sectors.width_rad, np.deg2rad(step_deg))
        count = np.diff(first)
        out = np.full(len(self), shapely.Polygon(), dtype=object)
        rows = np.flatnonzero(count >= 4)
        is_used = np.repeat(count >= 4, count)
        out[rows] = shapely.polygons(shapely.linearrings(xy[is_used], indices=np.repeat(np.arange(len(rows)), count[rows])))
        wrong = ~shapely.is_valid(out)
        out[wrong] = shapely.make_valid(out[wrong], method="structure", keep_collapsed=False)
        return out

    def hides(self, i: int) -> np.ndarray:
        """Return the owners of the walls that end the view of region `i`, each once, ascending: rows of footprints, -1 - row of walls."""
        walls = self.wall[self.first[i] : self.first[i + 1]]
        return np.unique(self.scene.owner[walls[walls >= 0]])


def what_hides(regions: Regions, i: int) -> np.ndarray:
    """Return the rows of the footprints (of walls: -1 - row) that bound region `i`."""
    return regions.hides(i)


@njit(cache=True)
def _areas(segments, xs, ys, starts, ranges, first, from_rad, to_rad, wall):
    out = np.zeros(len(xs))
    for c in range(len(xs)):
        for p in range(first[c], first[c + 1]):
            if wall[p] < 0:
                out[c] += 0.5 * ranges[c] * ranges[c] * (to_rad[p] - from_rad[p])
                continue
            ax, ay = end_of(segments, wall[p], xs[c], ys[c], ranges[c], starts[c] + from_rad[p])
            bx, by = end_of(segments, wall[p], xs[c], ys[c], ranges[c], starts[c] + to_rad[p])
            out[c] += 0.5 * max(0.0, ax * by - ay * bx)
    return out


@njit(cache=True)
def _corners(segments, xs, ys, starts, ranges, first, from_rad, to_rad, wall, widths, step):
    """Return the rings: first (n + 1,) and corners (k, 2); none where nothing is seen."""
    n = len(xs)
    of = np.zeros(n + 1, np.int64)
    xy = np.empty((3 * len(from_rad) + n * (int(TAU / step) + 6), 2))
    k = 0
    for c in range(n):
        of[c] = k
        if first[c] == first[c + 1]:
            continue
        if widths[c] < TAU - 1e-9:
            xy[k] = xs[c], ys[c]
            k += 1
        for p in range(first[c], first[c + 1]):
            low, high = starts[c] + from_rad[p], starts[c] + to_rad[p]
            if (high - low) * ranges[c] < APART_M:
                continue
            inner = np.floor(low / step) + 1.0
            count = max(0, int(np.ceil(high / step) - inner)) if wall[p] < 0 else 0
            for q in range(count + 2):
                angle = low if q == 0 else high if q == count + 1 else (inner + q - 1) * step
                if wall[p] < 0:
                    far = ranges[c] * np.cos(0.5 * step) / np.cos(angle - step * (np.floor(angle / step) + 0.5))
                    x, y = far * np.cos(angle), far * np.sin(angle)
                else:
                    x, y = end_of(segments, wall[p], xs[c], ys[c], ranges[c], angle)
                x, y = x + xs[c], y + ys[c]
                if k == of[c] or abs(x - xy[k - 1, 0]) + abs(y - xy[k - 1, 1]) > APART_M:
                    xy[k] = x, y
                    k += 1
        if k > of[c]:
            xy[k] = xy[of[c]]
            k += 1
    of[n] = k
    return of, xy[:k].copy()
