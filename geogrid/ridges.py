"""Ridges: the lines half way between the sites of different labels, for many enclosures at once (Voronoi by Delaunay triangles).

Each enclosure's sites are laid out on a tile of their own, so far from the next that the tiles do not see each other: one call of
Qhull serves hundreds of small enclosures. Only ridges between different labels are made; they come back as chains that meet at
their ends, slightly simplified.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely
from scipy.spatial import Delaunay

BATCH_SITES = 30_000  # sites per triangulation: small enough to stay in the processor's cache, large enough to spread the cost of a call
PITCH = 6.0  # tile width, in diameters of the largest enclosure of the batch
GUARD = 2.0  # distance of the guard points, in diameters: they close every ridge that matters


def ridges(
    xy: np.ndarray, label: np.ndarray, tile: np.ndarray, bounds: np.ndarray, *, smooth_m: float, grid_m: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return chains (LineStrings) between sites of different labels, and the tile of each.

    `xy` (s, 2) metres, `label` (s,), `tile` (s,) ascending 0..t-1 with every tile present, `bounds` (t, 4) of the tiles' enclosures.
    """
    centre = np.round((bounds[:, :2] + bounds[:, 2:]) / 2)
    diameter = np.hypot(*(bounds[:, 2:] - bounds[:, :2]).T) + 1.0
    first = np.searchsorted(tile, np.arange(len(bounds) + 1))
    chains, homes = [], []
    for batch in _batches(diameter, np.diff(first)):
        site = np.concatenate([np.arange(first[t], first[t + 1]) for t in batch])
        place = np.repeat(np.arange(len(batch)), np.diff(first)[batch])
        segments, owner = _segments(xy[site] - centre[batch][place], label[site], place, diameter[batch])
        found, which = _chains(segments + centre[batch][owner][:, None, :], owner, smooth_m, grid_m)
        chains.append(found)
        homes.append(batch[which])
    if not chains:
        return np.zeros(0, dtype=object), np.zeros(0, int)
    return np.concatenate(chains), np.concatenate(homes)


def _batches(diameter: np.ndarray, count: np.ndarray) -> Iterator[np.ndarray]:
    """Group tiles of like size, so that none has to be spread wider than it needs."""
    order = np.argsort(-diameter, kind="stable")
    total = np.cumsum(count[order])
    for group in np.split(order, np.flatnonzero(np.diff(total // BATCH_SITES)) + 1):
        if len(group):
            yield group


def _segments(xy: np.ndarray, label: np.ndarray, place: np.ndarray, diameter: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Triangulate all tiles of a batch; return ridge segments (m, 2, 2) in tile coordinates and their places."""
    side = int(np.ceil(np.sqrt(len(diameter))))
    origin = PITCH * diameter.max() * np.stack(np.divmod(np.arange(len(diameter)), side), axis=1)
    guard = (np.array([[1, 0.1], [-0.1, 1], [-1, -0.1], [0.1, -1]]) * GUARD * diameter[:, None, None] + origin[:, None, :]).reshape(-1, 2)
    points = np.concatenate([xy + origin[place], guard])
    names = np.concatenate([label, np.full(len(guard), -1)])
    homes = np.concatenate([place, np.full(len(guard), -1)])
    net = Delaunay(points)
    a, b, left, right = _inner_edges(net)
    kept = (homes[a] == homes[b]) & (homes[a] >= 0) & (names[a] != names[b])
    a, left, right = a[kept], left[kept], right[kept]
    centre = _circumcentres(points, net.simplices)
    ends = np.stack([centre[left], centre[right]], axis=1) - origin[homes[a]][:, None, :]
    return ends, homes[a]


def _inner_edges(net: Delaunay) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return each inner edge once: its two points and the two triangles beside it."""
    left, corner = np.nonzero(net.neighbors > np.arange(len(net.neighbors))[:, None])
    return net.simplices[left, (corner + 1) % 3], net.simplices[left, (corner + 2) % 3], left, net.neighbors[left, corner]


def _circumcentres(points: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """Return the circumcentres (t, 2); of a triangle without area its middle."""
    a = points[triangles[:, 0]]
    u, v = points[triangles[:, 1]] - a, points[triangles[:, 2]] - a
    twice = 2 * (u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0])
    uu, vv = (u**2).sum(axis=1), (v**2).sum(axis=1)
    flat = np.abs(twice) < 1e-12 * (uu + vv)
    twice[flat] = 1.0
    offset = np.stack([v[:, 1] * uu - u[:, 1] * vv, u[:, 0] * vv - v[:, 0] * uu], axis=1) / twice[:, None]
    offset[flat] = (u[flat] + v[flat]) / 3
    return a + offset


def _chains(ends: np.ndarray, owner: np.ndarray, smooth_m: float, grid_m: float) -> tuple[np.ndarray, np.ndarray]:
    """Join segments end to end on the grid, tile by tile, and smooth the chains that are not closed."""
    ends = np.round(ends / grid_m) * grid_m
    kept = (ends[:, 0] != ends[:, 1]).any(axis=1)
    ends, owner = ends[kept], owner[kept]
    if not len(owner):
        return np.zeros(0, dtype=object), np.zeros(0, int)
    order = np.argsort(owner, kind="stable")
    names, group = np.unique(owner[order], return_inverse=True)
    merged = shapely.line_merge(shapely.multilinestrings(shapely.linestrings(ends[order]), indices=group))
    chains, which = shapely.get_parts(merged, return_index=True)
    bent = (shapely.get_num_coordinates(chains) > 2) & ~shapely.is_closed(chains)
    chains[bent] = shapely.simplify(chains[bent], smooth_m, preserve_topology=False)
    return chains, names[which]
