"""The page /emergency in Chromium: a proposal, changed by hand, looked at, switched as a drill, ended; nothing on the console, axe is content."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from geogrid.maps.assets import is_installed
from geogrid.organisation.times import ZONE
from tests.emergency_town import town_project
from tests.planners_desk import Planner, serve
from tests.shared import find_chromium

pytestmark = [
    pytest.mark.skipif(not find_chromium(), reason="no Chromium on this machine"),
    pytest.mark.skipif(not is_installed(), reason="the map's scripts are not installed: run scripts/assets.py"),
]
READY = "!!(window.geogrid && geogrid.isReady && document.querySelector('#timeline li'))"


@pytest.fixture
def seen(browser: Any, tmp_path: Path) -> Iterator[Planner]:
    (tmp_path / "desk").mkdir()
    with serve(town_project(tmp_path), tmp_path / "desk") as (address, app):
        seconds = count()
        app.extensions["geogrid"].clock = lambda: datetime(2026, 2, 5, 12, tzinfo=ZONE) + timedelta(seconds=next(seconds))
        visit = Planner(browser, address)
        yield visit
        visit.context.close()
        assert visit.faults == []


def text(visit: Planner, selector: str) -> str:
    return visit.page.locator(selector).inner_text()


def test_a_drill_is_prepared_looked_at_switched_and_ended(seen: Planner):
    page = seen.page
    page.goto(seen.address + "/emergency?lang=zh")
    seen.until(READY)
    assert text(seen, "#now-word") == "急时"
    assert "防汛一" in text(seen, "#now-words")
    page.click("#timeline button")
    seen.until("document.querySelectorAll('#effect-list tbody tr').length === 1")
    assert "2 人换岗" in text(seen, "#effect-figures")
    assert seen.axe() == []

    page.click("#prepare-open")
    page.click("[data-proposal=under]")
    seen.until("document.querySelectorAll('#rows li').length === 4")
    page.locator("#rows .strike").first.click()
    page.locator("#rows select").first.select_option(index=1)
    page.fill("#member", "单位二")
    page.press("#member", "Enter")
    seen.until("document.querySelectorAll('#rows li').length === 4")
    page.click("#try")
    seen.until("document.getElementById('said').textContent !== ''")
    page.fill("#name", "夜间演练")
    page.fill("#to", "2026-02-06T08:00")
    page.press("#name", "Enter")
    seen.until("!document.getElementById('switch').disabled")
    assert "4 人换岗" in text(seen, "#effect-figures")
    assert "实际负责人不变" in text(seen, "#effect-drill")
    assert seen.axe() == []
    page.click("#switch")
    assert "任何人的实际职责都不改变" in text(seen, "#confirm-words")
    assert text(seen, "#confirm-go") == "切换"
    page.click("#confirm-go")
    seen.until("document.querySelectorAll('#timeline li').length === 2 && !document.getElementById('look').hidden")
    assert "夜间演练" in text(seen, "#drill-words")
    seen.until("document.querySelectorAll('.em-count').length === 2")

    page.click("[data-tab=lacking]")
    assert "没有专职网格员，应有 1 人" in text(seen, "#effect-list")
    page.click("#effect-end")
    page.fill("#confirm-reason", "演练完成")
    page.click("#confirm-go")
    seen.until("document.querySelector('.em-state.ended_early') && document.getElementById('effect-meta').textContent.includes('演练完成')")
    assert page.locator("#drill-words").is_hidden()


def test_on_a_phone_a_copied_link_shows_the_same_moment_and_overlay(seen: Planner):
    page = seen.page
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(seen.address + "/emergency?lang=en&when=2026-03-01T12:00&overlay=given&tab=people")
    seen.until(READY + " && document.querySelectorAll('#effect-list tbody tr').length === 3")
    assert text(seen, "#now-word").lower() == "normal times"
    assert "W1" not in text(seen, "#effect-list")
    assert "单位一" in text(seen, "#effect-list")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.fill("#when", "2026-02-03T08:00")
    seen.until("document.getElementById('now-word').className === 'is-emergency' && location.search.includes('when=2026-02-03')")
