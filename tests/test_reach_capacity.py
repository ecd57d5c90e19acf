"""Stations fill up: as few as can be are left over, nobody is sent where no path leads, and what overfills a station is told."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from geogrid.reach.capacity import Allotment, allot
from geogrid.reach.solver import Problem, solve
from geogrid.reach.transport import transport


def pairs_of(table: list[list[float | None]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pairs of a table of metres, one row a demand point, None where there is no path."""
    found = [(i, j, metres) for i, row in enumerate(table) for j, metres in enumerate(row) if metres is not None]
    demand, station, metres = (np.array(part) for part in zip(*found, strict=True)) if found else (np.empty(0, int),) * 3
    return demand, station, metres


def told(table: list[list[float | None]], households: list[int], capacity: list[float]) -> Allotment:
    return allot(pairs_of(table), np.array(households), np.array(capacity, dtype=float))


tables = st.integers(1, 4).flatmap(
    lambda m: st.tuples(
        st.lists(st.lists(st.none() | st.integers(0, 30).map(float), min_size=m, max_size=m), min_size=1, max_size=7),
        st.lists(st.integers(0, 9).map(float) | st.just(float("nan")), min_size=m, max_size=m),
    )
)


def test_each_goes_to_the_nearest_while_there_is_room():
    assert told([[10, 50], [60, 20]], [3, 4], [10, 10]).station.tolist() == [0, 1]


def test_who_has_the_longer_way_round_stays_and_the_other_moves_on():
    # Both live nearest to station 0, which holds one of them; for the second the other station is next door.
    found = told([[10, 500], [12, 20]], [1, 1], [1, 5])
    assert found.station.tolist() == [0, 1]
    assert found.walk_m.tolist() == [10, 20]


def test_greedy_would_leave_over_whom_a_swap_serves():
    # The first point may go to either, the second to station 0 alone: nearest first would leave the second over.
    found = told([[10, 400], [30, None]], [2, 2], [2, 2])
    assert found.station.tolist() == [1, 0]
    assert found.left_over.tolist() == [0, 0]


def test_who_is_left_over_lives_farthest():
    found = told([[10], [20], [30]], [1, 1, 1], [2])
    assert found.station.tolist() == [0, 0, -1]
    assert found.left_over.tolist() == [0, 0, 1]


def test_without_a_path_one_is_not_left_over_but_unreached():
    found = told([[None, None], [5, None]], [7, 2], [10, 10])
    assert found.unreached.tolist() == [7, 0]
    assert found.left_over.tolist() == [0, 0]
    assert np.isnan(found.walk_m[0])


def test_an_infinite_walk_is_no_path():
    assert told([[float("inf")]], [3], [10]).unreached.tolist() == [3]


def test_a_point_is_taken_whole_and_the_overload_is_told():
    found = told([[10]], [8], [5])
    assert found.station.tolist() == [0]
    assert found.overload.tolist() == [3]


def test_a_point_of_which_less_than_half_finds_room_is_left_over_whole():
    found = told([[10]], [8], [3])
    assert found.left_over.tolist() == [8]
    assert found.load.tolist() == [0]


def test_a_station_without_a_known_capacity_never_fills_up():
    assert told([[10, 20], [10, 20]], [1000, 5000], [float("nan"), 1]).station.tolist() == [0, 0]


def test_a_station_of_capacity_zero_takes_nobody():
    assert told([[10, 90]], [1], [0, 5]).station.tolist() == [1]


@pytest.mark.parametrize(("table", "households"), [([], []), ([[None]], [4]), ([[3.0]], [0])])
def test_nobody_to_serve_is_no_fault(table: list[list[float | None]], households: list[int]):
    found = told(table, households, [5])
    assert found.station.tolist() == [-1] * len(households)
    assert found.load.tolist() == [0]


