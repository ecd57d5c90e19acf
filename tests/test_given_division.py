"""An imported division becomes a plan: what is derived of its cells is what was given, whoever lives where and however the roads run."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from geogrid.edges import face_pairs, shared_edges
from geogrid.generate import make_plan
from geogrid.plan import NO_UNIT, Plan
from geogrid.rules import find_plan
from geogrid.topology import is_partition
from tests.divisions import GIVEN, LEVELS, apart_share, bent, prepared, scheme, units
from tests.world import X0, Y0, box, frame

SAME = 1e-6
"""Of a unit's area: so much may the derived polygon differ from the given one."""
QUICK = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def homes(rng: np.random.Generator, n: int, width: float = 400.0, height: float = 300.0) -> gpd.GeoDataFrame:
    x, y = rng.uniform(-10, width, n), rng.uniform(-10, height, n)
    shapes = [box(a, b, w, h) for a, b, (w, h) in zip(x, y, rng.uniform(5, 60, (n, 2)), strict=True)]
    turned = [shapely.affinity.rotate(shape, float(angle)) for shape, angle in zip(shapes, rng.uniform(0, 90, n), strict=True)]
    return frame({"id": [f"b{i}" for i in range(n)], "floors": rng.integers(1, 12, n) * 1.0, "households": rng.integers(0, 60, n) * 1.0}, turned)


def streets(rng: np.random.Generator, n: int = 3) -> gpd.GeoDataFrame:
    lines = [shapely.LineString(rng.uniform((X0 - 20, Y0 - 20), (X0 + 420, Y0 + 320), (3, 2))) for _ in range(n)]
    return frame({"class": ["residential"] * n}, lines)


@QUICK
@given(st.integers(0, 2**32 - 1), st.integers(0, 25))
@example(467235451, 24)  # a line between two cells that lies outside its enclosure
def test_of_any_division_over_any_buildings_the_derived_units_are_the_given_ones(seed: int, n: int):
    rng = np.random.default_rng(seed)
    division = units(bent(4, 3, seed=seed))
    ready = prepared({"communities": division, "roads": streets(rng), **({"buildings": homes(rng, n)} if n else {})}, scheme())
    plan = make_plan(ready.ground)
    assert apart_share(plan, "community", division).max() <= SAME
    assert is_partition(plan.base.district, plan.base.cells.geometry.to_numpy())
    assert shapely.coverage_is_valid(plan.frame("community").geometry.to_numpy())


@QUICK
@given(st.integers(0, 2**32 - 1), st.integers(1, 25), st.booleans())
def test_every_household_is_in_exactly_one_unit_wherever_borders_cut_its_building(seed: int, n: int, whole: bool):
    rng = np.random.default_rng(seed)
    buildings = homes(rng, n)
    rules = scheme().with_levels({"community": {"keep_buildings_whole": whole}})
    ready = prepared({"communities": units(bent(4, 3, seed=seed)), "buildings": buildings}, rules)
    plan = make_plan(ready.ground)
    held = shapely.intersects(plan.base.district, buildings.geometry.to_numpy())
    lost = sum(f.rule == "point_unmatched" for f in ready.findings)
    assert plan.frame("community")["households"].sum() == plan.base.atoms["households"].sum()
    assert plan.base.atoms["households"].sum() <= buildings["households"].sum()
    if held.all() and not lost:
        assert plan.base.atoms["households"].sum() == buildings["households"].sum()
    assert (plan.leaf != NO_UNIT).all()


@QUICK
@given(st.integers(0, 2**32 - 1))
def test_no_cell_crosses_a_given_border_and_open_land_is_divided(seed: int):
    division = units(bent(3, 2, size_m=300.0, seed=seed))
    plan = make_plan(prepared({"communities": division}, scheme()).ground)
    inner = shapely.buffer(plan.base.cells.geometry.to_numpy(), -0.005)
    assert (np.bincount(shapely.STRtree(inner).query(division.geometry.to_numpy(), predicate="intersects")[1]) == 1).all()
    assert np.bincount(plan.leaf).max() > 1
    assert (plan.frame("community").area_m2 / plan.base.cells.geometry.area.max() > 2).all()


def moved(plan: Plan, cell: int, to: int) -> Plan:
    leaf = plan.leaf.copy()
    leaf[plan.base.cell_position == cell] = to
    return Plan(plan.base, plan.scheme, plan.units, leaf)


