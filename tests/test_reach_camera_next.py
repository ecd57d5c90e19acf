"""One camera more, one moved, and where the next ones help most: gains are what a reach with that camera really has more."""

from __future__ import annotations

import itertools
import json

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point

from geogrid.reach.camera_next import pick
from geogrid.reach.camera_seen import Intervals
from tests.camera_town import at, cameras, doors, houses, reach, roads
from tests.tiny import CRS, X0, Y0

DOME = {"ptz": "1", "range_m": 30.0, "angle_deg": 360.0, "height_m": 6.0}
GUN = {"ptz": "3", "range_m": 40.0, "angle_deg": 60.0, "height_m": 4.0, "direction_is_eighth": False}
TOWN = {
    "roads": roads([(0, 150), (200, 150)], [(100, 0), (100, 150)], [(100, 150), (100, 200)]),
    "buildings": houses((30, 110, 80, 140), (120, 100, 140, 140), height_m=[3.0, 20.0]),
    "entrances": doors((60, 140), (130, 140), (100, 60)),
}
spots = st.tuples(st.floats(0, 200), st.floats(0, 200))


def place(x, y):
    point = at(Point(x, y))[0]
    return point.x, point.y


@settings(deadline=None, max_examples=12)
@given(spots, st.sampled_from([{**DOME}, {**GUN, "direction_deg": 10.0}]), st.booleans())
def test_what_is_tried_is_what_a_reach_with_that_camera_has_more(spot, record, moves):
    old = [{"at": (50, 150), **GUN, "direction_deg": 90.0, "id": "a"}, {"at": (150, 145), **DOME, "id": "b"}]
    before = reach(cameras(*old), **TOWN)
    asked = {name: record[name] for name in ("ptz", "direction_deg", "angle_deg", "range_m", "height_m") if name in record}
    told = before.tried(*place(*spot), **asked, without="b" if moves else None)
    after = reach(cameras(*old[: 1 if moves else 2], {"at": spot, **record, "id": "new"}), **TOWN)
    net = after.whole["street_sure_m"] - before.whole["street_sure_m"]
    assert told["street_m"] - told["street_lost_m"] == pytest.approx(net, abs=1e-6)
    assert told["entrances"] - told["entrances_lost"] == after.whole["entrances_sure"] - before.whole["entrances_sure"]
    assert told["fresh"].length == pytest.approx(told["street_m"], abs=1e-3)
    assert 0 <= told["blind_m"] <= told["street_m"] + 1e-9
    new = after.cameras.set_index("id").loc["new"]
    assert told["seen_m2"] == pytest.approx(new["seen_m2"])
    assert told["status"] == new["status"]
    units = after.camera_units.set_index(["level", "code"])
    for unit in told["units"]:
        assert unit["share_after"] == pytest.approx(units.loc[(unit["level"], unit["code"]), "street_share"])


def test_a_camera_moved_nowhere_changes_nothing():
    for record in ({**DOME}, {**GUN, "direction_deg": 90.0, "direction_is_eighth": True}):
        told = reach(cameras({"at": (50, 150), **record, "id": "a"}), **TOWN).tried(*place(50, 150), without="a")
        assert (told["street_m"], told["street_lost_m"], told["entrances"], told["units"]) == (0.0, 0.0, 0, [])
        assert told["range_m"] == record["range_m"]
        assert told["defaults"] == []


def test_a_camera_that_has_no_direction_is_turned_to_where_it_sees_most_that_is_new():
    town = reach(cameras({"at": (150, 150), **DOME}), **TOWN)
    told = town.tried(*place(100, 10), ptz="3")
    assert told["is_direction_chosen"]
    assert told["direction_deg"] == 0.0
    others = [town.tried(*place(100, 10), ptz="3", direction_deg=way)["street_m"] for way in range(45, 360, 45)]
    assert told["street_m"] == pytest.approx(80)
    assert told["street_m"] >= max(others)


