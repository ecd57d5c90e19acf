"""What a camera sees among walls: known shapes, promises for any scene, and a slower construction that must say the same."""

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from geogrid.reach.scene import Scene
from geogrid.reach.sectors import Sectors
from geogrid.reach.visible import look
from tests.reach_scenes import area_m2, disc, fences, houses, seen_from, shapes, slowly_seen, square_boxes, towns, turned_boxes

OPEN = Scene.of(houses())
some = settings(max_examples=40, deadline=None)
directions = st.floats(-360, 720).map(lambda v: round(v, 2))
angles = st.one_of(st.sampled_from([15.0, 45.0, 90.0, 180.0, 270.0]), st.floats(0.1, 359).map(lambda v: round(v, 2)))


def near(area: float) -> object:
    """To 1e-6 of the area, and 1e-6 m2."""
    return pytest.approx(area, rel=1e-6, abs=1e-6)


def test_in_open_land_a_dome_sees_a_disc_and_a_gun_its_part():
    assert area_m2(OPEN) == pytest.approx(np.pi * 900)
    assert area_m2(OPEN, direction_deg=77, angle_deg=60) == pytest.approx(np.pi * 900 / 6)


@pytest.mark.parametrize(
    "sees_nothing",
    [{"range_m": 0}, {"range_m": -5}, {"range_m": np.nan}, {"angle_deg": 0}, {"x": np.nan}, {"direction_deg": np.nan, "angle_deg": 60}],
)
def test_what_has_no_range_width_place_or_direction_sees_nothing(sees_nothing):
    region = seen_from(Scene.of(houses(shapely.box(3, -1, 5, 1))), **sees_nothing)
    assert region.area_m2()[0] == 0
    assert shapely.is_empty(region.polygons()[0])


def test_a_range_without_end_is_refused():
    with pytest.raises(ValueError, match="infinite"):
        Sectors.of(0, 0, range_m=np.inf)


def test_directions_are_clockwise_from_north():
    east = seen_from(OPEN, direction_deg=90, angle_deg=10).polygons()[0]
    assert shapely.contains_xy(east, 20, 0)
    assert not shapely.contains_xy(east, -20, 0)
    south = seen_from(OPEN, direction_deg=180, angle_deg=10).polygons()[0]
    assert shapely.contains_xy(south, 0, -20)


def test_a_wide_wall_cuts_the_disc_along_its_line():
    half = area_m2(Scene.of(houses(shapely.box(-1000, 10, 1000, 20))))
    angle = 2 * np.arccos(1 / 3)
    assert half == near(np.pi * 900 - 450 * (angle - np.sin(angle)))


def test_the_front_of_a_house_is_seen_and_what_lies_behind_is_not():
    polygon = seen_from(Scene.of(houses(shapely.box(10, -2, 12, 2)))).polygons()[0]
    assert shapely.contains_xy(polygon, 9.99, 0)
    assert not shapely.contains_xy(polygon, [10.01, 11, 12.5, 25], [0, 0, 0, 0]).any()


def test_a_camera_on_a_fence_sees_both_ways_along_and_across_it():
    scene = Scene.of(houses(), houses(shapely.LineString([(-20, 0), (20, 0)])))
    assert area_m2(scene) == pytest.approx(np.pi * 900)
    assert area_m2(scene, y=0.05) < 0.51 * np.pi * 900


def test_a_fence_hides_from_both_sides():
    fence = Scene.of(houses(), houses(shapely.LineString([(5, -9), (5, 9)])))
    assert area_m2(fence) == near(area_m2(fence, x=10.0))


def test_a_low_house_hides_only_from_below_its_roof_and_a_house_of_unknown_height_always():
    two = houses(shapely.box(5, -2, 7, 2), shapely.box(-7, -2, -5, 2))
    scene = Scene.of(two, heights_m=np.array([3.0, np.nan]))
    one, none, free = area_m2(Scene.of(two[1:])), area_m2(Scene.of(two)), area_m2(OPEN)
    assert area_m2(scene, lowest_m=3.0) == near(none)
    assert area_m2(scene, lowest_m=3.01) == near(one)
    assert none < one < free


def test_a_tall_house_is_seen_over_a_low_one_that_touches_it():
    scene = Scene.of(houses(shapely.box(5, -2, 10, 2), shapely.box(10, -2, 15, 2)), heights_m=np.array([3.0, 30.0]))
    region = seen_from(scene, lowest_m=4.0)
    assert shapely.contains_xy(region.polygons()[0], [7, 9.9], [0, 0]).all()
    assert not shapely.contains_xy(region.polygons()[0], 10.1, 0)


def test_walls_that_cross_hide_as_one():
    cross = [shapely.LineString([(5, -10), (15, 10)]), shapely.LineString([(5, 10), (15, -10)])]
    region = seen_from(Scene.of(houses(), houses(*cross)), range_m=9.0, x=2.0)
    assert region.area_m2()[0] == near(
        area_m2(Scene.of(houses(shapely.Polygon([(5, -10), (10, 0), (5, 10), (6, 20), (30, 0), (6, -20)]))), range_m=9.0, x=2.0)
    )


def test_house_twice_and_house_drawn_backwards_hide_as_one():
    box = shapely.box(4, -3, 9, 5)
    once = area_m2(Scene.of(houses(box)))
    assert area_m2(Scene.of(houses(box, box, box.reverse()))) == near(once)


def test_a_camera_in_a_courtyard_sees_no_further():
    yard = shapely.box(-50, -50, 50, 50) - shapely.box(-4, -4, 4, 4)
    assert area_m2(Scene.of(houses(yard))) == near(64)


