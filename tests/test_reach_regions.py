"""Regions as areas, shapes, parts and what ends them; façades and ground in them."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.reach.facades import facades
from geogrid.reach.regions import what_hides
from geogrid.reach.scene import Scene
from geogrid.reach.sectors import Sectors
from geogrid.reach.seen_ground import free_m2, looked_over, seen_ground
from geogrid.reach.visible import look
from tests.reach_scenes import houses, seen_from, shapes, towns

some = settings(max_examples=40, deadline=None)
angles = st.one_of(st.just(360.0), st.floats(0.01, 359))
THREE = houses(shapely.box(10, -5, 20, 5), shapely.box(40, -50, 50, 50), shapely.box(-20, -5, -10, 5))


@some
@given(towns(), st.floats(0, 360), angles)
def test_the_shape_is_valid_and_has_the_area_of_the_region(town, direction, angle):
    footprints, lines, x, y, range_m = town
    region = seen_from(Scene.of(houses(*footprints), houses(*lines)), x, y, direction, angle, range_m)
    shape, area = region.polygons(0.1)[0], region.area_m2()[0]
    assert shapely.is_valid(shape)
    assert shape.area == pytest.approx(area, rel=1e-6, abs=2e-6 * range_m)
    assert shape.area <= area * (1 + 1e-9) + 1e-6
    assert shapely.is_empty(shape) or shapely.dwithin(shape, shapely.Point(x, y), 1e-6)


@some
@given(towns(), st.floats(0, 360), angles)
def test_pieces_follow_each_other_from_the_start_of_the_sector_to_its_end(town, direction, angle):
    footprints, lines, x, y, range_m = town
    region = seen_from(Scene.of(houses(*footprints), houses(*lines)), x, y, direction, angle, range_m)
    if range_m:
        assert region.from_rad[0] == 0
        assert region.to_rad[-1] == region.sectors.width_rad[0]
        assert (region.from_rad[1:] == region.to_rad[:-1]).all()
        assert (region.from_rad < region.to_rad).all()
        assert (region.wall[1:] != region.wall[:-1]).all()
    else:
        assert len(region.wall) == 0


def test_arcs_have_their_corners_at_whole_steps_from_the_east_so_that_narrow_sectors_lie_in_wide_ones():
    open_land = Scene.of(houses())
    narrow = seen_from(open_land, 3, 4, 33.3, 40, 100).polygons()[0]
    wide = seen_from(open_land, 3, 4, 30.1, 85, 100).polygons()[0]
    assert shapely.difference(narrow, wide).area < 1e-9


def test_parts_are_the_regions_of_those_cameras():
    regions = look(Scene.of(THREE), Sectors.of(np.arange(8.0), 0.0, 90, [360, 60, 0, 90, 360, 10, 20, 30], [50, 100, 10, 0, 60, 5, 5, 40]))
    for rows in (np.array([4, 1]), np.array([], int), np.arange(8) % 2 == 0):
        part = regions.part(rows)
        assert part.area_m2().tolist() == regions.area_m2()[rows].tolist()
        assert len(part) == len(np.arange(8)[rows])
        assert shapely.equals(part.polygons(), regions.polygons()[rows]).all()


def test_what_hides_is_the_houses_and_fences_that_end_the_view():
    fence = houses(shapely.LineString([(0, 5), (0.5, 5)]))
    region = look(Scene.of(THREE, fence), Sectors.of([0, 0], 0, [90, 180], [10, 10], 30))
    assert what_hides(region, 0).tolist() == [0]
    assert what_hides(region, 1).tolist() == []
    assert what_hides(seen_from(Scene.of(THREE, fence)), 0).tolist() == [-1, 0, 2]


def test_facades_are_the_seen_walls_near_the_camera():
    seen = facades(seen_from(Scene.of(THREE)), within_m=12.0)
    half = np.sqrt(12**2 - 10**2)
    by_house = {int(k): seen.metres[seen.footprint == k].sum() for k in np.unique(seen.footprint)}
    assert by_house == pytest.approx({0: 2 * min(5, half), 2: 2 * min(5, half)})
    assert set(np.abs(seen.ends[:, [0, 2]]).ravel().round(9)) == {10.0}
    assert len(facades(seen_from(Scene.of(THREE)), within_m=9.9).metres) == 0


@some
@given(towns(), st.floats(0.5, 20))
def test_facades_are_on_their_houses_within_reach_and_grow_with_it(town, within_m):
    footprints, lines, x, y, range_m = town
    region = seen_from(Scene.of(houses(*footprints), houses(*lines)), x, y, range_m=range_m)
    near, far = facades(region, within_m), facades(region, 2 * within_m)
    assert near.metres.sum() <= far.metres.sum() + 1e-9
    assert (near.metres <= 2 * min(within_m, range_m) + 1e-9).all()
    ends = shapely.points(near.ends.reshape(-1, 2))
    owners = houses(*(footprints[k] if k >= 0 else lines[-1 - k] for k in np.repeat(near.footprint, 2)))
    assert (shapely.distance(ends, shapely.boundary(owners)) < 1e-6).all() or any(near.footprint < 0)
    assert (shapely.distance(ends, shapely.Point(x, y)) < min(within_m, range_m) + 1e-6).all()


def test_ground_seen_twice_counts_once():
    square = shapely.box(0, 0, 10, 10)
    two = houses(shapely.box(0, 0, 6, 10), shapely.box(4, 0, 8, 10), shapely.Polygon())
    assert seen_ground(two, houses(square, shapely.box(20, 0, 30, 10), shapely.Polygon())).tolist() == [80, 0, 0]
    assert seen_ground(houses(), houses(square)).tolist() == [0]
    assert len(seen_ground(two, houses())) == 0


@some
@given(shapes, st.lists(st.tuples(st.floats(-15, 15), st.floats(-15, 15)), min_size=1, max_size=6), st.integers(1, 4))
def test_the_ground_seen_in_the_squares_of_a_lattice_adds_up_to_the_whole(footprints, spots, n):
    seen = look(Scene.of(houses(*footprints)), Sectors.of(*np.array(spots).T, range_m=12.0)).polygons()
    edge = np.linspace(-40, 40, n + 1)
    squares = houses(*(shapely.box(edge[i], edge[j], edge[i + 1], edge[j + 1]) for i in range(n) for j in range(n)))
    ground = seen_ground(seen, squares)
    assert ground.sum() == pytest.approx(shapely.union_all(seen).area, rel=1e-9, abs=1e-6)
    assert (ground <= shapely.area(squares) + 1e-9).all()


@some
@given(shapes, st.integers(1, 3))
def test_free_ground_is_what_no_footprint_covers(footprints, n):
    edge = np.linspace(-30, 30, n + 1)
    squares = houses(*(shapely.box(edge[i], edge[j], edge[i + 1], edge[j + 1]) for i in range(n) for j in range(n)))
    expected = shapely.area(shapely.difference(squares, shapely.union_all(footprints)))
    assert free_m2(squares, houses(*footprints, *footprints[:1], None, shapely.Polygon())) == pytest.approx(expected, abs=1e-6)


def test_a_region_goes_over_the_low_houses_that_it_meets():
    scene = Scene.of(THREE, heights_m=np.array([3.0, 3.0, np.nan]))
    regions = look(scene, Sectors.of(0, 0, 0, 360, [15, 50, 50, 0], [4, 4, 2, 4]))
    polygons = regions.polygons()
    assert [looked_over(regions.part([i]), polygons[[i]]).tolist() for i in range(4)] == [[0], [0, 1], [], []]
    assert looked_over(regions, polygons).tolist() == [0, 1]
