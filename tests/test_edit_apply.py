"""What each kind of edit does, on sixteen cells; and what is refused, with words that say what to do instead."""

from __future__ import annotations

import re

import numpy as np
import pytest
from pyproj import Transformer

from geogrid.edit import Compose, Create, Edit, Merge, Move, Outcome, Rename, Reparent, Retire, Split, State, apply, replay
from geogrid.edit.refusals import REFUSALS
from geogrid.errors import EditError, NotFoundError
from geogrid.plan import NO_UNIT
from geogrid.rules import find_plan
from tests.tiny import CRS, EAST, SIDE, WEST, X0, Y0, tiny_plan

START = State.of(tiny_plan())
A, B, C, D = WEST + "001", EAST + "001", WEST + "002", EAST + "002"
LOWER, UPPER, SECOND, LAND = A + "001", A + "002", A + "003", A + "004"
TOWER = tuple(f"1-{floor}-1" for floor in range(1, 7))


def at(*cells: int) -> tuple[str, ...]:
    """Codes of all atoms of some cells."""
    atoms = START.ground.atoms
    return tuple(atoms["code"][atoms["cell"].isin(cells)])


def leaf_of(state: State, atom: str) -> str | None:
    unit = int(state.leaf[state.ground.position_of(atom)])
    return None if unit == NO_UNIT else state.units[unit].code


def line(*points: tuple[float, float]) -> tuple[tuple[float, float], ...]:
    """A line through points given in cells from the south-west corner, in degrees."""
    x, y = np.array(points, dtype=float).T
    return tuple(zip(*(v.tolist() for v in Transformer.from_crs(CRS, 4326, always_xy=True).transform(X0 + x * SIDE, Y0 + y * SIDE)), strict=True))


def units(outcome: Outcome, *codes: str) -> set[int]:
    return {outcome.state.unit(code).id for code in codes}


def refusal(edit: Edit, state: State = START) -> EditError:
    with pytest.raises(EditError) as caught:
        apply(state, edit)
    return caught.value


def test_floors_that_move_between_stacked_units_touch_these_two_only():
    done = apply(START, Move(("1-3-1",), UPPER))
    assert leaf_of(done.state, "1-3-1") == UPPER
    assert done.touched == units(done, LOWER, UPPER)
    assert (done.state.households(done.state.find(LOWER)), done.state.households(done.state.find(UPPER))) == (8, 16)
    assert (done.retired_codes, done.new_codes) == ((), ())
    assert done.state.version == START.version + 1


def test_edits_in_different_grids_of_one_community_touch_nothing_in_common():
    one = apply(START, Move(("1-3-1",), UPPER))
    other = apply(START, Move(at(14), C + "002"))
    assert not one.touched & other.touched


def test_a_move_to_another_grids_unit_touches_both_grids_and_not_their_community():
    done = apply(START, Move(at(6), C + "001"))
    assert done.touched == units(done, LAND, A, C + "001", C)
    assert not done.touched & units(done, WEST)


def test_a_unit_that_moves_whole_keeps_its_id_and_gets_a_code_of_its_new_parent():
    before = START.unit(SECOND)
    done = apply(START, Move(at(2), B))
    after = done.state.units[before.id]
    assert after.code == B + "002"
    assert after.parent == done.state.find(B)
    assert (done.retired_codes, done.new_codes) == ((SECOND,), (B + "002",))
    assert done.state.successors(SECOND) == (B + "002",)
    assert (done.state.members(before.id) == START.members(before.id)).all()


def test_of_a_unit_that_moves_in_part_the_atoms_that_go_are_unassigned_below():
    done = apply(START, Move(at(6), C))
    assert leaf_of(done.state, at(6)[0]) == C
    assert leaf_of(done.state, at(5)[0]) == LAND
    assert done.retired_codes == ()


def test_what_moves_to_its_community_is_unassigned_at_the_grid_level():
    done = apply(START, Move(at(6), WEST))
    position = done.state.ground.position_of(at(6)[0])
    assert done.state.owner(position, "community") == done.state.find(WEST)
    assert done.state.owner(position, "grid") == NO_UNIT


def test_null_puts_land_outside_all_units():
    done = apply(START, Move(at(16), None))
    assert leaf_of(done.state, at(16)[0]) is None
    assert done.touched == units(done, D + "002", D, EAST)


def test_a_whole_building_moves_with_both_stacked_units():
    done = apply(START, Move(TOWER, C))
    assert done.new_codes == (C + "004", C + "005")
    lower = done.state.unit(C + "004")
    assert START.units[lower.id].code == LOWER  # of two in one place the lower floors come first


