"""The stations page in Chromium: choose, read, zoom, try one more; nothing from outside, nothing on the console, and axe-core finds nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from geogrid.maps.assets import is_installed
from tests.planners_desk import AXE, Planner, serve
from tests.shared import find_chromium
from tests.tiny import EAST, SCRIPT
from tests.web_project import tiny_app

pytestmark = [
    pytest.mark.skipif(not find_chromium(), reason="no Chromium on this machine"),
    pytest.mark.skipif(not is_installed(), reason="the map's scripts are not installed: run scripts/assets.py"),
]
HEADLINE = "document.getElementById('unserved').textContent"
READY = f"window.geogrid && geogrid.isReady && {HEADLINE} && document.querySelector('#table tr[data-code]')"


@pytest.fixture
def reader(browser: Any, service: str) -> Iterator[Planner]:
    seen = Planner(browser, service)
    yield seen
    seen.context.close()
    assert seen.faults == []


def opened(reader: Planner, query: str = "kind=canteen&minutes=5") -> Planner:
    reader.page.goto(f"{reader.address}/stations?{query}")
    reader.until(READY)
    return reader


def asked(reader: Planner, name: str = "", query: str = "") -> Any:
    return reader.page.evaluate(f"fetch('/api/reach/stations{name}?{query}').then(answer => answer.json())")


def axe(reader: Planner) -> list[str]:
    """Return what axe-core finds; nothing where npm has not brought it."""
    if not AXE.is_file():
        return []
    reader.page.evaluate(AXE.read_text("utf-8"))
    return reader.page.evaluate("axe.run().then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html).slice(0, 3).join(' | ')))")


def homes_on_screen(reader: Planner) -> list[float]:
    """Bring the home that has to walk farthest to the middle of the map, and return its place in the window."""
    script = """async () => {
      const ask = name => fetch('/api/reach/stations/' + name + '?kind=canteen').then(answer => answer.json());
      const [homes, walks] = [await ask('homes'), await ask('walks')], all = walks.minutes.map(n => n ?? 1e9), far = all.indexOf(Math.max(...all));
      geogrid.map.setView([homes.y[far], homes.x[far]], 15.5, { animate: false });
      const box = geogrid.map.getContainer().getBoundingClientRect(), at = geogrid.map.latLngToContainerPoint([homes.y[far], homes.x[far]]);
      return [box.left + at.x, box.top + at.y];
    }"""
    return reader.page.evaluate(script)


def test_kind_and_minutes_change_sentence_bar_table_and_address(reader: Planner):
    page = opened(reader).page
    figures = asked(reader)["figures"]
    assert page.locator("#unserved").inner_text() == f"{figures['canteen']['5']['unserved']:,} 户"
    assert "5 分钟内没有大食堂" in page.locator("#answer").inner_text()
    first = page.locator("#table tbody tr[data-code]").first.inner_text()
    page.locator('#minutes [data-minutes="15"]').click()
    reader.until(f"{HEADLINE} === '{figures['canteen']['15']['unserved']:,} 户'")
    page.locator('#kinds [data-kind="day_care"]').click()
    reader.until(f"{HEADLINE} === '{figures['day_care']['15']['unserved']:,} 户'")
    assert "kind=day_care" in page.url
    assert "minutes=15" in page.url
    assert page.locator("#kinds [aria-pressed=true]").get_attribute("data-kind") == "day_care"
    page.locator('#kinds [data-kind="canteen"]').click()
    page.locator('#minutes [data-minutes="5"]').click()
    reader.until(f"document.querySelector('#table tbody tr[data-code]').innerText === {json.dumps(first)}")
    opened(reader, "kind=day_care&minutes=15")
    assert page.locator("#unserved").inner_text() == f"{figures['day_care']['15']['unserved']:,} 户"


def test_the_table_is_worst_first_and_a_row_is_chosen_on_the_map(reader: Planner):
    page = opened(reader, "kind=canteen&minutes=5&level=grid").page
    worst = asked(reader, "/units", "kind=canteen&level=grid")
    top = max(range(len(worst["codes"])), key=lambda i: worst["values"]["unserved:5"][i])
    row = page.locator("#table tbody tr[data-code]").first
    assert row.get_attribute("data-code") == worst["codes"][top]
    row.click()
    reader.until(f"geogrid.state().selected && geogrid.state().selected.code === '{worst['codes'][top]}'")
    page.wait_for_selector("#card h2")
    page.fill("#filter", worst["codes"][top][-3:])
    reader.until("document.querySelectorAll('#table tr[data-code]').length < " + str(len(worst["codes"])))
    assert f"q={worst['codes'][top][-3:]}" in page.locator("#get-xlsx").get_attribute("href")
    assert "minutes=5" in page.locator("[data-unserved]").first.get_attribute("href")


def test_a_click_on_the_map_says_what_one_more_gains_and_a_candidate_stays_in_the_address(reader: Planner):
    page = opened(reader).page
    place = homes_on_screen(reader)
    page.locator("#try").click()
    page.mouse.click(*place)
    page.wait_for_selector("#card .gain b")
    gained = page.locator("#card .gain b").inner_text()
    assert gained.startswith("+")
    assert gained != "+0 户"
    assert "受益" in page.locator("#card").inner_text()
    assert page.evaluate("geogrid.state().selected") is None, "a place that is asked for chooses no unit"
    page.locator("#card .primary").click()
    assert "sites=canteen" in page.url
    assert page.locator("#candidates li").count() == 1
    page.keyboard.press("Escape")
    assert page.locator("#card").is_hidden()
    page.locator("#candidates li button").first.click()
    page.wait_for_selector("#card .gain b")
    assert page.locator("#card .gain b").inner_text() == gained
    page.locator("#candidates .close").click()
    assert "sites=" not in page.url
    assert axe(reader) == []


def test_one_more_is_tried_by_keyboard_too(reader: Planner):
    page = opened(reader).page
    homes_on_screen(reader)
    page.locator("#try").focus()
    page.keyboard.press("Enter")
    page.locator(".leaflet-container").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#card .gain b")


def test_the_best_five_are_listed_with_what_each_adds_and_how_sure_that_is(reader: Planner):
    page = opened(reader).page
    page.locator("#best").click()
    page.wait_for_selector("#card .curve")
    found = asked(reader, "/best", "kind=canteen&minutes=5&k=5")
    assert page.locator("#card tbody tr").count() == len(found["sites"])
    assert page.locator("#card .gain b").inner_text() == f"+{found['gained']:,} 户"
    assert found["said"] in page.locator("#card").inner_text()
    page.locator("#checks summary").click()
    reader.until("document.querySelectorAll('#checks li .sign').length > 0")
    assert axe(reader) == []


def test_on_a_phone_and_in_english_nothing_is_cut_off(browser: Any, service: str):
    phone = Planner(browser, service, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    opened(phone, "kind=canteen&minutes=5&lang=en")
    assert "have no canteen within 5 minutes" in phone.page.locator("#answer").inner_text()
    assert phone.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert axe(phone) == []
    phone.context.close()
    assert phone.faults == []


def test_names_that_look_like_scripts_are_text(browser: Any, tmp_path: Path):
    path = tmp_path / "source"
    path.mkdir()
    source = tiny_app(path).extensions["geogrid"].path
    (tmp_path / "served").mkdir()
    with serve(source, tmp_path / "served") as (address, _app):
        reader = Planner(browser, address)
        opened(reader, "kind=party&minutes=5&level=community")
        assert SCRIPT in reader.page.locator("#table tbody").inner_text()
        reader.page.locator(f'#table tr[data-code="{EAST}"]').click()
        reader.page.wait_for_selector("#card h2")
        assert reader.page.locator("#card h2").inner_text() == SCRIPT
        reader.context.close()
    assert reader.faults == []
