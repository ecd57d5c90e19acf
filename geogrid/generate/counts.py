"""Cut a level's graph: free within the bounds, or into a wanted number of units which is shared over the parents by households."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from geogrid.errors import InputError
from geogrid.generate.sides import components
from geogrid.partition import Partition, apportion, partition
from geogrid.partition.carry import NEW
from geogrid.scheme import Level

ROUNDS = 6
"""Each round moves what some parents can not make to others; real districts needed two."""


@dataclass(frozen=True, eq=False)
class Graph:
    """What the kernel wants: `weight`, `xyz`, `within` and perhaps `centres`, `previous` (unit or NEW) per node, `edges` with `cost` and `kind`.

    `workers`: threads of the kernel, which change nothing.
    """

    weight: np.ndarray
    xyz: np.ndarray
    within: np.ndarray
    edges: np.ndarray
    cost: np.ndarray
    kind: np.ndarray | None = None
    centres: np.ndarray | None = None
    previous: np.ndarray | None = None
    workers: int = 1


def cut(level: Level, graph: Graph, dedicated_n: int, seed: int, *, prove: bool = True) -> Partition:
    """Cut `graph` for `level`, which already has `dedicated_n` units without homes. Without `prove` it is a first try, see `geogrid.partition`.

    A parent that can not be cut into its share (its buildings are too heavy, or its homes lie apart) leaves the rest to the others, so that the
    level's count is met wherever the bounds let it. Raises InputError when the count is less than the parents.
    """
    if level.make != "count":
        return _cut(level, graph, None, seed, prove)
    labels, at = np.unique(graph.within, return_inverse=True)
    total = np.bincount(at, graph.weight, minlength=len(labels)).astype(np.int64)
    wanted = wanted_units(level, dedicated_n, labels[total > 0])
    lower, upper = _bounds(level, graph)
    share = _by_part(level, graph, at, wanted, lower, upper) if graph.previous is None else _as_before(graph, at, total, wanted, lower, upper)
    stuck = np.zeros(len(labels), dtype=bool)
    done = _cut(level, graph, dict(zip(labels.tolist(), share.tolist(), strict=True)), seed)
    for _ in range(ROUNDS - 1):
        made = _made(done, graph, at, len(labels))
        if made.sum() == wanted:
            break
        stuck |= made != share
        before, share = share, _passed_on(np.where(stuck, made, share), stuck, total, wanted, lower, upper)
        asked = dict(zip(labels.tolist(), share.tolist(), strict=True))
        apart = graph.previous is None and not level.link_m and not level.halve
        done = _cut_again(level, graph, done, (share != before)[at], asked, seed) if apart else _cut(level, graph, asked, seed)
    return done


def part_of(graph: Graph, nodes: np.ndarray, within: np.ndarray) -> Graph:
    """Return the graph of some nodes without `previous`; `within` (n,) are its regions."""
    number = np.full(len(graph.weight), -1)
    number[nodes] = np.arange(len(nodes))
    inside = (number[graph.edges] >= 0).all(axis=1)
    kind = None if graph.kind is None else graph.kind[inside]
    centres = None if graph.centres is None else graph.centres[nodes]
    edges, cost = number[graph.edges[inside]], graph.cost[inside]
    return Graph(graph.weight[nodes], graph.xyz[nodes], within[nodes], edges, cost, kind, centres, workers=graph.workers)


def _cut_again(level: Level, graph: Graph, done: Partition, chosen: np.ndarray, counts: dict[int, int], seed: int) -> Partition:
    """Cut the parents of the chosen nodes, bool (n,), again: what the whole graph would give, as no parent's groups depend on another's."""
    nodes = np.flatnonzero(chosen)
    if len(nodes) == 0:
        return done
    part = part_of(graph, nodes, graph.within)
    new = _cut(level, part, {label: counts[label] for label in np.unique(part.within).tolist()}, seed)
    first = int(done.labels.max(initial=-1)) + 1
    raw = done.labels.copy()
    raw[nodes] = first + new.labels
    groups, at = np.unique(raw, return_index=True)
    number = np.full(first + int(new.labels.max()) + 1, -1)
    number[groups[np.lexsort((groups, graph.within[at]))]] = np.arange(len(groups))
    faults = [(int(number[g]), w, why) for g, w, why in done.exceptions] + [(int(number[first + g]), w, why) for g, w, why in new.exceptions]
    cures = [(int(number[g]), how, m) for g, how, m in done.cures] + [(int(number[first + g]), how, m) for g, how, m in new.cures]
    return Partition(number[raw], sorted(f for f in faults if f[0] >= 0), cures=sorted(c for c in cures if c[0] >= 0))


def _cut(level: Level, graph: Graph, counts: dict[int, int] | None, seed: int, prove: bool = True) -> Partition:
    lower, upper = _bounds(level, graph)
    asked: dict[str, Any] = {"link_m": level.link_m} if level.link_m else {}
    asked |= {"halve": True} if level.halve else {}
    asked |= {"centres": graph.centres} if graph.centres is not None else {}
    asked |= {"previous": graph.previous} if graph.previous is not None else {}
    return partition(
        graph.weight,
        graph.edges,
        lower=lower,
        upper=upper,
        xyz=graph.xyz,
        edge_kind=graph.kind,
        edge_cost=graph.cost,
        within=graph.within,
        counts=counts,
        seed=seed,
        workers=graph.workers,
        prove=prove,
        **asked,
    )


def _bounds(level: Level, graph: Graph) -> tuple[int, int]:
    return level.households or (1, max(1, int(graph.weight.sum())))


def wanted_units(level: Level, dedicated_n: int, parents: np.ndarray) -> int:
    """Return how many units the `parents` with homes are to have; raises InputError where the level's count is too small for that."""
    wanted = int(level.count or 0) - dedicated_n
    if wanted < len(parents):
        raise InputError(
            f"level {level.id}: count = {level.count} is fewer than the {dedicated_n} units without homes and the {len(parents)} parents with homes",
            f"层级 {level.id}：count = {level.count} 少于无住户单元 {dedicated_n} 个与有住户的上级 {len(parents)} 个之和",
            level=level.id,
        )
    return wanted


