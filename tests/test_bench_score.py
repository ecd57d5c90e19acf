"""The judge of the benchmarks on shapes small enough to count by hand."""

from __future__ import annotations

import numpy as np
import pytest

from geogrid.bench.inputs import KernelInput
from geogrid.bench.score import evaluate, with_parts


def row(*weights: int, within: list[int] | None = None, entrance: list[int] | None = None) -> KernelInput:
    """Atoms in a row, 10 m apart, each joined to the next."""
    n = len(weights)
    edges = np.column_stack([np.arange(n), np.arange(1, n + 1)])[: max(n - 1, 0)]
    xyz = np.column_stack([np.arange(n) * 10.0, np.zeros(n), np.zeros(n)])
    of = np.arange(n) if entrance is None else np.array(entrance)
    return KernelInput(np.array(weights, int), edges, xyz, np.zeros(len(edges), int), np.array(within or [0] * n, int), of, of)


def test_groups_out_of_bounds_are_counted_with_what_they_lack():
    score = evaluate(row(12, 9, 17), np.array([0, 1, 2]))
    assert (score.groups, score.violations, score.deviation) == (3, 2, 3)
    assert score.in_range_share == pytest.approx(1 / 3, abs=1e-5)


def test_groups_without_households_are_not_counted():
    score = evaluate(row(12, 0), np.array([0, 1]))
    assert (score.groups, score.violations, score.in_range_share) == (1, 0, 1.0)


def test_a_group_in_two_pieces_is_disconnected_unless_a_link_joins_it():
    labels = np.array([0, 1, 0])
    assert evaluate(row(6, 12, 6), labels).disconnected == 1
    assert evaluate(row(6, 12, 6), labels, np.array([[0, 2]])).disconnected == 0


def test_a_group_of_two_parents_is_said():
    assert evaluate(row(6, 6, within=[0, 1]), np.array([0, 0])).crossing == 1
    assert evaluate(row(6, 6, within=[1, 1]), np.array([0, 0])).crossing == 0


def test_inertia_is_squared_distance_a_household_over_the_mean_group_weight():
    assert evaluate(row(5, 5), np.array([0, 0])).inertia_per_weight == pytest.approx(25 / 10)
    assert evaluate(row(5, 5), np.array([0, 1])).inertia_per_weight == 0


def test_only_entrances_that_fit_a_group_count_as_split():
    labels = np.array([0, 1])
    assert evaluate(row(7, 8, entrance=[3, 3]), labels).entrances_split == 1
    assert evaluate(row(8, 8, entrance=[3, 3]), labels).entrances_split == 0
    assert evaluate(row(15, 0, entrance=[3, 3]), labels).entrances_split == 0, "a lobby is no home"


def test_a_divided_atom_stands_as_its_parts_each_with_the_neighbours_of_the_whole():
    graph, labels = with_parts(row(4, 18, 5), np.array([0, 0, 1]), np.array([[1, 9, 0], [1, 9, 1]]))
    assert graph.weights.tolist() == [4, 9, 5, 9]
    assert labels.tolist() == [0, 0, 1, 1]
    score = evaluate(graph, labels)
    assert (score.groups, score.violations, score.disconnected) == (2, 0, 0)


def test_two_divided_neighbours_stay_neighbours_in_all_their_parts():
    parts = np.array([[0, 6, 0], [0, 6, 1], [1, 6, 0], [1, 6, 1]])
    graph, labels = with_parts(row(12, 12), np.array([0, 0]), parts)
    assert evaluate(graph, labels).disconnected == 0
    assert graph.weights.tolist() == [6, 6, 6, 6]
    assert evaluate(graph, labels).in_range_share == 1.0
    assert len(np.unique(np.sort(graph.edges, axis=1), axis=0)) == 6


def test_nothing_divided_is_nothing_changed():
    graph = row(12, 12)
    assert with_parts(graph, np.array([0, 1]), np.empty((0, 3), int))[0] is graph
    assert evaluate(row(), np.empty(0, int)).groups == 0
