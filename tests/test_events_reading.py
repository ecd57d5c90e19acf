"""Events at the door: times and states as offices write them, what is neither is a row error, and a project that holds them as a role of its own."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point, box

from geogrid.pipeline.order import in_order
from geogrid.pipeline.placed import placed_events
from geogrid.reading.happenings import STATES, closed_early, fold_state, parse_states, parse_whens
from geogrid.reading.sources import read_sources
from geogrid.recipe import read_recipe

EIGHT = 8 * 3600


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2026-03-02 08:05:11", "2026-03-02T08:05:11+08:00"),
        ("2026年3月2日8时5分", "2026-03-02T08:05:00+08:00"),
        ("2026-03-02T00:05:11Z", "2026-03-02T08:05:11+08:00"),
        ("2026/3/2", "2026-03-02"),
        ("2026.3.2", "2026-03-02"),
        ("20260302", "2026-03-02"),
        ("2026-03-02 00:00:00", "2026-03-02"),
        ("2024-02-29", "2024-02-29"),
        ("", ""),
    ],
)
def test_a_time_comes_out_as_iso_text_and_a_day_stays_a_day(text: str, told: str):
    assert parse_whens([text], EIGHT)[0].tolist() == [told]
    assert not parse_whens([text], EIGHT)[1][0]


@pytest.mark.parametrize("text", ["昨天", "2026-02-30", "2026-13-01", "1899-12-31", "25:00", "3月2日", "2026-03-02T25:00:00"])
def test_what_is_no_time_is_told_and_never_guessed(text: str):
    assert parse_whens([text], EIGHT)[1][0]


@given(st.datetimes(datetime(2000, 1, 2), datetime(2099, 12, 30)))
def test_iso_text_is_read_as_itself(moment):
    text = parse_whens([moment.isoformat(timespec="seconds")], EIGHT)[0].tolist()
    assert parse_whens(text, EIGHT)[0].tolist() == text


@pytest.mark.parametrize(
    ("word", "state"),
    [("已办结", "closed"), ("Closed", "closed"), ("未办结", "open"), ("办理中", "open"), ("In Progress", "open"), ("【已结案】", "closed"), ("", "")],
)
def test_states_are_read_in_both_languages(word: str, state: str):
    assert parse_states([word])[0].tolist() == [state]


@given(st.text(max_size=12))
def test_a_word_that_is_no_state_is_a_fault(word: str):
    states, bad = parse_states([word])
    assert bad[0] == (fold_state(word) not in STATES)
    assert states[0] in ("open", "closed", "")


def test_an_event_closed_before_it_happened_is_told_and_one_closed_on_its_day_is_not():
    times = ["2026-03-02T08:00:00+08:00", "2026-03-02T08:00:00+08:00", "2026-03-02", "", "2026-03-02"]
    closed = ["2026-03-02T07:59:59+08:00", "2026-03-02", "2026-03-02T07:00:00+08:00", "2026-03-01", ""]
    assert closed_early(times, closed).tolist() == [True, False, False, False, False]


def events_of(folder: Path, lines: list[str], more: str = ""):
    (folder / "events.csv").write_text("\n".join(["事件编号,事件类型,上报时间,状态,办结时间,上报渠道,lon,lat", *lines]), "utf-8")
    (folder / "recipe.toml").write_text(f'name = "x"\nscheme = "community-grid"\n[inputs.events]\npath = "events.csv"\n{more}', "utf-8")
    return read_sources(read_recipe(folder / "recipe.toml"), accept_rejects=True)


def test_rows_with_a_bad_time_state_or_order_are_rejected_with_the_reason_in_both_languages(tmp_path: Path):
    lines = [
        "1,违法停车,2026-03-02 08:00,已办结,2026-03-03,外卖小哥,118.1,39.6",
        "2,违法停车,昨天,已办结,,网格员,118.1,39.6",
        "3,违法停车,2026-03-02 08:00,也许,,网格员,118.1,39.6",
        "4,违法停车,2026-03-02 08:00,已办结,2026-03-01,网格员,118.1,39.6",
        "5,违法停车,,办理中,,网格员,118.1,39.6",
    ]
    sources = events_of(tmp_path, lines)
    frame = sources.frames["events"]
    assert frame["id"].tolist() == ["1", "5"]
    assert frame.loc[0, ["time", "state", "closed_at", "reporter_kind"]].tolist() == ["2026-03-02T08:00:00+08:00", "closed", "2026-03-03", "外卖小哥"]
    assert sources.rejected["row"].tolist() == [3, 4, 5]
    assert all(sources.rejected["reason"])
    assert all(sources.rejected["reason_zh"])


def test_the_zone_of_the_recipe_says_when_times_without_one_are(tmp_path: Path):
    frame = events_of(tmp_path, ["1,x,2026-03-02 08:00,open,,y,118.1,39.6"], 'time_zone = "+02:00"').frames["events"]
    assert frame["time"].tolist() == ["2026-03-02T08:00:00+02:00"]


def homes() -> gpd.GeoDataFrame:
    rows = {"id": ["b1", "b2", "b3"], "address": ["北里1号楼", "北里2号楼", "北里2号楼"], "row": [2, 3, 4]}
    return gpd.GeoDataFrame(rows, geometry=[box(10 * i, 0, 10 * i + 8, 8) for i in range(3)], crs="EPSG:4547")


def test_an_event_with_an_address_happened_at_the_building_that_bears_it_and_a_doubtful_one_nowhere():
    events = pd.DataFrame({"id": ["a", "b", "c", "d"], "address": ["北里1号楼", "北里2号楼", "南里9号楼", ""], "row": [2, 3, 4, 5]})
    placed = placed_events({"events": events, "buildings": homes()}, "EPSG:4547")["events"]
    assert [place is not None for place in placed.geometry] == [True, False, False, False]
    assert homes().geometry.iloc[0].contains(placed.geometry.iloc[0])


def test_a_place_that_is_given_is_kept_and_shuffled_rows_come_in_one_order():
    events = pd.DataFrame({"id": ["a", "b", "c"], "kind": "", "address": ["北里1号楼", "", ""], "row": [2, 3, 4]})
    given = gpd.GeoDataFrame(events, geometry=[Point(1, 1), None, None], crs="EPSG:4547")
    placed = placed_events({"events": given, "buildings": homes()}, "EPSG:4547")["events"]
    assert placed.geometry.iloc[0] == Point(1, 1)
    one, two = (in_order({"events": frame})["events"]["id"].tolist() for frame in (placed, placed.iloc[[2, 0, 1]].reset_index(drop=True)))
    assert one == two == ["a", "b", "c"]


def test_a_file_of_events_without_coordinates_is_a_table_until_addresses_place_it(tmp_path: Path):
    (tmp_path / "events.csv").write_text("事件编号,地址,状态\n1,北里1号楼,已办结\n", "utf-8")
    (tmp_path / "homes.geojson").write_text(homes().set_crs("EPSG:4326", allow_override=True).to_json(), "utf-8")
    recipe = 'name = "x"\nscheme = "community-grid"\n[inputs.events]\npath = "events.csv"\n[inputs.buildings]\npath = "homes.geojson"\n'
    (tmp_path / "recipe.toml").write_text(recipe, "utf-8")
    sources = read_sources(read_recipe(tmp_path / "recipe.toml"))
    assert placed_events(sources.frames, sources.crs)["events"].geometry.notna().tolist() == [True]
