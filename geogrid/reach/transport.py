"""The cheapest way to put households into stations with room, exactly: point by point, each along the shortest chain of swaps.

A point goes to a station with room, or pushes another point out of a full one, which moves on …, to room or to nowhere. Prices of the full stations
make every swap cost zero or more, so Dijkstra's search among the stations finds the chain (successive shortest paths: Ahuja, Magnanti and Orlin,
Network Flows, 9.7). Stations are few and points many, and the search never looks at a point.
"""

from __future__ import annotations

import heapq
from typing import NamedTuple

import numpy as np
from numba import njit

NOWHERE = -1


class Ways(NamedTuple):
    """Pairs of a point and a station it can walk to; those of point i are rows first[i] to first[i + 1].

    `point` and `station` int (p,), `cost` float (p,); those of station a are rows at[begin[a]:begin[a + 1]]. `dear`: cost of going nowhere.
    """

    first: np.ndarray
    point: np.ndarray
    station: np.ndarray
    cost: np.ndarray
    at: np.ndarray
    begin: np.ndarray
    dear: float


class State(NamedTuple):
    """What has been put where, and what the search needs, all edited in place.

    `flow` (p,), `left` and `price` (m,); `swap` (m, m): what the cheapest move of a point from a to b adds, `mover` the pair that leaves; `out` (m,):
    what the cheapest way from a to nowhere adds, `leaver` the pair; `label`, `came`, `done` (m,): of the last search.
    """

    flow: np.ndarray
    left: np.ndarray
    price: np.ndarray
    swap: np.ndarray
    mover: np.ndarray
    out: np.ndarray
    leaver: np.ndarray
    label: np.ndarray
    came: np.ndarray
    done: np.ndarray


def transport(demand: np.ndarray, station: np.ndarray, cost: np.ndarray, amount: np.ndarray, room: np.ndarray) -> np.ndarray:
    """Return what goes along each pair, float (p,): as much as can go at all, at the least cost of those ways; the rest goes nowhere.

    `demand` and `station` int (p,), `cost` (p,) of a unit, zero or more, pairs in order of demand; `amount` (n,), `room` (m,), which may be infinite.
    """
    n, m = len(amount), len(room)
    first = np.searchsorted(demand, np.arange(n + 1))
    at = np.argsort(station, kind="stable")
    dear = (m + 1.0) * float(cost.max(initial=0.0)) + 1.0  # no chain of swaps saves as much: who can be served is
    ways = Ways(first, demand, station, cost, at, np.searchsorted(station[at], np.arange(m + 1)), dear)
    far, nobody = np.full(m, np.inf), np.full(m, NOWHERE)
    swap, mover = np.full((m, m), np.inf), np.full((m, m), NOWHERE)
    done = np.zeros(m, dtype=np.bool_)
    state = State(np.zeros(len(cost)), room.astype(float), np.zeros(m), swap, mover, far, nobody, far.copy(), nobody.copy(), done)
    _fill(ways, state, amount.astype(float))
    return state.flow


@njit(cache=True)
def _fill(ways: Ways, state: State, amount: np.ndarray) -> None:
    for i in range(len(amount)):
        rest = amount[i]
        while rest > 0:
            end, least = _search(ways, state, i)
            if end != NOWHERE:
                rest -= _push(ways, state, i, end, rest)
            for a in range(len(state.price)):
                if state.done[a]:
                    state.price[a] += max(0.0, least - state.label[a])
            if end == NOWHERE:
                break


@njit(cache=True)
def _search(ways: Ways, state: State, i: int) -> tuple[int, float]:
    """Return (station where the cheapest chain of point i ends, its cost): one with room, else one from which another point goes nowhere."""
    label, came, done, price = state.label, state.came, state.done, state.price
    label[:], came[:], done[:] = np.inf, NOWHERE, False
    heap = [(np.inf, NOWHERE)]
    for q in range(ways.first[i], ways.first[i + 1]):
        a = ways.station[q]
        if ways.cost[q] + price[a] < label[a]:
            label[a] = ways.cost[q] + price[a]
            heapq.heappush(heap, (label[a], a))
    end, least = NOWHERE, ways.dear
    while heap[0][0] < least:
        length, a = heapq.heappop(heap)
        if done[a]:
            continue
        done[a] = True
        if state.left[a] > 0:
            return a, length
        length -= price[a]
        if length + state.out[a] < least:
            end, least = a, length + state.out[a]
        for b in range(len(label)):
            further = length + state.swap[a, b] + price[b]
            if not done[b] and further < label[b]:
                label[b], came[b] = further, a
                heapq.heappush(heap, (further, b))
    return end, least


@njit(cache=True)
def _push(ways: Ways, state: State, i: int, end: int, most: float) -> float:
    """Move as much as all steps of the chain that ends at `end` allow, at most `most`; return how much."""
    leaves = state.left[end] <= 0
    pushed = min(most, state.flow[state.leaver[end]] if leaves else state.left[end])
    b = end
    while state.came[b] != NOWHERE:
        pushed = min(pushed, state.flow[state.mover[state.came[b], b]])
        b = state.came[b]
    if leaves:
        _take(ways, state, state.leaver[end], pushed)
    else:
        state.left[end] -= pushed
    b = end
    while state.came[b] != NOWHERE:
        a = state.came[b]
        mover = state.mover[a, b]
        _put(ways, state, _pair(ways, ways.point[mover], b), pushed)
        _take(ways, state, mover, pushed)
        b = a
    _put(ways, state, _pair(ways, i, b), pushed)
    return pushed


@njit(cache=True)
def _pair(ways: Ways, i: int, a: int) -> int:
    for q in range(ways.first[i], ways.first[i + 1]):
        if ways.station[q] == a:
            return q
    return NOWHERE


@njit(cache=True)
def _put(ways: Ways, state: State, pair: int, pushed: float) -> None:
    state.flow[pair] += pushed
    _offer(ways, state, pair)


@njit(cache=True)
def _take(ways: Ways, state: State, pair: int, pushed: float) -> None:
    state.flow[pair] -= pushed
    if state.flow[pair] > 0:
        return
    a = ways.station[pair]
    state.swap[a, :], state.out[a] = np.inf, np.inf
    for k in range(ways.begin[a], ways.begin[a + 1]):
        if state.flow[ways.at[k]] > 0:
            _offer(ways, state, ways.at[k])


@njit(cache=True)
def _offer(ways: Ways, state: State, pair: int) -> None:
    """Note what it adds to move the point of a pair from its station to another, or to nowhere."""
    a, i = ways.station[pair], ways.point[pair]
    if ways.dear - ways.cost[pair] < state.out[a]:
        state.out[a], state.leaver[a] = ways.dear - ways.cost[pair], pair
    for q in range(ways.first[i], ways.first[i + 1]):
        b, more = ways.station[q], ways.cost[q] - ways.cost[pair]
        if b != a and more < state.swap[a, b]:
            state.swap[a, b], state.mover[a, b] = more, pair
