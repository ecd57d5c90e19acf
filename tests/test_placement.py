"""Where coordinates lie that do not say it: the CRS that puts them into the district comes first, and exchanged ones are told."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS

from geogrid.crs import is_in_china, working_crs
from geogrid.reading.placement import (
    apart_km,
    district_extent,
    exchange,
    extent_of,
    find_exchanged,
    find_misplaced,
    fitting,
    hint,
    is_exchanged,
)
from tests.shared import shared_path

WGS84 = CRS(4326)
JINAN, URUMQI, HELSINKI = (117.0, 36.6, 117.1, 36.7), (87.5, 43.7, 87.7, 43.9), (24.9, 60.1, 25.0, 60.2)


def points(extent, crs=4326, n=60, seed=0):
    """Make points within an extent of degrees, in a CRS."""
    rng = np.random.default_rng(seed)
    found = gpd.GeoSeries(shapely.points(rng.uniform(extent[0], extent[2], n), rng.uniform(extent[1], extent[3], n)), crs=4326)
    return found.to_crs(crs).to_numpy()


@pytest.mark.parametrize(
    ("extent", "crs"),
    [(JINAN, 4548), (JINAN, 4527), (JINAN, 4498), (JINAN, 3857), (JINAN, 4490), (URUMQI, 4538), (HELSINKI, 32635)],
)
@pytest.mark.parametrize("swap", [False, True])
def test_the_crs_that_puts_a_layer_into_the_district_comes_first(extent, crs, swap):
    shapes = points(extent, crs)
    best, *rest = fitting(exchange(shapes) if swap else shapes, None, extent)
    assert (best.crs, best.swap, best.inside_share, best.distance_km) == (f"EPSG:{crs}", swap, 1.0, 0.0)
    assert best.name == CRS(crs).name
    assert all(option.inside_share <= 1 for option in rest)


@given(st.floats(74.0, 134.0), st.floats(20.0, 52.0))
@settings(max_examples=12, deadline=None)
def test_the_working_crs_of_a_place_in_china_is_found_from_its_metres_alone_and_the_district(lon, lat):
    if not is_in_china(lon, lat):
        return
    extent = (lon, lat, lon + 0.1, lat + 0.1)
    zone = working_crs(*extent)
    options = fitting(points(extent, zone), None, extent)
    assert f"EPSG:{zone.to_epsg()}" in [option.crs for option in options if option.inside_share == 1.0]


def test_six_degree_zones_of_the_same_meridian_are_named_too_and_chinese_names_tell_them_apart():
    names = {option.crs: option.name_zh for option in fitting(points(JINAN, 4548), None, JINAN)}
    assert names["EPSG:4548"] == "CGCS2000 三度带，中央经线 117°E"
    assert names["EPSG:4509"] == "CGCS2000 六度带，中央经线 117°E"


def test_without_a_district_the_numbers_alone_tell_and_shares_are_not_known():
    options = fitting(points(JINAN, 4548), None, None)
    assert "EPSG:4548" in [option.crs for option in options]
    assert {option.inside_share for option in options} == {None}
    assert "swap = true" in hint(fitting(exchange(points(JINAN)), None, None))[0]
    assert hint(fitting(points(JINAN), None, None))[0].startswith("crs = one of: EPSG:4490")


def test_what_fits_nowhere_and_what_is_not_there_give_no_option():
    assert fitting(np.array([None, shapely.Point()], dtype=object), None, JINAN) == []
    assert fitting(shapely.points([[1e12, -1e12]]), None, JINAN) == []
    assert hint([]) == ("no known CRS fits", "没有合适的坐标系")


def test_the_hint_says_the_share_the_exchange_and_what_else_fits():
    english, chinese = hint(fitting(exchange(points(JINAN, 4548)), None, JINAN))
    assert english.startswith(
        'x and y look swapped: crs = "EPSG:4548", swap = true puts 100 % of it into the district; others that fit: crs = "EPSG:4509"'
    )
    assert "似乎写反了" in chinese


@given(st.permutations(["a", "b", "c", "d"]))
def test_the_district_is_where_most_layers_lie_whatever_their_order(order):
    boxes = {"a": JINAN, "b": (117.01, 36.61, 117.2, 36.65), "c": (36.6, 117.0, 36.7, 117.1), "d": (0.0, 0.0, 0.0, 0.0)}
    assert district_extent([boxes[name] for name in order]) == (117.0, 36.6, 117.2, 36.7)


def test_of_two_layers_against_each_other_the_one_in_china_has_it():
    turned = (43.7, 87.5, 43.9, 87.7)
    assert district_extent([turned, URUMQI]) == district_extent([URUMQI, turned]) == URUMQI
    assert is_exchanged(turned, URUMQI)
    assert not is_exchanged(URUMQI, URUMQI)
    assert not is_exchanged(JINAN, URUMQI)
    assert not is_exchanged(turned, None)
    assert district_extent([]) is None
    assert district_extent([(np.nan,) * 4, (0.0, 95.0, 1.0, 96.0)]) is None


@given(st.integers(0, 59), st.sampled_from([JINAN, URUMQI, HELSINKI]), st.integers(0, 99))
@settings(deadline=None)
def test_a_single_exchanged_row_is_found_among_many_and_no_other(row, extent, seed):
    shapes = points(extent, seed=seed)
    shapes[row] = exchange(shapes[row : row + 1])[0]
    assert list(find_exchanged(shapes, extent)) == [row]
    reasons = find_misplaced(shapes, WGS84, extent)
    assert list(reasons) == [row]
    assert "swapped" in reasons[row][0]


def test_a_foreign_point_is_not_an_exchanged_one_and_shapes_round_the_globe_are_told():
    shapes = np.array([shapely.Point(117.05, 36.65), shapely.Point(116.4, 39.9), shapely.Point(0, 0), shapely.box(-179, 10, 179, 11), None])
    reasons = find_misplaced(shapes, WGS84, JINAN)
    assert {row: why[0].split(",")[0] for row, why in reasons.items()} == {3: "reaches half round the globe", 2: "lies at longitude 0"}


def test_eastings_beyond_a_zone_are_told_row_by_row():
    shapes = np.array([shapely.Point(500_000, 4_050_000), shapely.Point(4_050_000, 500_000), shapely.Point(39_500_000, 4_050_000)])
    assert list(find_misplaced(shapes, CRS(4548), None)) == [1, 2]
    assert find_misplaced(shapes, CRS(3857), None) == {}


def test_a_few_stray_points_do_not_stretch_the_extent():
    shapes = np.append(points(JINAN, n=400), shapely.points([[0.0, 0.0], [170.0, 80.0]]))
    assert extent_of(shapes) == pytest.approx(JINAN, abs=0.01)
    assert extent_of(np.array([None], dtype=object)) is None


def test_a_layer_near_by_belongs_and_one_far_away_does_not():
    assert apart_km((117.3, 36.6, 117.4, 36.7), JINAN) == 0
    assert apart_km((120.0, 30.0, 120.1, 30.1), JINAN) == pytest.approx(790, abs=60)


def test_hangzhou_s_grids_are_placed_by_its_communities():
    extent = extent_of(gpd.read_file(shared_path("hangzhou_xiacheng/communities.geojson")).geometry.to_numpy())
    grids = gpd.read_file(shared_path("hangzhou_xiacheng/grids.geojson"))
    for crs in (4549, 4550, 4528):
        best = fitting(grids.to_crs(crs).geometry.to_numpy(), None, extent)[0]
        assert (best.crs, best.swap, best.inside_share) == (f"EPSG:{crs}", False, 1.0)
