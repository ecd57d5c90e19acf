"""The page /emergency and /api/overlays: state at a moment, proposals, preview, switching, ending; who may see and change what."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from geogrid.organisation.times import ZONE
from tests.emergency_town import GRIDS, OFFICERS, town_project
from tests.people import change, signed_in
from tests.tiny import EAST, SCRIPT, WEST
from tests.web_project import tiny_app
from web import create_app

DATA = "/data/now/emergency/"
NOW = datetime(2026, 3, 10, 9, tzinfo=ZONE)
MOVE = [
    {"action": "remove", "member": OFFICERS[0], "target_kind": "unit", "target": GRIDS[0]},
    {"action": "add", "member": OFFICERS[0], "target_kind": "unit", "target": WEST},
]


def draft(*changes: dict, **facts: str) -> dict:
    return {"name": "防汛", "kind": "real", "valid_from": "2026-03-12", "valid_to": "2026-03-14", "changes": list(changes or MOVE), **facts}


class Clock:
    """A clock that tests can put forward."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def local(tmp_path: Path, clock: Clock) -> FlaskClient:
    return create_app(town_project(tmp_path), clock=clock).test_client()


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """For tests that change nothing."""
    return create_app(town_project(tmp_path_factory.mktemp("still")), clock=Clock()).test_client()


@pytest.fixture
def manned(tmp_path: Path, clock: Clock) -> Flask:
    return create_app(town_project(tmp_path, with_users=True), clock=clock)


def told(client: FlaskClient) -> dict:
    return json.loads(re.search(r'id="page-data">(.*?)</script>', client.get("/emergency?lang=en").text, re.S)[1])["emergency"]


def make(client: FlaskClient, document: dict, address: str = "/api/overlays"):
    return client.post(address, json=document)


def states(client: FlaskClient, at: str = "") -> dict[str, str]:
    return {row["id"]: row["state"] for row in client.get(f"/api/overlays?at={at}").json["overlays"]}


def test_the_api_says_whether_it_is_an_emergency_at_any_moment(still: FlaskClient):
    now, then = still.get("/api/overlays").json, still.get("/api/overlays?at=2026-02-05").json
    assert (now["state"], now["in_force"], now["at"][:16]) == ("normal", [], "2026-03-10T09:00")
    assert (then["state"], then["in_force"]) == ("emergency", ["given"])
    assert still.get("/api/overlays?at=soon").status_code == 400
    assert "changes" not in now["overlays"][0]
    assert len(still.get("/api/overlays?changes=1").json["overlays"][0]["changes"]) == 1


def test_what_is_made_counts_from_its_first_day_to_its_last_and_ends_by_itself(local: FlaskClient, clock: Clock):
    answer = make(local, draft(request_id="r1"))
    assert (answer.status_code, answer.json["id"], answer.json["state"]) == (201, "o1", "prepared")
    assert make(local, draft(request_id="r1")).json["id"] == "o1"
    assert [states(local, day)["o1"] for day in ("2026-03-11", "2026-03-12", "2026-03-14", "2026-03-15")] == [
        "prepared",
        "in_force",
        "in_force",
        "ended",
    ]
    clock.now = NOW + timedelta(days=3)
    assert local.get("/api/overlays").json["state"] == "emergency"
    clock.now = NOW + timedelta(days=6)
    assert local.get("/api/overlays").json["state"] == "normal"


def test_a_drill_changes_nobody_in_reality_and_the_page_says_so(local: FlaskClient):
    make(local, draft(kind="drill"))
    then = local.get("/api/overlays?at=2026-03-13").json
    assert (then["state"], then["drills"]) == ("normal", ["o1"])
    assert "nobody's duty" in told(local)["says"]["drills"]
    effect = local.get(f"{DATA}effect/o1.json").json
    assert effect["figures"]["people"] == 1


def test_one_is_ended_by_a_line_of_the_log_and_not_twice(local: FlaskClient, clock: Clock):
    make(local, draft())
    clock.now = NOW + timedelta(days=3)
    done = local.post("/api/overlays/o1/end", json={"reason": "雨停"})
    assert (done.json["state"], done.json["ended_reason"], done.json["planned_to"]) == ("ended_early", "雨停", "2026-03-14")
    assert local.post("/api/overlays/o1/end", json={}).status_code == 422
    assert local.post("/api/overlays/o9/end", json={}).status_code == 404
    assert states(local, "2026-03-12")["o1"] == "in_force"


