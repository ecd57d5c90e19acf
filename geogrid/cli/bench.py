"""`geogrid bench`: the figures of BENCHMARKS.md, measured on this machine."""

from __future__ import annotations

import importlib
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from geogrid.cli.output import show_json

scale_option = click.option("--scale", type=click.FloatRange(min=0, min_open=True, max=1), default=1.0, show_default=True, help="Share of Lubei.")
seed_option = click.option("--seed", type=int, default=0, show_default=True)
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
peers_option = click.option("--peers", is_flag=True, help="The peers that are installed too: pip install -e .[bench]")

PARTITION_COLUMNS = (
    *("kind", "households", "method", "groups", "in_range_share", "violations", "certified_minimum", "disconnected"),
    *("inertia_per_weight", "entrances_split", "cpu_s", "certificate_cpu_s", "peak_rss_mb"),
)
CELL_COLUMNS = ("method", "houses", "enclosures", "cells", "coverage_is_valid", "whole_share", "cpu_s", "wall_s", "peak_rss_mb")
DISTRICT_COLUMNS = (
    *("method", "wall_s", "cpu_s", "peak_rss_mb", "microgrids", "out_of_bounds", "certified_minimum"),
    *("gap_m2", "overlap_m2", "outside_m2", "grids_over_barriers"),
)
VALIDATE_COLUMNS = ("layer", "units", "vertices", "findings", "validate_cpu_s", "bare_cpu_s", "ratio")
REPAIR_COLUMNS = (
    *("input", "method", "overlaps", "gaps", "unmatched", "invalid", "in_pieces", "coverage_is_valid", "gained_m2", "lost_m2"),
    *("units_lost", "cpu_s", "call_cpu_s", "peak_rss_mb"),
)
DIVISION_COLUMNS = (
    *("division", "grids", "polsby_popper", "reock", "on_lines_share", "inner_on_lines_share"),
    *("lines_followed_share", "area_cv", "in_pieces"),
)


REACH_COLUMNS = ("what", "n", "cpu_s", "each_ms", "times", "difference", "alike_n", "failed", "found")
SHEET_COLUMNS = ("what", "n", "cpu_s", "wall_s", "each_ms", "mb")


@click.group(epilog="Example: geogrid bench partition --kind village --households 20000 --json")
def bench() -> None:
    """Measure on this machine what BENCHMARKS.md tells. Each part takes --json, and runs in a process of its own."""


@bench.command(epilog="Example: geogrid bench partition --kind estate --households 2000 --households 300000 --peers")
@click.option("--kind", type=click.Choice(["village", "estate", "mixture", "all"]), default="all", show_default=True)
@click.option("--households", type=click.IntRange(min=20), multiple=True, help="Size of the input, repeatable; else 2,000 to 300,000.")
@peers_option
@click.option("--limit", "limit_s", type=click.FloatRange(min=1), default=900.0, show_default=True, help="Seconds after which a method is stopped.")
@seed_option
@json_option
def partition(kind: str, households: tuple[int, ...], peers: bool, limit_s: float, seed: int, as_json: bool) -> None:
    """Cut groups of 10 to 15 households: this kernel, and METIS, k-means-constrained, gerrychain, spopt on the same input."""
    from geogrid.bench.inputs import KINDS
    from geogrid.bench.partition import SIZES, bench_partition

    kinds = list(KINDS) if kind == "all" else [kind]
    figures = bench_partition(kinds, households or SIZES, peers=peers, seed=seed, limit_s=limit_s, tell=_tell)
    _show(figures, as_json, PARTITION_COLUMNS)


@bench.command(epilog="Example: geogrid bench cells --houses 20000 --peers")
@click.option("--houses", type=click.IntRange(min=10), default=100_000, show_default=True, help="Footprints of the village.")
@peers_option
@seed_option
@json_option
def cells(houses: int, peers: bool, seed: int, as_json: bool) -> None:
    """Cut cells round the houses of villages: this program, and momepy's enclosed tessellation on the same enclosures."""
    from geogrid.bench.cells import bench_cells

    _show(bench_cells(houses, peers=peers, seed=seed), as_json, CELL_COLUMNS)


