"""Streets in pieces: cut where borders cross, leave or run along them, each piece in exactly one unit, no metre lost."""

from __future__ import annotations

import itertools

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString

from geogrid.reach.camera_around import find_places
from geogrid.reach.camera_streets import find_whole_level, make_streets
from tests.tiny import CRS, EAST, WEST, X0, Y0, tiny_plan

PLAN = tiny_plan()
LEVELS = ["community", "grid"]
BORDERS = find_places(PLAN, LEVELS).geometry.to_numpy()


def roads(*lines, **columns):
    shapes = [LineString([(X0 + x, Y0 + y) for x, y in line]) if isinstance(line, list) else line for line in lines]
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=CRS)


def streets(*lines, **columns):
    return make_streets(roads(*lines, **columns), PLAN, BORDERS)


def test_streets_are_cut_at_the_lowest_level_of_whole_cells():
    assert find_whole_level(PLAN) == "grid"  # the tower's floors are of two micro-grids


def test_a_street_is_cut_where_it_crosses_a_border():
    found = streets([(10, 150), (190, 150)])
    assert found.metres.tolist() == [90.0, 90.0]
    assert found.codes["grid"].tolist() == [WEST + "001", EAST + "001"]
    assert found.codes["community"].tolist() == [WEST, EAST]


def test_a_street_along_a_border_is_in_one_unit_the_one_of_the_lower_code():
    found = streets([(0, 100), (200, 100)], [(100, 0), (100, 200)])
    assert found.metres.sum() == pytest.approx(400)
    assert set(found.codes["grid"]) == {WEST + "001", EAST + "001", WEST + "002"}
    west = found.codes["grid"] == WEST + "001"
    assert found.metres[west].sum() == pytest.approx(200)  # its half of either


def test_what_lies_outside_the_district_is_no_street_of_it():
    found = streets([(-50, 150), (50, 150)], [(300, 0), (300, 100)])
    assert found.metres.sum() == pytest.approx(50)
    assert set(found.road) == {0}


def test_motorways_tunnels_paths_areas_and_what_is_drawn_twice_are_none_and_counted():
    line = [(10, 10), (90, 10)]
    lines = [[(10, k), (90, k)] for k in (20, 30, 40)] + [line, line[::-1], shapely.box(X0, Y0, X0 + 5, Y0 + 5), None]
    kinds = ["motorway", "branch", "footway", "branch", "branch", "branch", "branch"]
    found = streets(*lines, **{"class": kinds, "tunnel": [False, True, False, False, False, False, False]})
    assert found.left_out == {"motorway": 1, "tunnel": 1, "path": 1, "area": 2, "twice": 1}
    assert found.road.tolist() == [3]


def test_corners_are_where_three_pieces_end_and_not_outside():
    star = [[(50, 50), (x, y)] for x, y in ((20, 50), (80, 50), (50, 80))]
    far = [[(550, 50), (x, y)] for x, y in ((520, 50), (580, 50), (550, 80))]
    assert streets(*star, *far).corners.tolist() == [[X0 + 50, Y0 + 50]]


def test_a_street_that_meets_another_within_it_or_crosses_it_makes_a_corner_and_a_border_makes_none():
    found = streets([(0, 50), (200, 50)], [(30, 50), (30, 90)], [(60, 10), (60, 90)])
    assert np.subtract(found.corners, (X0, Y0)).tolist() == [[30, 50], [60, 50]]


@pytest.mark.parametrize("layer", [None, roads()])
def test_no_roads_no_streets(layer):
    found = make_streets(layer, PLAN, BORDERS)
    assert found.segments.shape == (0, 4)
    assert found.corners.shape == (0, 2)


places = st.tuples(st.integers(-40, 240), st.integers(-40, 240))


@settings(deadline=None, max_examples=60)
@given(st.lists(st.lists(places, min_size=2, max_size=4, unique=True), min_size=1, max_size=5, unique_by=str))
def test_no_metre_is_lost_and_none_is_in_two_units(lines):
    found = streets(*lines)
    district = shapely.union_all(BORDERS)
    kept = [LineString([(X0 + x, Y0 + y) for x, y in line]) for line in lines]
    forms = {shapely.normalize(line).wkb: line for line in kept}
    inside = shapely.intersection(np.array(list(forms.values()), dtype=object), district)
    straight = sum(_straight_m(line, district) for line in forms.values())
    assert found.metres.sum() == pytest.approx(straight, abs=0.05)
    assert len(inside) >= len(set(found.road))
    middles = shapely.points((found.segments[:, :2] + found.segments[:, 2:]) / 2)
    for code, middle in zip(found.codes["grid"], middles, strict=True):
        assert code in set(PLAN.frame("grid").index[shapely.dwithin(PLAN.frame("grid").geometry.to_numpy(), middle, 0.002)])


def _straight_m(line, district):
    """Length inside, a stretch that is walked twice counted twice."""
    xy = shapely.get_coordinates(line)
    return sum(shapely.intersection(LineString([a, b]), district).length for a, b in itertools.pairwise(xy))
