"""The door: what must not come in, and that it is said in one line which file, where, and what to do."""

import os
import socket
import sqlite3
import stat
import zipfile

import geopandas as gpd
import openpyxl
import pyogrio
import pytest
import shapely

from geogrid.errors import CrsError, InputError
from geogrid.reading import read_layer
from geogrid.reading.door import FORMATS

VRT = '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'
ONE = '{"type":"Feature","properties":{"a":1},"geometry":{"type":"Point","coordinates":[117,36]}}'
SQUARES = gpd.GeoDataFrame({"a": range(50)}, geometry=[shapely.box(i, 0, i + 1, 1) for i in range(50)], crs=4548)


def refused(path, **options):
    with pytest.raises(InputError) as caught:
        read_layer(path, **options)
    error = caught.value
    assert "\n" not in error.message
    assert error.message_zh != error.message
    assert error.facts["file"]
    return error.message


@pytest.mark.parametrize(
    "name",
    [
        "http://127.0.0.1:1/a.geojson",
        "https://x/a.gpkg",
        "/vsicurl/http://127.0.0.1:1/a.gpkg",
        "/vsizip/a.zip",
        "PG:dbname=x",
        "WFS:http://x",
        ONE,
        "CSV:/etc/passwd",
        "a\0.gpkg",
    ],
)
def test_what_is_no_local_file_is_refused(name):
    assert "local" in refused(name) or "no such file" in refused(name) or "this computer" in refused(name)


@pytest.mark.parametrize("suffix", sorted(FORMATS))
@pytest.mark.parametrize("text", [VRT, "<!DOCTYPE html><html><body>404</body></html>", "\x00\x01\x02garbage", "[1, 2]"])
def test_a_vrt_or_web_page_or_rubbish_under_any_name_is_refused(tmp_path, suffix, text):
    path = tmp_path / f"units{suffix}"
    path.write_text(text)
    if suffix == ".csv" and text == "[1, 2]":
        return  # this is one header of two columns
    refused(path)


@pytest.mark.parametrize("kind", ["kml", "gpx"])
def test_a_vrt_that_mentions_kml_or_gpx_is_still_a_vrt(tmp_path, kind):
    path = tmp_path / f"a.{kind}"
    path.write_text(f"<?xml version='1.0'?><!-- <{kind}> -->{VRT}")
    assert "is not" in refused(path)


def test_a_network_link_in_a_kml_is_not_followed(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        link = f"<NetworkLink><Link><href>http://127.0.0.1:{server.getsockname()[1]}/a.kml</href></Link></NetworkLink>"
        mark = "<Placemark><name>a</name><Point><coordinates>114,38</coordinates></Point></Placemark>"
        (tmp_path / "a.kml").write_text(
            f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder><name>f</name>{link}{mark}</Folder></Document></kml>'
        )
        assert len(read_layer(tmp_path / "a.kml").frame) == 1
        with pytest.raises(TimeoutError):
            server.accept()


def test_a_missing_empty_or_special_file_is_refused(tmp_path):
    assert "no such file" in refused(tmp_path / "none.gpkg")
    (tmp_path / "empty.geojson").touch()
    assert "empty" in refused(tmp_path / "empty.geojson")
    (tmp_path / "folder.gpkg").mkdir()
    assert "not a regular file" in refused(tmp_path / "folder.gpkg")
    assert "format .xyz" in refused_named(tmp_path, "a.xyz")
    os.mkfifo(tmp_path / "pipe.csv")
    assert "not a regular file" in refused(tmp_path / "pipe.csv")


def refused_named(folder, name):
    (folder / name).write_text("x")
    return refused(folder / name)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"type":"FeatureCollection","features":[', "line 1, column"),
        (f'{{"type":"FeatureCollection","features":[{ONE},]}}', "line 1, column"),
        (f"{ONE}\n{ONE}", "line 2, column 1"),
        ('{"type":"Topology","objects":{}}', "FeatureCollection"),
        ('{"features":[{"attributes":{}}],"geometryType":"esriGeometryPoint"}', "FeatureCollection"),
        ('{"type":"FeatureCollection","features":[],"features":[]}', "twice"),
        ('{"type":"FeatureCollection","features":[3]}', "FeatureCollection"),
        ('{"type":"FeatureCollection","features":' + "[" * 100_000, "deeply"),
        ('{"type":"FeatureCollection","features":[' + ONE.replace("1}", "1" * 5000 + "}") + "]}", "not GeoJSON"),
        ('{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"EPSG:99999"}},"features":[]}', "EPSG:99999"),
    ],
)
def test_broken_geojson_is_refused_with_the_place(tmp_path, text, said):
    (tmp_path / "a.geojson").write_text(text)
    assert said in refused(tmp_path / "a.geojson")


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16"])
def test_geojson_that_is_not_utf8_is_refused_unless_its_encoding_is_given(tmp_path, encoding):
    text = '{"type":"FeatureCollection","features":[' + ONE.replace("1}", '"区"}') + "]}"
    (tmp_path / "a.geojson").write_bytes(text.encode(encoding))
    refused(tmp_path / "a.geojson")
    if encoding == "gb18030":
        assert read_layer(tmp_path / "a.geojson", encoding="GBK").frame["a"].iloc[0] == "区"


