"""What was confirmed is there, once, whatever happens to the program, the disk or the file; what was not is whole or not there at all."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pytest

from geogrid.edit import Move, Rename, replay
from geogrid.errors import StoreError
from geogrid.store import open_desk, open_project
from tests.desks import Clock, assert_same, assert_stored, tiny_desk, tiny_file
from tests.tiny import WEST

A = WEST + "001"
ON_TOP = Move(("1-3-1",), A + "002")
ROOT = Path(__file__).parent.parent


@contextmanager
def writer(path: Path) -> Iterator[Callable[[int, float], list[list[str]]]]:
    """Yield a function that lets a program edit a project so many seconds after its first edit, kills it, and returns what it said."""
    command = [sys.executable, "-m", "tests.desk_writer", str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdin
        assert program.stdout

        def kill(seed: int, seconds: float) -> list[list[str]]:
            print(seed, seconds, file=program.stdin, flush=True)
            return [line.split() for line in iter(program.stdout.readline, ".\n")]

        yield kill


def edit_and_kill(path: Path, times: int, rng: np.random.Generator, mean_s: float) -> int:
    """Assert after each kill that the file is sound and holds what was confirmed, once; and in the end that its log gives its plan."""
    told: dict[str, int] = {}
    asked: set[str] = set()
    with writer(path) as kill:
        for seed in range(20 * times):
            if seed >= times and len(told) >= times:  # on a busy machine little is done before a kill
                break
            lines = kill(seed, float(rng.exponential(mean_s)))
            requests = [line[1] for line in lines if line[0] == "?"]
            told |= {line[1]: int(line[2]) for line in lines if line[0] == "!"}
            asked |= set(requests)
            check_log(path, told, asked, requests[-1:])
    check_replay(path)
    return len(told)


def check_log(path: Path, told: dict[str, int], asked: set[str], last: list[str]) -> None:
    """Assert that a file is sound and its log holds what was told, and at most the last request beside it, which is noted as told."""
    with closing(sqlite3.connect(path)) as con:
        assert con.execute("PRAGMA quick_check").fetchone() == ("ok",)
        rows = con.execute("SELECT request_id, version FROM edit ORDER BY version").fetchall()
    versions = dict(rows)
    assert [version for _, version in rows] == list(range(2, len(rows) + 2))
    assert len(versions) == len(rows)
    assert told.items() <= versions.items()
    assert versions.keys() - told.keys() <= set(last)  # it was killed before it could say so
    assert versions.keys() <= asked
    told |= versions


def check_replay(path: Path) -> None:
    """Assert that the log of a file, replayed, gives its plan and its layers, and that nothing is left beside the file."""
    with open_desk(path, clock=Clock()) as desk:
        state = desk.state("main", 1)
        for entry in desk.log():
            state = replay(state, entry.change)
        assert_same(state, desk.state())
    assert_stored(path, state)
    assert [each.name for each in path.parent.iterdir()] == [path.name]


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_killed_while_it_edits_a_program_loses_nothing_that_it_had_confirmed(tmp_path):
    assert edit_and_kill(tiny_file(tmp_path), 10, np.random.default_rng(0), 0.1) >= 10


@pytest.mark.long
@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_killed_two_hundred_times_a_project_is_sound_and_complete(tmp_path):
    assert edit_and_kill(tiny_file(tmp_path), 200, np.random.default_rng(1), 0.2) >= 200


def test_a_file_that_another_program_is_writing_says_so_and_nothing_is_done(tmp_path, monkeypatch):
    monkeypatch.setattr("geogrid.store.connect._BUSY_S", 0.05)
    with tiny_desk(tmp_path) as desk, closing(sqlite3.connect(desk.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="being written by another program") as caught:
            desk.edit("main", [ON_TOP], base_version=1, author="a")
        assert (caught.value.facts["reason"], "正被其他程序写入" in caught.value.message_zh) == ("busy", True)
        other.execute("ROLLBACK")
        assert desk.edit("main", [ON_TOP], base_version=1, author="a").version == 2


LIMITED = """
import resource, sys
from tests.test_desk_crashes import fill
fill(sys.argv[1])
"""


def fill(path: str) -> None:
    """Edit until the file may not grow any more; print the versions that were confirmed and the sentence."""
    import resource

    with open_desk(path, clock=Clock()) as desk:
        for n in range(20):
            desk.edit("main", [Rename(A, f"{n}" * 100)], base_version=desk.version(), author="a")
        size = max(Path(path + ending).stat().st_size for ending in ("", "-wal"))
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 20_000, resource.RLIM_INFINITY))
        for n in range(1000):
            try:
                done = desk.edit("main", [Rename(A, f"{n}" * 1000)], base_version=desk.version(), author="a")
            except StoreError as error:
                print("refused", error.facts["reason"], error.message)
                break
            print("confirmed", done.version)
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        print("again", desk.edit("main", [Rename(A, "again")], base_version=desk.version(), author="a").version)


@pytest.mark.skipif(os.name != "posix", reason="RLIMIT_FSIZE")
def test_a_full_disk_refuses_an_edit_in_words_and_keeps_all_that_was_confirmed(tmp_path):
    path = tiny_file(tmp_path)
    answer = subprocess.run([sys.executable, "-c", LIMITED, str(path)], cwd=ROOT, capture_output=True, text=True, check=True)
    lines = [line.split(maxsplit=2) for line in answer.stdout.splitlines()]
    confirmed = [int(line[1]) for line in lines if line[0] == "confirmed"]
    (refused,) = [line for line in lines if line[0] == "refused"]
    assert refused[1] in ("full", "disk")
    assert refused[2].endswith("nothing was changed")
    assert int(lines[-1][1]) == (confirmed[-1] if confirmed else 21) + 1
    with open_desk(path, clock=Clock()) as desk:
        assert desk.version() == int(lines[-1][1])
        assert_stored(path, desk.state())


READ_ONLY = """
import os, sys
from tests.test_desk_crashes import refuse
refuse(sys.argv[1])  # loads all that is needed, as long as it may
os.setgid(65534), os.setuid(65534)
for path in sys.argv[2:]:
    refuse(path)
"""


def refuse(path: str) -> None:
    """Try to edit, and print why not."""
    try:
        with open_desk(path, clock=Clock()) as desk:
            desk.edit("main", [ON_TOP], base_version=1, author="a")
    except StoreError as error:
        print(error.facts["reason"], error.message)
    with open_project(path) as project:
        print(project.version, len(project.units("grid")))


@pytest.mark.skipif(os.name != "posix" or os.getuid() != 0, reason="only root may become somebody else")
def test_a_file_or_folder_that_may_not_be_written_is_read_and_says_so(tmp_path):
    for each in tmp_path.parents[:3]:
        each.chmod(each.stat().st_mode | 0o005)
    paths = []
    for name, file, folder in (("all", 0o666, 0o777), ("both", 0o444, 0o555), ("folder", 0o666, 0o555), ("file", 0o444, 0o777)):
        (tmp_path / name).mkdir()
        paths.append(tiny_file(tmp_path / name))
        paths[-1].chmod(file)
        (tmp_path / name).chmod(folder)
    tmp_path.chmod(0o755)
    answer = subprocess.run([sys.executable, "-c", READ_ONLY, *map(str, paths)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    lines = answer.stdout.splitlines()
    assert lines[0] == "2 4"
    assert [line.split()[0] for line in lines[1::2]] == ["read_only"] * 3
    assert lines[2::2] == ["1 4"] * 3
