"""What lies between two states: nothing between equals, the mirror image the other way, and sums that go up, also where cells were cut."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geogrid.edit import ABSENT, Create, Merge, Move, Rename, Reparent, State, apply
from geogrid.edit.diff import diff_states, owners
from geogrid.edit.reference import parse_reference
from geogrid.errors import EditError, InputError, NotFoundError
from geogrid.exchange.differences import COLUMNS, difference_bytes, difference_frame, write_difference
from geogrid.plan import NO_UNIT
from tests.edits_drawn import draw
from tests.tiny import EAST, LEVELS, WEST, tiny_plan

FIRST = State.of(tiny_plan())


def done(state: State, *edits) -> State:
    for edit in edits:
        state = apply(state, edit).state
    return state


def walk(state: State, seeds: list[int]) -> State:
    """Apply some random edits; those that are refused change nothing."""
    for seed in seeds:
        pick = np.random.default_rng(seed).integers
        try:
            state = apply(state, draw(state, lambda n, pick=pick: int(pick(n)))).state
        except (EditError, NotFoundError):
            continue
    return state


WALKS = st.lists(st.integers(0, 10_000), min_size=1, max_size=6)


@pytest.mark.parametrize("level", LEVELS)
def test_equal_states_differ_in_nothing(level: str):
    diff = diff_states(FIRST, State.of(tiny_plan()), level)
    assert not diff
    assert len(diff.units) == len(diff.pieces) == diff.households == diff.cells == 0


def test_a_home_that_moves_is_a_piece_with_its_households_and_changes_two_grids():
    after = done(FIRST, Move(("10-1-1",), EAST + "002"))
    diff = diff_states(FIRST, after, "grid")
    piece = diff.pieces.iloc[0]
    assert (piece["from"], piece["to"], piece["households"], piece["cells"], piece["doors"], piece["whole"]) == (
        WEST + "002",
        EAST + "002",
        14,
        1,
        1,
        True,
    )
    assert piece["geometry"].equals(FIRST.ground.geometry[9])
    rows = diff.units.set_index("code_after")
    assert rows["change"].tolist() == ["land", "land"]
    assert (rows.loc[WEST + "002", "households_before"], rows.loc[WEST + "002", "households_after"]) == (37, 23)
    assert (rows.loc[EAST + "002", "area_m2_before"], rows.loc[EAST + "002", "area_m2_after"]) == (10_000, 12_500)
    assert all(diff_states(FIRST, after, level) for level in LEVELS)


def test_floors_that_move_are_a_piece_that_is_not_whole():
    after = done(FIRST, Move(("1-1-1",), WEST + "001002"))
    (piece,) = diff_states(FIRST, after, "microgrid").pieces.itertuples()
    assert (piece.households, piece.cells, piece.atoms, piece.whole) == (4, 1, 1, False)
    assert not diff_states(FIRST, after, "grid")


def test_homes_that_move_the_same_way_are_one_piece_where_they_touch_and_two_where_not():
    side = done(FIRST, Move(("1-1-1", "1-2-1", "1-3-1", "1-4-1", "1-5-1", "1-6-1", "2-1-1"), WEST + "002"))
    assert diff_states(FIRST, side, "grid").pieces["households"].tolist() == [36]
    corner = done(FIRST, Move(("2-1-1", "5-1-1"), WEST + "002"))
    assert diff_states(FIRST, corner, "grid").pieces["households"].tolist() == [10, 12]  # west to east


def test_land_that_leaves_all_units_goes_to_none():
    diff = diff_states(FIRST, done(FIRST, Move(("13-1-1",), None)), "grid")
    assert (diff.pieces.iloc[0]["to"], diff.pieces.iloc[0]["to_unit"]) == ("", NO_UNIT)
    assert diff.units["code_after"].tolist() == [WEST + "002"]


def test_units_that_come_go_and_change_their_names_are_told_apart():
    new = done(FIRST, Create("grid", WEST, "新网格", ("10-1-1",)))
    assert sorted(diff_states(FIRST, new, "grid").units["change"]) == ["land", "new"]
    merged = done(FIRST, Merge((WEST + "001", WEST + "002"), WEST + "001"))
    assert sorted(diff_states(FIRST, merged, "grid").units["change"]) == ["land", "retired"]
    named = diff_states(FIRST, done(FIRST, Rename(WEST, "别名")), "community")
    assert (named.units["change"].tolist(), named.units["name_after"].tolist(), named.households) == (["name"], ["别名"], 0)


def test_a_new_parent_is_a_new_code_of_the_same_unit_and_moves_no_land_on_its_level():
    after = done(FIRST, Reparent(WEST + "002", EAST))
    (row,) = diff_states(FIRST, after, "grid").units.itertuples()
    assert (row.change, row.code_before, row.code_after, row.parent_after) == ("code parent", WEST + "002", EAST + "003", EAST)
    assert len(diff_states(FIRST, after, "grid").pieces) == 0
    assert diff_states(FIRST, after, "community").households == 37


@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(seeds=WALKS, others=WALKS, level=st.sampled_from(LEVELS))
def test_the_way_back_is_the_mirror_image(seeds: list[int], others: list[int], level: str):
    a = walk(FIRST, seeds)
    b = walk(FIRST.on(a.ground), others)  # one ground: what a reshape of `b` cuts comes after the cells of `a`
    there, back = diff_states(a, b, level), diff_states(b, a, level)
    assert there.units.index.sort_values().equals(back.units.index.sort_values())
    turned = back.units.loc[there.units.index]
    for name in ("code", "name", "parent", "kind", "status", "households", "children", "area_m2", "polsby_popper"):
        pd.testing.assert_series_equal(there.units[name + "_before"], turned[name + "_after"], check_names=False)
    mirrored = back.pieces.rename(columns={"from": "to", "to": "from"})
    key = ["from", "to", "households", "cells", "atoms"]
    assert sorted(map(tuple, there.pieces[key].to_numpy())) == sorted(map(tuple, mirrored[key].to_numpy()))
    assert there.pieces.area.sum() == pytest.approx(back.pieces.area.sum())


def is_alike(a: State, b: State, unit: int) -> bool:
    """Tell whether a unit holds the same households and land; a cell that a cut next to it gave a vertex has a new number, and so have its atoms."""

    def held(state: State) -> tuple[int, shapely.Geometry]:
        atoms = state.atoms_below(unit)
        return int(state.ground.households[atoms].sum()), shapely.union_all(state.ground.geometry[np.unique(state.ground.cell[atoms])])

    (households_a, land_a), (households_b, land_b) = held(a), held(b)
    return households_a == households_b and land_a.symmetric_difference(land_b).area < 1e-6


@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(seeds=WALKS, level=st.sampled_from(LEVELS))
def test_what_units_have_after_is_what_they_had_and_what_moved_in_less_what_moved_out(seeds: list[int], level: str):
    b = walk(FIRST, seeds)
    diff = diff_states(FIRST, b, level)
    pieces = diff.pieces.assign(area=diff.pieces.area)
    sums = {side: pieces.groupby(f"{side}_unit")[["households", "area"]].sum() for side in ("from", "to")}
    moved = sums["to"].reindex(diff.units.index).fillna(0) - sums["from"].reindex(diff.units.index).fillna(0)
    units = diff.units.fillna({f"{name}_{side}": 0 for name in ("households", "area_m2") for side in ("before", "after")})
    assert (units["households_after"] - units["households_before"]).tolist() == moved["households"].tolist()
    if level != "microgrid":  # stacked units share their ground
        assert (units["area_m2_after"] - units["area_m2_before"]).tolist() == pytest.approx(moved["area"].tolist())
    unchanged = [unit for unit in FIRST.units if unit not in diff.units.index and FIRST.units[unit].level == level]
    assert all(FIRST.units[unit].code == b.units[unit].code and is_alike(FIRST, b, unit) for unit in unchanged)


def _with_middle(x: float, south: float, north: float) -> list[tuple[float, float]]:
    return [(x, north), (x, (south + north) / 2), (x, south)]


def cut(state: State, to: int) -> State:
    """Cut cell 10 (14 households) in two, 9 and 5 of them; the west part goes to the micro-grid `to`, and cell 9 beside it becomes a new cell."""
    ground = state.ground
    whole, beside = ground.geometry[9], ground.geometry[8]
    west, south, east, north = whole.bounds
    parts = [shapely.box(west, south, west + 20, north), shapely.box(west + 20, south, east, north)]
    left = beside.bounds[0]
    again = shapely.Polygon(
        [*[xy for xy in beside.exterior.coords[:-1] if xy[0] > left], *_with_middle(left, *beside.bounds[1::2])]
    )  # one vertex more
    number = int(ground.cells.index[-1])
    rows = ground.cells.loc[[10, 10, 9]].set_geometry(gpd.GeoSeries([*parts, again], index=[10, 10, 9], crs=ground.crs))
    rows.index = pd.RangeIndex(number + 1, number + 4, name=ground.cells.index.name)
    atoms = ground.atoms[ground.atoms["cell"].isin([9, 10])].sort_values("cell", ascending=False)
    atoms = pd.concat([atoms.iloc[[0]], atoms.iloc[[0]], atoms.iloc[1:]]).assign(cell=rows.index, households=[9, 5, 11])
    atoms = atoms.assign(code=[f"{cell}-1-1" for cell in atoms["cell"]])
    atoms.index = pd.RangeIndex(int(ground.atoms.index[-1]) + 1, int(ground.atoms.index[-1]) + 4, name=ground.atoms.index.name)
    longer = state.on(ground.with_cells(rows, atoms))
    leaf = longer.leaf.copy()
    old = np.flatnonzero(np.isin(longer.ground.atoms["cell"].to_numpy(), [9, 10]))
    leaf[-3:] = [to, leaf[old[1]], leaf[old[0]]]
    leaf[old] = ABSENT
    return State.made(longer.ground, state.scheme, leaf, state.units.values(), version=state.version + 1)


@pytest.mark.parametrize("back", [False, True])
def test_a_cell_that_was_cut_is_compared_by_area_and_its_neighbour_has_not_moved(back: bool):
    target = FIRST.find(WEST + "001003")
    after = cut(FIRST, target)
    diff = diff_states(after, FIRST, "microgrid") if back else diff_states(FIRST, after, "microgrid")
    (piece,) = diff.pieces.itertuples()
    assert (piece.households, piece.geometry.area, piece.cells, piece.whole) == (9, 1000.0, 1, True)
    assert {piece.from_unit, piece.to_unit} == {target, FIRST.find(WEST + "002002")}
    assert set(diff.units.index) == {piece.from_unit, piece.to_unit}
    assert owners(FIRST.on(after.ground), "grid")[-3:].tolist() == [ABSENT] * 3


def test_two_cuts_of_one_cell_are_compared_part_by_part():
    one, other = cut(FIRST, FIRST.find(WEST + "001003")), cut(FIRST, FIRST.find(WEST + "002001"))
    # as if both drafts stood on one ground: the second's cells follow the first's
    ground, more = one.ground, 3
    cells = other.ground.cells.iloc[-more:].set_index(pd.RangeIndex(int(ground.cells.index[-1]) + 1, int(ground.cells.index[-1]) + 1 + more))
    atoms = other.ground.atoms.iloc[-more:].assign(cell=cells.index.to_numpy())
    atoms = atoms.assign(code=[f"{cell}-1-1" for cell in atoms["cell"]]).set_index(atoms.index + more)
    longer = ground.with_cells(cells, atoms)
    a = one.on(longer)
    leaf = np.r_[other.leaf[:-more], [ABSENT] * more, other.leaf[-more:]].astype(np.int32)
    b = State.made(longer, other.scheme, leaf, other.units.values())
    diff = diff_states(a, b, "microgrid")
    assert (diff.households, diff.pieces["from"].tolist(), diff.pieces["to"].tolist()) == (9, [WEST + "001003"], [WEST + "002001"])


def test_units_that_two_drafts_made_under_one_id_are_told_apart():
    one = replace(done(FIRST, Create("grid", WEST, "甲", ("13-1-1",))), plan="d1")
    other = replace(done(FIRST, Create("grid", EAST, "乙", ("11-1-1",))), plan="d2")
    assert one.next_id == other.next_id
    rows = diff_states(one, other, "grid").units
    made = rows[rows["change"].isin(["new", "retired"])]
    assert sorted(zip(made["change"], made["name_before"], made["name_after"], strict=True)) == [("new", "", "乙"), ("retired", "甲", "")]
    assert made.index.is_unique


def test_files_name_every_changed_unit_and_piece_and_nothing_runs_in_a_spreadsheet():
    after = done(FIRST, Move(("10-1-1",), EAST + "002"), Rename(WEST + "002", "=1+1"))
    diff = diff_states(FIRST, after, "grid")
    frame = difference_frame(diff)
    assert frame["feature"].tolist() == ["unit", "unit", "piece"]
    assert set(COLUMNS) < set(frame.columns)
    table = difference_bytes(diff, ".csv", {"simulated": True}).decode("utf-8-sig")
    assert "'=1+1" in table
    assert ",=1+1" not in table
    assert difference_bytes(diff, ".geojson") == difference_bytes(diff_states(FIRST, after, "grid"), ".geojson")


def test_a_file_appears_whole_and_another_ending_is_refused(tmp_path):
    diff = diff_states(FIRST, done(FIRST, Rename(WEST, "别名")), "community")
    write_difference(diff, tmp_path / "a.geojson", {"name": "x"})
    assert gpd.read_file(tmp_path / "a.geojson")["name_after"].tolist() == ["别名"]
    with pytest.raises(InputError):
        write_difference(diff, tmp_path / "a.shp")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.geojson"]


def test_a_plan_that_nobody_knows_and_a_day_that_is_none_are_refused():
    assert str(parse_reference("d1@3", ["main", "d1"])) == "d1@3"
    with pytest.raises(NotFoundError):
        parse_reference("d7", ["main", "d1"])
    with pytest.raises(InputError):
        parse_reference("d1@2026-02-30", ["main", "d1"])


def test_figures_of_a_difference_rest_on_no_state_but_the_two():
    a = replace(FIRST, version=7)
    assert diff_states(a, done(a, Rename(WEST, "别名")), "community").units["code_before"].tolist() == [WEST]
