import dataclasses

import numpy as np
import pytest
import shapely

from geogrid.plan import NO_UNIT, Base, Plan
from geogrid.reach.demand import HOUSEHOLDS, LAND, demand_of
from tests.tiny import LEVELS, WEST, X0, Y0, tiny_plan


@pytest.fixture(scope="module")
def plan():
    return tiny_plan()


def without_homes(plan: Plan) -> Plan:
    base = plan.base
    return dataclasses.replace(plan, base=Base(base.cells, base.atoms.assign(households=0, persons=0), base.district))


def test_there_is_one_row_per_cell_and_lowest_unit_that_holds_households(plan):
    demand = demand_of(plan)
    rows = list(zip(demand.cell.tolist(), demand.codes["microgrid"], demand.weight.tolist(), strict=True))
    assert rows[:3] == [(1, WEST + "001001", 12), (1, WEST + "001002", 12), (2, WEST + "001003", 12)]
    assert len(rows) == 10
    assert (demand.x[:2].tolist(), demand.y[:2].tolist()) == ([X0 + 25] * 2, [Y0 + 175] * 2)


def test_every_household_is_counted_once_with_a_unit_of_each_level(plan):
    demand = demand_of(plan)
    assert demand.what == HOUSEHOLDS
    assert demand.households.sum() == plan.base.atoms["households"].sum()
    assert demand.persons.sum() == plan.base.atoms["persons"].sum()
    assert list(demand.codes) == list(LEVELS)
    for level in LEVELS:
        sums = {code: int(demand.weight[demand.codes[level] == code].sum()) for code in plan.frame(level).index}
        assert sums == plan.frame(level)["households"].to_dict()


def test_households_in_no_unit_count_and_have_no_code(plan):
    leaf = np.where(plan.base.atoms["cell"] == 9, NO_UNIT, plan.leaf)
    demand = demand_of(dataclasses.replace(plan, leaf=leaf))
    assert demand.codes[demand.cell == 9].to_numpy().tolist() == [["", "", ""]]
    assert demand.weight.sum() == plan.base.atoms["households"].sum()


def test_homes_without_a_door_stand_inside_their_cell(plan):
    cells = plan.base.cells.assign(x=np.nan, y=np.nan)
    demand = demand_of(dataclasses.replace(plan, base=Base(cells, plan.base.atoms, plan.base.district)))
    assert shapely.contains_xy(cells.geometry.loc[demand.cell].to_numpy(), demand.x, demand.y).all()


def test_a_plan_without_households_counts_its_land_and_units_add_up_to_the_district(plan):
    bare = without_homes(plan)
    demand = demand_of(bare)
    assert demand.what == LAND
    assert demand.households.sum() == 0
    assert demand.area_m2.sum() == pytest.approx(40_000)
    for level in ("community", "grid"):
        for code, area in bare.frame(level)["area_m2"].items():
            assert demand.weight[demand.codes[level] == code].sum() == pytest.approx(area)


def test_of_stacked_units_the_one_on_the_ground_has_the_land(plan):
    demand = demand_of(without_homes(plan))
    areas = {code: float(demand.weight[demand.codes["microgrid"] == code].sum()) for code in (WEST + "001001", WEST + "001002")}
    assert areas == {WEST + "001001": 2500.0, WEST + "001002": 0.0}


def test_land_is_counted_on_points_50_m_apart(plan):
    demand = demand_of(without_homes(plan))
    assert len(demand) == 16
    assert np.unique(np.diff(np.unique(demand.x))).tolist() == [50.0]


def test_a_unit_between_the_points_has_one_of_its_own(plan):
    bare = without_homes(plan)
    moved = bare.base.cells.set_geometry(bare.base.cells.geometry.scale(0.2, 0.2, origin=(X0, Y0)))
    demand = demand_of(dataclasses.replace(bare, base=Base(moved, bare.base.atoms, shapely.union_all(moved.geometry.to_numpy()))))
    assert set(demand.codes["microgrid"]) == set(bare.frame("microgrid").index) - {WEST + "001002"}
    assert demand.area_m2.sum() == pytest.approx(1600)


def test_places_are_distinct_and_lead_back_to_the_rows(plan):
    demand = demand_of(plan)
    places, place = demand.places
    assert len(places) == 9
    assert places[place].tolist() == demand.xy.tolist()
