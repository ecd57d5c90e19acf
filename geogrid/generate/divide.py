"""Divide a level's graph region by region, and open the regions that can not be divided within the bounds alone.

First whole compounds (or entrances), inside their own blocks. Where that leaves units out of bounds: those round them may be divided, then all of
the block, then the neighbouring block is taken in, at last the whole parent. A wider region is kept only where it brings more units into their
bounds; if even the widest does not, the units stay behind their streets, and that nothing better exists is proved.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from geogrid.generate.counts import Graph, cut, part_of, wanted_units
from geogrid.generate.decided import State, mixed, scores, state_of
from geogrid.generate.sides import MAIN, components, distinct_pairs, find_regions, stands, widened
from geogrid.partition import Partition
from geogrid.scheme import Level

HEAVY, BESIDE, UNPROVEN, TRIED = "atom_too_heavy", "beside_heavy", "not_proven", "not_connectable"
ACROSS = "across_main_road"
SPREAD = 1.5  # without bounds, a region stands alone when its units can be so near to the mean weight (times or divided by)
EVEN = (1.75, 2.0, 2.5, 3.0)
"""Times the mean, or divided by it: so near shall the units of a count without bounds be, the first with which the count is met."""
ALONE = 0.5  # of the upper bound a block holds to stand alone where the number of units is free: wide bounds are no leave for many small units
RINGS = (1, 2, 4)  # of neighbouring groups round a group out of bounds, in which what was kept whole is divided before the whole region is
SPREADS, MARGIN = (2.0, 1.75, 1.5, 1.25), 0.03  # compounds up to so many means stay whole, the most for which the count can be met with some room


@dataclass(frozen=True, eq=False)
class Terrain:
    """A graph whose `within` is the parent. `bar` (m,) and `length_m` (m,) of each edge; `compound` str (n,), "" for none."""

    graph: Graph
    bar: np.ndarray
    length_m: np.ndarray
    compound: np.ndarray


def divide(level: Level, terrain: Terrain, dedicated_n: int, seed: int) -> Partition:
    """Cut the terrain for `level`, which already has `dedicated_n` units without homes. Exceptions as in `geogrid.partition`.

    A group on both sides of a main road that had to be carries the reason ACROSS. A count without bounds makes units near their mean (`EVEN`), from
    which none is an exception; yesterday's units stay as they are.
    """
    if level.make != "count" or level.households or terrain.graph.previous is not None:
        return _divided(level, terrain, dedicated_n, seed)
    wanted = max(1, int(level.count or 1) - dedicated_n)
    mean = int(terrain.graph.weight.sum()) / wanted
    tried: list[tuple[int, Partition]] = []
    bands = [(max(1, int(mean / times)), max(1, math.ceil(mean * times))) for times in EVEN]
    for asked in (*(replace(_plain(level), households=band) for band in bands), level):  # no storey is halved for a bound that nobody set
        done = _divided(asked, terrain, dedicated_n, seed)
        tried.append((abs(max(done.labels.max(initial=-1), done.parts[:, 2].max(initial=-1)) + 1 - wanted), done))
        if tried[-1][0] == 0:
            break
    best = min(tried, key=lambda one: one[0])[1]  # of those that miss the count alike, the narrowest
    return replace(best, exceptions=[one for one in best.exceptions if one[2] == ACROSS], cures=[])


def _divided(level: Level, terrain: Terrain, dedicated_n: int, seed: int) -> Partition:
    """Cut the terrain for a level within its bounds, else with none."""
    graph = terrain.graph
    if level.make == "count":
        wanted_units(level, dedicated_n, np.unique(graph.within[graph.weight > 0]))
    bounds = _bounds(level, graph, dedicated_n)
    if graph.previous is not None:
        state = _carried(level, terrain, graph.previous, dedicated_n, seed)
    else:
        region = _regions(level, terrain, bounds, dedicated_n)
        whole = _kept_whole(level, terrain, region, bounds, dedicated_n)
        state = _opened(level, terrain, _first(level, graph, region, whole, dedicated_n, seed), whole, bounds, seed)
        if level.make == "count" and _missed(level, state, dedicated_n):
            state = _nearer(level, terrain, state, bounds, dedicated_n, seed)
    weight = dict(enumerate(np.bincount(state.label, graph.weight).astype(np.int64).tolist())) | {g: w for g, (w, _) in state.out.items()}
    reasons = {g: why for g, (_, why) in state.out.items()} | dict.fromkeys(_across(terrain, state, bounds), ACROSS)
    used, at = np.unique(np.r_[state.label, state.parts[:, 2]], return_inverse=True)  # a group may hold nothing but later parts of atoms
    label, parts = at[: len(state.label)], np.c_[state.parts[:, :2], at[len(state.label) :]]
    number = {int(g): i for i, g in enumerate(used.tolist())}
    known = {g: ("halve", 0.0) for g, (_, why) in state.out.items() if why in (HEAVY, BESIDE)} | state.cure
    cures = [(number[g], how, metres) for g, (how, metres) in sorted(known.items()) if g in state.out]
    return Partition(label, [(number[g], int(weight[g]), why) for g, why in sorted(reasons.items())], state.links, parts, cures)


def _missed(level: Level, state: State, dedicated_n: int) -> int:
    """Return by how many units a state misses the level's count."""
    return abs(len(np.unique(np.r_[state.label, state.parts[:, 2]])) - (int(level.count or 0) - dedicated_n))


