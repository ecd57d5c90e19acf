"""The desk: each edit is a version that is never lost, can be taken back, and leaves the file as a full rebuild would make it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from geogrid.edit import Compose, Create, Merge, Move, Rename, Reparent, Retire
from geogrid.errors import EditError
from geogrid.store import Desk
from tests.desks import assert_same, assert_stored, tiny_desk
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
