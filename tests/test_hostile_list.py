"""The list of hostile inputs: each row of it is a test that bears its number (H001 …). GeoJSON, paths, XML here, the rest in the file beside.

What is wanted everywhere: exit 2 with one clear line, or findings that name the row; nothing written, nothing crashed, nobody outside asked.
"""

from __future__ import annotations

import csv
import json
import os
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import shapely

from geogrid.store import open_project
from tests import test_hostile_binary, world
from tests.city import city, shifted
from tests.hostile_files import VRT, found, geojson, refused, ring, row, run, said, square, text, unbuilt

GOOD = row(square(), code="a")


@contextmanager
def server() -> Iterator[str]:
    """Give the address of a server on this machine; fail if anybody calls it."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.05)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        with pytest.raises(TimeoutError):
            listening.accept()


def test_every_row_of_the_list_is_a_test():
    root = Path(os.environ.get("GEOGRID_SHARED", Path(__file__).parents[2] / "shared"))
    if not (root / "design/hostile_inputs.csv").exists():
        pytest.skip("the list is not here")
    with (root / "design/hostile_inputs.csv").open(encoding="utf-8-sig") as lines:
        listed = {line["id"].lower() for line in csv.DictReader(lines)}
    named = [name for module in (globals(), vars(test_hostile_binary)) for name in module if name.startswith("test_h")]
    tested = {match[1] for name in named if (match := re.match(r"test_(h\d{3})_", name))}
    assert tested == listed


def broken(tmp_path, *geometries):
    """Validate a good row, broken ones and an overlapping good one; the broken are told by row, the good ones are checked all the same."""
    rules = found(geojson(tmp_path, GOOD, *(row(g, code=f"x{i}") for i, g in enumerate(geometries)), row(square(117.005), code="b")))
    assert [f["rows"] for f in rules["overlap"]] == [[1, 2 + len(geometries)]]
    return [finding["message"] for finding in rules["row_rejected"]]


def test_h001_nan_as_coordinate_is_the_fault_of_its_row_told_by_its_path(tmp_path):
    bad = ring()
    bad[2][1] = float("nan")
    assert [m for m in broken(tmp_path, {"type": "Polygon", "coordinates": [bad]}) if "row 2" in m and "coordinates[0][2] is not finite" in m]


@pytest.mark.parametrize("number", ["Infinity", "-Infinity", "1e999", "-1e999"])
def test_h002_infinity_as_coordinate_is_the_fault_of_its_row(tmp_path, number):
    words = json.dumps({"type": "FeatureCollection", "features": [GOOD, GOOD]}).replace("117.01", number, 1)
    assert [f["message"] for f in found(text(tmp_path, words))["row_rejected"] if "row 1" in f["message"] and "not finite" in f["message"]]


def test_h004_an_empty_polygon_is_a_row_without_geometry(tmp_path):
    path = geojson(tmp_path, GOOD, row({"type": "Polygon", "coordinates": []}, code="empty"))
    assert found(path)["geometry_missing"][0]["units"] == ["empty"]
    assert "row 2: has no geometry" in unbuilt(tmp_path, communities=path)


def test_h005_no_feature_at_all_is_refused(tmp_path):
    refused(geojson(tmp_path), "holds no row")
    unbuilt(tmp_path, "holds no row", communities=geojson(tmp_path))


def test_h007_duplicate_codes_are_listed_with_their_rows(tmp_path):
    path = geojson(tmp_path, GOOD, row(square(117.01), code="b"), row(square(117.02), code="a"), row(square(117.03), code="b"))
    assert [(f["units"], f["rows"]) for f in found(path)["code_duplicate"]] == [(["a"], [1, 3]), (["b"], [2, 4])]


def test_h008_two_identical_polygons_overlap_and_both_are_named(tmp_path):
    assert found(geojson(tmp_path, GOOD, row(square(), code="b")))["overlap"][0]["units"] == ["a", "b"]


@pytest.mark.parametrize(("n", "words"), [(1, "ring of 1 positions"), (2, "ring of 2"), (3, "ring of 3"), (4, "does not close")])
def test_h010_a_ring_of_too_few_points_or_an_open_one_is_the_fault_of_its_row(tmp_path, n, words):
    assert words in broken(tmp_path, {"type": "Polygon", "coordinates": [ring()[:n]]})[0]


@pytest.mark.parametrize("east", [0.0002, 0.2])  # the longer one is bent when it is projected
def test_h011_a_polygon_without_area_is_an_error_of_its_row(tmp_path, east):
    spike = {"type": "Polygon", "coordinates": [[[117.0, 36.6], [117.0 + east, 36.6], [117.0 + east / 2, 36.6], [117.0, 36.6]]]}
    path = geojson(tmp_path, row(square(117.1), code="a"), row(spike, code="spike"))
    (fault,) = found(path)["geometry_invalid"]
    assert (fault["units"], "面积为零" in fault["message_zh"]) == (["spike"], True)
    assert set(found(path)) == {"geometry_invalid"}
    unbuilt(tmp_path, "row 2", "no area", communities=path)


def test_h013_a_hole_outside_its_shell_is_an_error_with_its_place(tmp_path):
    outside = {"type": "Polygon", "coordinates": [ring(), ring(117.5, 36.6, 0.001)]}
    fault = found(geojson(tmp_path, row(outside, code="a")))["geometry_invalid"][0]
    assert (fault["units"], round(fault["lon"], 1)) == (["a"], 117.5)


def test_h014_a_vertex_repeated_a_thousand_times_is_taken_once(tmp_path):
    made = world.write(tmp_path, world.quarter())
    path = tmp_path / "communities.geojson"
    layer = json.loads(path.read_text("utf-8"))
    corners = layer["features"][0]["geometry"]["coordinates"][0]
    corners[1:1] = [corners[0]] * 1000
    path.write_text(json.dumps(layer), "utf-8")
    assert found(path) == {}
    assert run("build", made, "--out", tmp_path / "p.gpkg").exit_code in (0, 1)
    with open_project(tmp_path / "p.gpkg") as project:
        kept = project.units("community").geometry
    assert shapely.get_num_coordinates(kept.to_numpy()).max() < 100


def test_h016_lists_nested_a_hundred_thousand_deep_are_refused(tmp_path):
    refused(text(tmp_path, '{"type":"FeatureCollection","features":' + "[" * 100_000), "nested too deeply")
    deep = '{"type":"Polygon","coordinates":' + "[" * 100_000 + "]" * 100_000 + "}"
    refused(text(tmp_path, f'{{"type":"FeatureCollection","features":[{{"type":"Feature","geometry":{deep}}}]}}'), "nested too deeply")


def test_h017_a_nested_collection_never_reaches_a_geometry_parser(tmp_path):
    opened = '{"type":"GeometryCollection","geometries":[' * 5000
    refused(text(tmp_path, f'{{"type":"Feature","properties":{{}},"geometry":{opened}{"]}" * 5000}}}'), "nested too deeply")
    assert "GeometryCollection" in broken(tmp_path, {"type": "GeometryCollection", "geometries": [square()]})[0]


def test_h019_points_and_lines_among_polygons_are_errors_by_row(tmp_path):
    point, line = {"type": "Point", "coordinates": [117.0, 36.6]}, {"type": "LineString", "coordinates": ring()[:2]}
    path = geojson(tmp_path, GOOD, row(point, code="p"), row(line, code="l"))
    assert sorted(f["units"][0] for f in found(path)["geometry_type"]) == ["l", "p"]
    assert "row 2" in unbuilt(tmp_path, communities=path)


def test_h020_heights_and_measures_are_dropped_and_said(tmp_path):
    high = {"type": "Polygon", "coordinates": [[[*xy, 12.5, 3] for xy in ring()]]}
    rules = found(geojson(tmp_path, GOOD, row({"type": "Polygon", "coordinates": [ring(117.01)]}, code="b"), row(high, code="c")))
    assert "heights of 1 rows" in rules.pop("file_note")[0]["message"]
    assert set(rules) == {"overlap"}


def metres(x, y, size=100.0):
    return {"type": "Polygon", "coordinates": [ring(x, y, size)]}


def test_h022_the_old_crs_member_is_honoured(tmp_path):
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4548"}}
    path = geojson(tmp_path, row(metres(5e5, 4e6), code="a"), row(metres(5e5 + 50, 4e6), code="b"), crs=crs)
    assert 4990 < found(path)["overlap"][0]["area_m2"] < 5010
    refused(path, "recipe says EPSG:4549", options=("--crs", "EPSG:4549"))


def test_h023_metres_without_a_crs_are_refused_with_the_zones_that_fit(tmp_path):
    path = geojson(tmp_path, row(metres(5e5, 4e6), code="a"), row(metres(5e5 + 100, 4e6), code="b"))
    assert "EPSG:4548" in unbuilt(tmp_path, "units.geojson", "do not fit", communities=path)
    assert "crs_mismatch" in found(path)


def test_h025_exchanged_latitude_and_longitude_are_told(tmp_path):
    swapped = {"type": "Polygon", "coordinates": [[[y, x] for x, y in ring()]]}
    assert "swap" in unbuilt(tmp_path, "units.geojson", communities=geojson(tmp_path, row(swapped, code="a")))
    made = world.write(tmp_path / "in_range", world.quarter())
    path = made.parent / "stations.csv"
    path.write_text(re.sub(r"(117\.\d+),(36\.\d+)", r"\2,\1", path.read_text("utf-8")), "utf-8")
    result = run("build", made, "--out", tmp_path / "p.gpkg")
    assert "stations.csv" in result.stderr + result.stdout
    assert re.search(r"swap|exchange|latitude", result.stderr + result.stdout)


def test_h026_a_shifted_layer_is_told_by_how_far_it_is_off(tmp_path):
    layers, crs = city(1)
    layers["buildings"] = shifted(layers["buildings"], crs, "GCJ-02")
    files = {}
    for role in ("communities", "roads", "buildings"):
        files[role] = tmp_path / f"{role}.geojson"
        layers[role].assign(code=[str(i) for i in range(len(layers[role]))]).to_crs(4326).to_file(files[role])
    result = run("inspect", *files.values(), "--json")
    assert result.exit_code in (0, 1), result.stderr
    told = {layer["role"]: layer["findings"] for layer in json.loads(result.stdout)["layers"]}
    shifts = {role: f["message"] for role, findings in told.items() for f in findings if f["rule"] == "datum_shift"}
    assert list(shifts) == ["buildings"]
    assert "GCJ-02" in shifts["buildings"]
    assert 300 < float(re.search(r"(\d+) m", shifts["buildings"])[1]) < 800


def test_h028_a_polygon_across_the_antimeridian_is_refused(tmp_path):
    across = {"type": "Polygon", "coordinates": [[[179, 10], [-179, 10], [-179, 11], [179, 11], [179, 10]]]}
    unbuilt(tmp_path, "units.geojson", communities=geojson(tmp_path, row(across, code="a")))


def test_h029_a_camera_at_longitude_0_latitude_0_is_the_fault_of_its_row(tmp_path):
    made = world.write(tmp_path, world.quarter())
    rows = ["id,lon,lat", *(f"c{i},117.1,36.6" for i in range(3)), "null,0,0"]
    (tmp_path / "cameras.csv").write_text("\n".join(rows), "utf-8")
    made.write_text(made.read_text("utf-8").replace("cameras.xlsx", "cameras.csv"), "utf-8")
    line = said(run("build", made, "--out", tmp_path / "p.gpkg"))
    assert "row 5" in line
    assert "longitude 0, latitude 0" in line


def plane(tmp_path, *rings):
    crs = {"type": "name", "properties": {"name": "EPSG:4548"}}
    rows = [row({"type": "Polygon", "coordinates": [r]}, code=c) for r, c in zip(rings, "abc", strict=False)]
    return geojson(tmp_path, *rows, crs=crs)


def test_h031_a_gap_of_a_millimetre_is_found_with_place_and_width_and_nothing_snaps(tmp_path):
    path = plane(tmp_path, ring(5e5, 4e6, 100), ring(5e5 + 100.001, 4e6, 100))
    hull = tmp_path / "hull.geojson"
    outline = row(json.loads(shapely.to_geojson(shapely.box(5e5, 4e6, 5e5 + 200.001, 4e6 + 100))))
    hull.write_text(json.dumps(json.loads(path.read_text()) | {"features": [outline]}))
    before = path.read_bytes()
    gap = found(path, "--parent", hull, "--tolerance", "0.0005")["gap"][0]
    assert abs(gap["width_m"] - 0.001) < 2e-4
    assert round(gap["lon"], 3) == 117.001
    assert path.read_bytes() == before


def test_h032_a_neighbour_without_the_vertex_is_found(tmp_path):
    path = plane(
        tmp_path,
        [[5e5, 4e6], [5e5 + 100, 4e6], [5e5 + 100, 4e6 + 50.03], [5e5 + 100, 4e6 + 100], [5e5, 4e6 + 100], [5e5, 4e6]],
        ring(5e5 + 100, 4e6, 100),
    )
    assert found(path)["not_edge_matched"][0]["units"] == ["a", "b"]


def test_h034_a_unit_in_two_far_parts_is_found(tmp_path):
    far = {"type": "MultiPolygon", "coordinates": [[ring()], [ring(118.0)]]}
    assert found(geojson(tmp_path, row(far, code="a")))["not_connected"][0]["units"] == ["a"]


def test_h035_parts_that_overlap_are_an_error_with_its_place(tmp_path):
    over = {"type": "MultiPolygon", "coordinates": [[ring()], [ring(117.001, 36.601)]]}
    fault = found(geojson(tmp_path, row(over, code="a")))["geometry_invalid"][0]
    assert 117 <= fault["lon"] <= 117.011
    assert 36.6 <= fault["lat"] <= 36.611


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_h037_utf16_is_refused_by_name(tmp_path, encoding):
    assert re.search("UTF-16|not utf-8|not GeoJSON", refused(text(tmp_path, json.dumps(GOOD).encode(encoding))))


def test_h038_gbk_is_refused_with_the_byte_and_read_when_it_is_said(tmp_path):
    path = text(tmp_path, json.dumps(row(square(), code="区") | {"x": "华"}, ensure_ascii=False).encode("gbk"))
    refused(path, "line 1, byte", "not utf-8", 'encoding = "GB18030"')
    assert found(path, "--encoding", "GBK") == {}


@pytest.mark.parametrize("separator", ["", "\x1e"])
def test_h040_lines_cut_at_the_end_are_refused_with_the_line(tmp_path, separator):
    lines = [separator + json.dumps(row(square(117 + i / 100), code=str(i))) for i in range(500)]
    whole = "\n".join(lines)
    refused(text(tmp_path, whole[:-40], "units.geojsonl"), "line 500")
    assert run("validate", text(tmp_path, whole, "units.geojsonl")).stdout.startswith("500 units checked: 0 errors")
    if not separator:
        refused(text(tmp_path, whole), "line 2", ".geojsonl")


@pytest.mark.parametrize("page", ["<!DOCTYPE html><html><body>404</body></html>", "\n <HTML></HTML>", "<?xml version='1.0'?><Error/>"])
def test_h041_a_web_page_named_geojson_is_refused(tmp_path, page):
    assert re.search("is not GeoJSON .*(web page|XML)", refused(text(tmp_path, page)))


@pytest.mark.parametrize(
    "document",
    [
        '{"type":"Topology","objects":{"a":{"type":"Point","coordinates":[1,2]}},"arcs":[]}',
        '{"features":[{"attributes":{"a":1},"geometry":{"x":1,"y":2}}],"geometryType":"esriGeometryPoint"}',
        '{"type":"Catalog","stac_version":"1.0.0","id":"x","links":[{"rel":"child","href":"http://127.0.0.1/a.json"}]}',
        '{"type":"Polygon","coordinates":[]}',
    ],
)
def test_h043_json_that_is_no_feature_collection_is_refused(tmp_path, document):
    refused(text(tmp_path, document), "needs a FeatureCollection")


def test_h044_whole_numbers_beyond_64_bits_are_faults_of_their_rows_and_codes_as_text_stay(tmp_path):
    rows = [row(square(), code="9223372036854775808"), row(square(117.01), code="b", households=2**70), row(square(117.02), code=2**63)]
    faults = [f["message"] for f in found(geojson(tmp_path, *rows, row(square(117.03), code=2**53 + 1)))["row_rejected"]]
    assert ["row 2" in faults[0], "row 3" in faults[1], len(faults)] == [True, True, 2]
    twice = geojson(tmp_path, row(square(), code=2**53 + 1), row(square(117.01), code=2**53))
    assert "code_duplicate" not in found(twice)


def building(tmp_path, *values):
    made = world.write(tmp_path, world.quarter())
    path = tmp_path / "buildings.geojson"
    layer = json.loads(path.read_text("utf-8").replace("NaN", "null"))
    for feature, value in zip(layer["features"], values, strict=False):
        feature["properties"]["households"] = value
    path.write_text(json.dumps(layer), "utf-8")
    result = run("build", made, "--out", tmp_path / "p.gpkg", "--accept-rejects")
    assert result.exit_code == 1, result.stderr
    with open_project(tmp_path / "p.gpkg") as project:
        return dict(zip(project.rejected()["row"], project.rejected()["reason"], strict=True))


def test_h046_property_types_that_differ_are_judged_row_by_row(tmp_path):
    rejected = building(tmp_path, 1, "a", None, [1], {"x": 1}, True, "12")
    assert sorted(rejected) == [2, 4, 5, 6]
    assert all("is not a number" in reason for reason in rejected.values())


def test_h047_households_that_are_no_counts_are_faults_of_their_rows(tmp_path):
    rejected = building(tmp_path, -5, 1.5, 1e308, float("nan"), float("inf"))
    assert sorted(rejected) == [1, 2, 3, 5]
    assert ["outside" in rejected[1], "whole" in rejected[2], "outside" in rejected[3], "not a number" in rejected[5]] == [True] * 4


def test_h049_properties_named_geometry_fid_or_id_are_kept_under_a_name_that_is_said(tmp_path):
    names = {"geometry": "text", "fid": 7, "id": "x", "geometry_": "y"}
    rows = [row(square(117 + i / 100)) | {"properties": names | {"code": str(i)}} for i in range(2)]
    assert "called geometry__ here" in found(geojson(tmp_path, *rows))["file_note"][0]["message"]


def test_h050_a_key_that_stands_twice_is_refused(tmp_path):
    refused(text(tmp_path, '{"type":"FeatureCollection","features":[],"features":[]}'), "'features' stands twice")
    refused(text(tmp_path, json.dumps(GOOD).replace('"code": "a"', '"code": "a", "code": "b"')), "'code' stands twice")


def test_h052_a_text_of_ten_megabytes_is_refused_with_row_and_field(tmp_path):
    refused(geojson(tmp_path, GOOD, row(square(117.01), code="b", note="x" * 10_000_000)), "row 2: note has 10000000 characters")


def test_h053_control_and_direction_characters_are_taken_out_of_names_and_said(tmp_path):
    layers = world.quarter()
    layers["communities"]["name"] = ["建\u0000国\u200b路\u202e社\u2066区\x1b[31m", "e\u0301"]
    made = world.write(tmp_path, layers)
    assert run("build", made, "--out", tmp_path / "p.gpkg").exit_code in (0, 1)
    with open_project(tmp_path / "p.gpkg") as project:
        assert list(project.units("community")["name"]) == ["建国路社区[31m", "é"]
        said_so = project.findings()
    assert list(said_so[said_so["rule"] == "text_control"]["level"]) == ["community"]


@pytest.mark.parametrize(
    "words", ['\x1e{"type":"Feature"}', '{"type":"Feature" /* note */}', '{"type":"Feature","properties":{"a":1,},"geometry":null}']
)
def test_h055_what_strict_json_does_not_know_is_refused_with_line_and_column(tmp_path, words):
    assert re.search(r"line 1, column \d+|is not GeoJSON", refused(text(tmp_path, words)))


@pytest.mark.parametrize("number", ["1" * 400, "0x10", "007", "1" * 5000, "+1", ".5", "1."])
def test_h056_numbers_that_json_does_not_know_or_nobody_needs_are_refused(tmp_path, number):
    refused(text(tmp_path, json.dumps(row(square(), code="a", n=424242)).replace("424242", number)), "not GeoJSON")


def test_h058_a_url_is_refused_and_nobody_is_called(tmp_path):
    with server() as url:
        for path in (f"{url}/a.geojson", "file:///etc/hosts.geojson", f"/vsicurl/{url}/a.gpkg", f"/vsicurl_streaming/{url}/a.gpkg"):
            refused(path, "not a file on this computer")
            unbuilt(tmp_path, "not a file on this computer", communities=f"path = {json.dumps(path)}")


@pytest.mark.parametrize(
    "name",
    [
        json.dumps(GOOD),
        "\\\\server\\share\\a.gpkg",
        "//server/share/a.gpkg",
        "PG:dbname=x",
        "WFS:http://127.0.0.1:1",
        "CSW:http://127.0.0.1:1",
        "GeoJSON:/etc/hosts",
        "CSV:/etc/passwd",
        "MEM:::x",
    ],
)
def test_h059_a_connection_string_or_json_in_the_place_of_a_name_is_refused(tmp_path, name):
    assert re.search("no such file|not a file on this computer", said(run("validate", name)))
    unbuilt(tmp_path, communities=f"path = {json.dumps(name)}")
    assert name.startswith(("/", "\\")) == ("another computer" in unbuilt(tmp_path, communities=f"path = {json.dumps(name)}"))


@pytest.mark.parametrize("name", ["units.vrt", "units.xml"])
def test_h061_a_vrt_is_never_read(tmp_path, name):
    refused(text(tmp_path, VRT, name), "is not read")


@pytest.mark.parametrize("suffix", [".geojson", ".gpkg", ".csv", ".kml", ".gpx", ".shp", ".fgb", ".parquet", ".xlsx", ".zip", ".json", ".geojsonl"])
def test_h062_a_vrt_under_another_name_is_told_from_its_first_bytes(tmp_path, suffix):
    assert re.search("VRT|XML", refused(text(tmp_path, VRT, f"units{suffix}")))


MARK = "<Placemark><name>a</name><Polygon><outerBoundaryIs><LinearRing><coordinates>117,36.6 117.01,36.6 117.01,36.61 117,36.6</coordinates>"
MARK += "</LinearRing></outerBoundaryIs></Polygon></Placemark>"
LAUGHS = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10 if i else "lol"}">' for i in range(10))


def kml(folder, inner, *, doctype="", encoding="utf-8", declared="UTF-8"):
    words = f'<?xml version="1.0" encoding="{declared}"?>{doctype}<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder><name>f</name>'
    return text(folder, (words + inner + "</Folder></Document></kml>").encode(encoding), "units.kml")


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [("utf-8", "UTF-8"), ("utf-16", "UTF-16"), ("utf-16-le", "UTF-16LE"), ("utf-16-be", "UTF-16BE"), ("latin-1", "ISO-8859-1")],
)
def test_h064_a_billion_laughs_are_not_laughed(tmp_path, encoding, declared):
    doctype = f"<!DOCTYPE kml [{LAUGHS}]>"
    assert re.search(
        "entities|UTF-16|not KML", refused(kml(tmp_path, "<name>&l9;</name>" + MARK, doctype=doctype, encoding=encoding, declared=declared))
    )


@pytest.mark.parametrize(
    "inner", ['<!ENTITY e SYSTEM "file:///etc/passwd">', '<!ENTITY e PUBLIC "x" "{url}/x.dtd">', '<!ENTITY % p SYSTEM "{url}/p.dtd"> %p;']
)
def test_h065_external_entities_are_refused_and_nobody_is_called(tmp_path, inner):
    with server() as url:
        words = f"<!DOCTYPE kml [{inner.replace('{url}', url)}]>"
        refused(kml(tmp_path, f"<name>&e;</name>{MARK}", doctype=words), "entities")
        refused(kml(tmp_path, MARK, doctype=f'<!DOCTYPE kml SYSTEM "{url}/kml.dtd">'), "document type")
        refused(text(tmp_path, f'<!DOCTYPE gpx SYSTEM "{url}/x"><gpx/>', "units.gpx"), "document type")
        refused(text(tmp_path, "<FeatureCollection/>", "units.gml"), "is not read")


def test_h067_a_network_link_is_ignored_and_named(tmp_path):
    with server() as url:
        link = f"<NetworkLink><name>n</name><Link><href>{url}/more.kml</href></Link></NetworkLink>"
        rules = found(kml(tmp_path, link + MARK))
        assert list(rules) == ["file_note"]
        assert f"NetworkLink {url}/more.kml" in rules["file_note"][0]["message"]
        refused(text(tmp_path, f'<kml xmlns="http://www.opengis.net/kml/2.2">{link}</kml>', "only.kml"), f"NetworkLink {url}/more.kml")
