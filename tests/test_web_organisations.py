"""The page of organisations: what it says, who sees what, and workbooks brought in: looked at, taken, refused."""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import Workbook, load_workbook

from geogrid.store import open_project, write_project
from tests.people import USERS, add, signed_in, token_of
from tests.roster_town import A, B, C, D, members, organisations, scheme, staff
from tests.tiny import CRS, EAST, SCRIPT, WEST, X0, Y0, tiny_contents
from web import create_app

BODIES = organisations(
    ("o0", "committee", ""), ("o1", "branch", "o0"), ("o2", "党小组", "o1"), ("o3", "branch", "gone"), ("x1", "a", "x2"), ("x2", "a", "x1")
)


def town() -> Any:
    """The tiny project with organisations: grid D has none, o1 lies on two grids, names are hostile, one has a place."""
    contents = tiny_contents()
    plan = replace(contents.plan, scheme=replace(scheme(), defaults=contents.plan.scheme.defaults))
    bodies = gpd.GeoDataFrame(
        BODIES.fillna("").assign(
            name=["党委", SCRIPT, "=1+1", "", "甲", "乙"], community=["", "", "", EAST, "", ""], grid=["", "", "", B, "", ""], microgrid=""
        ),
        geometry=[None, None, None, shapely.Point(X0 + 150, Y0 + 150), None, None],
        crs=CRS,
    )
    tables = {
        "organisations": bodies,
        "staff": staff(("p1", "full_time", A, "00000000001"), ("p2", "full_time", B, "00000000002")),
        "memberships": members(
            ("o0", "unit", WEST), ("o1", "unit", A), ("o1", "unit", C), ("o2", "building", "b9"), ("p1", "organisation", "o1"), ("ghost", "unit", D)
        ),
    }
    return replace(contents, plan=plan, tables=tables)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("town") / "town.gpkg"
    write_project(town(), path)
    return path.read_bytes()


@pytest.fixture
def path(tmp_path: Path, built: bytes) -> Path:
    (tmp_path / "town.gpkg").write_bytes(built)
    return tmp_path / "town.gpkg"


@pytest.fixture
def client(path: Path) -> FlaskClient:
    return create_app(path).test_client()


@pytest.fixture(scope="module")
def manned(tmp_path_factory: pytest.TempPathFactory, built: bytes) -> Flask:
    path = tmp_path_factory.mktemp("manned") / "town.gpkg"
    path.write_bytes(built)
    for name, (role, scope) in USERS.items():
        add(path, name, role, scope)
    return create_app(path)


def stem(client: FlaskClient) -> str:
    return re.search(r'"data":"?\s*"?(/data/[^"]+/organisations/)', client.get("/organisations?lang=zh").text.replace('": "', '":"'))[1]


def ask(client: FlaskClient, name: str, **arguments: str) -> Any:
    return client.get(stem(client) + name, query_string={"lang": "zh", **arguments}).json


def test_the_question_is_the_first_line_and_the_answer_says_how_many(client: FlaskClient):
    page = client.get("/organisations?lang=zh").text
    assert re.search(r"<h1[^>]*>哪些网格没有党组织？</h1>", page)
    assert "<script>alert" not in page
    told = ask(client, "answer.json")
    grid = told["levels"]["grid"]
    assert (grid["asked"], grid["units"], grid["without"], grid["kinds"]) == (True, 4, 1, ["网格党支部", "党小组"])
    assert [line["id"] for line in grid["spanning"]["lines"]] == ["o1"]
    lists = {name: [line["id"] for line in told["lists"][name]["lines"]] for name in ("orphans", "cycles", "misplaced")}
    assert lists == {"orphans": ["o3"], "cycles": ["x1"], "misplaced": []}
    assert "ghost" in told["lists"]["faults"]["lines"][0]["more"]


def test_the_table_says_which_grid_has_none(client: FlaskClient):
    table = ask(client, "table/grid.json")
    assert dict(zip(table["codes"], table["shares"], strict=True)) == {A: 0, C: 0, B: 0, D: 1}
    assert dict(zip(table["codes"], table["several"], strict=True))[C]


def test_both_trees_name_each_other(client: FlaskClient):
    trees = ask(client, "trees.json")
    assert trees["organisations"]["ids"][:3] == ["o0", "o1", "o2"]
    assert trees["organisations"]["depths"][:3] == [0, 1, 2]
    grids = next(level for level in trees["units"] if level["level"] == "grid")
    assert dict(zip(grids["codes"], grids["without"], strict=True))[D]
    one = ask(client, "one.json", id="o1")
    assert [unit["code"] for unit in one["units"]["grid"]] == [A, C]
    assert (one["name"], one["members"], [each["id"] for each in one["path"]]) == (SCRIPT, 1, ["o0"])
    unit = ask(client, "unit.json", level="grid", code=C)
    assert [each["id"] for each in unit["organisations"]] == ["o1", "o2"]
    assert ask(client, "unit.json", level="grid", code=D)["lacks"]
    assert [place["id"] for place in ask(client, "places.json")] == ["o3"]


