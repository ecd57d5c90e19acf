"""A district that is none of the twelve: one page of TOML, the one of the README, built from files."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from geogrid.cli.root import main
from geogrid.errors import RecipeError, SchemeError
from geogrid.recipe import read_recipe
from geogrid.scheme import parse_scheme
from geogrid.store import open_project
from tests.world import Frames, box, frame, quarter, write

README = (Path(__file__).parent.parent / "README.md").read_text("utf-8")
PAGE = next(page for page in re.findall(r"```toml\n(.*?)```", README, re.DOTALL) if "清河镇" in page)


def files() -> Frames:
    frames = quarter()
    frames["quarters"] = frame({"code": ["Q1"], "name": ["城西"]}, [box(0, 0, 400, 300)])
    frames["communities"] = frames["communities"].assign(parent="Q1")
    frames["staff"] = pd.DataFrame({"id": ["P1"], "name": ["网格员0001"], "kind": ["full_time"], "unit": ["370102001001001"]})
    return frames


def test_a_page_of_toml_and_the_files_of_an_office_make_a_project(tmp_path: Path):
    recipe = write(tmp_path, files(), scheme=PAGE, staff="csv")
    done = CliRunner().invoke(main, ["build", str(recipe), "--out", str(tmp_path / "p.gpkg")])
    assert done.exit_code in (0, 1), done.output
    project = open_project(tmp_path / "p.gpkg")
    assert project.levels == ["quarter", "community", "grid", "microgrid"]
    assert project.units("quarter")["name"].tolist() == ["城西"]
    assert len(project.units("grid")) == 4
    assert project.units("microgrid")["households"].between(10, 15).all()
    assert project.scheme == parse_scheme(PAGE, "own")
    assert (project.units("community")["parent"] == "Q1").all()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('make = "count"', 'make = "counts"', "level grid: unknown make 'counts'; did you mean 'count'"),
        ("count = 4", 'count = "four"', "level grid: count = 'four': write a positive number"),
        ("households = [10, 15]", "households = [15, 10]", "level microgrid: households = [15, 10]: write [lower, upper]"),
        ('per = "grid"', 'per = "gird"', "own [staff.full_time]: unknown level 'gird'; did you mean 'grid'"),
        ('covers = "grid"', 'cover = "grid"', "own [organisations.branch]: unknown key 'cover'; did you mean 'covers'"),
        ("walking_km_h = 4", "walking_kmh = 4", "own [defaults]: unknown key 'walking_kmh'; did you mean 'walking_km_h'"),
        ("[emergency] ", "[emergencies] ", "own: unknown key 'emergencies'; did you mean 'emergency'"),
        ("digits = 3 }", 'digits = 3, order = "N-S" }', "own [[levels]]: code.order = 'N-S': write one of W-E,N-S"),
        ('crosses_barrier = "warning"', 'crosses_barrier = "none"', "own [severity]: crosses_barrier = 'none': write error or warning"),
        ('name = { zh = "网格", en = "grid" }', 'name = { cn = "网格" }', "name: unknown key 'cn'; known: zh, en"),
    ],
)
def test_a_slip_in_the_page_is_answered_with_the_key_and_the_nearest_word(old: str, new: str, said: str):
    assert old in PAGE
    with pytest.raises(SchemeError) as caught:
        parse_scheme(PAGE.replace(old, new, 1), "own")
    assert said in caught.value.message
    assert caught.value.message_zh != caught.value.message


def test_polygons_of_a_level_that_the_scheme_does_not_have_are_refused_with_the_roles_it_has(tmp_path: Path):
    recipe = write(tmp_path, files(), scheme=PAGE.replace("quarter", "village"), staff="csv")
    with pytest.raises(RecipeError, match=r"unknown role 'quarters'; (did you mean|known: )"):
        read_recipe(recipe)


def test_rows_of_an_own_level_are_checked_as_those_of_any_other(tmp_path: Path):
    frames = files()
    frames["quarters"] = frame({"code": ["Q1", "Q1"], "name": ["城西", "城东"]}, [box(0, 0, 200, 300), box(200, 0, 200, 300)])
    recipe = write(tmp_path, frames, scheme=PAGE, staff="csv")
    done = CliRunner().invoke(main, ["build", str(recipe), "--out", str(tmp_path / "p.gpkg")])
    assert done.exit_code == 1
    findings = open_project(tmp_path / "p.gpkg").validate()
    assert set(findings.loc[findings["rule"] == "code_duplicate", "level"]) == {"quarter"}
