"""Exports: promised names, places and bytes; other programs read them; nothing secret, nothing that runs, nothing half written."""

from __future__ import annotations

import csv
import dataclasses
import importlib.util
import io
import json
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.errors import InputError, NotFoundError
from geogrid.exchange import FORMATS, UNIT_PROPERTIES, export, known_levels, to_geojson, write_findings
from geogrid.exchange.findings import placed, to_rows
from geogrid.exchange.gdal import short_names
from geogrid.findings import Finding, to_frame
from geogrid.store import Project, open_project, write_project
from tests.tiny import EAST, LEVELS, SCRIPT, WEST, tiny_contents

PROMISED = ["code", "name", "level", "parent", "kind", "households", "persons", "area_m2", "stacked", "floor_from", "floor_to"]
SAME_BYTES = [ending for ending in FORMATS if ending not in (".gpkg", ".xlsx")]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    path = tmp_path_factory.mktemp("project") / "tiny.gpkg"
    write_project(tiny_contents(), path)
    with open_project(path) as project:
        yield project


def features(path: Path) -> list[dict]:
    return json.loads(path.read_bytes())["features"]


def read(path: Path) -> pd.DataFrame:
    if path.suffix == ".parquet":
        return gpd.read_parquet(path)
    return pd.read_excel(path, dtype={"code": str}) if path.suffix == ".xlsx" else pyogrio.read_dataframe(path)


def test_units_carry_the_promised_properties_in_order(project, tmp_path):
    assert (*PROMISED, "valid_from", "valid_to", "status", "reason", "note", "cure", "cure_m", "link_m") == UNIT_PROPERTIES
    assert export(project, "microgrid", tmp_path / "m.geojson") == 11
    rows = [feature["properties"] for feature in features(tmp_path / "m.geojson")]
    assert [list(row) for row in rows] == [list(UNIT_PROPERTIES)] * 11
    assert [row["code"] for row in rows] == sorted(row["code"] for row in rows)
    first = (WEST + "001001", "", "microgrid", WEST + "001", "base", 12, 36, 2500.0, 2, 1, 3, "2026-01-01", None, "in", None, None, None, None, None)
    assert tuple(rows[0].values()) == first
    assert (rows[-1]["floor_from"], rows[-1]["status"], rows[-1]["reason"]) == (None, "below", "component_too_light")


def test_geojson_is_what_rfc_7946_wants(project, tmp_path):
    export(project, "community", tmp_path / "c.geojson")
    text = (tmp_path / "c.geojson").read_text("utf-8")
    collection = json.loads(text)
    assert "crs" not in collection
    assert (collection["simulated"], collection["source"], collection["name"]) == (True, "made by hand", "小区样例 tiny")
    assert SCRIPT in text
    for feature in collection["features"]:
        shape = shapely.from_geojson(json.dumps(feature["geometry"]))
        assert shape.exterior.is_ccw
        assert shape.within(shapely.box(114.4, 37.8, 114.5, 37.95))
        assert all(len(repr(x).split(".")[1]) <= 7 for x in shapely.get_coordinates(shape).ravel().tolist())


