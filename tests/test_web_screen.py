"""The overview as one screen: a line for all that the project has and the visitor may see, each a link; the bar's tabs behind words."""

from __future__ import annotations

import json
import re
from pathlib import Path
from time import sleep

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.event_town import event_app
from tests.people import manned_app, signed_in
from tests.web_project import tiny_app


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return event_app(tmp_path_factory.mktemp("screen"), with_users=True)


def lines(client: FlaskClient, query: str = "") -> dict[str, dict]:
    told = json.loads(re.search(r'id="page-data">(.*?)</script>', client.get("/?lang=en").text, re.S)[1])
    return {row["key"]: row for row in client.get(f"{told['screen']}?lang=en{query}").json["rows"]}


def shown(client: FlaskClient) -> list[str]:
    return re.findall(r'data-row="(\w+)"', client.get("/").text)


def test_what_a_project_has_stands_on_the_screen_and_leads_to_its_page(app: Flask):
    client = signed_in(app, "ann")
    found = lines(client)
    assert list(found) == shown(client) == ["stations", "cameras", "events"]
    assert (found["events"]["count"], found["events"]["figure"], found["events"]["state"]) == ("7", "2", "bad")
    assert all(client.get(row["href"]).status_code == 200 for row in found.values())


def test_what_takes_long_waits_and_is_begun_only_when_it_is_asked_for(app: Flask):
    client = signed_in(app, "ann")
    assert lines(client)["stations"]["state"] == "waiting"
    assert lines(client)["stations"]["state"] == "waiting"
    assert list(lines(client, "&reach=1")) == ["stations", "cameras"]
    for _ in range(300):
        sleep(0.05)
        found = lines(client, "&reach=1")
        if found["stations"]["state"] != "waiting" and found["cameras"]["state"] != "waiting":
            break
    assert found["stations"]["state"] in ("good", "bad")
    assert "kind=" in found["stations"]["href"]


def test_a_resident_sees_stations_and_closing_rates_only(app: Flask):
    client = signed_in(app, "")
    assert list(lines(client)) == shown(client) == ["stations", "events"]


def test_a_scope_is_told_of_its_own_events(app: Flask):
    assert lines(signed_in(app, "east"))["events"]["count"] == "1"


def test_a_project_without_people_or_events_has_no_lines_for_them(tmp_path: Path):
    assert shown(tiny_app(tmp_path).test_client()) == ["stations", "cameras"]


def bar(client: FlaskClient, page: str = "/") -> str:
    return re.search(r'<nav class="tabs".*?</nav>', client.get(page + "?lang=en").text, re.S)[0]


def test_tabs_behind_one_word_are_links_of_their_own_and_the_page_is_marked(app: Flask):
    nav = bar(signed_in(app, "ann"), "/declared")
    assert re.search(r"<summary data-current>More</summary>.*?<a href=\"/declared\?lang=en\" aria-current=\"page\">Declared</a>", nav, re.S)
    assert nav.count("aria-current") == 1
    assert [name for name in ("Overview", "Stations", "Events", "Checks", "Edit") if f">{name}</a>" not in nav] == []


def test_the_bar_has_what_the_visitor_may_open_only(tmp_path: Path):
    nav = bar(signed_in(manned_app(tmp_path), ""))
    assert re.findall(r'<a href="(/[a-z]*)', nav) == ["/", "/stations"]
    assert "<details" not in nav
