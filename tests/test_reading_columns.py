"""Values by the schema: what converts, what is a fault of its row, and that a code never loses a zero."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geogrid.reading.convert import convert
from geogrid.schema import ROLES, Column

BUILDING, CAMERA, ROAD = (ROLES[role].columns for role in ("buildings", "cameras", "roads"))


def made(values, column, dtype=object):
    series = pd.Series(values, index=range(2, 2 + len(values)), dtype=dtype)
    return convert(series, "theirs", column)


def faults(values, column, dtype=object):
    return [(f.row, f.value) for f in made(values, column, dtype).faults]


@pytest.mark.parametrize("value", ["abc", "-1", -1, "1e308", 301, "inf", "nan", "NA", "-", "１２", "1_0", "6层", "0x10", "1,5", True, "--1", "1.2.3"])
def test_no_floor_number_is_a_fault_that_names_row_field_and_value(value):
    found = made([6, value], BUILDING["floors"])
    assert [(f.row, f.field, f.value) for f in found.faults] == [(3, "theirs", str(value))]
    assert found.values[0] == 6
    assert np.isnan(found.values[1]) or value == "-1" or not np.isfinite(found.values[1])


@pytest.mark.parametrize("value", [2.25, "2.25", " 6 ", "6.", "+6", 0, "1e1", np.float64(3.0)])
def test_floors_may_be_broken_numbers_and_text(value):
    found = made([value], BUILDING["floors"])
    assert not found.faults
    assert found.values[0] == float(value)


@pytest.mark.parametrize("value", [None, "", "  ", np.nan, pd.NA, pd.NaT])
def test_nothing_is_missing_and_no_fault(value):
    assert np.isnan(made([value], BUILDING["floors"]).values[0])
    assert made([value], BUILDING["id"]).values[0] == ""
    assert made([value], CAMERA["secret"]).values[0] == np.False_
    assert not made([value], CAMERA["direction"]).faults


@pytest.mark.parametrize("value", [2.5, "2.5", -3, "-3"])
def test_households_are_whole_and_not_negative(value):
    assert faults([value, 3], BUILDING["households"]) == [(2, str(value))]


def test_numeric_columns_are_checked_as_text_ones_are():
    assert faults([1.5, 2.0, np.nan], BUILDING["households"], "float64") == [(2, "1.5")]
    assert faults([np.inf, -1.0], BUILDING["floors"], "float64") == [(2, "inf"), (3, "-1.0")]
    assert not faults([1, 2, 3], BUILDING["households"], "int64")
    assert np.isnan(made([1, None], BUILDING["households"], "Int64").values[1])


@pytest.mark.parametrize(
    ("value", "text"),
    [("0101", "0101"), (101.0, "101"), (101, "101"), (370102001001001001, "370102001001001001"), (" A1 ", "A1"), ("101.0", "101.0"), (True, "True")],
)
def test_codes_are_text(value, text):
    found = made([value], BUILDING["id"])
    assert (found.values[0], found.faults) == (text, [])


def test_codes_of_typed_columns_are_text_without_a_point():
    assert list(made([101, 102], BUILDING["id"], "int64").values) == ["101", "102"]
    assert list(made([101, np.nan], BUILDING["id"], "float64").values) == ["101", ""]


@pytest.mark.parametrize("value", ["1.10101E+11", "1.10101E11", "1e11", "1,10101E+11", "1.10101Ｅ+11", "1.1E-5", 3.70102001001001e17, 1e15])
def test_a_code_that_a_spreadsheet_spoiled_is_a_fault(value):
    assert len(faults(["0101", value], BUILDING["id"])) == 1
    assert not faults(["1E3"], BUILDING["address"])


@given(st.lists(st.text(alphabet="0123456789", min_size=1, max_size=20)))
def test_a_code_of_digits_comes_out_as_it_went_in(codes):
    assert list(made(codes, BUILDING["id"]).values) == codes


def test_invisible_characters_are_taken_out_and_counted():
    found = made(["裕\u200b华", "ok", "a\u202eb", "e\u0301", "两\n行"], BUILDING["address"])
    assert list(found.values) == ["裕华", "ok", "ab", "é", "两\n行"]
    assert found.cleaned_n == 2


def test_a_text_without_end_is_a_fault_and_a_long_one_is_not():
    assert [row for row, _ in faults(["x" * 40_000, "y" * 30_000], BUILDING["address"])] == [2]


@pytest.mark.parametrize(("value", "degrees"), [("1", 90), (3, 180), (3.0, 180), ("东南", 135), ("nw", 315), ("NE", 45), ("5", 135), (4, 0)])
def test_directions_by_the_national_standard(value, degrees):
    found = made([value], CAMERA["direction"])
    assert (found.values[0], found.faults) == (degrees, [])


@pytest.mark.parametrize("value", [0, 9, "90", "up", 2.5, -1])
def test_any_other_direction_is_a_fault(value):
    assert faults([value], CAMERA["direction"]) == [(2, str(value))]


def test_flags_are_yes_or_no_and_a_barriers_kind_of_bridge_is_a_yes():
    assert list(made(["是", "no", 1, 0.0, True, None], CAMERA["sign_installed"]).values) == [True, False, True, False, True, False]
    assert faults(["maybe"], CAMERA["sign_installed"]) == [(2, "maybe")]
    assert list(made(["viaduct", "yes", "no", np.nan], ROAD["bridge"]).values) == [True, True, False, False]
    assert list(made([True, False], CAMERA["secret"], "bool").values) == [True, False]


@pytest.mark.parametrize("column", [Column(kind) for kind in ("text", "code", "number", "flag", "presence", "compass")])
@pytest.mark.parametrize("dtype", [object, "float64", "int64", "str", "bool"])
def test_an_empty_column_converts_to_nothing(column, dtype):
    found = made([], column, dtype)
    assert (len(found.values), found.faults) == (0, [])
