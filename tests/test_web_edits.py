"""Edits over the web: documents, deltas, conflicts, what is sent twice, plans, and bodies that make no sense."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.edit import parse_edit
from geogrid.store import open_desk
from tests.desks import Clock
from tests.edit_client import applied, area, edit, edit_client, post, told
from tests.tiny import EAST, WEST

GRID_A, GRID_C, GRID_B, GRID_D = f"{WEST}001", f"{WEST}002", f"{EAST}001", f"{EAST}002"


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    return edit_client(tmp_path)


def _move(*atoms: str, to: str | None) -> dict[str, Any]:
    return {"kind": "move", "atoms": list(atoms), "to": to}


# -- the area document


def test_an_area_holds_its_unit_and_the_units_that_border_it_whole(client: FlaskClient):
    document = area(client, level="grid", unit=WEST)
    assert (document["unit"], document["level"], document["plan"], document["version"]) == (WEST, "grid", "main", 1)
    assert len(document["cells"]["id"]) == 16
    assert [code for code, part in zip(document["units"]["code"], document["units"]["part"], strict=True) if part] == []


def test_what_lies_beyond_the_units_at_the_border_is_left_out_and_a_unit_that_goes_on_there_is_marked(client: FlaskClient):
    document = area(client, level="microgrid", unit=GRID_A)
    assert sorted(document["cells"]["id"]) == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14], "A itself, C below and B beside it, not D across the corner"
    part = dict(zip(document["units"]["code"], document["units"]["part"], strict=True))
    assert (part[WEST], part[EAST], part[GRID_A], part[GRID_B]) == (False, True, False, False)
    assert GRID_D not in part


def test_rows_of_a_document_refer_to_rows(client: FlaskClient):
    document = area(client, level="microgrid", unit=WEST)
    cells, atoms, units, edges = (document[name] for name in ("cells", "atoms", "units", "edges"))
    assert all(0 <= row < len(cells["id"]) for row in [*atoms["cell"], *edges["a"], *edges["b"]])
    for code, leaf, cell in zip(atoms["code"], atoms["leaf"], atoms["cell"], strict=True):
        assert code.startswith(f"{cells['id'][cell]}-")
        assert units["level"][leaf] == "microgrid"
    for parent, code in zip(units["parent"], units["code"], strict=True):
        assert parent == -1 or code.startswith(units["code"][parent])
    assert {len(column) for column in cells.values()} == {len(cells["id"])}
    assert {len(column) for column in units.values()} == {len(units["code"])}


def test_figures_of_units_are_those_of_their_shapes(client: FlaskClient):
    units = area(client, level="grid", unit=WEST)["units"]
    shapes = {feature["properties"]["code"]: feature["properties"] for feature in client.get("/api/units?level=grid").get_json()["features"]}
    columns = (units[name] for name in ("code", "area_m2", "perimeter_m", "households"))
    for code, area_m2, perimeter_m, households in zip(*columns, strict=True):
        if code in shapes:
            assert (area_m2, perimeter_m, households) == (shapes[code]["area_m2"], 400.0, shapes[code]["households"])


def test_a_tower_is_no_longer_round_than_its_ground(client: FlaskClient):
    units = area(client, level="microgrid", unit=WEST)["units"]
    stacked = units["code"].index(f"{GRID_A}001")
    assert (units["area_m2"][stacked], units["perimeter_m"][stacked]) == (2500.0, 200.0)


def test_borders_are_of_cells_that_share_a_side(client: FlaskClient):
    document = area(client, level="grid", unit=WEST)
    ids, edges = document["cells"]["id"], document["edges"]
    pairs = {(ids[a], ids[b]) for a, b in zip(edges["a"], edges["b"], strict=True)}
    assert pairs == {(i, j) for i in range(1, 17) for j in (i + 1, i + 4) if j <= 16 and not (j == i + 1 and i % 4 == 0)}
    assert set(edges["length_m"]) == {50.0}


@pytest.mark.parametrize(
    ("unit", "level", "works_in"), [(GRID_A, "grid", WEST), (f"{GRID_A}001", "grid", WEST), (f"{GRID_A}001", "microgrid", GRID_A)]
)
def test_a_unit_of_the_level_itself_is_worked_on_in_the_unit_above(client: FlaskClient, unit: str, level: str, works_in: str):
    assert area(client, level=level, unit=unit)["unit"] == works_in


def test_the_topmost_level_is_worked_on_in_the_whole_district(client: FlaskClient):
    document = area(client, level="community")
    assert (document["unit"], len(document["cells"]["id"])) == ("", 16)


def test_an_area_of_nothing_known_says_so(client: FlaskClient):
    for query in ("level=parish", "level=grid&unit=77", "level=grid&plan=d9", "level=grid&at=99"):
        answer = client.get(f"/api/edit/area?{query}")
        assert (answer.status_code, answer.get_json()["error"]) == (404, "not_found"), query


def test_land_outside_all_units_stays_in_the_document_of_its_neighbours(client: FlaskClient):
    edit(client, _move("6-1-1", to=None))
    document = area(client, level="grid", unit=EAST)
    leaf = dict(zip(document["atoms"]["code"], document["atoms"]["leaf"], strict=True))
    assert leaf["6-1-1"] == -1


# -- edits and deltas


def test_a_move_answers_with_version_units_and_a_delta(client: FlaskClient):
    answer = edit(client, _move("1-4-1", to=f"{GRID_A}001"), reason="邻近")
    assert (answer["version"], answer["units"]) == (2, [f"{GRID_A}001", f"{GRID_A}002"])
    delta = answer["delta"]
    assert (delta["version"], delta["author"], delta["kind"], delta["reason"]) == (2, "local", "move", "邻近")
    assert delta["atoms"] == [["1-4-1", f"{GRID_A}001"]]
    units = {unit["code"]: (unit["households"], unit["status"]) for unit in delta["units"]}
    assert units == {f"{GRID_A}001": (16, "above"), f"{GRID_A}002": (8, "below")}
    assert set(delta["outlines"]) == set(units)
    assert (delta["retired"], delta["cells"]) == ([], None)
    assert {finding["rule"] for finding in answer["findings"]} == {"households_above", "households_below"}


MOVES = [
    _move("1-4-1", to=f"{GRID_A}001"),
    _move("5-1-1", to=f"{GRID_C}001"),
    {"kind": "merge", "units": [f"{GRID_A}001", f"{GRID_A}002"], "into": f"{GRID_A}001"},
    {"kind": "merge", "units": [f"{GRID_C}001", f"{GRID_C}002"]},
    {"kind": "rename", "unit": GRID_A, "name": "甲"},
    {"kind": "retire", "unit": f"{GRID_C}003"},
    {"kind": "retire", "unit": GRID_D},
    {"kind": "create", "level": "microgrid", "parent": GRID_C, "name": "新", "atoms": ["13-1-1"]},
    {"kind": "reparent", "unit": GRID_C, "parent": EAST},
    {"kind": "split", "unit": GRID_A, "parts": 2},
    _move("2-1-1", to=None),
    _move("10-1-1", to=WEST),
]


@given(st.lists(st.sampled_from([*MOVES, "undo", "redo"]), min_size=1, max_size=7))
@settings(max_examples=15)
def test_a_page_that_takes_over_deltas_knows_what_a_page_that_loads_anew_knows(tmp_path_factory: pytest.TempPathFactory, steps: list[Any]):
    client = edit_client(tmp_path_factory.mktemp("deltas"))
    known = told(area(client, level="microgrid", unit=WEST))
    version, begin = 1, known
    for step in steps:
        address, body = (f"/api/{step}", {}) if isinstance(step, str) else ("/api/edits", {"edit": step})
        answer = client.post(address, json={"base_version": version, **body})
        assert answer.status_code in (200, 404, 422), answer.text
        if answer.status_code == 200:
            version, known = answer.get_json()["version"], applied(known, answer.get_json()["delta"])
    fresh = told(area(client, level="microgrid", unit=WEST))
    _assert_alike(known, fresh)
    replayed = begin
    for delta in client.get("/api/changes?since=1").get_json()["changes"]:
        replayed = applied(replayed, delta)
    _assert_alike(replayed, fresh)


def _assert_alike(known: dict[str, Any], fresh: dict[str, Any]) -> None:
    """Assert that both say the same of what both know: which land borders the unit may have become other land."""
    atoms = known["atoms"].keys() & fresh["atoms"].keys()
    assert len(atoms) >= len(fresh["atoms"]) / 2
    assert {code: known["atoms"][code] for code in atoms} == {code: fresh["atoms"][code] for code in atoms}
    for code in {fresh["atoms"][atom] for atom in atoms} - {None}:
        unit = {name: pytest.approx(value, abs=0.002) if isinstance(value, float) else value for name, value in fresh["units"][code].items()}
        assert known["units"][code] == unit
    outlines = known["outlines"].keys() & fresh["outlines"].keys()
    assert {code: known["outlines"][code] for code in outlines} == {code: fresh["outlines"][code] for code in outlines}


def test_a_line_through_a_field_cuts_cells_and_the_page_is_told_of_them_alone(client: FlaskClient):
    document = area(client, level="grid", unit=WEST)
    west, south, _, _ = _box(document["cells"]["rings"][document["cells"]["id"].index(7)][0])
    _, _, east, north = _box(document["cells"]["rings"][document["cells"]["id"].index(3)][0])
    lon = (west + east) / 2
    line = {"type": "LineString", "coordinates": [[lon, south - 1e-4], [lon, north + 1e-4]]}
    cells = edit(client, {"kind": "reshape", "units": [GRID_A, GRID_B], "line": line})["delta"]["cells"]
    assert set(cells["retired"]) >= {3, 7}
    assert min(cells["new"]["id"]) > 16
    assert set(cells["new"]["atoms"]["cell"]) == set(cells["new"]["id"])
    after = area(client, level="grid", unit=WEST)
    assert set(after["cells"]["id"]) == (set(document["cells"]["id"]) - set(cells["retired"])) | set(cells["new"]["id"])


def _box(ring: list[float]) -> tuple[float, float, float, float]:
    return min(ring[::2]), min(ring[1::2]), max(ring[::2]), max(ring[1::2])


# -- together


def test_an_edit_on_top_of_a_colleagues_edit_of_the_same_unit_is_answered_with_what_changed(client: FlaskClient):
    edit(client, _move("1-4-1", to=f"{GRID_A}001"))
    refused = edit(client, _move("1-6-1", to=f"{GRID_A}001"), base=1, status=409)
    assert (refused["error"], refused["details"]["version"]) == ("conflict", 2)
    assert f"{GRID_A}001" in refused["details"]["units"]
    assert [(entry["version"], entry["user"], entry["kind"]) for entry in refused["details"]["entries"]] == [(2, "local", "move")]


def test_edits_of_different_grids_never_conflict(client: FlaskClient):
    edit(client, _move("1-4-1", to=f"{GRID_A}001"))
    assert edit(client, _move("14-1-1", to=f"{GRID_C}002"), base=1)["version"] == 3


def test_what_is_sent_twice_happens_once(client: FlaskClient):
    first = edit(client, _move("1-4-1", to=f"{GRID_A}001"), request_id="r1")
    again = edit(client, _move("1-4-1", to=f"{GRID_A}001"), base=1, request_id="r1")
    assert again == first
    assert client.get("/api/changes?since=0").status_code in (200, 404)
    assert client.get("/api/log").get_json()["version"] == 2


def test_the_edits_of_one_request_are_made_all_or_none(client: FlaskClient):
    good, bad = _move("1-4-1", to=f"{GRID_A}001"), _move("1-1-1", to="77")
    refused = post(client, "/api/edits", 404, base_version=1, edits=[good, bad])
    assert refused["error"] == "not_found"
    assert client.get("/api/log").get_json()["edits"] == []
    done = post(client, "/api/edits", base_version=1, edits=[good, _move("1-5-1", to=f"{GRID_A}001")])
    assert (done["version"], [code for code, _ in done["delta"]["atoms"]]) == (3, ["1-4-1", "1-5-1"])


def test_a_refused_edit_says_why_in_both_languages(client: FlaskClient):
    refused = edit(client, _move("2-1-1", to=f"{GRID_A}003"), status=422)
    assert refused["error"] == "edit_refused"
    assert refused["details"]["reason"] == "no_change"
    assert refused["message"]
    assert refused["message_zh"] != refused["message"]


def test_undo_and_redo_go_back_and_forth(client: FlaskClient):
    before = told(area(client, level="grid", unit=WEST))
    edit(client, _move("1-4-1", to=f"{GRID_A}001"))
    undone = post(client, "/api/undo", base_version=2)
    assert (undone["version"], undone["delta"]["kind"]) == (3, "undo")
    assert told(area(client, level="grid", unit=WEST)) == before
    assert post(client, "/api/redo", base_version=3)["delta"]["atoms"] == [["1-4-1", f"{GRID_A}001"]]
    assert post(client, "/api/redo", 422, base_version=4)["details"]["reason"] == "nothing_to_redo"


def test_what_another_program_did_is_told_too(client: FlaskClient, tmp_path: Path):
    edit(client, _move("1-4-1", to=f"{GRID_A}001"))
    with open_desk(tmp_path / "tiny.gpkg", clock=Clock()) as desk:
        for version, atom in ((2, "1-5-1"), (3, "14-1-1")):
            desk.edit("main", [parse_edit(_move(atom, to=f"{GRID_A}001"))], base_version=version, author="脚本", reason="夜里")
    told_now = client.get("/api/changes?since=1").get_json()
    assert (told_now["version"], [(d["version"], d["author"], len(d["atoms"])) for d in told_now["changes"]]) == (
        4,
        [(2, "local", 1), (3, "脚本", 1), (4, "脚本", 1)],
    )
    assert client.get("/api/changes?since=4").get_json() == {"version": 4, "changes": []}


def test_the_log_is_read_in_pages(client: FlaskClient):
    for atom in ("1-4-1", "1-5-1"):
        edit(client, _move(atom, to=f"{GRID_A}001"), reason=atom)
    rows = client.get("/api/log").get_json()["edits"]
    assert [(row["version"], row["user"], row["reason"], row["kind"]) for row in rows] == [
        (2, "local", "1-4-1", "move"),
        (3, "local", "1-5-1", "move"),
    ]
    assert rows[0]["edit"]["to"] == f"{GRID_A}001"
    assert [row["version"] for row in client.get("/api/log?limit=1").get_json()["edits"]] == [3]
    assert [row["version"] for row in client.get("/api/log?limit=1&before=3").get_json()["edits"]] == [2]


def test_the_log_names_the_units_that_a_change_made(client: FlaskClient):
    edit(client, {"kind": "merge", "units": [f"{GRID_A}001", f"{GRID_A}002"]})
    edit(client, _move("6-1-1", to=None))
    assert [len(row["made"]) for row in client.get("/api/log").get_json()["edits"]] == [1, 0]


# -- previews and proposals


def test_a_preview_changes_nothing(client: FlaskClient):
    seen = post(client, "/api/edits/preview", edit=_move("1-4-1", to=f"{GRID_A}001"))
    assert (seen["version"], seen["refused"]) == (1, None)
    figures = {unit["code"]: (unit["before"]["households"], unit["after"]["households"]) for unit in seen["units"]}
    assert figures == {f"{GRID_A}001": (12, 16), f"{GRID_A}002": (12, 8)}
    assert client.get("/api/log").get_json()["version"] == 1
    refused = post(client, "/api/edits/preview", edit=_move("2-1-1", to=f"{GRID_A}003"))["refused"]
    assert refused["reason"] == "no_change"


def test_a_proposed_split_can_be_made_as_it_is(client: FlaskClient):
    seen = post(client, "/api/edits/propose", what="split", unit=GRID_C, parts=2)
    assert seen["preview"]["refused"] is None
    edit(client, seen["edit"])


# -- plans and time


def test_a_draft_is_seen_by_its_name_and_leaves_main_alone(client: FlaskClient):
    made = post(client, "/api/plans", 201, name="西片微调")
    assert (made["id"], made["state"], made["parent"]) == ("d1", "draft", "main")
    answer = edit(client, {"kind": "merge", "units": [GRID_A, GRID_C]}, base=made["version"], plan="d1")
    (new,) = {unit["code"] for unit in answer["delta"]["units"] if unit["level"] == "grid"}
    assert [unit for unit in _codes(client, "level=grid&plan=d1") if unit.startswith(WEST)] == [new]
    assert [unit for unit in _codes(client, "level=grid") if unit.startswith(WEST)] == [GRID_A, GRID_C]
    assert client.get(f"/units/{new}?plan=d1").status_code == 200
    assert client.get(f"/units/{new}").status_code == 404
    assert [plan["id"] for plan in client.get("/api/plans").get_json()["plans"]] == ["main", "d1"]


def _codes(client: FlaskClient, query: str) -> list[str]:
    return [feature["properties"]["code"] for feature in client.get(f"/api/units?{query}").get_json()["features"]]


def test_every_page_shows_any_version(client: FlaskClient):
    edit(client, {"kind": "merge", "units": [GRID_A, GRID_C]})
    assert GRID_A in _codes(client, "level=grid&at=1")
    assert GRID_A not in _codes(client, "level=grid")
    for path in (
        "/",
        f"/units/{GRID_A}",
        "/checks",
        "/stations",
        "/cameras",
        "/download/grid.geojson",
        f"/api/units/{GRID_A}",
        "/api/findings",
        "/api/version",
    ):
        assert client.get(path, query_string={"at": 1}).status_code == 200, path
    then = client.get("/api/version?at=1").get_json()
    assert then["version"] == 1
    table = json.loads(client.get(f"/data/{then['etag']}/tables/overview/grid.json").data)
    assert GRID_A in table["codes"]
    assert GRID_A in client.get(f"/tiles/{then['etag']}/units.json").text
    now = client.get("/api/version").get_json()
    assert GRID_A not in json.loads(client.get(f"/data/{now['etag']}/tables/overview/grid.json").data)["codes"]


def test_links_of_a_page_keep_its_plan_and_version(client: FlaskClient):
    edit(client, _move("1-4-1", to=f"{GRID_A}001"))
    page = client.get(f"/units/{GRID_A}?at=1&plan=main").text
    assert "at=1" in page.split('href="/checks?')[1].split('"')[0]
    assert "at=1" not in page.split('href="/edit?')[1].split('"')[0]


@pytest.mark.parametrize("query", ["at=99", "at=2019-01-01", "plan=d7"])
def test_what_never_was_is_not_found(client: FlaskClient, query: str):
    assert client.get(f"/?{query}").status_code == 404
    assert client.get(f"/api/version?{query}").status_code == 404


def test_what_is_no_version_is_said_to_be_none(client: FlaskClient):
    assert client.get("/api/version?at=gestern").status_code == 400


def test_a_retired_code_answers_with_its_successors(client: FlaskClient):
    merged = edit(client, {"kind": "merge", "units": [GRID_A, GRID_C]})
    (new,) = {unit["code"] for unit in merged["delta"]["units"] if unit["level"] == "grid"}
    answer = client.get(f"/api/units/{GRID_A}")
    assert (answer.status_code, answer.get_json()["retired"], answer.get_json()["successors"]) == (200, True, [new])
    page = client.get(f"/units/{GRID_A}")
    assert page.status_code == 404
    assert f'href="/units/{new}"' in page.text
    assert client.get("/api/units/77").status_code == 404


def test_pages_show_an_edit_at_once(client: FlaskClient):
    assert client.get("/").status_code == 200
    before = client.get("/api/version").get_json()["etag"]
    edit(client, {"kind": "rename", "unit": GRID_A, "name": "槐安网格"})
    assert client.get("/api/version").get_json()["etag"] != before
    assert "槐安网格" in client.get(f"/units/{GRID_A}").text
    assert "槐安网格" in client.get("/download/grid.geojson").text
    assert [unit["name"] for unit in client.get("/api/search?q=槐安").get_json()["units"]] == ["槐安网格"]


# -- bodies that make no sense

_WORDS = st.sampled_from(["main", GRID_A, "1-4-1", "move", "2026-03-01", "\ud800", "\0"])
_LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | _WORDS
_KEYS = st.text(max_size=5) | st.sampled_from(["kind", "atoms", "to", "unit", "line"])
_VALUES = st.recursive(_LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=4), max_leaves=12)
_MEMBERS = "plan base_version request_id reason edit edits what units unit parts k level parent from at name valid_from accept"
_NAMES = st.sampled_from(_MEMBERS.split())
_POSTED = ["edits", "undo", "redo", "edits/preview", "edits/propose", "plans", "plans/main/adopt"]
_ADDRESSES = st.sampled_from([f"/api/{name}" for name in _POSTED])
_ASKED = st.sampled_from(["/api/changes", "/api/log", "/api/edit/area", "/api/version"])


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return edit_client(tmp_path_factory.mktemp("fuzz"))


@given(_ADDRESSES, st.dictionaries(_NAMES, _VALUES, max_size=6) | _VALUES)
@settings(max_examples=150)
def test_no_body_makes_the_service_fail(shared: FlaskClient, address: str, body: Any):
    answer = shared.post(address, data=json.dumps(body), content_type="application/json")
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert {"error", "message", "message_zh", "details"} == set(answer.get_json())


@given(_ADDRESSES, st.binary(max_size=60))
@settings(max_examples=40)
def test_no_bytes_make_the_service_fail(shared: FlaskClient, address: str, body: bytes):
    assert shared.post(address, data=body, content_type="application/json").status_code < 500


@given(
    st.sampled_from(["/api/changes", "/api/log", "/api/edit/area", "/api/version"]),
    st.dictionaries(_NAMES | st.sampled_from(["since", "limit", "before"]), st.text(max_size=12), max_size=3),
)
@settings(max_examples=80)
def test_no_question_makes_the_service_fail(shared: FlaskClient, address: str, query: dict[str, str]):
    assert shared.get(address, query_string={name: value.encode("utf-8", "replace") for name, value in query.items()}).status_code < 500


def test_bodies_without_end_are_refused(client: FlaskClient):
    deep = b"[" * 200_000 + b"]" * 200_000
    assert client.post("/api/edits", data=deep, content_type="application/json").status_code == 400
    assert client.post("/api/edits", data=b" " * (1 << 20) + b"{}", content_type="application/json").status_code == 413
    assert post(client, "/api/edits", 413, base_version=1, edits=[_move("1-4-1", to=WEST)] * 501)["error"] == "too_large"