def test_a_csv_of_mixed_encodings_nul_or_an_open_quote_names_the_line(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("n\n派出所\n居委会\n".encode() + "派出所\n".encode("gb18030"))
    assert "line 4: mixes" in refused(path)
    path.write_bytes(b"n,x\na\x00b,1\n")
    assert "line 2: holds a NUL" in refused(path)
    path.write_text('n,x\n1,2\n3,"open\n' + "y\n" * 100_000)
    assert "line 3: a quote opens" in refused(path)
    path.write_text("n,n\n1,2\n")
    assert "repeats n" in refused(path)
    path.write_bytes(b"\xff\xff\xff,\x80\n")
    assert "not gb18030" in refused(path)


@pytest.mark.parametrize("part", [".dbf", ".shx"])
def test_a_shapefile_without_a_part_names_it(tmp_path, part):
    pyogrio.write_dataframe(SQUARES, tmp_path / "a.shp")
    (tmp_path / f"a{part}").unlink()
    assert part in refused(tmp_path / "a.shp")


@pytest.mark.parametrize("part", [".shp", ".dbf", ".shx"])
@pytest.mark.parametrize("kept", [0.5, 0.01])
def test_a_cut_shapefile_is_refused(tmp_path, part, kept):
    pyogrio.write_dataframe(SQUARES, tmp_path / "a.shp")
    path = tmp_path / f"a{part}"
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * kept)])
    refused(tmp_path / "a.shp")


def test_a_shapefile_whose_rows_and_shapes_differ_is_refused(tmp_path):
    pyogrio.write_dataframe(SQUARES, tmp_path / "a.shp")
    pyogrio.write_dataframe(SQUARES.head(7), tmp_path / "b.shp")
    (tmp_path / "a.dbf").write_bytes((tmp_path / "b.dbf").read_bytes())
    assert "50 shapes and 7 rows" in refused(tmp_path / "a.shp")


