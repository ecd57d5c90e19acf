"""Warm start: yesterday's groups stay; where something forces a change, as few households as can be change groups.

A component is touched when it has new atoms, a group out of bounds (or in pieces that are), or another number of groups than is wanted. There

    adopt    each new atom joins the neighbouring group that stays in bounds, at the least cost in shape
    target   a cut from nothing tells how few groups out of bounds are to be had; when no fewer, all stays
    recut    each group out of bounds with one neighbour, the ring round it, two rings, the whole component
    cold     at last the cut from nothing
In a recut the kernel sees atoms in *label space*: yesterday's groups are colours, colours are places far apart, so that what it calls inertia is
the number of households that change groups; yesterday's groups are buildings, which it keeps whole. True shape is a faint addition.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from geogrid.partition.adopt import adopted, shape
from geogrid.partition.aims import Aim
from geogrid.partition.carry import NEW, matched
from geogrid.partition.excerpt import pieces, take
from geogrid.partition.jobs import Jobs, by_first

APART_M = 1000.0  # between the colours of label space
FAINT_M = 10.0  # radius of a region in it
MOST_TRIALS = 60  # recuts of a component, after which it is recut as a whole
WHOLE = 5_000  # nodes; a larger component is not recut as a whole
_THIRD, _ROOT2 = 1.0 / 3.0, np.sqrt(2.0)
PLACES = np.array(  # a tetrahedron, then its mirror image: four colours are nearly always enough
    [[0, 0, 1], [2 * _ROOT2 / 3, 0, -_THIRD], [-_ROOT2 / 3, _ROOT2 / np.sqrt(3.0), -_THIRD], [-_ROOT2 / 3, -_ROOT2 / np.sqrt(3.0), -_THIRD]]
)
PLACES = np.vstack([PLACES, -PLACES])


@dataclass(frozen=True, eq=False)
class Town:
    """One touched component: job `job` of `jobs`, its nodes from `a`, their yesterday's piece `home` int (m,) or NEW, and the households `stake`
    that count as moved when they leave it; bounds and wanted number of groups (0: any)."""

    jobs: Jobs
    job: int
    home: np.ndarray
    stake: np.ndarray
    low: int
    high: int
    wanted: int

    @property
    def nodes(self) -> slice:
        """Slice of the component's nodes."""
        return slice(int(self.jobs.first[self.job]), int(self.jobs.first[self.job + 1]))

    @property
    def ends(self) -> tuple[np.ndarray, np.ndarray]:
        """Ends of its edges, as rows of its nodes."""
        edges = slice(int(self.jobs.edge_first[self.job]), int(self.jobs.edge_first[self.job + 1]))
        return self.jobs.eu[edges] - self.nodes.start, self.jobs.ev[edges] - self.nodes.start

    def faulty(self, now: np.ndarray) -> np.ndarray:
        """Return the groups of `now` out of bounds."""
        weight = np.bincount(now, self.jobs.weight[self.nodes])
        return np.flatnonzero((weight > 0) & ((weight < self.low) | (weight > self.high)))

    def curable(self, now: np.ndarray) -> np.ndarray:
        """Return the groups of `now` out of bounds that hold no atom above them."""
        heavy = np.unique(now[self.jobs.weight[self.nodes] > self.high])
        return np.setdiff1d(self.faulty(now), heavy)

    def faults(self, now: np.ndarray) -> tuple[int, int]:
        """Return (groups too many or too few, groups out of bounds)."""
        full = int((np.bincount(now, self.jobs.weight[self.nodes]) > 0).sum())
        return abs(full - self.wanted) if self.wanted else 0, len(self.faulty(now))

    def moved(self, now: np.ndarray) -> int:
        """Return the households that change groups, when each group keeps the number of the one it has most in common with."""
        old = self.home != NEW
        return int(self.stake.sum()) - sum(kept for _, _, kept in matched(now[old], self.home[old], self.stake[old]))


