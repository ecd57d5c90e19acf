import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geogrid.reach.demand import HOUSEHOLDS, Demand
from geogrid.reach.served import served_in, walking_m, weighted_median


def demand_with(households: list[int]) -> Demand:
    n = len(households)
    nothing = np.zeros(n)
    return Demand(HOUSEHOLDS, nothing, nothing, np.array(households), nothing, np.arange(n), pd.DataFrame(index=range(n)))


def codes(*names: str) -> np.ndarray:
    return np.array(names, dtype=object)


def test_a_unit_sums_up_who_is_served_how_far_they_walk_and_to_which_station():
    walk, station = np.array([100.0, 300.0, 500.0, 200.0, np.inf]), np.array([2, 0, 0, 1, -1])
    found = served_in(demand_with([10, 20, 10, 5, 7]), codes("a", "a", "a", "b", "b"), walk, station, [100, 400])
    assert found.loc["a"].to_dict() == {
        **{"total": 40, "served_0": 10, "served_1": 30, "nearest": 0, "no_path": 0},
        **{"mean_walk_m": 300.0, "median_walk_m": 300.0, "worst_walk_m": 500.0},
    }
    assert found.loc["b", ["total", "served_1", "nearest", "mean_walk_m", "worst_walk_m", "no_path"]].tolist() == [12, 5, 1, 200.0, 200.0, 7]
    assert found.loc["b", "median_walk_m"] == np.inf


def test_who_no_path_leads_to_has_no_walk_and_no_nearest_station():
    found = served_in(demand_with([3]), codes("a"), np.array([np.inf]), np.array([-1]), [750])
    assert found.loc["a", ["served_0", "no_path", "nearest"]].tolist() == [0, 3, -1]
    assert found.loc["a", ["mean_walk_m", "worst_walk_m"]].isna().all()


def test_rows_of_no_unit_are_left_out_and_no_rows_give_no_unit():
    assert served_in(demand_with([3]), codes(""), np.array([1.0]), np.array([0]), [750]).empty
    assert served_in(demand_with([]), codes(), np.array([]), np.array([], dtype=int), [750]).empty


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
    demand, metres, station = demand_with(list(households)), np.array(walk, dtype=float), np.zeros(len(rows), dtype=int)
    units = served_in(demand, codes(*unit), metres, station, [300, 600])
    alone = np.array(unit) == ""
    for column, limit in (("total", np.inf), ("served_0", 300), ("served_1", 600)):
        rest = np.array(households)[alone & (metres <= limit)].sum()
        assert units[column].sum() + rest == np.array(households)[metres <= limit].sum()
    assert (units["served_0"] <= units["served_1"]).all()
