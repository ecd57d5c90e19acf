"""Findings: a sentence in two languages for every rule, a size, a severity, one frame."""

import string

import pytest
from shapely import Point

from geogrid.catalogue import MESSAGES, REASONS, WHY, why
from geogrid.findings import COLUMNS, Finding, severity_of, to_frame

SIZES = {"level", "units", "area_m2", "length_m", "value"}


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("rule", MESSAGES)
def test_every_rule_speaks_both_languages_even_with_nothing_known(rule: str):
    found = Finding(rule)
    assert found.message[-1] in ".?"
    assert found.message_zh[-1] in "。？"
    assert not fields(found.message) | fields(found.message_zh)
    assert set(MESSAGES[rule]) == {"zh", "en"}


@pytest.mark.parametrize("words", [*REASONS.values(), *WHY.values()])
def test_half_sentences_speak_both_languages_with_the_same_facts(words):
    assert fields(words["zh"]) == fields(words["en"])
    assert words["en"].strip()
    assert words["zh"].strip()


def test_the_message_names_units_and_rounded_size():
    found = Finding("overlap", "grid", ("a", "b"), area_m2=1234.567)
    assert found.message == "a, b overlap by 1,235 m². Give the overlap to one of them."
    assert "1,235 平方米" in found.message_zh
    assert "0.0123 m²" in Finding("overlap", area_m2=0.012345).message


def test_many_units_are_counted_and_facts_go_before_sizes():
    assert "a, b, c, d … (6)" in Finding("gap", units=tuple("abcdef")).message
    assert "12 metres" not in Finding("gap", facts={"area_m2": "plenty"}, area_m2=12.0).message
    assert "plenty" in Finding("gap", facts={"area_m2": "plenty"}, area_m2=12.0).message


def test_braces_and_script_in_data_are_only_text():
    found = Finding("parent_missing", units=("{value}<script>",), facts={"parent": "{0}{x!r}"})
    assert "{value}<script>: its parent “{0}{x!r}”" in found.message


def test_a_message_with_an_empty_fact_has_no_double_blank():
    found = Finding("row_rejected", facts={"file": "a.csv", "row": 3, "reason": "no", "reason_zh": "无"})
    assert found.message == "a.csv row 3 is not used: no. Correct it and read the file again."
    assert found.message_zh.startswith("a.csv 第 3 行")


def test_severity_is_the_promise_unless_the_scheme_says_otherwise():
    assert severity_of("overlap") == severity_of("row_rejected") == "error"
    assert severity_of("estimated") == severity_of("no_station") == severity_of("point_unmatched") == "warning"
    assert severity_of("overlap", {"overlap": "warning"}) == "warning"


def test_a_findings_own_severity_stands_above_the_schemes():
    frame = to_frame([Finding("gap", severity="warning"), Finding("gap"), Finding("sliver")], None, {"gap": "error", "sliver": "error"})
    assert frame["severity"].tolist() == ["warning", "error", "error"]


def test_a_frame_keeps_the_order_and_lists_the_codes():
    frame = to_frame([Finding("gap", "grid", ("b", "a"), Point(1, 2), area_m2=3), Finding("overlap")], "EPSG:4547")
    assert list(frame.columns) == list(COLUMNS)
    assert frame["rule"].tolist() == ["gap", "overlap"]
    assert frame["units"].tolist() == [["b", "a"], []]
    assert frame["area_m2"].dtype == frame["value"].dtype == "float64"
    assert (frame.geometry.iloc[0], frame.geometry.iloc[1]) == (Point(1, 2), None)
    assert frame.crs.to_epsg() == 4547


def test_no_finding_makes_an_empty_frame_of_the_same_columns():
    frame = to_frame([], "EPSG:4547")
    assert (len(frame), list(frame.columns)) == (0, list(COLUMNS))


def test_why_fills_both_halves():
    assert why("no_position") == {"why": "it has none", "why_zh": "没有坐标"}
