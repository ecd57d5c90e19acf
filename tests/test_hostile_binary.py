"""The list of hostile inputs, second part (H068 …): archives, shapefiles, databases, tables, and what reaches edits and points."""

from __future__ import annotations

import json
import os
import pickle
import sqlite3
import stat
import struct
import zipfile

import geopandas as gpd
import numpy as np
import openpyxl
import pyogrio
import pytest
import shapely

from geogrid.exchange import export
from geogrid.reading import read_layer, read_sources
from geogrid.recipe import read_recipe
from geogrid.rules import validate_layer
from geogrid.store import open_project
from tests import world
from tests.hostile_files import (
    CURVE,
    found,
    geojson,
    geopackage,
    recipe,
    refused,
    ring,
    row,
    run,
    set_shape,
    shapefile,
    square,
    squares,
    text,
    unbuilt,
    zipped,
)

PARTS = (".shp", ".shx", ".dbf", ".prj")


@pytest.mark.parametrize("size", [80_000_000, pytest.param(2**30, marks=pytest.mark.long)])
def test_h068_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path, size):
    for name in ("a.geojson", "a.shp"):
        with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive, archive.open(name, "w", force_zip64=True) as member:
            for _ in range(size // 10_000_000):
                member.write(b"\0" * 10_000_000)
        refused(tmp_path / "a.zip", "more than is believed")


def test_h068_an_archive_that_understates_its_size_is_refused(tmp_path):
    shp = shapefile(tmp_path, squares(500))
    path = zipped(tmp_path / "a.zip", {f"a{p}": shp.with_suffix(p).read_bytes() for p in PARTS})
    size = struct.pack("<I", shp.stat().st_size)
    path.write_bytes(path.read_bytes().replace(size, struct.pack("<I", 200)))
    refused(path, "a.zip")


def test_h070_a_link_in_an_archive_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        link = zipfile.ZipInfo("a.shp")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    refused(tmp_path / "a.zip", "link", "a.shp")


@pytest.mark.parametrize("others", [["b.zip"], ["b.geojson"], ["sub/b.shp"], ["b.kml", "c.csv"]])
def test_h071_an_archive_of_more_than_one_layer_is_refused_with_what_it_holds(tmp_path, others):
    shp = shapefile(tmp_path)
    members = {f"a{p}": shp.with_suffix(p).read_bytes() for p in PARTS}
    path = zipped(tmp_path / "a.zip", members | dict.fromkeys(others, b"x") | {"readme.txt": b"x"})
    assert "a.shp" in refused(path, *others)
    assert found(path, "--layer", "a") == {}
    assert found(zipped(path, members | {"readme.txt": b"x"})) == {}
    refused(zipped(path, {"a.zip": b"x"}), "a.zip")


def read_gbk(path, **options):
    made = read_layer(path, **options)
    return made.frame["名称"].iloc[0], [note.reason for note in made.notes]


def test_h073_gbk_with_its_cpg_reads_right(tmp_path):
    path = shapefile(tmp_path, encoding="GBK")
    path.with_suffix(".cpg").write_text("GBK")
    assert read_gbk(path) == ("裕华区一网格", [])
    assert found(path) == {}


def test_h074_gbk_without_cpg_reads_right_and_the_words_are_shown(tmp_path):
    path = shapefile(tmp_path, encoding="GBK", drop=(".cpg",))
    data = bytearray(path.with_suffix(".dbf").read_bytes())
    data[29] = 0  # no code page in the table either
    path.with_suffix(".dbf").write_bytes(bytes(data))
    assert "taken for GB18030, as in '名称'" in found(path)["file_note"][0]["message"]
    assert read_gbk(path)[0] == "裕华区一网格"
    assert read_gbk(path, encoding="GBK") == ("裕华区一网格", [])


@pytest.mark.parametrize("said", ["936", "CP936", "OEM 936", "gb2312", "ANSI 936"])
def test_h076_every_usual_name_of_the_code_page_is_known(tmp_path, said):
    path = shapefile(tmp_path, encoding="GBK")
    path.with_suffix(".cpg").write_text(said)
    assert read_gbk(path) == ("裕华区一网格", [])


def test_h076_a_cpg_that_is_rubbish_is_refused(tmp_path):
    path = shapefile(tmp_path)
    for rubbish in (b"rubbish", b"\xff\xfe\x00", b"../../etc/passwd", b"UTF-8\n" + b"x" * 100_000):
        path.with_suffix(".cpg").write_bytes(rubbish)
        refused(path, "unknown encoding")


def test_h077_names_that_a_shapefile_cuts_are_told_and_never_cut_within_a_character(tmp_path, project):
    result = run("export", project, "--level", "cameras", "--out", tmp_path / "c.shp")
    assert result.exit_code == 0
    assert result.stderr.strip() == "c.shp: a shapefile's names have 10 characters: direction_deg → direction_, direction_is_eighth → direction1"
    assert all(len(name.encode()) <= 10 for name in pyogrio.read_info(tmp_path / "c.shp")["fields"])


def test_h079_a_shapefile_without_prj_is_refused_with_the_zones_that_fit(tmp_path):
    path = shapefile(tmp_path, drop=(".prj",))
    assert "EPSG:4548" in unbuilt(tmp_path, "units.shp", "CRS", communities=path)
    assert "crs_missing" in found(path)


@pytest.mark.parametrize("part", [".dbf", ".shx"])
def test_h080_a_missing_part_is_named(tmp_path, part):
    refused(shapefile(tmp_path, drop=(part,)), f"its {part} is missing")


@pytest.mark.parametrize(("epsg", "name"), [(2384, "Xian 1980"), (2436, "Beijing 1954")])
def test_h082_an_old_datum_is_warned_of_with_how_far_it_may_be_off(tmp_path, epsg, name):
    made = recipe(tmp_path, communities=shapefile(tmp_path, squares(crs=epsg)))
    notes = [finding for finding in read_sources(read_recipe(made)).findings if finding.rule == "crs_mismatch"]
    assert [name in notes[0].message, "150 m" in notes[0].message] == [True, True]


def test_h083_a_zone_prefix_under_a_crs_without_one_is_refused_with_the_zone_that_fits(tmp_path):
    assert "EPSG:4526" in unbuilt(tmp_path, "units.shp", communities=shapefile(tmp_path, squares(x=38_500_000)))


def test_h085_an_index_that_claims_more_than_there_is_is_refused(tmp_path):
    path = shapefile(tmp_path)
    for data in (struct.pack(">i", 50 + 4 * 10**8), struct.pack(">i", 10**9)):
        shx = path.with_suffix(".shx").read_bytes()
        path.with_suffix(".shx").write_bytes(shx[:24] + data + shx[28:])
        refused(path, ".shx is cut short")
    shx = shx[:24] + struct.pack(">i", 58) + shx[28:]
    path.with_suffix(".shx").write_bytes(shx[:108] + shx[100:108])
    refused(path, "one several times")
    path.with_suffix(".shx").write_bytes(shx[:100] + struct.pack(">2i", 10**8, 64) + shx[108:])
    refused(path, "not in the .shp")


@pytest.mark.parametrize("part", [".shp", ".dbf", ".shx"])
@pytest.mark.parametrize("share", [0.5, 0.9])
def test_h086_a_part_that_is_cut_is_named(tmp_path, part, share):
    path = shapefile(tmp_path, squares(100))
    data = path.with_suffix(part).read_bytes()
    path.with_suffix(part).write_bytes(data[: int(len(data) * share)])
    refused(path, f"{part} is cut short")
    unbuilt(tmp_path, "cut short", communities=path)


@pytest.mark.parametrize("share", [0.3, 0.66, 0.9])
def test_h088_a_truncated_geopackage_is_damaged(tmp_path, share):
    path = geopackage(tmp_path, frame=squares(300))
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    refused(path, "damaged")


def test_h089_random_bytes_in_a_geopackage_are_found_before_use(tmp_path):
    path = geopackage(tmp_path, frame=squares(2000))
    data = bytearray(path.read_bytes())
    for page in range(len(data) // 4096 // 2, len(data) // 4096, 5):
        data[page * 4096 : page * 4096 + 128] = np.random.default_rng(page).bytes(128)
    path.write_bytes(bytes(data))
    refused(path, "damaged")


def test_h091_a_trigger_never_runs_because_nothing_is_written(tmp_path):
    bait = "CREATE TRIGGER t AFTER UPDATE ON u BEGIN DELETE FROM u; END"
    path = geopackage(tmp_path, bait, "PRAGMA journal_mode = DELETE")
    before = path.read_bytes()
    assert found(path) == {}
    run("build", recipe(tmp_path, communities=path), "--out", tmp_path / "p.gpkg")
    assert path.read_bytes() == before


ENDLESS = "CREATE VIEW v AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
LISTED = "INSERT INTO gpkg_contents(table_name, data_type, identifier) VALUES ('{0}', 'attributes', '{0}')"


def test_h092_a_view_that_never_ends_is_no_layer(tmp_path):
    path = geopackage(tmp_path, ENDLESS, LISTED.format("v"))
    assert found(path) == {}
    refused(path, "no layer 'v'", options=("--layer", "v"))


def test_h092_virtual_tables_and_computed_columns_are_no_layers(tmp_path):
    path = geopackage(tmp_path, "CREATE VIRTUAL TABLE f USING fts5(a)", LISTED.format("f"))
    refused(path, "no layer 'f'", options=("--layer", "f"))
    path.unlink()
    path = geopackage(tmp_path, "CREATE TABLE c(a, b AS (zeroblob(1000000000)))", "INSERT INTO c(a) VALUES (1)", LISTED.format("c"))
    refused(path, "computed columns", options=("--layer", "c"))


def test_h094_layers_of_one_file_are_each_put_in_place_from_their_own_crs(tmp_path):
    path = tmp_path / "all.gpkg"
    pyogrio.write_dataframe(squares(), path, layer="communities")
    pyogrio.write_dataframe(squares(4, size=10).to_crs(4326), path, layer="buildings")
    inputs = {role: f'path = "all.gpkg"\nlayer = "{role}"' for role in ("communities", "buildings")}
    frames = read_sources(read_recipe(recipe(tmp_path, **inputs))).frames
    assert frames["buildings"].crs == frames["communities"].crs
    assert frames["buildings"].within(frames["communities"].union_all().buffer(0.01)).all()


@pytest.mark.parametrize("srs", [-1, 0])
def test_h095_an_undefined_crs_is_none(tmp_path, srs):
    path = geopackage(tmp_path, f"UPDATE gpkg_geometry_columns SET srs_id = {srs}", f"UPDATE gpkg_contents SET srs_id = {srs}")
    assert "EPSG:4548" in unbuilt(tmp_path, "CRS", communities=path)


@pytest.mark.parametrize("west", ["900.0", "NULL", "-1e308"])
def test_h097_a_wrong_extent_in_the_contents_is_not_believed(tmp_path, west):
    path = geopackage(tmp_path, f"UPDATE gpkg_contents SET min_x = {west}, max_x = 901")
    assert found(path) == {}
    frame = read_sources(read_recipe(recipe(tmp_path, communities=path))).frames["communities"]
    assert frame.total_bounds.tolist() == [500_000, 4_050_000, 500_200, 4_050_100]


def test_h098_curves_and_surfaces_are_faults_of_their_rows_by_type(tmp_path):
    path = geopackage(tmp_path, frame=squares(3))
    set_shape(path, CURVE, 2)
    assert ["CurvePolygon" in f["message"] and "row 2" in f["message"] for f in found(path)["row_rejected"]] == [True]
    assert "CurvePolygon" in unbuilt(tmp_path, "row 2", communities=path)


def test_h100_a_file_in_wal_mode_without_its_side_file_is_warned_of(tmp_path):
    path = geopackage(tmp_path)
    base = sqlite3.connect(path)
    base.execute("PRAGMA journal_mode = WAL")
    base.execute("UPDATE gpkg_contents SET identifier = 'late'")
    base.commit()
    alone = tmp_path / "alone.gpkg"
    alone.write_bytes(path.read_bytes())
    base.close()
    assert "WAL mode" in found(alone)["file_note"][0]["message"]


def table(tmp_path, data, role="organisations"):
    """Read a table as a build does: its frame, what was rejected by row, and what was noted."""
    path = text(tmp_path, data, "t.csv")
    place = geojson(tmp_path, row(square(), code="a"))
    sources = read_sources(read_recipe(recipe(tmp_path, **{role: path, "communities": place})), accept_rejects=True)
    rejected = sources.rejected[sources.rejected["role"] == role]
    notes = [f.message for f in sources.findings if f.rule == "file_note"]
    return sources.frames[role], dict(zip(rejected["row"], rejected["reason"], strict=True)), notes


def test_h101_a_gbk_csv_reads_right_and_the_words_are_shown(tmp_path):
    frame, _, notes = table(tmp_path, "id,name\n1,裕华派出所\n".encode("gbk"))
    assert list(frame["name"]) == ["裕华派出所"]
    assert "taken for GB18030, as in '1,裕华派出所'" in notes[0]


def test_h103_utf16_with_tabs_as_spreadsheets_write_it_is_read(tmp_path):
    frame, rejected, _ = table(tmp_path, "id\tname\r\n1\t裕华派出所\r\n".encode("utf-16"))
    assert (list(frame["name"]), rejected) == (["裕华派出所"], {})


def test_h104_lines_in_two_encodings_are_refused_with_the_line(tmp_path):
    data = "id,name\n1,派出所\n2,居委会\n".encode() + "3,派出所\n".encode("gbk")
    unbuilt(tmp_path, "line 4: mixes", organisations=text(tmp_path, data, "t.csv"))


def test_h106_a_nul_byte_is_refused_with_its_line(tmp_path):
    unbuilt(tmp_path, "line 2: holds a NUL", organisations=text(tmp_path, b"id,name\n1,a\0b\n", "t.csv"))


def test_h107_rows_with_too_few_or_too_many_fields_are_faults_by_row(tmp_path):
    frame, rejected, _ = table(tmp_path, "id,name,kind\n1,a,b\n2,b\n3,c,d,e\n4,d,e,,\n\n5,f,g\n")
    assert list(frame["id"]) == ["1", "4", "5"]
    assert {n: r[:14] for n, r in rejected.items()} == {3: "has 2 fields w", 4: "has 4 fields w"}


def test_h109_words_that_others_take_for_missing_stay_as_they_are(tmp_path):
    frame, _, _ = table(tmp_path, "id,name\n1,NA\n2,null\n3,nan\n4,-\n5,None\n")
    assert list(frame["name"]) == ["NA", "null", "nan", "-", "None"]
    _, rejected, _ = table(
        tmp_path, "id,lon,lat,capacity\n" + "".join(f"{i},117.001,36.601,{v}\n" for i, v in enumerate(("NA", "-", "nan", "3"))), "stations"
    )
    assert sorted(rejected) == [2, 3, 4]


def test_h110_coordinates_that_are_no_plain_numbers_are_read_as_degrees_or_told_with_the_text(tmp_path):
    values = ["117.005", "117°0′18″", "1_17.1", "nan", "117.1米", "inf"]
    frame, rejected, _ = table(tmp_path, "id,lon,lat\n" + "".join(f'{i},"{v}",36.605\n' for i, v in enumerate(values)), "stations")
    read = dict(zip(frame["id"], frame.to_crs(4326).geometry.x.round(4), strict=True))
    assert read.pop("0") == 117.005
    assert read.pop("1", 117.005) == 117.005
    assert read == {}
    assert {4, 5, 6, 7} <= set(rejected)
    assert "1_17.1" in rejected[4]


def test_h112_a_quote_that_never_closes_is_refused_with_the_line_where_it_opens(tmp_path):
    for rest in ("y\n", "y\n" * 200_000):
        unbuilt(tmp_path, "line 3: a quote opens here", organisations=text(tmp_path, 'id,name\n1,a\n2,"b\n' + rest, "t.csv"))


def test_h113_companions_of_a_csv_have_no_say(tmp_path):
    text(tmp_path, '"Integer","WKT"', "t.csvt")
    text(tmp_path, gpd.GeoSeries([shapely.Point(0, 0)], crs=4548).crs.to_wkt(), "t.prj")
    frame, rejected, _ = table(tmp_path, 'id,name\n007,"POINT (1 2)"\n')
    assert (list(frame["id"]), list(frame["name"]), rejected, "geometry" in frame) == (["007"], ["POINT (1 2)"], {}, False)


def workbook(folder, *rows, sheets=()):
    book = openpyxl.Workbook()
    for values in rows:
        book.active.append(values)
    for name in sheets:
        book.create_sheet(name)
    book.save(folder / "t.xlsx")
    return folder / "t.xlsx"


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "'=1", "=cmd|' /C calc'!A0", "＝1"]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A quarter of which the communities are called what a spreadsheet would run."""
    folder = tmp_path_factory.mktemp("hostile")
    layers = world.quarter()
    layers["communities"]["name"] = FORMULAS[:2]
    layers["stations"] = layers["stations"].iloc[[0] * len(FORMULAS)].assign(id=[f"s{i}" for i in range(len(FORMULAS))], name=FORMULAS)
    layers["cameras"] = world.frame({"id": ["corner", "border"], "direction": "东"}, world.points([(200, 150), (200, 100)]))
    assert run("build", world.write(folder, layers, stations="geojson"), "--out", folder / "p.gpkg").exit_code in (0, 1)
    return folder / "p.gpkg"


def test_h115_texts_that_begin_like_formulas_are_texts_in_every_export(tmp_path, project):
    with open_project(project) as opened:
        for suffix in (".xlsx", ".csv"):
            export(opened, "stations", tmp_path / f"s{suffix}")
    sheet = openpyxl.load_workbook(tmp_path / "s.xlsx")["stations"]
    assert {cell.data_type for line in sheet.iter_rows() for cell in line} <= {"s", "n", "b"}
    assert not [line for line in (tmp_path / "s.csv").read_text("utf-8-sig").replace('"', "").split(",") if line.startswith(("=", "@", "\t"))]
    kept = {name.strip() for name in FORMULAS}
    for suffix in (".xlsx", ".csv"):
        assert set(read_layer(tmp_path / f"s{suffix}", layer="stations").frame["name"]) == kept


@pytest.mark.parametrize("code", [370102001001001001, 3.70102001001001e17, "3.70102E+17", "1.10101E+11"])
def test_h116_codes_that_a_spreadsheet_made_numbers_of_are_faults_of_their_rows(tmp_path, code):
    path = workbook(tmp_path, ["id", "name"], ["370102001001001001", "a"], [code, "b"])
    place = geojson(tmp_path, row(square(), code="a"))
    sources = read_sources(read_recipe(recipe(tmp_path, organisations=path, communities=place)), accept_rejects=True)
    assert list(sources.frames["organisations"]["id"]) == ["370102001001001001"]
    assert "must be text" in sources.rejected["reason"].iloc[0]
    assert sources.rejected["row"].tolist() == [3]


def altered(path, member, change):
    """Rewrite one part of a workbook."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return zipped(path, parts | {member: change(parts[member])})


def read_part(path, member):
    with zipfile.ZipFile(path) as archive:
        return archive.read(member)


SHEET = "xl/worksheets/sheet1.xml"


def test_h118_a_claimed_size_of_a_whole_sheet_is_not_believed(tmp_path):
    path = altered(workbook(tmp_path, ["id", "name"], ["1", "a"]), SHEET, lambda xml: xml.replace(b'ref="A1:B2"', b'ref="A1:XFD1048576"'))
    assert len(read_layer(path).frame) == 1
    refused_book(tmp_path, altered(path, SHEET, lambda xml: xml.replace(b'<row r="2"', b'<row r="2000000000"')), "claims rows beyond")


def refused_book(tmp_path, path, *words):
    return unbuilt(tmp_path, *words, organisations=path)


def test_h119_a_workbook_that_unpacks_to_more_than_is_sane_is_refused(tmp_path):
    path = altered(workbook(tmp_path, ["id"], ["1"]), SHEET, lambda xml: xml + b" " * 60_000_000)
    refused_book(tmp_path, path, "more than is believed")
    entities = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    for encoding in ("utf-8", "utf-16"):
        path = altered(
            workbook(tmp_path, ["id"], ["1"]), SHEET, lambda xml, e=encoding: (entities + xml[xml.index(b"<worksheet") :]).decode().encode(e)
        )
        refused_book(tmp_path, path, "declares a document type")


def test_h121_anything_but_a_plain_workbook_is_refused(tmp_path):
    for data in (b"\xd0\xcf\x11\xe0" + b"\0" * 600, b"id,name\n1,a\n", b"PK\3\4" + b"x" * 99):
        refused_book(tmp_path, text(tmp_path, data, "t.xlsx"), "t.xlsx")
    macros = zipped(tmp_path / "t.xlsx", {"xl/workbook.xml": b"<x/>", "xl/vbaProject.bin": b"x", "[Content_Types].xml": b"<x/>"})
    refused_book(tmp_path, macros, "macros")
    refused_book(tmp_path, text(tmp_path, b"x", "t.xls"), "is not read")
    refused_book(tmp_path, text(tmp_path, b"x", "t.xlsm"), "is not read")


def test_h122_a_flatgeobuf_that_claims_too_much_or_is_damaged_is_refused(tmp_path):
    path = tmp_path / "units.fgb"
    pyogrio.write_dataframe(squares(200), path)
    data = path.read_bytes()
    path.write_bytes(data.replace(struct.pack("<Q", 200), struct.pack("<Q", 10**9), 1))
    refused(path)
    for cut in (20, len(data) // 2, len(data) - 100):
        path.write_bytes(data[:cut])
        refused(path)


def test_h124_a_truncated_parquet_is_refused(tmp_path):
    path = tmp_path / "units.parquet"
    squares(200).to_parquet(path)
    data = path.read_bytes()
    for cut in (5, len(data) // 2, len(data) - 1):
        path.write_bytes(data[:cut])
        refused(path)


class Bait:
    """Makes a folder when it is unpickled."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return os.mkdir, (self.path,)


@pytest.mark.parametrize("suffix", [".pkl", ".pickle", ".parquet", ".csv", ".geojson", ".fgb", ".xlsx", ".npy"])
def test_h125_a_pickle_is_never_loaded_whatever_it_is_called(tmp_path, suffix):
    refused(text(tmp_path, pickle.dumps(Bait(tmp_path / "caught")), f"units{suffix}"))
    assert not (tmp_path / "caught").exists()


@pytest.mark.parametrize(
    "line",
    [
        [[117.0, 36.6], [float("nan"), 36.6]],
        [[117.0, 36.6]],
        [],
        [[117.0, 36.6], [117.0, 36.6]],
        "LINESTRING (0 0, 1 1)",
        [[117.0, 36.6], [None, 36.6]],
    ],
)
def test_h127_a_line_that_is_none_is_told_at_the_door(tmp_path, line):
    """Edits take no lines yet: what stands today is the door that every line goes through."""
    lines = [row({"type": "LineString", "coordinates": coordinates}) for coordinates in (line, ring())]
    made = recipe(tmp_path, communities=geojson(tmp_path, row(square(), code="a")), roads=geojson(tmp_path, *lines, name="r.geojson"))
    sources = read_sources(read_recipe(made), accept_rejects=True)
    assert len(sources.frames["roads"]) == 1
    dropped = [f for f in sources.findings if f.rule == "geometry_invalid"]
    assert len(sources.rejected) + len(dropped) == 1


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_h128_coordinates_that_are_not_finite_are_told_and_reach_no_index(tmp_path, value):
    path = geopackage(tmp_path, frame=squares(4))
    corners = [500_000, 4_050_000, value, 4_050_000, 500_100, 4_050_100, 500_000, 4_050_000]
    wkb = struct.pack("<BIII8d", 1, 3, 1, 4, *corners)
    set_shape(path, wkb, 2)
    rules = found(path)
    assert any("001" in f["units"] or "row 2" in f["message"] for faults in rules.values() for f in faults if f["severity"] == "error")
    assert "row 2" in unbuilt(tmp_path, "finite", communities=path)
    layer = squares(3)
    with np.errstate(invalid="ignore"):
        layer.loc[1, "geometry"] = shapely.from_wkb(wkb)
        rules = validate_layer(layer)
    assert [list(units) for units in rules.loc[rules["rule"] == "geometry_invalid", "units"]] == [["001"]]


def test_h130_a_camera_on_a_border_or_corner_has_one_owner_and_the_same_everywhere(tmp_path, project):
    with open_project(project) as opened:
        assert export(opened, "cameras", tmp_path / "c.geojson") == 2
    joined = gpd.read_file(tmp_path / "c.geojson").set_index("id")
    exact = world.frame({"id": ["corner", "border"]}, world.points([(200, 150), (200, 100)])).set_index("id").to_crs(4326)
    for name, place in exact.geometry.items():
        units = json.loads(run("locate", project, place.x, place.y, "--json").stdout)["units"]
        assert joined.loc[name, list(units)].to_dict() == units
        assert units["community"] == world.WEST


@pytest.mark.parametrize("n", [3_000, pytest.param(100_000, marks=pytest.mark.long)])
def test_h131_cameras_all_at_one_place_are_taken_with_a_finding(tmp_path, n):
    layers = world.quarter()
    layers["cameras"] = world.frame({"id": [f"c{i}" for i in range(n)]}, world.points([(100, 100)]) * n)
    result = run("build", world.write(tmp_path, layers, cameras="csv"), "--out", tmp_path / "p.gpkg")
    assert result.exit_code in (0, 1), result.stderr
    with open_project(tmp_path / "p.gpkg") as opened:
        rules = set(opened.findings()["rule"])
        assert export(opened, "cameras", tmp_path / "c.csv") == n
    assert rules & {"point_duplicate", "point_position"}
