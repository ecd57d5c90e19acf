import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geogrid import sites
from tests.tiny import CRS, EAST, LEVELS, WEST, X0, Y0, tiny_plan


@pytest.fixture(scope="module")
def plan():
    return tiny_plan()


def points(*xy: tuple[float, float], **columns: object) -> gpd.GeoDataFrame:
    places = [shapely.Point(X0 + x, Y0 + y) for x, y in xy]
    return gpd.GeoDataFrame({"id": [f"p{i + 1}" for i in range(len(xy))], **columns}, geometry=places, crs=CRS)


def units(joined: gpd.GeoDataFrame) -> list[tuple[str, ...]]:
    return list(joined[list(LEVELS)].itertuples(index=False, name=None))


def test_a_point_gets_one_unit_of_every_level(plan):
    joined = sites.join(points((75, 75)), plan)
    assert units(joined) == [(WEST, WEST + "002", WEST + "002002")]
    assert joined["outside_m"].tolist() == [0.0]


def test_a_point_where_four_cells_meet_gets_the_lowest_code_of_one_nested_chain(plan):
    assert units(sites.join(points((100, 100)), plan)) == [(WEST, WEST + "001", WEST + "001004")]


def test_a_point_on_the_edge_of_the_district_is_inside(plan):
    joined = sites.join(points((0, 0), (200, 200)), plan)
    assert joined["outside_m"].tolist() == [0.0, 0.0]
    assert "" not in set(joined["microgrid"])


def test_without_a_floor_the_lowest_floors_unit_holds_a_point(plan):
    assert sites.join(points((25, 175)), plan)["microgrid"].tolist() == [WEST + "001001"]


def test_a_floor_chooses_among_stacked_units(plan):
    joined = sites.join(points((25, 175), (25, 175), (25, 175), (75, 75), floor=[5.0, np.nan, 99.0, 2.0]), plan)
    assert joined["microgrid"].tolist() == [WEST + "001002", WEST + "001001", WEST + "001001", WEST + "002002"]


def test_a_point_outside_has_no_unit_and_a_distance(plan):
    joined = sites.join(points((275, 100)), plan)
    assert units(joined) == [("", "", "")]
    assert joined["outside_m"].tolist() == [75.0]


def test_a_missing_place_has_no_unit_and_no_distance(plan):
    frame = gpd.GeoDataFrame({"id": ["a", "b"]}, geometry=[None, shapely.Point()], crs=CRS)
    joined = sites.join(frame, plan)
    assert units(joined) == [("", "", "")] * 2
    assert joined["outside_m"].isna().all()
    assert [f.rule for f in sites.find_unmatched(joined, "cameras")] == ["point_position"] * 2


def test_an_area_stands_where_its_label_point_is(plan):
    frame = gpd.GeoDataFrame({"id": ["park"]}, geometry=[shapely.box(X0 + 60, Y0 + 60, X0 + 90, Y0 + 90)], crs=CRS)
    assert sites.join(frame, plan)["grid"].tolist() == [WEST + "002"]


def test_no_points_join_to_nothing(plan):
    joined = sites.join(points(), plan)
    assert list(joined.columns[-4:]) == [*LEVELS, "outside_m"]
    assert sites.find_unmatched(joined, "cameras") == []


def test_points_keep_their_index_and_columns_and_are_left_as_they_were(plan):
    frame = points((75, 75), (25, 175), name=["东门", "西门"]).set_index(pd.Index([7, 3]))
    before = frame.copy()
    joined = sites.join(frame, plan)
    assert joined.index.tolist() == [7, 3]
    assert joined["name"].tolist() == ["东门", "西门"]
    pd.testing.assert_frame_equal(frame, before)


def test_land_without_unit_is_joined_at_the_levels_above(plan):
    free = plan.leaf.copy()
    free[free == plan.units.index[plan.units["code"] == EAST + "002001"][0]] = plan.units.index[plan.units["code"] == EAST + "002"][0]
    from dataclasses import replace

    joined = sites.join(points((125, 75)), replace(plan, leaf=free, _derived={}))
    assert units(joined) == [(EAST, EAST + "002", "")]
    assert sites.find_unmatched(joined, "stations") == []


def test_the_unmatched_are_listed_with_their_distance(plan):
    found = sites.find_unmatched(sites.join(points((75, 75), (275, 100)), plan), "cameras")
    assert [(f.rule, f.units, f.length_m) for f in found] == [("point_unmatched", ("p2",), 75.0)]
    assert found[0].message == "camera p2 lies in no unit, 75 m from the district. Check its position, or confirm that it is elsewhere."
    assert "距本区 75 米" in found[0].message_zh


def test_a_point_at_longitude_and_latitude_zero_is_a_wrong_position(plan):
    null = gpd.GeoSeries([shapely.Point(0, 0)], crs=4326).to_crs(CRS).iloc[0]
    frame = gpd.GeoDataFrame({"id": ["a"]}, geometry=[null], crs=CRS)
    found = sites.find_unmatched(sites.join(frame, plan), "stations")
    assert [f.rule for f in found] == ["point_position"]


def test_a_point_far_from_the_district_is_a_wrong_position(plan):
    found = sites.find_unmatched(sites.join(points((80_000, 0)), plan), "stations")
    assert [f.rule for f in found] == ["point_position"]
    assert "80 km" in found[0].message


def test_the_order_of_points_does_not_matter(plan):
    rng = np.random.default_rng(5)
    many = points(*map(tuple, rng.uniform(-20, 220, (200, 2)).round(0)))
    order = rng.permutation(200)
    one, two = sites.join(many, plan), sites.join(many.iloc[order], plan)
    pd.testing.assert_frame_equal(one, two.sort_index())
