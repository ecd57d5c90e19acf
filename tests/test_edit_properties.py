"""Whatever is edited: the cover stays whole, the inverse is exact, the log replays, and no code is given twice."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geogrid.edit import ABSENT, Change, State, apply, parse_edit, replay, to_json
from geogrid.errors import EditError, NotFoundError
from geogrid.plan import NO_UNIT, united
from geogrid.rules import find_plan
from tests.edits_drawn import draw
from tests.tiny import tiny_plan

FIRST = State.of(tiny_plan())


def is_same(a: State, b: State) -> bool:
    """Tell whether two states assign the same atoms to the same units, and have the same indices of them."""
    members = a.members_of.keys() == b.members_of.keys() and all((a.members_of[unit] == b.members_of[unit]).all() for unit in a.members_of)
    return members and (a.leaf == b.leaf).all() and (a.units, a.ids, a.children_of) == (b.units, b.ids, b.children_of)


def check_cover(state: State) -> None:
    """Each atom in force has one leaf; units take whole cells above the lowest level; parents are of a higher level; codes are unique."""
    assert set(np.unique(state.leaf).tolist()) <= {*state.units, NO_UNIT, ABSENT}
    codes = [unit.code for unit in state.units.values()]
    assert len(set(codes)) == len(codes)
    for unit in state.units.values():
        assert state.depth(unit.parent) < state.depth(unit.id)
        assert unit.parent in state.units or state.depth(unit.id) == 0
        assert len(state.atoms_below(unit.id)), unit
        assert state.find(unit.code) == unit.id
        assert state.issued[unit.code] == unit.id
    atoms = np.flatnonzero(state.leaf != ABSENT)
    cell = state.ground.cell[atoms]
    for level in state.scheme.levels[:-1]:
        owner = state.owners(atoms, level.id)
        assert not ((cell[1:] == cell[:-1]) & (owner[1:] != owner[:-1])).any()


def check_indices(state: State) -> None:
    """What is kept from edit to edit is what one would make afresh."""
    afresh = State.made(
        state.ground, state.scheme, state.leaf, state.units.values(), retired=state.retired.values(), issued=state.issued, lineage=state.lineage
    )
    assert is_same(afresh, state)
    assert (afresh.issued, afresh.next_id, afresh.book.rules) == (state.issued, state.next_id, state.book.rules)


def edited(state: State, pick, n: int):
    """Go through the outcomes of `n` edits that are allowed, of those that `pick` draws; a hundred draws at most."""
    for _ in range(100):
        if n == 0:
            return
        edit = draw(state, pick)
        assert parse_edit(json.loads(json.dumps(to_json(edit)))) == edit
        try:
            outcome = apply(state, edit)
        except (EditError, NotFoundError):
            continue
        yield edit, state, outcome
        state, n = outcome.state, n - 1


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32 - 1))
def test_any_edits_keep_the_cover_and_can_be_taken_back_and_replayed_from_json(seed: int):
    rng = np.random.default_rng(seed)
    owner = dict(FIRST.issued)
    log: list[Change] = []
    last = FIRST
    for _, before, outcome in edited(FIRST, lambda n: int(rng.integers(n)), 8):
        check_cover(outcome.state)
        check_indices(outcome.state)
        before = before.on(outcome.state.ground)  # a reshape has put new cells at its end
        text = json.dumps(outcome.change.to_json(before.ground))
        again = replay(before, Change.from_json(before.ground, json.loads(text)))
        assert is_same(again, outcome.state)
        assert again.lineage == outcome.state.lineage
        assert is_same(replay(outcome.state, outcome.change.inverse()), before)
        for _, code, unit in outcome.change.issued:
            assert owner.setdefault(code, unit) == unit
        log.append(outcome.change)
        last = outcome.state
    back = last
    for change in reversed(log):
        back = replay(back, change.inverse())
    assert is_same(back, FIRST.on(last.ground))
    assert back.issued == last.issued
    assert back.version == 1 + 2 * len(log)
    for change in log:
        back = replay(back, change.inverse().inverse())
    assert is_same(back, last)


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32 - 1))
def test_touched_are_the_units_whose_atoms_code_name_or_parent_changed_and_no_others(seed: int):
    rng = np.random.default_rng(seed)
    for _, before, outcome in edited(FIRST, lambda n: int(rng.integers(n)), 4):
        after = outcome.state
        told = {unit: _told(before, unit) for unit in before.units}, {unit: _told(after, unit) for unit in after.units}
        expected = {unit for unit in {*told[0], *told[1]} if told[0].get(unit) != told[1].get(unit)}
        assert outcome.touched == expected
        codes = {unit.code for unit in before.units.values()}, {unit.code for unit in after.units.values()}
        assert outcome.retired_codes == tuple(sorted(codes[0] - codes[1]))
        assert outcome.new_codes == tuple(sorted(codes[1] - codes[0]))


def _told(state: State, unit: int):
    """All that touching a unit means; its atoms as land, for cells that a reshape cut or redrew inside a unit leave that unit's land as it was."""
    row, ground, atoms = state.units[unit], state.ground, state.atoms_below(unit)
    land = united(ground.geometry[state.cells_of(unit)])
    homes = atoms[ground.households[atoms] > 0]
    people = sorted(
        zip(ground.points[ground.cell[homes]].tolist(), ground.floor_from[homes].tolist(), ground.households[homes].tolist(), strict=True)
    )
    return row.level, row.parent, row.code, row.name, row.kind, round(land.area, 2), land.bounds, people


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32 - 1))
def test_a_retired_code_leads_to_units_in_force_that_hold_some_of_its_land(seed: int):
    rng = np.random.default_rng(seed)
    for edit, before, outcome in edited(FIRST, lambda n: int(rng.integers(n)), 4):
        for code in outcome.retired_codes:
            after = outcome.state.successors(code)
            assert after or edit.kind in ("retire", "compose")
            for each in after:
                land = outcome.state.atoms_below(outcome.state.unit(each).id)
                assert len(np.intersect1d(land, before.atoms_below(before.unit(code).id)))
            with pytest.raises(NotFoundError) as caught:
                outcome.state.unit(code)
            assert caught.value.facts["successors"] == list(after)


@settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32 - 1))
def test_the_rules_of_a_plan_find_no_fault_in_codes_parents_and_cover_that_an_edit_made(seed: int):
    rng = np.random.default_rng(seed)
    never = {"code_missing", "code_duplicate", "code_format", "parent_mismatch", "overlap", "gap", "floor_overlap", "outside_parent"}
    for _, _, outcome in edited(FIRST, lambda n: int(rng.integers(n)), 4):
        assert not never & {finding.rule for finding in find_plan(outcome.state.to_plan())}


def test_every_kind_is_drawn_and_both_allowed_and_refused():
    rng = np.random.default_rng(5)
    allowed, refused = Counter(), Counter()
    state = FIRST
    for _ in range(400):
        edit = draw(state, lambda n: int(rng.integers(n)))
        try:
            state = replace(apply(state, edit).state, version=1)
            allowed[edit.kind] += 1
        except (EditError, NotFoundError) as error:
            refused[error.facts.get("reason", "not_found")] += 1
        if len(state.units) < 8:
            state = FIRST
    assert set(allowed) == {"move", "split", "reshape", "merge", "create", "retire", "reparent", "rename", "compose"}
    assert {"empties_unit", "splits_cell", "one_cell", "parents_differ", "no_change"} <= set(refused)
