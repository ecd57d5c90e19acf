"""Imports: from dropped files to a project in use, and what may not come in, go out, or be asked for by a foreign page."""

from __future__ import annotations

import io
import json
import re
import threading
import zipfile
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from werkzeug.test import TestResponse

from geogrid.crs import wgs84_to_gcj02
from geogrid.errors import InputError, StoreError
from geogrid.recipe import read_recipe
from geogrid.store import is_project, open_project, write_project
from geogrid.store.swap import put_in_place
from tests.division_files import FILES, write_division
from tests.shared import shared_path
from tests.tiny import tiny_contents
from web import create_app
from web.guard import HEADER
from web.importing_files import safe_name
from web.importing_jobs import Jobs, Stopped

HOSTILE = "<script>alert(1)</script>"


class Desk:
    """The administrator's browser as far as the API goes: it sends the page's token."""

    def __init__(self, app: Flask) -> None:
        self.app, self.client = app, app.test_client()
        self.headers = {HEADER: app.extensions["geogrid.token"]}
        self.importing = app.extensions["geogrid.importing"]

    def post(self, address: str, **sent: Any) -> TestResponse:
        return self.client.post(address, headers=self.headers, **sent)

    def begin(self) -> str:
        answer = self.post("/api/imports")
        assert answer.status_code == 201
        return answer.json["id"]

    def drop(self, name: str, *files: tuple[str, bytes]) -> TestResponse:
        return self.post(f"/api/imports/{name}/files", data={"file": [(io.BytesIO(body), file) for file, body in files]})

    def choose(self, import_id: str, /, **choices: Any) -> TestResponse:
        body = json.dumps(choices)
        return self.client.patch(f"/api/imports/{import_id}", data=body, content_type="application/json", headers=self.headers)

    def told(self, name: str) -> dict[str, Any]:
        """Everything of an import once nothing runs for it any more."""
        for _ in range(5):
            assert self.importing.jobs.wait(name)
            answer = self.client.get(f"/api/imports/{name}").json
            if answer["busy"] is None:
                return answer
        raise AssertionError("an import never came to rest")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(create_app(tmp_path / "new.gpkg"))


@pytest.fixture(scope="module")
def division(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, bytes]]:
    return [(path.name, path.read_bytes()) for path in write_division(tmp_path_factory.mktemp("division"), bad_stations=2)]


def _text(page: str) -> str:
    return re.sub(r"<[^>]+>", " ", re.sub(r"(?s)<(script|style|head).*?</\1>", " ", page))


def test_dropped_files_become_a_draft_and_the_draft_the_project(desk: Desk, division: list[tuple[str, bytes]], tmp_path: Path):
    assert desk.client.get("/").headers["Location"] == "/import"
    name = desk.begin()
    assert desk.drop(name, *division).status_code == 200
    told = desk.told(name)
    assert {layer["file"]: layer["role"] for layer in told["layers"]} == dict(
        zip(FILES, ("district", "streets", "communities", "grids", "stations"), strict=True)
    )
    assert (told["name"], told["scheme"], told["problem"], told["rejected"]) == ("样例区", "street-community-grid", None, 2)
    refused = desk.post(f"/api/imports/{name}/build", json={})
    assert (refused.status_code, refused.json["error"]) == (422, "rows_unusable")
    assert desk.post(f"/api/imports/{name}/build", json={"accept": True}).status_code == 202
    told = desk.told(name)
    assert told["failed"] is None
    assert {level: found["units"] for level, found in told["built"]["summary"]["levels"].items()} == {"street": 2, "community": 4, "grid": 8}
    assert not (tmp_path / "new.gpkg").exists(), "nothing is served before the administrator says so"
    _check_draft_page(desk, name)
    assert desk.post(f"/api/imports/{name}/use").json["page"] == "/"
    assert "样例区" in desk.client.get("/").text
    with open_project(tmp_path / "new.gpkg") as project:
        assert len(project.rejected()) == 2
    desk.choose(name, name="另一个名字")
    assert not desk.told(name)["current"]
    refused = desk.post(f"/api/imports/{name}/use")
    assert (refused.status_code, refused.json["error"]) == (400, "input_unusable"), "a draft of earlier choices is not used"
    assert "请重新生成" in desk.client.get(f"/import/{name}").text
    assert "样例区" in desk.client.get("/").text


