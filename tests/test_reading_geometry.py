"""Shapes by role: the kinds that are let in, what is mended, what is empty, and what is a fault."""

import numpy as np
import pytest
import shapely
from pyproj import CRS

from geogrid.reading.geometry import areal_parts, check_degrees, check_kind, mend, project

SQUARE = "POLYGON ((0 0, 10 0, 10 10, 0 10, 0 0))"
BOW_TIE = "POLYGON ((0 0, 10 10, 10 0, 0 10, 0 0))"
SPIKE = "POLYGON ((0 0, 10 0, 5 0, 0 0))"
LINE, DOT_LINE, POINT = "LINESTRING (0 0, 10 0)", "LINESTRING (3 3, 3 3)", "POINT (1 2)"


def shapes(*texts):
    return np.array([None if text is None else shapely.from_wkt(text) for text in texts], dtype=object)


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("area", [SQUARE, "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)))"], [LINE, POINT, "GEOMETRYCOLLECTION (POINT (0 0))"]),
        ("any", [SQUARE, LINE, "MULTILINESTRING ((0 0, 1 1), (2 2, 3 3))"], [POINT, "MULTIPOINT ((0 0))"]),
        ("point", [POINT, "MULTIPOINT ((0 0))", SQUARE], [LINE, "MULTIPOINT ((0 0), (1 1))"]),
    ],
)
def test_a_role_lets_in_its_kinds_only(kind, good, bad):
    assert not check_kind(shapes(*good), kind)[1]
    assert set(check_kind(shapes(*bad), kind)[1]) == set(range(len(bad)))


@pytest.mark.parametrize("kind", ["area", "any", "point"])
def test_missing_empty_and_not_finite_are_faults(kind):
    nan = shapely.Point(np.nan, 1)
    found = check_kind(np.array([None, shapely.Polygon(), shapely.Point(), nan], dtype=object), kind)[1]
    assert set(found) == {0, 1, 2, 3}
    assert found[0][0] == found[1][0] == "has no geometry"


def test_a_polygon_with_one_infinite_corner_is_a_fault():
    bad = shapely.polygons([[0, 0], [np.inf, 0], [1, 1], [0, 0]])
    assert "finite" in check_kind(np.array([bad], dtype=object), "area")[1][0][0]


def test_heights_are_dropped():
    flat, bad = check_kind(shapes("POINT Z (1 2 3)"), "point")
    assert (flat[0].wkt, bad) == ("POINT (1 2)", {})


def test_places_off_the_globe_and_at_zero_are_faults_and_missing_ones_are_not():
    found = check_degrees(shapes("POINT (0 0)", "POINT (36 117)", "POINT (117 36)", None))
    assert set(found) == {0, 1}


def test_a_bow_tie_is_mended_and_a_good_square_stays_the_same_object():
    made = mend(shapes(BOW_TIE, SQUARE), "area")
    assert set(made.mended) == {0}
    assert made.geometry[0].area == pytest.approx(50)
    assert made.geometry[0].is_valid
    assert made.geometry[1].equals_exact(shapes(SQUARE)[0])


def test_a_spike_has_no_area_and_a_point_like_line_no_length():
    made = mend(shapes(SPIKE, DOT_LINE, LINE, SQUARE), "any")
    assert {i: reason for i, (reason, _) in made.empty.items()} == {0: "has no area", 1: "is a line without length"}
    assert not made.mended


def test_a_point_role_takes_the_label_point_of_an_area():
    made = mend(shapes(POINT, "MULTIPOINT ((5 5))", SQUARE, None), "point").geometry
    assert [shapely.get_type_id(g) for g in made] == [0, 0, 0, -1]
    assert made[2].within(shapes(SQUARE)[0])


def test_the_argument_is_not_edited():
    given = shapes(BOW_TIE)
    mend(given, "area")
    assert not given[0].is_valid


def test_only_areal_parts_are_kept():
    mixed = "GEOMETRYCOLLECTION (LINESTRING (0 0, 1 1), MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)), ((5 5, 6 5, 6 6, 5 5))))"
    assert areal_parts(shapely.from_wkt(mixed)).area == 1
    assert areal_parts(shapely.from_wkt(LINE)).is_empty


def test_a_shifted_datum_is_undone_before_projecting():
    here = shapes("POINT (117 36.6)")
    plain, undone = (project(here, CRS(4326), CRS(4548), name)[0] for name in ("", "GCJ-02"))
    assert 400 < plain.distance(undone) < 700


def test_axis_order_of_chinese_systems_does_not_matter():
    assert project(shapes("POINT (117 36.6)"), CRS(4490), CRS(4548))[0].x == pytest.approx(500_000)


def test_nothing_projects_to_nothing():
    assert len(mend(project(shapes(), CRS(4326), CRS(4548)), "area").geometry) == 0
