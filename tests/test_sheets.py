"""Sheets set in type: names are data, nothing is cut off, the same values give the same bytes, Chinese type is embedded."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
import shapely
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from geogrid.sheets.ground import draw, spread, window
from geogrid.sheets.papers import PAPERS, Paper, map_size
from geogrid.sheets.scene import Area, Map, Road, Scene, Spot
from geogrid.sheets.setting import boxes, scanned, set_sheets
from geogrid.sheets.values import About, Figure, Notice, Person, Plate, Station, Storeys

A4, A5 = PAPERS["A4"], PAPERS["A5"]
HOSTILE = (
    "#panic[x]",
    "$x^2$",
    "*粗*",
    "]",
    "\"引号'",
    "😀 网格",
    "\\u{41}",
    "// 注释",
    "@label",
    "<label>",
    "</svg><script>alert(1)</script>",
    "&amp;",
)
LONG = "长庆街道十五家园社区" * 6
WORD = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch-" * 2
LINK = "http://geogrid.example/units/7"
ABOUT = About("测试", "2026-01-01", "模拟数据", "草案")


def scene() -> Scene:
    own, east = shapely.box(0, 0, 100, 80), shapely.box(100, 0, 200, 80)
    road = shapely.LineString([(-50, -6), (250, -6)])
    houses = [Area(shapely.box(20, y, 80, y + 14), (str(n),)) for n, y in ((1, 10), (2, 45))]
    return Scene(
        own,
        1,
        [Area(east, ("网格 002", "002"))],
        [],
        [Road(road, "华乐路", "secondary")],
        houses,
        [],
        {"green": np.array([])},
        [Spot(90, 70, "1", "#00664b")],
    )


def drawn(paper: Paper = A4) -> Map:
    width, height = map_size(paper)
    return draw(scene(), width=width, height=height, unit=paper.unit)


def notice(name: str = "网格 001", paper: Paper = A4, n: int = 1) -> Notice:
    people = tuple(Person(name, name, name, name, "00000000001") for _ in range(n))
    stations = tuple(Station(str(i + 1), name, name, name, "在范围内", "#00664b") for i in range(n))
    sides = tuple((side, name) for side in "东南西北")
    figures = (Figure("户", "1,143"), Figure("面积", "1.81", "公顷"))
    return Notice("130102001001001", name, name, (name, name), figures, name, people, "", sides, stations, "", drawn(paper), ABOUT)


def plate(name: str = "3号楼1单元", n: int = 0) -> Plate:
    above = (("社区", name, "130102001001"), ("网格", name, "130102001001001"))
    storeys = tuple(Storeys(f"{3 * i + 1}–{3 * i + 3}", name, f"1301020010010010{i:02d}", "12", name) for i in range(n))
    return Plate(
        "E1",
        "130102001001001",
        name,
        name,
        above,
        (Figure("户数", "12", "户"),),
        (Person(name, name, "楼长", name, "00000000001"),),
        "",
        storeys,
        ABOUT,
    )


def text(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    said = "\n".join(page.get_textpage().get_text_bounded() for page in document)
    document.close()
    return "".join(said.replace("\u200b", "").split())


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_that_looks_like_markup_is_printed_as_it_is_written(name: str):
    said = text(set_sheets([notice(name)], A4, "pdf", "zh")[0])
    assert "".join(name.split()).replace("😀", "") in said.replace("😀", "")
    said = text(set_sheets([plate(name)], A5, "pdf", "zh")[0])
    assert "".join(name.split()).replace("😀", "") in said.replace("😀", "")


@pytest.mark.parametrize(("paper", "name"), [(A4, LONG[:60]), (A5, LONG[:60]), (A5, WORD[:60]), (PAPERS["A3"], "网格")])
def test_the_longest_names_shrink_or_wrap_and_stay_within_their_room(paper: Paper, name: str):
    for sheet in (notice(name, paper, 6), plate(name, 3), plate(name[:20], 11)):
        measured = boxes([sheet], paper, "zh")
        assert {"title", "code"} <= {each["part"] for each in measured}
        assert [each for each in measured if each["over"] > 0] == []
        assert len(pypdfium2.PdfDocument(set_sheets([sheet], paper, "pdf", "zh")[0])) == 1


def test_a_long_name_is_set_smaller_than_a_short_one():
    size = {name: next(b["size"] for b in boxes([notice(name)], A4, "zh") if b["part"] == "title") for name in ("网格", LONG)}
    assert size[LONG] < size["网格"]


@pytest.mark.parametrize("name", [LONG[:60], WORD[:60]])
def test_all_text_lies_on_the_page(name: str):
    page = pypdfium2.PdfDocument(set_sheets([notice(name, n=6)], A4, "pdf", "zh")[0])[0]
    words = page.get_textpage()
    width, height = page.get_size()
    rects = [words.get_rect(i) for i in range(words.count_rects())]
    assert len(rects) > 20
    assert all(0 <= left <= right <= width and 0 <= bottom <= top <= height for left, bottom, right, top in rects)


def test_the_same_sheet_gives_the_same_bytes_and_a_later_day_of_data_others():
    first, again = (set_sheets([notice()], A4, "pdf", "zh")[0] for _ in range(2))
    assert first == again
    assert set_sheets([plate()], A5, "png", "en") == set_sheets([plate()], A5, "png", "en")
    assert set_sheets([replace(notice(), about=replace(ABOUT, date="2026-02-01"))], A4, "pdf", "zh")[0] != first


def test_chinese_type_is_embedded_and_no_other():
    body = set_sheets([notice()], A4, "pdf", "zh")[0]
    assert b"NotoSansSC" in body
    assert b"/FontFile3" in body
    fonts = {part.split(b" ")[0].split(b"/")[0] for part in body.split(b"/BaseFont/")[1:]}
    assert fonts
    assert all(b"NotoSansSC" in font for font in fonts)


def test_many_sheets_are_the_pages_of_one_pdf_and_pictures_of_their_own():
    sheets = [notice(f"网格 {i:03d}") for i in range(3)]
    assert len(pypdfium2.PdfDocument(set_sheets(sheets, A4, "pdf", "zh")[0])) == 3
    pictures = set_sheets(sheets, A4, "png", "zh", 40)
    assert len({bytes(each) for each in pictures}) == 3
    assert all(each.startswith(b"\x89PNG") for each in pictures)
    assert set_sheets([], A4, "pdf", "zh") == []


def test_the_code_to_scan_says_code_and_name_or_leads_to_the_units_page():
    assert scanned(notice()) == "130102001001001 网格 001 网格 001 网格 001"
    assert scanned(replace(notice(), link=LINK)) == LINK


@pytest.mark.parametrize("paper", [PAPERS["A3"], A4, A5], ids=lambda paper: paper.name)
@pytest.mark.parametrize("sheet", [notice(), plate(), replace(notice(), link=LINK), replace(plate(), link=LINK), notice(LONG)], ids=range(5))
def test_the_code_on_the_printed_sheet_can_be_read(sheet: Notice | Plate, paper: Paper):
    picture = pypdfium2.PdfDocument(set_sheets([sheet], paper, "pdf", "zh")[0])[0].render(scale=2).to_numpy()
    found = zxingcpp.read_barcodes(np.ascontiguousarray(picture[..., :3]))
    assert [(code.format, code.text) for code in found] == [(zxingcpp.BarcodeFormat.QRCode, scanned(sheet))]


@pytest.mark.parametrize("name", [*HOSTILE, "", "网" * 5_000])
def test_any_name_can_be_coded_and_the_code_stands_first(name: str):
    said = scanned(replace(notice(), title=name))
    assert said.startswith("130102001001001 ")
    assert len(said) <= 80
    assert len(set_sheets([replace(notice(), title=name)], A4, "svg", "zh")) == 1
    assert scanned(replace(notice(), link="http://geogrid.example/" + "x" * 5_000)) == scanned(notice())


@pytest.mark.parametrize(
    "own", [shapely.box(0, 0, 1, 1), shapely.box(0, 0, 5000, 20), shapely.MultiPolygon([shapely.box(0, 0, 9, 9), shapely.box(50, 50, 60, 60)])]
)
def test_a_map_shows_all_of_the_unit_with_land_round_it(own: shapely.Geometry):
    west, south, east, north = window(own, 1.2)
    assert (east - west) / (north - south) == pytest.approx(1.2)
    assert shapely.contains_properly(shapely.box(west, south, east, north), own)
    made = draw(Scene(own, 0), width=100, height=80, unit=1.0)
    assert made.shows == ()
    assert made.labels == ()
    assert 0 < made.bar <= 20


def test_a_map_names_neighbours_roads_and_houses_each_at_its_place():
    made = drawn()
    said = {label.text: label for label in made.labels}
    assert set(said) == {"网格 002", "华乐路", "1", "2"} | {"1"}
    assert said["网格 002"].x > said["2"].x == pytest.approx(made.width / 2)
    assert said["华乐路"].angle == pytest.approx(0, abs=0.1)
    assert all(0 < label.x < made.width and 0 < label.y < made.height for label in made.labels)


@given(st.lists(st.tuples(st.floats(0, 50), st.floats(0, 50)), max_size=12))
def test_signs_never_cover_each_other(places: list[tuple[float, float]]):
    apart = spread(places, 5.0)
    assert len(apart) == len(places)
    assert all(np.hypot(a[0] - b[0], a[1] - b[1]) >= 4.9 for i, a in enumerate(apart) for b in apart[:i])


def test_what_the_template_reads_lies_in_the_package():
    folder = Path(__file__).parents[1] / "geogrid" / "sheets"
    assert {path.name for path in folder.glob("*.typ")} == {"common.typ", "notice.typ", "plate.typ", "change.typ"}
