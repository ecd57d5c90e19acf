"""A desk over the tiny project, with a clock that goes one minute a question, for tests of store and web."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import geopandas as gpd
import numpy as np
import pandas as pd
from pandas.testing import assert_frame_equal

from geogrid.edit import State
from geogrid.edit.check import RULES
from geogrid.findings import to_frame
from geogrid.rules import find_plan, status
from geogrid.sites import join
from geogrid.store import Contents, Desk, open_desk, open_project, write_project
from tests.tiny import tiny_contents


class Clock:
    """Answers a minute later each time, from 1 March 2026, 08:00 UTC."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


def checked_contents() -> Contents:
    """Return the tiny project with what the rules find in it, and its one note of the input."""
    contents = tiny_contents()
    found = to_frame(find_plan(contents.plan), contents.plan.base.crs, contents.plan.scheme.severity)
    return replace(contents, findings=gpd.GeoDataFrame(pd.concat([contents.notes, found], ignore_index=True), crs=found.crs))


@cache
def _tiny_bytes() -> bytes:
    with TemporaryDirectory() as folder:
        write_project(checked_contents(), Path(folder) / "tiny.gpkg")
        return (Path(folder) / "tiny.gpkg").read_bytes()


def tiny_file(folder: Path) -> Path:
    """Write the tiny project to a folder."""
    (folder / "tiny.gpkg").write_bytes(_tiny_bytes())
    return folder / "tiny.gpkg"


def tiny_desk(folder: Path, clock: Clock | None = None) -> Desk:
    """Write the tiny project to a folder and open it for editing."""
    return open_desk(tiny_file(folder), clock=clock or Clock())


def assert_same(a: State, b: State) -> None:
    """Assert that two states hold the same assignment and units."""
    assert np.array_equal(a.leaf, b.leaf)
    assert dict(a.units) == dict(b.units)


def assert_stored(path: Path, state: State, *, findings: bool = True) -> None:
    """Assert that a project's tables and layers are what a full rebuild of a state of `main` gives, bit for bit."""
    plan = state.to_plan()
    with open_project(path) as project:
        stored = project.plan()
        assert np.array_equal(stored.leaf, plan.leaf)
        assert (stored.version, stored.state) == (state.version, state.state)
        assert_frame_equal(stored.units, plan.units, check_dtype=False)
        for level in project.levels:
            want = plan.frame(level).assign(status=status(plan, level).to_numpy())
            have = project.units(level)
            assert have.geometry.to_wkb().tolist() == want.geometry.to_wkb().tolist()
            plain, wanted = (pd.DataFrame(frame.drop(columns="geometry")) for frame in (have, want))
            assert_frame_equal(plain[sorted(plain)], wanted[sorted(wanted)], check_dtype=False)
        for role in project.site_roles:
            have = project.sites(role)
            want = join(have.drop(columns=[*project.levels, "outside_m"]), plan)
            assert have[project.levels].to_numpy().tolist() == want[project.levels].to_numpy().tolist()
        found = project.findings()
        found = found[found["rule"].isin(RULES)]
        wanted = to_frame(find_plan(plan), project.crs, project.scheme.severity)
        wanted = wanted[wanted["rule"].isin(RULES)]
        assert not findings or _said(found) == _said(wanted)


def _said(found: gpd.GeoDataFrame) -> list[tuple]:
    facts = zip(found["rule"], found["severity"], found["level"], map(tuple, found["units"]), found["message"], found["message_zh"], strict=True)
    return sorted((*fact, place and place.normalize().wkb) for fact, place in zip(facts, found.geometry, strict=True))
