"""A desk over the tiny project, with a clock that goes one minute a question, for tests of store and web."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from pandas.testing import assert_frame_equal

from geogrid.edit import State
from geogrid.rules import status
from geogrid.store import Desk, open_desk, open_project, write_project
from tests.tiny import tiny_contents


class Clock:
    """Answers a minute later each time, from 1 March 2026, 08:00 UTC."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


def tiny_desk(folder: Path, clock: Clock | None = None) -> Desk:
    """Write the tiny project to a folder and open it for editing."""
    write_project(tiny_contents(), folder / "tiny.gpkg")
    return open_desk(folder / "tiny.gpkg", clock=clock or Clock())


def assert_same(a: State, b: State) -> None:
    """Assert that two states hold the same assignment and units."""
    assert np.array_equal(a.leaf, b.leaf)
    assert dict(a.units) == dict(b.units)


def assert_stored(path: Path, state: State) -> None:
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