def _nearer(level: Level, terrain: Terrain, state: State, bounds: tuple[int, int], dedicated_n: int, seed: int) -> State:
    """Cut whole parents with nothing kept whole: what comes nearer to the count without more exceptions, else the state."""
    graph, whole = terrain.graph, np.arange(len(terrain.graph.weight))
    other = _opened(level, terrain, _first(level, graph, graph.within, whole, dedicated_n, seed), whole, bounds, seed)
    is_better = len(other.out) <= len(state.out) and _missed(level, other, dedicated_n) < _missed(level, state, dedicated_n)
    return other if is_better else state


def _carried(level: Level, terrain: Terrain, previous: np.ndarray, dedicated_n: int, seed: int) -> State:
    """Yesterday's units as far as they can stay: changed behind their main roads, and across them only where that leaves fewer exceptions."""
    graph = terrain.graph
    before = previous[graph.edges]
    near = (terrain.bar < MAIN) | ((before[:, 0] == before[:, 1]) & (before[:, 0] >= 0))
    kind = None if graph.kind is None else graph.kind[near]
    first = cut(_plain(level), replace(graph, edges=graph.edges[near], cost=graph.cost[near], kind=kind), dedicated_n, seed)
    done = cut(level, replace(graph, previous=first.labels), dedicated_n, seed)
    return state_of(graph.within, done.labels, done, 0, np.arange(len(graph.weight)))


def _bounds(level: Level, graph: Graph, dedicated_n: int) -> tuple[int, int]:
    """Bounds that a region must be able to keep: the level's, else round the mean of its count, else none."""
    if level.households:
        return level.households
    total = max(1, int(graph.weight.sum()))
    mean = total / max(1, (level.count or 1) - dedicated_n)
    return max(1, int(mean / SPREAD)), max(1, int(mean * SPREAD))


