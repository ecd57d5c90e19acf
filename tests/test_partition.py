"""The kernel: groups are connected, within bounds or explained, inside their parent, and do not depend on the order of rows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from geogrid.catalogue import REASONS
from geogrid.partition import PartitionError, partition


def path(n: int) -> np.ndarray:
    return np.column_stack([np.arange(n - 1), np.arange(1, n)])


def line_xyz(n: int) -> np.ndarray:
    return np.column_stack([10.0 * np.arange(n), np.zeros(n), np.zeros(n)])


def lattice(side: int) -> tuple[np.ndarray, np.ndarray]:
    ids = np.arange(side * side).reshape(side, side)
    edges = np.vstack([np.column_stack([ids[:, :-1].ravel(), ids[:, 1:].ravel()]), np.column_stack([ids[:-1].ravel(), ids[1:].ravel()])])
    return edges, np.column_stack([ids.ravel() % side * 10.0, ids.ravel() // side * 10.0, np.zeros(side * side)])


def pieces(labels: np.ndarray, edges: np.ndarray) -> int:
    inside = edges[labels[edges[:, 0]] == labels[edges[:, 1]]]
    graph = coo_matrix((np.ones(len(inside)), (inside[:, 0], inside[:, 1])), shape=(len(labels), len(labels)))
    return int(connected_components(graph, directed=False)[0])


def check_promises(cut, weights, edges, lower, upper, within=None) -> np.ndarray:
    """Assert what every answer must be; return the groups' weights."""
    labels, weights, edges = cut.labels, np.asarray(weights), np.asarray(edges).reshape(-1, 2)
    k = labels.max(initial=-1) + 1
    assert sorted(set(labels.tolist())) == list(range(k))
    assert pieces(labels, edges) == k
    if within is not None:
        assert len({(a, b) for a, b in zip(labels.tolist(), np.asarray(within).tolist(), strict=True)}) == k
    sums = np.bincount(labels, weights, k).astype(int)
    out = [g for g in range(k) if sums[g] and not lower <= sums[g] <= upper]
    assert [g for g, _, _ in cut.exceptions] == out
    assert [w for _, w, _ in cut.exceptions] == sums[out].tolist()
    assert {r for _, _, r in cut.exceptions} <= set(REASONS)
    return sums


def reasons(cut) -> list[str]:
    return [r for _, _, r in cut.exceptions]


def test_nothing_gives_no_groups():
    cut = partition([], np.empty((0, 2), int), lower=10, upper=15)
    assert cut.labels.tolist() == []
    assert cut.exceptions == []


def test_one_household_is_too_light():
    assert partition([1], [], lower=10, upper=15).exceptions == [(0, 1, "component_too_light")]


def test_one_atom_within_bounds_is_a_group():
    assert partition([12], [], lower=10, upper=15).exceptions == []


def test_a_weightless_component_is_one_group_and_no_exception():
    cut = partition([0, 0, 0, 12], [[0, 1], [1, 2]], lower=10, upper=15)
    check_promises(cut, [0, 0, 0, 12], [[0, 1], [1, 2]], 10, 15)
    assert cut.exceptions == []


def test_two_villages_without_a_link_are_two_groups():
    cut = partition([6, 6, 6, 6], [[0, 1], [2, 3]], lower=10, upper=15, xyz=line_xyz(4))
    assert cut.labels.tolist() == [0, 0, 1, 1]


def test_a_weight_between_one_group_and_two_is_explained():
    cut = partition([1] * 17, path(17), lower=10, upper=15)
    assert reasons(cut) == ["component_between"]


def test_a_floor_above_the_upper_bound_is_explained_and_the_rest_stays_within():
    weights = [4, 4, 4, 30, 4, 4, 4]
    cut = partition(weights, path(7), lower=10, upper=15, xyz=line_xyz(7))
    assert check_promises(cut, weights, path(7), 10, 15).tolist() == [12, 30, 12]
    assert reasons(cut) == ["atom_too_heavy"]


