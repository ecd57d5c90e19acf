"""What the service does for editing: states of plans, the deltas between them, and the land that the editor draws, each made once.

The desk (`geogrid.store.desk`) writes; here is kept what pages ask for again and again: recent states, deltas as bytes, outlines of units.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from cachetools import LRUCache
from flask import current_app

from geogrid.edit import Change, State, replay
from geogrid.edit.derive import derive
from geogrid.store.desk import Desk
from geogrid.store.records import Committed, Entry
from web import editdata
from web.editdelta import delta
from web.editground import Surroundings, flat_rings, in_degrees, surroundings
from web.served import Served, Source, to_bytes

STATES_KEPT, DELTAS_KEPT = 64, 1000
STEPS_MOST = 200
"""A page that is so many versions behind is told of all of them as one."""


class Editing:
    """The desk of a served project and what was made of its plans. Safe from several threads."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._lock = threading.RLock()
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
        with self._lock:
            if self._land is None:
                self._land = surroundings(self.source.current().project, state.ground)
            if len(self._land.degrees) < len(state.ground.cells):
                self._land = self._land.grown(state.ground)
            return self._land

    # -- deltas
    def delta(self, committed: Committed) -> bytes:
        """Return what pages are told of a commit, and keep it for those that ask later."""
        self._noted(committed.state)
        key = (committed.state.plan, committed.before)
        made = self._bytes(self._at(*key), committed.state, committed.change, committed.entries[-1])
        with self._lock:
            self._deltas[key] = (committed.version, made)
        return made

    def changes(self, plan: str, since: int) -> tuple[int, list[bytes]]:
        """Return the version of a plan, and the deltas that lead there from `since`, the oldest first."""
        now, found = self.desk.version(plan), []
        at = since
        while at < now:
            if (plan, at) not in self._deltas:
                self._catch_up(plan, at, now)
            at, made = self._deltas[plan, at]
            found.append(made)
        return now, found

    def _catch_up(self, plan: str, at: int, until: int) -> None:
        """Make the deltas of versions that somebody else wrote; of very many, one for all."""
        entries = self.desk.log(plan, since=at, until=until)
        state = self._at(plan, at)
        if len(entries) > STEPS_MOST:
            after = self._at(plan, until)
            state = state.on(after.ground) if len(state.leaf) < len(after.leaf) else state
            self._deltas[plan, at] = (until, self._bytes(state, after, Change.between(state, after), entries[-1]))
            return
        for entry in entries:
            state = state.on(entry.ground) if len(state.leaf) < len(entry.ground.atoms) else state
            after = replay(state, entry.change)
            self._deltas[plan, state.version] = (after.version, self._bytes(state, after, entry.change, entry))
            state = after

    def _bytes(self, before: State, after: State, change: Change, entry: Entry) -> bytes:
        facts = {"version": after.version, "author": entry.author, "time": entry.time, "kind": entry.kind, "reason": entry.reason}
        before = before.on(after.ground) if len(before.leaf) < len(after.leaf) else before
        return to_bytes(facts | delta(before, after, change, self.land(after)))

    # -- outlines
    def outlines(self, state: State, ids: Sequence[int]) -> Mapping[int, editdata.Rings]:
        """Return the rings of units in degrees."""
        shapes = derive(state, ids)
        return dict(zip(ids, flat_rings(in_degrees([shapes[unit] for unit in ids], state.ground.crs)), strict=True))


def editing() -> Editing:
    """Return the editing of the running application."""
    return current_app.extensions["geogrid.editing"]


def install(app: Any, source: Source) -> None:
    """Give the application its editing; the file is opened for writing at the first edit."""
    app.extensions["geogrid.editing"] = Editing(source)
