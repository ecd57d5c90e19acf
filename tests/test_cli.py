"""The command line: what it prints where, its exit codes, and that no input makes it show a traceback or leave half a file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from geogrid.cli import main
from geogrid.cli.root import COMMANDS
from geogrid.store import write_project
from tests.tiny import EAST, WEST, tiny_contents
from tests.world import SCHEME, box, frame, quarter, write


def run(*words: str | Path, stdin: str | None = None, **env: str) -> Result:
    return CliRunner(env={"GEOGRID_LANG": "en", **env}).invoke(main, [str(word) for word in words], input=stdin, prog_name="geogrid")


def program(*words: str | Path, stdin: str = "", **env: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own, as a shell does."""
    command = [sys.executable, "-m", "geogrid", *map(str, words)]
    environment = {**os.environ, "GEOGRID_LANG": "en", "PYTHONUTF8": "0", **env}
    return subprocess.run(command, input=stdin, capture_output=True, encoding="utf-8", env=environment, check=False)


def assert_refused(result: Result | subprocess.CompletedProcess[str], *said: str) -> None:
    """Exit code 2, nothing on stdout, one line on stderr that says `said`."""
    code = result.exit_code if isinstance(result, Result) else result.returncode
    assert code == 2, result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1
    for words in said:
        assert words in lines[-1]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("sound"), quarter())


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    frames = quarter()
    frames["communities"].geometry = [box(0, 0, 210, 300), box(200, 0, 200, 300)]
    return write(tmp_path_factory.mktemp("faulty"), frames)


@pytest.fixture(scope="module")
def project(sound: Path) -> Path:
    result = run("build", sound, "--out", sound.parent / "out.gpkg")
    assert result.exit_code == 0, result.stderr
    return sound.parent / "out.gpkg"


@pytest.mark.parametrize("name", [*COMMANDS, "serve", "demo", "users"])
def test_every_command_has_help_with_an_example_and_takes_json(name: str):
    result = run(name, "--help")
    assert result.exit_code == 0
    assert f"Example: geogrid {name}" in result.stdout
    assert "--json" in result.stdout
    assert result.stderr == ""


def test_the_group_lists_all_its_commands_in_the_order_in_which_one_meets_them():
    result = run("--help")
    command = main.list_commands(click.Context(main))
    shown = "systems simulate inspect build update validate repair declared whatif locate people organisations overlays export reach events"
    later = "map sheets edit undo redo log diff serve demo users backup restore bench"
    assert command == f"{shown} {later}".split()
    assert all(f"\n  {name} " in result.stdout for name in command)
    assert run("--version").stdout.startswith("geogrid ")


def test_a_word_that_is_no_command_or_option_exits_2():
    assert_refused(run("bild"), "bild")
    assert_refused(run("build", "--fast"), "--fast")
    assert_refused(run("build"), "RECIPE")
    assert_refused(run("simulate", "lubei", "--out", "x", "--scale", "0"), "--scale")


def test_systems_lists_districts_and_schemes():
    assert "lubei" in run("systems").stdout
    document = json.loads(run("systems", "--json").stdout)
    assert "lubei" in [district["id"] for district in document["systems"]]
    assert document["schemes"]["lubei"]["zh"].startswith("路北区")
    assert all(district["levels"] == document["schemes"][district["scheme"]]["levels"] for district in document["systems"])
    assert document["systems"][0]["levels"][2] == {
        "id": "grid", "name": {"zh": "单元网格", "en": "grid"}, "make": "count", "count": 2257, "households": [60, 260], "complete": True,
    }  # fmt: skip
    assert document["schemes"]["lubei"]["stations"]["canteen"]["least"] == 52
    assert "community 175 → grid 2,257 (60–260 households)" in run("systems").stdout
    assert "路北区：街道" in run("systems", GEOGRID_LANG="zh_CN").stdout


def test_simulate_writes_sources_and_a_recipe_and_names_it(tmp_path: Path):
    result = run("simulate", "lubei", "--out", tmp_path / "s", "--scale", "0.005", "--json")
    assert result.exit_code == 0, result.stderr
    assert Path(json.loads(result.stdout)["recipe"]).is_file()
    assert_refused(run("simulate", "lubie", "--out", tmp_path / "t"), "lubei")
    assert not (tmp_path / "t").exists()


