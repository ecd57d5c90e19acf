"""Reached from inside, from outside, or not: half of a community's households decide, strictly nine tenths."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from geogrid.reach.radiate import radiated

homes = st.lists(st.tuples(st.sampled_from(["a", "b", "c", ""]), st.integers(0, 30), st.floats(0, 40) | st.just(float("inf"))), max_size=12)


def told(rows: list[tuple[str, int, float]], stations: list[str], minutes: float = 10) -> pd.DataFrame:
    code, households, walk = (list(part) for part in zip(*rows, strict=True)) if rows else ([], [], [])
    codes = np.array(code, dtype=object)
    return radiated(codes, np.array(households), np.array(walk, dtype=float), np.array(stations, dtype=object), minutes=minutes).set_index("code")


def test_half_of_the_households_are_enough_and_fewer_are_not():
    found = told([("a", 5, 9), ("a", 5, 20), ("b", 4, 9), ("b", 5, 20)], [])
    assert found["status"].tolist() == ["from_outside", "not"]


def test_strictly_it_takes_nine_tenths():
    found = told([("a", 9, 9), ("a", 1, 20), ("b", 8, 9), ("b", 1, 20)], ["a", "b"])
    assert found["strict_status"].tolist() == ["inside", "not"]


def test_a_station_of_its_own_that_is_too_far_does_not_reach_a_community():
    found = told([("a", 10, 25)], ["a"])
    assert (found.loc["a", "stations"], found.loc["a", "status"]) == (1, "not")


def test_where_no_path_leads_nobody_is_reached():
    found = told([("a", 10, float("nan")), ("b", 3, float("inf"))], ["a"])
    assert found["reached"].tolist() == [0, 0]


def test_where_nobody_lives_there_is_nobody_to_reach():
    assert told([("a", 0, 1), ("", 5, 1)], ["a"]).empty
    assert told([], []).empty


@given(homes, st.lists(st.sampled_from(["a", "b", ""])), st.integers(0, 30), st.integers(0, 30))
def test_more_minutes_never_reach_fewer(rows: list[tuple[str, int, float]], stations: list[str], minutes: int, more: int):
    short, long = told(rows, stations, minutes), told(rows, stations, minutes + more)
    assert (short["reached"] <= long["reached"]).all()
    assert set(short.index[short["status"] != "not"]) <= set(long.index[long["status"] != "not"])


@given(homes, st.lists(st.sampled_from(["a", "b", ""])))
def test_what_is_reached_strictly_is_reached(rows: list[tuple[str, int, float]], stations: list[str]):
    found = told(rows, stations)
    assert (found.loc[found["strict_status"] != "not", "status"] != "not").all()
    assert found["households"].sum() == sum(n for code, n, _ in rows if code)
