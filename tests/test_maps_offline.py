"""Maps on disk: every link leads to a file, data stand escaped, the same project gives the same bytes."""

import json
import re

import geopandas as gpd
import pytest
from shapely import box

from geogrid import maps
from geogrid.maps.inline import STEP_M, inline_layers
from geogrid.maps.offline import page_files, page_level
from tests.maps_fake import FakeProject
from tests.tiny import EAST, SCRIPT, WEST, tiny_contents


@pytest.fixture(scope="module")
def project():
    return FakeProject(tiny_contents())


@pytest.fixture(scope="module")
def folder(project, tmp_path_factory):
    out = tmp_path_factory.mktemp("offline") / "new" / "maps"
    maps.write_offline(project, out)
    return out


def settings_of(text: str) -> dict:
    found = re.search(r"geogrid\.start\(map_geogrid, (.*)\);\n", text)
    assert found
    return json.loads(found[1])


def test_there_is_an_index_and_a_page_for_each_community(project, tmp_path):
    pages = maps.write_offline(project, tmp_path)
    assert [page.name for page in pages] == ["index.html", f"{WEST}.html", f"{EAST}.html"]


def test_every_link_is_relative_and_leads_to_a_file(folder):
    for page in folder.glob("*.html"):
        for link in re.findall(r'(?:src|href)="([^"]+)"', page.read_text("utf-8")):
            assert link == "data:," or (folder / link).is_file(), link


def test_the_table_names_every_unit_and_escapes_it(folder):
    text = (folder / "index.html").read_text("utf-8")
    assert SCRIPT not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert text.count("<tr data-code=") == 2


def test_a_community_carries_its_stack_and_the_index_does_not(folder):
    community = settings_of((folder / f"{WEST}.html").read_text("utf-8"))["inline"]["layers"]
    assert [piece["p"]["n"] for piece in community["u:microgrid"] if piece["p"]["n"] > 1] == [2]
    assert "u:microgrid" not in settings_of((folder / "index.html").read_text("utf-8"))["inline"]["layers"]


def test_the_same_project_gives_the_same_bytes(folder, tmp_path):
    maps.write_offline(FakeProject(tiny_contents()), tmp_path)
    assert {p.name: p.read_bytes() for p in folder.glob("*.html")} == {p.name: p.read_bytes() for p in tmp_path.glob("*.html")}


def test_english_pages_have_no_chinese_words_of_ours(project, tmp_path):
    maps.write_offline(project, tmp_path, lang="en")
    text = (tmp_path / f"{WEST}.html").read_text("utf-8")
    assert '<html lang="en">' in text
    assert "Simulated data" in text
    assert "模拟" not in text


def test_a_code_that_is_no_file_name_gets_another_one():
    class Odd(FakeProject):
        def units(self, level):
            return super().units(level).set_index([["../x", "con"]]) if level == "community" else super().units(level)

    assert page_files(Odd(tiny_contents()), "community") == {"../x": "unit-1.html", "con": "unit-2.html"}


def test_pages_are_for_communities(project):
    assert page_level(project) == "community"


def test_steps_add_up_to_the_shape(project):
    found = inline_layers(project, ["district"], 4, (-2e7, -2e7, 2e7, 2e7))
    [ring] = found["layers"]["district"][0]["r"]
    xs, ys = [0], [0]
    for dx, dy in zip(ring[::2], ring[1::2], strict=True):
        xs.append(xs[-1] + dx)
        ys.append(ys[-1] + dy)
    shape = gpd.GeoSeries([project.district], crs=project.crs).to_crs(3857).total_bounds
    read = [min(xs[1:]), min(ys[1:]), max(xs[1:]), max(ys[1:])]
    assert [value * STEP_M + found["origin"][i % 2] for i, value in enumerate(read)] == pytest.approx(list(shape), abs=STEP_M)


def test_a_window_with_nothing_in_it_carries_nothing(project):
    assert inline_layers(project, ["district", "roads"], 4, (0, 0, 1, 1))["layers"] == {}
    assert not project.district.intersects(box(0, 0, 1, 1))
