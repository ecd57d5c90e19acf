"""A border drawn across cells: they are cut, people follow their entrance, and everything can be taken back exactly."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyproj import Transformer

from geogrid.edit import ABSENT, Change, Compose, Move, Reshape, State, apply, parse_edit, replay, to_json
from geogrid.edit.check import RULES, find_touched
from geogrid.edit.derive import affected, rows
from geogrid.edit.settle import Outcome
from geogrid.errors import EditError
from geogrid.plan import united
from geogrid.rules import find_plan
from tests.test_edit_derive import is_same_row, said
from tests.tiny import CRS, EAST, WEST, X0, Y0, tiny_plan

FIRST = State.of(tiny_plan())
A, C, B, D = WEST + "001", WEST + "002", EAST + "001", EAST + "002"
_TO_DEGREES = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)
SOUND = {"gap", "overlap", "outside_parent", "not_edge_matched", "floor_overlap", "sliver", "code_format", "code_duplicate", "parent_mismatch"}


def line(*points: tuple[float, float]) -> tuple[tuple[float, float], ...]:
    """A line in the tiny plan's own metres, as degrees."""
    return tuple(_TO_DEGREES.transform(X0 + x, Y0 + y) for x, y in points)


def area(state: State, code: str) -> float:
    return round(float(state.ground.area_m2[state.cells_of(state.find(code))].sum()), 2)


def homes(state: State, code: str) -> int:
    return state.households(state.find(code))


def refusal(edit: Reshape, state: State = FIRST) -> EditError:
    with pytest.raises(EditError) as caught:
        apply(state, edit)
    return caught.value


def check(before: State, outcome: Outcome) -> None:
    """What must hold of any reshape: the cover is sound, nobody is lost, and the way back is exact."""
    after, ground = outcome.state, outcome.state.ground
    assert not SOUND & {finding.rule for finding in find_plan(after.to_plan())}
    assert ground.households[after.leaf != ABSENT].sum() == before.ground.households[before.leaf != ABSENT].sum()
    assert ground.persons[after.leaf != ABSENT].sum() == before.ground.persons[before.leaf != ABSENT].sum()
    old, new = (united(state.ground.geometry[state.cells_in_force]) for state in (before, after))
    assert shapely.area(shapely.symmetric_difference(old, new)) < 1e-4
    places = [set(map(tuple, shapely.get_coordinates(state.ground.geometry[state.cells_in_force]).tolist())) for state in (before, after)]
    assert places[0] <= places[1]
    back = replay(after, outcome.change.inverse())
    n = len(before.leaf)
    assert (back.leaf[:n] == before.leaf).all()
    assert (back.leaf[n:] == ABSENT).all()
    assert (back.units, back.ids, back.children_of) == (before.units, before.ids, before.children_of)
    text = json.loads(json.dumps(outcome.change.to_json(ground)))
    assert (replay(before.on(ground), Change.from_json(ground, text)).leaf == after.leaf).all()
    shown = {row.unit: row for row in rows(before, before.units)}
    ids = affected(before, after, outcome.change)
    shown |= {row.unit: row for row in rows(after, ids)}
    assert [row.code for row in rows(after, after.units) if not is_same_row(row, shown[row.unit])] == []
    whole = [finding for finding in find_plan(after.to_plan(), cells=[]) if finding.rule in RULES]
    assert said(find_touched(after, after.units)) == said(whole)


def test_a_strip_of_land_and_homes_goes_to_the_neighbour():
    outcome = apply(FIRST, Reshape((A, C), line((-5, 90), (105, 90))))
    check(FIRST, outcome)
    after = outcome.state
    assert [area(after, code) for code in (A, C)] == [11_000, 9_000]
    assert [homes(after, code) for code in (A, C)] == [homes(FIRST, code) for code in (A, C)]
    assert {after.units[unit].code for unit in outcome.touched} == {A, C, C + "001", C + "002"}
    assert (outcome.retired_codes, outcome.new_codes) == ((), ())


