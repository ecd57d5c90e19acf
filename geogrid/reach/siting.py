"""Where new stations reach most: k sites by maximal covering, or the fewest sites that reach all, with those that exist kept.

Demand points that the same candidates reach are one row (20,000 become a thousand), those that a fixed site reaches are none, and those that no
candidate reaches are told first and left out. The greedy answer starts the solver, and an answer is "optimal" only when its bound says so.
Church and ReVelle 1974 (maximal covering), Toregas and others 1971 (set covering).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, hstack, identity, vstack

from geogrid.reach.greedy import Picks, pick
from geogrid.reach.solver import INFEASIBLE, LIMIT_S, OPTIMAL, TIME_LIMIT, Problem, solve

Covers = tuple[np.ndarray, np.ndarray]
"""Candidate row int (p,) and demand row int (p,): who reaches whom, one row a pair."""


@dataclass(frozen=True)
class Siting:
    """New sites. `chosen` (k,) candidate rows, the one that gains most first, and what each adds to those before it: `gain` (k,) households.

    `before` households were reached by the fixed sites, `covered` are with the chosen ones, `total` are all. `bound`: no choice of as many sites
    covers more (of fewest sites: no fewer sites do); `gap` is the share by which it could be better. `uncoverable` are the demand rows that no
    candidate and no fixed site reaches. `status` is "optimal", "time_limit", or "infeasible": what was asked can not be had; `why` is then
    "no_candidates" (none reaches anybody new) or "uncoverable" (not all can be reached), and the chosen sites solve the rest, with `rest` its
    status. Where nobody is left to reach, `why` is "all_reached".
    """

    chosen: np.ndarray
    gain: np.ndarray
    before: float
    covered: float
    total: float
    status: str
    bound: float
    gap: float
    uncoverable: np.ndarray
    rest: str = ""
    why: str = ""

    @property
    def share(self) -> np.ndarray:
        """The share of all households covered after each added site (k,)."""
        return (self.before + np.cumsum(self.gain)) / self.total if self.total else np.zeros(len(self.gain))


@dataclass(frozen=True)
class _Rows:
    """What the solver sees: classes of demand by who reaches them, with their weights, and the candidates that are left to choose."""

    reaches: csr_matrix
    weight: np.ndarray
    free: np.ndarray
    before: float
    total: float
    uncoverable: np.ndarray


def best_sites(
    covers: Covers, households: np.ndarray, k: int, fixed: Sequence[int] = (), *, candidates: int | None = None, limit_s: float = LIMIT_S
) -> Siting:
    """Choose at most k candidates that with the `fixed` ones (candidate rows too) reach most households (n,).

    `candidates` is how many there are, where the last ones may reach nobody.
    """
    rows = _rows(covers, np.asarray(households, dtype=float), fixed, candidates)
    if not len(rows.free):
        nobody, why = np.zeros(0, np.int64), "no_candidates" if len(rows.uncoverable) else "all_reached"
        return _siting(rows, nobody, INFEASIBLE if len(rows.uncoverable) else OPTIMAL, rows.before, why=why)
    first = pick(rows.reaches, rows.weight, k)
    step = _step(rows.weight)
    if first.bound < first.gain.sum() + step or k <= 0:
        return _siting(rows, first.chosen, OPTIMAL, rows.before + first.gain.sum())
    n, c = len(rows.weight), len(rows.free)
    matrix = vstack([hstack([rows.reaches, -identity(n)]), csr_matrix((np.ones(c), (np.zeros(c, int), np.arange(c))), (1, c + n))]).tocsr()
    problem = Problem(
        cost=np.r_[np.zeros(c), -rows.weight],
        matrix=matrix,
        row_lower=np.r_[np.zeros(n), 0.0],
        row_upper=np.r_[np.full(n, np.inf), float(k)],
        lower=np.zeros(c + n),
        upper=np.ones(c + n),
        is_whole=np.r_[np.ones(c, bool), np.zeros(n, bool)],
    )
    solved = solve(problem, limit_s=limit_s, gap=step, start=_start(rows, first))
    found = np.flatnonzero(solved.x[:c] > 0.5) if solved.x is not None else first.chosen
    best = found if _reached(rows, found) > first.gain.sum() else first.chosen
    bound = rows.before + min(first.bound, -solved.bound, rows.weight.sum())
    return _siting(rows, best, solved.status, bound)


def fewest_sites(
    covers: Covers, households: np.ndarray, fixed: Sequence[int] = (), *, candidates: int | None = None, limit_s: float = LIMIT_S
) -> Siting:
    """Choose the fewest candidates that with the `fixed` ones reach all households (n,), but for those that no candidate reaches."""
    rows = _rows(covers, np.asarray(households, dtype=float), fixed, candidates)
    n, c = len(rows.weight), len(rows.free)
    if not n:
        return _siting(rows, np.zeros(0, np.int64), OPTIMAL, 0.0, fewest=True, why="" if len(rows.uncoverable) else "all_reached")
    first = pick(rows.reaches, np.ones(n), c)
    problem = Problem(np.ones(c), rows.reaches, np.ones(n), np.full(n, np.inf), np.zeros(c), np.ones(c), np.ones(c, bool))
    start = np.zeros(c)
    start[first.chosen] = 1.0
    solved = solve(problem, limit_s=limit_s, gap=0.99, start=start)
    found = np.flatnonzero(solved.x > 0.5) if solved.x is not None else first.chosen
    best = found if len(found) < len(first.chosen) else first.chosen
    bound = len(best) if solved.status == OPTIMAL else np.ceil(max(1.0, solved.bound) - 1e-6)
    return _siting(rows, best, solved.status, float(bound), fewest=True)


def _rows(covers: Covers, households: np.ndarray, fixed: Sequence[int], candidates: int | None) -> _Rows:
    candidate, demand = (np.asarray(part, dtype=np.int64) for part in covers)
    count = max(int(candidate.max(initial=-1)) + 1, candidates or 0, max(fixed, default=-1) + 1)
    is_fixed = np.zeros(count, bool)
    is_fixed[list(fixed)] = True
    done = np.zeros(len(households), bool)
    done[demand[is_fixed[candidate]]] = True
    coverable = done.copy()
    coverable[demand] = True
    lives = households > 0
    open_pair = ~is_fixed[candidate] & ~done[demand] & lives[demand]
    free, column = np.unique(candidate[open_pair], return_inverse=True)
    reaches, weight = _merged(column, demand[open_pair], households, len(free))
    return _Rows(reaches, weight, free, float(households[done].sum()), float(households.sum()), np.flatnonzero(~coverable & lives))


def _merged(column: np.ndarray, demand: np.ndarray, households: np.ndarray, columns: int) -> tuple[csr_matrix, np.ndarray]:
    """Return (who reaches each class (n, columns), weight of each class (n,)): demand points with equal candidates are one class."""
    if not columns:
        return csr_matrix((0, 0)), np.zeros(0)
    points, row = np.unique(demand, return_inverse=True)
    who = np.zeros((len(points), columns), bool)
    who[row, column] = True
    packed = np.packbits(who, axis=1)
    _, first, of = np.unique(packed.view(f"V{packed.shape[1]}").ravel(), return_index=True, return_inverse=True)
    return csr_matrix(who[first].astype(float)), np.bincount(of, households[points], len(first))


def _step(weight: np.ndarray) -> float:
    """The gap within which nothing better is left: less than one household, or a millionth of what is no count."""
    return 0.999 if (weight == np.round(weight)).all() else 1e-6 * float(weight.sum())


def _reached(rows: _Rows, columns: np.ndarray) -> float:
    return float(rows.weight[np.asarray(rows.reaches[:, columns].sum(axis=1)).ravel() > 0].sum())


def _start(rows: _Rows, first: Picks) -> np.ndarray:
    sites = np.zeros(len(rows.free))
    sites[first.chosen] = 1.0
    return np.r_[sites, np.minimum(rows.reaches @ sites, 1.0)]


def _siting(rows: _Rows, columns: np.ndarray, status: str, bound: float, *, fewest: bool = False, why: str = "") -> Siting:
    ordered = pick(rows.reaches, rows.weight, len(columns), columns)
    covered = rows.before + float(ordered.gain.sum())
    reached = float(len(ordered.chosen)) if fewest else covered
    gap = abs(bound - reached) / reached if reached and status == TIME_LIMIT else 0.0
    unreachable = fewest and len(rows.uncoverable) > 0
    return Siting(
        chosen=rows.free[ordered.chosen],
        gain=ordered.gain,
        before=rows.before,
        covered=covered,
        total=rows.total,
        status=INFEASIBLE if unreachable else status,
        bound=bound if status == TIME_LIMIT else reached,
        gap=gap,
        uncoverable=rows.uncoverable,
        rest=status if unreachable else "",
        why="uncoverable" if unreachable else why,
    )
