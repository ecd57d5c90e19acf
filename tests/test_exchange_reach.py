"""Layers of reach on disk: all in one GeoPackage or one in a file, whole or not at all, the same whatever order the rows came in."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from geogrid.errors import InputError, NotFoundError
from geogrid.exchange.reach import check_target, chosen, layer_bytes, tidied, write_reach

ABOUT = {"name": "Somewhere", "simulated": True}
PLACES = gpd.GeoDataFrame({"id": ["b", "a"], "walk_m": [2.00001, 1.0]}, geometry=shapely.points([[1, 1], [2, 2]]), crs=4326)
TABLE = pd.DataFrame({"code": ["1", "2"], "served_share": [0.123456, np.nan]})


def test_a_geopackage_holds_layers_and_tables_under_their_names(tmp_path: Path):
    assert write_reach({"places": tidied(PLACES), "units": tidied(TABLE)}, tmp_path / "r.gpkg", ABOUT) == 4
    assert sorted(name for name, _ in pyogrio.list_layers(tmp_path / "r.gpkg")) == ["places", "units"]
    assert gpd.read_file(tmp_path / "r.gpkg", layer="places")["id"].tolist() == ["a", "b"]
    assert pyogrio.read_dataframe(tmp_path / "r.gpkg", layer="units", read_geometry=False)["served_share"].iloc[0] == 0.1235


def test_a_layer_without_rows_is_there_all_the_same(tmp_path: Path):
    write_reach({"places": tidied(PLACES.iloc[:0]), "units": tidied(TABLE.iloc[:0])}, tmp_path / "r.gpkg", ABOUT)
    assert [len(gpd.read_file(tmp_path / "r.gpkg", layer="places")), pyogrio.read_info(tmp_path / "r.gpkg", layer="units")["features"]] == [0, 0]
    assert json.loads(layer_bytes(PLACES.iloc[:0], ".geojson", ABOUT))["features"] == []


@pytest.mark.parametrize("frame", [PLACES, TABLE])
def test_one_layer_goes_into_each_format(frame: pd.DataFrame, tmp_path: Path):
    for ending in (".geojson", ".geojsonl", ".csv", ".xlsx"):
        assert write_reach({"one": tidied(frame)}, tmp_path / f"r{ending}", ABOUT) == 2
    features = json.loads((tmp_path / "r.geojson").read_text("utf-8"))
    assert (features["simulated"], features["layer"], len(features["features"])) == (True, "one", 2)
    assert load_workbook(tmp_path / "r.xlsx").worksheets[0].max_row == 3
    assert "simulated" in (tmp_path / "r.csv").read_text("utf-8-sig").splitlines()[0]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 9), st.integers(0, 3)), max_size=12), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_shuffled_rows_give_the_same_bytes(rows: list[tuple[str, float, int]], random):
    def layer(rows: list[tuple[str, float, int]]) -> gpd.GeoDataFrame:
        frame = pd.DataFrame(rows, columns=["kind", "walk_m", "place"])
        return gpd.GeoDataFrame(frame, geometry=shapely.points(frame["place"].to_numpy(float), np.zeros(len(rows))), crs=4326)

    mixed = random.sample(rows, len(rows))
    assert layer_bytes(tidied(layer(rows)), ".geojson", ABOUT) == layer_bytes(tidied(layer(mixed)), ".geojson", ABOUT)


def test_rows_alike_in_all_but_their_place_keep_one_order():
    frame = gpd.GeoDataFrame({"id": ["x", "x"]}, geometry=shapely.points([[3, 3], [1, 1]]), crs=4326)
    assert tidied(frame).geometry.x.tolist() == [1, 3]


def test_figures_are_rounded_by_the_end_of_their_name_and_the_argument_stays():
    frame = pd.DataFrame({"a_m2": [1.26], "b_share": [0.12344], "c_min": [1.239], "n": [3]})
    assert tidied(frame).iloc[0].to_dict() == {"a_m2": 1.3, "b_share": 0.1234, "c_min": 1.24, "n": 3}
    assert frame["a_m2"].iloc[0] == 1.26


def test_what_can_not_be_written_is_said_before_the_work(tmp_path: Path):
    project = tmp_path / "p.gpkg"
    project.touch()
    for path, layer, words in ((project, "", "itself"), (tmp_path / "r.doc", "", "ending"), (tmp_path / "r.xlsx", "", "--layer")):
        with pytest.raises(InputError, match=words):
            check_target(path, project, layer)
    check_target(tmp_path / "r.xlsx", project, "units")


def test_a_layer_that_there_is_not_names_those_there_are():
    with pytest.raises(NotFoundError, match="places, units"):
        chosen({"places": PLACES, "units": TABLE}, "other")
    assert list(chosen({"places": PLACES, "units": TABLE}, "units")) == ["units"]


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    target = tmp_path / "r.gpkg"
    target.write_bytes(b"old")

    def fail(*_: object, **__: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("geogrid.exchange.reach.pyogrio.write_dataframe", fail)
    with pytest.raises(InputError, match="disk full"):
        write_reach({"units": TABLE}, target, ABOUT)
    assert (target.read_bytes(), [p.name for p in tmp_path.iterdir()]) == (b"old", ["r.gpkg"])
