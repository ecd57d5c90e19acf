"""The pages in Chromium: nothing from outside, nothing on the console, everything by keyboard, and axe-core finds nothing."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from waitress import create_server

from geogrid.maps.assets import is_installed
from tests.shared import find_chromium
from tests.tiny import EAST, SCRIPT, WEST
from tests.web_project import tiny_app

sync_api = pytest.importorskip("playwright.sync_api")
CHROMIUM = find_chromium()
AXE = Path(os.environ.get("GEOGRID_AXE", Path(__file__).parents[1] / "node_modules/axe-core/axe.min.js"))
PAGES = ("/", "/?lang=en", "/stations", "/cameras", "/checks", f"/units/{WEST}", f"/units/{WEST}001?lang=en", f"/units/{WEST}001001")

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium on this machine"),
    pytest.mark.skipif(not is_installed(), reason="the map's scripts are not installed: run scripts/assets.py"),
]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    server = create_server(tiny_app(tmp_path_factory.mktemp("browser")), host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    thread.join(5)


def _until(page: sync_api.Page, script: str) -> None:
    """Wait until a script says true; playwright's own waiting evaluates text inside the page, which the policy forbids."""
    for _ in range(1200):
        if page.evaluate(script):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never came true: {script}")


class _Watched:
    """A page that notes what it must not do."""

    def __init__(self, browser: sync_api.Browser, address: str, **options: object) -> None:
        self.context = browser.new_context(**{"viewport": {"width": 1366, "height": 768}, "locale": "zh-CN", "reduced_motion": "reduce", **options})
        self.page, self.address, self.faults = self.context.new_page(), address, []
        self.page.set_default_timeout(60_000)
        self.page.on("console", lambda m: self.faults.append(f"{m.type}: {m.text}") if m.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda e: self.faults.append(f"script: {e}"))
        self.page.on("dialog", lambda d: (self.faults.append(f"dialog: {d.message}"), d.dismiss()))
        self.page.on("request", lambda r: None if r.url.startswith((address, "data:")) else self.faults.append(f"outside: {r.url}"))
        self.page.on("response", lambda r: self.faults.append(f"{r.status}: {r.url}") if r.status >= 400 else None)

    def open(self, path: str) -> sync_api.Page:
        self.page.goto(self.address + path)
        _until(self.page, "!!(window.geogrid && window.geogrid.isReady)")
        return self.page


@pytest.fixture
def watched(browser: sync_api.Browser, address: str) -> Iterator[_Watched]:
    seen = _Watched(browser, address)
    yield seen
    seen.context.close()
    assert seen.faults == []


def _axe(page: sync_api.Page) -> list[str]:
    """Return what axe-core finds; nothing where npm has not brought it."""
    if not AXE.is_file():
        return []
    page.evaluate(AXE.read_text("utf-8"))
    return page.evaluate("axe.run().then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html).slice(0, 3).join(' | ')))")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_asks_nobody_outside_complains_of_nothing_and_axe_finds_nothing(watched: _Watched, path: str):
    page = watched.open(path)
    page.wait_for_load_state("networkidle")
    assert page.locator(".leaflet-container canvas").count() > 0
    assert _axe(page) == []


def test_a_name_with_a_script_tag_is_shown_as_it_is_written(watched: _Watched):
    page = watched.open("/")
    page.wait_for_selector(f'#table tr[data-code="{EAST}"]')
    assert SCRIPT in page.locator("#table tbody").inner_text()
    page.locator(f'#table tr[data-code="{EAST}"]').click()
    page.wait_for_selector("#card h2")
    assert page.locator("#card h2").inner_text() == SCRIPT
    page = watched.open(f"/units/{EAST}")
    assert page.locator("h1").inner_text() == SCRIPT


def test_slash_searches_arrows_choose_and_enter_shows(watched: _Watched):
    page = watched.open("/")
    page.keyboard.press("/")
    page.keyboard.type("第D")
    page.wait_for_selector("#hits li[role=option] b")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector("#card h2")
    assert page.locator("#card h2").inner_text() == "第D网格"
    assert page.locator('#table tr[aria-selected="true"]').get_attribute("data-code") == f"{EAST}002"
    assert page.evaluate("window.geogrid.state().selected.code") == f"{EAST}002"


