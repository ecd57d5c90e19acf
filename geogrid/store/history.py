"""Every state that a plan was ever in: its newest is kept and brought up to date from the log, an older one is a snapshot and the changes after it.

A state made of an older one shares all that is alike, so that a version costs what differs, not what the plan holds. Other programs may write to
the same file: whoever asks hears of what they did, for each answer begins with the version that the file has now.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Hashable, Iterable
from dataclasses import replace

import numpy as np
from cachetools import LRUCache
from pyproj import CRS

from geogrid.edit.change import Change, replay
from geogrid.edit.ground import Ground
from geogrid.edit.state import ABSENT, State, Unit
from geogrid.errors import NotFoundError
from geogrid.store import log, snapshot
from geogrid.store.frames import read_table
from geogrid.store.plans import find_plan
from geogrid.store.scheme_json import scheme_from_dict
from geogrid.store.snapshot import Image

_FEW = 50  # changes that are sooner replayed one by one than together
_KEPT, _LATELY = 32, 16


class History:
    """The states of one project file. `con` is used under `lock`; a caller inside a transaction hands in its own connection."""

    def __init__(self, con: sqlite3.Connection, lock: threading.RLock) -> None:
        self._con, self._lock = con, lock
        self._ground: Ground | None = None
        self._heads: dict[str, State] = {}
        self._kept: LRUCache[Hashable, State | Image] = LRUCache(_KEPT)
        self._lately: LRUCache[Hashable, State] = LRUCache(_LATELY)
        self._facts: dict[str, str] = {}

    def ground(self, con: sqlite3.Connection | None = None) -> Ground:
        """Return all cells and atoms that the file has now."""
        with self._lock:
            con = con or self._con
            if self._ground is None:
                self._facts = dict(con.execute("SELECT key, value FROM meta WHERE key LIKE 'store.%'"))
                self._ground = _read_ground(con, self._facts)
            elif con.execute("SELECT max(fid) FROM atom").fetchone()[0] != _last(self._ground):
                self._ground = _with_new(con, self._ground)
            return self._ground

    def head(self, plan: str, con: sqlite3.Connection | None = None) -> State:
        """Return the newest state of a plan; raises NotFoundError."""
        with self._lock:
            con = con or self._con
            row, info = find_plan(con, plan)
            known = self._heads.get(plan)
            if known is None or known.version > info.version:  # the file was replaced by an older one
                known = self._made(con, row, plan, info.version)
            elif known.version < info.version:
                known = self._caught_up(con, row, known, info.version)
            if len(known.leaf) < len(self.ground(con).atoms):  # another plan has cut cells
                known = known.on(self.ground(con))
            if known.state != info.state:
                known = replace(known, state=info.state)
            self._note(known)
            return known

    def keep_head(self, state: State) -> None:
        """Take note of a state that has just been committed."""
        with self._lock:
            known = self._heads.get(state.plan)
            if known is None or known.version <= state.version:
                self._note(state)
            if self._ground is None or len(self._ground.atoms) < len(state.ground.atoms):
                self._ground = state.ground

    def _note(self, state: State) -> None:
        """Keep a plan's newest state, and for a while the one before: who read that version still asks what differs."""
        known = self._heads.get(state.plan)
        if known is not None and known.version < state.version:
            self._lately[state.plan, known.version] = known
        self._heads[state.plan] = state

    def at(self, plan: str, version: int, con: sqlite3.Connection | None = None) -> State:
        """Return a plan at a version; raises NotFoundError where it has none such."""
        with self._lock:
            con = con or self._con
            head = self.head(plan, con)
            if version == head.version:
                return head
            row, _ = find_plan(con, plan)
            _check_version(con, row, plan, version, head.version)
            if lately := self._lately.get((plan, version)):
                return lately.on(head.ground) if len(lately.leaf) < len(head.leaf) else lately
            if (plan, version) not in self._kept:
                image = self._image(con, row, version)
                adopted = con.execute("SELECT 1 FROM edit WHERE plan = ? AND kind = 'adopt' AND version <= ?", (row, version)).fetchone()
                self._kept[plan, version] = _like(head, image, version, "adopted" if adopted else "draft")
            return self._kept[plan, version]

    def first_image(self, con: sqlite3.Connection, row: int) -> Image:
        """Return what the first snapshot of a plan (its row) holds."""
        return self._stored(con, row, snapshot.versions(con, row)[0], None)

    def _stored(self, con: sqlite3.Connection, row: int, version: int, first: Image | None) -> Image:
        key = ("image", row, version)
        if key not in self._kept:
            self._kept[key] = snapshot.read(con, row, version, first)
        return self._kept[key]

    def _made(self, con: sqlite3.Connection, row: int, plan: str, version: int) -> State:
        ground, image = self.ground(con), self._image(con, row, version)
        scheme = scheme_from_dict(json.loads(self._facts["store.scheme"]))
        parts = {"retired": image.retired.values(), "issued": image.issued, "lineage": image.lineage}
        return State.made(ground, scheme, _padded(image.leaf, ground), image.units.values(), plan=plan, version=version, **parts)

    def _caught_up(self, con: sqlite3.Connection, row: int, state: State, version: int) -> State:
        ground = self.ground(con)
        state = state.on(ground) if len(state.leaf) < len(ground.atoms) else state
        texts = log.changes(con, row, state.version, version)
        if len(texts) > _FEW:
            image = _with_changes(Image.of(state), texts, ground)
            state = _like(state, image, version, state.state)
            next_id = max([state.next_id, *(unit + 1 for unit in image.retired)])
            return replace(state, book=state.book.with_codes(_all_codes(image, state)), next_id=next_id)
        for text in texts:
            state = replay(state, Change.from_json(ground, json.loads(text)))
        return replace(state, version=version)

    def _image(self, con: sqlite3.Connection, row: int, version: int) -> Image:
        known = snapshot.versions(con, row)
        at = max(each for each in known if each <= version)
        image = self._stored(con, row, at, None if at == known[0] else self.first_image(con, row))
        return _with_changes(image, log.changes(con, row, at, version), self.ground(con))


