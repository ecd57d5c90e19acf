"""Who is responsible, by page and API: scopes decide who sees people and telephones; what is missing is told with what to do."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient

from geogrid.store import write_project
from tests.people import add, clock, signed_in
from tests.staffed_town import LENT, NOW, degrees, staffed_project
from tests.tiny import EAST, SCRIPT, WEST, tiny_contents
from web import create_app


@pytest.fixture(scope="module")
def open_town(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The town without users: the visitor at this machine sees all."""
    return create_app(staffed_project(tmp_path_factory.mktemp("open")), clock=clock)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return create_app(staffed_project(tmp_path_factory.mktemp("town"), with_users=True), clock=clock)


def locate(client: FlaskClient, column: float, row: float, **more: str) -> dict:
    lon, lat = degrees(column, row)
    return client.get("/api/locate", query_string={"lon": lon, "lat": lat, **more}).get_json()


def people(client: FlaskClient, name: str, **arguments: str):
    """Ask for one of the page's data."""
    return client.get(f"/data/main_0_0/people/{name}.json", query_string={"when": NOW, **arguments})


def named(lines: list[dict]) -> dict[str, str | None]:
    return {line["name"]: line["phone"] for line in lines if line["name"]}


@pytest.mark.parametrize(
    ("user", "seen"),
    [
        ("vic", {"网格员0001": True, "志愿者0001": True, "书记0001": True, SCRIPT: True}),
        ("west", {"网格员0001": True, "志愿者0001": True, "书记0001": True, SCRIPT: True}),
        ("off", {"网格员0001": True, "志愿者0001": True, "书记0001": False, SCRIPT: True}),
        ("east", {}),
        ("", {}),
    ],
)
def test_each_scope_sees_the_people_of_its_unit_and_the_names_above_it(town: Flask, user: str, seen: dict[str, bool]):
    client = signed_in(town, user)
    answer = locate(client, 0.5, 0.5, at=NOW)
    assert {name: bool(phone) for name, phone in named(answer["responsible"]).items()} == seen
    assert (answer["units"]["grid"] is None) == (user == "east")


def test_a_resident_is_told_posts_and_duties_but_never_a_person(town: Flask):
    client = town.test_client()
    lines = locate(client, 0.5, 0.5, at=NOW)["responsible"]
    assert [(line["post"], line["staff"], line["name"], line["phone"]) for line in lines][2] == ("网格长", None, None, None)
    page = client.get(f"/units/{WEST}001").text
    assert "网格长" in page
    page = re.sub(r'nonce="[^"]*"', "", page)  # random letters, among which any short text may stand
    for hidden in ("网格员0001", "00000000001", "书记0001", "P1"):
        assert hidden not in page
        assert hidden not in str(lines)
    assert client.get("/people").status_code in (302, 401)
    for address in ("/download/people/gaps.xlsx", "/data/main_1_00000000/people/person.json?id=P1", "/data/main_1_00000000/people/found.json?q=P"):
        assert client.get(address).status_code in (302, 401)


def test_who_is_confined_finds_no_person_nor_gap_of_elsewhere(town: Flask):
    client = signed_in(town, "west")
    assert people(client, "person", id="P3").status_code == 404
    assert people(client, "found", q="网格员").get_json()["people"] == [
        {"id": "P1", "name": "网格员0001", "kind": "专职网格员"},
        {"id": "P2", "name": "网格员0002", "kind": "专职网格员"},
    ]
    grids = next(row for row in people(client, "answer").get_json()["levels"] if row["level"] == "grid")
    assert (grids["units"], grids["complete"]) == (2, 2)
    assert people(client, "unit", code=EAST + "001").status_code == 404
    assert people(client, "place", address="建华大街3号").status_code == 404
    assert EAST not in people(client, "table/grid").text


def test_a_unit_with_nobody_at_all_is_told_so_to_who_sees_only_that(tmp_path: Path):
    path = staffed_project(tmp_path)
    add(path, "far", "viewer", EAST + "001")
    client = signed_in(create_app(path, clock=clock), "far")
    (gap,) = people(client, "unit", code=EAST + "001").get_json()["levels"][0]["missing"]
    assert gap["text"] == "没有专职网格员，应有 1 人"
    grids = next(row for row in people(client, "answer").get_json()["levels"] if row["level"] == "grid")
    assert (grids["asked"], grids["complete"], grids["share"]) == (True, 0, 0)


