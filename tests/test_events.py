"""What became of events, and to whom an open one has come up: small hand-made events, and promises that hold for any."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.events import by_kind, by_month, by_reporter, by_unit, count, escalate, raised, read_events, read_instant, select, told_instant
from geogrid.scheme import EventKind, Scheme, Text, read_scheme

LEVELS = ["community", "grid", "microgrid"]
DAY = 86_400.0
KINDS = {"litter": EventKind(Text("垃圾堆积", "litter"), 2), "parking": EventKind(Text("违法停车", "illegal parking"), 3)}


def scheme() -> Scheme:
    return replace(read_scheme("community-grid-microgrid"), events=MappingProxyType(KINDS))


def at(day: str) -> float:
    return pd.Timestamp(day + ("+08:00" if "T" in day else "T00:00:00+08:00")).timestamp()


def points(*rows: tuple[str, ...]) -> pd.DataFrame:
    names = ["id", "kind", "time", "state", "closed_at", "reporter_kind", *LEVELS]
    return pd.DataFrame([(*row, *[""] * (len(names) - len(row))) for row in rows], columns=names, dtype=object)


def events_of(*rows: tuple[str, ...]) -> pd.DataFrame:
    return read_events(points(*rows), scheme(), LEVELS)


PLACE = ("1", "11", "111")
THREE = (
    ("a", "违法停车", "2026-03-01", "closed", "2026-03-04", "courier", *PLACE),
    ("b", "parking", "2026-03-02T08:00:00+08:00", "open", "", "officer", *PLACE),
    ("c", "litter", "2026-05-02", "", "2026-05-03", "officer", "1", "12", ""),
)


def test_a_kind_is_known_by_its_word_and_by_its_name_in_either_language():
    rows = [("a", "parking"), ("b", "违法停车"), ("c", "illegal parking"), ("d", "别的")]
    assert events_of(*rows)["kind"].tolist() == ["parking", "parking", "parking", "别的"]


def test_an_event_with_a_time_of_closing_is_closed_whatever_its_state_says():
    assert events_of(("a", "x", "2026-03-01", "open", "2026-03-02"), ("b", "x", "2026-03-01", "open"))["closed"].tolist() == [True, False]


def test_an_event_is_open_until_the_instant_at_which_it_was_closed_and_none_before_it_happened():
    events = events_of(*THREE)
    days = ["2026-02-28", "2026-03-03", "2026-03-04", "2026-06-01"]
    assert [tuple(count(events, at(day)).values())[:3] for day in days] == [(0, 0, 0), (2, 0, 2), (2, 1, 1), (3, 2, 1)]


def test_the_closing_rate_of_every_unit_of_every_level():
    found = by_unit(events_of(*THREE), LEVELS, at("2026-06-01"))
    assert found[["level", "code", "events", "closed", "open"]].to_numpy().tolist() == [
        ["community", "1", 3, 2, 1],
        ["grid", "11", 2, 1, 1],
        ["grid", "12", 1, 1, 0],
        ["microgrid", "111", 2, 1, 1],
    ]


def test_units_without_events_have_a_line_where_all_units_are_asked_for():
    found = by_unit(events_of(*THREE), ["grid"], at("2026-06-01"), {"grid": ["13", "12", "11"]})
    assert found["events"].tolist() == [2, 1, 0]
    assert np.isnan(found["share"].iloc[2])


def test_shuangluan_closes_99_84_per_cent_of_3851():
    closed = [(str(i), "parking", "2023-03-01", "closed", "", "", *PLACE) for i in range(3845)]
    told = count(events_of(*closed, *((f"o{i}", "parking", "2023-03-01", "open", "", "", *PLACE) for i in range(6))), at("2023-06-01"))
    assert (told["events"], told["open"], round(100 * told["share"], 2)) == (3851, 6, 99.84)


def test_months_between_two_others_are_told_though_nothing_happened_in_them():
    found = by_month(events_of(*THREE), at("2026-06-01"))
    assert found[["month", "kind", "events"]].to_numpy().tolist() == [["2026-03", "parking", 2], ["2026-04", "", 0], ["2026-05", "litter", 1]]


def test_who_reports_most_stands_first():
    assert by_reporter(events_of(*THREE), at("2026-06-01"))["reporter_kind"].tolist() == ["officer", "courier"]
    assert by_kind(events_of(*THREE), at("2026-06-01"))["kind"].tolist() == ["parking", "litter"]


def standing(day: str, *rows: tuple[str, ...]) -> pd.DataFrame:
    days = {kind: event.days for kind, event in KINDS.items()}
    return escalate(events_of(*rows), LEVELS, days, at(day), default_days=7)


@pytest.mark.parametrize(
    ("day", "level", "code"),
    [
        ("2026-03-03T08:00:00", "microgrid", "111"),
        ("2026-03-05T08:00:00", "microgrid", "111"),
        ("2026-03-05T08:00:01", "grid", "11"),
        ("2026-03-08T08:00:01", "community", "1"),
        ("2026-03-11T08:00:01", "", ""),
        ("2027-03-11T08:00:01", "", ""),
    ],
)
def test_an_event_open_for_longer_than_its_kind_allows_stands_at_the_next_unit_up(day: str, level: str, code: str):
    line = standing(day, THREE[1]).iloc[0]
    assert (line["level"], line["code"], line["from_code"]) == (level, code, "111")


def test_what_is_closed_comes_up_to_nobody_and_what_has_no_time_stays():
    assert standing("2027-01-01", THREE[0]).empty
    line = standing("2027-01-01", ("x", "litter", "", "open", "", "", *PLACE)).iloc[0]
    assert (line["level"], line["steps"]) == ("microgrid", 0)
    assert np.isnan(line["next_s"])


def test_an_event_that_no_unit_holds_stands_at_the_district_and_a_kind_without_days_waits_the_default():
    assert standing("2026-03-20", ("x", "litter", "2026-03-01", "open")).iloc[0]["level"] == ""
    assert standing("2026-03-08", ("x", "other", "2026-03-01", "open", "", "", *PLACE)).iloc[0]["steps"] == 0
    assert standing("2026-03-09", ("x", "other", "2026-03-01", "open", "", "", *PLACE)).iloc[0]["steps"] == 1


def test_what_has_come_up_to_whom_is_counted_with_the_oldest():
    rows = [(f"e{i}", "litter", f"2026-03-0{i}", "open", "", "", *PLACE) for i in (1, 2, 4)]
    told = raised(standing("2026-03-06", *rows))
    assert told[["level", "code", "events"]].to_numpy().tolist() == [["community", "1", 1], ["grid", "11", 1]]


def test_no_events_at_all_give_empty_answers():
    none = events_of()
    assert count(none, 0.0)["events"] == 0
    assert np.isnan(count(none, 0.0)["share"])
    assert standing("2026-03-06").empty
    assert raised(standing("2026-03-06")).empty
    assert by_month(none, 0.0).empty
    assert by_unit(none, LEVELS, 0.0).empty
    assert by_reporter(none, 0.0).empty


@st.composite
def some_events(draw: st.DrawFn) -> pd.DataFrame:
    rows = draw(
        st.lists(
            st.tuples(st.sampled_from(["litter", "parking", "别的", ""]), st.integers(0, 60), st.integers(-1, 30), st.integers(0, 5)), max_size=25
        )
    )
    places = [("", "", ""), ("1", "", ""), ("1", "11", ""), ("1", "11", "111"), ("2", "21", "211"), ("2", "", "212")]
    made = []
    for i, (kind, day, took, place) in enumerate(rows):
        begun = pd.Timestamp("2026-01-01T00:00:00+08:00") + pd.Timedelta(days=day)
        ended = (begun + pd.Timedelta(days=took)).isoformat() if took >= 0 else ""
        made.append((str(i), kind, begun.isoformat() if day else "", "", ended, "officer", *places[place]))
    return points(*made)


@settings(max_examples=20)
@given(some_events(), st.integers(0, 120), st.randoms(use_true_random=False))
def test_figures_add_up_and_do_not_depend_on_the_order_of_rows(given_points: pd.DataFrame, day: int, random):
    at_s = at("2026-01-01") + day * DAY
    events = read_events(given_points, scheme(), LEVELS)
    told = count(events, at_s)
    assert told["closed"] + told["open"] == told["events"]
    for figures in (by_kind(events, at_s), by_reporter(events, at_s), by_month(events, at_s)):
        assert int(figures["events"].sum()) == told["events"]
        assert int(figures["closed"].sum()) == told["closed"]
    order = list(range(len(given_points)))
    random.shuffle(order)
    again = read_events(given_points.iloc[order], scheme(), LEVELS)
    pd.testing.assert_frame_equal(by_unit(events, LEVELS, at_s), by_unit(again, LEVELS, at_s))
    days = {kind: event.days for kind, event in KINDS.items()}
    one, two = (escalate(frame, LEVELS, days, at_s, default_days=7).reset_index(drop=True) for frame in (events, again))
    pd.testing.assert_frame_equal(one, two)


@settings(max_examples=30)
@given(some_events(), st.integers(0, 120), st.integers(0, 60))
def test_an_open_event_never_comes_down_again_and_each_open_one_stands_somewhere(given_points: pd.DataFrame, day: int, later: int):
    events, days = read_events(given_points, scheme(), LEVELS), {kind: event.days for kind, event in KINDS.items()}
    first, then = (escalate(events, LEVELS, days, at("2026-01-01") + d * DAY, default_days=7) for d in (day, day + later))
    both = first.index.intersection(then.index)
    assert (then.loc[both, "steps"] >= first.loc[both, "steps"]).all()
    assert len(first) == count(events, at("2026-01-01") + day * DAY)["open"]
    heights = (events.loc[first.index, LEVELS] != "").sum(axis=1)
    assert (first["steps"].to_numpy() <= heights.to_numpy()).all()


def test_events_are_chosen_by_kind_state_unit_and_time():
    events = events_of(*THREE)
    late = at("2026-06-01")
    assert select(events, late, kinds=["litter"])["id"].tolist() == ["c"]
    assert select(events, late, state="open")["id"].tolist() == ["b"]
    assert select(events, late, unit=("grid", "11"))["id"].tolist() == ["a", "b"]
    assert select(events, late, unit=("street", "11")).empty
    assert select(events, late, from_s=at("2026-03-02"), to_s=at("2026-05-02"))["id"].tolist() == ["b"]


def test_a_day_counts_all_that_happened_on_it_and_nothing_of_the_next():
    events = events_of(
        ("a", "litter", "2026-03-01T09:00:00+08:00", "closed", "2026-03-02"),
        ("b", "litter", "2026-03-02", "closed", "2026-03-02"),
        ("c", "litter", "2026-03-01T23:59:59+08:00", "open"),
    )
    told = {text: count(events, read_instant(text)) for text in ("2026-02-28", "2026-03-01", "2026/3/2", "2026-03-02T00:00")}
    assert [(each["events"], each["closed"]) for each in told.values()] == [(0, 0), (2, 0), (3, 2), (3, 2)]
    assert told_instant(read_instant("2026-03-02T00:00")) == "2026-03-02 00:00"