def _check_version(con: sqlite3.Connection, row: int, plan: str, version: int, last: int) -> None:
    first = snapshot.versions(con, row)[0]
    if not first <= version <= last:
        message = f"plan {plan} has no version {version}; it has {first} to {last}"
        raise NotFoundError(message, f"方案 {plan} 没有第 {version} 版；现有第 {first} 至 {last} 版", value=version, known=[first, last])


def _like(state: State, image: Image, version: int, stands: str) -> State:
    """Return the state that an image shows, sharing with `state` all that is alike; its codes are never given again, whenever they were."""
    leaf = _padded(image.leaf, state.ground)
    at = np.flatnonzero(leaf != state.leaf)
    ids = [i for i, unit in image.units.items() if state.units.get(i) is not unit and state.units.get(i) != unit]
    ids += [i for i in state.units if i not in image.units]
    units = tuple((state.units.get(i), image.units.get(i)) for i in sorted(ids))
    other = replay(state, Change(at, state.leaf[at], leaf[at], units)) if len(at) or units else state
    return replace(other, version=version, state=stands, retired=image.retired, lineage=image.lineage)


def _with_changes(image: Image, texts: list[str], ground: Ground) -> Image:
    """Return an image after changes (their JSON), all at once."""
    if not texts:
        return image
    leaf, units, retired = _padded(image.leaf, ground).copy(), dict(image.units), dict(image.retired)
    lineage, issued, last = dict(image.lineage), dict(image.issued), {}
    for document in json.loads(f"[{','.join(texts)}]"):
        for _, after, atoms in document["atoms"]:
            last.update(dict.fromkeys(atoms, after))
        for old, new in document["units"]:
            _put(units, retired, issued, old, new)
        lineage.update((code, tuple(after)) for code, after in document["lineage"])
    at = ground.positions_of_ids(np.fromiter(last, np.int64, len(last)))
    leaf[at] = np.fromiter(last.values(), np.int32, len(last))
    return Image(leaf, units, retired, issued, lineage)


def _put(units: dict[int, Unit], retired: dict[int, Unit], issued: dict[str, int], old: list | None, new: list | None) -> None:
    if new is not None:
        units[new[0]] = Unit(*new)
        retired.pop(new[0], None)
    elif old is not None:
        retired[old[0]] = units.pop(old[0])
    if old is not None and (new is None or new[3] != old[3]):
        issued[old[3]] = old[0]


def _all_codes(image: Image, state: State) -> Iterable[tuple[str, str, int]]:
    """Return (level, code, unit) of codes that an image knows and a state's book does not."""
    named = [(unit.level, unit.code, unit.id) for units in (image.units, image.retired) for unit in units.values()]
    return [each for each in [*(("", code, unit) for code, unit in image.issued.items()), *named] if each[1] not in state.issued]


def _padded(leaf: np.ndarray, ground: Ground) -> np.ndarray:
    more = len(ground.atoms) - len(leaf)
    return np.concatenate([leaf, np.full(more, ABSENT, np.int32)]) if more else leaf


def _read_ground(con: sqlite3.Connection, facts: dict[str, str]) -> Ground:
    crs = CRS.from_user_input(json.loads(facts["store.crs"]))
    outline = read_table(con, "district", crs).geometry.iloc[0]
    cells, atoms = read_table(con, "cell", crs, index="cell"), read_table(con, "atom", index="atom")
    return Ground(cells, atoms, outline, json.loads(facts["store.district_source"]))


def _last(ground: Ground) -> int | None:
    return int(ground.atom_ids[-1]) if len(ground.atoms) else None


def _with_new(con: sqlite3.Connection, ground: Ground) -> Ground:
    """Return the ground with the cells and atoms that another program has added."""
    last = int(ground.cell_ids[-1])
    cells = read_table(con, "cell", ground.crs, index="cell", where=f"fid > {last}")
    atoms = read_table(con, "atom", index="atom", where=f"fid > {_last(ground)}")
    return ground.with_cells(cells, atoms)
