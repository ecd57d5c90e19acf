"""Reach on real districts: Helsinki's cameras and Hangzhou's facilities; Jinan's walls stand in the way."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from click.testing import CliRunner

from geogrid.cli import main
from geogrid.pipeline.build import build
from geogrid.pipeline.reach_cameras import reach_cameras
from geogrid.pipeline.reach_stations import reach_stations
from geogrid.store import open_project
from tests.shared import shared_path

RECIPES = Path(__file__).parent / "recipes"
CAMERA_M = 4.0
"""How high cameras hang where nobody says; a house whose height nobody knows hides, too."""


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return a function that builds a real district once."""
    made: dict[str, Path] = {}

    def project(name: str) -> Path:
        if name not in made:
            data, folder = shared_path(name), tmp_path_factory.mktemp(name)
            text = (RECIPES / f"{name}.toml").read_text("utf-8").replace(f"../../../shared/data/{name}", data.as_posix())
            (folder / "recipe.toml").write_text(text, "utf-8")
            build(folder / "recipe.toml", folder / "p.gpkg").close()
            made[name] = folder / "p.gpkg"
        return made[name]

    return project


@cache
def told(project: Path, *words: str) -> dict:
    """What is asked twice is computed once."""
    done = CliRunner().invoke(main, ["reach", str(project), *words, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_helsinkis_cameras_have_no_direction_so_nothing_is_sure(real: Callable[[str], Path]):
    cameras = told(real("helsinki"), "cameras")["cameras"]
    assert cameras["cameras"] == 221
    assert 40 <= sum(cameras["status"].values()) <= 80, "some 60 stand in or on walls"
    assert cameras["totals"]["street_share"] == 0 < cameras["totals"]["street_perhaps_share"] < 1
    assert any("direction" in note["en"] and note["n"] == 221 for note in cameras["notes"])


def test_helsinkis_walks_follow_its_streets(real: Callable[[str], Path]):
    stations = told(real("helsinki"), "stations")["stations"]
    assert stations["method"] == "network"
    assert {row["total"] for row in stations["totals"]} == {11_367}
    with open_project(real("helsinki")) as project:
        reach = reach_stations(project)
        for kind in reach.kinds[:3]:
            walks = reach.walks(kind.key)
            known = walks.station >= 0
            straight = ((reach.demand.xy[known] - reach.stations.xy[walks.station[known]]) ** 2).sum(axis=1) ** 0.5
            assert (walks.walk_m[known] >= straight - 0.01).all(), "no walk is shorter than the line"


def test_what_helsinkis_cameras_see_lies_in_no_house_that_is_higher(real: Callable[[str], Path]):
    with open_project(real("helsinki")) as project:
        reach = reach_cameras(project)
        obstacles, seen = reach.around.obstacles, reach.perhaps.geometry.to_numpy()
    houses = obstacles.scene.footprints[~(obstacles.height_m < CAMERA_M)]
    assert len(houses) > 300
    tree = shapely.STRtree(houses)
    region, house = tree.query(seen, predicate="intersects")
    inside = shapely.area(shapely.intersection(seen[region], houses[house]))
    assert inside.max() < 0.5


def test_hangzhou_has_no_homes_and_serves_land(real: Callable[[str], Path]):
    document = told(real("hangzhou_xiacheng"), "all")
    stations = document["stations"]
    assert stations["what"] == "land"
    assert sum(kind["n"] for kind in stations["kinds"]) == 753
    assert stations["totals"][0]["total"] / 1e6 == pytest.approx(29.67, abs=0.05)
    assert "land" in {note["key"] for note in stations["notes"]}
    assert document["absent"] == ["cameras", "patrols"]


def test_hangzhous_unserved_land_is_a_layer_of_points(real: Callable[[str], Path], tmp_path: Path):
    words = ["reach", str(real("hangzhou_xiacheng")), "stations", "--minutes", "5", "--layer", "unserved", "--out", str(tmp_path / "land.geojson")]
    assert CliRunner().invoke(main, words).exit_code == 0
    unserved = gpd.read_file(tmp_path / "land.geojson")
    totals = told(real("hangzhou_xiacheng"), "all")["stations"]["totals"]
    missing = {row["kind"]: row["total"] - row["served"] for row in totals if row["minutes"] == 5}
    assert unserved.groupby("kind")["area_m2"].sum().to_dict() == pytest.approx(missing, rel=1e-4)
    assert set(unserved.geom_type) == {"Point"}
