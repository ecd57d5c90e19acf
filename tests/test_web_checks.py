"""The checks page: faults grouped with their total, one close up with its width, its rows and who lives there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from flask.testing import FlaskClient
from shapely import box

from geogrid.findings import Finding, to_frame
from geogrid.measure import widest
from geogrid.store import open_project, write_project
from tests.tiny import CRS, SIDE, WEST, X0, Y0, tiny_contents
from web import create_app

STRIP = box(X0 + 10, Y0, X0 + 12.4, Y0 + 60)
FAULTS = [
    Finding("gap", "grid", (WEST + "001", WEST + "002"), STRIP, area_m2=STRIP.area, width_m=2.4, rows=(1204, 1207)),
    Finding("gap", "grid", (WEST + "001",), box(X0, Y0, X0 + SIDE, Y0 + SIDE), area_m2=SIDE**2, width_m=SIDE),
    Finding("crs_missing"),
]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    contents = tiny_contents()
    path = tmp_path_factory.mktemp("checks") / "a.gpkg"
    meta = {**contents.meta, "files": {"grids": {"file": "网格2026.gpkg", "layer": "wg"}}}
    write_project(replace(contents, findings=to_frame(FAULTS, CRS), meta=meta), path)
    return create_app(path).test_client()


def detail(client: FlaskClient, at: int, lang: str = "zh") -> dict:
    return client.get(f"/data/x/findings/{at}.json?lang={lang}").get_json()


def test_a_fault_is_drawn_close_up_with_a_line_across_its_widest_place(client: FlaskClient):
    found = detail(client, 0)
    assert found["shape"]["type"] == "Polygon"
    (x0, y0), (x1, y1) = found["line"]
    across = np.hypot((x1 - x0) * 111_320 * np.cos(np.radians(y0)), (y1 - y0) * 111_000)
    assert across == pytest.approx(widest(np.array([STRIP]))[0][0], rel=0.02)


def test_the_card_says_which_rows_of_which_layer_and_whether_anybody_lives_there(client: FlaskClient):
    assert detail(client, 0)["source"] == "来自给定图层“网格”（网格2026.gpkg wg）第 1,204, 1,207 行"
    assert detail(client, 0)["homes"] == "里面没有住户"
    assert detail(client, 1)["homes"].startswith("里面有 ")
    assert detail(client, 1, "en")["homes"].endswith(" households live there")


def test_a_finding_without_a_place_has_nothing_to_draw_and_one_that_is_not_there_is_not_found(client: FlaskClient):
    assert set(detail(client, 2)) == {"at", "homes", "source"}
    assert client.get("/data/x/findings/3.json").status_code == 404


def test_groups_tell_their_total_and_items_their_width(client: FlaskClient):
    page = client.get("/checks?lang=zh").text
    assert "共 2,644\u2009m²" in page
    items = client.get("/data/x/findings.json?rule=gap&level=grid&severity=error&lang=zh").get_json()
    assert [item["width"] for item in items] == ["最宽 50\u2009m", "最宽 2.4\u2009m"]


def test_width_and_rows_come_back_from_the_project_file(tmp_path):
    path = tmp_path / "a.gpkg"
    write_project(replace(tiny_contents(), findings=to_frame(FAULTS, CRS)), path)
    with open_project(path) as project:
        found = project.findings()
    assert found["rows"].tolist() == [[1204, 1207], [], []]
    assert found["width_m"].tolist()[:2] == [2.4, SIDE]
