"""Passwords, cookies and sessions: guessed, stolen, kept too long, sent where they do not belong."""

from __future__ import annotations

import logging
import os
import re
import stat
from pathlib import Path

import pytest
from flask import Flask

from geogrid.errors import StoreError
from geogrid.store import accounts
from tests.people import PASSWORD, add, hashed, manned_app, manned_project, signed_in, token_of
from tests.tiny import WEST
from tests.web_project import tiny_app
from web import create_app, passwords, requestlog, sessions
from web.login import safe_next
from web.passwords import Attempts


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return manned_app(tmp_path_factory.mktemp("sessions"))


@pytest.fixture
def app(made: Flask) -> Flask:
    """One application for all that leave the users as they are; nobody has tried a password yet."""
    made.extensions["geogrid.attempts"] = Attempts()
    return made


@pytest.fixture
def fresh(tmp_path: Path) -> Flask:
    return manned_app(tmp_path)


def sign_in(client, name: str = "pat", password: str = PASSWORD, **more):
    return client.post("/login", data={"name": name, "password": password, "token": token_of(client), **more})


# -- signing in


@pytest.mark.parametrize(
    ("name", "password"), [("pat", "wrong one"), ("nobody", PASSWORD), ("", PASSWORD), ("pat", ""), ("pat'--", PASSWORD), ("PAT ", "x")]
)
def test_a_wrong_name_and_a_wrong_password_get_one_answer(app: Flask, name: str, password: str):
    client = app.test_client()
    answer = sign_in(client, name, password)
    assert answer.status_code == 403
    assert "用户名或密码不对" in answer.text
    assert client.get("/account").status_code == 302


def test_a_name_is_one_whatever_its_case(app: Flask):
    assert sign_in(app.test_client(), " Pat ").status_code == 302


def test_who_has_no_password_does_not_sign_in(app: Flask):
    accounts.add_account(app.extensions["geogrid"].path, "robot", role="viewer", clock=app.extensions["geogrid"].clock)
    for password in ("", PASSWORD):
        assert sign_in(app.test_client(), "robot", password).status_code == 403


def test_signing_in_needs_the_token_of_the_page(app: Flask):
    assert app.test_client().post("/login", data={"name": "pat", "password": PASSWORD}).status_code == 403


@pytest.mark.parametrize(
    "address",
    [
        *(
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "http:evil.example",
            "javascript:alert(1)",
            "/\t/evil.example",
        ),
        *("///evil.example", "evil.example", " /x", "/x\r\nSet-Cookie: a=b", "/%0a/evil.example\n", "", "/\u2028/x"),
    ],
)
def test_signing_in_leads_nowhere_else(app: Flask, address: str):
    assert safe_next(address) == ""
    assert sign_in(app.test_client(), next=address).headers["Location"] == "/"


def test_signing_in_leads_back_to_where_one_was(app: Flask):
    assert sign_in(app.test_client(), next="/checks?rule=gap&lang=en").headers["Location"] == "/checks?rule=gap&lang=en"


def test_five_wrong_passwords_stop_the_sixth_even_if_it_is_right(app: Flask):
    client = app.test_client()
    for _ in range(5):
        assert sign_in(client, password="wrong").status_code == 403
    answer = sign_in(client)
    assert answer.status_code == 429
    assert "15 分钟" in answer.text
    assert sign_in(client, "ann").status_code == 302, "another user signs in from there all the same"
    elsewhere = app.test_client()
    elsewhere.environ_base["REMOTE_ADDR"] = "127.0.0.9"
    assert sign_in(elsewhere).status_code == 302, "nobody locks another out"


def test_attempts_are_forgotten_with_time_and_success():
    now = [0.0]
    attempts = Attempts(lambda: now[0])
    for _ in range(4):
        attempts.failed("pat", "a")
    attempts.passed("pat", "a")
    assert attempts.wait_s("pat", "a") == 0
    for _ in range(5):
        attempts.failed("pat", "a")
    assert 0 < attempts.wait_s("pat", "a") <= passwords.WINDOW_S
    now[0] = passwords.WINDOW_S + 1
    assert attempts.wait_s("pat", "a") == 0


def test_one_address_that_tries_many_names_and_many_that_try_one_are_stopped():
    attempts = Attempts(lambda: 0.0)
    for number in range(30):
        assert attempts.wait_s(f"n{number}", "a") == 0
        attempts.failed(f"n{number}", "a")
    assert attempts.wait_s("another", "a") > 0
    for number in range(50):
        attempts.failed("boss", f"p{number}")
    assert attempts.wait_s("boss", "q") > 0
    assert attempts.wait_s("ann", "q") == 0


