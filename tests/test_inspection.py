"""What a file holds is told before anything is built: role, columns, place, faults; and the recipe made of it is one that builds."""

from __future__ import annotations

import json
import tomllib
import zipfile
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geogrid.errors import CrsError, InputError
from geogrid.inspection import CrsOption, LayerReport, RoleGuess, inspect_file, inspect_files, recipe_text, review
from geogrid.inspection.homes import likely_homes
from geogrid.inspection.report import ColumnReport, likely, named_options
from geogrid.inspection.roles import first_of_roles, guess_roles, propose
from geogrid.recipe import read_recipe
from tests.offices import SURVEY, buildings, communities, delivery, geojson, places, shapefile, sheet, table
from tests.shared import shared_path
from tests.world import quarter

ROLES = [
    ("communities", "area", "OBJECTID", 175, "communities"),
    ("社区", "area", "编码 名称", 75, "communities"),
    ("社区网格", "area", "编码 名称", 297, "grids"),
    ("微网格_2024", "area", "编码", 900, "microgrids"),
    ("图层1", "area", "WGBM SQDM JDDM", 297, "grids"),
    ("图层1", "area", "SQDM SQMC", 75, "communities"),
    ("export", "area", "层数 户数 SQDM", 4000, "buildings"),
    ("楼栋", "area", "OBJECTID", 6036, "buildings"),
    ("行政区", "area", "名称", 1, "district"),
    ("districts", "area", "name", 117, ""),
    ("main_roads", "line", "name", 46, "roads"),
    ("streets", "line", "name", 46, "roads"),
    ("streets", "area", "name", 8, "streets"),
    ("rail_water", "line", "name", 376, ""),
    ("河流", "line", "名称", 7, "water"),
    ("公共服务设施", "point", "名称", 753, "stations"),
    ("点位", "point", "国标编码 朝向", 204, "cameras"),
    ("Sheet1", "none", "户编号 楼栋编码 房号 是否中心户", 9000, "households"),
    ("Sheet1", "none", "工号 姓名 联系电话 职责", 90, "staff"),
    ("Sheet1", "point", "a b", 90, ""),
    ("Sheet1", "none", "a b", 90, ""),
]


@pytest.mark.parametrize(("layer", "kind", "names", "rows", "role"), ROLES)
def test_the_role_is_told_by_name_headings_geometry_and_number(layer: str, kind: str, names: str, rows: int, role: str):
    assert propose(guess_roles(layer, layer, kind, names.split(), rows)) == role


@pytest.mark.parametrize("sheet", ["Sheet", "Sheet1", "工作表 2", "图层_3", "OGRGeoJSON"])
def test_a_sheet_without_a_name_is_what_its_file_is_called(sheet: str):
    assert propose(guess_roles(sheet, "stations", "point", ["编号", "名称", "类型", "经度", "纬度"], 60)) == "stations"
    assert propose(guess_roles(sheet, "x", "point", ["编号", "名称", "类型", "经度", "纬度"], 60)) == ""


def test_codes_of_nine_and_twelve_digits_speak_of_streets_and_communities():
    def best(digits: int) -> str:
        return guess_roles("图层1", "图层1", "area", ["代码"], 50, digits)[0].role

    assert (best(9), best(12), best(15)) == ("streets", "communities", "grids")


def test_equal_claims_propose_nothing_and_one_layer_plays_a_role():
    assert propose([RoleGuess("roads", 0.6), RoleGuess("water", 0.6)]) == ""
    assert propose([]) == ""
    assert first_of_roles([("grids", 0.9), ("", 0.0), ("grids", 0.9)]) == [0]


def by_role(found) -> dict[str, LayerReport]:
    return {layer.role: layer for layer in found}


