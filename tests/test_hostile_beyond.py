"""What the list of hostile inputs does not name: other bombs, paths that climb, words that would run, sizes beyond reason, readers that die."""

from __future__ import annotations

import csv
import html.parser
import json
import re
import sys

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from geogrid.errors import InputError
from geogrid.exchange.sheet import rows_to_csv, rows_to_xlsx
from geogrid.reading import apart, limits, read_layer
from geogrid.reading.limits import MAX_VALUE
from tests import world
from tests.hostile_files import (
    found,
    geojson,
    geopackage,
    refused,
    row,
    run,
    said,
    shapefile,
    square,
    squares,
    text,
    unbuilt,
    zipped,
)
from tests.test_hostile_binary import PARTS, SHEET, altered, workbook
from tests.test_hostile_list import MARK, kml, server


def zip_parts(folder, **options):
    shp = shapefile(folder, **options)
    return {part: shp.with_suffix(part).read_bytes() for part in PARTS}


@pytest.mark.parametrize("name", ["../../up/a", "/abs/a", "C:\\a", "..\\..\\a", "con", "a\x1b[31m\nb", "数据/网格"])
def test_names_within_an_archive_never_become_paths(tmp_path, name):
    inside = tmp_path / "in" / "deep"
    inside.mkdir(parents=True)
    path = zipped(inside / "a.zip", {name + part: data for part, data in zip_parts(tmp_path).items()})
    before = sorted(p for p in tmp_path.rglob("*"))
    assert len(read_layer(path).frame) == 2
    assert sorted(p for p in tmp_path.rglob("*")) == before


def test_an_archive_that_holds_a_name_twice_is_refused_whatever_its_case(tmp_path):
    parts = zip_parts(tmp_path)
    refused(zipped(tmp_path / "a.zip", {f"a{p}": d for p, d in parts.items()} | {"A.DBF": parts[".dbf"]}), "twice")


def test_a_name_with_line_breaks_and_terminal_codes_stays_one_plain_line(tmp_path):
    line = refused(zipped(tmp_path / "a.zip", {"x\n\x1b[31m\u202ey.geojson": b"x"}))
    assert not re.search("[\x00-\x1f\u202e]", line)
    words = text(tmp_path, b"id,name\n1,a\n2\n", "\x1b[31mt\n.csv")
    assert "\x1b" not in said(run("validate", words))


def test_a_link_is_followed_only_where_the_recipe_itself_names_it(tmp_path):
    (tmp_path / "real").mkdir()
    real = geojson(tmp_path / "real", row(square(), code="a"))
    (tmp_path / "link.geojson").symlink_to(real)
    assert found(tmp_path / "link.geojson") == {}
    for target in (tmp_path, "/dev/null", tmp_path / "nothing"):
        (tmp_path / "loose.geojson").unlink(missing_ok=True)
        (tmp_path / "loose.geojson").symlink_to(target)
        refused(tmp_path / "loose.geojson")


def test_entities_under_any_encoding_of_a_gpx_are_found(tmp_path):
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        words = '<?xml version="1.0"?><!DOCTYPE gpx [<!ENTITY a "b">]><gpx><wpt lat="36" lon="117"><name>&a;</name></wpt></gpx>'
        assert re.search("document type|is not GPX", refused(text(tmp_path, words.encode(encoding), "units.gpx")))


def test_deep_xml_and_xml_of_another_root_are_refused(tmp_path):
    refused(kml(tmp_path, "<a>" * 5000 + "</a>" * 5000), "nested too deeply")
    refused(text(tmp_path, f"<!-- <kml> --><svg>{MARK}</svg>", "units.kml"), "its root is svg")
    refused(kml(tmp_path, MARK + "<open>"), "not well-formed")


def test_nothing_of_an_overlay_in_a_kml_is_fetched(tmp_path):
    with server() as url:
        icon = f"<Icon><href>{url}/a.png</href></Icon>"
        overlay = f"<GroundOverlay>{icon}</GroundOverlay><Style><IconStyle>{icon}</IconStyle></Style>"
        assert "GroundOverlay" in found(kml(tmp_path, overlay + MARK))["file_note"][0]["message"]


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "'=1", "''@", "＝1+1", "plain", "-", "'quoted'", "a=b"]


@given(st.lists(st.text("=+-@\t\r\n'＝＠a,\"", max_size=6).filter(str.strip), min_size=1, max_size=5))
def test_a_csv_of_ours_holds_no_formula_and_gives_every_text_back(tmp_path_factory, texts):
    path = tmp_path_factory.getbasetemp() / "again.csv"
    path.write_bytes(rows_to_csv(pd.DataFrame({"id": [f"i{i}" for i in range(len(texts))], "=name": texts})))
    made = read_layer(path).frame
    assert list(made["=name"]) == texts
    with path.open(encoding="utf-8-sig", newline="") as lines:
        assert not [cell for record in csv.reader(lines) for cell in record if cell.startswith(tuple("=+-@\t\r\n＝＋－＠"))]


