"""`geogrid inspect`: people read a short report, its output is a recipe that builds, scripts get JSON; a bad file hides no good one."""

from __future__ import annotations

import json
import os
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from geogrid.cli import main
from geogrid.store import open_project
from tests.offices import buildings, communities, delivery, geojson, shapefile, table
from tests.world import SCHEME


def run(*args: object, language: str = "en") -> Result:
    done = CliRunner().invoke(main, [str(arg) for arg in args], env={"GEOGRID_LANG": language})
    assert "Traceback" not in done.output
    assert "error of its own" not in done.output
    return done


def test_what_is_printed_is_a_recipe_with_the_report_in_its_comments(tmp_path: Path):
    done = run("inspect", *delivery(tmp_path))
    recipe = tomllib.loads(done.stdout)
    assert done.exit_code == 1  # nobody says the CRS of the communities
    assert set(recipe["inputs"]) == {"communities", "buildings", "roads", "stations", "cameras"}
    lines = done.stdout.splitlines()
    assert "#   I took SQDM for the code, SQMC for the name, JDDM for the code of the parent" in lines
    assert "#   2 rows, areas, no coordinate system stated, gb18030" in lines
    assert "#   error: No coordinate system: 1" in lines
    assert "#   not used: 序号" in lines
    assert done.stderr == ""


def test_in_chinese(tmp_path: Path):
    lines = run("inspect", *delivery(tmp_path), language="zh").stdout.splitlines()
    assert "#   把 SQDM 当作编码、SQMC 当作名称、JDDM 当作上级编码" in lines
    assert "#   角色：社区 communities" in lines
    assert "#   可用 24 行" in lines
    assert "#   错误: 缺少坐标系: 1" in lines


def test_the_recipe_written_builds_as_it_stands_and_is_never_overwritten(tmp_path: Path):
    paths = delivery(tmp_path / "来件")
    recipe = tmp_path / "recipe.toml"
    done = run("inspect", *paths, "--out", recipe)
    assert done.exit_code == 1
    assert done.stdout.splitlines()[0] == "社区.shp"
    assert f"the recipe is in {recipe}" in done.stdout
    (tmp_path / "own.toml").write_text(SCHEME, "utf-8")
    text = recipe.read_text("utf-8")
    recipe.write_text(text.replace('"community-grid-microgrid"', '"own.toml"'), "utf-8")
    built = run("build", recipe, "--out", tmp_path / "p.gpkg")
    assert built.exit_code in (0, 1), built.output
    with open_project(tmp_path / "p.gpkg") as project:
        assert project.units("community")["households"].to_dict() == {"370102001001": 288, "370102001002": 288}
        assert len(project.sites("cameras")) == 3
        assert project.meta["columns"] == {}  # the recipe says all of them
    again = run("inspect", *paths, "--out", recipe)
    assert (again.exit_code, again.stdout) == (2, "")
    assert "is there already" in again.stderr
    assert recipe.read_text("utf-8") != text


def test_a_sound_file_ends_with_zero_and_a_row_that_can_not_be_used_with_one(tmp_path: Path):
    assert run("inspect", geojson(tmp_path, buildings(), "楼栋")).exit_code == 0
    done = run("inspect", table(tmp_path, "设备编码,方向,经度,纬度\nC1,九,117.11,36.64\nC2,东,117.11,36.64\n", "摄像机"))
    assert done.exit_code == 1
    assert "#   1 row can be used, 1 can not" in done.stdout
    assert "#   error: Rows not used [方向]: 1 (row 2)" in done.stdout


def test_faults_of_one_kind_are_grouped_for_people_and_complete_for_scripts(tmp_path: Path):
    path = table(tmp_path, "设备编码,方向,经度,纬度\n" + "".join(f"C{i},九,117.11,36.64\n" for i in range(50)), "摄像机")
    said = run("inspect", path).stdout
    assert "error: Rows not used [方向]: 50 (rows 2, 3, 4, 5, 6, 7, 8, 9 …)" in said
    assert said.count("is not used") == 3
    assert "… 47 more (--json lists all)" in said
    (layer,) = json.loads(run("inspect", path, "--json").stdout)["layers"]
    assert [found["row"] for found in layer["findings"] if found["rule"] == "row_rejected"] == list(range(2, 52))