def _regions(level: Level, terrain: Terrain, bounds: tuple[int, int], dedicated_n: int) -> np.ndarray:
    """Regions of a level, int (n,); its parents where a count of units is too small for the regions, and where seeds decide."""
    graph = terrain.graph
    if len(graph.weight) == 0 or level.make not in ("bounds", "count"):
        return graph.within
    least = bounds[1] * ALONE if level.make == "bounds" else 0.0
    region = find_regions(graph.weight, graph.edges, terrain.bar, terrain.length_m, bounds, least)
    if level.make == "count":
        least = np.maximum(-(-np.bincount(region, graph.weight) // bounds[1]), 1)
        if least.sum() > int(level.count or 0) - dedicated_n:
            return graph.within
    return region


def join_named(name: np.ndarray, weight: np.ndarray, edges: np.ndarray, upper: float) -> np.ndarray:
    """Number of what each node becomes part of: neighbours of one name (a building, a compound; "" for none) that fit into `upper` stay together."""
    names, number = np.unique(name, return_inverse=True)
    fits = (np.bincount(number, weight, minlength=len(names)) <= upper) & (names != "")
    same = (number[edges[:, 0]] == number[edges[:, 1]]) & fits[number[edges[:, 0]]]
    return components(len(name), edges[same])


def _kept_whole(level: Level, terrain: Terrain, region: np.ndarray, bounds: tuple[int, int], dedicated_n: int) -> np.ndarray:
    """Number of what each node becomes part of: compounds that fit stay whole, the larger ones of them only while the level's count can be met."""
    graph = terrain.graph
    inside = graph.edges[region[graph.edges[:, 0]] == region[graph.edges[:, 1]]]
    if level.make != "count":
        return join_named(terrain.compound, graph.weight, inside, bounds[1])
    wanted = max(1, int(level.count or 0) - dedicated_n)
    for limit in (bounds[1], *(spread * graph.weight.sum() / wanted for spread in SPREADS)):
        whole = join_named(terrain.compound, graph.weight, inside, min(limit, bounds[1]))
        if _most(graph.weight, whole, region, bounds[0]) >= wanted * (1 + MARGIN):
            return whole
    return np.arange(len(graph.weight))


def _most(weight: np.ndarray, whole: np.ndarray, region: np.ndarray, lower: int) -> int:
    """How many units there can be at most, about: a compound kept whole is one, all else is as light as it may be."""
    size = np.bincount(whole)
    kept = size[whole] > 1
    at = np.unique(whole, return_index=True)[1]
    large = np.bincount(whole, weight)[size > 1] >= lower
    n = np.bincount(region[at[size > 1]], np.where(large, 1.0, np.bincount(whole, weight)[size > 1] / lower), minlength=region.max() + 1)
    return int(np.maximum(np.floor(n + np.bincount(region, np.where(kept, 0, weight) / lower, minlength=region.max() + 1)), 1).sum())


def _first(level: Level, graph: Graph, region: np.ndarray, whole: np.ndarray, dedicated_n: int, seed: int) -> State:
    """Cut the graph of whole compounds in its regions; one that is alone in its region is a unit."""
    node = np.unique(whole, return_index=True)[1]
    coarse = _contracted(graph, whole, region)
    alone = (np.bincount(region[node])[region[node]] == 1) & (coarse.weight <= (level.households or (0, np.inf))[1]) & (level.make != "seeds")
    rest = np.flatnonzero(~alone)
    some = _plain(level) if level.make != "count" else replace(_plain(level), count=int(level.count or 0) - int(alone.sum()))
    done = cut(some, part_of(coarse, rest, coarse.within), dedicated_n, seed, prove=level.make == "seeds")
    label = np.zeros(len(node), dtype=np.int64)
    label[rest] = done.labels
    first = int(done.labels.max(initial=-1)) + 1
    label[alone] = first + np.arange(alone.sum())
    state = state_of(region, label[whole], done, 0, node[rest])
    return replace(state, out=state.out | _light(coarse.weight[alone], first, level))


def _light(weight: np.ndarray, first: int, level: Level) -> dict[int, tuple[int, str]]:
    """Exceptions among units of one compound, numbered from `first`: too few households, and no neighbour to join."""
    lower = level.households[0] if level.households else 0
    return {first + i: (int(weight[i]), "component_too_light") for i in np.flatnonzero(weight < lower).tolist()}


def _plain(level: Level) -> Level:
    """The level without leave to link and to halve: they come last."""
    return replace(level, link_m=0.0, halve=False)


def _contracted(graph: Graph, whole: np.ndarray, region: np.ndarray) -> Graph:
    """The graph of whole compounds or entrances, its `within` the region."""
    k = int(whole.max(initial=-1)) + 1
    if k == len(whole):
        return replace(graph, within=region)
    weight = np.bincount(whole, graph.weight, minlength=k).astype(np.int64)
    share = graph.weight / np.maximum(weight, 1)[whole]
    xyz = np.column_stack([np.bincount(whole, share * graph.xyz[:, i], minlength=k) for i in range(3)])
    within = np.zeros(k, dtype=np.int64)
    within[whole] = region
    ends = np.sort(whole[graph.edges], axis=1)
    apart = ends[:, 0] != ends[:, 1]
    edges, at = distinct_pairs(ends[apart])
    cost = np.full(len(edges), np.inf)
    np.minimum.at(cost, at, graph.cost[apart])
    kind = None
    if graph.kind is not None:
        kind = np.zeros(len(edges), dtype=np.int8)
        np.maximum.at(kind, at, graph.kind[apart])
    return Graph(weight, np.round(xyz, 3), within, edges, cost, kind, workers=graph.workers)


def _opened(level: Level, terrain: Terrain, state: State, whole: np.ndarray, bounds: tuple[int, int], seed: int) -> State:
    """Cut the regions with exceptions again: compounds opened, then with a neighbour, then whole parents, with links and halves where asked."""
    graph = terrain.graph
    if not state.out:
        return state
    divided = np.bincount(whole)[whole] > 1
    for rings in RINGS:
        state = _near_opened(level, graph, state, divided, rings, bounds, seed)
    bad = _bad(state)
    state = _again(_plain(level), graph, state, state.region, np.unique(state.region[bad & divided]), bounds, seed)
    bad = _bad(state)
    if bad.any():
        wide = widened(state.region, graph.edges, terrain.bar, terrain.length_m, np.unique(state.region[bad]))
        state = _again(_plain(level), graph, state, wide, np.unique(wide[bad]), bounds, seed)
    asked = bool(level.link_m or level.halve)
    bad = np.isin(state.label, list(state.out)) if asked else _bad(state)
    if not bad.any():
        return state
    unit = graph.within if level.link_m else components(len(graph.weight), graph.edges)
    return _again(level, graph, state, unit, np.unique(unit[bad]), bounds, seed, last=True)


def _near_opened(level: Level, graph: Graph, state: State, divided: np.ndarray, rings: int, bounds: tuple[int, int], seed: int) -> State:
    """Cut the surroundings of groups out of bounds again, so many rings of groups, where something there was kept whole that may be divided."""
    if level.make != "bounds":
        return state
    inside = graph.edges[state.region[graph.edges[:, 0]] == state.region[graph.edges[:, 1]]]
    near = _bad(state)
    for _ in range(rings):
        near = np.isin(state.label, state.label[np.unique(inside[near[inside].any(axis=1)])]) | near
    apart = near[inside[:, 0]] == near[inside[:, 1]]
    patch = components(len(near), inside[apart])
    done = _again(_plain(level), graph, state, patch, np.unique(patch[near & divided]), bounds, seed)
    return replace(done, region=state.region)


def _bad(state: State) -> np.ndarray:
    """Nodes of groups out of bounds that a wider region might bring in, bool (n,)."""
    return np.isin(state.label, [g for g, (_, why) in state.out.items() if why != HEAVY])


def _again(
    level: Level, graph: Graph, state: State, wide: np.ndarray, chosen: np.ndarray, bounds: tuple[int, int], seed: int, *, last: bool = False
) -> State:
    """Cut the chosen wide regions again and keep what is better; the `last` time whole parents, which is what proofs and cures refer to."""
    if len(chosen) == 0:
        return state
    nodes = np.flatnonzero(np.isin(graph.within, np.unique(graph.within[np.isin(wide, chosen)])) if last else np.isin(wide, chosen))
    count = len(np.unique(state.label[nodes]))
    part = part_of(graph, nodes, graph.within if last else wide)
    done = cut(replace(level, count=count) if level.make == "count" else level, part, 0, seed, prove=last)
    top = int(state.label.max()) + 1
    label = state.label.copy()
    label[nodes] = top + done.labels
    new = state_of(wide, label, done, top, nodes)
    before, after = (scores(one, wide, bounds) for one in (state, new))
    better = [w for w in chosen.tolist() if after.get(w, 0) < before.get(w, 0)]
    if last:
        state = _tried(state, new, wide, set(chosen.tolist()) - set(better))
    return mixed(state, new, np.isin(wide, better))


def _tried(state: State, new: State, wide: np.ndarray, kept: set[int]) -> State:
    """Reasons and cures of groups that stay though the whole parent was opened: proved if the exceptions of its division are."""
    at = new.of(new.out, wide)
    unproven = {at[g] for g, (_, why) in new.out.items() if why == UNPROVEN}
    cures = {at[g]: cure for g, cure in reversed(new.cure.items())}
    same = {at[g]: why for g, (_, why) in reversed(new.out.items()) if why not in (HEAVY, BESIDE)}
    out, cure = dict(state.out), dict(state.cure)
    for group, region in state.of(state.out, wide).items():
        weight, why = state.out[group]
        if region in kept and why != HEAVY:
            proved = why if why == BESIDE else same.get(region, TRIED)  # what is true of wholes, or of one region, need not be true of the parent
            out[group] = (weight, UNPROVEN if region in unproven else proved)
            cure |= {group: cures[region]} if region in cures else {}
    return replace(state, out=out, cure=cure)


def _across(terrain: Terrain, state: State, bounds: tuple[int, int]) -> list[int]:
    """Groups on both sides of a main road, one of which can not be divided alone, that have no other reason."""
    graph = terrain.graph
    side = components(len(graph.weight), graph.edges[terrain.bar < MAIN])
    rows = np.unique(np.c_[state.label, side], axis=0)
    group, count = np.unique(rows[:, 0], return_counts=True)
    several = set(group[count > 1].tolist()) - set(state.out)
    alone = {s: stands(graph.weight[side == s], bounds) for g, s in rows.tolist() if g in several}
    return sorted({g for g, s in rows.tolist() if g in several and not alone[s]})