def _check_draft_page(desk: Desk, name: str) -> None:
    """The draft is on the map of its import, with tiles and tables of its own."""
    page = desk.client.get(f"/import/{name}").text
    assert "草案已生成" in page
    prefix = re.search(rf"/import/{name}/draft/\w+/", page)[0]
    assert json.loads(desk.client.get(prefix + "units.json").data)["grid"]["code"]
    assert desk.client.get(prefix + "0/0/0.pbf").status_code == 200
    assert desk.client.get(prefix + "0/9/9.pbf").status_code == 404
    assert desk.client.get(prefix + "secret.json").status_code == 404


def test_the_files_are_on_the_map_with_a_cross_for_what_can_not_be_used(desk: Desk, division: list[tuple[str, bytes]]):
    name = desk.begin()
    assert desk.client.get(f"/api/imports/{name}/preview.json").json["bbox"] is None
    desk.drop(name, *division)
    desk.told(name)
    preview = desk.client.get(f"/api/imports/{name}/preview.json").json
    assert {layer["role"] for layer in preview["layers"]} == {"district", "streets", "communities", "grids", "stations"}
    assert [(cross["role"], cross["row"]) for cross in preview["crosses"]] == [("stations", 10), ("stations", 11)]
    assert preview["bbox"] == pytest.approx([118.15, 39.62, 118.19, 39.64], abs=1e-6)


def test_a_page_shows_every_step_in_both_languages(desk: Desk, division: list[tuple[str, bytes]]):
    name = desk.begin()
    desk.drop(name, *division)
    desk.told(name)
    chinese, english = (_text(desk.client.get(f"/import/{name}", query_string={"lang": lang}).text) for lang in ("zh", "en"))
    for words in ("选文件", "认角色和列", "坐标系", "查每一行", "生成网格", "放下这 2 行，生成草案", "存下，以后再说", "SQDM → 编码"):
        assert words in chinese
    for words in ("Choose files", "Leave out these 2 rows and make a draft", "SQDM → code", "row 10 and 1 more"):
        assert words in english
    # what is left of the other language comes from the files, or is the name of a format or a unit of measure
    for word in re.findall(r"[\u4e00-\u9fff]{2,}", english):
        assert any(
            word in known
            for known in (
                *FILES,
                "样例区",
                "中文",
                "站点编号",
                "站点名称",
                "类型",
                "容量",
                "经度",
                "纬度",
                "名称",
                "很多",
                "号站",
                "东街道西街道",
                "社区",
                "第",
            )
        )
    panel = desk.client.get(f"/import/{name}/panel").text
    assert 'id="new-work"' in panel
    assert "<html" not in panel


def test_what_was_chosen_is_kept_through_a_restart(tmp_path: Path, division: list[tuple[str, bytes]]):
    first = Desk(create_app(tmp_path / "p.gpkg"))
    name = first.begin()
    first.drop(name, *division)
    first.choose(name, name="另一个名字", layers={"站点.csv|站点": {"role": ""}})
    assert first.told(name)["rejected"] == 0
    second = Desk(create_app(tmp_path / "p.gpkg"))
    told = second.told(name)
    assert (told["name"], told["rejected"]) == ("另一个名字", 0)
    assert "另一个名字" in second.client.get("/import").text


def test_a_column_is_changed_or_left_out(desk: Desk, division: list[tuple[str, bytes]]):
    name = desk.begin()
    desk.drop(name, *division)
    desk.told(name)
    desk.choose(name, layers={"社区.geojson|社区": {"columns": {"name": "SQDM", "code": "SQDM"}}, "站点.csv|站点": {"columns": {"capacity": ""}}})
    told = desk.told(name)
    assert told["rejected"] == 0, "nobody reads the column of capacities any more"
    recipe = desk.client.get(f"/api/imports/{name}/recipe.toml").text
    assert 'capacity = ""' in recipe or "capacity" not in recipe
    assert "编码" in _text(desk.client.get(f"/import/{name}").text)


