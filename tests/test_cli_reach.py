"""`geogrid reach`: the same figures in words, JSON and layers; what is absent is said; nothing secret leaves; the order of rows changes nothing."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest
import shapely
from click.testing import CliRunner, Result

from geogrid.cli import main
from geogrid.store import accounts
from tests.world import EAST, SCHEME, SCRIPT, WEST, Frames, frame, points, quarter, write

SECRET = "C-SECRET"
STATION_LAYERS = {"entrances", "station_units", "unserved"}
CAMERA_LAYERS = {"regions", "perhaps", "camera_units", "blind_streets", "blind_entrances", "over_reach"}


def watched() -> Frames:
    """The quarter with three cameras, one of them secret, and a wall of its stations on the west side."""
    cameras = {"id": ["c1", "c2", SECRET], "ptz": ["3", "1", "1"], "direction": ["东", "", ""], "secret": ["0", "0", "1"]}
    return quarter() | {"cameras": frame(cameras, points([(201, 151), (100, 148), (300, 152)]))}


def run(*words: object, lang: str = "en") -> Result:
    return CliRunner().invoke(main, [str(word) for word in words], env={"GEOGRID_LANG": lang})


def built(folder: Path, frames: Frames, shuffle: int | None = None, scheme: str = SCHEME, ends_with: int = 0) -> Path:
    done = run("build", write(folder / "in", frames, shuffle=shuffle, scheme=scheme), "--out", folder / "p.gpkg", "--json")
    assert done.exit_code == ends_with, done.output
    return folder / "p.gpkg"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("reach"), watched())


@cache
def told(project: Path, *words: object) -> dict:
    """What is asked twice is computed once."""
    done = run("reach", project, *words, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_the_answer_stands_first_and_says_what_the_figures_say(project: Path):
    total = next(row for row in told(project, "stations")["stations"]["totals"] if (row["kind"], row["minutes"]) == ("day_care", 10))
    first = run("reach", project, "stations").stdout.splitlines()[1]
    assert total["total"] == 576
    assert first.startswith(f"no day care within 10 minutes: {total['total'] - total['served']:,} households, ")
    assert first.endswith("of 576 households")


def test_units_add_up_to_the_whole(project: Path):
    document = told(project, "stations")["stations"]
    for row in document["totals"]:
        same = [
            unit for unit in document["units"] if unit["level"] == "community" and (unit["kind"], unit["minutes"]) == (row["kind"], row["minutes"])
        ]
        assert sum(unit["served"] for unit in same) == row["served"]
    assert {unit["level"] for unit in told(project, "stations", "--level", "microgrid")["stations"]["units"]} == {"microgrid"}


def test_more_minutes_serve_no_fewer(project: Path):
    served = [
        row["served"]
        for row in told(project, "stations", "--kind", "day_care", "--minutes", 1, "--minutes", 3, "--minutes", 60)["stations"]["totals"]
    ]
    assert served == sorted(served)
    assert served[-1] == 576


def test_layers_hold_what_json_says(project: Path, tmp_path: Path):
    done = run("reach", project, "all", "--out", tmp_path / "r.gpkg")
    assert done.exit_code == 0, done.output
    assert {name for name, _ in pyogrio.list_layers(tmp_path / "r.gpkg")} == STATION_LAYERS | CAMERA_LAYERS
    units = pyogrio.read_dataframe(tmp_path / "r.gpkg", layer="station_units", read_geometry=False)
    asked = [row["served"] for row in told(project, "stations")["stations"]["units"] if row["level"] == "community"]
    assert sorted(units.loc[units["level"] == "community", "served"]) == sorted(asked)
    seen = pyogrio.read_dataframe(tmp_path / "r.gpkg", layer="camera_units", read_geometry=False).set_index("code")
    asked = {row["code"]: row["street_share"] for row in told(project, "cameras")["cameras"]["units"]}
    assert {code: None if share != share else share for code, share in seen["street_share"].items()} == pytest.approx(asked)
    assert (seen["street_share"] <= seen["street_perhaps_share"])[seen["street_m"] > 0].all()


def test_a_secret_camera_leaves_in_no_form(project: Path, tmp_path: Path):
    run("reach", project, "cameras", "--out", tmp_path / "r.gpkg")
    printed = run("reach", project, "cameras").output + run("reach", project, "cameras", "--json").output
    assert SECRET not in printed
    assert SECRET.encode() not in (tmp_path / "r.gpkg").read_bytes()
    ids = gpd.read_file(tmp_path / "r.gpkg", layer="regions")["id"].tolist()
    assert ids == ["c1", "c2"]
    assert "1 secret" in printed


def test_an_export_is_noted_and_an_answer_is_not(project: Path, tmp_path: Path):
    before = len(accounts.list_exports(project))
    run("reach", project, "stations")
    assert len(accounts.list_exports(project)) == before
    run("reach", project, "stations", "--out", tmp_path / "homes.geojson", "--layer", "unserved")
    noted = accounts.list_exports(project)
    assert len(noted) == before + 1
    assert "reach stations homes.geojson" in str(noted)


@pytest.mark.parametrize(
    ("what", "layer"), [("stations", "entrances"), ("stations", "station_units"), ("cameras", "perhaps"), ("cameras", "blind_streets")]
)
def test_the_order_of_rows_changes_no_byte(project: Path, tmp_path: Path, what: str, layer: str, shuffled: Path):
    for path, name in ((project, "a"), (shuffled, "b")):
        assert run("reach", path, what, "--out", tmp_path / f"{name}.geojson", "--layer", layer).exit_code == 0
    assert (tmp_path / "a.geojson").read_bytes() == (tmp_path / "b.geojson").read_bytes()


@pytest.fixture(scope="module")
def shuffled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("shuffled"), watched(), shuffle=5)


def test_new_stations_come_with_their_gain_and_how_sure_they_are(project: Path):
    best = told(project, "stations", "--kind", "day_care", "--minutes", 2, "--best", 2)["stations"]["best"]
    assert (best["status"], best["gap"]) == ("optimal", 0)
    gains = [site["gained"] for site in best["sites"]]
    assert gains == sorted(gains, reverse=True)
    assert best["before"] + sum(gains) == best["covered"] <= best["total"] == 576
    printed = run("reach", project, "stations", "--kind", "day_care", "--minutes", 2, "--best", 2).stdout
    assert f"{best['sites'][0]['lon']:.6f}" in printed
    assert best["en"] in printed


def test_new_cameras_come_with_what_no_choice_could_exceed(project: Path):
    best = told(project, "cameras", "--best", 2)["cameras"]["best"]
    assert 0 < sum(site["gain_m"] for site in best["sites"]) <= best["bound_m"] + 0.1 <= best["blind_m"] + 0.2
    assert "no choice of as many" in run("reach", project, "cameras", "--best", 2).stdout


def test_findings_of_severity_error_end_with_1(tmp_path: Path):
    strict = built(tmp_path, watched(), scheme=SCHEME + '\n[severity]\nno_station = "error"\n', ends_with=1)
    done = run("reach", strict, "stations", "--json")
    assert (done.exit_code, {found["rule"] for found in json.loads(done.stdout)["stations"]["findings"]}) == (1, {"no_station"})


def test_what_is_absent_is_said(tmp_path: Path):
    frames = quarter()
    bare = built(tmp_path, {role: frames[role] for role in ("district", "communities", "buildings", "roads", "stations")})
    done = run("reach", bare, "all")
    assert (done.exit_code, "this project has no cameras" in done.stdout) == (0, True)
    assert told(bare, "all")["absent"] == ["cameras", "patrols"]
    done = run("reach", bare, "cameras", lang="zh")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "[inputs.cameras]" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["stations", "--kind", "no_such"], "day_care"),
        (["stations", "--level", "no_such"], "community"),
        (["stations", "--out", "x.doc"], "unknown ending"),
        (["stations", "--out", "x.geojson"], "--layer"),
        (["stations", "--out", "x.geojson", "--layer", "regions"], "station_units"),
        (["stations", "--best", "2"], "--kind"),
        (["all", "--best", "2"], "--best"),
        (["stations", "--minutes", "0"], "--minutes"),
        (["stations", "--minutes", "nan"], "--minutes"),
        (["nothing"], "stations"),
    ],
)
def test_what_can_not_be_answered_is_one_line(project: Path, tmp_path: Path, words: list[str], said: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    done = run("reach", project, *words)
    assert (done.exit_code, done.stdout, len(done.stderr.splitlines())) == (2, "", 1), done.output
    assert said in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_project_is_never_written_over(project: Path):
    before = project.read_bytes()
    assert run("reach", project, "stations", "--out", project).exit_code == 2
    assert project.read_bytes() == before


def test_each_language_is_its_own(project: Path):
    names = re.compile("建国街|建国路社区|和平街|四点半课堂|日间照料")
    english, chinese = (run("reach", project, "all", lang=lang).stdout for lang in ("en", "zh"))
    assert not re.search("[\u4e00-\u9fff]", names.sub("", english)), english
    assert "分钟内没有日间照料站" in chinese
    assert "households" not in chinese


def test_the_pages_that_open_from_disk_say_the_same(project: Path, tmp_path: Path):
    assert run("map", project, "--out", tmp_path, "--lang", "en").exit_code == 0
    stations, cameras = ((tmp_path / f"{name}.html").read_text("utf-8") for name in ("stations", "cameras"))
    given = json.loads(re.search(r'id="reach">(.*?)</script>', stations)[1])
    assert given["views"]["day_care|10"]["answer"] == run("reach", project, "stations").stdout.splitlines()[1]
    assert {row[0] for row in given["views"]["day_care|10"]["rows"]} == {WEST, EAST}
    assert SCRIPT not in stations + cameras
    assert SECRET not in cameras
    assert 'href="stations.html"' in (tmp_path / "index.html").read_text("utf-8")
    for page in (stations, cameras):
        assert all((tmp_path / link).is_file() for link in re.findall(r'(?:src|href)="([^"]+)"', page) if link != "data:,")


def test_patrols_are_told_by_unit_and_no_officer_is_named(tmp_path: Path):
    walk = [(x, 150) for x in range(0, 400, 10)]
    rows = {"officer": "A-NAME", "time": [f"2026-03-02T09:{i // 2:02d}:{30 * (i % 2):02d}+08:00" for i in range(len(walk))], "accuracy_m": 5}
    frames = {role: layer for role, layer in quarter().items() if role != "cameras"} | {"patrols": frame(rows, points(walk))}
    done = run("build", write(tmp_path / "in", frames, patrols="csv"), "--out", tmp_path / "p.gpkg")
    assert done.exit_code == 0, done.output
    patrols = told(tmp_path / "p.gpkg", "patrols")["patrols"]
    assert patrols["weeks"] == ["2026-W10"]
    assert 0 < patrols["worst"][0]["street_share"] < 1
    run("reach", tmp_path / "p.gpkg", "patrols", "--out", tmp_path / "r.gpkg")
    assert {name for name, _ in pyogrio.list_layers(tmp_path / "r.gpkg")} == {"patrol_units", "unwalked"}
    assert b"A-NAME" not in (tmp_path / "r.gpkg").read_bytes()


def test_a_region_ends_at_the_range_of_its_camera(project: Path, tmp_path: Path):
    run("reach", project, "cameras", "--out", tmp_path / "r.geojson", "--layer", "regions")
    seen = gpd.read_file(tmp_path / "r.geojson").set_index("id").to_crs(4548).geometry
    assert 0 < shapely.hausdorff_distance(seen["c2"].centroid, seen["c2"]) < 2 * 101
