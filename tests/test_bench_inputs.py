"""The inputs of the benchmarks: as large as asked, in grids of a few hundred households, connected but where they are cut off on purpose."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from geogrid.bench.footprints import village_footprints
from geogrid.bench.inputs import KINDS, KernelInput, estate, joined, load, save, village
from geogrid.bench.rows import along, in_rows
from geogrid.partition import partition

EVERY_KIND = pytest.mark.parametrize("kind", list(KINDS))


def totals(graph: KernelInput) -> np.ndarray:
    """Return the households of each component."""
    n = len(graph.weights)
    a, b = graph.edges.T
    return np.bincount(connected_components(coo_matrix((np.ones(len(a)), (a, b)), shape=(n, n)), directed=False)[1], graph.weights)


@EVERY_KIND
@given(households=st.integers(20, 3000), seed=st.integers(0, 99))
@settings(max_examples=15, deadline=None)
def test_every_input_is_one_that_the_kernel_takes(kind: str, households: int, seed: int):
    graph = KINDS[kind](households, seed)
    n = len(graph.weights)
    assert households <= graph.weights.sum() < households + 33 * 6 + 24
    assert graph.edges.min(initial=0) >= 0
    assert graph.edges.max(initial=-1) < n
    assert (graph.edges[:, 0] != graph.edges[:, 1]).all()
    assert len(np.unique(np.sort(graph.edges, axis=1), axis=0)) == len(graph.edges) == len(graph.edge_kind)
    assert (graph.within[graph.edges[:, 0]] == graph.within[graph.edges[:, 1]]).all()
    assert np.isfinite(graph.xyz).all()
    assert all(len(column) == n for column in (graph.xyz, graph.within, graph.entrance, graph.building))


@EVERY_KIND
def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not(kind: str, tmp_path: Path):
    first, again, other = (KINDS[kind](2000, seed) for seed in (3, 3, 4))
    save(first, tmp_path / "a.npz")
    read = load(tmp_path / "a.npz")
    for name in KernelInput.__dataclass_fields__:
        assert (getattr(first, name) == getattr(again, name)).all(), name
        assert (getattr(first, name) == getattr(read, name)).all(), name
    assert first.weights.tolist() != other.weights.tolist()


def test_villages_have_exactly_the_households_asked_for_in_grids_of_some_hundreds():
    graph = village(40_000)
    grids = np.bincount(graph.within, graph.weights)
    assert graph.weights.sum() == 40_000
    assert set(graph.weights.tolist()) == {1, 2, 3}
    assert grids.min() >= 250
    assert grids.max() <= 550


def test_hamlets_that_no_division_can_help_are_few_and_on_purpose():
    for households in (2_000, 8_000, 40_000):
        weight = totals(village(households))
        hopeless = ((weight < 10) | ((weight > 15) & (weight < 20))).sum()
        assert hopeless == households // 8_000
        assert hopeless <= 0.002 * households / 12.5


def test_estates_are_in_one_piece_each_with_lobbies_and_floors_of_two_three_four_and_six():
    graph = estate(20_000)
    assert set(graph.weights.tolist()) == {0, 2, 3, 4, 6}
    assert len(totals(graph)) == graph.within.max() + 1
    assert set(graph.edge_kind.tolist()) == {0, 1, 2}
    assert (graph.weights[graph.weights == 0].size) > 50
    assert (graph.xyz[graph.weights == 0, 2] == 0).all()


def test_floors_stand_on_each_other_and_neighbouring_entrances_meet_on_every_floor():
    graph = estate(3000)
    low, high = graph.edges[graph.edge_kind == 2].T
    assert np.allclose(graph.xyz[high] - graph.xyz[low], [0, 0, 3])
    assert (graph.entrance[low] == graph.entrance[high]).all()
    a, b = graph.edges[graph.edge_kind == 1].T
    assert (graph.building[a] == graph.building[b]).all()
    assert (graph.xyz[a, 2] == graph.xyz[b, 2]).all()
    a, b = graph.edges[graph.edge_kind == 0].T
    assert (graph.building[a] != graph.building[b]).all()
    assert (graph.xyz[[a, b], 2] == 0).all()


def test_two_inputs_stand_side_by_side_without_touching():
    west, east = village(100), estate(100)
    both = joined(west, east)
    assert both.weights.sum() == west.weights.sum() + east.weights.sum()
    assert both.xyz[len(west.weights) :, 0].min() > west.xyz[:, 0].max()
    assert len(totals(both)) == len(totals(west)) + len(totals(east))
    assert len(np.unique(both.within)) == len(np.unique(west.within)) + len(np.unique(east.within))


@EVERY_KIND
def test_the_kernel_divides_nearly_all_of_them_within_bounds(kind: str):
    graph = KINDS[kind](2000)
    cut = partition(**graph.arguments())
    assert len(cut.exceptions) <= 2
    assert all(reason != "not_proven" for *_, reason in cut.exceptions)


def test_a_grid_alone_has_its_atoms_and_their_edges():
    graph = village(1500)
    alone = graph.only(1)
    assert alone.weights.sum() == graph.weights[graph.within == 1].sum()
    assert len(alone.edges) == (graph.within[graph.edges] == 1).all(axis=1).sum()


def test_things_in_rows_meet_only_where_they_overlap():
    none = np.zeros(0)
    assert [len(pairs) for pairs in in_rows(none.astype(int), none.astype(int), none, none)] == [0, 0]
    block, row = np.array([0, 0, 0, 1, 1]), np.array([0, 1, 3, 0, 1])
    x0 = np.array([0.0, 30.0, 0.0, 0.0, 9.0])
    side, face = in_rows(block, row, x0, x0 + 10)
    assert side.tolist() == []
    assert face.tolist() == [], "row 3 is not next to row 1, and 1 m is too short to face each other"
    assert in_rows(block, row, x0, x0 + 12)[1].tolist() == [[3, 4]]
    assert along(np.array([True]), np.array([5.0])).tolist() == [0.0]


def test_enclosures_are_a_coverage_and_footprints_lie_in_one_each_but_for_a_few():
    footprints, enclosures = village_footprints(1500)
    assert len(footprints) == 1500
    assert shapely.is_valid(footprints).all()
    assert shapely.coverage_is_valid(enclosures)
    met = np.bincount(shapely.STRtree(enclosures).query(footprints, predicate="intersects")[0], minlength=1500)
    assert (met >= 1).all()
    assert (met == 1).mean() > 0.99
    assert (shapely.get_num_coordinates(footprints) > 5).any(), "some have a wing"