def test_a_camera_tried_indoors_or_outside_sees_nothing_and_says_so():
    town = reach(cameras({"at": (150, 150), **DOME}), **TOWN)
    indoors = town.tried(*place(130, 120))
    assert (indoors["status"], indoors["street_m"], indoors["seen_m2"]) == ("indoors", 0.0, 0.0)
    assert town.tried(*place(5000, 120))["units"] == []


def test_a_tried_answer_is_plain_but_for_its_shapes():
    told = reach(cameras({"at": (150, 150), **DOME}), **TOWN).tried(*place(50, 150))
    shapes = ("region", "perhaps", "fresh", "hides")
    assert json.loads(json.dumps({name: value for name, value in told.items() if name not in shapes}))
    assert told["hides"]["id"].tolist() == ["b0", "b1"]


def test_next_cameras_stand_at_corners_and_gain_what_trying_them_gains():
    town = reach(cameras({"at": (20, 150), **DOME}), **TOWN)
    found = town.next_cameras(3)
    assert found["rank"].tolist() == [1]  # there is one corner
    corner = found.geometry.iloc[0]
    assert (corner.x - X0, corner.y - Y0) == (100, 150)
    assert found["gain_m"].iloc[0] == pytest.approx(town.tried(corner.x, corner.y)["blind_m"])
    assert found["gain_m"].sum() <= found.attrs["bound_m"] + 1e-6 <= found.attrs["blind_m"] + 2e-6
    turned = town.next_cameras(1, ptz="3")
    assert turned["direction_deg"].tolist() == [90.0]
    assert turned["gain_m"].iloc[0] < found["gain_m"].iloc[0]


def test_without_corners_the_ends_and_middles_of_streets_are_taken():
    found = reach(cameras({"at": (20, 20), **DOME}), roads=roads([(0, 150), (90, 150)])).next_cameras(2)
    assert len(found) == 1  # one sees all of it
    assert found["total_m"].iloc[-1] == pytest.approx(90)


def test_nothing_blind_or_no_street_is_no_place():
    seen = reach(cameras({"at": (50, 150), **DOME, "range_m": 500.0}), roads=roads([(0, 150), (90, 150)]))
    assert len(seen.next_cameras(3)) == 0
    bare = reach(gpd.GeoDataFrame({"id": []}, geometry=[], crs=CRS))
    assert len(bare.next_cameras(3)) == 0
    assert bare.next_cameras(3).attrs == {"bound_m": 0.0, "blind_m": 0.0}


parts = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2), st.integers(0, 19), st.integers(1, 20)), min_size=1, max_size=12)


@settings(deadline=None, max_examples=40)
@given(parts, st.integers(1, 3))
def test_greedy_picks_gain_what_they_cover_and_no_choice_exceeds_the_bound(rows, k):
    rows = list({row[:2]: row for row in rows if row[2] < row[3]}.values()) or [(0, 0, 0, 20)]
    camera, line, t0, t1 = (np.array(column) for column in zip(*rows, strict=True))
    seen = Intervals(camera, line, t0 / 20, t1 / 20)
    dark = Intervals(np.zeros(2, int), np.array([0, 1]), np.array([0.0, 0.5]), np.ones(2))
    metres = np.full(3, 100.0)
    found = pick(seen, dark, metres, 5, k)

    def covered(chosen):
        lit = [[(a / 20, b / 20) for c, r, a, b in rows if c in chosen and r == of] for of in range(2)]
        lines = [shapely.union_all([shapely.LineString([(a, 0), (b, 0)]) for a, b in of]) for of in lit]
        half = shapely.LineString([(0.5, 0), (1, 0)])
        return 100 * (lines[0].length + lines[1].intersection(half).length)

    assert found.gain_m.sum() == pytest.approx(covered(set(found.candidate.tolist())))
    best = max(covered(set(chosen)) for chosen in itertools.combinations(range(5), k))
    assert found.gain_m.sum() <= best + 1e-6 <= found.bound_m + 2e-6
    assert found.gain_m.sum() >= (1 - 1 / np.e) * best - 1.0 * k
