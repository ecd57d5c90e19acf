"""Exceptions mended where the caller allows it: by walking links, by dividing atoms, and by as few of both as do.

    first     components that weight alone forces out of bounds are linked, atoms above `upper` divided; the parent is cut again
    move      half of one atom goes to the group next door
    halve     the heaviest atom of each group out of bounds in two, then two atoms, then four; cut again
    link      each group out of bounds linked to the nearest group that its weight goes with, then to the nearest three; cut again
    net       every group of the parent linked to those nearest to it, and atoms halved beside; cut again
A step is kept where the parent has fewer exceptions after it, else undone. Links and divisions that the groups do not use are dropped.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from geogrid.partition.halves import MOVABLE, divided, heavy_sizes, moved, to_halve
from geogrid.partition.jobs import by_first
from geogrid.partition.links import group_links, net_links, weight_links
from geogrid.partition.patches import CutAgain, Patch, cut_patches, with_links


@dataclass(frozen=True)
class Leave:
    """What may be done: links of up to `link_m` metres, atoms divided if `halve`; `lower` and `upper` are the bounds."""

    lower: int
    upper: int
    link_m: float
    halve: bool

    @property
    def steps(self) -> list[tuple[str, int]]:
        """The steps in order, each with how many atoms or links it takes for each exception."""
        halves = [("move", 1), ("halve", 1), ("halve", 2), ("halve", 4)] if self.halve else []
        return [("first", 0), *halves, *([("link", 1), ("link", 3), ("net", 2), ("net", 4)] if self.link_m > 0 else [])]


def mend(patches: list[Patch], again: CutAgain, leave: Leave) -> list[Patch]:
    """Return the patches with as few exceptions as the steps reach; all patches take their next step together."""
    out, at = list(patches), [0] * len(patches)
    while True:
        proposed: dict[int, Patch] = {}
        for i in range(len(out)):
            out[i], at[i], new = _next(out[i], at[i], leave)
            if new is not None:
                proposed[i] = new
        if not proposed:
            return out
        for i, new in zip(proposed, cut_patches(list(proposed.values()), again), strict=True):
            kept = len(new.exceptions) < len(out[i].exceptions)
            out[i], at[i] = (new, 1) if kept else (out[i], at[i] + 1)


def _next(patch: Patch, at: int, leave: Leave) -> tuple[Patch, int, Patch | None]:
    """Return (patch, step, the patch as that step wants it, to be cut); None where no step is left. Moves are done on the way."""
    while patch.exceptions and at < len(leave.steps):
        name, count = leave.steps[at]
        new = None
        if name == "first":
            new = _first(patch, leave)
        elif name == "move":
            patch = _moves(patch, leave)
        elif name == "halve":
            sizes = to_halve(patch, count)
            new = divided(patch, sizes) if sizes else None
        elif name == "net":
            sizes = to_halve(patch, count) if leave.halve else {}
            new = _linked(divided(patch, sizes) if sizes else patch, net_links(patch, leave.link_m, count))
        else:
            new = _linked(patch, group_links(patch, leave.link_m, leave.lower, leave.upper, count))
        if new is not None:
            return patch, at, new
        at += 1
    return patch, at, None


def _first(patch: Patch, leave: Leave) -> Patch | None:
    """Return the patch with heavy atoms divided and components linked that weight forces out of bounds; None where there is neither."""
    sizes = heavy_sizes(patch.graph.weight, leave.upper) if leave.halve else {}
    new = divided(patch, sizes) if sizes else patch
    pairs = weight_links(new, leave.link_m, leave.lower, leave.upper) if leave.link_m > 0 else np.empty((0, 2), np.int64)
    return _linked(new, pairs) or (new if sizes else None)


def _linked(patch: Patch, pairs: np.ndarray) -> Patch | None:
    wider = with_links(patch, pairs) if len(pairs) else patch
    return wider if len(wider.link) > len(patch.link) else None


def _moves(patch: Patch, leave: Leave) -> Patch:
    for g in [g for g, _, why in patch.exceptions if why in MOVABLE]:
        if any(g == left for left, _, _ in patch.exceptions):  # an earlier move may have brought it within bounds
            patch = moved(patch, g, leave.lower, leave.upper) or patch
    return patch


@dataclass(frozen=True, eq=False)
class Mended:
    """The whole division after mending; the fields are those of `geogrid.partition.Partition`."""

    labels: np.ndarray
    exceptions: list[tuple[int, int, str]]
    links: np.ndarray
    parts: np.ndarray


def assembled(labels: np.ndarray, weight: np.ndarray, order: np.ndarray, patches: list[Patch]) -> tuple[Mended, list[np.ndarray]]:
    """Return the division `labels` with the patches put over it, numbered anew, and for each patch the new number of each of its groups."""
    stays = np.ones(len(labels), np.bool_)
    for patch in patches:
        stays[patch.row] = False
    row, held, raw, start = [order[stays[order]]], [weight[order[stays[order]]]], [labels[order[stays[order]]]], [int(labels.max(initial=-1)) + 1]
    for patch in patches:
        row, held, raw = [*row, patch.row], [*held, patch.graph.weight], [*raw, patch.labels + start[-1]]
        start.append(start[-1] + int(patch.labels.max()) + 1)
    rows, weights, groups = np.concatenate(row), np.concatenate(held), np.concatenate(raw)
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    rank = np.argsort(place[rows], kind="stable")
    number = np.full(start[-1], -1)
    number[groups[rank]] = by_first(groups[rank])
    table = _summed(rows, number[groups], weights)
    _, first = np.unique(table[:, 0], return_index=True)
    several = np.bincount(table[:, 0], minlength=len(labels))[table[:, 0]] > 1
    of_patch = [number[a:b] for a, b in itertools.pairwise(start)]
    links = np.concatenate([_used_links(patch) for patch in patches] or [np.empty((0, 2), np.int64)])
    exceptions = sorted((int(new[g]), w, why) for patch, new in zip(patches, of_patch, strict=True) for g, w, why in patch.exceptions)
    return Mended(table[first, 2], exceptions, links, table[several]), of_patch


def _summed(rows: np.ndarray, groups: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return (atom, weight, group) by atom and group, the weights of an atom's parts in one group added up."""
    rank = np.lexsort((groups, rows))
    r, g = rows[rank], groups[rank]
    new = np.flatnonzero(np.r_[True, (r[1:] != r[:-1]) | (g[1:] != g[:-1])])
    return np.column_stack([r[new], np.add.reduceat(weights[rank], new), g[new]])


def _used_links(patch: Patch) -> np.ndarray:
    """Return the links, int (l, 2) atoms of the whole graph, without which a group would fall apart."""
    leader = list(range(len(patch.row)))

    def find(v: int) -> int:
        while leader[v] != v:
            leader[v] = leader[leader[v]]
            v = leader[v]
        return v

    used = []
    for e in np.argsort(patch.link, kind="stable").tolist():  # other edges first
        a, b = patch.graph.edges[e].tolist()
        if patch.labels[a] == patch.labels[b] and find(a) != find(b):
            leader[find(a)] = find(b)
            if patch.link[e]:
                used.append(sorted((int(patch.row[a]), int(patch.row[b]))))
    return np.unique(np.array(used, np.int64).reshape(-1, 2), axis=0)
