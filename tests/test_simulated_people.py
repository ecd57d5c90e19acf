"""Simulated people: the figures that each system declares come out, everybody belongs to what is there, nobody is a real person."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import geogrid
from geogrid.cli import main
from geogrid.errors import InputError
from geogrid.inspection.roles import guess_roles, propose
from geogrid.organisation.targets import read_kinds
from geogrid.pipeline.roster import roster_of
from geogrid.pipeline.simulated import simulate_sources
from geogrid.reading.headings import recognise
from geogrid.recipe import read_recipe
from geogrid.scheme import read_scheme
from geogrid.simulate import systems
from geogrid.simulate.folk import make_folk
from geogrid.simulate.folk_figures import DISTRICT, Bodies, Folk, People, Reports, Sent, Workplaces
from geogrid.simulate.folk_households import door_by_door
from geogrid.simulate.folk_systems import FOLK, LINKED
from tests.folk_town import SIZES, town

FIGURES = {
    "lubei": {
        "organisations": {"committee": 175, "branch": 915, "group": 1241, "centre": 9700, "team": 513},
        "staff": {"full_time": 2257, "sent_member": 7000},
    },
    "fengrun": {
        "organisations": {"committee": 60, "branch": 196, "group": 1062, "vanguard": 70},
        "staff": {"full_time": 373, "door_head": 3727, "sent_member": 1825},
        "workplaces": 85,
    },
    "taocheng": {
        "organisations": {"temporary_branch": 341, "team": 490},
        "staff": {"sent_member": 11615},
        "workplaces": 197,
        "events": {"help": 590},
    },
    "huagong": {"organisations": {"team": 39}, "staff": {"volunteer": 2300}},
    "shuangluan": {
        "organisations": {"grid_body": 243, "owners": 72},
        "staff": {"building_head": 1174, "online_head": 1188, "social_worker": 288, "courier": 46},
        "events": {"booking": 895},
    },
    "zhaoxian": {"organisations": {"committee": 10, "group": 43}, "staff": {"full_time": 43, "part_time": 97, "shop": 30}},
    "kaiping": {"organisations": {"branch": 106, "group": 69, "big_committee": 20, "owners": 40}, "workplaces": 56},
    "baoding": {"organisations": {"branch": 531, "group": 1894}, "staff": {"full_time": 2459, "part_time": 19163}},
    "tianye": {},
    "lanshan": {"organisations": {"branch": 43}},
    "jixian": {"staff": {"social_worker": 55, "full_time": 187}},
    "qingshan": {"organisations": {"branch": 3, "team": 163}},
}


def folk_of(system: str, share: float = 1.0, seed: int = 0) -> dict[str, pd.DataFrame]:
    units = {level: max(1, round(n * share)) for level, n in SIZES[system].items()}
    return make_folk(FOLK[system], town(units, share=share), np.random.default_rng(seed))


@pytest.fixture(scope="module")
def whole() -> dict[str, dict[str, pd.DataFrame]]:
    return {system: folk_of(system) for system in FOLK}


def of_kind(tables: dict[str, pd.DataFrame], role: str, kind: str) -> set[str]:
    return set(tables[role].loc[tables[role]["kind"] == kind, "id"])


def targets(tables: dict[str, pd.DataFrame], members: set[str]) -> pd.Series:
    return tables["memberships"].loc[tables["memberships"]["member"].isin(members), "target"]


@pytest.mark.parametrize("system", FIGURES)
def test_a_whole_district_has_the_people_that_its_reports_declare(system, whole):
    for role, wanted in FIGURES[system].items():
        table = whole[system][role]
        counts = table["kind"].value_counts().to_dict() if isinstance(wanted, dict) else len(table)
        assert counts == wanted if not isinstance(wanted, dict) else {kind: counts.get(kind) for kind in wanted} == wanted


def test_every_system_has_people_and_a_scheme_that_knows_their_kinds(whole):
    assert set(FOLK) == set(FIGURES) >= {s["id"] for s in systems()}
    linked = [(scheme, {"organisations": pd.DataFrame({"kind": [b.kind for b in folk.bodies]})}) for scheme, folk in LINKED.values()]
    for system, tables in [*whole.items(), *linked]:
        scheme = read_scheme(system)
        for role, known in (("organisations", scheme.organisations), ("staff", scheme.staff), ("events", scheme.events)):
            kinds = set(tables[role]["kind"]) if role in tables else set()
            assert (system, role, kinds - set(known)) == (system, role, set())


def test_parents_are_of_a_kind_that_the_scheme_puts_them_under(whole):
    for system, tables in whole.items():
        scheme, bodies = read_scheme(system), tables.get("organisations", pd.DataFrame({"id": [], "kind": [], "parent": []}))
        kind = dict(zip(bodies["id"], bodies["kind"], strict=True))
        for own, parent in bodies[["kind", "parent"]].drop_duplicates().itertuples(index=False):
            assert parent == "" or kind[parent] in scheme.organisations[own].under, (system, own, kind[parent])


def test_lubei_has_one_party_tree_of_four_levels(whole):
    bodies = whole["lubei"]["organisations"].set_index("id")
    for kind, above in (("branch", "committee"), ("group", "branch"), ("centre", "group")):
        assert set(bodies.loc[bodies.loc[bodies["kind"] == kind, "parent"], "kind"]) == {above}


def test_in_baoding_exactly_34_grids_have_no_party_body_and_every_grid_one_full_time_officer(whole):
    tables = whole["baoding"]
    held = targets(tables, of_kind(tables, "organisations", "branch") | of_kind(tables, "organisations", "group"))
    assert (held.nunique(), len(held)) == (2459 - 34, 2459 - 34)
    assert targets(tables, of_kind(tables, "staff", "full_time")).value_counts().tolist() == [1] * 2459
    assert targets(tables, of_kind(tables, "staff", "part_time")).nunique() == 2459


@pytest.mark.parametrize("share", [0.01, 0.05, 0.3])
def test_in_a_part_of_baoding_some_grid_still_has_no_party_body(share):
    tables = folk_of("baoding", share)
    held = targets(tables, of_kind(tables, "organisations", "branch") | of_kind(tables, "organisations", "group"))
    assert round(2459 * share) - held.nunique() == max(1, round(34 * round(2459 * share) / 2459))


@pytest.mark.parametrize("share", [0.02, 0.1, 1.0])
def test_in_kaiping_every_grid_has_exactly_one_of_branch_and_group(share):
    tables = folk_of("kaiping", share)
    held = targets(tables, of_kind(tables, "organisations", "branch") | of_kind(tables, "organisations", "group"))
    assert held.value_counts().tolist() == [1] * round(175 * share)


def test_in_kaiping_every_community_is_paired_with_a_workplace_and_every_workplace_with_a_community(whole):
    tables = whole["kaiping"]
    pairs = tables["memberships"][tables["memberships"]["member"].isin(tables["workplaces"]["id"])]
    assert (pairs["member"].nunique(), pairs["target"].nunique()) == (56, 44)
    assert tables["overlays"]["member"].nunique() == round(0.85 * 1120)


def test_fengrun_sends_85_workplaces_1825_members_and_70_teams_to_all_60_communities(whole):
    tables = whole["fengrun"]
    sent = tables["overlays"]
    kinds = {"D": 0, "P": 0, "O": 0} | sent.drop_duplicates("member")["member"].str[0].value_counts().to_dict()
    assert kinds == {"D": 85, "P": 1825, "O": 70}
    for first in kinds:
        assert sent.loc[sent["member"].str[0] == first, "target"].nunique() == 60


def test_in_taocheng_every_unit_of_five_levels_has_somebody_and_some_hold_several_posts(whole):
    tables = whole["taocheng"]
    members = tables["memberships"]
    posts = members[(members["target_kind"] == "unit") & members["member"].str.startswith("P")]
    assert posts["target"].nunique() == sum(SIZES["taocheng"].values())
    assert (posts["post"] != "").all()
    assert posts["member"].value_counts().max() > 1
    assert tables["staff"]["kind"].nunique() == 14
    branches = tables["organisations"].query("kind == 'temporary_branch'")
    assert (branches[["valid_from", "valid_to"]] != "").all(axis=None)
    assert set(tables["overlays"]["target"]) <= {f"community{k:05d}" for k in range(40)}


def test_in_huagong_every_microgrid_has_a_volunteer_in_a_part_of_it_too():
    for share in (1.0, 0.1):
        tables = folk_of("huagong", share)
        assert targets(tables, of_kind(tables, "staff", "volunteer")).nunique() == round(1837 * share)


def test_in_shuangluan_six_events_of_3851_are_open_and_lately_reported(whole):
    events = whole["shuangluan"]["events"]
    assert (len(events), (events["state"] == "open").sum()) == (3851 + 895, 6)
    assert events.loc[events["state"] == "open", "time"].min() > "2025-12-20"
    assert ((events["closed_at"] == "") == (events["state"] == "open")).all()
    assert (events.loc[events["state"] == "closed", "closed_at"] > events.loc[events["state"] == "closed", "time"]).all()
    assert events["closed_at"].max() < "2026-01-01"
    assert events["time"].str[:7].nunique() == 12


def test_in_zhaoxian_shop_officers_belong_to_shops_and_two_roles_to_a_building_in_shuangluan(whole):
    zhaoxian, shuangluan = whole["zhaoxian"], whole["shuangluan"]
    members = zhaoxian["memberships"]
    assert set(members.loc[members["member"].isin(of_kind(zhaoxian, "staff", "shop")), "target_kind"]) == {"site"}
    heads = [set(targets(shuangluan, of_kind(shuangluan, "staff", kind))) for kind in ("building_head", "online_head")]
    assert heads[0] == heads[1]
    assert len(heads[0]) == 2000


def test_some_bodies_span_two_units_and_every_kind_of_target_occurs(whole):
    kinds = set().union(*(tables["memberships"]["target_kind"] for tables in whole.values() if "memberships" in tables))
    assert kinds == {"unit", "building", "entrance", "site", "workplace", "organisation", "compound"}
    members = whole["fengrun"]["memberships"]
    branches = targets(whole["fengrun"], of_kind(whole["fengrun"], "organisations", "branch"))
    assert (len(branches), members["member"].isin(of_kind(whole["fengrun"], "organisations", "branch")).sum()) == (196 + 8, 196 + 8)


def test_nobody_is_a_person_and_no_telephone_can_ring(whole):
    for tables in whole.values():
        if "staff" in tables:
            staff = tables["staff"]
            assert staff["name"].is_unique
            assert staff["name"].map(lambda name: bool(re.fullmatch(r"\D+\d{4,}", name))).all()
            assert staff["phone"].map(lambda phone: bool(re.fullmatch(r"0{6}\d{5}", phone))).all()
            assert staff["phone"].is_unique


def check_all_known(tables: dict[str, pd.DataFrame], places) -> None:
    """Ids are unique; members and targets exist."""
    known = {"unit": set().union(*(places.frames[level]["id"] for level in places.levels))}
    words = {"building": "building", "entrance": "entrance", "site": "station", "compound": "compound"}
    known |= {word: set(places.of(frame)["id"]) for word, frame in words.items()}
    ids = {role: set(tables[role]["id"]) if role in tables else set() for role in ("staff", "organisations", "workplaces")}
    known |= {"workplace": ids["workplaces"], "organisation": ids["organisations"]}
    assert sum(map(len, ids.values())) == sum(len(tables[role]) for role in ids if role in tables)
    for role in ("memberships", "overlays"):
        for line in tables[role].itertuples() if role in tables else ():
            assert line.member in set().union(*ids.values())
            assert line.target in known[line.target_kind]
    if "organisations" in tables:
        assert set(tables["organisations"]["parent"]) <= ids["organisations"] | {""}


@settings(max_examples=12, deadline=None)
@given(st.sampled_from(sorted(FOLK)), st.floats(0.01, 0.2), st.integers(0, 3))
def test_whatever_part_of_a_district_is_kept_everybody_belongs_to_what_is_there(system, share, seed):
    units = {level: max(1, round(n * share)) for level, n in SIZES[system].items()}
    places = town(units, compounds=max(1, round(90 * share)), buildings=round(300 * share), entrances=round(400 * share), share=share)
    check_all_known(make_folk(FOLK[system], places, np.random.default_rng(seed)), places)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 30), st.integers(1, 30), st.integers(0, 60), st.integers(0, 9), st.booleans())
def test_so_many_people_and_bodies_as_asked_for_and_every_place_covered(grids, communities, n, leave, covers):
    folk = Folk(
        "grid",
        (Bodies("branch", "{place}", "grid", n, spans=3), Bodies("group", "{place}", "grid", beside=("branch",), leave=leave)),
        (People(("a", "b"), "员", "grid", n, covers=covers), People(("c",), "员", "workplace", n)),
        Workplaces(3, "community"),
        (Sent("o", "演练", "drill", "community", ("2025-01-01", "2025-01-02"), people=("c",), workplaces=True),),
        (Reports(n, {"x": 1, "y": 2}, open_n=2),),
    )
    places = town({"community": min(communities, grids), "grid": grids}, compounds=1, buildings=2, entrances=2)
    tables = make_folk(folk, places, np.random.default_rng(0))
    check_all_known(tables, places)
    counts = {role: tables[role]["kind"].value_counts().to_dict() if role in tables else {} for role in ("organisations", "staff", "events")}
    assert counts["organisations"].get("branch", 0) == n
    assert counts["organisations"].get("group", 0) == max(grids - min(n, grids) - leave, 0)
    assert sum(counts["staff"].values()) == 2 * n
    assert sum(counts["events"].values()) == n
    if n and covers:
        assert targets(tables, of_kind(tables, "staff", "a") | of_kind(tables, "staff", "b")).nunique() == grids


def test_a_district_without_buildings_has_events_in_its_lowest_units_and_one_without_anything_nothing():
    places = town({"community": 2}, compounds=0, buildings=0, entrances=0)
    tables = make_folk(
        Folk("community", (Bodies("owners", "{place}", "compound", 5),), reports=(Reports(9, {"x": 1}),)), places, np.random.default_rng(0)
    )
    assert {role: len(table) for role, table in tables.items()} == {"events": 9}
    assert make_folk(Folk("community"), places, np.random.default_rng(0)) == {}


def test_the_same_seed_gives_the_same_people_and_another_seed_others():
    one, again, other = (folk_of("zhaoxian", seed=seed) for seed in (1, 1, 2))
    for role, table in one.items():
        pd.testing.assert_frame_equal(table, again[role])
    assert not one["events"].equals(other["events"])


def test_words_for_targets_are_those_that_memberships_are_read_with():
    words = pd.Series(["unit", "building", "entrance", "household", "site", "workplace", "organisation", "compound"])
    assert read_kinds(words, read_scheme("lubei").levels)["target_kind"].tolist() == words.tolist()


@pytest.fixture(scope="module")
def kaiping(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kaiping")
    recipe = simulate_sources("kaiping", folder / "a", scale=0.05)
    geogrid.build(recipe, folder / "kaiping.gpkg").close()
    return recipe, folder / "kaiping.gpkg"


def test_the_codes_that_people_are_given_are_those_that_the_build_issues(kaiping):
    recipe, path = kaiping
    assert {"staff", "organisations", "memberships", "workplaces", "overlays"} <= set(read_recipe(recipe).inputs)
    with geogrid.open_project(path) as project:
        assert roster_of(project).faults == ()
        grids, members = project.units("grid"), project.table("memberships")
        officers = members[members["member"].isin(project.table("staff").query("kind == 'full_time'")["id"])]
        assert sorted(officers["target"]) == sorted(grids.index)
        findings = project.findings()
        assert not findings["rule"].isin(["no_organisation", "no_staff", "row_rejected"]).any()


def test_the_same_district_is_written_with_the_same_bytes_and_a_table_of_another_goes(kaiping, tmp_path):
    recipe, _ = kaiping
    (tmp_path / "events.csv").write_text("id\nleft over\n")
    again = simulate_sources("kaiping", tmp_path, scale=0.05)
    for path in sorted(recipe.parent.glob("*.*")):
        assert (again.parent / path.name).read_bytes() == path.read_bytes(), path.name
    assert not (tmp_path / "events.csv").exists()


def test_households_live_door_by_door_on_their_floors_and_each_once():
    buildings = pd.DataFrame({"id": ["B1", "B2", "B3"], "households": [5, 1, 0]})
    entrances = pd.DataFrame({"id": ["B1-1"], "building": ["B1"], "floors": [2], "households": [5]})
    table = door_by_door(buildings, entrances)
    assert table["id"].tolist() == ["B1-1-101", "B1-1-102", "B1-1-103", "B1-1-201", "B1-1-202", "B2-101"]
    assert table["floor"].tolist() == [1, 1, 1, 2, 2, 1]
    assert len(door_by_door(buildings.iloc[:0], entrances.iloc[:0])) == 0


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 34), st.integers(0, 140)), max_size=6), st.integers(0, 5))
def test_so_many_households_as_a_building_has_and_none_above_its_roof(stairs, more):
    ids = [f"B1-{k}" for k in range(len(stairs))]
    entrances = pd.DataFrame({"id": ids, "building": "B1", "floors": [f for f, _ in stairs], "households": [n for _, n in stairs]})
    table = door_by_door(pd.DataFrame({"id": ["B1"], "households": [sum(n for _, n in stairs) + more]}), entrances)
    assert len(table) == table["id"].nunique() == sum(n for _, n in stairs) + more
    for (floors, n), name in zip(stairs, ids, strict=True):
        mine = table[table["entrance"] == name]
        assert len(mine) == n
        assert mine["floor"].between(1, floors).all()


def test_centres_are_households_evenly_spread_under_the_group_or_else_the_branch_around_them():
    homes = pd.DataFrame({"id": [f"h{k}" for k in range(40)], "name": "", "kind": "", "weight": 1.0, "x": 0.0, "y": 0.0})
    places = town({"community": 2, "grid": 4}, compounds=2, buildings=4, entrances=4)
    of = places.of("building").iloc[np.arange(40) // 10].reset_index(drop=True)
    homes = homes.assign(building=of["id"], compound=of["compound"], community=of["community"], grid=of["grid"])
    bodies = (Bodies("branch", "{place}", "compound"), Bodies("centre", "{i}", "household", 4, under="group branch", evenly=True))
    folk = Folk("grid", bodies)
    tables = make_folk(folk, replace(places, frames={**places.frames, "household": homes}), np.random.default_rng(0))
    members = tables["memberships"]
    assert members.loc[members["target_kind"] == "household", "target"].tolist() == ["h5", "h15", "h25", "h35"]
    assert tables["organisations"].query("kind == 'centre'")["parent"].tolist() == ["O00001", "O00001", "O00002", "O00002"]


def test_linked_households_are_asked_for_where_there_is_a_scheme_for_them(tmp_path):
    with pytest.raises(InputError, match="kaiping links no households"):
        simulate_sources("kaiping", tmp_path, linked=True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.long
def test_lubei_links_ten_households_to_each_centre(tmp_path):
    recipe = simulate_sources("lubei", tmp_path, scale=0.02, linked=True)
    with geogrid.build(recipe.with_name("recipe-linked.toml"), tmp_path / "x.gpkg") as project:
        linked = project.units("linked")
        assert len(linked) == round(9700 * 4 / 175)
        assert set(linked["households"]) == {11}
        assert roster_of(project).faults == ()
        assert sorted(project.units("grid").index) == sorted(
            set(project.table("memberships").query("target_kind == 'unit'")["target"]) - set(project.units("community").index)
        )


@pytest.mark.long
@pytest.mark.parametrize("system", [s["id"] for s in systems()])
def test_every_system_builds_with_its_people_and_none_of_them_is_lost(system, tmp_path):
    recipe = simulate_sources(system, tmp_path, scale=0.05)
    with geogrid.build(recipe, tmp_path / "x.gpkg") as project:
        assert roster_of(project).faults == ()
        assert not project.findings()["rule"].isin(["row_rejected", "point_unmatched"]).any()
        bodies = FOLK[system].bodies
        kinds = set(project.table("organisations")["kind"]) if bodies else set()
        assert {body.kind for body in bodies if body.of == DISTRICT} <= kinds


@pytest.mark.parametrize(
    ("role", "headings"),
    [
        ("staff", {"工号": "id", "姓名": "name", "人员类别": "kind", "联系电话": "phone", "岗位职责": "duties", "所属网格": "unit"}),
        (
            "organisations",
            {"党组织编码": "id", "党组织名称": "name", "组织类型": "kind", "上级党组织": "parent", "成立日期": "valid_from", "撤销日期": "valid_to"},
        ),
        (
            "memberships",
            {"人员编号": "member", "对象类型": "target_kind", "对象编码": "target", "岗位": "post", "起始日期": "valid_from", "截止日期": "valid_to"},
        ),
    ],
)
def test_an_offices_own_headings_of_people_say_which_table_it_is(role, headings):
    assert recognise(role, list(headings)) == {ours: theirs for theirs, ours in headings.items()}
    assert propose(guess_roles("Sheet1", "dirty", "none", list(headings), rows=9)) == role


def test_a_file_in_place_of_the_folder_is_said_in_a_sentence(tmp_path):
    (tmp_path / "taken").write_text("")
    result = CliRunner().invoke(main, ["simulate", "kaiping", "--out", str(tmp_path / "taken")])
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "taken" in result.stderr
