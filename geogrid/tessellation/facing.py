"""Facing walls: for each piece of an outline how near the next foreign one is, and whether it runs along it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from geogrid.noding.buckets import sort_into_buckets

BUCKET_M = 12.0
_HALF_PARALLEL = 0.7  # cosine above which two walls face each other rather than meet at a corner


@dataclass(frozen=True)
class Facing:
    """What walls (m,) see within reach: `gap` to the nearest foreign wall (m), the least size `least` of its owner and those nearly
    touching, and the pairs `a`, `b` (p,) of walls that run along each other."""

    gap: np.ndarray
    least: np.ndarray
    a: np.ndarray
    b: np.ndarray


def face_walls(start: np.ndarray, end: np.ndarray, owner: np.ndarray, size: np.ndarray, *, near_m: float, close_m: float) -> Facing:
    """Look from each wall (`start`, `end` (m, 2) metres) for foreign walls (another `owner`) nearer than `near_m`, the gap where none is.

    `size` (m,) of each wall's owner; those nearer than `close_m` touch.
    """
    low, high = np.minimum(start, end) - near_m / 2, np.maximum(start, end) + near_m / 2
    first, held = sort_into_buckets(low, high, BUCKET_M)
    origin = start.min(axis=0)
    return Facing(*_face(start - origin, end - origin, owner, size, first, held, near_m, close_m))


@njit(cache=True)
def _face(
    start: np.ndarray, end: np.ndarray, owner: np.ndarray, size: np.ndarray, first: np.ndarray, held: np.ndarray, near: float, close: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    gap, least = np.full(len(owner), near), size.copy()
    pairs = [(np.int32(0), np.int32(0)) for _ in range(0)]
    for s in range(len(first) - 1):
        for m in range(first[s], first[s + 1]):
            a = held[m]
            for n in range(m + 1, first[s + 1]):
                b = held[n]
                if owner[a] == owner[b] or _are_apart(start, end, a, b, near):
                    continue
                far = _distance(start, end, a, b)
                if far >= near:
                    continue
                gap[a], gap[b] = min(gap[a], far), min(gap[b], far)
                if far < close:
                    least[a], least[b] = min(least[a], size[b]), min(least[b], size[a])
                if _is_along(start, end, a, b):
                    pairs.append((a, b))
    one, two = np.empty(len(pairs), np.int32), np.empty(len(pairs), np.int32)
    for k in range(len(pairs)):
        one[k], two[k] = pairs[k]
    return gap, least, one, two


@njit
def _are_apart(start: np.ndarray, end: np.ndarray, a: int, b: int, near: float) -> bool:
    """Answer whether the boxes of two walls are farther apart than `near` along x or y."""
    for k in range(2):
        if max(start[a, k], end[a, k]) + near < min(start[b, k], end[b, k]) or max(start[b, k], end[b, k]) + near < min(start[a, k], end[a, k]):
            return True
    return False


@njit
def _is_along(start: np.ndarray, end: np.ndarray, a: int, b: int) -> bool:
    """Answer whether two walls run along each other rather than across."""
    ax, ay, bx, by = end[a, 0] - start[a, 0], end[a, 1] - start[a, 1], end[b, 0] - start[b, 0], end[b, 1] - start[b, 1]
    return abs(ax * bx + ay * by) > _HALF_PARALLEL * np.sqrt((ax * ax + ay * ay) * (bx * bx + by * by))


@njit
def _distance(start: np.ndarray, end: np.ndarray, a: int, b: int) -> float:
    """Return the distance between two walls; 0 where they cross."""
    if (
        _turn(start[a], end[a], start[b]) * _turn(start[a], end[a], end[b]) < 0
        and _turn(start[b], end[b], start[a]) * _turn(start[b], end[b], end[a]) < 0
    ):
        return 0.0
    one = min(_from_point(start[a], start[b], end[b]), _from_point(end[a], start[b], end[b]))
    return min(one, _from_point(start[b], start[a], end[a]), _from_point(end[b], start[a], end[a]))


@njit
def _turn(a: np.ndarray, b: np.ndarray, p: np.ndarray) -> float:
    return (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0])


@njit
def _from_point(p: np.ndarray, a: np.ndarray, b: np.ndarray) -> float:
    dx, dy = b[0] - a[0], b[1] - a[1]
    span = dx * dx + dy * dy
    share = min(max(((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / span, 0.0), 1.0) if span > 0 else 0.0
    return np.sqrt((p[0] - a[0] - share * dx) ** 2 + (p[1] - a[1] - share * dy) ** 2)
