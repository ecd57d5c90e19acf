"""One pass over a layer: find the units that take part in a fault, mend them, leave all others untouched.

A second pass sees what the first one left. Passes end when one changes nothing, so that mending what is mended does nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geogrid.enclosure import is_sliver
from geogrid.mending.cuts import find_cuts
from geogrid.mending.faces import Faces, find_faces
from geogrid.mending.lattice import Lattice, keys_of
from geogrid.mending.rings import Rings, Vertices, agreed, rings_of
from geogrid.mending.settle import Limits, Piece, Settled, settle
from geogrid.mending.sheet import Sheet
from geogrid.vertices import take_over_vertices


@dataclass(frozen=True)
class Place:
    """A piece of a fault: its `rule`, the rows of `units` concerned, the row that has it now (`to`, -1 nobody), `why` nobody decided, and where."""

    rule: str
    units: tuple[int, ...]
    to: int
    why: str
    geometry: BaseGeometry


@dataclass(frozen=True, eq=False)
class Pass:
    """New `polygons` in steps of the `rows` that changed, and what was `mended` and `left`, in steps."""

    rows: np.ndarray
    polygons: np.ndarray
    mended: list[Place]
    left: list[Place]


@dataclass(frozen=True, eq=False)
class Terms:
    """What a layer is mended on: its lattice, its outline in steps (None: its own), the tolerance and the limits in metres."""

    lattice: Lattice
    outline: BaseGeometry | None
    tolerance_m: float
    limits: Limits

    @property
    def snap_m(self) -> float:
        """What is nearer than this is one place: the tolerance, but never less than the lattice can tell apart."""
        return max(self.tolerance_m, float(self.lattice.step_m.max()))


def mend_once(sheet: Sheet, rows: np.ndarray, names: Sequence[str], terms: Terms) -> Pass:
    """Mend the `rows` of a sheet; `names` order them, so that the order of rows leaves no trace."""
    polygons, metres = sheet.polygons, sheet.metres
    if len(rows) == 0:
        return Pass(rows, polygons[rows], [], [])
    rows = rows[_order(metres[rows], np.asarray(names)[rows])]
    beside = _beside(metres, rows, terms.snap_m)
    rings, corners = agreed(rings_of(polygons[rows]), shapely.get_coordinates(polygons[beside]), terms.lattice.step_m, terms.snap_m)
    outline = _agreed_outline(rings, terms)
    faces, land = _faces(rings, outline, np.delete(polygons, rows), terms)
    support = _Corners(faces, corners, terms.outline).support
    settled = settle(faces, land, terms.lattice.metres(faces.shapes), terms.limits, support)
    new = shapely.normalize(_united(faces, settled, len(rows)))
    changed = ~shapely.is_empty(new) & ~_alike(new, polygons[rows])
    mended, left = ([_place(piece, faces, rows) for piece in pieces] for pieces in (settled.mended, settled.left))
    return Pass(rows[changed], new[changed], mended, left)


def _alike(new: np.ndarray, old: np.ndarray) -> np.ndarray:
    """Answer for each pair of shapes whether they have the same land and the same vertices, however their rings are written."""
    alike = shapely.equals_exact(new, shapely.normalize(old))
    for row in np.flatnonzero(~alike & (shapely.get_num_coordinates(new) == shapely.get_num_coordinates(old))):
        here, there = (np.unique(shapely.get_coordinates(shape), axis=0) for shape in (new[row], old[row]))
        alike[row] = np.array_equal(here, there) and bool(shapely.equals(new[row], old[row]))
    return alike


def _order(metres: np.ndarray, names: np.ndarray) -> np.ndarray:
    """Return the order by place, then by name."""
    x, y = shapely.get_coordinates(shapely.point_on_surface(metres)).T
    return np.lexsort((names.astype(str), y, x))


def _beside(metres: np.ndarray, rows: np.ndarray, snap_m: float) -> np.ndarray:
    """Find the units not at hand that touch one of them."""
    near = np.unique(shapely.STRtree(metres).query(metres[rows], predicate="dwithin", distance=snap_m)[1])
    return np.setdiff1d(near, rows)


def _faces(rings: Rings, outline: BaseGeometry | None, others: np.ndarray, terms: Terms) -> tuple[Faces, np.ndarray]:
    """Find the faces, long gaps cut where their neighbours change, and which of them are land of `others`."""
    lines, units = _linework(rings, outline, terms), rings.polygons()
    faces = find_faces(lines, units, outline, terms.lattice, terms.snap_m)
    land = _land(faces, others)
    gaps = np.flatnonzero((np.diff(faces.claims.indptr) == 0) & faces.inside & ~land)
    gaps = gaps[is_sliver(terms.lattice.metres(faces.shapes[gaps]), terms.limits.gap_m)]
    cuts = find_cuts(faces, gaps, terms.lattice.step_m, terms.limits.gap_m, terms.snap_m)
    if len(cuts) == 0:
        return faces, land
    faces = find_faces(np.concatenate([lines, cuts]), units, outline, terms.lattice, terms.snap_m)
    return faces, _land(faces, others)


def _agreed_outline(rings: Rings, terms: Terms) -> BaseGeometry | None:
    """Let the outline take over the vertices of the units that lie on its edge."""
    if terms.outline is None:
        return None
    outline = terms.lattice.metres(np.array([terms.outline], dtype=object))[0]
    points = shapely.multipoints(rings.steps * terms.lattice.step_m)
    return terms.lattice.from_metres(np.array([take_over_vertices(outline, points, terms.snap_m)], dtype=object))[0]


def _linework(rings: Rings, outline: BaseGeometry | None, terms: Terms) -> np.ndarray:
    """Return the rings and, of the outline, the edges that may close a gap beside them."""
    lines = rings.lines()
    if outline is None:
        return lines
    xy, ring = shapely.get_coordinates(shapely.get_rings(outline), return_index=True)
    inside = np.flatnonzero(ring[1:] == ring[:-1])
    edges = shapely.linestrings(np.stack([xy[inside], xy[inside + 1]], axis=1))
    reach = 2 * (max(terms.limits.gap_m, terms.limits.overlap_m) + terms.snap_m) / terms.lattice.step_m
    west, south, east, north = shapely.bounds(lines).T
    boxes = shapely.box(west - reach[0], south - reach[1], east + reach[0], north + reach[1])
    near = np.unique(shapely.STRtree(edges).query(boxes, predicate="intersects")[1])
    return np.concatenate([lines, edges[near]])


def _land(faces: Faces, others: np.ndarray) -> np.ndarray:
    """Answer for each face that not just one unit at hand claims whether it lies in one of the other units; for unclaimed ones, or holds one."""
    out = np.zeros(len(faces.shapes), bool)
    count = np.diff(faces.claims.indptr)
    empty = np.flatnonzero(count != 1)
    if len(empty) == 0:
        return out
    near, face = shapely.STRtree(faces.shapes[empty]).query(others)
    inner = shapely.point_on_surface(faces.shapes[empty])
    shapely.prepare(others[near])
    held = shapely.intersects(others[near], inner[face])
    rest = np.flatnonzero(~held & (count[empty[face]] == 0))
    held[rest] = shapely.intersects(faces.shapes[empty[face[rest]]], shapely.point_on_surface(others[near[rest]]))
    out[empty[face[held]]] = True
    return out


class _Corners:
    """Who had which vertex before edges took over those of others: the corners that tell which of two borders is the true one."""

    def __init__(self, faces: Faces, known: Vertices, outline: BaseGeometry | None) -> None:
        self.faces, self.known = faces, known
        self.outline = set(keys_of(shapely.get_coordinates(outline)).tolist()) if outline is not None else set()

    def support(self, face: int, units: Sequence[int]) -> dict[int, int]:
        """Count for each unit the vertices round the face that it shares with a third one or with the outline."""
        keys = np.unique(keys_of(shapely.get_coordinates(self.faces.shapes[face])))
        support = dict.fromkeys(units, 0)
        found = np.minimum(np.searchsorted(self.known.keys, keys), len(self.known.keys) - 1)
        here = self.known.keys[found] == keys
        for key, vertex in zip(keys[here].tolist(), found[here].tolist(), strict=True):
            users = set(self.known.users.indices[self.known.users.indptr[vertex] : self.known.users.indptr[vertex + 1]].tolist())
            if users.difference(units) or key in self.outline:
                for unit in users.intersection(units):
                    support[unit] += 1
        return support


def _united(faces: Faces, settled: Settled, unit_n: int) -> np.ndarray:
    """Put each unit together from its faces."""
    pairs = np.array([(unit, face) for face, units in enumerate(settled.owners) for unit in units], int).reshape(-1, 2)
    pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    out = np.full(unit_n, shapely.Polygon(), dtype=object)
    for group in np.split(pairs, np.flatnonzero(np.diff(pairs[:, 0])) + 1):
        own = faces.shapes[group[:, 1]]
        out[group[0, 0]] = own[0] if len(own) == 1 else shapely.coverage_union_all(own)
    return out


def _place(piece: Piece, faces: Faces, rows: np.ndarray) -> Place:
    shape = shapely.coverage_union_all(faces.shapes[list(piece.faces)])
    return Place(piece.rule, tuple(rows[list(piece.units)].tolist()), -1 if piece.to < 0 else int(rows[piece.to]), piece.why, shape)
