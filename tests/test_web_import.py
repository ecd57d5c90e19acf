"""Imports: from dropped files to a project in use."""

from __future__ import annotations

import json
import re
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest

from geogrid.errors import StoreError
from geogrid.store import is_project, open_project, write_project
from geogrid.store.swap import put_in_place
from tests.division_files import FILES
from tests.import_desk import Desk, text_of
from tests.tiny import tiny_contents
from web.importing_jobs import Jobs, Stopped


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
    chinese, english = (text_of(desk.client.get(f"/import/{name}", query_string={"lang": lang}).text) for lang in ("zh", "en"))
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
    assert told["failed"]["message_zh"] in text_of(desk.client.get(f"/import/{name}").text).replace("&#34;", '"').replace("&#39;", "'")


def test_only_one_import_is_in_use(desk: Desk, division: list[tuple[str, bytes]]):
    names = [desk.begin(), desk.begin()]
    for name in names:
        desk.drop(name, *division)
        desk.told(name)
        assert desk.post(f"/api/imports/{name}/build", json={"accept": True}).status_code == 202
        assert desk.told(name)["current"]
        assert desk.post(f"/api/imports/{name}/use", json={"force": True}).status_code == 200
    assert [bool(desk.told(name)["used"]) for name in names] == [False, True]
    assert desk.client.get("/import").text.count("正在使用") == 1
    assert "启用这份草案" in desk.client.get(f"/import/{names[0]}").text


def test_edits_are_not_lost_without_a_word_and_a_backup(desk: Desk, division: list[tuple[str, bytes]], tmp_path: Path):
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
    desk.importing.jobs.start(name, "build", lambda _tell: gate.wait(60))
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
    assert begun.wait(60)
    assert jobs.at("a")["stage"] in ("", "stage")
    assert jobs.start("b", "read", work), "another import may wait behind"
    assert jobs.drop("b")
    assert jobs.at("b") is None
    assert jobs.end(60)
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
