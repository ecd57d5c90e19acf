"""`geogrid sheets --kind change`: the register of each change, of some versions or those of a unit; names are data; long tables go on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pypdfium2
import pytest
from click.testing import CliRunner, Result

from geogrid.bench.sheets import bench_sheets
from geogrid.cli import main
from geogrid.cli.bench import SHEET_COLUMNS
from geogrid.edit import Move, Rename
from geogrid.pipeline.sheet_changes import ChangeForms
from geogrid.sheets.papers import UPRIGHT
from geogrid.sheets.setting import set_sheets
from geogrid.store import open_desk, open_project, write_project
from tests.tiny import EAST, WEST, tiny_contents

A, D = WEST + "001", EAST + "002"
NAME = "#panic[东里] <b>&"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("changes") / "tiny.gpkg"
    write_project(tiny_contents(), path)
    with open_desk(path, clock=lambda: datetime(2026, 3, 1, 9, 5, tzinfo=UTC)) as desk:
        desk.edit("main", [Move(("1-3-1",), A + "002", reason="一梯一网格")], base_version=1, author="规划员甲")
        desk.edit("main", [Rename(D, NAME)], base_version=2, author="规划员乙")
    return path


def run(*words: object) -> Result:
    return CliRunner(env={"GEOGRID_LANG": "en"}).invoke(main, ["sheets", *map(str, words), "--kind", "change"])


def text(path: Path) -> str:
    return "\n".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(path.read_bytes()))


def test_every_edit_gets_a_form_that_says_who_when_why_and_what_and_again_the_same_bytes(project: Path, tmp_path: Path):
    for folder in ("a", "b"):
        assert run(project, "--out", tmp_path / folder).exit_code == 0
    first, second = tmp_path / "a" / "main-2.pdf", tmp_path / "a" / "main-3.pdf"
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == [first.name, second.name]
    for word in ("网格划分登记表", "规划员甲 2026-03-01 09:05", "一梯一网格", "调整前", "调整后", "户数", "制表", "审核", "批准（盖章）"):
        assert word in text(first), word
    assert NAME in text(second).replace("\u200b", "")
    assert all(path.read_bytes() == (tmp_path / "b" / path.name).read_bytes() for path in (first, second))


@pytest.mark.parametrize(
    ("words", "files"), [(["--version", 3], ["main-3.pdf"]), (["--unit", EAST], ["main-3.pdf"]), (["--one-file"], ["changes.pdf"])]
)
def test_versions_or_units_choose_which_and_all_may_be_one_file(project: Path, tmp_path: Path, words: list[object], files: list[str]):
    assert run(project, "--out", tmp_path / "x", *words, "--lang", "en").exit_code == 0
    assert [path.name for path in (tmp_path / "x").iterdir()] == files
    assert "Register of a change of grids" in text(tmp_path / "x" / files[0])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--version", 1], "2 … 3"),
        (["--version", 99], "99"),
        (["--unit", "nix"], "nix"),
        (["--unit", A + "001", "--version", 3], "no edit"),
        (["--format", "png"], "PDF"),
        (["--paper", "A3"], "A4"),
        (["--level", "grid"], "--level"),
    ],
)
def test_what_is_no_form_is_said_in_one_line_and_nothing_is_written(project: Path, tmp_path: Path, words: list[object], said: str):
    result = run(project, "--out", tmp_path / "x", *words)
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "x").exists()


def test_a_project_that_nobody_edited_has_no_form(tmp_path: Path):
    write_project(tiny_contents(), tmp_path / "tiny.gpkg")
    result = run(tmp_path / "tiny.gpkg", "--out", tmp_path / "x")
    assert result.exit_code == 2
    assert "no edit" in result.stderr


def test_a_long_table_goes_on_to_pages_that_are_numbered_and_loses_no_row(project: Path):
    with open_project(project) as opened:
        form = next(ChangeForms(opened, "zh").of([2]))
    long = replace(form, rows=tuple((f"网格{i:03d}号", *form.rows[0][1:]) for i in range(120)))
    pdf = pypdfium2.PdfDocument(set_sheets([form, long], UPRIGHT, "pdf", "zh")[0])
    said = [page.get_textpage().get_text_bounded() for page in pdf]
    assert len(pdf) > 2
    assert all(f"网格{i:03d}号" in "".join(said) for i in range(120))
    assert "页" not in said[0]
    assert f"第 1 页，共 {len(pdf) - 1} 页" in said[1]
    assert f"第 {len(pdf) - 1} 页，共 {len(pdf) - 1} 页" in said[-1]
    assert "批准" in said[-1]


def test_the_benchmark_of_sheets_counts_what_it_printed_in_both_ways(project: Path):
    figures = bench_sheets(project, n=3)
    assert [(row["what"], row["n"]) for row in figures["rows"]] == [("a PDF each", 3), ("one PDF", 3)]
    assert all(set(SHEET_COLUMNS) == set(row) and row["mb"] > 0 for row in figures["rows"])
