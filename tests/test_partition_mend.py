"""Walking links and divided atoms: what they cure, that they are few and used, and that the answer stays an honest division."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.partition import Partition, partition
from geogrid.partition.bounds import splits
from tests.test_partition import line_xyz, path, pieces, reasons


def check_mended(cut: Partition, weights: np.ndarray, edges: np.ndarray, lower: int, upper: int, within: np.ndarray) -> None:
    """Assert that parts add up, groups are connected (links count), lie in one parent, and are within bounds or exceptions."""
    divided = np.unique(cut.parts[:, 0])
    whole = np.setdiff1d(np.arange(len(weights)), divided)
    rows = np.vstack([np.column_stack([whole, weights[whole], cut.labels[whole]]), cut.parts])
    assert (np.bincount(rows[:, 0], rows[:, 1], len(weights)) == weights).all()
    assert (cut.parts[:, 1] > 0).all()
    assert (np.bincount(cut.parts[:, 0], minlength=len(weights))[divided] > 1).all()
    k = int(rows[:, 2].max()) + 1
    total = np.bincount(rows[:, 2], rows[:, 1], k).astype(int)
    out = [g for g in range(k) if total[g] and not lower <= total[g] <= upper]
    assert [g for g, _, _ in cut.exceptions] == out == [g for g, _, _ in cut.cures]
    assert [w for _, w, _ in cut.exceptions] == total[out].tolist()
    every = np.vstack([np.asarray(edges).reshape(-1, 2), cut.links])
    for g in range(k):
        atoms = np.unique(rows[rows[:, 2] == g, 0])
        inside = np.isin(every, atoms).all(axis=1)
        assert pieces(np.zeros(len(atoms), int), np.searchsorted(atoms, every[inside])) == 1
        assert len(set(within[atoms].tolist())) == 1


def test_a_hamlet_is_linked_to_the_nearest_village_that_helps():
    weights, edges = np.array([5, 12, 6, 6]), np.array([[2, 3]])
    xyz = np.column_stack([[0.0, 30.0, -80.0, -90.0], np.zeros(4), np.zeros(4)])
    apart = partition(weights, edges, lower=10, upper=15, xyz=xyz)
    assert (reasons(apart), apart.cures) == (["component_too_light"], [(apart.labels[0], "link", 80.0)])  # 5 and 12 are 17, 5 and 6 and 6 too
    weights = np.array([5, 12, 6, 4])
    cut = partition(weights, edges, lower=10, upper=15, xyz=xyz, link_m=100)
    assert cut.exceptions == []
    assert cut.links.tolist() == [[0, 2]]
    assert partition(weights, edges, lower=10, upper=15, xyz=xyz, link_m=79).exceptions != []


def test_nothing_is_linked_across_parents_and_a_parent_too_light_stays_so():
    cut = partition([5, 5, 12], [], lower=10, upper=15, xyz=line_xyz(3), within=[0, 1, 1], link_m=500, halve=True)
    assert reasons(cut) == ["component_too_light", "component_too_light"]
    assert [cure for _, cure, _ in cut.cures] == ["accept", "accept"]
    assert len(cut.links) == len(cut.parts) == 0


def test_a_floor_above_the_bound_is_divided_into_as_few_parts_as_fit():
    cut = partition([40], [], lower=10, upper=15, halve=True)
    assert cut.exceptions == []
    assert cut.parts[:, 1].tolist() == [14, 13, 13]
    assert sorted(cut.parts[:, 2].tolist()) == [0, 1, 2]
    assert partition([40], [], lower=10, upper=15).cures == [(0, "halve", 0.0)]


def test_one_floor_of_four_divided_lets_eleven_pack():
    weights = np.full(11, 4)
    plain = partition(weights, path(11), lower=10, upper=15, xyz=line_xyz(11))
    assert reasons(plain) == ["no_packing"]
    assert [cure for _, cure, _ in plain.cures] == ["halve"]
    cut = partition(weights, path(11), lower=10, upper=15, xyz=line_xyz(11), halve=True)
    check_mended(cut, weights, path(11), 10, 15, np.zeros(11, int))
    assert cut.exceptions == []
    assert len(np.unique(cut.parts[:, 0])) == 1


def test_two_hamlets_behind_one_house_are_linked_to_each_other():
    ring = [[i, (i + 1) % 100] for i in range(100)]
    hamlets = [[0, 100], *([i, i + 1] for i in range(100, 108)), [0, 109], *([i, i + 1] for i in range(109, 117))]
    edges, weights = np.array(ring + hamlets), np.ones(118, int)
    turn = np.arange(100) * 2 * np.pi / 100
    xyz = np.vstack([np.column_stack([100 * np.cos(turn), 100 * np.sin(turn)]), [[110 + 5 * i, side] for side in (4, -4) for i in range(9)]])
    cut = partition(weights, edges, lower=10, upper=15, xyz=np.column_stack([xyz, np.zeros(118)]), link_m=20)
    check_mended(cut, weights, edges, 10, 15, np.zeros(118, int))
    assert cut.exceptions == []
    assert len(cut.links) >= 1


@st.composite
def towns(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = draw(st.integers(1, 30))
    edges = sorted({(int(rng.integers(0, i)), i) for i in range(1, n) if rng.random() < 0.85})
    weights = rng.integers(0, draw(st.sampled_from([3, 9, 40])), n)
    return weights, np.array(edges, int).reshape(-1, 2), rng.random((n, 3)) * 200, rng.integers(0, 2, n)


@settings(max_examples=25, deadline=None)
@given(towns(), st.sampled_from([0.0, 60.0, 1e9]), st.booleans())
def test_mending_keeps_every_promise_and_never_makes_more_exceptions(case, link_m, halve):
    weights, edges, xyz, within = case
    plain = partition(weights, edges, lower=10, upper=15, xyz=xyz, within=within)
    check_mended(plain, weights, edges, 10, 15, within)
    cut = partition(weights, edges, lower=10, upper=15, xyz=xyz, within=within, link_m=link_m, halve=halve)
    check_mended(cut, weights, edges, 10, 15, within)
    assert len(cut.exceptions) <= len(plain.exceptions)
    assert halve or len(cut.parts) == 0
    lengths = np.linalg.norm(xyz[cut.links[:, 0]] - xyz[cut.links[:, 1]], axis=1)
    assert (lengths <= link_m).all()


@settings(max_examples=8, deadline=None)
@given(towns(), st.integers(0, 2**32 - 1))
def test_mending_does_not_depend_on_the_order_of_rows(case, seed):
    weights, edges, xyz, within = case
    n = len(weights)
    new = np.random.default_rng(seed).permutation(n)  # new[i]: the old row at i
    place = np.argsort(new)
    options = {"lower": 10, "upper": 15, "link_m": 100.0, "halve": True}
    one = partition(weights, edges, xyz=xyz, within=within, **options)
    two = partition(weights[new], place[edges], xyz=xyz[new], within=within[new], **options)
    assert two.labels.tolist() == one.labels[new].tolist()
    assert {tuple(sorted(link)) for link in new[two.links].tolist()} == {tuple(link) for link in one.links.tolist()}
    assert sorted([int(new[a]), w, g] for a, w, g in two.parts.tolist()) == sorted(one.parts.tolist())
    assert two.exceptions == one.exceptions


@settings(max_examples=15, deadline=None)
@given(towns())
def test_with_links_and_halves_only_a_parents_total_forces_exceptions(case):
    weights, edges, xyz, within = case
    cut = partition(weights, edges, lower=10, upper=15, xyz=xyz, within=within, link_m=1e9, halve=True)
    totals = np.bincount(within, weights, 2).astype(int).tolist()
    assert len(cut.exceptions) <= sum(int(splits(total, 10, 15)[-1]) for total in totals)


def test_a_tower_of_hundreds_beside_small_homes_is_divided_until_all_fit():
    weights, edges = np.array([352, 3, 2, 9]), np.array([[0, 1], [0, 2], [0, 3]])
    cut = partition(weights, edges, lower=10, upper=15, xyz=line_xyz(4), halve=True)
    check_mended(cut, weights, edges, 10, 15, np.zeros(4, int))
    assert cut.exceptions == []