def test_a_hole_runs_clockwise_and_a_missing_shape_is_null():
    ring = shapely.box(0, 0, 9, 9).exterior.coords
    hole = shapely.box(3, 3, 6, 6).exterior.coords
    frame = gpd.GeoDataFrame({"n": [1.5, np.nan]}, geometry=[shapely.Polygon(ring[::-1], [hole]), None], crs=4326)
    first, second = json.loads(to_geojson(frame))["features"]
    shape = shapely.from_geojson(json.dumps(first["geometry"]))
    assert (shape.exterior.is_ccw, shape.interiors[0].is_ccw) == (True, False)
    assert (second["geometry"], second["properties"]) == (None, {"n": None})


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=1, max_size=30))
def test_no_number_of_geojson_has_more_than_seven_digits(places):
    frame = gpd.GeoDataFrame(geometry=[shapely.Point(*place) for place in places], crs=4326)
    text = to_geojson(frame)
    back = [feature["geometry"]["coordinates"] for feature in json.loads(text)["features"]]
    assert np.allclose(back, places, rtol=0, atol=0.6e-7)
    assert all(x == round(x, 7) for pair in back for x in pair)
    assert text == to_geojson(frame.copy())


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text("abcdefABC名字_1", min_size=1, max_size=16), unique=True, max_size=40))
def test_short_names_are_short_and_differ_whatever_their_case(names):
    unique = list({name.lower(): name for name in names}.values())
    short = short_names(unique)
    assert list(short) == unique
    assert all(len(name.encode()) <= 10 for name in short.values())
    assert len({name.lower() for name in short.values()}) == len(unique)


@pytest.mark.parametrize("ending", list(FORMATS))
def test_every_level_in_every_format_is_read_back_by_others(project, tmp_path, ending):
    counts = {
        "community": 2,
        "grid": 4,
        "microgrid": 11,
        "cell": 16,
        "atom": 21,
        "district": 1,
        "stations": 3,
        "cameras": 2,
        "entrances": 1,
        "buildings": 9,
    }
    assert list(counts) == known_levels(project)
    for level, count in counts.items():
        path = tmp_path / f"{level}{ending}"
        assert export(project, level, path) == count
        frame = read(path)
        assert len(frame) == count
        if isinstance(frame, gpd.GeoDataFrame):
            assert frame.crs.to_epsg() == 4326
            assert frame.geometry.total_bounds[0] == pytest.approx(114.455, abs=0.01)
    assert SCRIPT in read(tmp_path / f"community{ending}")["name"].tolist()
    columns = list(read(tmp_path / f"atom{ending}").columns)
    assert columns[:7] == ["code", "cell", "floor_from", "floor_to", "part", "households", "leaf"]


@pytest.mark.parametrize("ending", SAME_BYTES)
def test_the_same_project_gives_the_same_bytes(project, tmp_path, ending):
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
        for level in ("microgrid", "cameras", "atom"):
            export(project, level, folder / f"{level}{ending}")
    first, second = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders)
    assert first == second
    assert len(first) == 3 * (5 if ending == ".shp" else 1)


def test_the_order_of_rows_and_units_does_not_show(tmp_path):
    contents = tiny_contents()
    turned = dataclasses.replace(
        contents,
        plan=dataclasses.replace(contents.plan, units=contents.plan.units.iloc[::-1], _derived={}),
        sites={role: frame.iloc[::-1] for role, frame in contents.sites.items()},
        layers={role: frame.iloc[::-1] for role, frame in contents.layers.items()},
    )
    texts = []
    for name, each in (("a", contents), ("b", turned)):
        write_project(each, tmp_path / f"{name}.gpkg")
        with open_project(tmp_path / f"{name}.gpkg") as project:
            for level in known_levels(project):
                export(project, level, tmp_path / f"{name}-{level}.geojson")
            texts.append([(tmp_path / f"{name}-{level}.geojson").read_bytes() for level in known_levels(project)])
    assert texts[0] == texts[1]


def test_secret_cameras_stay_inside(project, tmp_path):
    for ending in FORMATS:
        export(project, "cameras", tmp_path / f"cameras{ending}")
    assert [feature["properties"]["id"] for feature in features(tmp_path / "cameras.geojson")] == ["c1", "c2"]
    assert "secret" not in features(tmp_path / "cameras.geojson")[0]["properties"]
    for path in tmp_path.iterdir():
        assert "涉密点".encode() not in path.read_bytes()
        assert path.suffix in (".cpg", ".dbf", ".prj", ".shp", ".shx") or len(read(path)) == 2


