"""A layer in a shifted datum that nobody stated is found by how it lies to the others, with how far; what fits is left alone."""

import math

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS

from geogrid.reading.datums import expected_m, find_shifted
from geogrid.reading.shifts import DATUMS, TRUE, along, compare, moved, trace
from tests.city import city, shifted
from tests.shared import shared_path

PLACES = st.sampled_from([(117.0, 36.6), (120.2, 30.3), (87.6, 43.8), (113.3, 23.1), (131.2, 46.7), (104.1, 30.7)])
SHIFTED = st.sampled_from(["GCJ-02", "BD-09"])


def measured(layers, crs):
    return {suspect.role: suspect for suspect in find_shifted(layers, crs)}


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10**6), PLACES, SHIFTED, st.sampled_from(["communities", "roads", "buildings", "entrances"]))
def test_a_planted_shift_is_found_at_its_layer_with_its_length_and_way(seed, place, datum, role):
    layers, crs = city(seed, *place)
    true = layers[role]
    layers[role] = shifted(true, crs, datum)
    found = measured(layers, crs)
    assert {role: datum} == {name: suspect.datum for name, suspect in found.items()}
    middle = np.array([shapely.get_coordinates(shapely.centroid(true.geometry.to_numpy())).mean(axis=0)])
    wanted = (moved(middle, crs, TRUE, datum) - middle)[0]
    assert np.hypot(*(np.array(found[role].shift_m) - wanted)) < 30
    assert math.hypot(*found[role].shift_m) == pytest.approx(expected_m(layers[role], crs, datum), abs=35)


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10**6), PLACES, st.floats(-15, 15), st.floats(-15, 15))
def test_layers_that_fit_to_a_road_s_width_are_left_alone(seed, place, east_m, north_m):
    layers, crs = city(seed, *place, houses=600)
    layers["buildings"] = layers["buildings"].set_geometry(layers["buildings"].translate(east_m, north_m))
    assert find_shifted(layers, crs) == []


