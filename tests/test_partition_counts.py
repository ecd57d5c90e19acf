"""Counts: totals handed out by weight, and groups cut to a wanted number."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geogrid.partition import PartitionError, apportion, partition
from geogrid.partition.counts import feasible_counts
from tests.test_partition import check_promises, lattice, path, reasons


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
