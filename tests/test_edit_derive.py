"""Units that are derived one by one after an edit are, to the last bit, what a rebuild of the whole plan gives; and so are their findings."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geogrid.edit import Move, State, apply
from geogrid.edit.check import RULES, find_touched, unassigned
from geogrid.edit.derive import Row, affected, derive, frame_rows, rows
from geogrid.errors import EditError, NotFoundError
from geogrid.findings import Finding
from geogrid.plan import NO_UNIT
from geogrid.rules import find_plan, status
from tests.edits_drawn import draw
from tests.tiny import EAST, LEVELS, WEST, tiny_plan

FIRST = State.of(tiny_plan())


def rebuilt(state: State, level: str) -> pd.DataFrame:
    """The level as the whole plan derives it."""
    plan = state.to_plan()
    return plan.frame(level).assign(status=status(plan, level).to_numpy())


def is_same_row(a: Row, b: Row) -> bool:
    """Tell whether two rows are the same, polygons to the last bit; NaN is NaN."""
    plain = [repr(row._replace(geometry=None)) for row in (a, b)]
    return plain[0] == plain[1] and shapely.to_wkb(a.geometry) == shapely.to_wkb(b.geometry)


def said(found: list[Finding]) -> list[tuple[object, ...]]:
    return sorted((f.rule, f.level, f.units, f.severity, f.value, f.area_m2, f.message, f.message_zh, str(f.geometry)) for f in found)


def edited(seed: int, n: int):
    """Go through (before, outcome) of `n` random edits that are allowed."""
    rng = np.random.default_rng(seed)
    state = FIRST
    for _ in range(100):
        try:
            outcome = apply(state, draw(state, lambda k: int(rng.integers(k))))
        except (EditError, NotFoundError):
            continue
        yield state, outcome
        state, n = outcome.state, n - 1
        if n == 0:
            return


@pytest.mark.parametrize("level", LEVELS)
def test_rows_make_the_frame_of_the_plan(level: str):
    units = [unit.id for unit in FIRST.units.values() if unit.level == level]
    assert_geodataframe_equal(frame_rows(FIRST, units), rebuilt(FIRST, level))


def test_no_units_make_an_empty_frame_of_the_same_columns():
    frame = frame_rows(FIRST, [])
    assert len(frame) == 0
    assert list(frame.columns) == list(rebuilt(FIRST, "grid").columns)
    assert frame.crs == FIRST.ground.crs


@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32 - 1))
def test_after_any_edits_the_affected_rows_are_the_only_ones_that_changed_and_equal_a_rebuild(seed: int):
    shown = {row.unit: row for row in rows(FIRST, FIRST.units)}
    for before, outcome in edited(seed, 5):
        after = outcome.state
        ids = affected(before, after, outcome.change)
        assert outcome.touched <= set(ids)
        shown = {unit: row for unit, row in shown.items() if unit not in ids}
        known = {unit: row.geometry for unit, row in shown.items()}
        shown |= {row.unit: row for row in rows(after, [unit for unit in ids if unit in after.units], known)}
        afresh = {row.unit: row for row in rows(after, after.units)}
        assert shown.keys() == afresh.keys()
        assert [unit for unit in shown if not is_same_row(shown[unit], afresh[unit])] == []
    for level in LEVELS:
        whole = rebuilt(after, level)
        ours = frame_rows(after, [unit.id for unit in after.units.values() if unit.level == level])
        assert_geodataframe_equal(ours, whole)
        assert (shapely.to_wkb(ours.geometry.to_numpy()) == shapely.to_wkb(whole.geometry.to_numpy())).all()


def test_what_lies_above_both_sides_is_not_affected():
    tower = "1-6-1"
    outcome = apply(FIRST, Move((tower,), WEST + "001001"))
    ids = affected(FIRST, outcome.state, outcome.change)
    assert {outcome.state.units[unit].code for unit in ids} == {WEST + "001001", WEST + "001002"}


def test_who_stands_on_the_same_cell_is_affected_though_nothing_of_his_moves():
    three = apply(FIRST, Move(("1-5-1", "1-6-1"), WEST + "001003")).state
    assert rows(three, [three.find(WEST + "001001")])[0].stacked == 3
    outcome = apply(three, Move(("1-5-1", "1-6-1"), WEST + "001002"))
    ids = affected(three, outcome.state, outcome.change)
    assert three.find(WEST + "001001") in ids
    assert three.find(WEST + "001001") not in outcome.touched
    assert rows(outcome.state, [three.find(WEST + "001001")])[0].stacked == 2


def test_a_big_unit_is_united_of_its_children_where_they_are_known(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("geogrid.edit.derive.FEW_CELLS", 1)
    town = FIRST.find(EAST)
    kids = derive(FIRST, FIRST.children(town))
    moved = {kid: shapely.affinity.translate(shape, 1000.0, 0.0) for kid, shape in kids.items()}
    assert derive(FIRST, [town], kids)[town].wkb == derive(FIRST, [town])[town].wkb
    assert derive(FIRST, [town], moved)[town].bounds[0] == derive(FIRST, [town])[town].bounds[0] + 1000.0


def test_stacked_children_do_not_stand_for_their_parent(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("geogrid.edit.derive.FEW_CELLS", 1)
    grid = FIRST.find(WEST + "001")
    assert derive(FIRST, [grid], derive(FIRST, FIRST.children(grid)))[grid].wkb == derive(FIRST, [grid])[grid].wkb


@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32 - 1), st.booleans())
def test_the_findings_of_touched_units_are_those_of_the_whole_plan(seed: int, adopted: bool):
    for before, outcome in edited(seed, 2):
        after = replace(outcome.state, state="adopted" if adopted else "draft")
        whole = [finding for finding in find_plan(after.to_plan(), cells=[]) if finding.rule in RULES]
        assert said(find_touched(after, after.units)) == said(whole)
        some = {unit for unit in affected(before, outcome.state, outcome.change) if unit in after.units}
        codes = {after.units[unit].code for unit in some}
        assert said(find_touched(after, some)) == said([f for f in whole if f.rule == "unassigned" or codes & set(f.units)])


def test_a_building_divided_between_grids_is_found_from_either_side():
    base = FIRST.to_plan().base
    cells = base.cells.assign(building=np.where(base.cells.index.isin([2, 5]), "house", base.cells["building"]))
    plan = replace(FIRST.to_plan(), base=replace(base, cells=cells))
    state = State.of(plan)
    assert [f.rule for f in find_touched(state, state.units)] == ["households_below"]
    after = apply(state, Move(("5-1-1",), WEST + "002")).state
    for code in (WEST + "001", WEST + "002"):
        assert [(f.rule, f.units, f.facts["building"]) for f in find_touched(after, [after.find(code)]) if f.rule == "splits_building"] == [
            ("splits_building", (WEST + "001", WEST + "002"), "house")
        ]
    assert [f.rule for f in find_touched(after, [after.find(EAST + "002")])] == ["unassigned"]


def test_unassigned_atoms_are_counted_below_a_unit_or_everywhere():
    state = apply(FIRST, Move(("14-1-1", "3-1-1"), None)).state
    state = apply(state, Move(("5-1-1",), WEST + "001")).state
    codes = lambda *where: state.ground.codes[unassigned(state, *where)].tolist()  # noqa: E731
    assert codes("community") == codes("grid") == ["3-1-1", "14-1-1"]
    assert codes("microgrid") == ["3-1-1", "5-1-1", "14-1-1"]
    assert codes("microgrid", state.find(WEST + "001")) == codes("microgrid", state.find(WEST)) == ["5-1-1"]
    assert codes("microgrid", state.find(EAST)) == []
    assert NO_UNIT not in state.units
