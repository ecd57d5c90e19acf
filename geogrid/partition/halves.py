"""Atoms divided: a floor of more households than a group may hold, or one that packs with nothing, becomes parts that lie in one place.

The parts of an atom stand next to each other and to all of its neighbours.
Moved: part of one atom goes to the group next door, and both are in bounds.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from geogrid.partition.patches import NEW, SAME_FLOOR, Patch, widened
from geogrid.partition.spots import round_groups

APART_M = 0.01  # between parts of an atom, so that each has a place of its own in the canonical order
MOVABLE = ("no_packing", "not_connectable", "not_proven")  # a weight a little out of bounds: part of an atom may mend it
NEXT = 8  # each part touches so many parts after it
MOST_PAIRS, FEW = 64, 3
MOST_PARTS = 1000  # no floor of homes comes near it; a mistyped figure does


def near_equal(weight: int, parts: int) -> list[int]:
    """Return `parts` sizes that add up to `weight` and differ by one at most.

    >>> near_equal(32, 3)
    [11, 11, 10]
    """
    return [weight // parts + (i < weight % parts) for i in range(parts)]


def divided(patch: Patch, sizes: dict[int, list[int]]) -> Patch:
    """Return the patch with each atom of `sizes` divided into parts of those sizes; its division is kept, parts in their atom's group."""
    graph, n = patch.graph, len(patch.row)
    atoms = sorted(sizes)
    whose = np.array([v for v in atoms for _ in sizes[v][1:]], np.int64)
    weight = np.concatenate([graph.weight, np.array([s for v in atoms for s in sizes[v][1:]], np.int64)])
    weight[atoms] = [sizes[v][0] for v in atoms]
    number = np.array([i for v in atoms for i in range(1, len(sizes[v]))], np.float64)
    xyz = np.vstack([graph.xyz, graph.xyz[whose] + np.column_stack([APART_M * number, 0 * number, 0 * number])])
    edges, came = _edges(graph.edges, n, atoms, whose)
    link = came != NEW
    link[link] = patch.link[came[link]]
    wider = replace(widened(graph, edges, came, SAME_FLOOR), weight=weight, xyz=xyz, within=np.concatenate([graph.within, graph.within[whose]]))
    labels = np.concatenate([patch.labels, patch.labels[whose]])
    return replace(patch, graph=wider, row=np.concatenate([patch.row, patch.row[whose]]), link=link, labels=labels)


