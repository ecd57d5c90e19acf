"""Columns are known by what offices write over them; nothing is taken that could mean two things, and what people say wins."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.cli import main
from geogrid.errors import InputError
from geogrid.reading.draft import draft_role
from geogrid.reading.heading_words import HEADINGS
from geogrid.reading.headings import fold, named_levels, recognise, recognise_columns
from geogrid.recipe import InputSpec, read_recipe
from geogrid.schema import ROLES
from geogrid.store import open_project
from tests.shared import shared_path
from tests.world import quarter, write

OFFICES = [
    ("communities", "OBJECTID SQDM SQMC JDDM 备注", {"code": "SQDM", "name": "SQMC", "parent": "JDDM"}),
    ("communities", "社区编码 社区名称 所属街道编码", {"code": "社区编码", "name": "社区名称", "parent": "所属街道编码"}),
    ("communities", "XZQDM XZQMC 面积", {"code": "XZQDM", "name": "XZQMC"}),
    ("streets", "JDDM JDMC XZQDM", {"code": "JDDM", "name": "JDMC"}),
    ("grids", "WGBM WGMC SQDM JDDM 网格类型", {"code": "WGBM", "name": "WGMC", "parent": "SQDM", "kind": "网格类型"}),
    ("grids", "网格编码 上级编码 社区编码", {"code": "网格编码", "parent": "上级编码"}),
    (
        "buildings",
        "楼栋编号 楼栋地址 地上层数 总层数 总户数 人口 房屋用途 SQDM",
        {
            "id": "楼栋编号",
            "address": "楼栋地址",
            "floors": "地上层数",
            "households": "总户数",
            "persons": "人口",
            "use": "房屋用途",
            "community": "SQDM",
        },
    ),
    ("buildings", "bid LAYERNUM BuildType ADDRESS", {"id": "bid", "address": "ADDRESS", "floors": "LAYERNUM", "use": "BuildType"}),
    ("entrances", "单元门编码 所属楼栋编码 层数 户数", {"id": "单元门编码", "building": "所属楼栋编码", "floors": "层数", "households": "户数"}),
    (
        "households",
        "户编号 楼栋编码 单元编码 所在层 房号 人数 是否中心户",
        {
            "id": "户编号",
            "building": "楼栋编码",
            "entrance": "单元编码",
            "floor": "所在层",
            "door": "房号",
            "persons": "人数",
            "centre": "是否中心户",
        },
    ),
    (
        "stations",
        "序号 站点名称 站点类型 建筑面积（㎡） 经度 纬度",
        {"kind": "站点类型", "name": "站点名称", "area_m2": "建筑面积（㎡）", "lon": "经度", "lat": "纬度"},
    ),
    (
        "cameras",
        "设备编码 设备名称 国标编码 朝向 lng lat 是否涉密",
        {"id": "设备编码", "name": "设备名称", "direction": "朝向", "gb_code": "国标编码", "secret": "是否涉密", "lon": "lng", "lat": "lat"},
    ),
    ("staff", "工号 姓名 联系电话", {"id": "工号", "name": "姓名", "phone": "联系电话"}),
    ("roads", "路名 道路等级", {"class": "道路等级", "name": "路名"}),
    ("events", "工单编号 事件类型 上报时间 状态", {"id": "工单编号", "kind": "事件类型", "time": "上报时间", "state": "状态"}),
]


@pytest.mark.parametrize(("role", "names", "wanted"), OFFICES)
def test_headings_of_real_offices_are_known(role: str, names: str, wanted: dict[str, str]):
    assert recognise(role, names.split()) == wanted


def test_our_own_name_goes_before_any_heading():
    assert recognise("buildings", ["层数", "floors"]) == {"floors": "floors"}
    assert recognise_columns("buildings", ["层数", "floors"]).taken == {}


def test_what_the_recipe_says_wins_over_all():
    assert recognise("buildings", ["层数", "floors", "旧层数"], {"floors": "旧层数"}) == {"floors": "旧层数"}
    assert recognise("communities", ["SQDM", "代码"], {"code": "代码"}) == {"code": "代码"}


def test_an_empty_word_in_the_recipe_keeps_a_column_from_being_taken():
    assert recognise("buildings", ["层数", "户数"], {"floors": ""}) == {"households": "户数"}
    assert recognise("buildings", ["floors"], {"floors": ""}) == {}


def test_where_two_columns_could_be_meant_neither_is_taken_and_both_are_said():
    found = recognise_columns("buildings", ["总户数", "常住户数", "层数"])
    assert (found.columns, found.doubtful) == ({"floors": "层数"}, {"households": ("总户数", "常住户数")})


def test_a_surer_heading_leaves_the_less_sure_one_alone():
    found = recognise_columns("buildings", ["总层数", "地上层数"])
    assert (found.columns, found.doubtful) == ({"floors": "地上层数"}, {})


@pytest.mark.parametrize("name", ["社区 编码", "社区＿编码", "社区编码*", "社区编码（必填）", " 社区编码 "])
def test_width_blanks_and_marks_do_not_matter(name: str):
    assert recognise("communities", [name]) == {"code": name}


@pytest.mark.parametrize("name", ["units", "UnitCount", "height", "JD", "LDH", "BSM", "FID", "备注", "", "  ", "building", "landuse"])
def test_what_may_mean_something_else_is_not_taken(name: str):
    for role in ("buildings", "stations", "communities"):
        if name not in ROLES[role].columns and not (role == "stations" and name == "building"):
            assert recognise(role, [name]) == {}


@pytest.mark.parametrize("role", HEADINGS)
def test_every_heading_stands_for_one_column(role: str):
    """A word of one rank in two columns could never be taken; a word that `fold` changes would never be found."""
    assert set(HEADINGS[role]) <= set(ROLES[role].columns)
    for ours, ranks in HEADINGS[role].items():
        for rank, words in enumerate(ranks):
            assert words
            for word in words:
                assert fold(word) == word
                others = [o for o, other in HEADINGS[role].items() if o != ours and rank < len(other) and word in other[rank]]
                assert not others, (word, ours, others)


@pytest.mark.parametrize("role", sorted(ROLES))
def test_every_column_but_a_layer_number_has_headings(role: str):
    assert {ours for ours in ROLES[role].columns if ours not in HEADINGS[role]} <= {"layer"}


def test_headings_tell_the_levels_of_which_a_file_speaks():
    assert named_levels(["SQDM", "JDDM", "WGBM"]) == ["streets", "communities", "grids"]
    assert named_levels(["编码", "名称"]) == []


words = st.sampled_from(sorted({word for columns in HEADINGS.values() for ranks in columns.values() for rank in ranks for word in rank}))
headings = st.lists(words | st.text(max_size=6), max_size=12, unique=True)


@settings(max_examples=150, deadline=None)
@given(role=st.sampled_from(sorted(ROLES)), names=headings, order=st.randoms(use_true_random=False))
def test_no_column_of_a_file_is_taken_twice_and_order_does_not_matter(role: str, names: list[str], order):
    found = recognise_columns(role, names)
    assert len(set(found.columns.values())) == len(found.columns)
    assert set(found.columns.values()) <= set(names)
    assert not set(found.columns) & set(found.doubtful)
    shuffled = list(names)
    order.shuffle(shuffled)
    again = recognise_columns(role, shuffled)
    assert (again.columns, {o: set(t) for o, t in again.doubtful.items()}) == (found.columns, {o: set(t) for o, t in found.doubtful.items()})


@settings(max_examples=100, deadline=None)
@given(role=st.sampled_from(sorted(ROLES)), names=headings, data=st.data())
def test_what_is_given_is_never_overruled_nor_used_again(role: str, names: list[str], data):
    if not names:
        return
    chosen = {data.draw(st.sampled_from(sorted(ROLES[role].columns))): data.draw(st.sampled_from(["", *names]))}
    found = recognise_columns(role, names, chosen)
    for ours, theirs in chosen.items():
        assert found.columns.get(ours, "") == theirs
        assert theirs not in found.taken.values()


def csv(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "stations.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_a_file_with_chinese_headings_is_read_without_a_mapping(tmp_path: Path):
    path = csv(tmp_path, "站点编码,站点名称,经度,纬度\n007,驿站,117.1,36.6\n", "gb18030")
    draft = draft_role(InputSpec("stations", path), tmp_path)
    assert draft.frame[["id", "name"]].to_numpy().tolist() == [["007", "驿站"]]
    assert draft.taken == {"id": "站点编码", "name": "站点名称", "lon": "经度", "lat": "纬度"}
    assert draft.columns == draft.taken


def test_a_column_that_must_be_there_and_is_doubtful_is_asked_for_by_name(tmp_path: Path):
    path = tmp_path / "a.geojson"
    feature = {"type": "Feature", "properties": {"社区编码": "1", "SQDM": "2"}, "geometry": None}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), "utf-8")
    with pytest.raises(InputError, match="社区编码 or SQDM") as caught:
        draft_role(InputSpec("communities", path), tmp_path)
    assert "社区编码、SQDM 之一" in caught.value.message_zh


CHINESE = {
    "communities": {"code": "SQDM", "name": "社区名称"},
    "buildings": {"id": "楼栋编号", "floors": "层数", "households": "总户数", "use": "用途"},
    "stations": {"id": "站点编码", "kind": "站点类型"},
}


def test_a_build_of_chinese_headings_is_that_of_our_own_names_and_tells_what_it_took(tmp_path: Path):
    ours = quarter()
    theirs = {role: layer.rename(columns=CHINESE.get(role, {})) for role, layer in ours.items()}
    made = {}
    for name, frames in (("ours", ours), ("theirs", theirs)):
        recipe = write(tmp_path / name, frames)
        done = CliRunner().invoke(main, ["build", str(recipe), "--out", str(tmp_path / f"{name}.gpkg")], env={"GEOGRID_LANG": "en"})
        assert done.exit_code in (0, 1), done.output
        with open_project(tmp_path / f"{name}.gpkg") as project:
            made[name] = [project.units(level).to_wkb().to_csv() for level in project.levels], project.meta["columns"], done.stderr
    wanted = {role: {o: t for o, t in names.items() if o in ours[role]} for role, names in CHINESE.items() if role in ours}
    assert made["theirs"][0] == made["ours"][0]
    assert made["ours"][1] == {}
    assert made["theirs"][1] == wanted
    assert "communities: I took SQDM for the code, 社区名称 for the name" in made["theirs"][2]
    assert "I took" not in made["ours"][2]


@pytest.mark.parametrize("name", ["cambridge_ma", "hangzhou_xiacheng", "helsinki", "jinan_lixia"])
def test_recipes_that_say_their_columns_take_nothing_by_headings(name: str, tmp_path: Path):
    """What these recipes build must not change because headings became known."""
    data = shared_path(name).parent
    text = (Path(__file__).parent / "recipes" / f"{name}.toml").read_text("utf-8").replace("../../../shared/data", data.as_posix())
    (tmp_path / "recipe.toml").write_text(text, "utf-8")
    for spec in read_recipe(tmp_path / "recipe.toml").inputs.values():
        draft = draft_role(spec, tmp_path)
        assert (draft.taken, draft.doubtful) == ({}, {}), spec.role
