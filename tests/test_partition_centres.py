"""Centres ("1+10"): one in every group, as many groups as centres, and a reason for what misses that."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.catalogue import REASONS
from geogrid.partition import PartitionError, partition
from tests.test_partition import lattice, line_xyz, path, pieces


def cut_path(n: int, at: list[int], **more):
    centres = np.isin(np.arange(n), at)
    return partition(np.ones(n, int), path(n), lower=10, upper=15, xyz=line_xyz(n), centres=centres, **more)


def reasons(cut) -> list[str]:
    return [reason for _, _, reason in cut.exceptions]


def check_centred(cut, weights, edges, centres) -> None:
    """Assert connected groups, one centre in each where its component has one, and a reason for every miss."""
    k = int(cut.labels.max(initial=-1)) + 1
    assert pieces(cut.labels, edges) == k
    sums, held = np.bincount(cut.labels, weights, k), np.bincount(cut.labels, centres, k)
    missed = [g for g in range(k) if sums[g] > 0 and (held[g] != 1 or not 10 <= sums[g] <= 15)]
    assert [g for g, _, _ in cut.exceptions] == missed
    assert [w for _, w, _ in cut.exceptions] == sums[missed].tolist()
    assert {r for _, _, r in cut.exceptions} <= set(REASONS)
    assert [g for g, _, r in cut.exceptions if r == "no_centre"] == [g for g in missed if held[g] == 0]
    assert held.max(initial=0) <= 1


def test_each_group_has_its_centre():
    cut = cut_path(44, [5, 16, 27, 38])
    assert cut.labels[[5, 16, 27, 38]].tolist() == [0, 1, 2, 3]
    assert cut.exceptions == []


def test_a_centre_at_the_end_of_its_group_is_enough():
    cut = cut_path(36, [0, 12, 35])
    check_centred(cut, np.ones(36), path(36), np.isin(np.arange(36), [0, 12, 35]))
    assert cut.exceptions == []


def test_a_part_without_a_centre_is_still_cut_within_bounds_and_says_so():
    edges = np.vstack([path(12), path(24) + 12])
    cut = partition(np.ones(36, int), edges, lower=10, upper=15, xyz=line_xyz(36), centres=np.arange(36) == 3)
    assert reasons(cut) == ["no_centre", "no_centre"]
    assert np.bincount(cut.labels).tolist() == [12, 12, 12]


def test_more_households_than_the_centres_can_take_are_shared_and_named():
    cut = cut_path(40, [10, 30])
    assert np.bincount(cut.labels).min() > 15
    assert reasons(cut) == ["centres_few"] * 2


def test_fewer_households_than_the_centres_need_are_shared_and_named():
    cut = cut_path(14, [3, 10])
    assert np.bincount(cut.labels).max() < 10
    assert reasons(cut) == ["centres_many"] * 2


def test_a_centre_between_centres_is_said_to_be_crowded():
    assert reasons(cut_path(44, [0, 1, 2, 38])) == ["centre_crowded", "centre_crowded", "centres_placed"]


def test_households_that_reach_one_centre_only_make_its_group_too_large():
    cut = cut_path(34, [18, 20, 30])
    assert "centre_alone" in reasons(cut)
    assert "not_proven" not in reasons(cut)


def test_two_centres_on_one_floor_stay_together():
    cut = partition([12, 12], [[0, 1]], lower=10, upper=15, xyz=line_xyz(2), centres=[2, 1])
    assert cut.labels.tolist() == [0, 1]
    assert reasons(cut) == ["centres_together"]


def test_a_centre_without_households_at_a_dead_end_counts():
    cut = partition([12, 0, 12, 0], [[0, 1], [0, 2], [2, 3]], lower=10, upper=15, xyz=line_xyz(4), centres=[0, 1, 0, 1])
    assert cut.labels.tolist() == [0, 0, 1, 1]
    assert cut.exceptions == []


def test_a_heavy_floor_is_named_before_the_centres_are():
    assert reasons(partition([30, 12], [[0, 1]], lower=10, upper=15, xyz=line_xyz(2), centres=[1, 1])) == ["atom_too_heavy"]


@pytest.mark.parametrize("centres", [[True], [-1, 0, 0], [0.5, 0, 0]])
def test_centres_that_do_not_fit_are_refused(centres):
    with pytest.raises(PartitionError, match="3 flags"):
        partition([1, 1, 1], [[0, 1], [1, 2]], lower=1, upper=2, centres=centres)


def test_centres_spread_over_a_village_all_get_their_group():
    edges, xyz = lattice(20)
    weights = np.random.default_rng(5).integers(1, 4, 400)
    free = partition(weights, edges, lower=10, upper=15, xyz=xyz).labels
    centres = np.zeros(400, bool)
    centres[[np.flatnonzero(free == g)[-1] for g in range(free.max() + 1)]] = True
    cut = partition(weights, edges, lower=10, upper=15, xyz=xyz, centres=centres)
    check_centred(cut, weights, edges, centres)
    assert cut.exceptions == []


@st.composite
def villages(draw):
    """A random graph of one to three parts, weights 0 … 6, centres here and there, and rows in another order."""
    n = draw(st.integers(1, 40))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    pairs = [tuple(sorted(rng.integers(0, n, 2).tolist())) for _ in range(draw(st.integers(0, 3 * n)))]
    edges = np.array(sorted({(a, b) for a, b in pairs if a != b}), dtype=int).reshape(-1, 2)
    return rng.integers(0, 7, n), edges, rng.uniform(0, 100, (n, 3)), rng.random(n) < draw(st.floats(0, 0.4)), rng.permutation(n)


@settings(max_examples=60, deadline=None)
@given(villages())
def test_any_centres_are_kept_as_promised_and_whatever_the_row_order(case):
    weights, edges, xyz, centres, shuffle = case
    cut = partition(weights, edges, lower=10, upper=15, xyz=xyz, centres=centres)
    check_centred(cut, weights, edges, centres)
    place = np.argsort(shuffle)
    again = partition(weights[shuffle], place[edges][::-1, ::-1], lower=10, upper=15, xyz=xyz[shuffle], centres=centres[shuffle])
    assert again.labels.tolist() == cut.labels[shuffle].tolist()
    assert again.exceptions == cut.exceptions