def test_another_role_takes_its_columns_anew(desk: Desk, division: list[tuple[str, bytes]]):
    name = desk.begin()
    desk.drop(name, *division)
    desk.told(name)
    desk.choose(name, layers={"站点.csv|站点": {"role": "cameras", "columns": {"kind": "类型"}}})
    desk.choose(name, layers={"站点.csv|站点": {"role": "stations"}})
    assert desk.told(name)["choices"]["站点.csv|站点"] == {"role": "stations"}


def test_two_files_for_one_role_are_told(desk: Desk, division: list[tuple[str, bytes]]):
    name = desk.begin()
    desk.drop(name, *division, ("社区2.geojson", dict(division)["社区.geojson"]))
    told = desk.told(name)
    assert list(told["twins"].values()) == ["communities"]
    assert "社区已用另一个文件" in _text(desk.client.get(f"/import/{name}").text)


def test_a_missing_crs_is_asked_for_and_the_choice_counts(desk: Desk, tmp_path: Path):
    import geopandas as gpd

    write_division(tmp_path)
    gpd.read_file(tmp_path / "社区.geojson").to_crs(4549).to_file(tmp_path / "社区.shp", encoding="GB18030")
    name = desk.begin()
    parts = [(f"社区{ending}", (tmp_path / f"社区{ending}").read_bytes()) for ending in (".shp", ".shx", ".dbf")]
    desk.drop(name, *parts)
    told = desk.told(name)
    assert [layer["file"] for layer in told["layers"]] == ["社区.shp"]
    assert told["layers"][0]["crs"] == ""
    assert told["problem"] is not None
    page = desk.client.get(f"/import/{name}").text
    assert "没有写坐标系，请选一个" in _text(page)
    assert desk.post(f"/api/imports/{name}/build", json={}).status_code == 400
    desk.choose(name, layers={"社区.shp|社区": {"crs": "EPSG:4549"}})
    told = desk.told(name)
    assert (told["problem"], told["rejected"]) == (None, 0)
    assert len(told["layers"][0]["crs_options"]) > 1, "the others can still be chosen"
    desk.choose(name, layers={"社区.shp|社区": {"crs": None}})
    assert desk.told(name)["problem"] is not None


def test_a_layer_in_a_shifted_datum_is_told_and_converted_by_choice_only(desk: Desk, tmp_path: Path):
    import geopandas as gpd
    import numpy as np
    import shapely

    names = ("district", "streets", "communities", "main_roads")
    files = [(f"{name}.geojson", shared_path(f"hangzhou_xiacheng/{name}.geojson").read_bytes()) for name in names]
    grids = gpd.read_file(shared_path("hangzhou_xiacheng/grids.geojson"))
    moved = shapely.transform(grids.geometry.to_numpy(), lambda xy: np.column_stack(wgs84_to_gcj02(xy[:, 0], xy[:, 1])))
    grids.set_geometry(moved).set_crs(4326).to_file(tmp_path / "网格.geojson")
    name = desk.begin()
    for file in (*files, ("网格.geojson", (tmp_path / "网格.geojson").read_bytes())):
        desk.drop(name, file)
    desk.told(name)
    page = desk.client.get(f"/import/{name}").text
    assert 'data-do="convert" data-key="网格.geojson|网格" data-datum="GCJ-02"' in page
    before = desk.client.get(f"/api/imports/{name}/preview.json").json["bbox"]
    assert desk.choose(name, layers={"网格.geojson|网格": {"crs": "GCJ-02"}}).status_code == 200
    told = desk.told(name)
    assert told["problem"] is None
    assert "已换算为 WGS 84" in next(found["message_zh"] for found in told["findings"] if found["rule"] == "datum_shift")
    assert 'data-do="convert"' not in desk.client.get(f"/import/{name}").text
    assert desk.client.get(f"/api/imports/{name}/preview.json").json["bbox"] == before, "the map is led by the outline, which stayed"


