"""Fixes set on streets: of the ways that explain a track's fixes, the likeliest (Viterbi), and the bins that it passes.

A fix may stand on eight streets within 30 m. A state costs its distance squared by the GPS error; a step costs how much the way along streets is
longer or shorter than the straight one (after Newson and Krumm 2009, there with a search for every pair; here junctions know those near them).
"""

from __future__ import annotations

import numpy as np
from numba import njit

from geogrid.reach.patrol_streets import CELL_M, Streets

REACH_M = 30.0
ERROR_M = 8.0  # of GPS in streets
STEP_M = 4.0  # a way so much longer than the straight one costs 1
FAR = 12.0  # cost of a step that no way along streets explains
TURN = 0.2  # of a step to another street
_K = 8


def match(streets: Streets, xy: np.ndarray, is_start: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the chain of each fix (n, 2), -1 where none is near, and how far along it, in metres. `is_start`: the fix goes on from no other."""
    if not len(streets) or not len(xy):
        return np.full(len(xy), -1, np.int32), np.zeros(len(xy))
    grid, pointer, cell = streets.index
    x, y = np.ascontiguousarray(xy[:, 0]), np.ascontiguousarray(xy[:, 1])
    return _match(
        x, y, is_start, streets.segments, streets.chain, streets.from_m, grid, pointer, cell, streets.ends, streets.length_m, *streets.hops[:3]
    )


@njit(cache=True)
def _candidates(x, y, segments, chain, from_m, grid, pointer, cell, k_chain, k_at, k_d2):  # type: ignore[no-untyped-def]
    """Fill in the nearest place on each of the nearest chains; return how many there are."""
    n = 0
    column, row = int(np.floor((x - grid[0]) / CELL_M)), int(np.floor((y - grid[1]) / CELL_M))
    columns, rows = int(grid[2]), int(grid[3])
    for j in range(max(0, row - 1), min(rows, row + 2)):
        for i in range(max(0, column - 1), min(columns, column + 2)):
            for q in range(pointer[j * columns + i], pointer[j * columns + i + 1]):
                s = cell[q]
                dx, dy = segments[s, 2] - segments[s, 0], segments[s, 3] - segments[s, 1]
                size2 = dx * dx + dy * dy
                t = min(1.0, max(0.0, ((x - segments[s, 0]) * dx + (y - segments[s, 1]) * dy) / size2))
                ex, ey = x - segments[s, 0] - t * dx, y - segments[s, 1] - t * dy
                d2 = ex * ex + ey * ey
                if d2 > REACH_M * REACH_M:
                    continue
                at = n
                for z in range(n):
                    if k_chain[z] == chain[s]:
                        at = z
                if at == n and n == _K:
                    at = 0
                    for z in range(1, _K):
                        if k_d2[z] > k_d2[at]:
                            at = z
                    if d2 >= k_d2[at]:
                        continue
                elif at < n and d2 >= k_d2[at]:
                    continue
                k_chain[at], k_at[at], k_d2[at] = chain[s], from_m[s] + t * np.sqrt(size2), d2
                n = max(n, at + 1)
    return n


@njit(cache=True)
def way(k, at_k, j, at_j, ends, length_m, start, to, far, most_m):  # type: ignore[no-untyped-def]
    """Return the shortest way between two places on streets, and by which ends: (metres, end of k, end of j); (inf, -1, -1) for none."""
    best, u_best, v_best = np.inf, -1, -1
    if k == j:
        best = abs(at_k - at_j)
    for u in range(2):
        off_u = at_k if u == 0 else length_m[k] - at_k
        if off_u > most_m or off_u >= best:
            continue
        for v in range(2):
            off = off_u + (at_j if v == 0 else length_m[j] - at_j)
            if off > most_m or off >= best or (k == j and u == v):
                continue
            a, b = ends[k, u], ends[j, v]
            if a == b:
                best, u_best, v_best = off, u, v
                continue
            for q in range(start[a], start[a + 1]):
                if off + far[q] >= best or off + far[q] > most_m:
                    break
                if to[q] == b:
                    best, u_best, v_best = off + far[q], u, v
                    break
    return best, u_best, v_best


@njit(cache=True)
def _match(x, y, is_start, segments, chain, from_m, grid, pointer, cell, ends, length_m, start, to, far):  # type: ignore[no-untyped-def]
    n = len(x)
    k_chain, k_at, back = np.full((n, _K), -1, np.int32), np.zeros((n, _K)), np.full((n, _K), -1, np.int8)
    count, begins = np.zeros(n, np.int8), np.ones(n, np.bool_)
    cost, before, d2 = np.zeros((n, _K)), np.zeros(_K), np.zeros(_K)
    for i in range(n):
        count[i] = _candidates(x[i], y[i], segments, chain, from_m, grid, pointer, cell, k_chain[i], k_at[i], d2)
        for a in range(count[i]):
            cost[i, a] = d2[a] / (2 * ERROR_M * ERROR_M)
        begins[i] = i == 0 or is_start[i] or count[i - 1] == 0
        if begins[i]:
            continue
        straight = np.hypot(x[i] - x[i - 1], y[i] - y[i - 1])
        most_m = straight + FAR * STEP_M
        before[:] = cost[i - 1]
        for a in range(count[i]):
            best, by = np.inf, -1
            for b in range(count[i - 1]):
                if before[b] >= best:
                    continue
                k, j = k_chain[i - 1, b], k_chain[i, a]
                metres, u, _ = way(k, k_at[i - 1, b], j, k_at[i, a], ends, length_m, start, to, far, most_m)
                step = FAR if metres > most_m else min(FAR, abs(metres - straight) / STEP_M + (TURN if u >= 0 else 0.0))
                if before[b] + step < best:
                    best, by = before[b] + step, b
            cost[i, a] += best
            back[i, a] = by
    return _traced(k_chain, k_at, back, count, begins, cost)


@njit(cache=True)
def _traced(k_chain, k_at, back, count, begins, cost):  # type: ignore[no-untyped-def]
    n = len(count)
    found, along = np.full(n, -1, np.int32), np.zeros(n)
    a = -1
    for i in range(n - 1, -1, -1):
        if count[i] == 0:
            a = -1
            continue
        if a < 0:
            a = 0
            for z in range(1, count[i]):
                if cost[i, z] < cost[i, a]:
                    a = z
        found[i], along[i] = k_chain[i, a], k_at[i, a]
        a = -1 if begins[i] else back[i, a]
    return found, along
