"""An index of straight pieces (or points): the squares of a grid, each with the rows of those that pass through it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

CELL_M = 40.0  # about a block: a camera of 100 m meets some 30 squares
CELLS_PER_PIECE = 4  # wide empty land gets wider squares: an index never outgrows what it holds
PAD = 1e-6  # of a square: a piece that runs along a border of squares is in both


@dataclass(frozen=True, eq=False)
class Grid:
    """Square (i, j) of `nx` by `ny` holds the rows held[first[k]:first[k + 1]], k = j nx + i; its low corner is (x0 + i cell, y0 + j cell)."""

    first: np.ndarray
    held: np.ndarray
    x0: float
    y0: float
    cell_m: float
    nx: int
    ny: int

    @classmethod
    def of(cls, segments: np.ndarray, cell_m: float = CELL_M) -> Grid:
        """Index straight pieces (m, 4): x y x y in metres; points are (m, 2). Those without a place (NaN, inf) are in no square."""
        ends = np.ascontiguousarray(segments if segments.shape[1] == 4 else np.column_stack([segments, segments]), dtype=float)
        has_place = np.isfinite(ends).all(axis=1)
        if not has_place.any():
            return cls(np.zeros(2, np.int64), np.zeros(0, np.int32), 0.0, 0.0, cell_m, 1, 1)
        corners = ends[has_place].reshape(-1, 2)
        low, high = corners.min(axis=0), corners.max(axis=0)
        span, most = high - low, CELLS_PER_PIECE * len(ends)
        cell = max(cell_m, float(np.sqrt(span[0] * span[1] / most)), float(span.max()) / most)
        nx, ny = int(span[0] // cell) + 1, int(span[1] // cell) + 1
        first, held = _sorted(ends, has_place, float(low[0]), float(low[1]), cell, nx, ny)
        return cls(first, held, float(low[0]), float(low[1]), cell, nx, ny)

    @property
    def arrays(self) -> tuple:
        """What the compiled functions take."""
        return self.first, self.held, self.x0, self.y0, self.cell_m, self.nx, self.ny


@njit(cache=True)
def _sorted(ends: np.ndarray, has_place: np.ndarray, x0: float, y0: float, cell: float, nx: int, ny: int) -> tuple[np.ndarray, np.ndarray]:
    """Count, then place: column by column, the squares between the heights at which a piece enters and leaves it."""
    first = np.zeros(nx * ny + 1, np.int64)
    held = np.empty(0, np.int32)
    for is_placing in (False, True):
        if is_placing:
            at = np.cumsum(first)
            held = np.empty(at[-1], np.int32)
            first = at.copy()
        for s in np.flatnonzero(has_place):
            ax, ay, bx, by = (ends[s, 0] - x0) / cell, (ends[s, 1] - y0) / cell, (ends[s, 2] - x0) / cell, (ends[s, 3] - y0) / cell
            left, right = min(ax, bx), max(ax, bx)
            for i in range(max(0, int(left - PAD)), min(nx - 1, int(right + PAD)) + 1):
                low, high = min(ay, by), max(ay, by)
                if right - left > PAD:
                    slope = (by - ay) / (bx - ax)
                    u, v = ay + slope * (max(left, i) - ax), ay + slope * (min(right, i + 1) - ax)
                    low, high = max(low, min(u, v)), min(high, max(u, v))
                for j in range(max(0, int(low - PAD)), min(ny - 1, int(high + PAD)) + 1):
                    if is_placing:
                        held[at[j * nx + i]] = s
                        at[j * nx + i] += 1
                    else:
                        first[j * nx + i + 1] += 1
    return first, held


@njit(cache=True)
def squares(x: float, y: float, range_m: float, x0: float, y0: float, cell: float, nx: int, ny: int) -> tuple[int, int, int, int]:
    """Return the columns i0..i1 and rows j0..j1 of the squares that a disc may touch, i1 and j1 included; none where i1 < i0."""
    i0, i1 = np.floor((x - range_m - x0) / cell - PAD), np.floor((x + range_m - x0) / cell + PAD)
    j0, j1 = np.floor((y - range_m - y0) / cell - PAD), np.floor((y + range_m - y0) / cell + PAD)
    return int(max(i0, 0.0)), int(min(i1, nx - 1.0)), int(max(j0, 0.0)), int(min(j1, ny - 1.0))