def test_an_encoding_that_does_not_fit_is_told_and_can_be_taken_back(desk: Desk, division: list[tuple[str, bytes]]):
    name = desk.begin()
    desk.drop(name, *division)
    desk.choose(name, layers={"站点.csv|站点": {"encoding": "UTF-8"}})
    told = desk.told(name)
    assert "UTF-8" in told["problem"]["message"].upper()
    assert "imports" not in told["problem"]["message"], "where the service keeps its files is nobody's business"
    assert 'data-choose="encoding"' in desk.client.get(f"/import/{name}").text
    desk.choose(name, layers={"站点.csv|站点": {"encoding": None}})
    assert desk.told(name)["problem"] is None


def test_rows_that_can_not_be_used_are_downloaded(desk: Desk, division: list[tuple[str, bytes]]):
    name = desk.begin()
    desk.drop(name, *division)
    desk.told(name)
    answer = desk.client.get(f"/api/imports/{name}/rejected.csv")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    lines = answer.data.decode("utf-8-sig").splitlines()
    assert len(lines) == 3
    assert "很多" in lines[1]
    book = load_workbook(io.BytesIO(desk.client.get(f"/api/imports/{name}/rejected.xlsx").data))
    assert [row[3].value for row in book["rejected"].iter_rows(min_row=2)] == [10, 11]
    assert desk.client.get(f"/api/imports/{name}/rejected.html").status_code == 404


def test_a_formula_in_a_rejected_value_stays_text(desk: Desk, division: list[tuple[str, bytes]]):
    name = desk.begin()
    table = dict(division)["站点.csv"].decode("gb18030").replace("很多", "=1+1")
    desk.drop(name, ("站点.csv", table.encode("gb18030")))
    desk.told(name)
    assert ",=1+1" not in desk.client.get(f"/api/imports/{name}/rejected.csv").data.decode("utf-8-sig")
    sheet = load_workbook(io.BytesIO(desk.client.get(f"/api/imports/{name}/rejected.xlsx").data))["rejected"]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_the_recipe_names_the_files_beside_it(desk: Desk, division: list[tuple[str, bytes]], tmp_path: Path):
    name = desk.begin()
    desk.drop(name, *division)
    desk.choose(name, bounds={}, scheme="street-community-grid", name='引号 " 和 <b>')
    desk.told(name)
    (tmp_path / "recipe.toml").write_bytes(desk.client.get(f"/api/imports/{name}/recipe.toml").data)
    recipe = read_recipe(tmp_path / "recipe.toml")
    assert recipe.name == '引号 " 和 <b>'
    assert {spec.path for spec in recipe.inputs.values()} == {tmp_path / file for file in FILES}


def test_bounds_go_into_the_recipe_and_nonsense_does_not(desk: Desk, division: list[tuple[str, bytes]], tmp_path: Path):
    name = desk.begin()
    desk.drop(name, *division)
    assert desk.choose(name, scheme="community-grid-microgrid", bounds={"microgrid": [8, 12]}).status_code == 200
    desk.told(name)
    (tmp_path / "recipe.toml").write_bytes(desk.client.get(f"/api/imports/{name}/recipe.toml").data)
    assert read_recipe(tmp_path / "recipe.toml").levels["microgrid"]["households"] == [8, 12]
    for bounds in (
        {"microgrid": [12, 8]},
        {"microgrid": [0, 8]},
        {"microgrid": "8-12"},
        {"microgrid": [8]},
        {"nowhere": [8, 12]},
        {"microgrid": [True, 8]},
        [],
    ):
        assert desk.choose(name, bounds=bounds).status_code == 400
    assert desk.choose(name, scheme="street-community-grid").json["bounds"] == {}


