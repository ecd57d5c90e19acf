"""Units made, divided, merged, named, retired and moved under others at the desk in Chromium; borders by a line; floors; answers of the kernel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from geogrid.maps.assets import is_installed
from tests.planners_desk import REASON, Planner
from tests.shared import find_chromium

pytestmark = [
    pytest.mark.skipif(not find_chromium(), reason="no Chromium on this machine"),
    pytest.mark.skipif(not is_installed(), reason="the map's scripts are not installed: run scripts/assets.py"),
]
NORTH, SOUTH = "130203008001", "130203008002"
LIVE = "geogridDesk.model.units.live(geogridDesk.model.depth).map(u => u.code).sort()"


@pytest.fixture
def planner(browser: Any, service: str) -> Iterator[Planner]:
    """A planner who takes back what he did, so that each test begins with the plan as it was built."""
    made = Planner(browser, service)
    yield made
    made.expected = (422,)
    made.until("!document.querySelector('dialog[open]') || (document.querySelector('dialog[open]').close(), false)")
    made.page.evaluate("geogridDesk.tell('clear')")
    while made.page.evaluate("!document.getElementById('undo').disabled"):
        before = made.version
        made.page.locator("#undo").click()
        made.until(f"geogridDesk.model.version > {before} && !geogridDesk.busy")
        made.page.wait_for_timeout(150)
    made.close()


def look_at(planner: Planner, code: str) -> None:
    planner.page.locator(f'.unit-list [data-code="{code}"]').click()
    planner.page.wait_for_selector(".unit-card")


def test_a_unit_is_renamed_by_key(planner: Planner):
    page = planner.open(NORTH).page
    look_at(planner, f"{NORTH}003")
    page.keyboard.press("a")
    page.fill("#ask-name", "桥西片")
    planner.answer()
    assert page.locator(f'.unit-list [data-code="{NORTH}003"]').inner_text().startswith("桥西片")
    planner.until("document.querySelector('#entries li').innerText.includes('桥西片')")


def test_a_change_without_a_reason_is_not_sent(planner: Planner):
    page = planner.open(NORTH).page
    version = planner.version
    look_at(planner, f"{NORTH}003")
    page.keyboard.press("a")
    page.fill("#ask-name", "甲")
    page.fill("#ask-reason", "")
    page.keyboard.press("Enter")
    assert page.locator("#edit-dialog .problem").inner_text() == "请写明理由：登记表需要。"
    assert page.locator("#ask-name").input_value() == "甲"
    page.keyboard.press("Escape")
    assert planner.version == version


def test_units_are_merged_and_the_code_that_goes_is_never_there_again(planner: Planner):
    page = planner.open(NORTH).page
    look_at(planner, f"{NORTH}003")
    total = planner.hand("households", f"{NORTH}003") + planner.hand("households", f"{NORTH}001")
    page.keyboard.press("m")
    page.locator(f'#edit-dialog input[value="{NORTH}001"]').check()
    page.select_option("#ask-into", f"{NORTH}001")
    planner.answer()
    assert f"{NORTH}003" not in page.evaluate(LIVE)
    assert planner.hand("households", f"{NORTH}001") == total


def test_a_new_unit_is_made_of_what_is_selected(planner: Planner):
    page = planner.open(NORTH).page
    cells = planner.hand("doors", f"{NORTH}007")
    cells = cells[: len(cells) // 2]
    page.evaluate("cells => geogridDesk.model.select(geogridDesk.model.ground.atomsOfCells(cells))", cells)
    before = page.evaluate(LIVE)
    page.select_option("#target", "new")
    page.fill("#ask-name", "新片")
    planner.answer()
    (made,) = set(page.evaluate(LIVE)) - set(before)
    assert sorted(planner.hand("cells", made)) == sorted(cells)
    assert made == f"{NORTH}014"


def test_a_retired_unit_leaves_its_ground_unassigned_and_counted(planner: Planner):
    page = planner.open(NORTH).page
    homes = planner.hand("households", f"{NORTH}003")
    look_at(planner, f"{NORTH}003")
    page.locator('[data-at="retire"]').click()
    planner.answer()
    assert f"{NORTH}003" not in page.evaluate(LIVE)
    page.wait_for_selector('#exceptions [data-kind="unassigned"]')
    assert f"{homes} 户" in page.locator('#exceptions [data-kind="unassigned"][data-level="grid"]').inner_text()


def test_a_unit_goes_to_another_parent_with_a_new_code(planner: Planner):
    page = planner.open(NORTH).page
    edge = """() => {
      const { ground, units, depth } = geogridDesk.model;
      for (const unit of units.live(depth)) if (!unit.part && unit.kind === 'base')
        for (const cell of ground.cellsOfAtoms(units.atoms(unit.row)))
          for (const next of ground.neighbours(cell)) {
            const other = units.cellOwner(next, depth);
            if (other >= 0 && units.get(other).parent !== unit.parent) return [unit.code, units.get(units.get(other).parent).code];
          }
    }"""
    code, parent = page.evaluate(edge)
    homes = planner.hand("households", code)
    before = page.evaluate(LIVE)
    look_at(planner, code)
    page.locator('[data-at="reparent"]').click()
    page.select_option("#ask-parent", parent)
    planner.answer()
    (made,) = set(page.evaluate(LIVE)) - set(before)
    assert made.startswith(parent)
    assert planner.hand("households", made) == homes
    assert code not in page.evaluate(LIVE)


def test_a_unit_is_divided_into_balanced_parts_after_a_look_as_one_change(planner: Planner):
    page = planner.open(NORTH).page
    before = page.evaluate(LIVE)
    look_at(planner, f"{NORTH}006")
    version, homes = planner.version, planner.hand("households", f"{NORTH}006")
    page.keyboard.press("d")
    page.fill("#ask-parts", "2")
    page.keyboard.press("Enter")
    page.wait_for_selector("#edit-dialog .figures-table")
    assert planner.version == version
    assert planner.answer() == version + 1
    parts = sorted(set(page.evaluate(LIVE)) - set(before))
    assert len(parts) == 2
    assert sum(planner.hand("households", part) for part in parts) == homes
    assert all(60 <= planner.hand("households", part) <= 260 for part in parts)


def drawn(planner: Planner, code: str, *, across: bool) -> list[list[float]]:
    """Return two screen points of a line through a unit, beyond it on both sides."""
    spots = [planner.hand("spot", cell) for cell in planner.hand("cells", code)]
    xs, ys = sorted(x for x, _ in spots), sorted(y for _, y in spots)
    if across:
        middle = (ys[len(ys) // 2] + ys[len(ys) // 2 - 1]) / 2
        return [[xs[0] - 60, middle], [xs[-1] + 60, middle + 1]]
    middle = (xs[len(xs) // 2] + xs[len(xs) // 2 - 1]) / 2
    return [[middle, ys[0] - 60], [middle + 1, ys[-1] + 60]]


def draw_line(planner: Planner, points: list[list[float]]) -> None:
    planner.tool("x")
    for point in points:
        planner.page.mouse.click(*point)
        planner.page.wait_for_timeout(350)  # two clicks that are no double click
    planner.page.keyboard.press("Enter")
    planner.page.wait_for_selector("input[name=ask-what]")


def test_a_drawn_line_divides_a_unit_without_cutting_a_stairwell(planner: Planner):
    page = planner.open(NORTH).page
    before, cells = page.evaluate(LIVE), planner.hand("cells", f"{NORTH}006")
    planner.look(*cells)
    draw_line(planner, drawn(planner, f"{NORTH}006", across=False))
    page.locator(f"#edit-dialog input[value='split {planner.hand('row', f'{NORTH}006')}']").check()
    planner.answer()
    parts = sorted(set(page.evaluate(LIVE)) - set(before))
    assert len(parts) == 2
    assert sorted(cell for part in parts for cell in planner.hand("cells", part)) == sorted(cells)


def test_a_border_drawn_across_cells_cuts_them_and_may_ask_whose_the_homes_are(planner: Planner):
    planner.expected = (422,)
    page = planner.open(NORTH).page
    pair = [f"{NORTH}003", f"{NORTH}004"]
    planner.look(*planner.hand("cells", pair[0]))
    before = page.evaluate("geogridDesk.model.ground.size")
    homes = sum(planner.hand("households", code) for code in pair)
    draw_line(planner, drawn(planner, pair[0], across=True))
    first = page.locator("input[name=ask-what]").first.get_attribute("value").split()[1]
    other = next(row for code in pair if str(row := planner.hand("row", code)) != first)
    page.locator(f"#edit-dialog input[value='reshape {other}']").check()
    version = planner.version
    page.fill("#ask-reason", REASON)
    page.keyboard.press("Enter")
    planner.until(f"geogridDesk.model.version > {version} || !!document.querySelector('[id^=ask-cell-]')")
    if planner.version == version:
        page.keyboard.press("Enter")
        planner.until(f"geogridDesk.model.version > {version}")
    assert page.evaluate("geogridDesk.model.ground.gone.size") > 0
    assert page.evaluate("geogridDesk.model.ground.size") > before
    assert sum(planner.hand("households", code) for code in pair) == homes


def test_floor_bands_are_selected_by_drag_and_by_keys_and_moved(planner: Planner):
    page = planner.open(NORTH, "microgrid").page
    cell = planner.hand("doors", f"{NORTH}003004")[0]
    planner.look(cell)
    planner.click(cell)
    page.wait_for_selector("#elevation .atom")
    page.keyboard.press("Escape")
    atoms = page.locator("#elevation .atom")
    boxes = [atoms.nth(i).bounding_box() for i in range(atoms.count())]
    column = sorted((box for box in boxes if abs(box["x"] - boxes[0]["x"]) < 2), key=lambda box: box["y"])
    middle = [[box["x"] + box["width"] / 2, box["y"] + box["height"] / 2] for box in column]
    planner.drag(middle[0], middle[2])
    assert page.evaluate("geogridDesk.model.selection.size") == 3
    assert page.locator("#elevation .atom[aria-selected=true]").count() == 3
    assert "3 层" in page.locator("#drawer h2").first.inner_text()
    page.keyboard.press("Escape")
    page.locator(".leaflet-container").focus()
    page.keyboard.press("e")
    page.keyboard.press("Space")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    chosen = page.evaluate("geogridDesk.model.codes()")
    assert len(chosen) >= 2
    code = next(code for code in page.evaluate(LIVE) if code.startswith(f"{NORTH}003") and code != f"{NORTH}003004")
    planner.choose_target(code)
    planner.confirm()
    owners = page.evaluate("codes => codes.map(c => geogridDesk.model.units.owner(geogridDesk.model.atomRow(c), geogridDesk.model.depth))", chosen)
    assert {planner.hand("code", row) for row in owners} == {code}


def test_the_next_unit_out_of_bounds_is_shown_and_repaired_here_after_a_look(planner: Planner):
    planner.expected = (422,)
    page = planner.open(NORTH).page
    cells = planner.hand("doors", f"{NORTH}005")[:5]
    page.evaluate("cells => geogridDesk.model.select(geogridDesk.model.ground.atomsOfCells(cells))", cells)
    planner.choose_target(f"{NORTH}004")
    planner.confirm("先移走")
    page.locator(".leaflet-container").focus()
    page.keyboard.press("n")
    page.wait_for_selector(".unit-card")
    assert planner.page.evaluate("geogridDesk.focus") == planner.hand("row", f"{NORTH}005")
    assert page.locator(".unit-card .status").first.inner_text().startswith("▼ 差")
    page.keyboard.press("f")
    page.wait_for_selector("#edit-dialog .figures-table")
    assert page.locator("#edit-dialog canvas").count() == 2
    version = planner.version
    assert planner.answer() == version + 1
    assert page.locator('#exceptions [data-level="grid"][data-kind="below"]').count() == 0


def test_the_unassigned_are_filled_after_a_look(planner: Planner):
    page = planner.open(NORTH).page
    look_at(planner, f"{NORTH}003")
    page.locator('[data-at="retire"]').click()
    planner.answer()
    page.wait_for_selector("#fill:visible")
    page.keyboard.press("g")
    page.wait_for_selector("#edit-dialog .figures-table")
    version = planner.version
    assert planner.answer() == version + 1
    assert page.locator('#exceptions [data-kind="unassigned"][data-level="grid"]').count() == 0
