"""Two planners at the desk in Chromium: what one does the other sees; who comes second chooses; a lost line loses nothing; who may only look."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from geogrid.maps.assets import is_installed
from tests.people import PASSWORD, add
from tests.planners_desk import REASON, Planner, serve
from tests.shared import find_chromium

pytestmark = [
    pytest.mark.skipif(not find_chromium(), reason="no Chromium on this machine"),
    pytest.mark.skipif(not is_installed(), reason="the map's scripts are not installed: run scripts/assets.py"),
]
NORTH = "130203008001"
IDLE = "!geogridDesk.busy && !document.querySelector('dialog[open]')"


@pytest.fixture
def service(small_district: Path, tmp_path: Path) -> Iterator[tuple[str, Any]]:
    with serve(small_district, tmp_path) as served:
        yield served


@pytest.fixture
def pair(browser: Any, service: tuple[str, Any]) -> Iterator[tuple[Planner, Planner]]:
    """Two planners of their own names who look at the same community."""
    address, app = service
    for name in ("甲", "乙"):
        add(app.extensions["geogrid"].path, name, "planner")
    made = tuple(Planner(browser, address).sign_in(name, PASSWORD).open(NORTH) for name in ("甲", "乙"))
    yield made
    for planner in made:
        planner.close()


def take(planner: Planner, move: dict[str, Any], reason: str = "") -> None:
    """Select the stairwell of a move and choose where it goes."""
    planner.page.evaluate("cell => geogridDesk.model.select(geogridDesk.model.ground.atomsOfCells([cell]))", move["cell"])
    planner.choose_target(move["to"])
    if reason:
        planner.page.fill("#reason", reason)


def clash(one: Planner, two: Planner) -> tuple[dict[str, Any], int]:
    """The first has a move ready; the second moves something else out of the same grid; the first confirms. Returns his move and where he began."""
    moves = one.hand("moves")
    mine = next(a for a in moves if any(b["from"] == a["from"] and b["cell"] != a["cell"] for b in moves))
    theirs = next(b for b in moves if b["from"] == mine["from"] and b["cell"] != mine["cell"])
    take(one, mine, "我的理由")
    began = one.version
    take(two, theirs)
    two.confirm("同事的理由")
    one.until(f"geogridDesk.model.version > {began}")
    one.expected = (409,)
    one.page.locator("#reason").press("Enter")
    one.page.wait_for_selector("#edit-dialog .ways")
    return mine, began


def test_what_a_colleague_does_appears_without_reload_and_the_selection_stays(pair: tuple[Planner, Planner]):
    one, two = pair
    moves = one.hand("moves")
    mine = moves[0]
    theirs = next(b for b in moves if not {b["from"], b["to"]} & {mine["from"], mine["to"]})
    take(one, mine, "我的理由")
    take(two, theirs)
    version = two.confirm("同事的理由")
    one.until(f"geogridDesk.model.version === {version}")
    assert one.hand("owner", theirs["cell"]) == theirs["to"]
    assert one.page.locator('[data-notice="others"]').is_visible()
    assert one.selected == [mine["cell"]]
    assert one.page.locator("#reason").input_value() == "我的理由"
    assert one.confirm() == version + 1  # other grids: no conflict


def test_who_comes_second_is_shown_both_and_may_look_first(pair: tuple[Planner, Planner]):
    one, two = pair
    mine, began = clash(one, two)
    page = one.page
    assert page.locator("#edit-dialog canvas").count() == 2
    row = page.locator(f'#edit-dialog tr[data-code="{mine["from"]}"]')
    before, theirs, both = (row.locator("td").nth(i).inner_text() for i in (1, 2, 3))
    assert len({before, theirs.split(" 户")[0], both.split(" 户")[0]}) == 3
    assert "乙" in page.locator("#edit-dialog").inner_text()
    assert one.axe() == []
    page.keyboard.press("1")
    one.until(IDLE)
    assert one.version == began + 1
    assert one.selected == [mine["cell"]]
    assert page.locator("#reason").input_value() == "我的理由"
    assert one.confirm() == began + 2


def test_who_comes_second_may_send_his_on_top(pair: tuple[Planner, Planner]):
    one, two = pair
    mine, began = clash(one, two)
    one.page.keyboard.press("2")
    one.until(f"geogridDesk.model.version === {began + 2} && {IDLE}")
    assert one.hand("owner", mine["cell"]) == mine["to"]
    assert one.selected == []
    two.until(f"geogridDesk.model.version === {began + 2}")


def test_who_comes_second_may_keep_his_as_a_draft(pair: tuple[Planner, Planner]):
    one, two = pair
    mine, began = clash(one, two)
    one.page.keyboard.press("3")
    one.until("location.search.includes('plan=d1')")
    one.ready()
    assert one.hand("owner", mine["cell"]) == mine["to"]
    assert two.hand("owner", mine["cell"]) == mine["from"]
    assert two.version == began + 1


def test_a_lost_line_loses_nothing_and_the_change_happens_once(pair: tuple[Planner, Planner]):
    one, two = pair
    move = one.hand("moves")[0]
    take(one, move, REASON)
    one.expected = (0,)
    version, page = one.version, one.page
    sent: list[str] = []

    def swallow(route: Any) -> None:
        """The first try reaches the service, but its answer is lost."""
        sent.append(route.request.post_data_json["request_id"])
        if len(sent) > 1:
            route.continue_()
            return
        route.fetch()
        route.abort()

    page.route("**/api/edits?*", swallow)
    page.locator("#reason").press("Enter")
    page.wait_for_selector('[data-notice="net"]')
    assert page.locator("#reason").input_value() == REASON
    assert one.selected == [move["cell"]]
    one.until(f"geogridDesk.model.version === {version + 1} && {IDLE}")
    assert len(sent) >= 2
    assert len(set(sent)) == 1
    two.until(f"geogridDesk.model.version === {version + 1}")
    two.page.wait_for_timeout(1200)
    assert two.version == version + 1


def test_who_may_only_look_is_told_so_and_sends_nothing(browser: Any, service: tuple[str, Any]):
    address, app = service
    add(app.extensions["geogrid"].path, "客人", "viewer")
    planner = Planner(browser, address).sign_in("客人", PASSWORD)
    planner.open(NORTH)
    take(planner, planner.hand("moves")[0])
    planner.until("document.querySelector('#drawer').innerText.includes('只能查看')")
    assert not planner.page.locator("#confirm").is_visible()
    assert planner.page.locator("#undo").is_disabled()
    planner.close()


def test_an_adopted_plan_offers_a_draft(browser: Any, service: tuple[str, Any]):
    address, app = service
    from web.editing import editing

    with app.app_context():
        from datetime import date

        editing().desk.adopt("main", valid_from=date(2026, 3, 1), author="local", accept=True)
    planner = Planner(browser, address).open(NORTH)
    page = planner.page
    take(planner, planner.hand("moves")[0])
    planner.until("document.querySelector('#drawer').innerText.includes('现行方案不能直接修改')")
    page.locator("#drawer .warning-panel button", has_text="草案").click()
    page.fill("#ask-name", "西北片微调")
    page.keyboard.press("Enter")
    planner.until("location.search.includes('plan=d1')")
    planner.ready()
    take(planner, planner.hand("moves")[0])
    assert planner.confirm() > 1
    planner.close()