def test_a_delivery_is_understood_layer_by_layer(tmp_path: Path):
    found = inspect_files(delivery(tmp_path))
    layers = by_role(found)
    assert set(layers) == {"communities", "buildings", "roads", "stations", "cameras"}
    assert (layers["communities"].encoding, layers["communities"].used) == ("gb18030", {"code": "SQDM", "name": "SQMC", "parent": "JDDM"})
    assert layers["buildings"].used == {"id": "楼栋编号", "floors": "层数", "households": "总户数", "use": "用途"}
    assert layers["stations"].layer == "站点"
    assert (layers["stations"].geometry, layers["stations"].crs, layers["stations"].crs_stated) == ("point", "EPSG:4326", False)
    assert [(layer.rows, layer.usable, layer.rejected) for layer in found] == [(2, 2, 0), (24, 24, 0), (2, 2, 0), (2, 2, 0), (3, 3, 0)]
    assert json.loads(json.dumps(found.to_json()))["layers"][0]["key"] == "社区.shp|社区"


def test_the_recipe_of_a_delivery_reads_as_it_stands(tmp_path: Path):
    text = recipe_text(inspect_files(delivery(tmp_path)).layers, name="建国街", folder=tmp_path)
    (tmp_path / "recipe.toml").write_text(text, "utf-8")
    read = review(tmp_path / "recipe.toml")
    assert {role: (row["read"], row["usable"]) for role, row in read.rows.items()} == {
        "communities": (2, 2), "buildings": (24, 24), "roads": (2, 2), "stations": (2, 2), "cameras": (3, 3),
    }  # fmt: skip
    assert read.rows["communities"]["columns"] == {"code": "SQDM", "name": "SQMC", "parent": "JDDM"}
    assert (read.rows["communities"]["crs"], read.rows["communities"]["encoding"]) == ("EPSG:4548", "gb18030")
    assert not (read.findings["severity"] == "error").any()


def test_a_file_without_crs_is_placed_by_the_layers_beside_it(tmp_path: Path):
    path = shapefile(tmp_path, communities(), "社区")
    alone = inspect_file(path)[0]
    assert (alone.crs, alone.crs_stated, alone.crs_is_plain, alone.bbox) == ("", False, False, None)
    assert [option.crs for option in alone.crs_options] == [f"EPSG:{4534 + i}" for i in range(21)]
    layer = inspect_files([path, geojson(tmp_path, buildings(), "楼栋")]).layers[0]
    assert [problem.rule for problem in layer.findings if problem.severity == "error"] == ["crs_missing"]
    first, *others = layer.crs_options
    assert (first.crs, first.inside_share, first.distance_km, layer.crs_is_plain) == ("EPSG:4548", 1.0, 0.0, True)
    assert all(not option.inside_share for option in others)
    # the same by what another call told
    assert inspect_file(path, beside=inspect_file(tmp_path / "楼栋.geojson"))[0].crs_options == layer.crs_options


def test_a_file_that_states_the_wrong_zone_is_told_and_the_others_are_read_together(tmp_path: Path):
    wrong = shapefile(tmp_path, communities().set_crs(4549, allow_override=True), "社区", prj=True)
    layers = by_role(inspect_files([wrong, geojson(tmp_path, buildings(), "楼栋"), geojson(tmp_path, quarter()["roads"], "道路")]))
    (problem,) = layers["communities"].findings_of("error")
    assert (problem.rule, "EPSG:4548" in problem.message, layers["communities"].usable) == ("crs_mismatch", True, 0)
    assert (layers["buildings"].usable, layers["roads"].usable) == (24, 2)


@pytest.mark.parametrize(("shift", "crs"), [(0, "EPSG:4548"), (39_000_000, "EPSG:4527"), (20_000_000, "EPSG:4498")])
def test_zones_with_and_without_a_number_in_front_are_told_apart(tmp_path: Path, shift: int, crs: str):
    moved = communities()
    moved = moved.set_geometry(moved.geometry.translate(shift, 0))
    found = inspect_files([shapefile(tmp_path, moved, "社区"), geojson(tmp_path, buildings(), "楼栋")])
    assert found.layers[0].crs_options[0].crs == crs
    assert f'crs = "{crs}"' in recipe_text(found.layers, name="x", folder=tmp_path)


