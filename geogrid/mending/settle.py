"""Whose is each disputed face: decided by stated rules where they give one answer, listed where they do not.

    outside the parent   nobody's, when the piece is narrow
    claimed by several   the claimant with the longest border with land that is his alone, when the overlap is narrow
    claimed by nobody    the neighbour with the longest border, when the gap is narrow; a gap that was cut between its neighbours (`cuts`) goes
                         piece by piece, to the one beside the piece that has most of the whole gap's border
    equal borders        the border that ends at corners of third units is the true one; else nobody decides, unless the piece is thinner than
                         anybody surveys (5 cm): that is the first one's, counted from the west
    detached crumbs      the neighbour with the longest border, when the crumb is narrow; one that others claim too, and whose land goes on
                         there, is theirs

No unit is left with less than half of what it claims: then all that it disputes stays as it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from geogrid.enclosure import is_sliver
from geogrid.mending.faces import Faces

NOBODY = -1
SURVEYED_M = 0.05
"""What a first-class boundary point of a Chinese cadastral survey may be wrong by: nobody can tell whose thinner land is."""
KEPT_SHARE = 0.5
"""Of what it claims, the least share that a unit keeps."""
Corners = Callable[[int, Sequence[int]], dict[int, int]]


@dataclass(frozen=True)
class Limits:
    """Metres: the widest gap that is filled, the widest overlap (or piece outside) that is given to one, and what counts as equal."""

    gap_m: float
    overlap_m: float
    equal_m: float

    @property
    def crumb_m(self) -> float:
        """The widest crumb: the lesser of the two, for a wide limit for overlaps must not give exclaves away."""
        return min(self.gap_m, self.overlap_m)


@dataclass(frozen=True)
class Piece:
    """Connected faces of one fault: `rule`, the `units` that claim it or border on it, who has it now (`to`), or why nobody decided (`why`)."""

    rule: str
    faces: tuple[int, ...]
    units: tuple[int, ...]
    to: int = NOBODY
    why: str = ""


@dataclass(frozen=True, eq=False)
class Settled:
    """`owners` of each face, what was `mended`, and what was `left` as it is."""

    owners: list[tuple[int, ...]]
    mended: list[Piece]
    left: list[Piece]


def settle(faces: Faces, land: np.ndarray, metres: np.ndarray, limits: Limits, corners: Corners) -> Settled:
    """Decide face by face. `land` (f,) is true where a unit that is not at hand holds the face; `metres` are the faces in metres.

    `corners(face, units)` counts for each unit the corners of third units (or of the outline) that its border of the face has.
    """
    area = shapely.area(metres)
    spared: set[int] = set()
    while True:
        ground = _Ground(faces, land, metres, limits, corners, spared)
        ground.cut_outside()
        ground.hand_out()
        ground.hand_over_crumbs()
        more = _robbed(faces, ground.owners, area) - spared
        if not more:
            return Settled(ground.owners, ground.mended, ground.left)
        spared |= more


def _robbed(faces: Faces, owners: list[tuple[int, ...]], area: np.ndarray) -> set[int]:
    """Find the units that would keep less than their share."""
    claimed = faces.claims.T @ area
    kept = np.zeros(len(claimed))
    for face, units in enumerate(owners):
        for unit in units:
            kept[unit] += area[face]
    return set(np.flatnonzero((kept < KEPT_SHARE * claimed) & (claimed > 0)).tolist())


class _Ground:
    """The faces while they are handed out."""

    def __init__(self, faces: Faces, land: np.ndarray, metres: np.ndarray, limits: Limits, corners: Corners, spared: set[int]) -> None:
        self.faces, self.land, self.metres, self.limits, self.corners, self.spared = faces, land, metres, limits, corners, spared
        claims = faces.claims.tocsr()
        claims.sort_indices()
        self.owners = [tuple(units.tolist()) for units in np.split(claims.indices, claims.indptr[1:-1])]
        self.mended: list[Piece] = []
        self.left: list[Piece] = []
        self.whole: dict[int, dict[int, float]] = {}  # of a gap's piece: who has how much of the whole gap's border

    def cut_outside(self) -> None:
        """Take narrow pieces outside the outline from whoever claims them."""
        out = [(unit, face) for face in np.flatnonzero(~self.faces.inside).tolist() for unit in self.owners[face]]
        for unit, faces, narrow in self._regions(out, self.limits.overlap_m):
            if not narrow or unit in self.spared:
                self.left.append(Piece("outside_parent", faces, (unit,), why="whole" if narrow else "wide"))
                continue
            for face in faces:
                self.owners[face] = tuple(u for u in self.owners[face] if u != unit)
            self.mended.append(Piece("outside_parent", faces, (unit,)))

    def hand_out(self) -> None:
        """Give each narrow overlap to one of its claimants and each narrow gap to a neighbour, those beside settled land first."""
        waiting = self._narrow_overlaps() | self._narrow_gaps()
        while waiting:
            step = {face: unit for face, unit in self._best(waiting).items() if unit != NOBODY}
            if not step:
                break
            for face, unit in step.items():
                rule = "overlap" if self.owners[face] else "gap"
                self.mended.append(Piece(rule, (face,), self.owners[face] or self._beside((face,)), unit))
            for face, unit in step.items():
                self.owners[face] = (unit,)
            waiting -= step.keys()
        for face in sorted(waiting):
            units = self.owners[face]
            self.left.append(Piece("overlap" if units else "gap", (face,), units or self._beside((face,)), why="equal"))

    def hand_over_crumbs(self) -> None:
        """Give narrow pieces that are detached from the rest of their unit to those who claim them too, or the neighbour with the longest border."""
        self._drop_claims(self._crumbs(self.limits.overlap_m))
        crumbs = self._crumbs(self.limits.crumb_m)
        loose = {face for _, faces in crumbs for face in faces}
        alone = [(unit, faces) for unit, faces in crumbs if all(len(self.owners[face]) == 1 for face in faces)]
        heirs = [self._longest(self._lengths(faces, loose)) for _, faces in alone]
        for (unit, faces), heir in zip(alone, heirs, strict=True):
            if heir == NOBODY:
                continue
            self.mended.append(Piece("not_connected", faces, (unit,), heir))
            for face in faces:
                self.owners[face] = (heir,)

    def _crumbs(self, width_m: float) -> list[tuple[int, tuple[int, ...]]]:
        """Find the narrow pieces of each unit beside its largest one: unit and faces."""
        own = [(unit, face) for face, units in enumerate(self.owners) for unit in units]
        pieces = defaultdict(list)
        for unit, faces, narrow in self._regions(own, width_m):
            pieces[unit].append((float(shapely.area(self.metres[list(faces)]).sum()), faces, narrow))
        largest = {unit: max(found) for unit, found in pieces.items() if unit not in self.spared}
        return [(unit, piece[1]) for unit in largest for piece in pieces[unit] if piece[2] and piece != largest[unit]]

    def _drop_claims(self, crumbs: list[tuple[int, tuple[int, ...]]]) -> None:
        """Take from each unit the crumbs that others claim too, if the land of one of them goes on there; what two still claim stays listed."""
        cut_off = {(unit, face) for unit, faces in crumbs for face in faces}
        for unit, faces in crumbs:
            if not all(any((other, face) not in cut_off for other in self.owners[face]) for face in faces):
                continue
            self.mended.append(Piece("not_connected", faces, (unit,)))
            for face in faces:
                self.owners[face] = tuple(other for other in self.owners[face] if other != unit)
        self.left = [self._still_claimed(piece) for piece in self.left]
        self.left = [piece for piece in self.left if piece.rule != "overlap" or len(piece.units) > 1]

    def _still_claimed(self, piece: Piece) -> Piece:
        """Return a piece with those of its units that still claim all of it."""
        if piece.rule != "overlap":
            return piece
        return replace(piece, units=tuple(unit for unit in piece.units if all(unit in self.owners[face] for face in piece.faces)))

    def _narrow_overlaps(self) -> set[int]:
        """Return the faces all of whose overlaps, pair by pair, are narrow; list the others."""
        pairs = [((a, b), face) for face, units in enumerate(self.owners) if len(units) > 1 for i, a in enumerate(units) for b in units[i + 1 :]]
        narrow_faces: set[int] = set()
        barred = set(np.flatnonzero(self.land).tolist())  # another unit, which is not at hand, claims it too
        for pair, faces, narrow in self._regions(pairs, self.limits.overlap_m):
            kept = self.spared.intersection(pair)
            if narrow and not kept:
                narrow_faces.update(faces)
                continue
            barred.update(faces)
            self.left.append(Piece("overlap", faces, pair, why="whole" if narrow else "wide"))
        return narrow_faces - barred

    def _narrow_gaps(self) -> set[int]:
        """Return the faces of narrow gaps; list the others."""
        empty = [(0, face) for face, units in enumerate(self.owners) if not units and self.faces.inside[face] and not self.land[face]]
        found: set[int] = set()
        for _, faces, narrow in self._regions(empty, self.limits.gap_m):
            if narrow:
                found.update(faces)
                self.whole |= dict.fromkeys(faces, self._lengths(faces, set()))
            else:
                self.left.append(Piece("gap", faces, self._beside(faces), why="wide"))
        return found

    def _best(self, waiting: set[int]) -> dict[int, int]:
        """Choose for each waiting face whose it is by what is settled now; NOBODY where two have equal rights."""
        return {face: self._heir(face, self._lengths((face,), waiting)) for face in sorted(waiting)}

    def _heir(self, face: int, lengths: dict[int, float]) -> int:
        claimants = self.owners[face]
        rights = {unit: length for unit, length in lengths.items() if unit in claimants} if claimants else self._beside_piece(face, lengths)
        best = self._longest(rights)
        if best != NOBODY or not rights:
            return best
        longest = max(rights.values())
        equal = sorted(unit for unit, length in rights.items() if length >= longest - self.limits.equal_m)
        support = self.corners(face, equal)
        ranked = sorted(equal, key=lambda unit: (support[unit] if not claimants else -support[unit], unit))
        clear = support[ranked[0]] != support[ranked[1]] or is_sliver(self.metres[[face]], SURVEYED_M)[0]
        return ranked[0] if clear else NOBODY

    def _beside_piece(self, face: int, lengths: dict[int, float]) -> dict[int, float]:
        """Return the rights to a piece of a gap: of those that lie along it, not just at its ends, their border of the whole gap."""
        longest = max(lengths.values(), default=0.0)
        return {unit: self.whole[face].get(unit, length) for unit, length in lengths.items() if 2 * length >= longest}

    def _longest(self, lengths: dict[int, float]) -> int:
        ranked = sorted(lengths, key=lambda unit: -lengths[unit])
        if not ranked or (len(ranked) > 1 and lengths[ranked[0]] - lengths[ranked[1]] <= self.limits.equal_m):
            return NOBODY
        return ranked[0]

    def _lengths(self, faces: Iterable[int], loose: set[int]) -> dict[int, float]:
        """Sum the border of faces with land that one unit alone has, and that is not itself `loose`."""
        total: dict[int, float] = defaultdict(float)
        for face in faces:
            for other, length in self._near[face]:
                if len(self.owners[other]) == 1 and other not in loose:
                    total[self.owners[other][0]] += length
        return dict(total)

    def _beside(self, faces: Iterable[int]) -> tuple[int, ...]:
        return tuple(sorted({unit for face in faces for other, _ in self._near[face] for unit in self.owners[other]}))

    @cached_property
    def _near(self) -> dict[int, list[tuple[int, float]]]:
        near: dict[int, list[tuple[int, float]]] = defaultdict(list)
        for a, b, length_m in zip(self.faces.a.tolist(), self.faces.b.tolist(), self.faces.length_m.tolist(), strict=True):
            near[a].append((b, length_m))
            near[b].append((a, length_m))
        return near

    def _regions(self, labelled: list[tuple], width_m: float) -> list[tuple]:
        """Join adjacent faces with one label; return (label, faces, whether the region is narrower than the width), in order."""
        of: dict[int, dict] = defaultdict(dict)
        for row, (label, face) in enumerate(labelled):
            of[face][label] = row
        links = [
            (of[face][label], of[other][label])
            for face in of
            for other, _ in self._near[face]
            if other > face and other in of
            for label in of[face].keys() & of[other].keys()
        ]
        i, j = np.array(links, int).reshape(-1, 2).T
        _, region = connected_components(coo_matrix((np.ones(len(i)), (i, j)), shape=(len(labelled), len(labelled))), directed=False)
        members: dict[int, list[int]] = defaultdict(list)
        for row, number in enumerate(region.tolist()):
            members[number].append(row)
        rows = list(members.values())
        shapes = np.array([self._shape([labelled[row][1] for row in group]) for group in rows], dtype=object)
        narrow = is_sliver(shapes, width_m) if len(rows) else np.zeros(0, bool)
        found = [
            (labelled[group[0]][0], tuple(sorted(labelled[row][1] for row in group)), bool(thin)) for group, thin in zip(rows, narrow, strict=True)
        ]
        return sorted(found, key=lambda region: (region[0], region[1]))

    def _shape(self, faces: list[int]) -> shapely.Geometry:
        return self.metres[faces[0]] if len(faces) == 1 else shapely.coverage_union_all(self.metres[faces])
