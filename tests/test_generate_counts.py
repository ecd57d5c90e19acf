"""A level's count is met as far as bounds and ground allow, and a miss is said."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.errors import InputError
from geogrid.generate import counts
from geogrid.generate.counts import Graph, cut
from geogrid.generate.divide import Terrain, divide
from geogrid.plan import Plan
from geogrid.rules.plan import find_count
from geogrid.scheme import Level, Scheme, Text
from tests.tiny import tiny_contents


def level(count: int, bounds: tuple[int, int] = (30, 60)) -> Level:
    return Level("grid", Text("网格", "grid"), "count", households=bounds, count=count)


def two_parents() -> Graph:
    """Parent 0 is three towers of 50, which nothing may split; parent 1 is a lane of twelve houses of 10."""
    weight = np.array([50] * 3 + [10] * 12)
    within = np.array([0] * 3 + [1] * 12)
    edges = np.array([(i, i + 1) for i in range(14) if i != 2])
    xyz = np.column_stack([np.arange(15) * 20.0, within * 100.0, np.zeros(15)])
    return Graph(weight, xyz, within, edges, np.ones(len(edges)))


def made(graph: Graph, done) -> list[int]:
    return [len(np.unique(done.labels[graph.within == parent])) for parent in (0, 1)]


def test_what_one_parent_can_not_make_another_does():
    graph = two_parents()
    done = cut(level(7), graph, 0, seed=0)
    assert made(graph, done) == [3, 4]
    assert done.exceptions == []


@given(heights=st.lists(st.integers(1, 60), min_size=6, max_size=40), parents=st.integers(1, 5), count=st.integers(5, 30))
def test_cutting_only_the_parents_whose_share_changed_gives_what_cutting_all_would(heights, parents, count):
    n = len(heights)
    within = np.sort(np.arange(n) % parents)
    edges = np.array([(i, i + 1) for i in range(n - 1)])
    xyz = np.column_stack([np.arange(n) * 20.0, within * 100.0, np.zeros(n)])
    graph = Graph(np.array(heights), xyz, within, edges, np.ones(len(edges)))
    changed = np.isin(within, np.arange(0, parents, 2))
    first = {parent: 1 + parent % 2 for parent in range(parents)}
    then = {parent: k + (parent % 2 == 0) * (count % 3) for parent, k in first.items()}
    once = counts._cut_again(level(count), graph, counts._cut(level(count), graph, first, 0), changed, then, 0)
    whole = counts._cut(level(count), graph, then, 0)
    assert once.labels.tolist() == whole.labels.tolist()
    assert (once.exceptions, once.cures) == (whole.exceptions, whole.cures)


def test_units_without_homes_count_too():
    graph = two_parents()
    assert made(graph, cut(level(8), graph, 2, seed=0)) == [3, 3]


def test_a_count_beyond_the_bounds_leaves_them_or_is_missed_but_says_why():
    graph = two_parents()
    done = cut(level(12), graph, 0, seed=0)
    weights = np.bincount(done.labels, graph.weight)
    out = {int(g) for g in np.flatnonzero((weights < 30) | (weights > 60))}
    assert out == {group for group, _, _ in done.exceptions}
    assert all(reason != "not_proven" for _, _, reason in done.exceptions)


def test_fewer_units_than_parents_is_refused_with_the_numbers():
    with pytest.raises(InputError, match="count = 1 is fewer than the 0 units without homes and the 2 parents"):
        cut(level(1), two_parents(), 0, seed=0)


def test_a_missed_count_is_a_finding_with_both_numbers():
    plan = tiny_contents().plan
    levels = tuple(level(99) if one.id == "grid" else one for one in plan.scheme.levels)
    scheme = Scheme(plan.scheme.id, plan.scheme.name, levels, plan.scheme.defaults)
    found = find_count(Plan(plan.base, scheme, plan.units, plan.leaf), "grid")
    assert [f.rule for f in found] == ["count_mismatch"]
    assert found[0].value == len(plan.frame("grid"))
    assert "99" in found[0].message
    assert "99" in found[0].message_zh


# -- without bounds


def lane(weight: list[int], within: list[int], gaps: tuple[int, ...] = ()) -> Terrain:
    """Houses in a row, 20 m apart; between house i and i + 1 lies a gap that nobody can walk where `gaps` names i."""
    n = len(weight)
    edges = np.array([(i, i + 1) for i in range(n - 1) if i not in gaps and within[i] == within[i + 1]]).reshape(-1, 2)
    graph = Graph(np.array(weight), np.column_stack([np.arange(n) * 20.0, np.zeros(n), np.zeros(n)]), np.array(within), edges, np.ones(len(edges)))
    return Terrain(graph, np.zeros(len(edges)), np.ones(len(edges)), np.full(n, ""))


def sizes(terrain: Terrain, count: int, parent: int = 0) -> list[int]:
    done = divide(Level("grid", Text("网格", "grid"), "count", count=count), terrain, 0, 0)
    assert done.exceptions == []
    mine = terrain.graph.within == parent
    return [int(n) for n in np.bincount(done.labels[mine], terrain.graph.weight[mine]) if n]


@settings(max_examples=40, deadline=None)
@given(heights=st.lists(st.integers(1, 5), min_size=60, max_size=120), count=st.integers(1, 5))
def test_units_of_a_count_without_bounds_are_near_their_mean(heights: list[int], count: int):
    found = sizes(lane(heights, [0] * len(heights)), count)
    mean = sum(heights) / count
    assert len(found) == count
    assert mean / 1.75 - 1 <= min(found) <= max(found) <= mean * 1.75 + 1


def test_a_few_homes_apart_take_no_unit_from_the_others():
    terrain = lane([10] * 4 + [10] * 80, [0] * 44 + [1] * 40, gaps=(0, 1, 2, 3))
    found = sorted(sizes(terrain, 12))
    others = [*found[4:], *sizes(terrain, 12, parent=1)]
    assert found[:4] == [10] * 4
    assert len(others) == 8
    assert 40 <= min(others) <= max(others) <= 123  # the mean of all twelve is 70


def test_a_tower_larger_than_the_mean_is_one_unit_and_the_count_is_met_around_it():
    found = sizes(lane([10] * 10 + [300] + [10] * 10, [0] * 21), 5)
    assert len(found) == 5
    assert max(found) >= 300


def test_no_home_is_halved_for_a_bound_that_nobody_set():
    level = Level("grid", Text("网格", "grid"), "count", count=5, halve=True)
    done = divide(level, lane([10] * 10 + [300] + [10] * 10, [0] * 21), 0, 0)
    assert len(done.parts) == 0
