"""Five scopes see different layers: district, street, community, grid officer, resident; over pages, tiles, API and downloads, small counts too."""

from __future__ import annotations

import json
import re
from io import BytesIO
from itertools import pairwise

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from tests.people import signed_in
from tests.scoped_town import OFFICERS, SCOPES, SMALL, scoped_app, scoped_plan
from tests.tiny import EAST, WEST

UNITS = {"district": (2, 2, 4, 11), "street": (1, 1, 2, 7), "community": (0, 1, 2, 7), "officer": (0, 0, 1, 3), "": (2, 2, 4, 11)}
LEVELS = ("street", "community", "grid", "microgrid")
EVENTS = {"district": 7, "street": 5, "community": 5, "officer": 2}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return scoped_app(tmp_path_factory.mktemp("scoped"))


@pytest.fixture(scope="module")
def clients(app: Flask) -> dict[str, FlaskClient]:
    return {name: signed_in(app, name) for name in ("", *SCOPES)}


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return scoped_app(tmp_path_factory.mktemp("local"), with_users=False).test_client()


def told(client: FlaskClient, page: str) -> dict:
    return json.loads(re.search(r'id="page-data">(.*?)</script>', client.get(page).text, re.S)[1])


def persons(client: FlaskClient, level: str) -> dict[str, object]:
    features = client.get(f"/api/units?level={level}").json["features"]
    return {each["properties"]["code"]: each["properties"].get("persons_hidden") or each["properties"]["persons"] for each in features}


@pytest.mark.parametrize("name", UNITS)
def test_each_scope_is_served_its_units_on_every_level(clients: dict[str, FlaskClient], name: str):
    counts = tuple(len(clients[name].get(f"/api/units?level={level}").json["features"]) for level in LEVELS)
    assert counts == UNITS[name]
    assert tuple(len(clients[name].get(f"{told(clients[name], '/')['urls']['table']}{level}.json").json["codes"]) for level in LEVELS) == UNITS[name]


@pytest.mark.parametrize("name", EVENTS)
def test_each_scope_counts_and_lists_its_own_events(clients: dict[str, FlaskClient], name: str):
    client = clients[name]
    stem = told(client, "/events")["events"]["data"]
    assert client.get(f"{stem}answer.json").json["events"] == EVENTS[name]
    assert len(client.get("/api/events").json["features"]) == len(client.get("/api/sites?kind=events").json["features"]) == EVENTS[name]
    assert len(client.get(f"{stem}points.json?state=all").json["id"]) == EVENTS[name]
    assert len(list(load_workbook(BytesIO(client.get("/download/events/events.xlsx?state=all").data)).worksheets[0].values)) == EVENTS[name] + 1
    assert sum(client.get(f"{stem}table/microgrid.json").json["values"]["events"]) == min(EVENTS[name], 6)
    screen = {row["key"]: row for row in client.get(told(client, "/")["screen"]).json["rows"]}
    assert screen["events"]["count"] == str(EVENTS[name])


def test_what_lies_outside_a_scope_is_not_there_for_it(clients: dict[str, FlaskClient]):
    for name in ("street", "community", "officer"):
        client, stem = clients[name], told(clients[name], "/events")["events"]["data"]
        assert client.get(f"/units/{EAST}").status_code == client.get(f"/api/units/{EAST}").status_code == 404
        assert client.get(f"{stem}answer.json?unit={EAST}").status_code == 404
        assert client.get(f"{stem}one.json?id=v6").status_code == 404
        assert EAST not in client.get("/events").text + client.get(f"{stem}table/grid.json").text + client.get("/").text
    assert clients["officer"].get(f"/api/units/{WEST}001").status_code == 404
    assert clients["officer"].get(f"/api/units/{OFFICERS}").status_code == 200


def test_tiles_of_a_scope_hold_its_units_only(clients: dict[str, FlaskClient]):
    def units_json(name: str) -> str:
        stem = re.search(r'"(/tiles/[^"]+?/)"', clients[name].get("/events").text)
        return clients[name].get(f"{stem[1]}units.json").text

    assert EAST in units_json("district")
    for name in ("street", "community", "officer"):
        assert EAST not in units_json(name), name


def test_a_resident_sees_rates_of_all_units_and_no_single_event(clients: dict[str, FlaskClient]):
    client = clients[""]
    page = told(client, "/events")
    assert client.get(f"{page['events']['data']}answer.json").json["events"] == 7
    assert sum(client.get(f"{page['events']['data']}table/street.json").json["values"]["events"]) == 6
    for address in (
        "/api/events",
        "/download/events/events.geojson",
        f"{page['events']['data']}points.json",
        f"{page['events']['data']}one.json?id=v1",
    ):
        assert client.get(address).status_code == 401


def true_persons(level: str) -> dict[str, int]:
    return scoped_plan().frame(level)["persons"].astype(int).to_dict()


@pytest.mark.parametrize("name", ["community", "officer"])
def test_the_own_community_is_told_small_counts(clients: dict[str, FlaskClient], name: str):
    for level in LEVELS:
        seen = persons(clients[name], level)
        assert seen == {code: n for code, n in true_persons(level).items() if code in seen}