def test_an_officer_lands_on_his_grid(town: Flask):
    page = signed_in(town, "off").get("/people").text
    assert f'"home": {{"code": "{WEST}001", "level": "grid"}}' in page
    assert '"home": {}' in signed_in(town, "vic").get("/people").text


def test_the_api_answers_an_address_and_a_moment(open_town: Flask):
    client = open_town.test_client()
    answer = client.get("/api/locate", query_string={"address": "建华大街１号 1单元", "at": "2026-03-01T08:00"}).get_json()
    assert [line["staff"] for line in answer["responsible"]] == ["P5", "P4", "P1", "P6"]
    lent = locate(client, 3.5, 0.5, at=LENT)["responsible"]
    assert [(line["staff"], line["overlay"]) for line in lent] == [("P2", "flood")]
    assert locate(client, 3.5, 0.5)["responsible"] == []
    several = client.get("/api/locate", query_string={"address": "建华大街"}).get_json()
    assert (several["lon"], len(several["candidates"])) == (None, 9)
    assert client.get("/api/locate?address=nowhere").status_code == 404
    assert client.get("/api/locate?address=nowhere&at=noon").status_code == 400
    assert locate(client, 0.5, 0.5, at="1")["units"]["grid"] == WEST + "001"


def test_the_page_tells_completeness_and_the_worst_first(open_town: Flask):
    client = open_town.test_client()
    page = client.get("/people")
    assert (page.status_code, "这里归谁管？" in page.text, "哪里缺人？" in page.text) == (200, True, True)
    told = people(client, "answer").get_json()
    assert [(row["level"], row["complete"], row["share"]) for row in told["levels"]] == [
        ("community", 0, None),
        ("grid", 3, 0.75),
        ("microgrid", 0, None),
    ]
    (overlay,) = told["overlays"]
    assert (overlay["id"], overlay["kind"], overlay["from"][:10], overlay["to"][:10]) == ("flood", "real", "2026-06-01", "2026-06-10")
    table = people(client, "table/grid").get_json()
    at = table["codes"].index(EAST + "001")
    assert (table["short"][at], table["text"][at], table["shares"][at], table["values"]["people"][at]) == (
        "缺专职网格员 1",
        "没有专职网格员，应有 1 人",
        1,
        0,
    )
    assert max(table["values"]["missing"]) == table["values"]["missing"][at]
    later = people(client, "table/grid", when=LENT).get_json()
    assert [code for code, text in zip(later["codes"], later["text"], strict=True) if text] == [WEST + "002"]
    assert people(client, "table/nix").status_code == 404
    assert people(client, "answer", when="noon").status_code == 400


def test_a_unit_a_place_and_a_person_are_told_in_both_languages(open_town: Flask):
    client = open_town.test_client()
    unit = people(client, "unit", code=WEST + "001").get_json()
    assert [(level["level"], [line["name"] for line in level["people"]]) for level in unit["levels"]] == [
        ("grid", ["网格员0001"]),
        ("community", ["书记0001"]),
    ]
    assert [(line["name"], line["via"], line["target"]) for line in unit["inside"]] == [(SCRIPT, "site", "s1")]
    english = people(client, "unit", code=WEST + "001", lang="en").get_json()["levels"][0]["people"][0]
    assert (english["post"], english["duties"], english["kind_name"]) == ("grid head", "collecting facts, patrol", "full-time officer")
    lon, lat = degrees(0.5, 0.5)
    place = people(client, "place", lon=str(lon), lat=str(lat)).get_json()
    assert ([line["name"] for line in place["near"]], len(place["stack"])) == ([SCRIPT], 2)
    gap = people(client, "unit", code=EAST + "001").get_json()["levels"][0]["missing"]
    assert gap == [{"text": "没有专职网格员，应有 1 人", "to_do": "配备人员，或补上隶属关系"}]
    person = people(client, "person", id="P2", when=LENT).get_json()
    assert [(post["unit"], post["overlay"], post["from"][:10], post["to"][:10]) for post in person["posts"]] == [
        (EAST + "001", "flood", "2026-06-01", "2026-06-10")
    ]
    assert people(client, "person", id="nix").status_code == 404


