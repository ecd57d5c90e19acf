"""Rays and straight pieces, seen from the origin: compiled, shared by all that looks."""

from __future__ import annotations

import numpy as np
from numba import njit

TAU = 2 * np.pi


@njit(cache=True)
def turned(angle):
    """Return an angle in [0, TAU)."""
    angle -= TAU * np.floor(angle / TAU)
    return 0.0 if angle >= TAU else angle


@njit(cache=True)
def within(ax, ay, dx, dy, range_m):
    """Return the part t0..t1 of the piece a + t d, 0 <= t <= 1, that lies within the range of the origin; t0 >= t1: none."""
    long2, along, cross = dx * dx + dy * dy, ax * dx + ay * dy, ax * dy - ay * dx
    across = long2 * range_m * range_m - cross * cross
    if across <= 0.0:
        return 1.0, 0.0
    root = np.sqrt(across)
    return max(0.0, (-along - root) / long2), min(1.0, (-along + root) / long2)


@njit(cache=True)
def met_at(ax, ay, dx, dy, angle, t0, t1):
    """Return where the piece a + t d meets the ray in a direction, as t clipped to t0..t1; an end of it where it runs along the ray."""
    ux, uy = np.cos(angle), np.sin(angle)
    across = dx * uy - dy * ux
    if across == 0.0:
        return t0
    return min(t1, max(t0, (ay * ux - ax * uy) / across))


@njit(cache=True)
def end_of(segments, wall, x, y, range_m, angle):
    """Return the point, seen from the camera, at which its view ends in a direction: on a wall, or at its range where `wall` is -1."""
    if wall < 0:
        return range_m * np.cos(angle), range_m * np.sin(angle)
    ax, ay = segments[wall, 0] - x, segments[wall, 1] - y
    dx, dy = segments[wall, 2] - segments[wall, 0], segments[wall, 3] - segments[wall, 1]
    t = met_at(ax, ay, dx, dy, angle, 0.0, 1.0)
    px, py = ax + t * dx, ay + t * dy
    far = np.hypot(px, py)
    if far > range_m:
        return px * range_m / far, py * range_m / far
    return px, py