def test_a_preview_tells_who_goes_where_and_what_is_lacking_and_makes_nothing(still: FlaskClient):
    seen = make(still, draft(), "/api/overlays/preview").json
    assert (seen["figures"]["people"], seen["figures"]["lacking"], seen["figures"]["is_back"]) == (1, 1, True)
    assert [(row["name"], row["to"]) for row in seen["people"]] == [("网格员0001", "建华社区")]
    assert [(row["code"], row["people_before"], row["people_after"], row["people_later"]) for row in seen["units"]] == [
        (WEST, 0, 1, 0),
        (GRIDS[0], 1, 0, 1),
    ]
    assert seen["lacking"][0]["code"] == GRIDS[0]
    (line,) = seen["flows"]
    assert (line["code"], line["people"], line["from"] != line["to"]) == (WEST, 1, True)
    assert set(states(still)) == {"given"}


def test_what_is_doubtful_is_said_in_words(local: FlaskClient):
    make(local, draft())
    away, odd = (
        {"action": "add", "member": OFFICERS[0], "target_kind": "unit", "target": EAST},
        {"action": "remove", "member": "m1", "target": GRIDS[0]},
    )
    clashes = local.post("/api/overlays/preview?lang=en", json=draft(away, odd, name="另一个")).json["clashes"]
    assert len(clashes) == 2
    assert any("网格员0001" in text and "防汛" in text and "建华社区" in text for text in clashes)


@pytest.mark.parametrize(
    ("document", "field"),
    [
        (draft(name=""), "name"),
        (draft(kind="war"), "kind"),
        (draft(valid_to="2026-02-30"), "valid_to"),
        (draft(valid_to="2026-03-01"), "valid_to"),
        (draft({"action": "add", "member": "nobody", "target": WEST}), "changes"),
        (draft({"action": "add", "member": OFFICERS[0], "target_kind": "unit", "target": "9"}), "changes"),
        ({**draft(), "changes": []}, "changes"),
        ({**draft(), "units": []}, "units"),
        ([], ""),
        (None, ""),
    ],
)
def test_what_can_not_be_used_is_refused_with_its_field_in_both_languages(still: FlaskClient, document: object, field: str):
    answer = still.post("/api/overlays", data=json.dumps(document), content_type="application/json")
    assert (answer.status_code, answer.json["details"]["field"]) == (400, field)
    assert re.search("[\u4e00-\u9fff]", answer.json["message_zh"])
    assert set(states(still)) == {"given"}


def test_staff_come_under_the_community_and_workplaces_and_teams_go_onto_the_communities(still: FlaskClient):
    under = still.get(f"{DATA}proposal.json?kind=under").json["changes"]
    assert {(row["action"], row["target"]) for row in under if row["member"] == OFFICERS[3]} == {("remove", GRIDS[3]), ("add", EAST)}
    assert {row["action"] for row in still.get(f"{DATA}proposal.json?kind=under&keep=1").json["changes"]} == {"add"}
    onto = still.get(f"{DATA}proposal.json?kind=onto").json["changes"]
    assert {row["member"] for row in onto} == {"W1", "W2", "T1"}
    assert {row["target"] for row in onto} == {WEST, EAST}
    assert still.get(f"{DATA}proposal.json?kind=else").status_code == 404
    rows = [{key: row[key] for key in ("action", "member", "target_kind", "target", "post")} for row in onto]
    seen = make(still, draft(*rows), "/api/overlays/preview")
    assert (seen.json["figures"]["people"], seen.json["figures"]["bodies"]) == (3, 3)


def test_members_are_found_by_name_and_number(still: FlaskClient):
    found = lambda text: [row["member"] for row in still.get(f"{DATA}members.json", query_string={"q": text}).json["members"]]  # noqa: E731
    assert found("0002") == ["g2", "m2"]
    assert found("单位") == ["W1", "W2"]
    assert found("w1") == ["W1"]
    assert found("") == found("没有") == []


def test_the_workbook_holds_units_people_gaps_and_changes_as_texts(local: FlaskClient):
    make(local, draft({"action": "add", "member": "m3", "target_kind": "unit", "target": EAST}))
    book = load_workbook(BytesIO(local.get("/download/emergency/o1.xlsx?lang=en").data))
    assert book.sheetnames == ["Units", "Who goes where", "What is lacking", "Changes", "about"]
    cells = {cell.value for row in book["Who goes where"].iter_rows() for cell in row}
    assert SCRIPT in cells
    assert local.get("/download/emergency/o9.xlsx").status_code == 404


def test_text_from_data_is_never_markup(local: FlaskClient):
    make(local, draft({"action": "add", "member": "m3", "target_kind": "unit", "target": EAST}, name=SCRIPT))
    assert SCRIPT not in local.get("/emergency").text


def test_a_project_without_people_says_what_to_do(tmp_path: Path):
    page = tiny_app(tmp_path).test_client().get("/emergency?lang=en").text
    assert "[inputs.memberships]" in page
    assert 'id="prepare-open"' not in page