def test_a_split_parts_a_unit_by_the_side_on_which_people_live_and_retires_its_code():
    done = apply(START, Split(WEST, line=line((0.9, -1), (1.1, 5))))
    west, east = "130102001003", "130102001004"
    assert done.retired_codes[0] == WEST
    assert START.unit(A).id in {done.state.find(west + "001"), done.state.find(east + "001")}
    assert done.state.successors(WEST) == (west, east)
    assert [done.state.units[done.state.find(code)].name for code in (west, east)] == ["建华社区 1", "建华社区 2"]
    assert done.state.owner(done.state.ground.position_of(at(2)[0]), "community") == done.state.find(east)
    assert leaf_of(done.state, at(6)[0]) == east  # cut from a micro-grid whose home lies west
    assert leaf_of(done.state, at(14)[0]) == east + leaf_of(done.state, at(14)[0])[12:]


def test_a_line_that_ends_inside_goes_on_straight():
    across = apply(START, Split(D, line=line((2.2, 1.05), (3.9, 0.95))))
    inside = apply(START, Split(D, line=line((2.9, 1.01), (3.0, 1.0))))
    assert (across.state.leaf == inside.state.leaf).all()


def test_a_merge_into_one_of_them_keeps_its_code_and_what_was_under_the_other():
    done = apply(START, Merge((A, C), A))
    assert done.retired_codes[0] == A[:-1] + "2"
    assert done.new_codes == tuple(A + f"{n:03d}" for n in (5, 6, 7))
    assert done.state.successors(C) == (A,)
    assert len(done.state.children(done.state.find(A))) == 7


def test_a_merge_into_a_new_unit_retires_all_codes():
    done = apply(START, Merge((LOWER, UPPER)))
    assert (done.retired_codes, done.new_codes) == ((LOWER, UPPER), (A + "005",))
    assert done.state.successors(UPPER) == (A + "005",)


def test_a_created_unit_takes_whole_units_along_and_the_next_code():
    done = apply(START, Create("grid", WEST, "新网格", at(5, 6, 9)))
    made = done.state.unit(WEST + "003")
    assert made.name == "新网格"
    assert [done.state.units[child].code for child in done.state.children(made.id)] == [WEST + "003001", WEST + "003002"]


def test_a_unit_of_a_kind_without_bounds_can_be_created():
    done = apply(START, Create("grid", EAST, "校园", at(16), unit_kind="dedicated"))
    assert done.state.unit(EAST + "003").kind == "dedicated"
    assert refusal(Create("grid", EAST, "校园", at(16), unit_kind="campus")).facts["reason"] == "unknown_kind"


def test_a_retired_units_land_and_children_go_to_its_parent():
    done = apply(START, Retire(C))
    assert {done.state.units[i].parent for i in done.state.units if START.units[i].parent == START.find(C)} == {done.state.find(WEST)}
    assert done.state.successors(C) == (WEST,)
    assert apply(START, Retire(LAND)).state.successors(LAND) == (A,)


def test_another_parent_means_other_codes_for_all_below():
    done = apply(START, Reparent(C, EAST))
    assert done.new_codes == (EAST + "003", *(EAST + f"003{n:03d}" for n in (1, 2, 3)))
    assert {i for i in done.state.units if done.state.units[i].level == "microgrid"} == {
        i for i in START.units if START.units[i].level == "microgrid"
    }


def test_a_name_is_all_that_a_rename_changes():
    done = apply(START, Rename(A, "东里"))
    assert done.state.unit(A).name == "东里"
    assert done.touched == units(done, A)
    assert not len(done.change.positions)


def test_codes_are_never_given_again_even_after_they_were_taken_back():
    done = apply(START, Merge((LOWER, UPPER)))
    back = replay(done.state, done.change.inverse())
    assert back.unit(LOWER).id == START.unit(LOWER).id
    assert apply(back, Merge((LOWER, UPPER))).new_codes == (A + "006",)
    with pytest.raises(NotFoundError) as caught:
        back.unit(A + "005")
    assert caught.value.facts["successors"] == [LOWER, UPPER]


def test_a_certified_reason_goes_with_the_atoms_it_spoke_of_and_the_planners_words_take_its_place():
    weak = D + "003"
    assert START.unit(weak).reason == "component_too_light"
    silent = apply(START, Move(at(16), weak)).state.unit(weak)
    assert (silent.reason, silent.note) == ("", "")
    said = apply(START, Move(at(16), weak, reason="河对岸")).state
    assert (said.unit(weak).reason, said.unit(weak).note) == ("given", "河对岸")
    assert said.unit(D + "002").reason == ""  # within its bounds: nothing to excuse


