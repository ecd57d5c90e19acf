"""The what-if page: asks, shows figures and maps of other bounds on the project that is served, and changes nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from geogrid.generate import make_plan
from geogrid.pipeline.reground import ground_of
from geogrid.store import open_project, write_project
from tests.test_generate_levels import prepared
from tests.tiny import EAST, WEST, tiny_contents
from tests.web_project import tiny_app
from tests.world import quarter


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return tiny_app(tmp_path_factory.mktemp("whatif")).test_client()


def page(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address, headers={"Accept": "text/html"})
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def test_the_page_offers_the_bounds_in_force_and_computes_nothing_unasked(client: FlaskClient):
    text = page(client, "/whatif")
    assert 'value="10-15"' in text
    assert 'value="grid"' in text
    assert 'id="results"' not in text
    assert "data-src" in page(client, "/whatif?households=8-12")


def test_the_results_have_a_column_and_a_map_for_each_choice(client: FlaskClient):
    text = page(client, "/whatif/results?level=microgrid&households=10-15&households=20-24&unit=" + WEST)
    frames = [address.replace("&amp;", "&") for address in re.findall(r'iframe src="([^"]+)"', text)]
    assert len(frames) == 2
    assert "现行" in text
    assert text.count("<table") == 2
    for frame in frames:
        shown = client.get(frame)
        assert shown.status_code == 200
        assert "geogrid.start" in shown.get_data(as_text=True)
        assert "frame-ancestors 'self'" in shown.headers["Content-Security-Policy"]


def test_it_says_the_same_in_english(client: FlaskClient):
    assert "entrances split" in page(client, "/whatif/results?households=10-15&lang=en")
    assert "被拆分的单元门" in page(client, "/whatif/results?households=10-15")


@pytest.mark.parametrize("wrong", ["households=15-10", "households=x", "households=0-3", "households=1-999999", "households=10-15&level=community"])
def test_bounds_that_are_none_are_refused_in_words(client: FlaskClient, wrong: str):
    assert "Traceback" not in page(client, "/whatif/results?" + wrong, 400)
    assert page(client, "/whatif?" + wrong, 400)


def test_a_unit_that_is_not_there_is_not_found_and_no_bounds_are_said(client: FlaskClient):
    page(client, "/whatif/results?households=10-15&unit=nowhere", 404)
    page(client, "/whatif/results", 400)
    page(client, "/whatif/map", 400)


def test_a_name_that_looks_like_a_tag_is_text(client: FlaskClient):
    for address in (f"/whatif/results?households=10-15&unit={EAST}", f"/whatif/map?households=10-15&unit={EAST}", "/whatif"):
        assert "<script>alert" not in page(client, address)


def test_the_ground_of_a_stored_project_is_the_one_it_was_built_from(tmp_path: Path):
    ground = prepared(quarter()).ground
    contents = tiny_contents()
    plan = make_plan(ground)
    layers = {role: frame for role, frame in quarter().items() if role in ("roads", "buildings")}
    write_project(replace(contents, plan=plan, given={}, sites={}, layers=layers), tmp_path / "q.gpkg")
    with open_project(tmp_path / "q.gpkg") as project:
        again = ground_of(project)
    for name in ("xy", "area_m2", "households", "a", "b", "length_m", "rank"):
        assert (getattr(again.mesh, name) == getattr(ground.mesh, name)).all(), name
