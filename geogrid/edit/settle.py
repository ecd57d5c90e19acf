"""What must hold of every outcome, whatever the edit was; and what follows from it: reasons of units that changed, which units were touched.

    no unit loses its last atom · above the lowest level a unit takes whole cells · something changed

A reason that was certified speaks of the unit as it was, so it goes when the unit's atoms change. The planner's own words, given with the edit, stand
in its place where the unit is out of its bounds, or where the edit has left it in more pieces than before.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import shapely

from geogrid.edit.change import Change, id_of, replay
from geogrid.edit.recut import find_recut
from geogrid.edit.refusals import refused
from geogrid.edit.state import ABSENT, State, Unit
from geogrid.errors import EditError
from geogrid.plan import NO_UNIT

_NONE, _NO_LEAF = np.zeros(0, np.int64), np.zeros(0, np.int32)


@dataclass(frozen=True, eq=False)
class Outcome:
    """The state after an edit and the change that leads there.

    `touched`: ids of the units, before and after, whose atoms, code, name or parent changed; what lies above both sides is not touched, so edits in
    different grids touch nothing in common. `retired_codes`, `new_codes`: those that are no longer, or newly, in force, ascending.
    """

    state: State
    change: Change
    touched: frozenset[int]
    retired_codes: tuple[str, ...]
    new_codes: tuple[str, ...]


def finish(state: State, change: Change, reason: str = "") -> Outcome:
    """Return the outcome of a change in a state; raises EditError where it leaves what no plan may hold.

    `reason`: the planner's words for units that are out of bounds after it, or in more pieces.
    """
    if not len(change.positions) and not change.units:
        raise refused("no_change")
    after = replay(state, change)
    changed = find_changed(state, after, change)
    check_not_emptied(after, changed)
    check_whole_cells(state, after, change)
    excused = {unit: new for unit in sorted(changed) if (new := _excused(state, after, unit, reason)) is not None}
    if excused:
        only = tuple((after.units[unit], new) for unit, new in excused.items())
        change = _with_reasons(change, after, excused)
        after = replace(replay(after, Change(_NONE, _NO_LEAF, _NO_LEAF, only)), version=after.version)
    named = {id_of(old, new) for old, new in change.units if _identity(old) != _identity(new)}
    old, new = ({unit.code for unit in side if unit} for side in (zip(*change.units, strict=True) if change.units else ((), ())))
    return Outcome(after, change, frozenset(changed | named), tuple(sorted(old - new)), tuple(sorted(new - old)))


def _identity(unit: Unit | None) -> tuple[object, ...]:
    return (unit.level, unit.parent, unit.code, unit.name, unit.kind) if unit else ()


def find_changed(before: State, after: State, change: Change) -> set[int]:
    """Return the ids of units, before or after, that lost or gained atoms, or came or went with theirs."""
    gone, come = change.after == ABSENT, change.before == ABSENT
    kept = ~(gone | come)
    changed: set[int] = set()
    for old, new in {*zip(change.before[kept].tolist(), change.after[kept].tolist(), strict=True)}:
        changed.update(set(before.chain(old)) ^ set(after.chain(new)))
    if not kept.all():
        at, was, now = change.positions, change.before, change.after
        changed |= find_recut(after.ground, (at[gone], was[gone]), (at[come], now[come]), before.chain, after.chain)
    for old, new in change.units:
        if old is None or new is None:
            changed.add(id_of(old, new))
        elif old.parent != new.parent:
            changed.update(set(before.chain(old.parent)) ^ set(after.chain(new.parent)))
    return changed


def check_not_emptied(after: State, changed: set[int]) -> None:
    """Refuse an outcome in which a unit that lost atoms has none left, or a new one has none."""
    empty = [unit for unit in sorted(changed) if unit in after.units and not any(len(after.members(each)) for each in after.below(unit))]
    if empty:
        raise refused("empties_unit", [after.units[unit].code for unit in empty])


def check_whole_cells(before: State, after: State, change: Change) -> None:
    """Refuse an outcome in which a cell that lay in one unit of a level above the lowest lies in several, or in part outside all."""
    ground = after.ground
    moved = [after.atoms_below(new.id) for old, new in change.units if old and new and old.parent != new.parent]
    cells = np.unique(ground.cell[np.concatenate([change.positions, *moved])])
    atoms = ground.atoms_in(cells)
    atoms = atoms[after.leaf[atoms] != ABSENT]
    cell, leaf = ground.cell[atoms], after.leaf[atoms]
    mixed = np.unique(cell[1:][(cell[1:] == cell[:-1]) & (leaf[1:] != leaf[:-1])])
    if not len(mixed):
        return
    atoms = atoms[np.isin(cell, mixed)]
    for level in after.scheme.levels[:-1]:
        split = _shared(ground.cell[atoms], after.owners(atoms, level.id))
        if len(split):
            had = atoms[np.isin(ground.cell[atoms], split) & (before.leaf[atoms] != ABSENT)]
            split = np.setdiff1d(split, _shared(ground.cell[had], before.owners(had, level.id)))
        if len(split):
            raise _splits_cell(before, after, level.id, int(split[0]))


def _shared(cell: np.ndarray, owner: np.ndarray) -> np.ndarray:
    """Return the cells, of atoms that stand cell by cell, that have more than one owner."""
    return np.unique(cell[1:][(cell[1:] == cell[:-1]) & (owner[1:] != owner[:-1])])


def _splits_cell(before: State, after: State, level: str, row: int) -> EditError:
    """Return the refusal of a change that divides a cell: which, in which building, and which atoms would have to go along."""
    ground, rule = after.ground, after.scheme.level(level)
    atoms = ground.atoms_of(row)
    atoms = atoms[after.leaf[atoms] != ABSENT]
    owners = after.owners(atoms, level)
    stayed = atoms[owners == before.owners(atoms, level)]
    codes = [after.units[unit].code for unit in sorted(set(owners.tolist()) - {NO_UNIT})]
    left = ground.codes[stayed].tolist()
    shown = ", ".join(left[:3]) + (" …" if len(left) > 3 else "")
    building, cell = str(ground.building[row]), int(ground.cell_ids[row])
    words = {
        "place": f"cell {cell}" + (f" of building {building}" if building else ""),
        "place_zh": f"剖分单元 {cell}" + (f"（楼栋 {building}）" if building else ""),
        "add": f"take its {len(left)} other atoms along ({shown})",
        "add_zh": f"请一并选上其余 {len(left)} 个基元（{shown}）",
    }
    return refused("splits_cell", codes, level=level, level_zh=rule.name.zh, cell=cell, building=building, atoms=left, **words)


def _excused(before: State, after: State, unit: int, reason: str) -> Unit | None:
    """Return a unit whose atoms changed with the reason that it has now; None where that is the one it had, or it is no more."""
    if unit not in after.units:
        return None
    old = after.units[unit]
    is_given = bool(reason) and (is_out(after, unit) or 1 < count_pieces(after, unit) > count_pieces(before, unit))
    new = old._replace(reason="given" if is_given else "", note=reason if is_given else "", cure="", cure_m=0.0, link_m=0.0)
    return new if new != old else None


def is_out(state: State, unit: int) -> bool:
    """Tell whether a unit's kind is bound and its households lie outside its level's bounds."""
    row = state.units[unit]
    rule = state.scheme.level(row.level)
    if rule.households is None or not rule.kinds.get(row.kind, True):
        return False
    return not rule.households[0] <= state.households(unit) <= rule.households[1]


def count_pieces(state: State, unit: int) -> int:
    """Count the pieces that a unit's land is in; touching in a point does not connect. 0 for a unit that is not in force."""
    if unit not in state.units:
        return 0
    return int(shapely.get_num_geometries(shapely.coverage_union_all(state.ground.geometry[state.cells_of(unit)])))


def _with_reasons(change: Change, after: State, excused: dict[int, Unit]) -> Change:
    """Return a change that also gives units their new reasons."""
    pairs = {id_of(old, new): (old, new) for old, new in change.units}
    for unit, new in excused.items():
        pairs[unit] = (pairs[unit][0] if unit in pairs else after.units[unit], new)
    units = tuple(pairs[unit] for unit in sorted(pairs))
    return Change(change.positions, change.before, change.after, units, change.lineage, change.lineage_back)