@given(tables, st.data())
def test_a_capacity_is_exceeded_only_by_the_part_of_points_that_are_taken_whole(
    made: tuple[list[list[float | None]], list[float]], data: st.DataObject
):
    table, capacity = made
    households = data.draw(st.lists(st.integers(0, 6), min_size=len(table), max_size=len(table)))
    found = told(table, households, capacity)
    room = np.nan_to_num(np.array(capacity), nan=np.inf)
    assert (found.load - found.overload <= room).all()
    for station in np.flatnonzero(found.overload > 0):
        taken = np.array(households)[found.station == station]
        assert found.overload[station] < taken.sum()


@given(tables, st.data())
def test_served_left_over_and_unreached_are_all(made: tuple[list[list[float | None]], list[float]], data: st.DataObject):
    table, capacity = made
    households = data.draw(st.lists(st.integers(0, 6), min_size=len(table), max_size=len(table)))
    found = told(table, households, capacity)
    assert found.load.sum() + found.left_over.sum() + found.unreached.sum() == sum(households)
    for i, station in enumerate(found.station):
        assert station < 0 or table[i][station] == found.walk_m[i]


@given(tables, st.randoms(use_true_random=False))
def test_the_order_of_the_pairs_does_not_matter(made: tuple[list[list[float | None]], list[float]], shuffle: object):
    table, capacity = made
    demand, station, metres = pairs_of(table)
    order = np.arange(len(demand))
    shuffle.shuffle(order)  # type: ignore[attr-defined]
    households = np.arange(1, len(table) + 1)
    once = allot((demand, station, metres), households, np.array(capacity))
    again = allot((demand[order], station[order], metres[order]), households, np.array(capacity))
    assert once.station.tolist() == again.station.tolist()


@settings(max_examples=60)
@given(tables, st.data())
def test_single_households_are_placed_as_well_as_any_way_of_placing_them(made: tuple[list[list[float | None]], list[float]], data: st.DataObject):
    table, capacity = made
    table = table[: data.draw(st.integers(1, 5))]
    found = told(table, [1] * len(table), capacity)
    room = np.nan_to_num(np.array(capacity), nan=np.inf)
    ways = [[None, *(j for j, metres in enumerate(row) if metres is not None)] for row in table]
    best = min(
        (way.count(None), sum(table[i][j] or 0.0 for i, j in enumerate(way) if j is not None))
        for way in itertools.product(*ways)
        if all(way.count(j) <= room[j] for j in range(len(room)))
    )
    assert (int((found.station < 0).sum()), float(np.nansum(found.walk_m))) == best


@settings(max_examples=40)
@given(st.integers(0, 10_000))
def test_what_flows_costs_what_a_linear_program_finds(seed: int):
    rng = np.random.default_rng(seed)
    n, m, k = 40, 6, 3
    station = np.array([rng.choice(m, k, replace=False) for _ in range(n)]).ravel()
    demand, walk_m = np.repeat(np.arange(n), k), rng.integers(1, 900, n * k).astype(float)
    households, room = rng.integers(1, 20, n).astype(float), rng.integers(0, 90, m).astype(float)
    flow = transport(demand, station, walk_m, households, room)
    assert (np.bincount(station, flow, m) <= room).all()
    assert (np.bincount(demand, flow, n) <= households).all()
    dear = 1e5
    rows, columns = np.r_[demand, n + station, np.arange(n)], np.r_[np.tile(np.arange(n * k), 2), n * k + np.arange(n)]
    matrix = csr_matrix((np.ones(len(rows)), (rows, columns)), (n + m, n * k + n))
    problem = Problem(
        cost=np.r_[walk_m, np.full(n, dear)],
        matrix=matrix,
        row_lower=np.r_[households, np.zeros(m)],
        row_upper=np.r_[households, room],
        lower=np.zeros(n * k + n),
        upper=np.full(n * k + n, np.inf),
    )
    own = float(flow @ walk_m + (households.sum() - flow.sum()) * dear)
    assert own == pytest.approx(solve(problem).bound)
