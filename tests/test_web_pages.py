"""Every page answers its question, in Chinese first, with its text escaped and nothing allowed in from outside."""

from __future__ import annotations

import io
import re
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from flask.testing import FlaskClient
from openpyxl import load_workbook

from geogrid.errors import CrsError, GeogridError, InputError, NotFoundError, StoreError
from geogrid.store import write_project
from tests.tiny import EAST, WEST, tiny_contents
from tests.web_project import tiny_app
from web import create_app
from web.errors import status_of
from web.served import Served

PAGES = ("/", "/stations", "/cameras", "/checks", f"/units/{WEST}", f"/units/{WEST}001", f"/units/{WEST}001001")
QUESTIONS = {"/": "全区怎样划分，哪里不对？", "/stations": "谁没有被服务？", "/cameras": "什么没有被看见？", "/checks": "先改哪一处？"}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return tiny_app(tmp_path_factory.mktemp("web")).test_client()


def _text(page: str) -> str:
    """What a reader sees: no tags, no script, no style."""
    return re.sub(r"<[^>]+>", " ", re.sub(r"(?s)<(script|style|head).*?</\1>", " ", page))


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_there_in_both_languages(client: FlaskClient, path: str):
    for lang, tag in (("zh", "zh-CN"), ("en", "en")):
        answer = client.get(path, query_string={"lang": lang})
        assert answer.status_code == 200
        assert f'<html lang="{tag}">' in answer.text


@pytest.mark.parametrize("path", QUESTIONS)
def test_a_page_asks_its_question(client: FlaskClient, path: str):
    assert f"<h1>{QUESTIONS[path]}</h1>" in client.get(path).text


@pytest.mark.parametrize("path", PAGES)
def test_a_name_that_looks_like_a_script_is_text(client: FlaskClient, path: str):
    assert "<script>alert(1)</script>" not in client.get(path).text


@pytest.mark.parametrize("path", PAGES)
def test_no_chinese_is_left_on_the_english_page_but_names_from_data(client: FlaskClient, path: str):
    text = _text(client.get(path, query_string={"lang": "en"}).text)
    names = ("小区样例 tiny", "建华社区", "中文")
    for name in names:
        text = text.replace(name, "")
    text = re.sub(r"第[A-D]网格|建华大街\d+号", "", text)
    assert not re.findall(r"[\u4e00-\u9fff]+", text)


@pytest.mark.parametrize("path", PAGES)
def test_no_english_is_left_on_the_chinese_page_but_names_from_data(client: FlaskClient, path: str):
    text = _text(client.get(path).text)
    fine = {"tiny", "EN", "XLSX", "GeoJSON", "Enter", "Esc", "JavaScript", "script", "alert", "lt", "gt", "party", "day", "care", "ha"}
    assert set(re.findall(r"[A-Za-z]{2,}", text)) <= fine


def test_accept_language_chooses_and_chinese_is_the_first_language(client: FlaskClient):
    assert 'lang="en"' in client.get("/", headers={"Accept-Language": "en-GB,en;q=0.8"}).text
    assert '<html lang="zh-CN">' in client.get("/", headers={"Accept-Language": "fr"}).text
    assert '<html lang="zh-CN">' in client.get("/?lang=zh", headers={"Accept-Language": "en"}).text


def test_a_language_asked_for_stays_in_the_links(client: FlaskClient):
    page = client.get("/?lang=en").text
    assert 'href="/checks?lang=en"' in page
    assert 'href="/checks"' in client.get("/").text


def test_every_answer_has_a_policy_whose_nonce_is_the_pages_own(client: FlaskClient):
    answer = client.get("/")
    policy = answer.headers["Content-Security-Policy"]
    nonce = re.search(r"script-src 'self' 'nonce-([\w-]+)'", policy)
    assert nonce
    assert f'<script nonce="{nonce[1]}">' in answer.text
    assert client.get("/").headers["Content-Security-Policy"] != policy
    assert "default-src 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("path", PAGES)
