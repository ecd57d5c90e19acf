"""Asked of a district: where the next stations do most, who finds a place, whether kinds are where they should be."""

import dataclasses
import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geogrid.errors import SchemeError
from geogrid.reach.candidates import candidates_for, corners
from geogrid.reach.network import Network
from geogrid.reach.station_reach import StationReach
from geogrid.scheme import SiteKind, Text, parse_scheme
from geogrid.sites import join
from tests.tiny import CRS, EAST, WEST, X0, Y0, tiny_plan

PLAN = tiny_plan()
STREETS = gpd.GeoDataFrame(
    geometry=[shapely.LineString([(X0 + x, Y0), (X0 + x, Y0 + 200)]) for x in (0, 50, 100, 150, 200)]
    + [shapely.LineString([(X0, Y0 + y), (X0 + 200, Y0 + y)]) for y in (0, 50, 100, 150, 200)],
    crs=CRS,
)
EVERYWHERE = shapely.box(-1e6, -1e6, 1e6, 1e6)


def plan_with(**kinds: SiteKind):
    return dataclasses.replace(PLAN, scheme=dataclasses.replace(PLAN.scheme, stations=kinds))


def reach_of(*rows: dict, roads: gpd.GeoDataFrame | None = STREETS, plan=PLAN) -> StationReach:
    """Stations at x, y metres from the corner of the tiny district; `kind` is day_care unless said."""
    known = [{"id": f"s{i + 1}", "kind": "day_care", **row} for i, row in enumerate(rows)]
    facts = pd.DataFrame(known, columns=["id", "kind", "capacity", "hub", "x", "y"])
    frame = gpd.GeoDataFrame(facts, geometry=shapely.points(X0 + facts["x"].astype(float), Y0 + facts["y"].astype(float)), crs=CRS)
    return StationReach.of(plan, join(frame, plan), roads)


def check(reach: StationReach, name: str, kind: str = "day_care", minutes: float = 10) -> dict:
    return next(one for one in reach.checked(kind, minutes) if one["check"] == name)


# Where next


def test_the_next_station_goes_where_most_are_not_served():
    found = reach_of({"x": 25, "y": 175}).best("day_care", 1, 1)
    assert found.siting.status == "optimal"
    assert found.source == "corners"
    assert found.sites["gained"].tolist() == [found.siting.covered - found.siting.before]
    assert found.siting.before + found.siting.gain.sum() <= found.siting.total == 117
    assert "已证明为最优" in found.said["zh"]
    assert "proved the best" in found.said["en"]


def test_what_a_site_is_said_to_gain_is_what_trying_it_gains():
    reach = reach_of({"x": 25, "y": 175})
    found = reach.best("day_care", 0.8, 1)
    place = found.sites.geometry.iloc[0]
    assert reach.tried("day_care", place.x, place.y, 0.8)["gained"] == found.sites["gained"].iloc[0] > 0


def test_without_streets_points_of_a_grid_are_the_candidates():
    assert reach_of({"x": 25, "y": 175}, roads=None).best("day_care", 1, 2).source == "grid"


def test_given_candidates_are_the_only_ones():
    places = np.array([[X0 + 175, Y0 + 25], [X0 + 25, Y0 + 25]])
    found = reach_of({"x": 25, "y": 175}).best("day_care", 0.5, 5, places)
    assert set(found.sites["candidate"]) <= {0, 1}
    assert found.source == "given"
    assert found.uncoverable > 0
    assert f"{found.uncoverable:,.0f} households are farther than 0.5 minutes" in found.said["en"]


def test_candidates_far_from_everybody_are_infeasible_and_told():
    found = reach_of(roads=None).best("day_care", 1, 1, np.array([[X0 + 90_000, Y0]]))
    assert (found.siting.status, len(found.sites)) == ("infeasible", 0)
    assert "None of 1" in found.said["en"]


def test_where_all_are_served_no_site_is_named():
    found = reach_of({"x": 100, "y": 100}).best("day_care", 60, 3)
    assert (len(found.sites), found.said["en"]) == (0, "Everybody is served already.")


