"""What the stations page is told: figures that add up, of what the visitor may see, and what one more station would change."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient

from geogrid.pipeline import reach_stations as pipeline
from geogrid.plan import Base
from geogrid.store import open_project, write_project
from tests.people import manned_app, manned_project, signed_in
from tests.tiny import EAST, SCRIPT, WEST, tiny_contents
from web import create_app

API = "/api/reach/stations"


@pytest.fixture(scope="module")
def client(small_district: Path) -> FlaskClient:
    return create_app(small_district).test_client()


@pytest.fixture(scope="module")
def reach(small_district: Path) -> Iterator[Any]:
    project = open_project(small_district)
    yield pipeline.reach_stations(project)
    project.close()


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return manned_app(tmp_path_factory.mktemp("manned"))


@pytest.fixture
def west(app: Flask) -> FlaskClient:
    return signed_in(app, "west")


def ask(client: FlaskClient, name: str = "", **arguments: Any) -> Any:
    answer = client.get(API + ("/" + name if name else ""), query_string=arguments)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def offered(client: FlaskClient) -> dict[str, str]:
    """The addresses that the page asks."""
    found = re.search(r'id="page-data">(.*?)</script>', client.get("/stations").text)
    assert found
    return json.loads(found[1])["reach"]


def test_served_and_unserved_are_all_households_and_more_minutes_serve_no_fewer(client: FlaskClient, reach: Any):
    told = ask(client)
    assert (told["what"], told["whole"]) == ("households", int(reach.demand.weight.sum()))
    assert list(told["figures"]) == [kind.key for kind in reach.kinds]
    for kind, times in told["figures"].items():
        rows = list(times.values())
        assert all(row["served"] + row["unserved"] == told["whole"] for row in rows)
        assert [row["served"] for row in rows] == sorted(row["served"] for row in rows)
        assert rows[0]["places"] == int((~reach.serves(kind, reach.minutes[0])).sum())


@pytest.mark.parametrize("level", ["community", "grid", "microgrid"])
def test_the_units_of_a_level_add_up_to_the_district_and_say_the_share(client: FlaskClient, level: str):
    whole = ask(client)["figures"]["canteen"]["5"]
    table = ask(client, "units", kind="canteen", level=level)
    values = table["values"]
    assert len(table["codes"]) == len(values["unserved:5"]) == len(values["median"])
    assert sum(values["unserved:5"]) == whole["unserved"]
    shares = [(n, of, share) for n, of, share in zip(values["unserved:5"], values["all"], values["share:5"], strict=True) if of]
    assert all(share == pytest.approx(n / of, abs=1e-4) for n, of, share in shares)


def test_homes_and_walks_are_rows_of_one_list(client: FlaskClient, reach: Any):
    homes, walks = ask(client, "homes"), ask(client, "walks", kind="canteen")
    assert len(homes["x"]) == len(homes["n"]) == len(walks["minutes"]) == len(reach.demand)
    unserved = [n for n, walk in zip(homes["n"], walks["minutes"], strict=True) if walk is None or walk > 5]
    assert sum(unserved) == ask(client)["figures"]["canteen"]["5"]["unserved"]
    assert all(name for name, at in zip(walks["names"], range(len(walks["names"])), strict=True) if at in walks["station"] and walks["minutes"][0])


def test_one_more_station_beside_homes_without_one_gains_what_the_figures_say(client: FlaskClient):
    homes, walks = ask(client, "homes"), ask(client, "walks", kind="canteen")
    far = int(np.argmax([walk if walk is not None else 1e9 for walk in walks["minutes"]]))
    whole = ask(client)["figures"]["canteen"]["5"]
    told = ask(client, "tried", kind="canteen", minutes=5, lon=homes["x"][far], lat=homes["y"][far])
    assert told["before"] == whole["served"]
    assert told["gained"] >= homes["n"][far] > 0
    assert told["after"] == told["before"] + told["gained"] <= told["whole"]
    for level in ("street", "community", "grid"):
        assert sum(unit["gained"] for unit in told["units"][level]) == told["gained"]
        assert all(unit["name"] for unit in told["units"][level])
    west, east = min(p[0] for p in told["area"]["coordinates"][0]), max(p[0] for p in told["area"]["coordinates"][0])
    assert west < homes["x"][far] < east


def test_the_best_sites_gain_no_less_than_any_that_is_tried_and_say_how_sure_they_are(client: FlaskClient):
    found = ask(client, "best", kind="canteen", minutes=5, k=2)
    assert [site["gained"] for site in found["sites"]] == sorted((site["gained"] for site in found["sites"]), reverse=True)
    assert found["after"] == found["before"] + found["gained"]
    assert found["status"] in ("optimal", "time_limit")
    assert found["said"]
    first = ask(client, "tried", kind="canteen", minutes=5, lon=found["sites"][0]["lon"], lat=found["sites"][0]["lat"])
    assert first["gained"] == pytest.approx(found["sites"][0]["gained"], rel=0.02), "a place rounded to a decimetre is the same place"


def test_checks_are_sentences_with_the_units_at_fault(client: FlaskClient):
    for kind in ask(client)["figures"]:
        for check in ask(client, "checks", kind=kind, minutes=5, lang="en")["checks"]:
            assert check["text"]
            assert not check["text"].isascii() or check["text"][0].isupper() or check["text"][0].islower()
            assert not (check["is_fine"] and check["units"])
            assert all(unit["name"] and unit["level"] for unit in check["units"])


@pytest.mark.parametrize(
    ("name", "arguments", "status"),
    [
        ("units", {"kind": "no such"}, 404),
        ("units", {"level": "planet"}, 404),
        ("walks", {"minutes": "0"}, 400),
        ("walks", {"minutes": "soon"}, 400),
        ("tried", {"lon": "400", "lat": "1"}, 400),
        ("tried", {"lon": "1"}, 400),
        ("best", {"k": "0"}, 400),
        ("best", {"k": "1000"}, 400),
    ],
)
def test_what_can_not_be_asked_is_told_in_both_languages(client: FlaskClient, name: str, arguments: dict[str, str], status: int):
    answer = client.get(f"{API}/{name}", query_string=arguments)
    assert answer.status_code == status
    assert answer.get_json()["message"]
    assert answer.get_json()["message_zh"]


@pytest.mark.parametrize("name", ["unserved", "station_units"])
def test_files_hold_what_the_page_says(client: FlaskClient, name: str):
    asked = {"kind": "canteen", "minutes": 5, "level": "grid"}
    features = client.get(f"/download/{name}.geojson", query_string=asked).get_json()["features"]
    sheet = openpyxl.load_workbook(BytesIO(client.get(f"/download/{name}.xlsx", query_string=asked).data)).active
    assert sheet is not None
    assert sheet.max_row - 1 == len(features)
    whole = ask(client)["figures"]["canteen"]["5"]
    if name == "unserved":
        assert len(features) == whole["places"]
        assert sum(feature["properties"]["households"] for feature in features) == whole["unserved"]
    else:
        told = [feature["properties"] for feature in features]
        assert sum(row["households"] - row["served"] for row in told) == whole["unserved"]
        assert {(row["level"], row["kind"], row["minutes"]) for row in told} == {("grid", "canteen", 5)}


def test_a_file_is_filtered_as_the_table_is(client: FlaskClient):
    parent = ask(client, "units", kind="canteen", level="community")["codes"][0]
    asked = {"kind": "canteen", "minutes": 5, "level": "grid", "parent": parent}
    codes = {feature["properties"]["code"] for feature in client.get("/download/station_units.geojson", query_string=asked).get_json()["features"]}
    assert codes
    assert all(code.startswith(parent) for code in codes)


def test_who_does_not_wait_is_told_the_stage_until_it_is_ready(small_district: Path, monkeypatch: pytest.MonkeyPatch):
    may, made = threading.Event(), pipeline.reach_stations
    monkeypatch.setattr(pipeline, "reach_stations", lambda project: may.wait(60) and made(project))
    client = create_app(small_district).test_client()
    first = client.get(API, query_string={"wait": 0})
    assert (first.status_code, first.get_json()["stage"]) == (202, "begun")
    may.set()
    assert ask(client)["whole"] > 0
    assert client.get(API, query_string={"wait": 0}).status_code == 200


def test_what_fails_is_told_to_who_asks_and_tried_again(small_district: Path, monkeypatch: pytest.MonkeyPatch):
    made, calls = pipeline.reach_stations, []

    def fails_once(project: Any) -> Any:
        calls.append(project)
        if len(calls) == 1:
            raise MemoryError("too large")
        return made(project)

    monkeypatch.setattr(pipeline, "reach_stations", fails_once)
    client = create_app(small_district).test_client()
    assert client.get(API).status_code == 500
    assert ask(client)["whole"] > 0
    assert len(calls) == 2


def test_many_who_ask_at_once_wait_for_one_computation(small_district: Path, monkeypatch: pytest.MonkeyPatch):
    made, calls = pipeline.reach_stations, []
    monkeypatch.setattr(pipeline, "reach_stations", lambda project: (calls.append(1), made(project))[1])
    app = create_app(small_district)
    answers: list[int] = []
    threads = [threading.Thread(target=lambda: answers.append(app.test_client().get(API).status_code)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert answers == [200] * 6
    assert len(calls) == 1


# -- who may see what


@pytest.mark.parametrize("name", ["", "units?kind=party&level=community", "area?kind=party"])
def test_a_resident_sees_figures_by_unit(app: Flask, name: str):
    assert signed_in(app, "").get(f"{API}/{name}".rstrip("/")).status_code == 200


@pytest.mark.parametrize("name", ["homes", "walks", "tried?lon=1&lat=1", "best", "checks"])
def test_a_resident_gets_no_homes_and_no_trials(app: Flask, name: str):
    client = signed_in(app, "")
    assert client.get(f"{API}/{name}").status_code == 401
    assert name.partition("?")[0] not in offered(client), "the page does not offer it either"
    assert name.partition("?")[0] in offered(signed_in(app, "vic"))
    assert signed_in(app, "vic").get(f"{API}/{name}").status_code == 200


@pytest.mark.parametrize("name", ["area", "capacity", "units"])
def test_a_resident_asks_about_the_times_of_the_scheme_only_for_each_is_computed_and_kept(app: Flask, name: str):
    address = f"{API}/{name}?kind=party&level=community&minutes="
    refused = signed_in(app, "").get(f"{address}7.01")
    assert (refused.status_code, refused.get_json()["details"]["field"]) == (400, "minutes")
    assert signed_in(app, "").get(f"{address}10").status_code == 200
    assert signed_in(app, "vic").get(f"{address}7.01").status_code == 200


@pytest.mark.parametrize("ending", ["xlsx", "geojson"])
def test_a_resident_takes_no_list_of_homes_along(app: Flask, ending: str):
    assert signed_in(app, "").get(f"/download/unserved.{ending}").status_code in (302, 401)
    assert "unserved." not in signed_in(app, "").get("/stations").text


def test_who_is_confined_to_a_unit_counts_its_homes_which_stations_outside_may_serve(app: Flask, west: FlaskClient):
    every, mine = ask(signed_in(app, "ann")), ask(west)
    homes = open_project(app.extensions["geogrid"].path).units("community")["households"]
    assert (every["whole"], mine["whole"]) == (int(homes.sum()), int(homes[WEST]))
    assert mine["figures"]["day_care"]["5"]["served"] == mine["whole"], "the day care is across the border"
    assert ask(west, "units", kind="party", level="community")["codes"] == [WEST]
    assert len(ask(west, "homes")["x"]) < len(ask(signed_in(app, "ann"), "homes")["x"])


@pytest.mark.parametrize("name", ["best", "checks"])
def test_who_is_confined_to_a_unit_is_told_nothing_of_the_whole_district(west: FlaskClient, name: str):
    assert west.get(f"{API}/{name}").status_code == 403


@pytest.mark.parametrize(
    "address",
    [
        *(f"{API}{name}" for name in ("", "/units?level=community", "/units?level=microgrid", "/homes", "/walks", "/area", "/capacity")),
        *(f"{API}/tried?kind=party&minutes=1&lon=114.46&lat=37.9", "/stations"),
        *(f"/download/{name}.geojson?minutes=1&level={level}" for name in ("unserved", "station_units") for level in ("community", "microgrid")),
    ],
)
def test_no_answer_names_a_unit_outside_a_scope(west: FlaskClient, address: str):
    answer = west.get(address)
    assert answer.status_code == 200
    assert EAST not in answer.text


def test_the_name_of_a_secret_station_is_told_nowhere(tmp_path: Path):
    contents = tiny_contents()
    stations = contents.sites["stations"].assign(secret=True, name="涉密站")
    write_project(replace(contents, sites={**contents.sites, "stations": stations}), tmp_path / "secret.gpkg")
    client = create_app(tmp_path / "secret.gpkg").test_client()
    kinds = list(ask(client)["figures"])
    hidden = [*stations["id"], "涉密站"]
    for address in (f"{API}/walks", f"{API}/units", "/download/station_units.geojson", "/download/unserved.geojson"):
        for kind in kinds:
            text = client.get(address, query_string={"kind": kind, "minutes": 0.1}).text
            assert not [name for name in hidden if f'"{name}"' in text], address


# -- what is not there


def test_land_without_homes_is_counted_in_hectares_and_called_land(tmp_path: Path):
    contents = tiny_contents()
    base = contents.plan.base
    atoms = base.atoms.assign(households=0, persons=0)
    empty = replace(contents.plan, base=Base(base.cells, atoms, base.district, base.district_source), _derived={})
    write_project(replace(contents, plan=empty), tmp_path / "land.gpkg")
    client = create_app(tmp_path / "land.gpkg").test_client()
    told = ask(client)
    assert (told["what"], told["whole"]) == ("land", 4)
    table = ask(client, "units", kind="party", level="community")
    assert table["values"]["all"] == [2, 2]
    assert ask(client, "units", kind="party", level="community", lang="en")["columns"][1]["title"] == "unserved ha"


def test_a_project_without_stations_says_so_and_answers_nothing(tmp_path: Path):
    contents = tiny_contents()
    write_project(replace(contents, sites={}, layers={}), tmp_path / "none.gpkg")
    client = create_app(tmp_path / "none.gpkg").test_client()
    assert "本项目没有站点" in client.get("/stations").text
    assert client.get(f"{API}/units").status_code == 404
    assert client.get(API).status_code == 200


def test_a_name_that_looks_like_a_script_is_text_on_the_page(tmp_path: Path):
    client = create_app(manned_project(tmp_path)).test_client()
    assert SCRIPT not in client.get("/stations").text