def test_passwords_are_kept_as_salted_hashes_of_scrypt():
    one, other = passwords.hashed(PASSWORD), passwords.hashed(PASSWORD)
    assert one != other
    assert one.startswith("scrypt:")
    assert PASSWORD not in one
    assert passwords.is_right(one, PASSWORD)
    assert not passwords.is_right(one, PASSWORD + " ")
    assert not passwords.is_right("", "")


@pytest.mark.parametrize("password", ["", "short", "aaaaaaaa", "abababab", "pat12345678"[:7], "x" * 201, "pat-1234"[:6]])
def test_a_password_that_is_guessed_at_once_is_not_taken(password: str):
    assert passwords.fault(password, "pat")
    assert passwords.fault("patpatpat1", "patpatpat")


# -- cookies


def test_the_cookie_is_for_no_script_and_no_other_site(app: Flask):
    client = app.test_client()
    cookie = sign_in(client).headers["Set-Cookie"]
    assert cookie.startswith("geogrid=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_behind_a_proxy_the_cookie_travels_by_https_only_and_forms_work_without_a_referer(tmp_path: Path):
    app = create_app(manned_project(tmp_path), trusted_hosts=None, behind_proxy=True)
    client = app.test_client()
    secure = {"base_url": "https://grids.example"}
    page = client.get("/login", **secure)
    assert "HTTPS" not in page.text
    token = re.search(r'name="token" value="([^"]+)"', page.text)[1]
    answer = client.post("/login", data={"name": "ann", "password": PASSWORD, "token": token}, headers={"Origin": "https://grids.example"}, **secure)
    assert answer.status_code == 302
    assert "Secure" in answer.headers["Set-Cookie"]
    assert client.get("/import", **secure).status_code == 200
    plain = app.test_client().get("/login")
    assert "HTTPS" in plain.text, "the page says why nobody could stay signed in"


def test_without_users_nobody_signs_in_and_no_cookie_is_set(tmp_path: Path):
    client = tiny_app(tmp_path).test_client()
    assert "登录" not in client.get("/").text
    assert "没有用户" in client.get("/login").text
    for address in ("/", "/checks", "/login", f"/units/{WEST}", "/api/units?level=grid"):
        assert "Set-Cookie" not in client.get(address).headers


def test_a_cookie_that_was_tampered_with_signs_nobody_in(app: Flask):
    client = signed_in(app, "pat")
    value = client.get_cookie("geogrid").value
    other = app.test_client()
    other.set_cookie("geogrid", value[:-2] + ("AA" if value[-2:] != "AA" else "BB"))
    assert other.get("/account").status_code == 302
    other.set_cookie("geogrid", value)
    assert other.get("/account").status_code == 200, "what is tried above is the signature"


# -- the end of a session


def test_signing_out_ends_the_session(app: Flask):
    client = signed_in(app, "pat")
    assert client.post("/logout", data={"token": token_of(client, "/account")}).status_code == 302
    assert client.get("/account").status_code == 302


def test_a_new_password_signs_every_other_browser_out(fresh: Flask):
    mine, other = signed_in(fresh, "pat"), signed_in(fresh, "pat")
    new = "another horse"
    sent = {"old": PASSWORD, "new": new, "again": new, "token": token_of(mine, "/account")}
    assert mine.post("/account", data=sent).status_code == 302
    assert mine.get("/account").status_code == 200
    assert other.get("/account").status_code == 302
    assert sign_in(fresh.test_client()).status_code == 403
    assert sign_in(fresh.test_client(), password=new).status_code == 302


@pytest.mark.parametrize(
    ("sent", "status", "said"),
    [
        ({"old": "wrong", "new": "another horse", "again": "another horse"}, 403, "现在的密码不对"),
        ({"old": PASSWORD, "new": "another horse", "again": "another house"}, 400, "两次输入的新密码不同"),
        ({"old": PASSWORD, "new": "short", "again": "short"}, 400, "8 至 200"),
    ],
)
def test_a_password_is_changed_by_who_knows_it_only(app: Flask, sent: dict[str, str], status: int, said: str):
    client = signed_in(app, "pat")
    answer = client.post("/account", data={**sent, "token": token_of(client, "/account")})
    assert answer.status_code == status
    assert said in answer.text
    assert sign_in(app.test_client()).status_code == 302


def test_a_user_who_is_removed_is_out_at_once_and_a_namesake_is_somebody_else(fresh: Flask):
    path, client = fresh.extensions["geogrid"].path, signed_in(fresh, "pat")
    accounts.remove_account(path, "pat")
    assert client.get("/account").status_code == 302
    add(path, "pat", "administrator")
    assert client.get("/account").status_code == 302
    assert client.get("/import").status_code == 302


def test_a_password_given_by_command_signs_out_everywhere(fresh: Flask):
    client = signed_in(fresh, "pat")
    accounts.change_account(fresh.extensions["geogrid"].path, "pat", password=hashed())
    assert client.get("/account").status_code == 302


# -- the key


def test_the_key_lies_beside_the_project_for_its_owner_only_and_outlives_the_service(tmp_path: Path):
    path = manned_project(tmp_path)
    client = signed_in(create_app(path), "pat")
    key = sessions.key_path(path)
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert len(key.read_text().strip()) == 64
    again = create_app(path).test_client()
    again.set_cookie("geogrid", client.get_cookie("geogrid").value)
    assert again.get("/account").status_code == 200
    key.unlink()
    another = create_app(path).test_client()
    another.set_cookie("geogrid", client.get_cookie("geogrid").value)
    assert another.get("/account").status_code == 302


def test_a_project_without_users_needs_no_key_file(tmp_path: Path):
    tiny_app(tmp_path).test_client().get("/")
    assert not list(tmp_path.glob("*.key"))


@pytest.mark.skipif(os.name != "posix", reason="rights of POSIX")
def test_a_key_that_others_may_read_is_not_used(tmp_path: Path):
    path = manned_project(tmp_path)
    create_app(path)
    sessions.key_path(path).chmod(0o644)
    with pytest.raises(StoreError, match="chmod 600"):
        create_app(path)
    sessions.key_path(path).chmod(0o600)
    sessions.key_path(path).write_text("")
    with pytest.raises(StoreError, match="is no key"):
        create_app(path)


# -- traces


def test_each_request_is_one_line_and_nothing_that_was_typed_is_in_it(app: Flask, caplog: pytest.LogCaptureFixture):
    client = app.test_client()
    with caplog.at_level(logging.INFO, logger=requestlog.LOG.name):
        sign_in(client, password="typed in")
        sign_in(client)
        client.get("/units/a%0Ab c?q=secret")
        client.get("/api/log", headers={"Authorization": "Bearer gg_typed"})
    lines = [record.getMessage() for record in caplog.records if record.name == requestlog.LOG.name]
    assert len(lines) == 6
    for line in lines:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z \S+ (GET|POST) /\S* \d{3} \d+\.\d ms", line), line
        assert not {"typed", PASSWORD, "secret", "gg_"} & set(re.split(r"\W", line))
    assert [line.split()[1] for line in lines] == ["resident"] * 4 + ["pat", "resident"]
    assert lines[4].split()[3:5] == ["/units/a%20b%20c", "404"]


def test_each_download_is_noted_and_without_a_note_there_is_no_file(app: Flask, monkeypatch: pytest.MonkeyPatch):
    path = app.extensions["geogrid"].path
    client = signed_in(app, "vic")
    assert client.get("/download/grid.geojson?status=out").status_code == 200
    assert client.get("/download/nothing.geojson").status_code == 404
    client.get("/api/units?level=grid")
    assert [(row.user, row.what) for row in accounts.list_exports(path)] == [("vic", "/download/grid.geojson?status=out")]

    def full(*_arguments: object, **_named: object) -> None:
        raise StoreError("tiny.gpkg: the disk is full", "磁盘已满")

    monkeypatch.setattr("web.exportlog.accounts.log_export", full)
    answer = client.get("/download/grid.geojson")
    assert answer.status_code == 503
    assert "FeatureCollection" not in answer.text


def test_pages_say_who_is_signed_in_and_residents_where_to(app: Flask):
    page = signed_in(app, "west").get("/").text
    assert "<summary>west</summary>" in page
    assert f'规划员<br><span class="note">{WEST} 及以下</span>' in page
    resident = app.test_client().get("/checks?rule=gap", follow_redirects=True).text
    assert 'name="next" value="/checks?rule=gap"' in resident
    assert 'href="/login?next=/"' in app.test_client().get("/").text