def test_sites_stand_in_units_of_every_level():
    sites = reach_of({"x": 25, "y": 175}).best("day_care", 0.5, 3).sites
    assert set(sites["community"]) <= {WEST, EAST}
    assert list(sites.columns) == ["place", "candidate", "gained", "covered", "share", "community", "grid", "microgrid", "geometry"]


def test_street_corners_are_where_three_ways_meet():
    cross = gpd.GeoDataFrame(geometry=[shapely.LineString([(0, 0), (300, 0), (600, 0)]), shapely.LineString([(300, 0), (300, 300)])], crs=CRS)
    assert corners(Network.of(cross)).tolist() == [[300, 0]]


homes = st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 3000)), min_size=1, max_size=30, unique=True)


@given(homes, st.integers(1, 12), st.sampled_from([200.0, 700.0]))
def test_candidates_are_few_in_the_district_and_near_somebody(places: list[tuple[int, int]], most: int, radius: float):
    xy = np.array(places, dtype=float)
    west = shapely.box(0, 0, 1500, 3000)
    found = candidates_for(xy, np.ones(len(xy)), radius, None, west, most=most)
    assert len(found) <= most
    assert shapely.intersects(west, shapely.points(found)).all()
    assert len(np.unique(found, axis=0)) == len(found)
    assert all(np.hypot(*(xy - one).T).min() <= radius for one in found)


@given(homes, st.randoms(use_true_random=False))
def test_candidates_do_not_depend_on_the_order_of_homes(places: list[tuple[int, int]], shuffle):
    other = places.copy()
    shuffle.shuffle(other)
    once, again = (candidates_for(np.array(one, dtype=float), np.ones(len(one)), 400.0, None, EVERYWHERE) for one in (places, other))
    assert once.tolist() == again.tolist()


@given(homes)
def test_every_home_has_a_candidate_near_it_where_there_may_be_enough(places: list[tuple[int, int]]):
    xy = np.array(places, dtype=float)
    found = candidates_for(xy, np.ones(len(xy)), 400.0, None, EVERYWHERE)
    assert all(np.hypot(*(found - home).T).min() <= 400 for home in xy)


# Capacity


def test_places_are_shared_evenly_where_the_scheme_says_no_rate_and_that_is_said():
    room = reach_of({"x": 25, "y": 175, "capacity": 10}, {"x": 175, "y": 25, "capacity": 10}).capacity("day_care", 60)
    assert room is not None
    assert (room.households_per_place, room.is_assumed) == (117 / 20, True)
    assert room.left_over.sum() + room.stations["load"].sum() == 117
    assert "平均分摊" in room.note["zh"]


def test_the_scheme_says_how_many_households_share_a_place():
    plan = plan_with(day_care=SiteKind(Text("日间照料站", "day care"), households_per_place=2.0))
    room = reach_of({"x": 25, "y": 175, "capacity": 10}, plan=plan).capacity("day_care", 60)
    assert room is not None
    assert room.stations["room"].tolist() == [20]
    assert not room.is_assumed
    assert room.stations["load"].sum() - room.stations["overload"].sum() <= 20


def test_who_is_left_over_is_counted_in_the_unit_where_he_lives():
    plan = plan_with(day_care=SiteKind(Text("日间照料站", "day care"), households_per_place=1.0))
    reach = reach_of({"x": 25, "y": 175, "capacity": 30}, plan=plan)
    room, units = reach.capacity("day_care", 15), reach.station_units([15])
    assert room is not None
    assert units[units["level"] == "community"]["left_over"].sum() == room.left_over.sum() == 117 - room.stations["load"].sum()


@pytest.mark.parametrize("given_capacity", [None, 0, -3])
def test_without_any_capacity_nothing_is_said_of_it(given_capacity: int | None):
    assert reach_of({"x": 25, "y": 175, "capacity": given_capacity}).capacity("day_care") is None


def test_a_station_without_a_capacity_beside_others_is_told():
    room = reach_of({"x": 25, "y": 175, "capacity": 10}, {"x": 175, "y": 25}).capacity("day_care", 60)
    assert room is not None
    assert room.note["n"] == 1
    assert room.left_over.sum() == 0


