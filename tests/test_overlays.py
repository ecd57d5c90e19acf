"""Overlays: their state by date, what they change and what not, proposals, clashes; at the end everything is what it was before."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.errors import InputError
from geogrid.organisation.overlay import ADD, COLUMNS, REMOVE, Change, Overlay, overlays_of, state_at, to_table, unknown_words
from geogrid.organisation.overlay_check import check_changes, find_clashes
from geogrid.organisation.overlay_diff import diff, find_lacking, stands
from geogrid.organisation.overlay_effect import effect_of
from geogrid.organisation.overlay_propose import onto, teams_of, under_community
from geogrid.organisation.overlay_spread import spread
from geogrid.organisation.places import Places
from geogrid.organisation.roster import Roster
from geogrid.organisation.times import ZONE
from geogrid.scheme import Scheme, read_scheme

DAY = datetime(2026, 3, 10, 12, tzinfo=ZONE)
COMMUNITIES = ("C1", "C2", "C3")


def units() -> dict[str, pd.DataFrame]:
    """Three communities of two grids each."""
    frame = lambda rows: pd.DataFrame(rows, columns=["code", "parent", "name", "kind", "valid_to"]).set_index("code")  # noqa: E731
    grids = [(f"{c}{n}", c, f"{c}第{n}网格", "base", "") for c in COMMUNITIES for n in (1, 2)]
    return {"community": frame([(c, "", f"社区{c}", "base", "") for c in COMMUNITIES]), "grid": frame(grids)}


def scheme() -> Scheme:
    return read_scheme("lubei")


def tables(overlays: pd.DataFrame | None = None) -> dict[str, pd.DataFrame]:
    staff = [(f"g{c}{n}", f"网格员{c}{n}", "full_time", "") for c in COMMUNITIES for n in (1, 2)]
    staff += [(f"m{i}", f"党员{i}", "sent_member", "") for i in range(6)]
    works = [(f"g{c}{n}", "unit", f"{c}{n}", "", "", "") for c in COMMUNITIES for n in (1, 2)]
    works += [(f"m{i}", "workplace" if i < 4 else "organisation", ("W1", "W1", "W1", "W2", "T1", "T1")[i], "", "", "") for i in range(6)]
    return {
        "staff": pd.DataFrame(staff, columns=["id", "name", "kind", "phone"]),
        "organisations": pd.DataFrame([("T1", "先锋队1", "vanguard"), ("B1", "支部1", "branch")], columns=["id", "name", "kind"]),
        "workplaces": pd.DataFrame([("W1", "单位一"), ("W2", "单位二")], columns=["id", "name"]),
        "memberships": pd.DataFrame(works, columns=["member", "target_kind", "target", "post", "valid_from", "valid_to"]),
        "overlays": pd.DataFrame(columns=list(COLUMNS)) if overlays is None else overlays,
    }


@cache
def plain() -> Roster:
    return Roster.of(tables(), Places.of(units()), scheme())


def roster(*overlays: Overlay) -> Roster:
    return plain().with_overlays(to_table(overlays)) if overlays else plain()


def overlay(name: str = "A", *changes: Change, since: str = "2026-03-10", until: str = "2026-03-11", kind: str = "real") -> Overlay:
    return Overlay(name, f"平急{name}", kind, tuple(Change(c.action, c.member, c.target_kind, c.target, c.post, since, until) for c in changes))


TO_C2 = Change(ADD, "gC11", "unit", "C2")
FROM_C11 = Change(REMOVE, "gC11", "unit", "C11")


def told(moment) -> pd.DataFrame:
    return moment.posts.sort_values(list(moment.posts.columns), ignore_index=True)


# -- states


@pytest.mark.parametrize(
    ("when", "state"),
    [
        (datetime(2026, 3, 9, 23, 59, tzinfo=ZONE), "prepared"),
        (datetime(2026, 3, 10, tzinfo=ZONE), "in_force"),
        (datetime(2026, 3, 11, 23, 59, tzinfo=ZONE), "in_force"),
        (datetime(2026, 3, 12, tzinfo=ZONE), "ended"),
    ],
)
def test_the_state_follows_from_the_dates_and_the_last_day_counts(when: datetime, state: str):
    assert state_at(overlay("A", TO_C2), when) == state


def test_a_moment_as_end_is_not_included_and_an_open_end_never_comes():
    until = overlay("A", TO_C2, until="2026-03-11T08:00:00+08:00")
    assert [state_at(until, datetime(2026, 3, 11, h, tzinfo=ZONE)) for h in (7, 8)] == ["in_force", "ended"]
    assert state_at(overlay("A", TO_C2, since="", until=""), DAY) == "in_force"


def test_dates_that_can_not_be_read_or_that_cross_are_faulty_and_never_in_force():
    for since, until in (("2026-02-30", ""), ("", "soon"), ("2026-03-12", "2026-03-10")):
        bad = overlay("A", TO_C2, FROM_C11, since=since, until=until)
        assert state_at(bad, DAY) == "faulty"
        assert told(roster(bad).at(DAY)).equals(told(roster().at(DAY)))


def test_an_overlay_without_changes_is_never_in_force():
    assert state_at(Overlay("A"), DAY) == "faulty"
    assert overlays_of(pd.DataFrame(columns=["id", "member"])) == ()


# -- reading


def test_rows_of_one_id_are_one_overlay_whatever_their_order_and_words():
    rows = pd.DataFrame(
        [("演练", "增加", "p1", "C1", "2026/3/10"), ("演练", "移除", "p1", "C2", "2026-03-09"), ("实战", "add", "p2", "C3", "")],
        columns=["kind", "action", "member", "target", "valid_from"],
    ).assign(id=["A", "A", ""])
    found = overlays_of(rows)
    assert found == overlays_of(rows.iloc[::-1])
    assert [(each.id, each.kind, len(each.changes), each.valid_from) for each in found] == [
        ("overlay", "real", 1, ""),
        ("A", "drill", 2, "2026-03-09"),
    ]
    assert overlays_of(to_table(found)) == found


def test_a_kind_that_nobody_knows_is_told_and_changes_nothing_in_reality():
    rows = pd.DataFrame([("A", "emergency?", "add", "gC11", "unit", "C2")], columns=["id", "kind", "action", "member", "target_kind", "target"])
    assert unknown_words(rows) == [(0, "kind", "emergency?")]
    made = Roster.of({**tables(), "overlays": rows}, Places.of(units()), scheme())
    assert told(made.at(DAY)).equals(told(roster().at(DAY)))
    assert not told(made.at(DAY, drills=["A"])).equals(told(roster().at(DAY)))


# -- what it changes


def test_a_real_overlay_changes_who_stands_where_and_only_while_it_lasts():
    made = roster(overlay("A", TO_C2, FROM_C11))
    found = diff(made.at(DAY - timedelta(days=3)), made.at(DAY))
    (row,) = found.people.to_dict("records")
    assert (row["member"], row["from_code"], row["to_code"], row["overlay"]) == ("gC11", "C11", "C2", "A")
    assert found.units[["code", "people_before", "people_after", "left", "joined"]].to_numpy().tolist() == [["C2", 0, 1, 0, 1], ["C11", 1, 0, 1, 0]]
    assert not diff(made.at(DAY - timedelta(days=3)), made.at(DAY + timedelta(days=3)))


def test_a_drill_changes_nobody_in_reality_unless_one_asks_for_it():
    made = roster(overlay("A", TO_C2, FROM_C11, kind="drill"))
    assert told(made.at(DAY)).equals(told(roster().at(DAY)))
    assert diff(made.at(DAY), made.at(DAY, drills=["A"]))
    assert not diff(made.at(DAY), made.at(DAY, drills=["B"]))


def test_what_a_unit_lacks_meanwhile_is_listed_and_nothing_that_it_lacked_before():
    made = roster(overlay("A", TO_C2, FROM_C11))
    lacking = find_lacking(made.at(DAY - timedelta(days=3)), made.at(DAY))
    assert lacking[["level", "code", "kind", "missing", "have"]].to_numpy().tolist() == [["grid", "C11", "full_time", "person", 0]]
    assert not len(find_lacking(made.at(DAY), made.at(DAY)))
    kept = roster(overlay("A", TO_C2))
    assert not len(find_lacking(kept.at(DAY - timedelta(days=3)), kept.at(DAY)))


CHANGES = st.lists(
    st.builds(
        Change,
        st.sampled_from([ADD, REMOVE]),
        st.sampled_from([f"g{c}{n}" for c in COMMUNITIES for n in (1, 2)] + ["W1", "W2", "T1", "m0"]),
        st.sampled_from(["unit", "", "grid", "organisation"]),
        st.sampled_from(["C1", "C2", "C11", "C32", "T1", "nowhere", ""]),
        st.sampled_from(["", "队长"]),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=8)
@given(CHANGES, st.sampled_from(["real", "drill"]), st.integers(0, 5))
def test_when_an_overlay_is_over_the_roster_is_exactly_what_it_was(changes: list[Change], kind: str, days: int):
    until = (DAY + timedelta(days=days)).date().isoformat()
    made = roster(overlay("A", *changes, until=until, kind=kind))
    for moment in (DAY - timedelta(days=1), DAY + timedelta(days=days + 1)):
        assert told(made.at(moment, drills=["A"])).equals(told(plain().at(moment)))
        assert stands(made.at(moment, drills=["A"])).equals(stands(plain().at(moment)))


@settings(max_examples=8)
@given(CHANGES, CHANGES)
def test_overlays_in_force_at_once_do_the_same_in_either_order(one: list[Change], two: list[Change]):
    a, b = overlay("A", *one), overlay("B", *two)
    first, second = roster(a, b).at(DAY), roster(b, a).at(DAY)
    assert first.links.drop(columns="row").equals(second.links.drop(columns="row"))
    assert told(first).equals(told(second))


@settings(max_examples=8)
@given(CHANGES)
def test_a_difference_says_who_left_and_who_came_and_backwards_the_other_way_round(changes: list[Change]):
    made = roster(overlay("A", *changes))
    there, back = diff(made.at(DAY - timedelta(days=2)), made.at(DAY)), diff(made.at(DAY), made.at(DAY - timedelta(days=2)))
    assert there.units["left"].tolist() == back.units["joined"].tolist()
    assert (there.units["people_after"] - there.units["people_before"] == there.units["joined"] - there.units["left"]).all()
    assert bool(there) == bool(back)


# -- proposals


def test_staff_of_the_grids_come_under_their_community_and_leave_or_keep_their_own_unit():
    emergency = scheme().emergency
    moved = under_community(roster().at(DAY), emergency)
    assert [(c.action, c.target) for c in moved if c.member == "gC11"] == [(REMOVE, "C11"), (ADD, "C1")]
    assert len(moved) == 12
    kept = under_community(roster().at(DAY), emergency, keep=True)
    assert {c.action for c in kept} == {ADD}
    assert len(under_community(roster().at(DAY), emergency, units={"C3"})) == 4
    during = roster(overlay("A", *moved)).at(DAY)
    assert stands(during)["level"].tolist() == ["community"] * 6
    assert not len(find_lacking(roster().at(DAY), roster(overlay("A", *kept)).at(DAY)))


def test_who_is_under_the_community_already_is_not_put_there_again():
    emergency = scheme().emergency
    during = roster(overlay("A", *under_community(roster().at(DAY), emergency, keep=True))).at(DAY)
    assert under_community(during, emergency, keep=True) == ()


def test_workplaces_and_teams_go_onto_communities_and_take_their_members_along():
    households = {"C1": 900.0, "C2": 100.0, "C3": 100.0}
    changes = onto(roster().at(DAY), households, level="community", bodies={"workplaces": ["W1", "W2"], "vanguard": ["T1"]})
    assert {(c.action, c.member, c.target) for c in changes} >= {(ADD, "W1", "C1"), (ADD, "T1", "C1")}
    assert len(changes) == 3
    found = diff(roster().at(DAY), roster(overlay("A", *changes)).at(DAY))
    assert sorted(found.people["member"]) == ["T1", "W1", "W2", "m0", "m1", "m2", "m3", "m4", "m5"]
    assert int(found.units["joined"].sum()) == 6
    assert int(found.units["bodies_joined"].sum()) == 3
    assert onto(roster().at(DAY), {}, level="community", bodies={"workplaces": ["W1"]}) == ()


def test_teams_are_the_kinds_of_organisation_that_stand_outside_the_tree():
    assert teams_of(read_scheme("fengrun")) == ("vanguard",)
    assert teams_of(read_scheme("community-grid-microgrid")) == ()


ITEMS = st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.integers(1, 60).map(float), max_size=30)
PLACES = st.dictionaries(st.text("xyz", min_size=1, max_size=3), st.integers(0, 2000).map(float), min_size=1, max_size=12)


@given(ITEMS, PLACES, st.randoms())
def test_weights_are_spread_by_size_each_place_gets_some_and_the_order_says_nothing(items: dict[str, float], places: dict[str, float], chance):
    found = spread(items, places)
    assert found.keys() == items.keys()
    assert set(found.values()) <= places.keys()
    keys, names = list(items), list(places)
    chance.shuffle(keys)
    chance.shuffle(names)
    assert spread({key: items[key] for key in keys}, {name: places[name] for name in names}) == found
    load = {place: [items[item] for item in found if found[item] == place] for place in places}
    if len(items) >= len(places):
        assert all(load.values())
    whole = sum(places.values())
    for place, size in places.items():
        due = sum(items.values()) * (size / whole if whole else 1 / len(places))
        assert len(load[place]) <= 1 or sum(load[place]) <= due + max(load[place]) + 1e-6


def test_eighty_five_workplaces_and_sixty_communities_leave_none_out_and_stay_near_their_share():
    items = {f"W{i:03d}": 15.0 + i % 14 for i in range(85)}
    places = {f"C{i:02d}": 500.0 + 37 * i for i in range(60)}
    found = spread(items, places)
    load = {place: sum(items[item] for item in found if found[item] == place) for place in places}
    assert min(load.values()) > 0
    due = {place: sum(items.values()) * size / sum(places.values()) for place, size in places.items()}
    assert max(load[place] - due[place] for place in places) <= 28


# -- what can not be meant


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (Change("move", "gC11", "unit", "C2"), "action"),
        (Change(ADD, "nobody", "unit", "C2"), "member"),
        (Change(ADD, "gC11", "planet", "C2"), "target_kind"),
        (Change(ADD, "gC11", "unit", "C9"), "target 'C9'"),
        (Change(ADD, "gC11", "workplace", "W9"), "target 'W9'"),
        (Change(ADD, "gC11", "unit", ""), "target"),
    ],
)
def test_changes_that_can_not_be_used_are_refused_with_their_row(change: Change, says: str):
    with pytest.raises(InputError, match="row 2") as caught:
        check_changes(roster(), [TO_C2, change])
    assert says in caught.value.message
    assert caught.value.facts["rows"] == [2]
    assert caught.value.message_zh != caught.value.message


def test_no_changes_are_refused_and_good_ones_pass():
    with pytest.raises(InputError):
        check_changes(roster(), [])
    check_changes(roster(), [TO_C2, FROM_C11, Change(REMOVE, "gC11"), Change(ADD, "W1", "社区", "C1"), Change(ADD, "m0", "organisation", "T1")])


def test_one_person_called_to_two_places_at_once_is_told_and_not_when_the_times_differ():
    a, b = overlay("A", TO_C2), overlay("B", Change(ADD, "gC11", "unit", "C3"), kind="drill")
    (row,) = find_clashes(roster(), a, [a, b]).to_dict("records")
    assert (row["clash"], row["member"], row["target"], row["other"], row["other_target"]) == ("two_places", "gC11", "C2", "B", "C3")
    later = overlay("B", Change(ADD, "gC11", "unit", "C3"), since="2026-03-12", until="2026-03-13")
    assert not len(find_clashes(roster(), a, [later]))


def test_taking_away_what_is_not_there_and_adding_what_is_are_told():
    odd = overlay("A", Change(REMOVE, "gC11", "unit", "C32"), Change(ADD, "gC12", "unit", "C12"))
    assert find_clashes(roster(), odd)["clash"].tolist() == ["already_there", "not_there"]
    assert not len(find_clashes(roster(), overlay("A", FROM_C11, TO_C2, Change(REMOVE, "gC31"))))
    back = overlay("A", FROM_C11, Change(ADD, "gC11", "unit", "C11", "队长"))
    assert not len(find_clashes(roster(), back))


# -- what one does


@pytest.mark.parametrize(
    ("since", "until", "kind"),
    [("", "", "real"), ("", "2026-03-11", "drill"), ("2026-03-12", "", "real"), ("2026-02-30", "", "real"), ("2026-03-12", "2026-03-10", "drill")],
)
def test_the_effect_of_any_overlay_can_be_asked_for_and_what_never_holds_does_nothing(since: str, until: str, kind: str):
    odd = overlay("A", TO_C2, FROM_C11, since=since, until=until, kind=kind)
    found = effect_of(roster(odd), odd, DAY)
    holds = state_at(odd, DAY) != "faulty"
    assert bool(found.change) == holds
    assert not (holds and until and found.after)
    assert found.flows["people"].sum() == int(holds)


def test_the_effect_of_one_that_is_only_prepared_leaves_the_others_as_they_are():
    known = overlay("A", TO_C2, FROM_C11)
    found = effect_of(roster(known), overlay("B", Change(ADD, "gC12", "unit", "C2")), DAY)
    assert found.change.people["member"].tolist() == ["gC12"]
    assert found.flows[["from_code", "to_code", "people", "bodies"]].to_numpy().tolist() == [["C12", "C2", 1, 0]]
    assert not found.after.people["member"].isin(["gC12"]).any()
