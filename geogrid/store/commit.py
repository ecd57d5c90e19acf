"""One transaction: steps that were worked out on the newest state become versions in the log, and what follows from `main` is brought up to date.

    BEGIN IMMEDIATE → catch up with the log → judge and work out the steps → cells, log, snapshot, derived rows → COMMIT

Nobody else can write in between, so a step is always made of the state that it is written after. Whatever goes wrong, nothing of it is in the file.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from geogrid.edit.change import Change
from geogrid.edit.state import State
from geogrid.errors import EditError
from geogrid.plan import NO_UNIT
from geogrid.store import derived, log, snapshot
from geogrid.store.effect import Effect, Step, answer, touched_by, work_out
from geogrid.store.faults import told
from geogrid.store.found import write_findings
from geogrid.store.history import History
from geogrid.store.joined import write_sites
from geogrid.store.records import Committed, Entry, PlanInfo
from geogrid.store.refusals import changed_meanwhile, is_adopted
from geogrid.store.snapshot import MAIN, Image

Clock = Callable[[], datetime]
Allow = Callable[[State, State, frozenset[int]], None]
"""Asked of each step before anything is written: the plan before and after it, the units (ids) it touches, NO_UNIT among them where it takes atoms
from outside all units or puts them there. Whatever it raises ends the call, and nothing is changed."""


@contextmanager
def transaction(con: sqlite3.Connection, path: Path) -> Iterator[None]:
    """Run the block as one transaction that nobody else writes in; raises StoreError where the file does not take it, and nothing is changed."""
    with told(path):
        con.execute("BEGIN IMMEDIATE")
        try:
            yield
            con.execute("COMMIT")
        except BaseException:
            if con.in_transaction:
                con.execute("ROLLBACK")
            raise


def check_open(info: PlanInfo) -> None:
    """Raise EditError (`plan_adopted`) where a plan takes no edits."""
    if info.state == "adopted":
        raise is_adopted(info)


def find_conflict(con: sqlite3.Connection, row: int, base_version: int, touched: Iterable[int], atoms: Iterable[int] = ()) -> list[Entry]:
    """Return the entries since a version, still in effect, that touched one of some units, or moved one of some atoms (ids)."""
    concerned, moved = set(touched), set(atoms)
    if not concerned and not moved:
        return []
    entries = log.in_effect(log.read(con, row, base_version))
    return [entry for entry in entries if not concerned.isdisjoint(entry.unit_ids) or (moved and not moved.isdisjoint(entry.atom_ids))]


def find_misfits(state: State, change: Change) -> set[int]:
    """Return the parents (ids) that units of a change would be put back under, but that are no more, or have another code than theirs says."""
    made = {new.id: new for _, new in change.units if new}
    found = set()
    for unit in made.values():
        above = made.get(unit.parent) or state.units.get(unit.parent)
        if unit.parent != NO_UNIT and (above is None or (state.book.is_of_parent(unit.level) and not unit.code.startswith(above.code))):
            found.add(unit.parent)
    return found


def check_known(info: PlanInfo, base_version: int) -> None:
    """Raise EditError (`base_version`) for a version that a plan has not reached."""
    if base_version > info.version:
        message = f"plan {info.id} is at version {info.version}, not yet at {base_version}: load it again"
        raise EditError(message, f"方案 {info.id} 现为第 {info.version} 版，尚无第 {base_version} 版，请重新载入", reason="base_version", units=[])


def check_base(con: sqlite3.Connection, row: int, info: PlanInfo, base_version: int, before: State, steps: Sequence[Step]) -> None:
    """Raise ConflictError where a unit that steps touch was changed after a version, or an atom that they move was, be it from or to no unit."""
    if base_version == info.version:
        return
    atoms = {atom for step in steps for atom in step.state.ground.atom_ids[step.change.positions].tolist()}
    if entries := find_conflict(con, row, base_version, touched_by(before, steps), atoms):
        raise changed_meanwhile(info, entries)


def write_steps(
    con: sqlite3.Connection, history: History, row: int, before: State, steps: Sequence[Step], author: str, now: datetime, request_id: str
) -> Committed:
    """Write steps after the state `before` of a plan (its row), inside a transaction."""
    time = now.isoformat(timespec="milliseconds")
    entries = []
    earlier = before
    for step in steps:
        derived.write_ground(con, earlier.ground, step.state.ground)
        entry = _entry(earlier, step, author, time, request_id)
        log.append(con, row, entry)
        entries.append(entry)
        earlier = step.state
        if step.state.version % snapshot.EVERY == 0:
            snapshot.write(con, row, step.state.version, Image.of(step.state), history.first_image(con, row))
    effect = work_out(before, steps, (lambda state, ids: derived.known_shapes(con, state, ids)) if row == MAIN else None)
    if row == MAIN:
        _write_derived(con, effect, now)
    return answer(effect, steps, entries)


def ask(allow: Allow | None, before: State, steps: Sequence[Step]) -> None:
    """Let `allow` look at every step."""
    for step in steps:
        if allow is None:
            return
        outside = (step.change.before == NO_UNIT).any() or (step.change.after == NO_UNIT).any()
        allow(before, step.state, step.touched | {NO_UNIT} if outside else step.touched)
        before = step.state


def _entry(before: State, step: Step, author: str, time: str, request_id: str) -> Entry:
    state = step.state
    codes = {unit.code for i in step.touched for unit in (before.units.get(i), state.units.get(i)) if unit}
    change = log.to_text(step.change.to_json(state.ground))
    ids = tuple(sorted(step.touched))
    facts = (state.version, time, author, step.reason, step.kind, step.body, change, ids, tuple(sorted(codes)))
    return Entry(*facts, step.undoes, request_id, step.valid_from, state.ground)


def _write_derived(con: sqlite3.Connection, effect: Effect, now: datetime) -> None:
    """Bring what follows from `main` up to date."""
    at = now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    derived.write_main(con, effect, at)
    write_sites(con, effect.after, effect.change)
    write_findings(con, effect)


def stamped(steps: Iterable[Step], version: int) -> list[Step]:
    """Return steps whose states follow a version one by one."""
    return [replace(step, state=replace(step.state, version=version + n)) for n, step in enumerate(steps, 1)]
