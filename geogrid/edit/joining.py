"""Units that go, and units that change their place in the tree or their name: Merge, Retire, Reparent, Rename."""

from __future__ import annotations

import numpy as np

from geogrid.edit.edits import Merge, Rename, Reparent, Retire
from geogrid.edit.making import Making, middle
from geogrid.edit.moving import parent_of
from geogrid.edit.refusals import refused
from geogrid.edit.state import Unit
from geogrid.plan import NO_UNIT


def merge(making: Making, edit: Merge) -> None:
    """Merge units of one level into one of them, or into a new one; units under them get it as their parent."""
    state = making.state
    units = {state.unit(code).id: state.unit(code) for code in (*edit.units, *([edit.into] if edit.into is not None else []))}
    codes = [unit.code for unit in units.values()]
    if len(units) < 2:
        raise refused("one_unit", codes)
    if len({unit.level for unit in units.values()}) > 1:
        raise refused("levels_differ", codes)
    to = state.unit(edit.into).id if edit.into is not None else _merged(making, list(units.values()))
    for unit in sorted(units.keys() - {to}):
        dissolve(making, unit, to)


def _merged(making: Making, units: list[Unit]) -> int:
    """Make the unit that some are merged into; it keeps what all of them have in common."""
    state, first = making.state, units[0]
    if len({unit.parent for unit in units}) > 1:
        raise refused("parents_differ", [unit.code for unit in units])
    name = first.name if len({unit.name for unit in units}) == 1 else ""
    kind = first.kind if len({unit.kind for unit in units}) == 1 else next(iter(state.scheme.level(first.level).kinds))
    place = middle(state.ground, np.concatenate([state.atoms_below(unit.id) for unit in units]))
    return making.create(first.level, first.parent, [place], names=[name], kind=kind)[0]


def dissolve(making: Making, unit: int, to: int) -> None:
    """Retire a unit; its atoms and the units under it go to another unit, or to NO_UNIT."""
    making.assign(making.state.members(unit), to)
    making.put_under(making.state.children(unit), to)
    making.retire(unit, [] if to == NO_UNIT else [to])


def retire(making: Making, edit: Retire) -> None:
    """Dissolve a unit into its parent."""
    unit = making.state.unit(edit.unit)
    if unit.parent == NO_UNIT and making.state.children(unit.id):
        raise refused("orphans", [unit.code])
    dissolve(making, unit.id, unit.parent)


def reparent(making: Making, edit: Reparent) -> None:
    """Put a unit, with all under it, under another parent."""
    unit = making.state.unit(edit.unit)
    parent = parent_of(making.state, edit.parent, unit.level)
    if parent != unit.parent:
        making.put_under([unit.id], parent)


def rename(making: Making, edit: Rename) -> None:
    """Give a unit another name."""
    making.rename(making.state.unit(edit.unit).id, edit.name)
