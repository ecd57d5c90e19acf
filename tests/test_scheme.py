"""Schemes: what is built in, what a scheme must say, and what is said of one that says something else."""

import pytest

from geogrid.catalogue import MESSAGES
from geogrid.errors import SchemeError
from geogrid.scheme import DEFAULTS, CodeRule, Text, built_in, parse_scheme, read_scheme

LEVEL = '[[levels]]\nid = "grid"\nmake = "bounds"\nhouseholds = [300, 500]\n'


def refused(text: str) -> SchemeError:
    with pytest.raises(SchemeError) as caught:
        parse_scheme(text, "own")
    assert caught.value.message_zh != caught.value.message
    return caught.value


@pytest.mark.parametrize("name", built_in())
def test_a_built_in_scheme_has_levels_with_names_in_both_languages(name: str):
    scheme = read_scheme(name)
    assert (scheme.id, len(scheme.levels) >= 1) == (name, True)
    assert all(level.name.zh and level.name.en for level in scheme.levels)
    assert set(scheme.severity) <= set(MESSAGES)
    assert set(scheme.defaults) == set(DEFAULTS)
    assert {kind.one_per for kind in scheme.stations.values()} <= {"", *(level.id for level in scheme.levels)}


def test_lubei_wants_its_declared_count_and_a_day_care_in_every_community():
    scheme = read_scheme("lubei")
    grid = scheme.level("grid")
    assert (grid.make, grid.count, grid.households, grid.code) == ("count", 2257, (60, 260), CodeRule(3))
    assert scheme.stations["day_care"].one_per == "community"
    assert (scheme.depth("street"), scheme.depth("microgrid")) == (0, 3)
    assert grid.kinds == {"base": True, "dedicated": False}


def test_an_unknown_scheme_is_answered_with_the_nearest_one():
    with pytest.raises(SchemeError, match="did you mean 'lubei'"):
        read_scheme("lubie")
    with pytest.raises(SchemeError, match="known: area-block-group"):
        read_scheme("zzz")


def test_a_scheme_is_read_by_path_from_the_recipes_folder(tmp_path):
    (tmp_path / "own.toml").write_text(LEVEL, "utf-8")
    assert read_scheme("own.toml", tmp_path).id == "own"
    with pytest.raises(SchemeError, match="unknown scheme"):
        read_scheme("own.toml", tmp_path / "elsewhere")


@pytest.mark.parametrize("content", ["名称".encode("gbk"), b"\xff\xfe"])
def test_a_scheme_that_is_not_utf8_is_refused(tmp_path, content: bytes):
    (tmp_path / "own.toml").write_bytes(content)
    with pytest.raises(SchemeError, match="not readable as UTF-8"):
        read_scheme("own.toml", tmp_path)


@pytest.mark.parametrize("name", ["", ".", "a\0b", "x" * 5000])
def test_a_name_that_is_no_file_is_an_unknown_scheme(tmp_path, name: str):
    with pytest.raises(SchemeError, match="unknown scheme"):
        read_scheme(name, tmp_path)


def test_a_name_in_one_language_serves_for_both():
    assert parse_scheme('name = "网格"\n' + LEVEL, "own").name == Text("网格", "网格")
    assert parse_scheme('name = { zh = "网格" }\n' + LEVEL, "own").name.say("en") == "网格"
    assert Text("网格", "grid").say("zh-CN") == "网格"


def test_a_level_is_called_by_its_id_and_taken_from_its_role():
    scheme = parse_scheme(LEVEL + '[[levels]]\nid = "block"\nmake = "given"\n', "own")
    assert [level.role for level in scheme.levels] == ["grids", "blocks"]
    with pytest.raises(SchemeError, match="did you mean 'block'"):
        scheme.level("blok")


def test_a_recipe_lays_its_own_bounds_over_a_level():
    scheme = read_scheme("community-grid-microgrid").with_levels({"microgrid": {"households": [8, 12], "split_floors": True}})
    assert scheme.level("microgrid").households == (8, 12)
    assert scheme.level("microgrid").split_floors
    assert scheme.level("grid").households == (300, 500)
    assert read_scheme("community-grid-microgrid").level("microgrid").households == (10, 15)


