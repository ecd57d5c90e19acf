"""What an edit did, resolved: which atoms went from which unit to which, which units came, changed and went.

A change is replayed without asking any rule again, and its inverse is one too. Codes and ids stay as they were first given, so that replaying a
log gives the same plan whatever a later version of the program would decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from geogrid.edit.ground import Ground
from geogrid.edit.state import State, Unit, find_members
from geogrid.errors import ConflictError, StoreError
from geogrid.plan import NO_UNIT

MANY = 2000
"""Atoms from which on it is quicker to find the members of all units anew."""
Lineage = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, eq=False)
class Change:
    """`positions` (n,) int64 of atoms, ascending; `before`, `after` (n,) int32 their leaves (a unit id, NO_UNIT, ABSENT).

    `units`: (before, after) of each unit that changed, None where it was not or is no more; ascending by id. `lineage`: codes that went, with those
    that came after them; `lineage_back`: the same for the inverse.
    """

    positions: np.ndarray
    before: np.ndarray
    after: np.ndarray
    units: tuple[tuple[Unit | None, Unit | None], ...] = ()
    lineage: Lineage = ()
    lineage_back: Lineage = ()

    @property
    def issued(self) -> tuple[tuple[str, str, int], ...]:
        """(level, code, unit id) of the codes that units have after the change and had not before, in order of the units."""
        return tuple((new.level, new.code, new.id) for old, new in self.units if new is not None and (old is None or old.code != new.code))

    def inverse(self) -> Change:
        """Return the change that takes this one back."""
        units = tuple((after, before) for before, after in self.units)
        return Change(self.positions, self.after, self.before, units, self.lineage_back, self.lineage)

    def to_json(self, ground: Ground) -> dict[str, Any]:
        """Return the change as JSON values: atoms by number, in runs of the same before and after; units as rows of `Unit`."""
        ids = ground.atom_ids[self.positions].tolist()
        runs: dict[tuple[int, int], list[int]] = {}
        for atom, before, after in zip(ids, self.before.tolist(), self.after.tolist(), strict=True):
            runs.setdefault((before, after), []).append(atom)
        return {
            "atoms": [[before, after, atoms] for (before, after), atoms in runs.items()],
            "units": [[list(unit) if unit else None for unit in pair] for pair in self.units],
            "lineage": [[code, list(after)] for code, after in self.lineage],
            "lineage_back": [[code, list(after)] for code, after in self.lineage_back],
        }

    @classmethod
    def from_json(cls, ground: Ground, document: Mapping[str, Any]) -> Change:
        """Return the change of what `to_json` gave; raises StoreError where the ground has no such atoms."""
        runs = document["atoms"]
        atoms = np.array([atom for _, _, each in runs for atom in each], dtype=np.int64)
        before = np.array([before for before, _, each in runs for _ in each], dtype=np.int32)
        after = np.array([after for _, after, each in runs for _ in each], dtype=np.int32)
        positions = ground.positions_of_ids(atoms)
        if (positions < 0).any():
            lost = int(atoms[positions < 0][0])
            raise StoreError(f"the log names atom {lost}, which the project lacks: restore a backup", f"调整记录中的基元 {lost} 不存在，请恢复备份")
        order = np.argsort(positions, kind="stable")
        old_new = tuple(tuple(Unit(*unit) if unit else None for unit in pair) for pair in document["units"])
        lineages = [tuple((code, tuple(codes)) for code, codes in document[name]) for name in ("lineage", "lineage_back")]
        return cls(positions[order], before[order], after[order], old_new, *lineages)

    @classmethod
    def between(cls, a: State, b: State, lineage: Lineage = (), lineage_back: Lineage = ()) -> Change:
        """Return the change that makes the leaves and units of state `a` those of `b`; both on grounds of the same rows."""
        positions = np.flatnonzero(a.leaf != b.leaf)
        ids = sorted(_differing(a.units, b.units))
        units = tuple((a.units.get(i), b.units.get(i)) for i in ids)
        return cls(positions, a.leaf[positions], b.leaf[positions], units, lineage, lineage_back)


def _differing(a: Mapping[int, Unit], b: Mapping[int, Unit]) -> set[int]:
    """Return the ids under which two states have different units; most are one and the same object."""
    if a is b:
        return set()
    return {i for i, unit in b.items() if (other := a.get(i)) is not unit and other != unit} | (a.keys() - b.keys())


def id_of(before: Unit | None, after: Unit | None) -> int:
    """Return the id of the unit that a change has before or after it."""
    return before.id if before else after.id if after else NO_UNIT


def replay(state: State, change: Change) -> State:
    """Return the next version of a state, with a change made in it. Raises ConflictError where the state is not what the change was made of."""
    _check_before(state, change)
    if len(change.positions):
        leaf = state.leaf.copy()
        leaf[change.positions] = change.after
        leaf.setflags(write=False)
        members = _moved(state.members_of, change) if len(change.positions) < MANY else find_members(leaf)
        state = replace(state, leaf=leaf, members_of=members)
    if change.units:
        state = _with_units(state, change)
    lineage = {**state.lineage, **dict(change.lineage)} if change.lineage else state.lineage
    return replace(state, lineage=lineage, version=state.version + 1)


def _check_before(state: State, change: Change) -> None:
    """Refuse a change that was made of other leaves or other units."""
    other = [unit for unit, _ in change.units if unit is not None and state.units.get(unit.id) != unit]
    other += [state.units[new.id] for old, new in change.units if old is None and new is not None and new.id in state.units]
    if other:
        codes = sorted({unit.code for unit in other})
        raise _conflict(state, codes)
    wrong = change.positions[state.leaf[change.positions] != change.before]
    if len(wrong):
        leaves = sorted(set(state.leaf[wrong].tolist()))
        raise _conflict(state, [state.units[leaf].code for leaf in leaves if leaf in state.units])


def _conflict(state: State, codes: list[str]) -> ConflictError:
    shown, shown_zh = ", ".join(codes[:5]) or "land outside all units", "、".join(codes[:5]) or "未划入任何单元的用地"
    message = f"plan {state.plan}: {shown} changed in the meantime: look at the change, then do yours again"
    return ConflictError(message, f"方案 {state.plan}：{shown_zh} 已被改动，请先查看再重做", version=state.version, units=codes)


def _moved(members_of: Mapping[int, np.ndarray], change: Change) -> dict[int, np.ndarray]:
    """Return the members of all leaves, brought up to date for those that lost or gained atoms."""
    members = dict(members_of)
    empty = np.zeros(0, np.int64)
    for leaf in np.unique(change.before).tolist():
        if leaf >= NO_UNIT:
            _put(members, leaf, np.setdiff1d(members.get(leaf, empty), change.positions[change.before == leaf], assume_unique=True))
    for leaf in np.unique(change.after).tolist():
        if leaf >= NO_UNIT:
            _put(members, leaf, np.sort(np.concatenate([members.get(leaf, empty), change.positions[change.after == leaf]])))
    return members


def _put(members: dict[int, np.ndarray], leaf: int, positions: np.ndarray) -> None:
    if len(positions):
        positions.setflags(write=False)
        members[leaf] = positions
    else:
        members.pop(leaf, None)


def _with_units(state: State, change: Change) -> State:
    """Return the state with its units and their indices brought up to date."""
    units, retired, ids, children = dict(state.units), state.retired, state.ids, state.children_of
    for old, new in change.units:
        if new is None and old is not None:
            del units[old.id]
            retired = {**retired, old.id: old}
        elif new is not None:
            units[new.id] = new
            if new.id in retired:
                retired = {i: unit for i, unit in retired.items() if i != new.id}
    codes = [(old, new) for old, new in change.units if old is None or new is None or old.code != new.code]
    if codes:
        ids = _listed(ids, ((old.code, old.id) for old, _ in codes if old), ((new.code, new.id) for _, new in codes if new))
    parents = [(old, new) for old, new in change.units if old is None or new is None or old.parent != new.parent]
    if parents:
        children = _listed(children, ((old.parent, old.id) for old, _ in parents if old), ((new.parent, new.id) for _, new in parents if new))
    book = state.book.with_codes(change.issued) if change.issued else state.book
    next_id = max([state.next_id, *(new.id + 1 for _, new in change.units if new)])
    return replace(state, units=units, retired=retired, ids=ids, children_of=children, book=book, next_id=next_id)


def _listed(index: Mapping[Any, tuple[int, ...]], gone: Iterable[tuple[Any, int]], come: Iterable[tuple[Any, int]]) -> dict[Any, tuple[int, ...]]:
    """Return an index of ids under keys without those that are gone and with those that came."""
    listed = dict(index)
    for key, unit in gone:
        left = tuple(i for i in listed[key] if i != unit)
        if left:
            listed[key] = left
        else:
            del listed[key]
    for key, unit in come:
        listed[key] = tuple(sorted((*listed.get(key, ()), unit)))
    return listed
