"""Pages of plans: the list, a log, two states compared, the change form, the line above a page that shows another state; as text, no browser."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from flask import Flask
from flask.testing import FlaskClient

from geogrid.edit import parse_edit
from geogrid.store import open_desk
from tests.desks import Clock, tiny_desk
from tests.people import manned_project, signed_in
from tests.tiny import EAST, SCRIPT, WEST
from web import create_app
from web.changeform import fit

REASON = "同一楼门归一"


def drafted(folder: Path) -> Path:
    """Write the tiny project with a version 2, and a draft `d1` of it with three changes, the last taken back; return its path."""
    with tiny_desk(folder) as desk:
        desk.edit("main", [parse_edit({"kind": "move", "atoms": ["13-1-1"], "to": EAST + "002"})], base_version=1, author="甲", reason=REASON)
        desk.fork("main", name=SCRIPT, author="乙")
        move = {"kind": "move", "atoms": ["5-1-1"], "to": WEST + "002"}
        rename = {"kind": "rename", "unit": WEST + "001", "name": SCRIPT}
        desk.edit("d1", [parse_edit(move), parse_edit(rename)], base_version=1, author="甲", reason=f"{SCRIPT} 原来偏少")
        desk.undo("d1", base_version=3, author="甲")
        return desk.path


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    app = create_app(drafted(tmp_path_factory.mktemp("plans")))
    yield app.test_client()
    with app.extensions["geogrid"].held():
        pass


def page(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address, headers={"Accept": "text/html"})
    assert answer.status_code == status, answer.get_data(as_text=True)[:2000]
    return answer.get_data(as_text=True)


def words(text: str) -> str:
    """What a reader sees of a page's main part."""
    main = re.search(r"<main.*</main>", text, re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main[0] if main else text))


ADDRESSES = (
    "/plans",
    "/plans/main",
    "/plans/d1",
    "/plans/compare?a=main&b=d1",
    "/plans/compare?a=1&b=2&level=microgrid",
    "/plans/main/changes/2",
    "/plans/d1/changes/2",
    "/plans/d1/changes/4",
)


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_each_page_answers_in_either_language_and_no_text_from_data_runs(client: FlaskClient, address: str, lang: str):
    text = page(client, address + ("&" if "?" in address else "?") + "lang=" + lang)
    assert "<script>alert" not in text
    assert ("Plans" in text) == (lang == "en")


def test_the_list_says_what_a_draft_changes_against_what_it_was_forked_from(client: FlaskClient):
    said = words(page(client, "/plans"))
    assert re.search(r"由 主方案 第 2 版另起", said)
    assert re.search(r"2 变化的网格 10 户换归属", said)


def test_the_log_names_kind_units_households_reason_and_who_the_last_first(client: FlaskClient):
    text = page(client, "/plans/d1")
    rows = [words(row) for row in re.findall(r"<tr id=.*?</tr>", text, re.S)]
    assert [re.search("撤回|改名|改划", row)[0] for row in rows] == ["撤回", "改名", "改划"]
    assert "第A网格" in rows[2]
    assert " 10 " in rows[2]
    assert "原来偏少" in rows[2]
    assert 'href="#v3"' in text
    assert "/?plan=d1&amp;at=3" in text


def test_a_comparison_tells_pieces_households_units_and_reasons(client: FlaskClient):
    said = words(page(client, "/plans/compare?a=main&b=d1"))
    assert "改划 1 处" in said
    assert "10 户换网格" in said
    assert "2 个网格变化" in said
    assert "46 户" in said
    assert "36 户" in said
    assert "原来偏少" in said
    assert "自某日起采用" in said
    assert "自某日起采用" not in words(page(client, "/plans/compare?a=d1&b=main"))
    assert "两者在各层级上完全相同" in words(page(client, "/plans/compare?a=main&b=2"))


def test_each_side_has_a_map_with_the_pieces_and_changed_units_of_different_hues(client: FlaskClient):
    for side in ("before", "after"):
        text = page(client, f"/plans/compare/{side}?a=main&b=d1")
        settings = json.loads(re.search(r"geogrid\.start\(\w+, (\{.*\})\);", text)[1])
        assert settings["moved"]["side"] == side
        assert [piece["households"] for piece in settings["moved"]["pieces"]] == [10]
        hues = {f["p"]["code"]: f["p"].get("hue") for f in settings["inline"]["layers"]["u:grid"]}
        assert len({hues[WEST + "001"], hues[WEST + "002"]} - {None}) == 2
        assert hues[EAST + "001"] is None
        assert "moved.js" in text


def test_the_difference_is_a_file_to_take_away(client: FlaskClient):
    collection = client.get("/plans/difference.geojson?a=main&b=d1").get_json(force=True)
    assert [f["properties"]["feature"] for f in collection["features"]] == ["unit", "unit", "piece"]
    assert (collection["simulated"], collection["version_from"], collection["version_to"]) == (True, 2, 4)
    answer = client.get("/plans/difference.csv?a=main&b=d1")
    rows = list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert [row["households_after"] for row in rows] == ["36", "35", ""]
    assert "attachment" in answer.headers["Content-Disposition"]
    assert client.get("/plans/difference.shp?a=main&b=d1").status_code == 404


