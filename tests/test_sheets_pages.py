"""`geogrid sheets` and the pages /sheets: whole or not at all, files named by code, one's own part only, hostile names, a real browser."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pypdfium2
import pytest
from click.testing import CliRunner

from geogrid.cli import main
from geogrid.maps.data import all_sites
from geogrid.maps.kinds import kinds_of
from geogrid.pipeline.lookup import lookup_of
from geogrid.pipeline.sheets import Sheets, Wanted
from geogrid.scheme import SiteKind, Text
from geogrid.sheets.papers import PAPERS
from geogrid.store import open_project, write_project
from tests.people import manned_app, signed_in
from tests.tiny import EAST, SCRIPT, WEST, tiny_contents
from tests.web_project import tiny_app

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sheets") / "tiny.gpkg"
    write_project(tiny_contents(), path)
    return path


def run(*words: object) -> object:
    return CliRunner().invoke(main, ["sheets", *map(str, words)])


def test_every_grid_gets_a_notice_named_by_its_code_and_again_the_same_bytes(project: Path, tmp_path: Path):
    for folder in ("a", "b"):
        assert run(project, "--out", tmp_path / folder, "--at", "2026-03-01").exit_code == 0
    files = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert files[0] == f"{WEST}001.pdf"
    assert len(files) == 4
    assert all((tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes() for name in files)


def test_plates_of_a_community_come_in_one_file(project: Path, tmp_path: Path):
    result = run(project, "--out", tmp_path / "p", "--unit", WEST, "--kind", "plate", "--one-file", "--json")
    assert result.exit_code == 0
    assert [path.name for path in (tmp_path / "p").iterdir()] == ["plates.pdf"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--unit", "nix"], "nix"),
        (["--level", "nix"], "nix"),
        (["--unit", f"{WEST}001", "--level", "community"], "community"),
        (["--format", "png", "--one-file"], "PDF"),
        (["--at", "gestern"], "gestern"),
    ],
)
def test_what_can_not_be_printed_is_said_in_one_line_and_nothing_is_written(project: Path, tmp_path: Path, words: list[str], said: str):
    result = run(project, "--out", tmp_path / "x", *words)
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "x").exists()


def test_units_above_each_other_get_notices_that_name_their_floors(project: Path, tmp_path: Path):
    assert run(project, "--out", tmp_path / "m", "--level", "microgrid", "--one-file").exit_code == 0
    document = pypdfium2.PdfDocument((tmp_path / "m" / "notices.pdf").read_bytes())
    assert any("楼层" in page.get_textpage().get_text_bounded() for page in document)


def test_a_folder_that_can_not_be_written_is_said_in_one_line(project: Path, tmp_path: Path):
    (tmp_path / "file").write_text("")
    result = run(project, "--out", tmp_path / "file" / "sheets", "--unit", f"{WEST}001")
    assert result.exit_code == 2
    assert str(tmp_path / "file") in result.stderr
    assert "Traceback" not in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_the_pages_serve_previews_one_sheet_and_a_zip_of_what_the_table_shows(tmp_path: Path):
    client = tiny_app(tmp_path).test_client()
    assert client.get("/sheets?lang=zh").status_code == 200
    page = client.get(f"/sheets/{WEST}001?lang=zh").get_data(as_text=True)
    assert SCRIPT not in page
    assert client.get(f"/sheets/{WEST}001/preview.svg").data.startswith(b"<svg")
    assert client.get(f"/download/sheets/{WEST}001.pdf").data.startswith(b"%PDF")
    answer = client.get(f"/download/sheets.zip?level=grid&parent={WEST}&key=abc")
    assert zipfile.ZipFile(io.BytesIO(answer.data)).namelist() == [f"{WEST}001.pdf", f"{WEST}002.pdf"]
    assert client.get("/sheets/progress/abc.json").json == {"done": 2, "n": 2}
    for address in ("/sheets/nix", f"/sheets/{WEST}001?paper=A0", f"/sheets/{WEST}001?kind=nix", "/download/sheets.exe?level=grid"):
        assert client.get(address).status_code in (400, 404)


def test_a_resident_gets_no_sheet_and_who_is_confined_those_of_his_unit_only(tmp_path: Path):
    app = manned_app(tmp_path)
    client = signed_in(app, "west")
    assert client.get(f"/sheets/{WEST}001").status_code == 200
    assert client.get("/sheets/130102001002001").status_code == 404
    assert app.test_client().get(f"/sheets/{WEST}001").status_code in (302, 401)
    assert app.test_client().get("/download/sheets.zip?level=grid").status_code in (302, 401)


def test_a_click_on_a_row_shows_the_sheet(service: str, browser):
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    page.goto(f"{service}/sheets?lang=zh&level=grid")
    page.locator("#table tbody tr[data-code]").first.click()
    page.wait_for_selector(".sheet-card img")
    wide = "async () => { const picture = document.querySelector('.sheet-card img'); await picture.decode(); return picture.naturalWidth; }"
    assert page.evaluate(wide) > 300
    assert "公示图" in page.title()
    page.close()


def test_what_no_file_gives_is_called_an_estimate_on_the_plate(tmp_path: Path):
    contents = tiny_contents()
    homes = contents.layers["buildings"].assign(households_source="estimate")
    layers = {name: layer for name, layer in contents.layers.items() if name != "entrances"} | {"buildings": homes}
    write_project(replace(contents, layers=layers), tmp_path / "tiny.gpkg")
    with open_project(tmp_path / "tiny.gpkg") as project:
        plates = Sheets(project, lookup_of(project), Wanted("zh", MOMENT)).plates("community", WEST)
    assert {plate.figures[0].label for plate in plates} == {"户数（估算）"}


def test_a_station_whose_kind_is_written_as_its_name_is_of_that_kind(tmp_path: Path):
    contents = tiny_contents()
    scheme = replace(contents.plan.scheme, stations={"warm_stop": SiteKind(Text("暖心驿站", "warm stop"))})
    plan = replace(contents.plan, scheme=scheme)
    stations = contents.sites["stations"].assign(kind="暖心驿站")
    write_project(replace(contents, plan=plan, sites={"stations": stations}), tmp_path / "tiny.gpkg")
    with open_project(tmp_path / "tiny.gpkg") as project:
        found = Sheets(project, lookup_of(project), Wanted("en", MOMENT)).notice("community", EAST, PAPERS["A4"])
        assert [kind["id"] for kind in kinds_of(project.scheme, "stations", all_sites(project, "stations"))] == ["warm_stop"]
    assert {station.kind for station in found.stations} == {"warm stop"}
