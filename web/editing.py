"""What the service does for editing: states of plans, the deltas between them, and the land that the editor draws, each made once.

The desk (`geogrid.store.desk`) writes; here is kept what pages ask for again and again: recent states, deltas as bytes, outlines of units.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

from cachetools import LRUCache
from flask import current_app

from geogrid.edit import Change, Ground, State, replay
from geogrid.edit.derive import Row, derive
from geogrid.store.desk import Desk
from geogrid.store.records import Committed, Entry
from web import editdata
from web.editdelta import delta
from web.editground import Surroundings, flat_rings, in_degrees, surroundings
from web.served import Served, Source, to_bytes

STATES_KEPT, DELTAS_KEPT = 8, 1000
STEPS_MOST = 200
"""A page that is so many versions behind is told of all of them as one."""


class Editing:
    """The desk of a served project and what was made of its plans. Safe from several threads."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._lock, self._making_land = threading.Lock(), threading.Lock()
        self._forget()
        source.companions.append(self._forget)

    def _forget(self) -> None:
        """Begin anew: another file takes the place of the one that was served."""
        self._land: Surroundings | None = None
        self._states: LRUCache[Hashable, State] = LRUCache(STATES_KEPT)
        self._deltas: LRUCache[Hashable, tuple[int, bytes]] = LRUCache(DELTAS_KEPT)

    @property
    def desk(self) -> Desk:
        """The desk that writes to the file. Raises StoreError where it can not be written to."""
        return self.source.desk()

    def prepare(self) -> None:
        """Make what the first planner would wait for; a file of an earlier format is left as it is until somebody edits it."""
        if not self.source.current().project.is_older_format:
            self.land(self.desk.state())

    def state(self, plan: str, at: int | str | None = None) -> State:
        """Return a plan at a version or date, the newest where none is asked for; raises NotFoundError."""
        return self._noted(self.source.current(plan, at).project.state())

    def kept(self, state: State) -> Served:
        """Return where bytes made of a state are kept."""
        now = self.source.current()
        return Served(now.project, f"{now.version}/{state.plan}.{state.version}", now)

    def _noted(self, state: State) -> State:
        with self._lock:
            self._states[state.plan, state.version] = state
        return state

    def _at(self, plan: str, version: int) -> State:
        with self._lock:
            known = self._states.get((plan, version))
        return known or self.state(plan, version)

    def land(self, state: State) -> Surroundings:
        """Return the land of a state's ground, made once and grown by cells that were cut since."""
        with self._making_land:
            if self._land is None:
                self._land = surroundings(self.source.current().project, state.ground)
            self._land = self._land.grown(state.ground)
            return self._land

    # -- deltas
    def delta(self, committed: Committed) -> bytes:
        """Return what pages are told of a commit, and keep it for those that ask later."""
        self._noted(committed.state)
        plan = committed.state.plan
        before = self._at(plan, committed.before)
        made = self._bytes(before, committed.state, committed.change, committed.entries[-1], getattr(committed, "rows", ()))
        self._keep(plan, committed.before, committed.version, made)
        return made

    def changes(self, plan: str, since: int) -> tuple[int, list[bytes]]:
        """Return the version of a plan, and the deltas that lead there from `since`, the oldest first."""
        now, found, at = self.desk.version(plan), [], since
        while at < now:
            at, made = self._kept(plan, at) or self._caught_up(plan, at, now)
            found.append(made)
        return now, found

    def _kept(self, plan: str, at: int) -> tuple[int, bytes] | None:
        with self._lock:
            return self._deltas.get((plan, at))

    def _keep(self, plan: str, at: int, until: int, made: bytes) -> tuple[int, bytes]:
        with self._lock:
            self._deltas[plan, at] = (until, made)
        return until, made

    def _caught_up(self, plan: str, at: int, until: int) -> tuple[int, bytes]:
        """Make the deltas of versions that somebody else wrote, and return the first; of very many one for all."""
        state, entries = self._at(plan, at), self.desk.log(plan, since=at, until=until)
        if len(entries) > STEPS_MOST:
            after = self._at(plan, until)
            state = _on(state, after.ground)
            return self._keep(plan, at, until, self._bytes(state, after, Change.between(state, after), entries[-1]))
        made = []
        for entry in entries:
            state = _on(state, entry.ground or state.ground)
            after = replay(state, entry.change)
            made.append(self._keep(plan, state.version, after.version, self._bytes(state, after, entry.change, entry)))
            state = after
        return made[0]

    def _bytes(self, before: State, after: State, change: Change, entry: Entry, known: Iterable[Row] = ()) -> bytes:
        facts = {"version": after.version, "author": entry.author, "time": entry.time, "kind": entry.kind, "reason": entry.reason}
        return to_bytes(facts | delta(_on(before, after.ground), after, change, self.land(after), known))

    # -- outlines
    def outlines(self, state: State, ids: Sequence[int]) -> Mapping[int, editdata.Rings]:
        """Return the rings of units in degrees."""
        shapes = derive(state, ids)
        return dict(zip(ids, flat_rings(in_degrees([shapes[unit] for unit in ids], state.ground.crs)), strict=True))


def _on(state: State, ground: Ground) -> State:
    """Return a state on a ground that may have more rows."""
    return state.on(ground) if len(state.leaf) < len(ground.atoms) else state


def editing() -> Editing:
    """Return the editing of the running application."""
    return current_app.extensions["geogrid.editing"]


def install(app: Any, source: Source) -> None:
    """Give the application its editing; the file is opened for writing at the first edit."""
    app.extensions["geogrid.editing"] = Editing(source)
