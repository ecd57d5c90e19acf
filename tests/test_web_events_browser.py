"""The events page and the bar in Chromium: read, choose, open; menus by keyboard, no name cut off; nothing from outside, axe-core finds nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from geogrid.maps.assets import is_installed
from geogrid.store import write_project
from tests.event_town import event_contents
from tests.planners_desk import Planner, serve
from tests.shared import find_chromium
from tests.tiny import WEST

pytestmark = [
    pytest.mark.skipif(not find_chromium(), reason="no Chromium on this machine"),
    pytest.mark.skipif(not is_installed(), reason="the map's scripts are not installed: run scripts/assets.py"),
]
READY = "window.geogrid && geogrid.isReady && document.querySelector('#table tr[data-code]') && document.querySelector('#month-chart svg')"
WHEN = "when=2026-03-01T16:00"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("events")
    write_project(event_contents(), folder / "town.gpkg")
    with serve(folder / "town.gpkg", tmp_path_factory.mktemp("desk")) as (address, _app):
        yield address


@pytest.fixture
def reader(browser: Any, town: str) -> Iterator[Planner]:
    seen = Planner(browser, town)
    yield seen
    seen.context.close()
    assert seen.faults == []


def opened(reader: Planner, query: str = "") -> Planner:
    reader.page.goto(f"{reader.address}/events?{WHEN}&{query}")
    reader.until(READY)
    return reader


def text(reader: Planner, selector: str) -> str:
    return reader.page.evaluate(f"document.querySelector({selector!r}).textContent")


def test_the_longest_overdue_stands_first_and_opens_its_card_and_place(reader: Planner):
    opened(reader)
    assert text(reader, "#open-n") == "2"
    assert "v4" in text(reader, ".event-items li")
    reader.page.locator(".event-items button").first.click()
    reader.until("!document.getElementById('card').hidden")
    assert "违法停车" in text(reader, "#card h2")
    reader.until("geogrid.map.getZoom() >= 16")


def test_kind_task_and_state_are_chosen_and_stand_in_the_address(reader: Planner):
    opened(reader)
    reader.page.locator("#event-kinds button[data-kind=litter]").click()
    reader.until("document.getElementById('open-n').textContent === '1'")
    assert "kind=litter" in reader.page.url
    reader.page.locator("#event-state button[data-state=all]").click()
    reader.until("geogrid.state().on.includes('events') && location.search.includes('state=all')")
    reader.page.locator("#tasks button[data-task=elderly]").click()
    reader.until("document.getElementById('open-n').textContent === '' && geogrid.state().on.includes('stations')")
    assert "task=elderly" in reader.page.url


def test_of_two_choices_in_haste_the_later_stands_whichever_is_answered_first(reader: Planner):
    opened(reader)
    held: list[Any] = []
    reader.page.route("**/answer.json*", lambda route: route.continue_() if "task=" in route.request.url else held.append(route))
    reader.page.locator("#event-kinds button[data-kind=litter]").click()
    reader.page.locator("#tasks button[data-task=elderly]").click()
    reader.until("document.getElementById('open-n').textContent === ''")
    with reader.page.expect_response("**/answer.json*"):
        held[0].continue_()
    reader.page.wait_for_timeout(200)
    assert text(reader, "#open-n") == ""
    assert "task=elderly" in reader.page.url
    assert "kind=" not in reader.page.url


def test_a_month_is_chosen_by_keyboard_and_a_table_says_what_the_chart_draws(reader: Planner):
    opened(reader)
    reader.page.locator("#month-chart .month").first.focus()
    reader.page.keyboard.press("Enter")
    reader.until("location.search.includes('month=2026-01')")
    reader.until("document.activeElement.dataset.month === '2026-01' && document.querySelectorAll('#event-chips button').length === 2")
    reader.page.locator("#event-chips button").first.click()
    reader.until("location.search.includes('when=') && !location.search.includes('month=')")
    reader.page.locator("#event-tables summary").click()
    assert "2026-02" in text(reader, "#chart-tables table")


def test_a_link_with_a_choice_that_is_not_there_shows_everything_and_says_so(reader: Planner):
    reader.expected = (400,)
    reader.page.goto(f"{reader.address}/events?month=March")
    reader.until(READY)
    assert "March" in text(reader, "#event-notes")


def test_a_unit_of_the_table_says_what_is_open_there_and_shows_only_its_events(reader: Planner):
    opened(reader, "level=community")
    reader.page.locator(f"#table tr[data-code='{WEST}']").click()
    reader.until("document.querySelector('#card .answer')")
    reader.page.locator("#card .button.small").first.click()
    reader.until(f"location.search.includes('unit={WEST}')")


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (390, 844)])
def test_axe_finds_nothing(browser: Any, town: str, width: int, height: int):
    seen = Planner(browser, town, viewport={"width": width, "height": height})
    opened(seen)
    assert seen.axe() == []
    assert seen.faults == []
    seen.context.close()


def test_the_menus_of_the_bar_open_and_close_by_keyboard(reader: Planner):
    opened(reader)
    menu = reader.page.locator(".tabs details").last
    menu.locator("summary").focus()
    reader.page.keyboard.press("Enter")
    reader.until("document.querySelector('.tabs details[open]')")
    reader.page.keyboard.press("Tab")
    assert reader.page.evaluate("document.activeElement.closest('.tabs details a') !== null")
    reader.page.keyboard.press("Escape")
    reader.until("!document.querySelector('.tabs details[open]') && document.activeElement.tagName === 'SUMMARY'")


CUT = """() => {
  const wide = document.documentElement.clientWidth, bar = document.querySelector('.bar').getBoundingClientRect(), out = [];
  const seen = [...document.querySelectorAll('.tabs > a, .tabs > details > summary, .tools > *')].filter(e => e.offsetWidth);
  for (const e of seen) {
    const box = e.getBoundingClientRect();
    if (box.left < 0 || box.right > wide + 0.5 || box.bottom > bar.bottom + 0.5 || e.scrollWidth > e.clientWidth + 1) out.push(e.textContent.trim());
  }
  const boxes = seen.map(e => e.getBoundingClientRect());
  const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  boxes.forEach((a, i) => boxes.slice(i + 1).forEach(b => { if (meet(a, b)) out.push('over'); }));
  const menu = document.querySelector('.tabs details:last-of-type');
  menu.open = true;
  for (const a of menu.querySelectorAll('a')) {
    const box = a.getBoundingClientRect();
    if (box.right > wide || box.left < 0 || !a.offsetWidth) out.push(a.textContent);
  }
  menu.open = false;
  return out;
}"""


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_name_in_the_bar_is_cut_off_on_any_desk_in_large_text_too(reader: Planner, language: str):
    reader.page.goto(f"{reader.address}/events?lang={language}")
    for width in (1366, 1180, 1024, 720):
        reader.page.set_viewport_size({"width": width, "height": 768})
        for _ in range(2):
            assert reader.page.evaluate(CUT) == [], (width, language)
            reader.page.locator("#large").click()
