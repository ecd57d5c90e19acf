"""Cells: every enclosure divided between the buildings (or entrances) in it. A valid coverage by construction.

    footprints -> sites (sampling) -> ridges between labels -> noded ONCE with the rings of all enclosures -> faces
    face -> its enclosure and the label of its nearest site -> pieces that lie apart from their label's home join a neighbour -> cells

The parent of the cells is the noded one: the enclosures plus the vertices that the cuts add, at most a grid step away.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.spatial import KDTree

from geogrid.edges import canonical_order, face_pairs, shared_edges
from geogrid.noding import find_faces, node_lines
from geogrid.tessellation.openland import lattice_points
from geogrid.tessellation.pieces import one_piece_each
from geogrid.tessellation.ridges import ridges
from geogrid.tessellation.sampling import sample_outlines
from geogrid.tessellation.seeds import Seeds, assign_enclosures, clean_footprints, list_seeds, with_land
from geogrid.tessellation.threads import each

SMOOTH_M = 0.03  # ridges may be straightened by so much
SITES_AT_ONCE = 100_000  # sites that one index holds, about
OVERSHOOT_M = 0.0015  # cut ridges reach so far beyond the ring that cuts them: the noding meets them surely, the rest is dropped as dangling


@dataclass(frozen=True)
class Cells:
    """Cells (c,) in canonical order and where everybody lives.

    `geometry` Polygon; `enclosure` row; `building` row of footprints or -1 (land); `entrance` row of entrances or -1.
    `home` (n,) for each footprint the cell of its households, -1 outside all enclosures: where a building is swallowed by one it
    overlaps, the cell that covers it; where it has cells per entrance, the first of them. `entrance_home` (k,) the same for entrances.
    """

    geometry: np.ndarray
    enclosure: np.ndarray
    building: np.ndarray
    entrance: np.ndarray
    home: np.ndarray
    entrance_home: np.ndarray


@dataclass(frozen=True)
class _Sites:
    """Sample points ordered by enclosure, some perhaps twice: `xy` (s, 2), `seed` (s,) row of seeds, `enclosure` (s,)."""

    xy: np.ndarray
    seed: np.ndarray
    enclosure: np.ndarray


def tessellate(
    enclosures: np.ndarray,
    footprints: np.ndarray,
    *,
    entrance_xy: np.ndarray | None = None,
    entrance_building: np.ndarray | None = None,
    land_cell_m: float = 0.0,
    whole: np.ndarray | None = None,
    home: np.ndarray | None = None,
    entrance_home: np.ndarray | None = None,
    spacing_m: float = 6.0,
    shrink_m: float = 0.4,
    grid_m: float = 0.001,
    workers: int = 1,
) -> Cells:
    """Divide `enclosures` (a noded coverage, metres) between `footprints` ((Multi)Polygons, may overlap, may be missing).

    A building goes to the enclosure with its larger part. With two or more of the given entrances (`entrance_xy` (k, 2),
    `entrance_building` (k,) rows of footprints) it gets a cell for each, else one cell. Open land is divided into cells about `land_cell_m` wide
    (0: each enclosure without buildings is one cell), but for the enclosures marked `whole` (e,). `workers`: threads, which change nothing.
    `home` (n,) and `entrance_home` (k,), where another rule than the larger part decides: the enclosure of each building and entrance, or -1.
    """
    xy = np.zeros((0, 2)) if entrance_xy is None else np.asarray(entrance_xy, float).reshape(-1, 2)
    of = np.zeros(0, int) if entrance_building is None else np.asarray(entrance_building, int)
    enclosures, shapes = np.asarray(enclosures, dtype=object), clean_footprints(footprints)
    where = assign_enclosures(enclosures, shapes) if home is None else home
    entrance_where = where[of] if entrance_home is None else entrance_home
    seeds = list_seeds(shapes, where, xy, of, entrance_where)
    uncut = np.zeros(len(enclosures), bool) if whole is None else np.asarray(whole, bool)
    land_xy, land_enclosure = lattice_points(enclosures, shapes[where >= 0], land_cell_m, uncut)
    sites = _sites(enclosures, seeds, spacing_m, shrink_m, land_xy, land_enclosure)
    seeds = with_land(seeds, land_xy, land_enclosure)
    faces, enclosure, seed = _faces(enclosures, sites, grid_m, workers)
    faces, enclosure, seed = one_piece_each(faces, enclosure, seed, seeds)
    order = canonical_order(faces, enclosure)
    faces, enclosure, seed = shapely.normalize(faces[order]), enclosure[order], seed[order]
    held = seed >= 0
    building = np.where(held, seeds.building[seed], -1) if len(seeds.building) else np.full(len(faces), -1)
    entrance = np.where(held, seeds.entrance[seed], -1) if len(seeds.entrance) else np.full(len(faces), -1)
    return Cells(faces, enclosure, building, entrance, *_homes(faces, enclosure, building, entrance, shapes, where, xy, of, entrance_where))


def _sites(enclosures: np.ndarray, seeds: Seeds, spacing_m: float, shrink_m: float, land_xy: np.ndarray, land_enclosure: np.ndarray) -> _Sites:
    """Sample the seeds; where a building sticks out of its enclosure only the points inside count, if there are any. Then add those of open land."""
    xy, seed = sample_outlines(seeds.shape, seeds.enclosure, spacing_m=spacing_m, shrink_m=shrink_m)
    xy = np.round(xy, 3)
    shapely.prepare(enclosures)
    inside = shapely.contains_xy(enclosures[seeds.enclosure[seed]], *xy.T) if len(seed) else np.zeros(0, bool)
    lost = np.bincount(seed[inside], minlength=len(seeds.shape)) == 0
    kept = inside | lost[seed]
    home = np.concatenate([seeds.enclosure[seed[kept]], land_enclosure])
    xy, seed = np.concatenate([xy[kept], land_xy]), np.concatenate([seed[kept], len(seeds.shape) + np.arange(len(land_xy))])
    order = np.argsort(home, kind="stable")  # seeds come in canonical order, so points do too
    return _Sites(xy[order], seed[order], home[order])


def _faces(enclosures: np.ndarray, sites: _Sites, grid_m: float, workers: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cut the enclosures along the ridges; return the faces, and the enclosure and seed (-1: none) of each."""
    inner, trimmed = _cuts(enclosures, sites, grid_m, workers)
    rings = shapely.get_parts(shapely.boundary(enclosures))
    noded = node_lines(inner, np.concatenate([trimmed, rings]), grid_m=grid_m)
    del inner, trimmed, rings
    faces = find_faces(noded, grid_m=grid_m)
    del noded  # the largest of all while there are faces, too
    point = shapely.point_on_surface(faces)
    e, f = shapely.STRtree(point).query(enclosures, predicate="intersects")
    enclosure = np.full(len(faces), -1)
    enclosure[f[::-1]] = e[::-1]
    enclosure = _claim_slivers(faces, enclosure, enclosures, grid_m)
    kept = enclosure >= 0
    faces, enclosure = faces[kept], enclosure[kept]
    return faces, enclosure, _nearest_seed(sites, shapely.get_coordinates(point[kept]), enclosure, workers)


