"""What steps on a plan come to: the rows of units that differ after them, and what the rules find there. Nothing here reads or writes the file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from geogrid.edit.change import Change
from geogrid.edit.check import find_in_rows, keeps_assigned
from geogrid.edit.derive import Row, Shapes, affected, rows
from geogrid.edit.state import State
from geogrid.findings import Finding
from geogrid.store.merge import merged
from geogrid.store.records import Committed, Entry


@dataclass(frozen=True, eq=False)
class Step:
    """One version to be: the state after it, the change that leads there, the units (ids) it touches, and what the log says of it."""

    state: State
    change: Change
    touched: frozenset[int]
    kind: str
    body: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    undoes: int | None = None
    valid_from: str = ""


@dataclass(frozen=True, eq=False)
class Effect:
    """From `before` to `after` (on one ground) by `change`: the units concerned (`ids`, before or after), their `rows` in force, what is `found`.

    `of_levels`: what whole levels leave unassigned was asked too, because the change may alter it.
    """

    before: State
    after: State
    change: Change
    ids: Sequence[int]
    rows: Sequence[Row]
    found: Sequence[Finding]
    of_levels: bool


def work_out(before: State, steps: Sequence[Step], known: Callable[[State, Sequence[int]], Shapes] | None = None) -> Effect:
    """Return the effect of steps on a state; `known` gives polygons that are at hand, as `geogrid.edit.derive` wants them, for some units (ids)."""
    after, change = steps[-1].state, merged([step.change for step in steps])
    before = before if before.ground is after.ground else before.on(after.ground)
    ids = affected(before, after, change)
    left = in_force(after, ids)
    made = rows(after, left, known(after, left) if known else {})
    of_levels = after.state != before.state or not keeps_assigned(before, after, change)
    return Effect(before, after, change, ids, made, find_in_rows(after, made, of_levels=of_levels), of_levels)


def answer(effect: Effect, steps: Sequence[Step], entries: Sequence[Entry]) -> Committed:
    """Return what a call answers with."""
    state, before = effect.after, effect.before
    touched = {state.units[unit].code for unit in in_force(state, touched_by(before, steps))}
    found = [finding for finding in effect.found if not finding.units or touched.intersection(finding.units)]
    codes = tuple(sorted({code for entry in entries for code in entry.units}))
    return Committed(state.version, before.version, codes, found, effect.change, state, tuple(entries), tuple(effect.rows))


def touched_by(before: State, steps: Sequence[Step]) -> frozenset[int]:
    """Return the units that steps touch and that were there before or are there after them."""
    touched = frozenset().union(*(step.touched for step in steps))
    return frozenset(i for i in touched if i in before.units or i in steps[-1].state.units)


def in_force(state: State, units: Iterable[int]) -> list[int]:
    """Return those units (ids) that a state has."""
    return sorted(unit for unit in units if unit in state.units)
