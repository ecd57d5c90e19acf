"""Coordinate columns: numbers are numbers, angles are said and converted when the recipe wants it, what else stands there is a fault of its row."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geogrid.reading.angles import parse_dms, why_no_number
from geogrid.reading.coordinates import convert_places

NAMES = {"lon": "经度", "lat": "纬度"}


def table(*rows):
    return pd.DataFrame(list(rows), columns=["经度", "纬度"], index=pd.Index(range(2, len(rows) + 2), name="row"), dtype=object)


def said(places, ours):
    return [(fault.row, fault.field, fault.value, fault.reason) for fault in places.columns[ours].faults]


@pytest.mark.parametrize(
    ("text", "degrees", "axis"),
    [
        ("117°06′30″E", 117 + 6 / 60 + 30 / 3600, "lon"),
        ("117-06-30", 117 + 6 / 60 + 30 / 3600, ""),
        ("117:06:30.5", 117 + 6 / 60 + 30.5 / 3600, ""),
        ("117 06 30", 117 + 6 / 60 + 30 / 3600, ""),
        ("117度6分30秒", 117 + 6 / 60 + 30 / 3600, ""),
        ("东经117度6分30秒", 117 + 6 / 60 + 30 / 3600, "lon"),
        ("１１７°０６′３０″", 117 + 6 / 60 + 30 / 3600, ""),
        ("36°39'N", 36.65, "lat"),
        ("36°39.5'", 36 + 39.5 / 60, ""),
        ("S36°39'00\"", -36.65, "lat"),
        ("117°", 117.0, ""),
    ],
)
def test_an_angle_is_read_however_it_is_written(text, degrees, axis):
    found = parse_dms(text)
    assert found is not None
    assert found == (pytest.approx(degrees, abs=1e-9), axis)


@pytest.mark.parametrize(
    "text", ["", "117.1", "117-06", "117-66-30", "117°60′", "117°6.5′30″", "E117°6′E", "2024-01-02-03", "117°6′30″″", "1170630", "-117-06-30"]
)
def test_what_can_mean_something_else_is_no_angle(text):
    assert parse_dms(text) is None


@given(
    st.integers(0, 179), st.integers(0, 59), st.integers(0, 59), st.sampled_from(["{}°{:02}′{:02}″", "{}-{:02}-{:02}", "{}度{}分{}秒", "{} {} {}"])
)
def test_an_angle_written_is_the_angle_read(degrees, minutes, seconds, form):
    found = parse_dms(form.format(degrees, minutes, seconds))
    assert found is not None
    assert found[0] == pytest.approx(degrees + minutes / 60 + seconds / 3600, abs=1e-9)


@given(st.text(max_size=20))
def test_no_text_breaks_the_parser_and_every_reason_speaks_both_languages(text):
    parse_dms(text)
    assert all(why_no_number(text))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("117°06′30″E", "dms = true"),
        ("１１７．１", "full-width"),
        ("117,1", "decimal comma"),
        ("117.1°", "a unit"),
        ("117.1 度", "a unit"),
        ("117.1E", "a unit"),
        ("约117", "is not a number"),
        ("nan", "is not a number"),
        ("1_17.1", "is not a number"),
    ],
)
def test_a_text_that_is_no_number_is_a_fault_of_its_row_that_tells_what_it_is(text, reason):
    places = convert_places(table((text, "36.65"), ("117.1", "36.6"), ("117.2", "36.6")), NAMES)
    assert [(row, field, value) for row, field, value, _ in said(places, "lon")] == [(2, "经度", text)]
    assert reason in said(places, "lon")[0][3]
    assert pd.isna(places.columns["lon"].values[0])
    assert places.dms_n == 0


def test_angles_are_converted_when_the_recipe_says_so_and_counted():
    places = convert_places(table(("117°06′30″E", "36°39′N"), ("117.5", "36.6"), ("117-66-30", "36.6")), NAMES, dms=True)
    assert places.columns["lon"].values[:2] == pytest.approx([117.108333, 117.5], abs=1e-6)
    assert places.columns["lat"].values[0] == pytest.approx(36.65)
    assert places.dms_n == 2
    assert said(places, "lon") == [(4, "经度", "117-66-30", "is not a number")]


def test_an_angle_of_the_other_axis_is_told_and_fits_when_swapped():
    rows = table(("36°39′N", "117°06′E"), ("117.5", "36.6"), ("117.5", "36.6"))
    places = convert_places(rows, NAMES, dms=True)
    assert "is a latitude in the column of longitudes" in said(places, "lon")[0][3]
    assert "is a longitude in the column of latitudes" in said(places, "lat")[0][3]
    turned = convert_places(rows.iloc[:1], NAMES, dms=True, swap=True)
    assert (turned.columns["lon"].values[0], turned.columns["lat"].values[0]) == (pytest.approx(117.1), pytest.approx(36.65))
    assert not said(turned, "lon") + said(turned, "lat")


def test_a_single_swapped_row_is_a_fault_and_most_rows_are_left_to_those_who_know_the_district():
    one = convert_places(table(("36.6", "117.1"), ("117.1", "36.6"), ("117.1", "36.6")), NAMES)
    assert said(one, "lat") == [(2, "纬度", "117.1", "lies outside -90 … 90: longitude and latitude look swapped")]
    most = convert_places(table(("36.6", "117.1"), ("36.7", "117.1"), ("117.1", "36.6")), NAMES)
    assert not said(most, "lat")
    assert list(most.columns["lat"].values) == [117.1, 117.1, 36.6]


def test_swap_exchanges_the_columns_and_faults_name_the_file_s_own():
    places = convert_places(table(("36.6", "117.1"), ("36.7", "217.1"), ("36.7", "x")), NAMES, swap=True)
    assert list(places.columns["lat"].values) == [36.6, 36.7, 36.7]
    assert [(fault.row, fault.field) for fault in places.columns["lon"].faults] == [(4, "纬度"), (3, "纬度")]


def test_columns_that_are_not_there_and_no_rows_give_nothing():
    assert convert_places(table(), {"id": "经度"}).columns == {}
    assert len(convert_places(table(), NAMES).columns["lon"].values) == 0
