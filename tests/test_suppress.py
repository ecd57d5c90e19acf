"""Small counts are hidden, and no hidden one can be computed: reckoned here by trying every table that a reader could still believe in."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.report.suppress import BESIDE, SHOWN, SMALL, UNTOLD, Tree, completed, find_bounds, find_known, hide


def tree_of(children: list[list[int]], rest: int = 0) -> Tree:
    """A district, its communities, their grids: `children` are the counts of the grids by community, `rest` belongs to the district itself."""
    sums = [sum(grids) for grids in children]
    value, parent = [sum(sums) + rest, *sums], [-1, *[0] * len(sums)]
    for i, grids in enumerate(children):
        value += grids
        parent += [1 + i] * len(grids)
    return Tree(np.array(value), np.array(parent))


def believed(tree: Tree, marks: np.ndarray, k: int) -> list[tuple[int, ...]]:
    """Every table that agrees with what is shown: those without children tried one by one, sums added up."""
    value, parent, n = tree.value, tree.parent, len(tree.value)
    leaf = [i for i in range(n) if i not in set(parent.tolist())]
    top, most = int(value.max()) + 2, 10_000
    fits = {SHOWN: lambda i, _: [int(value[i])], SMALL: lambda *_: range(k), BESIDE: lambda _, end: range(k, end), UNTOLD: lambda _, end: range(end)}
    rest = {i: int(value[i] - value[parent == i].sum()) for i in range(n) if i not in leaf}
    out = []
    for chosen in product(*(fits[int(marks[i])](i, top + 1) for i in leaf)):
        told = dict(zip(leaf, chosen, strict=True))
        for i in sorted(rest, reverse=True):
            told[i] = rest[i] + sum(told[j] for j in range(n) if parent[j] == i)
        if all(told[i] in fits[int(marks[i])](i, most) for i in range(n)) and _has_some(told, parent, marks, k):
            out.append(tuple(told[i] for i in range(n)))
    return out


def _has_some(told: dict[int, int], parent: np.ndarray, marks: np.ndarray, k: int) -> bool:
    """Tell whether one of the small counts of each family is not nothing, where the rules say so: not below a small count, not with k = 2."""
    rows = range(len(parent))
    small = [i for i in rows if marks[i] == SMALL]
    families = {int(parent[i]) for i in small if parent[i] < 0 or marks[parent[i]] != SMALL}
    return k == 2 or all(any(told[i] for i in small if parent[i] == family) for family in families)


COUNTS = st.lists(st.lists(st.integers(0, 5), min_size=1, max_size=3), min_size=1, max_size=2)


@settings(max_examples=30)
@given(COUNTS, st.integers(2, 3), st.integers(0, 2))
def test_no_hidden_count_can_be_computed_from_what_is_shown(children: list[list[int]], k: int, rest: int):
    tree = completed(tree_of(children, rest))
    marks = hide(tree, k)
    tables = np.array(believed(tree, marks, k))
    assert tuple(tree.value.tolist()) in set(map(tuple, tables.tolist()))
    hidden = np.flatnonzero(marks != SHOWN)
    assert all(len(set(tables[:, i].tolist())) > 1 for i in hidden), (tree.value.tolist(), marks.tolist())
    assert not ((tree.value > 0) & (tree.value < k) & (marks == SHOWN)).any()


@settings(max_examples=30)
@given(COUNTS, st.integers(2, 4))
def test_the_bounds_are_those_of_the_tables_that_a_reader_can_believe_in(children: list[list[int]], k: int):
    tree = tree_of(children)
    marks = np.where((tree.value > 0) & (tree.value < k), SMALL, SHOWN)
    low, high = find_bounds(tree, marks, k)
    tables = np.array(believed(tree, marks, k))
    assert (low <= tables.min(axis=0)).all()
    assert (high >= tables.max(axis=0)).all()


@settings(max_examples=40)
@given(st.lists(st.lists(st.integers(0, 40), min_size=1, max_size=12), min_size=1, max_size=8), st.integers(0, 6))
def test_larger_tables_end_with_nothing_known_and_hide_no_more_than_needed_for_large_counts(children: list[list[int]], k: int):
    tree = tree_of(children)
    marks = hide(tree, k)
    assert not find_known(tree, marks, k).any()
    if not ((tree.value > 0) & (tree.value < k)).any() and k != 2:
        assert not marks.any()


@pytest.mark.parametrize(
    ("children", "marks"),
    [
        ([[5, 7, 9]], [SHOWN, SHOWN, SHOWN, SHOWN, SHOWN]),  # nothing small
        ([[1, 7, 9]], [SHOWN, SHOWN, SMALL, BESIDE, SHOWN]),  # the least beside it goes with it
        ([[1, 2, 9]], [SHOWN, SHOWN, SMALL, SMALL, SHOWN]),  # two small ones hide each other
        ([[1, 0, 9]], [SHOWN, SHOWN, SMALL, SMALL, SHOWN]),  # a zero beside a small one is hidden with it
        ([[0, 0, 9], [4]], [SHOWN] * 7),  # zeros alone say nothing of anybody
    ],
)
def test_what_is_hidden(children: list[list[int]], marks: list[int]):
    assert hide(tree_of(children), 3).tolist() == marks


def test_a_parent_is_hidden_where_its_children_would_tell_all():
    assert hide(tree_of([[2, 2], [9]]), 3).tolist()[:2] == [SHOWN, BESIDE]


def test_with_k_of_one_nothing_is_hidden_and_no_counts_are_no_fault():
    assert hide(tree_of([[1, 0, 2]]), 1).tolist() == [SHOWN] * 5
    assert hide(Tree(np.array([], dtype=int), np.array([], dtype=int)), 3).tolist() == []


def test_a_child_before_its_parent_is_refused():
    with pytest.raises(ValueError, match="parent"):
        Tree(np.array([1, 1]), np.array([1, -1]))


def test_a_district_of_thousands_of_small_counts_is_done_quickly():
    rng = np.random.default_rng(0)
    tree = tree_of(rng.poisson(0.8, (175, 13)).tolist())
    marks = hide(tree, 3)
    assert not find_known(tree, marks, 3).any()
    assert 0.5 < (marks != SHOWN).mean() < 1