def test_no_page_has_inline_style_or_handlers_or_outside_addresses(client: FlaskClient, path: str):
    page = client.get(path).text
    assert not re.findall(r"\sstyle=|\son\w+=", page)
    assert not re.findall(r"""(?:src|href)=["'](?:https?:)?//""", page)
    for block in re.findall(r"<(?:script|style)(?![^>]*\bsrc=)[^>]*>", page):
        assert "nonce=" in block or "application/json" in block


def test_the_overview_says_how_many_units_of_each_level_and_who_is_out_of_bounds(client: FlaskClient):
    text = re.sub(r"\s+", " ", _text(client.get("/").text))
    assert "2 社区" in text
    assert "4 网格" in text
    assert "11 微网格" in text
    assert "界限 20–60 户" in text
    assert "微网格不在 10–15 户" in text
    assert "117 户" in text


def test_estimated_households_are_called_so_with_their_base(client: FlaskClient):
    assert re.search(r"估算\s+6\.0\s?%，7 / 117 户", re.sub(r"\s+", " ", _text(client.get("/").text)))


def test_what_is_simulated_says_so_on_every_page(client: FlaskClient):
    assert all("模拟数据" in client.get(path).text for path in PAGES)


def test_a_unit_page_says_where_it_belongs_what_it_holds_and_who_is_next(client: FlaskClient):
    text = re.sub(r"\s+", " ", _text(client.get(f"/units/{WEST}001").text))
    assert "建华社区" in text
    assert "界限 20–60 户" in text
    assert re.search(r"第C网格 37 户 100\s?m", text)
    assert "叠在同一块地上的微网格" in text
    assert "建华大街1号" in text


def test_a_unit_with_an_accepted_reason_tells_it(client: FlaskClient):
    page = client.get(f"/units/{EAST}002003")
    assert "界外有原因" in page.text
    assert "component_too_light" not in _text(page.text)


def test_a_dedicated_unit_has_no_bounds_bar(client: FlaskClient):
    page = client.get(f"/units/{EAST}001").text
    assert 'class="bounds"' not in page
    assert "专属" in page


def test_checks_group_what_is_wrong_and_tell_what_is_not(client: FlaskClient):
    text = _text(client.get("/checks").text)
    assert "户数不足" in text
    assert "这些没有问题" in text
    assert "无缝隙" in text
    assert "17 个单元全部查过" in text


def test_secret_cameras_are_told_to_no_program(client: FlaskClient):
    assert "涉密点" not in client.get("/api/sites?kind=cameras").text


def test_the_table_of_a_page_says_the_same_as_the_map(client: FlaskClient):
    version = re.search(r"/data/(\w+)/tables", client.get("/").text)
    assert version
    table = client.get(f"/data/{version[1]}/tables/overview/grid.json?lang=zh").get_json()
    assert table["codes"] == [f"{WEST}001", f"{WEST}002", f"{EAST}001", f"{EAST}002"]
    assert table["values"]["households"] == [46, 37, 0, 34]
    assert table["status"] == ["in", "in", "dedicated", "in"]


