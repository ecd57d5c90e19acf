"""A place or an address resolves to its units and to who is responsible, at any moment: library and command line."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from geogrid.cli import main
from geogrid.errors import InputError, NotFoundError
from geogrid.pipeline.lookup import Lookup, lookup_of, parse_when
from geogrid.store import open_project, write_project
from tests.staffed_town import LENT, NOW, degrees, staffed_contents, staffed_project
from tests.tiny import EAST, WEST, tiny_contents


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return staffed_project(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="module")
def find(town: Path):
    with open_project(town) as project:
        yield lookup_of(project)


def at(text: str) -> datetime:
    return parse_when(text, lambda: datetime(2026, 3, 1, tzinfo=UTC))


def posts(answer: dict) -> list[tuple[str, str, str]]:
    return [(line["unit"], line["staff"], line["post"]) for line in answer["responsible"]]


def run(*words: object, stdin: str = "", language: str = "en") -> Result:
    return CliRunner(env={"GEOGRID_LANG": language}).invoke(main, [str(word) for word in words], input=stdin)


def test_a_place_names_the_shop_beside_it_then_its_units_from_below(find: Lookup):
    answer = find.at(*degrees(0.5, 0.5), when=at(NOW))
    assert posts(answer) == [
        (WEST + "001001", "P5", "商超网格员"),
        (WEST + "001001", "P4", "微网格员"),
        (WEST + "001", "P1", "网格长"),
        (WEST, "P6", "书记"),
    ]
    assert answer["responsible"][2]["duties"] == "信息采集、巡查"
    above = find.at(*degrees(0.5, 0.5), floor=5, when=at(NOW))
    assert [line[:2] for line in posts(above)] == [(WEST + "001", "P5"), (WEST + "001", "P1"), (WEST, "P6")]


def test_memberships_and_overlays_hold_on_their_dates(find: Lookup):
    south_west, north_east = degrees(0.5, 3.5), degrees(3.5, 0.5)
    assert posts(find.at(*south_west, when=at("2025-12-31T23:59")))[0] == (WEST + "002", "P1", "代理网格长")
    assert posts(find.at(*south_west, when=at("2026-01-01T00:00")))[0] == (WEST + "002", "P2", "网格长")
    assert posts(find.at(*south_west, when=at(LENT))) == [(WEST, "P6", "书记")]
    (lent,) = find.at(*north_east, when=at(LENT))["responsible"]
    assert (lent["unit"], lent["staff"], lent["post"], lent["overlay"]) == (EAST + "001", "P2", "驰援", "flood")
    assert find.at(*north_east, when=at("2026-06-11"))["responsible"] == []


def test_what_is_missing_follows_the_moment(find: Lookup):
    def lacking(when: str) -> list[str]:
        return find.gaps(at(when))["code"].tolist()

    assert lacking(NOW) == [EAST + "001"]
    assert lacking(LENT) == [WEST + "002"]
    assert find.gaps(at(NOW)) is find.gaps(at("2026-03-05"))


def test_an_address_is_its_building_its_entrance_or_its_station(find: Lookup):
    tower = find.of_address("建华大街1号", when=at(NOW))
    assert (tower["address"], tower["units"]["grid"], len(tower["stack"])) == ("建华大街1号", WEST + "001", 2)
    door = find.of_address("建华大街一号 1单元 301", when=at(NOW))
    assert (door["address"], door["units"]["microgrid"], door["candidates"]) == ("建华大街1号1单元", WEST + "001001", [])
    assert find.of_address("党群服务站", when=at(NOW))["responsible"][0]["staff"] == "P5"
    several = find.of_address("建华大街", when=at(NOW))
    assert (several["lon"], several["responsible"], set(several["units"].values())) == (None, [], {None})
    assert [place["address"] for place in several["candidates"][:2]] == ["建华大街1号", "建华大街2号"]
    with pytest.raises(NotFoundError):
        find.of_address("别处", when=at(NOW))


def test_a_place_outside_has_neither_units_nor_people(find: Lookup):
    answer = find.at(0, 0, when=at(NOW))
    assert (set(answer["units"].values()), answer["responsible"], find.near(0, 0)) == ({None}, [], [])
    with pytest.raises(InputError):
        find.at(200, 0, when=at(NOW))


def test_a_project_without_people_still_tells_units(tmp_path: Path):
    write_project(tiny_contents(), tmp_path / "bare.gpkg")
    with open_project(tmp_path / "bare.gpkg") as project:
        answer = lookup_of(project).of_address("建华大街9号", when=at(NOW))
    assert (answer["units"]["grid"], answer["responsible"]) == (WEST + "002", [])
    done = run("people", tmp_path / "bare.gpkg")
    assert (done.exit_code, "[inputs.staff]" in done.stdout) == (0, True)


@pytest.mark.parametrize("text", ["noon", "2026-02-30", "2026-13-01T00:00", "1", "0001-01-01"])
def test_what_is_no_moment_is_refused(text: str, town: Path):
    with pytest.raises(InputError):
        at(text)
    refused = run("people", town, "--at", text)
    assert (refused.exit_code, refused.stdout) == (2, "")


def test_locate_answers_an_address_as_json_and_in_words(town: Path):
    answer = json.loads(run("locate", town, "--address", "建华大街1号1单元", "--at", NOW, "--json").stdout)
    assert [line["staff"] for line in answer["responsible"]] == ["P5", "P4", "P1", "P6"]
    assert set(answer["responsible"][0]) == {"level", "unit", "staff", "name", "post", "duties", "phone", "overlay"}
    words = run("locate", town, "--address", "建华大街1号1单元", "--at", NOW, language="zh").stdout
    assert "网格员0001\t网格长\t信息采集、巡查\t00000000001" in words
    several = run("locate", town, "--address", "建华大街")
    assert (several.exit_code, several.stdout.splitlines()[0].split("\t")[0]) == (1, "建华大街1号")
    assert run("locate", town, "--address", "nowhere").exit_code == 2
    assert run("locate", town, "1", "1", "--address", "x").exit_code == 2


def test_locate_reads_addresses_from_csv_and_goes_on_after_an_unknown_one(town: Path):
    done = run("locate", town, "--at", NOW, stdin="address,floor\n建华大街9号,\nnowhere,\n建华大街1号,5\n")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["units"]["microgrid"] for line in lines] == [WEST + "002001", None, WEST + "001002"]


def test_people_tells_completeness_gaps_and_a_unit(town: Path):
    told = json.loads(run("people", town, "--at", NOW, "--json").stdout)
    (grids,) = [row for row in told["levels"] if row["asked"]]
    assert (grids["level"], grids["units"], grids["complete"], grids["share"], grids["people"]) == ("grid", 4, 3, 0.75, 3)
    (gap,) = told["gaps"]
    assert (gap["code"], gap["missing"], gap["message_zh"]) == (EAST + "001", "person", "没有专职网格员，应有 1 人")
    assert "3 of 4" in run("people", town, "--at", NOW).stdout
    unit = json.loads(run("people", town, "--unit", WEST + "001", "--at", NOW, "--json").stdout)
    assert [line["staff"] for line in unit["responsible"]] == ["P1", "P6"]
    assert [line["staff"] for line in unit["people"]] == ["P1", "P5"]
    assert "商超网格员" in run("people", town, "--unit", WEST + "001", "--at", NOW).stdout
    assert run("people", town, "--unit", "nix").exit_code == 2
    assert run("people", town, "--level", "nix").exit_code == 2


def test_people_fails_only_where_the_scheme_makes_it_an_error(town: Path, tmp_path: Path):
    write_project(staffed_contents(severity="error"), tmp_path / "strict.gpkg")
    assert run("people", town, "--at", NOW).exit_code == 0
    assert run("people", tmp_path / "strict.gpkg", "--at", NOW).exit_code == 1
    assert run("people", tmp_path / "strict.gpkg", "--at", NOW, "--level", "microgrid").exit_code == 0


def test_locate_exits_with_1_where_a_row_may_be_several_places(town: Path):
    assert run("locate", town, stdin="address\n建华大街1号\n").exit_code == 0
    done = run("locate", town, stdin="address\n建华大街\n建华大街1号\n")
    assert (done.exit_code, len(done.stdout.splitlines())) == (1, 2)
