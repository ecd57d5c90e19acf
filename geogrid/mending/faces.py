"""The faces that rings and outline close: the smallest pieces of land, each with the units that claim it.

    A overlaps B:   +---+-+---+      three faces: A's own, B's own, and one that both claim. A gap is a face that nobody claims.
                    | A |2| B |
                    +---+-+---+

Faces too thin for `snap_m` are drawing noise: they join the neighbour with the longest border before anyone asks whose they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.sparse import csr_matrix
from shapely.geometry.base import BaseGeometry

from geogrid.edges import canonical_order, merge_faces
from geogrid.enclosure import is_sliver, unstamped
from geogrid.mending.lattice import Lattice, keys_of

OPEN = -1
"""Stands for the face beyond the last edge."""


@dataclass(frozen=True, eq=False)
class Faces:
    """`shapes` (f,) in steps; borders `a` < `b` (m,) with `length_m`; `claims` (f × units); `inside` (f,): whether in the outline."""

    shapes: np.ndarray
    a: np.ndarray
    b: np.ndarray
    length_m: np.ndarray
    claims: csr_matrix
    inside: np.ndarray


def find_faces(lines: np.ndarray, units: np.ndarray, outline: BaseGeometry | None, lattice: Lattice, snap_m: float) -> Faces:
    """Node lines (steps) on the lattice and ask of each face which `units` (valid polygons, steps) hold it, and whether `outline` does."""
    noded = shapely.union_all(lines, grid_size=1.0)
    faces = unstamped(shapely.get_parts(shapely.polygonize(shapely.get_parts(noded))))
    faces = faces[canonical_order(faces)]
    host = _melted(faces, borders(faces, lattice.step_m), lattice.metres(faces), snap_m)
    shapes, hosts = merge_faces(faces, host)
    inner = shapely.point_on_surface(faces[hosts])
    a, b, length_m = borders(shapes, lattice.step_m)
    inside = np.ones(len(shapes), bool)
    if outline is not None:
        shapely.prepare(outline)
        inside = shapely.intersects(outline, inner)
    unit, face = shapely.STRtree(inner).query(units, predicate="intersects")
    claims = csr_matrix((np.ones(len(face), np.int32), (face, unit)), shape=(len(shapes), len(units)))
    return Faces(shapes, a, b, length_m, claims, inside)


@dataclass(frozen=True, eq=False)
class Sides:
    """The edges of faces in the order of their rings: `ends` (m, 2, 2) in steps, the face of each (`owner`), the face across (`mate`), the `ring`."""

    ends: np.ndarray
    owner: np.ndarray
    mate: np.ndarray
    ring: np.ndarray


def sides_of(faces: np.ndarray) -> Sides:
    """Match the edges of noded faces (steps); beyond the last edge is OPEN."""
    rings, owner = shapely.get_rings(faces, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    inside = np.flatnonzero(ring[1:] == ring[:-1])
    _, vertex = np.unique(keys_of(xy), return_inverse=True)
    low, high = np.minimum(vertex[inside], vertex[inside + 1]), np.maximum(vertex[inside], vertex[inside + 1])
    of = owner[ring[inside]]
    order = np.lexsort((of, high, low))
    same = (np.diff(low[order]) == 0) & (np.diff(high[order]) == 0) & (np.diff(of[order]) != 0)
    first, second = order[:-1][same], order[1:][same]
    mate = np.full(len(inside), OPEN)
    mate[first], mate[second] = of[second], of[first]
    return Sides(np.stack([xy[inside], xy[inside + 1]], axis=1), of, mate, ring[inside])


def borders(faces: np.ndarray, step_m: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sum the edges that two faces (steps, noded) share: a < b, length_m, ordered by a, b."""
    sides = sides_of(faces)
    once = np.flatnonzero(sides.mate > sides.owner)
    length = np.hypot(*((sides.ends[once, 1] - sides.ends[once, 0]) * step_m).T)
    pairs, place = np.unique(np.column_stack([sides.owner[once], sides.mate[once]]), axis=0, return_inverse=True)
    return pairs[:, 0], pairs[:, 1], np.bincount(place.ravel(), length, len(pairs))


def _melted(faces: np.ndarray, border: tuple[np.ndarray, np.ndarray, np.ndarray], metres: np.ndarray, snap_m: float) -> np.ndarray:
    """Return for each face the one that it belongs to: itself, or for noise the neighbour with the longest border, through other noise if need be."""
    a, b, length = border
    host = np.arange(len(faces))
    todo = is_sliver(metres, snap_m)
    while True:
        face, other, border_m = np.concatenate([a, b]), np.concatenate([b, a]), np.concatenate([length, length])
        ready = todo[face] & ~todo[other]
        face, goal, border_m = face[ready], host[other[ready]], border_m[ready]
        if len(face) == 0:
            return host
        order = np.lexsort((goal, -np.round(border_m, 6), face))
        first = np.r_[True, np.diff(face[order]) != 0]
        host[face[order][first]] = goal[order][first]
        todo[face] = False
