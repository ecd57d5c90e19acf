"""Tracks in a recipe: read as devices and offices write them, summed up when the project is built, then gone; dirty files say what is wrong."""

from __future__ import annotations

import datetime
import sqlite3
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geogrid.errors import InputError, RecipeError
from geogrid.pipeline.build import build
from geogrid.pipeline.reach_patrols import has_patrols, reach_patrols
from geogrid.reading.moments import parse_moments
from geogrid.recipe import parse_recipe
from geogrid.scheme_values import is_hours
from geogrid.store import Project
from tests.world import CRS, EAST, WEST, X0, Y0, quarter, write

OFFICER = "警号007"
HEAD = "officer,time,accuracy_m,lon,lat"


def lonlat(*places: tuple[float, float]) -> np.ndarray:
    at = gpd.GeoSeries([shapely.Point(X0 + x, Y0 + y) for x, y in places], crs=CRS).to_crs(4326)
    return shapely.get_coordinates(at.to_numpy())


def street(n: int = 26) -> np.ndarray:
    """A walk of 150 m up the street that parts the two communities."""
    return lonlat(*((200, 6.0 * k) for k in range(n)))


def rows(places: np.ndarray, *, day: str = "2026-03-02", form: str = "{day} 08:{m:02d}:{s:02d}", accuracy: float | str = 6) -> list[str]:
    times = [form.format(day=day, m=5 * k // 60, s=5 * k % 60) for k in range(len(places))]
    return [f"{OFFICER},{time},{accuracy},{lon:.8f},{lat:.8f}" for time, (lon, lat) in zip(times, places, strict=True)]


def built(
    folder: Path, lines: list[str], *, head: str = HEAD, encoding: str = "utf-8", more: str = "", frames=None, name: str = "patrols.csv", **options
) -> Project:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes("\n".join([head, *lines, ""]).encode(encoding))
    recipe = write(folder, quarter() if frames is None else frames, extra=f'[inputs.patrols]\npath = "{name}"\n{more}')
    return build(recipe, folder / "out.gpkg", workers=1, **options)


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return built(tmp_path_factory.mktemp("walked"), rows(street()))


def test_a_street_that_was_walked_to_its_middle_is_walked_by_half(walked: Project):
    units = reach_patrols(walked).patrol_units.set_index("code")
    assert units.loc[[WEST, EAST], "street_m"].sum() == pytest.approx(700, abs=5)  # both streets inside the district, each once, in bins of 2 m
    assert units["walked_m"][[WEST, EAST]].sum() == pytest.approx(150, abs=4)
    assert set(units["week"]) == {"2026-W10"}
    assert set(reach_patrols(walked).patrol_units["level"]) == {"community", "grid"}


def test_officers_are_nowhere_in_the_project_and_neither_are_points(walked: Project):
    assert OFFICER.encode() not in walked.path.read_bytes()
    assert "patrol_points" not in walked.tables
    assert has_patrols(walked)


def test_a_project_without_tracks_has_no_patrols_and_says_so_by_being_empty(tmp_path: Path):
    with build(write(tmp_path, quarter()), tmp_path / "out.gpkg", workers=1) as project:
        assert not has_patrols(project)
        reach = reach_patrols(project)
        assert (len(reach.patrol_units), len(reach.unwalked), reach.weeks, reach.level) == (0, 0, (), "")


def test_shuffled_gbk_rows_give_the_same_figures(walked: Project, tmp_path: Path):
    lines = rows(street())
    order = np.random.default_rng(3).permutation(len(lines))
    head = "警号,时间,精度,经度,纬度"
    with built(tmp_path, [lines[i] for i in order], head=head, encoding="gbk") as other:
        assert reach_patrols(other).patrol_units.equals(reach_patrols(walked).patrol_units)
        assert shapely.equals_identical(reach_patrols(other).unwalked.geometry, reach_patrols(walked).unwalked.geometry).all()


def test_rows_twice_and_a_jump_change_nothing_but_the_notes(walked: Project, tmp_path: Path):
    lines = rows(street())
    far = lonlat((390, 290))[0]
    wild = f"{OFFICER},2026-03-02 08:10:00,6,{far[0]:.8f},{far[1]:.8f}"
    with built(tmp_path, [*lines, *lines, wild]) as other:
        same = ["code", "street_share"]
        assert reach_patrols(other).patrol_units[same].equals(reach_patrols(walked).patrol_units[same])
        notes = {note["key"]: note["n"] for note in reach_patrols(other).notes}
        assert (notes["twice"], notes["gaps"], notes["alone"]) == (26, 1, 1)


@pytest.mark.parametrize("form", ["{day}T08:{m:02d}:{s:02d}.250+08:00"])
def test_times_are_read_however_they_are_written(walked: Project, tmp_path: Path, form: str):
    with built(tmp_path, rows(street(), form=form)) as other:
        assert reach_patrols(other).patrol_units.equals(reach_patrols(walked).patrol_units)


def test_a_zone_that_nobody_says_is_named_in_a_finding(walked: Project):
    said = [text for text in walked.findings()["message"] if "time zone" in text]
    assert len(said) == 1
    assert "+08:00" in said[0]


def test_the_recipe_may_say_another_zone(tmp_path: Path):
    with built(tmp_path, rows(street(), form="{day} 20:{m:02d}:{s:02d}"), more='time_zone = "+02:00"\n') as project:
        assert reach_patrols(project).notes[0]["n"] == 26
        assert "+02:00" in reach_patrols(project).notes[0]["en"]


@pytest.mark.parametrize("time", ["", "2026-03-02 08:00:00+99:00"])
def test_rows_without_a_sound_time_stop_the_build_and_name_the_row(tmp_path: Path, time: str):
    lines = rows(street())
    lines[3] = f"{OFFICER},{time},6,117.0,36.6"
    with pytest.raises(InputError) as raised:
        built(tmp_path, lines)
    assert raised.value.facts["role"] == "patrols"
    assert OFFICER not in raised.value.message + raised.value.message_zh
    assert not (tmp_path / "out.gpkg").exists()


def test_a_few_bad_rows_are_rejected_and_the_rest_is_used(tmp_path: Path):
    lines = rows(street())
    lines[25] = f"{OFFICER},noon,6,117.0,36.6"
    with built(tmp_path, lines, accept_rejects=True) as project:
        assert project.rejected()["field"].tolist() == ["time"]
        assert reach_patrols(project).notes[0]["n"] == 25


def test_an_officer_whose_number_lost_digits_is_rejected_without_being_told(tmp_path: Path):
    lines = [*rows(street()), "1.2E+17,2026-03-02 09:00:00,6,117.0,36.6"]
    with built(tmp_path, lines, accept_rejects=True) as project:
        told = project.rejected().to_csv() + project.findings().to_csv()
        assert len(project.rejected()) == 1
        assert "E+17" not in told


def test_the_note_on_a_guessed_encoding_quotes_no_officer(tmp_path: Path):
    lines = [line.replace(OFFICER, "巡查员") for line in rows(street())]
    with built(tmp_path, lines, encoding="gb18030") as project:
        assert project.findings()["message"].str.contains("taken for GB18030;").any()
        assert "巡查员".encode() not in project.path.read_bytes()


@pytest.mark.parametrize(("head", "wanted"), [("officer,accuracy_m,lon,lat", "time"), ("officer,time,accuracy_m", "lon")])
def test_a_file_without_times_or_places_says_what_it_needs(tmp_path: Path, head: str, wanted: str):
    with pytest.raises(InputError, match=wanted):
        built(tmp_path, [",".join(["1"] * len(head.split(",")))], head=head)


def test_an_empty_file_is_refused(tmp_path: Path):
    with pytest.raises(InputError, match="no row"):
        built(tmp_path, [])


def test_one_point_walks_nothing(tmp_path: Path):
    with built(tmp_path, rows(street(1))) as project:
        units = reach_patrols(project).patrol_units
        assert units["walked_m"].sum() == 0
        assert {"alone"} <= {note["key"] for note in reach_patrols(project).notes}


def test_without_roads_entrances_are_counted_and_it_is_said(tmp_path: Path):
    frames = {role: frame for role, frame in quarter().items() if role != "roads"}
    with built(tmp_path, rows(street()), frames=frames) as project:
        reach = reach_patrols(project)
        assert reach.patrol_units["street_share"].isna().all()
        assert reach.patrol_units["entrances"].sum() > 0
        assert (len(reach.unwalked), "no_streets" in {note["key"] for note in reach.notes}) == (0, True)


def test_nothing_within_working_hours_leaves_every_street_unwalked(tmp_path: Path):
    with built(tmp_path, rows(street(), form="{day} 23:{m:02d}:{s:02d}")) as project:
        reach = reach_patrols(project)
        assert (len(reach.patrol_units), reach.weeks) == (0, ())
        assert reach.unwalked["length_m"].sum() == pytest.approx(700, abs=5)
        assert set(reach.unwalked["name"]) == {"建国路", "和平街"}


def test_a_track_from_a_device_is_read_point_by_point(walked: Project, tmp_path: Path):
    points = [
        f'<trkpt lat="{lat:.8f}" lon="{lon:.8f}"><time>2026-03-02T00:{5 * k // 60:02d}:{5 * k % 60:02d}Z</time></trkpt>'
        for k, (lon, lat) in enumerate(street())
    ]
    head = '<?xml version="1.0"?><gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1"><trk><name>早</name><trkseg>'
    with built(tmp_path, [*points, "</trkseg></trk></gpx>"], head=head, name="track.gpx") as other:
        same = ["code", "street_share", "last_visit"]
        assert reach_patrols(other).patrol_units[same].equals(reach_patrols(walked).patrol_units[same])
        assert "no_accuracy" in {note["key"] for note in reach_patrols(other).notes}


def test_points_are_kept_only_as_long_as_the_recipe_says_and_under_a_number(tmp_path: Path):
    lines = [*rows(street(3), day="2026-02-01"), *rows(street(5), day="2026-03-02")]
    with built(tmp_path, lines, more="keep_days = 7\n", today=datetime.date(2026, 3, 4)) as project:
        points = project.table("patrol_points")
        assert points["officer"].tolist() == ["P0001"] * 5
        assert points["time"].iloc[0] == "2026-03-02T00:00:00Z"
    assert OFFICER.encode() not in (tmp_path / "out.gpkg").read_bytes()
    with built(tmp_path / "later", lines, more="keep_days = 7\n", today=datetime.date(2026, 4, 4)) as project:
        assert len(project.table("patrol_points")) == 0


@pytest.mark.parametrize(("key", "value"), [("keep_days", -1), ("keep_days", "7"), ("time_zone", "Peking"), ("time_zone", "+99:00")])
def test_a_recipe_with_a_senseless_key_is_refused(tmp_path: Path, key: str, value: object):
    table = {"name": "a", "scheme": "lubei", "inputs": {"patrols": {"path": "a.csv", key: value}}}
    with pytest.raises(RecipeError, match=key):
        parse_recipe(table, tmp_path / "recipe.toml")


def test_only_patrols_have_days_to_keep(tmp_path: Path):
    with pytest.raises(RecipeError, match="keep_days"):
        parse_recipe({"name": "a", "scheme": "lubei", "inputs": {"roads": {"path": "a.csv", "keep_days": 3}}}, tmp_path / "recipe.toml")


def test_layers_of_patrols_are_listed_for_other_programs(walked: Project):
    with sqlite3.connect(f"file:{walked.path}?mode=ro", uri=True) as con:
        listed = dict(con.execute("SELECT table_name, data_type FROM gpkg_contents"))
    con.close()
    assert (listed["patrol_units"], listed["unwalked"]) == ("attributes", "features")


def test_moments_in_any_of_their_ways_are_the_same_second():
    texts = [
        "2026年3月2日8时5分",
        "2026-03-02T00:05Z",
        "20260302080500",
        "1772409900",
        "1772409900000",
        "2026-03-02 08:05:00+0800",
        "2026/3/2 8:05:00.0",
    ]
    seconds, bad, local = parse_moments(texts, 28800)
    assert seconds.tolist() == [1772409900.0] * len(texts)
    assert (bad.any(), local) == (False, 3)


def test_hours_are_two_times_of_a_day():
    assert is_hours(["22:00", "06:00"])
    assert not is_hours(["24:00", "06:00"])
    assert not is_hours(["07:00"])


@pytest.mark.parametrize(
    "text", ["昨天上午", "2026-03-02", "2026-03-02 08:00:00+99:00", "1970-01-01 00:00:05", "2026-02-30 08:00:00", "2101-01-01 08:00:00"]
)
def test_what_is_no_moment_of_this_century_is_none(text: str):
    seconds, bad, local = parse_moments([text, "2026-03-02 08:05:00"], 28800)
    assert (np.isnan(seconds).tolist(), bad.tolist(), local) == ([True, False], [True, False], 1)
