"""The rings of the units at hand, made to agree where they all but agree: near vertices become one, and edges get the vertices that lie on them.

Two units have the same border when they have the same vertices along it. A vertex of one that the other lacks is merged with a vertex of the
other within `snap_m`, else inserted into the other's edge. Vertices that both have stay, however near they lie to each other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import shapely
from scipy.sparse import csr_matrix
from scipy.spatial import cKDTree

from geogrid.mending.lattice import keys_of


@dataclass(frozen=True, eq=False)
class Rings:
    """All rings of (Multi)Polygons: `steps` (n, 2) their closed vertices, `offsets` of rings, parts and shapes (as ragged arrays)."""

    steps: np.ndarray
    offsets: tuple[np.ndarray, np.ndarray, np.ndarray]

    @property
    def ring(self) -> np.ndarray:
        """The ring of each vertex."""
        return np.repeat(np.arange(len(self.offsets[0]) - 1), np.diff(self.offsets[0]))

    @property
    def unit(self) -> np.ndarray:
        """The unit of each vertex."""
        part = np.repeat(np.arange(len(self.offsets[1]) - 1), np.diff(self.offsets[1]))
        unit = np.repeat(np.arange(len(self.offsets[2]) - 1), np.diff(self.offsets[2]))
        return unit[part[self.ring]]

    def lines(self) -> np.ndarray:
        """Return the rings as lines."""
        return shapely.linestrings(self.steps, indices=self.ring)

    def polygons(self) -> np.ndarray:
        """Return the units as valid polygons: where moved vertices folded one, the even-odd parts of it."""
        made = shapely.from_ragged_array(shapely.GeometryType.MULTIPOLYGON, self.steps, self.offsets)
        folded = ~shapely.is_valid(made)
        made[folded] = shapely.make_valid(made[folded])
        return made


def rings_of(polygons: np.ndarray) -> Rings:
    """Take (Multi)Polygons in steps apart."""
    multi = np.array([shape if shape.geom_type == "MultiPolygon" else shapely.MultiPolygon([shape]) for shape in polygons], dtype=object)
    _, xy, offsets = shapely.to_ragged_array(multi)
    return Rings(xy, offsets)


@dataclass(frozen=True, eq=False)
class Vertices:
    """The distinct vertices of rings: sorted `keys`, `steps` (v, 2), `users` (v × units) and for each vertex of the rings which it is (`at`)."""

    keys: np.ndarray
    steps: np.ndarray
    users: csr_matrix
    at: np.ndarray


def vertices_of(rings: Rings) -> Vertices:
    """Find the distinct vertices and who has them."""
    keys, first, at = np.unique(keys_of(rings.steps), return_index=True, return_inverse=True)
    pairs = np.unique(np.column_stack([at, rings.unit]), axis=0)
    shape = (len(keys), len(rings.offsets[2]) - 1)
    users = csr_matrix((np.ones(len(pairs), np.int32), (pairs[:, 0], pairs[:, 1])), shape=shape)
    return Vertices(keys, rings.steps[first], users, at)


def agreed(rings: Rings, fixed: np.ndarray, step_m: np.ndarray, snap_m: float) -> tuple[Rings, Vertices]:
    """Return the rings with vertices of different units within `snap_m` merged and lacking ones inserted, and the vertices before these came in.

    `fixed` (f, 2) in steps: vertices of units that are not at hand; they do not move.
    """
    merged = _merged(rings, fixed, step_m, snap_m)
    return _inserted(merged, fixed, step_m, snap_m), vertices_of(merged)


def _merged(rings: Rings, fixed: np.ndarray, step_m: np.ndarray, snap_m: float) -> Rings:
    """Move each vertex onto the one within reach that more units have, where each side lacks the other's."""
    known = vertices_of(rings)
    near = cKDTree(known.steps * step_m).query_pairs(snap_m, output_type="ndarray")
    if len(near) == 0:
        return rings
    users = known.users
    n_users = np.asarray(users.sum(axis=1)).ravel()
    both = np.asarray(users[near[:, 0]].multiply(users[near[:, 1]]).sum(axis=1)).ravel()
    apart = (both < n_users[near].min(axis=1)) & ~_joined(rings, known, near)
    near = near[apart]
    held = np.isin(known.keys, keys_of(fixed))
    away = np.hypot(*((known.steps[near[:, 0]] - known.steps[near[:, 1]]) * step_m).T)
    goal = np.arange(len(known.keys))
    for v, w in near[np.lexsort((near[:, 1], near[:, 0], away))].tolist():
        keep, move = (v, w) if (held[v], n_users[v], -v) > (held[w], n_users[w], -w) else (w, v)
        if goal[v] == v and goal[w] == w and not held[move]:
            goal[move], held[keep] = keep, True  # what others moved onto stays, so nothing moves twice
    return replace(rings, steps=known.steps[goal[known.at]])


def _joined(rings: Rings, known: Vertices, pairs: np.ndarray) -> np.ndarray:
    """Answer for pairs of vertices whether an edge of a ring joins them: then they are two on purpose."""
    inside = rings.ring[1:] == rings.ring[:-1]
    ends = np.sort(np.column_stack([known.at[:-1][inside], known.at[1:][inside]]), axis=1)
    n = len(known.keys)
    return np.isin(np.sort(pairs, axis=1) @ np.array([n, 1]), ends @ np.array([n, 1]))


def _inserted(rings: Rings, fixed: np.ndarray, step_m: np.ndarray, snap_m: float) -> Rings:
    """Insert into each edge the vertices of others that lie within `snap_m` of it and that its own unit lacks."""
    known = vertices_of(rings)
    starts = np.flatnonzero(rings.ring[1:] == rings.ring[:-1])
    unit = rings.unit[starts]
    fresh = np.setdiff1d(keys_of(fixed), known.keys)
    points = np.concatenate([known.steps, np.column_stack([fresh.real, fresh.imag])])
    edges = shapely.linestrings(np.stack([rings.steps[starts], rings.steps[starts + 1]], axis=1) * step_m)
    point, edge = shapely.STRtree(edges).query(shapely.points(points * step_m), predicate="dwithin", distance=snap_m)
    lacking = np.ones(len(point), bool)
    old = point < len(known.keys)
    lacking[old] = np.asarray(known.users[point[old], unit[edge[old]]]).ravel() == 0
    point, edge = point[lacking], edge[lacking]
    share, away = _along(points[point] * step_m, rings.steps[starts[edge]] * step_m, rings.steps[starts[edge] + 1] * step_m)
    inner = (share > 0) & (share < 1)
    point, edge, share, away = point[inner], edge[inner], share[inner], away[inner]
    order = np.lexsort((edge, np.round(away, 9), unit[edge], point))
    first = np.r_[True, (np.diff(point[order]) != 0) | (np.diff(unit[edge[order]]) != 0)] if len(order) else np.zeros(0, bool)
    chosen = order[first]
    chosen = chosen[np.lexsort((share[chosen], edge[chosen]))]
    at = starts[edge[chosen]] + 1
    grown = np.insert(rings.steps, at, points[point[chosen]], axis=0)
    added = np.searchsorted(at, rings.offsets[0], side="right")
    return Rings(grown, (rings.offsets[0] + added, rings.offsets[1], rings.offsets[2]))


def _along(points: np.ndarray, a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where on the line through each edge its point falls (0 at a, 1 at b), and how far from it the point lies."""
    line = b - a
    share = ((points - a) * line).sum(1) / np.maximum((line**2).sum(1), 1e-30)
    return share, np.hypot(*(points - a - share[:, None] * line).T)