def _edges(edges: np.ndarray, n: int, atoms: list[int], whose: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (edges among atoms and parts, the old edge that each copies; NEW between parts of one atom)."""
    parts: dict[int, list[int]] = {v: [v] for v in atoms}
    for i, v in enumerate(whose.tolist()):
        parts[v].append(n + i)
    touched = np.isin(edges, atoms).any(axis=1)
    more = []
    for e in np.flatnonzero(touched).tolist():
        a, b = edges[e].tolist()
        more += [(x, y, e) for x, y in _pairs(parts.get(a, [a]), parts.get(b, [b]))]
    more += [(p[i], p[j], NEW) for p in parts.values() for i in range(len(p)) for j in range(i + 1, min(i + 1 + NEXT, len(p)))]
    table = np.array(more, np.int64).reshape(-1, 3)
    kept = np.flatnonzero(~touched)
    return np.vstack([edges[kept], table[:, :2]]), np.concatenate([kept, table[:, 2]])


def _pairs(one: list[int], other: list[int]) -> list[tuple[int, int]]:
    """Pair the parts of two neighbouring atoms: all with all, or where that is too many each with a few about as far along.

    >>> len(_pairs(list(range(8)), list(range(8)))), len(_pairs(list(range(50)), list(range(50)))) < 300
    (64, True)
    """
    s, t = len(one), len(other)
    if min(s, t) == 1 or s * t <= MOST_PAIRS:
        return [(x, y) for x in one for y in other]
    near = {(i, (i * t // s + d * t // FEW) % t) for i in range(s) for d in range(FEW)}
    near |= {((j * s // t + d * s // FEW) % s, j) for j in range(t) for d in range(FEW)}
    return [(one[i], other[j]) for i, j in sorted(near)]


def heavy_sizes(weight: np.ndarray, upper: int) -> dict[int, list[int]]:
    """Return the sizes into which every atom above `upper` is to be divided: as few near-equal parts as fit. One of more than MOST_PARTS stays."""
    heavy = np.flatnonzero((weight > upper) & (weight <= MOST_PARTS * upper))
    return {v: near_equal(int(weight[v]), -(-int(weight[v]) // upper)) for v in heavy.tolist()}


def moved(patch: Patch, group: int, lower: int, upper: int) -> Patch | None:
    """Return the patch with one atom divided and a part of it in the group next door, so that both groups are in bounds; None if no atom does."""
    best = best_move(patch, group, lower, upper)
    if best is None:
        return None
    atom, size, to = best
    out = divided(patch, {atom: [int(patch.graph.weight[atom]) - size, size]})
    labels = out.labels.copy()
    labels[-1] = to
    weight = np.bincount(labels, out.graph.weight)
    faults = [(g, w, why) for g, w, why in out.exceptions if why not in MOVABLE or not lower <= weight[g] <= upper]
    return replace(out, labels=labels, exceptions=faults)


def best_move(patch: Patch, group: int, lower: int, upper: int) -> tuple[int, int, int] | None:
    """Return (atom, weight to move, group that takes it), the most even division first."""
    graph, labels, total = patch.graph, patch.labels, patch.group_weights()
    ends = np.vstack([graph.edges, graph.edges[:, ::-1]])
    source, sink = labels[ends].T
    gives = (source != sink) & (graph.weight[ends[:, 0]] > 1) & ((source == group) if total[group] > upper else (sink == group))
    atom, of, to = ends[gives, 0], source[gives], sink[gives]
    held = graph.weight[atom]
    least = np.maximum.reduce([total[of] - upper, lower - total[to], np.ones_like(held)])
    most = np.minimum.reduce([total[of] - lower, upper - total[to], held - 1])
    size = np.clip(held // 2, least, np.maximum(least, most))
    can = least <= most
    if not can.any():
        return None
    rank = np.lexsort((to, atom, np.abs(2 * size - held)))
    first = rank[can[rank]][0]
    return int(atom[first]), int(size[first]), int(to[first])


def to_halve(patch: Patch, count: int) -> dict[int, list[int]]:
    """Return for each group out of bounds its (and then its neighbours') `count` heaviest atoms, each in two halves."""
    graph, labels = patch.graph, patch.labels
    source, sink = labels[np.vstack([graph.edges, graph.edges[:, ::-1]])].T
    out: dict[int, list[int]] = {}
    for g, _, _ in patch.exceptions:
        beside = np.isin(labels, sink[source == g]) & (labels != g)
        atoms = np.flatnonzero(((labels == g) | beside) & (graph.weight > 1))
        rank = np.lexsort((atoms, -graph.weight[atoms], beside[atoms]))
        out |= {v: near_equal(int(graph.weight[v]), 2) for v in atoms[rank[:count]].tolist()}
    return out


def fine_sizes(patch: Patch, rings: int, size: int) -> dict[int, list[int]]:
    """Return for every atom in the groups out of bounds and in `rings` of groups round them parts of `size` at most, as few as that gives."""
    bad = np.array([g for g, _, _ in patch.exceptions], np.int64)
    inside = round_groups(patch, bad, rings)[patch.labels]
    large = np.flatnonzero(inside & (patch.graph.weight > size) & (patch.graph.weight <= MOST_PARTS * size))
    return {v: near_equal(w, -(-w // size)) for v, w in zip(large.tolist(), patch.graph.weight[large].tolist(), strict=True)}
