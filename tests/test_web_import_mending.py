"""Mending in an import: faults of given levels are told, mended in a copy by choice, and the file that was dropped stays as it was."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import geopandas as gpd
import shapely

from geogrid.recipe import read_recipe
from geogrid.store import open_project
from tests.import_desk import HOSTILE, Desk, text_of
from web.importing_mending import copy_names

LON, LAT = 118.18, 39.62
STEP = 0.002
SLIP = 0.000005
"""Degrees, some half a metre."""
KEY = "grids.geojson|grids"


def _layer(file: str, shapes: list[shapely.Geometry], **columns: list[str]) -> tuple[str, bytes]:
    frame = gpd.GeoDataFrame({**columns, "geometry": shapes}, crs=4326)
    return f"{file}.geojson", json.dumps({**frame.to_geo_dict(), "name": file}, ensure_ascii=False).encode()


def _files(slip: float = SLIP) -> list[tuple[str, bytes]]:
    """Two communities of two grids each; each grid but the last reaches `slip` degrees into the next, along a quarter of their border."""
    boxes = [shapely.box(LON + i * STEP, LAT, LON + (i + 1) * STEP, LAT + STEP) for i in range(4)]
    bumps = [shapely.box(LON + i * STEP, LAT + STEP / 4, LON + i * STEP + slip, LAT + STEP / 2) for i in (1, 2, 3)]
    boxes = [shapely.union(box, bump) for box, bump in zip(boxes, [*bumps, boxes[3]], strict=True)] if slip else boxes
    halves = [shapely.box(LON + i * STEP, LAT, LON + (i + 2) * STEP, LAT + STEP) for i in (0, 2)]
    codes = ["130203001001", "130203001002"]
    grids = _layer(
        "grids",
        boxes,
        code=[codes[i // 2] + f"00{i + 1}" for i in range(4)],
        name=["甲", "乙", "丙", HOSTILE],
        parent=[codes[i // 2] for i in range(4)],
    )
    return [
        _layer("communities", halves, code=codes, name=["东", "西"]),
        grids,
        _layer("district", [shapely.box(LON, LAT, LON + 4 * STEP, LAT + STEP)], name=["区"]),
    ]


def test_overlaps_are_told_mended_in_a_copy_and_taken_back(desk: Desk, tmp_path: Path):
    name = desk.begin()
    files = _files()
    desk.drop(name, *files)
    told = desk.told(name)
    assert told["mending"][KEY]["faults"]["overlap"] == 3
    page = desk.client.get(f"/import/{name}").text
    assert "重叠 3" in text_of(page)
    assert "有边界可修补" in page
    assert f'data-do="mend" data-key="{KEY}"' in page
    assert told["mending"]["communities.geojson|communities"]["faults"] == {}

    assert desk.choose(name, layers={KEY: {"mend": 1}}).status_code == 200
    told = desk.told(name)
    done = told["mending"][KEY]["mended"]
    assert (done["left"], done["units"], told["problem"], told["rows"]["grids"]["usable"]) == ({}, 4, None, 4)
    assert read_recipe(desk.importing.imports.find(name).recipe).inputs["grids"].path.name == done["file"]
    copy = desk.client.get(f"/api/imports/{name}/mended/{done['file']}")
    (tmp_path / "copy.gpkg").write_bytes(copy.data)
    frame = gpd.read_file(tmp_path / "copy.gpkg")
    assert list(frame["name"]) == ["甲", "乙", "丙", HOSTILE]
    assert frame.geometry.is_valid.all()
    assert not shapely.intersection_all(frame.geometry.to_numpy()[:2]).area
    table = desk.client.get(f"/api/imports/{name}/mended/{done['report']}")
    assert "lost_m2" in table.data.decode("utf-8-sig").splitlines()[0]
    place = desk.importing.imports.find(name)
    assert (place.files / "grids.geojson").read_bytes() == dict(files)["grids.geojson"], "what was dropped stays as it was"
    assert "使用的是修补后的副本" in text_of(desk.client.get(f"/import/{name}").text)

    desk.choose(name, layers={KEY: {"mend": None}})
    told = desk.told(name)
    assert "mended" not in told["mending"][KEY]
    assert read_recipe(place.recipe).inputs["grids"].path.name == "grids.geojson"
    assert list((place.files / "mended").iterdir()) == []
    assert desk.client.get(f"/api/imports/{name}/mended/{done['file']}").status_code == 404


def test_the_draft_is_built_of_the_mended_copy(desk: Desk):
    name = desk.begin()
    desk.drop(name, *_files())
    desk.told(name)
    counts = []
    for mend in (None, 1):
        desk.choose(name, layers={KEY: {"mend": mend}})
        desk.told(name)
        assert desk.post(f"/api/imports/{name}/build", json={"accept": True}).status_code == 202
        told = desk.told(name)
        assert told["failed"] is None
        assert told["current"]
        with open_project(desk.importing.imports.find(name).draft) as project:
            assert project.meta["files"]["grids"]["file"] == ("mended/grids geojson.gpkg" if mend else "grids.geojson")
            counts.append(int((project.findings()["rule"] == "overlap").sum()))
    assert counts[0] > 0
    assert counts[1] == 0


def test_a_layer_without_faults_is_not_offered_and_what_is_ambiguous_is_left(desk: Desk):
    name = desk.begin()
    desk.drop(name, *_files(0.0))
    assert desk.told(name)["mending"][KEY]["faults"] == {}
    assert 'data-do="mend"' not in desk.client.get(f"/import/{name}").text
    desk.drop(name, *_files(0.0005))
    assert desk.told(name)["mending"][KEY]["faults"]["overlap"] == 3
    desk.choose(name, layers={KEY: {"mend": 1}})
    done = desk.told(name)["mending"][KEY]["mended"]
    assert done["left"]["overlap"] == 3, "40 m wide: nobody knows whose they are"
    assert done["lost_m2"] == 0


def test_the_answer_is_a_width_in_metres(desk: Desk):
    name = desk.begin()
    for answer in ("yes", True, 0, -1, 11, 1e309):
        assert desk.choose(name, layers={KEY: {"mend": answer}}).status_code == 400
    assert desk.client.get(f"/api/imports/{name}/mended/..%2F..%2Fstate.json").status_code == 404


def test_a_mended_layer_goes_with_its_file(desk: Desk):
    name = desk.begin()
    desk.drop(name, *_files())
    desk.choose(name, layers={KEY: {"mend": 1}})
    assert "mended" in desk.told(name)["mending"][KEY]
    desk.client.delete(f"/api/imports/{name}/files/grids.geojson", headers=desk.headers)
    assert KEY not in desk.told(name)["mending"]
    assert list((desk.importing.imports.find(name).files / "mended").iterdir()) == []


def test_copies_of_layers_whose_names_are_alike_once_they_are_safe_are_two_files():
    reports = [SimpleNamespace(key=f"a.gpkg|{layer}", file="a.gpkg", layer=layer, format="gpkg") for layer in ("社区:1", "社区?1", "网格")]
    names = copy_names(reports)
    assert len(set(names.values())) == 3
    assert names["a.gpkg|网格"] == "a 网格 gpkg.gpkg"
