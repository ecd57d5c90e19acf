"""A district that is none of the twelve: one page of TOML, built from files; the same page stands in the README."""

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

PAGE = """\
name = { zh = "清河镇：片区—社区—网格—微网格", en = "Qinghe town: quarter, community, grid, micro-grid" }

[[levels]]                                # given: polygons in [inputs.quarters], the id and an s
id = "quarter"
name = { zh = "片区", en = "quarter" }
make = "given"
[[levels]]
id = "community"                          # given: [inputs.communities], each with its parent
name = { zh = "社区", en = "community" }
make = "given"
[[levels]]
id = "grid"
name = { zh = "网格", en = "grid" }
make = "count"                            # so many in all, shared out by households
count = 4
households = [100, 200]
code = { digits = 3, from = "parent", order = "W-E,N-S" }
kinds = { base = { bounds = true }, dedicated = { bounds = false } }
[[levels]]
id = "microgrid"
name = { zh = "微网格", en = "micro-grid" }
make = "bounds"
households = [10, 15]
code = { digits = 3 }

[staff.full_time]                         # kind as it stands in the table of staff
name = { zh = "专职网格员", en = "full-time officer" }
per = "grid"                              # each grid wants exactly one
most = 1
post = { zh = "网格长", en = "grid head" }
duties = [{ zh = "信息采集", en = "collecting information" }]
[organisations.branch]
name = { zh = "网格党支部", en = "grid branch" }
of = "grid"
covers = "grid"                           # grids without one are listed
[events.litter]
name = { zh = "垃圾堆积", en = "litter" }
days = 2                                  # open for longer, it goes up to the community
[stations.day_care]
name = { zh = "日间照料站", en = "day care" }
one_per = "community"
[emergency]                               # staff of grids and micro-grids come under their community
under = "community"
levels = ["grid", "microgrid"]

[defaults]
walking_km_h = 4
[severity]
crosses_barrier = "warning"
"""


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


def test_the_page_in_the_readme_is_this_one():
    text = (Path(__file__).parent.parent / "README.md").read_text("utf-8")
    block = re.search(r"```toml\n(name = \{ zh = \"清河镇.*?)```", text, re.DOTALL)
    assert block is not None
    assert block[1] == PAGE


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