@pytest.mark.parametrize(
    "choices",
    [
        {"scheme": "../../etc/passwd"},
        {"scheme": 7},
        {"nmae": "x"},
        {"name": "x" * 1000},
        {"layers": []},
        {"layers": {"a|b": {"role": "bildings"}}},
        {"layers": {"a|b": {"crs": "EPSG:99999999"}}},
        {"layers": {"a|b": {"crs": "https://example.org/crs"}}},
        {"layers": {"a|b": {"encoding": "latin-nothing"}}},
        {"layers": {"a|b": {"columns": {"nothing": "x"}}}},
        {"layers": {"a|b": {"columns": {"code": 1}}}},
        {"layers": {"a|b": {"swap": "yes"}}},
        {"layers": {"a|b": {"homes": "住宅"}}},
        {"layers": {"a|b": {"path": "/etc/passwd"}}},
        {"layers": {"a|b": {"columns": {"code": "\ud800"}}}},
        {"layers": {"a|b": {"homes": ["\udfff"]}}},
    ],
)
def test_a_choice_that_nobody_knows_is_refused(desk: Desk, choices: dict[str, Any]):
    name = desk.begin()
    answer = desk.choose(name, **choices)
    assert answer.status_code == 400
    assert re.search(r"[\u4e00-\u9fff]", answer.json["message_zh"])
    assert desk.told(name)["choices"] == {}


# -- what is dropped


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("../../../社区.geojson", "社区.geojson"),
        ("C:\\数据\\社区.geojson", "社区.geojson"),
        ("a\0b\n.csv", "ab.csv"),
        ("\u202egsj.csv", "gsj.csv"),
        ("con.csv", "_con.csv"),
        ("LPT1.tar.gpkg", "_LPT1.tar.gpkg"),
        ("...社区 .shp", "社区.shp"),
        ('a<b>:"|?*.csv', "a_b______.csv"),
        (HOSTILE + ".csv", "script_.csv"),
        ("社" * 200 + ".geojson", "社" * 47 + ".geojson"),
    ],
)
def test_a_name_is_made_harmless_and_stays_readable(given_name: str, kept: str):
    assert safe_name(given_name) == kept


@pytest.mark.parametrize("name", ["", ".", "..", "/", ".csv", "a", "a.html", "a.svg", "a.csv.exe", "recipe.toml", "a.vrt", "a.py", " .csv"])
def test_a_name_of_no_format_is_refused(name: str):
    with pytest.raises(InputError):
        safe_name(name)


@given(st.text(max_size=300), st.sampled_from([".csv", ".shp", ".GPKG", ".geojson"]))
def test_no_name_leaves_its_folder(text: str, ending: str):
    try:
        name = safe_name(text + ending)
    except InputError:
        return
    assert Path(name).name == name
    assert "\\" not in name
    assert name.isprintable()
    assert not name.startswith(".")
    assert len(name.encode()) <= 160
    assert safe_name(name) == name


@pytest.mark.parametrize("name", ["../x.html", "x.svg", "x.html", "recipe.toml", "x"])
def test_a_file_of_another_kind_does_not_come_in(desk: Desk, name: str):
    imported = desk.begin()
    answer = desk.drop(imported, ("good.csv", b"a,b\n1,2\n"), (name, b"<svg onload=alert(1)>"))
    assert answer.status_code == 400
    assert desk.told(imported)["files"] == [], "all of a request or nothing"


def test_a_path_in_a_name_climbs_nowhere(desk: Desk, tmp_path: Path):
    name = desk.begin()
    assert desk.drop(name, ("../../../../climbed.csv", b"a,b\n1,2\n")).status_code == 200
    assert [path.relative_to(tmp_path).parts[2:] for path in tmp_path.rglob("climbed.csv")] == [("files", "climbed.csv")]


