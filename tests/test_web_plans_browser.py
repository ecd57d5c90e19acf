"""Pages of plans in Chromium: forked, compared, adopted, printed; two maps that move together; one sheet of A4 whatever the names are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from geogrid.edit import parse_edit
from geogrid.maps.assets import is_installed
from tests.desks import tiny_desk
from tests.planners_desk import serve
from tests.shared import find_chromium
from tests.test_web_browser import _axe, _until, _Watched
from tests.test_web_plans import ADDRESSES, drafted
from tests.tiny import EAST, WEST

sync_api = pytest.importorskip("playwright.sync_api")
pytestmark = [
    pytest.mark.skipif(not find_chromium(), reason="no Chromium on this machine"),
    pytest.mark.skipif(not is_installed(), reason="the map's scripts are not installed: run scripts/assets.py"),
]
LONG = "建华南大街与解放路交叉口东北侧老旧小区改造片区第三综合网格（含临街商铺）"
FITS = """() => { const sheet = document.querySelector('.sheet'), box = sheet.getBoundingClientRect();
  const over = [...sheet.querySelectorAll('*')].filter(e => !e.closest('svg')).map(e => e.getBoundingClientRect())
    .filter(r => r.bottom > box.bottom + 1 || r.right > box.right + 1 || r.left < box.left - 1).length;
  return [sheet.scrollHeight - sheet.clientHeight, sheet.scrollWidth - sheet.clientWidth, over]; }"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serve(drafted(tmp_path_factory.mktemp("drafted")), tmp_path_factory.mktemp("served")) as (base, _app):
        yield base


@pytest.fixture
def watched(browser: sync_api.Browser, address: str) -> Iterator[_Watched]:
    seen = _Watched(browser, address)
    yield seen
    seen.context.close()
    assert seen.faults == []


def opened(watched: _Watched, path: str) -> sync_api.Page:
    watched.page.goto(watched.address + path)
    watched.page.wait_for_load_state("networkidle")
    return watched.page


@pytest.mark.parametrize(
    "path", [*ADDRESSES[:4], ADDRESSES[6], ADDRESSES[2] + "?lang=en", ADDRESSES[3] + "&lang=en", ADDRESSES[6] + "?lang=en", "/?plan=d1&at=2"]
)
def test_a_page_of_plans_complains_of_nothing_axe_finds_nothing_and_nothing_is_cut_off(watched: _Watched, path: str):
    page = opened(watched, path)
    assert _axe(page) == []
    for width in (1366, 1024):
        page.set_viewport_size({"width": width, "height": 768})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width


def test_both_maps_move_together_and_a_row_shows_its_unit_on_both(watched: _Watched):
    page = opened(watched, "/plans/compare?a=main&b=d1")
    _until(page, "[...document.querySelectorAll('iframe')].every(f => f.contentWindow.geogrid && f.contentWindow.geogrid.isReady)")
    first = "document.querySelector('iframe').contentWindow.geogrid.map"
    zoom = page.evaluate(f"{first}.setZoom({first}.getZoom() - 1, {{animate: false}}).getZoom()")
    _until(page, f"document.querySelectorAll('iframe')[1].contentWindow.geogrid.map.getZoom() === {zoom}")
    page.locator(f'#changed tr[data-after="{WEST}002"] button').focus()
    page.keyboard.press("Enter")
    _until(page, f"[...document.querySelectorAll('iframe')].every(f => f.contentWindow.geogrid.state().selected?.code === '{WEST}002')")
    assert page.locator("#changed tr[aria-current]").get_attribute("data-after") == WEST + "002"


def test_what_moved_is_hatched_on_both_sides_dashed_where_it_was(watched: _Watched):
    page = opened(watched, "/plans/compare?a=main&b=d1")
    _until(page, "[...document.querySelectorAll('iframe')].every(f => f.contentWindow.geogrid && f.contentWindow.geogrid.isReady)")
    _until(page, "[...document.querySelectorAll('iframe')].every(f => f.contentDocument.querySelector('.leaflet-geogrid-moved-pane canvas'))")
    sides = page.evaluate("[...document.querySelectorAll('iframe')].map(f => f.contentWindow.geogrid.settings.moved.side)")
    assert sides == ["before", "after"]


