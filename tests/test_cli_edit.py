"""Redrawing by script: a file of edits applies wholly or not at all, and what was done can be listed, compared, taken back and exported as it was."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from geogrid.cli import main
from geogrid.store import open_desk, open_project, write_project
from tests.tiny import EAST, WEST, tiny_contents

A, D = WEST + "001", EAST + "002"
FLOOR = {"kind": "move", "atoms": ["1-3-1"], "to": A + "002", "reason": "一梯一网格"}
NAME = {"kind": "rename", "unit": A, "name": "东里"}


def run(*words: object, stdin: str | None = None, language: str = "en") -> Result:
    return CliRunner(env={"GEOGRID_LANG": language}).invoke(main, [str(word) for word in words], input=stdin, prog_name="geogrid")


def lines(*edits: dict) -> str:
    return "\n\n".join(json.dumps(edit, ensure_ascii=False) for edit in edits)


def edit(project: Path, *edits: dict, base: int = 1, more: tuple[object, ...] = ()) -> Result:
    return run("edit", project, "-", "--base-version", base, "--json", *more, stdin=lines(*edits))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("built") / "p.gpkg"
    write_project(tiny_contents(), path)
    return path


@pytest.fixture
def project(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(built, tmp_path))


def version(project: Path) -> int:
    with open_project(project) as opened:
        return opened.version


def test_edits_of_a_file_are_each_a_version_with_author_and_reason(project: Path, tmp_path: Path):
    (tmp_path / "e.jsonl").write_text("\ufeff" + lines(FLOOR, NAME), "utf-8")
    done = run("edit", project, tmp_path / "e.jsonl", "--base-version", 1, "--author", "甲", "--reason", "例会", "--json")
    answer = json.loads(done.stdout)
    assert (answer["version"], answer["units"]) == (3, [A, A + "001", A + "002"])
    assert {row["rule"] for row in answer["findings"]} >= {"households_below", "households_above"}
    rows = json.loads(run("log", project, "--json").stdout)
    assert rows["version"] == 3
    assert [(row["version"], row["user"], row["reason"], row["units"]) for row in rows["edits"]] == [
        (2, "甲", "一梯一网格", [A + "001", A + "002"]),
        (3, "甲", "例会", [A]),
    ]
    assert rows["edits"][1]["edit"] == {**NAME, "reason": "例会"}


def test_the_exit_code_tells_findings_of_severity_error(project: Path):
    assert edit(project, NAME).exit_code == 0
    silent = {name: value for name, value in FLOOR.items() if name != "reason"}
    assert edit(project, silent, base=2).exit_code == 1  # 8 and 16 households without a reason
    assert version(project) == 3


def test_a_file_with_one_edit_that_is_refused_changes_nothing(project: Path):
    done = edit(project, NAME, {"kind": "retire", "unit": WEST})
    assert done.exit_code == 1
    answer = json.loads(done.stdout)
    assert (answer["error"], answer["details"]["reason"], answer["details"]["line"]) == ("edit_refused", "orphans", 3)
    assert done.stderr.startswith("line 3: ")
    assert len(done.stderr.strip().splitlines()) == 1
    assert version(project) == 1


def test_a_code_that_is_not_in_force_is_refused_with_its_successors(project: Path):
    assert edit(project, {"kind": "merge", "units": [A + "001", A + "002"]}).exit_code == 1
    done = edit(project, {"kind": "rename", "unit": A + "001", "name": "x"}, base=2)
    assert done.exit_code == 1
    assert json.loads(done.stdout)["details"]["successors"] == [A + "005"]


def test_an_edit_made_on_a_unit_that_changed_since_is_a_conflict(project: Path):
    edit(project, NAME, more=("--author", "甲"))
    done = edit(project, {**NAME, "name": "西里"}, more=("--author", "乙"))
    assert done.exit_code == 1
    answer = json.loads(done.stdout)
    assert (answer["error"], answer["details"]["version"], answer["details"]["units"]) == ("conflict", 2, [A])
    assert answer["details"]["entries"][0]["user"] == "甲"
    assert edit(project, {"kind": "rename", "unit": D, "name": "西里"}, more=("--author", "乙")).exit_code == 0


def test_what_is_sent_twice_under_one_request_id_is_done_once(project: Path):
    first, second = (edit(project, NAME, more=("--request-id", "r1")) for _ in range(2))
    assert first.stdout == second.stdout
    assert version(project) == 2


def test_undo_takes_back_the_authors_last_edit_and_redo_does_it_again(project: Path):
    edit(project, NAME, more=("--author", "甲"))
    assert run("undo", project, "--author", "乙").exit_code == 1
    assert json.loads(run("undo", project, "--author", "甲", "--json").stdout)["version"] == 3
    with open_project(project) as opened:
        assert opened.units("grid")["name"][A] == "第A网格"
    assert run("redo", project, "--author", "甲").exit_code == 0
    with open_project(project) as opened:
        assert opened.units("grid")["name"][A] == "东里"
    assert run("undo", project, "--author", "甲", "--base-version", 3).exit_code == 1


def test_the_log_lists_a_line_a_version(project: Path):
    edit(project, FLOOR, NAME)
    listed = run("log", project, "--since", 2, language="zh")
    assert listed.stdout.split("\t")[0] == "3"
    assert "改名" in listed.stdout
    assert "第 3 版" in listed.stderr


def test_two_versions_dates_or_plans_are_compared(project: Path, tmp_path: Path):
    with open_desk(project, clock=_clock) as desk:
        draft = desk.fork(name="西北片", author="甲").id
    edit(project, FLOOR, NAME, more=("--plan", draft))
    answer = json.loads(run("diff", project, "main", draft, "--json").stdout)
    assert answer["a"] == {"plan": "main", "version": 1, "state": "draft"}
    assert set(answer["levels"]) == {"grid", "microgrid"}
    assert answer["levels"]["microgrid"]["households"] == 4
    assert answer["levels"]["grid"]["units"][0]["name_after"] == "东里"
    assert json.loads(run("diff", project, "1", "2", "--plan", draft, "--json").stdout)["levels"].keys() == {"microgrid"}
    assert "nothing differs" in run("diff", project, "main", "1").stdout
    out = tmp_path / "d.geojson"
    assert run("diff", project, "main", draft, "--out", out).exit_code == 2
    assert run("diff", project, "main", draft, "--level", "microgrid", "--out", out).exit_code == 0
    assert {feature["properties"]["feature"] for feature in json.loads(out.read_text("utf-8"))["features"]} == {"unit", "piece"}


def test_export_validate_and_map_show_the_plan_and_the_version_that_is_asked_for(project: Path, tmp_path: Path):
    edit(project, {"kind": "retire", "unit": A + "002"})
    counts = {}
    for at in (1, 2):
        assert run("export", project, "--level", "microgrid", "--at", at, "--out", tmp_path / f"{at}.csv").exit_code == 0
        counts[at] = len((tmp_path / f"{at}.csv").read_text("utf-8").splitlines()) - 1
        checked = json.loads(run("validate", project, "--level", "microgrid", "--at", at, "--json").stdout)
        assert checked["checked"] == counts[at]
    assert (counts[1], counts[2]) == (11, 10)
    assert run("map", project, "--at", 1, "--out", tmp_path / "maps").exit_code == 0
    assert A + "002" in "".join(page.read_text("utf-8") for page in (tmp_path / "maps").rglob("*.html"))


@pytest.mark.parametrize(
    ("words", "stdin", "said"),
    [
        (("edit", "{p}", "-", "--base-version", 1), '{"kind": "rename"}', "line 1"),
        (("edit", "{p}", "-", "--base-version", 1), "\n{broken", "line 2 is not JSON"),
        (("edit", "{p}", "-", "--base-version", 1), "[" * 100_000, "line 1"),
        (("edit", "{p}", "-", "--base-version", 1), "", "no edits"),
        (("edit", "{p}", "-"), "", "--base-version"),
        (("edit", "{p}", "{p}", "--base-version", 1), "", "UTF-8"),
        (("edit", "{p}", "-", "--base-version", 1, "--plan", "d9"), lines(NAME), "d9"),
        (("undo", "{p}", "--plan", "d9"), "", "d9"),
        (("log", "{p}", "--plan", "d9"), "", "d9"),
        (("log", "{p}.gpkg"), "", "no such project"),
        (("diff", "{p}", "1", "77"), "", "77"),
        (("diff", "{p}", "1", "d9"), "", "d9"),
        (("diff", "{p}", "1", "1900-01-01"), "", "1900-01-01"),
        (("diff", "{p}", "1", "1", "--level", "street"), "", "street"),
        (("export", "{p}", "--level", "grid", "--out", "{p}.csv", "--at", "77"), "", "77"),
        (("export", "{p}", "--level", "grid", "--out", "{p}.csv", "--at", "yesterday"), "", "yesterday"),
        (("validate", "{p}", "--plan", "d9"), "", "d9"),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_can_not_be_used_is_said_in_one_line_and_exit_2(project: Path, words: tuple, stdin: str, said: str, language: str):
    done = run(*(str(word).replace("{p}", str(project)) for word in words), stdin=stdin, language=language)
    assert done.exit_code == 2, done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    if language == "en":
        assert said in done.stderr
    assert version(project) == 1


def _clock():
    return datetime(2026, 3, 1, 8, tzinfo=UTC)
