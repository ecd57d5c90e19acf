"""Declared against computed: who holds, who does not, and the list behind the difference."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from string import Formatter

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.catalogue.declared import EXPLAIN
from geogrid.declared import Declared
from geogrid.errors import InputError
from geogrid.report import find_declared, to_meta
from geogrid.scheme import StaffKind, Text
from geogrid.store import Contents
from tests.declared_city import CRS, bodies, city, codes, declaring, grid_codes, row, rows


@pytest.fixture(scope="module")
def whole() -> Contents:
    return city()


@pytest.fixture(scope="module")
def small() -> Contents:
    return city(20)


def test_a_bound_holds_upwards_only_and_a_rounded_figure_to_its_last_digit(whole):
    held = {"2459": "holds", "2400余": "holds", "2460+": "differs", "0.25万": "holds", "近2500": "holds", "约2200": "differs", "2400-2500": "holds"}
    assert {value: row(whole, item="网格", value=value).verdict for value in held} == held
    assert row(whole, item="户数", value="24.59万户").verdict == "holds"
    assert row(whole, item="人口", value="73.8万").verdict == "holds"
    assert row(whole, item="人口", value="73.9万").difference == -1300


def test_area_is_the_outline_in_the_working_crs_within_a_tolerance_that_is_said(whole):
    held = row(whole, item="辖区面积", value="24.59", unit="平方公里")
    assert held.verdict == "holds"
    assert held.computed == pytest.approx(24.59)
    assert "CGCS2000 / 3-degree Gauss-Kruger CM 114E" in held.why
    assert "±0.0148" in held.why
    assert row(whole, item="area", value="2459 ha").verdict == "holds"
    assert row(whole, item="area", value="36885亩").verdict == "holds"
    assert row(whole, item="area", value="26").verdict == "differs"
    assert row(whole, item="area", value="26", unit="户").verdict == "unknown"
    assert row(whole, item="area", level="网格", value="24.70 km²").verdict == "differs"


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        ({"item": "宇宙飞船", "value": "3"}, "不认识这一项"),
        ({"item": "hovercraft", "value": "3"}, "不认识这一项"),
        ({"item": "摄像头", "value": "3"}, "inputs.cameras"),
        ({"item": "暖心驿站", "value": "3"}, "inputs.stations"),
        ({"item": "网格党支部", "value": "3"}, "inputs.organisations"),
        ({"item": "专职网格员", "value": "3"}, "inputs.staff"),
        ({"item": "网格", "level": "村", "value": "3"}, "方案没有层级“村”"),
        ({"item": "网格", "level": "社区", "value": "3"}, "项目说的是网格"),
        ({"item": "单元数", "value": "3"}, "没有写层级"),
        ({"item": "网格", "value": "3", "unit": "km2"}, "按个数计"),
        ({"item": "楼栋", "value": "3"}, "inputs.buildings"),
    ],
)
def test_what_can_not_be_computed_is_listed_with_the_reason_and_not_called_right(small, figure, said):
    (only,) = rows(declaring(small, [figure]))
    assert (only.verdict, only.computed, only.difference, only.severity) == ("unknown", None, None, "")
    assert said in only.why_zh
    assert only.why
    assert find_declared([only], small.plan.scheme) == []


@pytest.mark.parametrize(
    "item", ["网格", "单元网格", "社区网格", "网格数", "网格总数", "Grids", "number of grids", " 网 格 ", "基础网格（个）", "ｇｒｉｄ"]
)
def test_a_level_is_known_by_many_names(small, item):
    found = row(small, item=item, value="20")
    assert (found.figure, found.level, found.verdict) == ("units", "grid", "holds")


def _with_cameras(contents: Contents) -> Contents:
    frame = gpd.GeoDataFrame(
        {
            "id": ["c1", "c2", "c3", "c3"],
            "kind": ["雪亮工程", "雪亮工程", "智慧社区", "智慧社区"],
            "name": ["东门", "", "涉密", "西门"],
            "secret": [False, False, True, False],
            "community": ["001", "", "", "001"],
            "grid": ["001001", "", "", "001002"],
            "outside_m": [0.0, 50.0, 60.0, 0.0],
        },
        geometry=shapely.points([(540_050, 4_196_050), (539_000, 4_196_050), (539_001, 4_196_050), (540_150, 4_196_050)]),
        crs=CRS,
    )
    lost = [("cameras", "cameras.csv", "cameras", 7, "lon", "x", "lon 'x' is not a number", "lon“x”不是数字")]
    rejected = pd.DataFrame(lost, columns=contents.rejected.columns)
    return replace(contents, sites={"cameras": frame}, rejected=rejected)


def test_fewer_cameras_than_declared_are_explained_by_rows_not_used_places_outside_and_secrets(small):
    found = row(_with_cameras(small), item="监控探头", value="6")
    assert (found.verdict, found.computed, found.difference) == ("differs", 4, -2)
    for said in ("少 2 个", "2 个不在任何单元内", "涉密 1 个", "有 1 行不能使用", "1 个编号重复"):
        assert said in found.why_zh
    assert codes(found) == ["c2"]
    assert "cameras.csv #7" in [case.code for listing in found.lists for case in listing.cases]
    assert "c3" not in codes(found), "a secret place is never listed"
    assert row(_with_cameras(small), item="雪亮工程", value="2").verdict == "holds"
    assert row(_with_cameras(small), item="摄像机", kind="雪亮 工程", value="2").verdict == "holds"
    assert row(_with_cameras(small), item="摄像机", kind="人脸识别", value="2").verdict == "unknown"
    assert "只是区内" in row(_with_cameras(small), item="摄像机", value="2").why_zh


def test_given_polygons_tell_their_pieces_repetitions_and_losses(small):
    units = small.plan.frame("grid")
    squares = units.geometry.to_numpy()
    two = shapely.union_all(squares[[0, 5]])
    polygons = gpd.GeoDataFrame(
        {"code": [units.index[0], *units.index[1:4], units.index[3], "999"]}, geometry=[two, *squares[1:5], squares[9]], crs=CRS
    )
    contents = replace(small, given={"grid": polygons})
    found = row(contents, item="网格", value="7")
    assert "按块数是 7 块" in found.why_zh
    assert [codes(found, i) for i in range(3)] == [[units.index[3]], ["999"], [units.index[0]]]
    assert "似乎是块数" in row(contents, item="网格", value="7").why_zh


def test_households_say_how_many_are_estimates_and_list_the_buildings(small):
    buildings = gpd.GeoDataFrame(
        {"id": ["b1", "b2"], "address": ["甲", "乙"], "households": [500.0, 1500.0], "households_source": ["estimate", "table"]},
        geometry=small.plan.base.cells.geometry.to_numpy()[:2],
        crs=CRS,
    )
    found = row(replace(small, layers={"buildings": buildings}), item="户数", value="2000余")
    assert found.verdict == "holds"
    assert "500 户（25.0 %）是估算的" in found.why_zh
    assert codes(found) == ["b1"]
    assert row(replace(small, layers={"buildings": buildings}), item="楼栋", value="2").verdict == "holds"


def test_nobody_gave_people(small):
    nobody = city(20, homes=0)
    assert row(nobody, item="户数", value="5").verdict == "unknown"
    assert row(small, item="人口", value="6000").verdict == "holds"


def test_an_item_that_two_inputs_know_wants_to_be_told_apart(small):
    contents = replace(_with_cameras(small), tables={"organisations": pd.DataFrame({"id": ["x"], "kind": ["雪亮工程"]})})
    assert "类别写在 kind" in row(contents, item="雪亮工程", value="2").why_zh
    assert row(contents, item="组织", kind="雪亮工程", value="1").verdict == "holds"


def test_a_scheme_may_make_a_difference_an_error(small):
    strict = replace(small, plan=replace(small.plan, scheme=replace(small.plan.scheme, severity={"count_mismatch": "error"})))
    assert row(strict, item="网格", value="21").severity == "error"
    assert row(small, item="网格", value="21").severity == "warning"


def test_nothing_declared_is_nothing_to_tell(small):
    assert rows(small) == []
    assert rows(declaring(small, [])) == []


@pytest.mark.parametrize("words", EXPLAIN.values())
def test_every_explanation_speaks_both_languages_of_the_same_facts(words):
    facts = [{re.sub("_(zh|en)$", "", name) for _, name, _, _ in Formatter().parse(words[language]) if name} for language in ("zh", "en")]
    assert facts[0] == facts[1]
    assert words["zh"][-1] in "。}"
    assert words["en"][-1] in ".}"


def test_a_kind_is_known_with_its_role_or_level_in_the_words(small):
    assert row(_with_cameras(small), item="雪亮工程监控", value="2").verdict == "holds"
    organisations, memberships = bodies(grid_codes(small), {"党支部": 4, "党小组": 3})
    contents = replace(small, tables={"organisations": organisations, "memberships": memberships})
    found = row(contents, item="网格党支部", value="4")
    assert (found.figure, found.level, found.verdict) == ("organisations", "grid", "holds")


def test_a_word_for_all_officers_means_one_kind_where_the_scheme_calls_that_kind_so(small):
    people = replace(small, tables={"staff": pd.DataFrame({"id": ["a", "b", "c"], "kind": ["full_time", "full_time", "other"]})})
    assert row(people, item="网格员", value="3").verdict == "holds"
    named = replace(small.plan.scheme, staff={"full_time": StaffKind(Text("网格员", "grid officer"))})
    contents = replace(people, plan=replace(small.plan, scheme=named))
    assert row(contents, item="网格员", value="2").verdict == "holds"


def test_more_figures_than_anybody_reads_are_refused():
    with pytest.raises(InputError, match="1,001 declared figures"):
        to_meta([Declared("网格", "", "1")] * 1001)


@settings(max_examples=60, deadline=None)
@given(
    st.text(max_size=60),
    st.sampled_from(["", "网格", "grid", "社区", "区", "x"]),
    st.sampled_from(["", "支部", "?"]),
    st.sampled_from(["3", "5余", "0", "1-2"]),
)
def test_whatever_an_item_is_called_the_row_is_told_and_never_right_by_accident(small, item, level, kind, value):
    found = row(small, item=item or "网格", level=level, kind=kind, value=value)
    assert found.verdict in ("holds", "differs", "unknown")
    assert (found.computed is None) == (found.verdict == "unknown")
    assert found.why
    assert found.why_zh
    json.dumps(found.to_json(small.plan.base.crs), allow_nan=False)


def test_an_item_of_brackets_costs_no_time(small):
    assert row(small, item="(" * 1_000_000, value="3").verdict == "unknown"
