"""Which points and which parts of lines are seen, and intervals counted and merged."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.reach.index import Grid
from geogrid.reach.scene import Scene
from geogrid.reach.sectors import Sectors
from geogrid.reach.seen_lines import counted, merged, seen_lines, seen_share
from geogrid.reach.seen_points import seen_points
from geogrid.reach.visible import look
from tests.reach_scenes import houses, seen_from, towns

some = settings(max_examples=40, deadline=None)
HOUSE = Scene.of(houses(shapely.box(10, -5, 20, 5)))
spots = st.one_of(st.integers(-20, 20).map(float), st.floats(-20, 20).map(lambda v: round(v, 2)))
points = st.lists(st.tuples(spots, spots), max_size=20).map(lambda rows: np.array(rows, float).reshape(-1, 2))
lines = st.lists(st.tuples(spots, spots, spots, spots), max_size=12).map(lambda rows: np.array(rows, float).reshape(-1, 4))
intervals = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 16), st.integers(1, 16)), max_size=25).map(
    lambda rows: [(k, a / 32, min(a + b, 32) / 32) for k, a, b in rows]
)


def seen_of(pairs: tuple, n: int) -> np.ndarray:
    return np.bincount(pairs[1], minlength=n)


def test_a_door_on_the_near_wall_is_seen_and_one_on_the_far_wall_is_not():
    doors = np.array([[10.0, 0.0], [10.2, 1.0], [10.31, 0.0], [15.0, 0.0], [20.0, 0.0], [25.0, 0.0], [0.0, 25.0], [0.0, 31.0]])
    assert seen_of(seen_points(seen_from(HOUSE), doors), 8).tolist() == [1, 1, 0, 0, 0, 0, 1, 0]
    assert seen_of(seen_points(seen_from(HOUSE), doors, tolerance_m=0.0), 8).tolist() == [1, 0, 0, 0, 0, 0, 1, 0]


def test_points_on_the_edges_of_a_sector_and_at_the_camera_are_seen():
    quarter = seen_from(HOUSE, direction_deg=45, angle_deg=90)
    assert seen_of(seen_points(quarter, np.array([[9.0, 0.0], [0.0, 9.0], [0.0, 0.0], [-0.1, 9.0], [9.0, -0.1]])), 5).tolist() == [1, 1, 1, 0, 0]


def test_points_without_a_place_are_not_seen():
    assert len(seen_points(seen_from(HOUSE), np.array([[np.nan, 0.0]]))[0]) == 0
    assert len(seen_points(seen_from(HOUSE), np.zeros((0, 2)))[0]) == 0


@some
@given(towns(), points, st.floats(0, 360), st.sampled_from([30.0, 360.0]))
def test_a_seen_point_lies_in_the_region_and_an_unseen_one_outside(town, places, direction, angle):
    footprints, fences, x, y, range_m = town
    region = seen_from(Scene.of(houses(*footprints), houses(*fences)), x, y, direction, angle, range_m)
    is_seen = seen_of(seen_points(region, places, tolerance_m=0.0), len(places)) > 0
    away = shapely.distance(region.polygons(0.1)[0], shapely.points(places))
    inside = shapely.distance(shapely.boundary(region.polygons(0.1)[0]), shapely.points(places))
    assert not is_seen[away > 1e-3].any()
    assert is_seen[(away == 0) & (inside > 1e-3)].all()
    with_tolerance = seen_of(seen_points(region, places), len(places)) > 0
    assert (with_tolerance | ~is_seen).all()
    assert (away[with_tolerance] < 0.301).all()


def test_the_part_of_a_street_behind_a_house_is_not_seen():
    street = np.array([[25.0, -40.0, 25.0, 60.0], [25.0, 60.0, 25.0, -40.0], [5.0, 1.0, 5.0, 2.0], [50.0, 0.0, 60.0, 0.0]])
    camera, line, t0, t1 = seen_lines(seen_from(HOUSE), street)
    reach, shadow = np.sqrt(30**2 - 25**2), 25 / 2
    from_south = [(40 - reach) / 100, (40 - shadow) / 100, (40 + shadow) / 100, (40 + reach) / 100]
    assert line.tolist() == [0, 0, 1, 1, 2]
    assert (camera == 0).all()
    assert np.column_stack([t0, t1])[:4].ravel() == pytest.approx([*from_south, *(1 - t for t in reversed(from_south))])
    assert (t0[4], t1[4]) == (0, 1)


def test_a_camera_in_the_middle_of_a_street_sees_along_it_both_ways_up_to_a_house_or_its_range():
    along = np.array([[-50.0, 0.0, 50.0, 0.0], [0.0, -50.0, 0.0, 50.0], [0.0, 0.0, 50.0, 0.0]])
    *_, t0, t1 = seen_lines(seen_from(HOUSE), along)
    assert np.column_stack([t0, t1]).ravel() == pytest.approx([0.2, 0.6, 0.2, 0.8, 0.0, 0.2])
    *_, t0, t1 = seen_lines(seen_from(HOUSE, direction_deg=90, angle_deg=20), along)
    assert np.column_stack([t0, t1]).ravel() == pytest.approx([0.5, 0.6, 0.0, 0.2])


def test_a_street_that_passes_the_start_of_a_full_turn_is_one_part():
    *_, t0, t1 = seen_lines(seen_from(Scene.of(houses())), np.array([[5.0, -9.0, 5.0, 9.0], [5.0, 9.0, 5.0, -9.0]]))
    assert np.column_stack([t0, t1]).tolist() == [[0, 1], [0, 1]]


def test_lines_without_length_or_place_are_not_seen():
    for nothing in ([[1.0, 1.0, 1.0, 1.0]], [[np.nan, 0.0, 1.0, 1.0]], np.zeros((0, 4))):
        assert len(seen_lines(seen_from(HOUSE), np.array(nothing))[0]) == 0


@some
@given(towns(), lines, st.floats(0, 360), st.sampled_from([30.0, 200.0, 360.0]))
def test_seen_metres_of_lines_are_those_in_the_region(town, streets, direction, angle):
    footprints, fences, x, y, range_m = town
    region = seen_from(Scene.of(houses(*footprints), houses(*fences)), x, y, direction, angle, range_m)
    _, line, t0, t1 = seen_lines(region, streets)
    metres = np.hypot(streets[:, 2] - streets[:, 0], streets[:, 3] - streets[:, 1])
    seen_m = np.bincount(line, t1 - t0, minlength=len(streets)) * metres
    shape = region.polygons(0.1)[0]
    drawn = shapely.linestrings(streets.reshape(-1, 2, 2)) if len(streets) else houses()
    least, most = (shapely.length(shapely.intersection(shapely.buffer(shape, by), drawn)) for by in (-2e-4, 2e-4))
    assert (least - 0.02 <= seen_m).all()
    assert (seen_m <= most + 0.02).all()
    assert (t0 < t1).all()
    assert (t0 >= 0).all()
    assert (t1 <= 1).all()


@some
@given(towns(), lines)
def test_a_line_drawn_backwards_is_seen_in_the_same_places(town, streets):
    footprints, fences, x, y, range_m = town
    region = seen_from(Scene.of(houses(*footprints), houses(*fences)), x, y, range_m=range_m)
    there, back = seen_lines(region, streets), seen_lines(region, streets[:, [2, 3, 0, 1]])
    n = len(streets)
    assert np.bincount(there[1], there[3] - there[2], n) == pytest.approx(np.bincount(back[1], back[3] - back[2], n), abs=1e-6)
    moment, moment_back = there[3] ** 2 - there[2] ** 2, (1 - back[2]) ** 2 - (1 - back[3]) ** 2
    assert np.bincount(there[1], moment, n) == pytest.approx(np.bincount(back[1], moment_back, n), abs=1e-6)


@some
@given(towns(), points, lines)
def test_a_kept_index_and_other_cameras_change_nothing(town, places, streets):
    footprints, fences, x, y, range_m = town
    scene = Scene.of(houses(*footprints), houses(*fences))
    regions = look(scene, Sectors.of([1e3, x, -9.5], [0, y, -9.5], range_m=[10, range_m, 8]))
    alone = regions.part(np.array([1]))
    every = seen_lines(regions, streets, Grid.of(streets))
    one = every[0] == 1
    assert all(np.array_equal(a[one], b) for a, b in zip(every[1:], seen_lines(alone, streets)[1:], strict=True))
    camera, point = seen_points(regions, places, index=Grid.of(places))
    assert np.array_equal(point[camera == 1], seen_points(alone, places)[1])


@some
@given(intervals)
def test_counted_lines_are_all_of_each_line_with_the_number_of_intervals_there(rows):
    line, t0, t1 = (np.array(column) for column in zip(*rows, strict=True)) if rows else (np.zeros(0, int), np.zeros(0), np.zeros(0))
    of, low, high, count = counted(line, t0, t1, 5)
    inner = low + 0.3719 * (high - low)  # on no border
    assert np.bincount(of, high - low, minlength=5) == pytest.approx(np.ones(5))
    assert [sum((line == k) & (t0 < t) & (t < t1)) for k, t in zip(of, inner, strict=True)] == count.tolist()
    assert ((count[1:] != count[:-1]) | (of[1:] != of[:-1])).all()
    row, start, end = merged(line, t0, t1, 5)
    assert ((row[1:] > row[:-1]) | (start[1:] > end[:-1])).all()
    assert seen_share(line, t0, t1, 5) == pytest.approx(np.bincount(of, (high - low) * (count > 0), minlength=5))
