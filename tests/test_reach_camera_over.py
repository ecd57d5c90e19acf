"""Over-reach: façades of dwellings from near, prohibited places in the open and indoors; said with what to do, in both languages."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely import box

from tests.camera_town import at, cameras, houses, reach
from tests.tiny import CRS

DOME = {"ptz": "1", "range_m": 40.0, "height_m": 6.0}
HOME = {"use": ["住宅"], "address": ["建华路1号"]}


def prohibited(*boxes, kind="公共浴室"):
    return gpd.GeoDataFrame({"kind": [kind] * len(boxes)}, geometry=at(*(box(*corners) for corners in boxes)), crs=CRS)


def over(*rows, **layers):
    return reach(cameras(*rows), **layers).over_reach


def test_a_dwellings_facade_nearer_than_the_schemes_distance_is_over_reach():
    found = over({"at": (50, 92), **DOME}, buildings=houses((30, 100, 70, 120), **HOME))
    assert found[["camera", "what", "class", "building"]].to_numpy().tolist() == [["c0", "facade", "sure", "b0"]]
    assert found["metres"].iloc[0] == pytest.approx(12)  # 8 m away, 10 m far: 6 m either way
    assert found.geometry.iloc[0].length == pytest.approx(12)
    assert "建华路1号" in found["message_zh"].iloc[0]
    assert "10 米" in found["message_zh"].iloc[0]
    assert "12 m of façade" in found["message"].iloc[0]


@pytest.mark.parametrize("columns", [{"use": ["商业"]}, {"use": [""]}, {}])
def test_what_is_no_dwelling_may_be_looked_at(columns):
    assert len(over({"at": (50, 92), **DOME}, buildings=houses((30, 100, 70, 120), **columns))) == 0


def test_who_lives_there_makes_a_dwelling_of_any_use():
    assert len(over({"at": (50, 92), **DOME}, buildings=houses((30, 100, 70, 120), use=["yes"], households=[3]))) == 1


def test_farther_than_the_schemes_distance_is_none():
    assert len(over({"at": (50, 89), **DOME}, buildings=houses((30, 100, 70, 120), **HOME))) == 0


def test_the_wall_that_a_camera_hangs_on_is_seen_along_and_not_looked_at():
    assert len(over({"at": (50, 100), **DOME}, buildings=houses((30, 100, 70, 120), **HOME))) == 0


def test_what_depends_on_where_a_camera_points_is_perhaps_and_no_finding():
    gun = {"at": (50, 92), "ptz": "3", "range_m": 40.0, "angle_deg": 60.0, "height_m": 6.0, "direction_deg": 45.0, "direction_is_eighth": True}
    seen = reach(cameras(gun), buildings=houses((30, 100, 70, 120), **HOME))
    assert seen.over_reach["class"].tolist() == ["perhaps"]
    assert "可能" in seen.over_reach["message_zh"].iloc[0]
    assert len(seen.findings) == 0


def test_a_prohibited_place_in_the_open_that_a_view_enters_is_over_reach():
    found = over({"at": (50, 50), **DOME}, prohibited=prohibited((60, 40, 70, 50), (150, 150, 160, 160)))
    assert found[["what", "kind"]].to_numpy().tolist() == [["prohibited", "公共浴室"]]
    assert found["area_m2"].iloc[0] == pytest.approx(100)
    assert found.geometry.iloc[0].area == pytest.approx(100)


def test_a_prohibited_place_behind_a_wall_is_not_entered():
    assert len(over({"at": (50, 50), **DOME}, buildings=houses((55, 30, 58, 70)), prohibited=prohibited((60, 45, 65, 55)))) == 0


def test_a_prohibited_place_indoors_is_faced_where_its_buildings_facade_is_near():
    built = houses((30, 100, 70, 120), use=["商业"], address=["浴池街2号"])
    found = over({"at": (50, 92), **DOME}, buildings=built, prohibited=prohibited((40, 105, 60, 115)))
    assert found[["what", "building", "kind"]].to_numpy().tolist() == [["faces_prohibited", "b0", "公共浴室"]]
    assert len(over({"at": (50, 80), **DOME}, buildings=built, prohibited=prohibited((40, 105, 60, 115)))) == 0


def test_several_facades_of_one_camera_are_one_finding():
    built = houses((30, 100, 70, 120), (30, 60, 70, 84), use=["住宅", "住宅"])
    seen = reach(cameras({"at": (50, 92), **DOME}), buildings=built)
    assert len(seen.over_reach) == 2
    assert seen.findings["units"].tolist() == [["c0"]]
    assert "2 dwellings" in seen.findings["message"].iloc[0]


def test_broken_and_empty_prohibited_places_are_no_fault():
    bow = shapely.Polygon([(40, 40), (60, 60), (60, 40), (40, 60)])
    layer = gpd.GeoDataFrame({"kind": [None, "x"]}, geometry=at(bow, shapely.Polygon()), crs=CRS)
    found = over({"at": (50, 30), **DOME}, prohibited=layer)
    assert found["what"].tolist() == ["prohibited"]
    assert "#1" in found["message"].iloc[0]
    assert len(over({"at": (50, 30), **DOME}, prohibited=layer.iloc[:0])) == 0


def test_no_camera_no_over_reach_and_the_same_columns():
    none = reach(gpd.GeoDataFrame({"id": []}, geometry=[], crs=CRS), buildings=houses((30, 100, 70, 120), **HOME)).over_reach
    assert list(none.columns) == list(over({"at": (50, 92), **DOME}, buildings=houses((30, 100, 70, 120), **HOME)).columns)
    assert none.crs == CRS
    assert np.isdtype(none["metres"].to_numpy().dtype, "real floating")