def test_any_cell_beside_a_border_can_be_moved_across_it():
    plan = make_plan(prepared({"communities": units(bent(4, 3, seed=2))}, scheme()).ground)
    a, b, _ = face_pairs(shared_edges(plan.base.cells.geometry.to_numpy()))
    of_cell = np.full(len(plan.base.cells), NO_UNIT)
    of_cell[plan.base.cell_position] = plan.leaf
    beside = np.flatnonzero(of_cell[a] != of_cell[b])
    assert len({tuple(sorted((of_cell[a[k]], of_cell[b[k]]))) for k in beside}) == 17  # every border of four by three units
    for k in beside:
        edited = moved(plan, a[k], of_cell[b[k]])
        shapes = edited.frame("community").geometry.dropna().to_numpy()
        assert is_partition(plan.base.district, shapes)


def test_land_outside_all_units_is_cells_without_a_leaf_and_told():
    frames = {"district": frame({"name": ["区"]}, [box(0, 0, 400, 300)]), "communities": units([box(0, 0, 200, 300), box(200, 0, 150, 300)])}
    ready = prepared(frames, scheme())
    plan = make_plan(ready.ground)
    free = plan.base.cells.geometry.to_numpy()[np.unique(plan.base.cell_position[plan.leaf == NO_UNIT])]
    assert shapely.area(free).sum() == pytest.approx(15_000)
    (found,) = [f for f in find_plan(plan, given={"community": frames["communities"], "district": frames["district"]}) if f.rule == "unassigned"]
    assert (found.area_m2, found.severity) == (pytest.approx(15_000), "warning")


def test_land_of_units_outside_the_district_is_in_the_plan_and_told():
    frames = {"district": frame({"name": ["区"]}, [box(0, 0, 390, 300)]), "communities": units([box(0, 0, 200, 300), box(200, 0, 200, 300)])}
    plan = make_plan(prepared(frames, scheme()).ground)
    assert apart_share(plan, "community", frames["communities"]).max() <= SAME
    found = find_plan(plan, given={"community": frames["communities"], "district": frames["district"]})
    assert [(f.rule, f.units, f.area_m2) for f in found] == [("outside_parent", ("u001",), pytest.approx(3_000))]


@pytest.mark.parametrize("off_m", [0.1, 0.3, 1.0, 2.0])
def test_a_border_drawn_beside_a_road_stays_where_it_was_drawn(off_m: float):
    division = units([box(0, 0, 200, 300), box(200, 0, 200, 300)])
    road = frame({"class": ["residential"]}, [shapely.LineString([(X0 + 200 + off_m, Y0 - 5), (X0 + 200 + off_m / 2, Y0 + 305)])])
    plan = make_plan(prepared({"communities": division, "roads": road}, scheme()).ground)
    assert apart_share(plan, "community", division).max() <= SAME


def test_overlapping_units_are_settled_and_both_told():
    given_units = units([box(0, 0, 220, 300), box(200, 0, 200, 300)])
    plan = make_plan(prepared({"communities": given_units}, scheme()).ground)
    assert (plan.leaf != NO_UNIT).all()
    found = find_plan(plan, given={"community": given_units})
    assert [(f.rule, f.units) for f in found if f.rule == "overlap"] == [("overlap", ("u000", "u001"))]
    (lost,) = [f for f in found if f.rule == "parent_mismatch"]
    assert lost.area_m2 == pytest.approx(20 * 300)
    assert "went to u000" in lost.message
    assert "划给了公共边较长的 u000" in lost.message_zh


def test_a_narrow_gap_joins_a_unit_and_is_told():
    given_units = units([box(0, 0, 200, 60), box(200.4, 0, 199.6, 60)])
    frames = {"district": frame({"name": ["区"]}, [box(0, 0, 400, 60)]), "communities": given_units}
    plan = make_plan(prepared(frames, scheme()).ground)
    assert (plan.leaf != NO_UNIT).all()
    found = find_plan(plan, given={"community": given_units, "district": frames["district"]})
    assert sorted(f.rule for f in found) == ["gap", "parent_mismatch"]
    assert all(f.area_m2 == pytest.approx(24) for f in found)


def test_a_unit_that_others_take_wholly_has_no_cell_and_says_so():
    given_units = units([box(0, 0, 400, 300), box(100, 100, 50, 50)])
    plan = make_plan(prepared({"communities": given_units}, scheme()).ground)
    found = [f for f in find_plan(plan, given={"community": given_units}) if f.rule == "parent_mismatch"]
    assert [(f.units, f.area_m2) for f in found] == [(("u001",), pytest.approx(2500))]
    assert "no cell is left" in found[0].message


