"""Parts of one building: united where they touch and share an id or an address."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.generate import count_homes, merge_parts
from geogrid.scheme_values import DEFAULTS

CRS = "EPSG:4548"


def parts(ids, xs, **columns):
    """Houses 10 m wide that begin at each x."""
    return gpd.GeoDataFrame({"id": ids, **columns}, geometry=[shapely.box(x, 0, x + 10, 10) for x in xs], crs=CRS)


def test_parts_of_one_id_that_touch_are_one_building_and_one_apart_stays_apart():
    merged = merge_parts(parts(["甲", "乙", "甲", "甲"], [0, 50, 10, 90]))
    assert merged.buildings["id"].tolist() == ["甲", "乙", "甲"]
    assert merged.row.tolist() == [0, 1, 0, 2]
    assert merged.buildings.geometry[0].equals(shapely.box(0, 0, 20, 10))


def test_a_hair_of_air_between_two_parts_is_closed():
    merged = merge_parts(parts(["甲", "甲"], [0, 10.05]))
    assert len(merged.buildings) == 1
    assert merged.buildings.geometry[0].geom_type == "Polygon"


def test_neighbours_with_one_address_are_one_building_but_not_all_houses_of_a_street():
    assert len(merge_parts(parts(["a", "b", "c"], [0, 10, 20], address=["泉城路1号", "泉城路1号", "泉城路2号"])).buildings) == 2
    assert len(merge_parts(parts(list("abcdefghijklmn"), range(0, 140, 10), address=["历山路"] * 14)).buildings) == 14
    assert len(merge_parts(parts(["a", "b"], [0, 10], address=["", ""])).buildings) == 2


def test_figures_repeated_for_each_part_count_once_others_add_up_and_the_highest_part_gives_the_floors():
    repeated = merge_parts(parts(["甲", "甲"], [0, 10], households=[24.0, 24.0], floors=[6.0, 2.0])).buildings
    assert (repeated["households"][0], repeated["floors"][0]) == (24, 6)
    assert merge_parts(parts(["甲", "甲"], [0, 10], households=[24.0, 6.0])).buildings["households"][0] == 30
    assert merge_parts(parts(["a", "b"], [0, 10], address=["x1", "x1"], households=[2.0, 2.0])).buildings["households"][0] == 4
    assert np.isnan(merge_parts(parts(["甲", "甲"], [0, 10], households=[np.nan, np.nan])).buildings["households"][0])


def test_each_part_is_estimated_by_its_own_storeys():
    given_ = gpd.GeoDataFrame({"id": ["塔", "塔"], "floors": [20.0, 2.0]}, geometry=[shapely.box(0, 0, 20, 20), shapely.box(20, 0, 80, 20)], crs=CRS)
    merged = merge_parts(given_)
    homes = count_homes(merged.buildings, defaults=DEFAULTS, merged=merged)
    assert homes.households.tolist() == [round((20 * 400 + 2 * 1200) / 90)]


def test_entrances_and_households_of_an_absorbed_part_find_the_building():
    merged = merge_parts(parts(["a", "b"], [0, 10], address=["x1", "x1"]))
    table = merged.renamed(pd.DataFrame({"building": ["a", "b", "b", "c"]}))
    assert table["building"].tolist() == ["a", "a", "a", "c"]
    assert count_homes(merged.buildings, None, table, defaults=DEFAULTS, merged=merged).households.tolist() == [3]
    assert merged.renamed(None) is None


@pytest.mark.parametrize("ids", [[], ["a"]])
def test_none_and_one_stay_as_they_are(ids):
    frame = parts(ids, [0] * len(ids))
    assert merge_parts(frame).buildings is frame


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 30)), min_size=1, max_size=14))
def test_no_two_buildings_of_one_id_touch_and_no_footprint_is_lost(rows):
    frame = parts([name for name, _ in rows], [5 * x for _, x in rows])
    merged = merge_parts(frame)
    out = merged.buildings
    assert shapely.union_all(out.geometry.to_numpy()).equals(shapely.union_all(frame.geometry.to_numpy()))
    assert (out["id"].to_numpy()[merged.row] == frame["id"].to_numpy()).all()
    for _, same in out.groupby("id"):
        shapes = same.geometry.to_numpy()
        assert all(a is b or a.distance(b) > 0 for a in shapes for b in shapes)
