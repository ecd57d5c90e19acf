"""Cut cells along a drawn line: the pieces and the cells beside them are a valid coverage of the same land.

Nothing that was there moves: every old vertex stays to the last bit. Where the line crosses an edge, both cells beside it get the same new vertex, on
the rim the one cell there is. What the line does not part stays whole: a cell in which it ends, that it only touches, or of which it would take no
more than a sliver. The outcome is proved before it is returned.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geogrid.edit.meeting import REACH_M, Meeting, meet
from geogrid.topology import SLIVER_M

Edge = tuple[int, int]
Place = tuple[float, float]
LEFT_M2 = 1e-4
"""Rounding of a new vertex: a nanometre along the length of an edge; more is a piece that was lost."""


@dataclass(frozen=True, eq=False)
class Cut:
    """`pieces` (p,) Polygons and `of` (p,) the row of the cell that each is a piece of, by row, then size; a cell that is cut has two or more.

    `redrawn`: row -> the same cell with new vertices on its edges. `ended`: rows of cells into which the line runs without parting them.
    `along` (m, 2, 2): edges of cells on which the line runs. `is_sound` is False where the pieces would be no valid coverage of the old land, as may
    be where the old cells are none.
    """

    pieces: np.ndarray
    of: np.ndarray
    redrawn: dict[int, BaseGeometry]
    ended: list[int]
    along: np.ndarray
    is_sound: bool = True


def cut(cells: np.ndarray, line: BaseGeometry, chosen: np.ndarray | None = None, *, thin_m: float = SLIVER_M) -> Cut:
    """Cut the `chosen` (bool (c,), else all) of some Polygons of a noded coverage (metres) along a line.

    The cells must hold every neighbour of the chosen ones. A piece narrower than `thin_m` on average (twice its area by its outline) is not cut off.

    >>> done = cut(np.array([shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)]), shapely.LineString([(4, -1), (4, 11)]))
    >>> shapely.area(done.pieces).tolist(), done.of.tolist(), done.redrawn
    ([60.0, 40.0], [0, 0], {})
    """
    near = np.flatnonzero(shapely.dwithin(cells, line, REACH_M))
    if not len(near) or not shapely.length(line) > 0:
        return Cut(np.zeros(0, dtype=object), np.zeros(0, dtype=np.int64), {}, [], np.zeros((0, 2, 2)))
    local = cells[near]
    meeting = meet(local, line)
    inner, along = _apart(meeting, len(near))
    found = _by_cell(local, meeting, inner, np.ones(len(near), dtype=bool) if chosen is None else chosen[near])
    whole = {cell: _faces(local[cell], meeting, _walk(meeting, cell), chords) for cell, chords in found.items()}
    used = {cell: _used(meeting, chords, _melted(whole[cell], thin_m)) for cell, chords in found.items()}
    ended = [int(near[cell]) for cell, chords in used.items() if not chords]
    used = {cell: chords for cell, chords in used.items() if chords}
    new = {node for nodes in meeting.on_edge.values() for node in nodes} & {node for chords in used.values() for edge in chords for node in edge}
    faces = {cell: _in_order(_faces(local[cell], meeting, _walk(meeting, cell, new), chords)) for cell, chords in used.items()}
    redrawn = {cell: _polygon(meeting, _walk(meeting, cell, new)) for cell in range(len(near)) if cell not in used and _holds(meeting, cell, new)}
    of = np.repeat(near[list(faces)], [len(parts) for parts in faces.values()]) if faces else np.zeros(0, dtype=np.int64)
    pieces = np.concatenate([*faces.values()]) if faces else np.zeros(0, dtype=object)
    told = {int(near[cell]): shape for cell, shape in redrawn.items()}
    return Cut(pieces, of, told, ended, meeting.xy[along], _is_sound(local, faces, redrawn))


def _walk(meeting: Meeting, cell: int, marks: set[int] | None = None) -> list[list[int]]:
    """Return the rings of a cell with the new nodes on its edges, all or those among `marks`."""
    out = []
    for ring in meeting.rings[cell]:
        walked = [ring[0]]
        for a, b in pairwise(ring):
            between = meeting.on_edge.get((min(a, b), max(a, b)), [])
            kept = [node for node in between if marks is None or node in marks]
            walked += [*(kept if a < b else reversed(kept)), b]
        out.append(walked)
    return out


def _holds(meeting: Meeting, cell: int, marks: set[int]) -> bool:
    """Tell whether new nodes among `marks` lie on edges of a cell."""
    edges = ((min(a, b), max(a, b)) for ring in meeting.rings[cell] for a, b in pairwise(ring))
    return any(not marks.isdisjoint(meeting.on_edge.get(edge, ())) for edge in edges)


def _apart(meeting: Meeting, n: int) -> tuple[list[Edge], np.ndarray]:
    """Return the chords that run beside all edges, and those (m, 2) that run on one."""
    walls = {(min(pair), max(pair)) for cell in range(n) for ring in _walk(meeting, cell) for pair in pairwise(ring)}
    chords: list[Edge] = [(a, b) for a, b in meeting.chords.tolist()]
    on = [chord for chord in chords if chord in walls]
    return [chord for chord in chords if chord not in walls], np.array(on, dtype=np.int64).reshape(-1, 2)


def _by_cell(cells: np.ndarray, meeting: Meeting, chords: list[Edge], chosen: np.ndarray) -> dict[int, list[Edge]]:
    """Sort chords by the chosen cell that they run in; those outside all are left out."""
    if not chords:
        return {}
    middles = shapely.points(meeting.xy[np.array(chords)].mean(axis=1))
    chord, cell = shapely.STRtree(cells).query(middles, predicate="within")
    out: dict[int, list[Edge]] = {}
    for which, where in sorted(zip(chord.tolist(), cell.tolist(), strict=True), key=lambda pair: (pair[1], pair[0])):
        if chosen[where]:
            out.setdefault(where, []).append(chords[which])
    return out


def _faces(cell: BaseGeometry, meeting: Meeting, rings: list[list[int]], chords: list[Edge]) -> np.ndarray:
    """Return the faces that chords divide a cell into: one where they do not reach from rim to rim."""
    pairs = [*(pair for ring in rings for pair in pairwise(ring)), *chords]
    faces = shapely.get_parts(shapely.polygonize(shapely.linestrings(meeting.xy[np.array(pairs)])))
    return faces[shapely.within(shapely.point_on_surface(faces), cell)]


def _sides(face: BaseGeometry) -> set[frozenset[Place]]:
    """Return the edges of a face, each by the places of its ends."""
    rings = [[(x, y) for x, y in shapely.get_coordinates(ring).tolist()] for ring in shapely.get_rings(face)]
    return {frozenset(pair) for ring in rings for pair in pairwise(ring)}


def _melted(faces: np.ndarray, thin_m: float) -> np.ndarray:
    """Unite every face that is too thin with the one beside which it is longest."""
    while len(faces) > 1:
        width = 2 * shapely.area(faces) / shapely.length(faces)
        thin = int(width.argmin())
        if width[thin] >= thin_m:
            break
        sides = [_sides(face) for face in faces]
        shared = [sum(math.dist(*side) for side in sides[thin] & own) if row != thin else -1.0 for row, own in enumerate(sides)]
        into = int(np.argmax(shared))
        united = shapely.coverage_union_all(faces[[thin, into]])
        faces = np.array([united, *(face for row, face in enumerate(faces) if row not in (thin, into))], dtype=object)
    return faces


def _used(meeting: Meeting, chords: list[Edge], faces: np.ndarray) -> list[Edge]:
    """Return the chords that lie between two faces."""
    count = Counter(side for face in faces for side in _sides(face))
    return [chord for chord in chords if count[frozenset(map(tuple, meeting.xy[list(chord)].tolist()))] == 2]


def _polygon(meeting: Meeting, rings: list[list[int]]) -> BaseGeometry:
    shell, *holes = (meeting.xy[ring] for ring in rings)
    return shapely.Polygon(shell, holes)


def _in_order(faces: np.ndarray) -> np.ndarray:
    """Return faces in one form and order: the largest first, then from the south-west."""
    faces = shapely.normalize(faces)
    bounds = shapely.bounds(faces)
    return faces[np.lexsort((*bounds.T, -shapely.area(faces)))]


def _is_sound(cells: np.ndarray, faces: dict[int, np.ndarray], redrawn: dict[int, BaseGeometry]) -> bool:
    """Prove that pieces and redrawn cells are valid, cover what they stand for, and match their neighbours as the old cells did."""
    rest = [cell for row, cell in enumerate(cells) if row not in faces and row not in redrawn]
    new = np.array([*(face for own in faces.values() for face in own), *redrawn.values()], dtype=object)
    left = [shapely.area(own).sum() - cells[row].area for row, own in faces.items()]
    left += [shape.area - cells[row].area for row, shape in redrawn.items()]
    if not shapely.is_valid(new).all() or np.abs(left).max(initial=0.0) > LEFT_M2:
        return False
    return bool(shapely.coverage_is_valid(np.concatenate([new, rest])) or not shapely.coverage_is_valid(cells))
