"""A bare layer beside its parent: exchanged axes and the shift of a datum are told, and what fits is left alone."""

import geopandas as gpd
import pytest
import shapely

from geogrid.reading.placement import exchange
from geogrid.rules import validate_layer
from tests.city import city, shifted

URUMQI = (87.5, 43.7)


def rules(found, *wanted):
    return [rule for rule in found["rule"] if not wanted or rule in wanted]


@pytest.fixture(scope="module")
def layers():
    return city(11, *URUMQI, side_m=2500.0, blocks=50, houses=100)[0]


def turned(frame):
    frame = frame.to_crs(4326)
    return gpd.GeoDataFrame(frame.drop(columns="geometry"), geometry=exchange(frame.geometry.to_numpy()), crs=4326)


def test_exchanged_axes_are_told_in_range_beside_a_parent_and_off_the_globe_without_one(layers):
    found = validate_layer(turned(layers["communities"]), parent=layers["district"].to_crs(4326))
    assert rules(found) == ["crs_mismatch"]
    assert "longitude and latitude look swapped" in found["message"][0]
    east = gpd.GeoDataFrame(geometry=[shapely.box(36.6, 117.0, 36.7, 117.1)], crs=4326)
    assert "look swapped" in validate_layer(east)["message"][0]
    assert "exceed ±180" in validate_layer(gpd.GeoDataFrame(geometry=[shapely.box(500_000, 4e6, 500_100, 4.1e6)], crs=4326))["message"][0]


def test_a_layer_without_crs_is_told_which_fits_its_numbers():
    zone_40 = gpd.GeoDataFrame(geometry=[shapely.box(40_516_000, 3_350_000, 40_517_000, 3_351_000)])
    assert "the numbers fit EPSG:4528" in validate_layer(zone_40)["message"][0]
    nowhere = gpd.GeoDataFrame(geometry=[shapely.box(-9e7, 0, -8e7, 10)])
    assert "such as EPSG:4490" in validate_layer(nowhere)["message"][0]


@pytest.mark.parametrize("datum", ["GCJ-02", "BD-09"])
@pytest.mark.parametrize("crs", [4326, 4538])
def test_a_shifted_layer_is_told_with_how_far_beside_its_gaps(layers, datum, crs):
    there = shifted(layers["communities"], layers["communities"].crs, datum).to_crs(crs)
    found = validate_layer(there, parent=layers["district"].to_crs(crs), code="code", tolerance_m=0.02)
    assert set(rules(found, "datum_shift", "gap")) == {"gap", "datum_shift"}
    note = found[found["rule"] == "datum_shift"].iloc[0]
    true = layers["communities"].centroid.distance(there.to_crs(4538).centroid).mean()
    assert note["length_m"] == pytest.approx(true, abs=25)
    assert (note["severity"], f"the layer is in {datum}" in note["message"]) == ("warning", True)
    parent = validate_layer(layers["communities"], parent=there.to_crs(4538).dissolve().geometry.iloc[0], code="code")
    assert f"the parent is in {datum}" in " ".join(parent["message"])


def test_a_layer_that_fits_or_lies_a_little_beside_or_abroad_says_nothing_of_a_datum(layers):
    assert rules(validate_layer(layers["communities"], parent=layers["district"], code="code"), "datum_shift", "crs_mismatch") == []
    beside = layers["communities"].set_geometry(layers["communities"].translate(40, -15))
    assert rules(validate_layer(beside, parent=layers["district"], code="code"), "datum_shift") == []
    abroad, _ = city(12, 24.9, 60.1, side_m=2000.0, blocks=30, houses=10)
    away = abroad["communities"].set_geometry(abroad["communities"].translate(500, 60))
    assert rules(validate_layer(away, parent=abroad["district"], code="code"), "datum_shift") == []