def test_the_form_says_everything_of_one_change(client: FlaskClient):
    text = page(client, "/plans/main/changes/2")
    said = words(text)
    for part in ("网格划分登记表", "main-2", REASON, "12 户换社区", "建华社区", "所据版本", "甲", "2026-03-01", "批准（盖章）", "模拟数据"):
        assert part in said
    assert text.count('<svg class="drawing"') == 2
    assert text.count('stroke-dasharray="18 10"') == 1  # dashed where the land was, on the left only
    assert re.search(r">(50|100) m<", text)  # the scale bar


@pytest.mark.parametrize("address", ["/plans/main/changes/2", "/plans/d1/changes/4"])
def test_the_form_is_a_file_too(client: FlaskClient, address: str):
    assert f'href="{address}.pdf"' in page(client, address)
    answer = client.get(address + ".pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    text = pypdfium2.PdfDocument(answer.data)[0].get_textpage().get_text_range()
    assert "网格划分登记表" in text
    assert "-".join(address.split("/")[2::2]) in text  # the number of the form
    assert client.get("/plans/main/changes/99.pdf").status_code == 404


def test_a_form_on_another_level_tells_of_that_level(client: FlaskClient):
    said = words(page(client, "/plans/main/changes/2?level=microgrid"))
    assert "12 户换微网格" in said


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/plans/d9", 404),
        ("/plans/d1/changes/1", 404),
        ("/plans/d1/changes/99", 404),
        ("/plans/d1/changes/99999999999999999999999", 404),
        ("/plans/compare?a=nowhere", 404),
        ("/plans/compare?a=main@99", 404),
        ("/plans/compare?a=main@x", 400),
        ("/plans/compare?a=main&b=d1&level=x", 400),
        ("/plans/compare/aside?a=main&b=d1", 404),
        ("/plans/compare/before?a=main&b=main", 404),
        ("/plans/d1?before=x", 200),
    ],
)
def test_what_is_not_there_is_refused_in_words(client: FlaskClient, address: str, status: int):
    assert "Traceback" not in page(client, address, status)


def test_a_page_of_another_state_says_which_and_the_way_back(client: FlaskClient):
    text = page(client, "/?plan=d1&at=2")
    line = re.search(r'<p class="looking".*?</p>', text, re.S)[0]
    assert "第 2 版（最新为第 4 版）" in words(line)
    assert 'href="/"' in line
    assert "<script>alert" not in line
    assert 'class="looking"' not in page(client, "/")
    unit = page(client, f"/units/{WEST}001?at=1")
    assert f'href="/units/{WEST}001"' in re.search(r'<p class="looking".*?</p>', unit, re.S)[0]


def test_a_sheet_takes_twenty_units_with_long_names_and_says_when_there_are_more():
    assert fit([("长" * 34, "")] * 20, 180.0)[:2] == ("dense", 20)
    look, taken, height = fit([("长" * 60, "原名 " + "旧" * 30)] * 40, 180.0)
    assert (look, height) == ("dense", 52)
    assert 5 < taken < 40
    assert fit([], 180.0) == ("", 0, 120)


@pytest.fixture(scope="module")
def manned(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    path = manned_project(tmp_path_factory.mktemp("manned"))
    with open_desk(path, clock=Clock()) as desk:
        desk.edit("main", [parse_edit({"kind": "move", "atoms": ["5-1-1"], "to": WEST + "002"})], base_version=1, author="west", reason="西片的事")
        desk.edit("main", [parse_edit({"kind": "rename", "unit": EAST + "002", "name": "东网格"})], base_version=2, author="east", reason="东片的事")
        desk.edit("main", [parse_edit({"kind": "move", "atoms": ["13-1-1"], "to": EAST + "002"})], base_version=3, author="ann", reason="跨片")
        desk.fork("main", name="稿", author="ann")
    return create_app(path)


SEEN = (
    "/plans",
    "/plans/main",
    "/plans/compare?a=1&b=main",
    "/plans/compare/before?a=1&b=main",
    "/plans/compare/after?a=1&b=main",
    "/plans/main/changes/4",
)


def test_who_is_confined_to_a_unit_sees_its_part_of_plans_only(manned: Flask):
    client = signed_in(manned, "east")
    for address in (*SEEN, "/plans/difference.csv?a=1&b=main", "/plans/difference.geojson?a=1&b=main&level=microgrid"):
        text = page(client, address)
        assert WEST not in text, address
        assert "西片的事" not in text
        assert "建华社区" not in text
    log = page(client, "/plans/main")
    assert "东片的事" in log
    assert 'id="v2"' not in log
    assert page(client, "/plans/main/changes/2", 404)
    assert ".pdf" not in page(client, "/plans/main/changes/4")
    assert client.get("/plans/main/changes/4.pdf").status_code == 404  # a file tells the whole change
    said = words(page(client, "/plans/compare?a=1&b=main&level=grid"))
    assert "34 户" in said
    assert "46 户" in said


def test_a_button_stands_only_before_who_may_press_it(manned: Flask):
    shown = {name: page(signed_in(manned, name), "/plans") for name in ("vic", "pat", "ann", "boss", "east")}
    assert {name for name, text in shown.items() if "data-adopt=" in text} == {"ann"}
    assert {name for name, text in shown.items() if "data-fork=" in text} == {"pat", "ann", "boss", "east"}
