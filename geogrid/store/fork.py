"""A draft is made of a plan as it is, or was: a row in `plan` and a first snapshot of its own, so that it stands by itself."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from geogrid.edit.reference import MAIN
from geogrid.store import snapshot
from geogrid.store.dates import version_of
from geogrid.store.history import History
from geogrid.store.plans import add_plan, find_plan, list_plans
from geogrid.store.records import PlanInfo
from geogrid.store.snapshot import Image


def fork(con: sqlite3.Connection, history: History, plan: str, *, name: str, author: str, at: int | str | None, now: datetime) -> PlanInfo:
    """Write a draft of a plan at a version or on a day, inside a transaction, and return its facts. Raises NotFoundError.

    A draft that was adopted is a version of `main` since: a draft of it is one of that version.
    """
    _, info = find_plan(con, plan)
    version = info.version if at is None else version_of(con, plan, at)
    if version == info.version and (adopted := _adopted_as(con, plan)):
        plan, version = MAIN, adopted
    number = max((int(each.id[1:]) for each in list_plans(con) if each.id.startswith("d")), default=0) + 1
    draft = PlanInfo(f"d{number}", name.strip() or f"d{number}", "draft", 1, plan, version, author, now.isoformat(timespec="milliseconds"))
    snapshot.write(con, add_plan(con, draft), 1, Image.of(history.at(plan, version, con)))
    return draft


def _adopted_as(con: sqlite3.Connection, plan: str) -> int | None:
    """Return the version of `main` that a draft became, None for one that was not adopted, and for `main`."""
    query = "SELECT version FROM edit WHERE kind = 'adopt' AND json_extract(body, '$.plan') = ? AND ? <> ?"
    found = con.execute(query, (plan, plan, MAIN)).fetchone()
    return found[0] if found else None
