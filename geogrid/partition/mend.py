"""Exceptions mended where the caller allows it: by dividing atoms, by walking links, and by as few of both as do.

    heavy     atoms above `upper` in as few parts as fit
    move      part of one atom goes to the group next door
    halve     the heaviest atom of each group out of bounds in two, then two atoms, then four; cut again
    fine      every atom in and round a group out of bounds in small parts, then in single households
    weight    components that weight alone forces out of bounds are linked
    link      each group out of bounds linked to the nearest groups that its weight goes with; atoms in small parts beside
    net       every group round it linked to those nearest to it, atoms in small parts beside
    row       the groups nearest to it in one row, cut where the households say, linked where the row is broken
A step is tried in *spots*, the groups round those out of bounds; a spot is kept where it comes to less out of bounds, else left as it was. After a
gain all starts anew. Links and divisions that no group uses are dropped.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from geogrid.partition.halves import MOVABLE, divided, fine_sizes, heavy_sizes, moved, to_halve
from geogrid.partition.jobs import by_first
from geogrid.partition.links import group_links, net_links, weight_links
from geogrid.partition.patches import CutAgain, Patch, cut_patches, with_links
from geogrid.partition.pruning import pruned, used_links
from geogrid.partition.rows import in_rows
from geogrid.partition.spots import FAR, Spot, spots, worth, written

MOST_ROUNDS = 200


@dataclass(frozen=True)
class Leave:
    """What may be done: links of up to `link_m` metres, atoms divided if `halve`; `lower` and `upper` are the bounds.

    `entire`: parents that are only cut as a whole (a count is wanted there); `whole`: all are.
    """

    lower: int
    upper: int
    link_m: float
    halve: bool
    entire: frozenset[int] = frozenset()
    whole: bool = False

    @property
    def steps(self) -> list[tuple[str, int, int, int]]:
        """The steps in order: (name, how many atoms or links it takes for each exception, largest part of an atom or 0, rings of groups)."""
        small = max(self.lower // 4, 1)
        halves = [("heavy", 0, 0, 2), ("heavy", 0, 0, FAR), ("move", 0, 0, 0)]
        halves += [("halve", 1, 0, 2), ("halve", 2, 0, 2), ("halve", 4, 0, 3), ("fine", 1, small, 2), ("fine", 2, 1, 3), ("halve", 4, 0, FAR)]
        links = [("weight", 0, 0, FAR), ("link", 1, 0, 2), ("link", 3, 0, 3), ("net", 2, 0, 2)]
        both = [("weight", 0, small, FAR), ("link", 1, small, 2), ("link", 3, 1, 3), ("net", 2, 1, 2), ("net", 4, 1, 3), ("row", 1, 1, 0)]
        return (halves if self.halve else []) + ([*links, *(both if self.halve else [("net", 4, 0, 3)])] if self.link_m > 0 else [])


def mend(patches: list[Patch], again: CutAgain, leave: Leave) -> list[Patch]:
    """Return the patches with as little out of bounds as the steps reach; all patches take their next step together."""
    out, at = list(patches), [0] * len(patches)
    for _ in range(MOST_ROUNDS):
        tried: list[tuple[int, Patch, list[Spot]]] = []
        for i in range(len(out)):
            out[i], at[i], new, some = _next(out[i], at[i], leave)
            if new is not None:
                tried.append((i, new, some))
        if not tried:
            break
        cuts = iter(cut_patches([spot.patch for _, _, some in tried for spot in some], again))
        for i, new, some in tried:
            better = [(spot, cut) for spot, cut in zip(some, itertools.islice(cuts, len(some)), strict=True) if _is_less(cut, spot.patch, leave)]
            if better:
                out[i], at[i] = pruned(written(new, better)), 0
            else:
                at[i] += 1
    return out


def _is_less(new: Patch, old: Patch, leave: Leave) -> bool:
    return worth(new.exceptions, leave.upper) < worth(old.exceptions, leave.upper)


def _next(patch: Patch, at: int, leave: Leave) -> tuple[Patch, int, Patch | None, list[Spot]]:
    """Return (patch, step, the patch as that step wants it, its spots to be cut); None where no step is left. Moves and rows are done on the way."""
    steps = leave.steps
    while patch.exceptions and at < len(steps):
        name, _, _, rings = steps[at]
        if name in ("move", "row"):
            done = _moves(patch, leave) if name == "move" else in_rows(patch, leave.link_m, leave.lower, leave.upper)
            if len(done.exceptions) < len(patch.exceptions):
                patch, at = pruned(done), 0
                continue
        elif (new := _prepared(patch, steps[at], leave)) is not None:
            entire = leave.whole or int(patch.graph.within[0]) in leave.entire
            return patch, at, new, spots(new, FAR if entire else rings, entire)
        at += 1
    return patch, at, None, []


def _prepared(patch: Patch, step: tuple[str, int, int, int], leave: Leave) -> Patch | None:
    """Return the patch with the links and the divided atoms of a step; None where it has neither."""
    name, count, size, rings = step
    if name == "heavy":
        sizes = heavy_sizes(patch.graph.weight, leave.upper)
    elif name == "halve":
        sizes = to_halve(patch, count)
    else:
        sizes = fine_sizes(patch, max(rings - 1, 1), size) if size else {}
    linked, new = None, divided(patch, sizes) if sizes else patch
    if name in _LINKS:
        linked = _linked(new, _LINKS[name](patch, leave, count))
        if linked is None and name != "weight":
            return None
    return linked or (new if sizes else None)


_LINKS: dict[str, Callable[[Patch, Leave, int], np.ndarray]] = {
    "weight": lambda patch, leave, _: weight_links(patch, leave.link_m, leave.lower, leave.upper),
    "link": lambda patch, leave, count: group_links(patch, leave.link_m, leave.lower, leave.upper, count),
    "net": lambda patch, leave, count: net_links(patch, leave.link_m, count),
}


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
    links = np.concatenate([used_links(patch) for patch in patches] or [np.empty((0, 2), np.int64)])
    exceptions = sorted((int(new[g]), w, why) for patch, new in zip(patches, of_patch, strict=True) for g, w, why in patch.exceptions)
    return Mended(table[first, 2], exceptions, links, table[several]), of_patch


def _summed(rows: np.ndarray, groups: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return (atom, weight, group) by atom and group, the weights of an atom's parts in one group added up."""
    rank = np.lexsort((groups, rows))
    r, g = rows[rank], groups[rank]
    new = np.flatnonzero(np.r_[True, (r[1:] != r[:-1]) | (g[1:] != g[:-1])])
    return np.column_stack([r[new], np.add.reduceat(weights[rank], new), g[new]])
