"""The planner's desk in Chromium: choosing where to work, selecting by every tool, moving with figures before and after, also by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from geogrid.maps.assets import is_installed
from tests.planners_desk import REASON, Planner
from tests.shared import find_chromium

pytest.importorskip("playwright.sync_api")
pytestmark = [
    pytest.mark.skipif(not find_chromium(), reason="no Chromium on this machine"),
    pytest.mark.skipif(not is_installed(), reason="the map's scripts are not installed: run scripts/assets.py"),
]
NORTH, SOUTH = "130203008001", "130203008002"


@pytest.fixture
def planner(browser: Any, service: str) -> Iterator[Planner]:
    made = Planner(browser, service)
    yield made
    made.close()


def test_where_to_work_is_chosen_from_a_list_by_search_or_on_the_map_and_stands_in_the_address(planner: Planner):
    page = planner.page
    page.goto(planner.address + "/edit")
    page.locator(f'#area-list a[data-code="{SOUTH}"]').click()
    planner.ready()
    assert f"unit={SOUTH}" in page.url
    assert page.locator("#area-name").inner_text() == "龙泉南楼第一社区"
    page.keyboard.press("/")
    page.keyboard.type("北楼")
    page.wait_for_selector("#hits li[role=option] b")
    page.keyboard.press("Enter")
    planner.until(f"location.search.includes('{NORTH}') && !!window.geogridDesk && !!geogridDesk.view")
    page.goto(planner.address + "/edit")
    planner.until("!!(window.geogrid && window.geogrid.isReady)")
    box = page.locator(".leaflet-container").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.25)
    planner.until("location.search.includes('unit=130203008')")
    page.reload()
    planner.ready()
    assert page.locator("#desk").is_visible()


def test_a_click_takes_a_stairwell_shift_one_more_and_escape_lets_go(planner: Planner):
    planner.open(NORTH)
    one, two = planner.hand("doors", f"{NORTH}003")[:2]
    planner.look(one, two)
    planner.click(one)
    assert planner.selected == [one]
    planner.click(two, shift=True)
    assert planner.selected == sorted([one, two])
    assert planner.page.locator("#drawer h2").first.inner_text() == "已选 2 个单元"
    planner.page.keyboard.press("Escape")
    assert planner.selected == []


def test_box_lasso_and_brush_take_what_they_meet(planner: Planner):
    planner.open(NORTH)
    cells = planner.hand("doors", f"{NORTH}003")[:3]
    planner.look(*cells)
    spots = [planner.hand("spot", cell) for cell in cells]
    left, right = min(x for x, _ in spots) - 8, max(x for x, _ in spots) + 8
    top, bottom = min(y for _, y in spots) - 8, max(y for _, y in spots) + 8
    corners = [[left, top], [right, top], [right, bottom], [left, bottom], [left, top]]
    planner.tool("r")
    planner.drag(corners[0], corners[2])
    in_box = planner.selected
    assert set(cells) <= set(in_box)
    assert all(left <= x <= right and top <= y <= bottom for x, y in (planner.hand("spot", cell) for cell in in_box))
    planner.page.keyboard.press("Escape")
    planner.tool("l")
    planner.drag(*corners)
    assert planner.selected == in_box
    planner.page.keyboard.press("Escape")
    planner.tool("b")
    planner.drag(spots[0], spots[1])
    assert {cells[0], cells[1]} <= set(planner.selected)


def test_one_click_takes_the_building_the_compound_or_the_side_of_the_street(planner: Planner):
    page = planner.open(NORTH).page
    column = "([name, cell]) => { const all = geogridDesk.model.ground.cell[name]; return all.flatMap((one, i) => one === all[cell] ? [i] : []) }"
    for key, name in (("h", "building"), ("c", "compound")):
        known = "one !== '' && one !== -1 && window.hand.owner(i)"
        homes = f"geogridDesk.model.ground.cell.{name}.findIndex((one, i) => {known})"
        cell = page.evaluate(homes)
        alike = page.evaluate(column, [name, cell])
        planner.look(*alike)
        planner.tool(key)
        planner.click(cell)
        assert planner.selected == alike
        page.keyboard.press("Escape")
    street = (
        "geogridDesk.model.ground.cell.enclosure.findIndex((one, i, all) => [...geogridDesk.model.ground.neighbours(i)].some(n => all[n] !== one))"
    )
    cell = page.evaluate(street)
    block = page.evaluate(column, ["enclosure", cell])
    planner.look(*block)
    planner.tool("s")
    planner.click(cell)
    assert {cell} < set(planner.selected) <= set(block)


def test_locked_units_and_the_source_filter_keep_their_ground_out_of_the_selection(planner: Planner):
    planner.open(NORTH)
    mine, other = planner.hand("doors", f"{NORTH}003"), planner.hand("doors", f"{NORTH}001")
    planner.look(*mine, *other)
    planner.page.locator(f'.unit-list [data-code="{NORTH}001"]').click()
    planner.page.locator('[data-at="lock"]').click()
    planner.look(*mine, *other)
    planner.tool("v")
    planner.click(other[0])
    assert planner.selected == []
    planner.page.locator('[data-at="lock"]').click()
    planner.click(other[0])
    assert planner.selected == [other[0]]
    planner.page.select_option("#source", str(planner.hand("row", f"{NORTH}003")))
    assert planner.selected == []
    planner.click(other[0])
    assert planner.selected == []
    planner.click(mine[0])
    assert planner.selected == [mine[0]]


def test_a_move_shows_both_sides_before_it_is_made_and_stands_in_the_log_with_its_reason(planner: Planner):
    planner.open(NORTH)
    move = planner.hand("moves")[0]
    planner.look(move["cell"])
    planner.click(move["cell"])
    planner.choose_target(move["to"])
    homes = planner.page.evaluate("geogridDesk.model.chosen().households")
    before = {code: planner.hand("households", code) for code in (move["from"], move["to"])}
    after = {move["from"]: before[move["from"]] - homes, move["to"]: before[move["to"]] + homes}
    for code, n in after.items():
        side = planner.page.locator(f'.side[data-code="{code}"]')
        assert side.locator(".figure-now").inner_text() == f"{n:,} 户"
        assert f"原 {before[code]:,} 户" in side.inner_text()
        assert side.locator(".status").inner_text() == "✓ 界内"
    assert "两侧仍各自连通" in planner.page.locator("#drawer").inner_text()
    planner.page.locator("#confirm").click()
    assert planner.page.locator("#reason-problem").is_visible()
    assert planner.page.evaluate("document.activeElement.id") == "reason"
    version = planner.confirm()
    assert {code: planner.hand("households", code) for code in after} == after
    planner.until(f"!!document.querySelector('#entries li[data-version=\"{version}\"]')")
    assert REASON in planner.page.locator(f'#entries li[data-version="{version}"]').inner_text()
    assert planner.selected == []


def test_what_is_in_the_target_already_is_told_and_not_sent(planner: Planner):
    planner.open(NORTH)
    move = planner.hand("moves")[0]
    planner.look(move["cell"])
    planner.click(move["cell"])
    planner.choose_target(move["from"])
    assert planner.page.locator('[data-break="same"]').is_visible()
    before = planner.version
    planner.page.fill("#reason", REASON)
    planner.page.locator("#confirm").click()
    assert planner.page.evaluate("document.activeElement.id") == "target"
    assert planner.version == before


def test_take_back_and_again_give_the_very_figures(planner: Planner):
    planner.open(NORTH)
    move = planner.hand("moves")[0]
    codes = "geogridDesk.model.units.live().map(u => [u.code, u.households, u.area_m2]).sort()"
    first = planner.page.evaluate(codes)
    planner.look(move["cell"])
    planner.click(move["cell"])
    planner.choose_target(move["to"])
    version = planner.confirm()
    moved = planner.page.evaluate(codes)
    assert moved != first
    planner.tool("Control+z")
    planner.until(f"geogridDesk.model.version === {version + 1} && !geogridDesk.busy && !document.getElementById('redo').disabled")
    assert planner.page.evaluate(codes) == first
    planner.page.locator("#redo").click()
    planner.until(f"geogridDesk.model.version === {version + 2} && !geogridDesk.busy")
    assert planner.page.evaluate(codes) == moved


def test_a_move_is_made_without_a_mouse(planner: Planner):
    page = planner.open(NORTH).page
    move = planner.hand("moves")[0]
    page.locator(f'.unit-list [data-code="{move["from"]}"]').focus()
    page.keyboard.press("Enter")
    page.locator(".cell-fold summary").focus()
    page.keyboard.press("Enter")
    page.locator(f'[data-at="cell-{move["cell"]}"]').focus()
    page.keyboard.press("Space")
    assert planner.selected == [move["cell"]]
    page.keyboard.press("t")
    assert page.evaluate("document.activeElement.id") == "target"
    for _ in range(40):
        if page.evaluate("geogridDesk.model.target") == planner.hand("row", move["to"]):
            break
        page.keyboard.press("ArrowDown")
    page.locator(".leaflet-container").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "reason"
    page.keyboard.type(REASON)
    version = planner.version
    page.keyboard.press("Enter")
    planner.until(f"geogridDesk.model.version === {version + 1}")
    assert planner.hand("owner", move["cell"]) == move["to"]


def test_the_map_is_walked_by_arrows_and_a_neighbour_becomes_the_target_by_j(planner: Planner):
    page = planner.open(NORTH).page
    move = planner.hand("moves")[0]
    planner.look(move["cell"])
    planner.click(move["cell"])
    page.locator(".leaflet-container").focus()
    page.keyboard.press("j")
    assert page.evaluate("geogridDesk.model.target") >= 0
    page.keyboard.press("Shift+ArrowRight")
    assert len(planner.selected) == 2
    page.keyboard.press("Space")
    assert len(planner.selected) == 1
    assert "户" in page.locator("#live").inner_text()


def test_what_goes_out_of_bounds_is_told_with_the_thing_to_do_instead(planner: Planner):
    page = planner.open(NORTH).page
    cells = planner.hand("doors", f"{NORTH}005")
    planner.page.evaluate("cells => geogridDesk.model.select(geogridDesk.model.ground.atomsOfCells(cells))", cells[:-1])
    planner.choose_target(f"{NORTH}004")
    page.wait_for_selector('[data-break="below"]')
    told = page.locator('[data-break="below"]')
    assert "低于下限" in told.inner_text()
    assert page.locator(f'.side[data-code="{NORTH}005"] .status').inner_text().startswith("▼ 差")
    told.locator("button", has_text="只移").click()
    page.wait_for_selector('[data-break="below"]', state="detached")
    assert 0 < len(planner.selected) < len(cells) - 1
    page.keyboard.press("Escape")
    page.evaluate("c => geogridDesk.model.select(geogridDesk.model.units.atoms(geogridDesk.model.units.rowOf(c)))", f"{NORTH}005")
    planner.choose_target(f"{NORTH}004")
    page.wait_for_selector('[data-break="empty"]')
    assert page.locator('[data-break="empty"] button', has_text="改为合并").is_visible()
    assert page.locator('[data-break="empty"] button', has_text="改为撤销").is_visible()


CUT = """[...document.querySelectorAll('.rail *, .drawer *')].filter(e => {
  const box = e.getBoundingClientRect(), style = getComputedStyle(e);
  if (!box.width || !box.height || e.closest('.visually-hidden')) return false;
  return box.right > innerWidth + 1 || (style.overflowX === 'hidden' && style.textOverflow !== 'ellipsis' && e.scrollWidth > e.clientWidth + 1);
}).map(e => e.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("width", [1366, 1024])
def test_axe_finds_nothing_and_nothing_is_cut_off(browser: Any, service: str, width: int, lang: str):
    planner = Planner(browser, service, viewport={"width": width, "height": 768})
    page = planner.open(NORTH, lang=lang).page
    found = planner.axe()
    page.evaluate("c => geogridDesk.model.select(geogridDesk.model.ground.atomsOfCells(window.hand.doors(c).slice(0, 3)))", f"{NORTH}005")
    planner.choose_target(f"{NORTH}004")
    page.wait_for_selector("#elevation .atom")
    found += planner.axe()
    if width > 1100:
        page.locator("#large").click()
        page.wait_for_timeout(200)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(CUT) == []
    page.keyboard.press("?")
    page.wait_for_selector("#keys[open]")
    found += planner.axe()
    assert found == []
    listed = set(page.locator("#keys kbd").all_inner_texts())
    assert {tool["key"] for tool in page.evaluate("geogridDesk.told.tools")} <= listed
    planner.close()