def warmed(aim: Aim, previous: np.ndarray) -> np.ndarray:
    """Return the group of each node within its job, int (r,); `previous` int (r,) is yesterday's group of each node, or NEW."""
    jobs, (low, high, wanted) = aim.jobs, aim.limits
    home, stays = _homes(jobs, aim.households, previous)
    wanted = _asked(jobs, home, (low, high, wanted))
    now = home.copy()
    of_node = jobs.of_node
    for j in _touched(jobs, home, (low, high, wanted)).tolist():
        mine = slice(int(jobs.first[j]), int(jobs.first[j + 1]))
        ids, local = np.unique(home[mine], return_inverse=True)
        local = local - int(len(ids) > 0 and ids[0] == NEW)
        town = Town(jobs, j, local, aim.households[mine] * stays[mine], int(low[j]), int(high[j]), int(wanted[j]))
        now[mine] = int(now.max(initial=0)) + 1 + _resettled(town)
    local = by_first(now)
    return local - local[jobs.first[of_node]]


def _homes(jobs: Jobs, households: np.ndarray, previous: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (connected piece of yesterday's group of each node or NEW, whether it is that group's heaviest piece), int and bool (r,)."""
    same = (previous[jobs.eu] == previous[jobs.ev]) & (previous[jobs.eu] != NEW)
    piece = pieces(len(previous), jobs.eu[same], jobs.ev[same])
    weight, group = np.bincount(piece, households), np.full(int(piece.max(initial=-1)) + 1, NEW)
    group[piece] = previous
    order = np.lexsort((np.arange(len(weight)), -weight, group))
    heaviest = np.zeros(len(weight), dtype=bool)
    heaviest[order[np.r_[True, group[order][1:] != group[order][:-1]]]] = True
    return np.where(previous == NEW, NEW, piece), heaviest[piece] & (previous != NEW)


def _asked(jobs: Jobs, home: np.ndarray, limits: tuple) -> np.ndarray:
    """Return the groups wanted in each job, int (jobs,): as many as it had, changed only where the sum of a parent is not what is wanted there."""
    low, high, wanted = limits
    out, known = wanted.copy(), home != NEW
    pieces_of = np.unique(np.column_stack([jobs.of_node, home])[known & (jobs.weight > 0)], axis=0)
    had, total = np.bincount(pieces_of[:, 0], minlength=len(wanted)), jobs.total
    for parent in np.unique(jobs.parent[(wanted > 0) & (wanted != had)]).tolist():
        mine = np.flatnonzero((jobs.parent == parent) & (wanted > 0))
        share = np.maximum(had[mine], 1)
        while (step := int(np.sign(wanted[mine].sum() - share.sum()))) != 0:
            asked = share + step
            free = (asked > 0) & (total[mine] >= asked * low[mine]) & (total[mine] <= asked * high[mine])
            if not free.any():
                break
            share[int(np.argmax(np.where(free, step * total[mine] / share, -np.inf)))] += step
        else:
            out[mine] = share
    return out


def _touched(jobs: Jobs, home: np.ndarray, limits: tuple) -> np.ndarray:
    """Return the jobs in which something forces a change."""
    low, high, wanted = limits
    of_node, n, known = jobs.of_node, len(jobs.parent), home != NEW
    touched = np.bincount(of_node[~known], minlength=n) > 0
    weight = np.bincount(home[known], jobs.weight[known])
    job = np.zeros(len(weight), np.int64)
    job[home[known]] = of_node[known]
    touched[job[(weight > 0) & ((weight < low[job]) | (weight > high[job]))]] = True
    groups = np.bincount(job[weight > 0], minlength=n)
    return np.flatnonzero(touched | ((wanted > 0) & (groups != wanted)))


def _resettled(town: Town) -> np.ndarray:
    """Return the groups of a touched component, int (m,)."""
    jobs, nodes = town.jobs, town.nodes
    now = adopted(town.home, jobs.weight[nodes], jobs.xyz[nodes], *town.ends, town.low, town.high)
    if town.faults(now) == (0, 0):
        return now
    cold = take(jobs, np.arange(nodes.start, nodes.stop)).cut(town.low, town.high, town.wanted)
    target = town.faults(cold)
    if town.faults(now) > target:
        now = _searched(town, now, target)
    if town.faults(now) > target and len(now) <= WHOLE:
        now = min(now, _recut(town, now, np.ones(len(now), dtype=bool), 0), key=town.faults)
    return now if town.faults(now) <= target else cold


def _searched(town: Town, now: np.ndarray, target: tuple[int, int]) -> np.ndarray:
    """Return `now` with fewer groups out of bounds, as few households moved as was found; the search ends at `target`."""
    trials = 0
    for g in town.curable(now).tolist():
        if town.faults(now) <= target or trials > MOST_TRIALS:
            break
        if g not in town.faulty(now):
            continue
        start = best = (*town.faults(now), town.moved(now), 0.0)
        chosen, solved, later = now, False, False
        for salt, region in enumerate(_regions(town, now, g)):
            if region is None and later:
                break
            if region is None:  # one ring more may pass fewer households on
                later = solved
                continue
            trials += 1
            trial = _recut(town, now, region, salt)
            worth = (*town.faults(trial), town.moved(trial), shape(trial, town.jobs.weight[town.nodes], town.jobs.xyz[town.nodes]))
            solved |= worth[:2] < start[:2]
            if worth[:2] < start[:2] and (best is start or worth < best):
                best, chosen = worth, trial
        now = chosen
    return now


def _regions(town: Town, now: np.ndarray, group: int) -> Iterator[np.ndarray | None]:
    """Yield sets of nodes round a group, bool (m,): it and each of its neighbours, its ring, two rings; None where one may stop."""
    u, v = (now[end] for end in town.ends)
    inside = np.zeros(int(now.max()) + 1, dtype=bool)
    inside[group] = True
    for ring in range(3):
        near = np.unique(np.r_[u[inside[v]], v[inside[u]]])
        near = near[~inside[near]]
        if not len(near):
            return
        if ring == 0:
            for one in near.tolist():
                yield (now == group) | (now == one)
        inside[near] = True
        if ring or len(near) > 1:
            yield inside[now]
        yield None


def _recut(town: Town, now: np.ndarray, region: np.ndarray, salt: int) -> np.ndarray:
    """Return `now` with the nodes of `region`, some whole groups, cut anew in label space, freely or into as many groups."""
    excerpt = take(town.jobs, town.nodes.start + np.flatnonzero(region), salt)
    rows = excerpt.nodes - town.nodes.start
    coloured = replace(excerpt, jobs=_coloured(excerpt.jobs, town.home[rows]))
    held, total = len(np.unique(now[region])), int(excerpt.jobs.weight.sum())
    counts = [town.wanted if region.all() else held] if town.wanted else [0] + [held] * (held * town.low <= total <= held * town.high)
    trials = []
    for count in counts:
        out = now.copy()
        out[rows] = int(now.max()) + 1 + coloured.cut(town.low, town.high, count)
        trials.append(by_first(out))
    return min(trials, key=lambda trial: (town.faults(trial), town.moved(trial)))


def _coloured(jobs: Jobs, home: np.ndarray) -> Jobs:
    """Return `jobs` in label space; `home` is yesterday's group of each node, or NEW."""
    u, v = home[jobs.eu], home[jobs.ev]
    colour = _colours(u, v, int(home.max(initial=0)) + 1)
    middle = jobs.xyz - jobs.xyz.mean(axis=0)
    radius = float(np.sqrt((middle**2).sum(axis=1)).max(initial=0.0)) or 1.0
    place = np.where((home != NEW)[:, None], APART_M * PLACES[colour[home]], 0.0)
    inner, outer = (u == v) & (u != NEW), (u != v) & (u != NEW) & (v != NEW)
    return replace(
        jobs,
        xyz=place + middle * (FAINT_M / radius),
        kind=np.where(inner, np.maximum(jobs.kind, 1), 0),
        length=jobs.length * np.where(outer, 50.0, 1.0),
        border=np.zeros(len(jobs.border)),
    )


def _colours(u: np.ndarray, v: np.ndarray, n: int) -> np.ndarray:
    """Colour `n` groups so that neighbours differ (as far as there are colours), greedily by number, int (n,)."""
    near: list[set[int]] = [set() for _ in range(n)]
    apart = (u != v) & (u != NEW) & (v != NEW)
    for a, b in zip(u[apart].tolist(), v[apart].tolist(), strict=True):
        near[a].add(b)
        near[b].add(a)
    colour = np.zeros(n, np.int64)
    for g in range(n):
        used = {int(colour[h]) for h in near[g] if h < g}
        colour[g] = next((c for c in range(len(PLACES)) if c not in used), g % len(PLACES))
    return colour
