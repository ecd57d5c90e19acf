"""What proofs rest on: every connected group is listed once, and a cover is found wherever there is one. Tried against all subsets of tiny graphs."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.partition.choice import best_choice
from geogrid.partition.cover import FOUND, LIMIT, NONE, cover
from geogrid.partition.listing import list_groups
from tests.test_partition import pieces
from tests.test_partition_certify import tiny


def neighbours(n: int, edges: np.ndarray) -> list[list[int]]:
    near: list[list[int]] = [[] for _ in range(n)]
    for a, b in edges.tolist():
        near[a].append(b)
        near[b].append(a)
    return near


def connected_sets(weights: np.ndarray, edges: np.ndarray, cap: int) -> set[tuple[int, ...]]:
    """Try every subset."""
    n = len(weights)
    out = set()
    for size in range(1, n + 1):
        for atoms in combinations(range(n), size):
            inside = np.isin(edges, atoms).all(axis=1)
            place = np.searchsorted(atoms, edges[inside])
            if weights[list(atoms)].sum() <= cap and pieces(np.zeros(size, int), place) == 1:
                out.add(atoms)
    return out


@settings(max_examples=30, deadline=None)
@given(tiny(), st.integers(1, 40))
def test_every_connected_group_is_listed_once(case, cap):
    weights, edges = case
    listed = list_groups(neighbours(len(weights), edges), weights.tolist(), cap, 1000)
    assert listed is not None
    rows = [tuple(np.flatnonzero(row).tolist()) for row in listed.matrix(np.arange(len(listed)))]
    assert len(rows) == len(set(rows))
    assert set(rows) == connected_sets(weights, edges, cap)
    assert listed.weight.tolist() == [int(weights[list(atoms)].sum()) for atoms in rows]
    if rows:
        assert list_groups(neighbours(len(weights), edges), weights.tolist(), cap, len(rows) - 1) is None


def test_rows_of_more_than_a_machine_word_are_listed_as_short_ones_are():
    n, length = 150, 4
    listed = list_groups([[v for v in (i - 1, i + 1) if 0 <= v < n] for i in range(n)], [1] * n, length, 10_000)
    assert listed is not None
    assert len(listed) == sum(n - k + 1 for k in range(1, length + 1))
    prices = np.random.default_rng(0).random(n)
    matrix = listed.matrix(np.arange(len(listed)))
    assert np.allclose(listed.sums(prices), matrix @ prices)
    assert listed.meets(np.arange(n) == 149).tolist() == (matrix[:, 149] > 0).tolist()


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 7), st.integers(0, 2**32 - 1), st.integers(0, 3))
def test_a_cover_is_found_exactly_where_there_is_one(n, seed, most):
    rng = np.random.default_rng(seed)
    masks = np.unique(rng.integers(1, 1 << n, int(rng.integers(1, 12))))
    faulty, reduced = rng.random(len(masks)) < 0.5, np.round(rng.random(len(masks)), 1)
    slack = float(rng.random() * 2)
    words = masks.astype(np.uint64)[:, None]

    def does(rows: tuple[int, ...]) -> bool:
        exactly = sum(masks[i] for i in rows) == (1 << n) - 1 == np.bitwise_or.reduce(masks[list(rows)])
        return bool(exactly and faulty[list(rows)].sum() <= most and reduced[list(rows)].sum() <= slack)

    there = any(does(rows) for size in range(1, n + 1) for rows in combinations(range(len(masks)), size))
    state, rows = cover(words, n, faulty, reduced, (most, slack), 10**6)
    assert state == (FOUND if there else NONE)
    assert not there or does(tuple(sorted(rows.tolist())))
    assert cover(words, n, faulty, reduced, (most, slack), 0)[0] in ((LIMIT,) if there else (LIMIT, NONE))


def test_the_best_choice_of_a_hamlet_leans_on_the_outside_where_it_may():
    listed = list_groups([[1], [0]], [9, 9], 19, 99)
    assert listed is not None
    faulty = (listed.weight < 10) | (listed.weight > 15)
    assert best_choice(listed, faulty, np.zeros(3, bool), 1).least == 1
    leaning = best_choice(listed, faulty, listed.meets(np.array([False, True])) & (listed.weight < 10), 2)
    assert leaning.least == 1
    assert listed.weight[leaning.groups].tolist() == [9, 9]