@pytest.mark.parametrize(
    ("address", "status"),
    [("one.json?id=nobody", 404), ("unit.json?level=grid&code=x", 404), ("table/planet.json", 404), ("answer.json?when=noon", 400)],
)
def test_what_is_not_there_is_told(client: FlaskClient, address: str, status: int):
    answer = client.get(stem(client) + address)
    assert (answer.status_code, bool(answer.json["message_zh"])) == (status, True)


def test_the_api_lists_organisations_of_a_kind_or_a_unit_at_a_day(client: FlaskClient):
    every = client.get("/api/organisations").json["organisations"]
    assert [one["id"] for one in every] == ["o0", "o1", "o2", "o3", "x1", "x2"]
    assert [one["id"] for one in client.get("/api/organisations?kind=branch").json["organisations"]] == ["o1", "o3"]
    assert [one["id"] for one in client.get(f"/api/organisations?unit={B}").json["organisations"]] == ["o3"]
    assert every[1]["units"] == {"community": [WEST], "grid": [A, C]}
    assert client.get("/api/organisations?unit=nope").status_code == 404


def test_a_resident_sees_no_organisation_and_who_is_confined_his_own(manned: Flask):
    assert manned.test_client().get("/api/organisations").status_code == 401
    assert "/login" in manned.test_client().get("/organisations").headers.get("Location", "/login")
    west = [one["id"] for one in signed_in(manned, "west").get("/api/organisations").json["organisations"]]
    east = [one["id"] for one in signed_in(manned, "east").get("/api/organisations").json["organisations"]]
    assert (west, east) == (["o0", "o1", "o2"], ["o3"])
    assert ask(signed_in(manned, "east"), "answer.json")["levels"]["grid"]["units"] == 2
    assert ask(signed_in(manned, "east"), "answer.json")["lists"]["faults"]["n"] == 0


def test_telephones_are_for_who_has_the_person_in_his_unit(manned: Flask):
    with manned.test_request_context("/"):
        from web.visible import Visible

        project = manned.extensions["geogrid"].current().project
        seen = Visible(project, scope=A).table("staff")
        assert seen[["id", "phone"]].to_numpy().tolist() == [["p1", "00000000001"]]
        assert Visible(project, is_public=True).tables == []


def test_files_can_be_taken_along(client: FlaskClient):
    without = client.get("/download/organisations/without.geojson?level=grid").json
    assert [feature["properties"]["code"] for feature in without["features"]] == [D]
    assert len(client.get("/download/organisations/organisations.geojson").json["features"]) == 6
    book = load_workbook(io.BytesIO(client.get("/download/organisations/organisations.xlsx").data))
    assert book.sheetnames == ["organisations", "memberships", "about"]
    names = [row[1].value for row in book["organisations"].iter_rows(min_row=2)]
    assert SCRIPT in names
    assert book["organisations"]["B4"].data_type == "s"  # =1+1 is text
    assert client.get("/download/organisations/else.xlsx").status_code == 404


@pytest.mark.parametrize(("name", "status"), [("vic", 403), ("west", 200), ("pat", 200)])
def test_the_register_as_it_was_given_is_for_planners(manned: Flask, name: str, status: int):
    client = signed_in(manned, name)
    for address in ("/download/organisations/organisations.xlsx", "/download/people/staff.xlsx"):
        assert client.get(address).status_code == status
    assert ("organisations.xlsx" in client.get("/organisations").text) == (status == 200)


# -- bringing a workbook in


def workbook(**sheets: list[list[Any]]) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def send(client: FlaskClient, body: bytes, name: str = "组织.xlsx", **form: str) -> Any:
    token = re.search(r'"token":\s*"([^"]*)"', client.get("/organisations").text)
    headers = {"X-Geogrid-Token": token[1] if token else ""}
    return client.post(
        "/api/organisations/bring?lang=zh", data={"file": (io.BytesIO(body), name), **form}, headers=headers, content_type="multipart/form-data"
    )


GOOD = {
    "organisations": [["id", "kind", "名称", "parent"], ["o9", "branch", "新支部", "o0"]],
    "memberships": [["member", "target_kind", "target"], ["o9", "网格", D]],
}


def test_a_workbook_is_looked_at_first_and_then_taken(path: Path):
    client = create_app(path).test_client()
    before, body = path.read_bytes(), workbook(**GOOD)
    seen = send(client, body).json
    assert [(r["role"], r["added"], r["changed"], r["removed"]) for r in seen["roles"]] == [("organisations", 1, 0, 0), ("memberships", 1, 0, 0)]
    assert seen["cover"] == [{"name": "网格", "before": 1, "after": 0}]
    assert path.read_bytes() == before
    assert send(client, body, take="1", seen=seen["seen"]).json["taken"]
    assert ask(client, "answer.json")["levels"]["grid"]["without"] == 0
    with open_project(path) as project:
        assert "o9" in set(project.table("organisations")["id"])
        assert "no_organisation" not in set(project.findings()["rule"])


