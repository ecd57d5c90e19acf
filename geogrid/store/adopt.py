"""A plan is adopted from a day on: `main` itself is marked; a draft becomes one version of `main`, on top of what `main` has become since the fork.

    main   1 ── 2 ── 3 ───────── 4 (adopt d1)      3 may not have touched what d1 touched, or the answer is a conflict
            └── d1   2 ── 3 ──┘                    d1 is adopted then, and takes no more edits

What an adopted plan must not have (findings of severity error) and `main` had not before stops it, unless it is accepted.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from geogrid.edit.change import Change, replay
from geogrid.edit.check import find_touched
from geogrid.edit.reference import MAIN as MAIN_PLAN
from geogrid.edit.state import State
from geogrid.findings import Finding, severity_of
from geogrid.plan import NO_UNIT
from geogrid.store import log
from geogrid.store.commit import check_open, find_conflict, write_steps
from geogrid.store.effect import Step, in_force
from geogrid.store.history import History
from geogrid.store.merge import merged
from geogrid.store.plans import find_plan, mark_adopted
from geogrid.store.rebase import rebased
from geogrid.store.records import Committed, Entry
from geogrid.store.refusals import changed_meanwhile, comes_too_early, has_new_errors
from geogrid.store.snapshot import MAIN


def adopt(
    con: sqlite3.Connection, history: History, plan: str, *, valid_from: date, author: str, accept: bool, now: datetime, reason: str = ""
) -> Committed:
    """Adopt a plan inside a transaction; the answer is of `main`, whose log says the draft's name and the `reason`.

    Raises EditError: it is adopted already, `valid_from` lies before that of what is in force, or (fact `findings`) it has new errors and `accept` is
    False; ConflictError where `main` has changed the same units since the fork; NotFoundError.
    """
    day = valid_from.isoformat()
    row, info = find_plan(con, plan)
    check_open(info)
    (last,) = con.execute("SELECT max(valid_from) FROM edit WHERE plan = ?", (MAIN,)).fetchone()
    if last and day < last:
        raise comes_too_early(day, last)
    main = history.head(MAIN_PLAN, con)
    change, touched = _change(con, history, plan, main) if plan != MAIN_PLAN else (Change.between(main, main), frozenset())
    change = _dated(change, day)
    state = replace(replay(main, change), version=main.version + 1, state="adopted")
    new = _new_errors(main, state, touched)
    if new and not accept:
        raise has_new_errors(info, new)
    body = {"kind": "adopt", "plan": plan, "version": info.version}
    why = ": ".join(text for text in (info.name if plan != MAIN_PLAN else "", reason) if text)
    step = Step(state, change, touched, "adopt", body, why, valid_from=day)
    done = write_steps(con, history, MAIN, main, [step], author, now, "")
    at = now.isoformat(timespec="milliseconds")
    for each in {row, MAIN}:
        mark_adopted(con, each, at, day)
    return done


def _change(con: sqlite3.Connection, history: History, plan: str, main: State) -> tuple[Change, frozenset[int]]:
    """Return what a draft makes of `main`, and the units that it touches."""
    fork, entries = _since_fork(con, plan)
    touched = {unit for entry in log.in_effect(entries) for unit in entry.unit_ids}
    ground = history.ground(con)
    changes = [replace(entry, ground=ground).change for entry in entries]
    made = {new.id for change in changes for old, new in change.units if old is None and new}
    draft, change = history.head(plan, con), merged(changes)
    lost = {new.parent for _, new in change.units if new} - {NO_UNIT} - made - main.units.keys()
    if later := find_conflict(con, MAIN, fork, touched - made | lost):
        raise changed_meanwhile(find_plan(con, MAIN_PLAN)[1], later)
    moved = rebased(change, draft, main)
    renumbered = {old.id: new.id for (_, old), (_, new) in zip(change.units, moved.units, strict=True) if old and new}
    return moved, frozenset(renumbered.get(unit, unit) for unit in touched)


def _since_fork(con: sqlite3.Connection, plan: str) -> tuple[int, list[Entry]]:
    """Return the version of `main` from which a draft comes, and all entries since: of the draft, and of drafts that it was forked from."""
    entries: list[Entry] = []
    until = None
    while plan != MAIN_PLAN:
        row, info = find_plan(con, plan)
        entries = log.read(con, row, 0, until) + entries
        plan, until = info.parent, info.fork_version
    return until or 1, entries


def _dated(change: Change, day: str) -> Change:
    """Let units that come say since when they hold."""
    units = tuple((old, new._replace(valid_from=day) if old is None and new and not new.valid_from else new) for old, new in change.units)
    return replace(change, units=units)


def _new_errors(main: State, state: State, touched: frozenset[int]) -> list[Finding]:
    """Return the findings of severity error that `state` has and `main` has not."""
    before = {_key(finding): finding for finding in _errors(main, touched)}
    return [finding for finding in _errors(state, touched) if _is_worse(finding, before.get(_key(finding)))]


def _errors(state: State, touched: frozenset[int]) -> Sequence[Finding]:
    found = find_touched(state, in_force(state, touched))
    return [each for each in found if (each.severity or severity_of(each.rule, state.scheme.severity)) == "error"]


def _key(finding: Finding) -> tuple[str, str, tuple[str, ...]]:
    return finding.rule, finding.level, finding.units


def _is_worse(finding: Finding, before: Finding | None) -> bool:
    return before is None or (finding.rule == "unassigned" and finding.facts["cells"] > before.facts["cells"])
