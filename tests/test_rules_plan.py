from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geogrid.findings import Finding, to_frame
from geogrid.plan import NO_UNIT, Plan
from geogrid.rules import find_plan, status
from tests.tiny import EAST, WEST, X0, Y0, tiny_plan

KNOWN = ("households_below", (EAST + "002003",))  # the accepted exception of the tiny plan


def changed(*, units: dict[tuple[str, str], object] = {}, leaf: dict[int, int] = {}, state: str = "draft", **base: object) -> Plan:
    """Return the tiny plan with cells of its tables changed: units by (code, column), leaves by atom number, the base by field."""
    plan = tiny_plan()
    table = plan.units.copy()
    for (code, column), value in units.items():
        table.loc[table["code"] == code, column] = value
    leaves = plan.leaf.copy()
    for atom, unit in leaf.items():
        leaves[atom - 1] = unit
    return replace(plan, units=table, leaf=leaves, state=state, base=replace(plan.base, **base), _derived={})


def unit(code: str) -> int:
    table = tiny_plan().units
    return int(table.index[table["code"] == code][0])


def new(plan: Plan, **given: gpd.GeoDataFrame) -> list[Finding]:
    """Return the findings beside the one that the tiny plan has anyway."""
    return [f for f in find_plan(plan, given=given) if (f.rule, f.units) != KNOWN]


def said(found: list[Finding]) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(f.rule, f.level, f.units) for f in found]


def atoms(**changes: object) -> pd.DataFrame:
    """Return the tiny atoms with one atom's columns changed; `atom` names it, `drop=True` takes it out."""
    table = tiny_plan().base.atoms.copy()
    number = changes.pop("atom")
    if changes.pop("drop", False):
        return table.drop(number)
    for column, value in changes.items():
        table.loc[number, column] = value
    return table


def test_a_sound_plan_has_only_its_accepted_exception_as_a_warning_with_the_reason():
    (found,) = find_plan(tiny_plan())
    assert (found.rule, found.units, found.value, found.severity) == (*KNOWN, 7.0, "warning")
    assert "cut off from all other households" in found.message
    assert "不连通" in found.message_zh


@pytest.mark.parametrize(("reason", "severity"), [("", "error"), ("not_proven", "error"), ("no_packing", "warning"), ("军事管理区", "warning")])
def test_only_a_certified_or_given_reason_makes_a_warning_of_a_bound(reason, severity):
    found = find_plan(changed(units={(EAST + "002003", "reason"): reason}))
    frame = to_frame(found, tiny_plan().base.crs)
    assert frame[["rule", "severity"]].to_numpy().tolist() == [["households_below", severity]]


def test_a_unit_above_its_bound_is_found_with_its_number():
    (found,) = new(changed(atoms=atoms(atom=7, households=16)))
    assert (found.rule, found.units, found.value) == ("households_above", (WEST + "001003",), 16.0)
    assert found.message == f"{WEST}001003 has 16 households, more than 15: redraw it, or give a reason."


def test_a_dedicated_unit_has_no_bounds():
    words = status(tiny_plan(), "microgrid")
    assert words[EAST + "001001"] == "dedicated"
    assert words[EAST + "002003"] == "below"
    assert words[WEST + "001001"] == "in"
    assert set(status(tiny_plan(), "community")) == {""}


def test_a_hole_between_cells_is_a_gap_of_the_base():
    base = tiny_plan().base
    table = base.atoms[base.atoms["cell"] != 6]
    plan = tiny_plan()
    kept = (base.atoms["cell"] != 6).to_numpy()
    holed = replace(plan, base=replace(base, cells=base.cells.drop(6), atoms=table), leaf=plan.leaf[kept], _derived={})
    assert said(new(holed)) == [("gap", "cell", ("10", "2", "5", "7"))]


