"""The desk where levels share codes, as registers without a code rule do: a unit is then called `level:code` in addresses."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from geogrid.store import write_project
from tests.desks import checked_contents
from tests.tiny import EAST, WEST
from web import create_app


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    """The tiny project, whose community WEST has the code of a micro-grid of EAST."""
    contents = checked_contents()
    units = contents.plan.units.copy()
    shared = units.loc[(units["level"] == "microgrid") & units["code"].str.startswith(EAST), "code"].iloc[0]
    units.loc[units["code"] == WEST, "code"] = shared
    contents = replace(contents, plan=replace(contents.plan, units=units))
    write_project(contents, tmp_path / "shared.gpkg")
    client = create_app(tmp_path / "shared.gpkg").test_client()
    client.shared = shared  # pyright: ignore[reportAttributeAccessIssue]
    return client


def _told(client: FlaskClient, unit: str) -> dict[str, str]:
    page = client.get("/edit", query_string={"unit": unit, "level": "grid"}).text
    return json.loads(re.findall(r'id="page-data"[^>]*>(.*?)</script>', page, re.DOTALL)[0])["edit"]


def test_places_to_work_in_are_listed_as_addresses_take_them(client: FlaskClient):
    listed = re.findall(r'data-code="([^"]+)"', client.get("/edit?level=grid").text)
    assert set(listed) == {f"community:{client.shared}", EAST}


def test_a_shared_code_alone_is_the_place_one_works_in(client: FlaskClient):
    for unit in (client.shared, f"community:{client.shared}"):
        told = _told(client, unit)
        assert (told["unit"], told["focus"]) == (f"community:{client.shared}", "")
        area = client.get("/api/edit/area", query_string={"unit": told["unit"], "level": "grid"})
        assert area.status_code == 200


def test_a_shared_code_with_a_lower_level_is_shown_in_its_own_place(client: FlaskClient):
    told = _told(client, f"microgrid:{client.shared}")
    assert (told["unit"], told["focus"]) == (EAST, f"microgrid:{client.shared}")
