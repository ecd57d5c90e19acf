"""Warm start: yesterday's groups stay wherever they can, and where they can not, few households move."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.partition import PartitionError, partition
from geogrid.partition.carry import matched
from geogrid.partition.jobs import by_first
from tests.test_partition import check_promises, lattice, line_xyz, path


def grid(side: int = 13, parents: int = 2, seed: int = 0) -> dict:
    """A lattice of houses of one to five households in vertical strips, each a parent."""
    edges, xyz = lattice(side)
    weights = np.random.default_rng(seed).integers(1, 6, side * side)
    return {"weights": weights, "edges": edges, "xyz": xyz, "within": (xyz[:, 0] * parents // (10 * side)).astype(int)}


def cut(town: dict, previous=None, **more):
    rest = {key: value for key, value in town.items() if key not in ("weights", "edges")}
    return partition(town["weights"], town["edges"], lower=10, upper=15, previous=previous, **rest, **more)


def without(town: dict, gone: int) -> tuple[dict, np.ndarray]:
    """Return the town without one house, and which rows are kept."""
    kept = np.arange(len(town["weights"])) != gone
    row = np.cumsum(kept) - 1
    pairs = town["edges"][kept[town["edges"]].all(axis=1)]
    return {"weights": town["weights"][kept], "edges": row[pairs], "xyz": town["xyz"][kept], "within": town["within"][kept]}, kept


def with_house(town: dict, beside: int, households: int) -> dict:
    """Return the town with one more house, the last row, next to house `beside`."""
    return {
        "weights": np.r_[town["weights"], households],
        "edges": np.vstack([town["edges"], [[beside, len(town["weights"])]]]),
        "xyz": np.vstack([town["xyz"], town["xyz"][beside] + 4.0]),
        "within": np.r_[town["within"], town["within"][beside]],
    }


def promises(done, town: dict) -> None:
    """Assert what every answer must be, whatever its numbers."""
    number = by_first(done.labels)
    of = dict(zip(done.labels.tolist(), number.tolist(), strict=True))
    again = type(done)(number, sorted((of[g], w, r) for g, w, r in done.exceptions))
    check_promises(again, town["weights"], town["edges"], 10, 15, town["within"])


def test_with_nothing_to_do_nothing_moves():
    town = grid()
    first = cut(town)
    again = cut(town, first.labels)
    assert again.labels.tolist() == first.labels.tolist()
    assert again.exceptions == first.exceptions


def test_numbers_are_kept_whatever_they_are():
    town = grid()
    first = cut(town).labels * 3 + 100
    assert cut(town, first).labels.tolist() == first.tolist()


def test_a_new_house_joins_a_neighbour_that_stays_in_bounds():
    before = np.repeat([0, 1], [12, 14])
    done = partition(np.ones(27, int), np.vstack([path(26), [[0, 26]]]), lower=10, upper=15, xyz=line_xyz(27), previous=np.r_[before, -1])
    assert done.labels.tolist() == [*before.tolist(), 0]


def test_a_full_group_hands_on_as_little_as_it_can():
    before = np.repeat([0, 1, 2], [15, 15, 12])
    weights = np.ones(42, int)
    weights[3] = 3
    done = partition(weights, path(42), lower=10, upper=15, xyz=line_xyz(42), previous=before)
    assert done.exceptions == []
    assert np.bincount(done.labels, weights).tolist() == [15, 15, 14]
    assert int((done.labels != before).sum()) == 4


def test_a_new_estate_makes_groups_of_its_own_with_numbers_above_the_highest():
    before = np.r_[np.repeat([5, 9], [12, 13]), np.full(24, -1)]
    done = partition(np.ones(49, int), path(49), lower=10, upper=15, xyz=line_xyz(49), previous=before)
    assert done.exceptions == []
    assert done.labels[:25].tolist() == before[:25].tolist()
    assert set(done.labels[25:].tolist()) <= {9, 10, 11}
    assert {10, 11} <= set(done.labels.tolist())


def test_a_group_that_lost_too_many_is_filled_from_next_door():
    before = np.repeat([0, 1, 2], [8, 15, 12])
    done = partition(np.ones(35, int), path(35), lower=10, upper=15, xyz=line_xyz(35), previous=before)
    assert np.bincount(done.labels).tolist() == [10, 13, 12]
    assert int((done.labels != before).sum()) == 2


def test_a_group_in_two_pieces_keeps_its_number_where_more_live():
    edges = np.delete(path(26), 10, axis=0)
    done = partition(np.ones(26, int), edges, lower=10, upper=15, xyz=line_xyz(26), previous=np.r_[np.zeros(23, int), np.ones(3, int)])
    assert done.labels.tolist() == [2] * 11 + [0] * 15
    assert done.exceptions == []


def test_an_exception_that_nothing_cures_stays_as_it_was():
    weights, before = np.ones(17, int), np.repeat([4, 2], [12, 5])
    done = partition(weights, path(17), lower=10, upper=15, xyz=line_xyz(17), previous=before)
    assert done.labels.tolist() == before.tolist()
    assert done.exceptions == [(2, 5, "component_between")]


def test_a_wanted_count_is_reached_from_yesterday_s_groups():
    edges, xyz = lattice(10)
    town = {"weights": np.ones(100, int), "edges": edges, "xyz": xyz, "within": np.zeros(100, int)}
    before = cut(town, counts={0: 8}).labels
    done = cut(town, before, counts={0: 9})
    promises(done, town)
    assert len(set(done.labels.tolist())) == 9
    assert cut(town, done.labels, counts={0: 9}).labels.tolist() == done.labels.tolist()


def test_a_parent_in_parts_keeps_its_groups_where_their_number_is_right():
    edges = np.vstack([path(60), path(30) + 60])
    before = np.r_[np.repeat([0, 1, 2, 3], 15), np.repeat([4, 5, 6], 10)]
    done = partition(np.ones(90, int), edges, lower=10, upper=15, xyz=line_xyz(90), counts={0: 7}, previous=before)
    assert done.labels.tolist() == before.tolist()
    more = partition(np.ones(90, int), edges, lower=10, upper=15, xyz=line_xyz(90), counts={0: 8}, previous=before)
    assert len(set(more.labels.tolist())) == 8
    assert more.labels[60:].tolist() == before[60:].tolist()
    assert more.exceptions == []


def test_groups_keep_their_centres_when_a_house_is_built():
    edges, xyz = lattice(10)
    weights, centres = np.ones(101, int), np.isin(np.arange(101), [11, 14, 17, 44, 48, 71, 75, 78])
    town = {"weights": weights, "edges": np.vstack([edges, [[0, 100]]]), "xyz": np.vstack([xyz, [[-5, -5, 0]]]), "within": np.zeros(101, int)}
    before = partition(weights[:100], edges, lower=10, upper=15, xyz=xyz, centres=centres[:100])
    done = cut(town, np.r_[before.labels, -1], centres=centres)
    assert before.exceptions == done.exceptions == []
    assert np.bincount(done.labels, centres).tolist() == [1] * 8
    assert int((done.labels[:100] != before.labels).sum()) <= 15


def test_nothing_has_no_yesterday():
    assert partition([], [], lower=10, upper=15, previous=np.empty(0, int)).labels.tolist() == []


def test_when_all_is_new_it_is_cut_as_if_from_nothing():
    town = grid(8)
    done, cold = cut(town, np.full(64, -1)), cut(town)
    assert len(done.exceptions) <= len(cold.exceptions)
    promises(done, town)


@pytest.mark.parametrize("previous", [[0], [0, 0, -2], [0.0, 1.0, 2.0]])
def test_a_yesterday_that_does_not_fit_is_refused(previous):
    with pytest.raises(PartitionError, match="3 group numbers"):
        partition([1, 1, 1], [[0, 1], [1, 2]], lower=1, upper=2, previous=previous)


changes = st.sampled_from(["weight", "gone", "new"])


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 60), changes, st.integers(0, 168), st.integers(0, 14))
def test_a_change_in_one_parent_leaves_the_others_and_moves_less_than_a_cut_from_nothing(seed, change, house, households):
    town = grid(seed=seed)
    before, kept = cut(town).labels, np.ones(169, dtype=bool)
    if change == "weight":
        after, previous = town | {"weights": np.where(np.arange(169) == house, households, town["weights"])}, before
    elif change == "gone":
        after, kept = without(town, house)
        previous = before[kept]
    else:
        after, previous = with_house(town, house, households), np.r_[before, -1]
    warm, cold = cut(after, previous), cut(after)
    promises(warm, after)
    assert len(warm.exceptions) <= len(cold.exceptions)
    old = previous >= 0
    elsewhere = old & (after["within"] != town["within"][house])
    assert warm.labels[elsewhere].tolist() == previous[elsewhere].tolist()
    weights = after["weights"][old]
    from_nothing = int(weights.sum()) - sum(kept for _, _, kept in matched(cold.labels[old], previous[old], weights))
    assert int(weights[warm.labels[old] != previous[old]].sum()) <= from_nothing
    assert cut(after, warm.labels).labels.tolist() == warm.labels.tolist()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 40))
def test_any_yesterday_however_wild_gives_groups_as_promised(seed, n):
    rng = np.random.default_rng(seed)
    pairs = np.sort(rng.integers(0, n, (2 * n, 2)), axis=1)
    edges = np.unique(pairs[pairs[:, 0] != pairs[:, 1]], axis=0).reshape(-1, 2)
    town = {"weights": rng.integers(0, 7, n), "edges": edges, "xyz": rng.uniform(0, 100, (n, 3)), "within": rng.integers(0, 2, n)}
    previous = rng.integers(-1, 6, n)
    done, cold = cut(town, previous), cut(town)
    promises(done, town)
    assert len(done.exceptions) <= len(cold.exceptions)
    shuffle = rng.permutation(n)
    place = np.argsort(shuffle)
    other = {key: value[shuffle] for key, value in town.items() if key != "edges"} | {"edges": place[edges]}
    assert cut(other, previous[shuffle]).labels.tolist() == done.labels[shuffle].tolist()
