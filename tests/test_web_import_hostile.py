"""What may not come in, go out, or be asked for by a foreign page."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geogrid.errors import InputError
from geogrid.store import write_project
from tests.import_desk import HOSTILE, Desk
from tests.tiny import tiny_contents
from web import create_app
from web.guard import HEADER
from web.importing_files import safe_name


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
