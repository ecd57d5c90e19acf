"""What is chosen for an import: roles, columns, coordinates, text, scheme and bounds; what nobody knows is refused."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from openpyxl import load_workbook

from geogrid.crs import wgs84_to_gcj02
from geogrid.recipe import read_recipe
from tests.division_files import FILES, write_division
from tests.import_desk import Desk, text_of
from tests.shared import shared_path
from web import create_app


def test_what_was_chosen_is_kept_through_a_restart(tmp_path: Path, division: list[tuple[str, bytes]]):
    first = Desk(create_app(tmp_path / "p.gpkg"))
    name = first.begin()
    first.drop(name, *division)
    first.choose(name, name="另一个名字", layers={"站点.csv|站点": {"role": ""}})
    assert first.told(name)["rejected"] == 0
    second = Desk(create_app(tmp_path / "p.gpkg"))
    told = second.told(name)
    assert (told["name"], told["rejected"]) == ("另一个名字", 0)
    assert "另一个名字" in second.client.get("/import").text


def test_a_column_is_changed_or_left_out(desk: Desk, division: list[tuple[str, bytes]]):
    name = desk.begin()
    desk.drop(name, *division)
    desk.told(name)
    desk.choose(name, layers={"社区.geojson|社区": {"columns": {"name": "SQDM", "code": "SQDM"}}, "站点.csv|站点": {"columns": {"capacity": ""}}})
    told = desk.told(name)
    assert told["rejected"] == 0, "nobody reads the column of capacities any more"
    recipe = desk.client.get(f"/api/imports/{name}/recipe.toml").text
    assert 'capacity = ""' in recipe or "capacity" not in recipe
    assert "编码" in text_of(desk.client.get(f"/import/{name}").text)


def test_another_role_takes_its_columns_anew(desk: Desk, division: list[tuple[str, bytes]]):
    name = desk.begin()
    desk.drop(name, *division)
    desk.told(name)
    desk.choose(name, layers={"站点.csv|站点": {"role": "cameras", "columns": {"kind": "类型"}}})
    desk.choose(name, layers={"站点.csv|站点": {"role": "stations"}})
    assert desk.told(name)["choices"]["站点.csv|站点"] == {"role": "stations"}


def test_two_files_for_one_role_are_told(desk: Desk, division: list[tuple[str, bytes]]):
    name = desk.begin()
    desk.drop(name, *division, ("社区2.geojson", dict(division)["社区.geojson"]))
    told = desk.told(name)
    assert list(told["twins"].values()) == ["communities"]
    assert "社区已用另一个文件" in text_of(desk.client.get(f"/import/{name}").text)


def test_a_missing_crs_is_asked_for_and_the_choice_counts(desk: Desk, tmp_path: Path):
    write_division(tmp_path)
    gpd.read_file(tmp_path / "社区.geojson").to_crs(4549).to_file(tmp_path / "社区.shp", encoding="GB18030")
    name = desk.begin()
    parts = [(f"社区{ending}", (tmp_path / f"社区{ending}").read_bytes()) for ending in (".shp", ".shx", ".dbf")]
    desk.drop(name, *parts)
    told = desk.told(name)
    assert [layer["file"] for layer in told["layers"]] == ["社区.shp"]
    assert told["layers"][0]["crs"] == ""
    assert told["problem"] is not None
    page = desk.client.get(f"/import/{name}").text
    assert "没有写坐标系，请选一个" in text_of(page)
    assert desk.post(f"/api/imports/{name}/build", json={}).status_code == 400
    desk.choose(name, layers={"社区.shp|社区": {"crs": "EPSG:4549"}})
    told = desk.told(name)
    assert (told["problem"], told["rejected"]) == (None, 0)
    assert len(told["layers"][0]["crs_options"]) > 1, "the others can still be chosen"
    desk.choose(name, layers={"社区.shp|社区": {"crs": None}})
    assert desk.told(name)["problem"] is not None


def test_a_layer_in_a_shifted_datum_is_told_and_converted_by_choice_only(desk: Desk, tmp_path: Path):
    names = ("district", "streets", "communities", "main_roads")
    files = [(f"{name}.geojson", shared_path(f"hangzhou_xiacheng/{name}.geojson").read_bytes()) for name in names]
    grids = gpd.read_file(shared_path("hangzhou_xiacheng/grids.geojson"))
    moved = shapely.transform(grids.geometry.to_numpy(), lambda xy: np.column_stack(wgs84_to_gcj02(xy[:, 0], xy[:, 1])))
    grids.set_geometry(moved).set_crs(4326).to_file(tmp_path / "网格.geojson")
    name = desk.begin()
    for file in (*files, ("网格.geojson", (tmp_path / "网格.geojson").read_bytes())):
        desk.drop(name, file)
    desk.told(name)
    page = desk.client.get(f"/import/{name}").text
    assert 'data-do="convert" data-key="网格.geojson|网格" data-datum="GCJ-02"' in page
    before = desk.client.get(f"/api/imports/{name}/preview.json").json["bbox"]
    assert desk.choose(name, layers={"网格.geojson|网格": {"crs": "GCJ-02"}}).status_code == 200
    told = desk.told(name)
    assert told["problem"] is None
    assert "已换算为 WGS 84" in next(found["message_zh"] for found in told["findings"] if found["rule"] == "datum_shift")
    assert 'data-do="convert"' not in desk.client.get(f"/import/{name}").text
    assert desk.client.get(f"/api/imports/{name}/preview.json").json["bbox"] == before, "the map is led by the outline, which stayed"


def test_an_encoding_that_does_not_fit_is_told_and_can_be_taken_back(desk: Desk, division: list[tuple[str, bytes]]):
    name = desk.begin()
    desk.drop(name, *division)
    desk.choose(name, layers={"站点.csv|站点": {"encoding": "UTF-8"}})
    told = desk.told(name)
    assert "UTF-8" in told["problem"]["message"].upper()
    assert "imports" not in told["problem"]["message"], "where the service keeps its files is nobody's business"
    assert 'data-choose="encoding"' in desk.client.get(f"/import/{name}").text
    desk.choose(name, layers={"站点.csv|站点": {"encoding": None}})
    assert desk.told(name)["problem"] is None


def test_rows_that_can_not_be_used_are_downloaded(desk: Desk, division: list[tuple[str, bytes]]):
    name = desk.begin()
    desk.drop(name, *division)
    desk.told(name)
    answer = desk.client.get(f"/api/imports/{name}/rejected.csv")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    lines = answer.data.decode("utf-8-sig").splitlines()
    assert len(lines) == 3
    assert "很多" in lines[1]
    book = load_workbook(io.BytesIO(desk.client.get(f"/api/imports/{name}/rejected.xlsx").data))
    assert [row[3].value for row in book["rejected"].iter_rows(min_row=2)] == [10, 11]
    assert desk.client.get(f"/api/imports/{name}/rejected.html").status_code == 404


def test_a_formula_in_a_rejected_value_staystext_of(desk: Desk, division: list[tuple[str, bytes]]):
    name = desk.begin()
    table = dict(division)["站点.csv"].decode("gb18030").replace("很多", "=1+1")
    desk.drop(name, ("站点.csv", table.encode("gb18030")))
    desk.told(name)
    assert ",=1+1" not in desk.client.get(f"/api/imports/{name}/rejected.csv").data.decode("utf-8-sig")
    sheet = load_workbook(io.BytesIO(desk.client.get(f"/api/imports/{name}/rejected.xlsx").data))["rejected"]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_the_recipe_names_the_files_beside_it(desk: Desk, division: list[tuple[str, bytes]], tmp_path: Path):
    name = desk.begin()
    desk.drop(name, *division)
    desk.choose(name, bounds={}, scheme="street-community-grid", name='引号 " 和 <b>')
    desk.told(name)
    (tmp_path / "recipe.toml").write_bytes(desk.client.get(f"/api/imports/{name}/recipe.toml").data)
    recipe = read_recipe(tmp_path / "recipe.toml")
    assert recipe.name == '引号 " 和 <b>'
    assert {spec.path for spec in recipe.inputs.values()} == {tmp_path / file for file in FILES}


def test_bounds_go_into_the_recipe_and_nonsense_does_not(desk: Desk, division: list[tuple[str, bytes]], tmp_path: Path):
    name = desk.begin()
    desk.drop(name, *division)
    assert desk.choose(name, scheme="community-grid-microgrid", bounds={"microgrid": [8, 12]}).status_code == 200
    desk.told(name)
    (tmp_path / "recipe.toml").write_bytes(desk.client.get(f"/api/imports/{name}/recipe.toml").data)
    assert read_recipe(tmp_path / "recipe.toml").levels["microgrid"]["households"] == [8, 12]
    for bounds in (
        {"microgrid": [12, 8]},
        {"microgrid": [0, 8]},
        {"microgrid": "8-12"},
        {"microgrid": [8]},
        {"nowhere": [8, 12]},
        {"microgrid": [True, 8]},
        [],
    ):
        assert desk.choose(name, bounds=bounds).status_code == 400
    assert desk.choose(name, scheme="street-community-grid").json["bounds"] == {}


@pytest.mark.parametrize(
    "choices",
    [
        {"scheme": "../../etc/passwd"},
        {"scheme": 7},
        {"nmae": "x"},
        {"name": "x" * 1000},
        {"layers": []},
        {"layers": {"a|b": {"role": "bildings"}}},
        {"layers": {"a|b": {"crs": "EPSG:99999999"}}},
        {"layers": {"a|b": {"crs": "https://example.org/crs"}}},
        {"layers": {"a|b": {"encoding": "latin-nothing"}}},
        {"layers": {"a|b": {"columns": {"nothing": "x"}}}},
        {"layers": {"a|b": {"columns": {"code": 1}}}},
        {"layers": {"a|b": {"swap": "yes"}}},
        {"layers": {"a|b": {"homes": "住宅"}}},
        {"layers": {"a|b": {"path": "/etc/passwd"}}},
        {"layers": {"a|b": {"columns": {"code": "\ud800"}}}},
        {"layers": {"a|b": {"homes": ["\udfff"]}}},
        {"layers": {"a|\udfff": {"swap": True}}},
        {"layers": {"a|" + "b" * 1000: {"swap": True}}},
        {"\udfff": 1},
        {"scheme": "\udfff"},
    ],
)
def test_a_choice_that_nobody_knows_is_refused(desk: Desk, choices: dict[str, Any]):
    name = desk.begin()
    answer = desk.choose(name, **choices)
    assert answer.status_code == 400
    assert re.search(r"[\u4e00-\u9fff]", answer.json["message_zh"])
    assert desk.told(name)["choices"] == {}


@pytest.mark.parametrize("layer", ["cafe\u0301", "نمی\u200cخواهم", " a"])
def test_a_layer_is_chosen_for_by_its_name_as_it_stands_in_its_file(desk: Desk, layer: str):
    name = desk.begin()
    assert desk.choose(name, layers={f"a.gpkg|{layer}": {"swap": True}}).json["choices"] == {f"a.gpkg|{layer}": {"swap": True}}
