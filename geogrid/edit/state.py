"""A plan at one version, made to be edited: immutable, and an edited one shares all that the edit did not touch.

    leaf      unit of each atom of the ground, or NO_UNIT, or ABSENT where the plan has no such atom (its cell was cut, or is another draft's)
    units     the units in force by permanent id; `retired` those that were; indices by code, of children and of members beside them

`geogrid.plan.Plan` is the same for reading whole (frames, rules): `State.of(plan)` and `state.to_plan()` go there and back without loss.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geogrid.edit.codebook import CodeBook
from geogrid.edit.ground import Ground
from geogrid.errors import EditError, NotFoundError
from geogrid.plan import NO_UNIT, UNIT_COLUMNS, UNIT_DEFAULTS, Base, Plan
from geogrid.scheme import Scheme

ABSENT = -2
"""In `leaf`: this plan has no such atom."""
_NONE = np.zeros(0, np.int64)
_NONE.setflags(write=False)


class Unit(NamedTuple):
    """A unit with its permanent `id`; `parent` is a unit id or NO_UNIT; the rest as in `geogrid.plan.Plan.units`. Its code is that of now."""

    id: int
    level: str
    parent: int
    code: str
    name: str = ""
    kind: str = "base"
    reason: str = ""
    note: str = ""
    cure: str = ""
    cure_m: float = 0.0
    link_m: float = 0.0
    valid_from: str = ""
    valid_to: str = ""


@dataclass(frozen=True, eq=False)
class State:
    """A plan at one version; see the module. Make one by `State.of` or `State.made`, and others of it by `geogrid.edit.apply`.

    `leaf`: int32 (atoms of the ground,), read-only. `lineage`: code → codes that came after it. `book`: every code that was ever given, and how
    the next ones are; `next_id`: the id of the next new unit, above all that ever were.
    `ids`, `children_of`, `members_of` are indices: use `find`, `children`, `members`.
    """

    ground: Ground
    scheme: Scheme
    leaf: np.ndarray
    units: Mapping[int, Unit]
    retired: Mapping[int, Unit]
    book: CodeBook
    lineage: Mapping[str, tuple[str, ...]]
    plan: str = "main"
    version: int = 1
    state: str = "draft"
    next_id: int = 1
    ids: Mapping[str, tuple[int, ...]] = field(default_factory=dict, repr=False)
    children_of: Mapping[int, tuple[int, ...]] = field(default_factory=dict, repr=False)
    members_of: Mapping[int, np.ndarray] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, plan: Plan) -> State:
        """Return the state of a plan; its base is the ground, whose frames it shares."""
        columns = plan.units.assign(**{name: value for name, value in UNIT_DEFAULTS.items() if name not in plan.units})
        names = [name for name in Unit._fields if name != "id"]
        rows = zip(plan.units.index.tolist(), *(columns[name].tolist() for name in names), strict=True)
        order = ("id", *names)
        place = [order.index(name) for name in Unit._fields]
        units = [Unit(*(row[i] for i in place)) for row in rows]
        return cls.made(Ground.of(plan.base), plan.scheme, plan.leaf, units, plan=plan.id, version=plan.version, state=plan.state)

    @classmethod
    def made(
        cls,
        ground: Ground,
        scheme: Scheme,
        leaf: np.ndarray,
        units: Iterable[Unit],
        *,
        retired: Iterable[Unit] = (),
        issued: Mapping[str, int] = {},
        lineage: Mapping[str, tuple[str, ...]] = {},
        plan: str = "main",
        version: int = 1,
        state: str = "draft",
    ) -> State:
        """Return a state of its parts (as a store keeps them), with all indices. `issued`: codes ever given, by unit id, beside those of units."""
        force, gone = {unit.id: unit for unit in units}, {unit.id: unit for unit in retired}
        book = CodeBook.of(scheme, force, gone.values(), issued)
        fixed = leaf.astype(np.int32)
        fixed.setflags(write=False)
        ids: dict[str, tuple[int, ...]] = {}
        children: dict[int, list[int]] = {}
        for unit in force.values():
            ids[unit.code] = (*ids.get(unit.code, ()), unit.id)
            children.setdefault(unit.parent, []).append(unit.id)
        below = {parent: tuple(sorted(kids)) for parent, kids in children.items()}
        next_id = max([0, *force, *gone, *issued.values()]) + 1
        return cls(ground, scheme, fixed, force, gone, book, dict(lineage), plan, version, state, next_id, ids, below, find_members(fixed))

    @property
    def issued(self) -> Mapping[str, int]:
        """Every code that was ever given, and the unit that had it last."""
        return self.book.owner

    def on(self, ground: Ground) -> State:
        """Return the same state on a ground that has more rows: of those it has none."""
        more = len(ground.atoms) - len(self.leaf)
        leaf = np.concatenate([self.leaf, np.full(more, ABSENT, np.int32)])
        leaf.setflags(write=False)
        return replace(self, ground=ground, leaf=leaf)

    def find(self, code: str) -> int:
        """Return the id of the unit in force with a code, or NO_UNIT. Where levels share codes, "level:code" says which; else it is the highest."""
        ids = self.ids.get(code)
        if ids is None:
            level, _, rest = code.partition(":")
            ids = tuple(i for i in self.ids.get(rest, ()) if self.units[i].level == level)
        return min(ids, key=self.depth) if ids else NO_UNIT

    def unit(self, code: str) -> Unit:
        """Return the unit in force with a code, as `find` but surely one.

        Raises NotFoundError, which names the successors of a retired code (fact `successors`), and EditError where several levels have the code.
        """
        at = self.find(code)
        if at == NO_UNIT:
            raise self._missing(code)
        if code in self.ids and len(self.ids[code]) > 1:
            levels = [f"{self.units[i].level}:{code}" for i in self.ids[code]]
            message = f"code {code}: several units have it: write {' or '.join(levels)}"
            raise EditError(message, f"编码 {code}：不止一个单元，请写 {' 或 '.join(levels)}", reason="code_ambiguous", units=[code])
        return self.units[at]

    def handle(self, unit: int) -> str:
        """Return what a unit in force may be called in edits: its code, or "level:code" where several units have that code."""
        row = self.units[unit]
        return row.code if len(self.ids[row.code]) == 1 else f"{row.level}:{row.code}"

    def _missing(self, code: str) -> NotFoundError:
        after = self.successors(code)
        if code in self.issued or after:
            then, then_zh = (f"; its land is now in {', '.join(after)}", f"，现为 {'、'.join(after)}") if after else ("", "")
            return NotFoundError(f"unit {code} is retired{then}", f"单元 {code} 已撤销{then_zh}", value=code, successors=list(after))
        return NotFoundError(f"no unit {code}: look it up again", f"没有单元 {code}，请重新查找", value=code, successors=[])

    def successors(self, code: str) -> tuple[str, ...]:
        """Return the codes in force that came after a code which is not; () where it is in force, unknown, or nothing came."""
        seen, found, todo = {code}, [], list(self.lineage.get(code, ())) if code not in self.ids else []
        for each in todo:
            if each in seen:
                continue
            seen.add(each)
            if each in self.ids:
                found.append(each)
            else:
                todo.extend(self.lineage.get(each, ()))
        return tuple(found)

    def depth(self, unit: int) -> int:
        """Return 0 for a unit of the top level, 1 for the next …; -1 for NO_UNIT."""
        return NO_UNIT if unit == NO_UNIT else self.depths[self.units[unit].level]

    @cached_property
    def depths(self) -> Mapping[str, int]:
        """Depth of each level by id: 0 for the top."""
        return {level.id: i for i, level in enumerate(self.scheme.levels)}

    def children(self, unit: int) -> tuple[int, ...]:
        """Return the ids of the units whose parent is `unit`, ascending; of NO_UNIT: those without a parent."""
        return self.children_of.get(unit, ())

    def members(self, unit: int) -> np.ndarray:
        """Return the positions of the atoms whose leaf is `unit`, ascending, read-only."""
        return self.members_of.get(unit, _NONE)

    def below(self, unit: int) -> Iterator[int]:
        """Go through a unit and all units under it, each after its parent."""
        todo = [unit]
        for each in todo:
            yield each
            todo.extend(self.children(each))

    def atoms_below(self, unit: int) -> np.ndarray:
        """Return the positions of all atoms of a unit and of the units under it, ascending."""
        parts = [part for part in map(self.members, self.below(unit)) if len(part)]
        return np.sort(np.concatenate(parts)) if len(parts) > 1 else (parts[0] if parts else _NONE)

    def chain(self, unit: int) -> tuple[int, ...]:
        """Return a unit, its parent, and so on up; () for NO_UNIT and ABSENT."""
        found = []
        while unit >= 0:
            found.append(unit)
            unit = self.units[unit].parent
        return tuple(found)

    def owner(self, position: int, level: str) -> int:
        """Return the id of the atom's unit at a level; NO_UNIT where its leaf lies above, or nowhere, or is absent."""
        return next((unit for unit in self.chain(int(self.leaf[position])) if self.units[unit].level == level), NO_UNIT)

    def owners(self, positions: np.ndarray, level: str) -> np.ndarray:
        """Return the ids of the atoms' units at a level, int64 (n,), as `owner` does."""
        leaves = self.leaf[positions].tolist()
        above = {leaf: next((unit for unit in self.chain(leaf) if self.units[unit].level == level), NO_UNIT) for leaf in {*leaves}}
        return np.array([above[leaf] for leaf in leaves], dtype=np.int64)

    def households(self, unit: int) -> int:
        """Return the households of a unit and of all under it."""
        return int(self.ground.households[self.atoms_below(unit)].sum())

    @cached_property
    def cells_in_force(self) -> np.ndarray:
        """Rows of the cells that this plan has, ascending, read-only."""
        rows = np.unique(self.ground.cell[self.leaf != ABSENT])
        rows.setflags(write=False)
        return rows

    def cells_of(self, unit: int) -> np.ndarray:
        """Return the rows of the cells in which a unit has atoms, ascending."""
        return np.unique(self.ground.cell[self.atoms_below(unit)])

    def to_plan(self) -> Plan:
        """Return the plan: units by id, a base of the cells in force. Where none was cut the base's frames are those that the state was made of."""
        ordered = [self.units[i] for i in sorted(self.units)]
        columns = list(zip(*ordered, strict=True)) if ordered else [()] * len(Unit._fields)
        data = dict(zip(Unit._fields, columns, strict=True))
        index = pd.Index(np.array(data["id"], dtype=np.int64), name="unit")
        kinds = {"parent": np.int64, "cure_m": float, "link_m": float}
        units = pd.DataFrame({name: pd.Series(list(data[name]), index=index, dtype=kinds.get(name, "str")) for name in UNIT_COLUMNS})
        has = self.leaf != ABSENT
        return Plan(self._base(has), self.scheme, units, self.leaf[has].astype(np.int64), self.plan, self.version, self.state)

    def _base(self, has: np.ndarray) -> Base:
        ground = self.ground
        if has.all():
            return Base(ground.cells, ground.atoms, ground.district, ground.district_source)
        cells = gpd.GeoDataFrame(ground.cells.iloc[self.cells_in_force])
        uncut = len(cells) == len(ground.cells)
        district = ground.district if uncut else shapely.coverage_union_all(cells.geometry.to_numpy())
        return Base(cells, ground.atoms[has], district, ground.district_source)


def find_members(leaf: np.ndarray) -> dict[int, np.ndarray]:
    """Return the positions of each leaf's atoms, ascending, read-only; NO_UNIT too, ABSENT not."""
    order = np.argsort(leaf, kind="stable").astype(np.int64)
    order.setflags(write=False)
    names, start = np.unique(leaf[order], return_index=True)
    ends = [*start[1:].tolist(), len(order)]
    return {name: order[a:b] for name, a, b in zip(names.tolist(), start.tolist(), ends, strict=False) if name != ABSENT}