def test_a_number_filters_table_map_address_and_download(watched: _Watched):
    page = watched.open("/")
    page.locator('a[data-status="dedicated"]').click()
    _until(page, "document.querySelectorAll('#table tr[data-code]').length === 1")
    assert "status=dedicated" in page.url
    assert "level=grid" in page.url
    assert "status=dedicated" in (page.locator("#get-xlsx").get_attribute("href") or "")
    copied = page.url
    page = watched.open(copied.removeprefix(watched.address))
    page.wait_for_selector(f'#table tr[data-code="{EAST}001"]')
    assert page.locator("#table tr[data-code]").count() == 1


def test_the_map_selects_the_row(watched: _Watched):
    page = watched.open("/?level=grid")
    page.wait_for_selector("#table tr[data-code]")
    page.evaluate(f"window.geogrid.select('grid', '{WEST}002')")
    page.wait_for_selector(f'#table tr[data-code="{WEST}002"][aria-selected="true"]')
    page.keyboard.press("Escape")
    page.wait_for_selector("#card", state="hidden")


def test_a_table_is_walked_and_sorted_by_keyboard(watched: _Watched):
    page = watched.open("/?level=microgrid")
    page.wait_for_selector("#table tr[data-code]")
    page.locator("#table th button").last.focus()
    page.keyboard.press("Enter")
    assert page.locator("#table th").last.get_attribute("aria-sort") == "descending"
    page.locator("#scroll").focus()
    page.keyboard.press("ArrowDown")
    assert page.locator('#table tr[aria-selected="true"]').get_attribute("data-code") == f"{EAST}002001"


def test_on_paper_all_rows_of_the_table_stand_and_no_button(watched: _Watched):
    page = watched.open("/?level=microgrid")
    page.wait_for_selector("#table tr[data-code]")
    labels = page.locator("#table td.name").all_inner_texts()
    assert len(labels) > 4  # more than fit beside the map
    paper = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
    said = "".join(sheet.get_textpage().get_text_bounded() for sheet in paper)
    assert [label for label in labels if "".join(label.split()) not in "".join(said.split())] == []
    assert page.locator("#list #scroll, section.list #scroll").count() == 1
    assert page.locator("#table th button").count() == page.locator("#table th").count()
    assert page.locator(".paper").count() == 0


def test_n_goes_through_the_findings_and_shows_their_place(watched: _Watched):
    page = watched.open("/checks")
    page.keyboard.press("n")
    page.wait_for_selector("#card h2")
    page.keyboard.press("n")
    _until(page, "document.querySelector('#card h2').textContent === '户数不足'")
    assert page.locator(".items li[aria-current]").count() == 1
    assert "finding=" in page.url


def test_large_text_is_kept_and_cuts_nothing_off(watched: _Watched):
    page = watched.open("/")
    page.locator("#large").click()
    page = watched.open("/stations")
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "20px"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_on_a_phone_the_panel_is_a_sheet_of_three_heights(browser: sync_api.Browser, address: str):
    phone = _Watched(browser, address, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = phone.open("/")
    heights = []
    for _ in range(3):
        heights.append(page.locator("#rail").bounding_box()["height"])
        page.locator("#handle").click()
    assert heights[2] < heights[0] < heights[1]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    phone.context.close()
    assert phone.faults == []


def test_bounds_are_compared_by_keyboard_and_the_maps_move_together(watched: _Watched):
    page = watched.page
    page.goto(watched.address + "/whatif")
    page.locator("input[name=households]").nth(1).fill("8-12")
    page.keyboard.press("Enter")
    page.wait_for_selector(".columns table")
    _until(page, "[...document.querySelectorAll('iframe')].every(f => f.contentWindow.geogrid && f.contentWindow.geogrid.isReady)")
    assert page.url.count("households=") == 2
    assert page.locator("iframe").count() == 2
    first = "document.querySelector('iframe').contentWindow.geogrid.map"
    zoom = page.evaluate(f"{first}.setZoom({first}.getZoom() - 1, {{animate: false}}).getZoom()")
    _until(page, f"document.querySelectorAll('iframe')[1].contentWindow.geogrid.map.getZoom() === {zoom}")
    assert _axe(page) == []
