"""Five directions: the quarters lie round where people live, and turn with them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geogrid.reach.directions import ZONES, Zone, directions, median

CROSS = np.array([[0, 0], [1000, 0], [0, -1000], [-1000, 0], [0, 1000]], dtype=float)  # centre, east, south, west, north
places = st.lists(st.tuples(st.integers(-900, 900), st.integers(-900, 900)), min_size=1, max_size=12)


def zones(xy: np.ndarray, households: list[float], stations: list[tuple[float, float]]) -> dict[str, Zone]:
    return {zone.key: zone for zone in directions(xy, np.array(households), np.array(stations, dtype=float).reshape(-1, 2)).zones}


def turned(xy: np.ndarray) -> np.ndarray:
    """Counter-clockwise by 90°: what was east is north."""
    return np.column_stack([-xy[:, 1], xy[:, 0]])


def test_each_arm_of_a_cross_is_a_direction():
    found = zones(CROSS, [20, 20, 20, 20, 20], [])
    assert [zone.households for zone in found.values()] == [20] * 5
    assert [zone.is_empty for zone in found.values()] == [True] * 5


@pytest.mark.parametrize("at", range(5))
def test_a_station_serves_its_own_direction(at: int):
    found = zones(CROSS, [20, 20, 20, 20, 20], [tuple(CROSS[at])])
    assert [key for key, zone in found.items() if not zone.is_empty] == [("centre", "east", "south", "west", "north")[at]]


def test_a_direction_where_hardly_anybody_lives_needs_no_station():
    found = zones(CROSS, [24, 24, 24, 24, 4], [])
    assert not found["north"].applies
    assert not found["north"].is_empty
    assert found["south"].is_empty


def test_homes_weigh_not_houses():
    found = directions(np.array([[0.0, 0], [100, 0], [200, 0]]), np.array([1, 1, 100]), np.empty((0, 2)))
    assert (found.x, found.y) == pytest.approx((200, 0), abs=0.01)


@pytest.mark.parametrize(("at", "both"), [((703, 707), True), ((600, 640), True), ((500, 700), False)])
def test_a_station_on_a_border_counts_on_both_sides(at: tuple[float, float], both: bool):
    found = zones(CROSS, [20, 20, 20, 20, 20], [at])
    assert not found["north"].is_empty
    assert found["east"].is_empty is not both


def test_a_station_just_outside_the_centre_counts_there_too():
    ring = np.vstack([CROSS, [[300, 0], [-300, 0], [0, 300], [0, -300]]])
    found = directions(ring, np.array([1, 20, 20, 20, 20, 5, 5, 5, 5]), np.array([[320.0, 0], [330, 0]]))
    assert found.radius_m == 300
    assert found.zones[ZONES.index("centre")].stations.tolist() == [0]
    assert found.zones[ZONES.index("east")].stations.tolist() == [0, 1]


def test_nobody_lives_anywhere():
    found = zones(np.empty((0, 2)), [], [(5, 5)])
    assert [zone.applies for zone in found.values()] == [False] * 5


def test_all_live_in_one_place():
    found = zones(np.array([[7.0, 7], [7, 7]]), [3, 4], [])
    assert [(zone.key, zone.households) for zone in found.values() if zone.applies] == [("centre", 7)]


@given(places, st.data())
def test_every_household_is_in_one_zone(xy: list[tuple[int, int]], data: st.DataObject):
    households = data.draw(st.lists(st.integers(0, 50), min_size=len(xy), max_size=len(xy)))
    assert sum(zone.households for zone in zones(np.array(xy, dtype=float), households, []).values()) == sum(households)


@given(places, places, st.data())
def test_a_scene_turned_by_a_quarter_turns_its_zones(xy: list[tuple[int, int]], stations: list[tuple[int, int]], data: st.DataObject):
    homes, sites = np.array(xy, dtype=float), np.array(stations, dtype=float)
    weight = np.array(data.draw(st.lists(st.integers(1, 50), min_size=len(xy), max_size=len(xy))))
    was, now = (directions(a, weight, b) for a, b in ((homes, sites), (turned(homes), turned(sites))))
    assert now.radius_m == was.radius_m
    for key, became in (("east", "north"), ("north", "west"), ("west", "south"), ("south", "east"), ("centre", "centre")):
        before, after = was.zones[ZONES.index(key)], now.zones[ZONES.index(became)]
        assert (before.households, before.applies, before.stations.tolist()) == (after.households, after.applies, after.stations.tolist())


@given(places, st.data())
def test_no_place_on_a_grid_is_nearer_to_all_homes_than_their_middle(xy: list[tuple[int, int]], data: st.DataObject):
    homes = np.array(xy, dtype=float)
    weight = np.array(data.draw(st.lists(st.integers(1, 50), min_size=len(xy), max_size=len(xy))), dtype=float)
    at = median(homes, weight)
    tried = np.vstack([homes, at + np.array([[1, 0], [-1, 0], [0, 1], [0, -1]]) * 5.0])
    ways = [float(weight @ np.hypot(*(homes - one).T)) for one in (at, *tried)]
    assert ways[0] <= min(ways[1:]) + 0.01 * weight.sum()