def test_build_prints_one_json_document_and_exits_0_without_errors(sound: Path, tmp_path: Path):
    done = program("build", sound, "--out", tmp_path / "a.gpkg", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    document = json.loads(done.stdout)
    assert list(document) == ["project", "name", "crs", "levels", "sites", "rejected", "findings", "seconds", "peak_rss_mb"]
    assert set(document["levels"]["microgrid"]) == {"units", "households", "in_bounds", "exceptions"}
    assert document["sites"] == {"camera": {"n": 3, "unmatched": 1}, "station": {"n": 2, "unmatched": 0}}
    assert [path.name for path in tmp_path.iterdir()] == ["a.gpkg"]


def test_build_exits_1_with_findings_that_are_errors_and_still_writes_the_project(faulty: Path, tmp_path: Path):
    done = program("build", faulty, "--out", tmp_path / "a.gpkg")
    assert done.returncode == 1
    assert "errors" in done.stdout
    assert done.stderr == ""
    assert (tmp_path / "a.gpkg").is_file()
    again = program("validate", tmp_path / "a.gpkg", "--json")
    assert again.returncode == 1
    assert "overlap" in [f["rule"] for f in json.loads(again.stdout)["findings"]]


def test_unusable_input_exits_2_with_one_line_and_leaves_nothing(sound: Path, tmp_path: Path):
    assert_refused(program("build", tmp_path / "none.toml", "--out", tmp_path / "a.gpkg"), "none.toml", "no such file")
    recipe = write(tmp_path / "b", {**quarter(), "buildings": quarter()["buildings"].assign(floors="六")})
    assert_refused(run("build", recipe, "--out", tmp_path / "a.gpkg"), "buildings.geojson", "floors", "六", "--accept-rejects")
    assert_refused(run("build", sound, "--out", tmp_path / "no" / "a.gpkg"))
    assert not list(tmp_path.glob("*a.gpkg*"))


def test_errors_are_said_in_chinese_to_who_reads_chinese(tmp_path: Path):
    assert_refused(run("build", tmp_path / "none.toml", "--out", tmp_path / "a.gpkg", GEOGRID_LANG="zh"), "没有这个文件")
    assert_refused(program("build", tmp_path / "none.toml", "--out", tmp_path / "a.gpkg", GEOGRID_LANG="zh", LC_ALL="C"), "没有这个文件")


def test_rejected_rows_go_on_when_they_are_accepted_and_exit_1(tmp_path: Path):
    houses = quarter()["buildings"].astype({"floors": object})
    houses.loc[0, "floors"] = "六"
    recipe = write(tmp_path, {**quarter(), "buildings": houses})
    result = run("build", recipe, "--out", tmp_path / "a.gpkg", "--accept-rejects", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["rejected"] == {"buildings": 1}


def test_a_file_that_is_no_project_is_not_replaced(sound: Path, tmp_path: Path):
    (tmp_path / "notes.gpkg").write_text("mine", "utf-8")
    assert_refused(run("build", sound, "--out", tmp_path / "notes.gpkg"), "notes.gpkg")
    assert (tmp_path / "notes.gpkg").read_text("utf-8") == "mine"


def test_validate_of_a_sound_project_exits_0_and_counts_its_units(project: Path):
    result = run("validate", project, "--json")
    document = json.loads(result.stdout)
    assert (result.exit_code, document["ok"], document["checked"]) == (0, True, 2 + 4 + 48)
    assert [f["rule"] for f in document["findings"]] == ["estimated", "point_unmatched", "no_station"]
    assert set(document["findings"][1]) == {"rule", "severity", "level", "units", "length_m", "message", "message_zh", "lon", "lat"}
    one = json.loads(run("validate", project, "--level", "grid", "--json").stdout)
    assert (one["checked"], one["findings"]) == (4, [])
    assert_refused(run("validate", project, "--level", "gird"), "did you mean 'grid'")


def test_validate_of_a_layer_groups_its_faults_and_writes_them_as_features(tmp_path: Path):
    recipe = write(tmp_path, {"communities": frame({"code": ["a", "b"], "name": ""}, [box(0, 0, 210, 300), box(200, 0, 200, 300)])})
    layer = recipe.parent / "communities.geojson"
    result = run("validate", layer, "--features", tmp_path / "faults.geojson")
    assert result.exit_code == 1
    assert "error: overlap: 1\n    a, b overlap by 3,0" in result.stdout
    assert len(json.loads((tmp_path / "faults.geojson").read_text("utf-8"))["features"]) >= 1
    assert "重叠" in run("validate", layer, GEOGRID_LANG="zh").stdout


@pytest.mark.parametrize("content", [b"", b"{", b"\x00" * 64, b"SQLite format 3\x00" + b"\x00" * 84, "街道".encode("gbk")])
@pytest.mark.parametrize("name", ["a.geojson", "a.gpkg", "a.shp", "a.csv", "a.xlsx", "a.txt", "a"])
def test_rubbish_exits_2_with_one_line(tmp_path: Path, name: str, content: bytes):
    (tmp_path / name).write_bytes(content)
    assert_refused(run("validate", tmp_path / name))
    (tmp_path / "r.toml").write_text(f'name = "x"\nscheme = "lubei"\n[inputs.district]\npath = "{name}"\n', "utf-8")
    assert_refused(run("build", tmp_path / "r.toml", "--out", tmp_path / "out.gpkg"))
    assert not (tmp_path / "out.gpkg").exists()


def test_a_code_column_that_the_layer_lacks_exits_2_and_names_file_and_columns(project: Path, tmp_path: Path):
    layer = tmp_path / "grids.geojson"
    assert run("export", project, "--level", "grid", "--out", layer).exit_code == 0
    assert_refused(run("validate", layer, "--code", "nope"), "grids.geojson", "nope", "households")


def test_a_layer_without_rows_is_refused_not_praised(tmp_path: Path):
    layer = tmp_path / "empty.geojson"
    layer.write_text('{"type": "FeatureCollection", "features": []}')
    assert_refused(run("validate", layer), "empty.geojson", "no row")


def test_the_version_is_told_without_the_library():
    code = "import sys, geogrid.cli; print([m for m in ('numba', 'geopandas', 'shapely') if m in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


@pytest.mark.parametrize("words", [["validate"], ["locate"], ["export", "--level", "grid", "--out", "x.csv"], ["map", "--out", "m"]])
def test_a_project_that_is_not_there_exits_2_by_name(tmp_path: Path, words: list[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    assert_refused(run(words[0], tmp_path / "none.gpkg", *words[1:]), "none.gpkg")
    assert list(tmp_path.iterdir()) == []


def test_locate_tells_the_unit_of_every_level(project: Path):
    place = json.loads(run("locate", project, "117.1130", "36.6324", "--json").stdout)
    assert set(place["units"]) == {"community", "grid", "microgrid"}
    outside = run("locate", project, "0", "0")
    assert outside.exit_code == 0
    assert outside.stdout.splitlines() == ["community\t-", "grid\t-", "microgrid\t-"]
    assert_refused(run("locate", project, "117"), "both LON and LAT")
    assert_refused(run("locate", project, "here", "there"), "here")


def test_locate_reads_csv_and_answers_a_json_line_each(project: Path):
    done = program("locate", project, stdin="lon,lat,floor\n117.113,36.632,\n117.113,36.632,3\n")
    assert done.returncode == 0, done.stderr
    assert [json.loads(line)["floor"] for line in done.stdout.splitlines()] == [None, 3]
    bad = run("locate", project, stdin="lon,lat\nx,1\n")
    assert bad.exit_code == 2
    assert "standard input, line 2" in bad.stderr
    assert run("locate", project, stdin="").stdout == ""


@pytest.mark.parametrize("ending", ["geojson", "geojsonl", "gpkg", "fgb", "parquet", "shp", "csv", "xlsx"])
def test_export_writes_by_the_ending_and_says_how_many(project: Path, tmp_path: Path, ending: str):
    result = run("export", project, "--level", "grid", "--out", tmp_path / f"g.{ending}", "--json")
    assert (result.exit_code, json.loads(result.stdout)["rows"]) == (0, 4)
    assert (tmp_path / f"g.{ending}").stat().st_size > 0


def test_export_refuses_what_it_does_not_know_and_leaves_nothing(project: Path, tmp_path: Path):
    assert_refused(run("export", project, "--level", "gird", "--out", tmp_path / "g.csv"), "gird")
    assert_refused(run("export", project, "--level", "grid", "--out", tmp_path / "g.doc"), ".geojson")
    assert_refused(run("export", project, "--level", "grid", "--out", project), "the project itself")
    assert_refused(run("export", project, "--level", "grid", "--out", tmp_path / "no" / "g.csv"))
    assert list(tmp_path.iterdir()) == []


def test_map_writes_pages_and_a_script_tag_is_only_text(tmp_path: Path):
    write_project(tiny_contents(), tmp_path / "tiny.gpkg")
    result = run("map", tmp_path / "tiny.gpkg", "--out", tmp_path / "maps", "--json")
    assert result.exit_code == 0, result.stderr
    pages = [Path(page) for page in json.loads(result.stdout)["pages"]]
    assert {WEST, EAST} <= {page.stem for page in pages} | {page.stem.split("-")[-1] for page in pages}
    assert all("<script>alert(1)" not in page.read_text("utf-8") for page in pages)


def test_an_error_of_our_own_is_one_line_and_the_traceback_only_on_request(sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a\nb")

    monkeypatch.setattr("geogrid.pipeline.build.build", broken)
    assert_refused(run("build", sound, "--out", tmp_path / "a.gpkg"), "error of its own (ZeroDivisionError: a b)", "GEOGRID_DEBUG=1")
    assert "Traceback" in run("build", sound, "--out", tmp_path / "a.gpkg", GEOGRID_DEBUG="1").stderr


def test_a_scheme_in_the_recipes_folder_with_a_fault_is_named(tmp_path: Path):
    recipe = write(tmp_path, quarter(), scheme=SCHEME.replace("[100, 200]", "[200, 100]"))
    assert_refused(run("build", recipe, "--out", tmp_path / "a.gpkg"), "level grid: households = [200, 100]")


def test_a_reader_that_has_seen_enough_makes_no_noise(project: Path):
    command = f'"{sys.executable}" -m geogrid validate "{project}" --json | head -c 1'
    done = subprocess.run(["sh", "-c", command], capture_output=True, encoding="utf-8", check=False)
    assert (done.stdout, "Traceback" in done.stderr) == ("{", False)