def _claim_slivers(faces: np.ndarray, enclosure: np.ndarray, enclosures: np.ndarray, grid_m: float) -> np.ndarray:
    """Give faces that rounding left between two enclosures to the nearer one; those on the outer rim stay out (they are overshoot)."""
    lost = np.flatnonzero(enclosure < 0)
    if not len(lost):
        return enclosure
    a, b, length = face_pairs(shared_edges(faces))
    shared = np.bincount(a, length, len(faces)) + np.bincount(b, length, len(faces))
    lost = lost[shared[lost] >= shapely.length(faces[lost]) - grid_m / 2]
    (row, e), far = shapely.STRtree(enclosures).query_nearest(shapely.point_on_surface(faces[lost]), return_distance=True, all_matches=False)
    near = far <= 2 * grid_m
    out = enclosure.copy()
    out[lost[row[near]]] = e[near]
    return out


def _cuts(enclosures: np.ndarray, sites: _Sites, grid_m: float, workers: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the ridges of all enclosures with several seeds: those inside, and those that had to be cut at their enclosure's ring."""
    several = np.zeros(len(enclosures), bool)
    several[sites.enclosure[1:][(np.diff(sites.enclosure) == 0) & (np.diff(sites.seed) != 0)]] = True
    used = several[sites.enclosure] if len(sites.enclosure) else np.zeros(0, bool)
    rows, tile = np.unique(sites.enclosure[used], return_inverse=True)
    chains, which = ridges(
        sites.xy[used], sites.seed[used], tile, shapely.bounds(enclosures[rows]), smooth_m=SMOOTH_M, grid_m=grid_m, workers=workers
    )
    home = enclosures[rows[which]]
    shapely.prepare(home)
    inside = shapely.contains_properly(home, chains)
    return chains[inside], _trim(chains[~inside], rows[which[~inside]], enclosures)


def _trim(chains: np.ndarray, home: np.ndarray, enclosures: np.ndarray) -> np.ndarray:
    """Cut chains at the ring of their enclosure, leaving a short overshoot at each new end."""
    if not len(chains):
        return chains
    order = np.argsort(home, kind="stable")
    rows, group = np.unique(home[order], return_inverse=True)
    bundles = shapely.multilinestrings(chains[order], indices=group)
    parts = shapely.get_parts(shapely.intersection(bundles, enclosures[rows]))
    parts = shapely.get_parts(parts)
    parts = parts[(shapely.get_dimensions(parts) == 1) & ~shapely.is_empty(parts)]  # a chain outside leaves an empty line
    xy, line = shapely.get_coordinates(parts, return_index=True)
    first, last = np.searchsorted(line, np.arange(len(parts))), np.searchsorted(line, np.arange(len(parts)), side="right") - 1
    places, chain = shapely.get_coordinates(chains, return_index=True)
    turn = np.r_[True, chain[1:] != chain[:-1]]
    old = places[turn | np.roll(turn, -1)] @ [1, 1j]
    stretched = xy.copy()
    for end, inner in ((first, first + 1), (last, last - 1)):
        new = ~np.isin(xy[end] @ [1, 1j], old)
        away = xy[end] - xy[inner]
        stretched[end[new]] += (away / np.hypot(*away.T)[:, None] * OVERSHOOT_M)[new]
    return shapely.linestrings(stretched, indices=line)


def _nearest_seed(sites: _Sites, points: np.ndarray, enclosure: np.ndarray, workers: int) -> np.ndarray:
    """Return for each point the seed of the nearest site in its enclosure, -1 where the enclosure has none."""
    seed = np.full(len(points), -1)
    lived = np.flatnonzero(np.isin(enclosure, sites.enclosure))
    lived = lived[np.argsort(enclosure[lived], kind="stable")]

    def of(chunk: tuple[int, int, int, int]) -> np.ndarray:
        low, high, first, end = chunk
        return sites.seed[first + _nearest(sites, slice(first, end), points[lived[low:high]], enclosure[lived[low:high]])]

    found = each(of, _chunks(enclosure[lived], sites.enclosure), workers)
    seed[lived] = np.concatenate(found) if found else seed[lived]
    return seed


def _chunks(wanted: np.ndarray, held: np.ndarray) -> list[tuple[int, int, int, int]]:
    """List ranges of points and of sites, both ordered by enclosure, that belong to the same enclosures: small indexes are quick ones."""
    chunks, low = [], 0
    while low < len(wanted):
        first = int(np.searchsorted(held, wanted[low]))
        last = held[min(first + SITES_AT_ONCE, len(held) - 1)]
        end, high = int(np.searchsorted(held, last, side="right")), int(np.searchsorted(wanted, last, side="right"))
        chunks.append((low, high, first, end))
        low = high
    return chunks


def _nearest(sites: _Sites, some: slice, points: np.ndarray, enclosure: np.ndarray) -> np.ndarray:
    """Return for each point which of some sites is the nearest in its enclosure."""
    xy, home = sites.xy[some], sites.enclosure[some]
    # a third coordinate keeps the enclosures apart: a step of it is wider than the whole extent
    step = 2 * float(np.ptp(np.concatenate([xy, points]), axis=0).sum()) + 1
    tree = KDTree(np.column_stack([xy, (home - home[0]) * step]), balanced_tree=False, compact_nodes=False)
    return tree.query(np.column_stack([points, (enclosure - home[0]) * step]))[1]


def _homes(
    faces: np.ndarray,
    enclosure: np.ndarray,
    building: np.ndarray,
    entrance: np.ndarray,
    shapes: np.ndarray,
    where: np.ndarray,
    xy: np.ndarray,
    of: np.ndarray,
    entrance_where: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the cell of each building and of each entrance (without a cell of its own: its nearest sibling's, if it can be in its enclosure)."""
    home, entrance_home = np.full(len(shapes), -1), np.full(len(of), -1)
    row = np.flatnonzero(building >= 0)[::-1]
    home[building[row]] = row
    lost = np.flatnonzero((home < 0) & (where >= 0))
    home[lost] = _covering(faces, enclosure, shapely.point_on_surface(shapes[lost]), where[lost])
    entrance_home[entrance[entrance >= 0]] = np.flatnonzero(entrance >= 0)
    placed = np.flatnonzero(entrance_home >= 0)
    for k in np.flatnonzero(entrance_home < 0):
        siblings = placed[of[placed] == of[k]]
        near = siblings[entrance_where[siblings] == entrance_where[k]]
        siblings = near if len(near) else siblings
        nearest = siblings[np.argmin(np.hypot(*(xy[siblings] - xy[k]).T))] if len(siblings) else -1
        entrance_home[k] = entrance_home[nearest] if len(siblings) else home[of[k]]
    return home, entrance_home


def _covering(faces: np.ndarray, enclosure: np.ndarray, points: np.ndarray, where: np.ndarray) -> np.ndarray:
    """Return the face of the given enclosure nearest to each point (0 m: it covers it); the first of equals."""
    out = np.full(len(points), -1)
    for i, point in enumerate(points):
        rows = np.flatnonzero(enclosure == where[i])
        out[i] = rows[np.argmin(shapely.distance(faces[rows], point))]
    return out
