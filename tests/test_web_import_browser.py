"""A district brought in through Chromium: files dropped, choices made, a draft built and used; by mouse and by keyboard, on desk and phone."""

from __future__ import annotations

import base64
import logging
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from waitress import create_server

from geogrid.maps.assets import is_installed
from tests.division_files import write_division
from tests.shared import find_chromium, shared_path
from tests.test_web_browser import _axe, _until, _Watched
from web import create_app
from web.importing_jobs import Tell

sync_api = pytest.importorskip("playwright.sync_api")
CHROMIUM = find_chromium()
HANGZHOU = ("district", "streets", "communities", "grids", "main_roads", "public_facilities")
DROP = """([target, files]) => {
  const transfer = new DataTransfer();
  for (const [name, body] of files) transfer.items.add(new File([Uint8Array.from(atob(body), c => c.charCodeAt(0))], name));
  const told = { dataTransfer: transfer, bubbles: true, cancelable: true };
  for (const kind of ["dragover", "drop"]) document.querySelector(target).dispatchEvent(new DragEvent(kind, told));
}"""
AT_REST = """document.readyState === 'complete' && !document.querySelector('.busy') && !document.querySelector('#uploads li')
  && !!document.querySelector('#build')"""

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium on this machine"),
    pytest.mark.skipif(not is_installed(), reason="the map's scripts are not installed: run scripts/assets.py"),
]


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    return create_app(tmp_path / "new.gpkg")


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    assert app.extensions["geogrid.importing"].jobs.end(60)
    server.close()
    thread.join(5)


@pytest.fixture
def watched(browser: sync_api.Browser, address: str) -> Iterator[_Watched]:
    seen = _Watched(browser, address)
    yield seen
    seen.context.close()
    assert seen.faults == []


def _drop(page: sync_api.Page, paths: list[Path], target: str = "#drop") -> None:
    page.evaluate(DROP, [target, [[path.name, base64.b64encode(path.read_bytes()).decode()] for path in paths]])


def _rest(page: sync_api.Page) -> None:
    """Wait until nothing is read or built any more, in eight looks one after the other: what is read may lead to more that is read."""
    quiet = 0
    for _ in range(1200):
        quiet = quiet + 1 if page.evaluate(AT_REST) else 0
        if quiet == 8:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"the page never came to rest: {_shown(page)}")


def _shown(page: sync_api.Page) -> str:
    """What the page says, and what it asked for last; for who reads of a failure."""
    asked = page.evaluate("performance.getEntriesByType('resource').slice(-8).map(e => Math.round(e.startTime) + ' ms ' + e.name)")
    return "\n".join([page.url, page.locator("#import").inner_text(), *asked, f"now {page.evaluate('Math.round(performance.now())')} ms"])


def _build_and_use(page: sync_api.Page, app: Flask) -> None:
    page.locator("[data-do=build]").click()
    try:
        page.wait_for_selector("[data-do=use]", timeout=60_000)
    except sync_api.TimeoutError:
        told = app.test_client().get("/api" + urlsplit(page.url).path.replace("import", "imports", 1)).json
        job = {name: told[name] for name in ("busy", "failed", "problem", "current")}
        raise AssertionError(f"no draft to use: {_shown(page)}\n{job}") from None
    _until(page, "!!(window.geogrid && window.geogrid.isReady)")


def test_hangzhou_is_dropped_built_looked_at_and_used(watched: _Watched, app: Flask):
    files = [shared_path(f"hangzhou_xiacheng/{name}.geojson") for name in HANGZHOU]
    page = watched.page
    page.goto(watched.address + "/")
    assert page.url.endswith("/import")
    assert _axe(page) == []
    _drop(page, files)
    page.wait_for_selector("#build")
    _rest(page)
    assert page.locator(".files tbody tr").count() == 6
    assert page.locator("#name").input_value() == "下城区"
    assert page.locator("#role-1 option:checked").inner_text() == "区界"
    assert page.locator(".leaflet-container canvas").count() > 0
    _build_and_use(page, app)
    assert "297 网格" in page.locator(".draft").inner_text()
    group = page.locator("details.group").first
    group.locator("summary").click()
    group.locator(".items button:enabled").first.click()
    _until(page, "window.geogrid.map.getZoom() > 13")
    assert _axe(page) == []
    page.locator("[data-do=use]").click()
    page.wait_for_selector("#table tr[data-code]")
    assert "下城区" in page.title()
    assert "第 1 版" in page.locator(".plan").inner_text()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_step_works_on_a_small_division_with_faults(watched: _Watched, tmp_path: Path, lang: str):
    watched.page.goto(f"{watched.address}/import?lang={lang}")
    page = watched.page
    (tmp_path / "files").mkdir()
    paths = write_division(tmp_path / "files", bad_stations=3, name="<b>区</b>")
    _drop(page, paths)
    page.wait_for_selector("#build")
    _rest(page)
    assert page.locator("#name").input_value() == "<b>区</b>"
    assert page.locator("#rows tbody tr").count() == 1
    assert page.locator(".cross").count() == 3
    stations = page.locator('details.layer:has-text("站点.csv")').first
    stations.locator("summary").click()
    stations.locator('select[data-column="容量"]').select_option("")
    _rest(page)
    assert page.locator("#rows tbody tr").count() == 0
    assert stations.evaluate("one => one.open"), "what was open stays open"
    page.locator('details.layer:has-text("站点.csv") select[data-column="容量"]').first.select_option("capacity")
    _rest(page)
    assert page.locator("#rows tbody tr").count() == 1
    page.evaluate("document.querySelectorAll('details.layer').forEach(one => { one.open = true; })")
    assert ("Leave out these 3 rows" if lang == "en" else "放下这 3 行") in page.locator("[data-do=build]").inner_text()
    assert _axe(page) == []
    assert f"lang={lang}" in page.url


