"""The map's page parts: local assets only, a nonce on each script, data as data; and its tables."""

import json
import re

import pytest

from geogrid import maps
from geogrid.errors import NotFoundError
from geogrid.maps import page as page_module
from geogrid.maps.kinds import kinds_of
from geogrid.scheme import read_scheme
from tests.maps_fake import FakeProject
from tests.tiny import EAST, SCRIPT, WEST, tiny_contents

PAGES = {"overview": (), "unit": (EAST,), "stations": (), "cameras": (), "checks": ()}


@pytest.fixture(scope="module")
def project():
    return FakeProject(tiny_contents())


@pytest.fixture(scope="module", params=list(PAGES))
def parts(request, project):
    return getattr(maps, request.param)(project, *PAGES[request.param], lang="zh").parts("/assets/", "NONCE", "/tiles/7/")


def test_every_link_is_a_file_of_the_table(parts):
    links = re.findall(r'(?:src|href)="([^"]*)"', parts.head)
    assert links[0] == "/assets/vendor/leaflet.js"
    assert all(maps.asset_path(link.removeprefix("/assets/")).is_file() for link in links)


def test_nothing_names_a_place_outside(parts):
    assert not re.search(r"(?:https?:)?//[a-z]", parts.head + parts.body + parts.script)


def test_each_inline_script_carries_the_nonce_and_no_style_stands_inline(parts):
    assert re.findall(r"<script[^>]*>", parts.script) == ['<script nonce="NONCE">']
    assert "<style" not in parts.head + parts.body


def test_a_script_tag_in_data_stays_data(project):
    page = maps.MapPage({**maps.overview(project, lang="zh").settings, "name": SCRIPT + "</script>"}, title=SCRIPT)
    parts = page.parts("/assets/", "N", "/t/")
    assert "alert(1)</script>" not in parts.script + parts.body
    assert parts.script.count("</script>") == 1


def test_prefixes_may_come_without_their_slash(project):
    page = maps.overview(project, lang="zh")
    assert page.parts("/a", "N", "/t/1") == page.parts("/a/", "N", "/t/1/")


def test_a_link_that_is_not_in_the_table_raises(project, monkeypatch):
    monkeypatch.setattr(page_module.LocalMap, "default_js", [*page_module.LocalMap.default_js, ("jquery", "https://code.jquery.com/jquery.js")])
    with pytest.raises(LookupError, match="jquery"):
        maps.overview(project, lang="zh").parts("/a/", "N", "/t/")


@pytest.mark.parametrize("name", ["../project.py", "vendor/../page.py", "", "static/none.js"])
def test_no_other_file_is_an_asset(name):
    with pytest.raises(NotFoundError):
        maps.asset_path(name)


def test_two_renderings_are_the_same_bytes(project):
    assert maps.overview(project, lang="en").parts("/a/", "N", "/t/") == maps.overview(project, lang="en").parts("/a/", "N", "/t/")


def test_an_unknown_unit_has_no_page(project):
    with pytest.raises(NotFoundError):
        maps.unit(project, "nobody", lang="zh")


def test_a_unit_page_opens_on_its_children(project):
    settings = maps.unit(project, WEST, lang="zh").settings
    assert (settings["focus"]["code"], settings["level"]) == (WEST, "grid")


def test_english_pages_have_english_words(project):
    settings = maps.overview(project, lang="en").settings
    words = [settings["words"], [level["name"] for level in settings["levels"]], settings["source"]]
    assert not re.search("[\u4e00-\u9fff]", json.dumps(words, ensure_ascii=False))


def test_simulated_data_say_so(project):
    assert any("模拟数据" in part for part in maps.overview(project, lang="zh").settings["source"])


def test_units_have_a_row_each_and_fine_levels_a_file_of_their_own(project):
    units = json.loads(maps.data(project, "units.json"))
    assert list(units) == ["community", "grid"]
    assert units["community"]["name"] == ["建华社区", SCRIPT]
    assert len(json.loads(maps.data(project, "units/microgrid.json"))["microgrid"]["code"]) == 11


def test_secret_cameras_are_on_no_map(project):
    sites = json.loads(maps.data(project, "sites.json"))
    assert sites["cameras"]["name"] == ["东门", "=1+1"]
    assert sites["cameras"]["direction"] == [None, 90.0]


def test_findings_keep_their_row_and_have_a_place(project):
    findings = json.loads(maps.data(project, "findings.json"))
    assert [(f["at"], f["rule"]) for f in findings] == [(1, "households_below"), (2, "point_unmatched")]


@pytest.mark.parametrize("name", ["nothing.json", "units/none.json", "../x"])
def test_no_other_table_exists(project, name):
    with pytest.raises(NotFoundError):
        maps.data(project, name)


def test_no_two_kinds_look_alike(project):
    frame = project.sites("stations").iloc[:2].assign(kind=["日间照料站", "日间托管"])
    looks = {(kind["shape"], kind["colour"], kind["sign"]) for kind in kinds_of(project.scheme, "stations", frame)}
    assert len({sign for _, _, sign in looks}) == 2


def test_devices_are_called_as_the_scheme_calls_them(project):
    frame = project.sites("cameras").iloc[:2].assign(kind=["face", "1"])
    named = {kind["id"]: kind["zh"] for kind in kinds_of(read_scheme("tianye"), "cameras", frame)}
    assert named == {"1": "球机", "face": "人脸识别"}


def test_a_project_without_sites_or_base_map_is_drawn_too():
    contents = tiny_contents()
    bare = FakeProject(type(contents)(**{**vars(contents), "sites": {}, "layers": {}}))
    assert json.loads(maps.data(bare, "sites.json"))["cameras"]["id"] == []
    assert maps.overview(bare, lang="zh").parts("/a/", "N", "/t/").body
