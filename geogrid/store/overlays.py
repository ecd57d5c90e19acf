"""Overlays made on the page or by command, in the project's own file: rows and a log that is only ever appended to, beside those given by file.

What was known before an overlay was made stays as it was: nothing begins, and nothing ends, before the moment it is written down.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import astuple, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from geogrid.errors import EditError, InputError, NotFoundError, StoreError
from geogrid.organisation.overlay import CHANGE_COLUMNS, COLUMNS, KINDS, REAL, Change, Overlay, in_order, normalised, overlays_of
from geogrid.organisation.times import ends, instant, starts, told, window
from geogrid.schema import nearest
from geogrid.store.connect import connect
from geogrid.store.writing import run, writing

OVERLAYS = """
CREATE TABLE IF NOT EXISTS overlay_made (
  fid INTEGER PRIMARY KEY, id TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, action TEXT NOT NULL, member TEXT NOT NULL,
  target_kind TEXT NOT NULL, target TEXT NOT NULL, post TEXT NOT NULL, valid_from TEXT NOT NULL, valid_to TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS overlay_log (
  fid INTEGER PRIMARY KEY, at TEXT NOT NULL, author TEXT NOT NULL, what TEXT NOT NULL, id TEXT NOT NULL, ends_at TEXT NOT NULL, reason TEXT NOT NULL,
  body TEXT NOT NULL, request_id TEXT UNIQUE);
CREATE TRIGGER IF NOT EXISTS overlay_made_stays BEFORE DELETE ON overlay_made BEGIN SELECT RAISE(ABORT, 'overlays are only ended'); END;
CREATE TRIGGER IF NOT EXISTS overlay_made_is_fixed BEFORE UPDATE ON overlay_made BEGIN SELECT RAISE(ABORT, 'overlays are only ended'); END;
CREATE TRIGGER IF NOT EXISTS overlay_log_stays BEFORE DELETE ON overlay_log BEGIN SELECT RAISE(ABORT, 'the log is only appended to'); END;
CREATE TRIGGER IF NOT EXISTS overlay_log_is_fixed BEFORE UPDATE ON overlay_log BEGIN SELECT RAISE(ABORT, 'the log is only appended to'); END;
"""
"""`what`: make or end; `ends_at`: from when it is ended; `body`: what was asked for, to know it again under the same request id."""

MOST_CHANGES = 20_000
MAKE, END = "make", "end"
Clock = Callable[[], datetime]
_MADE = ("id", "name", "kind", *CHANGE_COLUMNS)
_LOG = "at, author, what, id, ends_at, reason"


@dataclass(frozen=True)
class Draft:
    """What somebody wants to switch on: dates as days or moments, "" for from now on, and for an open end; changes without dates of their own."""

    name: str
    kind: str
    valid_from: str
    valid_to: str
    changes: tuple[Change, ...]
    reason: str = ""


def add_overlay(path: Path, draft: Draft, *, author: str, clock: Clock, request_id: str = "") -> Overlay:
    """Write an overlay down and return it; the same request id twice is one overlay.

    Where it is said to begin before now it begins now. Raises InputError (`field`) for what can not be used: no name, no changes, an unknown kind,
    dates that can not be read or are over; EditError for a request id that was used for something else; StoreError.
    """
    with writing(path, OVERLAYS) as con:
        now = clock()
        body = json.dumps([MAKE, author, *astuple(draft)], ensure_ascii=False)
        if known := _repeated(con, request_id, body):
            return find_overlay(merged(con, _given(con)), known)
        made = overlay_of(draft, now, _next_id(con))
        rows = [(made.id, made.name, made.kind, *astuple(each)) for each in made.changes]
        con.executemany(f"INSERT INTO overlay_made ({', '.join(_MADE)}) VALUES ({', '.join('?' * len(_MADE))})", rows)
        _append(con, now, author, MAKE, made.id, "", made.reason, body, request_id)
        return replace(made, made_at=told(instant(now)), made_by=author)


def overlay_of(draft: Draft, now: datetime, name: str = "") -> Overlay:
    """Return what a draft would be, made now; raises as `add_overlay` does."""
    good = _checked(draft, now)
    changes = in_order(replace(each, valid_from=good.valid_from, valid_to=good.valid_to) for each in good.changes)
    return Overlay(id=name, name=good.name, kind=good.kind, changes=changes, source="made", reason=good.reason)


def end_overlay(path: Path, name: str, *, author: str, clock: Clock, reason: str = "", request_id: str = "") -> Overlay:
    """End an overlay now, given or made, by one more line of the log, and return it: one that has not begun is withdrawn.

    Raises NotFoundError, EditError where it is over already or the request id was used for something else, StoreError.
    """
    with writing(path, OVERLAYS) as con:
        now = clock()
        body = json.dumps([END, author, name, reason], ensure_ascii=False)
        found = find_overlay(merged(con, _given(con)), name)
        if _repeated(con, request_id, body):
            return found
        over = starts([found.ended_at])[0] if found.ended_at else found.window[1]
        if over <= instant(now):
            when = found.ended_at or found.valid_to
            message = f"overlay {name} is over since {when}: there is nothing to end"
            raise EditError(message, f"平急方案 {name} 已于 {when} 结束，无需再结束", reason="overlay_over", value=name, units=[])
        _append(con, now, author, END, name, told(instant(now)), reason, body, request_id)
        return find_overlay(merged(con, _given(con)), name)


def read_draft(document: Any) -> tuple[Draft, str]:
    """Return what a JSON object asks for and its request id. Raises InputError (`field`) for what it must not say."""
    names = ("name", "kind", "valid_from", "valid_to", "reason", "request_id")
    if not isinstance(document, Mapping):
        raise InputError("an overlay is a JSON object", "平急方案应为一个 JSON 对象", field="")
    if unknown := [str(name) for name in document if name not in (*names, "changes")]:
        hint, hint_zh = nearest(unknown[0], [*names, "changes"])
        raise InputError(f"{unknown[0]!r} is unknown: {hint}", f"“{unknown[0]}”未知：{hint_zh}", field=unknown[0])
    told = {name: _text(document, name, 1000 if name == "reason" else 100) for name in names}
    changes = document.get("changes", [])
    if not isinstance(changes, list) or not all(isinstance(each, Mapping) for each in changes):
        raise InputError("changes: write a list of objects", "changes：应为对象的列表", field="changes")
    rows = tuple(Change(**{name: _text(each, name, 100) for name in CHANGE_COLUMNS[:5]}) for each in changes)
    request_id = told.pop("request_id")
    return Draft(**{**told, "kind": told["kind"] or REAL}, changes=rows), request_id


def find_overlay(rows: pd.DataFrame, name: str) -> Overlay:
    """Return one overlay of a table with columns `COLUMNS`. Raises NotFoundError."""
    found = overlays_of(rows[rows["id"] == name])
    if not found:
        raise NotFoundError(f"there is no overlay {name!r}", f"没有平急方案“{name}”", value=name)
    return found[0]


def last_line(con: sqlite3.Connection) -> int:
    """Return the number of the last line of the log, 0 where there is none: it tells whether overlays are what they were."""
    if not con.execute("SELECT 1 FROM sqlite_schema WHERE name = 'overlay_log'").fetchone():
        return 0
    return con.execute("SELECT coalesce(max(fid), 0) FROM overlay_log").fetchone()[0]


def merged(con: sqlite3.Connection, given: pd.DataFrame) -> pd.DataFrame:
    """Return the given overlays and those that were made, as one table with columns `COLUMNS`, cut at the moment when somebody ended them."""
    rows = normalised(given).assign(source="given")
    if not last_line(con):
        return rows
    made = pd.DataFrame(con.execute(f"SELECT {', '.join(_MADE)} FROM overlay_made ORDER BY fid").fetchall(), columns=[*_MADE], dtype="str")
    rows = pd.concat([rows, normalised(made).assign(source="made")], ignore_index=True)
    for at, author, what, name, ends_at, reason in con.execute(f"SELECT {_LOG} FROM overlay_log ORDER BY fid").fetchall():
        mine = (rows["id"] == name).to_numpy()
        if what == MAKE:
            rows.loc[mine, ["made_at", "made_by", "reason"]] = at, author, reason
        else:
            rows.loc[mine, ["ended_at", "ended_by", "ended_reason"]] = ends_at, author, reason
            rows = _cut(rows, mine, ends_at)
    return rows[[*COLUMNS]]


def carry(old: Path, new: Path) -> None:
    """Let the file `new`, which takes the place of the project `old`, know its overlays: none that was made, and no end, is forgotten.

    A backup gets the lines that were written after it; one that has lines of another history keeps its own.
    """
    kept = _rows_of(old)
    if not kept:
        return
    with closing(sqlite3.connect(new, isolation_level=None)) as con:
        con.execute("BEGIN")
        run(con, OVERLAYS)
        own = {table: con.execute(f"SELECT * FROM {table} ORDER BY fid").fetchall() for table in kept}
        is_earlier = all(kept[table][: len(own[table])] == own[table] for table in kept)
        for table, rows in kept.items() if is_earlier else ():
            for row in rows[len(own[table]) :]:
                con.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)
        con.execute("COMMIT")


def _rows_of(old: Path) -> dict[str, list[tuple]]:
    """Return the rows of both tables of a project; {} for none, and of what is no project or damaged: that is to be replaced all the same."""
    try:
        with closing(connect(old, is_whole=True)) as con:
            there = ("overlay_made", "overlay_log") if last_line(con) else ()
            return {name: con.execute(f"SELECT * FROM {name} ORDER BY fid").fetchall() for name in there}
    except (StoreError, sqlite3.DatabaseError):
        return {}


def _cut(rows: pd.DataFrame, mine: np.ndarray, ends_at: str) -> pd.DataFrame:
    """End rows at a moment; those that had not begun hold for no time at all."""
    at, valid_to, planned_to = starts([ends_at])[0], rows["valid_to"].tolist(), rows["planned_to"].tolist()
    begins, over = starts(rows["valid_from"]), ends(valid_to)
    for i in np.flatnonzero(mine & ~(over <= at)).tolist():
        planned_to[i] = valid_to[i]
        valid_to[i] = told(begins[i]) if begins[i] >= at else ends_at
    return rows.assign(valid_to=pd.Series(valid_to, dtype="str"), planned_to=pd.Series(planned_to, dtype="str"))


def _text(document: Mapping[str, Any], name: str, most: int) -> str:
    value = document.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > most or not value.replace("\n", " ").isprintable():
        message = f"{name}={str(value)[:80]!r}: write a text of at most {most} signs"
        raise InputError(message, f"{name}={str(value)[:80]!r}：应为至多 {most} 字的文字", field=name, value=str(value)[:80])
    return " ".join(value.split())


def _checked(draft: Draft, now: datetime) -> Draft:
    """Return a draft that begins now at the earliest. Raises InputError."""
    name = draft.name.strip()
    if not name or len(name) > 100 or not name.isprintable():
        raise InputError("name: write 1 to 100 characters", "名称：应为 1 至 100 个字符", field="name", value=name[:100])
    if draft.kind not in KINDS:
        raise InputError(
            f"kind={draft.kind!r}: write real or drill", f"kind={draft.kind!r}：应为 real（实战）或 drill（演练）", field="kind", value=draft.kind
        )
    if not 0 < len(draft.changes) <= MOST_CHANGES:
        message = f"changes: write at least one and at most {MOST_CHANGES}, here are {len(draft.changes)}"
        raise InputError(
            message, f"changes：应有 1 至 {MOST_CHANGES} 项变动，现有 {len(draft.changes)} 项", field="changes", value=len(draft.changes)
        )
    begins, over = _dates(draft)
    if over <= max(begins, instant(now)):
        message = f"valid_to={draft.valid_to!r}: must lie after valid_from and after now"
        raise InputError(message, f"valid_to={draft.valid_to!r}：应晚于起始时间和现在", field="valid_to", value=draft.valid_to)
    begins_now = begins < instant(now)
    return replace(draft, name=name, valid_from=told(instant(now)) if begins_now else draft.valid_from)


def _dates(draft: Draft) -> tuple[float, float]:
    begins, over = window(draft.valid_from, draft.valid_to)
    for field, value, text in (("valid_from", begins, draft.valid_from), ("valid_to", over, draft.valid_to)):
        if np.isnan(value):
            message = f"{field}={text[:80]!r}: write a day like 2026-03-01 or a moment like 2026-03-01T08:00:00+08:00"
            raise InputError(
                message, f"{field}={text[:80]!r}：应为 2026-03-01 或 2026-03-01T08:00:00+08:00 这样的日期或时刻", field=field, value=text[:80]
            )
    return begins, over


def _next_id(con: sqlite3.Connection) -> str:
    taken = {name for (name,) in con.execute("SELECT id FROM overlay_log")}
    if _has_given(con):
        taken |= {name for (name,) in con.execute("SELECT DISTINCT id FROM overlays")}
    return next(name for number in range(1, len(taken) + 2) if (name := f"o{number}") not in taken)


def _has_given(con: sqlite3.Connection) -> bool:
    return {"fid", "id"} <= {row[1] for row in con.execute("PRAGMA table_info(overlays)")}


def _given(con: sqlite3.Connection) -> pd.DataFrame:
    if not con.execute("SELECT 1 FROM sqlite_schema WHERE name = 'overlays'").fetchone():
        return pd.DataFrame(columns=["id", "member"], dtype="str")
    cursor = con.execute("SELECT * FROM overlays ORDER BY fid")
    return pd.DataFrame(cursor.fetchall(), columns=[each[0] for each in cursor.description])


def _repeated(con: sqlite3.Connection, request_id: str, body: str) -> str:
    """Return the overlay that a request was about when it came before, "" where it did not. Raises EditError."""
    row = con.execute("SELECT id, body FROM overlay_log WHERE request_id = ?", (request_id,)).fetchone() if request_id else None
    if row and row[1] != body:
        message = f"request id {request_id} was used for something else: give each request an id of its own"
        raise EditError(message, f"请求号 {request_id} 已用于另一项操作，请换一个", reason="request_id", units=[])
    return row[0] if row else ""


def _append(con: sqlite3.Connection, now: datetime, author: str, what: str, name: str, ends_at: str, reason: str, body: str, request_id: str) -> None:
    row = (told(instant(now)), author, what, name, ends_at, reason, body, request_id or None)
    con.execute(f"INSERT INTO overlay_log ({_LOG}, body, request_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