def test_what_alone_fits_stands_in_the_recipe_and_what_does_not_only_in_a_comment(tmp_path: Path):
    path = shapefile(tmp_path, communities(), "社区")
    alone = recipe_text(inspect_file(path), name="x", folder=tmp_path)
    assert '# crs = "EPSG:4534"' in alone
    assert "EPSG:4535 … EPSG:4554" in alone
    assert "crs" not in tomllib.loads(alone)["inputs"]["communities"]


def test_the_crs_that_people_give_is_used_and_written(tmp_path: Path):
    path = shapefile(tmp_path, communities(), "社区")
    (layer,) = inspect_file(path, crs="EPSG:4548")
    assert (layer.crs, layer.crs_stated, layer.findings_of("error")) == ("EPSG:4548", True, [])
    assert tomllib.loads(recipe_text([layer], name="x", folder=tmp_path))["inputs"]["communities"]["crs"] == "EPSG:4548"
    (shifted,) = inspect_file(geojson(tmp_path, buildings(), "楼栋"), crs="gcj02")
    assert shifted.crs_name == "GCJ-02"


def test_a_crs_that_nobody_knows_or_that_contradicts_the_file_is_refused(tmp_path: Path):
    path = shapefile(tmp_path, communities(), "社区", prj=True)
    with pytest.raises(CrsError, match="99999"):
        inspect_files([path], crs="EPSG:99999")
    with pytest.raises(CrsError, match="the recipe says"):
        inspect_file(path, crs="EPSG:4547")
    # for several files it serves those that do not say
    assert inspect_files([path], crs="EPSG:4547").layers[0].crs == "EPSG:4548"


def test_exchanged_coordinates_are_told_and_the_recipe_says_so(tmp_path: Path):
    beside = geojson(tmp_path, buildings(), "楼栋")
    swapped = table(tmp_path, "编号,名称,经度,纬度\n" + "".join(f"S{i},站{i},{lat},{lon}\n" for i, (lon, lat) in enumerate(places())), "站点")
    surveyed = table(tmp_path, SURVEY, "摄像机")
    found = inspect_files([swapped, surveyed, beside])
    layers = by_role(found)
    assert [problem.rule for problem in layers["stations"].findings if problem.severity == "error"] == ["crs_mismatch"]
    assert "swap = true" in layers["stations"].findings[0].message
    assert layers["cameras"].crs_options[0].swap
    inputs = tomllib.loads(recipe_text(found.layers, name="x", folder=tmp_path))["inputs"]
    assert (inputs["stations"]["swap"], "crs" in inputs["stations"]) == (True, False)
    assert (inputs["cameras"]["swap"], inputs["cameras"]["crs"]) == (True, "EPSG:4548")
    (tmp_path / "recipe.toml").write_text(recipe_text(found.layers, name="x", folder=tmp_path), "utf-8")
    assert {role: row["usable"] for role, row in review(tmp_path / "recipe.toml").rows.items()} == {"buildings": 24, "stations": 6, "cameras": 5}


def test_degrees_minutes_and_seconds_are_told_and_the_recipe_says_so(tmp_path: Path):
    def said(value: float) -> str:
        whole, minutes = int(value), int(value % 1 * 60)
        return f"{whole}°{minutes}′{(value * 60 % 1) * 60:.3f}″"

    rows = "".join(f"S{i},站{i},{said(lon)},{said(lat)}\n" for i, (lon, lat) in enumerate(places()))
    (layer,) = inspect_file(table(tmp_path, "编号,名称,经度,纬度\n" + rows, "站点"))
    assert (layer.dms, layer.usable, layer.geometry) == (True, 6, "point")
    assert layer.bbox == pytest.approx((117.1121, 36.6350, 117.1144, 36.6365), abs=0.001)
    assert tomllib.loads(recipe_text([layer], name="x", folder=tmp_path))["inputs"]["stations"]["dms"] is True


