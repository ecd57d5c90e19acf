"""Whether an overlay can be what somebody means: members and targets that there are, and what it and others in force do to each other."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import numpy as np
import pandas as pd

from geogrid.errors import InputError
from geogrid.organisation.lines import during
from geogrid.organisation.overlay import ACTIONS, ADD, REMOVE, Change, Overlay
from geogrid.organisation.records import members_of
from geogrid.organisation.roster import Roster
from geogrid.organisation.targets import BODIES, read_kinds
from geogrid.organisation.times import ends, starts

CLASH_COLUMNS = ("clash", "member", "target_kind", "target", "post", "other", "other_target")
"""`clash`: two_places (one member added to two places by two overlays at once), not_there (taken from where he is not), already_there (added where he
is already)."""
_SHOWN = 5


def check_changes(roster: Roster, changes: Sequence[Change]) -> None:
    """Raise InputError that names the first rows which can not be used: an unknown action, member, kind of target or target."""
    known = set(members_of(roster.records)["id"])
    kinds = read_kinds(pd.Series([change.target_kind for change in changes], dtype="str"), roster.scheme.levels)
    bad = []
    for at, (change, kind, level) in enumerate(zip(changes, kinds["target_kind"], kinds["level"], strict=True), 1):
        if why := _fault(change, str(kind), str(level), known, roster):
            bad.append((at, *why))
    if not changes:
        raise InputError("changes: there are none", "changes：没有变动", field="changes", rows=[])
    if bad:
        more = " …" if len(bad) > _SHOWN else ""
        message = "changes: " + "; ".join(f"row {at}: {en}" for at, en, _ in bad[:_SHOWN]) + more
        message_zh = "changes：" + "；".join(f"第 {at} 行：{zh}" for at, _, zh in bad[:_SHOWN]) + more
        raise InputError(message, message_zh, field="changes", rows=[at for at, _, _ in bad])


def find_clashes(roster: Roster, overlay: Overlay, others: Iterable[Overlay] = ()) -> pd.DataFrame:
    """Return what is doubtful about an overlay, columns CLASH_COLUMNS, sorted. Nothing of it hinders: the office decides.

    `roster` without overlays tells what it meets where each change begins. Of `others` those count that hold at the same time, drills too: a drill
    must not call whom an emergency needs.
    """
    rows = [*_twice(overlay, [each for each in others if each.id != overlay.id]), *_missed(roster, overlay)]
    return pd.DataFrame(sorted(set(rows)), columns=[*CLASH_COLUMNS], dtype="str")


def _fault(change: Change, kind: str, level: str, known: Collection[str], roster: Roster) -> tuple[str, str] | None:
    """Say why a change can not be used, English and Chinese; None where it can."""
    if change.action not in ACTIONS:
        return f"action {change.action!r}: add or remove", f"动作“{change.action}”：应为 add 或 remove"
    if change.member not in known:
        return f"member {change.member!r} is nobody's id here", f"成员“{change.member}”不在人员、组织、下沉单位之中"
    if not kind:
        return f"target_kind {change.target_kind!r} is unknown", f"对象类型“{change.target_kind}”未知"
    if not change.target:
        return None if change.action == REMOVE else ("a target is missing", "缺少对象")
    is_there = change.target in known if kind in BODIES else bool(roster.places.codes(kind, change.target, level))
    if not is_there and change.action == ADD:
        return f"target {change.target!r} is not there", f"对象“{change.target}”不存在"
    return None


def _twice(overlay: Overlay, others: Sequence[Overlay]) -> list[tuple[str, ...]]:
    """Return additions of a member whom another overlay puts elsewhere at the same time."""
    mine = [change for change in overlay.changes if change.action == ADD]
    members = {change.member for change in mine}
    theirs: dict[str, list[tuple[Overlay, Change]]] = {}
    for other in others:
        for change in other.changes:
            if change.action == ADD and change.member in members:
                theirs.setdefault(change.member, []).append((other, change))
    own: dict[str, set[str]] = {}
    for change in mine:
        own.setdefault(change.member, set()).add(change.target)
    return [
        ("two_places", change.member, change.target_kind, change.target, change.post, other.id, against.target)
        for change in mine
        for other, against in theirs.get(change.member, ())
        if against.target not in own[change.member] and _meet(change, against)
    ]


def _meet(one: Change, two: Change) -> bool:
    """Tell whether two changes hold at the same time at all."""
    begins, over = starts([one.valid_from, two.valid_from]), ends([one.valid_to, two.valid_to])
    return bool(begins.max() < over.min() and (begins < over).all())


def _missed(roster: Roster, overlay: Overlay) -> list[tuple[str, ...]]:
    """Return removals of what is not there when they begin, and additions of what is."""
    kinds = read_kinds(pd.Series([change.target_kind for change in overlay.changes], dtype="str"), roster.scheme.levels)["target_kind"]
    begins = starts([change.valid_from for change in overlay.changes])
    there_at = {at: _links(roster, at) for at in set(begins.tolist()) if not np.isnan(at)}
    removed = {(change.member, change.target) for change in overlay.changes if change.action == REMOVE}
    rows = []
    for change, kind, at in zip(overlay.changes, kinds, begins.tolist(), strict=True):
        there = there_at.get(at, {}).get(change.member, set())
        told = (change.member, change.target_kind, change.target, change.post, "", "")
        if change.action == REMOVE and at in there_at and not any(_fits(change, kind, *line) for line in there):
            rows.append(("not_there", *told))
        is_put_back = (change.member, change.target) in removed or (change.member, "") in removed
        if change.action == ADD and not is_put_back and (kind, change.target) in {line[:2] for line in there}:
            rows.append(("already_there", *told))
    return rows


def _fits(removal: Change, kind: str, had_kind: str, target: str, post: str) -> bool:
    """Tell whether a removal takes a membership away."""
    return (not removal.target_kind or kind in ("", had_kind)) and removal.target in ("", target) and removal.post in ("", post)


def _links(roster: Roster, at: float) -> dict[str, set[tuple[str, str, str]]]:
    """Return what each member belongs to at an instant, without any overlay."""
    out: dict[str, set[tuple[str, str, str]]] = {}
    for line in during(roster.lines, at)[["member", "target_kind", "target", "post"]].itertuples(index=False):
        out.setdefault(line.member, set()).add((line.target_kind, line.target, line.post))
    return out
