"""A plan carried on to a base that has changed: units stay wherever they can, with ids, codes and names."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import shapely

from geogrid.generate import make_plan
from geogrid.generate.carry import match_atoms, match_cells
from geogrid.plan import NO_UNIT, Plan
from tests.test_generate_levels import assert_partition, prepared
from tests.world import Frames, box, frame, quarter

HOUSE = "new"


def built(frames: Frames, x: float = 125.0, y: float = 33.0, households: int = 3) -> Frames:
    """Return the quarter with one more house of one floor."""
    more = frame({"id": [HOUSE], "floors": [1], "households": [households]}, [box(x, y, 12, 10)])
    return {**frames, "buildings": pd.concat([frames["buildings"], more], ignore_index=True)}


def renamed(plan: Plan) -> Plan:
    """Return the plan with a name on every unit that we made."""
    made = plan.units["level"] != "community"
    return replace(plan, units=plan.units.assign(name=plan.units["name"].where(~made, [f"甲{i}" for i in plan.units.index])))


def owners(plan: Plan, level: str) -> dict[tuple, int]:
    """Return the unit of each home's floor by building, entrance and floor."""
    cells, atoms = plan.base.cells, plan.base.atoms
    at = plan.base.cell_position
    key = zip(cells["building"].to_numpy()[at], cells["entrance"].to_numpy()[at], atoms["floor_from"], atoms["part"], strict=True)
    return {k: int(unit) for k, unit, homes in zip(key, plan.owner(level), atoms["households"], strict=True) if homes}


@pytest.fixture(scope="module")
def before() -> Plan:
    return renamed(make_plan(prepared(quarter()).ground))


def test_the_same_ground_gives_the_same_plan(before):
    again = make_plan(prepared(quarter()).ground, previous=before)
    assert again.leaf.tolist() == before.leaf.tolist()
    pd.testing.assert_frame_equal(again.units[before.units.columns], before.units.sort_index(), check_dtype=False)


def test_one_house_more_changes_only_its_grid_and_few_of_its_micro_grids(before):
    ground = prepared(built(quarter())).ground
    after = make_plan(ground, previous=before)
    assert_partition(after)
    new = [unit for key, unit in owners(after, "grid").items() if key[0] == HOUSE]
    moved = {level: {k for k, unit in owners(after, level).items() if unit != owners(before, level).get(k, unit)} for level in ("grid", "microgrid")}
    assert moved["grid"] == set()
    grid = owners(before, "grid")
    assert {grid[k] for k in moved["microgrid"]} <= set(new)
    assert len(moved["microgrid"]) <= 6
    same = before.units.index.intersection(after.units.index)
    assert after.units.loc[same, ["code", "name"]].equals(before.units.loc[same, ["code", "name"]])


def test_a_house_gone_leaves_all_other_grids_as_they_were(before):
    frames = quarter()
    frames["buildings"] = frames["buildings"].drop(index=5).reset_index(drop=True)
    after = make_plan(prepared(frames).ground, previous=before)
    assert_partition(after)
    gone = set(owners(before, "microgrid")) - set(owners(after, "microgrid"))
    grids = {owners(before, "grid")[k] for k in gone}
    for key, unit in owners(after, "microgrid").items():
        if owners(before, "grid")[key] not in grids:
            assert unit == owners(before, "microgrid")[key]


def test_new_units_get_ids_and_codes_above_the_highest(before):
    frames = quarter()
    for i in range(3):
        frames = {
            **frames,
            "buildings": pd.concat(
                [frames["buildings"], frame({"id": [f"n{i}"], "floors": [1], "households": [11]}, [box(20 + 40 * i, 3, 12, 10)])], ignore_index=True
            ),
        }
    after = make_plan(prepared(frames).ground, previous=before)
    assert_partition(after)
    new = after.units.index.difference(before.units.index)
    assert len(new) > 0
    assert new.min() > before.units.index.max()
    assert not set(after.units.loc[new, "code"]) & set(before.units["code"])


def test_buildings_are_known_by_place_when_their_ids_are_new(before):
    frames = quarter()
    frames["buildings"] = frames["buildings"].assign(id=[f"x{i}" for i in range(len(frames["buildings"]))])
    after = make_plan(prepared(frames).ground, previous=before)
    assert after.leaf.tolist() == before.leaf.tolist()


def test_an_id_that_has_wandered_is_not_the_same_house(before):
    base = before.base
    swapped = replace(base, cells=base.cells.assign(building=base.cells["building"].to_numpy()[::-1]))
    match = match_cells(base, swapped)
    middle = shapely.point_on_surface(base.cells.geometry.to_numpy())
    assert (shapely.distance(middle[match[match >= 0]], middle[match >= 0]) <= 30).all()


def test_a_base_is_itself(before):
    assert match_atoms(before.base, before.base).tolist() == np.arange(len(before.base.atoms)).tolist()
    assert (before.leaf != NO_UNIT).all()
