"""Who belongs where at a moment: places of targets, dates, columns and places, overlays, faults, and what a confined visitor sees of it."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.organisation.scoped import seen_from
from tests.roster_town import A, B, C, D, at, members, organisations, places, roster, staff, town
from tests.tiny import EAST, WEST, X0, Y0

NOW = at("2026-05-01T08:00")
TOWER = {"community": (WEST,), "grid": (A,), "microgrid": (A + "001", A + "002")}
GONE = "130102001009"


def held(tables: dict[str, pd.DataFrame], when: str = "2026-05-01T08:00", **more: object) -> list[tuple[str, str]]:
    moment = roster(tables, **more).at(at(when))
    return sorted(set(moment.links[["member", "target"]].itertuples(index=False, name=None)))


@pytest.mark.parametrize(
    ("kind", "target", "codes"),
    [
        ("unit", A, {"community": (WEST,), "grid": (A,)}),
        ("unit", WEST, {"community": (WEST,)}),
        ("unit", A + "001", {"community": (WEST,), "grid": (A,), "microgrid": (A + "001",)}),
        ("building", "b1", TOWER),
        ("entrance", "e1", TOWER),
        ("household", "h1", {"community": (WEST,), "grid": (A,), "microgrid": (A + "002",)}),
        ("household", "h2", TOWER),
        ("site", "s2", {"community": (EAST,), "grid": (D,), "microgrid": (D + "001",)}),
        ("site", "s3", {}),
        ("compound", A, {"community": (WEST,), "grid": (A,)}),
        ("building", "no such", {}),
        ("household", "", {}),
        ("unit", "<script>", {}),
    ],
)
def test_a_target_lies_in_units_of_every_level(kind: str, target: str, codes: dict[str, tuple[str, ...]]):
    assert dict(places().codes(kind, target)) == codes


def test_a_compound_holds_the_cells_whose_middle_lies_in_it():
    yard = gpd.GeoDataFrame({"code": ["y1"]}, geometry=[shapely.box(X0 + 1, Y0 + 1, X0 + 99, Y0 + 149)], crs=town().plan.base.crs)
    found = places()
    found.ground._layers["compounds"] = yard
    assert dict(found.codes("compound", "y1"))["grid"] == (A, C)
    assert found.own("compound", "y1")[0][0] == "microgrid"


def test_a_retired_unit_stands_for_its_successors_and_is_told():
    tables = {"staff": staff(("p", "full_time")), "memberships": members(("p", "unit", GONE))}
    found = roster(tables, successors=lambda code: (A, C) if code == GONE else ())
    assert found.at(NOW).posts[["level", "code"]].to_numpy().tolist() == [["grid", A], ["grid", C]]
    assert [(fault.key, fault.value) for fault in found.faults] == [("retired", GONE)]


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "when", "holds"),
    [
        ("2026-03-01", "2026-03-31", "2026-03-01T00:00", True),
        ("2026-03-01", "2026-03-31", "2026-02-28T23:59", False),
        ("2026-03-01", "2026-03-31", "2026-03-31T23:59", True),
        ("2026-03-01", "2026-03-31", "2026-04-01T00:00", False),
        ("", "2026-03-31T08:00:00+08:00", "2026-03-31T08:00", False),
        ("", "2026-03-31T08:00:00+08:00", "2026-03-31T07:59", True),
        ("2026-03-31T08:00:00+08:00", "", "2026-03-31T08:00", True),
        ("", "2026-03-31T00:00:00Z", "2026-03-31T07:59", True),
        ("", "", "1990-01-01T00:00", True),
        ("2026-02-30", "", "2026-05-01T00:00", False),
        ("", "some day", "2026-05-01T00:00", False),
        ("2026-03-31", "2026-03-01", "2026-03-15T00:00", False),
    ],
)
def test_a_last_day_is_included_whole_and_a_moment_is_not(valid_from: str, valid_to: str, when: str, holds: bool):
    tables = {"staff": staff(("p", "x")), "memberships": members(("p", "unit", A, "", valid_from, valid_to))}
    assert held(tables, when) == ([("p", A)] if holds else [])


def test_a_column_counts_where_no_membership_names_a_unit_and_a_place_where_neither_does():
    points = gpd.GeoDataFrame(
        {"id": ["o1", "o2", "o3"], "kind": "branch", "unit": [B, C, ""], "community": ["", "", EAST], "grid": ["", "", D], "microgrid": ""},
        geometry=[shapely.Point(X0, Y0)] * 3,
        crs=town().plan.base.crs,
    )
    found = roster({"organisations": points, "memberships": members(("o1", "unit", A))})
    found.places.sites["organisations"] = points
    assert found.at(NOW).links[["member", "target", "source"]].to_numpy().tolist() == [
        ["o1", A, "membership"],
        ["o2", C, "column"],
        ["o3", "o3", "place"],
    ]
    assert dict(found.places.codes("place", "o3")) == {"community": (EAST,), "grid": (D,)}


def test_a_post_in_a_building_stands_at_every_level_and_is_its_own_at_the_lowest():
    posts = roster({"staff": staff(("p", "楼长")), "memberships": members(("p", "楼栋", "b9"))}).at(NOW).posts
    assert posts[["level", "code", "own", "via"]].to_numpy().tolist() == [
        ["community", WEST, False, "building"],
        ["grid", C, False, "building"],
        ["microgrid", C + "001", True, "building"],
    ]


def test_posts_and_duties_are_the_schemes_where_the_tables_say_nothing():
    people = staff(("p", "专职网格员"), ("q", "full_time"), ("r", "stranger")).assign(duties=["", "送水", ""])
    posts = roster({"staff": people, "memberships": members(("p", "unit", A), ("q", "unit", A, "副网格长"), ("r", "unit", A))}).at(NOW).posts
    assert posts.set_index("staff")[["post", "duties"]].to_numpy().tolist() == [["网格长", "巡查、走访"], ["副网格长", "送水"], ["", ""]]


def test_who_belongs_to_a_workplace_works_where_that_is_sent_and_a_circle_ends():
    tables = {
        "staff": staff(("p", "x")),
        "workplaces": pd.DataFrame({"id": ["w"], "name": ["某局"]}),
        "organisations": organisations(("team", "team", "")),
        "memberships": members(("p", "workplace", "w", "联络员"), ("w", "organisation", "team"), ("team", "unit", EAST), ("team", "workplace", "w")),
    }
    posts = roster(tables).at(NOW).posts
    assert posts[["level", "code", "via", "target", "post"]].to_numpy().tolist() == [["community", EAST, "workplace", "w", "联络员"]]


def test_base_less_removals_plus_additions_of_the_overlays_in_force():
    rows = [
        {"id": "E", "kind": "real", "action": "remove", "member": "p", "target_kind": "", "target": ""},
        {"id": "E", "kind": "real", "action": "add", "member": "p", "target_kind": "unit", "target": EAST},
        {"id": "T", "kind": "drill", "action": "add", "member": "q", "target_kind": "unit", "target": EAST},
    ]
    overlays = pd.DataFrame(rows).assign(valid_from="2026-05-01", valid_to="2026-05-02")
    tables = {"staff": staff(("p", "x"), ("q", "x")), "memberships": members(("p", "unit", A), ("q", "unit", B)), "overlays": overlays}
    found = roster(tables)

    def who(when: str, **more: object) -> list[list[str]]:
        return found.at(at(when), **more).links[["member", "target", "overlay"]].to_numpy().tolist()

    assert who("2026-04-30T23:00") == who("2026-05-03T00:00") == [["p", A, ""], ["q", B, ""]]
    assert who("2026-05-02T23:00") == [["p", EAST, "E"], ["q", B, ""]]
    assert who("2026-05-01T00:00", drills=["T"]) == [["p", EAST, "E"], ["q", EAST, "T"], ["q", B, ""]]
    assert found.at(at("2026-05-01T00:00")) is found.at(at("2026-05-02T12:00"))


def test_every_row_that_can_not_be_used_is_told_with_its_row_and_value():
    tables = {
        "staff": staff(("p", "x", "nowhere"), ("p", "x")).assign(row=[2, 3]),
        "organisations": organisations(("o", "x", "", "then", "")).assign(row=[2]),
        "memberships": members(
            ("ghost", "unit", A),
            ("", "unit", A),
            ("p", "planet", A),
            ("p", "building", "b99"),
            ("p", "workplace", "w"),
            ("p", "unit", ""),
            ("p", "unit", A, "", "x", "y"),
        ).assign(row=range(2, 9)),
    }
    told = [(fault.table, fault.row, fault.key, fault.value) for fault in roster(tables).faults]
    assert told == [
        ("memberships", 2, "member", "ghost"),
        ("memberships", 3, "no_member", ""),
        ("memberships", 4, "kind", "planet"),
        ("memberships", 5, "target", "b99"),
        ("memberships", 6, "target", "w"),
        ("memberships", 7, "no_target", ""),
        ("memberships", 8, "date", "x"),
        ("memberships", 8, "date", "y"),
        ("organisations", 2, "date", "then"),
        ("staff", 2, "target", "nowhere"),
        ("staff", 3, "repeated", "p"),
    ]
    assert all(fault.en and fault.zh for fault in roster(tables).faults)


@pytest.mark.parametrize("tables", [{}, {"staff": pd.DataFrame()}, {"memberships": members()}, {"staff": staff(), "organisations": organisations()}])
def test_no_table_and_empty_tables_give_nobody(tables: dict[str, pd.DataFrame]):
    moment = roster(tables).at(NOW)
    assert (len(moment.links), len(moment.posts), roster(tables).faults) == (0, 0, ())


@settings(max_examples=12, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("pqr"), st.sampled_from(["unit", "building", "household", "网格"]), st.sampled_from([A, B, "b1", "h1", "x"])),
        max_size=8,
    ),
    st.randoms(use_true_random=False),
)
def test_the_order_of_rows_says_nothing_and_each_post_is_a_link_that_lies_somewhere(rows, random):
    people = staff(("p", "x"), ("q", "x"), ("r", "x"))
    first = roster({"staff": people, "memberships": members(*rows)}).at(NOW)
    random.shuffle(rows)
    second = roster({"staff": people.iloc[::-1], "memberships": members(*rows)}).at(NOW)
    assert first.posts.equals(second.posts)
    assert set(zip(first.posts["staff"], first.posts["target"], strict=True)) <= set(zip(first.links["member"], first.links["target"], strict=True))
    assert first.posts.groupby(["staff", "target"])["own"].any().all()


def test_who_is_confined_sees_who_belongs_there_and_who_is_over_it():
    tables = {
        "staff": staff(("in", "x", A), ("over", "x", WEST), ("out", "x", B), ("far", "x", EAST), ("mate", "x")),
        "organisations": organisations(("top", "committee", ""), ("mid", "committee", "top"), ("own", "branch", "mid"), ("else", "branch", "top")),
        "memberships": members(("own", "building", "b1"), ("else", "unit", B), ("mate", "organisation", "own"), ("out", "organisation", "else")),
    }
    found = roster(tables)
    seen = seen_from(found, {"grid": {A}, "microgrid": {A + "001", A + "002", A + "003", A + "004"}}, {"community": {WEST}})
    assert found.staff["id"][seen.rows["staff"]].tolist() == ["in", "over", "mate"]
    assert {"in", "mate"} <= seen.inside
    assert "over" not in seen.inside
    assert found.organisations["id"][seen.rows["organisations"]].tolist() == ["top", "mid", "own"]
    assert found.memberships["member"][seen.rows["memberships"]].tolist() == ["own", "mate"]