def test_more_than_may_come_in_is_refused_and_leaves_nothing(desk: Desk, tmp_path: Path):
    name = desk.begin()
    desk.app.config["IMPORT_REQUEST_BYTES"] = 100_000
    answer = desk.drop(name, ("big.csv", b"x" * 200_000))
    assert (answer.status_code, answer.json["error"]) == (413, "too_large")
    assert [path for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".json"] == []
    assert desk.drop(name, ("small.csv", b"a\n1\n")).status_code == 200


def test_all_imports_together_have_a_limit(desk: Desk):
    name = desk.begin()
    desk.importing.imports._total_bytes = 50_000
    assert desk.drop(name, ("one.csv", b"a\n" + b"1\n" * 10_000)).status_code == 200
    assert desk.drop(name, ("two.csv", b"a\n" + b"1\n" * 30_000)).status_code == 413


def test_the_number_of_imports_has_a_limit(desk: Desk):
    desk.importing.imports._most = 2
    desk.begin(), desk.begin()
    assert desk.post("/api/imports").status_code == 400


def test_the_limit_of_other_requests_is_as_it_was(desk: Desk):
    name = desk.begin()
    assert desk.choose(name, name="x" * (2 << 20)).status_code == 413


def test_a_zip_bomb_and_a_climbing_archive_are_told_as_unusable(desk: Desk, tmp_path: Path):
    bomb, climbing = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        for ending in ("shp", "shx", "dbf"):
            archive.writestr(f"a.{ending}", b"\0" * 20_000_000)
    with zipfile.ZipFile(climbing, "w") as archive:
        archive.writestr("../../climbed.shp", b"x")
    name = desk.begin()
    desk.drop(name, ("bomb.zip", bomb.getvalue()), ("climbing.zip", climbing.getvalue()))
    told = desk.told(name)
    assert sorted(refused["file"] for refused in told["refused"]) == ["bomb.zip", "climbing.zip"]
    assert all(re.search(r"[\u4e00-\u9fff]", refused["message_zh"]) for refused in told["refused"])
    assert list(tmp_path.rglob("climbed*")) == []
    assert desk.client.get(f"/import/{name}").status_code == 200
    assert desk.client.delete(f"/api/imports/{name}/files/bomb.zip", headers=desk.headers).json["files"][0]["name"] == "climbing.zip"


@pytest.mark.parametrize(
    "body", [b"", b"\0" * 1000, b"<html><script>alert(1)</script></html>", b"{" * 100_000, b'{"type": "FeatureCollection", "features": [']
)
def test_a_file_that_is_not_what_its_name_says_is_told(desk: Desk, body: bytes):
    name = desk.begin()
    assert desk.drop(name, ("x.geojson", body)).status_code == 200
    told = desk.told(name)
    assert (len(told["refused"]), told["layers"]) == (1, [])
    assert "Traceback" not in desk.client.get(f"/import/{name}").text


def test_tags_in_names_columns_and_values_are_shown_as_they_are_written(desk: Desk):
    table = f"编号,名称,经度,纬度,容量,{HOSTILE}\n" + f'Z1,{HOSTILE},118.1,39.6,"{HOSTILE}",{HOSTILE}\n' * 3
    name = desk.begin()
    desk.drop(name, (f"{HOSTILE.replace('/', '')}站点.csv", table.encode()))
    desk.choose(name, name=HOSTILE)
    told = desk.told(name)
    assert told["layers"], told["refused"]
    for address in (f"/import/{name}", f"/import/{name}/panel", "/import"):
        page = desk.client.get(address).text
        assert "alert(1)" in page
        assert HOSTILE not in page
        assert "<script>alert" not in page


def test_a_file_of_the_same_name_is_replaced(desk: Desk):
    name = desk.begin()
    desk.drop(name, ("a.csv", b"a\n1\n"))
    told = desk.drop(name, ("A.CSV", b"a\n1\n2\n")).json
    assert told["files"] == [{"name": "A.CSV", "bytes": 6}]