def test_bytes_are_made_once_zipped_and_not_sent_again(client: FlaskClient):
    first = client.get("/api/units?level=microgrid", headers={"Accept-Encoding": "gzip"})
    assert first.headers["Content-Encoding"] == "gzip"
    again = client.get("/api/units?level=microgrid", headers={"Accept-Encoding": "gzip", "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_download_holds_what_is_filtered_and_no_formula(client: FlaskClient):
    book = load_workbook(io.BytesIO(client.get("/download/grid.xlsx?status=dedicated").data))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert [row[rows[0].index("code")] for row in rows[1:]] == [f"{EAST}001"]
    cameras = load_workbook(io.BytesIO(client.get("/download/cameras.xlsx").data)).worksheets[0]
    assert {cell.value: cell.data_type for row in cameras.iter_rows() for cell in row}["=1+1"] == "s"


def test_a_download_of_units_without_a_camera(client: FlaskClient):
    names = [f["properties"]["code"] for f in client.get("/download/grid.geojson?none=cameras").get_json()["features"]]
    assert names == [f"{WEST}001"]  # the only camera of EAST 001 is secret, and counts


def test_people_get_a_page_when_there_is_nothing(client: FlaskClient):
    answer = client.get("/units/999")
    assert answer.status_code == 404
    assert "没有编码为“999”的单元" in answer.text
    assert "no unit has the code" in client.get("/units/%3Cscript%3E?lang=en").text
    assert client.get("/nothing").status_code == 404


def test_a_foreign_host_name_is_refused(client: FlaskClient):
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400


def test_a_project_that_is_gone_is_a_503_page(tmp_path: Path):
    app = tiny_app(tmp_path)
    (tmp_path / "tiny.gpkg").unlink()
    answer = app.test_client().get("/")
    assert answer.status_code == 503
    assert "文件不存在" in answer.text
    assert app.test_client().get("/api/version").get_json()["error"] == "store"


def test_a_rebuilt_project_is_opened_anew(tmp_path: Path):
    client = tiny_app(tmp_path).test_client()
    before = client.get("/api/version").get_json()["etag"]
    (tmp_path / "tiny.gpkg").unlink()
    tiny_app(tmp_path)
    assert client.get("/api/version").get_json()["etag"] != before


@pytest.mark.parametrize(("error", "status"), [(NotFoundError, 404), (CrsError, 400), (InputError, 400), (StoreError, 503), (GeogridError, 400)])
def test_one_table_gives_the_status(error: type[GeogridError], status: int):
    assert status_of(error("x")) == status


def test_every_text_has_its_chinese(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(str(Path(__file__).parents[1] / "scripts"))
    translations = pytest.importorskip("translations")
    with translations.PO.open("rb") as file:
        catalogue = read_po(file, locale="zh")
    texts = translations.updated(catalogue, translations.extract())
    assert translations.find_untranslated(texts) == []
    sys.modules.pop("translations", None)


def test_one_slow_answer_does_not_hold_up_the_others():
    served, started, go_on = Served(None, "1"), threading.Event(), threading.Event()

    def slow() -> str:
        started.set()
        assert go_on.wait(60)
        return "slow"

    thread = threading.Thread(target=lambda: served.keep("slow", slow))
    thread.start()
    assert started.wait(60)
    assert served.keep("fast", lambda: served.keep("inner", lambda: "fast")) == "fast"
    go_on.set()
    thread.join()
    assert served.keep("slow", lambda: "again") == "slow"


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A project with units only: no sites, no base map, nothing found, no bounds anywhere."""
    full = tiny_contents()
    scheme = replace(full.plan.scheme, levels=tuple(replace(level, households=None, make="given") for level in full.plan.scheme.levels))
    plan = replace(full.plan, scheme=scheme, _derived={})
    nothing = full.findings.iloc[:0]
    path = tmp_path_factory.mktemp("bare") / "bare.gpkg"
    empty = {"given": {}, "sites": {}, "layers": {}, "notes": nothing, "findings": nothing, "rejected": full.rejected.iloc[:0]}
    write_project(replace(full, plan=plan, meta={**full.meta, "simulated": False}, **empty), path)
    return create_app(path).test_client()


def test_empty_lists_say_why_they_are_empty(bare: FlaskClient):
    assert "本项目没有站点" in bare.get("/stations").text
    assert "本项目没有摄像机" in bare.get("/cameras").text
    assert "没有问题：全部规则都已检查" in bare.get("/checks").text
    assert "没有户数界限" in bare.get("/").text
    assert "模拟数据" not in bare.get("/").text


@pytest.mark.parametrize("path", [*PAGES, "/api/sites", "/api/findings", "/api/units?level=grid", "/api/version", "/download/grid.xlsx"])
def test_a_project_with_units_only_is_shown(bare: FlaskClient, path: str):
    assert bare.get(path).status_code == 200


def test_a_download_of_what_is_not_there_is_404(bare: FlaskClient):
    assert bare.get("/download/cameras.xlsx").status_code == 404
    assert bare.get("/download/nothing.xlsx").status_code == 404
    assert bare.get("/download/grid.exe").status_code == 404
    assert bare.get("/download/grid.xlsx?status=odd").status_code == 400
