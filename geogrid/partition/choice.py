"""The best choice of groups that covers a region exactly, and what no choice can do better than: columns priced, then a search among the few left.

relaxation   groups are brought in as the prices of atoms ask for them, until none is worth bringing in
cover        a search for a cover with as few violations as the relaxation has, then one more, … (`geogrid.partition.cover`)
branches     where that takes too long: branch and bound among the groups that a choice with fewer violations could use
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, linprog, milp
from scipy.sparse import csc_matrix

from geogrid.partition.cover import FOUND, LIMIT, NONE, cover
from geogrid.partition.listing import Listed

NODE_LIMIT = 400
FIRST = 500  # columns brought in at a time
CHECKS = 3_000_000  # groups looked at by one search for a cover
LEANING = (1, 2, 4, 8, np.inf)  # groups of a cover that may lean on the outside: few first, so that the region grows little
MOST = 3_000  # columns of branch and bound
INFEASIBLE = 2
LEAN = 0.3  # all leanings on the outside together weigh less than one violation
SLACK = 1e-6


@dataclass(frozen=True, eq=False)
class Choice:
    """`least` violations are proved; `groups` int (k,): rows of the list that cover the region with the fewest violations known, none where no
    cover was looked for or found; `likely`: the same, or else what the relaxation uses.
    """

    least: int
    groups: np.ndarray
    likely: np.ndarray


def best_choice(listed: Listed, faulty: np.ndarray, leans: np.ndarray, found: int) -> Choice:
    """Return the best choice; each group is `faulty`, `leans` on the outside (both bool) or is neither; `found` violations are known to do."""
    none, faulty = np.empty(0, np.int64), faulty & ~leans
    cost = np.where(leans, LEAN / (listed.n + 1), faulty.astype(np.float64))
    if found == 1 and not _is_faultless(listed, ~faulty):
        return Choice(found, none, none)
    value, reduced, likely = _relaxed(listed, cost)
    least = max(0, int(np.ceil(value - LEAN - SLACK)))
    while least < found:
        for leaning in LEANING:
            gap = least + LEAN * min(1.0, leaning / (listed.n + 1)) + SLACK - value
            few = np.flatnonzero(reduced <= gap)
            state, rows = cover(listed.words[few], listed.n, faulty[few], reduced[few], (least, gap), CHECKS)
            if state == FOUND:
                return Choice(least, few[rows], few[rows])
        if state == LIMIT:
            return _searched(listed, cost, (value, reduced, likely), least, found)
        least += 1
    return Choice(found, none, none)


def _is_faultless(listed: Listed, sound: np.ndarray) -> bool:
    """Tell whether `sound` groups (bool) may cover the region: False is proved by a search, which takes less than a relaxation of so many groups."""
    few = np.flatnonzero(sound)
    nothing = np.zeros(len(few))
    return cover(listed.words[few], listed.n, nothing > 0, nothing, (0, 1.0), CHECKS)[0] != NONE


def _searched(listed: Listed, cost: np.ndarray, relaxed: tuple[float, np.ndarray, np.ndarray], least: int, found: int) -> Choice:
    """Return the best choice by branch and bound among the groups that one with fewer than `found` violations can use, if they are few."""
    value, reduced, likely = relaxed
    none = np.empty(0, np.int64)
    few = np.flatnonzero(reduced <= found - 1 + LEAN + SLACK - value)
    if len(few) > MOST:
        return Choice(least, none, likely)
    solved = _branched(listed, cost, few)
    if solved.status == INFEASIBLE:
        return Choice(found, none, none)
    bound = solved.mip_dual_bound
    if bound is not None and np.isfinite(bound):
        least = max(least, min(found, int(np.ceil(bound - LEAN - SLACK))))
    if solved.x is None:
        return Choice(least, none, likely)
    rows = few[solved.x > 0.5]
    return Choice(least, rows, rows)


def _branched(listed: Listed, cost: np.ndarray, columns: np.ndarray) -> OptimizeResult:
    exactly = LinearConstraint(csc_matrix(listed.matrix(columns).T.astype(np.float64)), 1, 1)
    options = {"node_limit": NODE_LIMIT, "presolve": False}
    return milp(cost[columns], constraints=exactly, bounds=Bounds(0, 1), integrality=np.ones(len(columns)), options=options)


def _relaxed(listed: Listed, cost: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """Return (value of the linear relaxation, reduced cost of each group, groups used); (0, costs, none) where it can not be solved."""
    size = listed.sums(np.ones(listed.n))
    first = np.argsort(cost + 1.0 / size, kind="stable")[:FIRST]
    chosen = np.union1d(first, np.flatnonzero(size == 1))  # every atom alone: the relaxation can always be solved
    while True:
        columns = csc_matrix(listed.matrix(chosen).T.astype(np.float64))
        solved = linprog(cost[chosen], A_eq=columns, b_eq=np.ones(listed.n), bounds=(0, None), method="highs-ds", options={"presolve": False})
        if solved.status != 0:
            return 0.0, cost, chosen[:0]
        reduced = cost - listed.sums(solved.eqlin.marginals)
        fresh = np.flatnonzero(reduced < -SLACK / 10)
        if not len(fresh):
            return float(solved.fun), reduced, chosen[solved.x > SLACK]
        chosen = np.union1d(chosen, fresh[np.argsort(reduced[fresh], kind="stable")[:FIRST]])
