"""The working CRS, fitting zones, and China's shifted datums against known values and their own inverses."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS, Geod

from geogrid import crs
from geogrid.errors import CrsError

LON, LAT = st.floats(74, 134), st.floats(19, 53)


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ((118.18, 39.63), 4548),
        ((114.5, 38.0), 4547),
        ((109.8, 40.6), 4546),
        ((131.2, 46.7), 4553),
        ((120.2, 30.3), 4549),
        ((87.6, 43.8), 4538),
        ((109.4, 18.3), 4545),
        ((114.2, 22.3), 4547),
        ((121.5, 25.0), 4550),
        ((24.9, 60.2), 32635),
        ((-71.1, 42.4), 32619),
        ((126.97, 37.55), 32652),
        ((139.7, 35.7), 32654),
        ((-58.4, -34.6), 32721),
        ((180.0, 10.0), 32660),
    ],
)
def test_the_zone_is_chinas_own_inside_china_and_utm_elsewhere(place, code):
    assert crs.working_crs(*place, *place).to_epsg() == code


@pytest.mark.parametrize("place", [(124.38, 40.12), (131.16, 44.4), (103.96, 22.5), (106.75, 22.1), (117.4, 49.6), (75.2, 37.8), (112.3, 16.8)])
def test_border_towns_are_inside(place):
    assert crs.is_in_china(*place)


@pytest.mark.parametrize(
    "place", [(135.1, 48.5), (105.85, 21.0), (89.6, 27.5), (85.3, 27.7), (76.9, 43.25), (106.9, 47.9), (97.4, 25.4), (125.75, 39.0)]
)
def test_the_neighbours_cities_are_outside(place):
    assert not crs.is_in_china(*place)


def test_a_district_across_a_zone_limit_gets_one_crs_by_its_centre():
    assert crs.working_crs(115.2, 38.7, 115.6, 39.0).to_epsg() == 4547
    assert crs.working_crs(115.4, 38.7, 115.8, 39.0).to_epsg() == 4548


@pytest.mark.parametrize("bounds", [(500000, 4e6, 500100, 4e6), (float("nan"),) * 4, (10, 20, 5, 30), (0, 85, 1, 86)])
def test_an_extent_that_is_no_place_on_earth_is_refused(bounds):
    with pytest.raises(CrsError):
        crs.working_crs(*bounds)


@pytest.mark.parametrize(
    ("bounds", "first", "count"),
    [
        ((117, 36, 118, 37), "EPSG:4490", 4),
        ((24, 60, 25, 61), "EPSG:4326", 1),
        ((39_500_000, 4e6, 39_510_000, 4.01e6), "EPSG:4527", 1),
        ((20_500_000, 4e6, 20_510_000, 4.01e6), "EPSG:4498", 1),
        ((500_000, 4e6, 510_000, 4.01e6), "EPSG:4534", 21),
        ((500_000, 6.6e6, 510_000, 6.7e6), "EPSG:32601 … 32660 (UTM)", 1),
    ],
)
def test_fitting_zones_are_read_off_the_numbers(bounds, first, count):
    found = crs.fitting_crs(*bounds)
    assert (found[0], len(found)) == (first, count)


def test_nothing_fits_numbers_from_nowhere():
    assert crs.fitting_crs(-1e9, -1e9, 1e9, 1e9) == []


def test_prefixed_zones_have_the_zones_false_easting():
    zone = CRS.from_user_input(crs.fitting_crs(39_500_000, 4e6, 39_510_000, 4.01e6)[0])
    assert {p.name: p.value for p in zone.coordinate_operation.params}["False easting"] == 39_500_000


@given(LON, LAT)
def test_gcj02_comes_back_to_under_a_millimetre_and_moves_hundreds_of_metres(lon, lat):
    there = crs.wgs84_to_gcj02(np.array([lon]), np.array([lat]))
    back = crs.gcj02_to_wgs84(*there)
    geod = Geod(ellps="WGS84")
    assert geod.inv(lon, lat, back[0][0], back[1][0])[2] < 0.001
    assert 1 < geod.inv(lon, lat, there[0][0], there[1][0])[2] < 1500


@given(LON, LAT)
def test_bd09_comes_back_to_under_a_millimetre(lon, lat):
    back = crs.bd09_to_wgs84(*crs.wgs84_to_bd09(np.array([lon]), np.array([lat])))
    assert Geod(ellps="WGS84").inv(lon, lat, back[0][0], back[1][0])[2] < 0.001


def test_known_places_of_the_shifted_datums():
    """Tiananmen: the figures every published implementation of the formula gives."""
    lon, lat = crs.wgs84_to_gcj02(np.array([116.404]), np.array([39.915]))
    assert (lon[0], lat[0]) == pytest.approx((116.41024449916938, 39.91640428150164), abs=1e-9)
    lon, lat = crs.gcj02_to_bd09(np.array([116.404]), np.array([39.915]))
    assert (lon[0], lat[0]) == pytest.approx((116.41036949371029, 39.92133699351021), abs=1e-6)


def test_places_abroad_and_no_places_do_not_move():
    assert crs.wgs84_to_gcj02(np.array([2.35]), np.array([48.86]))[0][0] == 2.35
    assert len(crs.gcj02_to_wgs84(np.array([]), np.array([]))[0]) == 0


def test_missing_geometries_stay_missing_when_a_shift_is_undone():
    made = crs.unshift(np.array([shapely.Point(117, 36), None], dtype=object), "GCJ-02")
    assert made[1] is None
    assert 0.001 < 117 - made[0].x < 0.01


@pytest.mark.parametrize("name", ["GCJ-02", "gcj02", "GCJ_02", "BD-09", "bd09"])
def test_shifted_datums_are_known_however_they_are_written(name):
    assert crs.shifted_name(name) in crs.SHIFTED


def test_wgs84_and_cgcs2000_are_the_same_place_and_a_zone_is_not():
    assert crs.is_same_place(CRS(4326), CRS(4490))
    assert not crs.is_same_place(CRS(4326), CRS(4548))
    assert not crs.is_same_place(CRS(4490), CRS(4214))


@pytest.mark.parametrize(("code", "old"), [(2384, True), (4214, True), (4610, True), (4326, False), (4548, False), (32635, False)])
def test_old_datums_are_known(code, old):
    assert crs.is_old_datum(CRS(code)) is old


def test_an_unknown_crs_is_named():
    with pytest.raises(CrsError, match="EPSG:99999999"):
        crs.parse_crs("EPSG:99999999")
    assert crs.parse_crs("4548").to_epsg() == 4548


def test_a_frame_goes_to_degrees_and_one_without_crs_is_refused():
    frame = gpd.GeoDataFrame(geometry=[shapely.Point(500000, 4e6)], crs=4548)
    assert crs.to_wgs84(frame).geometry.iloc[0].x == pytest.approx(117)
    with pytest.raises(CrsError):
        crs.to_wgs84(frame.set_crs(None, allow_override=True))
