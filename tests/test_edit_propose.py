"""Proposals of the kernel: what they give is an edit that can be applied, and what it leaves is better than what was."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geogrid.edit import Create, Merge, Move, Reparent, Retire, Split, State, apply
from geogrid.edit.check import unassigned
from geogrid.edit.derive import derive
from geogrid.edit.preview import preview
from geogrid.edit.propose import fill_unassigned, find_parts, repair_here, split_balanced
from geogrid.edit.settle import is_out
from geogrid.errors import EditError
from tests.edit_town import TOWN, town
from tests.tiny import EAST, WEST, tiny_plan

GRID = TOWN + "001"
quiet = settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])


def pieces(state: State, unit: int) -> int:
    shape = derive(state, [unit])[unit]
    return 0 if shape is None else int(shapely.get_num_geometries(shape))


def of_level(state: State, level: str) -> list[int]:
    return [unit.id for unit in state.units.values() if unit.level == level]


def bad(state: State, level: str) -> set[int]:
    """Units of a level that are out of bounds or in pieces."""
    return {unit for unit in of_level(state, level) if is_out(state, unit) or pieces(state, unit) > 1}


@quiet
@given(st.integers(0, 1000), st.integers(2, 5), st.sampled_from(["microgrid", "grid", "community"]))
def test_parts_are_connected_even_and_all_there(seed: int, k: int, level: str):
    state = town(seed)
    unit = of_level(state, level)[seed % len(of_level(state, level))]
    try:
        part = find_parts(state, unit, k)
    except EditError as error:
        lived = state.atoms_below(unit)[state.ground.households[state.atoms_below(unit)] > 0]
        if error.facts["reason"] == "no_parts" and len(lived) < k:  # land goes with a home
            return
        raise
    atoms = state.atoms_below(unit)
    assert part.shape == atoms.shape
    assert sorted(set(part.tolist())) == list(range(k))
    outcome = apply(state, Split(state.units[unit].code, parts=k))
    made = [new for new in of_level(outcome.state, level) if new not in state.units]
    assert len(made) == k
    assert [pieces(outcome.state, new) for new in made] == [1] * k
    assert sum(outcome.state.households(new) for new in made) == state.households(unit)


def test_a_community_in_two_is_nearly_even_and_divides_no_micro_grid():
    state = town(1)
    outcome = apply(state, split_balanced(state, TOWN, 2))
    made = [unit for unit in of_level(outcome.state, "community") if unit not in state.units]
    halves = [outcome.state.households(unit) for unit in made]
    assert max(halves) - min(halves) <= 0.3 * sum(halves)
    for unit in of_level(state, "microgrid"):
        assert len(np.unique(outcome.state.leaf[state.members(unit)])) == 1
    assert len(unassigned(outcome.state, "microgrid")) == 0


def test_more_parts_than_pieces_are_refused():
    state = State.of(tiny_plan())
    with pytest.raises(EditError) as caught:
        split_balanced(state, WEST + "001003", 2)
    assert caught.value.facts["reason"] == "no_parts"


def test_a_tower_is_divided_by_floors():
    state = State.of(tiny_plan())
    outcome = apply(state, split_balanced(state, WEST + "001001", 3))
    made = [unit for unit in of_level(outcome.state, "microgrid") if unit not in state.units]
    assert sorted(outcome.state.households(unit) for unit in made) == [4, 4, 4]


@quiet
@given(st.integers(0, 1000))
def test_a_repair_leaves_fewer_faults_and_touches_at_most_five_units(seed: int):
    state = town(seed)
    rng = np.random.default_rng(seed)
    level = ("microgrid", "grid")[seed % 2]
    for unit in rng.permutation(sorted(bad(state, level)))[:3].tolist():
        before = bad(state, level)
        try:
            edit = repair_here(state, state.units[unit].code)
        except EditError as error:
            assert error.facts["reason"] == "nothing_to_repair"  # noqa: PT017
            continue
        outcome = apply(state, edit)
        after = bad(outcome.state, level)
        out = [sum(_off(each, other) for other in of_level(each, level)) for each in (state, outcome.state)]
        assert (len(after), out[1]) < (len(before), out[0])
        touched = [each for each in outcome.touched if each in state.units and state.units[each].level == level]
        assert len(touched) <= 5
        assert len({state.units[each].parent for each in touched}) <= 1
        assert after <= before | (set(of_level(outcome.state, level)) - set(state.units)) | set(touched)
        assert len(unassigned(outcome.state, level)) == 0


def _off(state: State, unit: int) -> int:
    lower, upper = state.scheme.level(state.units[unit].level).households or (0, 2**30)
    homes = state.households(unit)
    return max(lower - homes, homes - upper, 0)


def test_a_repair_moves_homes_back_from_a_neighbour_that_took_too_many():
    state = town(3)
    sound = [unit for unit in of_level(state, "microgrid") if not is_out(state, unit)]
    pairs = [(a, b) for a in sound for b in sound if b == a + 1 and state.units[a].parent == state.units[b].parent]
    found = 0
    for a, b in pairs[:5]:
        atoms = state.ground.codes[state.members(b)].tolist()[:-1]
        worse = apply(state, Move(tuple(atoms), state.units[a].code)).state
        if not bad(worse, "microgrid") - bad(state, "microgrid"):
            continue
        better = apply(worse, repair_here(worse, state.units[a].code)).state
        assert len(bad(better, "microgrid")) < len(bad(worse, "microgrid"))
        found += 1
    assert found


def test_what_is_sound_is_not_repaired():
    state = State.of(tiny_plan())
    for code in (WEST, WEST + "001003", EAST + "001"):
        with pytest.raises(EditError) as caught:
            repair_here(state, code)
        assert caught.value.facts["reason"] == "nothing_to_repair"


def test_a_repair_takes_the_neighbour_with_whom_most_is_mended():
    state = apply(State.of(tiny_plan()), Move(tuple(f"1-{floor}-1" for floor in (4, 5)), WEST + "001001")).state
    state = apply(state, Reparent(WEST + "001003", WEST + "002")).state
    assert bad(state, "microgrid") == {state.find(EAST + "002003"), state.find(WEST + "001001"), state.find(WEST + "001002")}
    after = apply(state, repair_here(state, WEST + "001002")).state
    assert bad(after, "microgrid") == {after.find(EAST + "002003")}


@quiet
@given(st.integers(0, 1000), st.integers(1, 6), st.sampled_from(["microgrid", "grid"]), st.booleans())
def test_filling_keeps_bounds_and_connection_and_leaves_less(seed: int, n: int, level: str, outside: bool):
    state = town(seed)
    rng = np.random.default_rng(seed)
    units = of_level(state, level)
    for unit in sorted(rng.choice(units, min(n, len(units) - 1), replace=False).tolist()):
        state = apply(state, Retire(state.units[unit].code)).state
    if outside and level == "microgrid":
        member = state.members(of_level(state, level)[0])
        if len(np.unique(state.ground.cell[member])) > 1:
            one = state.ground.atoms_of(int(state.ground.cell[member[0]]))
            state = apply(state, Move(tuple(state.ground.codes[one].tolist()), None)).state
    left = unassigned(state, level)
    before = bad(state, level)
    try:
        outcome = apply(state, fill_unassigned(state, level))
    except EditError as error:
        assert error.facts["reason"] == "nothing_to_fill"  # noqa: PT017
        return
    after = outcome.state
    assert set(unassigned(after, level).tolist()) < set(left.tolist())
    assert bad(after, level) <= before
    kept = np.setdiff1d(np.arange(len(state.leaf)), left)
    assert (after.owners(kept, level) == state.owners(kept, level)).all()


def test_a_cell_left_out_goes_to_the_neighbour_that_has_room():
    state = apply(State.of(tiny_plan()), Move(("14-1-1", "3-1-1"), None)).state
    after = apply(state, fill_unassigned(state, "microgrid")).state
    assert len(unassigned(after, "microgrid")) == 0
    owner = {code: after.units[after.owner(after.ground.position_of(code), "microgrid")].code for code in ("14-1-1", "3-1-1")}
    assert owner["14-1-1"].startswith(WEST + "002")
    assert owner["3-1-1"] in (EAST + "001001", WEST + "001003")


def test_floors_left_out_become_a_unit_or_stay():
    state = apply(State.of(tiny_plan()), Retire(WEST + "001002")).state
    assert fill_unassigned(state, "microgrid", WEST + "001") == Create("microgrid", WEST + "001", "", ("1-4-1", "1-5-1", "1-6-1"))
    state = apply(State.of(tiny_plan()), Retire(EAST + "002003")).state
    with pytest.raises(EditError) as caught:
        fill_unassigned(state, "microgrid")
    assert caught.value.facts["reason"] == "nothing_to_fill"


def test_a_whole_level_that_is_gone_is_made_again():
    state = town(5)
    for unit in of_level(state, "grid"):
        state = apply(state, Retire(state.units[unit].code)).state
    outcome = apply(state, fill_unassigned(state, "grid", TOWN))
    assert len(unassigned(outcome.state, "grid")) == 0
    assert bad(outcome.state, "grid") == set()
    kinds = Counter(type(each) for each in getattr(fill_unassigned(state, "grid"), "edits", ()))
    assert kinds[Create] >= 2
    assert all(outcome.state.units[unit].parent in of_level(outcome.state, "grid") for unit in of_level(outcome.state, "microgrid"))


def test_the_same_state_gives_the_same_proposals():
    state = town(7)
    unit = sorted(bad(state, "microgrid"))[0]
    again = town(7)
    for propose in (lambda s: repair_here(s, s.units[unit].code), lambda s: find_parts(s, s.find(TOWN), 3).tolist()):
        assert propose(state) == propose(again)


def test_a_preview_has_both_sides_and_changes_nothing():
    state = State.of(tiny_plan())
    told = preview(state, Move(("2-1-1", "6-1-1"), WEST + "002003"))
    assert told["refused"]["reason"] == "empties_unit"
    assert told["units"] == []
    told = preview(state, Move(("6-1-1",), WEST + "001003"))
    assert told["refused"] is None
    assert [(unit["code"], unit["bounds"], unit["before"]["area_m2"], unit["after"]["area_m2"]) for unit in told["units"]] == [
        (WEST + "001003", [10, 15], 2500.0, 5000.0),
        (WEST + "001004", [10, 15], 5000.0, 2500.0),
    ]
    merged = preview(state, Merge((WEST + "001003", WEST + "001004"), WEST + "001003"))
    assert [(unit["code"], unit["code_before"], unit["after"] and unit["after"]["status"]) for unit in merged["units"]] == [
        (WEST + "001003", WEST + "001003", "above"),
        (None, WEST + "001004", None),
    ]