def test_rows_that_can_not_be_used_are_those_of_a_build(tmp_path: Path):
    rows = "C0,东,117.11,36.64\nC1,九,117.11,36.64\nC2,西,117.11,\nC3,南\nC4,北,0,0\n"
    path = table(tmp_path, "设备编码,方向,经度,纬度\n" + rows, "摄像机")
    (layer,) = inspect_file(path)
    lost = {problem.row: problem for problem in layer.findings if problem.rule == "row_rejected"}
    assert (layer.rows, layer.usable, layer.rejected, sorted(lost)) == (5, 1, 4, [3, 4, 5, 6])
    assert (lost[3].field, lost[3].value) == ("方向", "九")
    assert "第 3 行" in lost[3].message_zh
    (tmp_path / "recipe.toml").write_text(recipe_text([layer], name="x", folder=tmp_path), "utf-8")
    read = review(tmp_path / "recipe.toml")
    assert read.rejected["row"].tolist() == sorted(lost)
    assert read.rows["cameras"]["usable"] == layer.usable


def test_codes_that_are_missing_or_stand_twice_are_told_with_their_rows(tmp_path: Path):
    (layer,) = inspect_file(geojson(tmp_path, communities().assign(SQDM=["370102001001"] * 2), "社区"))
    (problem,) = layer.findings
    assert (problem.rule, problem.severity, problem.row, problem.rows) == ("code_duplicate", "error", 1, (1, 2))
    (layer,) = inspect_file(geojson(tmp_path, communities().assign(SQDM=["370102001001", None]), "社区"))
    assert [(problem.rule, problem.row) for problem in layer.findings] == [("code_missing", 2)]


def test_a_table_without_a_place_tells_row_column_and_value(tmp_path: Path):
    (layer,) = inspect_file(table(tmp_path, "户编号,楼栋编码,房号,楼层\n1,A1,301,3\n2,1.01E+11,302,三\n", "住户"))
    assert (layer.role, layer.geometry, layer.usable, layer.rejected) == ("households", "none", 1, 1)
    (problem,) = layer.findings
    assert (problem.row, "1.01E+11" in problem.message, "楼层 '三' is not a number" in problem.message) == (3, True, True)


def test_every_sheet_and_layer_is_looked_at_and_empty_files_are_refused(tmp_path: Path):
    book = sheet(tmp_path, [["站点名称", "经度", "纬度"], ["驿站", 117.1, 36.6]], "站点", ("网格员", [["工号", "姓名", "联系电话"], [1, "甲", "2"]]))
    (tmp_path / "空.geojson").write_text('{"type": "FeatureCollection", "features": []}', "utf-8")
    (tmp_path / "坏.gpkg").write_bytes(b"SQLite format 3\0 and no more")
    found = inspect_files([tmp_path / "坏.gpkg", book, tmp_path / "空.geojson", tmp_path / "没有.csv", "http://example.org/a.geojson"])
    assert [(layer.layer, layer.role) for layer in found] == [("站点", "stations"), ("网格员", "staff")]
    assert [Path(refused.file).name for refused in found.refused] == ["坏.gpkg", "空.geojson", "没有.csv", "a.geojson"]
    assert "没有任何行" in found.refused[1].message_zh
    assert [layer.layer for layer in inspect_file(book, layer="网格员")] == ["网格员"]
    with pytest.raises(InputError, match="did you mean '网格员'"):
        inspect_file(book, layer="网格园")


def test_an_encoding_for_many_files_spoils_none_that_is_utf_8(tmp_path: Path):
    text = "设备编码,名称,经度,纬度\nC1,建国路,117.11,36.64\n"
    paths = [table(tmp_path, text, "摄像机"), table(tmp_path, text, "监控", "gb18030"), shapefile(tmp_path, communities(), "社区")]
    found = inspect_files(paths, encoding="GBK")
    assert [layer.columns[1].sample[0] for layer in found] == ["建国路", "建国路", "建国路社区"]
    assert [layer.asked_encoding for layer in found] == ["", "GBK", "GBK"]


def test_every_shapefile_of_an_archive_is_looked_at(tmp_path: Path):
    for name in ("社区", "小区"):
        shapefile(tmp_path, communities(), name, prj=True)
    with zipfile.ZipFile(tmp_path / "来件.zip", "w") as archive:
        for part in sorted(tmp_path.glob("?区.*")):
            archive.write(part, part.name)
    found = inspect_files([tmp_path / "来件.zip"])
    assert {layer.layer: layer.role for layer in found} == {"社区": "communities", "小区": "compounds"}
    inputs = tomllib.loads(recipe_text(found.layers, name="x", folder=tmp_path))["inputs"]
    assert inputs["communities"]["layer"] == "社区"


