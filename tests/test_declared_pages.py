"""The report where people meet it: the command, its files, and the page in a browser."""

from __future__ import annotations

import csv
import io
import json
import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import shapely
from click.testing import CliRunner
from flask.testing import FlaskClient
from waitress import create_server

from geogrid.cli import main
from geogrid.findings import to_frame
from geogrid.maps.assets import is_installed
from geogrid.report import find_declared
from geogrid.store import Contents, write_project
from tests.declared_city import CRS, bodies, city, declaring, grid_codes, rows
from tests.shared import find_chromium
from tests.test_web_browser import _axe, _until, _Watched
from web import create_app

SCRIPT = "<script>alert(1)</script>"
FIGURES = [
    {"item": "网格", "value": "130", "source": "通报"},
    {"item": "支部", "level": "网格", "value": "126"},
    {"item": "户数", "value": "1万余", "source": SCRIPT},
    {"item": "摄像头", "value": "3", "note": "=1+1"},
    {"item": SCRIPT, "value": "7"},
]


def contents() -> Contents:
    whole = city(130)
    organisations, memberships = bodies(grid_codes(whole), {"支部": 126})
    organisations.loc[0, "name"] = SCRIPT
    frame = {"id": ["c1", "c2"], "kind": "", "name": [SCRIPT, "=cmd"], "community": ["001", ""], "grid": ["001001", ""], "outside_m": [0.0, 60.0]}
    cameras = gpd.GeoDataFrame(frame, geometry=shapely.points([(540_050, 4_196_050), (539_940, 4_196_050)]), crs=CRS)
    made = declaring(replace(whole, sites={"cameras": cameras}), FIGURES, organisations=organisations, memberships=memberships)
    return replace(made, findings=to_frame(find_declared(rows(made), made.plan.scheme), CRS))


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("declared") / "city.gpkg"
    write_project(contents(), file)
    return file


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("bare") / "city.gpkg"
    write_project(city(3), file)
    return file


def run(*arguments: object, language: str = "en"):
    return CliRunner().invoke(main, ["declared", *map(str, arguments)], env={"GEOGRID_LANG": language})


def test_the_command_tells_each_figure_and_ends_with_0_where_a_mismatch_is_a_warning(path):
    said = run(path)
    assert said.exit_code == 0
    assert "✓ 网格  declared 130  computed 130" in said.output
    assert "✕ 摄像头  declared 3  computed 2" in said.output
    assert f"? {SCRIPT}  declared 7  computed –" in said.output
    assert "grids without an organisation  declared 4  computed 4" in said.output
    assert "of 5 declared figures 3 hold, 1 do not, 1 can not be told" in said.output
    assert "申报的 5 个数中，3 个相符" in run(path, language="zh").output


def test_a_scheme_that_calls_it_an_error_makes_the_command_end_with_1(tmp_path):
    made = contents()
    strict = replace(made, plan=replace(made.plan, scheme=replace(made.plan.scheme, severity={"count_mismatch": "error"})))
    write_project(strict, tmp_path / "strict.gpkg")
    assert run(tmp_path / "strict.gpkg").exit_code == 1


def test_json_has_every_row_with_its_lists_complete(path):
    told = json.loads(run(path, "--json").output)
    assert (told["figures_n"], told["holds"], told["differs"], told["unknown"]) == (5, 3, 1, 1)
    last = told["rows"][-1]
    assert last["implied"] is True
    assert (last["figure"], last["level"], last["computed"]) == ("units_without_organisation", "grid", 4)
    cases = last["lists"][0]["cases"]
    assert len(cases) == 4
    assert all(110 < case["bbox"][0] < case["bbox"][2] < 120 for case in cases)
    assert told["rows"][2]["high"] is None, "a lower bound has no upper end, and JSON no infinity"


def test_a_project_in_which_nothing_is_declared_says_how_to_declare(bare):
    said = run(bare)
    assert said.exit_code == 0
    assert "[[declared]]" in said.output
    assert json.loads(run(bare, "--json").output)["rows"] == []


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_files_hold_figures_and_lists_and_no_formula(path, tmp_path, ending):
    out = tmp_path / f"report.{ending}"
    assert run(path, "--out", out).exit_code == 0
    if ending == "csv":
        lines = list(csv.DictReader(io.StringIO(out.read_text("utf-8-sig"))))
    else:
        sheet = openpyxl.load_workbook(out).active
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
        head, *body = sheet.iter_rows(values_only=True)
        lines = [{name: "" if value is None else str(value) for name, value in zip(head, row, strict=True)} for row in body]
    figures = [line for line in lines if line["verdict"]]
    assert [line["verdict"] for line in figures] == ["holds", "holds", "holds", "differs", "unknown", "holds"]
    assert sum(line["item"] == "没有组织的网格" and line["code"] != "" for line in lines) == 4
    assert not any(str(value).startswith("=") for line in lines for value in line.values()) or ending == "xlsx"


def test_what_was_declared_can_not_play_on_the_terminal(tmp_path):
    write_project(declaring(city(3), [{"item": "a\x1b[31m\nb\u202e", "value": "3"}]), tmp_path / "odd.gpkg")
    said = run(tmp_path / "odd.gpkg").output
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert said.startswith("? a [31m b")


def test_another_ending_is_refused_and_nothing_is_written(path, tmp_path):
    said = run(path, "--out", tmp_path / "report.pdf")
    assert said.exit_code == 2
    assert ".csv .xlsx" in said.output
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def client(path: Path) -> FlaskClient:
    return create_app(path).test_client()


