"""The last resort of mending: a group out of bounds and the groups nearest to it in one row, cut by households alone.

The atoms go in the order of a walk over the tree of the shortest ways among them. Where the row is cut an atom is divided; a piece of the row that
does not hang together by itself is linked.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.sparse.csgraph import depth_first_order, minimum_spanning_tree

from geogrid.partition.halves import divided, near_equal
from geogrid.partition.links import misses, ways
from geogrid.partition.patches import Patch, with_links

NEAREST = 6  # groups that a row takes in
MOST_ATOMS = 600
NO_WAY = 0.001  # metres between atoms with an edge: less than any link


def in_rows(patch: Patch, limit_m: float, lower: int, upper: int) -> Patch:
    """Return the patch with rows laid through its groups out of bounds and those nearest to them, wherever that brings all of these within bounds."""
    for g in [g for g, _, _ in patch.exceptions]:
        if any(g == left for left, _, _ in patch.exceptions):
            patch = _row(patch, g, limit_m, lower, upper) or patch
    return patch


def _row(patch: Patch, group: int, limit_m: float, lower: int, upper: int) -> Patch | None:
    groups, total, sets = [group], patch.group_weights(), patch.labels.copy()
    for _ in range(NEAREST):
        near = ways(patch, sets, group, limit_m)[:1]
        if not near:
            return None
        groups.append(near[0][1])
        sets[sets == near[0][1]] = group
        mass = int(total[groups].sum())
        if misses(mass, lower, upper) == 0:
            atoms = np.flatnonzero(np.isin(patch.labels, groups))
            done = _cut(patch, atoms, near_equal(mass, -(-mass // upper)), limit_m) if len(atoms) <= MOST_ATOMS else None
            if done is not None:
                return replace(done, exceptions=[e for e in patch.exceptions if e[0] not in groups])
    return None


def _cut(patch: Patch, atoms: np.ndarray, sizes: list[int], limit_m: float) -> Patch | None:
    """Return the patch with `atoms` in groups of `sizes`, numbered after all others; None where a link would be too long."""
    metres = _metres(patch, atoms)
    shares = _shares(patch.graph.weight[atoms], sizes, _walk(metres))
    pieces = [np.array([i for i, own in shares.items() if p in own]) for p in range(len(sizes))]
    links = [(p, a, b) for p, own in enumerate(pieces) for a, b in _missing(metres[np.ix_(own, own)], own)]
    if any(metres[a, b] > limit_m for _, a, b in links):
        return None
    split = {int(atoms[i]): list(own.values()) for i, own in shares.items() if len(own) > 1}
    out = divided(patch, split) if split else patch
    start, at, labels, place = int(patch.labels.max()) + 1, len(patch.row), out.labels.copy(), {}
    for i in sorted(shares, key=lambda i: int(atoms[i])):
        for k, p in enumerate(shares[i]):
            place[i, p] = at if k else int(atoms[i])
            at += k > 0
            labels[place[i, p]] = start + p
    pairs = np.array([(place[a, p], place[b, p]) for p, a, b in links], np.int64).reshape(-1, 2)
    return with_links(replace(out, labels=labels), pairs)


def _metres(patch: Patch, atoms: np.ndarray) -> np.ndarray:
    """Return the distances of atoms, float (s, s); NO_WAY where an edge joins them."""
    xyz, place = patch.graph.xyz[atoms], np.full(len(patch.row), -1)
    place[atoms] = np.arange(len(atoms))
    out = np.maximum(np.linalg.norm(xyz[:, None] - xyz[None], axis=2), 2 * NO_WAY)
    a, b = place[patch.graph.edges].T
    inside = (a >= 0) & (b >= 0)
    out[a[inside], b[inside]] = out[b[inside], a[inside]] = NO_WAY
    np.fill_diagonal(out, 0.0)
    return out


def _walk(metres: np.ndarray) -> list[int]:
    """Return the atoms in the order of a walk over the tree of the shortest ways."""
    if len(metres) == 1:
        return [0]
    return depth_first_order(minimum_spanning_tree(metres), 0, directed=False, return_predecessors=False).tolist()


def _shares(weight: np.ndarray, sizes: list[int], walk: list[int]) -> dict[int, dict[int, int]]:
    """Return for each atom, in the order of the walk, the households that each piece has of it.

    >>> _shares(np.array([4, 0, 9]), [7, 6], [0, 1, 2])
    {0: {0: 4}, 1: {0: 0}, 2: {0: 3, 1: 6}}
    """
    out: dict[int, dict[int, int]] = {}
    piece, left = 0, sizes[0]
    for i in walk:
        held, own = int(weight[i]), {}
        while held or not own:
            if held and not left:
                piece, left = piece + 1, sizes[piece + 1]
            own[piece] = min(held, left)
            held, left = held - own[piece], left - own[piece]
        out[i] = own
    return out


def _missing(metres: np.ndarray, own: np.ndarray) -> list[tuple[int, int]]:
    """Return the links without which a piece falls apart."""
    tree = minimum_spanning_tree(metres).tocoo()
    return [(int(own[a]), int(own[b])) for a, b, m in zip(tree.row, tree.col, tree.data, strict=True) if m > NO_WAY]
