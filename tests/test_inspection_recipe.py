"""The recipe that an inspection suggests takes what is given, says what it leaves, in the language of who reads it."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from geogrid.inspection import inspect_file, inspect_files, recipe_text
from geogrid.inspection.report import Problem
from geogrid.inspection.words import report_lines
from geogrid.recipe import read_recipe
from tests.offices import buildings, communities, geojson, shapefile, table

DEGREES = 0.004


def squares(codes: list[str], *, across: int, column: str, parents: list[str] | None = None) -> gpd.GeoDataFrame:
    """Squares of about 400 m in rows of `across`."""
    shapes = [shapely.box(*(120.1 + DEGREES * x, 30.2 + DEGREES * y), 120.1 + DEGREES * (x + 1), 30.2 + DEGREES * (y + 1)) for y, x in
              (divmod(i, across) for i in range(len(codes)))]  # fmt: skip
    more = {"社区编码": parents} if parents else {}
    return gpd.GeoDataFrame({column: codes, **more}, geometry=shapes, crs="EPSG:4326")


def division(folder: Path, **others: gpd.GeoDataFrame) -> list[Path]:
    """Two communities of two grids each, and other layers."""
    parents = ["330103001001", "330103001002"]
    grids = squares([f"{p}{i:03d}" for p in parents for i in (1, 2)], across=2, column="网格编码", parents=[p for p in parents for _ in range(2)])
    coarse = grids.dissolve("社区编码").reset_index()[["社区编码", "geometry"]]
    layers = {"社区": coarse, "网格": grids, **others}
    return [geojson(folder, frame, stem) for stem, frame in layers.items()]


def recipe_of(folder: Path, paths: list[Path], **options) -> dict:
    (folder / "recipe.toml").write_text(recipe_text(inspect_files(paths).layers, name="x", folder=folder, **options), "utf-8")
    read_recipe(folder / "recipe.toml")
    return tomllib.loads((folder / "recipe.toml").read_text("utf-8"))


def houses() -> gpd.GeoDataFrame:
    shapes = [
        shapely.box(120.1005 + DEGREES * x, 30.2005 + DEGREES * y, 120.1008 + DEGREES * x, 30.2007 + DEGREES * y) for x in (0, 1) for y in (0, 1)
    ]
    return gpd.GeoDataFrame({"楼栋编号": list("abcd"), "户数": ["400"] * 4, "用途": ["住宅"] * 4}, geometry=shapes, crs="EPSG:4326")


def test_given_grids_are_taken_as_given_with_buildings_and_without(tmp_path: Path):
    alone = recipe_of(tmp_path, division(tmp_path))
    assert (alone["scheme"], alone.get("levels")) == ("street-community-grid", None)
    made = recipe_of(tmp_path, division(tmp_path, 楼栋=houses()))
    assert (made["scheme"], made["levels"]) == ("community-grid-microgrid", {"grid": {"make": "given"}})


def test_bounds_stand_in_the_table_of_the_level_that_is_given(tmp_path: Path):
    made = recipe_of(tmp_path, division(tmp_path, 楼栋=houses()), bounds={"grid": [200, 600], "microgrid": [8, 12]})
    assert made["levels"] == {"grid": {"make": "given", "households": [200, 600]}, "microgrid": {"households": [8, 12]}}


def test_a_level_that_the_scheme_does_not_have_is_told(tmp_path: Path):
    paths = division(tmp_path, 街道=squares(["330103001"], across=1, column="街道编码"))
    text = recipe_text(inspect_files(paths).layers, name="x", folder=tmp_path, scheme="community-grid-microgrid", language="zh")
    assert "本方案没有这一层级" in text


def test_of_two_layers_the_one_without_errors_is_taken(tmp_path: Path):
    twice = communities().assign(SQDM="370102001001")
    found = inspect_files([geojson(tmp_path, twice, "社区"), geojson(tmp_path, communities(), "社区边界修订")])
    assert [bool(layer.findings_of("error")) for layer in found] == [True, False]
    text = recipe_text(found.layers, name="x", folder=tmp_path)
    assert tomllib.loads(text)["inputs"]["communities"]["path"] == "社区边界修订.geojson"


def test_a_shifted_layer_is_offered_its_datum_and_not_converted(tmp_path: Path):
    (layer,) = inspect_file(geojson(tmp_path, communities(), "社区"))
    shifted = replace(layer, findings=(Problem("datum_shift", "warning", "", "", value="GCJ-02"),), crs="EPSG:4326", crs_options=())
    text = recipe_text([shifted], name="x", folder=tmp_path)
    assert '# crs = "GCJ-02"' in text
    assert "crs" not in tomllib.loads(text)["inputs"]["communities"]


@pytest.mark.parametrize(("language", "word"), [("zh", "请写明哪些用途是住宅"), ("en", "say which uses are homes")])
def test_homes_are_asked_for_in_the_language_of_who_reads(tmp_path: Path, language: str, word: str):
    frame = buildings()
    frame = frame.assign(用途=["1", "2", "3"] * (len(frame) // 3) + ["1"] * (len(frame) % 3))
    (layer,) = inspect_file(geojson(tmp_path, frame, "楼栋"))
    assert word in recipe_text([layer], name="x", folder=tmp_path, language=language)


def test_a_whole_folder_may_be_named_with_the_parts_of_its_shapefiles(tmp_path: Path):
    shapefile(tmp_path, communities(), "社区", prj=True)
    paths = sorted(tmp_path.iterdir())
    assert len(paths) > 3
    found = inspect_files(paths)
    assert ([layer.role for layer in found], found.refused) == (["communities"], ())
    alone = inspect_files([path for path in paths if path.suffix == ".dbf"])
    assert [refused.file[-4:] for refused in alone.refused] == [".dbf"]


def test_of_two_layers_as_likely_the_one_with_more_rows_is_taken(tmp_path: Path):
    one, both = communities().iloc[:1], communities()
    found = inspect_files([geojson(tmp_path, one, "甲社区"), geojson(tmp_path, both, "乙社区")])
    assert 'path = "乙社区.geojson"' in recipe_text(found.layers, name="x", folder=tmp_path)


@pytest.mark.parametrize(("language", "asks"), [("zh", "请写明哪些用途是住宅"), ("en", "say which uses are homes")])
def test_the_report_asks_for_homes_that_nobody_can_know(tmp_path: Path, language: str, asks: str):
    frame = buildings()
    (layer,) = inspect_file(geojson(tmp_path, frame.assign(用途="9"), "楼栋"))
    assert asks in " ".join(report_lines(layer, language))
    (layer,) = inspect_file(geojson(tmp_path, frame.assign(用途="住宅"), "楼栋_二"))
    assert asks not in " ".join(report_lines(layer, language))


def test_grids_with_their_households_are_no_buildings(tmp_path: Path):
    frame = squares(["330103001001001", "330103001001002"], across=2, column="网格编码", parents=["330103001001"] * 2).assign(户数=["300", "400"])
    assert [layer.role for layer in inspect_file(geojson(tmp_path, frame, "导出"))] == ["grids"]
    assert [layer.role for layer in inspect_file(geojson(tmp_path, frame.assign(层数="6"), "导出二"))] == ["buildings"]


def test_a_list_of_communities_without_shapes_is_called_one_and_its_broken_codes_are_told(tmp_path: Path):
    (layer,) = inspect_file(table(tmp_path, "社区代码,社区名称,书记\n3.30103E+11,甲,张三\n330103001002,乙,李四\n", "名单"))
    said = " ".join(problem.message_zh for problem in layer.findings)
    assert "像是社区的名单而没有图形" in said
    assert "社区代码 有 1 个编码成了科学计数法（第 2 行）" in said
    (layer,) = inspect_file(table(tmp_path, "甲,乙\n1,2\n", "别的"))
    assert layer.findings == ()
