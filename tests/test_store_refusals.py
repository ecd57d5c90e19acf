"""A project file that can not be read, or must not be replaced: each refusal says what to do, and nothing is harmed."""

from __future__ import annotations

import dataclasses
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pyogrio
import pytest

from geogrid.errors import StoreError
from geogrid.store import Contents, check_target, is_project, open_project, write_project
from geogrid.store.gpkg import register
from tests.tiny import tiny_contents


@pytest.fixture(scope="module")
def contents() -> Contents:
    return tiny_contents()


@pytest.fixture
def path(contents: Contents, tmp_path: Path) -> Path:
    write_project(contents, tmp_path / "样例.gpkg")
    return tmp_path / "样例.gpkg"


def edited(path: Path) -> None:
    with closing(sqlite3.connect(path)) as con, con:
        con.execute(
            "INSERT INTO edit (plan, version, at, author, reason, kind, body, change, units, codes)"
            " VALUES (1, 2, '2026-01-01', 'a', '', 'move', '{}', '{}', '[]', '[]')"
        )


def test_a_project_is_told_from_any_other_file(path, contents, tmp_path):
    pyogrio.write_dataframe(contents.layers["roads"], tmp_path / "foreign.gpkg", layer="meta")
    (tmp_path / "text.gpkg").write_text("text")
    answers = [is_project(each) for each in (path, tmp_path / "foreign.gpkg", tmp_path / "text.gpkg", tmp_path / "missing.gpkg", tmp_path)]
    assert answers == [True, False, False, False, False]


def test_a_file_that_is_no_project_says_what_to_do(tmp_path, contents):
    text, empty, foreign = tmp_path / "text.gpkg", tmp_path / "empty.gpkg", tmp_path / "foreign.gpkg"
    text.write_text("not a database at all, but long enough", "utf-8")
    empty.touch()
    pyogrio.write_dataframe(contents.layers["roads"], foreign, layer="roads")
    for path in (text, empty, foreign):
        with pytest.raises(StoreError, match="is not a geogrid project; make one with"):
            open_project(path)
    with pytest.raises(StoreError, match="no such project file; make one with"):
        open_project(tmp_path / "missing.gpkg")
    with pytest.raises(StoreError, match="no such project file"):
        open_project(tmp_path)


def test_a_newer_project_is_refused(path):
    with closing(sqlite3.connect(path)) as con, con:
        con.execute("UPDATE meta SET value = '99' WHERE key = 'store.format'")
    with pytest.raises(StoreError, match="made by a newer geogrid"):
        open_project(path)


def test_reading_writes_nothing_and_leaves_nothing_behind(path):
    before = path.read_bytes()
    with open_project(path) as project:
        project.plan()
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            project._reader.con.execute("DELETE FROM assign")
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_a_damaged_project_is_refused(path):
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(StoreError, match="is damaged"):
        open_project(path)
    path.write_bytes(whole[:8192] + bytes(len(whole) - 8192))
    with pytest.raises(StoreError, match=r"is damaged|not a geogrid project"):
        open_project(path)


def test_a_folder_that_allows_no_log_file_is_read_all_the_same(path, monkeypatch):
    import geogrid.store.connect as connect

    opened = connect._opened

    def no_log(uri: str) -> sqlite3.Connection:
        if "immutable" not in uri:
            raise sqlite3.OperationalError("unable to open database file")
        return opened(uri)

    monkeypatch.setattr(connect, "_opened", no_log)
    with open_project(path) as project:
        assert len(project.units("grid")) == 4
    path.with_name(path.name + "-wal").write_bytes(b"pending")
    with pytest.raises(StoreError, match="unable to open"):
        open_project(path)


def test_a_project_is_replaced_but_not_one_that_holds_edits(contents, path):
    write_project(contents, path)
    edited(path)
    before = path.read_bytes()
    with pytest.raises(StoreError, match="holds 1 edits; use --force"):
        write_project(contents, path)
    assert path.read_bytes() == before
    write_project(contents, path, force=True)
    backup = path.with_name(f"{path.stem}.backup-1.gpkg")
    with closing(sqlite3.connect(backup)) as con:
        assert con.execute("SELECT count(*) FROM edit").fetchone() == (1,)
    assert sorted(p.name for p in path.parent.iterdir()) == sorted([path.name, backup.name])


def test_a_stranger_is_not_overwritten(contents, tmp_path):
    for name, text in (("notes.gpkg", b"my notes"), ("zero.gpkg", b"")):
        stranger = tmp_path / name
        stranger.write_bytes(text)
        with pytest.raises(StoreError, match="not a geogrid project"):
            write_project(contents, stranger)
        assert stranger.read_bytes() == text
    write_project(contents, tmp_path / "notes.gpkg", force=True)
    assert (tmp_path / "notes.backup-1.gpkg").read_bytes() == b"my notes"
    for place in (tmp_path / "no" / "folder.gpkg", tmp_path):
        with pytest.raises(StoreError, match="folder"):
            write_project(contents, place)


def test_a_project_that_is_open_elsewhere_is_not_replaced(contents, path):
    with open_project(path) as project:
        with pytest.raises(StoreError, match="is open in another program"):
            write_project(contents, path)
        with pytest.raises(StoreError, match="is open in another program"):
            check_target(path, force=True)
        assert len(project.units("grid")) == 4
    write_project(contents, path)
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_a_failed_write_leaves_the_old_file_and_nothing_else(contents, path):
    before = path.read_bytes()
    broken = dataclasses.replace(contents, meta={"name": object()})
    with pytest.raises(TypeError):
        write_project(broken, path)
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_a_log_that_a_crash_left_is_read_with_the_file(path):
    writer = sqlite3.connect(path, isolation_level=None)
    register(writer)
    writer.execute("PRAGMA wal_autocheckpoint = 0")
    writer.execute("UPDATE unit_grid SET name = 'later' WHERE fid = 1")
    crashed = path.with_name("crashed.gpkg")
    for ending in ("", "-wal"):
        shutil.copyfile(f"{path}{ending}", f"{crashed}{ending}")
    writer.close()
    with open_project(crashed) as project:
        assert project.units("grid")["name"].iloc[0] == "later"
    write_project(tiny_contents(), crashed)
    with open_project(crashed) as project:
        assert project.units("grid")["name"].iloc[0] == "第A网格"