def test_the_planners_words_also_stand_for_a_unit_that_the_edit_leaves_in_pieces():
    corner = C + "001"
    silent = apply(START, Move(at(6), corner)).state
    assert silent.unit(corner).reason == ""
    said = apply(START, Move(at(6), corner, reason="同一物业")).state
    assert (said.unit(corner).reason, said.unit(corner).note) == ("given", "同一物业")
    assert said.unit(C).reason == ""  # in one piece and within its bounds
    again = apply(silent, Move(("1-3-1",), UPPER, reason="同一楼层")).state
    assert again.unit(corner).reason == ""  # in pieces before, and not of this edit


def test_of_edits_in_one_the_outcome_counts_and_not_the_way():
    swap = Compose((Move(at(9), C + "002"), Move(at(10), C + "001")))
    assert refusal(swap.edits[0]).facts["reason"] == "empties_unit"
    done = apply(START, swap)
    assert (leaf_of(done.state, at(9)[0]), leaf_of(done.state, at(10)[0])) == (C + "002", C + "001")
    assert done.state.version == START.version + 1


def test_codes_that_came_and_went_inside_one_edit_leave_no_trace():
    done = apply(START, Compose((Reparent(SECOND, C), Reparent(C + "004", D))))
    assert done.state.successors(SECOND) == (D + "004",)
    assert done.change.lineage == ((SECOND, (D + "004",)),)


def test_edits_that_undo_each_other_in_one_are_no_change():
    assert refusal(Compose((Move(at(6), SECOND), Move(at(6), LAND)))).facts["reason"] == "no_change"


REFUSED = {
    "no_change": Move(at(2), SECOND),
    "no_atom": Move(("99-1-1",), A),
    "empties_unit": Move(at(2), LOWER),
    "splits_cell": Move(("1-6-1",), C),
    "wrong_level": Reparent(A, LOWER),
    "needs_parent": Create("grid", None, "", at(6)),
    "levels_differ": Merge((A, LOWER)),
    "parents_differ": Merge((A, B)),
    "one_unit": Merge((A, A)),
    "orphans": Retire(WEST),
    "line_misses": Split(A, line=line((3, 0), (3.5, 4))),
    "line_unclear": Split(A, line=line((0, 3), (2, 3), (1, 4), (1, 2))),
    "one_cell": Split(LOWER, line=line((0, 3.5), (1, 3.5))),
    "unknown_kind": Create("grid", WEST, "", at(6), unit_kind="?"),
}


@pytest.mark.parametrize("reason", REFUSED)
def test_what_no_plan_may_hold_is_refused_in_both_languages_with_what_to_do(reason: str):
    error = refusal(REFUSED[reason])
    assert error.facts["reason"] == reason
    assert "{" not in error.message + error.message_zh
    assert error.message != error.message_zh
    assert isinstance(error.facts["units"], list)


def test_every_sentence_names_the_same_facts_in_both_languages():
    for english, chinese in REFUSALS.values():
        facts = [{name.removesuffix("_zh").split("!")[0] for name in re.findall(r"{(\w+)", text)} for text in (english, chinese)]
        assert facts[0] == facts[1]


def test_a_building_that_would_be_divided_is_named_with_the_atoms_to_add():
    error = refusal(Move(("1-5-1", "1-6-1"), C))
    assert error.facts["building"] == "b1"
    assert error.facts["atoms"] == ["1-1-1", "1-2-1", "1-3-1", "1-4-1"]
    assert "b1" in error.message_zh


def test_a_code_that_never_was_is_not_found():
    for edit in (Move(at(6), "999"), Rename("999", "x"), Retire("999"), Split("999", parts=2), Merge(("999", A)), Reparent(A, "999")):
        with pytest.raises(NotFoundError) as caught:
            apply(START, edit)
        assert caught.value.facts["successors"] == []


def test_digits_that_run_out_are_told():
    state = START
    for number in range(999 - 4):
        state = apply(state, Create("microgrid", A, "", at(6))).state if number == 0 else _again(state)
    error = refusal(Create("microgrid", A, "", at(5)), state)
    assert error.facts["reason"] == "codes_run_out"


def _again(state: State) -> State:
    """Give cell 6 a new unit of its own, in place of the one it has."""
    old = leaf_of(state, at(6)[0])
    return apply(state, Compose((Create("microgrid", A, "", at(6)), Retire(old)))).state if old else state


def test_polygons_that_were_given_speak_no_more_of_units_that_were_edited_since():
    given = {"grid": START.to_plan().frame("grid").reset_index()[["code", "geometry"]]}
    plan = apply(START, Move(at(6), C + "001")).state.to_plan()

    def told(edited: dict[str, set[str]]) -> set[tuple[str, ...]]:
        return {finding.units for finding in find_plan(plan, given=given, edited=edited) if finding.rule == "parent_mismatch"}

    assert told({}) == {(A,), (C,)}
    assert told({"grid": {A}}) == {(C,)}
    assert told({"grid": {A, C}}) == set()
