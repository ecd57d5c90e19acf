"""The page /events and what it serves: figures for an instant, filters, files; residents see rates only, a scope sees its own events."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from geogrid.sites import join
from geogrid.store import write_project
from tests.event_town import event_app, event_contents
from tests.people import clock, signed_in
from tests.tiny import EAST, WEST
from tests.web_project import tiny_app
from web import create_app


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return event_app(tmp_path_factory.mktemp("manned"), with_users=True)


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return event_app(tmp_path_factory.mktemp("events")).test_client()


def told(client: FlaskClient, page: str = "/events?lang=en") -> dict:
    return json.loads(re.search(r'id="page-data">(.*?)</script>', client.get(page).text, re.S)[1])


def ask(client: FlaskClient, name: str, query: str = "", status: int = 200):
    answer = client.get(f"{told(client)['events']['data']}{name}.json?lang=en&{query}")
    assert answer.status_code == status, answer.text
    return answer.json


def test_the_answer_counts_what_is_open_and_closed_now(local: FlaskClient):
    answer = ask(local, "answer")
    assert [answer[name] for name in ("events", "closed", "open", "at", "unmatched")] == [7, 5, 2, "2026-03-01 16:00", 1]
    assert [kind["name"] for kind in answer["kinds"]] == ["litter", "illegal parking", "<b>别的</b>"]


def test_open_events_stand_where_the_days_of_their_kind_have_brought_them(local: FlaskClient):
    rows = {row["id"]: row for row in ask(local, "answer")["open_events"]}
    assert list(rows) == ["v4", "v5"]
    assert (rows["v4"]["days"], rows["v4"]["steps"], rows["v4"]["level"]) == (9.3, 3, "")
    assert (rows["v5"]["steps"], rows["v5"]["level"], rows["v5"]["code"]) == (0, "microgrid", WEST + "002003")


def test_another_instant_is_answered_for_that_instant(local: FlaskClient):
    answer = ask(local, "answer", "when=2026-02-10T20:00")
    assert [answer[name] for name in ("events", "closed", "open")] == [4, 3, 1]
    assert ask(local, "answer", "when=soon", 400)["error"]


def test_simulated_events_are_told_as_of_their_last(tmp_path: Path):
    assert ask(event_app(tmp_path, simulated=True).test_client(), "answer")["at"] == "2026-02-28 08:00"


@pytest.mark.parametrize(
    ("query", "n"),
    [
        ("kind=parking", 3),
        ("kind=违法停车", 3),
        ("task=hazard", 3),
        ("task=elderly", 0),
        (f"unit={WEST}", 5),
        ("month=2026-02", 6),
        ("from=2026-02-10&to=2026-02-12", 2),
    ],
)
def test_the_address_chooses_kind_task_unit_and_time(local: FlaskClient, query: str, n: int):
    assert ask(local, "answer", query)["events"] == n


@pytest.mark.parametrize("query", ["task=nothing", "month=March", "month=2026-03-01T08:00%2B08:00", "state=maybe", "from=soon"])
def test_a_choice_that_can_not_be_read_is_told(local: FlaskClient, query: str):
    assert ask(local, "answer", query, 400)["message_zh"]


def test_a_unit_that_is_not_there_is_told(local: FlaskClient):
    assert ask(local, "answer", "unit=nowhere", 404)["message_zh"]


def test_the_table_has_a_line_for_every_unit_with_what_came_up_to_it(local: FlaskClient):
    table = ask(local, "table/community", "when=2026-02-27T09:00")
    assert table["codes"] == [WEST, EAST]
    assert (table["values"]["events"], table["values"]["open"], table["values"]["up"]) == ([4, 1], [1, 0], [1, 0])
    assert ask(local, "table/nothing", "", 404)["error"]


def test_the_map_is_given_the_chosen_events_and_closed_ones_are_grey(local: FlaskClient):
    assert ask(local, "points")["id"] == ["v4", "v5"]
    every = ask(local, "points", "state=all")
    colours = {name: every["kinds"][kind]["colour"] for name, kind in zip(every["id"], every["kind"], strict=True)}
    assert colours["v1"] == "#6b747c" != colours["v4"]


def test_one_event_is_told_with_its_units_and_an_unknown_one_is_not_there(local: FlaskClient):
    one = ask(local, "one", "id=v2")
    assert [unit["code"] for unit in one["units"]] == [WEST, WEST + "001", WEST + "001003"]
    assert (one["open"], one["kind_name"], one["reporter"]) == (False, "illegal parking", "officer")
    ask(local, "one", "id=nothing", 404)


def test_the_files_hold_what_is_chosen_and_texts_stay_texts(local: FlaskClient):
    rows = list(load_workbook(BytesIO(local.get("/download/events/events.xlsx?state=all").data)).worksheets[0].values)
    assert len(rows) == 8
    assert "<b>别的</b>" in [value for row in rows for value in row]
    found = local.get("/download/events/events.geojson?kind=litter").json["features"]
    assert [feature["properties"]["id"] for feature in found] == ["v5"]
    units = local.get("/download/events/event_units.geojson?level=community").json["features"]
    assert [(unit["properties"]["events"], unit["properties"]["open"]) for unit in units] == [(5, 2), (1, 0)]
    assert local.get("/download/events/nothing.xlsx").status_code == 404
    assert local.get("/download/events/events.pdf").status_code == 404


def test_the_api_answers_with_geojson_and_filters(local: FlaskClient):
    assert len(local.get("/api/events").json["features"]) == 7
    assert {feature["properties"]["id"] for feature in local.get(f"/api/events?unit={WEST}&state=open").json["features"]} == {"v4", "v5"}
    found = local.get("/api/events?kind=litter&from=2026-02-01&to=2026-02-04").json["features"]
    assert [feature["properties"]["id"] for feature in found] == ["v1"]
    assert [feature["properties"]["role"] for feature in local.get("/api/sites?kind=events").json["features"]] == ["event"] * 7


def test_who_is_not_signed_in_sees_closing_rates_and_nothing_else(app: Flask):
    client = signed_in(app, "")
    page = told(client)
    assert page["may_see"] is False
    assert ask(client, "answer").keys() == {"at", "last", "timeless", "events", "closed", "open", "share"}
    assert ask(client, "table/grid")["values"].keys() == {"events", "open", "rate", "open_share"}
    for address in (
        "/api/events",
        "/download/events/events.xlsx",
        "/download/events/event_units.xlsx",
        f"{page['events']['data']}points.json",
        f"{page['events']['data']}one.json?id=v1",
    ):
        assert client.get(address).status_code == 401, address
    assert client.get("/api/sites?kind=events").json["features"] == []


def test_who_is_confined_to_a_unit_sees_its_events_only(app: Flask):
    client = signed_in(app, "east")
    assert ask(client, "answer")["events"] == 1
    assert [feature["properties"]["id"] for feature in client.get("/api/events").json["features"]] == ["v6"]
    assert ask(client, "answer", f"unit={WEST}", 404)["error"]
    ask(client, "one", "id=v1", 404)


def test_a_project_without_events_says_so_and_has_no_tab(tmp_path: Path):
    client = tiny_app(tmp_path).test_client()
    assert "[inputs.events]" in client.get("/events").text
    assert 'href="/events"' not in client.get("/").text
    assert client.get("/api/events").status_code == 404


def test_names_from_the_data_are_never_markup(local: FlaskClient):
    assert "<b>别的" not in local.get("/events").text


def test_an_event_whose_place_nobody_knows_is_counted_listed_and_written_but_not_drawn(tmp_path: Path):
    contents = event_contents()
    events = contents.sites["events"].copy()
    events.loc[events["id"].isin(["v5", "v7"]), "geometry"] = None
    path = tmp_path / "placeless.gpkg"
    write_project(replace(contents, sites={**contents.sites, "events": join(events.drop(columns=["outside_m"]), contents.plan)}), path)
    client = create_app(path, clock=clock).test_client()
    assert ask(client, "points")["id"] == ["v4"]
    answer = ask(client, "answer")
    assert (answer["events"], answer["unmatched"]) == (7, 2)
    assert next(row for row in answer["open_events"] if row["id"] == "v5")["at"] is None
    assert ask(client, "one", "id=v5")["units"] == []
    assert len(client.get("/api/events").json["features"]) == 7
    assert client.get("/download/events/events.xlsx?state=all").status_code == 200
