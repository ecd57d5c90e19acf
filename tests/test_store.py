"""A project file: what goes in comes out, GDAL reads every layer of it, and nothing is lost that should not be."""

from __future__ import annotations

import dataclasses
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from pandas.testing import assert_frame_equal

from geogrid.errors import NotFoundError
from geogrid.scheme import built_in, read_scheme
from geogrid.store import Contents, open_project, write_project
from geogrid.store.scheme_json import scheme_from_dict, scheme_to_dict
from tests.tiny import EAST, LEVELS, SCRIPT, WEST, tiny_contents, tiny_scheme


@pytest.fixture(scope="module")
def contents() -> Contents:
    return tiny_contents()


@pytest.fixture
def path(contents: Contents, tmp_path: Path) -> Path:
    path = tmp_path / "样例 #1%20?.gpkg" if shutil.os.name == "posix" else tmp_path / "样例.gpkg"
    write_project(contents, path)
    return path


def as_wkb(frame: gpd.GeoDataFrame) -> list[bytes]:
    return shapely.to_wkb(frame.geometry.to_numpy()).tolist()


def test_every_level_comes_back_bit_for_bit_with_its_status(contents, path):
    with open_project(path) as project:
        for level in LEVELS:
            frame, back = contents.plan.frame(level), project.units(level)
            assert as_wkb(back) == as_wkb(frame)
            assert_frame_equal(
                pd.DataFrame(back.drop(columns=["geometry", "status"])), pd.DataFrame(frame.drop(columns="geometry")), check_dtype=False
            )
            assert (back.dtypes[["floor_from", "households", "area_m2"]] == ["Int64", "int64", "float64"]).all()
        assert project.units("grid")["status"].to_dict() == {
            WEST + "001": "in",
            WEST + "002": "in",
            EAST + "001": "dedicated",
            EAST + "002": "in",
        }


def test_the_plan_is_rebuilt_whole(contents, path):
    with open_project(path) as project:
        plan, back = contents.plan, project.plan()
        assert (back.id, back.version, back.state, back.scheme) == (plan.id, plan.version, plan.state, plan.scheme)
        assert (back.leaf == plan.leaf).all()
        assert back.base.district.equals_exact(plan.base.district, 0)
        assert_frame_equal(back.base.atoms, plan.base.atoms, check_dtype=False)
        assert_frame_equal(back.units, plan.units, check_dtype=False)
        assert_frame_equal(
            pd.DataFrame(back.base.cells.drop(columns="geometry")), pd.DataFrame(plan.base.cells.drop(columns="geometry")), check_dtype=False
        )
        assert as_wkb(back.frame("microgrid")) == as_wkb(plan.frame("microgrid"))


def test_layers_sites_given_and_rejected_keep_text_numbers_and_nulls(contents, path):
    with open_project(path) as project:
        pairs = [(project.layer(role), frame) for role, frame in contents.layers.items()]
        pairs += [(project.sites(role), frame) for role, frame in contents.sites.items()]
        pairs += [(project.given("community"), contents.given["community"])]
        for back, frame in pairs:
            assert as_wkb(back) == as_wkb(frame)
            assert_frame_equal(pd.DataFrame(back.drop(columns="geometry")), pd.DataFrame(frame.drop(columns="geometry")), check_dtype=False)
        assert project.rejected().loc[0, "value"] == "十层"
        assert project.sites("stations")["name"].tolist()[1] == SCRIPT


def test_findings_keep_their_codes_and_places(contents, path):
    with open_project(path) as project:
        found = project.findings()
        assert found["units"].tolist() == contents.findings["units"].tolist()
        assert found["rule"].tolist() == contents.findings["rule"].tolist()
        assert found.geometry.isna().tolist() == [True, False, False]
        assert found["area_m2"].isna().all()
        assert list(found.columns) == list(contents.findings.columns)


def test_gdal_reads_every_layer_of_a_closed_copy(path, tmp_path):
    copy = tmp_path / "copy.gpkg"
    shutil.copyfile(path, copy)
    rows = {name: len(pyogrio.read_dataframe(copy, layer=name)) for name in pyogrio.list_layers(copy)[:, 0]}
    expected = {
        "unit_community": 2,
        "unit_grid": 4,
        "unit_microgrid": 11,
        "cell": 16,
        "atom": 21,
        "unit": 17,
        "district": 1,
        "finding": 3,
        "railways": 0,
    }
    assert rows.items() >= expected.items()
    assert {"buildings", "roads", "stations", "cameras", "given_community", "rejected", "plan", "edit"} <= set(rows)
    frame = pyogrio.read_dataframe(copy, layer="unit_community")
    assert frame.crs.to_epsg() == 4547
    assert frame["name"].tolist() == ["建华社区", SCRIPT]


