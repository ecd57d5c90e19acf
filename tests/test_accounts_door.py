"""Who may open which address, and whose changes are taken: tried as somebody who wants more than he may have."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from geogrid.store import accounts
from tests.people import PASSWORD, USERS, change, manned_app, manned_project, signed_in, token_of
from tests.tiny import EAST, WEST
from tests.web_project import tiny_app
from web import create_app, guard
from web.accounts import RANKS
from web.guard import HEADER

RENAME = {"plan": "main", "base_version": 1, "request_id": "", "reason": "why", "edit": {"kind": "rename", "unit": WEST + "001", "name": "一网格"}}
EDIT = "/api/edits"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return manned_app(tmp_path_factory.mktemp("door"))


@pytest.fixture
def fresh(tmp_path: Path) -> Flask:
    return manned_app(tmp_path)


# -- reading


@pytest.mark.parametrize(
    "address", ["/", "/stations", f"/units/{WEST}", "/api/units?level=grid", f"/api/units/{WEST}", "/api/version", "/api/search?q=1"]
)
def test_a_resident_sees_overview_units_and_stations(app: Flask, address: str):
    assert signed_in(app, "").get(address).status_code == 200


@pytest.mark.parametrize("address", ["/cameras", "/checks", "/declared", "/whatif", "/edit", "/plans", "/import", "/account"])
def test_a_resident_who_wants_more_is_asked_to_sign_in_and_comes_back(app: Flask, address: str):
    client = signed_in(app, "")
    answer = client.get(address)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/login?next={address}")
    sent = {"name": "ann", "password": PASSWORD, "token": token_of(client), "next": address}
    assert client.post("/login", data=sent).headers["Location"] == address


def test_every_address_is_closed_to_residents_unless_it_is_listed(app: Flask):
    open_to_all = {rule.endpoint for rule in app.url_map.iter_rules() if guard._needs(rule.endpoint)[0] == "resident"}
    assert open_to_all <= guard.PUBLIC | {"login.sign_out"}
    assert {rule.endpoint for rule in app.url_map.iter_rules()} >= guard.PUBLIC, "no name of what is gone"
    for rule in app.url_map.iter_rules():
        for method in rule.methods - {"GET", "HEAD", "OPTIONS"}:
            role, _ = guard._needs(rule.endpoint, method)
            assert role in ("planner", "administrator") or rule.endpoint.startswith("login."), rule


@pytest.mark.parametrize("address", ["/api/findings", "/api/log", "/api/plans", "/api/changes?since=1", "/api/edit/area", "/download/grid.geojson"])
def test_a_program_without_a_token_gets_401(app: Flask, address: str):
    answer = app.test_client().get(address)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    if address.startswith("/api/"):
        assert answer.json["error"] == "sign_in"


def test_a_resident_gets_no_camera_finding_or_rejected_row_by_any_address(app: Flask):
    client = signed_in(app, "")
    assert {f["properties"]["role"] for f in client.get("/api/sites").json["features"]} == {"station"}
    assert client.get("/api/sites?kind=cameras").json["features"] == []
    for page in ("/", f"/units/{WEST}", f"/units/{WEST}001"):
        text = client.get(page).text
        assert "摄像机" not in re.sub(r"(?s)<script.*?</script>", "", text)
        assert "/checks" not in text
        assert "/download" not in re.sub(r"(?s)<script.*?</script>", "", text)
    version = client.get("/api/version").json["etag"]
    sites = client.get(f"/tiles/{version}/sites.json").json
    assert sites["cameras"]["id"] == []
    assert sites["stations"]["id"] != []
    summary = client.get(f"/api/units/{WEST}").json["summary"]
    assert (summary["cameras"], summary["findings"]) == (None, None)
    assert client.get(f"/data/{version}/findings.json").status_code == 401
    assert client.get(f"/data/{version}/findings/0.json").status_code == 401


@pytest.mark.parametrize("name", ["vic", "pat", "west", "east", "boss"])
def test_only_the_administrator_of_the_whole_district_brings_data_in(app: Flask, name: str):
    client = signed_in(app, name)
    assert client.get("/import").status_code == 403
    assert client.get("/api/imports").status_code == 403
    assert "/import" not in client.get("/").text
    assert signed_in(app, "ann").get("/import").status_code == 200


# -- changing


def test_who_may_not_edit_changes_nothing(fresh: Flask):
    for name in ("", "vic"):
        client = signed_in(fresh, name)
        token = token_of(client, "/account" if name else "/login")
        answer = client.post(EDIT, json=RENAME, headers={HEADER: token})
        assert answer.status_code == (401 if not name else 403)
    assert change(signed_in(fresh, "pat"), EDIT, RENAME).status_code == 200
    assert signed_in(fresh, "ann").get("/api/log").json["edits"][-1]["user"] == "pat"


@pytest.mark.parametrize("headers", [{}, {HEADER: ""}, {HEADER: "guessed"}])
def test_a_change_without_the_token_of_the_session_is_refused(app: Flask, headers: dict[str, str]):
    answer = signed_in(app, "pat").post(EDIT, json=RENAME, headers=headers)
    assert (answer.status_code, answer.json["details"]) == (403, {"reload": True})


def test_the_token_of_another_session_is_worth_nothing(app: Flask):
    mine, other = signed_in(app, "pat"), signed_in(app, "ann")
    stolen = token_of(other, "/account")
    assert mine.post(EDIT, json=RENAME, headers={HEADER: stolen}).status_code == 403
    assert mine.post(EDIT, json=RENAME, headers={HEADER: token_of(app.test_client())}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://localhost"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_foreign_page_changes_nothing_even_with_the_token(app: Flask, headers: dict[str, str]):
    answer = change(signed_in(app, "pat"), EDIT, RENAME, **headers)
    assert (answer.status_code, answer.json["error"]) == (403, "forbidden")


@pytest.mark.parametrize(
    ("address", "fields"), [("/logout", {}), ("/account", {"old": PASSWORD, "new": "a new one here", "again": "a new one here"})]
)
def test_forms_of_a_foreign_page_do_nothing(fresh: Flask, address: str, fields: dict[str, str]):
    client = signed_in(fresh, "pat")
    assert client.post(address, data=fields).status_code == 403
    assert client.get("/account").status_code == 200
    signed_in(fresh, "pat")


@pytest.mark.parametrize("name", ["pat", "west", "boss", "vic"])
def test_only_the_administrator_of_the_whole_district_adopts(app: Flask, name: str):
    answer = change(signed_in(app, name), "/api/plans/main/adopt", {"valid_from": "2026-03-01"})
    assert answer.status_code == 403


# -- programs


def test_a_program_edits_with_a_bearer_token_until_it_is_revoked(fresh: Flask):
    path = fresh.extensions["geogrid"].path
    accounts.add_token(path, "pat", "nightly", accounts.digest_of("gg_secret"), clock=lambda: fresh.extensions["geogrid"].clock())
    client, bearer = fresh.test_client(), {"Authorization": "Bearer gg_secret"}
    assert client.get("/api/log", headers=bearer).status_code == 200
    assert client.post(EDIT, json=RENAME, headers=bearer).status_code == 200
    assert client.get("/api/log").status_code == 401, "a token signs no browser in"
    assert client.get("/api/log", headers={"Authorization": "Bearer gg_secre"}).status_code == 401
    assert client.get("/api/log", headers={"Authorization": "Bearer "}).status_code == 401
    accounts.remove_token(path, "pat", "nightly")
    answer = client.get("/api/log", headers=bearer)
    assert (answer.status_code, answer.json["error"]) == (401, "sign_in")


def test_a_wrong_token_is_not_made_up_for_by_a_session(app: Flask):
    client = signed_in(app, "pat")
    assert client.post(EDIT, json=RENAME, headers={"Authorization": "Bearer wrong"}).status_code == 401


def test_a_token_ends_with_its_user(fresh: Flask):
    path = fresh.extensions["geogrid"].path
    accounts.add_token(path, "pat", "nightly", accounts.digest_of("gg_secret"), clock=fresh.extensions["geogrid"].clock)
    accounts.remove_account(path, "pat")
    assert fresh.test_client().get("/api/log", headers={"Authorization": "Bearer gg_secret"}).status_code == 401


# -- without users


def test_without_users_this_machine_is_the_administrator_and_a_script_there_needs_no_token(tmp_path: Path):
    client = tiny_app(tmp_path).test_client()
    assert client.get("/import").status_code == 200
    assert client.post(EDIT, json=RENAME).status_code == 200
    assert client.get("/api/log").json["edits"][-1]["user"] == "local"


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://evil.example"}, {"Origin": "http://localhost"}, {"Sec-Fetch-Site": "none"}, {"Sec-Fetch-Site": "same-origin"}]
)
def test_without_users_a_browser_needs_the_token_all_the_same(tmp_path: Path, headers: dict[str, str]):
    client = tiny_app(tmp_path).test_client()
    assert client.post(EDIT, json=RENAME, headers=headers).status_code == 403
    assert client.post(EDIT, data="{}", content_type="text/plain").status_code == 403
    assert client.post(EDIT, data={"edit": "x"}).status_code == 403


def test_without_users_nobody_from_elsewhere_or_through_a_proxy_changes_anything(tmp_path: Path):
    app = tiny_app(tmp_path)
    assert app.test_client().post(EDIT, json=RENAME, environ_base={"REMOTE_ADDR": "10.0.0.7"}).status_code == 403
    behind = create_app(app.extensions["geogrid"].path, trusted_hosts=None).test_client()
    assert behind.post(EDIT, json=RENAME).status_code == 403


def test_a_service_that_was_opened_for_users_shows_nothing_more_when_they_are_all_gone(tmp_path: Path):
    path = manned_project(tmp_path)
    client = create_app(path, trusted_hosts=None, behind_proxy=False).test_client()
    for name in USERS:
        accounts.remove_account(path, name)
    assert client.get("/checks").status_code == 302
    assert client.get("/api/findings").status_code == 401
    assert client.post(EDIT, json=RENAME).status_code == 401


def test_roles_are_in_order():
    assert RANKS == ("resident", "viewer", "planner", "administrator")
    assert EAST != WEST
