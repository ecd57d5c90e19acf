"""Who is whose neighbour when things stand in rows: side by side in a row, and face to face with those of the next row.

row 1     [ d ][ e ]  [  f  ]        a-b-c, d-e-f side by side
row 0   [ a ][  b  ][ c ]            a-d, b-d, b-e, c-f face to face (they overlap by at least `overlap_m`)
"""

from __future__ import annotations

import numpy as np

FAR_M = 1e6
"""Longer than any row: rows are laid end to end on one axis, this far apart."""


def in_rows(block: np.ndarray, row: np.ndarray, x0: np.ndarray, x1: np.ndarray, overlap_m: float = 2.0) -> tuple[np.ndarray, np.ndarray]:
    """Return (side, face): pairs int (p, 2) of neighbours in a row and across to the next row of the same block.

    All arguments have one entry per thing, sorted by block, row and x0; things of a row do not overlap. `x0`, `x1` in metres.

    >>> side, face = in_rows(np.zeros(3, int), np.array([0, 0, 1]), np.array([0.0, 10.0, 5.0]), np.array([10.0, 20.0, 15.0]))
    >>> side.tolist(), face.tolist()
    ([[0, 1]], [[0, 2], [1, 2]])
    """
    first = np.r_[True, (block[1:] != block[:-1]) | (row[1:] != row[:-1])] if len(block) else np.empty(0, bool)
    line = np.cumsum(first) - 1
    side = np.flatnonzero(~first)
    ahead = np.r_[line[1:] != line[:-1], False] & np.r_[block[1:] == block[:-1], False] if len(block) else first
    has_next = np.zeros(int(line.max(initial=-1)) + 1, bool)
    has_next[line[ahead]] = True
    some = np.flatnonzero(has_next[line]) if len(block) else np.empty(0, np.int64)
    shift = (line[some] + 1) * FAR_M
    begin = np.searchsorted(line * FAR_M + x1, shift + x0[some] + overlap_m, side="left")
    end = np.searchsorted(line * FAR_M + x0, shift + x1[some] - overlap_m, side="right")
    count = np.maximum(end - begin, 0)
    other = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count) + np.repeat(begin, count)
    return np.column_stack([side - 1, side]), np.column_stack([np.repeat(some, count), other])


def along(first: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """Return where each thing begins when things of `steps` metres stand one behind the other, from 0 again wherever `first` is true.

    >>> along(np.array([True, False, False, True]), np.array([3.0, 4.0, 5.0, 6.0])).tolist()
    [0.0, 3.0, 7.0, 0.0]
    """
    before = np.cumsum(steps) - steps
    start = np.flatnonzero(first)
    return before - np.repeat(before[start], np.diff(np.r_[start, len(steps)]))
