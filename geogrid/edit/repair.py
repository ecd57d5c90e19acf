"""A unit out of its bounds, or in pieces, divided anew with its neighbours: a proposal, never applied by itself.

Two units are tried, then three, up to five, all under one parent, until a set can be made sound; the kernel starts from the units as they are, so
that homes stay where they can. What mends most is taken; of several such what moves the fewest households.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import shapely

from geogrid.edit.apply import apply
from geogrid.edit.derive import rows
from geogrid.edit.edits import Compose, Create, Edit, Merge, Move
from geogrid.edit.refusals import refused
from geogrid.edit.settle import Outcome
from geogrid.edit.state import ABSENT, State, Unit
from geogrid.edit.terrain import survey
from geogrid.errors import EditError
from geogrid.plan import NO_UNIT
from geogrid.rules.reasons import is_held
from geogrid.scheme import Level

MOST_UNITS = 5
MOST_TRIES = 8
"""Sets of each size that are tried: a planner waits for the answer."""
Fault = tuple[int, int]
"""Units that are out of bounds or in pieces, and the households by which they are out."""


class Better(NamedTuple):
    """A division that is better than what is: the lower its `rank` (faults and households out of bounds that it adds, households that it moves)."""

    rank: tuple[int, int, int]
    is_sound: bool
    edit: Edit


def repair_here(state: State, code: str) -> Edit:
    """Return the edit that divides a unit and some of its neighbours better than they are.

    Raises EditError, reason `nothing_to_repair`, where the unit is sound, its level has no bounds, or no better division is found.
    """
    unit = state.unit(code)
    rule = state.scheme.level(unit.level)
    if rule.households is None or not rule.kinds.get(unit.kind, True) or not _fault(state, [unit.id], rule)[0]:
        raise refused("nothing_to_repair", [code], do="nothing is wrong with it", do_zh="该单元没有问题")
    best: Better | None = None
    sound_at = MOST_UNITS
    for tried in _sets(state, unit, rule):
        if len(tried) > sound_at:
            break
        found = _divided(state, tried, rule)
        if found is not None:
            best = found if best is None or found.rank < best.rank else best
            sound_at = len(tried) if found.is_sound else sound_at
    if best is None:
        raise refused("nothing_to_repair", [code], do="move homes by hand, or give a reason", do_zh="请手工改划，或说明理由")
    return best.edit


def _sets(state: State, unit: Unit, rule: Level) -> Iterator[list[int]]:
    """Go through sets of neighbours round a unit, small ones first; each connected, with the unit first."""
    known: dict[int, Counter[int]] = {}
    front = [[unit.id]]
    for _ in range(MOST_UNITS - 1):
        grown: dict[frozenset[int], tuple[float, list[int]]] = {}
        for each in front:
            beside: Counter[int] = Counter()
            for member in each:
                known[member] = known.get(member) or _beside(state, member, rule)
                beside.update({other: metres for other, metres in known[member].items() if other not in each})
            for other, metres in beside.items():
                grown.setdefault(frozenset([*each, other]), (-metres, [*each, other]))
        front = [members for _, members in sorted(grown.values())[:MOST_TRIES]]
        yield from front


def _beside(state: State, unit: int, rule: Level) -> Counter[int]:
    """Return the units with bounds under the same parent that share a border or a cell with a unit, by metres of it (whole ones)."""
    ground, metres = state.ground, Counter[int]()
    parent = state.units[unit].parent
    for row in state.cells_of(unit).tolist():
        near, length = ground.neighbours(row)
        for other, border in zip([row, *near.tolist()], [ground.perimeter_m[row], *length.tolist()], strict=True):
            atoms = ground.atoms_of(other)
            for owner in set(state.owners(atoms[state.leaf[atoms] != ABSENT], rule.id).tolist()) - {unit, NO_UNIT}:
                row_of = state.units[owner]
                if row_of.parent == parent and rule.kinds.get(row_of.kind, True):
                    metres[owner] += round(float(border))
    return metres


def _fault(state: State, units: list[int], rule: Level) -> Fault:
    """Return how faulty some units are."""
    lower, upper = rule.households or (0, 2**30)
    bad = off = 0
    for row in rows(state, units):
        out = max(lower - row.households, row.households - upper, 0) if rule.kinds.get(row.kind, True) else 0
        shape = row.geometry
        apart = shape is not None and shapely.get_num_geometries(shape) > 1 and not is_held(shape, row.link_m)
        bad, off = bad + int(out > 0) + int(apart), off + out
    return bad, off


def _divided(state: State, units: list[int], rule: Level) -> Better | None:
    """Return the kernel's division of some units; None where it is no better, or is refused."""
    lower, upper = rule.households or (0, 2**30)
    positions = np.sort(np.concatenate([state.atoms_below(unit) for unit in units]))
    terrain = survey(state, positions, rule.id, by_area=False)
    number = {unit: i for i, unit in enumerate(units)}
    owner = np.array([number[unit] for unit in state.owners(positions, rule.id).tolist()])
    before = np.zeros(len(terrain.weight), np.int64)
    before[terrain.node] = owner
    label = terrain.cut(lower, upper, previous=before).labels
    weight = np.bincount(label, terrain.weight)
    label = np.where(weight[label] > 0, label, before)  # land alone stays with its unit
    edits = _edits(state, units, positions, owner, label[terrain.node], rule)
    if not edits:
        return None
    edit = edits[0] if len(edits) == 1 else Compose(tuple(edits))
    try:
        outcome = apply(state, edit)
    except EditError:
        return None
    was, left = _fault(state, units, rule), _fault(outcome.state, _level_units(outcome, units, rule), rule)
    moved = int(state.ground.households[positions[label[terrain.node] != owner]].sum())
    return Better((left[0] - was[0], left[1] - was[1], moved), left[0] == 0, edit) if left < was else None


def _level_units(outcome: Outcome, units: list[int], rule: Level) -> list[int]:
    """Return the units of the level that are in force after an edit, of those named and those that it touched."""
    after = outcome.state.units
    return sorted(unit for unit in {*units, *outcome.touched} if unit in after and after[unit].level == rule.id)


def _edits(state: State, units: list[int], positions: np.ndarray, owner: np.ndarray, label: np.ndarray, rule: Level) -> list[Edit]:
    """Return the edits that bring a division about: new groups are created, atoms move, an emptied unit is merged into who takes most of it."""
    codes, parent = state.ground.codes[positions], state.units[units[0]].parent
    above = None if parent == NO_UNIT else state.handle(parent)
    named = [state.handle(unit) for unit in units]
    moved: list[Edit] = []
    merged: list[Edit] = []
    created: list[Edit] = []
    stays = np.zeros(len(positions), dtype=bool)
    for number, unit in enumerate(named):
        takers = label[owner == number]
        if (label == number).any() or not (takers < len(units)).any():
            continue
        into = int(np.argmax(np.bincount(takers[takers < len(units)])))
        stays |= (owner == number) & (label == into)
        merged.append(Merge((unit, named[into]), named[into]))
    for group in np.unique(label).tolist():
        mine = codes[(label == group) & (owner != group) & ~stays]
        if group >= len(units):
            created.append(Create(rule.id, above, "", tuple(codes[label == group].tolist())))
        elif len(mine):
            moved.append(Move(tuple(mine.tolist()), named[group]))
    return [*moved, *merged, *created]  # a new code may be one of another level: whoever is named is named before
