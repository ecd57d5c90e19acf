"""Roles and columns are promises; the hint names the nearest."""

import pytest

from geogrid.schema import COMPASS_DEG, GEOMETRIES, ROLES, nearest

PROMISED = {
    "communities": "code name parent kind",
    "buildings": "id address floors households persons use height_m community",
    "entrances": "id building address floors households",
    "households": "id building entrance floor door persons centre",
    "roads": "class name main bridge tunnel layer",
    "green": "class name main bridge tunnel layer",
    "stations": "id kind name capacity host area_m2 equipment hub",
    "cameras": "id kind name direction_deg direction range_m angle_deg height_m ptz gb_code sign_installed secret",
    "prohibited": "kind",
    "staff": "id name kind phone duties unit",
    "organisations": "id name kind parent unit valid_from valid_to",
    "memberships": "member target_kind target post valid_from valid_to",
    "workplaces": "id name",
    "overlays": "id kind action member target_kind target post valid_from valid_to",
    "events": "id kind time state closed_at reporter_kind",
    "patrols": "officer time accuracy_m track",
    "declared": "item level kind value unit source note",
}


@pytest.mark.parametrize("role", PROMISED)
def test_every_promised_column_is_known(role):
    assert set(PROMISED[role].split()) <= set(ROLES[role].columns)


def test_only_levels_of_the_division_need_a_code_and_only_patrols_a_time():
    required = {role for role, spec in ROLES.items() for column in spec.columns.values() if column.required}
    assert required == {"streets", "communities", "grids", "microgrids", "compounds", "patrols"}


def test_every_role_has_a_known_geometry_and_every_column_a_known_type():
    assert {spec.geometry for spec in ROLES.values()} <= set(GEOMETRIES)
    types = {kind for spec in ROLES.values() for kind in spec.types.values()}
    assert types <= {"text", "code", "number", "flag", "presence", "compass", "amount", "moment", "dated", "when", "state"}


def test_the_national_standard_numbers_directions_east_west_south_north_first():
    assert [COMPASS_DEG[str(i)] for i in range(1, 9)] == [90, 270, 180, 0, 135, 45, 225, 315]
    assert (COMPASS_DEG["东"], COMPASS_DEG["nw"], COMPASS_DEG["东北"]) == (90, 315, 45)


def test_the_nearest_word_ignores_case():
    assert nearest("FLOOR", ["id", "Floors"])[0] == "did you mean 'Floors'?"
    assert nearest("zzz", ["id", "name"])[0] == "known: id, name"
    assert nearest("层", ["层数", "户数"])[1] == "是否想写 '层数'？"
