"""HiGHS, called one way: rows and columns in, what was found and how sure it is out. One thread, so that the same input gives the same answer.

Its own "Optimal" within a relative gap of 1e-4 is not ours: a gap is closed to less than one unit of a whole objective, or said.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

LIMIT_S = 10.0
OPTIMAL, TIME_LIMIT, INFEASIBLE = "optimal", "time_limit", "infeasible"


@dataclass(frozen=True)
class Problem:
    """Minimise cost · x where row_lower ≤ matrix x ≤ row_upper and 0 ≤ lower ≤ x ≤ upper; `is_whole` (n,) marks what must be an integer."""

    cost: np.ndarray
    matrix: csr_matrix
    row_lower: np.ndarray
    row_upper: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    is_whole: np.ndarray | None = None


@dataclass(frozen=True)
class Solved:
    """`status` "optimal", "time_limit" or "infeasible"; `x` (n,), None where nothing was found; `bound`: no solution costs less."""

    status: str
    x: np.ndarray | None
    bound: float


def solve(problem: Problem, *, limit_s: float = LIMIT_S, gap: float = 1e-6, start: np.ndarray | None = None) -> Solved:
    """Solve; an integer problem to an absolute gap of less than `gap`, from the solution `start` (n,) where there is one."""
    import highspy  # 40 ms, and only who solves needs it

    highs = highspy.Highs()
    whole = problem.is_whole is not None
    options = {"output_flag": False, "threads": 1, "random_seed": 0, "time_limit": float(limit_s), "mip_rel_gap": 0.0, "mip_abs_gap": gap}
    for name, value in options.items():
        highs.setOptionValue(name, value)
    highs.passModel(_model(problem))
    if start is not None:
        given = highspy.HighsSolution()
        given.col_value = start.tolist()
        highs.setSolution(given)
    highs.run()
    status, info = highs.getModelStatus(), highs.getInfo()
    kinds = highspy.HighsModelStatus
    if status in (kinds.kInfeasible, kinds.kUnboundedOrInfeasible):
        return Solved(INFEASIBLE, None, float("inf"))
    feasible = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    x = np.asarray(highs.getSolution().col_value) if feasible else None
    if status == kinds.kOptimal:
        return Solved(OPTIMAL, x, float(info.mip_dual_bound if whole else info.objective_function_value))
    return Solved(TIME_LIMIT, x, float(info.mip_dual_bound) if whole else -float("inf"))


def _model(problem: Problem) -> object:
    import highspy

    lp = highspy.HighsLp()
    lp.num_row_, lp.num_col_ = problem.matrix.shape
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = problem.cost, problem.lower, problem.upper
    lp.row_lower_, lp.row_upper_ = problem.row_lower, problem.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = problem.matrix.indptr, problem.matrix.indices, problem.matrix.data
    if problem.is_whole is not None:
        kind = highspy.HighsVarType
        lp.integrality_ = [kind.kInteger if whole else kind.kContinuous for whole in problem.is_whole.tolist()]
    return lp
