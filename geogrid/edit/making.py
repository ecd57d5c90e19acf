"""A change in the making: what one edit assigns, makes, retires and puts under another parent, until it is read off as a `Change`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from geogrid.edit.change import Change
from geogrid.edit.ground import Ground
from geogrid.edit.state import ABSENT, State, Unit
from geogrid.plan import NO_UNIT


class Making:
    """Collects over a state, which stays as it is. `unit` and `depth` answer as after what was done so far; atoms are asked of the state."""

    def __init__(self, state: State) -> None:
        self.state = state
        self._leaf = state.leaf
        self._units: dict[int, Unit | None] = {}
        self._came: dict[str, list[int]] = {}
        self._given: list[tuple[str, str, int]] = []
        self._next_id = state.next_id

    def unit(self, unit: int) -> Unit:
        """Return a unit as it is by now."""
        return self._units.get(unit) or self.state.units[unit]

    def depth(self, unit: int) -> int:
        """Return the depth of a unit's level, -1 for NO_UNIT."""
        return NO_UNIT if unit == NO_UNIT else self.state.depths[self.unit(unit).level]

    def assign(self, positions: np.ndarray, unit: int) -> None:
        """Make a unit, NO_UNIT or ABSENT the leaf of atoms."""
        if self._leaf is self.state.leaf:
            self._leaf = self._leaf.copy()
        self._leaf[positions] = unit

    def create(self, level: str, parent: int, middles: Sequence[np.ndarray], *, names: Sequence[str], kind: str) -> list[int]:
        """Make units of a level under a parent, where their people live (see `middle`); codes in the scheme's order. Returns their ids."""
        codes = self._codes(level, parent, middles)
        ids = list(range(self._next_id, self._next_id + len(codes)))
        self._next_id += len(ids)
        for unit, code, name in zip(ids, codes, names, strict=True):
            self._units[unit] = Unit(unit, level, parent, code, name, kind)
            self._given.append((level, code, unit))
        return ids

    def retire(self, unit: int, after: Iterable[int]) -> None:
        """Put a unit out of force; `after` are those that come after it."""
        self._came[self.unit(unit).code] = list(after)
        self._units[unit] = None

    def rename(self, unit: int, name: str) -> None:
        """Give a unit another name."""
        self._units[unit] = self.unit(unit)._replace(name=name)

    def put_under(self, units: Iterable[int], parent: int) -> None:
        """Give units another parent; where codes say the parent they and all below them get new ones, in the scheme's order."""
        todo = [(parent, sorted(units))]
        for above, each in todo:
            for unit in each:
                self._units[unit] = self.unit(unit)._replace(parent=above)
            for level in self.state.scheme.levels:
                same = [unit for unit in each if self.unit(unit).level == level.id]
                if same and self.state.book.is_of_parent(level.id):
                    self._recode(level.id, above, same)
                    todo += [(unit, self._left(unit)) for unit in same]

    def _left(self, unit: int) -> list[int]:
        """Return the units that were under a unit and still are."""
        return [child for child in self.state.children(unit) if self._units.get(child, self.state.units[child]) and self.unit(child).parent == unit]

    def _recode(self, level: str, parent: int, units: list[int]) -> None:
        ground = self.state.ground
        codes = self._codes(level, parent, [middle(ground, self.state.atoms_below(unit)) for unit in units])
        for unit, code in zip(units, codes, strict=True):
            self._came[self.unit(unit).code] = [unit]
            self._units[unit] = self.unit(unit)._replace(code=code)
            self._given.append((level, code, unit))

    def _codes(self, level: str, parent: int, middles: Sequence[np.ndarray]) -> list[str]:
        """Return new codes for units at places; of those in one place the lower floors come first."""
        places = np.array(middles).reshape(-1, 3)
        order = np.argsort(places[:, 2], kind="stable")
        before = "" if parent == NO_UNIT else self.unit(parent).code
        codes = self.state.book.next(level, before, places[order, :2], self._given)
        return [codes[at] for at in np.argsort(order, kind="stable")]

    def change(self) -> Change:
        """Return what has been done as a change; what came and went on the way leaves no trace."""
        state = self.state
        positions = np.flatnonzero(self._leaf != state.leaf) if self._leaf is not state.leaf else np.zeros(0, np.int64)
        pairs = [(state.units.get(unit), self._units[unit]) for unit in sorted(self._units)]
        units = tuple((old, new) for old, new in pairs if old != new)
        came = {code: tuple(self.unit(i).code for i in after if self._units.get(i, NO_UNIT) is not None) for code, after in self._came.items()}
        return with_lineage(Change(positions, state.leaf[positions], self._leaf[positions], units), came)


def with_lineage(change: Change, came: dict[str, tuple[str, ...]]) -> Change:
    """Return a change with the lineage of the codes that it puts out of force; `came`: what came after each, which may itself be such a code."""
    gone = sorted({old.code for old, _ in change.units if old} - {new.code for _, new in change.units if new})
    fresh = sorted({new.code for _, new in change.units if new} - {old.code for old, _ in change.units if old})
    lineage = tuple((code, _followed(code, came)) for code in gone)
    back = tuple((code, tuple(old for old, after in lineage if code in after)) for code in fresh)
    return Change(change.positions, change.before, change.after, change.units, lineage, back)


def _followed(code: str, came: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return what came after a code in the end, each once, in order."""
    found: dict[str, None] = {}
    todo, seen = [code], set()
    for each in todo:
        if each in came and each not in seen:
            seen.add(each)
            todo.extend(came[each])
        elif each != code:
            found[each] = None
    return tuple(found)


def middle(ground: Ground, positions: np.ndarray) -> np.ndarray:
    """Return where the people of atoms live, as codes are ordered by it: mean x, y (metres, to 1 cm) and floor; the land's where nobody does."""
    cell = ground.cell[positions]
    weight = ground.households[positions] + 1e-9 * ground.area_m2[cell]
    places = np.column_stack([ground.points[cell], ground.floor_from[positions]])
    return np.round(weight @ places / max(weight.sum(), 1e-12), 2)


def in_force(state: State, positions: np.ndarray) -> np.ndarray:
    """Return those of some atoms that a state has."""
    return positions[state.leaf[positions] != ABSENT]
