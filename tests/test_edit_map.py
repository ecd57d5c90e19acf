"""The editor's tools in a real browser, by mouse, finger and keys: what each selects, what the map shows of a move, what a line becomes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from geogrid.maps.carry import hues
from tests.edit_page import Area, Visit, served
from tests.maps_fake import FakeProject, big_contents
from tests.shared import find_chromium

pytestmark = pytest.mark.skipif(not find_chromium(), reason="no Chromium on this machine")
MIDDLE = "130203001006"
COMPOUND = 8
CELLS = "model.selectedCells().sort((a, b) => a - b)"


@pytest.fixture(scope="module")
def area() -> Area:
    return Area(FakeProject(big_contents(48, 27)))


@pytest.fixture(scope="module")
def document(area: Area) -> dict[str, Any]:
    made = area.document(area.state, "grid", MIDDLE)
    made["cells"]["compound"] = [3 if row < COMPOUND else -1 for row in range(len(made["cells"]["id"]))]
    return made


@pytest.fixture(scope="module")
def address(area: Area, document: dict[str, Any]) -> Iterator[str]:
    with served(area.project, document) as url:
        yield url


@pytest.fixture(scope="module")
def opened(browser: Any, address: str) -> Iterator[Visit]:
    visit = Visit(browser, address)
    yield visit
    visit.close()


@pytest.fixture
def visit(opened: Visit) -> Iterator[Visit]:
    """The page with the document as it was served, looking at the middle grid of the area close up."""
    opened.reload()
    opened.evaluate("view.zoomTo(model.unitRow('130203001006005'), { animate: false, maxZoom: 18 })")
    opened.rest()
    yield opened
    opened.page.keyboard.up("Shift")
    opened.page.keyboard.up("Alt")
    assert opened.said == []


def grid(visit: Visit, code: str = "130203001006005") -> list[int]:
    """Return the cells of a unit, west to east in rows from the north."""
    return visit.evaluate("code => model.ground.cellsOfAtoms(model.units.atoms(model.unitRow(code))).sort((a, b) => a - b)", code)


def click(visit: Visit, cell: int, *, key: str = "") -> None:
    if key:
        visit.page.keyboard.down(key)
    visit.page.mouse.click(*visit.place(cell))
    if key:
        visit.page.keyboard.up(key)


def test_a_click_selects_a_cell_shift_adds_alt_removes_and_a_second_click_lets_go(visit: Visit):
    first, second, third = grid(visit)[:3]
    click(visit, first)
    assert visit.evaluate(CELLS) == [first]
    click(visit, second, key="Shift")
    click(visit, third, key="Shift")
    assert visit.evaluate(CELLS) == [first, second, third]
    assert visit.evaluate("String(getSelection())") == ""
    click(visit, second, key="Alt")
    assert visit.evaluate(CELLS) == [first, third]
    click(visit, second)
    assert visit.evaluate(CELLS) == [second]
    click(visit, second)
    assert visit.evaluate(CELLS) == []


def test_a_drag_with_the_click_tool_moves_the_map_and_selects_nothing(visit: Visit):
    x, y = visit.place(grid(visit)[4])
    visit.page.mouse.move(x, y)
    visit.page.mouse.down()
    visit.page.mouse.move(x + 60, y + 40, steps=4)
    visit.page.mouse.up()
    moved = visit.place(grid(visit)[4])
    assert visit.evaluate(CELLS) == []
    assert (moved[0] - x, moved[1] - y) == (pytest.approx(60, abs=2), pytest.approx(40, abs=2))


def test_the_pointer_answers_with_the_cell_under_it(visit: Visit):
    cell = grid(visit)[4]
    visit.page.mouse.move(*visit.place(cell))
    visit.rest()
    assert visit.evaluate("view.hovered") == [cell]
    households = visit.evaluate("model.unitFigures(model.unitRow('130203001006005')).households")
    assert f"{households:,} 户" in visit.page.inner_text(".geogrid-tip:last-of-type")
    assert visit.evaluate("getComputedStyle(document.querySelector('.geogrid-tip:last-of-type')).display") == "block"


def test_rectangle_lasso_and_brush_take_the_cells_they_are_drawn_round(visit: Visit):
    cells = grid(visit)
    places = [visit.place(cell) for cell in cells]
    (left, top), (right, bottom) = (
        (f(xy[i] for xy in places) for i, f in ((0, min), (1, min))),
        (f(xy[i] for xy in places) for i, f in ((0, max), (1, max))),
    )
    ring = [(left - 9, top - 9), (right + 9, top - 9), (right + 9, bottom + 9), (left - 9, bottom + 9), (left - 9, top - 9)]
    for tool, path in (("rectangle", [ring[0], ring[2]]), ("lasso", ring)):
        visit.evaluate("tool => { model.clear(); view.setTool(tool); }", tool)
        draw(visit, path)
        assert set(visit.evaluate(CELLS)) >= set(cells), tool
        inside = visit.evaluate("box => model.places.inBox(box).length", on_ground(visit, ring[0], ring[2]))
        assert len(visit.evaluate(CELLS)) == inside, tool
    visit.evaluate("model.clear(); view.setTool('brush')")
    draw(visit, [places[0], places[1], places[2]])
    assert set(visit.evaluate(CELLS)) >= set(cells[:3])
    visit.page.keyboard.down("Alt")
    draw(visit, [places[0], places[0]])
    visit.page.keyboard.up("Alt")
    assert cells[0] not in visit.evaluate(CELLS)


def on_ground(visit: Visit, one: tuple[float, float], two: tuple[float, float]) -> list[float]:
    script = "([x, y]) => { const at = view.pointer.place({ clientX: x, clientY: y }); return [at.x, at.y]; }"
    return [*visit.evaluate(script, one), *visit.evaluate(script, two)]


def draw(visit: Visit, path: list[tuple[float, float]]) -> None:
    visit.page.mouse.move(*path[0])
    visit.page.mouse.down()
    for place in path[1:]:
        visit.page.mouse.move(*place, steps=8)
    visit.page.mouse.up()


def test_a_building_a_compound_and_a_street_side_are_one_click(visit: Visit):
    ground = "model.ground.cell"
    home = next(cell for cell in grid(visit) if visit.evaluate(f"cell => {ground}.kind[cell] === 'home'", cell))
    take(visit, "building", home)
    assert visit.evaluate(CELLS) == visit.evaluate(
        f"cell => {ground}.building.flatMap((id, row) => id === {ground}.building[cell] ? [row] : [])", home
    )
    take(visit, "street", home)
    side = visit.evaluate(CELLS)
    blocks = visit.evaluate(f"rows => [...new Set(rows.map(row => {ground}.enclosure[row]))]", side)
    assert len(blocks) == 1
    assert 1 < len(side) < visit.evaluate(f"block => {ground}.enclosure.filter(id => id === block).length", blocks[0])
    visit.evaluate("view.zoomTo(model.ground.atomsOfCells([0]), { animate: false, maxZoom: 18 })")
    visit.rest()
    take(visit, "compound", 0)
    assert visit.evaluate(CELLS) == list(range(COMPOUND))


def take(visit: Visit, tool: str, cell: int) -> None:
    visit.evaluate("tool => { model.clear(); view.setTool(tool); }", tool)
    click(visit, cell)


def test_a_target_shows_what_both_sides_would_be_while_the_selection_grows(visit: Visit):
    cells = grid(visit)
    seen = []
    visit.evaluate("model.setTarget(model.unitRow('130203001006006'))")
    for cell in cells[2::3]:
        click(visit, cell, key="Shift")
        visit.rest()
        seen.append(visit.evaluate("[...view.sides.values()].map(side => [side.code, side.before.households, side.after.households])"))
    for shown in seen:
        source, target = [(before, after) for _, before, after in shown]
        assert source[0] - source[1] == target[1] - target[0]
    lost = [shown[0][1] - shown[0][2] for shown in seen if shown]
    assert lost == sorted(lost)
    assert lost[-1] > 0


def test_the_right_button_chooses_the_target_and_keys_walk_through_the_neighbours(visit: Visit):
    click(visit, grid(visit)[4])
    visit.page.mouse.click(*visit.place(grid(visit, "130203001006006")[4]), button="right")
    assert visit.evaluate("model.units.get(model.target).code") == "130203001006006"
    near = [visit.evaluate("model.units.get(view.stepTarget(1)).code") for _ in range(12)]
    assert len(set(near)) > 3
    assert visit.evaluate("model.units.get(view.stepTarget(-1)).code") == near[-2]


def test_keys_walk_from_cell_to_cell_and_select(visit: Visit):
    start = grid(visit)[4]
    click(visit, start)
    steps = [visit.evaluate("way => view.step(way, { mode: 'add' })", way) for way in ("right", "down", "left", "up")]
    assert steps[0] in visit.evaluate("cell => [...model.ground.neighbours(cell)]", start)
    assert set(visit.evaluate(CELLS)) == {start, *steps}
    assert visit.evaluate("cells => cells.map(cell => model.ground.x[cell])", [start, steps[0]]) == sorted(
        visit.evaluate("cells => cells.map(cell => model.ground.x[cell])", [start, steps[0]])
    )


def test_a_line_snaps_to_vertices_takes_points_back_and_tells_where_it_runs(visit: Visit):
    visit.evaluate("window.lines = []; view.on('line', coordinates => lines.push(coordinates)); view.setTool('line')")
    cells = grid(visit)
    corner = visit.evaluate("cell => { const [x, y] = model.ground.cell.rings[cell][0]; return [x, y]; }", cells[0])
    at = visit.evaluate("([lon, lat]) => { const p = geogrid.map.latLngToContainerPoint([lat, lon]); return [p.x, p.y]; }", corner)
    visit.page.mouse.click(at[0] + 4, at[1] + 3)
    visit.page.wait_for_timeout(20)
    for cell in (cells[4], cells[5]):
        visit.page.mouse.click(*visit.place(cell))
    assert visit.evaluate("view.back()") is True
    visit.page.mouse.click(*visit.place(cells[8]))
    visit.page.mouse.click(*visit.place(cells[8]))
    (line,) = visit.evaluate("lines")
    assert line[0] == pytest.approx(corner, abs=1e-7)
    assert len(line) == 3
    visit.page.mouse.click(*visit.place(cells[4]))
    assert visit.evaluate("[view.cancel(), view.cancel(), view.finish(), lines.length]") == [True, False, False, 1]
    visit.evaluate("for (const way of ['right', 'down', 'down']) view.step(way, { mode: 'toggle' })")
    assert visit.evaluate("[view.finish(), lines[1].length]") == [True, 3]
    assert visit.evaluate(CELLS) == []


def test_what_is_locked_or_not_of_the_source_is_not_selected(visit: Visit):
    own, other = grid(visit), grid(visit, "130203001006006")
    visit.evaluate("view.setTool('lock')")
    click(visit, other[4])
    visit.evaluate("view.setTool('click')")
    click(visit, other[4])
    assert visit.evaluate(CELLS) == []
    click(visit, own[4])
    visit.evaluate("model.setTarget(model.unitRow('130203001006006'))")
    assert visit.evaluate("[model.selectedCells().length, model.target]") == [1, -1]
    visit.evaluate("model.setSource(model.unitRow('130203001006004')); view.setTool('brush')")
    assert visit.evaluate(CELLS) == []
    draw(visit, [visit.place(own[3]), visit.place(own[5])])
    assert visit.evaluate("[...model.selection].every(atom => model.units.get(model.units.owner(atom, model.depth)).code === '130203001006004')")


def test_units_have_the_hue_that_they_have_on_the_other_pages(visit: Visit, area: Area):
    shown = visit.evaluate("Object.fromEntries(model.units.live(model.depth).map(unit => [unit.code, unit.hue]))")
    known = dict(zip(area.project.units("grid").index, hues(area.project, "grid").tolist(), strict=True))
    assert shown == {code: known[code] for code in shown}


WATCH = """() => {
    const paint = view.paintPlan.paint;
    window.painted = [];
    view.paintPlan.paint = (c, frame, box) => { painted.push(box); paint.call(view.paintPlan, c, frame, box); };
}"""
RENAME = """() => {
    const unit = model.units.get(model.unitRow('130203001006005')), level = 'grid', parent = '130203001006';
    const units = [{ ...unit, level, parent, code_before: unit.code, name: '桥西片' }];
    model.apply({ version: 2, atoms: [], retired: [], outlines: {}, cells: null, units });
}"""


def test_only_the_part_of_the_plan_that_changed_is_painted_again(visit: Visit):
    visit.evaluate(WATCH)
    click(visit, grid(visit)[4])
    visit.rest()
    assert visit.evaluate("painted.length") == 0
    visit.evaluate(RENAME)
    visit.rest()
    (box,) = visit.evaluate("painted")
    whole = visit.evaluate("view.plan.frame.box")
    assert (box[2] - box[0]) * (box[3] - box[1]) < 0.5 * (whole[2] - whole[0]) * (whole[3] - whole[1])
    assert visit.evaluate("view.names(model.units.get(model.unitRow('130203001006005')))[0]") == "桥西片"


def test_land_that_loses_its_unit_is_painted_anew_and_named(visit: Visit):
    visit.evaluate(WATCH)
    cell = grid(visit)[0]
    lost = """cell => model.apply({ version: 3, units: [], retired: [], outlines: {}, cells: null,
        atoms: model.codes(model.ground.atomsIn(cell)).map(code => [code, null]) })"""
    visit.evaluate(lost, cell)
    visit.rest()
    (box,) = visit.evaluate("painted")
    x, y = visit.evaluate("cell => [model.ground.x[cell], model.ground.y[cell]]", cell)
    assert box[0] < x < box[2]
    assert box[1] < y < box[3]
    assert visit.evaluate("view.labels.free.map(({ shape, households }) => [[...shape.cells], households])") == [
        [[cell], visit.evaluate("cell => model.households(model.ground.atomsIn(cell))", cell)]
    ]


def test_a_finger_taps_two_fingers_zoom_and_a_drag_of_one_draws(browser: Any, address: str):
    visit = Visit(browser, address, has_touch=True)
    visit.evaluate("view.zoomTo(model.unitRow('130203001006005'), { animate: false, maxZoom: 18 })")
    visit.rest()
    cells = grid(visit)
    visit.page.touchscreen.tap(*visit.place(cells[4]))
    assert visit.evaluate(CELLS) == [cells[4]]
    visit.evaluate("model.clear(); view.setTool('lasso')")
    places = [visit.place(cell) for cell in cells]
    left, top, right, bottom = (f(xy[i] for xy in places) for f, i in ((min, 0), (min, 1), (max, 0), (max, 1)))
    touch = visit.context.new_cdp_session(visit.page)
    path = [(left - 9, top - 9), (right + 9, top - 9), (right + 9, bottom + 9), (left - 9, bottom + 9)]
    send(touch, "touchStart", [path[0]])
    for place in path[1:]:
        send(touch, "touchMove", [place])
    send(touch, "touchEnd", [])
    assert set(visit.evaluate(CELLS)) >= set(cells)
    before, chosen = visit.evaluate("geogrid.map.getZoom()"), visit.evaluate(CELLS)
    send(touch, "touchStart", [(600, 350)])
    send(touch, "touchStart", [(600, 350), (700, 400)])
    for k in range(1, 6):
        send(touch, "touchMove", [(600 - 20 * k, 350 - 10 * k), (700 + 20 * k, 400 + 10 * k)])
    send(touch, "touchEnd", [])
    visit.until(f"geogrid.map.getZoom() > {before}")
    assert visit.evaluate(CELLS) == chosen
    assert visit.said == []
    visit.close()


def send(touch: Any, kind: str, places: list[tuple[float, float]]) -> None:
    touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(places)]})
