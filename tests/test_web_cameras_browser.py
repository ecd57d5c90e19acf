"""The cameras page in Chromium: the worst first, a camera's card, one tried by mouse and keyboard; nothing on the console, nothing from outside."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from geogrid.maps.assets import is_installed
from tests.planners_desk import Planner
from tests.shared import find_chromium

AXE = Path(os.environ.get("GEOGRID_AXE", Path(__file__).parents[1] / "node_modules/axe-core/axe.min.js"))
pytestmark = [
    pytest.mark.skipif(not find_chromium(), reason="no Chromium on this machine"),
    pytest.mark.skipif(not is_installed(), reason="the map's scripts are not installed: run scripts/assets.py"),
]
READY = "!!(window.geogrid && geogrid.isReady && document.querySelector('#answer:not([hidden])') && document.querySelector('#table tr[data-code]'))"
SIGN = """(async () => {
  const { cameras: at } = await (await fetch(geogrid.settings.data + "sites.json")).json(), i = at.dome.indexOf(false);
  geogrid.map.setView([at.y[i], at.x[i]], 18, { animate: false });
  return at.id[i];
})()"""


@pytest.fixture
def seen(browser: Any, service: str) -> Iterator[Planner]:
    visit = Planner(browser, service)
    yield visit
    visit.context.close()
    assert visit.faults == []


def look(visit: Planner, path: str = "/cameras") -> Any:
    visit.page.goto(visit.address + path)
    visit.until(READY)
    return visit.page


def middle(visit: Planner) -> tuple[float, float]:
    box = visit.page.locator(".geogrid-map").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def shares(visit: Planner) -> list[float]:
    return visit.page.evaluate("[...document.querySelectorAll('#table tr[data-code] td:nth-child(3)')].map(cell => parseFloat(cell.textContent))")


def test_the_worst_grid_stands_first_and_a_row_shows_it(seen: Planner):
    page = look(seen)
    assert page.locator("h1").inner_text() == "什么没有被看见？"
    assert "街巷在盲区，占" in page.locator(".seen-blind").inner_text()
    found = shares(seen)
    assert found[0] > 0
    assert found == sorted(found, reverse=True)
    page.locator("#table tr[data-code]").first.click()
    seen.until("!document.getElementById('card').hidden && document.getElementById('card').innerText.includes('盲区')")
    assert page.evaluate("geogrid.state().selected.code") == page.locator("#table tr[data-code]").first.get_attribute("data-code")


def test_a_place_that_is_chosen_has_its_own_figures_and_grids(seen: Planner):
    page = look(seen)
    whole, all_rows = page.locator("#blind-total").inner_text(), page.locator("#count").inner_text()
    page.select_option("#place", index=1)
    seen.until(f"document.getElementById('count').textContent !== {all_rows!r}")
    assert page.locator("#blind-total").inner_text() != whole
    assert page.input_value("#place") in page.url
    page.locator("#chips button").click()
    seen.until("document.getElementById('place').value === ''")
    assert page.locator("#blind-total").inner_text() == whole


def test_a_click_on_a_camera_tells_its_record_and_what_hides_it(seen: Planner):
    page = look(seen)
    camera = page.evaluate(SIGN)
    page.wait_for_timeout(300)
    page.mouse.click(*middle(seen))
    seen.until("document.getElementById('card').innerText.includes('GB/T 28181')")
    card = page.locator("#card").inner_text()
    assert camera in card
    assert "推定 ±22.5°" in card or "已给出" in card
    assert "被遮挡" in card
    page.get_by_role("button", name="换个位置试算").click()
    assert page.get_attribute("#try", "aria-pressed") == "true"


def test_one_camera_more_is_tried_by_a_click_a_drag_and_a_key(seen: Planner):
    page = look(seen)
    page.evaluate(SIGN)
    page.click("#try")
    x, y = middle(seen)
    page.mouse.click(x + 60, y + 40)
    seen.until("document.getElementById('card').innerText.includes('这里加 1 台')")
    page.locator("#try-kind button", has_text="枪机").click()
    seen.until("!!document.getElementById('turn') || document.getElementById('card').innerText.includes('八个方位')")
    before = page.evaluate("geogrid.map.getCenter().lat")
    page.mouse.move(x - 40, y)
    page.mouse.down()
    page.mouse.move(x + 60, y, steps=4)
    page.mouse.up()
    seen.until("document.querySelector('label[for=turn]')?.textContent.includes('90°')")
    assert page.evaluate("geogrid.map.getCenter().lat") == before, "the map stays where a gun is turned"
    page.keyboard.press("Escape")
    assert page.get_attribute("#try", "aria-pressed") == "false"
    page.click("#try")
    page.locator(".geogrid-map").focus()
    page.keyboard.press("Enter")
    seen.until("document.getElementById('card').innerText.includes('这里加 1 台')")


def test_the_next_corners_and_what_sees_too_much_lead_to_their_places(seen: Planner):
    page = look(seen)
    page.click("#next summary")
    seen.until("document.querySelectorAll('#next-list li').length > 3")
    page.locator("#next-list button").first.click()
    seen.until("document.getElementById('card').innerText.includes('街巷新看见')")
    page.keyboard.press("Escape")
    page.click("#over summary")
    seen.until("document.querySelectorAll('#over-list li').length > 0")
    page.locator("#over-list button").first.click()
    seen.until("!!document.querySelector('#card .over-told')")


@pytest.mark.parametrize(
    ("path", "options"), [("/cameras", {}), ("/cameras?lang=en", {"viewport": {"width": 390, "height": 844}, "has_touch": True})]
)
def test_axe_finds_nothing_and_nothing_is_cut_off(browser: Any, service: str, path: str, options: dict[str, Any]):
    visit = Planner(browser, service, **options)
    page = look(visit, path)
    page.locator("#table tr[data-code]").first.click()
    visit.until("!document.getElementById('card').hidden")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("(box => box.scrollWidth <= box.clientWidth + 1)(document.getElementById('scroll'))")
    if AXE.is_file():
        visit.context.close()
        visit = Planner(browser, service, bypass_csp=True, **options)
        page = look(visit, path)
        page.click("#notes summary")
        page.click("#try")
        page.evaluate(AXE.read_text("utf-8"))
        assert page.evaluate("axe.run().then(found => found.violations.map(one => one.id + ': ' + one.nodes.map(node => node.html).join(' ')))") == []
    visit.context.close()
    assert visit.faults == []
