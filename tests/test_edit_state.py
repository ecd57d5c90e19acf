"""A state is a plan made to be edited: there and back without loss; a ground only grows; a change is read back as it was written."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pandas.testing import assert_frame_equal

from geogrid.adjacency import contiguity
from geogrid.edit import ABSENT, Change, Ground, Merge, Move, Rename, State, Unit, apply, replay
from geogrid.edit.nextto import find_borders
from geogrid.errors import ConflictError, EditError, NotFoundError, StoreError
from geogrid.plan import NO_UNIT, UNIT_COLUMNS, UNIT_DEFAULTS
from geogrid.rules import find_plan
from geogrid.scheme import parse_scheme
from tests.tiny import EAST, WEST, tiny_plan

PLAN = tiny_plan()
START = State.of(PLAN)


def test_a_plan_comes_back_as_it_was():
    back = START.to_plan()
    assert_frame_equal(back.units, PLAN.units[list(UNIT_COLUMNS)])
    assert (back.leaf == PLAN.leaf).all()
    assert back.base.cells is PLAN.base.cells
    assert (back.id, back.version, back.state) == (PLAN.id, PLAN.version, PLAN.state)
    for level in START.scheme.levels:
        assert_frame_equal(back.frame(level.id), PLAN.frame(level.id))


def test_a_plan_without_later_columns_gets_what_they_mean():
    old = State.of(replace(PLAN, units=PLAN.units.drop(columns=list(UNIT_DEFAULTS))))
    assert old.units == START.units


def test_owners_are_those_of_the_plan():
    atoms = np.arange(len(START.leaf))
    for level in START.scheme.levels:
        assert (START.owners(atoms, level.id) == PLAN.owner(level.id)).all()
        assert [START.owner(at, level.id) for at in atoms.tolist()] == PLAN.owner(level.id).tolist()


def test_atoms_below_a_unit_are_those_it_owns():
    for unit in START.units.values():
        assert (START.atoms_below(unit.id) == np.flatnonzero(PLAN.owner(unit.level) == unit.id)).all()
        assert START.households(unit.id) == PLAN.frame(unit.level)["households"][unit.code]
        assert START.chain(unit.id)[0] == unit.id


def test_a_state_can_not_be_changed_in_place():
    with pytest.raises(ValueError, match="read-only"):
        START.leaf[0] = 1
    with pytest.raises(ValueError, match="read-only"):
        START.members(7)[:1] = 0
    with pytest.raises(ValueError, match="read-only"):
        START.ground.households[0] = 1


def test_a_code_that_two_levels_share_has_to_be_told_apart():
    text = '[[levels]]\nid = "area"\n[[levels]]\nid = "block"\n'
    units = [Unit(1, "area", NO_UNIT, "1"), Unit(2, "block", 1, "1"), Unit(3, "block", 1, "2")]
    leaf = np.full(len(START.leaf), 2)
    leaf[:3] = 3
    state = State.made(START.ground, parse_scheme(text, "plain"), leaf, units)
    assert (state.find("1"), state.find("block:1"), state.find("area:1"), state.find("block:2")) == (1, 2, 1, 3)
    with pytest.raises(EditError, match="block:1"):
        state.unit("1")
    assert state.unit("block:1").id == 2
    assert apply(state, Merge(("block:1", "2"))).new_codes == ("3",)


def test_levels_without_a_code_rule_go_on_in_the_form_that_their_codes_have():
    text = '[[levels]]\nid = "street"\n[[levels]]\nid = "community"\n'
    units = [Unit(1, "street", NO_UNIT, "130203008"), Unit(2, "community", 1, "130203008001"), Unit(3, "community", 1, "130203008004")]
    leaf = np.full(len(START.leaf), 2)
    leaf[:6] = 3
    state = State.made(START.ground, parse_scheme(text, "given"), leaf, units)
    assert apply(state, Merge(("130203008001", "130203008004"))).new_codes == ("130203008005",)


def test_a_change_reads_back_as_it_was_written():
    done = apply(START, Move(("6-1-1",), WEST + "002001", reason="x"))
    document = done.change.to_json(START.ground)
    again = Change.from_json(START.ground, document)
    assert again.to_json(START.ground) == document
    assert (again.units, again.lineage, again.lineage_back) == (done.change.units, done.change.lineage, done.change.lineage_back)
    document["atoms"][0][2].append(999)
    with pytest.raises(StoreError, match="999"):
        Change.from_json(START.ground, document)


def test_a_change_of_another_state_is_a_conflict_that_names_the_units():
    first = apply(START, Move(("6-1-1",), WEST + "001003"))
    second = apply(START, Move(("6-1-1",), WEST + "002001"))
    with pytest.raises(ConflictError) as caught:
        replay(first.state, second.change)
    assert caught.value.facts["units"] == [WEST + "001003"]
    renamed = apply(START, Rename(WEST, "x"))
    with pytest.raises(ConflictError):
        replay(renamed.state, apply(START, Rename(WEST, "y")).change)
    made = apply(START, Merge((WEST + "001001", WEST + "001002")))
    with pytest.raises(ConflictError):
        replay(replay(START, made.change), made.change)


def grown() -> Ground:
    """The ground with the corner cell 16 cut into a west and an east half, 17 and 18; 19 is cell 12, north of it, with the new vertex."""
    ground = START.ground
    x_min, y_min, x_max, y_max = ground.geometry[15].bounds
    middle = (x_min + x_max) / 2
    north = shapely.Polygon([(x_min, y_max), (middle, y_max), (x_max, y_max), (x_max, y_max + 50), (x_min, y_max + 50)])
    shapes = [shapely.box(x_min, y_min, middle, y_max), shapely.box(middle, y_min, x_max, y_max), north]
    cells = ground.cells.iloc[[15, 15, 11]].set_index(pd.Index([17, 18, 19], name="cell")).set_geometry(shapes, crs=ground.crs)
    first = int(ground.atom_ids[-1]) + 1
    atoms = ground.atoms.set_index("code").loc[["16-1-1", "16-1-1", "12-1-1"]].reset_index()
    atoms = atoms.assign(cell=[17, 18, 19], code=["17-1-1", "18-1-1", "19-1-1"]).set_index(pd.RangeIndex(first, first + 3, name="atom"))
    return ground.with_cells(gpd.GeoDataFrame(cells), atoms)


def test_a_ground_grows_at_its_end_and_every_row_stays_where_it_was():
    more = grown()
    assert (more.codes[: len(START.leaf)] == START.ground.codes).all()
    assert more.position_of("18-1-1") == len(START.leaf) + 1
    assert more.cell_ids[more.cell[more.position_of("18-1-1")]] == 18
    assert START.ground.position_of("18-1-1") == -1
    assert more.positions_of_ids(np.array([1, 999])).tolist() == [0, -1]
    with pytest.raises(ValueError, match="numbered on"):
        more.with_cells(START.ground.cells.iloc[:1], START.ground.atoms.iloc[:1])


def test_a_state_on_a_grown_ground_has_none_of_the_new_atoms_until_a_change_gives_them():
    state = START.on(grown())
    old, new = [state.ground.position_of(code) for code in ("12-1-1", "16-1-1")], state.ground.position_of("17-1-1")
    assert state.leaf[new] == ABSENT
    assert 17 not in state.ground.cell_ids[state.cells_in_force]
    assert_frame_equal(state.to_plan().base.cells, PLAN.base.cells)
    leaf, none = state.leaf[old[0]], [ABSENT, ABSENT, ABSENT]
    cut = Change(np.array([*old, new, new + 1, new + 2]), np.array([leaf, leaf, *none], np.int32), np.array([*none[:2], leaf, leaf, leaf], np.int32))
    after = replay(state, cut)
    plan = after.to_plan()
    assert {17, 18, 19} < set(plan.base.cells.index)
    assert not {12, 16} & set(plan.base.cells.index)
    assert shapely.equals(plan.base.district, PLAN.base.district)
    assert not [finding for finding in find_plan(plan) if finding.rule in ("gap", "overlap", "not_edge_matched", "outside_parent")]
    assert "16-1-1" not in plan.base.atoms["code"].tolist()
    assert (plan.owner("grid") != ABSENT).all()
    with pytest.raises(EditError):
        apply(after, Move(("16-1-1",), EAST))
    assert (replay(after, cut.inverse()).leaf == state.leaf).all()


def test_borders_pair_each_cell_with_those_that_lie_beside_it_and_none_that_lie_over_it():
    ground = grown()

    def beside(cell: int) -> dict[int, float]:
        rows, length_m = ground.neighbours(cell - 1)
        return dict(zip(ground.cell_ids[rows].tolist(), length_m.tolist(), strict=True))

    assert beside(16) == {12: 50.0, 15: 50.0}
    assert beside(17) == {15: 50.0, 18: 50.0, 19: 25.0}
    assert beside(18) == {17: 50.0, 19: 25.0}
    assert beside(19) == {8: 50.0, 11: 50.0, 17: 25.0, 18: 25.0}
    assert beside(12) == {8: 50.0, 11: 50.0, 16: 50.0}


def test_borders_of_cells_that_do_not_overlap_are_their_contiguity():
    borders, pairs = find_borders(START.ground.geometry), contiguity(START.ground.geometry)
    first = np.repeat(np.arange(16), np.diff(borders.start))
    lower = first < borders.row
    assert first[lower].tolist() == pairs["a"].tolist()
    assert borders.row[lower].tolist() == pairs["b"].tolist()
    assert np.allclose(borders.length_m[lower], pairs["length_m"])
    assert len(find_borders(np.zeros(0, object)).row) == 0


def test_an_unknown_unit_is_not_found():
    assert START.find("x") == NO_UNIT
    with pytest.raises(NotFoundError, match="no unit x"):
        START.unit("x")
