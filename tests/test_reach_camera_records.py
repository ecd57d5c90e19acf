"""Records of cameras: what is given, what is a default, how far off a direction may be, what a national code must look like."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geogrid.errors import SchemeError
from geogrid.reach.camera_records import MOST_RANGE_M, camera_defaults, code_faults, find_code_fault, ids_of, resolve
from geogrid.scheme import parse_scheme, read_scheme

SCHEME = read_scheme("lubei")
LEVELS = '[[levels]]\nid = "grid"\nname = "grid"\nmake = "given"\n'


def one(**values):
    return resolve(pd.DataFrame([values]), SCHEME)


def test_what_the_record_says_is_taken():
    kit = one(id="a", ptz="3", direction_deg=100.0, angle_deg=50.0, range_m=70.0, height_m=5.0)
    assert (kit.direction_deg[0], kit.angle_deg[0], kit.range_m[0], kit.height_m[0]) == (100.0, 50.0, 70.0, 5.0)
    assert kit.defaults == ((),)
    assert kit.uncertain_deg[0] == 0


def test_what_it_leaves_out_is_the_schemes_and_named():
    kit = one(id="a", ptz="4", direction_deg=10.0)
    assert (kit.angle_deg[0], kit.range_m[0], kit.height_m[0]) == (60.0, 100.0, 6.0)
    assert kit.defaults == (("angle_deg", "range_m", "height_m"),)


def test_zero_is_not_given():
    kit = one(id="a", ptz="3", direction_deg=0.0, angle_deg=0.0, range_m=0.0, height_m=0.0)
    assert kit.defaults == (("angle_deg", "range_m", "height_m"),)
    assert kit.direction_deg[0] == 0.0  # north


def test_an_unknown_type_is_taken_for_a_fixed_one_and_named():
    for ptz in ("", "9", None):
        kit = one(id="a", ptz=ptz, direction_deg=10.0)
        assert kit.defaults[0][0] == "ptz"
        assert kit.angle_deg[0] == 60.0
        assert not kit.is_dome[0]


def test_a_camera_without_direction_sees_nothing_surely_and_all_round_perhaps():
    kit = one(id="a", ptz="3")
    assert (kit.sure_deg()[0], kit.perhaps_deg()[0]) == (0.0, 360.0)
    assert "direction" in kit.defaults[0]


@pytest.mark.parametrize("values", [{"ptz": "1", "angle_deg": 60.0}, {"ptz": "2"}, {"ptz": "3", "angle_deg": 360.0}])
def test_a_dome_sees_all_round_surely_whatever_its_lens(values):
    kit = one(id="a", **values)
    assert (kit.sure_deg()[0], kit.perhaps_deg()[0]) == (360.0, 360.0)
    assert "direction" not in kit.defaults[0]


def test_one_of_eight_directions_narrows_what_is_sure_and_widens_what_is_perhaps():
    wide, narrow = one(ptz="3", direction_deg=90.0, direction_is_eighth=True, angle_deg=60.0), one(ptz="3", direction_deg=90.0, angle_deg=40.0)
    assert (wide.sure_deg()[0], wide.perhaps_deg()[0]) == (15.0, 105.0)
    assert (narrow.sure_deg()[0], narrow.perhaps_deg()[0]) == (0.0, 85.0)


def test_multiples_of_45_count_as_one_of_eight_where_nobody_says_and_most_are_such():
    said = resolve(pd.DataFrame({"ptz": "3", "direction_deg": [90.0, 135.0], "direction_is_eighth": False}), SCHEME)
    assert not said.is_guessed_eighth
    assert (said.uncertain_deg == 0).all()
    guessed = resolve(pd.DataFrame({"ptz": "3", "direction_deg": [90.0, 135.0, 17.0]}), SCHEME)
    assert guessed.is_guessed_eighth
    assert guessed.uncertain_deg.tolist() == [22.5, 22.5, 0.0]
    measured = resolve(pd.DataFrame({"ptz": "3", "direction_deg": [90.0, 101.0, 17.0]}), SCHEME)
    assert not measured.is_guessed_eighth


def test_a_range_beyond_all_sense_is_cut_and_named():
    kit = one(id="a", ptz="1", range_m=50_000.0)
    assert kit.range_m[0] == MOST_RANGE_M
    assert kit.range_capped[0]


def test_no_columns_and_no_rows_are_no_fault():
    assert len(resolve(pd.DataFrame({"id": []}), SCHEME)) == 0
    kit = resolve(gpd.GeoDataFrame({"row": [7]}, geometry=gpd.points_from_xy([0], [0])), SCHEME)
    assert kit.id.tolist() == ["#7"]
    assert kit.defaults == (("ptz", "direction", "angle_deg", "range_m", "height_m"),)


def test_a_scheme_without_cameras_has_the_shipped_defaults_and_one_type_of_its_own_may_lack_what_it_wants():
    bare = replace(SCHEME, cameras={})
    assert camera_defaults(bare)["2"] == {"angle_deg": 360, "range_m": 50, "height_m": 3.5}
    own = camera_defaults(replace(SCHEME, cameras={"7": {"range_m": 30}}))["7"]
    assert own == {"angle_deg": 60, "range_m": 30, "height_m": 4}


@pytest.mark.parametrize("entry", ["angle = 3", 'range_m = "far"', "height_m = 0", "range_m = true"])
def test_a_scheme_with_a_wrong_default_is_refused(entry):
    with pytest.raises(SchemeError, match=r"cameras\.3"):
        parse_scheme(f'name = "x"\n{LEVELS}[cameras.3]\n{entry}\n', "x")


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("13020300001320000167", ""),
        ("13020300001310000167", ""),
        ("", ""),
        ("1302030000132000016", "gb_digits"),
        ("1302030000132000016X", "gb_digits"),
        ("１３０２０３００００１３２００００１６７", "gb_digits"),
        ("00000000001320000167", "gb_civil"),
        ("13020300001180000167", "gb_type"),
    ],
)
def test_a_national_code_has_twenty_digits_a_division_and_the_type_of_a_camera(code, fault):
    assert find_code_fault(code) == fault


def test_faults_of_codes_are_by_row_and_ids_that_are_missing_are_rows():
    rows = pd.DataFrame({"id": ["甲", None], "gb_code": ["1", "13020300001320000167"], "row": [4, 5]})
    assert code_faults(rows) == {0: "gb_digits"}
    assert ids_of(rows).tolist() == ["甲", "#5"]
    assert np.array_equal(ids_of(rows[["row"]]), ["#4", "#5"])