@pytest.mark.parametrize("suffix", [".gpkg", ".fgb", ".parquet"])
def test_a_cut_binary_file_is_refused(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    SQUARES.to_parquet(path) if suffix == ".parquet" else pyogrio.write_dataframe(SQUARES, path)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 2 // 3])
    refused(path)


def test_a_damaged_page_in_a_geopackage_is_found(tmp_path):
    path = tmp_path / "a.gpkg"
    pyogrio.write_dataframe(SQUARES, path)
    data = bytearray(path.read_bytes())
    data[-4096:] = os.urandom(4096)
    for page in range(8, len(data) // 4096, 3):
        data[page * 4096 : page * 4096 + 64] = b"\xaa" * 64
    path.write_bytes(bytes(data))
    refused(path)


def test_an_sqlite_file_that_is_no_geopackage_and_a_view_as_layer_are_refused(tmp_path):
    plain = tmp_path / "plain.gpkg"
    with sqlite3.connect(plain) as base:
        base.execute("CREATE TABLE t(a)")
    base.close()
    assert "no GeoPackage" in refused(plain)
    path = tmp_path / "view.gpkg"
    pyogrio.write_dataframe(SQUARES, path, layer="u")
    with sqlite3.connect(path) as base:
        base.execute("CREATE VIEW v AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT i FROM n")
        base.execute("INSERT INTO gpkg_contents(table_name, data_type, identifier) VALUES ('v', 'attributes', 'v')")
    base.close()
    assert "no layer 'v'" in refused(path, layer="v")
    assert read_layer(path).layer == "u"


def test_a_geopackage_is_never_written_to(tmp_path):
    path = tmp_path / "a.gpkg"
    pyogrio.write_dataframe(SQUARES, path)
    with sqlite3.connect(path) as base:
        base.execute("PRAGMA journal_mode = WAL")
    base.close()
    before = path.read_bytes()
    path.chmod(stat.S_IRUSR)
    assert len(read_layer(path).frame) == 50
    assert path.read_bytes() == before


def bomb(path, name="layer.shp", size=80_000_000):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, b"\0" * size)


def test_an_archive_that_lies_is_refused(tmp_path):
    path = tmp_path / "a.zip"
    bomb(path)
    assert "more than is believed" in refused(path)
    bomb(path, "a.geojson", 10)
    assert "exactly one shapefile" in refused(path)
    with zipfile.ZipFile(path, "w") as archive:
        link = zipfile.ZipInfo("a.shp")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    assert "link" in refused(path)
    path.write_bytes(b"PK\3\4" + b"x" * 100)
    assert "damaged" in refused(path)


def test_a_workbook_that_lies_is_refused(tmp_path):
    path = tmp_path / "a.xlsx"
    bomb(path, "xl/worksheets/sheet1.xml")
    assert "more than is believed" in refused(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x", "y")
    assert "not a plain XLSX" in refused(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
        archive.writestr("[Content_Types].xml", "<x")
    assert "damaged" in refused(path)
    path.write_bytes(b"\xd0\xcf\x11\xe0" + b"\0" * 600)
    assert "old or encrypted" in refused(path)


def test_a_cell_far_out_does_not_hold_the_reader_up(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["a", "b"])
    book.active["B60000"] = 3
    book.active.cell(row=2, column=16384, value="far")
    book.save(tmp_path / "a.xlsx")
    assert list(read_layer(tmp_path / "a.xlsx").frame.index) == [60000]


@pytest.mark.parametrize("head", ['<!DOCTYPE kml [<!ENTITY a "b">]>', '<!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]>'])
def test_xml_that_declares_entities_is_refused(tmp_path, head):
    (tmp_path / "a.kml").write_text(f'<?xml version="1.0"?>{head}<kml></kml>')
    assert "entities" in refused(tmp_path / "a.kml")


def test_a_crs_that_contradicts_the_file_is_refused_and_one_that_agrees_is_not(tmp_path):
    path = tmp_path / "a.gpkg"
    pyogrio.write_dataframe(SQUARES, path)
    for crs in ("EPSG:4549", "GCJ-02"):
        with pytest.raises(CrsError, match="CGCS2000"):
            read_layer(path, crs=crs)
    with pytest.raises(CrsError, match="unknown CRS"):
        read_layer(path, crs="EPSG:1")
    assert read_layer(path, crs="EPSG:4548").crs.to_epsg() == 4548


def test_a_geojson_without_crs_takes_the_recipes(tmp_path):
    (tmp_path / "a.geojson").write_text(ONE)
    made = read_layer(tmp_path / "a.geojson", crs="EPSG:4490")
    assert (made.crs.to_epsg(), made.frame.crs.to_epsg()) == (4490, 4490)