def test_cells_that_overlap_are_found_in_the_base():
    cells = tiny_plan().base.cells.copy()
    cells.loc[6, "geometry"] = shapely.box(X0 + 50, Y0 + 100, X0 + 101, Y0 + 150)
    (found,) = new(changed(cells=cells))
    assert (found.rule, found.level, found.units, found.area_m2) == ("overlap", "cell", ("6", "7"), 50.0)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (atoms(atom=2, floor_from=1), "floor 1 belongs to several atoms"),
        (atoms(atom=2, floor_to=9), "floor 3 belongs to several atoms"),
        (atoms(atom=2, part=2), "floor 2 belongs to no atom"),
        (atoms(atom=7, floor_from=9), "starts above its last floor"),
    ],
)
def test_a_floor_that_two_atoms_or_none_hold_is_found_in_its_cell(table, words):
    found = [f for f in new(changed(atoms=table)) if f.rule == "floor_overlap"]
    assert len(found) == 1
    assert words in found[0].message
    assert found[0].geometry is not None


def test_a_missing_floor_is_found_and_a_missing_atom_too():
    plan = tiny_plan()
    for number, words in ((3, "floor 3 belongs to no atom"), (7, "it has no atom")):
        less = replace(plan, base=replace(plan.base, atoms=atoms(atom=number, drop=True)), leaf=np.delete(plan.leaf, number - 1), _derived={})
        assert [f.message.split(". ")[0].split(": ")[1] for f in find_plan(less) if f.rule == "floor_overlap"] == [words]


def test_there_is_no_floor_zero_below_the_first():
    table = atoms(atom=1, floor_from=-1, floor_to=1)
    assert new(changed(atoms=table)) == []


def test_a_floor_may_be_divided_into_parts():
    table = tiny_plan().base.atoms.copy()
    table.loc[2, ["floor_from", "floor_to", "part"]] = [1, 1, 2]
    table.loc[3, "floor_from"] = 2
    assert [f for f in new(changed(atoms=table)) if f.rule == "floor_overlap"] == []


@pytest.mark.parametrize(("state", "severity"), [("draft", "warning"), ("adopted", "error")])
def test_what_no_unit_holds_is_one_finding_per_level_and_worse_when_adopted(state, severity):
    plan = changed(leaf={16: NO_UNIT}, state=state)
    found = [f for f in find_plan(plan) if f.rule == "unassigned"]
    assert [(f.level, f.severity, f.area_m2) for f in found] == [(level, severity, 2500.0) for level in ("community", "grid", "microgrid")]
    assert found[0].geometry.area == 2500.0
    assert "no unit holds 1 of the cells" in found[0].message
    assert "社区：1 个剖分单元" in found[0].message_zh


def test_an_atom_that_stops_at_the_grid_is_unassigned_below_it_only():
    plan = changed(leaf={16: unit(WEST + "002")})
    assert {f.level for f in find_plan(plan) if f.rule == "unassigned"} == {"microgrid"}


def test_a_unit_in_two_pieces_is_an_error_unless_a_reason_is_given():
    far = changed(leaf={9: unit(EAST + "001001"), 21: unit(EAST + "001001")})
    pieces = [f for f in find_plan(far) if f.rule == "not_connected"]
    assert all(f.severity == "" for f in pieces)
    assert (EAST + "001001",) in [f.units for f in pieces]
    excused = changed(leaf={9: unit(EAST + "001001"), 21: unit(EAST + "001001")}, units={(EAST + "001001", "reason"): "飞地"})
    (found,) = [f for f in find_plan(excused) if f.rule == "not_connected" and f.units == (EAST + "001001",)]
    assert found.severity == "warning"
    assert "飞地" in found.message_zh


def test_stacked_micro_grids_are_no_overlap_but_stacked_grids_are():
    assert new(tiny_plan()) == []
    plan = changed(leaf={6: unit(WEST + "002001")})
    found = [f for f in find_plan(plan) if f.rule == "overlap"]
    assert said(found) == [("overlap", "grid", (WEST + "001", WEST + "002"))]
    assert found[0].area_m2 == 2500.0


def test_a_building_that_two_grids_divide_is_a_warning():
    cells = tiny_plan().base.cells.copy()
    cells.loc[[5, 9], "building"] = "长楼"
    (found,) = new(changed(cells=cells))
    assert said([found]) == [("splits_building", "grid", (WEST + "001", WEST + "002"))]
    assert "长楼" in found.message_zh


