"""`geogrid users`, backup and restore, and how the service is opened: by who may write the file, at the command line."""

from __future__ import annotations

import json
import logging
import sqlite3
import subprocess
import sys
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from geogrid.cli import main
from geogrid.errors import InputError, NotFoundError, StoreError
from geogrid.store import accounts, open_project, write_project
from geogrid.store.roll import Roll
from tests.people import clock, manned_project
from tests.tiny import EAST, WEST, tiny_contents
from web import requestlog, service

PASSWORD = "correct horse"


def run(*line: object, typed: str = "") -> Result:
    return CliRunner().invoke(main, [str(word) for word in line], input=typed, prog_name="geogrid")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write_project(tiny_contents(), tmp_path / "tiny.gpkg")
    return tmp_path / "tiny.gpkg"


@pytest.fixture
def manned(tmp_path: Path) -> Path:
    return manned_project(tmp_path)


# -- users


def test_users_are_added_listed_changed_and_removed(project: Path):
    assert json.loads(run("users", project, "list", "--json").stdout) == {"users": []}
    added = run("users", project, "add", "王敏", "--role", "planner", "--scope", WEST, "--json", typed=PASSWORD + "\n")
    assert added.exit_code == 0, added.stderr
    told = json.loads(added.stdout)
    assert (told["name"], told["role"], told["scope"], told["has_password"]) == ("王敏", "planner", WEST, True)
    assert run("users", project, "role", "王敏", "administrator").exit_code == 0
    assert run("users", project, "scope", "王敏").exit_code == 0
    (row,) = json.loads(run("users", project, "list", "--json").stdout)["users"]
    assert (row["role"], row["scope"], row["tokens"]) == ("administrator", "", [])
    assert run("users", project, "remove", "王敏").exit_code == 0
    assert run("users", project, "list").stdout == ""


def test_a_password_is_typed_or_piped_and_never_kept_as_it_is(project: Path):
    assert run("users", project, "add", "ann", typed=PASSWORD + "\n").exit_code == 0
    assert PASSWORD.encode() not in project.read_bytes()
    account = accounts.find_account(project, "ann")
    assert run("users", project, "password", "ann", typed="another horse\n").exit_code == 0
    changed = accounts.find_account(project, "ann")
    assert changed.password != account.password
    assert changed.session != account.session, "whoever was signed in is out"


@pytest.mark.parametrize(
    ("line", "typed", "said"),
    [
        (["add", "ann"], "short\n", "8 to 200"),
        (["add", "ann"], "", "8 to 200"),
        (["add", "pat"], PASSWORD + "\n", "already"),
        (["add", "PAT"], PASSWORD + "\n", "already"),
        (["add", "  "], PASSWORD + "\n", "1 to 60"),
        (["add", "a\nb"], PASSWORD + "\n", "1 to 60"),
        (["add", "ann", "--scope", "999"], PASSWORD + "\n", "no unit"),
        (["add", "ann", "--role", "king"], PASSWORD + "\n", "--role"),
        (["scope", "pat", "999"], "", "no unit"),
        (["role", "nobody", "viewer"], "", "no user"),
        (["remove", "nobody"], "", "no user"),
        (["password", "nobody"], PASSWORD + "\n", "no user"),
        (["token", "nobody"], "", "no user"),
        (["token", "pat", "--revoke"], "", "no token"),
    ],
)
def test_what_can_not_be_is_one_line_and_changes_nothing(manned: Path, line: list[str], typed: str, said: str):
    before = accounts.list_accounts(manned)
    done = run("users", manned, *line, typed=typed)
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert said in done.stderr
    assert accounts.list_accounts(manned) == before


def test_a_token_is_shown_once_and_kept_as_a_digest(manned: Path):
    made = run("users", manned, "token", "pat", "--label", "nightly")
    token = made.stdout.strip()
    assert token.startswith("gg_")
    assert len(token) > 40
    with closing(sqlite3.connect(manned)) as con:
        assert token not in "".join(map(str, con.execute("SELECT * FROM token").fetchall()))
    again = json.loads(run("users", manned, "token", "pat", "--label", "nightly", "--json").stdout)["token"]
    roll = Roll(manned, _Open())
    assert roll.of_token(token) is None, "a new token of a label ends the older one"
    assert roll.of_token(again).name == "pat"
    assert run("users", manned, "token", "pat", "--label", "nightly", "--revoke").exit_code == 0
    assert roll.of_token(again) is None
    roll.close()