def test_an_import_is_left_continued_and_deleted_by_keyboard(watched: _Watched, tmp_path: Path):
    page = watched.page
    page.on("filechooser", lambda _: None)  # told to Chromium now, so that it is in force before the key is pressed
    page.goto(watched.address + "/import")
    (tmp_path / "files").mkdir()
    paths = write_division(tmp_path / "files")
    page.wait_for_load_state("networkidle")
    page.locator("[data-do=pick]").focus()
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(paths[:3])
    page.wait_for_selector("#build")
    _rest(page)
    page.locator("#role-3").focus()
    page.keyboard.press("Home")
    _rest(page)
    assert page.evaluate("document.activeElement.id") != "", "the focus is not lost when the page changes"
    page.locator(".work-foot a").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/import")
    page.locator(".work td a").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#build")
    _rest(page)
    assert page.locator(".files tbody tr").count() == 3
    page.goto(watched.address + "/import")
    page.locator("[data-do=delete]").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    assert page.locator("[data-do=delete]").count() == 1, "Escape gives up"
    page.locator("[data-do=delete]").focus()
    page.keyboard.press("Enter")
    page.locator("#sure-yes").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-do=delete]", state="detached")
    assert list(tmp_path.glob("*.imports")) == []


def test_a_file_of_another_kind_is_told_and_nothing_begins(watched: _Watched, tmp_path: Path):
    (tmp_path / "page.html").write_text("<script>alert(1)</script>")
    page = watched.page
    page.goto(watched.address + "/import")
    _drop(page, [tmp_path / "page.html"])
    page.wait_for_selector(".said")
    assert "page.html" in page.locator(".said").inner_text()
    assert list(tmp_path.glob("*.imports")) == []


def test_what_is_not_read_is_told_beside_what_is(watched: _Watched, tmp_path: Path):
    page = watched.page
    page.goto(watched.address + "/import")
    (tmp_path / "files").mkdir()
    (tmp_path / "报告.pdf").write_bytes(b"%PDF-1.4")
    (tmp_path / "空.csv").write_bytes(b"")
    _drop(page, [tmp_path / "报告.pdf", tmp_path / "空.csv", *write_division(tmp_path / "files")])
    page.wait_for_selector("#build")
    _rest(page)
    assert "报告.pdf" in page.locator(".said").inner_text()
    assert "文件是空的" in page.locator("#files .warning-panel").inner_text()
    assert page.locator(".files tbody tr").count() >= 3
    page.locator("#name").fill("甲区")
    page.locator("#name").press("Enter")
    _rest(page)
    _drop(page, [tmp_path / "报告.pdf"])
    page.wait_for_selector(".said")
    assert page.locator("#name").input_value() == "甲区"


def test_it_fits_on_a_phone_in_large_text_too(browser: sync_api.Browser, address: str, tmp_path: Path):
    phone = _Watched(browser, address, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, locale="en-GB")
    page = phone.page
    page.goto(address + "/import")
    (tmp_path / "files").mkdir()
    page.set_input_files("#picker", write_division(tmp_path / "files", bad_stations=1))
    page.wait_for_selector("#build")
    _rest(page)
    for _ in range(2):
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert _axe(page) == []
        page.locator("#large").click()
    phone.context.close()
    assert phone.faults == []


def _opened(watched: _Watched, tmp_path: Path) -> tuple[sync_api.Page, str]:
    """The page of an import at rest, and the import's id."""
    (tmp_path / "files").mkdir()
    page = watched.page
    page.goto(watched.address + "/import")
    page.set_input_files("#picker", write_division(tmp_path / "files"))
    page.wait_for_selector("#build")
    _rest(page)
    return page, urlsplit(page.url).path.rsplit("/", 1)[1]


def test_a_press_is_the_buttons_though_the_page_changes_before_it_ends(watched: _Watched, app: Flask, tmp_path: Path):
    page, name = _opened(watched, tmp_path)
    jobs = app.extensions["geogrid.importing"].jobs

    def work(tell: Tell) -> None:
        while True:
            tell("read", 0.5)
            time.sleep(0.01)

    assert jobs.start(name, "build", work)
    page.reload()
    page.wait_for_selector("[data-do=stop]")
    page.locator("[data-do=stop]").hover()
    with page.expect_response("**/panel*"):
        page.mouse.down()
    page.wait_for_timeout(300)  # what came would be in its place by now
    page.mouse.up()
    page.wait_for_selector("[data-do=stop]", state="detached")
    assert jobs.at(name) is None


def test_an_answer_that_comes_late_does_not_take_the_place_of_a_later_one(watched: _Watched, tmp_path: Path):
    page, _name = _opened(watched, tmp_path)
    held: list[sync_api.Route] = []
    page.route("**/panel*", lambda route: route.continue_() if held else held.append(route))
    for name in ("甲区", "乙区"):
        page.locator("#name").fill(name)
        page.locator("#name").press("Enter")
        _until_python(page, lambda: bool(held))
    _rest(page)
    held[0].fulfill(status=200, content_type="text/html", body='<div id="new-steps" data-shows="files"></div><div id="new-work">old</div>')
    page.wait_for_timeout(300)
    assert page.locator("#name").input_value() == "乙区"


def _until_python(page: sync_api.Page, is_so: Callable[[], bool]) -> None:
    for _ in range(600):
        if is_so():
            return
        page.wait_for_timeout(50)
    raise AssertionError(_shown(page))
