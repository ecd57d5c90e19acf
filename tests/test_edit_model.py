"""The editor's model in a real browser says what the server would: figures before and after a move, what is refused, and the plan after a delta."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from geogrid.edit import Create, Merge, Move, Outcome, Rename, Reparent, Retire, State, apply, replay
from geogrid.edit.derive import rows
from geogrid.edit.settle import find_changed
from geogrid.errors import EditError
from tests.edit_page import FIGURES, Area, Visit, check_figures, check_same, served, tell
from tests.maps_fake import FakeProject, big_contents
from tests.shared import find_chromium

pytestmark = pytest.mark.skipif(not find_chromium(), reason="no Chromium on this machine")

PREVIEW = """cases => cases.map(({ atoms, to }) => {
    model.select(atoms.map(code => model.atomRow(code)));
    const found = model.preview(model.selection, to === null ? null : model.unitRow(to));
    return { ...found, codes: model.codes(found.moves) };
})"""


@pytest.fixture(scope="module")
def area() -> Area:
    return Area(FakeProject(big_contents(48, 27)))


@pytest.fixture(scope="module")
def visit(browser: Any, area: Area) -> Any:
    middle = "130203001006"  # a community with neighbours on all sides
    with served(area.project, area.document(area.state, "grid", middle)) as address:
        opened = Visit(browser, address)
        yield opened
        opened.close()


@pytest.fixture(autouse=True)
def as_loaded(visit: Visit) -> Iterator[None]:
    """Every test begins with the document as it was served."""
    visit.reload()
    yield
    assert visit.said == []


def known_atoms(visit: Visit, state: State) -> np.ndarray:
    return np.array([state.ground.position_of(code) for code in visit.evaluate("model.ground.atom.code")])


def test_the_figures_of_all_units_are_those_of_their_shapes(visit: Visit, area: Area):
    state = area.state
    codes = [unit.code for unit in state.units.values()]
    found = {code: figures for code, figures in visit.evaluate(FIGURES, codes).items() if figures and not figures["part"]}
    assert len(found) > 500
    for code, figures in found.items():
        check_figures(figures, state, state.find(code))


def drawn_cases(state: State, positions: np.ndarray, rng: np.random.Generator, n: int) -> list[dict[str, Any]]:
    """Draw selections (floors, cells, whole units, cells on both sides of a border) and targets of any level near them, or none."""
    cases = []
    for _ in range(n):
        at = int(rng.choice(positions))
        chain = state.chain(int(state.leaf[at]))
        own = state.atoms_below(chain[int(rng.integers(len(chain)))])
        cells = np.unique(state.ground.cell[own])
        some = {
            0: own[: 1 + int(rng.integers(6))],
            1: state.ground.atoms_in(rng.choice(cells, min(len(cells), 1 + int(rng.integers(4))), replace=False)),
            2: own,
            3: state.ground.atoms_in(np.append(state.ground.neighbours(int(cells[0]))[0], cells[0])),
        }[int(rng.integers(4))]
        some = some[np.isin(some, positions)]
        near = state.chain(int(state.leaf[int(rng.choice(positions[np.abs(positions - at) < 400]))]))
        to = None if rng.random() < 0.1 else state.units[near[int(rng.integers(len(near)))]].code
        cases.append({"atoms": state.ground.codes[some].tolist(), "to": to})
    return cases


def test_a_preview_says_what_the_move_then_does(visit: Visit, area: Area):
    state, rng = area.state, np.random.default_rng(7)
    cases = drawn_cases(state, known_atoms(visit, state), rng, 150)
    seen = Counter(check_preview(state, case, found) for case, found in zip(cases, visit.evaluate(PREVIEW, cases), strict=True))
    assert all(seen[kind] >= 5 for kind in ("moved", "empties_unit", "splits_cell")), seen


def check_preview(state: State, case: dict[str, Any], found: dict[str, Any]) -> str:
    """Apply the move and compare; returns what came of it."""
    if not found["codes"]:
        return "nothing"
    edit = Move(tuple(found["codes"]), case["to"])
    if found["refused"]:
        with pytest.raises(EditError) as refused:
            apply(state, edit)
        assert refused.value.facts["reason"] in found["refused"], case
        return str(refused.value.facts["reason"])
    outcome = apply(state, edit)
    sides = [*found["sides"], *found["above"], *found["below"]]
    changed = find_changed(state, outcome.state, outcome.change)
    assert {side["code"] for side in sides} == {state.units[unit].code for unit in changed}
    for side in sides:
        unit = state.find(side["code"])
        (row,) = rows(outcome.state, [unit])
        assert side["after"]["households"] == row.households
        if not side["part"]:
            check_figures(side["before"], state, unit)
            check_figures(side["after"], outcome.state, unit)
            assert (side["statusAfter"], side["status"]) == (row.status, rows(state, [unit])[0].status)
    moved = {state.units[old.id].code for old, new in outcome.change.units if old and new and old.parent != new.parent}
    assert {each["code"] for each in found["lower"] if each["whole"]} == moved
    return "moved"


def test_deltas_of_edits_of_many_kinds_lead_to_the_state_of_the_server_and_back(visit: Visit, area: Area):
    state = area.state
    grids = [unit.code for unit in state.units.values() if unit.level == "grid" and unit.code.startswith("130203001006")]
    first = state.ground.cell[state.atoms_below(state.find(grids[0]))[0]]
    loose = tuple(state.ground.codes[state.ground.atoms_of(first)].tolist())
    edits = (
        Move(loose, grids[1]),
        Create("grid", grids[1][:12], "新网格", loose),
        Merge((grids[2], grids[3]), grids[2]),
        Retire(grids[5]),
        Rename(grids[6], "桥西片"),
        Reparent(grids[6], "130203001007"),
    )
    done = []
    for edit in edits:
        outcome = apply(state, edit)
        done.append((state, outcome))
        state = tell(visit, area, state, outcome)
        check_same(visit, state)
    for before, outcome in reversed(done):
        inverse = outcome.change.inverse()
        back = replay(state, inverse)
        state = tell(visit, area, state, Outcome(back, inverse, frozenset(), (), ()))
        assert np.array_equal(state.leaf, before.leaf)
    check_same(visit, area.state)