def test_the_search_box_finds_people_units_and_addresses(open_town: Flask):
    found = people(open_town.test_client(), "found", q="建华").get_json()
    assert ([unit["name"] for unit in found["units"]], len(found["addresses"])) == (["建华社区"], 6)
    assert people(open_town.test_client(), "found", q="志愿").get_json()["people"][0]["id"] == "P4"
    assert people(open_town.test_client(), "found", q="").get_json() == {"people": [], "units": [], "addresses": []}


def test_what_is_missing_can_be_taken_along(open_town: Flask):
    client = open_town.test_client()
    book = openpyxl.load_workbook(BytesIO(client.get("/download/people/gaps.xlsx", query_string={"when": NOW, "level": "grid"}).data))
    rows = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    told = dict(zip(rows[0], rows[1], strict=True))
    assert (len(rows), told["code"], told["what"], told["to_do"]) == (2, EAST + "001", "没有专职网格员，应有 1 人", "配备人员，或补上隶属关系")
    (feature,) = client.get(f"/download/people/gaps.geojson?when={NOW}").get_json(force=True)["features"]
    assert (feature["properties"]["code"], feature["geometry"]["type"]) == (EAST + "001", "Polygon")
    assert client.get("/download/people/gaps.exe").status_code == 404


def test_the_workbook_goes_out_is_filled_in_and_comes_in_again(tmp_path: Path):
    client = create_app(staffed_project(tmp_path), clock=clock).test_client()
    book = openpyxl.load_workbook(BytesIO(client.get("/download/people/staff.xlsx").data))
    for sheet, line in (
        ("staff", {"id": "P9", "name": "网格员0009", "kind": "full_time"}),
        ("memberships", {"member": "P9", "target": EAST + "001"}),
    ):
        heads = [cell.value for cell in book[sheet][1]]
        book[sheet].append([line.get(head, "") for head in heads])
    out = BytesIO()
    book.save(out)
    page = client.get("/people").text
    token, address = (page.split(f'"{name}": "')[1].split('"')[0] for name in ("token", "bring"))

    def bring(**more: str) -> dict:
        body = {"file": (BytesIO(out.getvalue()), "staff.xlsx"), "mode": "merge", **more}
        return client.post(address, data=body, headers={"X-Geogrid-Token": token}).get_json()

    told = bring()
    assert {role["role"]: role["added"] for role in told["roles"]} == {"staff": 1, "memberships": 1}
    assert bring(take="1", seen=told["seen"])["taken"]
    grids = next(row for row in people(client, "answer").get_json()["levels"] if row["level"] == "grid")
    assert (grids["complete"], grids["people"]) == (4, 4)


def test_a_name_from_the_data_is_never_markup(open_town: Flask):
    page = open_town.test_client().get(f"/units/{WEST}001001").text
    assert "<script>alert" not in page
    assert "网格员0001" in page


def test_a_project_without_people_says_so_and_what_to_do(tmp_path: Path):
    write_project(tiny_contents(), tmp_path / "bare.gpkg")
    client = create_app(tmp_path / "bare.gpkg").test_client()
    page = client.get("/people").text
    assert "[inputs.staff]" in page
    assert "哪里缺人？" not in page
    assert people(client, "answer").get_json()["levels"] == []
    assert people(client, "table/grid").get_json()["codes"]
    assert people(client, "unit", code=WEST + "001").get_json()["levels"][0]["people"] == []
    assert people(client, "found", q="P").get_json()["people"] == []
    assert client.get("/download/people/gaps.geojson").get_json(force=True)["features"] == []
    assert "归谁管" not in client.get(f"/units/{WEST}001").text


def test_a_unit_is_found_by_its_code_whatever_level_the_table_has(open_town: Flask):
    client = open_town.test_client()
    assert people(client, "unit", level="microgrid", code=f"{WEST}001").get_json()["level"] == "grid"
    assert people(client, "unit", level="grid", code=WEST).get_json()["level"] == "community"
    assert people(client, "unit", level="grid", code="nowhere").status_code == 404
    assert '"level":"grid"' in client.get("/people", query_string={"unit": f"{WEST}001"}).text.replace(" ", "")


def test_places_of_one_address_are_told_apart_by_their_unit(open_town: Flask):
    several = people(open_town.test_client(), "place", address="建华大街").get_json()["candidates"]
    assert len(several) == 9
    assert all(each["unit"] and each["lon"] for each in several)
    assert len({each["unit"] for each in several}) > 1
