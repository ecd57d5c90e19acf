"""Somebody confined to a unit sees it and what is below, and edits there only: tried at every address that tells or changes anything."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from geogrid.store import accounts, open_project
from tests.people import change, manned_app, signed_in
from tests.tiny import EAST, WEST, X0, Y0
from web.confined import codes_below
from web.visible import Visible

A, C, B, D = WEST + "001", WEST + "002", EAST + "001", EAST + "002"
INSIDE = {"kind": "move", "atoms": ["6-1-1"], "to": A + "003"}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return manned_app(tmp_path_factory.mktemp("scope"))


@pytest.fixture(scope="module")
def west(app: Flask) -> FlaskClient:
    return signed_in(app, "west")


@pytest.fixture
def fresh(tmp_path: Path) -> Flask:
    return manned_app(tmp_path)


def told(answer) -> str:
    """All text of an answer, also what is packed in a workbook."""
    if answer.data[:2] != b"PK":
        return answer.data.decode("utf-8", "replace")
    with zipfile.ZipFile(BytesIO(answer.data)) as book:
        return "".join(book.read(name).decode() for name in book.namelist())


def edit(client: FlaskClient, document: dict, version: int = 1):
    return change(client, "/api/edits", {"plan": "main", "base_version": version, "request_id": "", "reason": "因", "edit": document})


ADDRESSES = [
    *("/", "/stations", "/cameras", "/checks", "/edit", "/plans", "/plans/main", f"/units/{WEST}", f"/units/{A}", f"/units/{C}001?level=microgrid"),
    *(f"/api/units?level={level}" for level in ("community", "grid", "microgrid")),
    *(
        "/api/units?level=grid&limit=100&offset=0",
        "/api/units?bbox=-180,-90,180,90&level=microgrid",
        "/api/units?level=grid&at=1",
        f"/api/units/{WEST}",
    ),
    *("/api/sites", "/api/sites?kind=cameras", "/api/findings", "/api/findings?level=microgrid&limit=99", "/api/search?q=1301", "/api/search?q=网格"),
    *(
        "/api/version",
        "/api/log",
        "/api/plans",
        "/api/changes?plan=main&since=1",
        f"/api/edit/area?level=microgrid&unit={A}",
        "/api/edit/area?level=grid",
    ),
    *(f"/data/{{v}}/tables/{page}/{level}.json" for page in ("overview", "stations", "cameras") for level in ("community", "grid", "microgrid")),
    *(
        "/data/{v}/codes.json?level=microgrid",
        "/data/{v}/findings.json?rule=households_below&level=microgrid&severity=warning",
        "/data/{v}/findings/0.json",
    ),
    *(f"/data/{{v}}/reach/cameras/{name}.json" for name in ("answer", "over", "blind", "table/community", "table/grid", "table/microgrid")),
    *(f"/api/reach/cameras{name}" for name in ("", "?level=community", "/streets", "/regions", "/perhaps", "/over", "/next", "/record?id=c2")),
    *(f"/download/cameras/{name}.xlsx" for name in ("blind_streets", "blind_entrances", "camera_units", "over_reach", "regions", "perhaps")),
    *("/tiles/{v}/units.json", "/tiles/{v}/sites.json", "/tiles/{v}/findings.json", "/tiles/{v}/stacks.json"),
    *(f"/download/{name}.{ending}" for name in ("grid", "microgrid", "stations", "findings") for ending in ("geojson", "xlsx")),
    *(
        "/download/grid.xlsx?with=cameras",
        "/download/cameras.geojson",
        "/download/microgrid.geojson?status=out",
        f"/download/grid.geojson?parent={B}",
    ),
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_address_tells_of_what_lies_outside(app: Flask, west: FlaskClient, address: str):
    whole = signed_in(app, "ann")
    version = {client: client.get("/api/version").json["etag"] for client in (west, whole)}
    answer = west.get(address.format(v=version[west]))
    assert answer.status_code in (200, 404), answer.text
    assert EAST not in told(answer)
    assert "c2" not in [feature["properties"].get("id") for feature in (answer.json or {}).get("features", [])] if answer.is_json else True
    again = west.get(address.format(v=version[whole]))
    assert EAST not in told(again), "the version of another's view in the address gives nothing more"


@pytest.mark.parametrize(
    "address",
    [
        *(
            f"/units/{EAST}",
            f"/units/{B}",
            f"/api/units/{EAST}",
            f"/api/units/{D}001",
            f"/api/units?level=grid&parent={EAST}",
        ),
        *(f"/api/edit/area?level=microgrid&unit={B}", f"/api/edit/area?level=grid&unit={EAST}"),
    ],
)
def test_a_unit_outside_is_as_if_it_were_not_there(app: Flask, west: FlaskClient, address: str):
    assert signed_in(app, "ann").get(address).status_code == 200
    assert west.get(address).status_code == 404


def test_findings_of_others_and_those_without_a_unit_are_not_told(app: Flask, west: FlaskClient):
    rules = {"households_below", "row_rejected", "point_unmatched"}
    assert {row["rule"] for row in signed_in(app, "ann").get("/api/findings").json["findings"]} == rules
    assert west.get("/api/findings").json["findings"] == []
    assert {row["rule"] for row in signed_in(app, "east").get("/api/findings").json["findings"]} == {"households_below"}


def test_a_place_outside_is_in_no_unit(app: Flask, west: FlaskClient):
    project = open_project(app.extensions["geogrid"].path)
    there = project.units("microgrid").loc[[D + "001"]].to_crs(4326).geometry.iloc[0].representative_point()
    place = f"/api/locate?lon={there.x}&lat={there.y}"
    assert signed_in(app, "ann").get(place).json["units"]["grid"] == D
    assert set(west.get(place).json["units"].values()) == {None}
    project.close()


def test_a_tile_holds_the_scope_only(app: Flask):
    project = open_project(app.extensions["geogrid"].path)
    x, y = project.units("grid").loc[[D]].to_crs(3857).geometry.iloc[0].representative_point().coords[0]
    project.close()
    z, half = 18, 20037508.342789244
    column, row = int((x + half) / (2 * half) * 2**z), int((half - y) / (2 * half) * 2**z)
    tiles = {}
    for name in ("ann", "west"):
        client = signed_in(app, name)
        tiles[name] = client.get(f"/tiles/{client.get('/api/version').json['etag']}/{z}/{column}/{row}.pbf").data
    assert D.encode() in tiles["ann"]
    assert EAST.encode() not in tiles["west"]


@pytest.mark.parametrize("address", ["/declared", "/whatif", "/whatif/results?level=grid&households=10-20", "/download/declared.csv", "/import"])
def test_what_speaks_of_the_whole_district_is_refused(west: FlaskClient, address: str):
    assert west.get(address).status_code == 403
    assert f'href="{address}"' not in west.get("/").text


# -- changing


@pytest.mark.parametrize(
    "document",
    [
        {"kind": "rename", "unit": B, "name": "x"},
        {"kind": "rename", "unit": EAST, "name": "x"},
        {"kind": "move", "atoms": ["6-1-1"], "to": D + "001"},
        {"kind": "move", "atoms": ["11-1-1"], "to": C + "002"},
        {"kind": "move", "atoms": ["6-1-1"], "to": None},
        {"kind": "reparent", "unit": C, "parent": EAST},
        {"kind": "reparent", "unit": D, "parent": WEST},
        {"kind": "reparent", "unit": C, "parent": None},
        {"kind": "retire", "unit": D + "003"},
        {"kind": "merge", "units": [C, D], "into": C},
        {"kind": "create", "level": "microgrid", "parent": D, "name": "x", "atoms": ["16-1-1"]},
        {"kind": "compose", "edits": [INSIDE, {"kind": "rename", "unit": D, "name": "x"}]},
        {"kind": "compose", "edits": [{"kind": "reparent", "unit": D, "parent": WEST}, {"kind": "reparent", "unit": D, "parent": EAST}]},
    ],
    ids=lambda document: f"{document['kind']} {document.get('unit', '')}",
)
def test_an_edit_that_reaches_outside_changes_nothing(app: Flask, west: FlaskClient, document: dict):
    answer = edit(west, document)
    assert answer.status_code in (403, 404, 422), answer.text
    assert (answer.status_code, answer.json["error"]) == (403, "forbidden") or document["kind"] in ("create", "merge", "compose", "reparent", "move")
    assert signed_in(app, "ann").get("/api/log").json["version"] == 1


def test_an_edit_inside_is_taken_and_a_colleague_outside_is_not_told(fresh: Flask):
    west, east, ann = (signed_in(fresh, name) for name in ("west", "east", "ann"))
    done = edit(west, INSIDE)
    assert done.status_code == 200, done.text
    assert EAST not in done.text
    assert done.json["delta"]["atoms"] == [["6-1-1", A + "003"]]
    seen = {client: client.get("/api/changes?plan=main&since=1").json for client in (west, east, ann)}
    assert [answer["version"] for answer in seen.values()] == [2, 2, 2]
    assert seen[west]["changes"][0]["atoms"] == seen[ann]["changes"][0]["atoms"]
    (other,) = seen[east]["changes"]
    assert (other["version"], other["author"], other["reason"], other["atoms"], other["units"], other["outlines"]) == (2, "", "", [], [], {})
    assert [row["user"] for row in west.get("/api/log").json["edits"]] == ["west"]
    assert east.get("/api/log").json["edits"] == []


def test_of_an_edit_across_the_border_only_the_part_inside_is_told(fresh: Flask):
    west, ann = signed_in(fresh, "west"), signed_in(fresh, "ann")
    both = {"kind": "compose", "edits": [{"kind": "rename", "unit": A, "name": "w"}, {"kind": "rename", "unit": D, "name": "geheim"}]}
    assert edit(ann, both).status_code == 200
    (row,) = west.get("/api/log").json["edits"]
    assert (row["units"], row["edit"], row["user"]) == ([A], {}, "ann")
    answer = edit(west, {"kind": "rename", "unit": A, "name": "x"})
    assert (answer.status_code, answer.json["details"]["units"]) == (409, [A])
    for text in (answer.text, west.get("/api/log").text):
        assert EAST not in text
        assert "geheim" not in text


@pytest.mark.parametrize(
    "document",
    [
        {"kind": "move", "atoms": ["11-1-1"], "to": A + "001"},
        {"kind": "rename", "unit": B, "name": "x"},
        {"kind": "compose", "edits": [INSIDE, {"kind": "retire", "unit": D + "003"}]},
    ],
)
def test_what_is_named_outside_is_not_spoken_of_be_it_refused_or_changed_meanwhile(fresh: Flask, document: dict):
    west, ann = signed_in(fresh, "west"), signed_in(fresh, "ann")
    assert edit(ann, {"kind": "rename", "unit": B, "name": "geheim"}).status_code == 200
    answer = edit(west, document)
    assert answer.status_code == 403
    assert set(answer.json["details"]["units"]) <= {"11-1-1", B, D + "003"}
    assert "geheim" not in answer.text


def test_nobody_undoes_outside_his_scope_after_it_was_narrowed(fresh: Flask):
    path = fresh.extensions["geogrid"].path
    pat = signed_in(fresh, "pat")
    assert edit(pat, INSIDE).status_code == 200
    accounts.change_account(path, "pat", scope=EAST)
    answer = change(pat, "/api/undo", {"plan": "main", "base_version": 2})
    assert answer.status_code == 403
    assert signed_in(fresh, "ann").get("/api/log").json["version"] == 2


def test_a_preview_looks_at_the_scope_only(west: FlaskClient):
    document = {"plan": "main", "base_version": 1, "reason": "", "edit": {"kind": "rename", "unit": D, "name": "x"}}
    outside = change(west, "/api/edits/preview", document).json
    assert (outside["units"], bool(outside["refused"])) == ([], True)
    inside = change(west, "/api/edits/preview", {**document, "edit": INSIDE})
    assert inside.status_code == 200, inside.text
    assert EAST not in inside.text


def test_a_scope_unit_that_is_no_more_shows_nothing_and_a_split_one_its_parts(fresh: Flask):
    path = fresh.extensions["geogrid"].path
    accounts.change_account(path, "vic", scope=A)
    vic, ann = signed_in(fresh, "vic"), signed_in(fresh, "ann")
    assert vic.get("/api/version").json["levels"] == {"community": 0, "grid": 1, "microgrid": 4}
    assert edit(ann, {"kind": "merge", "units": [A, C]}).status_code == 200
    after = [feature["properties"]["code"] for feature in vic.get("/api/units?level=grid").json["features"]]
    assert len(after) == 1
    assert after[0] not in (A, C)
    assert edit(ann, {"kind": "retire", "unit": after[0]}, 2).status_code == 200
    answer = vic.get("/api/units?level=grid")
    assert answer.status_code in (200, 403)
    assert EAST not in answer.text


def test_a_role_or_scope_that_is_taken_away_is_gone_at_once(fresh: Flask):
    path = fresh.extensions["geogrid"].path
    pat = signed_in(fresh, "pat")
    assert pat.get(f"/units/{EAST}").status_code == 200
    accounts.change_account(path, "pat", role="viewer", scope=WEST)
    assert pat.get(f"/units/{EAST}").status_code == 404
    assert edit(pat, INSIDE).status_code == 403


# -- secret cameras


def test_a_secret_camera_is_on_the_map_of_planners_of_its_scope_only(app: Flask):
    shown = {}
    for name in ("", "vic", "west", "pat", "east", "ann"):
        client = signed_in(app, name)
        shown[name] = client.get(f"/tiles/{client.get('/api/version').json['etag']}/sites.json").json["cameras"]["id"]
    assert shown == {"": [], "vic": ["c1", "c2"], "west": ["c1"], "pat": ["c1", "c2", "c3"], "east": ["c2", "c3"], "ann": ["c1", "c2", "c3"]}


@pytest.mark.parametrize("name", ["pat", "east", "ann"])
@pytest.mark.parametrize(
    "address", ["/download/cameras.geojson", "/download/cameras.xlsx", "/api/sites", "/api/sites?kind=cameras", "/api/sites?kind=3"]
)
def test_a_secret_camera_leaves_the_project_by_no_file_or_program(app: Flask, name: str, address: str):
    text = told(signed_in(app, name).get(address))
    assert "c2" in text
    assert "c3" not in text
    assert "涉密点" not in text


# -- the view itself


def test_the_view_of_a_unit_is_a_plan_of_its_own(app: Flask):
    with open_project(app.extensions["geogrid"].path) as project:
        view = Visible(project, scope=A)
        plan = view.plan()
        assert plan.frame("grid").index.tolist() == view.units("grid").index.tolist() == [A]
        assert plan.frame("microgrid").geometry.equals(view.units("microgrid").geometry)
        assert view.units("grid")["parent"].tolist() == [""]
        assert view.district.equals(project.units("grid").geometry[A])
        assert view.count_people()[0] == int(project.units("grid")["households"][A]) == sum(view.units("microgrid")["households"])
        assert view.count_units("microgrid")[0] == 4
        assert view.district.bounds == (X0, Y0 + 100, X0 + 100, Y0 + 200)
        assert all(view.district.buffer(1e-6).covers(shape) for shape in view.layer("buildings").geometry)
        assert view.rejected().empty
        assert view.given_levels == []
        assert Visible(_Bare(project), scope=A).findings().empty


class _Bare:
    """A project in which nothing was found."""

    def __init__(self, project):
        self.project = project

    def __getattr__(self, name):
        return getattr(self.project, name)

    def findings(self):
        return self.project.findings().iloc[:0]


def test_a_code_that_stands_on_two_levels_is_told_by_its_level(app: Flask):
    with open_project(app.extensions["geogrid"].path) as project:
        assert codes_below(project, f"grid:{A}") == codes_below(project, A)
        assert codes_below(project, WEST)["community"] == {WEST}


def test_what_a_view_does_not_offer_can_not_be_read(app: Flask):
    with open_project(app.extensions["geogrid"].path) as project:
        view = Visible(project, scope=WEST)
        for name in ("atoms", "summary", "validate", "state", "log", "of"):
            assert not hasattr(view, name), f"{name} would show the whole district"


def test_an_odd_scope_is_no_unit(app: Flask):
    client = signed_in(app, "ann")
    for code in ("", ":", "grid:", f"nosuch:{A}", "%", quote("'; DROP TABLE account; --")):
        assert client.get(f"/units/{quote(code) or 'x'}").status_code == 404


def test_a_view_takes_over_its_layers_from_its_former_version_only(app: Flask):
    with open_project(app.extensions["geogrid"].path) as project:
        west, east = Visible(project, scope=WEST), Visible(project, scope=EAST)
        kept = west.layer("buildings")
        assert Visible(project, scope=WEST, former=west).layer("buildings") is kept
        narrowed = Visible(project, scope=A, former=west).layer("buildings")
        assert set(narrowed["id"]) < set(kept["id"])
        assert not set(east.layer("buildings")["id"]) & set(kept["id"])
