"""Atoms that change hands: Move and Create.

T is given atoms. A unit below T's level all of whose atoms go moves along: T becomes its parent, it keeps its id and what is under it.
Of one that goes in part, the atoms that go have T itself as their leaf: unassigned below T, until somebody divides them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from geogrid.edit.edits import Create, Move
from geogrid.edit.making import Making, middle
from geogrid.edit.refusals import refused
from geogrid.edit.state import ABSENT, State
from geogrid.plan import NO_UNIT


def find_positions(state: State, codes: Sequence[str]) -> np.ndarray:
    """Return the positions of atoms by code, ascending, each once; raises EditError for one that the plan has not."""
    found = {code: state.ground.position_of(code) for code in codes}
    for code, position in found.items():
        if position < 0 or state.leaf[position] == ABSENT:
            raise refused("no_atom", atom=code)
    return np.array(sorted(found.values()), dtype=np.int64)


def move(making: Making, edit: Move) -> None:
    """Give atoms to a unit, or to none."""
    to = NO_UNIT if edit.to is None else making.state.unit(edit.to).id
    give(making, find_positions(making.state, edit.atoms), to)


def create(making: Making, edit: Create) -> None:
    """Make a unit of atoms."""
    state = making.state
    level = state.scheme.level(edit.level)
    parent = parent_of(state, edit.parent, edit.level)
    kind = edit.unit_kind or next(iter(level.kinds))
    if kind not in level.kinds:
        known = ", ".join(level.kinds)
        raise refused("unknown_kind", level=level.id, level_zh=level.name.zh, value=kind, known=known)
    positions = find_positions(state, edit.atoms)
    (unit,) = making.create(edit.level, parent, [middle(state.ground, positions)], names=[edit.name], kind=kind)
    give(making, positions, unit)


def parent_of(state: State, code: str | None, level: str) -> int:
    """Return the id of a parent for a unit of a level; raises EditError where it is of no higher level, or missing below the top."""
    rule = state.scheme.level(level)
    if code is None:
        if state.depths[level]:
            raise refused("needs_parent", level=level, level_zh=rule.name.zh)
        return NO_UNIT
    parent = state.unit(code)
    if state.depths[parent.level] >= state.depths[level]:
        raise refused("wrong_level", [code], level=level, level_zh=rule.name.zh)
    return parent.id


def give(making: Making, positions: np.ndarray, to: int) -> None:
    """Give atoms to a unit (or NO_UNIT), with the units under it that go whole."""
    state = making.state
    whole = _whole(making, positions, making.depth(to)) if to != NO_UNIT else []
    loose = np.setdiff1d(positions, np.concatenate([state.atoms_below(unit) for unit in whole])) if whole else positions
    if len(loose):
        making.assign(loose, to)
    making.put_under([unit for unit in whole if making.unit(unit).parent != to], to)


def _whole(making: Making, positions: np.ndarray, depth: int) -> list[int]:
    """Return the units deeper than `depth` all of whose atoms are among `positions`, without those under another such."""
    state = making.state
    if depth >= len(state.scheme.levels) - 1:
        return []
    leaves, counts = np.unique(state.leaf[positions], return_counts=True)
    taken: Counter[int] = Counter()
    for leaf, count in zip(leaves.tolist(), counts.tolist(), strict=True):
        for unit in state.chain(leaf):
            taken[unit] += count
    whole = {unit for unit, count in taken.items() if state.depth(unit) > depth and count == sum(len(state.members(u)) for u in state.below(unit))}
    return sorted(unit for unit in whole if state.units[unit].parent not in whole)
