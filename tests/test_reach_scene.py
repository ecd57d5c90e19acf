"""Scenes: walls of footprints, their rows and heights; where cameras are stood; the index that finds walls by place."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.reach.crossings import cut_at_crossings
from geogrid.reach.index import Grid, squares
from geogrid.reach.place import AS_GIVEN, INDOORS, MOVED, place
from geogrid.reach.scene import Scene
from tests.reach_scenes import area_m2, fences, houses, shapes, stand

some = settings(max_examples=40, deadline=None)
BOX = shapely.box(0, 0, 20, 10)
pieces = st.lists(st.tuples(*[st.floats(-500, 500).map(lambda v: round(v, 1))] * 4), max_size=30).map(
    lambda rows: np.array(rows, float).reshape(-1, 4)
)


def lengths(segments: np.ndarray) -> np.ndarray:
    return np.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1])


def test_a_footprint_lies_on_the_left_of_its_walls_however_it_was_drawn():
    yard = shapely.Polygon([(0, 0), (0, 9), (9, 9), (9, 0)], [[(3, 3), (6, 3), (6, 6), (3, 6)]])
    scene = Scene.of(houses(yard))
    middle = (scene.segments[:, :2] + scene.segments[:, 2:]) / 2
    left = np.column_stack([-(scene.segments[:, 3] - scene.segments[:, 1]), scene.segments[:, 2] - scene.segments[:, 0]])
    assert len(scene.segments) == 8
    assert shapely.contains_xy(yard, *(middle + 0.01 * left).T).all()


def test_each_wall_keeps_its_owner_its_height_and_its_sides():
    scene = Scene.of(
        houses(shapely.Polygon(), None, shapely.box(0, 0, 1, 1)), houses(shapely.LineString([(5, 0), (5, 3), (6, 3)])), np.array([1.0, 2.0, 3.0])
    )
    assert scene.owner.tolist() == [2, 2, 2, 2, -1, -1]
    assert scene.height_m.tolist() == [3, 3, 3, 3, np.inf, np.inf]
    assert scene.is_two_sided.tolist() == [False] * 4 + [True] * 2


def test_shapes_that_are_not_valid_are_mended_and_what_has_no_area_hides_nothing():
    bow_tie = shapely.Polygon([(5, -5), (10, 5), (10, -5), (5, 5)])
    collection = shapely.GeometryCollection([shapely.box(-9, -2, -5, 2), shapely.Point(3, 3), shapely.LineString([(0, 8), (3, 8)])])
    scene = Scene.of(houses(bow_tie, collection, shapely.Point(1, 1)))
    clean = Scene.of(houses(*shapely.get_parts(shapely.make_valid(bow_tie)), shapely.box(-9, -2, -5, 2)))
    assert area_m2(scene) == pytest.approx(area_m2(clean))
    assert set(scene.owner) == {0, 1}


def test_several_parts_and_several_lines_belong_to_one_row():
    two = shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(3, 0, 4, 1)])
    scene = Scene.of(houses(two), houses(shapely.MultiLineString([[(9, 0), (9, 1)], [(9, 2), (9, 3)]])))
    assert scene.owner.tolist() == [0] * 8 + [-1] * 2


def test_nothing_at_all_is_a_scene():
    scene = Scene.of(houses())
    assert len(scene.segments) == 0
    assert stand(scene, 1.0, 2.0) == (1.0, 2.0, AS_GIVEN)


def test_a_camera_on_a_wall_or_just_inside_goes_five_centimetres_out_of_it():
    scene = Scene.of(houses(BOX))
    assert stand(scene, 10.0, 0.0) == pytest.approx((10.0, -0.05, MOVED))
    assert stand(scene, 10.0, 2.9) == pytest.approx((10.0, -0.05, MOVED))
    assert stand(scene, 10.0, -0.01) == pytest.approx((10.0, -0.05, MOVED))
    assert stand(scene, 10.0, -0.06) == (10.0, -0.06, AS_GIVEN)


def test_a_camera_deep_in_a_house_is_indoors_and_stays():
    assert stand(Scene.of(houses(BOX)), 10.0, 5.0) == (10.0, 5.0, INDOORS)
    terrace = Scene.of(houses(*(shapely.box(4 * k, 0, 4 * k + 4, 10) for k in range(5))))
    assert stand(terrace, 8.0, 5.0)[2] == INDOORS


def test_a_camera_in_a_gap_too_narrow_to_stand_in_goes_to_its_end():
    _, y, status = stand(Scene.of(houses(shapely.box(0, 0, 5, 10), shapely.box(5.06, 0, 10, 10))), 5.03, 1.0)
    assert status == MOVED
    assert y < 0


def test_on_a_house_lower_than_it_looks_a_camera_stands_as_given():
    scene = Scene.of(houses(BOX), heights_m=np.array([3.0]))
    assert place(scene, np.array([10.0, 10.0]), np.array([1.0, 5.0]), np.array([3.5, 2.5]))[2].tolist() == [AS_GIVEN, INDOORS]


def test_a_camera_on_a_fence_goes_to_one_side_and_one_without_a_place_stays():
    _, y, status = place(Scene.of(houses(), houses(shapely.LineString([(0, 0), (10, 0)]))), np.array([5.0, np.nan]), np.array([0.0, 1.0]))
    assert abs(y[0]) == pytest.approx(0.05)
    assert status.tolist() == [MOVED, AS_GIVEN]


def test_a_camera_in_a_wall_round_two_yards_goes_out_where_it_is_nearest():
    walls = shapely.box(0, 0, 20, 8) - shapely.box(1, 1, 7, 7) - shapely.box(9, 1, 19, 7)
    assert stand(Scene.of(houses(walls)), 7.4, 4.0) == pytest.approx((6.95, 4.0, MOVED))
    assert stand(Scene.of(houses(walls)), 9.0, 1.0)[:2] == pytest.approx((9.05, 1.05))


@some
@given(shapes, fences, st.lists(st.tuples(st.integers(-12, 12), st.integers(-12, 12)), min_size=1, max_size=8))
def test_a_placed_camera_is_outdoors_clear_of_every_wall_and_near_where_it_was(footprints, lines, spots):
    scene = Scene.of(houses(*footprints), houses(*lines))
    before = np.array(spots, float).T
    x, y, status = place(scene, *before)
    everything = shapely.union_all([*footprints, *lines])
    outdoors = status != INDOORS
    gone_m = np.hypot(x - before[0], y - before[1])
    assert (shapely.distance(everything, shapely.points(x, y))[outdoors] > 0.049).all() or shapely.is_empty(everything)
    assert (gone_m[status != MOVED] == 0).all()
    assert (gone_m <= 3.06).all()
    again = place(scene, x[outdoors], y[outdoors])
    assert np.hypot(again[0] - x[outdoors], again[1] - y[outdoors]).max(initial=0) < 0.002


@some
@given(pieces)
def test_cut_pieces_are_all_of_the_walls_and_cross_nowhere(walls):
    cut, row = cut_at_crossings(walls)
    assert np.bincount(row, lengths(cut), minlength=len(walls)) == pytest.approx(lengths(walls), abs=1e-6)
    lines = shapely.linestrings(cut.reshape(-1, 2, 2)) if len(cut) else houses()
    a, b = shapely.STRtree(lines).query(lines, predicate="crosses")
    ends = shapely.points(cut.reshape(-1, 2, 2))
    apart_m = [min(*shapely.distance(ends[p], lines[q]), *shapely.distance(ends[q], lines[p])) for p, q in zip(a, b, strict=True)]
    assert max(apart_m, default=0) < 1e-6


@some
@given(pieces, st.floats(-600, 600), st.floats(-600, 600), st.floats(1, 300))
def test_the_index_finds_every_piece_near_a_place(ends, x, y, range_m):
    grid = Grid.of(ends, 25.0)
    i0, i1, j0, j1 = squares(x, y, range_m, *grid.arrays[2:])
    found = {
        int(s) for j in range(j0, j1 + 1) for i in range(i0, i1 + 1) for s in grid.held[grid.first[j * grid.nx + i] : grid.first[j * grid.nx + i + 1]]
    }
    lines = shapely.linestrings(ends.reshape(-1, 2, 2)) if len(ends) else houses()
    assert set(np.flatnonzero(shapely.dwithin(lines, shapely.Point(x, y), range_m - 1e-3))) <= found


def test_an_index_of_a_wide_empty_land_stays_small_and_knows_no_place_of_nan():
    grid = Grid.of(np.array([[0.0, 0.0], [4e6, 4e6], [np.nan, 1.0], [1.0, np.inf]]), 1.0)
    assert grid.nx * grid.ny < 100
    assert set(grid.held.tolist()) == {0, 1}
    assert len(Grid.of(np.full((3, 2), np.nan)).held) == 0
