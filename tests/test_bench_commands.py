"""`geogrid bench` on small inputs: every table has its columns, a peer that is missing or fails is named, one judge judges all."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from click.testing import CliRunner

from geogrid.bench import methods, peers
from geogrid.bench.cells import judged
from geogrid.bench.child_cells import load_shapes, save_shapes
from geogrid.bench.faults import faults
from geogrid.bench.inputs import KernelInput, village
from geogrid.bench.meter import BenchError, in_own_process
from geogrid.bench.methods import METHODS, OWN, Division, Method, ours
from geogrid.bench.partition import bench_partition
from geogrid.bench.rival_sources import write_rival_sources
from geogrid.cli import bench as command
from geogrid.cli import main
from geogrid.simulate import simulate


def said(*arguments: str) -> dict:
    """Run `geogrid bench … --json` and return its document."""
    done = CliRunner().invoke(main, ["bench", *arguments, "--json"])
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def small() -> dict:
    """Both of our methods and all peers on 2,000 households of one kind; the peers are as good as missing."""
    return bench_partition(["estate"], [400, 2000])


def test_every_input_has_a_row_for_each_of_our_methods_with_all_columns(small: dict):
    assert [(row["method"], row["kind"]) for row in small["rows"]] == [(name, "estate") for _ in range(2) for name in OWN]
    for row in small["rows"]:
        assert set(command.PARTITION_COLUMNS) <= set(row), set(command.PARTITION_COLUMNS) - set(row)
        assert row["disconnected"] == row["crossing"] == 0
        assert row["violations"] == 0 if row["method"] != "ours" else row["violations"] == row["certified_minimum"]
        assert row["cpu_s"] >= row["certificate_cpu_s"] >= 0
        assert row["peak_rss_mb"] > 0
    assert set(small["growth"]) == {"estate"}
    assert set(small["first_call"]) == {"cpu_s", "wall_s"}
    assert set(small["edited_grid"]) == {"median_ms", "longest_ms"}


def test_a_peer_that_is_not_installed_is_named_so(monkeypatch: pytest.MonkeyPatch):
    missing = {"ours": METHODS["ours"], "peer": Method("no_such_package_at_all", 10**9, lambda graph: Division(graph.within))}
    monkeypatch.setattr("geogrid.bench.partition.METHODS", missing)
    rows = bench_partition(["village"], [100], peers=True)["rows"]
    assert rows[1]["note"] == "no_such_package_at_all is not installed"
    assert "violations" not in rows[1]


def test_a_method_that_is_too_slow_for_an_input_is_not_run(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("geogrid.bench.partition.METHODS", {"ours": METHODS["ours"], "slow": Method(None, 50, METHODS["ours"].divide)})
    rows = bench_partition(["village"], [100], peers=True)["rows"]
    assert rows[1]["note"] == "not run beyond 50 households"


def test_all_peers_are_named_with_the_package_that_they_need():
    assert {method.package for method in METHODS.values()} == {None, "pymetis", "k_means_constrained", "gerrychain", "spopt"}
    assert METHODS["ours"].is_installed


def test_a_process_that_fails_or_takes_too_long_is_said_in_one_line():
    with pytest.raises(BenchError, match=r"failed: .*No module named"):
        in_own_process("geogrid.bench.no_such_child", [])
    with pytest.raises(BenchError, match=r"stopped after 0.01 s"):
        in_own_process("geogrid.bench.child_partition", ["again", "x"], limit_s=0.01)


def test_our_division_leaves_the_kernel_as_it_was_and_tells_its_reasons():
    import geogrid.partition as kernel

    search = kernel.solve
    found = ours(village(8000))
    assert kernel.solve is search
    assert sum(found.facts["reasons"].values()) == 1
    assert found.facts["certificate_cpu_s"] >= 0


def test_components_that_a_peer_gives_up_on_are_left_out_and_the_others_numbered_on():
    graph = village(2000)

    def halves(part: KernelInput, k: int) -> np.ndarray | None:
        return None if part.within[0] == 0 else np.arange(len(part.weights)) % k

    labels = peers.by_component(graph, halves)
    assert (labels[graph.within == 0] == -1).all()
    done = graph.within != 0
    assert (labels[done] >= 0).all()
    assert all(len(np.unique(graph.within[labels == label])) == 1 for label in np.unique(labels[done]))


def test_cells_have_a_row_with_all_columns_and_the_houses_lie_in_them():
    (row,) = said("cells", "--houses", "300")["rows"]
    assert set(command.CELL_COLUMNS) <= set(row)
    assert row["coverage_is_valid"]
    assert row["without_cell"] == row["multipart"] == 0
    assert abs(row["off_m2"]) < 1
    assert row["whole_share"] > 0.99


def test_cells_are_judged_by_what_lies_in_them():
    houses = np.array([shapely.box(1, 1, 3, 3), shapely.box(6, 1, 8, 3), shapely.box(20, 0, 21, 1)])
    field = np.array([shapely.box(0, 0, 10, 5)])
    fair = judged(houses, field, np.array([shapely.box(0, 0, 5, 5), shapely.box(5, 0, 10, 5)]), np.array([0, 1]))
    assert (fair["coverage_is_valid"], fair["off_m2"], fair["without_cell"]) == (True, 0.0, 1)
    assert fair["whole_share"] == pytest.approx(2 / 3, abs=1e-5)
    crooked = judged(houses, field, np.array([shapely.box(0, 0, 7, 5), shapely.box(6, 0, 10, 5)]), np.array([0, 0]))
    assert (crooked["coverage_is_valid"], crooked["off_m2"], crooked["without_cell"]) == (False, -5.0, 2)


def test_shapes_come_back_as_they_were_saved(tmp_path: Path):
    shapes = np.array([shapely.box(0, 0, 1, 1), shapely.Point(3, 3).buffer(1).difference(shapely.Point(3, 3).buffer(0.5))])
    save_shapes(tmp_path / "a.npz", some=shapes)
    assert (shapely.to_wkb(load_shapes(tmp_path / "a.npz", "some")) == shapely.to_wkb(shapes)).all()


RIVAL = """
import sys, pathlib, geopandas as gpd
src, out = map(pathlib.Path, sys.argv[1:3]); out.mkdir()
read = lambda name: gpd.read_file(src / f"{name}.gpkg")
for name in ("roads", "rail", "river", "cameras", "stations"): read(name)
com, ent = read("communities").to_crs(4548), read("entrances").to_crs(4548)
com.to_file(out / "project.gpkg", layer="grids")
ent[ent.households > 0].to_file(out / "project.gpkg", layer="microgrids")
"""


def test_the_rival_gets_our_sources_and_is_judged_by_the_same_judge(tmp_path: Path):
    script = tmp_path / "rival.py"
    script.write_text(RIVAL, "utf-8")
    figures = said("district", "--scale", "0.012", "--rival", str(script), "--rival-python", sys.executable)
    ours_, rival = figures["rows"]
    for row in (ours_, rival):
        assert set(command.DISTRICT_COLUMNS) <= set(row)
    assert ours_["out_of_bounds"] == ours_["certified_minimum"]
    assert ours_["overlap_m2"] == 0
    assert rival["out_of_bounds"] > 0, "an entrance is no group of 10 to 15"
    assert rival["gap_m2"] == pytest.approx(0, abs=1)
    assert "cells" in figures["stages"]


def test_a_rival_that_fails_ends_the_run_with_its_last_words(tmp_path: Path):
    script = tmp_path / "rival.py"
    script.write_text("raise SystemExit('no sources today')", "utf-8")
    done = CliRunner().invoke(main, ["bench", "district", "--scale", "0.012", "--rival", str(script)])
    assert done.exit_code == 2
    assert "no sources today" in done.stderr


def test_the_rivals_sources_have_all_households_at_entrances(tmp_path: Path):
    frames = simulate("lubei", scale=0.012).frames
    write_rival_sources(frames, tmp_path)
    buildings, entrances = gpd.read_file(tmp_path / "buildings.gpkg"), gpd.read_file(tmp_path / "entrances.gpkg")
    assert entrances.households.sum() == buildings.households.sum() == frames["buildings"].households.sum()
    assert set(entrances.bid) <= set(buildings.bid)
    assert not entrances.duplicated(["bid", "unit"]).any()
    assert buildings.crs.to_epsg() == 4490


def test_gaps_overlaps_and_barriers_inside_a_grid_are_faults():
    crs = "EPSG:4548"

    def layer(shapes: list, **columns: list) -> gpd.GeoDataFrame:
        return gpd.GeoDataFrame(columns, geometry=shapes, crs=crs)

    road = layer([shapely.LineString([(50, 0), (50, 100)]), shapely.LineString([(10, 0), (10, 100)])], **{"class": ["primary", "branch"]})
    empty = layer([], **{"class": []})
    frames = {"communities": layer([shapely.box(0, 0, 100, 100)]), "roads": road, "railways": empty, "water": empty}
    along = layer([shapely.box(0, 0, 50, 100), shapely.box(50, 0, 100, 100)])
    fair = faults(along, np.array([12, 0, 15]), frames)
    assert (fair["gap_m2"], fair["overlap_m2"], fair["grids_over_barriers"], fair["out_of_bounds"], fair["microgrids"]) == (0, 0, 0, 0, 2)
    across = layer([shapely.box(0, 0, 100, 50), shapely.box(0, 40, 100, 90)])
    poor = faults(across, np.array([9, 16, 12]), frames)
    assert (poor["gap_m2"], poor["overlap_m2"], poor["grids_over_barriers"], poor["out_of_bounds"]) == (1000, 1000, 2, 2)


def test_tables_are_read_by_people_too(small: dict, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("geogrid.bench.partition.bench_partition", lambda *_, **__: small)
    done = CliRunner().invoke(main, ["bench", "partition"])
    lines = done.stdout.splitlines()
    assert lines[0].split() == list(command.PARTITION_COLUMNS)
    assert lines[2].startswith("estate")
    assert "edited_grid:" in lines


@pytest.mark.parametrize("name", ["partition", "cells", "district", "growth", "validate", "page"])
def test_every_benchmark_has_help_with_an_example_and_takes_json(name: str):
    done = CliRunner().invoke(main, ["bench", name, "--help"])
    assert f"Example: geogrid bench {name}" in done.stdout
    assert "--json" in done.stdout


@pytest.mark.skipif(not METHODS["METIS"].is_installed, reason="pymetis is not installed")
def test_metis_divides_every_component_into_contiguous_groups():
    graph = village(2000)
    assert methods.metis(graph).min() == 0


@pytest.mark.long
def test_moves_of_atoms_are_measured_in_memory_alone_and_together_and_none_is_lost():
    figures = said("edit", "--scale", "0.01", "--moves", "5", "--seconds", "1")
    assert figures["memory"]["undone_exactly"]
    assert figures["one_planner"]["edit_median_ms"] > 0
    assert figures["together"]["edits"] > 0
    assert figures["together"]["failed"] == []
    assert (figures["together"]["unfounded"], figures["lost"]) == (0, 0)
