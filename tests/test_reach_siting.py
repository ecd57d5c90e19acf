"""New sites: what the solver proves is what trying all choices finds; what can not be had is said; a limit of time is never called optimal."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from geogrid.reach.greedy import pick
from geogrid.reach.siting import Siting, best_sites, fewest_sites
from geogrid.reach.solver import INFEASIBLE, OPTIMAL, TIME_LIMIT

scenes = st.integers(1, 6).flatmap(
    lambda c: st.tuples(
        st.lists(st.sets(st.integers(0, 7)), min_size=c, max_size=c),  # whom each candidate reaches
        st.lists(st.integers(0, 9), min_size=8, max_size=8),
        st.sets(st.integers(0, c - 1), max_size=2),
    )
)


def covers(sets: list[set[int]]) -> tuple[np.ndarray, np.ndarray]:
    found = [(c, d) for c, reached in enumerate(sets) for d in sorted(reached)]
    return np.array([c for c, _ in found], dtype=int), np.array([d for _, d in found], dtype=int)


def reached(sets: list[set[int]], chosen: list[int], households: list[int]) -> int:
    return sum(households[d] for d in set().union(*(sets[c] for c in chosen)))


def best(sets: list[set[int]], households: list[int], k: int, fixed: tuple[int, ...] = ()) -> Siting:
    return best_sites(covers(sets), np.array(households), k, fixed, candidates=len(sets))


def fewest(sets: list[set[int]], households: list[int], fixed: tuple[int, ...] = ()) -> Siting:
    return fewest_sites(covers(sets), np.array(households), fixed, candidates=len(sets))


TRAP = [{0, 1, 2, 3}, {0, 1, 4}, {2, 3, 5}]
"""Greedy takes the first, which reaches most; the two others together reach all."""


def test_two_sites_that_together_reach_all_are_better_than_the_greatest_first():
    found = best(TRAP, [1] * 6, 2)
    assert sorted(found.chosen.tolist()) == [1, 2]
    assert (found.covered, found.status, found.gap) == (6, OPTIMAL, 0)


def test_the_gain_of_each_added_site_is_a_falling_curve_that_ends_at_the_whole():
    found = best(TRAP, [5, 1, 1, 1, 1, 1], 2)
    assert found.gain.tolist() == [7, 3]
    assert found.share.tolist() == [0.7, 1.0]


def test_existing_stations_are_kept_and_what_they_reach_is_no_gain():
    found = best([{0, 1}, {1, 2}, {0}], [10, 20, 5], 1, fixed=(0,))
    assert (found.chosen.tolist(), found.gain.tolist(), found.before, found.covered) == ([1], [5], 30, 35)


def test_whom_no_candidate_reaches_is_listed():
    found = best([{0}, {1}], [3, 4, 9], 2)
    assert found.uncoverable.tolist() == [2]
    assert (found.status, found.covered) == (OPTIMAL, 7)


def test_sites_that_gain_nothing_are_not_chosen():
    assert best([{0}, {0}, set()], [4], 3).chosen.tolist() == [0]


def test_without_a_candidate_that_reaches_anybody_it_is_infeasible_and_says_why():
    found = best([set()], [4], 1)
    assert (found.status, found.why, found.chosen.tolist()) == (INFEASIBLE, "no_candidates", [])


def test_where_all_are_reached_nothing_is_chosen_and_that_is_said():
    found = best([{0}, {0}], [4], 1, fixed=(0,))
    assert (found.status, found.why, found.covered) == (OPTIMAL, "all_reached", 4)


def test_no_site_is_asked_for():
    assert best(TRAP, [1] * 6, 0).covered == 0


def test_nobody_lives_there():
    assert best([{0}], [0], 1).why == "all_reached"


def test_square_metres_are_counted_too():
    found = best_sites(covers(TRAP), np.array([1.5, 0.25, 0.5, 1.0, 2.0, 0.1]), 2)
    assert sorted(found.chosen.tolist()) == [1, 2]
    assert found.covered == pytest.approx(5.35)


def test_the_fewest_sites_that_reach_all():
    found = fewest(TRAP, [1] * 6)
    assert (sorted(found.chosen.tolist()), found.status, found.bound) == ([1, 2], OPTIMAL, 2)


def test_whom_nobody_reaches_is_told_first_and_the_rest_is_solved():
    found = fewest([{0, 1}, {1}, {0}], [1, 1, 5])
    assert (found.status, found.why, found.rest) == (INFEASIBLE, "uncoverable", OPTIMAL)
    assert (found.chosen.tolist(), found.uncoverable.tolist()) == ([0], [2])


def test_an_empty_street_needs_no_candidate():
    found = fewest([{0}], [1, 0])
    assert (found.status, found.uncoverable.tolist()) == (OPTIMAL, [])


def test_out_of_time_is_never_called_optimal():
    rng = np.random.default_rng(5)
    hard = [set(np.flatnonzero(rng.random(400) < 0.06).tolist()) for _ in range(120)]
    found = best_sites(covers(hard), rng.integers(1, 50, 400), 25, limit_s=0.0)
    assert found.status == TIME_LIMIT
    assert found.bound > found.covered
    assert found.gap == pytest.approx((found.bound - found.covered) / found.covered)
    least = fewest_sites(covers(hard), np.ones(400), limit_s=0.0)
    assert least.status == TIME_LIMIT
    assert least.bound < len(least.chosen)
    assert reached(hard, least.chosen.tolist(), [1] * 400) == 400


@settings(max_examples=80)
@given(scenes, st.integers(0, 4))
def test_no_other_choice_reaches_more(scene: tuple[list[set[int]], list[int], set[int]], k: int):
    sets, households, fixed = scene
    found = best(sets, households, k, tuple(fixed))
    free = [c for c in range(len(sets)) if c not in fixed]
    most = max(reached(sets, [*fixed, *way], households) for way in itertools.combinations(free, min(k, len(free))))
    assert found.covered == most == reached(sets, [*fixed, *found.chosen.tolist()], households)
    assert len(found.chosen) <= k
    assert found.before + found.gain.sum() == found.covered
    assert not fixed & set(found.chosen.tolist())


@settings(max_examples=80)
@given(scenes)
def test_no_smaller_choice_reaches_all(scene: tuple[list[set[int]], list[int], set[int]]):
    sets, households, fixed = scene
    found = fewest(sets, households, tuple(fixed))
    all_reached = reached(sets, list(range(len(sets))), households)
    free = [c for c in range(len(sets)) if c not in fixed]
    ways = (way for n in range(len(free) + 1) for way in itertools.combinations(free, n))
    least = next(way for way in ways if reached(sets, [*fixed, *way], households) == all_reached)
    assert len(found.chosen) == len(least)
    assert found.covered == all_reached
    assert sum(households[d] for d in found.uncoverable) == sum(households) - all_reached


@settings(max_examples=60)
@given(scenes)
def test_more_sites_never_reach_fewer(scene: tuple[list[set[int]], list[int], set[int]]):
    sets, households, fixed = scene
    covered = [best(sets, households, k, tuple(fixed)).covered for k in range(5)]
    assert covered == sorted(covered)


@given(scenes, st.integers(0, 4))
def test_the_bound_of_greedy_picking_holds_for_any_choice(scene: tuple[list[set[int]], list[int], set[int]], k: int):
    sets, households, _ = scene
    matrix = csr_matrix([[float(d in one) for one in sets] for d in range(8)])
    picks = pick(matrix, np.array(households), k)
    most = max(reached(sets, list(way), households) for way in itertools.combinations(range(len(sets)), min(k, len(sets))))
    assert picks.gain.sum() <= most <= picks.bound
    assert picks.gain.tolist() == sorted(picks.gain.tolist(), reverse=True)
