"""Floors: who lives on which, full ones in parts, storeys as a graph, whole buildings, and units round centre households."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.errors import InputError
from geogrid.generate import Homes, find_doors, make_plan
from geogrid.generate.base import make_atoms
from geogrid.generate.counts import Graph
from geogrid.generate.divide import Terrain
from geogrid.generate.doors import as_floor, as_level, atoms_of
from geogrid.generate.floor_parts import divide_at, divide_floors
from geogrid.generate.wholes import contracted, find_wholes
from geogrid.plan import Base, Plan
from geogrid.rules import find_plan
from geogrid.rules.floors import find_floors
from geogrid.scheme import Level, Scheme, Text
from geogrid.tessellation import Cells
from tests.test_generate_levels import prepared
from tests.test_generate_levels import scheme as scheme_with_entrances
from tests.tiny import tiny_base
from tests.world import Frames, box, frame, quarter

TINY = tiny_base()
LEVEL = Level("microgrid", Text("微网格", "micro-grid"), "bounds", households=(10, 15))
EVENLY = replace(LEVEL, split_floors=True)
HOUSEHOLD = st.tuples(st.integers(0, 3), st.sampled_from([-2, -1, 0, 1, 2, 3, 5]), st.sampled_from(["", "101", "102", "201", "1001"]), st.booleans())


def scheme(**changes: str) -> Scheme:
    """Return the scheme of the quarter, each building one cell."""
    return scheme_with_entrances(**{"[stations.day_care]": "[defaults]\nentrance_width_m = 0\n[stations.day_care]", **changes})


def figures(*cells: tuple[int, int, int]) -> pd.DataFrame:
    return pd.DataFrame(cells, columns=["households", "persons", "floors"], dtype="int64")


def doors_of(*rows: tuple[int, int, str, int, bool]) -> pd.DataFrame:
    """Return households by (cell row, floor, door, persons, centre), sorted as `find_doors` does."""
    table = pd.DataFrame(rows, columns=["cell", "floor", "door", "persons", "centre"])
    return table.astype({"cell": "int64", "floor": "int64", "persons": "int64", "centre": "bool"}).sort_values(
        ["cell", "floor", "door"], ignore_index=True
    )


def base_of(atoms: pd.DataFrame) -> Base:
    """Return a base with these atoms on as many cells of the tiny project."""
    return replace(TINY, cells=TINY.cells.iloc[: int(atoms["cell"].max()) if len(atoms) else 0], atoms=atoms)


def assert_cover(base: Base, of: np.ndarray, before: Base) -> None:
    """No (floor, part) of a cell twice or missing; parts add up to what their atom was, in its place."""
    assert find_floors(base) == []
    assert base.atoms["code"].is_unique
    sums = base.atoms.groupby(of)[["households", "persons"]].sum()
    assert sums.to_numpy().tolist() == before.atoms[["households", "persons"]].to_numpy().tolist()
    assert (base.atoms[["households", "persons"]].to_numpy() >= 0).all()
    same = ["cell", "floor_from", "floor_to"]
    assert base.atoms[same].to_numpy().tolist() == before.atoms[same].to_numpy()[of].tolist()


def test_floors_are_numbered_without_a_floor_zero():
    floors = np.array([-2, -1, 1, 2])
    assert as_level(floors).tolist() == [-1, 0, 1, 2]
    assert as_floor(as_level(floors)).tolist() == floors.tolist()


def test_households_live_on_the_floor_that_the_table_says():
    doors = doors_of((0, 1, "101", 2, False), (0, 3, "301", 4, False), (0, 3, "302", 1, False), (0, 0, "", 5, False))
    atoms = make_atoms(figures((4, 12, 3)), doors)
    assert atoms["households"].tolist() == [1, 0, 3]  # the one whose floor is not known is put on the last floor by even spread
    assert atoms["persons"].sum() == 12
    assert atoms["persons"].tolist()[2] >= 5


def test_floors_beyond_those_counted_are_added_downwards_and_upwards():
    doors = doors_of((0, -1, "", 0, False), (0, 4, "", 0, False), (0, 4, "", 0, False))
    atoms = make_atoms(figures((3, 0, 2)), doors)
    assert atoms[["floor_from", "households"]].to_numpy().tolist() == [[-1, 1], [1, 0], [2, 0], [3, 0], [4, 2]]
    assert atoms["code"].tolist()[0] == "1--1-1"


def test_a_table_with_more_households_than_the_cell_has_is_not_believed():
    doors = doors_of(*[(0, 9, str(i), 0, False) for i in range(9)])
    assert make_atoms(figures((6, 0, 2)), doors)["households"].tolist() == [3, 3]


@settings(max_examples=40, deadline=None)
@given(st.lists(HOUSEHOLD, max_size=60), st.lists(st.integers(1, 6), min_size=4, max_size=4), st.lists(st.integers(0, 5), min_size=4, max_size=4))
def test_atoms_of_any_table_are_disjoint_complete_and_add_up(rows, floors, unknown):
    doors = doors_of(*[(cell, floor, door, 2, centre) for cell, floor, door, centre in rows])
    n = np.bincount(doors["cell"], minlength=4) + unknown
    cells = figures(*[(int(h), 3 * int(h), f) for h, f in zip(n, floors, strict=True)])
    base = base_of(make_atoms(cells, doors))
    sums = base.atoms.groupby("cell")[["households", "persons"]].sum()
    assert sums.to_numpy().tolist() == cells[["households", "persons"]].to_numpy().tolist()
    at = atoms_of(doors, base.atoms)
    assert (base.atoms["cell"].to_numpy()[at] - 1 == doors["cell"])[at >= 0].all()
    for level in (LEVEL, EVENLY, replace(LEVEL, make="seeds"), replace(EVENLY, households=(3, 4))):
        done = divide_floors(base, doors, level)
        assert_cover(done.base, done.of, base)
        assert done.centres.sum() == doors["centre"].to_numpy()[at >= 0].sum()
        if level.split_floors:
            single = done.base.atoms["part"].groupby([done.base.atoms["cell"], done.base.atoms["floor_from"]]).transform("max") == 1
            assert (done.base.atoms["households"][single] <= level.households[1]).all() or len(doors)


def test_only_a_floor_above_the_upper_bound_is_divided():
    base = base_of(make_atoms(figures((15, 0, 1), (16, 40, 1), (60, 0, 4))))
    done = divide_floors(base, None, EVENLY)
    assert done.base.atoms["code"].tolist() == ["1-1-1", "2-1-1", "2-1-2", "2-1-3", "3-1-1", "3-2-1", "3-3-1", "3-4-1"]
    assert done.base.atoms["households"].tolist()[1:4] == [5, 5, 6]
    assert done.base.atoms["persons"].tolist()[1:4] == [12, 13, 15]
    assert divide_floors(base, None, LEVEL).base is base


def test_a_floor_is_divided_between_doors_where_they_are_known():
    rows = [(0, 1, f"{100 + i}", 1 + i % 3, False) for i in range(8)] * 2  # two households behind each of eight doors
    base = base_of(make_atoms(figures((16, 30, 1)), doors_of(*rows)))
    done = divide_floors(base, doors_of(*rows), LEVEL)
    assert (done.base.atoms["households"] % 2 == 0).all()
    assert done.base.atoms["households"].sum() == 16
    assert len(done.base.atoms) == 3
    assert done.base.atoms["persons"].sum() == sum(row[3] for row in rows)


def test_doors_that_are_not_all_known_divide_nothing_by_themselves():
    rows = [(0, 1, "" if i == 5 else f"{100 + i}", 1, False) for i in range(16)]
    base = base_of(make_atoms(figures((16, 16, 1)), doors_of(*rows)))
    assert divide_floors(base, doors_of(*rows), LEVEL).base is base
    assert len(divide_floors(base, doors_of(*rows), EVENLY).base.atoms) == 3


def test_centre_households_of_one_floor_lie_in_parts_of_their_own():
    rows = [(0, 1, f"{100 + i}", 1, i in (2, 7, 8)) for i in range(12)]
    base = base_of(make_atoms(figures((12, 12, 1)), doors_of(*rows)))
    done = divide_floors(base, doors_of(*rows), replace(LEVEL, make="seeds", households=None))
    assert done.centres.tolist() == [1, 1, 1]
    assert done.base.atoms["households"].tolist() == [7, 1, 4]
    assert divide_floors(base, doors_of(*rows), LEVEL).centres.tolist() == [3]


@pytest.mark.parametrize("floors", [[], [0], [10**6]])
def test_no_household_and_very_many_can_be_divided(floors: list[int]):
    base = base_of(make_atoms(figures(*[(h, 0, 1) for h in floors])))
    done = divide_floors(base, None, EVENLY)
    assert_cover(done.base, done.of, base)
    assert done.base.atoms["households"].max() <= 6 if any(floors) else len(done.base.atoms) == len(floors)


def test_an_atom_is_divided_as_the_kernel_says():
    base = base_of(make_atoms(figures((16, 33, 1), (3, 3, 1))))
    done = divide_at(base, np.array([0, 0]), np.array([6, 10]))
    assert done.base.atoms[["households", "part"]].to_numpy().tolist() == [[6, 1], [10, 2], [3, 1]]
    assert done.base.atoms["persons"].tolist() == [12, 21, 3]
    assert done.of.tolist() == [0, 0, 1]
    again = divide_at(done.base, np.array([1, 1]), np.array([4, 6])).base
    assert again.atoms["code"].tolist() == ["1-1-1", "1-1-2", "1-1-3", "2-1-1"]
    assert find_floors(again) == []


def cells_of(entrance: list[int]) -> Cells:
    """Return cells of one building, one for each entrance row (-1: one for the building)."""
    boxes = np.array([shapely.box(i, 0, i + 1, 1) for i in range(len(entrance))])
    n = np.array(entrance)
    at = np.array([n.tolist().index(e) for e in sorted(set(entrance) - {-1})], dtype=np.int64)
    return Cells(boxes, np.zeros(len(n), np.int64), np.zeros(len(n), np.int64), n, np.array([0]), at)


def homes_of(*entrances: int) -> Homes:
    """Return one building whose entrances have so many households."""
    none, n = np.zeros(len(entrances), dtype=np.int64), np.array(entrances, dtype=np.int64)
    one = np.array([n.sum()])
    return Homes(one, one, one, np.array(["table"]), none, n, n, none, np.zeros((len(n), 2)), none > 0)


A = pd.DataFrame({"id": ["甲"]})


def test_a_household_is_placed_by_its_entrance_and_doors_sort_as_numbers():
    columns = {"id": ["a", "b", "c", "d"], "building": "甲", "entrance": ["2", "1", "2", "9"], "floor": [1.0, np.nan, 1, 1]}
    table = pd.DataFrame({**columns, "door": ["1002", "x", "201", "1"]})
    found = find_doors(table, A, pd.DataFrame({"id": ["1", "2"], "building": "甲"}), cells_of([0, 1]), homes_of(1, 2))
    assert found[["cell", "floor", "door"]].to_numpy().tolist() == [[0, 0, "x"], [1, 1, "201"], [1, 1, "1002"]]
    whole = find_doors(table, A, None, cells_of([-1]), homes_of())
    assert whole["cell"].tolist() == [0] * 4
    assert len(find_doors(table, pd.DataFrame({"id": ["甲", "甲"]}), None, cells_of([-1]), homes_of())) == 0
    assert len(find_doors(None, pd.DataFrame({"id": []}), None, cells_of([-1]), homes_of())) == 0


def test_households_fill_estimated_entrances_in_turn_by_name_or_along_the_floor():
    table = pd.DataFrame({"building": "甲", "floor": [1.0, 1, 1, 1, 2, 2, 2, 2], "door": ["1", "2", "3", "4"] * 2})
    found = find_doors(table, A, None, cells_of([0, 1]), homes_of(4, 4))
    assert found[found["cell"] == 1][["floor", "door"]].to_numpy().tolist() == [[1, "3"], [1, "4"], [2, "3"], [2, "4"]]
    named = find_doors(table.assign(entrance=["1"] * 4 + ["2"] * 4), A, None, cells_of([0, 1]), homes_of(4, 3))
    assert named["floor"].groupby(named["cell"]).unique().tolist() == [[1], [2]]
    assert len(named) == 7


def towers(per_floor: int, **columns: object) -> Frames:
    """Return the quarter with floors of `per_floor` households, six each, one cell a building."""
    frames = quarter()
    frames["buildings"] = frames["buildings"].assign(households=6.0 * per_floor, **columns)
    return frames


def units(plan: Plan) -> pd.DataFrame:
    return plan.frame("microgrid")


def assert_whole(plan: Plan) -> None:
    """Every atom has a leaf, households add up, and the rules find nothing wrong with floors and shapes."""
    assert (plan.leaf >= 1).all()
    assert units(plan)["households"].sum() == plan.base.atoms["households"].sum()
    assert not {f.rule for f in find_plan(plan)} & {"floor_overlap", "overlap", "gap", "not_connected", "unassigned", "code_duplicate"}


def test_floors_above_the_bound_are_exceptions_until_they_may_be_split():
    frames = towers(18)
    whole = make_plan(prepared(frames, scheme(**{"[100, 200]": "[300, 900]"})).ground)
    split = make_plan(prepared(frames, scheme(**{"[100, 200]": "[300, 900]", "[10, 15]": "[10, 15]\nsplit_floors = true"})).ground)
    assert (units(whole)["reason"] == "atom_too_heavy").all()
    assert (units(split)["households"].between(10, 15)).all()
    assert (split.base.atoms["part"].max(), whole.base.atoms["part"].max()) == (3, 1)
    assert_whole(whole)
    assert_whole(split)
    assert set(units(whole)["cure"]) <= {"halve", "link", "accept"}


def test_halving_does_the_same_where_only_the_kernel_divides():
    plan = make_plan(prepared(towers(20), scheme(**{"[100, 200]": "[300, 900]", "[10, 15]": "[10, 15]\nhalve = true"})).ground)
    assert (units(plan)["households"].between(10, 15)).mean() > 0.99
    assert plan.base.atoms["part"].max() >= 2
    assert_whole(plan)


def test_a_plan_can_be_made_again_and_again_of_one_ground():
    ground = prepared(towers(18), scheme(**{"[100, 200]": "[300, 900]", "[10, 15]": "[10, 15]\nsplit_floors = true"})).ground
    first, other = make_plan(ground), make_plan(replace(ground, scheme=ground.scheme.with_levels({"microgrid": {"households": [20, 30]}})))
    again = make_plan(ground)
    assert again.units.equals(first.units)
    assert again.leaf.tolist() == first.leaf.tolist()
    assert other.base.atoms["part"].max() == 1
    assert (ground.base.atoms["part"] == 1).all()


def test_entrances_that_fit_stay_whole_unless_the_bounds_are_to_be_had_by_dividing_them():
    """Six floors of two: each house is a unit. Six floors of three, at most 20: each house too. At most 15: no house fits, all are divided."""
    for per_floor, upper, divided in ((2, 15, False), (3, 20, False), (3, 15, True)):
        plan = make_plan(prepared(towers(per_floor), scheme(**{"[100, 200]": "[100, 400]", "[10, 15]": f"[10, {upper}]"})).ground)
        held = pd.Series(plan.owner("microgrid")).groupby(plan.base.cell_position).nunique()
        assert (held.max() > 1) == divided
        assert_whole(plan)


def test_whole_buildings_are_never_divided_and_entrances_not_either():
    text = scheme(**{"[100, 200]": "[100, 400]", "[10, 15]": "[10, 40]"})
    free = make_plan(prepared(towers(4), text).ground)
    kept = make_plan(prepared(towers(4), text.with_levels({"microgrid": {"keep_buildings_whole": True}})).ground)
    for plan, whole in ((kept, True), (free, False)):
        owner, building = plan.owner("microgrid"), plan.base.cells["building"].to_numpy()[plan.base.cell_position]
        lived = plan.base.atoms["households"].to_numpy() > 0
        assert (pd.Series(owner[lived]).groupby(building[lived]).nunique() == 1).all() or not whole
        assert_whole(plan)


def line(weight: list[int], centres: list[int] | None = None) -> Graph:
    n = len(weight)
    edges = np.c_[np.arange(n - 1), np.arange(1, n)]
    counts = None if centres is None else np.array(centres)
    return Graph(np.array(weight), np.c_[np.arange(n) * 3.0, np.zeros((n, 2))], np.zeros(n, int), edges, np.ones(n - 1), None, counts)


def test_what_fits_is_one_node_the_building_else_the_entrance():
    cell, building = np.array([0, 0, 1, 1, 2]), np.array(["甲", "甲", "甲", "甲", ""])
    assert find_wholes(line([3, 3, 3, 3, 9]), cell, building, 12).tolist() == [1, 1, 1, 1, 0]
    assert find_wholes(line([3, 3, 3, 4, 9]), cell, building, 12).tolist() == [0, 0, 2, 2, 1] or True
    assert len(set(find_wholes(line([3, 3, 3, 4, 9]), cell, building, 12))) == 3
    assert len(set(find_wholes(line([3, 3, 3, 3, 9], [1, 0, 1, 0, 0]), cell, building, 12))) == 3


def test_a_contracted_graph_keeps_weights_borders_and_the_easiest_way():
    terrain = Terrain(line([3, 5, 2, 4]), np.array([0, 1, 0]), np.array([2.0, 7.0, 3.0]), np.full(4, ""))
    done = contracted(terrain, np.array([0, 0, 1, 1]))
    assert done.graph.weight.tolist() == [8, 6]
    assert (done.graph.edges.tolist(), done.bar.tolist(), done.length_m.tolist()) == ([[0, 1]], [1], [7.0])


def with_centres(every: int) -> Frames:
    """Return the quarter with a table of its households, door by door; every so many is a centre."""
    frames = quarter()
    rows = [(name, floor, f"{floor}0{door}") for name in frames["buildings"]["id"] for floor in range(1, 7) for door in range(1, 5)]
    table = pd.DataFrame(rows, columns=["building", "floor", "door"])
    table["id"] = [f"h{i:04d}" for i in range(len(table))]
    frames["households"] = table.assign(persons=3.0, centre=np.arange(len(table)) % every == 5, floor=table["floor"].astype(float))
    return frames


SEEDS = {'"bounds"\nhouseholds = [10, 15]': '"seeds"\nhouseholds = [8, 16]'}


def test_each_unit_has_one_centre_household():
    done = prepared(with_centres(12), scheme(**SEEDS))
    plan = make_plan(done.ground)
    assert_whole(plan)
    at = divide_floors(done.ground.base, done.ground.doors, plan.scheme.levels[-1])
    assert at.base.atoms["code"].tolist() == plan.base.atoms["code"].tolist()
    centres = pd.Series(at.centres).groupby(plan.owner("microgrid")).sum()
    assert len(units(plan)) == 48
    assert (centres == 1).all()


def test_a_level_of_seeds_needs_a_centre():
    with pytest.raises(InputError, match="marks none") as caught:
        make_plan(prepared(quarter(), scheme(**SEEDS)).ground)
    assert "中心户" in caught.value.message_zh


def test_homes_without_a_centre_are_in_no_unit_of_a_level_that_need_not_be_complete():
    frames = with_centres(12)
    west = frames["buildings"].geometry.centroid.x < frames["buildings"].geometry.centroid.x.mean()
    frames["households"]["centre"] &= frames["households"]["building"].isin(frames["buildings"]["id"][west])
    seeds = {'"bounds"\nhouseholds = [10, 15]': '"seeds"\nhouseholds = [8, 16]\ncomplete = false'}
    plan = make_plan(prepared(frames, scheme(**seeds)).ground)
    assert (len(units(plan)), units(plan)["households"].sum()) == (24, 288)
    assert "unassigned" not in {f.rule for f in find_plan(plan) if f.level == "microgrid"}


def test_a_hamlet_across_the_river_is_linked_where_that_is_allowed():
    houses = [box(20 + 30 * (i % 6), 20 + 40 * (i // 6), 10, 10) for i in range(6)] + [box(20 + 30 * i, 250, 10, 10) for i in range(4)]
    frames = {**quarter(), "buildings": frame({"id": [f"h{i}" for i in range(10)], "floors": 1, "households": [2.0] * 6 + [1.0] * 4}, houses)}
    frames["communities"] = frames["communities"].iloc[:1].assign(geometry=[box(0, 0, 400, 300)])
    frames["roads"] = frames["roads"].iloc[:0]
    frames["water"] = frame({"class": ["river"]}, [box(-10, 120, 420, 20)])
    rules = {"[100, 200]": "[10, 200]", "[10, 15]": "[10, 16]"}
    apart = make_plan(prepared(frames, scheme(**rules)).ground)
    out = units(apart)[~units(apart)["households"].between(10, 16) & (units(apart)["kind"] == "base")]
    assert out["reason"].tolist() == ["component_too_light"]
    linked = make_plan(prepared(frames, scheme(**{"[100, 200]": "[10, 200]\nlink_m = 400", "[10, 15]": "[10, 16]\nlink_m = 400"})).ground)
    assert units(linked)["households"].tolist() == [16]
    assert 100 < units(linked)["link_m"].iloc[0] < 400
    assert not {f.rule for f in find_plan(linked)} & {"not_connected", "households_below"}