def _as_before(graph: Graph, at: np.ndarray, total: np.ndarray, wanted: int, lower: int, upper: int) -> np.ndarray:
    """Share of each parent, int (n,): the units it had, changed only where the sum is not `wanted`."""
    before = np.full(len(at), NEW) if graph.previous is None else graph.previous
    had = np.unique(np.c_[at, before][(graph.weight > 0) & (before != NEW)], axis=0)
    share = np.maximum(np.bincount(had[:, 0], minlength=len(total)), total > 0)
    return _passed_on(share, np.zeros(len(total), dtype=bool), total, wanted, lower, upper)


def _by_part(level: Level, graph: Graph, at: np.ndarray, wanted: int, lower: int, upper: int) -> np.ndarray:
    """Share of each parent, int (n,): what lies together by its households, so that a few homes apart take none from others."""
    inside = graph.edges[at[graph.edges[:, 0]] == at[graph.edges[:, 1]]]
    part = at if level.link_m else components(len(at), inside)
    total = np.bincount(part, graph.weight).astype(np.int64)
    if (total > 0).sum() > wanted:
        part, total = at, np.bincount(at, graph.weight).astype(np.int64)
    parent = np.zeros(len(total), dtype=np.int64)
    parent[part] = at
    return np.bincount(parent, apportion(total, wanted, lower, upper)).astype(np.int64)


def _made(done: Partition, graph: Graph, at: np.ndarray, n: int) -> np.ndarray:
    """Number of groups with weight in each parent, int (n,)."""
    full = graph.weight > 0
    return np.bincount(np.unique(np.c_[at, done.labels][full], axis=0)[:, 0], minlength=n)


def _passed_on(share: np.ndarray, stuck: np.ndarray, total: np.ndarray, wanted: int, lower: int, upper: int) -> np.ndarray:
    """Add (take) one by one where the units are heaviest (lightest), in parents that were cut as asked and stay within their bounds."""
    share = share.copy()
    while share.sum() != wanted:
        step = 1 if share.sum() < wanted else -1
        fits = (total >= (share + step) * lower) & (total <= (share + step) * upper) & (share + step >= 1) & ~stuck
        if not fits.any():
            break
        mean = np.where(fits, step * total / np.maximum(share, 1), -np.inf)
        share[int(np.argmax(mean))] += step
    return share
