"""The desk: each edit is a version that is never lost, can be taken back, and leaves the file as a full rebuild would make it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from geogrid.edit import Compose, Create, Merge, Move, Rename, Reparent, Retire
from geogrid.errors import ConflictError, EditError, NotFoundError
from geogrid.store import Desk, open_desk, open_project
from tests.desks import Clock, assert_same, assert_stored, tiny_desk
from tests.tiny import EAST, WEST

A, C, B, D = WEST + "001", WEST + "002", EAST + "001", EAST + "002"
ON_TOP = Move(("1-3-1",), A + "002")  # the tower's third floor goes to the micro-grid above
ROW = Move(("13-1-1",), C + "001")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with tiny_desk(tmp_path) as desk:
        yield desk


def test_an_edit_is_a_version_with_author_time_and_reason(desk):
    done = desk.edit("main", [ON_TOP], base_version=1, author="王敏", reason="一层一格")
    assert (done.version, done.before, done.units) == (2, 1, (A + "001", A + "002"))
    (entry,) = desk.log()
    assert (entry.version, entry.time, entry.author, entry.reason, entry.kind) == (2, "2026-03-01T08:01:00.000+00:00", "王敏", "一层一格", "move")
    assert entry.edit == {"kind": "move", "atoms": ["1-3-1"], "to": A + "002", "reason": "一层一格"}
    assert entry.units == (A + "001", A + "002")
    assert entry.change.positions.tolist() == [2]
    assert desk.version() == 2


@pytest.mark.parametrize(
    "edit",
    [
        ON_TOP,
        Move(("6-1-1",), D + "001"),
        Move(("6-1-1",), None),
        Move(("5-1-1",), EAST),
        Merge((C + "001", C + "002")),
        Merge((D + "001", D + "003"), D + "003"),
        Create("microgrid", C, "新格", ("14-1-1",)),
        Retire(C + "003"),
        Retire(D),
        Rename(WEST, "新社区"),
        Reparent(C, EAST),
        Reparent(A + "003", C),
        Compose((Move(("6-1-1",), A + "003"), Rename(A + "002", "塔"))),
    ],
    ids=lambda edit: f"{edit.kind}",
)
def test_the_file_is_after_each_edit_what_a_rebuild_would_give_and_undo_gives_back_the_first(desk, edit):
    first = desk.state()
    try:
        done = desk.edit("main", [edit], base_version=1, author="a")
    except EditError as error:
        pytest.fail(error.message)
    assert_stored(desk.path, done.state)
    assert_same(desk.state("main", 1), first)
    back = desk.undo("main", base_version=2, author="a")
    assert_same(back.state, first)
    assert_stored(desk.path, back.state)
    again = desk.redo("main", base_version=3, author="a")
    assert_same(again.state, done.state)
    assert_stored(desk.path, again.state)


def test_an_edit_that_is_sent_twice_happens_once(desk):
    done = desk.edit("main", [ON_TOP], base_version=1, author="a", request_id="r1")
    again = desk.edit("main", [ON_TOP], base_version=1, author="a", request_id="r1")
    assert (again.version, again.units, again.is_repeat, desk.version()) == (2, done.units, True, 2)
    assert [each.message for each in again.findings] == [each.message for each in done.findings]
    assert_same(again.state, done.state)
    with pytest.raises(EditError, match="used for another edit"):
        desk.edit("main", [ROW], base_version=2, author="a", request_id="r1")
    desk.undo("main", base_version=2, author="a", request_id="r2")
    assert desk.undo("main", base_version=2, author="a", request_id="r2").is_repeat
    assert desk.version() == 3


def test_a_request_id_is_its_authors_own(desk):
    desk.edit("main", [ON_TOP], base_version=1, author="a", request_id="r1")
    with pytest.raises(EditError, match="used for another edit"):
        desk.edit("main", [ON_TOP], base_version=1, author="b", request_id="r1")
    desk.undo("main", base_version=2, author="a", request_id="r2")
    with pytest.raises(EditError, match="used for another edit"):
        desk.undo("main", base_version=3, author="b", request_id="r2")
    assert desk.version() == 3


def test_several_edits_are_all_done_or_none(desk):
    with pytest.raises(NotFoundError):
        desk.edit("main", [ON_TOP, Rename("none", "x")], base_version=1, author="a")
    assert desk.version() == 1
    assert desk.log() == []
    done = desk.edit("main", [ON_TOP, Rename(A, "塔")], base_version=1, author="a", reason="r")
    assert (done.version, [entry.version for entry in desk.log()]) == (3, [2, 3])
    assert_stored(desk.path, done.state)
    with pytest.raises(EditError, match="no edits"):
        desk.edit("main", [], base_version=3, author="a")


def test_a_conflict_arises_only_where_a_touched_unit_has_changed_since(desk):
    desk.edit("main", [ON_TOP], base_version=1, author="a")
    assert desk.edit("main", [ROW], base_version=1, author="b").version == 3
    with pytest.raises(ConflictError, match="changed meanwhile by a") as caught:
        desk.edit("main", [Rename(A + "001", "x")], base_version=1, author="b")
    assert caught.value.facts["version"] == 3
    assert caught.value.facts["units"] == [A + "001", A + "002"]
    assert [entry.version for entry in caught.value.facts["entries"]] == [2]
    with pytest.raises(EditError, match="not yet at 9"):
        desk.edit("main", [ROW], base_version=9, author="b")


def test_what_a_colleague_has_retired_since_is_a_conflict_and_not_an_unknown_code(desk):
    desk.edit("main", [Merge((C + "001", C + "002"), C + "001")], base_version=1, author="a")
    with pytest.raises(ConflictError):
        desk.edit("main", [Move(("13-1-1",), C + "002")], base_version=1, author="b")
    with pytest.raises(NotFoundError, match="retired"):
        desk.edit("main", [Move(("13-1-1",), C + "002")], base_version=2, author="b")


def test_what_a_colleague_has_taken_out_of_its_unit_since_is_not_taken_without_a_word(desk):
    desk.edit("main", [Move(("13-1-1",), C)], base_version=1, author="a")
    with pytest.raises(ConflictError, match="changed meanwhile by a"):
        desk.edit("main", [ROW], base_version=1, author="b")
    assert desk.edit("main", [ROW], base_version=2, author="b").version == 3


def test_what_was_taken_back_meanwhile_is_no_conflict(desk):
    desk.edit("main", [ON_TOP], base_version=1, author="a")
    desk.undo("main", base_version=2, author="a")
    assert desk.edit("main", [Rename(A + "001", "x")], base_version=1, author="b").version == 4


def test_undo_and_redo_go_back_and_forth_over_ones_own_edits(desk):
    states = [desk.state()]
    for n, edit in enumerate((ON_TOP, Rename(A, "塔"), ROW)):
        states.append(desk.edit("main", [edit], base_version=1 + n, author="a").state)
    for state in states[2::-1]:
        assert_same(desk.undo("main", base_version=desk.version(), author="a").state, state)
    with pytest.raises(EditError, match="nothing of a to undo"):
        desk.undo("main", base_version=desk.version(), author="a")
    for state in states[1:]:
        assert_same(desk.redo("main", base_version=desk.version(), author="a").state, state)
    with pytest.raises(EditError, match="nothing of a to redo"):
        desk.redo("main", base_version=desk.version(), author="a")
    assert_same(desk.undo("main", base_version=desk.version(), author="a").state, states[2])
    desk.edit("main", [Rename(C, "三")], base_version=desk.version(), author="a")
    with pytest.raises(EditError, match="nothing of a to redo"):
        desk.redo("main", base_version=desk.version(), author="a")
    assert_same(desk.undo("main", base_version=desk.version(), author="a").state, states[2])
    assert_same(desk.undo("main", base_version=desk.version(), author="a").state, states[1])


def test_an_edit_on_which_a_colleague_has_built_is_not_taken_back(desk):
    desk.edit("main", [ON_TOP], base_version=1, author="a")
    desk.edit("main", [Rename(A + "002", "塔")], base_version=2, author="b")
    with pytest.raises(ConflictError, match="b changed"):
        desk.undo("main", base_version=3, author="a")
    desk.undo("main", base_version=3, author="b")
    assert desk.undo("main", base_version=4, author="a").version == 5
    with pytest.raises(ConflictError):
        desk.redo("main", base_version=2, author="a")


@pytest.mark.parametrize("later", [Reparent(C, EAST), Retire(C)], ids=lambda edit: edit.kind)
def test_a_unit_does_not_come_back_under_a_parent_that_has_another_code_or_is_no_more(desk, later):
    first = desk.state()
    desk.edit("main", [Retire(C + "003")], base_version=1, author="a")
    desk.edit("main", [later], base_version=2, author="b")
    with pytest.raises(ConflictError):
        desk.undo("main", base_version=3, author="a")
    desk.undo("main", base_version=3, author="b")
    assert_same(desk.undo("main", base_version=4, author="a").state, first)


def test_every_version_can_be_opened_again(desk):
    states = {1: desk.state()}
    for edit in (ON_TOP, ROW, Merge((C + "001", C + "002")), Reparent(C, EAST), Retire(D + "003"), Create("microgrid", D, "", ("15-1-1",))):
        done = desk.edit("main", [edit], base_version=desk.version(), author="a")
        states[done.version] = done.state
    for version, state in states.items():
        assert_same(desk.state("main", version), state)
        with open_project(desk.path, at=version) as project:
            assert_same(project.state(), state)
            plan = state.to_plan()
            for level in project.levels:
                assert project.units(level).geometry.to_wkb().to_dict() == plan.frame(level).geometry.to_wkb().to_dict()
                assert project.units(level)["parent"].to_dict() == plan.frame(level)["parent"].to_dict()
    for wrong in (0, 99):
        with pytest.raises(NotFoundError, match="it has 1 to 7"):
            desk.state("main", wrong)


def test_a_second_desk_hears_of_what_the_first_has_done(desk):
    with open_desk(desk.path, clock=Clock()) as other:
        assert_same(other.state(), desk.state())
        desk.edit("main", [ON_TOP], base_version=1, author="a")
        assert other.version() == 2
        assert_same(other.state(), desk.state())
        other.edit("main", [ROW], base_version=1, author="b")
        done = desk.edit("main", [Rename(A, "塔")], base_version=3, author="a")
    assert_same(done.state, desk.state())
    assert_stored(desk.path, desk.state())


def test_nothing_stands_beside_the_file_when_the_desk_is_closed(tmp_path):
    with tiny_desk(tmp_path) as desk:
        desk.edit("main", [ON_TOP], base_version=1, author="a")
    assert [each.name for each in tmp_path.iterdir()] == ["tiny.gpkg"]


def test_the_log_can_not_be_changed(desk):
    desk.edit("main", [ON_TOP], base_version=1, author="a")
    with closing(sqlite3.connect(desk.path)) as con:
        for statement in ("DELETE FROM edit", "UPDATE edit SET author = 'b'"):
            with pytest.raises(sqlite3.IntegrityError, match="only appended to"):
                con.execute(statement)
