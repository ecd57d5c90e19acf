"""Why a group with a centre household is out of bounds, or has no centre: each reason is proved, or it is "not_proven".

no_centre         its component has none
centres_together  one atom holds several
atom_too_heavy    an atom above `upper`; beside_heavy: what fits nowhere else joined it
centres_few       the component's households are more than its centres can take; centres_many: fewer than they need
centre_crowded    all that the centre can reach without passing another one is less than `lower`
centre_alone      what can reach no other centre is more than `upper`
centres_placed    every group of one centre was listed, and no choice of them has fewer out of bounds
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csc_matrix

from geogrid.partition.centres import Centred, Limits, mended, parted
from geogrid.partition.excerpt import pieces
from geogrid.partition.jobs import Jobs
from geogrid.partition.knapsack import bounds_cap
from geogrid.partition.regions import FEW, Village, bits

LIST_NODES = 200  # a larger component has too many groups to list
INFEASIBLE = 2


def certify_centres(jobs: Jobs, group: np.ndarray, centred: Centred, lower: int, upper: int, proofs: dict[int, str]) -> list[tuple[int, int, str]]:
    """Return (group, households, reason) of every group with households that is out of bounds or has not one centre; `group` int (r,)."""
    k = int(group.max(initial=-1)) + 1
    households = np.bincount(group, centred.households, k).astype(np.int64)
    centres = np.bincount(group, centred.number, k).astype(np.int64)
    job = np.zeros(k, np.int64)
    job[group] = jobs.of_node
    out = households * ((households < lower) | (households > upper) | (centres != 1)) > 0
    reach: dict[int, tuple[np.ndarray, np.ndarray]] = {}
    found = []
    for g in np.flatnonzero(out).tolist():
        j = int(job[g])
        if j not in reach:
            reach[j] = _reach(jobs, j, centred)
        nodes = np.flatnonzero(group[jobs.first[j] : jobs.first[j + 1]] == g)
        found.append((g, int(households[g]), _reason(jobs, j, nodes, centred, (lower, upper), reach[j]) or proofs.get(j, "not_proven")))
    return found


def _reason(jobs: Jobs, job: int, nodes: np.ndarray, centred: Centred, bounds: tuple[int, int], reach: tuple) -> str:
    a, b = jobs.first[job], jobs.first[job + 1]
    number, households = centred.number[a:b], centred.households[a:b]
    seats, total, weight = int((number > 0).sum()), int(households.sum()), int(households[nodes].sum())
    lower, upper = bounds
    if seats == 0:
        return "no_centre"
    if number[nodes].sum() > 1:
        return "centres_together"
    heaviest = households[nodes].max()
    if heaviest > upper:
        return "atom_too_heavy" if heaviest == weight else "beside_heavy"
    if weight > upper and total > seats * upper:
        return "centres_few"
    if weight < lower and total < seats * lower:
        return "centres_many"
    centre = int(nodes[number[nodes] > 0][0])
    most, least = reach
    if most[centre] < lower:
        return "centre_crowded"
    return "centre_alone" if least[centre] > upper else ""


def _reach(jobs: Jobs, job: int, centred: Centred) -> tuple[np.ndarray, np.ndarray]:
    """Return for each node with a centre (most, least) households of its group: all it can reach, and all that can reach no other centre, (m,)."""
    a, b = jobs.first[job], jobs.first[job + 1]
    c, d = jobs.edge_first[job], jobs.edge_first[job + 1]
    u, v = jobs.eu[c:d] - a, jobs.ev[c:d] - a
    seat, households = centred.number[a:b] > 0, centred.households[a:b]
    free = ~seat[u] & ~seat[v]
    part = pieces(len(seat), u[free], v[free])
    weight = np.bincount(part, households * ~seat)
    doors = np.unique(np.concatenate([np.c_[u, part[v]][seat[u] & ~seat[v]], np.c_[v, part[u]][seat[v] & ~seat[u]]]), axis=0)
    only = np.bincount(doors[:, 1], minlength=len(weight)) == 1
    own = households * seat
    most = own + np.bincount(doors[:, 0], weight[doors[:, 1]], len(seat))
    return most, own + np.bincount(doors[:, 0], (weight * only)[doors[:, 1]], len(seat))


def settle_centres(jobs: Jobs, local: np.ndarray, centred: Centred, lower: int, upper: int, limits: Limits) -> tuple[np.ndarray, dict[int, str]]:
    """Return (local, proofs): groups of one atom with centres each, as few out of bounds as were found, and the reason where that is proved.

    Where totals break the bounds, `limits` are wider: households are shared out evenly there.
    """
    out, proofs = parted(jobs, local, centred), {}
    narrow = limits[1] - limits[0] == upper - lower
    for j in np.flatnonzero(centred.seats(jobs) > 1).tolist():
        a, b, bounds = jobs.first[j], jobs.first[j + 1], (int(limits[0][j]), int(limits[1][j]))
        weight = np.bincount(out[a:b], jobs.weight[a:b])
        bad = int(((weight < bounds[0]) | (weight > bounds[1])).sum())
        if bad and narrow[j] and b - a <= LIST_NODES:
            out[a:b], proved = _listed(jobs, j, out[a:b], centred, (lower, upper), bad)
            if proved:
                proofs[j] = "centres_placed"
        if bad and j not in proofs:
            out[a:b] = mended(jobs, j, out[a:b], bounds, centred)
    return out, proofs


def _listed(jobs: Jobs, job: int, labels: np.ndarray, centred: Centred, bounds: tuple[int, int], found: int) -> tuple[np.ndarray, bool]:
    """Return (labels, whether no division with one atom of centres each has fewer groups out of bounds)."""
    a, b = jobs.first[job], jobs.first[job + 1]
    c, d = jobs.edge_first[job], jobs.edge_first[job + 1]
    edges = np.column_stack([jobs.eu[c:d], jobs.ev[c:d]]) - a
    village = Village(centred.households[a:b], edges, *bounds)
    seats = np.flatnonzero(centred.number[a:b]).tolist()
    groups = _one_centre_groups(village, seats, sum(village.weights)) or _one_centre_groups(village, seats, int(bounds_cap(*bounds)))
    if groups is None:
        return labels, False
    cost = np.array([float(village.is_faulty(g)) for g in groups])
    rows, columns = np.array([(v, i) for i, g in enumerate(groups) for v in bits(g)]).T
    matrix = csc_matrix((np.ones(len(rows)), (rows, columns)), shape=(b - a, len(groups)))
    once = LinearConstraint(matrix, 1, 1)
    solved = milp(cost, constraints=once, bounds=Bounds(0, 1), integrality=np.ones(len(groups)), options={"node_limit": 400})
    if solved.x is None:
        return labels, solved.status == INFEASIBLE and found == 1  # a group beyond the cap is out of bounds, and there must be one
    chosen = [groups[i] for i in np.flatnonzero(solved.x > 0.5)]
    fewest = sum(map(village.is_faulty, chosen))
    if fewest < found:
        labels = np.empty(len(labels), np.int64)
        for g, group in enumerate(chosen):
            labels[bits(group)] = g
    return labels, solved.status == 0


def _one_centre_groups(village: Village, centres: list[int], cap: int) -> list[int] | None:
    """List every connected group of one of the `centres` that weighs `cap` at most, or is one atom; None when there are too many."""
    free = ((1 << len(village.weights)) - 1) & ~sum(1 << v for v in centres)
    out: list[int] = []
    for start in centres:
        stack = [(1 << start, village.near[start] & free, 1 << start, village.weights[start])]
        while stack:
            group, ring, settled, weight = stack.pop()
            if not ring:
                out.append(group)
                if len(out) > FEW:
                    return None
                continue
            bit = ring & -ring
            v = bit.bit_length() - 1
            stack.append((group, ring ^ bit, settled | bit, weight))
            if weight + village.weights[v] <= cap:
                grown = (ring | village.near[v]) & free & ~(settled | bit | group)
                stack.append((group | bit, grown, settled, weight + village.weights[v]))
    return out