def test_a_heavy_floor_takes_the_leftovers_that_would_be_too_light():
    weights = [3, 30, 12]
    cut = partition(weights, path(3), lower=10, upper=15, xyz=line_xyz(3))
    assert cut.exceptions == [(0, 33, "beside_heavy")]


def test_floors_of_four_make_groups_of_twelve():
    weights = np.full(30, 4)
    cut = partition(weights, path(30), lower=10, upper=15, xyz=line_xyz(30), edge_kind=np.full(29, 2))
    assert set(check_promises(cut, weights, path(30), 10, 15)) == {12}


def test_floors_of_four_that_twelve_does_not_divide_are_explained():
    weights = np.full(31, 4)
    cut = partition(weights, path(31), lower=10, upper=15, xyz=line_xyz(31))
    check_promises(cut, weights, path(31), 10, 15)
    assert reasons(cut) == ["no_packing"]


def test_land_is_carried_and_stays_connected():
    edges, xyz = lattice(20)
    weights = np.where(np.random.default_rng(0).random(400) < 0.4, 0, 2)
    cut = partition(weights, edges, lower=10, upper=15, xyz=xyz)
    check_promises(cut, weights, edges, 10, 15)
    assert cut.exceptions == []


def test_groups_never_cross_a_parent():
    edges, xyz = lattice(20)
    within = (xyz[:, 0] > 95) * 7
    cut = partition(np.ones(400, int), edges, lower=10, upper=15, xyz=xyz, within=within)
    check_promises(cut, np.ones(400, int), edges, 10, 15, within)
    assert cut.exceptions == []


def test_a_change_in_one_parent_leaves_the_groups_of_the_others():
    edges, xyz = lattice(20)
    within = (xyz[:, 0] > 95).astype(int)
    weights = np.ones(400, int)
    before = partition(weights, edges, lower=10, upper=15, xyz=xyz, within=within).labels
    weights[within == 0] = 2
    after = partition(weights, edges, lower=10, upper=15, xyz=xyz, within=within).labels
    assert (before - before[within == 1].min())[within == 1].tolist() == (after - after[within == 1].min())[within == 1].tolist()


def test_labels_run_by_parent_then_west_to_east():
    cut = partition([12] * 4, [], lower=10, upper=15, xyz=[[30, 0, 0], [20, 0, 0], [10, 0, 0], [40, 0, 0]], within=[1, 1, 1, 0])
    assert cut.labels.tolist() == [3, 2, 1, 0]


def test_large_bounds_are_kept_exactly():
    edges, xyz = lattice(30)
    weights = np.random.default_rng(3).integers(0, 30, 900)
    for lower, upper in ((300, 500), (60, 260)):
        cut = partition(weights, edges, lower=lower, upper=upper, xyz=xyz)
        check_promises(cut, weights, edges, lower, upper)
        assert cut.exceptions == []


