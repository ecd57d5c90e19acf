"""The file under the desk: old formats are read, and upgraded after a backup; GDAL opens it; copies are made and put back while it is in use."""

from __future__ import annotations

import gzip
import json
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from pandas.testing import assert_frame_equal

from geogrid.edit import Create, Merge, Move, Rename, Retire
from geogrid.errors import ConflictError, NotFoundError, StoreError
from geogrid.store import backup, is_project, open_desk, open_project, restore, write_project
from geogrid.store.snapshot import Image, read, versions, write
from tests.desks import Clock, assert_same, assert_stored, tiny_desk
from tests.tiny import EAST, WEST, tiny_contents

A, C, B, D = WEST + "001", WEST + "002", EAST + "001", EAST + "002"
ON_TOP = Move(("1-3-1",), A + "002")
DATA = Path(__file__).parent / "data"


def kept_file(folder: Path, number: int) -> Path:
    """Unpack the project of a format that is kept in the tests."""
    path = folder / "old.gpkg"
    path.write_bytes(gzip.decompress((DATA / f"format{number}.gpkg.gz").read_bytes()))
    return path


def test_a_project_of_format_1_is_read_as_it_is(tmp_path):
    path = kept_file(tmp_path, 1)
    before = path.read_bytes()
    with open_project(path) as project:
        assert (project.plan_name, len(project.units("microgrid")), project.log()) == (("main", 1, "draft"), 11, [])
        assert project.state().unit(A).name == "第A网格"
        with project.of("main", 1) as same:
            assert same.version == 1
        for ask in (lambda: project.of("main", 2), lambda: project.of("d1")):
            with pytest.raises(NotFoundError):
                ask()
        assert project.refreshed() is project
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_a_project_of_format_1_is_upgraded_when_it_is_first_edited_and_the_old_one_is_kept(tmp_path):
    path = kept_file(tmp_path, 1)
    with open_project(path) as project:
        first = project.plan()
    with open_project(path) as reader, open_desk(path, clock=Clock()) as desk:
        assert desk.kept == tmp_path / "old.backup-1.gpkg"
        assert_stored(path, desk.state(), findings=False)  # the old ones were written by hand
        done = desk.edit("main", [ON_TOP], base_version=1, author="a")
        assert_stored(path, done.state, findings=False)
        with reader.refreshed() as newer:
            assert newer.version == 2
    with open_project(desk.kept) as old:
        assert np.array_equal(old.plan().leaf, first.leaf)
    with closing(sqlite3.connect(desk.kept)) as con:
        assert con.execute("SELECT value FROM meta WHERE key = 'store.format'").fetchone() == ("1",)
    with open_desk(path, clock=Clock()) as desk:
        assert desk.kept is None
    assert sorted(each.name for each in tmp_path.iterdir()) == ["old.backup-1.gpkg", "old.gpkg"]


def test_an_upgrade_that_fails_leaves_the_file_as_it_was(tmp_path, monkeypatch):
    path = kept_file(tmp_path, 1)
    monkeypatch.setattr("geogrid.store.upgrade.write_first", lambda con: con.execute("SELECT nothing FROM nowhere"))
    with pytest.raises(StoreError, match="nothing was changed"):
        open_desk(path, clock=Clock())
    with open_project(path) as project:
        assert len(project.units("microgrid")) == 11


def test_a_project_of_format_2_is_edited_on(tmp_path):
    with open_desk(kept_file(tmp_path, 2), clock=Clock()) as desk:
        assert desk.kept is None
        assert [(entry.version, entry.kind, entry.author) for entry in desk.log()] == [(2, "move", "王敏"), (3, "merge", "王敏"), (4, "undo", "王敏")]
        assert desk.state("d1").unit(A).name == "塔"
        assert desk.edit("main", [Move(("1-3-1",), A + "002")], base_version=1, author="王敏", reason="一层一格", request_id="r1").is_repeat
        assert desk.redo("main", base_version=4, author="王敏").version == 5
        assert_stored(desk.path, desk.state())


def test_a_newer_format_is_refused_for_writing_too(tmp_path):
    path = kept_file(tmp_path, 2)
    with closing(sqlite3.connect(path)) as con, con:
        con.execute("UPDATE meta SET value = '3' WHERE key = 'store.format'")
    with pytest.raises(StoreError, match="made by a newer geogrid"):
        open_desk(path, clock=Clock())


GDAL = """
import json, sys, pyogrio
layers = [str(name) for name, _ in pyogrio.list_layers(sys.argv[1])]
grids = pyogrio.read_dataframe(sys.argv[1], layer="unit_grid")
box = tuple(float(v) for v in grids[grids["code"] == sys.argv[2]].total_bounds)
near = pyogrio.read_dataframe(sys.argv[1], layer="unit_grid", bbox=box)
print(json.dumps([layers, sorted(grids["code"]), sorted(near["code"]), bool(grids.is_valid.all())]))
"""