def test_a_rate_of_nothing_is_refused():
    text = '[[levels]]\nid = "grid"\nmake = "given"\n[stations.day_care]\nhouseholds_per_place = 0\n'
    with pytest.raises(SchemeError, match="households_per_place"):
        parse_scheme(text, "mine")


# Checks


def test_a_community_without_the_station_it_should_have_is_named():
    plan = plan_with(day_care=SiteKind(Text("日间照料站", "day care"), "community"))
    found = check(reach_of({"x": 25, "y": 175}, plan=plan), "one_per_unit")
    assert (found["is_fine"], found["n"], found["of"], found["units"]) == (False, 1, 2, [EAST])
    assert check(reach_of({"x": 25, "y": 175}, {"x": 175, "y": 25}, plan=plan), "one_per_unit")["is_fine"]


def test_a_community_reached_from_outside_is_told_apart():
    found = check(reach_of({"x": 95, "y": 100}), "radiated", minutes=10)
    assert (found["is_fine"], found["inside"], found["from_outside"], found["units"]) == (True, 1, 1, [])
    near = check(reach_of({"x": 5, "y": 195}), "radiated", minutes=0.5)
    assert (near["is_fine"], near["n"], near["units"][0]) == (False, near["not_reached"], EAST)


def test_the_direction_without_a_station_is_named():
    found = check(reach_of({"x": 25, "y": 175}), "five_directions")
    assert not found["is_fine"]
    assert "centre" in found["empty"]
    assert [zone["zone"] for zone in found["zones"]] == ["east", "south", "west", "north", "centre"]


def test_a_scheme_that_asks_one_kind_for_all_directions_asks_no_other():
    asked, other = SiteKind(Text("红色驿站", "red stop"), directions=True), SiteKind(Text("日间照料站", "day care"))
    assert check(reach_of({"x": 25, "y": 175}, plan=plan_with(day_care=asked)), "five_directions")["empty"]
    checks = reach_of({"x": 25, "y": 175}, plan=plan_with(day_care=other, red_stop=asked)).checks
    assert "five_directions" not in {one["check"] for one in checks if one["kind"] == "day_care"}


def test_the_scheme_says_which_level_a_kind_is_to_reach_and_in_how_many_minutes():
    plan = plan_with(day_care=SiteKind(Text("日间照料站", "day care"), radiates="grid", minutes=0.5))
    found = check(reach_of({"x": 5, "y": 195}, plan=plan), "radiated")
    assert (found["level"], found["minutes"], found["is_fine"]) == ("grid", 0.5, False)


def test_hub_and_spokes_are_checked_only_where_a_hub_is_marked():
    assert "hub_and_spokes" not in {one["check"] for one in reach_of({"x": 25, "y": 175}).checks}


def test_checks_are_plain_data():
    reach = reach_of({"x": 25, "y": 175}, plan=plan_with(day_care=SiteKind(Text("日间照料站", "day care"), "community")))
    assert [one["check"] for one in json.loads(json.dumps(reach.checks))] == ["one_per_unit", "radiated", "five_directions"]


def renamed(plan, **names: str):
    """The plan with levels called otherwise: the tiny district's communities as streets, its grids as communities."""
    levels = tuple(dataclasses.replace(level, id=names.get(level.id, level.id)) for level in plan.scheme.levels)
    units = plan.units.assign(level=plan.units["level"].replace(names))
    return dataclasses.replace(plan, scheme=dataclasses.replace(plan.scheme, levels=levels), units=units)


def test_each_community_walks_to_the_hub_of_its_street():
    streets = renamed(PLAN, community="street", grid="community")
    spokes = {"x": 25, "y": 25}, {"x": 75, "y": 25}
    reach = reach_of({"x": 25, "y": 175, "hub": True}, *spokes, plan=streets)
    found = check(reach, "hub_and_spokes", minutes=60)
    assert (found["is_fine"], found["without_hub"]) == (False, [EAST])
    walks = {one["code"]: (one["hub"], one["walk_m"]) for one in found["spokes"]}
    assert walks[WEST + "002"] == ("s1", 150 + 2 * 25 * 1.3)
    assert walks[EAST + "002"] == ("", None)
    assert found["units"] == [EAST + "002"]
    json.dumps(found)
