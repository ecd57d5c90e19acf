"""A project is built on one core or several: the same rows, the same findings, the same bytes in every file that leaves it."""

import gc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner

from geogrid.cli.root import main
from geogrid.errors import GeogridError
from geogrid.exchange import FORMATS, export, known_levels
from geogrid.pipeline.build import build
from geogrid.pipeline.parallel import MOST, Here, side_by_side, without_cycle_search, worker_count
from geogrid.store import Project
from tests.world import quarter, write


@pytest.fixture(scope="module", params=["a quarter", "a simulated district"])
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, Project]:
    """Build one recipe with one worker and with two."""
    folder = tmp_path_factory.mktemp("workers")
    if request.param == "a quarter":
        recipe = write(folder, quarter())
    else:
        answer = CliRunner().invoke(main, ["simulate", "lubei", "--out", str(folder), "--scale", "0.02"])
        assert answer.exit_code == 0, answer.output
        recipe = folder / "recipe.toml"
    return build(recipe, folder / "one.gpkg", workers=1), build(recipe, folder / "two.gpkg", workers=2)


def test_every_export_has_the_same_bytes(pair: tuple[Project, Project], tmp_path: Path):
    assert known_levels(pair[0]) == known_levels(pair[1])
    for ending in (ending for ending in FORMATS if ending not in (".gpkg", ".xlsx")):  # these two note when they were written
        for level in known_levels(pair[0]):
            for name, project in zip(("one", "two"), pair, strict=True):
                (tmp_path / name).mkdir(exist_ok=True)
                export(project, level, tmp_path / name / f"{level}{ending}")
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert len(files) > len(FORMATS)
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name


def test_every_finding_and_rejected_row_is_the_same(pair: tuple[Project, Project]):
    for one, two in ([project.findings().drop(columns="geometry") for project in pair], [project.rejected() for project in pair]):
        assert one.equals(two)
    assert pair[0].findings().geometry.to_wkb().tolist() == pair[1].findings().geometry.to_wkb().tolist()


def test_what_is_noted_of_a_build_is_the_same_but_for_time_and_memory(pair: tuple[Project, Project]):
    facts = [{key: value for key, value in project.meta.items() if key not in ("seconds", "peak_rss_mb")} for project in pair]
    assert facts[0] == facts[1]
    assert sorted(pair[0].meta["seconds"]) == sorted(pair[1].meta["seconds"])


def test_workers_are_counted_by_cores_unless_somebody_says_how_many(monkeypatch: pytest.MonkeyPatch):
    for cores, workers in ((64, MOST), (1, 1), (None, 1)):
        monkeypatch.setattr("os.cpu_count", lambda cores=cores: cores)
        monkeypatch.setattr("os.process_cpu_count", lambda cores=cores: cores, raising=False)
        assert worker_count() == workers
        assert worker_count(7) == 7


def test_one_worker_needs_no_thread_and_keeps_an_error_for_who_asks():
    with side_by_side(1) as here, side_by_side(2) as threads:
        assert isinstance(here, Here)
        assert isinstance(threads, ThreadPoolExecutor)
        for pool in (here, threads):
            assert list(pool.map(abs, [-1, 2])) == [1, 2]
            assert isinstance(pool.submit(int, "x").exception(), ValueError)


def test_the_search_for_cycles_rests_within_a_build_only_and_stays_off_where_it_was(tmp_path: Path):
    seen: list[bool] = []
    build(write(tmp_path, quarter()), tmp_path / "out.gpkg", progress=lambda *_: seen.append(gc.isenabled()))
    assert (any(seen), gc.isenabled()) == (False, True)
    with pytest.raises(GeogridError):
        build(tmp_path / "no.toml", tmp_path / "no.gpkg")
    assert gc.isenabled()
    with without_cycle_search():
        with without_cycle_search():
            pass
        assert not gc.isenabled()


@pytest.mark.parametrize("workers", [1, 2])
def test_rules_that_fail_leave_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: int):
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("a rule broke")

    monkeypatch.setattr("geogrid.rules.find_plan", fail)
    recipe = write(tmp_path, quarter())
    before = sorted(path.name for path in tmp_path.iterdir())
    with pytest.raises(RuntimeError, match="a rule broke"):
        build(recipe, tmp_path / "out.gpkg", workers=workers)
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_no_building_that_fits_is_divided_where_the_command_says_so(tmp_path: Path):
    recipe = write(tmp_path, quarter())
    plain, whole = build(recipe, tmp_path / "a.gpkg"), build(recipe, tmp_path / "b.gpkg", keep_buildings_whole=True)
    assert [level.keep_buildings_whole for level in plain.scheme.levels] == [False, False, False]
    assert [level.keep_buildings_whole for level in whole.scheme.levels] == [True, True, True]