def test_the_page_speaks_both_languages(still: FlaskClient):
    assert "现在是平时还是急时？谁去哪里？" in still.get("/emergency?lang=zh").text
    assert "Normal times or emergency: who goes where?" in still.get("/emergency?lang=en").text


# -- who may


def test_a_resident_sees_nothing_of_it(manned: Flask):
    client = signed_in(manned, "")
    assert "/emergency" not in client.get("/").text
    for address in ("/emergency", "/api/overlays", "/download/emergency/given.xlsx"):
        assert client.get(address).status_code in (302, 401), address


def test_a_viewer_sees_it_and_switches_nothing(manned: Flask):
    client = signed_in(manned, "vic")
    page = client.get("/emergency").text
    assert 'id="prepare-open"' not in page
    assert 'id="effect-end"' not in page
    for address in ("/api/overlays", "/api/overlays/preview", "/api/overlays/given/end"):
        assert change(client, address, draft()).status_code == 403, address


def test_a_planner_switches_and_the_log_has_his_name(manned: Flask):
    assert change(signed_in(manned, "pat"), "/api/overlays", draft()).json["made_by"] == "pat"


def test_a_change_from_a_foreign_page_is_refused(manned: Flask):
    answer = change(signed_in(manned, "pat"), "/api/overlays", draft(), Origin="http://elsewhere.example")
    assert answer.status_code == 403


def test_who_is_confined_to_a_unit_switches_his_own_units_only(manned: Flask):
    west, east = signed_in(manned, "west"), signed_in(manned, "east")
    assert change(west, "/api/overlays", draft()).status_code == 201
    for other in (
        {"action": "add", "member": OFFICERS[0], "target_kind": "unit", "target": EAST},
        {"action": "add", "member": OFFICERS[3], "target_kind": "unit", "target": WEST},
        {"action": "remove", "member": OFFICERS[3]},
        {"action": "remove", "member": OFFICERS[3], "target_kind": "unit", "target": GRIDS[3]},
    ):
        assert change(west, "/api/overlays", draft(other)).status_code in (400, 403), other
    assert change(east, "/api/overlays/o1/end", {}).status_code in (403, 404)
    assert change(west, "/api/overlays/o1/end", {}).json["state"] == "withdrawn"


def test_who_is_confined_sees_nobody_of_other_units(manned: Flask):
    both = [*MOVE, {"action": "add", "member": OFFICERS[3], "target_kind": "unit", "target": EAST, "post": "东队"}]
    change(signed_in(manned, "pat"), "/api/overlays", draft(*both))
    west = signed_in(manned, "west")
    seen = west.get(f"{DATA}effect/o1.json").get_data(as_text=True) + west.get("/api/overlays?changes=1").get_data(as_text=True)
    assert "网格员0001" in seen
    assert "网格员0004" not in seen
    assert "东队" not in seen
    assert west.get(f"{DATA}members.json?q=0004").json["members"] == []


def test_an_id_may_be_any_text(tmp_path: Path, clock: Clock):
    path = town_project(tmp_path)
    with closing(sqlite3.connect(path)) as con:
        con.execute("UPDATE overlays SET id = '平急/2026 1?'")
        con.commit()
    client = create_app(path, clock=clock).test_client()
    name = quote("平急/2026 1?", safe="")
    assert client.get(f"{DATA}effect/{name}.json").json["overlay"]["id"] == "平急/2026 1?"
    assert client.get(f"/download/emergency/{name}.xlsx").status_code == 200
    clock.now = datetime(2026, 2, 5, tzinfo=ZONE)
    assert client.post(f"/api/overlays/{name}/end", json={}).json["state"] == "ended_early"


def test_the_changes_of_a_large_district_fit_into_one_request(still: FlaskClient):
    rows = [{"action": "add", "member": f"nobody-{i:05d}-{'x' * 60}", "target_kind": "unit", "target": WEST, "post": "应急队员"} for i in range(8000)]
    answer = make(still, draft(*rows), "/api/overlays/preview")
    assert (answer.status_code, answer.json["details"]["field"]) == (400, "changes")
    assert len(answer.json["message"]) < 1000
    rows *= 3
    assert make(still, draft(*rows), "/api/overlays/preview").status_code in (400, 413)


def test_pages_of_people_know_an_overlay_as_soon_as_it_is_made(local: FlaskClient):
    address = "/data/now/people/person.json?id=g1&when=2026-03-13"
    before = local.get(address).json
    make(local, draft())
    assert local.get(address).json != before
    assert local.get("/data/now/people/person.json?id=g1&when=2026-03-15").json == before


def test_brackets_without_end_are_refused_in_words(still: FlaskClient):
    for address in ("/api/overlays", "/api/overlays/preview"):
        assert still.post(address, data=b"[" * 100_000, content_type="application/json").status_code == 400