class _Open:
    """A door that nobody closes."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_error: object) -> None:
        return None


def test_no_file_or_another_file_is_refused_in_one_line(tmp_path: Path):
    (tmp_path / "x.gpkg").write_text("nothing")
    for path in (tmp_path / "no.gpkg", tmp_path / "x.gpkg"):
        done = run("users", path, "add", "ann", typed=PASSWORD + "\n")
        assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
        assert "Traceback" not in done.stderr


def test_a_project_that_is_being_written_keeps_its_users(manned: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("geogrid.store.writing._BUSY_S", 0.05)
    with closing(sqlite3.connect(manned, isolation_level=None)) as con:
        con.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError):
            accounts.remove_account(manned, "pat")
        con.execute("ROLLBACK")
    assert accounts.find_account(manned, "pat")


# -- the roll


def test_the_roll_sees_what_another_program_changes_and_survives_a_file_in_its_place(manned: Path, tmp_path: Path):
    roll = Roll(manned, _Open())
    pat = accounts.find_account(manned, "pat")
    assert roll.of_session(pat.session) == pat
    accounts.change_account(manned, "pat", role="viewer")
    assert roll.of_session(pat.session).role == "viewer"
    accounts.remove_account(manned, "pat")
    assert roll.of_session(pat.session) is None
    write_project(tiny_contents(), tmp_path / "other.gpkg")
    roll.close()
    (tmp_path / "other.gpkg").replace(manned)
    assert not roll.has_any()
    roll.close()


def test_a_project_whose_users_are_known_and_that_is_gone_makes_nobody_an_administrator(manned: Path):
    roll = Roll(manned, _Open())
    assert roll.has_any()
    manned.unlink()
    with pytest.raises(StoreError):
        roll.has_any()
    assert not Roll(manned, _Open()).has_any(), "a project that never was has no users"


# -- exports


def test_what_commands_export_is_noted(project: Path, tmp_path: Path):
    assert run("export", project, "--level", "grid", "--out", tmp_path / "grids.geojson").exit_code == 0
    assert run("export", project, "--level", "nothing", "--out", tmp_path / "x.csv").exit_code == 2
    (line,) = json.loads(run("users", project, "exports", "--json").stdout)["exports"]
    assert line["what"] == "export grid grids.geojson"
    assert line["user"]
    assert run("users", project, "exports").stdout.count("\n") == 1


# -- backup and restore


def test_a_backup_comes_back_without_bringing_back_who_was_removed(manned: Path, tmp_path: Path):
    kept = tmp_path / "kept.gpkg"
    assert json.loads(run("backup", manned, "--out", kept, "--json").stdout)["bytes"] == kept.stat().st_size
    accounts.remove_account(manned, "pat")
    accounts.log_export(manned, user="vic", what="export", clock=clock)
    assert run("restore", kept, "--out", manned, "--force").exit_code == 0
    assert accounts.find_account(manned, "pat") is None
    assert accounts.find_account(manned, "ann")
    assert [row.user for row in accounts.list_exports(manned)] == ["vic"]
    assert run("restore", kept, "--out", tmp_path / "new.gpkg").exit_code == 0
    assert accounts.find_account(tmp_path / "new.gpkg", "pat"), "a project of its own knows those of the backup"


def test_a_project_that_is_built_anew_keeps_its_users(manned: Path):
    accounts.add_token(manned, "pat", "nightly", accounts.digest_of("gg_x"), clock=clock)
    before, tokens = accounts.list_accounts(manned), accounts.list_tokens(manned)
    write_project(tiny_contents(), manned, force=True)
    assert (accounts.list_accounts(manned), accounts.list_tokens(manned)) == (before, tokens)


@pytest.mark.parametrize(("command", "said"), [("backup", "is there already"), ("restore", "no such project file")])
def test_what_can_not_be_copied_is_said_in_one_line(project: Path, tmp_path: Path, command: str, said: str):
    line = [project, "--out", project] if command == "backup" else [tmp_path / "no.gpkg", "--out", project]
    done = run(command, *line)
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert said in done.stderr
    open_project(project).close()


# -- the service


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "grids.example"])
def test_with_users_the_service_may_be_opened_to_other_machines(host: str):
    service.check_host(host, has_users=True)
    with pytest.raises(InputError, match="no users"):
        service.check_host(host)


def test_serve_with_users_asks_and_logs_each_request(manned: Path):
    line = [sys.executable, "-m", "geogrid", "serve", str(manned), "--port", "0", "--json", "--host", "0.0.0.0"]
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8") as running:
        try:
            port = json.loads(running.stdout.readline())["address"].rsplit(":", 1)[1].strip("/")
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/checks", timeout=60) as answer:
                assert answer.url.endswith("/login?next=/checks")
        finally:
            running.terminate()
        said = running.communicate(timeout=60)[1]
    assert "readably" in said
    lines = [row.split() for row in said.splitlines() if " ms" in row]
    assert [(row[1], row[2], row[3], row[4]) for row in lines] == [("resident", "GET", "/checks", "302"), ("resident", "GET", "/login", "200")]
    assert (manned.parent / "tiny.key").exists()


def test_the_log_goes_to_stderr_once_however_often_it_is_asked_to():
    before = list(requestlog.LOG.handlers)
    try:
        requestlog.show()
        requestlog.show()
        assert len(requestlog.LOG.handlers) == max(1, len(before))
        assert requestlog.LOG.isEnabledFor(logging.INFO)
    finally:
        requestlog.LOG.handlers[:] = before
        requestlog.LOG.setLevel(logging.NOTSET)
        requestlog.LOG.propagate = True


def test_accounts_are_no_ones_business_before_format_2(tmp_path: Path):
    write_project(tiny_contents(), tmp_path / "old.gpkg")
    with closing(sqlite3.connect(tmp_path / "old.gpkg")) as con:
        for table in ("token", "account", "export_log"):
            con.execute(f"DROP TABLE {table}")
        con.commit()
    assert not accounts.has_accounts(tmp_path / "old.gpkg")
    assert not accounts.keeps_exports(tmp_path / "old.gpkg")
    assert accounts.list_accounts(tmp_path / "old.gpkg") == []
    accounts.add_account(tmp_path / "old.gpkg", "ann", role="viewer", scope=EAST, clock=clock)
    assert [row.name for row in accounts.list_accounts(tmp_path / "old.gpkg")] == ["ann"]
    with pytest.raises(NotFoundError):
        accounts.remove_token(tmp_path / "old.gpkg", "ann", "none")