def test_a_role_can_be_given(tmp_path: Path):
    path = geojson(tmp_path, buildings(), "图层1")
    (layer,) = inspect_file(path, role="entrances")
    assert (layer.role, layer.used) == ("entrances", {"building": "楼栋编号", "floors": "层数", "households": "总户数"})
    assert inspect_file(path, role="")[0].used == {}


def test_what_only_values_tell_is_proposed_and_said(tmp_path: Path):
    named = buildings().assign(community=["建国路社区"] * 24, community_code=["370102001001"] * 24)
    (layer,) = inspect_file(geojson(tmp_path, named, "楼栋"))
    assert (layer.used["community"], layer.proposed) == ("community_code", ("community",))
    areas = communities().drop(columns=["SQDM", "JDDM"]).assign(N_HOOD=["4", "7"], note=["old", "old"])
    (layer,) = inspect_file(geojson(tmp_path, areas, "社区"))
    assert (layer.used["code"], layer.proposed, layer.usable) == ("N_HOOD", ("code",), 2)
    assert "# code: by its values" in recipe_text([layer], name="x", folder=tmp_path)


def test_a_code_that_several_columns_could_be_is_asked_for(tmp_path: Path):
    areas = communities().drop(columns=["SQDM", "JDDM"]).assign(A1=["4", "7"], B1=["x1", "x2"])
    (layer,) = inspect_file(geojson(tmp_path, areas, "社区"))
    assert (layer.doubtful, layer.usable) == ({"code": ("A1", "B1")}, 0)
    assert "# code could be A1 or B1: say which" in recipe_text([layer], name="x", folder=tmp_path)
    # a choice settles it
    chosen = recipe_text([layer], name="x", folder=tmp_path, choices={layer.key: {"columns": {"code": "B1"}}})
    assert tomllib.loads(chosen)["inputs"]["communities"]["columns"]["code"] == "B1"
    assert "could be" not in chosen


def test_uses_that_nobody_knows_are_asked_for_and_words_are_read(tmp_path: Path):
    (layer,) = inspect_file(geojson(tmp_path, buildings().assign(用途=["1"] * 20 + ["3"] * 4), "楼栋"))
    assert layer.uses == (("1", 20), ("3", 4))
    assert "# homes = []" in recipe_text([layer], name="x", folder=tmp_path)
    (layer,) = inspect_file(geojson(tmp_path, buildings().assign(用途=["TWO-FAM-RES"] * 20 + ["OFFICE"] * 4), "楼栋"))
    assert tomllib.loads(recipe_text([layer], name="x", folder=tmp_path))["inputs"]["buildings"]["homes"] == ["TWO-FAM-RES"]
    assert likely_homes(["RESTAURANT", "住宅楼", "地下车库（住宅配套）", "RES-LAND"]) == ["住宅楼"]


def test_people_choose_and_the_recipe_follows(tmp_path: Path):
    found = inspect_files(delivery(tmp_path))
    layers = by_role(found)
    choices = {
        layers["roads"].key: {"role": ""},
        layers["stations"].key: {"role": "cameras", "columns": {"kind": "", "name": "类型"}},
        layers["cameras"].key: {"role": "", "encoding": "GBK"},
        layers["communities"].key: {"crs": "EPSG:4547", "encoding": "GBK", "swap": True, "columns": {"parent": ""}},
        layers["buildings"].key: {"homes": ["住宅"]},
    }
    text = recipe_text(found.layers, name='a "b"', scheme="lubei", folder=tmp_path, choices=choices)
    made = tomllib.loads(text)
    assert (made["name"], made["scheme"], set(made["inputs"])) == ('a "b"', "lubei", {"communities", "buildings", "cameras"})
    assert made["inputs"]["communities"] == {
        "path": "社区.shp", "crs": "EPSG:4547", "encoding": "GBK", "swap": True, "columns": {"code": "SQDM", "name": "SQMC", "parent": ""},
    }  # fmt: skip
    assert made["inputs"]["cameras"]["columns"] == {"kind": "", "name": "类型", "lon": "经度", "lat": "纬度"}
    assert made["inputs"]["buildings"]["homes"] == ["住宅"]


