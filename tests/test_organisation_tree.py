"""The organisation tree and what it covers: orphans, circles, units without, organisations on several units."""

from __future__ import annotations

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.organisation.cover import find_cover, find_no_organisation
from geogrid.organisation.records import read_table
from geogrid.organisation.times import instant
from geogrid.organisation.tree import kind_name, tree_at
from tests.roster_town import A, B, C, D, at, members, organisations, roster, scheme, units
from tests.tiny import EAST, WEST

NOW = at("2026-05-01T08:00")


def tree(frame: pd.DataFrame):
    return tree_at(read_table({"organisations": frame}, "organisations"), scheme(), instant(NOW))


def cover(frame: pd.DataFrame, memberships: pd.DataFrame, level: str = "grid"):
    moment = roster({"organisations": frame, "memberships": memberships}).at(NOW)
    return find_cover(moment, scheme(), units(), level)


def test_a_tree_stands_depth_first_with_who_is_below_whom():
    found = tree(organisations(("z", "党小组", "b"), ("c", "committee", ""), ("b", "网格党支部", "c"), ("a", "grid branch", "c")))
    assert found.nodes[["kind", "parent", "depth", "below"]].to_dict("index") == {
        "c": {"kind": "committee", "parent": "", "depth": 0, "below": 3},
        "a": {"kind": "branch", "parent": "c", "depth": 1, "below": 0},
        "b": {"kind": "branch", "parent": "c", "depth": 1, "below": 1},
        "z": {"kind": "group", "parent": "b", "depth": 2, "below": 0},
    }
    assert found.path("z") == ("c", "b", "z")
    assert found.path("nobody") == ()
    assert found.counts() == {"committee": 1, "branch": 2, "group": 1}


def test_who_names_a_parent_that_is_not_there_stands_at_the_top_and_is_told():
    found = tree(organisations(("b", "branch", "gone"), ("g", "group", "b")))
    assert (dict(found.orphans), found.path("g")) == ({"b": "gone"}, ("b", "g"))


def test_a_parent_that_has_ended_is_not_there():
    found = tree(organisations(("c", "committee", "", "", "2026-04-30"), ("b", "branch", "c")))
    assert (list(found.nodes.index), dict(found.orphans)) == (["b"], {"b": "c"})


def test_circles_are_told_and_cut_at_their_first():
    found = tree(organisations(("c", "x", "a"), ("a", "x", "b"), ("b", "x", "c"), ("own", "x", "own"), ("d", "x", "b")))
    assert found.cycles == (("a", "b", "c"), ("own",))
    assert found.path("d") == ("a", "c", "b", "d")
    assert found.nodes.loc["own", "parent"] == ""


def test_a_kind_under_one_that_the_scheme_does_not_allow_is_told():
    assert tree(organisations(("c", "committee", ""), ("h", "centre", "c"), ("g", "group", "c"))).misplaced == ("h",)


def test_an_unknown_kind_is_called_by_its_own_word():
    found = tree(organisations(("x", "功能型党支部", "")))
    assert found.nodes.loc["x", "kind"] == "功能型党支部"
    assert kind_name("功能型党支部", scheme()).en == "功能型党支部"


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from(["", *"abcdefghx"])), st.randoms(use_true_random=False))
def test_every_organisation_stands_once_and_below_its_parent_however_the_rows_are_ordered(parents, random):
    rows = [(name, "branch", parent) for name, parent in parents.items()]
    found = tree(organisations(*rows))
    random.shuffle(rows)
    assert tree(organisations(*rows)).nodes.equals(found.nodes)
    assert sorted(found.nodes.index) == sorted(parents)
    cut = {cycle[0] for cycle in found.cycles} | set(found.orphans)
    assert dict(found.nodes["parent"]) == {name: "" if name in cut else parent for name, parent in parents.items()}
    order = {name: at for at, name in enumerate(found.nodes.index)}
    assert all(
        order[row.parent] < order[row.Index] and found.nodes.loc[row.parent, "depth"] == row.depth - 1
        for row in found.nodes.itertuples()
        if row.parent
    )
    assert found.nodes.loc[found.nodes["parent"] == "", "below"].sum() + (found.nodes["parent"] == "").sum() == len(parents)


def test_units_without_an_organisation_of_a_covering_kind_are_listed():
    frame = organisations(("o1", "branch", ""), ("o2", "党小组", ""), ("o3", "committee", ""), ("o4", "team", ""))
    found = cover(frame, members(("o1", "unit", A), ("o2", "网格", B), ("o3", "unit", C), ("o4", "unit", D)))
    assert (found.is_asked, found.without, found.share) == (True, (C, D), 0.5)


def test_a_building_or_a_household_lies_in_its_grid():
    frame = organisations(("o1", "group", ""), ("o2", "group", ""))
    found = cover(frame, members(("o1", "building", "b9"), ("o2", "household", "h1")))
    assert found.without == (B, D)


def test_an_organisation_on_two_grids_and_a_grid_with_two_are_told():
    frame = organisations(("o1", "branch", ""), ("o2", "group", ""))
    found = cover(frame, members(("o1", "unit", A), ("o1", "unit", C), ("o1", "unit", C), ("o2", "unit", C)))
    assert found.spanning == {"o1": (A, C)}
    assert found.several == {C: ("o1", "o2")}


def test_a_community_counts_as_covered_only_by_kinds_of_the_tree():
    frame = organisations(("o1", "team", ""), ("o2", "branch", ""))
    found = cover(frame, members(("o1", "unit", EAST), ("o2", "unit", A)), "community")
    assert (found.is_asked, found.without) == (False, (EAST,))


def test_whoever_has_ended_covers_nothing():
    frame = organisations(("o1", "branch", "", "", "2026-04-30"), ("o2", "branch", ""))
    assert cover(frame, members(("o1", "unit", A), ("o2", "unit", B, "", "2026-05-02"))).share == 0


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("pqrst"), st.sampled_from([A, B, C, D, WEST, "nowhere"])), max_size=12))
def test_with_and_without_add_up_to_all_units_and_the_share_says_so(pairs):
    frame = organisations(*((name, "branch", "") for name in "pqrst"))
    found = cover(frame, members(*((name, "unit", code) for name, code in pairs)))
    having = {code for _, code in pairs} & {A, B, C, D}
    assert set(found.without) == {A, B, C, D} - having
    assert found.share == len(having) / 4
    assert set(found.spanning) == {name for name in "pqrst" if len({c for n, c in pairs if n == name and c in having}) > 1}


def test_a_unit_without_is_a_finding_at_its_place_that_names_the_kinds():
    frame, memberships = organisations(("o1", "branch", "")), members(*(("o1", "unit", code) for code in (A, B, C)))
    moment = roster({"organisations": frame, "memberships": memberships}).at(NOW)
    (found,) = find_no_organisation(moment, scheme(), units())
    assert (found.rule, found.level, found.units) == ("no_organisation", "grid", (D,))
    assert found.geometry.equals(units()["grid"].geometry[D])
    assert found.facts["what_zh"] == "网格党支部、党小组"


def test_without_a_table_of_organisations_nothing_is_found():
    assert find_no_organisation(roster({}).at(NOW), scheme(), units()) == []