@settings(max_examples=4, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_layers_that_have_nothing_to_do_with_each_other_say_nothing(a, b):
    layers, crs = city(a, houses=600)
    others, _ = city(b + 10**7, houses=600)
    assert find_shifted({"communities": layers["communities"], "roads": others["roads"]}, crs) == []
    assert find_shifted({"roads": layers["roads"], "buildings": others["buildings"]}, crs) == []


def test_it_does_not_depend_on_the_order_of_rows():
    layers, crs = city(1)
    layers["buildings"] = shifted(layers["buildings"], crs, "GCJ-02")
    turned = {role: frame.sample(frac=1, random_state=3).reset_index(drop=True) for role, frame in layers.items()}
    assert find_shifted(turned, crs) == find_shifted(layers, crs)
    assert len(find_shifted(layers, crs)) == 1


def test_several_layers_of_one_map_are_all_named_and_the_rest_is_not():
    layers, crs = city(2)
    for role in ("district", "communities"):
        layers[role] = shifted(layers[role], crs, "GCJ-02")
    assert {role: suspect.datum for role, suspect in measured(layers, crs).items()} == {"district": "GCJ-02", "communities": "GCJ-02"}


def test_a_straight_line_beside_parallel_streets_measures_nothing():
    crs = CRS(4548)
    rows = [shapely.LineString([(500_000, 4_050_000 + y), (506_000, 4_050_000 + y)]) for y in (0, 190, 700, 1130)]
    streets = gpd.GeoDataFrame(geometry=rows, crs=crs)
    rail = shifted(streets.iloc[:1], crs, "BD-09")
    assert find_shifted({"roads": streets, "railways": rail}, crs) == []


def test_a_lattice_of_equal_blocks_is_not_taken_for_a_shift():
    crs = CRS(4548)
    blocks = [shapely.box(500_000 + 260 * i, 4_050_000 + 260 * j, 500_260 + 260 * i, 4_050_260 + 260 * j) for i in range(15) for j in range(15)]
    streets = gpd.GeoDataFrame(geometry=shapely.boundary(np.array(blocks)), crs=crs)
    areas = gpd.GeoDataFrame(geometry=blocks, crs=crs).translate(130, 130)
    assert find_shifted({"communities": gpd.GeoDataFrame(geometry=areas), "roads": streets}, crs) == []


def test_nothing_is_said_outside_china_or_of_too_little():
    layers, crs = city(3, 24.9, 60.1)
    moved_east = layers["buildings"].set_geometry(layers["buildings"].translate(520, 30))
    assert find_shifted({**layers, "buildings": moved_east}, crs) == []
    few, crs = city(4, houses=20, blocks=3, side_m=300)
    assert find_shifted({role: shifted(frame, crs, "GCJ-02") if role == "buildings" else frame for role, frame in few.items()}, crs) == []
    assert find_shifted({}, crs) == []
    assert find_shifted({"roads": few["roads"].iloc[:0], "buildings": few["buildings"]}, crs) == []


def test_a_layer_of_missing_and_empty_shapes_has_no_trace():
    assert trace(np.array([None, shapely.Polygon(), shapely.LineString()], dtype=object), "lines") is None
    assert trace(np.array([None], dtype=object), "solids") is None
    assert trace(np.array([], dtype=object), "points") is None


def test_points_stand_along_lines_at_most_a_step_apart():
    found = along(np.array([shapely.LineString([(0, 0), (25, 0)]), shapely.LineString([(0, 9), (0, 9)])]), 10)
    assert np.allclose(found, [(0, 0), (25 / 3, 0), (50 / 3, 0)])


@pytest.mark.parametrize("of", DATUMS)
@pytest.mark.parametrize("to", DATUMS)
def test_moving_between_datums_and_back_is_under_a_millimetre(of, to):
    crs = CRS(4548)
    places = np.array([[500_000.0, 4_050_000.0], [520_000.0, 4_020_000.0]])
    assert np.abs(moved(moved(places, crs, of, to), crs, to, of) - places).max() < 0.001


def test_the_verdict_on_two_layers_turns_round_with_them():
    layers, crs = city(5)
    roads = trace(layers["roads"].geometry.to_numpy(), "lines")
    houses = trace(shifted(layers["buildings"], crs, "GCJ-02").geometry.to_numpy(), "solids")
    there, back = compare(roads, houses, crs), compare(houses, roads, crs)
    assert (there.datums, back.datums) == ((TRUE, "GCJ-02"), ("GCJ-02", TRUE))
    assert back.shift_m == tuple(-v for v in there.shift_m)


def hangzhou():
    files = {"district": "district", "streets": "streets", "communities": "communities", "grids": "grids", "roads": "main_roads", "water": "rivers"}
    crs = CRS(4549)
    return {role: gpd.read_file(shared_path(f"hangzhou_xiacheng/{name}.geojson")).to_crs(crs) for role, name in files.items()}, crs


def test_hangzhou_fits_as_it_is_and_any_of_its_layers_is_found_when_shifted():
    layers, crs = hangzhou()
    assert find_shifted(layers, crs) == []
    for role, datum in (("grids", "GCJ-02"), ("roads", "BD-09")):
        found = measured({**layers, role: shifted(layers[role], crs, datum)}, crs)
        assert {name: suspect.datum for name, suspect in found.items()} == {role: datum}
        assert math.hypot(*found[role].shift_m) == pytest.approx(expected_m(layers[role], crs, datum), abs=30)


def test_jinan_fits_as_it_is_and_its_buildings_are_found_when_shifted():
    crs = CRS(4548)
    path = shared_path("jinan_lixia/jinan_lixia.gpkg")
    layers = {role: gpd.read_file(path, layer=role).to_crs(crs) for role in ("district", "roads", "buildings")}
    assert find_shifted(layers, crs) == []
    found = measured({**layers, "buildings": shifted(layers["buildings"], crs, "GCJ-02")}, crs)
    assert list(found) == ["buildings"]
    assert math.hypot(*found["buildings"].shift_m) == pytest.approx(526, abs=40)


CAMBRIDGE = {"city": "district", "neighborhoods": "streets", "precincts": "communities", "police_districts": "grids", "road_surface": "roads"}
HELSINKI = {"roads": "roads", "rail_water": "railways", "buildings": "buildings", "addresses": "entrances", "cameras": "cameras"}


@pytest.mark.parametrize(("name", "roles"), [("cambridge_ma/cambridge_ma.gpkg", CAMBRIDGE), ("helsinki/osm_helsinki.gpkg", HELSINKI)])
def test_cities_abroad_put_into_china_fit_as_they_are(name, roles):
    crs = CRS(4548)
    layers = {role: gpd.read_file(shared_path(name), layer=layer) for layer, role in roles.items()}
    west, south, *_ = next(iter(layers.values())).total_bounds
    there = {role: frame.set_geometry(frame.translate(117.0 - west, 36.6 - south), crs=4326).to_crs(crs) for role, frame in layers.items()}
    assert find_shifted(there, crs) == []
