"""Every promised format gives the same rows; Chinese text survives however it was sent."""

import csv
import io
import zipfile

import geopandas as gpd
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely

from geogrid.errors import InputError
from geogrid.reading import read_layer

NAMES = ["裕华区一网格", "B", None]
SQUARES = [shapely.box(i, 0, i + 1, 1) for i in range(3)]


def frame(crs="EPSG:4490", dx=114.0, dy=38.0, scale=0.001):
    shapes = [shapely.transform(g, lambda xy: xy * scale + (dx, dy)) for g in SQUARES]
    return gpd.GeoDataFrame({"code": ["001", "002", "003"], "名称": NAMES, "n": [1, 2, 3]}, geometry=shapes, crs=crs)


def write(folder, suffix, **options):
    path = folder / f"网格{suffix}"
    if suffix == ".parquet":
        frame().to_parquet(path)
    else:
        # a spatial index would put a FlatGeobuf's rows in another order
        options |= {"SPATIAL_INDEX": "NO"} if suffix == ".fgb" else {}
        pyogrio.write_dataframe(frame(), path, **options)
    return path


@pytest.mark.parametrize("suffix", [".geojson", ".shp", ".gpkg", ".fgb", ".parquet"])
def test_every_format_gives_the_same_rows_counted_from_one(tmp_path, suffix):
    made = read_layer(write(tmp_path, suffix, **({"encoding": "UTF-8"} if suffix == ".shp" else {})))
    assert list(made.frame.index) == [1, 2, 3]
    assert list(made.frame["code"]) == ["001", "002", "003"]
    assert list(made.frame["名称"].fillna("")) == ["裕华区一网格", "B", ""]
    assert made.crs.is_geographic
    assert made.frame.geometry.iloc[2].equals_exact(frame().geometry.iloc[2].normalize(), 1e-9, normalize=True)
    assert made.layer == "网格"


def test_kml_and_gpx_are_read(tmp_path):
    kml = tmp_path / "a.kml"
    kml.write_text(
        '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder><name>站点</name><Placemark>'
        "<name>一号</name><Point><coordinates>114.5,38.0,0</coordinates></Point></Placemark></Folder></Document></kml>",
        "utf-8",
    )
    made = read_layer(kml)
    assert (made.layer, made.frame["Name"].iloc[0], made.frame.geometry.iloc[0].x) == ("站点", "一号", 114.5)
    gpx = tmp_path / "a.gpx"
    gpx.write_text(
        '<?xml version="1.0"?><gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1">'
        '<wpt lat="38.0" lon="114.5"><name>一号</name></wpt></gpx>',
        "utf-8",
    )
    made = read_layer(gpx)
    assert (made.layer, made.frame["name"].iloc[0]) == ("waypoints", "一号")


@pytest.mark.parametrize(("cpg", "stated"), [("GBK", None), ("936", None), ("OEM 936", None), (None, None), ("UTF-8", "GB18030"), ("", "GBK")])
def test_a_chinese_shapefile_reads_right_whatever_the_cpg_says(tmp_path, cpg, stated):
    path = write(tmp_path, ".shp", encoding="GB18030")
    path.with_suffix(".cpg").unlink(missing_ok=True)
    if cpg is not None:
        path.with_suffix(".cpg").write_text(cpg)
    made = read_layer(path, encoding=stated)
    assert made.frame["名称"].iloc[0] == "裕华区一网格"
    assert made.encoding == "gb18030"


def test_a_utf8_shapefile_without_cpg_is_not_taken_for_gbk(tmp_path):
    path = write(tmp_path, ".shp", encoding="UTF-8")
    path.with_suffix(".cpg").unlink()
    made = read_layer(path)
    assert (made.encoding, made.frame["名称"].iloc[0]) == ("utf-8", "裕华区一网格")


def test_a_cpg_that_is_rubbish_or_wrong_is_said(tmp_path):
    path = write(tmp_path, ".shp", encoding="GB18030")
    path.with_suffix(".cpg").write_text("rubbish")
    with pytest.raises(InputError, match="unknown encoding"):
        read_layer(path)
    path.with_suffix(".cpg").write_text("UTF-8")
    with pytest.raises(InputError, match="give encoding"):
        read_layer(path)


def zipped(folder, names, prefix=""):
    path = folder / "网格.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.write(name, prefix + name.name)
    return path


@pytest.mark.parametrize("prefix", ["", "数据/"])
def test_a_zipped_shapefile_reads_as_the_loose_one(tmp_path, prefix):
    shp = write(tmp_path, ".shp", encoding="GB18030")
    path = zipped(tmp_path, sorted(tmp_path.glob("网格.*")), prefix)
    made = read_layer(path)
    assert (made.file, made.layer) == (str(path), "网格")
    assert made.frame.equals(read_layer(shp).frame)