def test_a_file_name_with_a_nul_in_it_is_read_without_it(client: FlaskClient):
    assert send(client, workbook(**GOOD), name="a\0.xlsx").status_code == 200


def test_what_was_not_seen_is_not_taken(path: Path):
    client = create_app(path).test_client()
    body = workbook(**GOOD)
    seen = send(client, body).json["seen"]
    assert send(client, body, take="1", seen="").status_code == 409
    assert send(client, body, take="1", seen=seen, mode="replace").status_code == 409
    assert send(client, body, take="1", seen=seen).status_code == 200
    assert send(client, body, take="1", seen=seen).status_code == 409  # it is taken: the data are others now


def test_what_is_downloaded_and_brought_in_again_changes_nothing(client: FlaskClient):
    body = client.get("/download/organisations/organisations.xlsx").data
    seen = send(client, body, mode="replace").json
    assert [(role["added"], role["changed"], role["removed"]) for role in seen["roles"]] == [(0, 0, 0)] * 2
    assert seen["changes"] is False


def test_faulty_rows_are_told_with_their_row(client: FlaskClient):
    rows = [
        ["member", "target_kind", "target", "valid_from"],
        ["nobody", "unit", D, ""],
        ["o1", "unit", "no such", ""],
        ["o1", "unit", D, "2026-02-30"],
    ]
    seen = send(client, workbook(memberships=rows)).json
    assert seen["rejected"]["lines"] == ["memberships #4: valid_from '2026-02-30'不是 2026-03-01 这样的日期，也不是 2026-03-01 08:00 这样的时刻"]
    assert [line.split(": ")[0] for line in seen["faults"]["lines"] if "nobody" in line or "no such" in line] == ["memberships #2", "memberships #3"]


def _with_entities() -> bytes:
    body, out = workbook(organisations=[["id"], ["a"]]), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.namelist():
            text = old.read(member)
            new.writestr(member, b'<!DOCTYPE x [<!ENTITY a "a">]>' + text if "sheet1" in member else text)
    return out.getvalue()


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b"", "a.xlsx"),
        (b"<html>", "a.xlsx"),
        (b"PK\x03\x04rubbish", "a.xlsx"),
        (_with_entities(), "a.xlsx"),
        (workbook(organisations=[["id", "kind"]]), "a.xlsx"),
        (workbook(about=[["a", "b"]], Sheet9=[["colour"], ["red"]]), "a.xlsx"),
        (b"id,kind\n\0,x", "a.csv"),
        (b"MZ", "a.exe"),
        (b"id\nx", "..\\..\\etc.passwd"),
        (b"id\nx", ""),
    ],
)
def test_what_is_no_table_is_refused_and_nothing_is_changed(path: Path, body: bytes, name: str):
    before = path.read_bytes()
    answer = send(create_app(path).test_client(), body, name)
    assert 400 <= answer.status_code < 500
    assert answer.json["message_zh"]
    assert "Traceback" not in answer.text
    assert tempfile.gettempdir() not in answer.text
    assert path.read_bytes() == before


def test_hostile_cells_are_text_and_no_more(path: Path):
    client = create_app(path).test_client()
    body = workbook(
        organisations=[
            ["id", "name", "kind", "parent"],
            ["=cmd|'/c calc'!A1", SCRIPT, "'; DROP TABLE plan; --", "=1+1"],
            ["../../x", "\u202eevil", "x" * 500, ""],
        ]
    )
    seen = send(client, body)
    assert seen.status_code == 200
    answer = send(client, body, take="1", seen=seen.json["seen"])
    assert answer.status_code in (200, 400)
    assert client.get("/organisations").status_code == 200


@pytest.mark.parametrize(("name", "status"), [("", 401), ("vic", 403), ("west", 403), ("boss", 403), ("pat", 200)])
def test_only_who_plans_for_the_whole_district_brings_tables_in(manned: Flask, name: str, status: int):
    client = signed_in(manned, name)
    token = token_of(client, "/account" if name else "/login")
    form = {"file": (io.BytesIO(workbook(**GOOD)), "a.xlsx")}
    answer = client.post("/api/organisations/bring", data=form, headers={"X-Geogrid-Token": token}, content_type="multipart/form-data")
    assert answer.status_code == status
    assert ("org-bring" in client.get("/organisations").text) == (status == 200)


def test_a_foreign_page_brings_nothing_in(manned: Flask):
    client = signed_in(manned, "ann")
    form = {"file": (io.BytesIO(workbook(**GOOD)), "a.xlsx")}
    assert client.post("/api/organisations/bring", data=form, content_type="multipart/form-data").status_code == 403


def test_a_project_without_organisations_says_what_to_do(tmp_path: Path):
    write_project(tiny_contents(), tmp_path / "bare.gpkg")
    client = create_app(tmp_path / "bare.gpkg").test_client()
    page = client.get("/organisations?lang=zh").text
    assert "本项目没有组织" in page
    assert "geogrid update" in page
    assert client.get("/api/organisations").json["organisations"] == []
    assert ask(client, "trees.json")["organisations"]["ids"] == []
