"""scripts/acceptance.py: a row is made and judged as a user would, a clause that does not hold fails, and so does the whole."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.shared import find_chromium

SCRIPTS = Path(__file__).parents[1] / "scripts"


@pytest.fixture
def acceptance(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    import acceptance

    return acceptance


def test_a_part_of_a_small_county_passes_every_clause_that_can_be_judged():
    if not find_chromium():
        pytest.skip("no Chromium here: set GEOGRID_CHROMIUM")
    command = [sys.executable, str(SCRIPTS / "acceptance.py"), "--rows", "jixian", "--scale", "0.15", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, timeout=600)
    (row,) = json.loads(done.stdout)["rows"]
    failed = [clause for clause in row["clauses"] if clause["ok"] is False and "ready" not in clause["clause"]]
    assert failed == []
    assert sum(clause["ok"] is True for clause in row["clauses"]) >= 7
    assert [clause["clause"] for clause in row["clauses"] if clause["ok"] is None] == ["units of level community", "community workers and officers"]


def test_a_row_that_nobody_knows_is_a_usage_error():
    done = subprocess.run([sys.executable, str(SCRIPTS / "acceptance.py"), "--rows", "jixan"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "jixan" in done.stderr


def test_a_clause_that_does_not_hold_fails_the_whole(acceptance: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    from accept.clause import at_least, equal

    monkeypatch.setitem(acceptance.ROWS, "jixian", [lambda _row: equal("grids", 3, 4), lambda _row: [at_least("posts", 3, 4)]])
    judged = acceptance.judge("jixian", tmp_path, 1.0, 0)
    assert [clause.ok for clause in judged.clauses] == [False, True]
    assert acceptance.as_json([judged], 1.0)["ok"] is False
    assert "| jixian | grids | 3 | 4 | FAIL |" in acceptance.table([judged])


def test_a_question_that_ends_in_an_error_is_a_clause_that_fails_and_the_others_are_judged(
    acceptance: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    from accept.clause import holds

    def broken(_row: Any) -> None:
        """Grids are counted."""
        raise ValueError("no such command")

    monkeypatch.setitem(acceptance.ROWS, "jixian", [broken, lambda _row: holds("other", True, "here")])
    clauses = acceptance.judge("jixian", tmp_path, 1.0, 0).clauses
    assert [(clause.text, clause.ok) for clause in clauses] == [("Grids are counted.", False), ("other", True)]
    assert "no such command" in clauses[0].found


def test_a_figure_of_the_full_size_is_not_judged_in_a_part(acceptance: Any):
    from accept.clause import Clause, equal

    clause = equal("grids", 2257, 110, whole=False)
    assert clause == Clause("grids", "2,257", "110", None)
    assert acceptance.as_json([acceptance.Judged("lubei", [clause], 0, 0)], 0)["ok"] is True


def test_every_system_has_its_row(acceptance: Any):
    from geogrid.simulate import systems

    assert sorted(acceptance.ROWS) == sorted(system["id"] for system in systems())
