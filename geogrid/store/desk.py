"""The writing side of a project file: edits of several people and programs come in, each becomes a version that is never lost.

    desk = open_desk("lixia.gpkg", clock=clock)
    done = desk.edit("main", [parse_edit({"kind": "move", …})], base_version=7, author="planner-a")

What was confirmed is on the disk; what is sent twice under one request id happens once. Safe from several threads, and beside other programs.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import TracebackType

from geogrid.edit import Edit, State, apply, replay, to_json
from geogrid.errors import EditError, NotFoundError
from geogrid.store import adopt, fork, log
from geogrid.store.commit import (
    Allow,
    Clock,
    ask,
    check_base,
    check_known,
    check_open,
    find_conflict,
    find_misfits,
    stamped,
    transaction,
    write_steps,
)
from geogrid.store.connect import connect, connect_writing
from geogrid.store.dates import version_of
from geogrid.store.effect import Step, answer, work_out
from geogrid.store.faults import told
from geogrid.store.history import History
from geogrid.store.plans import find_plan, list_plans
from geogrid.store.records import Committed, Entry, PlanInfo
from geogrid.store.refusals import built_upon, changed_meanwhile, nothing_to
from geogrid.store.upgrade import upgrade


def open_desk(path: str | Path, *, clock: Clock) -> Desk:
    """Open a project for writing; `clock` gives an aware datetime. A file of an earlier format is upgraded after a backup beside it.

    Raises StoreError.
    """
    return Desk(Path(path), clock)


class Desk:
    """See the module. Every method raises StoreError when the file can not be read or written; then nothing was changed."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self.path = path
        self.kept = upgrade(path)
        self._clock = clock
        self._writing, self._reading = threading.Lock(), threading.RLock()
        self._out = connect_writing(path)
        self._in = connect(path, is_whole=True)
        self.history = History(self._in, self._reading)

    def __enter__(self) -> Desk:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; the last to close it leaves one file, nothing beside it."""
        with self._writing, self._reading, suppress(sqlite3.Error):
            self._in.close()
            self._out.close()

    # -- reading

    def version(self, plan: str = "main") -> int:
        """Return the version that a plan has now; raises NotFoundError."""
        with self._reading, told(self.path):
            found = self._in.execute("SELECT version FROM plan WHERE id = ?", (plan,)).fetchone()
            return found[0] if found else find_plan(self._in, plan)[1].version

    def plan(self, plan: str = "main") -> PlanInfo:
        """Return the facts of a plan; raises NotFoundError that names those there are."""
        with self._reading, told(self.path):
            return find_plan(self._in, plan)[1]

    def plans(self) -> list[PlanInfo]:
        """Return all plans, `main` first."""
        with self._reading, told(self.path):
            return list_plans(self._in)

    def state(self, plan: str = "main", at: int | str | None = None) -> State:
        """Return a plan as it is, or at a version or on a day (ISO date); raises NotFoundError."""
        with self._reading, told(self.path):
            if at is None:
                return self.history.head(plan)
            return self.history.at(plan, version_of(self._in, plan, at))

    def log(self, plan: str = "main", since: int = 0, until: int | None = None) -> list[Entry]:
        """Return the entries of a plan after version `since`, up to `until`, the oldest first."""
        with self._reading, told(self.path):
            row, _ = find_plan(self._in, plan)
            entries = log.read(self._in, row, since, until)
            ground = self.history.ground() if entries else None
            return [replace(entry, ground=ground) for entry in entries]

    # -- writing

    def edit(
        self, plan: str, edits: Sequence[Edit], *, base_version: int, author: str, reason: str = "", request_id: str = "", allow: Allow | None = None
    ) -> Committed:
        """Apply edits one after another, all or none, each a version of its own; `allow` may refuse what they would make.

        Raises EditError when a rule forbids one or the plan is adopted, NotFoundError for a code not in force, ConflictError when a unit that they
        touch has changed after `base_version` (facts `version units entries`).
        """
        if not edits:
            raise EditError("no edits: give at least one", "没有调整，请至少给出一项", reason="empty", units=[])
        asked = [edit if edit.reason else replace(edit, reason=reason) for edit in edits]
        with self._writing, transaction(self._out, self.path):
            row, info = find_plan(self._out, plan)
            if repeated := self._repeated(row, plan, author, request_id, [to_json(edit) for edit in asked]):
                return repeated
            check_open(info)
            check_known(info, base_version)
            before = self.history.head(plan, self._out)
            try:
                steps = _applied(before, asked)
            except (EditError, NotFoundError):
                self._check_asked_of(row, info, base_version, asked, allow)
                raise
            ask(allow, before, steps)
            check_base(self._out, row, info, base_version, before, steps)
            done = self._write(row, before, steps, author, request_id)
        self.history.keep_head(done.state)
        return done

    def undo(self, plan: str, *, base_version: int, author: str, request_id: str = "", allow: Allow | None = None) -> Committed:
        """Take back the author's last edit that stands, as a new version; `allow` may refuse it.

        Raises ConflictError when others have built on it, EditError (`nothing_to_undo`).
        """
        return self._take_back("undo", plan, base_version, author, request_id, allow)

    def redo(self, plan: str, *, base_version: int, author: str, request_id: str = "", allow: Allow | None = None) -> Committed:
        """Do again what the author's last undo took back, as long as the author has edited nothing since; raises as `undo`."""
        return self._take_back("redo", plan, base_version, author, request_id, allow)

    def fork(self, plan: str = "main", *, name: str, author: str, at: int | str | None = None) -> PlanInfo:
        """Make a draft of a plan as it is, or was; its version 1 is what it was forked from."""
        with self._writing, transaction(self._out, self.path):
            return fork.fork(self._out, self.history, plan, name=name, author=author, at=at, now=self._clock())

    def adopt(self, plan: str, *, valid_from: date, author: str, accept: bool = False, reason: str = "") -> Committed:
        """Adopt a plan from a day on. A draft becomes one version of the plan `main`, its edits on top of what main has become since; see `adopt`."""
        with self._writing, transaction(self._out, self.path):
            done = adopt.adopt(self._out, self.history, plan, valid_from=valid_from, author=author, accept=accept, now=self._clock(), reason=reason)
        self.history.keep_head(done.state)
        return done

    def _take_back(self, kind: str, plan: str, base_version: int, author: str, request_id: str, allow: Allow | None) -> Committed:
        with self._writing, transaction(self._out, self.path):
            row, info = find_plan(self._out, plan)
            if repeated := self._repeated(row, plan, author, request_id, [kind]):
                return repeated
            check_open(info)
            entry = (log.to_undo if kind == "undo" else log.to_redo)(self._out, row, author)
            if entry is None:
                raise nothing_to(kind, info, author)
            if entry.version > base_version:
                raise changed_meanwhile(info, [entry])
            if later := find_conflict(self._out, row, entry.version, entry.unit_ids):
                raise built_upon(info, entry, later)
            before = self.history.head(plan, self._out)
            change = replace(entry, ground=before.ground).change.inverse()
            if later := find_conflict(self._out, row, entry.version, find_misfits(before, change)):
                raise built_upon(info, entry, later)
            step = Step(replay(before, change), change, frozenset(entry.unit_ids), kind, undoes=entry.version)
            ask(allow, before, [step])
            done = self._write(row, before, [step], author, request_id)
        self.history.keep_head(done.state)
        return done

    def _write(self, row: int, before: State, steps: Sequence[Step], author: str, request_id: str) -> Committed:
        steps = stamped(steps, before.version)
        return write_steps(self._out, self.history, row, before, steps, author, self._clock(), request_id)

    def _repeated(self, row: int, plan: str, author: str, request_id: str, asked: list) -> Committed | None:
        """Return the first answer to a request that was done before; raises EditError where the id was used for something else, or by another."""
        entries = [replace(entry, ground=self.history.ground(self._out)) for entry in log.of_request(self._out, row, request_id)]
        if not entries:
            return None
        if [(entry.author, dict(entry.edit) or entry.kind) for entry in entries] != [(author, each) for each in asked]:
            message = f"request id {request_id} was used for another edit: give each request an id of its own"
            raise EditError(message, f"请求号 {request_id} 已用于另一项调整，请换一个", reason="request_id", units=[])
        before = self.history.at(plan, entries[0].version - 1, self._out)
        after = self.history.at(plan, entries[-1].version, self._out)
        steps = [Step(after, entry.change, frozenset(entry.unit_ids), entry.kind) for entry in entries]
        return replace(answer(work_out(before, steps), steps, entries), is_repeat=True)

    def _check_asked_of(self, row: int, info: PlanInfo, base_version: int, asked: Sequence[Edit], allow: Allow | None) -> None:
        """Raise ConflictError where what is refused now was possible on the version that the caller saw, and others have changed its units since."""
        if base_version >= info.version:
            return
        with suppress(EditError, NotFoundError):
            seen = self.history.at(info.id, base_version, self._out)
            steps = _applied(seen, asked)
            ask(allow, seen, steps)
            check_base(self._out, row, info, base_version, seen, steps)


def _applied(state: State, edits: Sequence[Edit]) -> list[Step]:
    steps = []
    for edit in edits:
        outcome = apply(state, edit)
        state = outcome.state
        steps.append(Step(state, outcome.change, outcome.touched, edit.kind, to_json(edit), edit.reason))
    return steps