def test_gdal_reads_an_edited_project_through_its_r_tree(tmp_path):
    with tiny_desk(tmp_path) as desk:
        made = desk.edit("main", [Create("grid", EAST, "东", ("11-1-1",)), Retire(C)], base_version=1, author="a").state.unit(EAST + "003").code
    answer = subprocess.run([sys.executable, "-c", GDAL, str(desk.path), made], capture_output=True, text=True, check=True)
    layers, codes, near, valid = json.loads(answer.stdout)
    assert {"unit_grid", "edit", "plan"} <= set(layers)
    assert codes == [A, B, D, made]
    assert made in near
    assert A not in near or near == codes
    assert valid


def test_a_backup_of_a_project_in_use_holds_all_that_was_confirmed(tmp_path):
    with tiny_desk(tmp_path) as desk:
        state = desk.edit("main", [ON_TOP], base_version=1, author="a").state
        out = backup(desk.path, tmp_path / "copy.gpkg")
        desk.edit("main", [Rename(A, "later")], base_version=2, author="a")
        with pytest.raises(StoreError, match="is there already"):
            backup(desk.path, out)
        with pytest.raises(StoreError, match="no folder"):
            backup(desk.path, tmp_path / "no" / "copy.gpkg")
    assert_stored(out, state)
    with pytest.raises(StoreError, match="holds 2 edits"):
        restore(out, desk.path)
    restore(out, desk.path, force=True)
    assert_stored(desk.path, state)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["copy.gpkg", "tiny.backup-1.gpkg", "tiny.gpkg"]


def test_a_damaged_backup_is_not_restored(tmp_path):
    with tiny_desk(tmp_path) as desk:
        out = backup(desk.path, tmp_path / "copy.gpkg")
    whole = out.read_bytes()
    out.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(StoreError, match="is damaged"):
        restore(out, desk.path, force=True)
    assert_stored(desk.path, desk_state(desk.path))


def desk_state(path: Path):
    """Return the plan `main` of a file."""
    with open_project(path) as project:
        return project.state()


def test_a_project_in_use_is_not_replaced_and_one_with_edits_only_by_force(tmp_path):
    with tiny_desk(tmp_path) as desk:
        desk.edit("main", [ON_TOP], base_version=1, author="a")
        with pytest.raises(StoreError, match="holds 1 edits"):
            write_project(tiny_contents(), desk.path)
        with pytest.raises(StoreError, match="is open in another program"):
            write_project(tiny_contents(), desk.path, force=True)
    write_project(tiny_contents(), desk.path, force=True)
    with open_desk(tmp_path / "tiny.backup-1.gpkg", clock=Clock()) as kept:
        assert kept.version() == 2


def test_a_project_is_refreshed_by_what_has_changed(tmp_path):
    with tiny_desk(tmp_path) as desk, open_project(desk.path, history=desk.history) as first:
        frames = {level: first.units(level) for level in first.levels}
        first.plan(), first.layer("roads")
        assert first.refreshed() is first
        state = desk.edit("main", [ON_TOP, Merge((C + "001", C + "002"))], base_version=1, author="a").state
        second = first.refreshed()
        assert (first.version, second.version, first.stamp != second.stamp) == (1, 3, True)
        assert second.units("community") is frames["community"]
        assert second.layer("roads") is first.layer("roads")
        assert second.plan().base.cells.equals(first.plan().base.cells)
        for level in first.levels:
            assert second.units(level).geometry.to_wkb().to_dict() == state.to_plan().frame(level).geometry.to_wkb().to_dict()
            assert first.units(level) is frames[level]
        assert sorted(first.plan().units["code"]) == sorted(desk.state("main", 1).to_plan().units["code"])
        old = first.of("main", 1)
        desk.undo("main", base_version=3, author="a")
        assert old.refreshed() is old
        assert len(old.findings()) == len(first.findings())


def test_a_project_that_is_several_versions_behind_takes_over_what_no_edit_changed(tmp_path):
    with tiny_desk(tmp_path) as desk, open_project(desk.path) as first:
        frames = {level: first.units(level) for level in first.levels}
        desk.edit("main", [ON_TOP], base_version=1, author="a")
        second = first.refreshed()  # nobody asks it for units
        desk.edit("main", [Merge((C + "001", C + "002")), Retire(C + "003")], base_version=2, author="a")
        desk.undo("main", base_version=4, author="a")
        last = second.refreshed()
        assert last.version == 5
        assert last.units("community") is frames["community"]
        for level in first.levels:
            assert_frame_equal(last.units(level), fresh_units(desk.path, level))
        assert_frame_equal(second.units("microgrid"), first.of("main", 2).units("microgrid"))