def test_points_and_buildings_carry_the_code_of_their_unit_at_every_level(project, tmp_path):
    for level in ("stations", "entrances", "buildings"):
        export(project, level, tmp_path / f"{level}.geojson")
    (entrance,) = features(tmp_path / "entrances.geojson")
    assert [entrance["properties"][level] for level in LEVELS] == [WEST, WEST + "001", WEST + "001001"]
    codes = {feature["properties"]["id"]: feature["properties"]["microgrid"] for feature in features(tmp_path / "buildings.geojson")}
    assert (codes["b1"], codes["b2"], codes["b15"]) == (WEST + "001001", WEST + "001003", EAST + "002003")
    assert features(tmp_path / "buildings.geojson")[0]["geometry"]["type"] == "Polygon"
    assert features(tmp_path / "stations.geojson")[2]["properties"]["grid"] == ""


def test_csv_opens_in_a_spreadsheet_and_runs_nothing(project, tmp_path):
    export(project, "cameras", tmp_path / "cameras.csv")
    raw = (tmp_path / "cameras.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
    assert [row["name"] for row in rows] == ["东门", "'=1+1"]
    assert (rows[0]["direction_deg"], rows[0]["simulated"]) == ("", "True")
    export(project, "microgrid", tmp_path / "m.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "m.csv").read_text("utf-8-sig"))))
    inside = gpd.GeoSeries([shapely.Point(float(row["lon"]), float(row["lat"])) for row in rows], crs=4326).to_crs(project.crs)
    assert inside.within(project.units("microgrid").geometry.reset_index(drop=True)).all()


def test_xlsx_keeps_text_as_text_and_says_that_it_is_simulated(project, tmp_path):
    export(project, "cameras", tmp_path / "cameras.xlsx")
    book = openpyxl.load_workbook(tmp_path / "cameras.xlsx")
    assert book.sheetnames == ["cameras", "about"]
    assert (book["cameras"]["C3"].value, book["cameras"]["C3"].data_type) == ("=1+1", "s")
    about = {row[0].value: row[1].value for row in book["about"].rows}
    assert (about["simulated"], about["source"]) == ("True", "made by hand")
    book.close()


def test_every_file_that_can_says_that_it_is_simulated(project, tmp_path):
    for ending in FORMATS:
        export(project, "grid", tmp_path / f"grid{ending}")
    for ending in (".geojson", ".geojsonl", ".fgb", ".gpkg"):
        assert b'"simulated":' in (tmp_path / f"grid{ending}").read_bytes()
    assert b"simulated" in pq.read_schema(tmp_path / "grid.parquet").metadata[b"geogrid"]
    assert pyogrio.read_info(tmp_path / "grid.gpkg")["layer_metadata"]["DESCRIPTION"].startswith("{")
    assert read(tmp_path / "grid.shp")["simulated"].all()
    assert list(read(tmp_path / "grid.fgb").columns) == [*UNIT_PROPERTIES, "geometry"]


def test_a_shapefile_is_utf8_with_a_fixed_date_and_no_stale_index(project, tmp_path):
    (tmp_path / "cameras.qix").write_bytes(b"stale")
    export(project, "cameras", tmp_path / "cameras.shp")
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".cpg", ".dbf", ".prj", ".shp", ".shx"]
    assert (tmp_path / "cameras.cpg").read_text() == "UTF-8"
    assert (tmp_path / "cameras.dbf").read_bytes()[1:4] == bytes([70, 1, 1])
    assert read(tmp_path / "cameras.shp")["name"].tolist() == ["东门", "=1+1"]


def test_a_long_text_is_cut_between_characters_in_a_shapefile(tmp_path):
    from geogrid.exchange.gdal import write_shp

    frame = gpd.GeoDataFrame({"name": ["长" * 200, None]}, geometry=[shapely.Point(1, 2), None], crs=4326)
    write_shp(frame, tmp_path / "long.shp", "long", {})
    assert read(tmp_path / "long.shp")["name"].tolist()[0] == "长" * 84


@pytest.mark.parametrize("ending", list(FORMATS))
def test_a_level_without_units_is_an_empty_file_of_its_format(tmp_path, ending):
    contents = tiny_contents()
    plan = dataclasses.replace(contents.plan, units=contents.plan.units.iloc[:0], leaf=np.full(21, -1), _derived={})
    write_project(dataclasses.replace(contents, plan=plan), tmp_path / "bare.gpkg")
    with open_project(tmp_path / "bare.gpkg") as project:
        assert export(project, "grid", tmp_path / f"grid{ending}") == 0
        if ending == ".geojsonl":  # no line, no byte: GDAL does not know it for what it is
            assert (tmp_path / "grid.geojsonl").read_bytes() == b""
            return
        frame = read(tmp_path / f"grid{ending}")
        assert len(frame) == 0
        assert ending == ".geojson" or list(frame.columns)[:2] == ["code", "name"]


def test_unknown_levels_and_endings_name_the_known_ones(project, tmp_path):
    with pytest.raises(NotFoundError, match="community, grid, microgrid, cell, atom, district"):
        export(project, "comunity", tmp_path / "x.geojson")
    with pytest.raises(InputError, match=r"\.geojson \.geojsonl \.gpkg"):
        export(project, "grid", tmp_path / "x.kml")
    with pytest.raises(InputError, match="is the project itself"):
        export(project, "grid", project.path)
    with pytest.raises(InputError, match="can not be written"):
        export(project, "grid", tmp_path / "no" / "x.geojson")
    assert list(tmp_path.iterdir()) == []


def test_a_failed_export_leaves_the_old_file(project, tmp_path, monkeypatch):
    import geogrid.exchange as exchange

    def fail(frame, path, level, about):  # noqa: ARG001
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    (tmp_path / "grid.geojson").write_bytes(b"old")
    monkeypatch.setitem(exchange.FORMATS, ".geojson", fail)
    with pytest.raises(InputError, match="No space left"):
        export(project, "grid", tmp_path / "grid.geojson")
    assert [path.name for path in tmp_path.iterdir()] == ["grid.geojson"]
    assert (tmp_path / "grid.geojson").read_bytes() == b"old"


def test_findings_are_written_with_their_place(project, tmp_path):
    write_findings(project.findings(), tmp_path / "found.geojson")
    rows = features(tmp_path / "found.geojson")
    assert [row["properties"]["rule"] for row in rows] == ["row_rejected", "households_below", "point_unmatched"]
    assert (rows[0]["geometry"], rows[0]["properties"]["lon"]) == (None, None)
    assert (rows[1]["geometry"]["type"], rows[1]["properties"]["units"]) == ("Polygon", [EAST + "002003"])
    assert rows[2]["properties"]["lon"] == pytest.approx(114.458, abs=0.01)
    write_findings(project.findings().set_crs(None, allow_override=True), tmp_path / "nowhere.geojson")
    assert all(row["geometry"] is None for row in features(tmp_path / "nowhere.geojson"))
    assert len(pyogrio.read_dataframe(tmp_path / "found.geojson")) == 3


def test_the_nightly_script_exports_every_level(project, tmp_path, capsys):
    spec = importlib.util.spec_from_file_location("export_geojson", Path(__file__).parents[1] / "scripts" / "export_geojson.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    assert script.main(str(project.path), str(tmp_path / "out")) == 1
    assert {path.name for path in (tmp_path / "out").iterdir()} == {f"{name}.geojson" for name in (*LEVELS, "stations", "cameras")}
    assert "'error'" in capsys.readouterr().out


def test_findings_of_a_layer_without_crs_have_no_place_on_earth():
    found = to_frame([Finding("gap", geometry=shapely.Point(588_000, 4_390_000), area_m2=2.0)], None)
    rows = to_rows(placed(found))
    assert (rows[0]["lon"], rows[0]["lat"], rows[0]["area_m2"]) == (None, None, 2.0)
