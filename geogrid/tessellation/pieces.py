"""One piece each: parts of a cell that lie apart from the rest of it join the neighbour with which they share the longest border.

Never across the border of an enclosure, which may be one that was given: what has no neighbour in its own becomes a cell without a building.
"""

from __future__ import annotations

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geogrid.edges import face_pairs, merge_faces, shared_edges
from geogrid.tessellation.seeds import Seeds


def one_piece_each(faces: np.ndarray, enclosure: np.ndarray, seed: np.ndarray, seeds: Seeds) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Merge faces so that every seed, and every enclosure without one, is one Polygon; return faces, enclosure, seed (-1: none)."""
    key = np.where(seed >= 0, seed, len(seeds.shape) + enclosure)
    several = np.bincount(key)[key] > 1
    if not several.any():
        return faces, enclosure, seed
    some = np.flatnonzero(np.isin(enclosure, enclosure[several]))
    a, b, length = face_pairs(shared_edges(faces[some]))
    main, piece = _main_faces(faces[some], key[some], a, b, seeds)
    inside = enclosure[some][a] == enclosure[some][b]
    new, settled = _settle_strays(key[some], main, a[inside], b[inside], length[inside])
    key[some] = np.where(settled, new, len(seeds.shape) + enclosure.max() + 1 + piece)
    merged, names = merge_faces(faces, key)
    first = np.unique(key, return_index=True)[1]
    return merged, enclosure[first], np.where(names < len(seeds.shape), names, -1)


def _main_faces(faces: np.ndarray, key: np.ndarray, a: np.ndarray, b: np.ndarray, seeds: Seeds) -> tuple[np.ndarray, np.ndarray]:
    """Answer for each face whether it belongs to the main piece of its key (that with most of the footprint, then of the area), and its piece."""
    same = key[a] == key[b]
    links = coo_array((np.ones(same.sum()), (a[same], b[same])), shape=(len(faces), len(faces)))
    piece = connected_components(links, directed=False)[1]
    piece_key = np.zeros(piece.max() + 1, int)
    piece_key[piece] = key
    contested = np.bincount(piece_key)[key] > 1
    built = np.zeros(len(faces))
    some = np.flatnonzero(contested & (key < len(seeds.shape)))
    built[some] = shapely.area(shapely.intersection(faces[some], seeds.shape[key[some]]))
    size = np.bincount(piece, shapely.area(faces))
    order = np.lexsort((-size, -np.bincount(piece, built), piece_key))
    main = order[np.unique(piece_key[order], return_index=True)[1]]
    return np.isin(piece, main), piece


def _settle_strays(key: np.ndarray, settled: np.ndarray, a: np.ndarray, b: np.ndarray, length: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give each face apart from its key's main piece to the settled neighbour with the longest border; return keys, and which faces have a place."""
    key, settled = key.copy(), settled.copy()
    left = np.concatenate([a, b])
    right = np.concatenate([b, a])
    border = np.concatenate([length, length])
    while not settled.all():
        link = np.flatnonzero(~settled[left] & settled[right])
        if not len(link):
            break
        pair, group = np.unique(np.stack([left[link], key[right[link]]], axis=1), axis=0, return_inverse=True)
        total = np.bincount(group.ravel(), border[link])
        order = np.lexsort((pair[:, 1], -total, pair[:, 0]))
        stray, best = np.unique(pair[order, 0], return_index=True)
        key[stray], settled[stray] = pair[order[best], 1], True
    return key, settled
