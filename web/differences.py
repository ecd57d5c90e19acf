"""States of plans and what lies between them, as one visitor may see them, read from the project's desk and kept while they are asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeVar

from cachetools import LRUCache
from flask import current_app

from geogrid.edit.diff import Diff, diff_states
from geogrid.edit.reference import Reference, parse_reference
from geogrid.edit.state import State
from geogrid.maps.changed import Changed, changed
from geogrid.plan import Plan
from geogrid.store import Desk
from web.accounts import current_user
from web.confined import confined

_KEY = "geogrid.differences"
_KEPT, _SCOPES = 100, 8
T = TypeVar("T")


class Differences:
    """What one desk's states differ in, of a scope unit and what is below it ("" for all); a version never changes, so nothing kept goes stale."""

    def __init__(self, desk: Desk, scope: str = "") -> None:
        self.desk, self.scope = desk, scope
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
        """Return a state. Raises NotFoundError for a version or day that the plan does not have, ForbiddenError where the scope unit is not in it."""
        plan, at = reference.plan, reference.at
        if isinstance(at, str):
            return confined(self.desk.state(plan, at), self.scope)
        version = self.desk.version(plan) if at is None else at
        return self._keep(("state", plan, version), lambda: confined(self.desk.state(plan, version), self.scope))

    def diff(self, a: State, b: State, level: str) -> Diff:
        """Return what changed on a level."""
        return self._keep(("diff", _name(a), _name(b), level), lambda: diff_states(a, b, level))

    def levels(self, a: State, b: State) -> list[str]:
        """List the levels, top-down, on which anything changed."""
        return [level.id for level in b.scheme.levels if self.diff(a, b, level.id)]

    def changed(self, a: State, b: State, level: str) -> Changed:
        """Return what the maps of a difference show."""
        diff = self.diff(a, b, level)
        return self._keep(("changed", _name(a), _name(b), level), lambda: changed(level, diff.units, diff.pieces))

    def plan(self, state: State) -> Plan:
        """Return the plan of a state."""
        return self._keep(("plan", _name(state)), state.to_plan)


def differences() -> Differences:
    """Return those that the visitor of this request may see."""
    desk: Desk = current_app.extensions["geogrid"].desk()
    kept: LRUCache[str, Differences] = current_app.extensions.setdefault(_KEY, LRUCache(_SCOPES))
    scope = current_user().scope
    found = kept.get(scope)
    if found is None or found.desk is not desk:
        found = kept[scope] = Differences(desk, scope)
    return found


def read_state(found: Differences, text: str) -> tuple[Reference, State]:
    """Return the state that an address names (`geogrid.edit.reference`)."""
    reference = parse_reference(text, [plan.id for plan in found.desk.plans()])
    return reference, found.state(reference)


def first_level(levels: Sequence[str], found: Differences, a: State, b: State) -> str:
    """Return the level that a change is told on: the highest on which land moved, else the highest on which anything changed."""
    moved = [level for level in levels if len(found.diff(a, b, level).pieces)]
    return (moved or list(levels) or [a.scheme.levels[-1].id])[0]


def _name(state: State) -> tuple[str, int]:
    return state.plan, state.version
