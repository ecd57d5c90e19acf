"""The lattice that a layer is mended on: whole steps of its own coordinates, so that every vertex that was there comes back digit for digit.

Coordinates written with seven decimals of a degree, or with millimetres, lie on a lattice of such steps already, and what is mended does too: a
file that rounds to these digits changes nothing. Other coordinates get a lattice of a micrometre, and vertices that were there come back as they
were. Straight lines stay straight, which they would not on the way through a projection.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import shapely
from pyproj import CRS

_AXIS_M, _E2 = 6_378_137.0, 0.00669438
"""WGS 84; CGCS2000 differs by a tenth of a millimetre."""
_DEGREE_STEPS, _METRE_STEPS = (10**7, 10**11), (10**3, 10**6)
_NEAR = 0.01
"""Steps: coordinates this near to a lattice were written on it, and have been through a conversion since."""


@dataclass(frozen=True, eq=False)
class Lattice:
    """`steps_per_unit` of the CRS, `origin` (2,) in steps, `step_m` (2,): a step east and north in metres; `known`: vertices as they were given."""

    steps_per_unit: int
    origin: np.ndarray
    step_m: np.ndarray
    known: tuple[np.ndarray, np.ndarray]

    def steps(self, geometry: np.ndarray) -> np.ndarray:
        """Return geometries (object array, plane) in whole steps from the origin, kept in floats."""
        return shapely.transform(geometry, lambda xy: self._steps(xy))

    def metres(self, geometry: np.ndarray) -> np.ndarray:
        """Return geometries in steps in metres from the origin."""
        return shapely.transform(geometry, lambda xy: xy * self.step_m)

    def from_metres(self, geometry: np.ndarray) -> np.ndarray:
        """Return geometries in metres from the origin in steps, rounded to whole ones."""
        return shapely.transform(geometry, lambda xy: np.round(xy / self.step_m))

    def given(self, geometry: np.ndarray) -> np.ndarray:
        """Return geometries in steps in the layer's own coordinates: vertices that were there as they were, new ones on the lattice."""
        return shapely.transform(geometry, self._given)

    def _steps(self, xy: np.ndarray) -> np.ndarray:
        return np.round(xy * self.steps_per_unit) - self.origin

    def _given(self, steps: np.ndarray) -> np.ndarray:
        out = (steps + self.origin) / self.steps_per_unit
        keys, xy = self.known
        if len(keys):
            wanted = keys_of(steps)
            at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
            old = keys[at] == wanted
            out[old] = xy[at[old]]
        return out


def keys_of(steps: np.ndarray) -> np.ndarray:
    """Return one comparable key per vertex (n, 2): complex numbers sort by their real, then their imaginary part."""
    return steps[:, 0] + 1j * steps[:, 1]


def lattice_of(xy: np.ndarray, crs: CRS | None, more: np.ndarray | None = None) -> Lattice:
    """Choose the lattice of all coordinates (n, 2) of a layer; without CRS they are taken as metres. `more` (m, 2): an outline's, given back too."""
    geographic = crs is not None and crs.is_geographic
    unit_m = 1.0 if crs is None or geographic else float(crs.axis_info[0].unit_conversion_factor)
    coarse, fine = _DEGREE_STEPS if geographic else _METRE_STEPS
    per_unit = coarse if _is_on(xy, coarse, _NEAR) else fine
    low, high = (xy.min(axis=0), xy.max(axis=0)) if len(xy) else (np.zeros(2), np.zeros(2))
    scale = np.array([1.0, 1.0]) * unit_m
    if geographic:
        scale = _metres_per_degree(float(low[1] + high[1]) / 2)
    origin = np.floor(low * per_unit)
    known = (np.zeros(0, complex), np.zeros((0, 2)))
    if not _is_on(xy, per_unit, 0.0):
        # An outline's digits would tell a coarse lattice from the layer's own: there its vertices are rounded.
        known = _known(xy if more is None or per_unit == coarse else np.concatenate([xy, more]), per_unit, origin)
    return Lattice(per_unit, origin, scale / per_unit, known)


def _metres_per_degree(lat_deg: float) -> np.ndarray:
    """Return the metres of a degree east and north on the ellipsoid (radii of curvature of the prime vertical and the meridian)."""
    lat = math.radians(min(max(lat_deg, -89.0), 89.0))
    curve = 1 - _E2 * math.sin(lat) ** 2
    return math.radians(1) * np.array([_AXIS_M * math.cos(lat) / math.sqrt(curve), _AXIS_M * (1 - _E2) / curve**1.5])


def _is_on(xy: np.ndarray, per_unit: int, by: float) -> bool:
    """Tell whether all coordinates are whole steps, to within `by` steps."""
    return bool((np.abs(np.round(xy * per_unit) / per_unit - xy) * per_unit <= by).all())


def _known(xy: np.ndarray, per_unit: int, origin: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the sorted keys of given vertices and what they were; of several that fall together the south-westernmost."""
    steps = np.round(xy * per_unit)
    off = np.unique(keys_of(steps[(steps / per_unit != xy).any(axis=1)] - origin))  # the others come back as they were without
    wanted = keys_of(steps - origin)
    known = off[np.minimum(np.searchsorted(off, wanted), len(off) - 1)] == wanted if len(off) else np.zeros(len(xy), bool)
    distinct = np.unique(xy[known], axis=0)
    keys, first = np.unique(keys_of(np.round(distinct * per_unit) - origin), return_index=True)
    return keys, distinct[first]
