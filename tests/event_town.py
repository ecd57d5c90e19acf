"""The tiny project with events: seven of them, two open, in the west but for one; and a scheme that names their kinds and two task layers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
from flask import Flask
from shapely import Point

from geogrid.scheme import EventKind, TaskLayer, Text
from geogrid.sites import join
from geogrid.store import write_project
from geogrid.store.contents import Contents
from tests.people import USERS, add
from tests.tiny import CRS, X0, Y0, tiny_contents
from web import create_app

KINDS = {"litter": EventKind(Text("垃圾堆积", "litter"), 2), "parking": EventKind(Text("违法停车", "illegal parking"), 3)}
TASKS = {
    "hazard": TaskLayer(Text("隐患排查", "hazards"), events=("litter",), cameras=("3",)),
    "elderly": TaskLayer(Text("为老服务", "elderly care"), stations=("day_care",)),
}
ROWS = (
    # id kind time closed_at reporter x y (metres from the corner)
    ("v1", "litter", "2026-02-01T08:00:00+08:00", "2026-02-02", "officer", 25, 175),
    ("v2", "违法停车", "2026-02-10T08:00:00+08:00", "2026-02-11", "officer", 75, 175),
    ("v3", "parking", "2026-02-12", "2026-02-13", "officer", 75, 125),
    ("v4", "parking", "2026-02-20T08:00:00+08:00", "", "courier", 25, 75),
    ("v5", "litter", "2026-02-28T08:00:00+08:00", "", "resident", 25, 25),
    ("v6", "<b>别的</b>", "2026-01-20", "2026-01-21", "resident", 125, 75),
    ("v7", "litter", "2026-02-05", "2026-02-06", "officer", 900, 75),
)


def event_points() -> gpd.GeoDataFrame:
    """The events as they come out of the reading, not joined yet."""
    frame = pd.DataFrame([row[:5] for row in ROWS], columns=["id", "kind", "time", "closed_at", "reporter_kind"], dtype=object)
    frame.insert(3, "state", [("closed" if row[3] else "open") for row in ROWS])
    return gpd.GeoDataFrame(frame, geometry=[Point(X0 + row[5], Y0 + row[6]) for row in ROWS], crs=CRS)


def event_contents() -> Contents:
    """The tiny project whose scheme names the kinds, with its events joined."""
    contents = tiny_contents()
    plan = replace(contents.plan, scheme=replace(contents.plan.scheme, events=KINDS, tasks=TASKS))
    return replace(contents, plan=plan, sites={**contents.sites, "events": join(event_points(), plan)}, meta={**contents.meta, "simulated": False})


def event_app(folder: Path, *, with_users: bool = False, simulated: bool = False) -> Flask:
    """The application that serves it, with the users of `tests.people` where asked for; its clock stands at 2026-03-01 16:00 +08:00."""
    from tests.people import clock

    path = folder / "events.gpkg"
    contents = event_contents()
    write_project(replace(contents, meta={**contents.meta, "simulated": simulated}), path)
    for name, (role, scope) in USERS.items() if with_users else ():
        add(path, name, role, scope)
    return create_app(path, clock=clock)
