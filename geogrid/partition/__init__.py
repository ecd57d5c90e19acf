"""Groups of a graph within bounds: connected, never across a parent, the same for shuffled rows, each exception with its reason.

    check -> jobs (components in canonical order) -> solve (trees, knapsack, repair) -> certify (improved or proved; why a group is out)

It knows no geometry: atoms are weights at positions, edges have kinds. Grids of whole cells and micro-grids of floors are cut by it alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from geogrid.partition.aims import Aim, bounded, one_centre
from geogrid.partition.carry import NEW, check_previous, numbers_kept
from geogrid.partition.centres import check_centres, describe, lifted
from geogrid.partition.check import Graph, PartitionError, checked
from geogrid.partition.counts import apportion, checked_counts
from geogrid.partition.cures import find_cures
from geogrid.partition.jobs import Jobs, by_first, make_jobs
from geogrid.partition.mend import Leave, assembled, mend
from geogrid.partition.options import check_bounds, check_leave, check_whole
from geogrid.partition.patches import Exceptions, Patch, cut_patches, patches
from geogrid.partition.solve import solve
from geogrid.partition.warm import warmed

__all__ = ["Partition", "PartitionError", "apportion", "partition"]


@dataclass(frozen=True, eq=False)
class Partition:
    """`labels` int (n,): the group of each atom, 0 … k-1, numbered by parent, then by the group's first atom west to east, north to south.

    `exceptions`: (group, weight, reason) of every group out of bounds; the reason is a key of `geogrid.catalogue.REASONS`.
    `links` int (l, 2): pairs of atoms joined by a walking link; a group that a link holds together counts as connected.
    `parts` int (p, 3): (atom, weight, group) of the parts of every divided atom; `labels` says the group of the first.
    `cures`: (group, cure, metres) of every exception: "link" (the longest link needed), "halve" or "accept", see `geogrid.partition.cures`.
    """

    labels: np.ndarray
    exceptions: list[tuple[int, int, str]]
    links: np.ndarray = field(default_factory=lambda: np.empty((0, 2), np.int64))
    parts: np.ndarray = field(default_factory=lambda: np.empty((0, 3), np.int64))
    cures: list[tuple[int, str, float]] = field(default_factory=list)


def partition(
    weights: Any,
    edges: Any,
    *,
    lower: int,
    upper: int,
    xyz: Any = None,
    edge_kind: Any = None,
    edge_cost: Any = None,
    within: Any = None,
    counts: Mapping[int, int] | Any = None,
    seed: int = 0,
    centres: Any = None,
    previous: Any = None,
    link_m: float = 0.0,
    halve: bool = False,
    workers: int = 1,
    prove: bool = True,
) -> Partition:
    """Cut a graph into connected groups whose weight lies in [lower, upper] (inclusive).

    `weights` int (n,), `edges` int (m, 2) without loops and repeats, `xyz` float (n, 3) metres, `edge_kind` int (m,) 0 ground, 1 same floor,
    2 vertical, `edge_cost` float (m,) multiplies an edge's length (cuts prefer long edges), `within` int (n,) parent label: groups never cross it.
    `counts`: parent label -> number of groups wanted in it (parents not named are free), or one number for
    each parent in order. Groups of weight 0 are no exceptions and not counted.
    `centres` bool (n,): each group is to hold exactly one; a parent then has as many groups as centres.
    `previous` int (n,): yesterday's group of each atom, -1 for new ones; groups stay as they are wherever they can and keep their numbers, new ones
    get numbers above the highest.
    `link_m`: walking links of up to so many metres may join atoms of one parent, `halve`: atoms may be divided, where that makes fewer exceptions.
    `workers`: threads that share the work; the answer does not depend on them. `prove`: without it the groups are those of a first try, and
    exceptions have only reasons that lie in plain sight (else "not_proven") and no cures.
    Raises PartitionError for arguments that do not fit together.

    >>> cut = partition([8, 4, 7, 6], [[0, 1], [1, 2], [2, 3]], lower=10, upper=15, xyz=[[0, 0, 0], [9, 0, 0], [18, 0, 0], [27, 0, 0]])
    >>> cut.labels.tolist(), cut.exceptions
    ([0, 0, 1, 1], [])
    """
    bounds, leave = check_bounds(lower, upper), check_leave(link_m, halve, has_places=xyz is not None, has_centres=centres is not None)
    graph = checked(weights, edges, xyz, edge_kind, edge_cost, within)
    if len(graph.weight) == 0:
        return Partition(np.empty(0, np.int64), [])
    number = None if centres is None else check_centres(centres, len(graph.weight))
    before = None if previous is None else check_previous(previous, len(graph.weight))
    ask = Ask(bounds, checked_counts(graph.within, counts), number, check_whole("seed", seed), before, check_whole("workers", workers, 1))
    if not prove:
        return _tried(graph, ask)
    labels, exceptions, order = _cut(graph, np.arange(len(graph.weight)), ask)
    some = patches(graph, order, labels, exceptions)
    if some and any(leave):
        done = _mended(graph, labels, order, some, ask, _leave(bounds, *leave, ask))
    else:
        cures = sorted((int(patch.group[g]), *cure) for patch in some for g, *cure in find_cures(patch, *bounds))
        done = Partition(labels, exceptions, cures=cures)
    return done if before is None else _renumbered(done, numbers_kept(done.labels, before, graph.weight))


def _tried(graph: Graph, ask: Ask) -> Partition:
    """Return the division of a first try; yesterday's numbers are kept as they are by a full one."""
    labels, exceptions = _trial(graph, np.arange(len(graph.weight)), ask)
    done = Partition(labels, exceptions)
    return done if ask.previous is None else _renumbered(done, numbers_kept(labels, ask.previous, graph.weight))


