"""Buildings that given borders cut: their households go to one side, and which rule decided is told; kept whole, the border goes round them."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geogrid.findings import Finding
from geogrid.generate import make_plan
from geogrid.pipeline.ground import Prepared
from geogrid.plan import Plan
from geogrid.rules import find_plan
from tests.divisions import apart_share, bent, prepared, scheme, units
from tests.test_given_division import homes
from tests.world import box, frame, points

WEST, EAST = "u000", "u001"
HALVES = units([box(0, 0, 200, 300), box(200, 0, 200, 300)])
KEPT = {"community": {"keep_buildings_whole": True}}


def slab(x: float = 180.0, width: float = 50.0, **columns: object) -> gpd.GeoDataFrame:
    """A slab of 12 households from x on, too few for several entrances; 20 of its 50 m lie in the west."""
    return frame({"id": ["楼1"], "floors": 6.0, "households": 12.0, **columns}, [box(x, 100, width, 12)])


def doors(*places: float, households: list[float] | None = None) -> gpd.GeoDataFrame:
    return frame(
        {"id": [f"e{i}" for i in range(len(places))], "building": "楼1", **({"households": households} if households else {})},
        points([(x, 101) for x in places]),
    )


def built(buildings: gpd.GeoDataFrame, entrances: gpd.GeoDataFrame | None = None, *, whole: bool = False) -> tuple[Plan, Prepared]:
    frames = {"communities": HALVES, "buildings": buildings, **({} if entrances is None else {"entrances": entrances})}
    ready = prepared(frames, scheme().with_levels(KEPT if whole else {}))
    return make_plan(ready.ground), ready


def cut(ready: Prepared) -> Finding:
    (found,) = [f for f in ready.findings if f.rule == "splits_building"]
    return found


def test_without_entrances_the_larger_part_decides():
    plan, ready = built(slab())
    assert plan.frame("community")["households"].to_dict() == {WEST: 0, EAST: 12}
    found = cut(ready)
    assert (found.units, found.severity, found.area_m2) == ((WEST, EAST), "warning", pytest.approx(240))
    assert found.message.startswith(
        "Building 楼1 is divided between u000, u001 (parts: u000 240.0, u001 360.0 m²; its households go to u001, which has the larger part)."
    )
    assert "住户归面积较大的 u001" in found.message_zh
    assert apart_share(plan, "community", HALVES).max() <= 1e-6


def test_an_entrance_decides_against_the_larger_part():
    plan, ready = built(slab(), doors(185))
    assert plan.frame("community")["households"].to_dict() == {WEST: 12, EAST: 0}
    assert "where its entrance is" in cut(ready).message


def test_entrances_on_one_side_take_all_households_there():
    plan, _ = built(slab(), doors(185, 195))
    assert plan.frame("community")["households"].to_dict() == {WEST: 12, EAST: 0}


def test_entrances_on_both_sides_take_their_own_households():
    plan, ready = built(slab(), doors(185, 215, households=[4.0, 8.0]))
    assert plan.frame("community")["households"].to_dict() == {WEST: 4, EAST: 8}
    assert "entrances on both sides" in cut(ready).message
    assert [f.rule for f in find_plan(plan, given={"community": HALVES})] == []  # it was told when it was read


def test_an_entrance_on_the_border_says_nothing():
    plan, ready = built(slab(), doors(200))
    assert plan.frame("community")["households"].to_dict() == {WEST: 0, EAST: 12}
    assert "the larger part" in cut(ready).message


def test_an_entrance_outside_both_units_says_nothing():
    plan, _ = built(slab(), doors(900))
    assert plan.frame("community")["households"].to_dict() == {WEST: 0, EAST: 12}


def test_estimated_entrances_go_each_to_its_own_side():
    plan, ready = built(slab(x=140, width=120, households=48.0))
    assert plan.frame("community")["households"].to_dict() == {WEST: 24, EAST: 24}
    assert "entrances on both sides" in cut(ready).message


@pytest.mark.parametrize(("west_m", "told"), [(0.0, False), (0.05, False), (0.2, True)])
def test_a_hairline_cut_is_none(west_m: float, told: bool):
    _, ready = built(slab(x=200 - west_m))
    assert any(f.rule == "splits_building" for f in ready.findings) == told


def test_a_building_where_nobody_lives_is_told_too():
    _, ready = built(slab(households=0.0))
    assert "no household is counted in it" in cut(ready).message


def test_a_building_half_outside_all_units_counts_where_its_larger_part_is():
    frames = {"district": frame({"name": ["区"]}, [box(0, 0, 400, 300)]), "communities": HALVES.iloc[:1], "buildings": slab()}
    ready = prepared(frames, scheme())
    assert make_plan(ready.ground).frame("community")["households"].tolist() == [0]
    assert "parts: – 360.0, u000 240.0 m²" in cut(ready).message


def test_kept_whole_the_border_goes_round_the_building_and_that_is_no_error():
    plan, ready = built(slab(), whole=True)
    shapes = plan.frame("community").geometry
    assert plan.frame("community")["households"].to_dict() == {WEST: 0, EAST: 12}
    assert shapes[EAST].area - 60_000 == pytest.approx(240, abs=0.01)
    assert shapes[EAST].buffer(0.002).covers(box(180, 100, 50, 12))
    assert "kept whole in u001" in cut(ready).message
    found = find_plan(plan, given={"community": HALVES}, buildings=slab())
    assert [(f.rule, f.units, f.severity) for f in found] == [("parent_mismatch", (WEST,), "warning"), ("parent_mismatch", (EAST,), "warning")]
    assert all(f.area_m2 == pytest.approx(240, abs=0.01) and "楼1" in f.message and "按要求" in f.message_zh for f in found)


def test_kept_whole_with_entrances_on_both_sides_it_goes_where_most_live():
    plan, _ = built(slab(), doors(185, 215, households=[8.0, 4.0]), whole=True)
    assert plan.frame("community")["households"].to_dict() == {WEST: 12, EAST: 0}
    assert plan.frame("community").geometry[WEST].area - 60_000 == pytest.approx(360, abs=0.01)


def test_kept_whole_changes_nothing_where_no_building_is_cut():
    plan, ready = built(slab(x=20), whole=True)
    assert apart_share(plan, "community", HALVES).max() <= 1e-6
    assert not [f for f in ready.findings if f.rule == "splits_building"]


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32 - 1), st.integers(1, 20))
def test_kept_whole_every_building_lies_in_one_unit_unless_others_overlap_it(seed: int, n: int):
    buildings, division = homes(np.random.default_rng(seed), n), units(bent(4, 3, seed=seed))
    ready = prepared({"communities": division, "buildings": buildings}, scheme().with_levels(KEPT))
    plan = make_plan(ready.ground)
    shapes, footprints = plan.frame("community").geometry.to_numpy(), buildings.geometry.to_numpy()
    district = shapely.union_all(division.geometry.to_numpy())
    overlapped = np.bincount(shapely.STRtree(footprints).query(footprints, predicate="intersects")[0], minlength=n) > 1
    for footprint in footprints[~overlapped]:
        inside = footprint.intersection(district)
        held = shapely.area(shapely.intersection(shapes, inside))
        assert held.max() >= inside.area - 0.1 * inside.length - 0.01  # but for hairs that are no part
    assert shapely.coverage_is_valid(shapes)
    intended = [f for f in find_plan(plan, given={"community": division}, buildings=buildings) if f.rule == "parent_mismatch"]
    assert all(f.severity == "warning" for f in intended)