def test_the_options_of_a_level_are_off_unless_asked_for():
    plain = read_scheme("community-grid-microgrid").level("microgrid")
    assert (plain.link_m, plain.halve, plain.split_floors, plain.weigh, plain.keep_buildings_whole) == (0.0, False, False, "households", False)
    asked = {"link_m": 200, "split_floors": True, "keep_buildings_whole": True}
    level = read_scheme("community-grid-microgrid").with_levels({"microgrid": asked}).level("microgrid")
    assert {key: getattr(level, key) for key in asked} == asked
    assert parse_scheme('[[levels]]\nid = "grid"\nmake = "count"\ncount = 3\nweigh = "area"\n', "own").level("grid").weigh == "area"


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        ({"microgird": {}}, "did you mean 'microgrid'"),
        ({"microgrid": {"household": [1, 2]}}, "did you mean 'households'"),
        ({"microgrid": {"households": [15, 10]}}, "lower"),
        ({"microgrid": {"households": [0, 10]}}, "lower"),
        ({"microgrid": {"households": [True, 10]}}, "lower"),
        ({"microgrid": {"households": "10-15"}}, "lower"),
        ({"microgrid": {"make": "bonds"}}, "did you mean 'bounds'"),
        ({"microgrid": {"make": ["bounds"]}}, "unknown make"),
        ({"microgrid": {"make": "seed"}}, "did you mean 'seeds'"),
        ({"grid": {"make": "seeds"}}, "at the lowest level"),
        ({"grid": {"halve": True}}, "at the lowest level"),
        ({"microgrid": {"make": "seeds", "halve": True}}, "not seeds"),
        ({"microgrid": {"households": [10, 10**20]}}, "households"),
        ({"grid": {"make": "count", "count": 5, "weigh": "area", "households": [1, 2]}}, "no bounds"),
        ({"grid": {"split_floors": True}}, "at the lowest level"),
        ({"microgrid": {"halve": True, "keep_buildings_whole": True}}, "keep_buildings_whole = false"),
        ({"microgrid": {"make": "count"}}, "positive number"),
        ({"microgrid": {"make": "count", "count": 0}}, "positive number"),
        ({"microgrid": {"make": "count", "count": True}}, "positive number"),
        ({"community": {"make": "bounds"}}, "households = "),
        ({"microgrid": {"split_floors": "yes"}}, "split_floors"),
        ({"microgrid": {"link_m": "far"}}, "link_m"),
        ({"microgrid": {"link_m": -1}}, "link_m"),
        ({"microgrid": {"link_m": float("inf")}}, "link_m"),
        ({"microgrid": {"keep_buildings_whole": 1}}, "keep_buildings_whole"),
        ({"microgrid": {"weigh": "aera"}}, "did you mean 'area'"),
        ({"microgrid": {"weigh": "area"}}, 'make = "count"'),
    ],
)
def test_an_override_that_makes_no_sense_is_refused(overrides, said: str):
    with pytest.raises(SchemeError, match=said):
        read_scheme("community-grid-microgrid").with_levels(overrides)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("levels", "not TOML"),
        ("", "at least one"),
        ("levels = 3", "at least one"),
        ("levels = [1]", "at least one"),
        ('lvels = 1\n[[levels]]\nid = "a"', "did you mean 'levels'"),
        ('[[levels]]\nid = "网格"', "ASCII word"),
        ('[[levels]]\nid = "a b"', "ASCII word"),
        ('[[levels]]\nname = "x"', "ASCII word"),
        ('[[levels]]\nid = "cell"', "has a meaning of its own"),
        ('[[levels]]\nid = "stations"', "has a meaning of its own"),
        ('[[levels]]\nid = "a"\n[[levels]]\nid = "a"', "repeat"),
        (LEVEL + 'code = { digits = "three" }', "digits"),
        (LEVEL + "code = { digits = 0 }", "digits"),
        (LEVEL + 'code = { digits = 3, order = "N-W" }', "order"),
        (LEVEL + 'code = { digits = 3, form = "parent" }', "did you mean 'from'"),
        (LEVEL + "code = 3", "code"),
        (LEVEL + "kinds = { base = 3 }", "kinds"),
        (LEVEL + "name = 3", "name"),
        (LEVEL + "complete = 3", "complete"),
        (LEVEL + "[defaults]\ncampus = 3", "did you mean 'campus_m2'"),
        (LEVEL + '[defaults]\ndwelling_m2 = "big"', "dwelling_m2"),
        (LEVEL + "[defaults]\ndwelling_m2 = 0", "dwelling_m2"),
        (LEVEL + '[severity]\ngap = "fatal"', "error or warning"),
        (LEVEL + '[severity]\ngpa = "error"', "did you mean 'gap'"),
        (LEVEL + "[stations]\nday_care = 3", "day_care"),
        (LEVEL + '[stations.day_care]\none_per = "grd"', "did you mean 'grid'"),
    ],
)
def test_a_scheme_that_contradicts_itself_is_refused_and_the_key_is_named(text: str, said: str):
    assert said in refused(text).message


def test_a_level_shared_out_by_land_has_no_bounds_of_households():
    by_land = read_scheme("community-grid-microgrid").with_levels({"grid": {"make": "count", "count": 5, "weigh": "area"}}).level("grid")
    assert (by_land.weigh, by_land.households) == ("area", None)


def test_a_scheme_like_another_takes_the_sections_that_it_does_not_write():
    own = parse_scheme('like = "lubei"\n' + LEVEL.replace("grid", "community") + LEVEL + "[staff.head]\n[emergency]\nunder = 'community'", "own")
    lubei = read_scheme("lubei")
    assert (own.stations, own.organisations, own.cameras, own.severity) == (lubei.stations, lubei.organisations, lubei.cameras, lubei.severity)
    assert list(own.staff) == ["head"]
    assert own.name == lubei.name


@pytest.mark.parametrize(
    ("name", "said"), [('"lubie"', "did you mean 'lubei'"), ("3", "the id of"), ('""', "unknown scheme ''"), ('["lubei"]', "the id of")]
)
def test_a_scheme_can_only_be_like_one_that_there_is(name: str, said: str):
    assert said in refused(f"like = {name}\n{LEVEL}").message


def test_what_is_taken_from_another_scheme_must_fit_the_levels_of_its_own():
    assert "unknown level 'community'" in refused('like = "lubei"\n' + LEVEL).message
