"""Wanted counts reached: what one component of a parent can not make, another does; small components are looked through exactly.

A component is asked for one group more (fewer) at a time, the heaviest (lightest) groups first. Where the kernel misses that, every connected group
within bounds is listed, if they are few, and the roundest cover of so many groups is taken; where there is none, the component is at its end.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csc_matrix

from geogrid.partition.counts import FREE
from geogrid.partition.excerpt import take
from geogrid.partition.jobs import Jobs
from geogrid.partition.listing import list_groups

Limits = tuple[np.ndarray, np.ndarray, np.ndarray]
LISTED = 5_000
SMALL = 128  # nodes; a larger component has too many groups to list


def made_counts(jobs: Jobs, local: np.ndarray) -> np.ndarray:
    """Return the number of groups with weight of each job, int (jobs,); `local` is the group of each node within its job."""
    full = jobs.weight > 0
    return np.bincount(np.unique(np.column_stack([jobs.of_node, local])[full], axis=0)[:, 0], minlength=len(jobs.parent))


def reached(jobs: Jobs, local: np.ndarray, limits: Limits, bounds: tuple[int, int]) -> tuple[np.ndarray, Limits]:
    """Return (local, limits): groups with each parent's sum of wanted counts met wherever that was found, and the counts that they have.

    Parents whose total breaks the bounds are left as they are.
    """
    low, high, wanted = limits
    if not (wanted != FREE).any():
        return local, limits
    out, counts, made = local.copy(), wanted.copy(), made_counts(jobs, local)
    missed = (made != wanted) & (wanted != FREE)
    for parent in np.unique(jobs.parent[missed]).tolist():
        mine = np.flatnonzero((jobs.parent == parent) & (wanted != FREE))
        if (low[mine] == bounds[0]).all() and (high[mine] == bounds[1]).all():
            counts[mine] = _Parent(jobs, out, made, mine, bounds).reach(int(wanted[mine].sum()))
    return out, (low, high, counts)


@dataclass(frozen=True, eq=False)
class _Parent:
    """The components `mine` of one parent; `local` and `made` are written."""

    jobs: Jobs
    local: np.ndarray
    made: np.ndarray
    mine: np.ndarray
    bounds: tuple[int, int]

    def reach(self, wanted: int) -> np.ndarray:
        """Step from component to component until `wanted` groups stand or none can make more; return the groups of each."""
        lower, upper = self.bounds
        total, stuck = self.jobs.total[self.mine], np.zeros(len(self.mine), dtype=bool)
        while (have := self.made[self.mine]).sum() != wanted:
            step = 1 if have.sum() < wanted else -1
            asked = have + step
            free = ~stuck & (asked > 0) & (total >= asked * lower) & (total <= asked * upper)
            if not free.any():
                break
            at = int(np.argmax(np.where(free, step * total / np.maximum(have, 1), -np.inf)))
            stuck[at] = not self._try(int(self.mine[at]), int(asked[at]))
        return self.made[self.mine]

    def _try(self, job: int, count: int) -> bool:
        """Cut a component into `count` groups; tell whether that could be done without more groups out of bounds, and keep it then."""
        a, b = int(self.jobs.first[job]), int(self.jobs.first[job + 1])
        whole, weight = take(self.jobs, np.arange(a, b)), self.jobs.weight[a:b]
        for trial in (whole.cut(*self.bounds, count), covered(whole.jobs, count, self.bounds)):
            if trial is None or not _is_count(trial, weight, count):
                continue
            if _faults(trial, weight, self.bounds) <= _faults(self.local[a:b], weight, self.bounds):
                self.local[a:b], self.made[job] = trial, count
                return True
        return False


def _is_count(labels: np.ndarray, weight: np.ndarray, count: int) -> bool:
    return int((np.bincount(labels, weight) > 0).sum()) == count


def _faults(labels: np.ndarray, weight: np.ndarray, bounds: tuple[int, int]) -> int:
    total = np.bincount(labels, weight)
    return int(((total > 0) & ((total < bounds[0]) | (total > bounds[1]))).sum())


def covered(jobs: Jobs, count: int, bounds: tuple[int, int]) -> np.ndarray | None:
    """Return the roundest division of the only component into `count` groups within bounds, int (m,); None where none was found."""
    m = len(jobs.weight)
    if m > SMALL:
        return None
    near: list[list[int]] = [[] for _ in range(m)]
    for u, v in zip(jobs.eu.tolist(), jobs.ev.tolist(), strict=True):
        near[u].append(v)
        near[v].append(u)
    listed = list_groups(near, jobs.weight.tolist(), bounds[1], LISTED)
    if listed is None or not len(some := np.flatnonzero(listed.weight >= bounds[0])):
        return None
    held = listed.matrix(some).astype(np.float64)
    exact = LinearConstraint(csc_matrix(np.vstack([held.T, np.ones(len(some))])), np.r_[np.ones(m), count], np.r_[np.ones(m), count])
    solved = milp(_inertia(held, jobs), constraints=exact, bounds=Bounds(0, 1), integrality=np.ones(len(some)), options={"node_limit": 400})
    if solved.x is None:
        return None
    return np.argmax(held[solved.x > 0.5], axis=0)


def _inertia(held: np.ndarray, jobs: Jobs) -> np.ndarray:
    """Return the inertia of each group of nodes, one row of `held` (k, m) each, in parts of all nodes' inertia."""
    mass, xyz = np.maximum(jobs.weight, 0.1), jobs.xyz - jobs.xyz.mean(axis=0)
    first = held @ (mass[:, None] * xyz)
    out = held @ (mass * (xyz**2).sum(axis=1)) - (first**2).sum(axis=1) / (held @ mass)
    return out / max(float((mass * (xyz**2).sum(axis=1)).sum()), 1e-9)
