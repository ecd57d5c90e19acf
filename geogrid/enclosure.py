"""Enclosures: the areas that barriers and given borders close. They are noded ONCE, on the grid, and everything later stands on that.

    parent, barriers, borders -> lines -> one union on the 1 mm grid -> faces -> faces outside dropped, slivers melted

Two lines that nearly coincide (a border drawn along a road axis) leave slivers between them; those join their neighbour.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely.geometry.base import BaseGeometry

from geogrid.edges import canonical_order, face_pairs, merge_faces, shared_edges

CLOSING_M = 150.0  # buildings nearer than twice this lie in one settlement, when the outline must be derived
RIM_M = 20.0  # land kept round the outermost buildings of a derived parent
ENCLOSED_SHARE = 0.6  # land whose outline lies to this share on the derived parent belongs to it (strips between carriageways, parks)

RIM_SHARE = 0.4  # of its outline a sliver has at least on the rim, if it lies along it rather than ending there


@dataclass(frozen=True)
class Enclosures:
    """`polygons` (e,) of Polygon: a valid coverage on the grid, in canonical order; `melted_n`: slivers that joined a neighbour."""

    polygons: np.ndarray
    melted_n: int


def enclose(parent: BaseGeometry | None, barriers: np.ndarray, borders: np.ndarray, *, grid_m: float = 0.001, sliver_m: float = 0.1) -> Enclosures:
    """Divide `parent` and the `borders` polygons (metres) by barriers (lines, or polygons whose boundary counts) and borders.

    A face is kept if it lies in the parent or in any border polygon; without both, all that the lines close is kept. Faces thinner than
    `sliver_m` join the neighbour with the longest shared border inside the same given units. Those at the rim of the parent that no border
    polygon holds are left out: two drawings of one outline, and the border polygons' counts. Row order of the input has no influence.
    """
    limits = areas([parent, *borders])
    lines = _linework(limits, _touching(given(barriers), limits))
    faces = _faces(lines, grid_m)
    point = shapely.point_on_surface(faces)
    units = _units_of(point, limits)
    if len(limits):
        kept = units.any_unit
        faces, units = faces[kept], units.take(kept)
    sets = _unit_sets(units, len(faces))
    if len(borders) and len(areas([parent])):
        kept = ~_is_rim(faces, np.array([own == {0} for own in sets], dtype=bool), sliver_m)
        faces, sets = faces[kept], [own for own, is_kept in zip(sets, kept, strict=True) if is_kept]
    faces, melted_n = _melt(faces, sets, sliver_m)
    faces = shapely.normalize(faces)
    return Enclosures(faces[canonical_order(faces)], melted_n)


def given(geometries: np.ndarray) -> np.ndarray:
    """Return the geometries that are there, none missing or empty, as an object array."""
    array = np.empty(len(geometries), dtype=object)
    array[:] = list(geometries)
    return array[~(shapely.is_missing(array) | shapely.is_empty(array))]


def areas(geometries: list[BaseGeometry | None]) -> np.ndarray:
    """Return the valid polygonal parts of geometries as an array of (Multi)Polygon."""
    found = given(geometries)
    bad = ~shapely.is_valid(found)
    found[bad] = shapely.make_valid(found[bad], method="structure", keep_collapsed=False)
    return found[shapely.area(found) > 0]


def _touching(geometries: np.ndarray, limits: np.ndarray) -> np.ndarray:
    """Return the geometries that meet any limit; all where there is none."""
    if not len(limits) or not len(geometries):
        return geometries
    return geometries[np.unique(shapely.STRtree(geometries).query(limits, predicate="intersects")[1])]


def _linework(limits: np.ndarray, barriers: np.ndarray) -> np.ndarray:
    """Return all lines in canonical order (by their bytes): boundaries of polygons, lines as they are."""
    parts = shapely.get_parts(np.concatenate([limits, barriers]))
    flat = shapely.get_dimensions(parts) == 2
    lines = shapely.get_parts(np.concatenate([shapely.boundary(parts[flat]), parts[shapely.get_dimensions(parts) == 1]]))
    return lines[np.argsort(shapely.to_wkb(lines), kind="stable")]


def _faces(lines: np.ndarray, grid_m: float) -> np.ndarray:
    """Node lines on the grid and return the faces they close, on plain float coordinates (no precision stamp)."""
    from geogrid.noding import find_faces, node  # compiled code, which mending and checking need not load

    return find_faces(node(lines, grid_m=grid_m), grid_m=grid_m)


def unstamped(geometries: np.ndarray) -> np.ndarray:
    """Return the same geometries without precision stamp: overlays of stamped ones round, and hide differences."""
    return shapely.from_wkb(shapely.to_wkb(geometries))


@dataclass(frozen=True)
class _Membership:
    """Which faces lie in which limits: pairs (face, limit) sorted, and whether each face lies in any."""

    face: np.ndarray
    limit: np.ndarray
    any_unit: np.ndarray

    def take(self, kept: np.ndarray) -> _Membership:
        """Return the membership of the kept faces, renumbered."""
        new = np.cumsum(kept) - 1
        held = kept[self.face]
        return _Membership(new[self.face[held]], self.limit[held], self.any_unit[kept])


def _units_of(points: np.ndarray, limits: np.ndarray) -> _Membership:
    any_unit = np.zeros(len(points), bool)
    if not len(points) or not len(limits):
        return _Membership(np.zeros(0, int), np.zeros(0, int), any_unit)
    limit, face = shapely.STRtree(points).query(limits, predicate="intersects")
    any_unit[face] = True
    order = np.lexsort((limit, face))
    return _Membership(face[order], limit[order], any_unit)


def _unit_sets(units: _Membership, face_n: int) -> list[frozenset[int]]:
    start = np.searchsorted(units.face, np.arange(face_n + 1))
    return [frozenset(units.limit[a:b].tolist()) for a, b in pairwise(start)]


def is_sliver(polygons: np.ndarray, width_m: float) -> np.ndarray:
    """Answer for each polygon whether no circle of diameter `width_m` fits into it."""
    # area / perimeter never exceeds the inner radius, so only what passes this cheap test can be that thin
    thin = shapely.area(polygons) < shapely.length(polygons) * width_m / 2
    thin[thin] = shapely.is_empty(shapely.buffer(polygons[thin], -width_m / 2))
    return thin


def _is_rim(faces: np.ndarray, is_free: np.ndarray, sliver_m: float) -> np.ndarray:
    """Answer for each face whether it is a sliver along the outer rim that no border polygon holds, and no wider face goes on with."""
    rows = np.flatnonzero(is_free)
    thin = np.zeros(len(faces), bool)
    thin[rows] = is_sliver(faces[rows], sliver_m)
    if not thin.any():
        return thin
    a, b, length = face_pairs(shared_edges(faces))
    inner = is_free[a] & is_free[b]
    links = coo_array((np.ones(inner.sum()), (a[inner], b[inner])), shape=(len(faces), len(faces)))
    piece = connected_components(links, directed=False)[1]
    shared = np.bincount(a, length, len(faces)) + np.bincount(b, length, len(faces))
    along = 1 - shared / shapely.length(faces) > RIM_SHARE
    return thin & along & (np.bincount(piece, is_free & ~thin) == 0)[piece]


def _melt(faces: np.ndarray, sets: list[frozenset[int]], sliver_m: float) -> tuple[np.ndarray, int]:
    """Merge slivers into the neighbour with the longest shared border that lies in the same units."""
    sliver = is_sliver(faces, sliver_m)
    if not sliver.any():
        return faces, 0
    a, b, length = face_pairs(shared_edges(faces))
    into = np.arange(len(faces))
    todo = sliver.copy()
    while True:
        step = _best_neighbours(a, b, length, todo, sets)
        if not step:
            break
        for face, neighbour in step.items():
            into[face], todo[face] = into[neighbour], False
    merged, _ = merge_faces(faces, into)
    return merged, int(sliver.sum() - todo.sum())


def _best_neighbours(a: np.ndarray, b: np.ndarray, length: np.ndarray, todo: np.ndarray, sets: list[frozenset[int]]) -> dict[int, int]:
    """Choose for each sliver that touches a face already settled the one to join: same units first, then the longest border."""
    best: dict[int, tuple[tuple[int, float], int]] = {}
    for sliver, other in ((a, b), (b, a)):
        for k in np.flatnonzero(todo[sliver] & ~todo[other]):
            face, neighbour = int(sliver[k]), int(other[k])
            fit = _fit(sets[face], sets[neighbour])
            if fit and (face not in best or (fit, length[k]) > best[face][0]):
                best[face] = ((fit, float(length[k])), neighbour)
    return {face: choice[1] for face, choice in best.items()}


def _fit(own: frozenset[int], other: frozenset[int]) -> int:
    """Grade a neighbour: 2 in the same units; 1 where the sliver is a gap or an overlap of units beside it; 0 another unit."""
    return 2 if own == other else int(own < other or own > other)


def derived_parent(barriers: np.ndarray, buildings: np.ndarray) -> BaseGeometry:
    """Return the union of the enclosures that hold buildings, within a hull round the buildings (metres); holes are filled.

    Land nearly surrounded by it (strips between carriageways, parks) belongs to it too. Without buildings: an empty Polygon.
    """
    homes = areas(list(buildings))
    if not len(homes):
        return shapely.Polygon()
    hull = _settlement(homes)
    faces = enclose(hull, barriers, np.zeros(0, dtype=object), sliver_m=0.0).polygons
    held = _holds(faces, homes)
    held = _surrounded(faces, held)
    union = shapely.coverage_union_all(faces[held])
    return shapely.normalize(shapely.union_all(shapely.polygons(shapely.get_exterior_ring(shapely.get_parts(union)))))


def _settlement(homes: np.ndarray) -> BaseGeometry:
    """Close the gaps between buildings and keep a rim: the outer limit where no barrier closes the land. No holes."""
    grown = shapely.union_all(shapely.buffer(shapely.envelope(homes), CLOSING_M, join_style="mitre"))
    hull = shapely.simplify(shapely.buffer(grown, RIM_M - CLOSING_M, join_style="mitre"), 1.0)
    filled = shapely.polygons(shapely.get_exterior_ring(shapely.get_parts(hull)))
    return shapely.union_all(np.append(filled, shapely.buffer(shapely.envelope(homes), RIM_M / 2, join_style="mitre")))


def _holds(faces: np.ndarray, homes: np.ndarray) -> np.ndarray:
    """Answer for each face whether any building lies in it, at least in part."""
    held = np.zeros(len(faces), bool)
    face, home = shapely.STRtree(homes).query(faces, predicate="intersects")
    inner = shapely.area(shapely.intersection(faces[face], homes[home])) > 0
    held[face[inner]] = True
    return held


def _surrounded(faces: np.ndarray, held: np.ndarray) -> np.ndarray:
    """Add, until nothing changes, faces whose outline lies mostly on faces already held."""
    a, b, length = face_pairs(shared_edges(faces))
    outline = shapely.length(faces)
    while True:
        touching = np.bincount(a, length * held[b], len(faces)) + np.bincount(b, length * held[a], len(faces))
        more = held | (touching >= ENCLOSED_SHARE * outline)
        if (more == held).all():
            return held
        held = more