def test_who_sits_at_the_machine_of_a_project_without_users_is_told_all(local: FlaskClient):
    assert persons(local, "microgrid") == true_persons("microgrid")


@pytest.mark.parametrize("name", ["district", "street", "head", ""])
def test_others_read_that_there_are_few_and_can_not_compute_how_many(clients: dict[str, FlaskClient], name: str):
    seen = {level: persons(clients[name], level) for level in LEVELS}
    small = {code for level in LEVELS for code, n in true_persons(level).items() if 0 < n < SMALL}
    assert small
    for level in LEVELS:
        for code, shown in seen[level].items():
            assert shown == true_persons(level)[code] or shown in (f"<{SMALL}", f"≥{SMALL}", "–")
            assert code not in small or not isinstance(shown, int)
    frames = {level: scoped_plan().frame(level) for level in LEVELS}
    for upper, lower in pairwise(LEVELS):
        for code, total in seen[upper].items():
            below = [seen[lower].get(each) for each in frames[lower].index[frames[lower]["parent"] == code]]
            assert sum(not isinstance(n, int) for n in below) != 1 or not isinstance(total, int)


def test_files_and_pages_hide_what_the_api_hides_and_say_why(clients: dict[str, FlaskClient]):
    code = EAST + "002003"
    client = clients["district"]
    page = client.get(f"/units/{code}?lang=en").text
    assert f"&lt;{SMALL}" in page
    assert "own community" in page
    rows = list(load_workbook(BytesIO(client.get("/download/microgrid.xlsx").data)).worksheets[0].values)
    head = {str(name): i for i, name in enumerate(rows[0])}
    line = next(row for row in rows if row[head["code"]] == code)
    assert (line[head["persons"]], line[head["persons_hidden"]]) == (None, f"<{SMALL}")
    about = dict(load_workbook(BytesIO(client.get("/download/microgrid.xlsx").data))["about"].values)
    assert str(SMALL) in about["hidden"]
    assert client.get(f"/api/units/{code}").json["properties"]["persons"] is None
    assert client.get(f"/api/units/{code}").json["properties"]["households"] == 7


def test_the_file_of_units_without_an_organisation_hides_small_counts_too(clients: dict[str, FlaskClient]):
    features = clients["district"].get("/download/organisations/without.geojson?level=microgrid").json["features"]
    told_there = {each["properties"]["code"]: each["properties"].get("persons_hidden") or each["properties"]["persons"] for each in features}
    assert EAST + "002003" in told_there
    assert told_there == {code: n for code, n in persons(clients["district"], "microgrid").items() if code in told_there}


def test_who_reported_is_not_told_of_single_events_nor_of_a_choice_of_them_outside_the_community(clients: dict[str, FlaskClient]):
    for name in ("district", "street"):
        client, stem = clients[name], told(clients[name], "/events")["events"]["data"]
        assert all(
            "reporter_kind" not in each["properties"]
            for each in client.get("/api/events").json["features"] + client.get("/api/sites?kind=events").json["features"]
        )
        assert "courier" not in client.get(f"{stem}one.json?id=v4").text + client.get("/download/events/events.geojson?state=all").text
        assert client.get(f"{stem}answer.json?kind=litter").json["reporters"] == []
        rows = client.get(f"{stem}answer.json").json
        assert all(row["events"] is None for row in rows["reporters"])
        assert rows["reporters_note"]
    own = clients["community"]
    rows = own.get(f"{told(own, '/events')['events']['data']}answer.json").json["reporters"]
    assert {row["reporter_kind"]: row["events"] for row in rows} == {"officer": 3, "courier": 1, "resident": 1}


def test_one_view_is_never_served_to_another(app: Flask):
    assert persons(signed_in(app, "district"), "microgrid") != persons(signed_in(app, "community"), "microgrid")
    assert told(signed_in(app, "district"), "/events")["events"]["data"] != told(signed_in(app, "street"), "/events")["events"]["data"]


PAGES = {
    "/": ("", *SCOPES),
    "/stations": ("", *SCOPES),
    "/events": ("", *SCOPES),
    "/people": tuple(SCOPES),
    "/organisations": tuple(SCOPES),
    "/emergency": tuple(SCOPES),
    "/cameras": tuple(SCOPES),
    "/checks": tuple(SCOPES),
    "/declared": ("district", "head"),
    "/whatif": ("district", "head"),
    "/import": ("head",),
}


@pytest.mark.parametrize("page", PAGES)
def test_each_page_opens_for_whom_it_is_and_stands_in_the_bar_of_nobody_else(app: Flask, clients: dict[str, FlaskClient], page: str):
    if page not in {rule.rule for rule in app.url_map.iter_rules()}:
        pytest.skip("not part of the service")
    for name, client in clients.items():
        assert (client.get(page).status_code == 200) == (name in PAGES[page]), name
        bar = re.search(r'<nav class="tabs".*?</nav>', client.get("/").text, re.S)[0]
        assert name in PAGES[page] or f'href="{page}"' not in bar, name


def test_a_unit_page_tells_its_events_and_leads_to_them(clients: dict[str, FlaskClient]):
    page = clients["community"].get(f"/units/{WEST}?lang=en").text
    assert f"/events?lang=en&amp;unit={WEST}" in page
    assert "of 5 events open" in page