def test_the_page_says_the_table_in_either_language_and_escapes_what_was_declared(client):
    chinese, english = client.get("/declared?lang=zh").get_data(as_text=True), client.get("/declared?lang=en").get_data(as_text=True)
    assert "申报了多少，实有多少？" in chinese
    assert "What was declared, what is there?" in english
    assert SCRIPT not in chinese
    assert "没有组织的网格" in chinese
    assert "grids without an organisation" in english
    assert "相符" not in english
    assert "does not hold" not in chinese


def test_lists_come_as_json_and_what_is_not_there_is_404(client):
    rows = client.get("/data/x/declared/5/0.json").get_json()
    assert rows["level"] == "grid"
    assert len(rows["cases"]) == 4
    west, south, east, north = rows["bbox"]
    assert west < east
    assert south < north
    assert client.get("/data/x/declared/0/0.json").status_code == 404
    assert client.get("/data/x/declared/99/0.json").status_code == 404
    outside = client.get("/data/x/declared/3/0.json").get_json()["cases"]
    assert [(case["code"], case["level"]) for case in outside] == [("c2", "")]


@pytest.mark.parametrize("ending", ["geojson", "xlsx"])
def test_what_does_not_hold_is_among_the_findings_to_download(client, ending):
    answer = client.get(f"/download/findings.{ending}?rule=no_organisation")
    assert answer.status_code == 200
    if ending == "geojson":
        assert len(json.loads(answer.data)["features"]) == 4
    else:
        assert len(pd.read_excel(io.BytesIO(answer.data))) == 4


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_page_gives_the_same_files(client, path, tmp_path, ending):
    answer = client.get(f"/download/declared.{ending}")
    assert answer.status_code == 200
    assert "declared" in answer.headers["Content-Disposition"]
    run(path, "--out", tmp_path / f"a.{ending}")
    written = tmp_path / f"a.{ending}"
    if ending == "csv":
        assert answer.data == written.read_bytes()
    else:
        one, two = (pd.read_excel(file) for file in (io.BytesIO(answer.data), written))
        pd.testing.assert_frame_equal(one, two)


def test_the_page_of_a_project_without_declarations_says_how_to_declare(bare):
    page = create_app(bare).test_client().get("/declared?lang=zh").get_data(as_text=True)
    assert "没有申报任何数" in page
    assert "[[declared]]" in page


in_a_browser = [
    pytest.mark.skipif(not find_chromium(), reason="no Chromium on this machine"),
    pytest.mark.skipif(not is_installed(), reason="the map's scripts are not installed: run scripts/assets.py"),
]


@pytest.fixture(scope="module")
def address(path: Path) -> Iterator[str]:
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    server = create_server(create_app(path), host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    thread.join(5)


@pytest.fixture
def watched(browser, address) -> Iterator[_Watched]:
    seen = _Watched(browser, address)
    yield seen
    seen.context.close()
    assert seen.faults == []


class TestInABrowser:
    pytestmark = in_a_browser

    def test_a_row_opens_its_list_which_marks_the_units_and_an_entry_selects_one(self, watched):
        page = watched.open("/declared")
        page.locator('tbody[data-row="5"] .figure-row button').focus()
        page.keyboard.press("Enter")
        _until(page, "document.querySelectorAll('tbody[data-row=\"5\"] .items li').length === 4")
        _until(page, "document.querySelectorAll('tbody[data-row=\"5\"] [aria-expanded=true]').length === 1")
        assert "row=5" in page.url
        zoom = page.evaluate("window.geogrid.map.getZoom()")
        entry = page.locator('tbody[data-row="5"] .items button').nth(1)
        code = entry.locator(".note").inner_text().strip()
        entry.click()
        _until(page, f"window.geogrid.state().selected?.code === '{code}'")
        assert page.evaluate("window.geogrid.map.getZoom()") > zoom
        page.wait_for_selector("#card h2")
        assert _axe(page) == []

    def test_a_copied_link_opens_the_same_list(self, watched):
        page = watched.open("/declared?row=5&list=0&lang=en")
        _until(page, "document.querySelectorAll('tbody[data-row=\"5\"] .items li').length === 4")
        assert page.locator('tbody[data-row="5"] .why').is_visible()

    def test_a_place_that_is_no_unit_is_ringed(self, watched):
        page = watched.open("/declared")
        page.locator('tbody[data-row="3"] .figure-row').click()
        page.wait_for_selector('tbody[data-row="3"] .items button')
        page.locator('tbody[data-row="3"] .items button').click()
        _until(page, "Object.values(window.geogrid.map._layers).filter(layer => layer.getRadius).length === 1")

    def test_the_switch_keeps_those_that_do_not_hold(self, watched):
        page = watched.open("/declared")
        page.locator('#verdicts [data-verdict="differs"]').click()
        assert page.locator("#declared tbody:visible").count() == 1
        assert "verdict=differs" in page.url

    def test_on_a_phone_nothing_is_cut_off_and_axe_finds_nothing(self, browser, address):
        phone = _Watched(browser, address, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
        page = phone.open("/declared?row=5")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.evaluate("document.querySelector('#declared').scrollWidth <= document.querySelector('#rail').clientWidth")
        assert _axe(page) == []
        phone.context.close()
        assert phone.faults == []
