"""Drafts, adoption and dates: a draft stands by itself, and becomes one version of `main` on a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from geogrid.edit import Create, Merge, Move, Rename, Reparent, Retire
from geogrid.errors import ConflictError, EditError, InputError, NotFoundError
from geogrid.store import Desk, open_project
from tests.desks import assert_same, assert_stored, tiny_desk
from tests.tiny import EAST, WEST

A, C, D = WEST + "001", WEST + "002", EAST + "002"
ON_TOP = Move(("1-3-1",), A + "002")
MARCH, MAY = date(2026, 3, 15), date(2026, 5, 1)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with tiny_desk(tmp_path) as desk:
        yield desk


def edit(desk: Desk, plan: str, *edits, author: str = "a"):
    return desk.edit(plan, list(edits), base_version=desk.version(plan), author=author, reason="一层一格")


def test_a_draft_is_edited_while_main_stays(desk):
    first = desk.state()
    info = desk.fork(name="草案", author="王敏")
    assert (info.id, info.name, info.state, info.version, info.parent, info.fork_version) == ("d1", "草案", "draft", 1, "main", 1)
    assert_same(desk.state("d1"), first)
    done = edit(desk, "d1", ON_TOP)
    assert (done.version, desk.version("d1"), desk.version()) == (2, 2, 1)
    assert_stored(desk.path, first)
    assert_same(desk.undo("d1", base_version=2, author="a").state, first)
    assert [plan.id for plan in desk.plans()] == ["main", "d1"]
    with pytest.raises(NotFoundError, match="no plan 'd9'; there is: main, d1"):
        desk.state("d9")


def test_a_draft_of_an_old_version_and_a_draft_of_a_draft(desk):
    first = desk.state()
    second = edit(desk, "main", ON_TOP).state
    assert_same(desk.state(desk.fork(name="", author="a", at=1).id), first)
    third = edit(desk, "d1", Rename(C, "三")).state
    info = desk.fork("d1", name="again", author="a")
    assert (info.id, info.parent, info.fork_version) == ("d2", "d1", 2)
    assert_same(desk.state("d2"), third)
    assert_same(desk.state(), second)


def test_a_project_shows_a_draft_as_a_rebuild_of_it_would(desk):
    desk.fork(name="x", author="a")
    state = edit(desk, "d1", ON_TOP, Merge((C + "001", C + "002")), Retire(D + "003")).state
    plan = state.to_plan()
    with open_project(desk.path, plan="d1") as project, open_project(desk.path) as main:
        assert project.plan_name == ("d1", 4, "draft")
        assert np.array_equal(project.plan().leaf, plan.leaf)
        for level in project.levels:
            have, want = project.units(level), plan.frame(level)
            assert have.index.tolist() == want.index.tolist()
            assert have.geometry.to_wkb().tolist() == want.geometry.to_wkb().tolist()
            assert have["households"].tolist() == want["households"].tolist()
            assert project.count_units(level)[:2] == (len(want), want["households"].sum())
        found = project.findings()
        assert "unassigned" in set(found["rule"])
        assert "unassigned" not in set(main.findings()["rule"])
        assert D + "003" not in {code for codes in found["units"] for code in codes}
        assert project.sites("stations")["microgrid"].tolist() == [A + "001", D + "001", ""]
        assert main.of("d1").stamp == project.stamp != main.stamp


def test_adopting_main_marks_it_and_it_takes_no_more_edits(desk):
    done = desk.adopt("main", valid_from=MARCH, author="admin")
    assert (done.version, done.state.state) == (2, "adopted")
    (info,) = desk.plans()
    assert (info.state, info.valid_from, info.version) == ("adopted", "2026-03-15", 2)
    for refused in (lambda: edit(desk, "main", ON_TOP), lambda: desk.undo("main", base_version=2, author="admin")):
        with pytest.raises(EditError, match="adopted and takes no edits: fork it"):
            refused()
    with pytest.raises(EditError, match="takes no edits"):
        desk.adopt("main", valid_from=MAY, author="admin")
    assert_stored(desk.path, desk.state())


def test_a_draft_becomes_one_version_of_main(desk):
    desk.fork(name="草案", author="a")
    edit(desk, "d1", ON_TOP, Merge((C + "001", C + "002")))
    draft = edit(desk, "d1", Rename(A, "塔")).state
    done = desk.adopt("d1", valid_from=MARCH, author="admin")
    assert (done.version, desk.version(), desk.plan("d1").state, desk.plan().state) == (2, 2, "adopted", "adopted")
    (entry,) = desk.log()
    assert (entry.kind, entry.edit, entry.valid_from) == ("adopt", {"kind": "adopt", "plan": "d1", "version": 4}, "2026-03-15")
    main = desk.state()
    assert np.array_equal(main.leaf, draft.leaf)
    assert {unit.code for unit in main.units.values()} == {unit.code for unit in draft.units.values()}
    assert {unit.valid_from for unit in main.units.values() if unit.code == C + "004"} == {"2026-03-15"}
    assert main.successors(C + "001") == (C + "004",)
    assert_stored(desk.path, main)
    with pytest.raises(EditError, match="d1 is adopted"):
        edit(desk, "d1", Rename(A, "x"))


def test_two_drafts_of_different_grids_are_adopted_one_after_the_other_with_codes_of_their_own(desk):
    desk.fork(name="one", author="a")
    desk.fork(name="two", author="b")
    edit(desk, "d1", Create("grid", EAST, "东", ("11-1-1",)))
    edit(desk, "d2", Create("grid", EAST, "西", ("3-1-1",)), author="b")
    assert desk.state("d1").unit(EAST + "003").id == desk.state("d2").unit(EAST + "003").id
    desk.adopt("d1", valid_from=MARCH, author="admin", accept=True)
    done = desk.adopt("d2", valid_from=MAY, author="admin", accept=True)
    names = {unit.code: unit.name for unit in done.state.units.values() if unit.level == "grid" and unit.code.startswith(EAST)}
    assert (names[EAST + "003"], names[EAST + "004"]) == ("东", "西")
    assert done.state.ground.codes[done.state.atoms_below(done.state.unit(EAST + "004").id)].tolist() == ["3-1-1"]
    assert_stored(desk.path, done.state)


def test_a_draft_whose_units_main_has_changed_since_is_a_conflict(desk):
    desk.fork(name="x", author="a")
    edit(desk, "d1", ON_TOP)
    edit(desk, "main", Rename(A + "002", "y"), author="b")
    with pytest.raises(ConflictError, match="changed meanwhile by b") as caught:
        desk.adopt("d1", valid_from=MARCH, author="admin")
    assert caught.value.facts["version"] == 2
    assert desk.plan("d1").state == "draft"
    edit(desk, "main", Rename(C, "z"))
    desk.undo("main", base_version=3, author="a")
    desk.undo("main", base_version=4, author="b")
    assert desk.adopt("d1", valid_from=MARCH, author="admin").version == 6


def test_a_draft_of_an_adopted_draft_is_one_of_what_that_became(desk):
    desk.fork(name="x", author="a")
    edit(desk, "d1", ON_TOP)
    desk.adopt("d1", valid_from=MARCH, author="admin")
    info = desk.fork("d1", name="y", author="a")
    assert (info.parent, info.fork_version) == ("main", 2)
    edit(desk, "d2", Rename(A + "002", "塔"))
    assert desk.adopt("d2", valid_from=MAY, author="admin").version == 3


def test_what_a_draft_makes_takes_the_code_that_its_parent_has_by_then(desk):
    edit(desk, "main", Retire(C + "003"))
    atoms = desk.state().ground.codes[desk.state().members(desk.state().unit(C).id)].tolist()
    desk.fork(name="x", author="a")
    edit(desk, "d1", Create("microgrid", C, "新", tuple(atoms)))
    now = edit(desk, "main", Reparent(C, EAST)).state
    state = desk.adopt("d1", valid_from=MARCH, author="admin", accept=True).state
    (new,) = [unit for unit in state.units.values() if unit.name == "新"]
    assert new.parent == desk.state("d1").unit(C).id
    assert new.code.startswith(now.units[new.parent].code)
    assert_stored(desk.path, state)


def test_what_a_draft_makes_under_a_unit_that_is_no_more_is_a_conflict(desk):
    desk.fork(name="x", author="a")
    edit(desk, "d1", Create("microgrid", C, "新", ("14-1-1",)))
    edit(desk, "main", Create("microgrid", C, "另", ("13-1-1",)), Retire(C), author="b")
    with pytest.raises(ConflictError):
        desk.adopt("d1", valid_from=MARCH, author="admin", accept=True)


def test_new_errors_stop_an_adoption_until_they_are_accepted(desk):
    desk.fork(name="x", author="a")
    edit(desk, "d1", Retire(C + "003"))
    with pytest.raises(EditError, match="new errors") as caught:
        desk.adopt("d1", valid_from=MARCH, author="admin")
    assert [finding.rule for finding in caught.value.facts["findings"]] == ["unassigned"]
    done = desk.adopt("d1", valid_from=MARCH, author="admin", accept=True)
    with open_project(desk.path) as project:
        found = project.findings()
        assert found.loc[found["rule"] == "unassigned", "severity"].tolist() == ["error"]
    desk.fork(name="y", author="a")
    edit(desk, "d2", Rename(A, "塔"))
    assert desk.adopt("d2", valid_from=MAY, author="admin").version == done.version + 1


def test_a_day_names_the_version_that_held_on_it(desk):
    first = desk.state()
    desk.fork(name="x", author="a")
    second = edit(desk, "d1", ON_TOP).state
    desk.adopt("d1", valid_from=MARCH, author="admin")
    desk.fork(name="y", author="a")
    edit(desk, "d2", Rename(A, "塔"))
    desk.adopt("d2", valid_from=MAY, author="admin")
    assert_same(desk.state("main", "2026-03-02"), first)
    assert np.array_equal(desk.state("main", "2026-03-15").leaf, second.leaf)
    assert desk.state("main", "2026-04-30").version == 2
    assert desk.state("main", "2026-05-01").version == 3
    with open_project(desk.path, at="2026-04-30") as project:
        assert project.plan_name == ("main", 2, "adopted")
    with pytest.raises(NotFoundError, match="made on 2026-01-01"):
        desk.state("main", "2025-12-31")
    with pytest.raises(InputError, match="neither a version nor a date"):
        desk.state("main", "yesterday")
    desk.fork(name="z", author="a")
    edit(desk, "d3", Rename(A, "楼"))
    with pytest.raises(EditError, match="holds from 2026-05-01"):
        desk.adopt("d3", valid_from=MARCH, author="admin")