def test_no_wall_hides_from_a_distance_beyond_the_range():
    assert area_m2(Scene.of(houses(shapely.box(31, -9, 40, 9), shapely.box(21.5, 21.5, 40, 40)))) == pytest.approx(np.pi * 900)


@some
@given(towns())
def test_what_is_seen_is_the_disc_less_all_shadows(town):
    footprints, lines, x, y, range_m = town
    region = seen_from(Scene.of(houses(*footprints), houses(*lines)), x, y, range_m=range_m)
    seen, slowly = shapely.intersection(region.polygons()[0], disc(x, y, range_m)), shapely.Polygon()
    if range_m:
        slowly = slowly_seen(footprints, lines, x, y, range_m)
    assert seen.area == near(slowly.area)
    assert shapely.symmetric_difference(seen, slowly).area == near(0)


@some
@given(towns(), st.one_of(square_boxes, turned_boxes), directions, angles)
def test_an_obstacle_never_makes_a_camera_see_more(town, more, direction, angle):
    footprints, lines, x, y, range_m = town
    assume(shapely.distance(more, shapely.Point(x, y)) > 0.04)
    before = seen_from(Scene.of(houses(*footprints), houses(*lines)), x, y, direction, angle, range_m)
    after = seen_from(Scene.of(houses(*footprints, more), houses(*lines)), x, y, direction, angle, range_m)
    assert after.area_m2()[0] <= before.area_m2()[0] * (1 + 1e-9) + 1e-9
    assert shapely.difference(after.polygons()[0], before.polygons()[0]).area == near(0)
    assert shapely.intersection(after.polygons()[0], more).area == near(0)


@some
@given(towns(), directions, angles, st.floats(1.0, 4.0), st.floats(0.0, 1.0))
def test_more_range_and_more_width_never_see_less(town, direction, angle, times, share):
    footprints, lines, x, y, range_m = town
    scene = Scene.of(houses(*footprints), houses(*lines))
    narrow = seen_from(scene, x, y, direction, share * angle, range_m)
    wide = seen_from(scene, x, y, direction, angle, times * range_m)
    assert narrow.area_m2()[0] <= wide.area_m2()[0] * (1 + 1e-9) + 1e-9
    for longer in (wide, seen_from(scene, x, y, direction, angle, range_m)):
        assert shapely.difference(narrow.polygons(0.1)[0], longer.polygons(0.1)[0]).area <= 1e-6 * range_m**2 + 1e-6


@some
@given(towns(), st.floats(-180, 180), st.booleans(), st.tuples(st.floats(-50, 50), st.floats(-50, 50)), directions, angles)
def test_moved_turned_and_mirrored_scenes_give_moved_turned_and_mirrored_regions(town, turn_deg, is_mirrored, by, direction, angle):
    footprints, lines, x, y, range_m = town
    c, s, sign = np.cos(np.deg2rad(turn_deg)), np.sin(np.deg2rad(turn_deg)), -1 if is_mirrored else 1

    def moved(xy):
        return np.column_stack([sign * xy[:, 0], xy[:, 1]]) @ np.array([[c, s], [-s, c]]) + by

    here = seen_from(Scene.of(houses(*footprints), houses(*lines)), x, y, direction, angle, range_m)
    there = Scene.of(houses(*(shapely.transform(f, moved) for f in footprints)), houses(*(shapely.transform(f, moved) for f in lines)))
    at = moved(np.array([[x, y]]))[0]
    again = seen_from(there, *at, sign * direction - turn_deg, angle, range_m)
    assert again.area_m2()[0] == near(here.area_m2()[0])
    expected = shapely.transform(here.polygons(0.1)[0], moved)
    assert shapely.symmetric_difference(again.polygons(0.1)[0], expected).area <= 1e-6 * range_m**2 + 1e-6


@some
@given(towns(), st.floats(0, 360), st.lists(st.floats(1, 100), min_size=1, max_size=6))
def test_the_parts_of_a_full_turn_add_up_to_it(town, first_deg, widths):
    footprints, lines, x, y, range_m = town
    scene = Scene.of(houses(*footprints), houses(*lines))
    width = np.array(widths) * 360 / sum(widths)
    middle = first_deg + np.cumsum(width) - width / 2
    parts = look(scene, Sectors.of(x, y, middle, width, range_m))
    assert parts.area_m2().sum() == near(area_m2(scene, x, y, range_m=range_m))


@some
@given(towns())
def test_a_scene_at_national_coordinates_is_seen_as_at_the_origin(town):
    footprints, lines, x, y, range_m = town

    def far(shape):
        return shapely.transform(shape, lambda xy: xy + np.array([5e5, 4e6]))

    here = area_m2(Scene.of(houses(*footprints), houses(*lines)), x, y, range_m=range_m)
    there = area_m2(Scene.of(houses(*map(far, footprints)), houses(*map(far, lines))), x + 5e5, y + 4e6, range_m=range_m)
    assert there == pytest.approx(here, rel=1e-6, abs=1e-5)


@some
@given(shapes, fences, st.lists(st.tuples(st.floats(-15, 15), st.floats(-15, 15)), min_size=1, max_size=9))
def test_cameras_seen_together_are_seen_as_alone(footprints, lines, spots):
    scene = Scene.of(houses(*footprints), houses(*lines))
    x, y = np.array(spots).T
    together = look(scene, Sectors.of(x, y))
    alone = [look(scene, Sectors.of(u, v)) for u, v in spots]
    assert together.area_m2().tolist() == [one.area_m2()[0] for one in alone]
    assert np.array_equal(together.wall, np.concatenate([one.wall for one in alone]))