def test_of_two_layers_for_a_role_the_likelier_is_taken_and_the_other_named(tmp_path: Path):
    found = inspect_files([geojson(tmp_path, communities(), "社区_旧"), geojson(tmp_path, communities(), "社区")])
    text = recipe_text(found.layers, name="x", folder=tmp_path)
    assert tomllib.loads(text)["inputs"]["communities"]["path"] == "社区.geojson"
    assert "# left out: 社区_旧.geojson: communities come from 社区" in text


def test_a_file_is_named_as_seen_from_the_recipe(tmp_path: Path):
    (layer,) = inspect_file(geojson(tmp_path / "来件", communities(), "社区"))
    (tmp_path / "out").mkdir()
    text = recipe_text([layer], name="x", folder=tmp_path / "out")
    assert tomllib.loads(text)["inputs"]["communities"]["path"] == "../来件/社区.geojson"


def test_the_order_of_files_changes_no_report(tmp_path: Path):
    paths = delivery(tmp_path)
    one, other = inspect_files(paths), inspect_files(paths[::-1])
    assert {layer.key: layer for layer in one} == {layer.key: layer for layer in other}
    assert recipe_text(one.layers, name="x", folder=tmp_path) == recipe_text(other.layers, name="x", folder=tmp_path)


def test_zones_in_a_row_are_named_by_first_and_last():
    options = [CrsOption(f"EPSG:{n}", "", "") for n in (4534, 4535, 4536, 4548)] + [CrsOption("EPSG:4549", "", "", swap=True)]
    assert named_options(options) == "EPSG:4534 … EPSG:4536, EPSG:4548, EPSG:4549 with x and y exchanged"
    assert named_options(options, "zh").endswith("EPSG:4549（x、y 对调）")
    assert named_options([]) == ""


def test_a_shifted_datum_is_no_choice_where_the_true_one_fits():
    options = [CrsOption(name, "", "") for name in ("EPSG:4490", "EPSG:4326", "GCJ-02", "BD-09")]
    assert [option.crs for option in likely(options)] == ["EPSG:4490"]
    assert [option.crs for option in likely(options[2:])] == ["GCJ-02", "BD-09"]


words = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=12)


def made_up(names: list[str], samples: list[str], file: str, layer: str) -> LayerReport:
    columns = tuple(ColumnReport(name, "", (sample,), "text") for name, sample in zip(names, samples, strict=True))
    return LayerReport(
        file, layer, "gpkg", "utf-8", 3, "area", "", "", False, (CrsOption("EPSG:4548", "a\nb", "b"),), None, (), "buildings", columns,
        {"floors": tuple(names)}, (), 3, 0, uses=tuple((sample, 1) for sample in sorted(set(samples))), has_geometry=True,
    )  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(words, min_size=1, max_size=5, unique=True), data=st.data(), title=words)
def test_whatever_names_a_file_holds_the_recipe_reads_and_says_the_same(tmp_path: Path, names: list[str], data, title: str):
    samples = data.draw(st.lists(words, min_size=len(names), max_size=len(names)))
    report = made_up(names, samples, str(tmp_path / "a.gpkg"), title)
    chosen = {"columns": {"floors": names[0]}, "homes": samples}
    text = recipe_text([report], name=title, folder=tmp_path, choices={report.key: chosen})
    (tmp_path / "recipe.toml").write_bytes(text.encode())
    made = read_recipe(tmp_path / "recipe.toml")
    spec = made.inputs["buildings"]
    assert (made.name, spec.layer, spec.columns["floors"], spec.homes) == (title, title, names[0], tuple(samples))
    read_recipe_of = recipe_text([replace(report, role="")], name=title, folder=tmp_path)
    assert tomllib.loads(read_recipe_of)["name"] == title