def test_parts_of_a_shapefile_without_its_shp_are_told(desk: Desk):
    name = desk.begin()
    desk.drop(name, ("社区.dbf", b"x"), ("社区.prj", b"x"))
    told = desk.told(name)
    assert told["loose"] == ["社区.dbf", "社区.prj"]
    assert "社区.dbf" in desk.client.get(f"/import/{name}").text


# -- who may


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {HEADER: "guessed"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://localhost:9999"},
    ],
)
def test_a_foreign_page_changes_nothing(desk: Desk, headers: dict[str, str]):
    name = desk.begin()
    sent = headers if not headers or HEADER in headers else {**desk.headers, **headers}
    requests = [
        ("POST", "/api/imports"),
        ("POST", f"/api/imports/{name}/files"),
        ("PATCH", f"/api/imports/{name}"),
        ("DELETE", f"/api/imports/{name}"),
    ]
    requests += [("POST", f"/api/imports/{name}/{what}") for what in ("build", "use", "stop")]
    for method, address in requests:
        answer = desk.client.open(address, method=method, headers=sent, json={} if method != "DELETE" else None)
        assert (answer.status_code, answer.json["error"]) == (403, "forbidden")
    assert [place.id for place in desk.importing.imports.all()] == [name]


def test_our_own_page_may(desk: Desk):
    headers = {**desk.headers, "Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert desk.client.post("/api/imports", headers=headers).status_code == 201


def test_who_is_not_at_this_machine_may_not_even_look(desk: Desk, tmp_path: Path):
    name = desk.begin()
    for address in ("/import", f"/import/{name}", "/api/imports", f"/api/imports/{name}", f"/import/{name}/draft/1/units.json"):
        assert desk.client.get(address, environ_base={"REMOTE_ADDR": "10.0.0.7"}).status_code == 403
    write_project(tiny_contents(), tmp_path / "p.gpkg")
    behind = create_app(tmp_path / "p.gpkg", trusted_hosts=None).test_client()
    assert behind.get("/import").status_code == 403
    assert behind.get("/").status_code == 200
    assert "/import" not in behind.get("/").text


@pytest.mark.parametrize("name", ["../..", "..%2F..", "x", "a" * 22, "state.json", "%00" * 22])
def test_an_id_that_is_none_is_not_found(desk: Desk, name: str):
    desk.begin()
    assert desk.client.get(f"/api/imports/{name}").status_code in (404, 308)
    assert desk.client.get(f"/import/{name}").status_code in (404, 308)


def test_ids_can_not_be_guessed_and_the_folder_is_the_users_own(desk: Desk, tmp_path: Path):
    names = {desk.begin() for _ in range(5)}
    assert len(names) == 5
    assert all(len(name) == 22 for name in names)
    assert (tmp_path / "new.imports").stat().st_mode & 0o077 == 0


def test_uploaded_files_are_never_served_back(desk: Desk):
    name = desk.begin()
    desk.drop(name, ("a.csv", b"a\n1\n"))
    for address in (f"/api/imports/{name}/files/a.csv", f"/import/{name}/files/a.csv", f"/import/{name}/draft/1/a.csv"):
        assert desk.client.get(address).status_code in (404, 405, 503)


# -- building and using


def test_a_failed_build_says_why_and_keeps_what_was_chosen(desk: Desk, division: list[tuple[str, bytes]]):
    name = desk.begin()
    desk.drop(name, *[file for file in division if file[0] == "站点.csv"])
    desk.choose(name, name="只有站点", layers={"站点.csv|站点": {"columns": {"capacity": ""}}})
    assert desk.told(name)["problem"] is None
    desk.post(f"/api/imports/{name}/build", json={})
    told = desk.told(name)
    assert told["built"] is None
    assert re.search(r"[\u4e00-\u9fff]", told["failed"]["message_zh"])
    assert told["name"] == "只有站点"
    assert told["failed"]["message_zh"] in _text(desk.client.get(f"/import/{name}").text).replace("&#34;", '"').replace("&#39;", "'")


def test_edits_are_not_lost_without_a_word_and_a_backup(desk: Desk, division: list[tuple[str, bytes]], tmp_path: Path):
    import sqlite3

    served = tmp_path / "new.gpkg"
    write_project(tiny_contents(), served)
    with sqlite3.connect(served) as con:
        con.execute("PRAGMA foreign_keys = OFF")
        columns = [row[1] for row in con.execute("PRAGMA table_info(edit)")]
        con.execute(f"INSERT INTO edit ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})", [1] * len(columns))
    con.close()
    name = desk.begin()
    desk.drop(name, *division)
    desk.told(name)
    desk.post(f"/api/imports/{name}/build", json={"accept": True})
    assert desk.told(name)["failed"] is None
    refused = desk.post(f"/api/imports/{name}/use", json={})
    assert (refused.status_code, refused.json["error"]) == (409, "edits_kept")
    assert desk.client.get("/").status_code == 200
    assert desk.post(f"/api/imports/{name}/use", json={"force": True}).status_code == 200
    assert "样例区" in desk.client.get("/").text
    assert is_project(tmp_path / "new.backup-1.gpkg")


def test_a_second_build_waits_for_the_first(desk: Desk, division: list[tuple[str, bytes]]):
    name = desk.begin()
    desk.drop(name, *division)
    desk.told(name)
    gate = threading.Event()
    desk.importing.jobs.start(name, "build", lambda _tell: gate.wait(30))
    for address in ("build", "use"):
        assert desk.post(f"/api/imports/{name}/{address}", json={"accept": True}).status_code == 409
    assert desk.drop(name, ("x.csv", b"a\n1\n")).status_code == 409
    assert desk.client.get(f"/api/imports/{name}").json["busy"]["what"] == "build"
    gate.set()
    assert desk.importing.jobs.wait(name)


def test_a_deleted_import_leaves_nothing(desk: Desk, division: list[tuple[str, bytes]], tmp_path: Path):
    name = desk.begin()
    desk.drop(name, *division)
    assert desk.client.delete(f"/api/imports/{name}", headers=desk.headers).json == {"deleted": name}
    assert list(tmp_path.iterdir()) == []
    assert desk.client.get(f"/api/imports/{name}").status_code == 404


def test_what_an_end_in_the_middle_left_is_taken_away(desk: Desk):
    name = desk.begin()
    place = desk.importing.imports.find(name)
    (place.folder / ".project.gpkg.1.tmp").write_bytes(b"half")
    (place.folder / ".in-x").mkdir()
    (place.folder.parent / ".gone.gone").mkdir()
    desk.importing.imports.tidy()
    assert sorted(path.name for path in place.folder.iterdir()) == ["files", "state.json"]
    assert [path.name for path in place.folder.parent.iterdir()] == [name]


def test_work_is_called_off_at_its_next_stage():
    jobs, begun, went_on = Jobs(), threading.Event(), []

    def work(tell: Any) -> None:
        begun.set()
        for _ in range(3000):
            tell("stage", 0.5)
            threading.Event().wait(0.01)
        went_on.append(True)

    assert jobs.start("a", "build", work)
    assert not jobs.start("a", "build", work)
    assert begun.wait(10)
    assert jobs.at("a")["stage"] in ("", "stage")
    assert jobs.start("b", "read", work), "another import may wait behind"
    assert jobs.drop("b")
    assert jobs.at("b") is None
    assert jobs.end(10)
    assert went_on == []
    assert not jobs.start("c", "read", work)
    assert not issubclass(Stopped, Exception)


def test_a_project_takes_its_place_whole_or_not_at_all(tmp_path: Path):
    made, path = tmp_path / "made.gpkg", tmp_path / "served.gpkg"
    write_project(tiny_contents(), made)
    put_in_place(made, path)
    assert is_project(path)
    put_in_place(made, path)
    assert is_project(tmp_path / "served.backup-1.gpkg")
    made.write_bytes(b"damaged")
    with pytest.raises(StoreError):
        put_in_place(made, path)
    assert is_project(path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["made.gpkg", "served.backup-1.gpkg", "served.gpkg"]