def test_json_is_one_document_with_the_recipe(tmp_path: Path):
    done = run("inspect", *delivery(tmp_path), tmp_path / "nowhere.csv", "--json")
    document = json.loads(done.stdout)
    assert done.exit_code == 2
    assert [layer["role"] for layer in document["layers"]] == ["communities", "buildings", "roads", "stations", "cameras"]
    assert [Path(refused["file"]).name for refused in document["refused"]] == ["nowhere.csv"]
    assert tomllib.loads(document["recipe"])["scheme"] == "community-grid-microgrid"
    keys = {"file", "layer", "format", "encoding", "rows", "geometry", "crs", "crs_name", "crs_stated", "crs_options", "bbox", "roles", "role"}
    assert keys | {"columns", "findings", "usable", "rejected"} <= set(document["layers"][0])
    assert set(document["layers"][0]["columns"][0]) == {"name", "ours", "sample", "type"}


def test_a_file_that_can_not_be_read_hides_no_other(tmp_path: Path):
    (tmp_path / "坏.gpkg").write_bytes(b"SQLite format 3\0 and no more")
    done = run("inspect", tmp_path / "坏.gpkg", geojson(tmp_path, buildings(), "楼栋"), language="zh")
    assert done.exit_code == 2
    assert "buildings" in tomllib.loads(done.stdout)["inputs"]
    assert done.stderr.strip().endswith("GeoPackage 已损坏")
    alone = run("inspect", tmp_path / "坏.gpkg")
    assert (alone.exit_code, alone.stdout, alone.stderr.count("\n")) == (2, "", 1)


@pytest.mark.parametrize("args", [["--crs", "EPSG:99999"], ["--encoding", "klingon"], ["--out", "no/such/folder/r.toml"]])
def test_options_that_can_not_be_are_one_line(tmp_path: Path, args: list[str]):
    done = run("inspect", shapefile(tmp_path, communities(), "社区"), *args)
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1), done.output


def test_crs_and_encoding_given_stand_in_the_recipe(tmp_path: Path):
    done = run("inspect", shapefile(tmp_path, communities(), "社区"), "--crs", "EPSG:4548", "--encoding", "GBK")
    entry = tomllib.loads(done.stdout)["inputs"]["communities"]
    assert (done.exit_code, entry["crs"], entry["encoding"]) == (0, "EPSG:4548", "GBK")


def test_names_in_a_file_can_not_write_into_the_recipe(tmp_path: Path):
    path = table(tmp_path, '设备编码,经度,纬度,"x\n[inputs.roads]\npath = ""/etc/passwd"""\nC1,117.11,36.64,"a\nb"\n', "摄像机")
    done = run("inspect", path)
    assert set(tomllib.loads(done.stdout)["inputs"]) == {"cameras"}


def test_where_no_role_is_plain_there_is_no_recipe(tmp_path: Path):
    done = run("inspect", table(tmp_path, "a,b\n1,2\n", "t"))
    assert (done.exit_code, "role: not plain" in done.stdout, "there is no recipe" in done.stdout) == (0, True, True)


def test_a_file_name_that_no_recipe_can_hold_is_said_in_one_line(tmp_path: Path):
    path = tmp_path / os.fsdecode(b"cameras\xff.csv")
    try:
        path.write_text("摄像机编号,经度,纬度\nC1,117.11,36.64\n", "utf-8")
    except OSError:
        pytest.skip("this system has no such names")
    done = run("inspect", path, "--out", tmp_path / "recipe.toml")
    assert (done.exit_code, done.stderr.count("\n"), "rename it" in done.stderr) == (2, 1, True)
    assert not (tmp_path / "recipe.toml").exists()
