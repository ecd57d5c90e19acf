"""An overlay (平急叠加): dated changes to posts and memberships, never to polygons or codes; what state it is in at an instant.

Rows of the role `overlays` that share an `id` are one overlay. Its state follows from its dates alone, so it ends without any job.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from datetime import datetime
from functools import cached_property

import numpy as np
import pandas as pd

from geogrid.organisation.times import ends, instant, starts

REAL, DRILL = "real", "drill"
ADD, REMOVE = "add", "remove"
KINDS, ACTIONS = (REAL, DRILL), (ADD, REMOVE)
STATES = ("prepared", "in_force", "ended", "ended_early", "withdrawn", "faulty")
"""`withdrawn`: ended before it began; `faulty`: a date that can not be read, or none that would ever come, so it is never in force."""
UNNAMED = "overlay"
"""The id of rows that say none."""
_WORDS = {
    **dict.fromkeys(("real", "真实", "实战", "实际", "急时"), REAL),
    **dict.fromkeys(("drill", "exercise", "演练", "演习", "演训"), DRILL),
    **dict.fromkeys(("add", "增加", "加入", "新增", "编入", "+"), ADD),
    **dict.fromkeys(("remove", "移除", "撤出", "退出", "调离", "减少", "-"), REMOVE),
}


@dataclass(frozen=True)
class Change:
    """One membership that an overlay adds, or takes away: an empty `target_kind`, `target` or `post` of a removal means any.

    `valid_from`, `valid_to`: days or moments as in memberships, "" for open.
    """

    action: str
    member: str
    target_kind: str = ""
    target: str = ""
    post: str = ""
    valid_from: str = ""
    valid_to: str = ""


CHANGE_COLUMNS = tuple(each.name for each in fields(Change))


@dataclass(frozen=True)
class Overlay:
    """Changes under one id. `kind`: real, or a drill, which never changes who is responsible in reality.

    `source`: given (by file) or made (on the page or by command). `planned_to`: when it was to end before somebody ended it, at `ended_at`.
    """

    id: str
    name: str = ""
    kind: str = REAL
    changes: tuple[Change, ...] = ()
    source: str = "given"
    made_at: str = ""
    made_by: str = ""
    reason: str = ""
    planned_to: str = ""
    ended_at: str = ""
    ended_by: str = ""
    ended_reason: str = ""

    @property
    def title(self) -> str:
        """Its name, or its id where it has none."""
        return self.name or self.id

    @property
    def valid_from(self) -> str:
        """When the first of its changes begins, as it is written; "" for open."""
        return self._hull[0]

    @property
    def valid_to(self) -> str:
        """When the last of its changes is over, as it is written; "" for open."""
        return self._hull[1]

    @property
    def window(self) -> tuple[float, float]:
        """From when until before when any of it holds, in seconds; NaN, NaN where none ever does."""
        return self._hull[2], self._hull[3]

    @cached_property
    def _hull(self) -> tuple[str, str, float, float]:
        first, last = [change.valid_from for change in self.changes], [change.valid_to for change in self.changes]
        begins, over = starts(first), ends(last)
        holds = np.flatnonzero(begins < over)
        if not len(holds):
            return (first[0], last[0], np.nan, np.nan) if self.changes else ("", "", np.nan, np.nan)
        early, late = min(holds, key=lambda i: begins[i]), max(holds, key=lambda i: over[i])
        return first[early], last[late], float(begins[early]), float(over[late])


TOLD_COLUMNS = tuple(each.name for each in fields(Overlay) if each.name not in ("id", "name", "kind", "changes"))
COLUMNS = ("id", "name", "kind", *CHANGE_COLUMNS, *TOLD_COLUMNS)
"""Of a table of overlays as the store gives it, one line a change."""


def state_at(overlay: Overlay, when: datetime) -> str:
    """Return which of `STATES` an overlay is in: that it was ended counts from then on only."""
    at = instant(when)
    begins, over = overlay.window
    ended = starts([overlay.ended_at])[0] if overlay.ended_at else np.inf
    if at >= ended and (np.isnan(begins) or ended <= begins):
        return "withdrawn"
    if np.isnan(begins):
        return "prepared" if at < ended < np.inf else "faulty"
    if at < begins:
        return "prepared"
    if at < over:
        return "in_force"
    return "ended_early" if ended <= over else "ended"


def overlays_of(table: pd.DataFrame) -> tuple[Overlay, ...]:
    """Return the overlays of a table with columns of `COLUMNS` (all but `member` may be missing), by begin and id; the order of rows says nothing."""
    rows = normalised(table)
    out = []
    for name, part in rows.groupby("id", sort=True):
        changes = in_order(Change(*line) for line in part[[*CHANGE_COLUMNS]].itertuples(index=False, name=None))
        told = {column: _said(part[column]) for column in ("name", *TOLD_COLUMNS)}
        out.append(Overlay(id=str(name), kind=str(part["kind"].iloc[0]), changes=changes, **{**told, "source": told["source"] or "given"}))
    return tuple(sorted(out, key=lambda each: (np.nan_to_num(each.window[0], nan=np.inf), each.id)))


def normalised(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table of overlays with all `COLUMNS` as text, a new index, an id for each row, words as `KINDS` and `ACTIONS` have them.

    An action that nobody knows stays as it came. An overlay is real where its rows say so or say nothing; one of another kind, or of rows that
    differ, is a drill: it changes nothing in reality.
    """
    columns = {name: table[name].fillna("").astype(str).str.strip() if name in table else pd.Series("", index=table.index) for name in COLUMNS}
    rows = pd.DataFrame(columns, dtype="str").reset_index(drop=True)
    rows = rows.assign(id=rows["id"].where(rows["id"] != "", UNNAMED))
    kind, action = (rows[name].str.casefold().map(_WORDS).fillna(rows[name]) for name in ("kind", "action"))
    drills = set(rows["id"][~kind.isin(("", REAL))])
    return rows.assign(action=action, kind=np.where(rows["id"].isin(drills), DRILL, REAL)).astype("str")


def unknown_words(table: pd.DataFrame) -> list[tuple[int, str, str]]:
    """Return (row, column, value) of each kind or action that nobody knows."""
    known = {"kind": {"", *_WORDS}, "action": set(_WORDS)}
    rows = [(i, name, str(value or "").strip()) for name in known if name in table for i, value in enumerate(table[name].fillna(""))]
    return [(i, name, value) for i, name, value in rows if value.casefold() not in known[name]]


def to_table(overlays: Iterable[Overlay]) -> pd.DataFrame:
    """Return overlays as a table with columns `COLUMNS`, one line a change."""
    rows = [
        {"id": each.id, "name": each.name, "kind": each.kind, **vars(change), **{name: getattr(each, name) for name in TOLD_COLUMNS}}
        for each in overlays
        for change in each.changes
    ]
    return pd.DataFrame(rows, columns=[*COLUMNS], dtype="str")


def in_order(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Return changes each once, in the order in which an overlay has them."""
    return tuple(sorted(set(changes), key=_order))


def _order(change: Change) -> tuple[str, ...]:
    return change.member, "0" if change.action == REMOVE else "1", *astuple(change)[2:]


def _said(column: pd.Series) -> str:
    """Return what the rows of an overlay say of it: the first in the order of words where they differ."""
    return min((text for text in column if text), default="")
