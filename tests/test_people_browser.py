"""The page of people in Chromium: found by address, by a click and by a row; another moment; no word on the console, axe clean."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from geogrid.maps.assets import is_installed
from tests.planners_desk import Planner, serve
from tests.shared import find_chromium
from tests.staffed_town import LENT, NOW, degrees, staffed_project
from tests.tiny import EAST, SCRIPT, WEST

pytestmark = [
    pytest.mark.skipif(not find_chromium(), reason="no Chromium on this machine"),
    pytest.mark.skipif(not is_installed(), reason="the map's scripts are not installed: run scripts/assets.py"),
]
READY = "!!(window.geogrid && geogrid.isReady && document.querySelector('#table tr[data-code]') && document.querySelector('#staff-levels svg'))"

SPOT = """place => {
  geogrid.map.setView(place, 18, { animate: false });
  const at = geogrid.map.latLngToContainerPoint(place), box = geogrid.map.getContainer().getBoundingClientRect();
  return [at.x + box.left, at.y + box.top];
}"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    town = staffed_project(tmp_path_factory.mktemp("town"))
    with serve(town, tmp_path_factory.mktemp("desk")) as (where, _app):
        yield where


@pytest.fixture
def visit(browser: Any, address: str) -> Iterator[Planner]:
    found = Planner(browser, address)
    yield found
    found.close()


def card_says(visit: Planner, words: str) -> str:
    visit.until(f"!document.getElementById('card').hidden && document.getElementById('card').innerText.includes({words!r})")
    return visit.page.locator("#card").inner_text()


def test_an_address_a_person_and_another_moment(visit: Planner):
    page = visit.page
    page.goto(f"{visit.address}/people?when={NOW}T12:00&level=grid")
    visit.until(READY)
    assert "▲ 缺专职网格员 1" in page.locator("#table tr[data-code]").first.inner_text()
    assert "3 / 4" in page.locator("#staff-levels").inner_text()
    page.fill("#search", "建华大街1号1单元")
    visit.until("document.querySelectorAll('#hits [role=option] b').length === 1")
    page.keyboard.press("Enter")
    told = card_says(visit, "网格员0001")
    assert all(words in told for words in (SCRIPT, "志愿者0001", "书记0001", "00000000001"))
    page.get_by_role("button", name="网格员0001").click()
    card_says(visit, "此时的岗位（1）")
    page.locator("#card .staff-list button").first.click()
    card_says(visit, "打开网格")
    assert f"unit={WEST}001" in page.url
    page.fill("#when", f"{LENT}T12:00")
    page.locator("#when").dispatch_event("change")
    visit.until(f"document.querySelector('#table tr[data-code]').dataset.code === '{WEST}002'")
    assert f"when={LENT}" in page.url
    assert visit.axe() == []


def test_a_row_and_a_click_on_the_map_say_who_is_missing_and_who_is_there(visit: Planner):
    page = visit.page
    page.goto(f"{visit.address}/people?when={NOW}T12:00&level=grid&gaps=1&lang=en")
    visit.until(READY)
    assert page.locator("#count").inner_text() == "1 of 4 grids"
    page.locator("#table tr[data-code]").first.click()
    assert "To do: appoint somebody" in card_says(visit, "no full-time officer, 1 wanted")
    lon, lat = degrees(0.5, 3.5)
    spot = page.evaluate(SPOT, [lat, lon])
    page.wait_for_timeout(400)
    page.mouse.click(*spot)
    card_says(visit, "网格员0002")
    assert EAST not in page.locator("#card").inner_text()


def test_on_a_telephone_the_card_and_the_list_are_both_seen(browser: Any, address: str):
    visit = Planner(browser, address, viewport={"width": 390, "height": 844}, has_touch=True)
    visit.page.goto(f"{address}/people?when={NOW}T12:00&unit={EAST}001&level=grid")
    visit.until(READY)
    card_says(visit, "没有专职网格员")
    boxes = [visit.page.locator(name).bounding_box() for name in ("#card", "#rail")]
    assert boxes[0]["y"] + boxes[0]["height"] <= boxes[1]["y"] + 1
    assert visit.page.evaluate("document.documentElement.scrollWidth") == 390
    assert visit.axe() == []
    visit.close()