def test_people_go_with_the_piece_that_holds_their_entrance():
    outcome = apply(FIRST, Reshape((A, C), line((-5, 70), (50, 70), (50, 110), (105, 110))))
    check(FIRST, outcome)
    after = outcome.state
    assert [homes(after, code) for code in (A, C)] == [46 + 11, 37 - 11]
    moved = after.ground.cells.iloc[len(FIRST.ground.cells) :]
    home = moved[moved["kind"] == "home"]
    assert all(cell.geometry.covers(shapely.Point(cell.x, cell.y)) for cell in home.itertuples())
    land = moved[moved["kind"] == "land"]
    assert land[["building", "entrance", "entrance_source"]].drop_duplicates().to_numpy().tolist() == [["", 0, ""]]
    assert land["x"].isna().all()


def test_where_the_line_passes_an_entrance_the_planner_is_asked_and_his_answer_is_taken():
    drawn = line((-5, 75), (105, 75))
    error = refusal(Reshape((A, C), drawn))
    assert error.facts["reason"] == "asks_households"
    asked = error.facts["cells"]
    assert [(each["cell"], each["building"], each["households"], each["units"]) for each in asked] == [(9, "b9", 11, [A, C]), (10, "b10", 14, [A, C])]
    assert (asked[0]["lon"], asked[0]["lat"]) == pytest.approx(_TO_DEGREES.transform(X0 + 25, Y0 + 75), abs=1e-6)
    for answer, households in (((A, A), [71, 12]), ((A, C), [57, 26]), ((C, C), [46, 37])):
        outcome = apply(FIRST, Reshape((A, C), drawn, homes=((9, answer[0]), (10, answer[1]))))
        check(FIRST, outcome)
        assert [homes(outcome.state, code) for code in (A, C)] == households


def test_an_answer_that_nobody_asked_for_is_refused():
    drawn = line((-5, 75), (105, 75))
    for wrong in (((9, D), (10, A)), ((9, A), (10, A), (16, A))):
        assert refusal(Reshape((A, C), drawn, homes=wrong)).facts["reason"] == "homes_unknown"


def test_a_bulge_drawn_from_border_to_border_goes_to_the_neighbour():
    outcome = apply(FIRST, Reshape((A, C), line((20, 110), (20, 90), (40, 90), (40, 110))))
    check(FIRST, outcome)
    assert [area(outcome.state, code) for code in (A, C)] == [10_200, 9_800]


def test_a_border_between_communities_takes_all_levels_along():
    outcome = apply(FIRST, Reshape((WEST, EAST), line((110, -5), (110, 205))))
    check(FIRST, outcome)
    assert [area(outcome.state, code) for code in (WEST, EAST)] == [22_000, 18_000]


def test_a_line_along_the_old_border_or_on_edges_moves_whole_cells_and_cuts_none():
    assert refusal(Reshape((A, C), line((-5, 100), (105, 100)))).facts["reason"] == "reshape_nothing"
    outcome = apply(FIRST, Reshape((A, C), line((-5, 100), (50, 100), (50, 50), (105, 50))))
    assert len(outcome.state.ground.cells) == len(FIRST.ground.cells)
    assert [homes(outcome.state, code) for code in (A, C)] == [46 + 14, 37 - 14]
    nearly = apply(FIRST, Reshape((A, C), line((-5, 100.1), (50.1, 100.1), (50.1, 50.1), (105, 50.1))))
    assert (nearly.state.leaf == outcome.state.leaf).all()


def test_a_line_that_ends_inside_says_where():
    error = refusal(Reshape((A, C), line((20, 90), (40, 90))))
    assert (error.facts["reason"], error.facts["cells"]) == ("reshape_nothing", [9])
    assert "cell 9" in error.message
    assert "9" in error.message_zh


@pytest.mark.parametrize(
    ("units", "drawn", "reason"),
    [
        ((A,), line((-5, 90), (105, 90)), "reshape_units"),
        ((A, A), line((-5, 90), (105, 90)), "reshape_units"),
        ((A, C + "001"), line((-5, 90), (105, 90)), "reshape_units"),
        ((A, D), line((-5, 90), (105, 90)), "reshape_nothing"),
        ((A + "001", A + "003"), line((40, -5), (40, 205)), "stacked_cell"),
        ((A, C), line((300, 300), (400, 400)), "reshape_nothing"),
        ((A, C), line((50, 90), (50, 90)), "reshape_nothing"),
        ((A, C), line((-5, 90), (105, 90), (50, 60), (50, 120)), "line_unclear"),
    ],
)
def test_what_can_not_be_reshaped_is_refused_with_a_reason(units, drawn, reason):
    error = refusal(Reshape(units, drawn))
    assert error.facts["reason"] == reason
    assert error.message != error.message_zh


