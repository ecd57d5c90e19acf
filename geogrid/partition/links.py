"""Walking links: a part whose weight no division brings within bounds is joined to the nearest parts of its parent with which one does.

17 homes | 30 m | 13 homes      17 is neither one group nor two; 30 is two or three
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.spatial import cKDTree

from geogrid.partition.bounds import MAX_TOTAL, splits
from geogrid.partition.patches import Patch
from geogrid.partition.spots import round_groups

NEAREST = 8
Link = tuple[float, int, int, int]  # metres, set it leads to, atom there, atom here


def misses(total: int, lower: int, upper: int) -> int:
    """Return the groups out of bounds that a weight forces, 0 for weights too large to be looked into."""
    return int(splits(total, lower, upper)[-1]) if 0 < total <= MAX_TOTAL else 0


def ways(patch: Patch, sets: np.ndarray, here: int, limit_m: float = np.inf) -> list[Link]:
    """Return the shortest link from set `here` to each other set of atoms with weight, nearest first, none longer than `limit_m`.

    `sets` int (r,) numbers disjoint sets of atoms; -1 is in none. Links end at atoms with weight.
    """
    weight, xyz = patch.graph.weight, patch.graph.xyz
    own, other = np.flatnonzero((sets == here) & (weight > 0)), np.flatnonzero((sets != here) & (sets >= 0) & (weight > 0))
    if not len(own) or not len(other):
        return []
    metres, nearest = cKDTree(xyz[own]).query(xyz[other])
    rank = np.lexsort((other, metres))
    _, first = np.unique(sets[other[rank]], return_index=True)
    best = rank[np.sort(first)]
    return [(float(metres[i]), int(sets[other[i]]), int(other[i]), int(own[nearest[i]])) for i in best.tolist() if metres[i] <= limit_m]


def joined(patch: Patch, sets: np.ndarray, here: int, limit_m: float, lower: int, upper: int) -> list[Link]:
    """Return links that bring the forced violations of set `here` down with what they reach, shortest together; [] where none do.

    Tried: one link to a set with which all is well; a chain of nearest sets until all is well; else whatever forces fewer than before.
    """
    total = np.bincount(sets[sets >= 0], patch.graph.weight[sets >= 0]).astype(np.int64)
    near = ways(patch, sets, here, limit_m)
    alone = misses(int(total[here]), lower, upper)
    single = next(([way] for way in near if misses(int(total[here] + total[way[1]]), lower, upper) == 0), [])
    chain, fewer = _chain(patch, sets, here, limit_m, lower, upper)
    options = [links for links in (single, chain) if links]
    if options:
        return min(options, key=lambda links: sum(way[0] for way in links))
    return fewer if alone else []


def _chain(patch: Patch, sets: np.ndarray, here: int, limit_m: float, lower: int, upper: int) -> tuple[list[Link], list[Link]]:
    """Return (links to nearest sets, one after the other, until nothing is forced; the shortest such beginning that forces fewer than before)."""
    sets, links, fewer = sets.copy(), [], []
    total = np.bincount(sets[sets >= 0], patch.graph.weight[sets >= 0]).astype(np.int64)
    mass, before = int(total[here]), misses(int(total[here]), lower, upper)
    while near := ways(patch, sets, here, limit_m)[:1]:
        links += near
        there = near[0][1]
        mass, before = mass + int(total[there]), before + misses(int(total[there]), lower, upper)
        sets[sets == there] = here
        now = misses(mass, lower, upper)
        if now == 0:
            return links, fewer
        if now < before and not fewer:
            fewer = links.copy()
    return [], fewer


def weight_links(patch: Patch, limit_m: float, lower: int, upper: int) -> np.ndarray:
    """Return the links, int (l, 2), that help every component whose weight alone forces a group out of bounds, as far as they reach.

    A component with an atom above `upper` needs none (that atom may take in what is left over), and helps with its other atoms only.
    """
    sets, weight = patch.component.astype(np.int64), patch.graph.weight
    heavy = np.bincount(sets, weight > upper) > 0
    light = replace(patch, graph=replace(patch.graph, weight=np.where(weight > upper, 0, weight)))
    pairs: list[tuple[int, int]] = []
    for here in np.flatnonzero(~heavy).tolist():
        mass = int(weight[sets == here].sum())  # 0 once it is joined to an earlier one
        if misses(mass, lower, upper):
            for _, there, a, b in joined(light, sets, here, limit_m, lower, upper):
                pairs.append((a, b))
                sets[sets == there] = here
    return np.array(pairs, np.int64).reshape(-1, 2)


def group_ways(patch: Patch, group: int, weight: int, limit_m: float, lower: int, upper: int) -> list[Link]:
    """Return the links to groups that `group` does not touch and whose weight, with `weight`, can be cut within bounds, nearest first."""
    labels, total = patch.labels, patch.group_weights()
    touching = labels[patch.graph.edges]
    beside = np.unique(touching[(touching == group).any(axis=1)])
    sets = np.where(np.isin(labels, beside) & (labels != group), -1, labels)
    return [way for way in ways(patch, sets, group, limit_m) if misses(weight + int(total[way[1]]), lower, upper) == 0]


def group_links(patch: Patch, limit_m: float, lower: int, upper: int, tries: int) -> np.ndarray:
    """Return links, int (l, 2), from each group out of bounds to the `tries` nearest groups of `group_ways`."""
    found = [way for g, weight, _ in patch.exceptions for way in group_ways(patch, g, weight, limit_m, lower, upper)[:tries]]
    return np.array([(a, b) for _, _, a, b in found], np.int64).reshape(-1, 2)


def net_links(patch: Patch, limit_m: float, tries: int) -> np.ndarray:
    """Return links, int (l, 2), to the `tries` nearest other groups, whatever they weigh, from each group out of bounds, those round it, and those
    NEAREST to it."""
    bad = [g for g, _, _ in patch.exceptions]
    some = set(np.flatnonzero(round_groups(patch, np.array(bad, np.int64), 1)).tolist())
    some |= {way[1] for g in bad for way in ways(patch, patch.labels, g, limit_m)[:NEAREST]}
    found = [way for g in sorted(some) for way in ways(patch, patch.labels, g, limit_m)[:tries]]
    return np.array([(a, b) for _, _, a, b in found], np.int64).reshape(-1, 2)
