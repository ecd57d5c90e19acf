"""The units of one version of a plan: all of a level, or a few of them, from the file where it shows that version, else derived of the state.

The file's layers show `main` as it now is. What an earlier version of the project had read is taken over when it is asked for again: an edit costs
nothing until then, and then only the rows that differ.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import pandas as pd

from geogrid.edit.reference import MAIN as MAIN_PLAN
from geogrid.edit.state import State
from geogrid.plan import UNIT_DEFAULTS
from geogrid.store.facts import Facts
from geogrid.store.reader import Reader
from geogrid.store.schema import quoted
from geogrid.store.views import find_differing, find_inside, find_level, patched

_FEW = 2000  # units that are sooner read one by one than all of their level


class Shown(Facts):
    """The part of `geogrid.store.project.Project` that gives units."""

    def __init__(self, reader: Reader, plan: str = MAIN_PLAN, at: int | str | None = None) -> None:
        super().__init__(reader)
        self.plan_id, self.is_newest = plan, at is None
        self.version, self.plan_state = reader.plan(plan) if at is None else reader.plan_at(plan, at)

    def state(self) -> State:
        """Return the plan as it is edited."""
        if self._reader.format == 1:
            return self._once(("state",), lambda: State.of(self.plan()))
        return self._state_of(self.plan_id, self.version)

    def units(self, level: str) -> gpd.GeoDataFrame:
        """Return a level's units, index `code`, columns as `Plan.frame` and `status`; raises NotFoundError for an unknown level."""
        self._check_known("level", "层级", level, self.levels)
        return self._once(("units", level), lambda: self._units(level))

    def _units(self, level: str) -> gpd.GeoDataFrame:
        if former := self._cache.pop(("former", level), None):  # an earlier version's: only what differs is made
            return patched(former[1], self.state(), level, self._differing(self.plan_id, former[0]))
        frame, have = self._of_main(f"unit_{level}")
        frame = complete_units(frame).set_index("code").sort_index(kind="stable")
        return frame if have is None else patched(frame, self.state(), level, self._differing(MAIN_PLAN, have))

    def some_units(self, level: str, ids: Sequence[int]) -> gpd.GeoDataFrame:
        """Return those units of a level that have one of some ids, as `units` has them, without reading the others where they are few."""
        self._check_known("level", "层级", level, self.levels)
        with self._lock:
            is_read = ("units", level) in self._cache
        if is_read or len(ids) > _FEW:
            frame = self.units(level)
            return frame[frame["unit"].isin(ids)]
        frame, have = self._of_main(f"unit_{level}", _among(ids))
        frame = complete_units(frame).set_index("code").sort_index(kind="stable")
        if have is None:
            return frame
        return patched(frame, self.state(), level, set(ids).intersection(self._differing(MAIN_PLAN, have)))

    def find_level(self, code: str, level: str = "") -> str:
        """Return the level on which a code is in force: the given one, else the topmost; "" for none."""
        return find_level(self.state(), code, level)

    def units_inside(self, level: str, code: str) -> list[int]:
        """Return the ids of the units of a level that lie in a unit, of any level above, with a code."""
        return find_inside(self.state(), level, code)

    def one_unit(self, level: str, code: str) -> gpd.GeoDataFrame:
        """Return the unit of a level with a code as a frame of one row, of none where there is none."""
        state = self.state()
        return self.some_units(level, [unit for unit in state.ids.get(code, ()) if state.units[unit].level == level])

    def count_inside(self, level: str, code: str) -> Counter[str]:
        """Count the units of a level that lie in a unit with a code, by status ("" for none), without reading a polygon where that can be."""
        ids = self.units_inside(level, code)
        where = _among(ids) if len(ids) <= _FEW else "1"
        query = f"SELECT unit, coalesce(status, '') FROM {quoted(f'unit_{level}')} WHERE {where}"
        version, rows = self._reader.at_main(lambda: self._reader.rows(query))
        if not self._is_main(version):
            frame = self.some_units(level, ids)
            rows = zip(frame["unit"].tolist(), frame["status"].fillna("").tolist(), strict=True)
        listed = set(ids)
        return Counter(status for unit, status in rows if unit in listed)

    def _differing(self, plan: str, version: int) -> list[int]:
        """Return the units (ids) that are otherwise here than in a version of a plan."""
        return self._once(("differing", plan, str(version)), lambda: find_differing(self._state_of(plan, version), self.state()))

    def _state_of(self, plan: str, version: int) -> State:
        with self._lock:
            return self._reader.history.at(plan, version, self._reader.con)

    def count_units(self, level: str) -> tuple[int, int, int, int]:
        """Count a level's units, their households, the units in bounds and those with a reason, without reading a polygon where that can be."""
        self._check_known("level", "层级", level, self.levels)
        figures = "count(*), coalesce(sum(households), 0), coalesce(sum(status = 'in'), 0), coalesce(sum(reason <> ''), 0)"
        version, (row,) = self._reader.at_main(lambda: self._reader.rows(f"SELECT {figures} FROM {quoted(f'unit_{level}')}"))
        if self._is_main(version):
            return row
        frame = self.units(level)
        return len(frame), int(frame["households"].sum()), int((frame["status"] == "in").sum()), int((frame["reason"] != "").sum())

    def _of_main(self, table: str, where: str = "") -> tuple[Any, int | None]:
        """Return a table that follows `main` as it stands in the file (those rows that SQL chooses), and the version that it shows, None for ours."""
        version, frame = self._reader.at_main(lambda: self._reader.table(table, where=where))
        return frame, None if self._is_main(version) else version

    def _is_main(self, version: int) -> bool:
        return self.plan_id == MAIN_PLAN and self.version == version


def _among(ids: Sequence[int]) -> str:
    return f"unit IN ({', '.join(str(int(unit)) for unit in ids)})"


def complete_units(units: pd.DataFrame) -> Any:
    """Return units with the columns that files of an earlier version lack."""
    return units.assign(**{name: value for name, value in UNIT_DEFAULTS.items() if name not in units})