cells = st.sampled_from(["1", "0", "-1", "x", "", "3.5", "1.01E+11", "117.11", "36.64", "190", "nan", "东", "1e400", "１２"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(cells, cells, cells, cells), min_size=1, max_size=8))
def test_every_row_is_used_or_told(tmp_path: Path, rows: list[tuple[str, str, str, str]]):
    """No row is lost without a word, and inspection counts as a build does."""
    path = table(tmp_path, "设备编码,方向,经度,纬度\n" + "".join(",".join(row) + "\n" for row in rows), "摄像机")
    try:
        (layer,) = inspect_file(path, role="cameras")
    except InputError:
        return  # no row at all
    told = {problem.row for problem in layer.findings if problem.rule == "row_rejected"}
    whole = [problem for problem in layer.findings if problem.severity == "error" and not problem.row]
    assert layer.rejected == len(told) or whole
    assert layer.usable + layer.rejected == layer.rows
    assert layer.rows == sum(any(row) for row in rows)
    if whole:
        return
    (tmp_path / "recipe.toml").write_text(recipe_text([layer], name="x", folder=tmp_path), "utf-8")
    read = review(tmp_path / "recipe.toml")
    assert (read.rows["cameras"]["usable"], set(read.rejected["row"])) == (layer.usable, told)


REAL = {
    "hangzhou_xiacheng": (
        "*.geojson",
        "street-community-grid",
        # the office's `org` is a sentence, which no heading tells; our recipe names the grids by it
        {("grids", "name")},
        set(),
    ),
    "jinan_lixia": ("*.gpkg", "community-grid-microgrid", set(), {"district"}),
    # units of a parcel may be anything in another file; road surfaces are barriers that our recipe leaves out
    "cambridge_ma": ("*.gpkg", "area-block-group", {("buildings", "households")}, {"roads"}),
    "helsinki": ("*.gpkg", "area-block-group", {("cameras", "kind")}, set()),
}


@pytest.mark.parametrize("name", REAL)
def test_the_recipes_of_real_districts_are_those_that_people_wrote(name: str, tmp_path: Path):
    pattern, scheme, differs, more = REAL[name]
    found = inspect_files(sorted(shared_path(name).glob(pattern)))
    assert found.refused == ()
    text = recipe_text(found.layers, name=name, folder=tmp_path)
    (tmp_path / "recipe.toml").write_text(text, "utf-8")
    made = read_recipe(tmp_path / "recipe.toml")
    wanted = tomllib.loads((Path(__file__).parent / "recipes" / f"{name}.toml").read_text("utf-8"))
    assert (made.scheme, set(made.inputs)) == (scheme, set(wanted["inputs"]) | more)
    for role, entry in wanted["inputs"].items():
        spec = made.inputs[role]
        assert (spec.path.name, spec.layer) == (Path(entry["path"]).name, entry.get("layer"))
        assert spec.path.exists()
        for ours, theirs in entry.get("columns", {}).items():
            if (role, ours) not in differs:
                assert spec.columns[ours] == theirs
    assert ("make" in made.levels.get("community", {})) == ("make" in wanted.get("levels", {}).get("community", {}))


def test_a_layer_traced_on_a_web_map_is_told_beside_the_others(tmp_path: Path):
    """Hangzhou's roads as GCJ-02 would have them, beside its grids."""
    from geogrid.crs import wgs84_to_gcj02

    folder = shared_path("hangzhou_xiacheng")
    roads = gpd.read_file(folder / "main_roads.geojson")
    moved = shapely.transform(roads.geometry.to_numpy(), wgs84_to_gcj02, interleaved=False)
    geojson(tmp_path, roads.set_geometry(gpd.GeoSeries(moved, crs=4326)), "main_roads")
    rules = {
        layer.role: {problem.rule for problem in layer.findings}
        for layer in inspect_files([folder / "grids.geojson", tmp_path / "main_roads.geojson"])
    }
    assert rules["roads"] | rules["grids"] >= {"datum_shift"}
    assert "datum_shift" not in {
        problem.rule for layer in inspect_files([folder / "grids.geojson", folder / "main_roads.geojson"]) for problem in layer.findings
    }