@pytest.mark.parametrize("plan", ["main", "d1"])
def test_a_few_units_are_those_of_their_level_whatever_was_read_before(tmp_path, plan):
    with tiny_desk(tmp_path) as desk:
        desk.fork("main", name="draft", author="a")
        desk.edit("d1", [Retire(D + "003"), ON_TOP], base_version=1, author="a")
        desk.edit("main", [Merge((C + "001", C + "002"))], base_version=1, author="a")
        with open_project(desk.path, plan=plan) as project, open_project(desk.path, plan=plan) as other:
            for level, parent in [("microgrid", C), ("microgrid", B), ("grid", WEST), ("community", D)]:
                ids = project.units_inside(level, parent)
                few, whole = project.some_units(level, ids), other.units(level)
                assert_frame_equal(few, whole[whole["unit"].isin(ids)])
                assert_frame_equal(other.some_units(level, ids), few)
                assert set(few["parent"]) <= {parent, A, B, C, D}
                assert project.find_level(parent) == ("grid" if parent in (B, C, D) else "community")
            assert project.find_level("nowhere") == project.find_level(WEST, "grid") == ""
            assert project.units_inside("grid", B) == []


def fresh_units(path, level):
    with open_project(path) as project:
        return project.units(level)


def test_what_a_project_had_not_read_before_an_edit_it_still_shows_as_it_was(tmp_path):
    with tiny_desk(tmp_path) as desk, open_project(desk.path) as project:
        before = desk.state()
        desk.edit("main", [Retire(C + "003"), Rename(A, "塔")], base_version=1, author="a")
        assert project.units("grid").loc[A, "name"] == "第A网格"
        assert C + "003" in project.units("microgrid").index
        assert project.count_units("microgrid")[0] == 11
        assert "unassigned" not in set(project.findings()["rule"])
        assert np.array_equal(project.plan().leaf, before.leaf)
        assert project.sites("cameras")["microgrid"].tolist()[0] == C + "001"


def test_many_threads_edit_at_once_and_only_edits_of_one_unit_meet(tmp_path):
    with tiny_desk(tmp_path) as desk:
        units = [unit.code for unit in desk.state().units.values() if unit.level == "microgrid"]

        def rename(job: int) -> int:
            done = desk.edit("main", [Rename(units[job % len(units)], f"n{job}")], base_version=1, author=f"w{job}", request_id=str(job))
            return done.version

        with ThreadPoolExecutor(8) as pool:
            jobs = [pool.submit(rename, job) for job in range(2 * len(units))]
        failed = [job.exception() for job in jobs if job.exception()]
        versions = sorted(job.result() for job in jobs if not job.exception())
        assert all(isinstance(error, ConflictError) for error in failed)
        assert (len(failed), versions) == (len(units), list(range(2, 2 + len(units))))
        assert_stored(desk.path, desk.state())


LOOK = """
import sqlite3, sys
con = sqlite3.connect(sys.argv[1])
print(con.execute("SELECT max(version) FROM plan").fetchone()[0])
con.close()
"""


def look(path):
    """Open and close the file in another process; return the version it sees."""
    return int(subprocess.run([sys.executable, "-c", LOOK, path], capture_output=True, text=True, check=True, timeout=60).stdout)


def test_a_file_that_is_opened_twice_here_keeps_its_log_when_another_process_leaves(tmp_path):
    with tiny_desk(tmp_path) as desk:
        desk.edit("main", [Rename(A, "one")], base_version=1, author="a")
        assert is_project(desk.path)
        open_project(desk.path).close()
        assert look(desk.path) == 2
        desk.edit("main", [Rename(A, "two")], base_version=2, author="a")
        assert look(desk.path) == 3


def test_a_snapshot_holds_a_state_whole(tmp_path):
    with tiny_desk(tmp_path) as desk:
        first = Image.of(desk.state())
        state = desk.edit("main", [ON_TOP, Merge((C + "001", C + "002")), Retire(D + "003")], base_version=1, author="a").state
    with closing(sqlite3.connect(desk.path)) as con:
        write(con, 1, 4, Image.of(state), first)
        image = read(con, 1, 4, first)
        assert versions(con, 1) == [1, 4]
    assert np.array_equal(image.leaf, state.leaf)
    assert (image.units, image.retired, image.lineage) == (state.units, state.retired, state.lineage)
    assert {*image.issued, *(unit.code for units in (image.units, image.retired) for unit in units.values())} == set(state.issued)


def test_states_are_the_same_from_snapshots_and_from_the_log(tmp_path, monkeypatch):
    monkeypatch.setattr("geogrid.store.snapshot.EVERY", 3)
    monkeypatch.setattr("geogrid.store.history._FEW", 2)
    states = {}
    with tiny_desk(tmp_path) as desk, open_desk(desk.path, clock=Clock()) as other:
        other.state()
        for n in range(10):
            edit = (Move(("1-3-1",), A + f"00{2 - n % 2}"), Rename(A, f"n{n}"), Move(("13-1-1",), C + f"00{1 + n // 3 % 2}"))[n % 3]
            done = desk.edit("main", [edit], base_version=desk.version(), author="a")
            states[done.version] = done.state
        assert_same(other.state(), desk.state())
        assert other.state().issued == desk.state().issued
    with open_desk(desk.path, clock=Clock()) as later:
        for version, state in states.items():
            assert_same(later.state("main", version), state)
