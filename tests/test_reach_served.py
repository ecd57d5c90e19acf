import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geogrid.reach.demand import HOUSEHOLDS
from geogrid.reach.served import Units, served_in, unit_columns, walking_m, weighted_median


def codes(*names: str) -> np.ndarray:
    return np.array(names, dtype=object)


def sums_of(unit: np.ndarray, walk_m: list[float], households: list[int], station: list[int], limits: list[float]) -> pd.DataFrame:
    units = Units.of(unit)
    found = served_in(np.array(households), units, np.array(walk_m, dtype=float), np.array(station, dtype="int64"), limits)
    served = {f"served_{i}": row for i, row in enumerate(found.pop("served"))}
    return pd.DataFrame({**found, **served}, index=units.code)


def test_a_unit_sums_up_who_is_served_how_far_they_walk_and_to_which_station():
    found = sums_of(codes("a", "a", "a", "b", "b"), [100, 300, 500, 200, np.inf], [10, 20, 10, 5, 7], [2, 0, 0, 1, -1], [100, 400])
    assert found.loc["a"].to_dict() == {
        **{"total": 40, "served_0": 10, "served_1": 30, "nearest": 0, "no_path": 0},
        **{"mean_walk_m": 300.0, "median_walk_m": 300.0, "worst_walk_m": 500.0},
    }
    assert found.loc["b", ["total", "served_1", "nearest", "mean_walk_m", "worst_walk_m", "no_path"]].tolist() == [12, 5, 1, 200.0, 200.0, 7]
    assert found.loc["b", "median_walk_m"] == np.inf


def test_the_first_of_stations_as_near_to_as_many_is_the_nearest():
    assert sums_of(codes("a", "a", "a"), [5, 6, 7], [4, 2, 2], [3, 1, 1], [9])["nearest"].tolist() == [1]


def test_who_no_path_leads_to_has_no_walk_and_no_nearest_station():
    found = sums_of(codes("a"), [np.inf], [3], [-1], [750])
    assert found.loc["a", ["served_0", "no_path", "nearest"]].tolist() == [0, 3, -1]
    assert found.loc["a", ["mean_walk_m", "worst_walk_m"]].isna().all()


def test_a_unit_half_of_which_has_no_path_has_no_median_in_the_columns():
    units = Units.of(codes("a", "a", "b"))
    sums = served_in(np.array([3, 4, 2]), units, np.array([75.0, np.inf, 150.0]), np.array([0, -1, 0]), [750])
    columns = unit_columns(HOUSEHOLDS, sums, [10], 4.5)
    assert np.isnan(columns["median_walk_min"][0])
    assert columns["median_walk_min"][1] == 2.0


def test_rows_of_no_unit_are_left_out_and_no_rows_give_no_unit():
    assert sums_of(codes(""), [1.0], [3], [0], [750]).empty
    assert sums_of(codes(), [], [], [], [750]).empty


def test_ten_minutes_at_the_usual_speed_are_750_metres():
    assert walking_m(10, 4.5) == 750.0


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 900), st.integers(1, 9)), min_size=1, max_size=20))
def test_the_median_is_that_of_all_households_one_by_one(rows):
    group, walk, weight = (np.array(column) for column in zip(*rows, strict=True))
    found = weighted_median(group, walk.astype(float), weight.astype(float), 4)
    for i in range(4):
        each = np.sort(np.repeat(walk[group == i], weight[group == i]))
        wanted = each[(len(each) - 1) // 2] if len(each) else np.nan
        assert found[i] == pytest.approx(wanted, nan_ok=True)


@given(st.lists(st.tuples(st.sampled_from(["", "a", "b", "c"]), st.integers(0, 900), st.integers(1, 9)), min_size=1, max_size=20))
def test_units_and_who_lives_in_none_add_up_to_the_whole(rows):
    unit, walk, households = zip(*rows, strict=True)
    metres = np.array(walk, dtype=float)
    units = sums_of(codes(*unit), list(walk), list(households), [0] * len(rows), [300, 600])
    alone = np.array(unit) == ""
    for column, limit in (("total", np.inf), ("served_0", 300), ("served_1", 600)):
        rest = np.array(households)[alone & (metres <= limit)].sum()
        assert units[column].sum() + rest == np.array(households)[metres <= limit].sum()
    assert (units["served_0"] <= units["served_1"]).all()
