"""The API for reading: GeoJSON and JSON that scripts rely on, and errors they can read."""

from __future__ import annotations

import datetime

import pytest
from flask.testing import FlaskClient
from pyproj import Transformer

from tests.tiny import CRS, EAST, WEST, X0, Y0
from tests.web_project import tiny_app


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return tiny_app(tmp_path_factory.mktemp("api")).test_client()


def _codes(client: FlaskClient, query: str) -> list[str]:
    answer = client.get("/api/units?" + query)
    assert answer.status_code == 200
    return [feature["properties"]["code"] for feature in answer.get_json()["features"]]


def _degrees(x: float, y: float) -> tuple[float, float]:
    return Transformer.from_crs(CRS, 4326, always_xy=True).transform(x, y)


def test_units_of_a_level_are_geojson_with_the_promised_properties(client: FlaskClient):
    answer = client.get("/api/units?level=grid")
    assert answer.mimetype == "application/geo+json"
    properties = answer.get_json()["features"][0]["properties"]
    promised = "code name level parent kind households persons area_m2 stacked floor_from floor_to valid_from valid_to"
    assert set(promised.split()) <= set(properties)
    assert "unit" not in properties


def test_units_without_a_level_are_the_top_level_or_a_parents_children(client: FlaskClient):
    assert _codes(client, "") == [WEST, EAST]
    assert _codes(client, f"parent={WEST}") == [f"{WEST}001", f"{WEST}002"]


def test_a_parent_may_stand_several_levels_above(client: FlaskClient):
    assert len(_codes(client, f"level=microgrid&parent={WEST}")) == 7


def test_limit_and_offset_cut_in_order_of_code(client: FlaskClient):
    assert _codes(client, "level=grid&limit=2&offset=1") == [f"{WEST}002", f"{EAST}001"]


def test_a_box_in_degrees_finds_what_touches_it(client: FlaskClient):
    west, south = _degrees(X0 + 10, Y0 + 110)
    east, north = _degrees(X0 + 90, Y0 + 190)
    assert _codes(client, f"level=grid&bbox={west},{south},{east},{north}") == [f"{WEST}001"]


def test_at_a_date_before_the_plan_was_made_there_is_none(client: FlaskClient):
    answer = client.get("/api/units?level=grid&at=2025-12-31")
    assert (answer.status_code, answer.get_json()["error"]) == (404, "not_found")
    assert len(_codes(client, "level=grid&at=1")) == 4
    day_after_tomorrow = datetime.datetime.now().astimezone().date() + datetime.timedelta(days=2)
    assert len(_codes(client, f"level=grid&at={day_after_tomorrow}")) == 4


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/units?level=town", 404, "not_found"),
        ("/api/units?level=grid&bbox=1,2,3", 400, "input_unusable"),
        ("/api/units?level=grid&bbox=nan,0,1,1", 400, "input_unusable"),
        ("/api/units?level=grid&limit=-1", 400, "input_unusable"),
        ("/api/units?level=grid&at=yesterday", 400, "input_unusable"),
        ("/api/units?level=grid&at=7", 404, "not_found"),
        ("/api/units?level=grid&parent=999", 404, "not_found"),
        ("/api/units/999", 404, "not_found"),
        ("/api/locate?lon=1", 400, "input_unusable"),
        ("/api/locate?lon=181&lat=0", 400, "input_unusable"),
        ("/api/locate?lon=nan&lat=0", 400, "input_unusable"),
        ("/api/locate?lon=1&lat=1&floor=1.5", 400, "input_unusable"),
        ("/api/nothing", 404, "not_found"),
    ],
)
def test_what_can_not_be_answered_says_why_in_both_languages(client: FlaskClient, path: str, status: int, code: str):
    answer = client.get(path)
    body = answer.get_json()
    assert (answer.status_code, body["error"]) == (status, code)
    assert set(body) == {"error", "message", "message_zh", "details"}
    assert body["message"] != body["message_zh"]


def test_the_api_can_only_be_read(client: FlaskClient):
    answer = client.post("/api/units")
    assert (answer.status_code, answer.get_json()["error"]) == (405, "method_not_allowed")


def test_a_unit_is_a_feature_with_what_it_holds(client: FlaskClient):
    body = client.get(f"/api/units/{WEST}").get_json()
    assert body["type"] == "Feature"
    assert body["properties"]["households"] == 83
    assert body["summary"]["levels"] == {"grid": {"units": 2, "above": 0, "below": 0}, "microgrid": {"units": 7, "above": 0, "below": 0}}
    assert len(body["bbox"]) == 4


def test_a_place_has_a_unit_of_every_level_and_its_stack(client: FlaskClient):
    lon, lat = _degrees(X0 + 25, Y0 + 175)
    body = client.get(f"/api/locate?lon={lon}&lat={lat}&floor=5").get_json()
    assert body["units"] == {"community": WEST, "grid": f"{WEST}001", "microgrid": f"{WEST}001002"}
    assert len(body["stack"]) == 2


def test_a_place_outside_has_null(client: FlaskClient):
    assert set(client.get("/api/locate?lon=0&lat=0").get_json()["units"].values()) == {None}


def test_sites_are_points_by_role_or_kind_without_the_secret_ones(client: FlaskClient):
    every = client.get("/api/sites").get_json()["features"]
    assert sorted(feature["properties"]["id"] for feature in every) == ["c1", "c2", "s1", "s2", "s3"]
    assert len(client.get("/api/sites?kind=camera").get_json()["features"]) == 2
    assert [f["properties"]["id"] for f in client.get("/api/sites?kind=party").get_json()["features"]] == ["s1"]
    assert client.get("/api/sites?kind=none").get_json()["features"] == []


def test_findings_are_what_validate_says(client: FlaskClient):
    body = client.get("/api/findings").get_json()
    assert (body["ok"], body["checked"], len(body["findings"])) == (False, 17, 3)
    below = next(f for f in body["findings"] if f["rule"] == "households_below")
    assert below["units"] == [f"{EAST}002003"]
    assert below["value"] == 7
    assert {"message", "message_zh", "lon", "lat"} <= set(below)
    assert len(client.get(f"/api/findings?unit={EAST}002003").get_json()["findings"]) == 1


def test_the_version_tells_what_is_served(client: FlaskClient):
    body = client.get("/api/version").get_json()
    assert (body["plan"], body["version"], body["simulated"]) == ("main", 1, True)
    assert body["levels"] == {"community": 2, "grid": 4, "microgrid": 11}


def test_search_finds_by_name_and_by_code_upper_levels_first(client: FlaskClient):
    assert [u["level"] for u in client.get("/api/search?q=建华").get_json()["units"]] == ["community"]
    assert client.get(f"/api/search?q={EAST}").get_json()["units"][0]["code"] == EAST
    assert client.get("/api/search?q=").get_json()["units"] == []
    assert len(client.get("/api/search?q=1&limit=3").get_json()["units"]) == 3