@bench.command(epilog="Example: geogrid bench district --scale 0.1")
@scale_option
@click.option("--rival", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Script of a rival, run on the same sources.")
@click.option("--rival-python", default=None, help="Interpreter with the rival's packages; else this one.")
@seed_option
@json_option
def district(scale: float, rival: Path | None, rival_python: str | None, seed: int, as_json: bool) -> None:
    """Build the simulated Lubei from files to project, stage by stage; with --rival, its script in the same run."""
    from geogrid.bench.district import bench_district

    _show(bench_district(scale=scale, seed=seed, rival=rival, rival_python=rival_python), as_json, DISTRICT_COLUMNS)


def _scaled(name: str, module: str, words: str, columns: Sequence[str] = ()) -> None:
    """Add the benchmark `bench_NAME` of a module, which takes a scale and a seed."""

    @bench.command(name, help=words, epilog=f"Example: geogrid bench {name} --scale 0.1")
    @scale_option
    @seed_option
    @json_option
    def command(scale: float, seed: int, as_json: bool) -> None:
        measure = getattr(importlib.import_module(f"geogrid.bench.{module}"), f"bench_{name}")
        _show(measure(scale=scale, seed=seed), as_json, columns)


_scaled("growth", "district", "Build four sizes of Lubei: how CPU seconds grow.", ("households", "cpu_s", "peak_rss_mb"))
_scaled("validate", "validation", "A full check against the bare tests that it can not do without.", VALIDATE_COLUMNS)
_scaled("page", "page", "The time until the overview answers in headless Chromium.")


def _tell(words: str) -> None:
    """Say on stderr what begins; on a terminal only."""
    if sys.stderr.isatty():
        click.echo(f"… {words}", err=True)


@bench.command(epilog="Example: geogrid bench repair --data streets.geojson --data city.gpkg:neighborhoods")
@click.option("--data", "layers", multiple=True, metavar="FILE[:LAYER]", help="Layers to mend besides the simulated one, repeatable.")
@click.option("--units", type=click.IntRange(min=4), default=2_000, show_default=True, help="Units of the simulated coverage.")
@click.option("--mapshaper", type=click.Path(exists=True, dir_okay=False), help="The program mapshaper, where it is not on PATH.")
@seed_option
@json_option
def repair(layers: tuple[str, ...], units: int, mapshaper: str | None, seed: int, as_json: bool) -> None:
    """Mend faulty layers: this program, shapely.coverage_clean and mapshaper -clean on the same input, all judged alike."""
    from geogrid.bench.repair import bench_repair

    _show(bench_repair(layers, units=units, seed=seed, mapshaper=mapshaper, tell=_tell), as_json, REPAIR_COLUMNS)


@bench.command(epilog="Example: geogrid bench hangzhou --data data/hangzhou_xiacheng --map sides.html")
@click.option("--data", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True, help="Folder of the district's GeoJSON files.")
@click.option("--map", "picture", type=click.Path(dir_okay=False, path_type=Path), help="Write both divisions side by side, an HTML page.")
@seed_option
@json_option
def hangzhou(data: Path, picture: Path | None, seed: int, as_json: bool) -> None:
    """Divide Xiacheng by land, beside the 297 grids that its office drew: compactness, borders on roads and rivers, balance."""
    from geogrid.bench.real import bench_hangzhou

    with tempfile.TemporaryDirectory() as folder:
        _show(bench_hangzhou(data=data, folder=Path(folder), picture=picture, seed=seed), as_json, DIVISION_COLUMNS)


@bench.command(epilog="Example: geogrid bench edit --project lubei.gpkg --moves 500 --seconds 20")
@click.option("--project", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A built project, to copy; else Lubei is built.")
@scale_option
@click.option("--moves", type=click.IntRange(min=1), default=500, show_default=True, help="Moves of five atoms, in memory and by one planner.")
@click.option("--seconds", type=click.FloatRange(min=0), default=20.0, show_default=True, help="How long eight planners and sixteen readers work.")
@seed_option
@json_option
def edit(project: Path | None, scale: float, moves: int, seconds: float, seed: int, as_json: bool) -> None:
    """Move five atoms: in memory, over HTTP for one planner, and with eight planners and sixteen readers at work."""
    from geogrid.bench.edits import bench_edit

    _show(bench_edit(project=project, scale=scale, seed=seed, moves=moves, seconds=seconds, tell=_tell), as_json, ())


@bench.command(epilog="Example: geogrid bench reach --project lubei.gpkg --peers")
@click.option("--project", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True, help="A built project.")
@click.option("--cameras", type=click.IntRange(min=1), default=200, show_default=True, help="So many cameras are given to the peers.")
@peers_option
@json_option
def reach(project: Path, cameras: int, peers: bool, as_json: bool) -> None:
    """Regions of cameras, the camera report, nearest stations, capacities, new sites; with --peers five others beside."""
    from geogrid.bench.reach import bench_reach

    _show(bench_reach(project, peers=peers, cameras=cameras, tell=_tell), as_json, REACH_COLUMNS)


@bench.command("sheets", epilog="Example: geogrid bench sheets --project lubei.gpkg --sheets 300")
@click.option("--project", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True, help="A built project.")
@click.option("--sheets", "n", type=click.IntRange(min=1), default=300, show_default=True, help="Notices of so many grids.")
@json_option
def printed(project: Path, n: int, as_json: bool) -> None:
    """Print public notices of grids, a PDF each and all in one PDF."""
    from geogrid.bench.sheets import bench_sheets

    _show(bench_sheets(project, n=n, tell=_tell), as_json, SHEET_COLUMNS)


def _show(figures: Mapping[str, Any], as_json: bool, columns: Sequence[str]) -> None:
    """Print figures: one JSON document, or a table of `rows` and the rest line by line."""
    if as_json:
        show_json(figures)
        return
    for key, value in figures.items():
        if key == "rows" and columns:
            _table(value, columns)
        elif isinstance(value, Mapping):
            click.echo(f"{key}:")
            for inner, figure in value.items():
                click.echo(f"  {inner:<12} {figure}")
        else:
            click.echo(f"{key}: {value}")


def _table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """Print one line per row, columns as wide as their widest word; a row with a note has that instead of figures."""
    text = [[_word(row.get(column)) for column in columns] for row in rows]
    width = [max(len(words) for words in column) for column in zip(columns, *text, strict=True)]
    for row, words in zip([{}, *rows], [list(columns), *text], strict=True):
        line = "  ".join(word.ljust(w) for word, w in zip(words, width, strict=True)).rstrip()
        click.echo(f"{line}  {row['note']}" if row.get("note") else line)


def _word(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
