"""Why a group is out of bounds: the proof that no other cut would have fewer such groups, or the admission that there is none.

A component's violations are certified when their number equals a proven lower bound. Bounds, cheapest first:

    weight      no number of groups k has k*lower <= W <= k*upper       component_too_light, component_between
    heavy       an atom above `upper` is in a group out of bounds       atom_too_heavy (it takes in what fits nowhere, so the rest is forced none)
    packing     no grouping of the atom sizes, connectivity ignored     no_packing
    blocks      bottlenecks: parts that hang on single atoms            not_connectable
    pockets     parts that hang on one atom and can not be divided      not_connectable
    exact       every connected division of a small component tried     not_connectable
    none                                                               not_proven
A group out of bounds may weigh `bounds_cap` at most, so that one giant group does not pass for a single exception.
"""

from __future__ import annotations

import numpy as np

from geogrid.partition.bounds import MAX_TOTAL, by_blocks, by_packing, by_weight, splits
from geogrid.partition.exact import NO, count_pockets, is_divisible
from geogrid.partition.jobs import Jobs


def certify(jobs: Jobs, group: np.ndarray, lower: int, upper: int, wanted: np.ndarray) -> list[tuple[int, int, str]]:
    """Return (group, weight, reason) of every group out of bounds, by group; `group` int (r,) is the group of each node."""
    k = int(group.max(initial=-1)) + 1
    weight = np.bincount(group, jobs.weight, k).astype(np.int64)
    heaviest = np.zeros(k, np.int64)
    np.maximum.at(heaviest, group, jobs.weight)
    job = np.zeros(k, np.int64)
    job[group] = jobs.of_node
    bad = np.flatnonzero((weight > 0) & ((weight < lower) | (weight > upper)))
    reasons = {int(g): "atom_too_heavy" for g in bad[heaviest[bad] > upper]}
    for j in np.unique(job[bad]):
        mine = [int(g) for g in bad[job[bad] == j] if int(g) not in reasons]
        heavy = any(g in reasons for g in bad[job[bad] == j].tolist())
        reasons |= dict.fromkeys(mine, _reason(jobs, int(j), len(mine), heavy, lower, upper, int(wanted[j])))
    return [(int(g), int(weight[g]), reasons[int(g)]) for g in bad]


def _reason(jobs: Jobs, job: int, found: int, heavy: bool, lower: int, upper: int, wanted: int) -> str:
    """Return the reason that proves `found` violations beside the heavy atoms' own to be the fewest, else "not_proven"."""
    a, b = jobs.first[job], jobs.first[job + 1]
    weights, total = jobs.weight[a:b], int(jobs.weight[a:b].sum())
    c, d = jobs.edge_first[job], jobs.edge_first[job + 1]
    edges = np.column_stack([jobs.eu[c:d], jobs.ev[c:d]]) - a
    if total < lower:
        return "component_too_light"
    if wanted and not wanted * lower <= total <= wanted * upper:
        return "count_fixed"
    if heavy:
        return "not_proven"  # a heavy atom can take in every leftover, so this is never the fewest
    if total <= MAX_TOTAL and found <= splits(total, lower, upper)[-1]:
        return "component_between"
    if found <= by_weight(weights, lower, upper) or found <= by_packing(weights, lower, upper):
        return "no_packing"
    if found <= by_blocks(weights, edges, lower, upper) or (found == 1 and is_divisible(weights, edges, lower, upper) == NO):
        return "not_connectable"
    if found <= count_pockets(weights, edges, lower, upper, found):
        return "not_connectable"
    return "not_proven"