def test_gdal_finds_by_extent_and_may_write_through_the_triggers(path):
    found = pyogrio.read_dataframe(path, layer="cell", bbox=(540_010, 4_196_010, 540_020, 4_196_020))
    assert len(found) == 1
    with closing(sqlite3.connect(path)) as con, con:
        from geogrid.store.gpkg import encode, register

        register(con)
        (moved,) = encode(np.array([shapely.box(0, 0, 1, 1)]), 4547)
        con.execute("UPDATE cell SET geom = ? WHERE fid = 1", (moved,))
        con.execute("UPDATE unit_grid SET name = 'x' WHERE fid = 1")
        con.execute("DELETE FROM cell WHERE fid = 2")
        assert con.execute("SELECT maxx, maxy FROM rtree_cell_geom WHERE id = 1").fetchone() == (1.0, 1.0)
        assert con.execute("SELECT count(*) FROM rtree_cell_geom").fetchone() == (15,)


def test_the_file_alone_is_the_whole_project(path):
    assert [p.name for p in path.parent.iterdir()] == [path.name]
    with closing(sqlite3.connect(path)) as con:
        assert con.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert con.execute("PRAGMA application_id").fetchone() == (0x47504B47,)
        assert con.execute("PRAGMA foreign_key_check").fetchall() == []


def test_summary_counts_what_build_prints(path):
    with open_project(path) as project:
        summary = project.summary()
    assert summary["levels"]["microgrid"] == {"units": 11, "households": 117, "in_bounds": 9, "exceptions": 1}
    assert summary["levels"]["community"] == {"units": 2, "households": 117, "in_bounds": None, "exceptions": 0}
    assert summary["sites"] == {"station": {"n": 3, "unmatched": 1}, "camera": {"n": 3, "unmatched": 0}}
    assert (summary["rejected"], summary["findings"]) == ({"buildings": 1}, {"error": 1, "warning": 2})
    assert (summary["crs"], summary["name"], summary["seconds"]) == ("EPSG:4547", "小区样例 tiny", {"read": 0.1})


def test_unknown_names_are_answered_with_the_known_ones(path):
    with open_project(path) as project:
        for ask in (project.units, project.layer, project.sites, project.given):
            with pytest.raises(NotFoundError, match="it has: ") as caught:
                ask("nonsense")
            assert "可用" in caught.value.message_zh


def test_every_scheme_survives_json():
    import json

    for scheme in [tiny_scheme(), *(read_scheme(name) for name in built_in())]:
        assert scheme_from_dict(json.loads(json.dumps(scheme_to_dict(scheme)))) == scheme


def test_a_project_without_units_sites_layers_or_findings_is_still_a_project(contents, tmp_path):
    plan = dataclasses.replace(contents.plan, units=contents.plan.units.iloc[:0], leaf=np.full(21, -1), _derived={})
    nothing = contents.findings.iloc[:0]
    bare = Contents(plan, {}, {}, {}, nothing, nothing, contents.rejected.iloc[:0], {})
    write_project(bare, tmp_path / "bare.gpkg")
    with open_project(tmp_path / "bare.gpkg") as project:
        assert [len(project.units(level)) for level in LEVELS] == [0, 0, 0]
        assert (len(project.findings()), len(project.rejected()), project.site_roles, project.name) == (0, 0, [], "")
        assert (project.plan().leaf == -1).all()
        assert project.summary()["levels"]["grid"]["units"] == 0


def test_several_threads_read_one_project(path):
    from concurrent.futures import ThreadPoolExecutor

    with open_project(path) as project, ThreadPoolExecutor(8) as pool:
        jobs = [
            pool.submit(ask) for _ in range(10) for ask in (project.summary, project.plan, project.findings, lambda: project.locate(114.455, 37.897))
        ]
        assert len({str(job.result()) for job in jobs[::4]}) == 1


def test_a_working_crs_without_a_number_is_kept(contents, tmp_path):
    own = "+proj=tmerc +lat_0=0 +lon_0=114.3 +k=1 +x_0=500000 +ellps=GRS80 +units=m"
    frames = {name: getattr(contents, name).set_crs(own, allow_override=True) for name in ("notes", "findings")}
    base = dataclasses.replace(contents.plan.base, cells=contents.plan.base.cells.set_crs(own, allow_override=True))
    plan = dataclasses.replace(contents.plan, base=base, _derived={})
    local = dataclasses.replace(contents, plan=plan, given={}, sites={}, layers={}, **frames)
    write_project(local, tmp_path / "local.gpkg")
    with open_project(tmp_path / "local.gpkg") as project:
        assert project.crs == base.crs
        assert project.units("grid").crs == base.crs
    assert pyogrio.read_info(tmp_path / "local.gpkg", layer="unit_grid")["crs"] is not None