def test_an_archive_of_two_shapefiles_needs_the_layer_said(tmp_path):
    one = write(tmp_path, ".shp")
    for part in list(tmp_path.glob("网格.*")):
        part.with_stem("b").write_bytes(part.read_bytes())
    path = zipped(tmp_path, sorted(tmp_path.glob("*.*")))
    with pytest.raises(InputError, match="exactly one shapefile"):
        read_layer(path)
    assert len(read_layer(path, layer=one.stem).frame) == 3


def test_a_layer_must_be_named_where_there_are_several(tmp_path):
    path = tmp_path / "a.gpkg"
    for layer in ("grids", "streets"):
        pyogrio.write_dataframe(frame(), path, layer=layer)
    with pytest.raises(InputError, match=r"2 layers \(grids, streets\)"):
        read_layer(path)
    with pytest.raises(InputError, match="did you mean 'grids'"):
        read_layer(path, layer="grid")
    assert read_layer(path, layer="streets").layer == "streets"


def test_a_table_without_geometry_in_a_geopackage_is_a_layer_too(tmp_path):
    path = tmp_path / "a.gpkg"
    pyogrio.write_dataframe(pd.DataFrame({"building": ["01", "02"]}), path, layer="households")
    made = read_layer(path)
    assert (list(made.frame["building"]), made.crs) == (["01", "02"], None)


@pytest.mark.parametrize(
    ("encoding", "said"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("gb18030", "gb18030"), ("utf-16", "utf-16")],
)
def test_csv_text_is_decoded_and_stays_text(tmp_path, encoding, said):
    path = tmp_path / "a.csv"
    path.write_bytes('编码,名称,n\r\n001,派出所,NA\r\n002,"有,逗号\n换行",-\r\n'.encode(encoding))
    made = read_layer(path)
    assert made.encoding == said
    assert made.frame.to_dict("records") == [{"编码": "001", "名称": "派出所", "n": "NA"}, {"编码": "002", "名称": "有,逗号\n换行", "n": "-"}]
    assert list(made.frame.index) == [2, 3]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_may_be_separated_by_comma_semicolon_or_tab(tmp_path, delimiter):
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows([["a", "b"], ["1", "2"]])
    (tmp_path / "a.csv").write_text(text.getvalue(), newline="")
    assert read_layer(tmp_path / "a.csv").frame.to_dict("records") == [{"a": "1", "b": "2"}]


def test_csv_rows_of_the_wrong_length_are_faults_and_empty_lines_are_none(tmp_path):
    (tmp_path / "a.csv").write_text("a,b\n1,2\n3\n\n4,5,6\n7,8\n,\n")
    made = read_layer(tmp_path / "a.csv")
    assert [(f.row, f.reason[:12]) for f in made.faults] == [(3, "has 1 fields"), (5, "has 3 fields")]
    assert list(made.frame.index) == [2, 6]


def test_xlsx_rows_are_numbered_as_excel_does_and_lost_digits_stay_floats(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "户"
    for row in (["编码", "名称", "n", None], ["001", "一", 3], [], [370102001001001001, None, 2.5]):
        sheet.append(row)
    book.create_sheet("Sheet2")
    book.save(tmp_path / "a.xlsx")
    made = read_layer(tmp_path / "a.xlsx")
    assert (made.layer, list(made.frame.index), list(made.frame.columns)) == ("户", [2, 4], ["编码", "名称", "n"])
    assert made.frame["编码"].iloc[0] == "001"
    assert isinstance(made.frame["编码"].iloc[1], float)


def test_a_workbook_of_several_filled_sheets_needs_the_sheet_said(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["a"])
    book.create_sheet("B").append(["b"])
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(InputError, match="2 layers"):
        read_layer(tmp_path / "a.xlsx")
    assert list(read_layer(tmp_path / "a.xlsx", layer="B").frame.columns) == ["b"]


def test_geojson_keeps_long_whole_numbers_and_nested_values(tmp_path):
    path = tmp_path / "a.geojson"
    path.write_text(
        '{"type":"FeatureCollection","features":[{"type":"Feature","id":7,"properties":{"code":370102001001001001,"t":[1]},"geometry":'
        '{"type":"Point","coordinates":[117,36,5,9]}},{"type":"Feature","properties":null,"geometry":null}]}'
    )
    made = read_layer(path)
    assert made.frame["code"].iloc[0] == 370102001001001001
    assert (made.frame["t"].iloc[0], made.frame["id"].iloc[0]) == ("[1]", 7)
    assert made.frame.geometry.iloc[0].wkt == "POINT (117 36)"
    assert made.frame.geometry.iloc[1] is None
    assert not made.crs_stated


@pytest.mark.parametrize(("name", "code"), [("urn:ogc:def:crs:EPSG::4548", 4548), ("urn:ogc:def:crs:OGC:1.3:CRS84", 4326)])
def test_the_old_crs_member_of_geojson_is_honoured(tmp_path, name, code):
    path = tmp_path / "a.geojson"
    path.write_text(f'{{"type":"FeatureCollection","crs":{{"type":"name","properties":{{"name":"{name}"}}}},"features":[]}}')
    made = read_layer(path)
    assert (made.crs.to_epsg(), made.crs_stated) == (code, True)