def test_cuts_follow_a_main_road():
    edges, xyz = lattice(10)
    across = (xyz[edges, 0] < 45).sum(axis=1) == 1
    cut = partition(np.ones(100, int), edges, lower=10, upper=15, xyz=xyz, edge_cost=np.where(across, 9.0, 1.0))
    crossing = {int(g) for g in cut.labels if len(set((xyz[cut.labels == g, 0] < 45).tolist())) > 1}
    assert len(crossing) <= 2


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"weights": [1, -1, 1]}, "negative"),
        ({"weights": [1, 1.5, 1]}, "whole"),
        ({"weights": [1, float("nan"), 1]}, "not a number"),
        ({"weights": ["a", "b", "c"]}, "numbers"),
        ({"edges": [[0, 3]]}, "not a pair"),
        ({"edges": [[1, 1]]}, "itself"),
        ({"edges": [[0, 1], [1, 0]]}, "twice"),
        ({"edges": [[0.5, 1.0]]}, "integers"),
        ({"lower": 16}, "bounds"),
        ({"lower": 0}, "bounds"),
        ({"xyz": [[0, 0, 0]]}, "xyz"),
        ({"xyz": [[0, 0, 0], [0, float("inf"), 0], [0, 0, 0]]}, "no place"),
        ({"xyz": [["a"] * 3] * 3}, "xyz"),
        ({"weights": [10**19, 1, 1]}, "too large"),
        ({"weights": [10**12, 1, 1]}, "more than"),
        ({"edges": [[0, 1], [1]]}, "edges"),
        ({"lower": None}, "lower"),
        ({"upper": float("inf")}, "upper"),
        ({"lower": float("nan")}, "lower"),
        ({"upper": 10**30}, "bounds"),
        ({"seed": "a"}, "seed"),
        ({"workers": 0}, "workers"),
        ({"link_m": "5"}, "link_m"),
        ({"link_m": -1}, "link_m"),
        ({"link_m": 5}, "need xyz"),
        ({"halve": "no"}, "halve"),
        ({"halve": True, "centres": [1, 0, 0]}, "centres"),
        ({"counts": {0: None}}, "counts"),
        ({"within": [0, 0]}, "within"),
        ({"edge_kind": [0, 3]}, "edge_kind, row 1"),
        ({"edge_cost": [0.0, 1.0]}, "edge_cost, row 0"),
        ({"counts": {5: 1}}, "counts"),
        ({"counts": [1, 2]}, "counts"),
    ],
)
def test_arguments_that_do_not_fit_are_named(change, word):
    good = {"weights": [5, 5, 5], "edges": [[0, 1], [1, 2]], "lower": 10, "upper": 15}
    arguments = good | change
    with pytest.raises(PartitionError, match=word) as caught:
        partition(arguments.pop("weights"), arguments.pop("edges"), **arguments)
    assert caught.value.message_zh != caught.value.message


@st.composite
def graphs(draw):
    """A random connected graph with positions, weights 0 … 6, and one to three parents."""
    n = draw(st.integers(1, 40))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    tree = [(int(rng.integers(0, i)), i) for i in range(1, n)]
    more = [tuple(sorted(rng.integers(0, n, 2).tolist())) for _ in range(draw(st.integers(0, n)))]
    edges = np.array(sorted({(a, b) for a, b in tree + more if a != b}), dtype=int).reshape(-1, 2)
    return rng.integers(0, 7, n), edges, rng.uniform(0, 100, (n, 3)), rng.integers(0, draw(st.integers(1, 3)), n), rng.permutation(n)


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_any_graph_is_cut_as_promised_and_whatever_its_row_order(case):
    weights, edges, xyz, within, shuffle = case
    cut = partition(weights, edges, lower=10, upper=15, xyz=xyz, within=within, seed=4)
    check_promises(cut, weights, edges, 10, 15, within)
    place = np.argsort(shuffle)
    again = partition(weights[shuffle], place[edges][::-1, ::-1], lower=10, upper=15, xyz=xyz[shuffle], within=within[shuffle], seed=4)
    assert again.labels.tolist() == cut.labels[shuffle].tolist()
    assert again.exceptions == cut.exceptions


@settings(max_examples=40, deadline=None)
@given(graphs(), st.integers(1, 9))
def test_neither_the_names_of_parents_nor_houses_elsewhere_change_a_group(case, households):
    weights, edges, xyz, within, _ = case
    before = partition(weights, edges, lower=10, upper=15, xyz=xyz, within=within).labels
    more = np.r_[weights, households]
    other = partition(more, edges, lower=10, upper=15, xyz=np.vstack([xyz, [[-9, 300, 0]]]), within=np.r_[9 - 3 * within, -5])
    same = before[:, None] == before
    assert (other.labels[:-1, None] == other.labels[:-1]).tolist() == same.tolist()


def test_a_first_try_has_the_groups_and_no_proof():
    weights, edges, xyz = [8, 4, 7, 6, 3, 20], path(6), line_xyz(6)
    tried = partition(weights, edges, lower=10, upper=15, xyz=xyz, prove=False)
    check_promises(tried, weights, edges, 10, 15)
    assert tried.cures == []
    assert {reason for _, _, reason in tried.exceptions} <= {"atom_too_heavy", "beside_heavy", "not_proven"}
    assert partition([], np.empty((0, 2), int), lower=10, upper=15, prove=False).labels.tolist() == []
