"""A lot in its own frame, and rows of slabs laid into it.

Rows run along the frame's x (near east-west); columns line up from row to row where the rows are of like length.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import Polygon


@dataclass(frozen=True, eq=False)
class Frame:
    """A polygon turned so that its rows run along x. `origin` and `angle` (radians) lead back to the world."""

    polygon: Polygon
    origin: np.ndarray
    angle: float

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Bounds of the polygon in its frame."""
        return self.polygon.bounds

    def _turn(self) -> np.ndarray:
        c, s = np.cos(self.angle), np.sin(self.angle)
        return np.array([[c, -s], [s, c]])

    def back(self, x: np.ndarray | float, y: np.ndarray | float) -> np.ndarray:
        """Return world coordinates (n, 2) of frame coordinates."""
        return np.stack(np.broadcast_arrays(np.atleast_1d(x), np.atleast_1d(y)), -1) @ self._turn().T + self.origin

    def geometry_back(self, geometry: Polygon) -> Polygon:
        """Return a frame geometry in world coordinates."""
        turn = self._turn().T
        return shapely.transform(geometry, lambda p: p @ turn + self.origin)

    def spans(self, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return, per band low..high, the x interval that lies inside the polygon on both edges and the middle."""
        x0, _, x1, _ = self.bounds
        ys = np.r_[low, high, (low + high) / 2]
        lines = shapely.linestrings([[(x0 - 1, y), (x1 + 1, y)] for y in ys])
        inside = shapely.intersection(lines, self.polygon)
        ends = np.tile([1.0, 0.0], (len(ys), 1))
        for k, line in enumerate(inside):
            parts = [q for q in shapely.get_parts(line) if q.geom_type == "LineString" and q.length > 0]
            if parts:
                longest = max(parts, key=lambda q: q.length).bounds
                ends[k] = longest[0], longest[2]
        ends = ends.reshape(3, len(low), 2)
        return ends[:, :, 0].max(0), ends[:, :, 1].min(0)


def make_frame(polygon: Polygon, angle: float) -> Frame:
    """Turn `polygon` by `-angle` about its centroid."""
    origin = shapely.get_coordinates(shapely.centroid(polygon))[0]
    bare = Frame(polygon, origin, angle)
    turn = bare._turn()
    return Frame(shapely.transform(polygon, lambda p: (p - origin) @ turn), origin, angle)


def square_angle(angle: float) -> float:
    """Return the angle within 45 degrees of zero that is parallel or square to `angle` (radians)."""
    return (angle + np.pi / 4) % (np.pi / 2) - np.pi / 4


@dataclass(frozen=True, eq=False)
class Rows:
    """Slabs in rows: centres, lengths, stairwells, and the bands (x from, x to, y from, y to) they stand in."""

    x: np.ndarray
    y: np.ndarray
    length_m: np.ndarray
    stairs: np.ndarray
    bands: list[tuple[float, float, float, float]]


def lay_rows(
    frame: Frame,
    rng: np.random.Generator,
    *,
    width_m: float,
    gap_m: float,
    unit_m: float,
    typical: int,
    most: int,
    end_gap_m: float,
    hole: float = 0.0,
) -> Rows | None:
    """Fill the frame with rows of slabs of `typical` to `most` stairwells of `unit_m`; None where nothing fits.

    `gap_m` keeps the sun on the row behind; a `hole` leaves that share of the middle free for a garden.
    """
    _, y0, _, y1 = frame.bounds
    height = y1 - y0
    n = int((height + gap_m) // (width_m + gap_m))
    if n < 1:
        return None
    pitch = min((height - width_m) / (n - 1), (width_m + gap_m) * 1.32) if n > 1 else 0.0
    low = y0 + (height - width_m - pitch * (n - 1)) / 2 + pitch * np.arange(n)
    left, right = frame.spans(low + 0.3, low + width_m - 0.3)
    found, bands, like = [], [], None
    for row in range(n):
        length = right[row] - left[row]
        if length < unit_m * 1.02 or (most > 2 and length < unit_m * 1.9 and n > 2):
            continue
        columns = max(1, round((length + end_gap_m) / (typical * unit_m + end_gap_m)))
        if like is not None and abs(like[0] - length) < 0.16 * like[0]:
            columns = like[1]
        else:
            like = (length, columns)
        stairs = _stairs(length, columns, unit_m, most, end_gap_m, rng)
        if stairs is None:
            continue
        x = _along(left[row], length, stairs * unit_m, end_gap_m)
        found.append(np.c_[x, np.full(len(x), low[row] + width_m / 2), stairs * unit_m, stairs])
        bands.append((left[row], right[row], low[row], low[row] + width_m))
    if not found:
        return None
    table = _without_hole(np.vstack(found), frame.bounds, hole)
    return Rows(table[:, 0], table[:, 1], table[:, 2], table[:, 3].astype(int), bands) if len(table) else None


def _stairs(length: float, columns: int, unit_m: float, most: int, end_gap_m: float, rng: np.random.Generator) -> np.ndarray | None:
    """Share a row's length among slabs: as many stairwells each as fit, one more where there is room."""

    def fitting(k: int) -> int:
        return int(np.clip((length - (k - 1) * end_gap_m) // (k * unit_m), 0, most))

    while most > 2 and columns > 1 and fitting(columns) < 2:
        columns -= 1
    if fitting(columns) < 1:
        columns = max(1, columns - 1)
    stairs = np.full(columns, max(1, fitting(columns)))
    rest = length - (columns - 1) * end_gap_m - stairs.sum() * unit_m
    for i in rng.permutation(columns):
        if rest >= unit_m and stairs[i] < most:
            stairs[i] += 1
            rest -= unit_m
    return stairs if stairs.sum() * unit_m <= length + 0.1 else None


def _along(start: float, length: float, lengths: np.ndarray, end_gap_m: float) -> np.ndarray:
    n = len(lengths)
    gap = min((length - lengths.sum()) / (n - 1), end_gap_m * 3.2) if n > 1 else 0.0
    first = start + (length - lengths.sum() - gap * (n - 1)) * 0.5
    return first + np.r_[0.0, np.cumsum(lengths + gap)[:-1]] + lengths / 2


def _without_hole(table: np.ndarray, bounds: tuple[float, float, float, float], hole: float) -> np.ndarray:
    if not hole:
        return table
    x0, y0, x1, y1 = bounds
    dx, dy = (table[:, 0] - (x0 + x1) / 2) / (0.5 * (x1 - x0) * hole), (table[:, 1] - (y0 + y1) / 2) / (0.5 * (y1 - y0) * hole)
    return table[dx**2 + dy**2 > 1]
