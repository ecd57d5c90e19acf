"""The rows of the table `plan`: which plans a project has, and where each stands."""

from __future__ import annotations

import dataclasses
import sqlite3

from geogrid.errors import NotFoundError
from geogrid.store.records import PlanInfo

_COLUMNS = ", ".join(field.name for field in dataclasses.fields(PlanInfo))


def list_plans(con: sqlite3.Connection) -> list[PlanInfo]:
    """Return all plans, `main` first, then in the order in which they were forked."""
    return [PlanInfo(*row) for row in con.execute(f"SELECT {_COLUMNS} FROM plan ORDER BY fid")]


def find_plan(con: sqlite3.Connection, plan: str) -> tuple[int, PlanInfo]:
    """Return the row number and the facts of a plan; raises NotFoundError that names those there are."""
    row = con.execute(f"SELECT fid, {_COLUMNS} FROM plan WHERE id = ?", (plan,)).fetchone()
    if row is None:
        raise unknown_plan(plan, [known for (known,) in con.execute("SELECT id FROM plan ORDER BY fid")])
    return row[0], PlanInfo(*row[1:])


def unknown_plan(plan: str, known: list[str]) -> NotFoundError:
    """Return the error for a plan that is not there."""
    listed, listed_zh = ", ".join(known), "、".join(known)
    return NotFoundError(f"no plan {plan!r}; there is: {listed}", f"没有方案 {plan!r}；现有：{listed_zh}", value=plan, known=known)


def add_plan(con: sqlite3.Connection, info: PlanInfo) -> int:
    """Add a plan and return its row number."""
    marks = ", ".join("?" * len(dataclasses.fields(PlanInfo)))
    con.execute(f"INSERT INTO plan ({_COLUMNS}) VALUES ({marks})", dataclasses.astuple(info))
    return con.execute("SELECT fid FROM plan WHERE id = ?", (info.id,)).fetchone()[0]


def mark_adopted(con: sqlite3.Connection, row: int, at: str, valid_from: str) -> None:
    """Let a plan say that it was adopted, when, and from which day it holds."""
    con.execute("UPDATE plan SET state = 'adopted', adopted_at = ?, valid_from = ? WHERE fid = ?", (at, valid_from, row))
