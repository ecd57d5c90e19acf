"""Figures as people write them: what is read, as what, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from geogrid.declared import MAX_LENGTH, read_amount
from geogrid.errors import InputError, RecipeError
from geogrid.pipeline.build import build
from geogrid.recipe import read_recipe
from geogrid.report import compare_declared
from tests.world import WEST, quarter, write

INF = float("inf")
COUNTS = st.integers(0, 10**9)
NOUNS = st.sampled_from(["", "个", "户", "栋", "名", "路", " grids", "个党员中心户"])


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("2257", 2257, 2257),
        ("785,000", 785_000, 785_000),
        ("785，000", 785_000, 785_000),
        ("785 000", 785_000, 785_000),
        ("７８５０００", 785_000, 785_000),
        ("78.5万", 784_500, 785_500),
        ("15.3644万", 153_644, 153_644),
        ("28万居民", 275_000, 285_000),
        ("1.2亿", 115_000_000, 125_000_000),
        ("6000+", 6000, INF),
        ("6000余栋", 6000, INF),
        ("9700余个党员中心户", 9700, INF),
        ("5万余", 50_000, INF),
        ("5余万", 50_000, INF),
        ("5万余名党员", 50_000, INF),
        ("10多", 10, INF),
        ("10多万人", 100_000, INF),
        ("590多件次", 590, INF),
        ("500名以上", 500, INF),
        ("不少于 30 个", 30, INF),
        ("≥100", 100, INF),
        ("at least 30", 30, INF),
        ("近5万", 45_000, 50_000),
        ("约500", 450, 550),
        ("500左右", 450, 550),
        ("不足20", 0, 20),
        ("30以内", 0, 30),
        ("10–15", 10, 15),
        ("10至15户", 10, 15),
        ("10~15", 10, 15),
        ("10-15万", 100_000, 150_000),
        ("5000-1万", 5000, 10_000),
        ("共 12 个", 12, 12),
        ("0", 0, 0),
        ("29.62 km²", 29.615, 29.625),
        ("100%", 100, 100),
    ],
)
def test_a_figure_is_read_as_it_is_meant(text, low, high):
    amount = read_amount(text)
    assert (amount.low, amount.high) == (pytest.approx(low), pytest.approx(high))
    assert amount.text == text


REFUSED = """— | n/a | 十三 | 几十 | -5 | 1e5 | ½ | 78,5 | 1234,567 | 15-10 | 3千5百 | 42+5 | 85 / 1825 | 1:N | 1+3+60+N
2022年 | 第5 | inf | nan | 1. | 1..2
12? | =1+1 | 近5万余 | 10-15-20 | 约10-15 | 0x10 | ١٢ | 5月 | 12️⃣ | 12<b>"""


@pytest.mark.parametrize("text", ["", "   ", "9" * 70, *[word.strip() for line in REFUSED.splitlines() for word in line.split(" | ")]])
def test_what_nobody_can_read_is_refused_and_told_how_to_write_it(text):
    with pytest.raises(InputError, match="can not be read; write one number") as caught:
        read_amount(text)
    assert "读不懂" in caught.value.message_zh
    assert len(caught.value.message) < 3 * MAX_LENGTH


@given(COUNTS, NOUNS)
def test_a_whole_number_holds_for_itself_and_nothing_else(n, noun):
    for text in (f"{n}{noun}", f"{n:,}{noun}", f"共{n}{noun}"):
        amount = read_amount(text)
        assert (amount.low, amount.high, amount.value, amount.bound) == (n, n, n, "")
        assert amount.difference(n + 3) == 3


@given(COUNTS, NOUNS, st.integers(-1000, 1000))
def test_yu_duo_and_plus_are_lower_bounds(n, noun, more):
    for text in (f"{n}余{noun}", f"{n}多{noun}", f"{n}+{noun}", f"{n}{noun}以上", f"{n:,}余{noun}"):
        amount = read_amount(text)
        assert amount.bound == "lower"
        assert amount.holds(n + more) == (more >= 0)


@given(st.decimals(0, 9999, places=2), st.sampled_from(["万", "亿", "千", "百万"]))
def test_what_was_rounded_in_the_writing_may_differ_by_half_of_its_last_digit(number, times):
    amount = read_amount(f"{number}{times}")
    half = 0 if amount.step == 1 else amount.step / 2
    assert amount.low == pytest.approx(max(amount.value - half, 0))  # nothing counted is below none
    assert amount.high == pytest.approx(amount.value + half)
    assert amount.holds(amount.value)
    assert not amount.holds(amount.value + amount.step * 0.51)


@given(COUNTS, COUNTS, st.sampled_from(["-", "–", "—", "~", "～", "至", " to "]))
def test_a_range_holds_inside_and_is_missed_by_the_way_to_its_nearer_end(one, other, dash):
    if one > other:
        with pytest.raises(InputError):
            read_amount(f"{one}{dash}{other}")
        return
    amount = read_amount(f"{one}{dash}{other}")
    assert amount.value is None
    assert amount.holds(one)
    assert amount.holds(other)
    assert (amount.difference(one), amount.difference(other + 2), amount.difference(one - 2)) == (0, 2, -2)


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused_and_what_is_read_is_an_interval(text):
    try:
        amount = read_amount(text)
    except InputError:
        return
    assert 0 <= amount.low <= amount.high
    assert amount.value is None or amount.low <= amount.value <= amount.high


@example("0.0")
@given(st.text("0123456789,. 余多+约近万千百–-至个%", max_size=12))
def test_any_text_that_looks_like_a_figure_is_read_or_refused(text):
    test_any_text_is_read_or_refused_and_what_is_read_is_an_interval.hypothesis.inner_test(text)


HEAD = 'name = "a"\nscheme = "community-grid-microgrid"\n[inputs.buildings]\npath = "b.gpkg"\n'


def _recipe(folder: Path, text: str) -> Path:
    (folder / "recipe.toml").write_text(HEAD + text, "utf-8")
    return folder / "recipe.toml"


def test_a_recipe_keeps_figures_as_they_are_written(tmp_path):
    text = '[[declared]]\nitem = "网格"\nvalue = 2257\n[[declared]]\nitem = "面积"\nvalue = 29.62\nunit = "km2"\nsource = "通报"\n'
    first, second = read_recipe(_recipe(tmp_path, text)).declared
    assert (first.item, first.value, first.where) == ("网格", "2257", "recipe.toml #1")
    assert (second.figure, second.source) == ("29.62 km2", "通报")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '[[declared]]\nitem = "网格"\nvalue = 1\n[[declared]]\nitem = "户数"\nvalue = "很多"\n',
            r"\[\[declared\]\] 2: figure '很多' can not be read",
        ),
        ('[[declared]]\nitem = "网格"\n', "1: needs item"),
        ("[[declared]]\nvalue = 3\n", "1: needs item"),
        ('[[declared]]\nitem = "网格"\nvalu = 3\n', "did you mean 'value'"),
        ('[[declared]]\nitem = "网格"\nvalue = true\n', "must be text or a number"),
        ('[[declared]]\nitem = "网格"\nvalue = 2026-10-31\n', "must be text or a number"),
        ('[declared]\nitem = "网格"\n', "must be a list"),
        ("declared = [3]\n", "must be a table"),
        ('[[declared]]\nitem = "网格"\nvalue = -3\n', "can not be read"),
        ('[[declared]]\nitem = "网格"\nvalue = inf\n', "can not be read"),
    ],
)
def test_a_recipe_that_declares_what_nobody_can_read_is_refused_with_the_row(tmp_path, text, said):
    if text.startswith("declared"):
        (tmp_path / "recipe.toml").write_text(text + HEAD, "utf-8")
    with pytest.raises(RecipeError, match=said):
        read_recipe(_recipe(tmp_path, text) if not text.startswith("declared") else tmp_path / "recipe.toml")


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_file_declares_as_a_recipe_does_and_a_build_says_how_many_hold(tmp_path, ending):
    figures = pd.DataFrame(
        {
            "item": ["社区", "户数", "宇宙飞船"],
            "level": ["", "", ""],
            "value": ["2", "500余户", "3"],
            "source": ["甲", "乙", "丙"],
            "unit": ["", "", ""],
        }
    )
    extra = '[[declared]]\nitem = "摄像头"\nvalue = 4\n'
    recipe = write(tmp_path / ending, {**quarter(), "declared": figures}, extra=extra, declared=ending)
    with build(recipe, tmp_path / "a.gpkg") as project:
        rows = compare_declared(project)
        assert [(row.item, row.verdict, row.where) for row in rows] == [
            ("摄像头", "differs", "recipe.toml #1"),
            ("社区", "holds", f"declared.{ending} #2"),
            ("户数", "holds", f"declared.{ending} #3"),
            ("宇宙飞船", "unknown", f"declared.{ending} #4"),
        ]
        assert project.summary()["declared"] == {"figures_n": 4, "holds": 2, "differs": 1, "unknown": 1}
        found = project.findings()
        (mismatch,) = found[found["rule"] == "count_mismatch"].to_dict("records")
        assert mismatch["severity"] == "warning"
        assert mismatch["message_zh"].startswith("摄像头：申报 4（recipe.toml #1），实有 3")
        assert len(project.validate()) == len(found), "a later check keeps what the build found of the declared figures"


def test_a_file_with_a_figure_that_nobody_can_read_stops_the_build_with_the_row(tmp_path):
    figures = pd.DataFrame({"item": ["社区", "户数"], "value": ["2", "不详"]})
    recipe = write(tmp_path / "bad", {**quarter(), "declared": figures}, declared="csv")
    with pytest.raises(InputError, match="row 3: value '不详' figure '不详' can not be read"):
        build(recipe, tmp_path / "bad.gpkg")


@pytest.mark.parametrize("places", [["117.115", "", ""], ["", "", ""]])
def test_organisations_may_have_a_place_a_code_both_or_neither(tmp_path, places):
    organisations = pd.DataFrame(
        {"id": ["a", "b", "c"], "kind": "支部", "lon": places, "lat": ["36.635" if p else "" for p in places], "unit": ["", WEST, ""]}
    )
    recipe = write(
        tmp_path / "q", {**quarter(), "organisations": organisations}, extra='[[declared]]\nitem = "支部"\nvalue = 3\n', organisations="csv"
    )
    with build(recipe, tmp_path / "a.gpkg") as project:
        assert len(project.table("organisations")) == 3
        row = compare_declared(project)[0]
    assert row.verdict == "holds"
    assert "by a column of codes 1" in row.why


def test_a_file_may_have_chinese_headings(tmp_path):
    figures = pd.DataFrame({"项目": ["社区", "面积"], "层级": ["", ""], "数值": ["2", "12"], "单位": ["个", "公顷"], "来源": ["甲", "乙"]})
    recipe = write(tmp_path / "q", {**quarter(), "declared": figures}, declared="xlsx")
    with build(recipe, tmp_path / "a.gpkg") as project:
        rows = compare_declared(project)
    assert [(row.item, row.verdict, row.declared, row.source) for row in rows] == [
        ("社区", "holds", "2 个", "甲"),
        ("面积", "holds", "12 公顷", "乙"),
    ]
