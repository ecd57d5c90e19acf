"""Measures of a drawn division, on squares whose figures are known."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geogrid.bench.real import measured, side_by_side
from geogrid.bench.validation import bench_validate, bent, lattice

SQUARES = [shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100)]
PARENT = np.array([shapely.box(0, 0, 200, 100)], dtype=object)
STREET = np.array([shapely.LineString([(100, 0), (100, 100)])], dtype=object)
ELSEWHERE = np.array([shapely.LineString([(50, 0), (50, 100)])], dtype=object)


def division(shapes: list[shapely.Geometry], codes: str = "aa") -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"community_code": list(codes)}, geometry=shapes, crs="EPSG:4548")


def test_squares_are_as_compact_as_squares_and_share_their_land_evenly():
    figures = measured(division(SQUARES), STREET, PARENT)
    assert figures["grids"] == 2
    assert figures["polsby_popper"] == pytest.approx(np.pi / 4, abs=1e-3)
    assert figures["reock"] == pytest.approx(2 / np.pi, abs=1e-3)
    assert (figures["area_cv"], figures["in_pieces"]) == (0, 0)


def test_a_border_along_a_street_follows_it_and_one_elsewhere_does_not():
    along, away = measured(division(SQUARES), STREET, PARENT), measured(division(SQUARES), ELSEWHERE, PARENT)
    assert (along["inner_on_lines_share"], along["lines_followed_share"]) == (1, 1)
    assert (away["inner_on_lines_share"], away["lines_followed_share"]) == (0, 0)
    assert along["on_lines_share"] > away["on_lines_share"]


def test_uneven_units_and_units_in_pieces_are_counted():
    shapes = [shapely.union_all([shapely.box(0, 0, 20, 100), shapely.box(180, 0, 200, 100)]), shapely.box(20, 0, 180, 100)]
    figures = measured(division(shapes), STREET, PARENT)
    assert figures["in_pieces"] == 1
    assert figures["area_cv"] == pytest.approx(np.std([0.4, 1.6], ddof=1), abs=1e-3)


def test_both_divisions_are_drawn_in_one_page():
    page = side_by_side({"office": division(SQUARES), "geogrid": division(SQUARES[::-1])}, STREET)
    assert page.count("<svg") == 2
    assert all(name in page for name in ("office", "geogrid"))


def test_a_check_is_measured_on_faultless_and_on_faulty_layers():
    rows = bench_validate(scale=0.03)["rows"]
    assert [row["units"] for row in rows] == [900] * 4
    assert [row["findings"] > 0 for row in rows] == [False, False, True, True]
    assert ["ratio" in row for row in rows] == [True, True, False, False]
    assert rows[2]["vertices"] > 6 * rows[3]["vertices"]


def test_winding_edges_match():
    assert shapely.coverage_is_valid(bent(lattice(20, 20)))
