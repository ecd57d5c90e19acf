"""What all tests share: property tests have no clock, because machines are shared, and the same examples each run; EXPLORE=1 asks for new ones."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests.division_files import write_division
from tests.import_desk import Desk
from tests.shared import ARGUMENTS, find_chromium

settings.register_profile("geogrid", deadline=None, derandomize=not os.environ.get("EXPLORE"))
settings.load_profile("geogrid")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """The import page of a service that has no project yet."""
    from web import create_app

    return Desk(create_app(tmp_path / "new.gpkg"))


@pytest.fixture(scope="session")
def division(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, bytes]]:
    """The files of a small division, two of its stations without a place: name and bytes."""
    return [(path.name, path.read_bytes()) for path in write_division(tmp_path_factory.mktemp("division"), bad_stations=2)]


@pytest.fixture(scope="session")
def small_district(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of two simulated communities: 22 grids, 243 micro-grids, 2,864 households; for those who copy it."""
    from geogrid import build
    from geogrid.simulate import simulate, write_sources

    folder = tmp_path_factory.mktemp("district")
    build(write_sources(simulate("lubei", scale=0.01), folder), folder / "district.gpkg")
    return folder / "district.gpkg"


@pytest.fixture(scope="module")
def service(small_district: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address at which a copy of the small district is served to one file of tests."""
    from tests.planners_desk import serve

    with serve(small_district, tmp_path_factory.mktemp("desk")) as (address, _app):
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, started once a file of tests."""
    from playwright import sync_api

    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        yield started
        started.close()
