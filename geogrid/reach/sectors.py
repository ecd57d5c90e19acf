"""Sectors: where cameras stand, which way they look, how wide, how far, and how low a wall may be for them to look over it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geogrid.reach.rays import TAU


@dataclass(frozen=True, eq=False)
class Sectors:
    """Arrays (n,): place in metres; `start_rad` the lower edge, counter-clockwise from east; `width_rad` (TAU: all round); `range_m` (0: sees
    nothing); `lowest_m`: walls lower than it do not hide."""

    x: np.ndarray
    y: np.ndarray
    start_rad: np.ndarray
    width_rad: np.ndarray
    range_m: np.ndarray
    lowest_m: np.ndarray

    @classmethod
    def of(
        cls,
        x: np.ndarray,
        y: np.ndarray,
        direction_deg: np.ndarray | float = 0.0,
        angle_deg: np.ndarray | float = 360.0,
        range_m: np.ndarray | float = 100.0,
        lowest_m: np.ndarray | float = 0.0,
    ) -> Sectors:
        """Make sectors of directions (clockwise from north, of their middles) and angles; one number stands for all.

        What has no place or no range sees nothing, and what has no direction neither, unless it looks all round. ValueError for a range without end.
        """
        given = (np.atleast_1d(np.asarray(values, float)) for values in (x, y, direction_deg, angle_deg, range_m, lowest_m))
        x, y, direction, angle, reach, lowest = np.broadcast_arrays(*given)
        if np.isinf(reach).any():
            raise ValueError("range_m has an infinite value")
        width = np.deg2rad(np.clip(angle, 0.0, 360.0))
        is_round = angle >= 360.0
        can_see = np.isfinite(x) & np.isfinite(y) & (reach > 0) & (width > 0) & (is_round | np.isfinite(direction))
        middle = np.deg2rad(90.0 - np.where(np.isfinite(direction), direction, 0.0))
        start = np.where(is_round, 0.0, np.mod(middle - np.nan_to_num(width) / 2, TAU))
        return cls(
            np.where(can_see, x, 0.0),
            np.where(can_see, y, 0.0),
            start,
            np.where(is_round, TAU, np.nan_to_num(width)),
            np.where(can_see, reach, 0.0),
            np.where(np.isfinite(lowest), lowest, 0.0),
        )

    def __len__(self) -> int:
        return len(self.x)

    @property
    def arrays(self) -> tuple:
        """What the compiled functions take."""
        return self.x, self.y, self.start_rad, self.width_rad, self.range_m

    def part(self, rows: np.ndarray) -> Sectors:
        """Return the sectors of `rows` (indices or bool)."""
        return Sectors(*(values[rows] for values in (*self.arrays, self.lowest_m)))
