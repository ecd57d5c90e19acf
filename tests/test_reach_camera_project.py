"""The reach of a project's cameras: what it is gathered of, and what an edited plan changes."""

from __future__ import annotations

import warnings

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geogrid.pipeline.reach_cameras import reach_cameras
from geogrid.store import open_project, write_project
from tests.camera_town import cameras, doors, houses, reach, roads
from tests.tiny import CRS, tiny_contents


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    path = tmp_path_factory.mktemp("reach") / "tiny.gpkg"
    write_project(tiny_contents(), path)
    with open_project(path) as opened:
        yield opened


def test_a_projects_cameras_see_and_the_secret_one_is_left_out(project):
    found = reach_cameras(project)
    assert found.cameras["id"].tolist() == ["c1", "c2"]
    assert found.secret_n == 1
    assert reach_cameras(project, with_secret=True).cameras["id"].tolist() == ["c1", "c2", "c3"]
    assert set(found.camera_units["level"]) == {"community", "grid"}
    assert set(found.camera_units["code"]) == {*project.units("community").index, *project.units("grid").index}
    assert found.crs == project.crs


def test_every_part_answers_and_speaks_both_languages(project):
    found = reach_cameras(project)
    for frame in (found.regions, found.perhaps, found.blind_streets, found.blind_entrances, found.over_reach, found.findings):
        assert isinstance(frame, gpd.GeoDataFrame)
    assert len(found.notes) > 3
    for note in found.notes:
        assert set(note) == {"key", "n", "en", "zh"}
        assert "{" not in note["en"] + note["zh"]


def broken(frame, *shapes):
    return frame.set_geometry(gpd.GeoSeries([*shapes, *frame.geometry.iloc[len(shapes) :]], index=frame.index, crs=CRS))


def test_broken_layers_are_no_fault():
    bow = shapely.Polygon([(0, 0), (9, 9), (9, 0), (0, 9)])
    layers = {
        "buildings": broken(houses(*[(x, 20, x + 5, 30) for x in range(0, 60, 10)]), None, shapely.Polygon(), bow, shapely.Point(3, 3)),
        "roads": broken(roads(*[[(0, y), (200, y)] for y in (10, 50, 60)]), None, shapely.LineString()),
        "walls": gpd.GeoDataFrame({"class": ["wall", None]}, geometry=[houses((5, 5, 9, 9)).geometry[0], None], crs=CRS),
        "entrances": broken(doors((1, 1), (2, 2), (50, 50)), None, shapely.Point()),
        "prohibited": gpd.GeoDataFrame({"kind": ["x"]}, geometry=[None], crs=CRS),
    }
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = reach(cameras({"at": (50, 40), "ptz": "1"}, {"at": (3, 3), "ptz": None, "range_m": np.nan}), **layers)
        assert found.whole["street_m"] == pytest.approx(200)
        assert found.whole["entrances"] == 1
        assert found.whole["ground_m2"] < 40_000
        assert len(found.over_reach) + len(found.notes) > 0
