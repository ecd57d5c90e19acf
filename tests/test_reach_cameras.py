"""What cameras see of a small town: figures by unit, classes of streets and doors, promises for any town, and input that is hardly any."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.camera_town import cameras, doors, houses, reach, roads
from tests.tiny import CRS, EAST, WEST

DOME = {"ptz": "1", "range_m": 30.0, "height_m": 6.0}
GUN = {"ptz": "3", "range_m": 40.0, "angle_deg": 60.0, "height_m": 4.0, "direction_is_eighth": False}
STREET = roads([(0, 150), (200, 150)])


def figures(found, code):
    return found.camera_units.set_index("code").loc[code]


def test_a_dome_by_a_street_sees_its_range_either_way():
    found = reach(cameras({"at": (50, 150), **DOME}), roads=STREET)
    assert figures(found, WEST + "001").street_share == pytest.approx(0.6)
    assert figures(found, WEST).street_share == pytest.approx(0.6)
    assert figures(found, EAST + "001").street_share == 0
    assert found.whole["street_share"] == pytest.approx(0.3)
    assert found.streets["class"].tolist() == ["blind", "sure", "blind", "blind"]
    assert found.streets.length_m.tolist() == pytest.approx([20, 60, 20, 100])
    assert found.blind_streets.geometry.length.sum() == pytest.approx(140)


def test_a_house_hides_what_is_behind_it():
    found = reach(cameras({"at": (50, 130), **DOME, "range_m": 60.0}), roads=STREET, buildings=houses((40, 135, 60, 140)))
    assert found.streets["class"].tolist() == ["sure", "blind", "sure", "sure", "blind"]  # cut at the border, too
    assert found.streets.length_m.iloc[1] == pytest.approx(80)  # 20 m wide and 5 m away, 20 m before the street
    assert found.hides("c0")["id"].tolist() == ["b0"]
    assert len(found.hides("nobody")) == 0


def test_one_of_eight_directions_makes_streets_perhaps():
    row = {"at": (50, 110), **GUN, "range_m": 60.0, "direction_deg": 0.0}
    exact, eighth = (reach(cameras({**row, "direction_is_eighth": flag}), roads=STREET) for flag in (False, True))
    assert exact.streets["class"].tolist() == ["blind", "sure", "blind", "blind"]
    assert eighth.streets["class"].tolist() == ["blind", "perhaps", "sure", "perhaps", "blind", "blind"]
    assert figures(eighth, WEST).street_share < figures(exact, WEST).street_share < figures(eighth, WEST).street_perhaps_share
    assert figures(exact, WEST).street_share == pytest.approx(2 * 40 * np.tan(np.pi / 6) / 100)


@pytest.mark.parametrize(
    ("height_m", "seen"),
    [(1.5, "sure"), (2.0, "perhaps"), (3.4, "perhaps"), (3.5, "blind"), (20.0, "blind"), (np.nan, "blind")],
)
def test_a_low_house_hides_what_is_surely_seen_and_not_what_is_perhaps(height_m, seen):
    built = houses((30, 120, 70, 130), height_m=[height_m])
    found = reach(cameras({"at": (50, 110), **DOME, "range_m": 50.0, "height_m": 4.0}), entrances=doors((50, 140)), buildings=built)
    assert found.entrances["class"].tolist() == [seen]


def test_floors_make_a_height_only_where_somebody_counted_them():
    row = {"at": (50, 110), **DOME, "range_m": 50.0}
    for source, seen in (("given", "perhaps"), ("estimated", "blind")):
        built = houses((30, 120, 70, 130), floors=[1], floors_source=[source])
        assert reach(cameras(row), entrances=doors((50, 140)), buildings=built).entrances["class"].tolist() == [seen]
    old = houses((30, 120, 70, 130), floors=[1])  # of a project that does not say
    assert reach(cameras(row), entrances=doors((50, 140)), buildings=old).entrances["class"].tolist() == ["blind"]


def test_canopies_and_fences_hide_nothing():
    walls = gpd.GeoDataFrame({"class": ["fence"]}, geometry=roads([(0, 125), (100, 125)]).geometry)
    built = houses((30, 120, 70, 130), use=["roof"])
    found = reach(cameras({"at": (50, 110), **DOME, "range_m": 50.0}), entrances=doors((50, 140)), buildings=built, walls=walls)
    assert found.entrances["class"].tolist() == ["sure"]
    walled = reach(cameras({"at": (50, 110), **DOME, "range_m": 50.0}), entrances=doors((50, 140)), walls=walls.assign(**{"class": "wall"}))
    assert walled.entrances["class"].tolist() == ["blind"]
    assert {"canopies", "see_through"} <= {note["key"] for note in found.notes}


def test_a_door_on_the_wall_that_faces_the_camera_is_seen_and_one_behind_is_not():
    built = houses((30, 120, 70, 130))
    found = reach(cameras({"at": (50, 110), **DOME, "range_m": 50.0}), entrances=doors((50, 120), (50, 120.2), (50, 130)), buildings=built)
    assert found.entrances["class"].tolist() == ["sure", "sure", "blind"]
    assert found.blind_entrances["id"].tolist() == ["d2"]


def test_without_a_layer_of_entrances_doors_are_estimates_on_walls():
    found = reach(cameras({"at": (25, 190), **DOME}), buildings=houses((20, 170, 30, 180)))  # the tower's entrance lies in it
    assert len(found.entrances) == 1
    assert shapely.distance(found.entrances.geometry.iloc[0], found.around.obstacles.scene.footprints[0].boundary) < 1e-6
    assert "doors_estimated" in {note["key"] for note in found.notes}


def test_public_ground_is_what_no_footprint_stands_on():
    found = reach(cameras({"at": (25, 150), **DOME, "range_m": 300.0}), buildings=houses((0, 160, 100, 200)))
    west = figures(found, WEST + "001")
    assert west.ground_m2 == pytest.approx(6000)
    assert west.ground_share == pytest.approx(1.0)


def test_a_camera_on_a_border_belongs_to_exactly_one_grid_and_sees_both():
    found = reach(cameras({"at": (100, 150), **DOME}), roads=STREET)
    assert found.camera_units.query("level == 'grid'").cameras.sum() == 1
    assert [figures(found, code).street_share for code in (WEST + "001", EAST + "001")] == pytest.approx([0.3, 0.3])


def test_secret_cameras_are_in_no_part_of_a_reach_and_only_counted():
    both = cameras({"at": (50, 150), **DOME, "secret": True, "id": "s"}, {"at": (150, 150), **DOME, "secret": False, "id": "o"})
    open_one, whole = reach(both, roads=STREET), reach(both, roads=STREET, with_secret=True)
    assert open_one.cameras["id"].tolist() == open_one.regions["id"].tolist() == open_one.perhaps["id"].tolist() == ["o"]
    assert figures(open_one, WEST).street_share == 0
    assert [note["n"] for note in open_one.notes if note["key"] == "secret"] == [1]
    assert whole.cameras["id"].tolist() == ["o", "s"]
    assert figures(whole, WEST).street_share > 0


def test_cameras_in_walls_are_moved_and_those_deep_in_a_house_see_nothing_and_both_are_told():
    built = houses((10, 110, 50, 150))
    found = reach(cameras({"at": (30, 109.99), **DOME}, {"at": (30, 130), **DOME}), buildings=built)
    assert found.cameras["status"].tolist() == ["moved", "indoors"]
    assert found.cameras["seen_m2"].gt(0).tolist() == [True, False]
    assert {"moved", "indoors"} <= {note["key"] for note in found.notes}


def test_where_there_is_nothing_to_see_shares_are_null():
    found = reach(cameras({"at": (50, 150), **DOME}))
    units = found.camera_units
    assert units[["street_share", "street_perhaps_share", "mean_cameras"]].isna().all(axis=None)
    assert np.isnan(found.whole["street_share"])
    assert units["entrance_share"].notna().sum() == 2  # the tower's estimated door
    assert len(found.streets) == len(found.blind_streets) == 0
    assert {"no_roads", "no_buildings"} <= {note["key"] for note in found.notes}


def test_no_camera_sees_nothing_and_nobody_is_blamed():
    found = reach(gpd.GeoDataFrame({"id": []}, geometry=[], crs=CRS), roads=STREET, entrances=doors((50, 150)))
    assert found.whole["street_share"] == 0.0
    assert found.streets["class"].unique().tolist() == ["blind"]
    assert len(found.findings) == len(found.over_reach) == len(found.cameras) == 0
    assert found.notes[0]["key"] == "no_cameras"


def test_cameras_without_a_place_or_outside_or_with_chinese_ids_are_no_fault():
    rows = cameras({"at": None, **DOME, "id": "空"}, {"at": (-20, 150), **DOME, "id": "区外"}, {"at": (9000, 150), **DOME, "id": "远"})
    found = reach(rows, roads=STREET)
    assert sorted(found.cameras["id"]) == sorted(["空", "区外", "远"])
    assert figures(found, WEST).street_share == pytest.approx(0.1)
    assert {note["key"]: note["n"] for note in found.notes}["outside"] == 2
    assert sorted(found.findings["rule"]) == ["blind_area", "blind_area", "point_position", "point_unmatched", "point_unmatched"]


def test_a_unit_is_blind_where_even_perhaps_too_little_is_seen():
    found = reach(cameras({"at": (50, 150), **DOME}), roads=STREET).findings
    assert found["units"].tolist() == [[EAST + "001"]]
    assert found["length_m"].tolist() == pytest.approx([100])
    assert "0%" in found["message"].iloc[0]


def test_cameras_at_one_place_that_look_one_way_and_codes_used_twice_are_found():
    gun = {"at": (50, 150), **GUN, "direction_deg": 10.0}
    rows = [{**gun, "id": "a", "gb_code": "1"}, {**gun, "id": "b"}, {**gun, "id": "c", "direction_deg": 50.0, "gb_code": "1"}]
    blind = {**gun, "direction_deg": None}
    found = reach(cameras(*rows, {**blind, "id": "d"}, {**blind, "id": "e"})).findings
    twins = found[found["rule"] == "point_duplicate"]
    assert twins["units"].tolist() == [["a", "b"], ["a", "c"]]
    assert (found["rule"] == "code_format").sum() == 2
    assert set(found["severity"]) == {"warning"}


def test_the_order_of_rows_changes_nothing():
    rows = [{"at": (20 * k, 150 - k), **(DOME if k % 2 else GUN), "direction_deg": 40.0 * k, "id": f"c{k}"} for k in range(9)]
    built, drawn = houses((30, 120, 70, 130), (110, 120, 115, 160)), roads([(0, 150), (200, 150)], [(10, 0), (90, 200)])
    one, other = (reach(cameras(*some), roads=drawn, buildings=built) for some in (rows, rows[::-1]))
    for part in ("cameras", "regions", "perhaps", "camera_units", "streets", "entrances", "over_reach", "findings"):
        a, b = getattr(one, part), getattr(other, part)
        wkb = [frame.geometry.to_wkb().tolist() if "geometry" in frame else [] for frame in (a, b)]
        assert wkb[0] == wkb[1], part
        pd.testing.assert_frame_equal(pd.DataFrame(a), pd.DataFrame(b))
    assert one.notes == other.notes


spots = st.tuples(st.floats(-30, 230), st.floats(-30, 230))
blocks = st.tuples(st.integers(0, 180), st.integers(0, 180), st.integers(5, 60), st.integers(5, 60), st.sampled_from([1.0, 3.0, 9.0, np.nan]))
records = st.fixed_dictionaries(
    {
        "at": spots,
        "ptz": st.sampled_from(["1", "2", "3", "4", ""]),
        "direction_deg": st.sampled_from([np.nan, 0.0, 45.0, 100.0]),
        "direction_is_eighth": st.booleans(),
        "range_m": st.sampled_from([np.nan, 20.0, 90.0]),
        "angle_deg": st.sampled_from([np.nan, 40.0, 120.0]),
        "height_m": st.sampled_from([np.nan, 2.5, 8.0]),
    }
)


@settings(deadline=None, max_examples=25)
@given(st.lists(records, min_size=1, max_size=6), st.lists(blocks, max_size=5), st.lists(st.tuples(spots, spots), min_size=1, max_size=4))
def test_sure_is_never_more_than_perhaps_and_units_add_up_to_the_whole(rows, built, lines):
    buildings = houses(*((x, y, x + w, y + h) for x, y, w, h, _ in built), height_m=[row[4] for row in built])
    drawn = roads(*([a, b] for a, b in lines if a != b))
    found = reach(cameras(*rows), roads=drawn, buildings=buildings, entrances=doors((20, 20), (100, 100), (150, 30)))
    units = found.camera_units
    for share in ("street", "entrance", "ground"):
        sure, perhaps = units[f"{share}_share"], units[f"{share}_perhaps_share"]
        assert ((sure <= perhaps) | sure.isna()).all()
        assert sure.dropna().between(0, 1).all()
    sums = ["street_m", "street_sure_m", "street_perhaps_m", "entrances", "entrances_perhaps", "ground_m2", "ground_sure_m2", "ground_perhaps_m2"]
    for _, rows_of in units.groupby("level"):
        for name in sums:
            assert rows_of[name].sum() == pytest.approx(found.whole[name], rel=1e-9, abs=1e-6)
    surely, at_all = found.sure.streets, found.sure.streets + found.maybe.streets
    metres = found.around.streets.metres
    assert (surely.seen_m(metres) <= at_all.seen_m(metres) + 1e-9).all()
    for sure, perhaps in zip(found.sure.polygons, found.maybe.polygons, strict=True):
        assert shapely.difference(sure, perhaps).area < 1e-4
    lengths = found.streets.groupby("class").length_m.sum()
    assert lengths.get("sure", 0.0) == pytest.approx(found.whole["street_sure_m"], abs=0.5)
    assert found.streets.geometry.length.to_numpy() == pytest.approx(found.streets.length_m.to_numpy(), abs=0.2)
