"""Codes: reading order, and the form of a code."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geogrid.codes import issue, reading_order
from geogrid.errors import SchemeError
from geogrid.scheme import ORDERS, CodeRule

POINTS = st.lists(st.tuples(st.integers(-1000, 1000), st.integers(-1000, 1000)), max_size=30)


def grid(columns: int, rows: int) -> np.ndarray:
    """Return the middles of a lattice, shuffled."""
    x, y = np.meshgrid(np.arange(columns) * 10.0, np.arange(rows) * 10.0)
    return np.random.default_rng(1).permutation(np.c_[x.ravel(), y.ravel()])


def test_units_are_read_like_a_page_west_to_east_in_rows_from_the_north():
    xy = grid(3, 3)
    assert xy[reading_order(xy)].tolist() == [[x, y] for y in (20.0, 10.0, 0.0) for x in (0.0, 10.0, 20.0)]


def test_the_other_order_goes_down_the_columns_from_the_west():
    xy = grid(3, 3)
    assert xy[reading_order(xy, "N-S,W-E")].tolist() == [[x, y] for x in (0.0, 10.0, 20.0) for y in (20.0, 10.0, 0.0)]


def test_a_metre_of_northing_does_not_change_the_row():
    assert reading_order(np.array([[0.0, 100.0], [10.0, 101.0], [20.0, 99.0], [0.0, 0.0]])).tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("xy", [np.zeros((0, 2)), np.zeros((1, 2)), np.full((4, 2), 7.0), np.array([[0.0, 5.0], [1.0, 5.0]])])
def test_none_one_and_equal_places_have_an_order_too(xy: np.ndarray):
    assert sorted(reading_order(xy).tolist()) == list(range(len(xy)))


def test_an_unknown_order_is_refused():
    with pytest.raises(SchemeError, match="W-E,N-S"):
        reading_order(np.zeros((1, 2)), "E-W")


@given(POINTS, st.sampled_from(ORDERS))
def test_the_order_is_a_permutation_and_does_not_depend_on_rows(points, order: str):
    xy = np.array(points, dtype=float).reshape(-1, 2)
    first = reading_order(xy, order)
    assert sorted(first.tolist()) == list(range(len(xy)))
    assert xy[first].tolist() == xy[::-1][reading_order(xy[::-1], order)].tolist()


def test_codes_stand_at_the_positions_of_their_units():
    xy = np.array([[5.0, 0.0], [1.0, 0.0]])
    assert issue("130203001", xy, CodeRule(3)) == ["130203001002", "130203001001"]
    assert issue("130203001", xy, CodeRule(4, parent=False)) == ["0002", "0001"]
    assert issue("ignored", xy, None) == ["2", "1"]
    assert issue("1", xy, CodeRule(2), start=9) == ["110", "109"]
    assert issue("1", np.zeros((0, 2)), CodeRule(2)) == []


def test_more_units_than_the_digits_can_count_are_refused_by_name():
    with pytest.raises(SchemeError, match="unit 10 under the district does not fit into 1 digits") as caught:
        issue("", np.zeros((10, 2)), CodeRule(1))
    assert "全区" in caught.value.message_zh


@given(POINTS, st.text("0123456789", max_size=4))
def test_codes_are_unique_and_begin_with_their_parents(points, parent: str):
    codes = issue(parent, np.array(points, dtype=float).reshape(-1, 2), CodeRule(2))
    assert len(set(codes)) == len(codes) == len(points)
    assert all(code.startswith(parent) and len(code) == len(parent) + 2 for code in codes)
