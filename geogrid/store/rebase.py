"""A draft's change on top of what its plan has become since: the same atoms and units go the same way, new units get ids and codes that are free."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from geogrid.edit.change import Change
from geogrid.edit.making import middle
from geogrid.edit.state import State, Unit
from geogrid.plan import NO_UNIT


def rebased(change: Change, draft: State, onto: State) -> Change:
    """Return `change`, which led to the state `draft`, as one of `onto`: both have what it touches as it was before.

    A code that `onto` has given meanwhile, or that says a parent which has another code there, gives way to the next free one. Raises EditError where
    none is.
    """
    ids = _free_ids(change, onto)
    moved = Change(change.positions, change.before, _mapped(change, ids), tuple((old, _renumbered(new, ids)) for old, new in change.units))
    codes = _free_codes(moved, {new: old for old, new in ids.items()}, draft, onto)
    if not codes:
        return replace(moved, lineage=change.lineage, lineage_back=change.lineage_back)
    units = tuple((old, new and new._replace(code=codes.get(new.id, new.code))) for old, new in moved.units)
    said = {pair[1].code: codes[pair[1].id] for pair in moved.units if pair[1] and pair[1].id in codes}
    lineage = tuple((code, tuple(said.get(each, each) for each in after)) for code, after in change.lineage)
    back = tuple((said.get(code, code), after) for code, after in change.lineage_back)
    return replace(moved, units=units, lineage=lineage, lineage_back=back)


def _free_ids(change: Change, onto: State) -> dict[int, int]:
    """Return new ids of the units that a change makes, where another unit has theirs."""
    made = [new.id for old, new in change.units if old is None and new is not None]
    free = max([onto.next_id, *(unit + 1 for unit in made)])
    return {unit: free + n for n, unit in enumerate(unit for unit in made if unit < onto.next_id)}


def _mapped(change: Change, ids: Mapping[int, int]) -> np.ndarray:
    after = change.after.copy()
    for unit, other in ids.items():
        after[change.after == unit] = other
    return after


def _renumbered(unit: Unit | None, ids: Mapping[int, int]) -> Unit | None:
    return unit and unit._replace(id=ids.get(unit.id, unit.id), parent=ids.get(unit.parent, unit.parent))


def _free_codes(change: Change, was: Mapping[int, int], draft: State, onto: State) -> dict[int, str]:
    """Return the codes of units (ids) that must be others than the draft gave, top level first, each level in the order of the draft's codes."""
    fresh = [new for old, new in change.units if new and (old is None or old.code != new.code)]
    fresh.sort(key=lambda unit: (onto.depths[unit.level], len(unit.code), unit.code))
    codes: dict[int, str] = {}
    given = [(unit.level, unit.code, unit.id) for unit in fresh if unit.code not in onto.issued]
    for unit in fresh:
        parent = codes.get(unit.parent) or _code(change, onto, unit.parent)
        above = draft.units.get(was.get(unit.parent, unit.parent))
        is_said = above is not None and above.code != parent and onto.book.is_of_parent(unit.level)
        if unit.code not in onto.issued and not is_said:
            continue
        place = middle(draft.ground, draft.atoms_below(was.get(unit.id, unit.id)))[None, :2]
        codes[unit.id] = onto.book.next(unit.level, parent, place, given)[0]
        given.append((unit.level, codes[unit.id], unit.id))
    return codes


def _code(change: Change, onto: State, unit: int) -> str:
    """Return the code that a unit has after a change."""
    if unit == NO_UNIT:
        return ""
    return next((new.code for _, new in change.units if new and new.id == unit), None) or onto.units[unit].code