def test_units_with_one_code_are_two_units_and_told():
    given_units = units([box(0, 0, 200, 300), box(200, 0, 200, 300)]).assign(code="甲")
    plan = make_plan(prepared({"communities": given_units}, scheme()).ground)
    assert len(plan.units) == 2
    assert "code_duplicate" in [f.rule for f in find_plan(plan, given={"community": given_units})]


def test_a_unit_in_several_pieces_keeps_them():
    pieces = shapely.MultiPolygon([box(0, 0, 100, 300), box(300, 0, 100, 300)])
    given_units = units([pieces, box(100, 0, 200, 300)])
    plan = make_plan(prepared({"communities": given_units}, scheme()).ground)
    assert apart_share(plan, "community", given_units).max() <= SAME
    assert [f.rule for f in find_plan(plan, given={"community": given_units})] == ["not_connected"]


def test_a_parent_that_was_not_given_is_made_and_told():
    above = units([box(0, 0, 400, 300)], prefix="s").assign(code=["s1"])
    below = units([box(0, 0, 200, 300), box(200, 0, 200, 300)], parent=["s1", "s9"])
    plan = make_plan(prepared({"communities": above, "grids": below}, scheme(LEVELS)).ground)
    assert plan.frame("grid")["parent"].tolist() == ["s1", "s9"]
    found = find_plan(plan, given={"community": above, "grid": below})
    (missing,) = [f for f in found if f.rule == "parent_missing"]
    assert (missing.level, missing.units) == ("grid", ("u001",))
    assert "“s9” does not exist" in missing.message


def test_a_unit_that_names_no_parent_is_told():
    above = units([box(0, 0, 400, 300)], prefix="s").assign(code=["s1"])
    below = units([box(0, 0, 200, 300), box(200, 0, 200, 300)], parent=["s1", ""])
    plan = make_plan(prepared({"communities": above, "grids": below}, scheme(LEVELS)).ground)
    missing = [f for f in find_plan(plan, given={"community": above, "grid": below}) if f.rule == "parent_missing"]
    assert [f.units for f in missing] == [("u001",)]


def test_a_partial_level_lies_in_the_complete_one_above_it():
    above = units([box(0, 0, 200, 300), box(200, 0, 200, 300)], prefix="s")
    below = units([box(20, 20, 80, 80), box(150, 100, 100, 50)], parent=["s000", "s001"])
    rules = scheme(LEVELS.replace('id = "grid"', 'id = "grid"\ncomplete = false'))
    plan = make_plan(prepared({"communities": above, "grids": below}, rules).ground)
    assert apart_share(plan, "community", above).max() <= SAME
    found = plan.frame("grid")
    assert found["area_m2"].tolist() == [pytest.approx(6400), pytest.approx(2500)]  # of the second, only what lies in its parent
    assert found["parent"].tolist() == ["s000", "s001"]
    assert [f.units for f in find_plan(plan, given={"community": above, "grid": below}) if f.rule == "parent_mismatch"] == [("u001",)]


def test_made_levels_stand_below_given_ones():
    rng = np.random.default_rng(4)
    division = units(bent(2, 2, size_m=200.0, seed=4))
    rules = scheme(GIVEN + '[[levels]]\nid = "grid"\nmake = "bounds"\nhouseholds = [20, 120]\n')
    plan = make_plan(prepared({"communities": division, "buildings": homes(rng, 30)}, rules).ground)
    assert apart_share(plan, "community", division).max() <= SAME
    assert (plan.leaf != NO_UNIT).all()


def test_levels_above_that_nobody_gave_follow_from_codes():
    rules = scheme('[[levels]]\nid = "street"\n[[levels]]\nid = "community"\n[[levels]]\nid = "grid"\n')
    below = units([box(0, 0, 200, 300), box(200, 0, 200, 300)], parent=["c1", "c2"])
    plan = make_plan(prepared({"grids": below}, rules).ground)
    assert plan.frame("community").index.tolist() == ["c1", "c2"]
    assert plan.frame("street").index.tolist() == ["1"]


def test_a_street_is_found_by_the_codes_of_communities_that_were_not_given():
    rules = scheme('[[levels]]\nid = "street"\n[[levels]]\nid = "community"\n[[levels]]\nid = "grid"\n')
    above = units([box(0, 0, 400, 300)]).assign(code="c")
    below = units([box(0, 0, 200, 300), box(200, 0, 200, 300)], parent=["c1", "c2"])
    plan = make_plan(prepared({"streets": above, "grids": below}, rules).ground)
    assert plan.frame("community")["parent"].tolist() == ["c", "c"]
