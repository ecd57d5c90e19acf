"""What the cameras page is told: figures that add up, streets and regions as computed, one camera in full, one tried; and who may know it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from flask import Flask
from flask.testing import FlaskClient

from geogrid.maps.project import MERCATOR
from geogrid.maps.seen import CLASSES, region_columns, street_columns
from geogrid.pipeline import reach_cameras as pipeline
from geogrid.store import accounts, open_project, write_project
from tests.people import add, manned_app, manned_project, signed_in
from tests.tiny import SCRIPT, X0, Y0, tiny_contents
from web import create_app

API = "/api/reach/cameras"


@pytest.fixture(scope="module")
def client(small_district: Path) -> FlaskClient:
    return create_app(small_district).test_client()


@pytest.fixture(scope="module")
def reach(small_district: Path) -> Iterator[Any]:
    project = open_project(small_district)
    yield pipeline.reach_cameras(project)
    project.close()


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return manned_app(tmp_path_factory.mktemp("manned"))


def ask(client: FlaskClient, name: str = "", status: int = 200, **arguments: Any) -> Any:
    answer = client.get(API + ("/" + name if name else ""), query_string=arguments)
    assert answer.status_code == status, answer.text
    return answer.get_json(force=True)


def told(client: FlaskClient, name: str, lang: str = "zh") -> Any:
    """What the page fetches, at the address that it was told."""
    page = json.loads(re.search(r'id="page-data">(.*?)</script>', client.get("/cameras").text)[1])
    return client.get(f"{page['seen']['data']}{name}.json?lang={lang}").get_json()


def features(client: FlaskClient, layer: str, **arguments: Any) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame.from_features(ask(client, layer, **arguments)["features"], crs=4326)


def vertices(columns: dict[str, Any]) -> list[np.ndarray]:
    """The lines that columns hold, in web Mercator: what `static/seen.js` makes of them."""
    steps = np.array(columns["xy"], float).reshape(-1, 2)
    parts = np.split(steps, np.cumsum(columns["n"])[:-1])
    return [np.array(columns["origin"]) + columns["step"] * np.cumsum(part, axis=0) for part in parts]


def test_figures_of_grids_add_up_to_the_district(client: FlaskClient):
    found = ask(client, level="grid")
    grids, whole = found["units"], found["totals"]
    assert sum(unit["street_m"] for unit in grids) == pytest.approx(whole["street_m"], abs=1)
    assert sum(unit["street_m"] * (unit["street_share"] or 0) for unit in grids) == pytest.approx(whole["sure_m"], abs=2)
    assert sum(unit["blind_m"] or 0 for unit in grids) == pytest.approx(whole["street_m"] - whole["seen_m"], abs=2)
    assert sum(unit["entrances"] for unit in grids) == whole["entrances"]
    assert all(0 <= unit["street_share"] <= unit["street_perhaps_share"] <= 1 for unit in grids if unit["street_m"])


def test_units_of_one_place_are_listed_alone(client: FlaskClient):
    place = ask(client, level="community")["units"][0]
    grids = ask(client, level="grid", parent=place["code"])["units"]
    assert grids
    assert {unit["parent"] for unit in grids} == {place["code"]}
    assert sum(unit["street_m"] for unit in grids) == pytest.approx(place["street_m"], abs=1)


def test_the_pages_table_says_what_the_interface_says(client: FlaskClient):
    table, units = told(client, "table/grid"), {unit["code"]: unit for unit in ask(client, level="grid")["units"]}
    assert [column["title"] for column in table["columns"][2:]] == ["盲区", "单元门 看见", "地面"]
    for i, code in enumerate(table["codes"]):
        assert table["values"]["sure"][i] == units[code]["street_share"]
        assert table["values"]["blind"][i] == units[code]["blind_share"]


def test_the_first_answer_has_the_figures_of_each_place_notes_and_how_much_is_seen_too_much(client: FlaskClient):
    answer, english = told(client, "answer"), told(client, "answer", "en")
    assert answer["place"] == "community"
    assert sum(place["cameras"] for place in answer["places"]) <= answer["totals"]["cameras"]
    assert {note["key"] for note in answer["notes"]} == {note["key"] for note in english["notes"]}
    assert all(re.search("[一-龥]", note["text"]) for note in answer["notes"])
    assert not any(re.search("[一-龥]", note["text"]) for note in english["notes"])
    assert len(told(client, "over")) == answer["over"] == len(ask(client, "over")["features"])


def test_street_pieces_of_a_unit_are_as_long_as_its_figures_say(client: FlaskClient):
    unit = max(ask(client, level="grid")["units"], key=lambda one: one["blind_m"] or 0)
    for name, metres in (("blind", unit["blind_m"]), ("sure", unit["street_m"] * unit["street_share"])):
        pieces = features(client, "streets", level="grid", code=unit["code"], **{"class": name})
        assert set(pieces["class"]) == {name}
        assert pieces["length_m"].sum() == pytest.approx(metres, abs=1)


def test_a_box_holds_the_pieces_that_meet_it_and_only_those(client: FlaskClient):
    every = features(client, "streets")
    west, south, east, north = every.iloc[:20].total_bounds
    inside = features(client, "streets", bbox=f"{west},{south},{east},{north}")
    assert 20 <= len(inside) < len(every)
    assert inside.intersects(shapely.box(west, south, east, north).buffer(1e-6)).all()
    assert ask(client, "streets", 400, bbox="1,2,3")["details"]["field"] == "bbox"


def test_columns_are_the_pieces_and_regions_to_a_decimetre(reach: Any):
    streets = reach.streets.iloc[:200].to_crs(MERCATOR)
    columns = street_columns(streets)
    lines = shapely.get_parts(streets.geometry.to_numpy())
    assert [CLASSES[i] for i in columns["class"]] == list(streets["class"].iloc[shapely.get_parts(streets.geometry.to_numpy(), return_index=True)[1]])
    for line, drawn in zip(lines, vertices(columns), strict=True):
        assert np.abs(shapely.get_coordinates(line) - drawn).max() <= 0.051
    regions = region_columns(reach.regions[reach.regions.area > 0].iloc[:20])
    assert len(regions["id"]) == len(regions["n"]) >= 20
    assert street_columns(streets.iloc[:0])["n"] == []


def test_tiles_hold_all_streets_once_a_piece_in_each_tile_it_meets(client: FlaskClient, reach: Any):
    west, south, east, north = reach.streets.to_crs(4326).total_bounds
    n = 1 << 13
    rows = {int(value) for value in ((west / 360 + 0.5) * n, (east / 360 + 0.5) * n)}
    columns = {int((0.5 - np.arcsinh(np.tan(np.radians(value))) / (2 * np.pi)) * n) for value in (south, north)}
    found = [told(client, f"streets/{x}/{y}") for x in range(min(rows), max(rows) + 1) for y in range(min(columns), max(columns) + 1)]
    assert sum(len(tile["n"]) for tile in found) >= len(reach.streets)
    assert told(client, "streets/0/0")["n"] == []
    assert client.get("/data/x/reach/cameras/houses/0/0.json").status_code == 404


def test_a_cameras_record_tells_what_is_presumed_and_what_hides_it(client: FlaskClient, reach: Any):
    guns = reach.cameras[(~reach.cameras["is_dome"] & (reach.cameras["uncertain_deg"] > 0) & (reach.cameras["perhaps_m2"] > 0)).to_numpy()]
    row = guns.iloc[0]
    found = ask(client, "record", id=row["id"])
    assert found["uncertain_deg"] == 22.5
    assert found["direction_deg"] == row["direction_deg"]
    assert found["units"][0]["level"] == "street"
    sure = gpd.GeoSeries([shapely.from_geojson(json.dumps(found["perhaps"]))], crs=4326).to_crs(reach.crs)
    assert sure.area.iloc[0] == pytest.approx(row["perhaps_m2"], rel=0.01)
    assert found["hides"]["buildings"] == (reach.hides(row["id"])["what"] == "building").sum()
    at = ask(client, "record", lon=found["at"][0], lat=found["at"][1])
    assert at["id"] == row["id"], "a camera without an id is found by its place"
    assert ask(client, "record", 404, id="nobody")["message_zh"]


def test_the_first_of_the_next_corners_gains_what_a_trial_there_gains(client: FlaskClient):
    found = ask(client, "next", k=4)
    gains = [place["gain_m"] for place in found["places"]]
    assert gains == sorted(gains, reverse=True)
    assert found["places"][-1]["total_m"] == pytest.approx(sum(gains), abs=0.3)
    assert found["places"][-1]["total_m"] <= found["bound_m"] + 0.1
    lon, lat = found["places"][0]["at"]
    trial = ask(client, "tried", lon=lon, lat=lat)
    assert trial["blind_m"] == pytest.approx(gains[0], abs=1)
    assert sum(unit["street_m"] for unit in trial["units"] if unit["level"] == "grid") == pytest.approx(trial["street_m"], abs=1)
    assert all(unit["label"] for unit in trial["units"])


def test_a_camera_moved_to_where_it_stands_changes_nothing(client: FlaskClient, reach: Any):
    dome = reach.cameras[reach.cameras["is_dome"].to_numpy()].iloc[0]
    lon, lat = ask(client, "record", id=dome["id"])["at"]
    trial = ask(client, "tried", lon=lon, lat=lat, without=dome["id"], ptz=dome["ptz"])
    assert trial["street_m"] == pytest.approx(0, abs=0.5)
    assert trial["street_lost_m"] == pytest.approx(0, abs=0.5)


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({}, "lon"),
        ({"lon": "x", "lat": 1}, "lon"),
        ({"lon": 1, "lat": 91}, "lat"),
        ({"lon": 1, "lat": 1, "ptz": 9}, "ptz"),
        ({"k": 0}, "k"),
        ({"k": 1, "ptz": 9}, "ptz"),
    ],
)
def test_what_can_not_be_tried_is_refused_with_the_field(client: FlaskClient, arguments: dict[str, Any], field: str):
    answer = ask(client, "next" if "k" in arguments else "tried", 400, **arguments)
    assert answer["details"]["field"] == field
    assert answer["message_zh"] != answer["message"]


def test_who_does_not_wait_is_told_the_stage(small_district: Path):
    client = create_app(small_district).test_client()
    first = client.get(f"{API}?wait=0")
    assert (first.status_code, set(first.get_json())) in ((202, {"stage"}), (200, {"level", "totals", "notes", "units"}))
    assert client.get(API).status_code == 200
    assert client.get(f"{API}?wait=0").status_code == 200


def test_layers_come_as_files_without_secret_cameras_and_are_noted_as_exports(app: Flask):
    west, names = signed_in(app, "west"), ("blind_streets", "blind_entrances", "camera_units", "over_reach", "regions", "perhaps")
    for name in names:
        for ending in ("geojson", "xlsx", "csv"):
            answer = west.get(f"/download/cameras/{name}.{ending}?lang=en")
            assert answer.status_code == 200, answer.text
            assert answer.data[:2] == b"PK" if ending == "xlsx" else "c3" not in answer.text
    noted = [export.what for export in accounts.list_exports(app.extensions["geogrid"].path)]
    assert {f"/download/cameras/{name}.xlsx?lang=en" for name in names} <= set(noted)


def test_a_file_of_one_unit_holds_only_what_lies_in_it(client: FlaskClient):
    code = ask(client, level="community")["units"][0]["code"]
    units = client.get(f"/download/cameras/camera_units.geojson?level=community&code={code}").get_json()["features"]
    assert {feature["properties"]["code"][: len(code)] for feature in units} == {code}
    streets = client.get(f"/download/cameras/blind_streets.geojson?level=community&code={code}").get_json()["features"]
    assert streets
    assert {feature["properties"]["community"] for feature in streets} == {code}
    assert client.get("/download/cameras/houses.xlsx").status_code == 404


def test_a_resident_is_told_nothing_of_cameras(app: Flask):
    resident = app.test_client()
    for address in (API, f"{API}/streets", f"{API}/record?id=c1", "/data/x/reach/cameras/answer.json", "/download/cameras/regions.geojson"):
        assert resident.get(address).status_code == 401, address


def test_who_sees_a_part_tries_no_camera_outside_it(app: Flask):
    west, whole = signed_in(app, "west"), signed_in(app, "ann")
    inside, outside = ({"lon": at[0], "lat": at[1]} for at in _lonlat([(X0 + 50, Y0 + 50), (X0 + 150, Y0 + 50)]))
    assert ask(west, "tried", **inside)["ptz"] == "1"
    assert ask(west, "tried", 404, **outside)["error"] == "not_found"
    assert ask(whole, "tried", **outside)["ptz"] == "1"


def test_who_sees_a_part_is_told_the_best_corners_of_that_part(small_district: Path, tmp_path: Path):
    path = tmp_path / "district.gpkg"
    path.write_bytes(small_district.read_bytes())
    units = [unit["code"] for unit in ask(create_app(path).test_client(), level="community")["units"] if unit["blind_m"] > 50]
    assert len(units) > 1
    for i, code in enumerate(units):
        add(path, f"viewer{i}", "viewer", code)
    app = create_app(path)
    for i, code in enumerate(units):
        viewer = signed_in(app, f"viewer{i}")
        found = ask(viewer, "next", k=1)
        assert len(found["places"]) == 1, code
        lon, lat = found["places"][0]["at"]
        assert ask(viewer, "tried", lon=lon, lat=lat)["blind_m"] >= found["places"][0]["gain_m"] - 1


def _lonlat(places: list[tuple[float, float]]) -> list[tuple[float, float]]:
    points = gpd.GeoSeries([shapely.Point(at) for at in places], crs=tiny_contents().plan.base.crs).to_crs(4326)
    return list(zip(points.x, points.y, strict=True))


def test_a_secret_camera_is_known_to_planners_of_its_place_only_and_to_no_program(tmp_path: Path):
    path = manned_project(tmp_path)
    app = create_app(path)
    assert ask(signed_in(app, "ann"), "record", id="c3")["secret"] is True
    assert ask(signed_in(app, "west"), "record", 404, id="c3")
    assert "c3" not in signed_in(app, "ann").get(f"{API}/regions").text
    assert "c3" not in signed_in(app, "ann").get("/download/cameras/regions.geojson").text


def test_names_from_data_are_text_everywhere(app: Flask):
    page = signed_in(app, "ann").get("/cameras").text
    assert SCRIPT not in page
    assert any(place["label"] == SCRIPT for place in told(signed_in(app, "ann"), "answer")["places"])


@pytest.mark.parametrize(("lacking", "words"), [("cameras", "本项目没有摄像机"), ("roads", "项目没有道路数据")])
def test_without_cameras_or_roads_the_page_says_why_it_says_nothing(tmp_path: Path, lacking: str, words: str):
    full = tiny_contents()
    sites = {name: frame for name, frame in full.sites.items() if name != lacking}
    layers = {name: frame for name, frame in full.layers.items() if name != lacking}
    write_project(replace(full, sites=sites, layers=layers), tmp_path / "bare.gpkg")
    client = create_app(tmp_path / "bare.gpkg").test_client()
    text = client.get("/cameras").text
    assert words in text
    assert 'id="seen-answer"' not in text
    found = ask(client)
    assert found["totals"]["cameras" if lacking == "cameras" else "street_m"] == 0
    assert (ask(client, "next")["places"] == []) is (lacking == "roads")
