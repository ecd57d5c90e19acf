"""A plan assigns atoms to units; every polygon is derived from it."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.errors import SchemeError
from geogrid.plan import ATOM_COLUMNS, CELL_COLUMNS, NO_UNIT, UNIT_COLUMNS, Plan
from tests.tiny import EAST, HOMES, LEVELS, SCRIPT, WEST, tiny_base, tiny_plan


def with_leaf(plan: Plan, leaf: np.ndarray) -> Plan:
    return replace(plan, leaf=leaf, _derived={})


def test_the_tables_have_the_promised_columns():
    plan = tiny_plan()
    assert set(CELL_COLUMNS) == set(plan.base.cells.columns)
    assert set(ATOM_COLUMNS) == set(plan.base.atoms.columns)
    assert set(UNIT_COLUMNS) == set(plan.units.columns)


def test_an_atom_belongs_to_its_leaf_and_all_that_lies_above():
    plan = tiny_plan()
    code = plan.units["code"]
    last = {level: code[plan.owner(level)[-1]] for level in LEVELS}
    assert last == {"community": EAST, "grid": EAST + "002", "microgrid": EAST + "002002"}


def test_a_leaf_of_a_higher_level_has_no_owner_below():
    plan = tiny_plan()
    grid = int(plan.units.index[plan.units["code"] == WEST + "001"][0])
    leaf = plan.leaf.copy()
    leaf[0] = grid
    at = with_leaf(plan, leaf)
    assert at.owner("grid")[0] == grid
    assert at.owner("microgrid")[0] == NO_UNIT
    assert at.owner("community")[0] == plan.owner("community")[0]


def test_an_atom_without_a_leaf_belongs_to_nobody():
    leaf = np.full(len(tiny_base().atoms), NO_UNIT)
    plan = with_leaf(tiny_plan(), leaf)
    for level in LEVELS:
        assert (plan.owner(level) == NO_UNIT).all()
        frame = plan.frame(level)
        assert frame.geometry.isna().all()
        assert frame["households"].sum() == 0
        assert (frame["area_m2"].isna() | (frame["area_m2"] == 0)).all()


def test_a_frame_lists_the_units_by_code_with_their_figures():
    frame = tiny_plan().frame("grid")
    assert frame.index.tolist() == [WEST + "001", WEST + "002", EAST + "001", EAST + "002"]
    assert frame.loc[WEST + "001", ["name", "parent", "kind", "households", "persons", "area_m2", "stacked"]].tolist() == [
        "第A网格", WEST, "base", 46, 138, 10_000.0, 1,
    ]  # fmt: skip
    assert frame.index.name == "code"
    assert frame["kind"].tolist() == ["base", "base", "dedicated", "base"]
    assert tiny_plan().frame("community").loc[EAST, "name"] == SCRIPT


def test_stacked_units_know_their_floors_and_share_a_footprint():
    frame = tiny_plan().frame("microgrid")
    tower = frame.iloc[:2]
    assert tower["stacked"].tolist() == [2, 2]
    assert tower[["floor_from", "floor_to"]].to_numpy().tolist() == [[1, 3], [4, 6]]
    assert tower.geometry.iloc[0].equals(tower.geometry.iloc[1])
    assert frame.iloc[2:][["floor_from", "floor_to"]].isna().all(axis=None)
    assert (frame.iloc[2:]["stacked"] == 1).all()


def test_an_unknown_level_is_refused_by_name():
    with pytest.raises(SchemeError, match="did you mean 'grid'"):
        tiny_plan().frame("gird")
    with pytest.raises((SchemeError, KeyError)):
        tiny_plan().owner("gird")


def test_a_frame_is_derived_once():
    plan = tiny_plan()
    assert plan.frame("grid") is plan.frame("grid")
    assert with_leaf(plan, plan.leaf).frame("grid") is not plan.frame("grid")


def test_a_plan_without_units_has_empty_frames():
    plan = replace(tiny_plan(), units=tiny_plan().units.iloc[:0], leaf=np.full(len(tiny_base().atoms), NO_UNIT), _derived={})
    for level in LEVELS:
        assert len(plan.frame(level)) == 0


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(3, 15), min_size=sum(len(h) or 1 for h in HOMES.values()) + 7, max_size=60))
def test_whatever_is_assigned_the_derived_polygons_nest_and_cover_what_is_assigned(leaves: list[int]):
    plan = tiny_plan()
    n = len(plan.leaf)
    leaf = np.resize(np.where(np.array(leaves) > 14, NO_UNIT, leaves), n)
    free = with_leaf(plan, leaf)
    units = free.units
    for level, above in zip(LEVELS[1:], LEVELS, strict=False):
        lower, upper = free.frame(level), free.frame(above)
        for code, row in lower[~lower.geometry.isna()].iterrows():
            assert upper.loc[row["parent"], "geometry"].covers(row.geometry), code
        owner = free.owner(level)
        held = np.unique(free.base.cell_position[owner != NO_UNIT])
        assert lower.area.sum() >= shapely.area(free.base.cells.geometry.to_numpy()[held]).sum() - 1e-6
        assert lower["households"].sum() == free.base.atoms["households"].to_numpy()[owner != NO_UNIT].sum()
    assert set(units.loc[pd.unique(leaf[leaf != NO_UNIT]), "level"]) <= set(LEVELS)
