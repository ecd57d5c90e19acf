"""The tiny project with streets above its communities, events, and a user of each scope: district, street, community, grid officer; `small_count` 25.

Three persons a household: the micro-grid of seven households has 21 of them, fewer than 25, and so have two others of the western street.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from flask import Flask

from geogrid.plan import NO_UNIT, Plan
from geogrid.scheme import Level, Text
from geogrid.sites import join
from geogrid.store import write_project
from geogrid.store.contents import Contents
from tests.event_town import KINDS, TASKS, event_points
from tests.people import add, clock
from tests.tiny import EAST, WEST, tiny_contents
from web import create_app

STREETS = {"130102001": WEST, "130102002": EAST}
OFFICERS = WEST + "002"
SCOPES = {
    "district": ("planner", ""),
    "street": ("viewer", "130102001"),
    "community": ("viewer", WEST),
    "officer": ("viewer", OFFICERS),
    "head": ("administrator", ""),
}
SMALL = 25


@cache
def scoped_plan() -> Plan:
    """The plan of `tests.tiny` with a street above each community."""
    plan = tiny_contents().plan
    levels = (Level("street", Text("街道", "street"), "given"), *plan.scheme.levels)
    scheme = replace(plan.scheme, levels=levels, events=KINDS, tasks=TASKS, defaults={**plan.scheme.defaults, "small_count": SMALL})
    units = plan.units.copy()
    first = int(units.index.max()) + 1
    rows = pd.DataFrame(
        {"level": "street", "parent": NO_UNIT, "code": list(STREETS), "name": ["西街道", "东街道"], "kind": "base", "reason": ""},
        index=pd.RangeIndex(first, first + len(STREETS), name="unit"),
    )
    above = dict(zip(STREETS.values(), rows.index, strict=True))
    units["parent"] = np.where(units["level"] == "community", units["code"].map(above).fillna(NO_UNIT), units["parent"]).astype("int64")
    rows = rows.assign(**{name: units[name].iloc[0] for name in units.columns if name not in rows})
    return Plan(plan.base, scheme, pd.concat([units, rows[units.columns]]), plan.leaf)


def scoped_contents() -> Contents:
    """Return the project: stations, cameras and events joined to streets too."""
    contents, plan = tiny_contents(), scoped_plan()
    codes = ["community", "grid", "microgrid", "outside_m"]
    joined = {role: join(frame.drop(columns=codes), plan) for role, frame in contents.sites.items()}
    return replace(contents, plan=plan, sites={**joined, "events": join(event_points(), plan)}, meta={**contents.meta, "simulated": False})


def scoped_app(folder: Path, *, with_users: bool = True) -> Flask:
    """The application that serves it."""
    path = folder / "scoped.gpkg"
    write_project(scoped_contents(), path)
    for name, (role, scope) in SCOPES.items() if with_users else ():
        add(path, name, role, scope)
    return create_app(path, clock=clock)
