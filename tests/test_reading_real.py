"""The five kinds of real input come in whole: what is known of each is found again."""

from collections import Counter
from pathlib import Path

import pytest

from geogrid.reading import read_layer, read_sources
from geogrid.recipe import parse_recipe
from tests.shared import shared_path


def sources(name, **inputs):
    tables = {role: {"path": str(shared_path(file)), **table} for role, (file, table) in inputs.items()}
    return read_sources(parse_recipe({"name": name, "scheme": "b", "inputs": tables}, Path("/recipe.toml")))


def rules(found):
    return Counter((f.rule, f.severity) for f in found.findings)


def test_jinan_comes_in_with_its_codes_floors_and_mended_parts():
    file = "jinan_lixia/jinan_lixia.gpkg"
    columns = {"id": "bid", "floors": "LAYERNUM", "use": "BuildType", "community": "community_code", "address": "ADDRESS"}
    found = sources("jinan", buildings=(file, {"layer": "buildings", "columns": columns}), roads=(file, {"layer": "roads"}))
    frame = found.frames["buildings"]
    assert (found.crs.to_epsg(), len(frame), len(found.rejected)) == (4548, 11_397, 0)
    assert frame.geometry.is_valid.all()
    assert frame["community"].str.fullmatch("[0-9]{12}").all()
    assert {"1", "2", "3", "5", "9"} <= set(frame["use"])
    assert frame["id"].is_unique
    assert set(rules(found)) == {("geometry_invalid", "warning")}
    assert len(found.frames["roads"]) + sum("length" in f.facts["why"] for f in found.findings) == 669


def test_cambridge_rejects_its_one_parcel_without_geometry():
    file = "cambridge_ma/cambridge_ma.gpkg"
    found = sources(
        "cambridge",
        communities=(file, {"layer": "neighborhoods", "columns": {"code": "N_HOOD", "name": "NAME"}}),
        buildings=(file, {"layer": "parcels", "columns": {"households": "units"}}),
        roads=(file, {"layer": "road_surface"}),
        stations=(file, {"layer": "services"}),
    )
    assert found.crs.to_epsg() == 32619
    assert len(found.frames["buildings"]) == 13_035
    assert found.rejected[["role", "reason"]].to_numpy().tolist() == [["buildings", "has no geometry"]]
    assert (found.frames["buildings"]["floors"] % 1 != 0).any()
    assert rules(found)["row_rejected", ""] == 1
    assert len(found.frames["communities"]) == 13


def test_helsinki_is_projected_by_utm_and_bridges_are_yes_or_no():
    file = "helsinki/osm_helsinki.gpkg"
    found = sources(
        "helsinki",
        buildings=(file, {"layer": "buildings", "columns": {"id": "osm_id", "floors": "building_levels", "use": "building"}}),
        roads=(file, {"layer": "roads", "columns": {"class": "highway"}}),
        cameras=(file, {"layer": "cameras", "columns": {"id": "osm_id", "kind": "surveillance_type"}}),
    )
    assert (found.crs.to_epsg(), len(found.rejected)) == (32635, 0)
    assert len(found.frames["cameras"]) == 221
    roads = found.frames["roads"]
    assert (roads["bridge"].dtype, 0 < roads["bridge"].sum() < len(roads)) == (bool, True)
    assert 0.2 < found.frames["buildings"]["floors"].notna().mean() < 0.5
    assert set(rules(found)) == {("geometry_invalid", "warning")}


def test_hangzhou_division_comes_in_whole_and_valid():
    folder = "hangzhou_xiacheng"
    found = sources(
        "hangzhou",
        district=(f"{folder}/district.geojson", {}),
        communities=(f"{folder}/communities.geojson", {"columns": {"code": "community_code", "parent": "street_code"}}),
        grids=(f"{folder}/grids.geojson", {"columns": {"code": "grid_code", "parent": "community_code"}}),
        stations=(f"{folder}/public_facilities.geojson", {}),
    )
    assert {role: len(frame) for role, frame in found.frames.items()} == {"district": 1, "communities": 75, "grids": 297, "stations": 753}
    assert (found.crs.to_epsg(), len(found.rejected), found.findings) == (4549, 0, [])
    assert (found.frames["grids"].geom_type == "MultiPolygon").sum() == 23


def test_division_codes_of_the_statistics_keep_their_zeros():
    made = read_layer(shared_path("divisions/communities.csv"))
    codes = made.frame[next(c for c in made.frame.columns if "code" in c.lower())]
    assert codes.map(type).eq(str).all()


@pytest.mark.parametrize("layer", ["parcels", "census_blocks_2010", "police_districts"])
def test_every_layer_reads_as_it_stands(layer):
    made = read_layer(shared_path("cambridge_ma/cambridge_ma.gpkg"), layer=layer)
    assert made.frame.index[0] == 1
    assert made.crs.to_epsg() == 4326
