"""States of plans and what lies between them, read from the project's desk and kept while they are asked for; a visitor sees his scope's part."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from cachetools import LRUCache
from flask import current_app

from geogrid.edit.diff import Diff, diff_states
from geogrid.edit.reference import Reference, parse_reference
from geogrid.edit.state import State
from geogrid.maps.changed import Changed, changed
from geogrid.plan import Plan
from web.accounts import current_user

_KEY = "geogrid.differences"
_KEPT = 100
T = TypeVar("T")


class Differences:
    """What one desk's states differ in; a version never changes, so nothing kept goes stale."""

    def __init__(self, desk: Any) -> None:
        self.desk = desk
        self._kept: LRUCache[Hashable, Any] = LRUCache(_KEPT)
        self._lock = threading.Lock()

    def _keep(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` gives for a key, kept for a while; two who ask at once both make it."""
        with self._lock:
            if key in self._kept:
                return self._kept[key]
        made = make()
        with self._lock:
            self._kept[key] = made
        return made

    def state(self, reference: Reference) -> State:
        """Return a state. Raises NotFoundError for a version or day that the plan does not have."""
        plan, at = reference.plan, reference.at
        if isinstance(at, str):
            return self.desk.state(plan, at)
        version = self.desk.version(plan) if at is None else at
        return self._keep(("state", plan, version), lambda: self.desk.state(plan, version))

    def diff(self, a: State, b: State, level: str, scope: str = "") -> Diff:
        """Return what changed on a level, of a scope unit and below where one is given."""

        def make() -> Diff:
            found = diff_states(a, b, level)
            return _confined(found, a, b, scope) if scope else found

        return self._keep(("diff", _name(a), _name(b), level, scope), make)

    def levels(self, a: State, b: State, scope: str = "") -> list[str]:
        """List the levels, top-down, on which anything changed."""
        return [level.id for level in b.scheme.levels if self.diff(a, b, level.id, scope)]

    def changed(self, a: State, b: State, level: str, scope: str = "") -> Changed:
        """Return what the maps of a difference show."""
        diff = self.diff(a, b, level, scope)
        return self._keep(("changed", _name(a), _name(b), level, scope), lambda: changed(level, diff.units, diff.pieces))

    def plan(self, state: State) -> Plan:
        """Return the plan of a state."""
        return self._keep(("plan", _name(state)), state.to_plan)


def differences() -> Differences:
    """Return those of the desk that serves this request."""
    now, kept = current_app.extensions["geogrid"].desk(), current_app.extensions.get(_KEY)
    if kept is None or kept.desk is not now:
        kept = current_app.extensions[_KEY] = Differences(now)
    return kept


def read_state(text: str) -> tuple[Reference, State]:
    """Return the state that an address names (`geogrid.edit.reference`)."""
    found = differences()
    reference = parse_reference(text, [plan.id for plan in found.desk.plans()])
    return reference, found.state(reference)


def scope() -> str:
    """Return the code of the unit that the visitor is confined to, "" for none."""
    return current_user().scope


def first_level(levels: Sequence[str], found: Differences, a: State, b: State) -> str:
    """Return the level that a change is told on: the highest on which land moved, else the highest on which anything changed."""
    moved = [level for level in levels if len(found.diff(a, b, level, scope()).pieces)]
    return (moved or list(levels) or [a.scheme.levels[-1].id])[0]


def _name(state: State) -> tuple[str, int]:
    return state.plan, state.version


def _confined(diff: Diff, a: State, b: State, code: str) -> Diff:
    """Return what of a difference lies in the unit with a code, before or after."""

    def inside(unit: int) -> bool:
        return any(code in (state.units[up].code for up in state.chain(unit)) for state in (a, b) if unit in state.units)

    units = diff.units[[inside(int(unit)) for unit in diff.units.index]]
    pieces = diff.pieces[
        [inside(int(one)) or inside(int(other)) for one, other in zip(diff.pieces["from_unit"], diff.pieces["to_unit"], strict=True)]
    ]
    return replace(diff, units=units, pieces=pieces)