def test_a_workbook_of_ours_holds_texts_only_headings_too(tmp_path):
    rows_to_xlsx(pd.DataFrame({"=id": FORMULAS}), tmp_path / "a.xlsx", "t")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["t"]
    assert {cell.data_type for (cell,) in sheet.iter_rows()} == {"s"}


def test_a_formula_in_a_workbook_counts_by_its_stored_value_and_is_never_computed(tmp_path):
    path = workbook(tmp_path, ["id", "name"], ["1", "=1+1"], ["2", "plain"], ["3", "=A1"])
    path = altered(path, SHEET, lambda xml: re.sub(rb"<f>1\+1</f><v ?/?>(</v>)?", b"<f>1+1</f><v>7</v>", xml))
    made = read_layer(path)
    assert made.frame["name"].to_dict() == {2: 7, 3: "plain"}
    assert [(fault.row, fault.field, fault.value) for fault in made.faults] == [(4, "B", "=A1")]


def test_values_of_megabytes_are_refused_in_every_format(tmp_path):
    long = "x" * (MAX_VALUE + 1)
    layer = squares(note=["a", long])
    paths = [tmp_path / f"a{suffix}" for suffix in (".gpkg", ".fgb", ".parquet", ".geojsonl")]
    for path in paths[:2]:
        pyogrio.write_dataframe(layer, path)
    layer.to_parquet(paths[2])
    text(tmp_path, "\n".join(json.dumps(row(square(), n=n)) for n in ("a", long)), "a.geojsonl")
    for path in paths:
        assert re.search("row [12]: n", refused(path, f"{MAX_VALUE + 1} characters"))


@pytest.mark.parametrize("n", [20_000, pytest.param(2_000_000, marks=pytest.mark.long)])
def test_a_ring_of_very_many_points_is_checked_as_any_other(tmp_path, n):
    angle = np.linspace(0, 2 * np.pi, n, endpoint=False)
    xy = np.round(np.column_stack([117 + 0.02 * np.cos(angle), 36 + 0.02 * np.sin(angle)]), 9).tolist()
    path = geojson(tmp_path, row({"type": "Polygon", "coordinates": [[*xy, xy[0]]]}, code="a"))
    assert not [f for faults in found(path).values() for f in faults if f["severity"] == "error"]


