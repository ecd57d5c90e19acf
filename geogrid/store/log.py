"""The log of a plan in the table `edit`: one row a version, only ever appended to, and which of its entries still stand.

An undo is an entry of its own that names the version it takes back, a redo one that names the undo:

    2 move   3 move   4 undo(3)   5 redo(4)   6 undo(5)        in effect: 2
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence

from geogrid.store.records import Entry

_COLUMNS = "version, at, author, reason, kind, body, change, units, codes, undoes, request_id, valid_from"
_SELECT = f"SELECT {_COLUMNS} FROM edit WHERE plan = ?"


def append(con: sqlite3.Connection, plan: int, entry: Entry) -> None:
    """Add a version to the log of a plan (its row in `plan`) and let the plan say so."""
    row = (
        *(plan, entry.version, entry.time, entry.author, entry.reason, entry.kind),
        *(to_text(entry.edit), entry.change_json, to_text(entry.unit_ids), to_text(entry.units)),
        *(entry.undoes, entry.request_id or None, entry.valid_from or None),
    )
    con.execute(f"INSERT INTO edit (plan, {_COLUMNS}) VALUES ({', '.join('?' * 13)})", row)
    con.execute("UPDATE plan SET version = ? WHERE fid = ?", (entry.version, plan))


def read(con: sqlite3.Connection, plan: int, since: int = 0, until: int | None = None) -> list[Entry]:
    """Return the entries of a plan after version `since`, up to `until`, the oldest first."""
    rows = con.execute(f"{_SELECT} AND version > ? AND version <= ? ORDER BY version", (plan, since, until or 1 << 62))
    return [_entry(row) for row in rows]


def of_request(con: sqlite3.Connection, plan: int, request_id: str) -> list[Entry]:
    """Return the entries that were made under a request id, none for ""."""
    rows = con.execute(f"{_SELECT} AND request_id = ? ORDER BY version", (plan, request_id)) if request_id else ()
    return [_entry(row) for row in rows]


def changes(con: sqlite3.Connection, plan: int, since: int, until: int) -> list[str]:
    """Return the JSON of the deltas after `since`, up to `until`."""
    rows = con.execute("SELECT change FROM edit WHERE plan = ? AND version > ? AND version <= ? ORDER BY version", (plan, since, until))
    return [text for (text,) in rows]


def in_effect(entries: Sequence[Entry]) -> list[Entry]:
    """Return the entries of a stretch of the log that have an effect on what stood before it: what was taken back again within it has none."""
    first = entries[0].version if entries else 0
    cancelled: set[int] = set()
    out = []
    for entry in reversed(entries):
        if entry.version in cancelled:
            continue
        if entry.undoes is not None and entry.undoes >= first:
            cancelled.add(entry.undoes)
        else:
            out.append(entry)
    return out[::-1]


def to_undo(con: sqlite3.Connection, plan: int, author: str) -> Entry | None:
    """Return the last edit (or redo) of an author that stands, or None."""
    return next((entry for entry in _standing(con, plan, author) if entry.kind != "undo"), None)


def to_redo(con: sqlite3.Connection, plan: int, author: str) -> Entry | None:
    """Return the undo that the author's next redo takes back, or None: nothing was undone since the author's last edit."""
    for entry in _standing(con, plan, author):
        if entry.kind == "undo":
            return entry
        if entry.kind != "redo":
            return None
    return None


def _standing(con: sqlite3.Connection, plan: int, author: str) -> Iterator[Entry]:
    """Yield an author's entries, the last first, without those that a later one took back; adopting is nobody's to take back."""
    query = f"{_SELECT} AND author = ? AND kind <> 'adopt' ORDER BY version DESC"
    cancelled: set[int] = set()
    for row in con.execute(query, (plan, author)):
        entry = _entry(row)
        if entry.version in cancelled:
            continue
        if entry.undoes is not None:
            cancelled.add(entry.undoes)
        yield entry


def _entry(row: tuple) -> Entry:
    version, at, author, reason, kind, body, change, units, codes, undoes, request_id, valid_from = row
    ids, names = tuple(json.loads(units)), tuple(json.loads(codes))
    return Entry(version, at, author, reason, kind, json.loads(body), change, ids, names, undoes, request_id or "", valid_from or "")


def to_text(value: object) -> str:
    """Return JSON as the log keeps it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
