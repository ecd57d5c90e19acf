"""The page /patrols: for planners and administrators, only where there are tracks; its figures, drawn streets and files; no officer in any of it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from geogrid.pipeline.reach_patrols import find_patrols
from geogrid.recipe import InputSpec
from geogrid.store import write_project
from tests.people import USERS, add, signed_in
from tests.tiny import CRS, EAST, WEST, X0, Y0, tiny_contents
from tests.web_project import tiny_app
from web import create_app

OFFICER = "警号007"
MONDAY = 1_772_409_600 + 8 * 3600


def patrolled(folder: Path, *, with_users: bool = True) -> Flask:
    """The tiny project with two weeks of tracks up its one street, half of it in the newest."""
    contents = tiny_contents()
    north = np.array([(X0 + 100, Y0 + 5 * k) for k in range(41)])
    xy = np.vstack([north, north[:21]])
    time_s = np.concatenate([MONDAY + 5.0 * np.arange(41), MONDAY + 7 * 86400 + 5.0 * np.arange(21)])
    points = gpd.GeoDataFrame({"officer": OFFICER, "time": time_s, "accuracy_m": 5.0}, geometry=shapely.points(xy), crs=CRS)
    frames = {**contents.layers, "patrols": points}
    patrols = find_patrols(frames, contents.plan, InputSpec("patrols", folder / "patrols.csv"), None)
    made = replace(
        contents, layers={**contents.layers, **patrols.layers}, tables={**contents.tables, **patrols.tables}, meta={**contents.meta, **patrols.meta}
    )
    path = folder / "patrolled.gpkg"
    write_project(made, path)
    for name, (role, scope) in USERS.items() if with_users else ():
        add(path, name, role, scope)
    return create_app(path)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return patrolled(tmp_path_factory.mktemp("patrolled"))


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return patrolled(tmp_path_factory.mktemp("local"), with_users=False).test_client()


def data_of(client: FlaskClient) -> str:
    told = json.loads(re.search(r'id="page-data">(.*?)</script>', client.get("/patrols").text, re.S)[1])
    return told["walked"]["data"]


FILES = ("/download/patrols/unwalked.geojson", "/download/patrols/patrol_units.xlsx", "/download/patrols/patrol_units.geojson")


@pytest.mark.parametrize("name", [name for name, (role, _) in USERS.items() if role in ("planner", "administrator")])
def test_planners_and_administrators_see_patrols_and_find_them_in_the_bar(app: Flask, name: str):
    client = signed_in(app, name)
    assert client.get("/patrols").status_code == 200
    assert 'href="/patrols"' in client.get("/").text


@pytest.mark.parametrize("name", ["", *(name for name, (role, _) in USERS.items() if role == "viewer")])
def test_others_see_neither_the_page_nor_a_link_nor_a_figure_nor_a_file(app: Flask, name: str, local: FlaskClient):
    client = signed_in(app, name)
    assert "/patrols" not in client.get("/").text
    stem = data_of(local)
    for address in ("/patrols", f"{stem}answer.json", f"{stem}unwalked.json", f"{stem}table/2026-W10/grid.json", *FILES):
        assert client.get(address).status_code in (302, 401, 403), address


def test_a_project_without_tracks_has_no_link_and_a_page_that_says_what_to_do(tmp_path: Path):
    client = tiny_app(tmp_path).test_client()
    assert 'href="/patrols"' not in client.get("/").text
    page = client.get("/patrols?lang=en").text
    assert "[inputs.patrols]" in page
    assert 'id="week"' not in page


def test_the_page_says_what_was_walked_week_by_week(local: FlaskClient):
    got = local.get(f"{data_of(local)}answer.json?lang=en").json
    first, second = got["weeks"]
    assert (first["week"], second["week"], first["days"]) == ("2026-W10", "2026-W11", 1)
    assert first["walked_m"] == pytest.approx(200, abs=4)
    assert second["walked_m"] == pytest.approx(100, abs=4)
    assert first["street_m"] == second["street_m"] == pytest.approx(400, abs=4)
    assert got["never_m"] == pytest.approx(200, abs=4)
    assert any("points on average" in note["text"] for note in got["notes"])


def test_a_table_says_of_each_unit_what_was_missed_and_when_somebody_was_there_last(local: FlaskClient):
    got = local.get(f"{data_of(local)}table/2026-W11/community.json?lang=en").json
    assert got["codes"] == [WEST, EAST]
    assert got["values"]["last"][0] == "2026-03-09"
    assert got["values"]["missed_m"][0] == pytest.approx(200, abs=6)
    assert [column["title"] for column in got["columns"]][1:] == ["streets", "not walked", "doors", "last visit"]


@pytest.mark.parametrize("address", ["table/2026-W10/microgrid.json", "table/2020-W01/grid.json", "table/2026-W10/planet.json"])
def test_what_there_are_no_figures_of_is_not_found(local: FlaskClient, address: str):
    assert local.get(data_of(local) + address).status_code == 404


def test_streets_never_walked_are_drawn_as_blind_and_those_of_an_earlier_week_as_perhaps(local: FlaskClient):
    got = local.get(f"{data_of(local)}unwalked.json").json
    assert set(got["class"]) == {1, 2}
    assert len(got["class"]) == len(got["n"])


def test_files_hold_what_the_page_shows(local: FlaskClient):
    layer = local.get("/download/patrols/unwalked.geojson").json
    assert {row["properties"]["last_visit"] for row in layer["features"]} == {"", "2026-03-02"}
    units = local.get("/download/patrols/patrol_units.geojson?week=2026-W11&level=grid").json
    assert {(row["properties"]["week"], row["properties"]["level"]) for row in units["features"]} == {("2026-W11", "grid")}
    assert all(row["geometry"] for row in units["features"])
    book = load_workbook(BytesIO(local.get("/download/patrols/patrol_units.xlsx?week=2026-W10").data))
    sheet = next(iter(book)).iter_rows(values_only=True)
    assert {"level", "code", "week", "street_share", "entrance_share", "last_visit"} <= set(next(sheet))
    assert local.get("/download/patrols/officers.xlsx").status_code == 404


def test_who_is_confined_to_a_unit_sees_the_figures_of_no_other(app: Flask):
    east = signed_in(app, "east")
    stem = data_of(east)
    table = east.get(f"{stem}table/2026-W10/grid.json").json
    assert table["codes"]
    assert all(code.startswith(EAST) for code in table["codes"])
    for address in FILES[:1]:
        assert {row["properties"]["community"] for row in east.get(address).json["features"]} == {EAST}
    mine = east.get(f"{stem}answer.json").json["weeks"][0]["street_m"]
    assert 0 < mine < 400
    whole = signed_in(app, "pat")
    assert mine < whole.get(f"{data_of(whole)}answer.json").json["weeks"][0]["street_m"]


def test_no_officer_is_in_any_answer(local: FlaskClient):
    stem = data_of(local)
    addresses = ["/patrols", f"{stem}answer.json", f"{stem}unwalked.json", f"{stem}table/2026-W10/grid.json", *FILES, "/api/log", "/checks"]
    for address in addresses:
        assert OFFICER not in local.get(address).data.decode("utf-8", "replace"), address


def test_the_page_speaks_both_languages(local: FlaskClient):
    assert "哪里没有巡到？" in local.get("/patrols?lang=zh").text
    assert "Where did nobody patrol?" in local.get("/patrols?lang=en").text