def _leave(bounds: tuple[int, int], link_m: float, halve: bool, ask: Ask) -> Leave:
    return Leave(*bounds, float(link_m), bool(halve), frozenset(ask.counts), ask.centres is not None)


def _renumbered(done: Partition, number: np.ndarray) -> Partition:
    """Return the same division with other group numbers, `number` int (k,); groups that only hold parts of atoms count on from the highest."""
    k = int(max(done.labels.max(initial=-1), done.parts[:, 2].max(initial=-1))) + 1
    number = np.r_[number, int(number.max(initial=-1)) + 1 + np.arange(k - len(number))]
    parts = np.column_stack([done.parts[:, :2], number[done.parts[:, 2]]])
    exceptions = sorted((int(number[g]), weight, reason) for g, weight, reason in done.exceptions)
    return Partition(number[done.labels], exceptions, done.links, parts, sorted((int(number[g]), *cure) for g, *cure in done.cures))


@dataclass(frozen=True, eq=False)
class Ask:
    """What is asked of a cut: bounds, groups by parent, the seed; `centres` and `previous` group of each of the caller's atoms, int (n,) or None."""

    bounds: tuple[int, int]
    counts: dict[int, int]
    centres: np.ndarray | None
    seed: int
    previous: np.ndarray | None = None
    workers: int = 1


def _mended(graph: Graph, labels: np.ndarray, order: np.ndarray, some: list[Patch], ask: Ask, leave: Leave) -> Partition:
    """Return the division in which links and divided atoms have mended what they can of `some`."""
    better = mend(some, lambda part, rows: _trial(part, rows, ask), leave)
    judged = cut_patches(better, lambda part, rows: _judged(part, rows, np.concatenate(_apart(better)), ask))
    whole, numbers = assembled(labels, graph.weight, order, judged)
    cures = sorted((int(new[g]), *cure) for patch, new in zip(judged, numbers, strict=True) for g, *cure in find_cures(patch, *ask.bounds))
    return Partition(whole.labels, whole.exceptions, whole.links, whole.parts, cures)


def _apart(some: list[Patch]) -> list[np.ndarray]:
    """Return the groups of the patches, numbered over all of them."""
    starts = np.cumsum([0, *(int(patch.labels.max(initial=-1)) + 1 for patch in some)])
    return [patch.labels + start for patch, start in zip(some, starts[:-1], strict=True)]


def _aim(graph: Graph, rows: np.ndarray, ask: Ask) -> Aim:
    """Return what is aimed at; `rows`: the caller's atom that each is, parts of one atom after its first."""
    if ask.centres is None:
        labels = set(np.unique(graph.within).tolist())
        return bounded(make_jobs(graph, ask.seed), ask.bounds, {label: k for label, k in ask.counts.items() if label in labels})
    number = np.zeros(len(rows), np.int64)
    first = np.unique(rows, return_index=True)[1]
    number[first] = ask.centres[rows[first]]
    high, lift = lifted(graph, number, ask.bounds[1])
    jobs = make_jobs(high, ask.seed)
    return one_centre(jobs, ask.bounds, describe(high, number, lift, jobs))


def _started(aim: Aim, rows: np.ndarray, ask: Ask) -> np.ndarray:
    """Return the group of each node within its job, cut from nothing or from yesterday's groups."""
    if ask.previous is None:
        return solve(aim.jobs, *aim.limits, workers=ask.workers)
    return warmed(aim, _before(rows, ask.previous)[aim.jobs.order[aim.jobs.node]])


def _cut(graph: Graph, rows: np.ndarray, ask: Ask) -> tuple[np.ndarray, Exceptions, np.ndarray]:
    """Return (group of each atom, exceptions, canonical order)."""
    aim = _aim(graph, rows, ask)
    return *_told(aim, *aim.finished(_started(aim, rows, ask))), aim.jobs.order


def _trial(graph: Graph, rows: np.ndarray, ask: Ask) -> tuple[np.ndarray, Exceptions]:
    """Return (group of each atom, exceptions) without proofs, by which reasons are often "not_proven"."""
    aim = _aim(graph, rows, ask)
    return _told(aim, aim.tried(_started(aim, rows, ask)), {})


def _judged(graph: Graph, rows: np.ndarray, labels: np.ndarray, ask: Ask) -> tuple[np.ndarray, Exceptions]:
    """Return (group of each atom, exceptions) with proofs of a division at hand, improved where these show how."""
    aim = _aim(graph, rows, ask)
    jobs = aim.jobs
    local = by_first(labels[jobs.order[jobs.node]])
    return _told(aim, *aim.finished(local - local[jobs.first[jobs.of_node]]))


def _told(aim: Aim, local: np.ndarray, proofs: dict[int, str]) -> tuple[np.ndarray, Exceptions]:
    canonical = _numbered(aim.jobs, local)
    out = np.empty(len(canonical), np.int64)
    out[aim.jobs.order] = canonical
    return out, aim.certify(canonical[aim.jobs.node], proofs)


def _before(rows: np.ndarray, previous: np.ndarray) -> np.ndarray:
    """Return yesterday's group of each atom; of the parts of one atom the first has it."""
    out = np.full(len(rows), NEW)
    first = np.unique(rows, return_index=True)[1]
    out[first] = previous[rows[first]]
    return out


def _numbered(jobs: Jobs, local: np.ndarray) -> np.ndarray:
    """Return the group of every canonical atom, numbered by first occurrence; folded atoms follow their host."""
    groups = np.maximum.reduceat(local, jobs.first[:-1]) + 1
    raw = np.empty(len(jobs.order), np.int64)
    raw[jobs.node] = local + np.repeat(np.cumsum(groups) - groups, np.diff(jobs.first))
    return by_first(raw[jobs.host])