def in_parts(n):
    side = int(n**0.5) + 1
    x, y = 500_000.0 + 2 * (np.arange(n) % side), 4_050_000.0 + 2 * (np.arange(n) // side)
    layer = squares(2, x=490_000)
    layer.loc[0, "geometry"] = shapely.multipolygons(shapely.box(x, y, x + 1, y + 1))
    return layer


@pytest.mark.parametrize("n", [5_000, pytest.param(90_000, marks=pytest.mark.long)])
def test_very_many_tiny_parts_are_one_finding(tmp_path, n):
    rules = found(geopackage(tmp_path, frame=in_parts(n)))
    assert [f["value"] for f in rules["not_connected"]] == [n]


@pytest.mark.parametrize("n", [110_000, pytest.param(1_000_000, marks=pytest.mark.long)])
def test_more_parts_than_anything_has_are_the_fault_of_the_row(tmp_path, n):
    assert f"has {n} parts" in found(geopackage(tmp_path, frame=in_parts(n)))["row_rejected"][0]["message"]


def test_very_many_columns_or_empty_cells_are_refused_before_they_fill_the_memory(tmp_path):
    refused(geojson(tmp_path, *(row(square(), **{f"k{i}_{j}": 1 for j in range(20)}) for i in range(30))), "600 columns")
    unbuilt(tmp_path, "columns", organisations=text(tmp_path, b"," * 5_000_000 + b"\n1", "t.csv"))
    table = pa.table({f"c{i}": pa.nulls(1_000_000) for i in range(250)})
    parquet.write_table(table, tmp_path / "t.parquet")
    assert (tmp_path / "t.parquet").stat().st_size < 1_000_000
    unbuilt(tmp_path, "too many to read at once", organisations=tmp_path / "t.parquet")


def test_an_index_that_names_one_large_shape_many_times_is_refused(tmp_path):
    path = shapefile(tmp_path, squares(2))
    shx = path.with_suffix(".shx").read_bytes()
    path.with_suffix(".shx").write_bytes(shx[:108] + shx[100:108])
    refused(path, "one several times")


def test_sizes_beyond_the_limit_are_refused_unread(tmp_path):
    for name, limit in (("a.geojson", limits.MAX_TEXT_BYTES), ("a.csv", limits.MAX_TEXT_BYTES), ("a.gpkg", limits.MAX_BYTES)):
        with (tmp_path / name).open("wb") as stream:
            stream.truncate(limit + 1)
        refused(tmp_path / name, f"read up to {limit / 1e6:,.0f} MB")


def bomb(folder):
    """A Parquet file of a megabyte that takes four gigabytes as a table."""
    word = pa.array(["x" * 1_000_000])
    column = pa.DictionaryArray.from_arrays(pa.array(np.zeros(4_000, dtype="int32")), word)
    parquet.write_table(pa.table({"a": column}), folder / "a.parquet", store_schema=False)
    return folder / "a.parquet"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds a process to its address space")
def test_a_reader_that_wants_too_much_memory_ends_and_we_do_not(tmp_path, monkeypatch):
    monkeypatch.setattr(apart, "CHILD_BYTES", 2**30)
    refused(bomb(tmp_path), "took over 1024 MB")


def test_a_reader_that_takes_too_long_or_dies_is_told(tmp_path, monkeypatch):
    path = tmp_path / "a.parquet"
    squares(2).to_parquet(path)
    for code, limit_s, words in (
        ("import time; time.sleep(60)", 0.3, "took over"),
        ("import os; os._exit(3)", 60, "stopped with 3"),
        ("import os; os.abort()", 60, ""),
    ):
        script = tmp_path / "child.py"
        script.write_text(code)
        monkeypatch.setattr(apart.child, "__file__", str(script))
        monkeypatch.setattr(apart, "CHILD_SECONDS", limit_s)
        refused(path, words)


def test_without_a_python_to_start_files_are_read_here(tmp_path, monkeypatch):
    monkeypatch.setattr(apart.sys, "executable", "")
    squares(3).to_parquet(tmp_path / "a.parquet")
    assert len(read_layer(tmp_path / "a.parquet").frame) == 3
    pyogrio.write_dataframe(squares(2), tmp_path / "a.fgb")
    assert len(read_layer(tmp_path / "a.fgb").frame) == 2
    text(tmp_path, b"fgb\x03fgb\x00" + b"x" * 99, "b.fgb")
    with pytest.raises(InputError, match=r"b\.fgb"):
        read_layer(tmp_path / "b.fgb")


EVIL = ["</script><x-evil onerror=1>", '"><x-evil a="', "'-window.evil-'", "{{7*7}}${7*7}<!--"]
EVIL += ["<img src=x onerror=window.evil=1>", "\u2028<x-evil>&lt;"]


class Tags(html.parser.HTMLParser):
    """Collects what a page has of elements and attributes."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.seen = set()

    def handle_starttag(self, tag, attrs):
        self.seen |= {tag, *(name for name, _ in attrs)}
        self.seen |= {"javascript:" for _, value in attrs if value and value.strip().lower().startswith("javascript:")}


@pytest.fixture(scope="module")
def evil(tmp_path_factory):
    folder = tmp_path_factory.mktemp("evil")
    layers = world.quarter()
    layers["district"]["name"] = EVIL[0]
    layers["communities"]["name"] = EVIL[:2]
    layers["buildings"]["address"] = [EVIL[i % len(EVIL)] for i in range(len(layers["buildings"]))]
    layers["roads"]["name"] = EVIL[2:4]
    layers["stations"]["name"] = EVIL[4:6]
    layers["cameras"]["name"] = EVIL[:3]
    layers["cameras"]["kind"] = EVIL[3:6]
    layers["cameras"]["id"] = EVIL[:3]
    made = world.write(folder, layers)
    made.write_text(made.read_text("utf-8").replace('"建国街"', json.dumps(EVIL[0], ensure_ascii=False)), "utf-8")
    assert run("build", made, "--out", folder / "p.gpkg").exit_code in (0, 1)
    return folder / "p.gpkg"


def test_no_name_becomes_an_element_of_a_page(evil, tmp_path):
    from web import create_app

    client = create_app(evil).test_client()
    paths = ["/", "/stations", "/cameras", "/checks", f"/units/{world.WEST}", f"/units/{world.EAST}", "/declared", f"/units/{EVIL[1]}"]
    pages = [client.get(path, query_string={"lang": lang}).text for path in paths for lang in ("zh", "en")]
    assert run("map", evil, "--out", tmp_path / "maps").exit_code == 0
    assert run("validate", evil, "--html", tmp_path / "maps" / "report.html").exit_code in (0, 1)
    pages += [page.read_text("utf-8") for page in (tmp_path / "maps").rglob("*.html")]
    for page in pages:
        tags = Tags()
        tags.feed(page)
        assert not tags.seen & {"x-evil", "onerror", "a=", "javascript:"}
    assert sum("x-evil" in page for page in pages) > 4


def test_the_interface_for_scripts_gives_names_as_data_of_a_type_no_browser_runs(evil):
    from web import create_app

    answer = create_app(evil).test_client().get("/api/units?level=community")
    assert answer.mimetype in ("application/geo+json", "application/json")
    assert {f["properties"]["name"] for f in answer.get_json(force=True)["features"]} == set(EVIL[:2])


def test_a_geopackage_whose_names_are_no_text_is_damaged_wherever_the_bytes_stand(tmp_path):
    sound = geopackage(tmp_path).read_bytes()
    places = [match.start() + 9 for match in re.finditer(rb"CREATE TRIGGER", sound)][::4]
    assert len(places) > 3
    for at in places:
        path = tmp_path / "b.gpkg"
        path.write_bytes(sound[:at] + b"\x80\x00\x81" + sound[at + 3 :])
        refused(path, "is damaged")
        assert "is damaged" in run("inspect", path).stderr
