"""Levels as the real systems have them: compounds kept whole and counted, stairwells, linked households, a fourth level under an existing three."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.cli.root import main
from geogrid.errors import InputError
from geogrid.generate import make_plan
from geogrid.plan import NO_UNIT, Plan
from geogrid.rules.plan import find_count
from geogrid.scheme import parse_scheme, read_scheme
from geogrid.store import open_project
from tests.test_generate_levels import prepared
from tests.world import EAST, SCHEME, WEST, Frames, box, frame, points, quarter, write

COMPOUNDS = """
[[levels]]
id = "community"
make = "given"
[[levels]]
id = "area"
make = "count"
count = 4
keep_compounds_whole = true
kinds = { base = {} }
code = { digits = 3 }
[[levels]]
id = "estate"
make = "compound"
code = { digits = 2 }
[[levels]]
id = "stairwell"
make = "entrance"
complete = false
code = { digits = 3 }
[defaults]
entrance_width_m = 0
"""
FENCES = {"甲": box(0, 0, 198, 148), "乙": box(0, 152, 198, 146), "丙": box(202, 0, 75, 148)}


def town(**more: pd.DataFrame) -> Frames:
    """Return the quarter with three compounds, a school in the north-east, and two entrances a slab in the first one."""
    frames = quarter() | more
    slabs = frames["buildings"]
    shop = frame({"id": ["店"], "floors": 1, "households": 0, "use": "商业"}, [box(100, 50, 30, 20)])
    frames["buildings"] = pd.concat([slabs, shop], ignore_index=True)
    spots = [(slab.bounds[0] + shift, slab.bounds[1]) for slab in slabs.geometry[:6] for shift in (10, 35)]
    doors = pd.DataFrame({"id": [f"e{i}" for i in range(12)], "building": np.repeat(slabs["id"][:6].to_numpy(), 2), "households": 12})
    frames["entrances"] = frame(doors.to_dict("list"), points([(x - 510_000, y - 4_056_000) for x, y in spots]))
    frames["compounds"] = frame({"code": list("abc"), "name": list(FENCES)}, list(FENCES.values()))
    return frames


def planned(text: str, frames: Frames) -> Plan:
    return make_plan(prepared(frames, parse_scheme(text, "own")).ground)


@pytest.fixture(scope="module")
def plan() -> Plan:
    return planned(COMPOUNDS.replace('make = "compound"', 'make = "compound"\ncount = 5'), town())


def test_an_area_never_splits_a_compound(plan: Plan):
    homes = (plan.base.cells["x"] > 0).to_numpy()[plan.base.cell_position] & (plan.base.atoms["households"] > 0).to_numpy()
    xy = plan.base.cells[["x", "y"]].to_numpy()[plan.base.cell_position][homes]
    areas = plan.owner("area")[homes]
    for fence in FENCES.values():
        west, south, east, north = fence.bounds
        inside = (xy[:, 0] > west) & (xy[:, 0] < east) & (xy[:, 1] > south) & (xy[:, 1] < north)
        assert len(np.unique(areas[inside])) == 1
    assert len(plan.frame("area")) == 4


def test_estates_are_the_compounds_and_what_is_beyond_says_why(plan: Plan):
    estates = plan.frame("estate")
    assert len(estates) == 5
    named = estates[estates["name"] != ""]
    assert sorted(named["name"]) == sorted(FENCES)
    assert set(named["reason"]) == {""}
    assert set(estates.loc[estates["name"] == "", "reason"]) == {"outside_compounds"}
    assert estates["households"].sum() == 576
    assert find_count(plan, "estate") == []


def test_a_stairwell_is_an_entrance_where_people_live_and_land_stays_with_its_estate(plan: Plan):
    stairs, estates = plan.frame("stairwell"), plan.frame("estate")
    assert len(stairs) == 12 + 18
    assert (stairs["households"] > 0).all()
    assert stairs["parent"].isin(estates.index).all()
    assert stairs.geometry.area.sum() < estates.geometry.area.sum()
    assert (plan.owner("estate") != NO_UNIT).all()
    land = (plan.base.atoms["households"] == 0).to_numpy()
    assert (plan.owner("stairwell")[land] == NO_UNIT).all()


@pytest.mark.parametrize("count", [3, 4, 5, 6, 8])
def test_a_level_of_compounds_is_brought_to_its_count(count: int):
    made = planned(COMPOUNDS.replace('make = "compound"', f'make = "compound"\ncount = {count}'), town())
    assert len(made.frame("estate")) == max(count, 4)  # a community's homes outside need one where no compound of their area takes them
    assert made.frame("estate")["households"].sum() == 576
    assert bool(find_count(made, "estate")) == (count < 4)


def test_without_a_count_each_group_of_homes_outside_is_one_unit():
    estates = planned(COMPOUNDS, town()).frame("estate")
    assert (estates["name"] != "").sum() == 3
    assert (estates["reason"] == "outside_compounds").sum() >= 1


def test_land_of_its_own_is_a_unit_that_says_so_while_the_count_lasts():
    frames = town()
    slabs = frames["buildings"]
    frames["buildings"] = slabs[[not box(200, 150, 200, 150).contains(slab) for slab in slabs.geometry]].reset_index(drop=True)
    text = COMPOUNDS.replace("count = 4", "count = 4\nhouseholds = [40, 160]") + "campus_m2 = 5000\n"  # the homes outside lie in one area
    with_school = planned(text.replace('make = "compound"', 'make = "compound"\ncount = 6'), frames).frame("estate")
    assert sorted(with_school["reason"]) == ["", "", "", "outside_compounds", "own_land", "own_land"]
    assert set(with_school.loc[with_school["reason"] == "own_land", "kind"]) == {"dedicated"}
    without = planned(text.replace('make = "compound"', 'make = "compound"\ncount = 4'), frames).frame("estate")
    assert sorted(without["reason"]) == ["", "", "", "outside_compounds"]
    assert without.geometry.area.sum() == pytest.approx(with_school.geometry.area.sum())


@settings(max_examples=4, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(4, 8))
def test_rows_in_any_order_give_the_same_estates(random, count: int):
    text = COMPOUNDS.replace('make = "compound"', f'make = "compound"\ncount = {count}')
    frames = town()
    shuffled = dict(frames)
    for role in ("compounds", "buildings"):
        rows = list(range(len(frames[role])))
        random.shuffle(rows)
        shuffled[role] = frames[role].iloc[rows].reset_index(drop=True)
    one, other = (planned(text, each).frame("estate") for each in (frames, shuffled))
    pd.testing.assert_frame_equal(one.drop(columns="geometry"), other.drop(columns="geometry"))


THREE = SCHEME[: SCHEME.index('[[levels]]\nid = "microgrid"')]
FOUR = SCHEME[: SCHEME.index("[stations")]


def exported(folder, scheme: str, levels: list[str]) -> dict[str, bytes]:
    recipe = write(folder, town(), scheme=scheme)
    main(["build", str(recipe), "--out", str(folder / "p.gpkg")], standalone_mode=False)
    out = {}
    for level in levels:
        for ending in ("geojson", "csv"):
            main(["export", str(folder / "p.gpkg"), "--level", level, "--out", str(folder / f"{level}.{ending}")], standalone_mode=False)
            out[f"{level}.{ending}"] = (folder / f"{level}.{ending}").read_bytes()
    return out


def test_a_level_added_below_leaves_the_exports_of_those_above_byte_for_byte(tmp_path):
    levels = ["community", "grid"]
    before, after = (exported(tmp_path / str(n), scheme, levels) for n, scheme in enumerate((THREE, FOUR)))
    assert before == after
    assert WEST.encode() in before["community.csv"]
    assert EAST.encode() in before["grid.csv"]


def test_floors_are_divided_at_the_lowest_level_only_where_the_level_is_a_small_one():
    slab = town()
    slab["buildings"] = slab["buildings"].assign(households=150)  # above the bounds: only floors could bring it in
    del slab["entrances"]
    bare = THREE + "[defaults]\nentrance_width_m = 0\n"
    for text, whole in ((bare, True), (bare.replace('id = "grid"', 'id = "grid"\nwhole_cells = false'), False)):
        made = planned(text.replace("[100, 200]", "[20, 60]"), slab)
        owner = pd.Series(made.owner("grid")).groupby(made.base.cell_position).nunique()
        assert (owner == 1).all() == whole


def with_centres(every: int) -> Frames:
    """Return the quarter with a table of its 576 households, the first of every so many slabs a centre."""
    frames = quarter()
    ids = frames["buildings"]["id"].repeat(24).to_numpy()
    table = {"id": [f"h{i:03d}" for i in range(576)], "building": ids, "floor": np.tile(np.repeat(np.arange(1, 7), 4), 24)}
    door = np.tile(np.arange(1, 25), 24)
    frames["households"] = pd.DataFrame({**table, "door": door, "centre": (door == 1) & np.isin(ids, frames["buildings"]["id"][::every])})
    return frames


def test_one_plus_ten_links_eleven_households_round_each_centre_and_leaves_the_rest_to_the_grid(tmp_path):
    recipe = write(tmp_path, with_centres(3), extra="[levels.grid]\ncount = 4\n").rename(tmp_path / "linked.toml")
    recipe.write_text(recipe.read_text("utf-8").replace('"own.toml"', '"lubei-linked"'), "utf-8")
    main(["build", str(recipe), "--out", str(tmp_path / "p.gpkg")], standalone_mode=False)
    project = open_project(tmp_path / "p.gpkg")
    linked, findings = project.units("linked"), project.validate()
    assert linked["households"].tolist() == [11] * 8
    assert linked["parent"].isin(project.units("grid").index).all()
    assert (linked["reason"] == "").all()
    assert findings[findings["level"] == "linked"].empty
    assert project.units("grid")["households"].sum() == 576
    assert linked.geometry.area.sum() < project.units("grid").geometry.area.sum()


def test_centres_that_live_too_near_each_other_share_and_the_one_that_is_short_says_so():
    frames = with_centres(1)
    frames["households"]["centre"] = frames["households"]["building"].isin(frames["buildings"]["id"][:1]) & (frames["households"]["floor"] == 1)
    frames["buildings"] = frames["buildings"].iloc[:1]
    made = make_plan(prepared(frames, read_scheme("lubei-linked").with_levels({"grid": {"count": 3}, "linked": {"households": [8, 11]}})).ground)
    linked = made.frame("linked")
    assert (len(linked), linked["households"].sum()) == (4, 24)
    assert set(linked.loc[linked["households"] < 8, "reason"]) == {"centre_crowded"}
    assert set(linked.loc[linked["households"] >= 8, "reason"]) <= {""}


def test_a_count_that_is_too_small_is_told_as_it_was_written():
    frames = quarter()
    frames["buildings"] = frames["buildings"].iloc[:1]
    with pytest.raises(InputError, match="count = 2 is fewer than the 2 units without homes and the 1 parents with homes"):
        make_plan(prepared(frames, read_scheme("lubei-linked").with_levels({"grid": {"count": 2}})).ground)


def test_with_no_centre_there_is_nothing_to_link():
    with pytest.raises(InputError, match="marks none"):
        make_plan(prepared(quarter(), read_scheme("lubei-linked").with_levels({"grid": {"count": 4}})).ground)


@pytest.mark.parametrize("count", [40, 44, 56])
def test_a_count_is_met_within_hard_bounds_and_whoever_is_out_of_them_says_why(count: int):
    rules = read_scheme("huagong").with_levels({"grid": {"households": [100, 200]}, "microgrid": {"count": count}})
    made = make_plan(prepared(quarter(), rules).ground)
    micro = made.frame("microgrid")
    out = micro[~micro["households"].between(10, 15)]
    assert micro["households"].sum() == 576
    assert (out["reason"] != "").all()
    assert len(out) == 0
    assert len(micro) == max(count, 44)  # two households a floor: 144 in a grid are ten units of at most 14, and four households
    assert bool(find_count(made, "microgrid")) == (count < 44)


def test_the_park_itself_is_the_first_of_four_levels():
    rules = read_scheme("huagong").with_levels({"grid": {"households": [100, 200]}, "microgrid": {"count": 48}})
    made = make_plan(prepared(quarter(), rules).ground)
    assert made.frame("park")["households"].tolist() == [576]
    assert (made.frame("community")["parent"] == made.frame("park").index[0]).all()
