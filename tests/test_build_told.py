"""What a build says at the end, in both languages: counts by rule, what it passed over, what was given and makes nothing of the plan."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from geogrid.cli import main
from geogrid.store import open_project
from tests.world import Frames, box, frame, quarter, write


def build(folder: Path, frames: Frames, monkeypatch: pytest.MonkeyPatch, language: str = "en") -> Result:
    monkeypatch.setenv("GEOGRID_LANG", language)
    done = CliRunner().invoke(main, ["build", str(write(folder, frames)), "--out", str(folder / "p.gpkg")])
    assert done.exit_code in (0, 1), done.stderr
    return done


def without_households(use: str) -> Frames:
    buildings = quarter()["buildings"]
    return quarter() | {"buildings": buildings.drop(columns=["households"], errors="ignore").assign(use=use)}  # type: ignore[dict-item]


def test_buildings_without_any_home_are_told_with_the_uses_to_choose_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    done = build(tmp_path, without_households("9"), monkeypatch)
    assert "no building has households: none of the uses is known as homes (“9”" in done.stderr
    assert open_project(tmp_path / "p.gpkg").units("community")["households"].sum() == 0


def test_buildings_that_are_homes_say_nothing_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    assert "households" not in build(tmp_path, without_households("住宅"), monkeypatch).stderr


def test_figures_that_are_all_0_are_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    buildings = quarter()["buildings"].assign(households=0)
    assert "没有一栋楼有户数：给出的和估算的都是 0" in build(tmp_path, quarter() | {"buildings": buildings}, monkeypatch, "zh").stderr  # type: ignore[dict-item]


def test_a_given_level_that_the_scheme_does_not_have_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    streets = frame({"code": ["370102001"], "name": ["建国街道"]}, [box(0, 0, 400, 300)])
    done = build(tmp_path, quarter() | {"streets": streets}, monkeypatch, "zh")
    assert "层级方案没有街道这一层级" in done.stderr
    assert "这一层级" not in build(tmp_path / "b", quarter(), monkeypatch, "zh").stderr


@pytest.mark.parametrize(
    ("language", "words"), [("zh", ["单元", "户数", "警告：", "没有采用的行：0"]), ("en", ["units", "warnings: ", "rows rejected: 0"])]
)
def test_the_summary_is_in_one_language_and_names_the_rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, words: list[str]):
    done = build(tmp_path, without_households("9"), monkeypatch, language)
    assert all(word in done.stdout for word in words)
    assert ("文件说明 1" if language == "zh" else "file_note 1") in done.stdout
    assert ("units" in done.stdout) == (language == "en")