def test_a_code_that_does_not_follow_the_scheme_is_ill_formed():
    (found,) = new(changed(units={(WEST + "001004", "code"): WEST + "0014"}))
    assert said([found]) == [("code_format", "microgrid", (WEST + "0014",))]
    assert "3 digits" in found.message


def test_a_code_with_another_parents_prefix_is_ill_formed():
    found = new(changed(units={(WEST + "002003", "code"): EAST + "001009"}))
    assert said(found) == [("code_format", "microgrid", (EAST + "001009",))]


def test_a_code_twice_and_a_code_missing_are_found():
    assert [f.rule for f in new(changed(units={(WEST + "001004", "code"): WEST + "001003"}))] == ["code_duplicate"]
    assert "code_missing" in [f.rule for f in new(changed(units={(WEST + "001004", "code"): ""}))]


def test_a_unit_without_parent_is_found():
    found = new(changed(units={(WEST + "001", "parent"): NO_UNIT}))
    assert ("parent_missing", "grid", (WEST + "001",)) in said(found)


def test_a_parent_of_the_same_level_is_no_parent():
    found = new(changed(units={(WEST + "001", "parent"): unit(WEST + "002")}))
    assert ("parent_mismatch", "grid", (WEST + "001",)) in said(found)


def test_given_polygons_that_are_the_derived_ones_have_nothing_to_report():
    assert new(tiny_plan(), grid=tiny_plan().frame("grid").reset_index()[["code", "geometry"]]) == []


def test_a_given_polygon_that_differs_is_found_with_the_area():
    given = tiny_plan().frame("community").reset_index()[["code", "geometry"]]
    given.loc[0, "geometry"] = shapely.box(X0, Y0, X0 + 99, Y0 + 200)
    found = new(tiny_plan(), community=given)
    assert said(found) == [("gap", "community", (WEST, EAST)), ("parent_mismatch", "community", (WEST,))]
    assert [f.area_m2 for f in found] == [pytest.approx(200.0)] * 2


def test_given_polygons_are_checked_against_the_outline_that_came():
    given = tiny_plan().frame("community").reset_index()[["code", "geometry"]]
    outline = gpd.GeoDataFrame(geometry=[shapely.box(X0, Y0, X0 + 190, Y0 + 210)])
    found = new(tiny_plan(), community=given, district=outline)
    assert [(f.rule, f.units, f.area_m2) for f in found] == [("gap", (WEST, EAST), 1900.0), ("outside_parent", (EAST,), 2000.0)]


def test_a_given_polygon_that_the_plan_does_not_know_is_found():
    given = tiny_plan().frame("community").reset_index()[["code", "geometry"]]
    given.loc[1, "code"] = "130102001009"
    assert said(new(tiny_plan(), community=given)) == [("parent_mismatch", "community", ("130102001009",))]


def test_pieces_of_given_polygons_are_reported_once():
    plan = changed(leaf={9: unit(EAST + "001001"), 21: unit(EAST + "001001")})
    given = plan.frame("grid").reset_index()[["code", "geometry"]]
    pieces = [f for f in find_plan(plan, given={"grid": given}) if f.rule == "not_connected" and f.level == "grid"]
    assert len(pieces) == len({f.units for f in pieces})


def test_a_plan_without_units_is_unassigned_and_no_more():
    plan = tiny_plan()
    bare = replace(plan, units=plan.units[:0], leaf=np.full(len(plan.leaf), NO_UNIT), _derived={})
    assert {f.rule for f in find_plan(bare)} == {"unassigned"}


def test_a_retired_unit_has_no_bounds_to_keep():
    plan = tiny_plan()
    gone = plan.units.loc[[unit(WEST + "001004")]].assign(code=WEST + "001099", valid_to="2026-06-01")
    gone.index = pd.Index([99], name="unit")
    assert new(replace(plan, units=pd.concat([plan.units, gone]), _derived={})) == []


def test_the_plan_is_left_as_it_was():
    plan = tiny_plan()
    units, leaf = plan.units.copy(), plan.leaf.copy()
    find_plan(plan, given={"community": plan.frame("community").reset_index()})
    pd.testing.assert_frame_equal(plan.units, units)
    assert (plan.leaf == leaf).all()
