"""Counts: totals handed out by weight, and groups cut to a wanted number."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.partition import PartitionError, apportion, partition
from geogrid.partition.counts import feasible_counts
from tests.test_partition import check_promises, lattice, line_xyz, path, reasons


def test_a_total_is_handed_out_by_weight():
    assert apportion([300, 100, 200], 12, 10, 80).tolist() == [6, 2, 4]


def test_a_part_gets_no_more_than_its_weight_allows():
    assert apportion([1000, 25], 60, 10, 20).tolist() == [58, 2]


def test_a_part_without_weight_gets_none():
    assert apportion([0, 100], 5, 10, 50).tolist() == [0, 5]


def test_more_parts_than_groups_are_refused():
    with pytest.raises(PartitionError, match="3 parts"):
        apportion([10, 10, 10], 2, 10, 20)


@given(st.lists(st.integers(0, 3000), min_size=1, max_size=30), st.floats(0, 1))
def test_any_total_between_the_limits_is_met_within_them(weights, share):
    least, most = feasible_counts(np.array(weights), 60, 260)
    total = int(least.sum() + share * (most.sum() - least.sum()))
    given_out = apportion(weights, total, 60, 260)
    assert given_out.sum() == total
    assert (given_out >= least).all()
    assert (given_out <= most).all()


@pytest.mark.parametrize("wanted", [7, 9, 10])
def test_a_wanted_count_is_reached_within_the_bounds(wanted):
    edges, xyz = lattice(10)
    cut = partition(np.ones(100, int), edges, lower=10, upper=15, xyz=xyz, counts={0: wanted})
    sums = check_promises(cut, np.ones(100, int), edges, 10, 15)
    assert len(sums) == wanted
    assert cut.exceptions == []


def test_each_parent_reaches_its_own_count_and_the_rest_is_free():
    edges, xyz = lattice(30)
    weights = np.random.default_rng(2).integers(0, 12, 900)
    within = (xyz[:, 0] // 100).astype(int)
    total = np.bincount(within, weights).astype(int)
    counts = apportion(total, 36, 60, 260)
    cut = partition(weights, edges, lower=60, upper=260, xyz=xyz, within=within, counts=counts)
    check_promises(cut, weights, edges, 60, 260, within)
    assert [len(set(cut.labels[within == p].tolist())) for p in range(3)] == counts.tolist()
    assert cut.exceptions == []


def test_a_count_that_the_bounds_do_not_allow_is_kept_and_named():
    cut = partition(np.ones(40, int), path(40), lower=10, upper=15, counts={0: 2})
    assert len(set(cut.labels.tolist())) == 2
    assert reasons(cut) == ["count_fixed", "count_fixed"]


def test_a_count_is_shared_by_the_components_of_a_parent():
    edges = np.vstack([path(60), path(30) + 60])
    cut = partition(np.ones(90, int), edges, lower=10, upper=15, counts={0: 7})
    sums = check_promises(cut, np.ones(90, int), edges, 10, 15)
    assert len(sums) == 7
    assert cut.exceptions == []


def test_what_one_component_can_not_make_another_of_its_parent_does():
    edges = np.vstack([[[0, 1], [1, 2]], path(12) + 3])
    cut = partition([50] * 3 + [10] * 12, edges, lower=30, upper=60, xyz=line_xyz(15), counts={0: 7})
    assert np.bincount(cut.labels[:3]).tolist() == [1, 1, 1]
    assert len(set(cut.labels.tolist())) == 7
    assert cut.exceptions == []


def test_a_count_that_no_component_can_make_is_missed_within_the_bounds():
    cut = partition([50] * 3, path(3), lower=30, upper=60, xyz=line_xyz(3), counts={0: 4})
    assert cut.labels.tolist() == [0, 1, 2]
    assert cut.exceptions == []


def test_of_several_parents_only_the_impossible_one_is_named():
    edges = np.vstack([path(26), path(40) + 26])
    cut = partition(np.ones(66, int), edges, lower=10, upper=15, within=np.repeat([0, 1], [26, 40]), counts={0: 2, 1: 2})
    assert len(set(cut.labels.tolist())) == 4
    assert cut.exceptions == [(2, 20, "count_fixed"), (3, 20, "count_fixed")]


def possible_counts(weights: list[int], edges: list[tuple[int, int]], lower: int, upper: int) -> frozenset[int]:
    """Return every number of connected groups within bounds that all atoms can be divided into, by trying all."""
    n = len(weights)
    groups = [mask for mask in range(1, 1 << n) if lower <= sum(w for i, w in enumerate(weights) if mask >> i & 1) <= upper and whole(mask, edges)]

    @cache
    def counts(left: int) -> frozenset[int]:
        first = left & -left
        return frozenset({0}) if not left else frozenset(k + 1 for g in groups if g & first and g & left == g for k in counts(left ^ g))

    return counts((1 << n) - 1)


def whole(mask: int, edges: list[tuple[int, int]]) -> bool:
    seen = mask & -mask
    while (
        more := sum({1 << (a if seen >> b & 1 else b) for a, b in edges if mask >> a & mask >> b & 1 and (seen >> a ^ seen >> b) & 1})
    ) and more & ~seen:
        seen |= more
    return seen == mask


@st.composite
def parents(draw):
    """A parent of one to three random components, ten atoms at most, some of which fill a group alone."""
    lower = draw(st.integers(3, 5))
    upper = lower + draw(st.integers(1, 5))
    weights: list[int] = []
    edges: set[tuple[int, int]] = set()
    for _ in range(draw(st.integers(1, 3))):
        a, n = len(weights), draw(st.integers(1, 4))
        weights += draw(st.lists(st.integers(lower - 1, upper) if draw(st.booleans()) else st.integers(1, 3), min_size=n, max_size=n))
        edges |= {(a + draw(st.integers(0, i - 1)), a + i) for i in range(1, n)}
        edges |= {(a + i, a + i + 2) for i in range(n - 2) if draw(st.booleans())}
    return weights, sorted(edges), lower, upper


@settings(max_examples=120, deadline=None)
@given(parents())
def test_every_count_that_is_possible_is_reached_within_the_bounds(case):
    weights, edges, lower, upper = case
    pairs = np.array(edges, dtype=int).reshape(-1, 2)
    for wanted in sorted(possible_counts(weights, edges, lower, upper)):
        cut = partition(weights, pairs, lower=lower, upper=upper, xyz=line_xyz(len(weights)), counts={0: wanted})
        assert len(check_promises(cut, weights, pairs, lower, upper)) == wanted
        assert cut.exceptions == []
