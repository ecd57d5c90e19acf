"""Households of buildings and entrances: which source wins, what is estimated, and that sums stay exact."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point, box

from geogrid.generate import count_homes
from geogrid.generate.households import largest_remainder
from geogrid.scheme import DEFAULTS


def houses(**columns) -> gpd.GeoDataFrame:
    """Return three houses of 9 m by 10 m (one dwelling a floor); columns as given."""
    table = {"id": ["a", "b", "c"], **columns}
    n = len(table["id"])
    frame = gpd.GeoDataFrame(table, geometry=[box(20 * i, 0, 20 * i + 9, 10) for i in range(n)], crs="EPSG:4548")
    return frame.assign(row=range(1, n + 1))


def doors(buildings: list[str], **columns) -> gpd.GeoDataFrame:
    rows = range(1, len(buildings) + 1)
    places = [Point(i, 0) for i in range(len(buildings))]
    return gpd.GeoDataFrame({"id": [f"e{i}" for i in rows], "building": buildings, "row": rows, **columns}, geometry=places, crs="EPSG:4548")


def table(buildings: list[str], **columns) -> pd.DataFrame:
    return pd.DataFrame({"building": buildings, "row": range(2, len(buildings) + 2), **columns})


def count(buildings, entrances=None, rows=None, **options):
    return count_homes(buildings, entrances, rows, defaults=DEFAULTS, **options)


def said(homes) -> list[tuple[str, float | None, str]]:
    return [(f.rule, f.value, f.facts.get("what", f.facts.get("value", ""))) for f in homes.findings]


def test_the_table_wins_over_the_column_and_the_column_over_an_estimate_each_for_its_building():
    homes = count(houses(households=[5.0, 7.0, np.nan], floors=[3.0, 3.0, 4.0]), rows=table(["a", "a"]))
    assert homes.households.tolist() == [2, 7, 4]
    assert homes.source.tolist() == ["table", "column", "estimate"]
    assert said(homes) == [("estimated", 1, "households")]


def test_the_entrances_column_wins_over_the_buildings():
    homes = count(houses(households=[5.0, 7.0, 0.0]), doors(["a", "a", "b", "b"], households=[2.0, 1.0, 4.0, np.nan]))
    assert homes.households.tolist() == [3, 7, 0]
    assert homes.entrance_households.tolist() == [2, 1, 4, 3]
    assert homes.source.tolist() == ["column"] * 3


def test_unknown_floors_are_the_defaults_and_counted_where_people_live():
    homes = count(houses(floors=[np.nan, 0.0, 6.0], households=[4.0, 0.0, 5.0]))
    assert homes.floors.tolist() == [1, 1, 6]
    assert said(homes) == [("estimated", 1, "floors")]


def test_the_floors_that_households_of_the_table_live_on_are_not_estimated():
    rows = table(["a", "a", "b", "c"], floor=[2.0, 7.0, np.nan, 3.0])
    homes = count(houses(floors=[np.nan, np.nan, 9.0]), rows=rows)
    assert homes.floors.tolist() == [7, 1, 9]
    assert said(homes) == [("estimated", 1, "floors")]


def test_a_height_stands_for_floors_and_is_called_an_estimate():
    homes = count(houses(height_m=[18.0, 3.5, np.nan]))
    assert homes.floors.tolist() == [6, 1, 1]
    assert homes.households.tolist() == [6, 1, 1]
    assert said(homes) == [("estimated", 3, "households"), ("estimated", 3, "floors")]


def test_floors_of_the_entrances_are_the_buildings_where_it_has_none_of_its_own():
    homes = count(houses(households=[6.0, 6.0, 6.0]), doors(["a", "a", "b"], floors=[5.0, 6.0, 4.0]))
    assert homes.floors.tolist() == [6, 4, 1]
    assert homes.entrance_floors.tolist() == [5, 6, 4]
    assert said(homes) == [("estimated", 1, "floors")]


def test_only_homes_are_estimated_by_the_schemes_words_or_the_recipes():
    frame = houses(use=["住宅", "厂房", " residential "], floors=[2.0, 2.0, 2.0])
    assert count(frame).households.tolist() == [2, 0, 2]
    assert count(frame).source.tolist() == ["estimate", "none", "estimate"]
    assert count(frame, home_uses=["厂房"]).households.tolist() == [0, 2, 0]


def test_a_row_of_the_table_for_no_building_or_several_is_listed_by_row_and_never_spread():
    homes = count(houses(id=["a", "b", "b"], households=[1.0, 1.0, 1.0]), rows=table(["b", "z", "", "a"]))
    assert homes.households.tolist() == [1, 1, 1]
    facts = [(f.rule, f.severity, f.facts["role"], f.facts["row"], f.facts["field"], f.facts["value"]) for f in homes.findings[1:]]
    assert facts == [("row_rejected", "warning", "households", row, "building", value) for row, value in ((4, ""), (2, "b"), (3, "z"))]
    assert "building 'z': no building, or several" in homes.findings[-1].message
    assert "没有或有多栋楼" in homes.findings[-1].message_zh


def test_an_entrance_of_no_building_or_of_one_of_several_is_listed_with_its_place():
    homes = count(houses(id=["a", "b", "b"]), doors(["z", "a", "b"]))
    assert homes.entrance_building.tolist() == [-1, 0, -1]
    assert [(f.facts["row"], f.geometry) for f in homes.findings if f.rule == "row_rejected"] == [(3, Point(2, 0)), (1, Point(0, 0))]
    assert homes.entrance_households.tolist() == [0, 1, 0]


def test_entrances_that_name_no_building_at_all_are_listed():
    homes = count(houses(), doors(["a"]).drop(columns="building"))
    assert homes.entrance_building.tolist() == [-1]
    assert [f.facts["value"] for f in homes.findings if f.rule == "row_rejected"] == [""]


def test_households_of_the_table_live_behind_the_door_that_they_name():
    rows = table(["a"] * 5, entrance=["e1", "e1", "e1", "e1", "e2"], persons=[3.0] * 5)
    homes = count(houses(), doors(["a", "a", "b"]), rows)
    assert homes.households.tolist() == [5, 1, 1]
    assert homes.entrance_households.tolist() == [4, 1, 1]
    assert homes.persons.tolist() == [15, 0, 0]
    assert homes.entrance_persons.tolist() == [12, 3, 0]


def test_persons_come_from_the_table_where_it_knows_all_of_a_building():
    homes = count(houses(persons=[10.0, 20.0, np.nan]), rows=table(["a", "b", "b"], persons=[4.0, 2.0, np.nan]))
    assert homes.persons.tolist() == [4, 20, 0]


@pytest.mark.parametrize("entrances", [None, doors([])])
@pytest.mark.parametrize("rows", [None, table([])])
def test_nothing_at_all_counts_nothing(entrances, rows):
    homes = count(houses(id=[]), entrances, rows)
    assert len(homes.households) == len(homes.entrance_households) == 0
    assert homes.findings == ()


def test_half_a_storey_is_lived_on_and_no_storey_counts_one():
    assert count(houses(floors=[2.5, 0.4, 2.4])).floors.tolist() == [3, 1, 2]


MEMBERS = st.lists(st.tuples(st.integers(-1, 3), st.floats(0, 1e6)), max_size=20)


@given(MEMBERS, st.lists(st.integers(0, 10_000), min_size=4, max_size=4))
def test_what_is_shared_out_adds_up_exactly(members, totals):
    rows = np.array([row for row, _ in members], dtype=np.int64)
    shares = largest_remainder(np.array([weight for _, weight in members], dtype=float), rows, np.array(totals))
    assert (shares >= 0).all()
    assert (shares[rows < 0] == 0).all()
    for row, total in enumerate(totals):
        if (rows == row).any():
            assert shares[rows == row].sum() == total


@given(st.integers(1, 9), st.integers(0, 100))
def test_equal_weights_share_out_evenly_the_earlier_first(n: int, total: int):
    shares = largest_remainder(np.ones(n), np.zeros(n, dtype=np.int64), np.array([total]))
    assert shares.tolist() == sorted(shares.tolist(), reverse=True)
    assert shares.max() - shares.min() <= 1
