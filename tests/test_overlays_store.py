"""Overlays in the project's file: made, ended, withdrawn, never lost; and nothing else of the file changes by it."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from geogrid.cli import main
from geogrid.errors import EditError, InputError, NotFoundError, StoreError
from geogrid.organisation.overlay import ADD, REMOVE, Change, overlays_of, state_at
from geogrid.organisation.times import ZONE
from geogrid.pipeline.roster import roster_of
from geogrid.store import open_project, write_project
from geogrid.store.overlays import Draft, add_overlay, end_overlay, read_draft
from tests.emergency_town import GRIDS, OFFICERS, town_project
from tests.tiny import EAST, WEST, tiny_contents

NOW = datetime(2026, 3, 10, 9, tzinfo=ZONE)
MOVE = (Change(REMOVE, OFFICERS[0], "unit", GRIDS[0]), Change(ADD, OFFICERS[0], "unit", WEST, "应急"))
DRAFT = Draft("防汛", "real", "2026-03-12", "2026-03-14", MOVE, "大雨")


def clock() -> datetime:
    return NOW


def later(**passed: int):
    return lambda: NOW + timedelta(**passed)


def run(*line: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in line], prog_name="geogrid")


@pytest.fixture
def town(tmp_path: Path) -> Path:
    return town_project(tmp_path)


def listed(path: Path) -> dict[str, str]:
    """The state of each overlay on the first day of DRAFT."""
    with open_project(path) as project:
        return {each.id: state_at(each, NOW + timedelta(days=2)) for each in overlays_of(project.table("overlays"))}


def test_what_is_made_stands_beside_what_was_given_and_says_who_made_it_and_why(town: Path):
    made = add_overlay(town, DRAFT, author="ann", clock=clock)
    assert (made.id, made.made_by, made.reason, made.source, made.made_at[:16]) == ("o1", "ann", "大雨", "made", "2026-03-10T09:00")
    assert listed(town) == {"given": "ended", "o1": "in_force"}


def test_a_project_that_is_open_sees_what_is_made_meanwhile(town: Path):
    with open_project(town) as project:
        assert set(project.table("overlays")["id"]) == {"given"}
        add_overlay(town, DRAFT, author="ann", clock=clock)
        assert set(project.table("overlays")["id"]) == {"given", "o1"}
        posts = roster_of(project).at(NOW + timedelta(days=2)).posts
        assert posts.loc[posts["staff"] == OFFICERS[0], ["code", "post", "overlay"]].to_numpy().tolist() == [[WEST, "应急", "o1"]]


def test_the_same_request_twice_is_one_overlay_and_another_under_its_id_is_refused(town: Path):
    one = add_overlay(town, DRAFT, author="ann", clock=clock, request_id="r1")
    assert add_overlay(town, DRAFT, author="ann", clock=later(hours=1), request_id="r1") == one
    with pytest.raises(EditError, match="r1"):
        add_overlay(town, replace(DRAFT, name="另一个"), author="ann", clock=clock, request_id="r1")
    ended = end_overlay(town, "o1", author="bob", clock=later(days=3), request_id="r2")
    assert end_overlay(town, "o1", author="bob", clock=later(days=3, hours=1), request_id="r2") == ended


def test_nothing_begins_before_it_is_made(town: Path):
    made = add_overlay(town, replace(DRAFT, valid_from="2026-01-01"), author="ann", clock=clock)
    assert made.valid_from == "2026-03-10T09:00:00.000+08:00"
    assert [state_at(made, NOW - timedelta(hours=1)), state_at(made, NOW)] == ["prepared", "in_force"]


def test_one_that_is_ended_early_counts_until_then_and_one_not_begun_never_did(town: Path):
    add_overlay(town, DRAFT, author="ann", clock=clock)
    ended = end_overlay(town, "o1", author="bob", clock=later(days=3), reason="雨停")
    assert (ended.planned_to, ended.ended_by, ended.ended_reason) == ("2026-03-14", "bob", "雨停")
    assert [state_at(ended, NOW + timedelta(days=d)) for d in (1, 2, 3)] == ["prepared", "in_force", "ended_early"]
    add_overlay(town, DRAFT, author="ann", clock=clock)
    gone = end_overlay(town, "o2", author="bob", clock=clock)
    assert [state_at(gone, NOW + timedelta(days=d)) for d in (-1, 0, 2)] == ["prepared", "withdrawn", "withdrawn"]
    with open_project(town) as project:
        at = [roster_of(project).at(NOW + timedelta(days=d)).posts for d in (2, 3)]
    assert [sorted(set(posts["overlay"])) for posts in at] == [["", "o1"], [""]]


def test_a_given_one_can_be_ended_too_and_one_that_is_over_can_not(town: Path):
    ended = end_overlay(town, "given", author="ann", clock=lambda: datetime(2026, 2, 5, tzinfo=ZONE))
    assert ended.valid_to == "2026-02-05T00:00:00.000+08:00"
    for name in ("given", "o7"):
        with pytest.raises((EditError, NotFoundError)):
            end_overlay(town, name, author="ann", clock=clock)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"kind": "war"}, "kind"),
        ({"changes": ()}, "changes"),
        ({"valid_from": "2026-02-30"}, "valid_from"),
        ({"valid_to": "soon"}, "valid_to"),
        ({"valid_to": "2026-03-11"}, "valid_to"),
        ({"valid_from": "", "valid_to": "2026-03-09"}, "valid_to"),
    ],
)
def test_what_can_not_be_meant_is_refused_and_nothing_is_written(town: Path, facts: dict, field: str):
    with pytest.raises(InputError) as caught:
        add_overlay(town, replace(DRAFT, **facts), author="ann", clock=clock)
    assert caught.value.facts["field"] == field
    assert listed(town) == {"given": "ended"}


@pytest.mark.parametrize(
    "document", [[], 7, {"nam": "x"}, {"changes": {}}, {"changes": [3]}, {"name": 5}, {"name": "x" * 101}, {"changes": [{"member": ["a"]}]}]
)
def test_a_document_that_says_what_it_must_not_is_refused(document: object):
    with pytest.raises(InputError):
        read_draft(document)


def test_the_log_can_not_be_changed_by_anybody(town: Path):
    add_overlay(town, DRAFT, author="ann", clock=clock)
    with closing(sqlite3.connect(town)) as con:
        for statement in ("DELETE FROM overlay_log", "UPDATE overlay_made SET member = 'x'", "UPDATE overlay_log SET author = 'x'"):
            with pytest.raises(sqlite3.IntegrityError):
                con.execute(statement)


def test_a_file_that_is_being_written_keeps_its_overlays(town: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("geogrid.store.writing._BUSY_S", 0.05)
    with closing(sqlite3.connect(town, isolation_level=None)) as con:
        con.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError):
            add_overlay(town, DRAFT, author="ann", clock=clock)
        con.execute("ROLLBACK")
    assert listed(town) == {"given": "ended"}


def test_a_project_that_is_built_anew_in_the_same_place_keeps_them(town: Path):
    add_overlay(town, DRAFT, author="ann", clock=clock)
    write_project(tiny_contents(), town)
    assert listed(town) == {"o1": "in_force"}


def test_a_backup_that_is_restored_knows_what_was_made_and_ended_after_it(town: Path, tmp_path: Path):
    add_overlay(town, DRAFT, author="ann", clock=clock)
    assert run("backup", town, "--out", tmp_path / "copy.gpkg").exit_code == 0
    add_overlay(town, DRAFT, author="ann", clock=clock)
    end_overlay(town, "o1", author="bob", clock=clock)
    assert run("restore", tmp_path / "copy.gpkg", "--out", town, "--force").exit_code == 0
    assert listed(town) == {"given": "ended", "o1": "withdrawn", "o2": "in_force"}


def test_a_project_of_another_history_keeps_its_own(town: Path, tmp_path: Path):
    (tmp_path / "other").mkdir()
    other = town_project(tmp_path / "other")
    add_overlay(other, replace(DRAFT, name="别处"), author="eve", clock=clock)
    add_overlay(town, DRAFT, author="ann", clock=clock)
    assert run("restore", other, "--out", town, "--force").exit_code == 0
    with open_project(town) as project:
        assert set(project.table("overlays")["name"]) == {"防汛一", "别处"}


def shapes(path: Path, folder: Path) -> dict[str, bytes]:
    """What geogrid exports of each level, and every row of the plan's tables."""
    out = {}
    for level in ("community", "grid", "microgrid"):
        done = run("export", path, "--level", level, "--out", folder / f"{level}.geojson")
        assert done.exit_code == 0, done.output
        out[level] = (folder / f"{level}.geojson").read_bytes()
    with closing(sqlite3.connect(path)) as con:
        tables = ("unit", "assign", "cell", "atom", "edit", "lineage", "unit_grid", "unit_microgrid", "memberships", "overlays")
        return out | {name: repr(con.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall()).encode() for name in tables}


