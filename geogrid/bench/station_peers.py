"""Walks, capacities and new sites by others: networkx, a linear program in HiGHS, spopt; each given the same doors, stations and candidates."""

# pyright: reportMissingImports=false, reportMissingModuleSource=false
from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.sparse import csr_matrix

from geogrid.reach.capacity import Pairs
from geogrid.reach.snapping import Snapped
from geogrid.reach.solver import Problem, solve
from geogrid.reach.walking import Ground

DEAR_M = 1e6
"""Metres that stand for being left over: more than any chain of swaps saves."""
FAR_M = 1e9


@dataclass(frozen=True)
class Timed:
    """What a peer found (None: not in time), and the CPU seconds to set its problem up and to solve it."""

    found: np.ndarray | float | None
    build_s: float
    solve_s: float


def walks_by_networkx(ground: Ground, doors: Snapped, stations: Snapped) -> Timed:
    """Walk from every door to its nearest station, metres (n,), along paths alone: each place is a node that hangs on its edge by its leg."""
    import networkx

    start = time.process_time()
    graph, network = networkx.Graph(), ground.network
    hung: dict[int, list[tuple[float, object]]] = defaultdict(list)
    for name, places in (("door", doors), ("station", stations)):
        for i, (edge, along, leg) in enumerate(zip(places.edge.tolist(), places.along_m.tolist(), places.leg_m.tolist(), strict=True)):
            hung[edge].append((along, (name, i, "foot")))
            graph.add_edge((name, i, "foot"), (name, i), weight=leg * ground.detour)
    for edge, (a, b, length) in enumerate(zip(network.a.tolist(), network.b.tolist(), network.length_m.tolist(), strict=True)):
        chain = [(0.0, a), *sorted(hung.get(edge, []), key=lambda one: one[0]), (length, b)]
        for (at, one), (further, other) in pairwise(chain):
            weight = further - at
            if not graph.has_edge(one, other) or graph[one][other]["weight"] > weight:
                graph.add_edge(one, other, weight=weight)
    built = time.process_time()
    metres = networkx.multi_source_dijkstra_path_length(graph, {("station", i) for i in range(len(stations.edge))})
    walk = np.array([metres.get(("door", i), np.inf) for i in range(len(doors.edge))])
    return Timed(walk, built - start, time.process_time() - built)


def allotted_by_highs(pairs: Pairs, households: np.ndarray, capacity: np.ndarray, limit_s: float) -> Timed:
    """Households left over by the transport problem as a linear program, one column a pair and one for each point's left over."""
    start = time.process_time()
    demand, station, walk_m = pairs
    points, row = np.unique(demand, return_inverse=True)
    n, p, m = len(points), len(demand), len(capacity)
    cells = np.r_[row, n + station, np.arange(n)], np.r_[np.tile(np.arange(p), 2), p + np.arange(n)]
    problem = Problem(
        cost=np.r_[walk_m, np.full(n, DEAR_M)],
        matrix=csr_matrix((np.ones(2 * p + n), cells), (n + m, p + n)),
        row_lower=np.r_[households[points], np.zeros(m)],
        row_upper=np.r_[households[points], capacity],
        lower=np.zeros(p + n),
        upper=np.full(p + n, np.inf),
    )
    built = time.process_time()
    solved = solve(problem, limit_s=limit_s)
    left = None if solved.status != "optimal" or solved.x is None else float(solved.x[p:].sum())
    return Timed(left, built - start, time.process_time() - built)


def sited_by_spopt(covers: tuple[np.ndarray, np.ndarray], households: np.ndarray, candidates: int, k: int, limit_s: float) -> Timed:
    """Households covered by spopt's maximal covering of k sites, HiGHS within."""
    import pulp
    from spopt.locate import MCLP

    start = time.process_time()
    cost = np.full((len(households), candidates), FAR_M)
    cost[covers[1], covers[0]] = 1.0
    model = MCLP.from_cost_matrix(cost, households.astype(float), 2.0, p_facilities=k)
    built = time.process_time()
    solved = model.solve(pulp.HiGHS(msg=False, timeLimit=limit_s, threads=1), results=False)
    in_time = solved.problem.sol_status == pulp.LpSolutionOptimal
    covered = float(solved.problem.objective.value()) if in_time else None
    return Timed(covered, built - start, time.process_time() - built)