def test_a_neighbour_that_only_took_a_vertex_is_not_touched_and_keeps_its_reason():
    first = State.of(replace(tiny_plan(), units=tiny_plan().units.assign(reason="component_too_light")))
    outcome = apply(first, Reshape((A, C), line((-5, 90), (105, 90))))
    east = [unit for unit in first.units.values() if unit.code.startswith(EAST)]
    assert [outcome.state.units[unit.id] for unit in east] == east
    assert outcome.touched.isdisjoint(unit.id for unit in east)
    took = {outcome.state.units[unit].code for unit in affected(first, outcome.state, outcome.change)}
    assert EAST in took
    assert outcome.state.units[first.find(C + "001")].reason == ""


def test_a_second_border_through_the_pieces_of_the_first_and_both_taken_back():
    one = apply(FIRST, Reshape((A, C), line((-5, 90), (105, 90))))
    two = apply(one.state, Reshape((A, C), line((-5, 80), (105, 96))))
    check(one.state, two)
    back = replay(replay(two.state, two.change.inverse()), one.change.inverse())
    assert (back.leaf[: len(FIRST.leaf)] == FIRST.leaf).all()
    again = replay(replay(back, one.change), two.change)
    assert (again.leaf == two.state.leaf).all()


def test_a_reshape_may_be_one_of_several_edits():
    edit = Compose((Reshape((A, C), line((-5, 90), (105, 90))), Move(("5-1-1",), C)))
    outcome = apply(FIRST, edit)
    check(FIRST, outcome)
    assert homes(outcome.state, C) == 37 + 10


def test_a_reshape_is_the_same_after_json():
    edit = Reshape((A, C), line((-5, 75), (105, 75)), homes=((9, A), (10, C)), reason="河道")
    assert parse_edit(json.loads(json.dumps(to_json(edit)))) == edit


places = st.tuples(st.floats(-10, 210), st.floats(-10, 210))
corners = st.tuples(st.integers(0, 4), st.integers(0, 4)).map(lambda at: (50.0 * at[0], 50.0 * at[1]))
pairs = st.sampled_from([(A, C), (A, B), (C, D), (B, D), (A, B, C, D), (WEST, EAST), (C + "001", C + "002", C + "003"), (D + "001", D + "002")])


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(pairs, st.lists(st.one_of(places, corners), min_size=2, max_size=5), st.lists(places, min_size=2, max_size=3))
def test_whatever_is_drawn_the_cover_is_sound_or_the_plan_stays_as_it_was(units, first, second):
    state = FIRST
    for drawn in (first, second):
        try:
            outcome = apply(state, Reshape(units, line(*drawn)))
        except EditError as error:
            why = error.facts["reason"]
            if why in {"line_unclear", "reshape_nothing", "stacked_cell", "asks_households", "empties_unit"}:
                continue
            raise
        check(state, outcome)
        named = {state.find(code) for code in units}
        for unit in outcome.touched:
            assert named & {*state.chain(unit), *outcome.state.chain(unit)} or {*state.below(unit)} & named
        state = outcome.state


def test_atoms_of_pieces_are_numbered_on_and_named_after_their_cells():
    outcome = apply(FIRST, Reshape((WEST, EAST), line((110, -5), (110, 205))))
    ground = outcome.state.ground
    new = ground.atoms.iloc[len(FIRST.ground.atoms) :]
    assert new.index.tolist() == list(range(len(FIRST.ground.atoms) + 1, len(ground.atoms) + 1))
    assert new["code"].tolist() == [f"{cell}-{low}-{part}" for cell, low, part in new[["cell", "floor_from", "part"]].to_numpy().tolist()]
    assert ground.atoms.dtypes.equals(FIRST.ground.atoms.dtypes)
    assert ground.cells.dtypes.equals(FIRST.ground.cells.dtypes)
    assert np.isin(new["cell"], ground.cell_ids).all()