def test_a_draft_is_forked_and_what_stands_in_the_way_of_adopting_it_is_listed_then_accepted_with_a_reason(browser: sync_api.Browser, tmp_path: Path):
    with tiny_desk(tmp_path) as desk:
        desk.fork("main", name="西北片", author="乙")
        desk.edit("d1", [parse_edit({"kind": "move", "atoms": [f"1-{n}-1" for n in range(1, 7)], "to": WEST + "002"})], base_version=1, author="乙")
        path = desk.path
    with serve(path, tmp_path) as (base, _app):
        seen = _Watched(browser, base)
        page = opened(seen, "/plans")
        page.locator('[data-fork="d1"]').click()
        page.locator("#fork input").fill("<b>二稿</b>")
        page.keyboard.press("Enter")
        page.wait_for_selector("#plan-d2")
        assert page.locator("#plan-d2 h2").inner_text() == "<b>二稿</b>"
        page = opened(seen, "/plans/compare?a=main&b=d1")
        page.locator("[data-adopt]").click()
        page.locator("#adopt input[type=date]").fill("2026-12-01")
        page.locator('#adopt button[value="go"]').click()
        page.wait_for_selector("#adopt .findings li")
        assert _axe(page) == []
        assert "户" in page.locator("#adopt .findings").inner_text()
        page.locator("#adopt input[type=checkbox]").check()
        page.locator('#adopt button[value="go"]').click()
        _until(page, "document.querySelector('#adopt .said').textContent.includes('理由')")
        page.locator("#adopt input[name=reason]").fill("街道同意")
        page.locator('#adopt button[value="go"]').click()
        page.wait_for_url("**/plans")
        assert "自 2026-12-01 起生效" in page.locator("#plan-main").inner_text()
        assert page.locator("#plan-d1 .state").inner_text() == "已采用"
        assert "西北片: 街道同意" in opened(seen, "/plans/main").locator("#v2").inner_text()
        seen.context.close()
        assert [fault for fault in seen.faults if "422" not in fault] == []


def _pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page[^s]", pdf))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_form_is_one_page_of_a4_and_nothing_is_cut_off(watched: _Watched, lang: str):
    page = opened(watched, f"/plans/d1/changes/2?lang={lang}")
    _check_sheet(page)


def _check_sheet(page: sync_api.Page) -> None:
    assert page.evaluate(FITS) == [0, 0, 0]
    pdf = page.pdf(prefer_css_page_size=True)
    assert _pages(pdf) == 1
    assert re.search(rb"/MediaBox\s*\[\s*0 0 59[45][.\d]* 84[12][.\d]*\s*\]", pdf)
    page.emulate_media(media="print")
    assert page.evaluate(FITS) == [0, 0, 0]
    page.emulate_media(media="screen")


def test_the_form_of_all_units_with_long_names_and_a_long_reason_is_one_page(browser: sync_api.Browser, tmp_path: Path):
    with tiny_desk(tmp_path) as desk:
        codes = [unit.code for unit in desk.state("main").units.values() if unit.level == "microgrid"]
        renames = [{"kind": "rename", "unit": code, "name": f"{LONG}{i}"} for i, code in enumerate(codes)]
        edit = {"kind": "compose", "edits": renames, "reason": "根据街道意见统一命名，并与公安、民政地名库逐一核对。" * 20}
        desk.edit("main", [parse_edit(edit)], base_version=1, author="甲" * 40)
        desk.edit(
            "main",
            [parse_edit({"kind": "merge", "units": [WEST, EAST], "into": WEST, "reason": "a" * 400 + "\n" * 12 + "b"})],
            base_version=2,
            author="甲",
        )
        path = desk.path
    with serve(path, tmp_path) as (base, _app):
        seen = _Watched(browser, base)
        for address in ("/plans/main/changes/2", "/plans/main/changes/2?lang=en", "/plans/main/changes/3"):
            _check_sheet(opened(seen, address))
        seen.context.close()
        assert seen.faults == []


def test_the_comparison_prints_with_both_maps_and_the_table(watched: _Watched):
    page = opened(watched, "/plans/compare?a=main&b=d1")
    page.emulate_media(media="print")
    assert page.locator("iframe").first.is_visible()
    assert page.locator("#changed").is_visible()
    assert not page.locator(".compare .actions").first.is_visible()
    assert _pages(page.pdf(prefer_css_page_size=True)) <= 2
    page.emulate_media(media="screen")
