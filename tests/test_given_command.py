"""`geogrid build` of a division that somebody drew: what is told, the exit code, and that `validate` says the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from geogrid.cli import main
from geogrid.store import Project, open_project
from tests.world import EAST, SCHEME, WEST, Frames, box, frame, quarter, write

STREET = '[[levels]]\nid = "street"\nname = { zh = "街道", en = "street" }\n'


def cutting() -> Frames:
    """The quarter with a border 50 m west of where it should be: it runs through four slabs."""
    return quarter() | {"communities": frame({"code": [WEST, EAST], "name": ["甲", "乙"]}, [box(0, 0, 150, 300), box(150, 0, 250, 300)])}


def build(folder: Path, frames: Frames, *options: str, scheme: str = SCHEME) -> tuple[int, Project]:
    recipe = write(folder / "sources", frames, scheme=scheme)
    done = CliRunner().invoke(main, ["build", str(recipe), "--out", str(folder / "p.gpkg"), "--json", *options])
    assert done.exit_code in (0, 1), done.stderr
    return done.exit_code, open_project(folder / "p.gpkg")


def with_top(level: str) -> str:
    """Return the quarter's scheme with one more level on top."""
    name, levels = SCHEME.split("\n", 1)
    return f"{name}\n{level}{levels}"


def told(project: Project, rule: str) -> list[dict]:
    found = project.findings()
    return found[found["rule"] == rule].to_dict("records")


def test_buildings_that_a_border_cuts_are_warnings_with_what_became_of_them(tmp_path: Path):
    code, project = build(tmp_path, cutting())
    found = [f for f in told(project, "splits_building") if f["level"] == "community"]
    assert [f["severity"] for f in found] == ["warning"] * 4
    assert all(sorted(f["units"]) == [WEST, EAST] for f in found)
    assert project.units("community")["households"].sum() == 576
    assert not told(project, "parent_mismatch")
    assert code == 0


def test_kept_whole_their_border_goes_round_them_and_nothing_is_an_error(tmp_path: Path):
    code, project = build(tmp_path, cutting(), "--keep-buildings-whole")
    assert code == 0
    apart = told(project, "parent_mismatch")
    assert [(f["severity"], f["units"]) for f in apart] == [("warning", [WEST]), ("warning", [EAST])]
    assert all("as was asked" in f["message"] for f in apart)
    assert all("kept whole" in f["message"] for f in told(project, "splits_building"))
    shapes = project.units("community").geometry
    assert all(shapes.covers(slab.buffer(-0.01)).sum() == 1 for slab in project.layer("buildings").geometry)


@pytest.mark.parametrize("options", [[], ["--keep-buildings-whole"]])
def test_validate_says_what_build_said(tmp_path: Path, options: list[str]):
    _, project = build(tmp_path, cutting(), *options)
    columns = ["rule", "severity", "level", "message"]
    again = project.validate()[columns].sort_values(columns).to_numpy().tolist()
    assert again == project.findings()[columns].sort_values(columns).to_numpy().tolist()


def test_a_level_that_nobody_gave_is_told(tmp_path: Path):
    _, project = build(tmp_path, quarter(), scheme=with_top(STREET))
    (found,) = told(project, "level_derived")
    assert (found["level"], found["severity"], found["value"]) == ("street", "warning", 1.0)
    assert "the whole district became one unit" in found["message"]
    assert "[inputs.streets]" in found["message_zh"]


def test_a_lower_level_that_nobody_gave_is_one_unit_in_each_parent_and_told(tmp_path: Path):
    lower = SCHEME.split('[[levels]]\nid = "grid"')[0] + '[[levels]]\nid = "grid"\n'
    _, project = build(tmp_path, quarter(), scheme=lower)
    assert len(project.units("grid")) == 2
    (found,) = told(project, "level_derived")
    assert (found["level"], found["value"]) == ("grid", 2.0)
    assert "one unit was derived in each parent" in found["message"]


def test_a_made_level_above_given_polygons_follows_from_their_parent_codes_and_is_told(tmp_path: Path):
    frames = quarter()
    frames["communities"] = frames["communities"].assign(parent=["片1", "片2"])
    above = '[[levels]]\nid = "area"\nmake = "count"\ncount = 3\n'
    _, project = build(tmp_path, frames, scheme=with_top(above))
    assert project.units("area").index.tolist() == ["片1", "片2"]
    (found,) = told(project, "level_derived")
    assert "its units follow from the parent codes" in found["message"]


def test_all_given_levels_tell_nothing_of_the_kind(tmp_path: Path):
    _, project = build(tmp_path, quarter())
    assert not told(project, "level_derived")


def test_a_repaired_division_builds_as_it_was_repaired(tmp_path: Path):
    """A community leaves a gap of 30 cm to the outline, another reaches 20 cm over it: mended, then built, nothing is wrong any more."""
    frames = quarter() | {"communities": frame({"code": [WEST, EAST], "name": ["甲", "乙"]}, [box(-0.2, 0, 200.2, 300), box(200, 0, 199.7, 300)])}
    recipe = write(tmp_path / "sources", frames)
    before = CliRunner().invoke(main, ["build", str(recipe), "--out", str(tmp_path / "a.gpkg"), "--json"])
    assert before.exit_code == 1
    layer, mended = tmp_path / "sources" / "communities.geojson", tmp_path / "mended.geojson"
    outline = tmp_path / "sources" / "district.geojson"
    done = CliRunner().invoke(main, ["repair", str(layer), "--parent", str(outline), "--out", str(mended), "--json"])
    assert done.exit_code == 0, done.output
    layer.write_bytes(mended.read_bytes())
    after = CliRunner().invoke(main, ["build", str(recipe), "--out", str(tmp_path / "b.gpkg"), "--json"])
    assert after.exit_code == 0, after.output
    project = open_project(tmp_path / "b.gpkg")
    assert not told(project, "parent_mismatch")
    assert json.loads(after.stdout)["findings"]["error"] == 0
