"""`geogrid repair` from file to file: formats, exit codes, what it refuses, and that a second run changes no byte."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely
from click.testing import CliRunner, Result

from geogrid.cli import main
from tests.lattices import CRS, coded, nine, replaced, square

REACHING = replaced(nine(), 4, square(9.5, 9.5, 11, 11))
WIDE = replaced(nine(), 4, square(7, 10, 13))


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["repair", *map(str, arguments)], env={"GEOGRID_LANG": "en"})


def written(shapes: object, path: Path, **how: object) -> Path:
    frame = coded(shapes).assign(名称="网格")
    frame = frame.to_crs(4326) if path.suffix == ".geojson" else frame
    if path.suffix == ".parquet":
        frame.to_parquet(path)
    else:
        frame.to_file(path, **how)
    return path


@pytest.fixture
def reaching(tmp_path: Path) -> Path:
    return written(REACHING, tmp_path / "in.gpkg")


@pytest.mark.parametrize("ending", [".geojson", ".geojsonl", ".gpkg", ".fgb", ".parquet", ".shp"])
def test_every_format_is_written_checked_clean_and_mended_again_without_a_change(reaching: Path, tmp_path: Path, ending: str):
    once, twice = tmp_path / f"once{ending}", tmp_path / f"twice{ending}"
    done = run(reaching, "--out", once)
    assert done.exit_code == 0, done.output
    assert CliRunner().invoke(main, ["validate", str(once)]).exit_code == 0
    again = json.loads(run(once, "--out", twice, "--json").stdout)
    assert (again["mended"], again["units_changed"]) == ([], 0)
    if ending == ".parquet":
        first, second = gpd.read_parquet(once), gpd.read_parquet(twice)
    else:
        first, second = gpd.read_file(once), gpd.read_file(twice)
    assert shapely.to_wkb(first.geometry.to_numpy()).tolist() == shapely.to_wkb(second.geometry.to_numpy()).tolist()
    assert first["code"].tolist() == list("abcdefghi")
    assert first["名称"].tolist() == ["网格"] * 9
    if ending in (".geojson", ".geojsonl", ".shp"):
        assert once.read_bytes() == twice.read_bytes()


def test_a_layer_stays_in_its_own_crs(reaching: Path, tmp_path: Path):
    run(reaching, "--out", tmp_path / "out.gpkg")
    assert gpd.read_file(tmp_path / "out.gpkg").crs == CRS


def test_what_is_left_is_told_with_exit_code_1_and_nothing_is_guessed(tmp_path: Path):
    source = written(WIDE, tmp_path / "wide.gpkg")
    done = run(source, "--out", tmp_path / "out.gpkg", "--json")
    document = json.loads(done.stdout)
    assert done.exit_code == 1
    assert (document["ok"], document["after"]) == (False, {"overlap": {"n": 1, "area_m2": 30.0}})
    assert document["undecided"][0]["units"] == ["d", "e"]
    assert document["findings"][0]["rule"] == "overlap"
    assert [row["area_after_m2"] for row in document["report"]][:2] == [100.0, 100.0]
    wider = run(source, "--out", tmp_path / "out2.gpkg", "--max-overlap", "4")
    assert wider.exit_code == 0, wider.output


def test_people_are_told_what_was_mended_and_why_the_rest_was_not(tmp_path: Path):
    source = written(WIDE, tmp_path / "wide.gpkg")
    said = run(source, "--out", tmp_path / "out.gpkg").stdout
    assert "error: overlap: 1" in said
    assert "wider than what is mended without asking: 1" in said
    assert "errors 1 → 1" in said
    chinese = CliRunner().invoke(main, ["repair", str(source), "--out", str(tmp_path / "out.gpkg")], env={"GEOGRID_LANG": "zh"}).stdout
    assert "宽度超过允许自动修补的上限" in chinese


def test_the_report_is_a_table_or_the_whole_document(reaching: Path, tmp_path: Path):
    run(reaching, "--out", tmp_path / "out.gpkg", "--report", tmp_path / "report.csv")
    table = pd.read_csv(tmp_path / "report.csv", dtype={"code": str})
    assert table.set_index("code")["lost_m2"]["e"] == 21.0
    run(reaching, "--out", tmp_path / "out.gpkg", "--report", tmp_path / "report.json")
    assert json.loads((tmp_path / "report.json").read_text("utf-8"))["units_changed"] == 9


def test_the_input_is_never_overwritten_nor_a_project_nor_a_half_file_left(reaching: Path, tmp_path: Path):
    before = reaching.read_bytes()
    for arguments in ((reaching, "--out", reaching), (reaching, "--out", tmp_path / "out.xlsx"), (reaching, "--out", tmp_path / "no" / "out.gpkg")):
        done = run(*arguments)
        assert done.exit_code == 2, done.output
        assert len(done.stderr.strip().splitlines()) == 1
    assert reaching.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["in.gpkg"]


@pytest.mark.parametrize(
    "arguments", [["--code", "编号"], ["--parent", "none.geojson"], ["--report", "report.pdf"], ["--layer", "none"], ["--crs", "EPSG:1"]]
)
def test_what_can_not_be_used_is_one_line_and_exit_2(reaching: Path, tmp_path: Path, arguments: list[str]):
    done = run(reaching, "--out", tmp_path / "out.gpkg", *arguments)
    assert done.exit_code == 2, done.output
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "out.gpkg").exists()


def test_a_shapefile_in_gbk_without_prj_is_mended_with_its_names(tmp_path: Path):
    source = written(REACHING, tmp_path / "网格.shp", encoding="GBK")
    (tmp_path / "网格.cpg").unlink(missing_ok=True)
    (tmp_path / "网格.prj").unlink()
    done = run(source, "--out", tmp_path / "out.shp", "--encoding", "GBK", "--crs", CRS)
    assert done.exit_code == 0, done.output
    frame = gpd.read_file(tmp_path / "out.shp")
    assert frame["名称"].tolist() == ["网格"] * 9
    assert frame.crs == CRS


def test_a_layer_without_crs_goes_into_metric_formats_only(tmp_path: Path):
    source = tmp_path / "bare.shp"
    pyogrio.write_dataframe(coded(REACHING), source)
    source.with_suffix(".prj").unlink()
    assert run(source, "--out", tmp_path / "out.geojson").exit_code == 2
    assert run(source, "--out", tmp_path / "out.gpkg").exit_code == 1  # the finding that is left: crs_missing


def test_land_beyond_a_parent_in_another_crs_is_cut(tmp_path: Path):
    source = written(replaced(nine(), 3, square(-0.5, 10, 10.5)), tmp_path / "in.gpkg")
    parent = tmp_path / "parent.gpkg"
    gpd.GeoDataFrame(geometry=[square(0, 0, 30, 30)], crs=CRS).to_crs(4490).to_file(parent)
    done = run(source, "--parent", parent, "--out", tmp_path / "out.gpkg")
    assert done.exit_code == 0, done.output
    assert "cut off" in done.stdout
