"""Which version of a plan is meant by a number or a day."""

from __future__ import annotations

import sqlite3
from datetime import date

from geogrid.errors import InputError, NotFoundError
from geogrid.store.plans import find_plan

MOST_DIGITS = 9


def version_of(con: sqlite3.Connection, plan: str, at: int | str) -> int:
    """Return the version of a plan that a number or an ISO date names.

    On a day holds what was adopted last from that day or one before it; a plan of which nothing was in force yet stood as the edits of that day
    left it. Raises NotFoundError for a day before the plan was made, InputError for what is neither version nor date.
    """
    if isinstance(at, int) or (at.isascii() and at.isdecimal() and len(at) <= MOST_DIGITS):
        return int(at)
    try:
        day = date.fromisoformat(at).isoformat()
    except ValueError:
        message = f"{at!r} is neither a version nor a date: write 12 or 2026-03-01"
        raise InputError(message, f"{at!r} 既不是版本号也不是日期，请写 12 或 2026-03-01", value=at) from None
    row, info = find_plan(con, plan)
    query = "SELECT version FROM edit WHERE plan = ? AND valid_from <= ? ORDER BY version DESC LIMIT 1"
    if found := con.execute(query, (row, day)).fetchone():
        return found[0]
    if info.created_at[:10] > day:
        message = f"plan {plan} was made on {info.created_at[:10]}: on {day} there was none"
        raise NotFoundError(message, f"方案 {plan} 建于 {info.created_at[:10]}，{day} 时尚无", value=at)
    (first,) = con.execute("SELECT min(version) FROM snapshot WHERE plan = ?", (row,)).fetchone()
    query = "SELECT max(version) FROM edit WHERE plan = ? AND valid_from IS NULL AND substr(at, 1, 10) <= ?"
    return con.execute(query, (row, day)).fetchone()[0] or first