def test_no_polygon_code_or_export_changes_before_during_or_after(town: Path, tmp_path: Path):
    before = shapes(town, tmp_path)
    everybody = tuple(Change(REMOVE, officer) for officer in OFFICERS) + tuple(Change(ADD, officer, "unit", EAST) for officer in OFFICERS)
    add_overlay(town, replace(DRAFT, valid_from="", changes=everybody), author="ann", clock=clock)
    assert shapes(town, tmp_path) == before
    end_overlay(town, "o1", author="ann", clock=later(hours=2))
    assert shapes(town, tmp_path) == before
    with open_project(town) as project:
        roster = roster_of(project)
    at = [roster.at(NOW + timedelta(hours=hours)).posts for hours in (-1, 1, 3)]
    assert at[0].equals(at[2])
    assert not at[0].equals(at[1])


def test_the_command_lists_adds_shows_and_ends(town: Path, tmp_path: Path):
    rows = [{"action": c.action, "member": c.member, "target_kind": c.target_kind, "target": c.target} for c in MOVE]
    file = tmp_path / "one.json"
    file.write_text(json.dumps({"name": "防汛", "kind": "real", "valid_from": "2099-03-12", "valid_to": "2099-03-14", "changes": rows}), "utf-8")
    made = json.loads(run("overlays", town, "--add", file, "--json", "--author", "ann").stdout)
    assert (made["id"], made["state"], made["made_by"]) == ("o1", "prepared", "ann")
    told = json.loads(run("overlays", town, "--at", "2099-03-13", "--json").stdout)
    assert (told["state"], told["in_force"], [each["id"] for each in told["overlays"]]) == ("emergency", ["o1"], ["given", "o1"])
    effect = json.loads(run("overlays", town, "--diff", "o1", "--json").stdout)
    assert [(row["member"], row["from_code"], row["to_code"]) for row in effect["people"]] == [(OFFICERS[0], GRIDS[0], WEST)]
    assert [(row["code"], row["missing"]) for row in effect["lacking"]] == [(GRIDS[0], "person")]
    assert (effect["clashes"], effect["after"]) == ([], [])
    words = run("overlays", town, "--diff", "o1").stdout
    assert "no full-time officer, 1 wanted" in words
    assert "all is as before" in words
    assert json.loads(run("overlays", town, "--end", "o1", "--json").stdout)["state"] == "withdrawn"
    assert "withdrawn" in run("overlays", town).stdout


def test_what_the_command_can_not_use_is_one_line_and_exit_2(town: Path, tmp_path: Path):
    bad = tmp_path / "bad.json"
    bad.write_text("{", "utf-8")
    nobody = tmp_path / "nobody.json"
    nobody.write_text('{"name": "x", "changes": [{"action": "add", "member": "nobody", "target": "1"}]}', "utf-8")
    lines = [["--add", bad], ["--add", nobody], ["--add", tmp_path / "none.json"], ["--end", "o9"], ["--diff", "o9"], ["--at", "soon"]]
    for line in (*lines, ["--end", "a", "--diff", "b"]):
        done = run("overlays", town, *line)
        assert (done.exit_code, done.stderr.count("\n")) == (2, 1), line
        assert "Traceback" not in done.stderr
