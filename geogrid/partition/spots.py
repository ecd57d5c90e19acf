"""Spots: the groups out of bounds of a patch with the groups round them, cut anew by themselves while all else stays."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from geogrid.partition.patches import Exceptions, Patch, components, take

FAR = -1  # rings: the whole component


@dataclass(frozen=True, eq=False)
class Spot:
    """`atoms` int (s,): the atoms of some whole groups of a patch, ascending; `patch`: these alone, with their division and their exceptions."""

    atoms: np.ndarray
    patch: Patch


def worth(exceptions: Exceptions, upper: int) -> tuple[int, int]:
    """Return (groups that ought to stand where these are out of bounds, exceptions): a tower of 300 homes counts as 20 groups of 15.

    >>> worth([(0, 9, ""), (1, 300, "")], 15)
    (21, 2)
    """
    return sum(max(1, -(-weight // upper)) for _, weight, _ in exceptions), len(exceptions)


def round_groups(patch: Patch, groups: np.ndarray, rings: int) -> np.ndarray:
    """Tell for each group whether it is one of `groups` or lies within so many rings of groups round them, bool (k,)."""
    inside = np.zeros(int(patch.labels.max(initial=-1)) + 1, np.bool_)
    inside[groups] = True
    a, b = patch.labels[patch.graph.edges].T
    for _ in range(rings):
        wider = inside.copy()
        wider[b[inside[a]]] = True
        wider[a[inside[b]]] = True
        inside = wider
    return inside


def spots(patch: Patch, rings: int, entire: bool = False) -> list[Spot]:
    """Return the spots of a patch: `rings` rings of groups round each group out of bounds (FAR: its component), all in one where `entire`."""
    n, edges = len(patch.row), patch.graph.edges
    if entire:
        return [Spot(np.arange(n), patch)]
    bad = np.array([g for g, _, _ in patch.exceptions], np.int64)
    if rings == FAR:
        part = patch.component
        part = np.where(np.isin(part, part[np.isin(patch.labels, bad)]), part, -1)
    else:
        inside = round_groups(patch, bad, rings)[patch.labels]
        part = np.where(inside, components(n, edges[inside[edges].all(axis=1)]), -1)
    part_of_edge = np.where(part[edges[:, 0]] == part[edges[:, 1]], part[edges[:, 0]], -1)
    return [_spot(patch, np.flatnonzero(part == p), np.flatnonzero(part_of_edge == p)) for p in np.unique(part[part >= 0]).tolist()]


def _spot(patch: Patch, atoms: np.ndarray, edges: np.ndarray) -> Spot:
    groups, local = np.unique(patch.labels[atoms], return_inverse=True)
    place = {int(g): k for k, g in enumerate(groups)}
    faults = [(place[g], w, why) for g, w, why in patch.exceptions if g in place]
    return Spot(atoms, Patch(take(patch.graph, atoms, edges), patch.row[atoms], patch.link[edges], local, faults, groups))


def written(patch: Patch, better: list[tuple[Spot, Patch]]) -> Patch:
    """Return the patch with the spots divided as the patches beside them are."""
    labels, exceptions = patch.labels.copy(), list(patch.exceptions)
    for spot, cut in better:
        gone = set(spot.patch.group.tolist()) if len(spot.atoms) < len(labels) else {g for g, _, _ in exceptions}
        start = int(labels.max()) + 1
        labels[spot.atoms] = start + cut.labels
        exceptions = [e for e in exceptions if e[0] not in gone] + [(start + g, w, why) for g, w, why in cut.exceptions]
    return replace(patch, labels=labels, exceptions=sorted(exceptions))
