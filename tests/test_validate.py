"""`geogrid validate` as its user meets it: what is read, what it is called, what is grouped, and what is written."""

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from geogrid.bench.validation import lattice
from geogrid.crs import wgs84_to_gcj02
from geogrid.store import write_project
from tests.test_cli import assert_refused, run
from tests.tiny import tiny_contents

METRES = "EPSG:4548"


def faulty(path: Path, **columns: list[str]) -> Path:
    """Write sixteen quads, the sixth drawn back by half a metre on every side."""
    cells = lattice(4, 4)
    cells[5] = shapely.buffer(cells[5], -0.5, join_style="mitre")
    frame = gpd.GeoDataFrame(columns or {"SQDM": [f"33010500{i:04d}" for i in range(16)]}, geometry=cells, crs=METRES)
    frame.to_file(path, layer=path.stem)
    return path


def found(result) -> list[dict]:
    return json.loads(result.stdout)["findings"]


def test_a_known_heading_is_taken_for_the_code_and_said(tmp_path):
    result = run("validate", faulty(tmp_path / "a.gpkg"), "--json")
    assert "SQDM" in result.stderr
    assert found(result)[0]["units"][0].startswith("33010500")
    assert "行号" in run("validate", faulty(tmp_path / "b.gpkg", area=["x"] * 16), GEOGRID_LANG="zh").stderr


def test_findings_say_width_and_the_rows_of_the_file(tmp_path):
    layer = faulty(tmp_path / "a.gpkg")
    (gap,) = found(run("validate", layer, "--json"))
    assert (gap["rule"], gap["rows"]) == ("gap", [2, 5, 6, 7, 10])
    assert 0.5 < gap["width_m"] < 0.8  # where strips meet there is more room than their half metre
    assert "m wide" in gap["message"]
    assert "[row " in run("validate", layer).stdout


def test_thousands_of_one_kind_are_one_group_and_whole_in_json_and_features(tmp_path):
    cells = shapely.buffer(lattice(20, 20), 0.2, join_style="mitre")
    gpd.GeoDataFrame({"code": [f"{i:03d}" for i in range(400)]}, geometry=cells, crs=METRES).to_file(tmp_path / "a.gpkg")
    out = run("validate", tmp_path / "a.gpkg", "--features", tmp_path / "f.geojson")
    overlaps = [one for one in found(run("validate", tmp_path / "a.gpkg", "--json")) if one["rule"] == "overlap"]
    assert len(out.stdout.splitlines()) < 20
    assert f"error: overlap: {len(overlaps):,}, " in out.stdout
    features = json.loads((tmp_path / "f.geojson").read_text("utf-8"))["features"]
    assert len(features) >= len(overlaps) > 1000
    assert {f["geometry"]["type"] for f in features if f["properties"]["rule"] == "overlap"} <= {"Polygon", "MultiPolygon"}


def test_the_largest_of_a_group_come_first(tmp_path):
    cells = lattice(5, 2)
    cells[1], cells[8] = (
        shapely.Polygon(cells[i].exterior, [shapely.buffer(shapely.point_on_surface(cells[i]), r).exterior]) for i, r in ((1, 1), (8, 3))
    )
    gpd.GeoDataFrame({"code": list("abcdefghij")}, geometry=cells, crs=METRES).to_file(tmp_path / "a.gpkg")
    lines = run("validate", tmp_path / "a.gpkg").stdout.splitlines()
    assert [line.split(":")[1].split(".")[0].strip() for line in lines[1:3]] == ["i", "b"]


def test_slivers_are_as_thin_as_one_says(tmp_path):
    strips = [shapely.box(588_000 + x, 4_390_000, 588_000 + x + w, 4_390_100) for x, w in ((0, 40), (40, 0.8), (40.8, 40))]
    gpd.GeoDataFrame({"code": list("abc")}, geometry=strips, crs=METRES).to_file(tmp_path / "a.gpkg")
    rules = [[one["rule"] for one in found(run("validate", tmp_path / "a.gpkg", "--sliver", width, "--json"))] for width in ("0.5", "1")]
    assert rules == [[], ["sliver"]]


def test_the_parents_layer_is_named_where_its_file_has_several(tmp_path):
    layer, both = faulty(tmp_path / "a.gpkg"), tmp_path / "b.gpkg"
    whole = gpd.GeoDataFrame(geometry=[shapely.coverage_union_all(lattice(4, 4))], crs=METRES)
    whole.to_file(both, layer="district")
    whole.to_file(both, layer="other")
    assert_refused(run("validate", layer, "--parent", both), "2 layers")
    rules = {one["rule"] for one in found(run("validate", layer, "--parent", both, "--parent-layer", "district", "--json"))}
    assert rules == {"gap"}
    (tmp_path / "t.csv").write_text("code\n1\n", "utf-8")
    assert_refused(run("validate", layer, "--parent", tmp_path / "t.csv"), "no area")


def test_coordinates_of_gcj_02_are_placed_where_they_are(tmp_path):
    wgs = gpd.GeoDataFrame({"code": list("abcd")}, geometry=np.delete(lattice(5, 1), 2), crs=METRES).to_crs(4326)
    moved = shapely.transform(wgs.geometry.to_numpy(), lambda xy: np.column_stack(wgs84_to_gcj02(xy[:, 0], xy[:, 1])))
    wgs.set_geometry(moved, crs=4326).to_file(tmp_path / "g.geojson")
    whole = gpd.GeoDataFrame(geometry=[shapely.coverage_union_all(lattice(5, 1))], crs=METRES)
    whole.to_crs(4326).set_geometry(
        shapely.transform(whole.to_crs(4326).geometry.to_numpy(), lambda xy: np.column_stack(wgs84_to_gcj02(xy[:, 0], xy[:, 1]))), crs=4326
    ).to_file(tmp_path / "p.geojson")
    one = found(run("validate", tmp_path / "g.geojson", "--parent", tmp_path / "p.geojson", "--crs", "GCJ-02", "--json"))
    middle = gpd.GeoSeries(lattice(5, 1)[2:3], crs=METRES).to_crs(4326).iloc[0]
    gaps = [f for f in one if f["rule"] == "gap" and f["area_m2"] > 100]
    assert [shapely.covers(middle, shapely.Point(f["lon"], f["lat"])) for f in gaps] == [True]


def test_html_is_one_page_of_a_layer_or_of_a_project(tmp_path):
    layer, page = faulty(tmp_path / "a.gpkg"), tmp_path / "r.html"
    assert run("validate", layer, "--html", page).exit_code == 1
    assert '<html lang="zh-CN">' in page.read_text("utf-8")
    write_project(tiny_contents(), tmp_path / "tiny.gpkg")
    run("validate", tmp_path / "tiny.gpkg", "--html", page, "--lang", "en")
    assert "units checked" in page.read_text("utf-8")
    assert_refused(run("validate", layer, "--html", tmp_path / "no" / "r.html"), "r.html")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.gpkg", "r.html", "tiny.gpkg"]
