"""The page of organisations in Chromium: trees and map follow each other, a workbook is looked at and taken; axe clean, nothing on the console."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from geogrid.maps.assets import is_installed
from geogrid.store import write_project
from tests.planners_desk import Planner, serve
from tests.roster_town import C, D
from tests.shared import find_chromium
from tests.test_web_organisations import GOOD, town, workbook
from tests.tiny import SCRIPT

pytestmark = [
    pytest.mark.skipif(not find_chromium(), reason="no Chromium on this machine"),
    pytest.mark.skipif(not is_installed(), reason="the map's scripts are not installed: run scripts/assets.py"),
]
READY = "!!(window.geogrid && geogrid.isReady && document.querySelector('#org-tree [role=treeitem]') && document.getElementById('org-n').textContent)"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path = tmp_path_factory.mktemp("town") / "town.gpkg"
    write_project(town(), path)
    with serve(path, tmp_path_factory.mktemp("desk")) as (where, _app):
        yield where


@pytest.fixture
def visit(browser: Any, address: str) -> Iterator[Planner]:
    found = Planner(browser, address)
    yield found
    found.close()


def card_says(visit: Planner, words: str) -> str:
    visit.until(f"!document.getElementById('card').hidden && document.getElementById('card').innerText.includes({words!r})")
    return visit.page.locator("#card").inner_text()


def test_trees_and_map_follow_each_other_and_a_workbook_fills_the_gap(visit: Planner, tmp_path: Path):
    page = visit.page
    page.goto(f"{visit.address}/organisations?lang=zh")
    visit.until(READY)
    assert page.locator("h1").inner_text() == "哪些网格没有党组织？"
    assert page.locator("#org-answer").inner_text().startswith("1 个网格没有党组织（共 4 个）")
    page.locator("#org-tree [role=treeitem]").first.focus()
    for key in ("ArrowRight", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    assert "o1" in card_says(visit, SCRIPT)
    assert page.locator("#unit-tree li.marked").count() == 2
    assert page.locator("#org-tree [aria-selected=true] .org-label").inner_text() == SCRIPT
    assert "org=o1" in page.url
    page.locator("#card .org-link", has_text="第C网格").click()
    card_says(visit, "本单元的组织（2）")
    assert page.locator("#unit-tree [aria-selected=true]").get_attribute("data-key") == f"grid {C}"
    assert page.locator("#org-tree li.marked").count() == 2
    assert visit.axe() == []
    page.locator("#org-lists summary").click()
    page.locator("#only button").first.click()
    visit.until(
        f"document.querySelectorAll('#table tr[data-code]').length === 1 && document.querySelector('#table tr[data-code]').dataset.code === '{D}'"
    )
    (tmp_path / "组织.xlsx").write_bytes(workbook(**GOOD))
    page.click("#org-bring")
    page.set_input_files("#bring-file", tmp_path / "组织.xlsx")
    page.click("#bring-look")
    visit.until("document.getElementById('bring-told').innerText.includes('现在 1 个，之后 0 个')")
    assert visit.axe() == []
    page.click("#bring-take")
    visit.until("document.getElementById('org-words')?.textContent === '全部 4 个网格都有党组织。'")


def test_on_a_telephone_in_english_everything_fits(browser: Any, address: str):
    visit = Planner(browser, address, viewport={"width": 390, "height": 844}, has_touch=True)
    visit.page.goto(f"{address}/organisations?lang=en&org=o1")
    visit.until(READY.replace(" && document.getElementById('org-n').textContent", ""))
    card_says(visit, "Under")
    assert visit.page.evaluate("document.documentElement.scrollWidth") == 390
    assert visit.axe() == []
    visit.close()
