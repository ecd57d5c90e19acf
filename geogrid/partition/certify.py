"""Why a group is out of bounds: the proof that no other division has fewer such groups, or the admission that there is none.

A component's violations are certified when their number equals a proven lower bound. Bounds, cheapest first:

    weight      no number of groups k has k*lower <= W <= k*upper       component_too_light, component_between
    heavy       an atom above `upper` is in a group out of bounds       atom_too_heavy, beside_heavy (it took in what fits nowhere else)
    packing     no grouping of the atom sizes, connectivity ignored     no_packing
    regions     every connected group round the violations listed       not_connectable (or a better division is found)
    blocks      bottlenecks: parts that hang on single atoms            not_connectable
    none                                                               not_proven
A group out of bounds may weigh `bounds_cap` at most, so that one giant group does not pass for a single exception.
"""

from __future__ import annotations

import numpy as np

from geogrid.partition.bounds import MAX_TOTAL, by_blocks, by_packing, by_weight, splits
from geogrid.partition.jobs import Jobs
from geogrid.partition.regions import FEW, MANY, Budget, Village, bits, settle
from geogrid.partition.solve import solve

FEW_WORK, MANY_WORK = 250_000, 2_000_000  # groups listed for all components together, in the first look and in the second
MANY_JOBS = 12  # components that get a second look
MAX_NODES = 5_000  # a component beyond this is not looked at atom by atom


def certify(jobs: Jobs, group: np.ndarray, lower: int, upper: int, proofs: dict[int, str]) -> list[tuple[int, int, str]]:
    """Return (group, weight, reason) of every group out of bounds, by group; `group` int (r,) is the group of each node."""
    k = int(group.max(initial=-1)) + 1
    weight = np.bincount(group, jobs.weight, k).astype(np.int64)
    heaviest, job = np.zeros(k, np.int64), np.zeros(k, np.int64)
    np.maximum.at(heaviest, group, jobs.weight)
    job[group] = jobs.of_node
    out = []
    for g in np.flatnonzero((weight > 0) & ((weight < lower) | (weight > upper))).tolist():
        own = "atom_too_heavy" if heaviest[g] == weight[g] else "beside_heavy"
        out.append((g, int(weight[g]), own if heaviest[g] > upper else proofs.get(int(job[g]), "not_proven")))
    return out


def examined(jobs: Jobs, local: np.ndarray, bounds: tuple[int, int], limits: tuple) -> tuple[np.ndarray, dict[int, str]]:
    """Return (local, proofs): divisions improved where a proof showed how, and the reason for each job with violations beside heavy atoms.

    `local` is each node's group within its job, `limits` is what `solve` was given: (lower, upper, wanted) of each job.
    """
    lower, upper = bounds
    local, proofs = local.copy(), {}
    size = np.diff(jobs.first)
    some = sorted(_jobs_with_violations(jobs, local, lower, upper), key=lambda j: (int(size[j]), j))  # what is small is proved soonest
    faults = {j: _violations(jobs.weight[jobs.first[j] : jobs.first[j + 1]], local[jobs.first[j] : jobs.first[j + 1]], lower, upper) for j in some}
    for most, work, tries in ((FEW, FEW_WORK, len(some)), (MANY, MANY_WORK, MANY_JOBS)):
        budget = Budget(work)
        some = [j for j in some if proofs.get(j, "not_proven") == "not_proven"]
        for j in (some if most == FEW else sorted(some, key=lambda j: (faults[j], int(size[j]), j)))[:tries]:
            mine, wanted = slice(int(jobs.first[j]), int(jobs.first[j + 1])), int(limits[2][j])
            if most == MANY and budget.left > 0:
                again = solve(jobs, *limits, only=j)
                if _violations(jobs.weight[mine], again, lower, upper) < _violations(jobs.weight[mine], local[mine], lower, upper):
                    local[mine] = again
            local[mine], proofs[j] = _examine(jobs, j, local[mine], bounds, wanted, (most, budget))
    return local, proofs


def _jobs_with_violations(jobs: Jobs, local: np.ndarray, lower: int, upper: int) -> list[int]:
    """List the jobs with groups out of bounds that hold no atom above `upper`."""
    groups = np.maximum.reduceat(local, jobs.first[:-1]) + 1
    group = local + np.repeat(np.cumsum(groups) - groups, np.diff(jobs.first))
    weight, heaviest = np.bincount(group, jobs.weight), np.zeros(int(groups.sum()), np.int64)
    np.maximum.at(heaviest, group, jobs.weight)
    bad = (weight > 0) & ((weight < lower) | (weight > upper)) & (heaviest <= upper)
    return np.unique(jobs.of_node[bad[group]]).tolist()


def _violations(weights: np.ndarray, labels: np.ndarray, lower: int, upper: int) -> int:
    total = np.bincount(labels, weights)
    return int(((total > 0) & ((total < lower) | (total > upper))).sum())


def _examine(jobs: Jobs, job: int, labels: np.ndarray, bounds: tuple[int, int], wanted: int, effort: tuple[int, Budget]) -> tuple[np.ndarray, str]:
    """Return (labels, reason): the division, improved where that is possible, and what proves its violations to be the fewest."""
    lower, upper = bounds
    a, c, d = jobs.first[job], jobs.edge_first[job], jobs.edge_first[job + 1]
    weights, edges = jobs.weight[a : jobs.first[job + 1]], np.column_stack([jobs.eu[c:d], jobs.ev[c:d]]) - a
    found = _violations(weights, labels, lower, upper)
    reason = _by_sizes(weights, found, lower, upper, wanted)
    if reason or found == 0:
        return labels, reason
    if weights.max() > upper or len(weights) > MAX_NODES or effort[1].left <= 0:
        return labels, "not_proven"
    village = Village(weights, edges, lower, upper)
    groups, proved = settle(village, [_as_bits(labels == g) for g in np.unique(labels)], *effort)
    if wanted and len(groups) != len(np.unique(labels)):
        return labels, "not_proven"
    better = labels.copy()
    for g, group in enumerate(groups):
        better[bits(group)] = g
    found = sum(map(village.is_faulty, groups))
    return better, "not_connectable" if found <= proved or found <= by_blocks(weights, edges, lower, upper) else "not_proven"


def _by_sizes(weights: np.ndarray, found: int, lower: int, upper: int, wanted: int) -> str:
    """Return the reason that lies in weights alone, "" where there is none."""
    total = int(weights.sum())
    if total < lower:
        return "component_too_light"
    if wanted and not wanted * lower <= total <= wanted * upper:
        return "count_fixed"
    if weights.max() > upper:
        return ""
    if total <= MAX_TOTAL and found <= splits(total, lower, upper)[-1]:
        return "component_between"
    return "no_packing" if found <= by_weight(weights, lower, upper) or found <= by_packing(weights, lower, upper) else ""


def _as_bits(mask: np.ndarray) -> int:
    return sum(1 << v for v in np.flatnonzero(mask).tolist())
