"""People and organisations as one visitor sees them: the part of `web.visible.Visible` that gives tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

import pandas as pd

from geogrid.errors import NotFoundError

if TYPE_CHECKING:
    from geogrid.organisation import Roster
    from geogrid.organisation.scoped import Seen

TABLES = ("staff", "organisations", "memberships", "workplaces", "overlays", "households")
"""The tables that are cut to who belongs to the visitor's unit; no other is given out."""


Asked: TypeAlias = "Callable[[], Roster] | None"


class PeopleSeen:
    """Tables of people. A resident sees none; who is confined to a unit sees who belongs there, and the names of who is over it."""

    _codes: Mapping[str, frozenset[str]] | None
    _is_public: bool

    def __init__(self, project: Any, roster: Asked) -> None:
        self._project, self._roster = project, roster
        self._cut: dict[str, pd.DataFrame] = {}

    @property
    def tables(self) -> list[str]:
        """Names of the tables of people and organisations; a resident sees none."""
        return [] if self._is_public else [name for name in TABLES if name in self._project.tables]

    def table(self, role: str) -> pd.DataFrame:
        """Return what of a table of people or organisations may be seen: who belongs to the scope unit, and the names of who is over it."""
        if role not in self.tables:
            raise NotFoundError(f"no table {role!r} here", f"没有表 {role!r}", value=role)
        frame = self._project.table(role)
        if self._codes is None:
            return frame
        if role not in self._cut:
            self._cut[role] = self._without_far(frame[self._named(frame) if role == "households" else self._seen.rows[role]], role)
        return self._cut[role]

    def _named(self, households: pd.DataFrame) -> pd.Series:
        """Tell which households somebody belongs to whom the visitor sees."""
        targets = [self.table(name)["target"] for name in ("memberships", "overlays") if name in self.tables and "target" in self.table(name)]
        return households["id"].isin(pd.concat(targets)) if targets else pd.Series(False, index=households.index)

    @cached_property
    def _seen(self) -> Seen:
        from geogrid.organisation.scoped import seen_from
        from geogrid.pipeline.roster import roster_of

        whole = self._roster() if self._roster else roster_of(self._project)
        return seen_from(whole, self._codes or {}, self._above)

    def _without_far(self, frame: pd.DataFrame, role: str) -> pd.DataFrame:
        """Take out telephones of who is only over the scope unit, and codes of units that are not seen."""
        if role == "staff" and "phone" in frame and "id" in frame:
            frame = frame.assign(phone=frame["phone"].where(frame["id"].isin(self._seen.inside), ""))
        if "unit" in frame:
            known = set().union(*(self._codes or {}).values(), *self._above.values())
            frame = frame.assign(unit=frame["unit"].where(frame["unit"].isin(known), ""))
        return frame.reset_index(drop=True)

    def units_and_above(self) -> dict[str, pd.DataFrame]:
        """Return by level the visible units and those that the scope unit is part of, without polygons: who works there may be named."""
        whole = {level: self._project.units(level) for level in self._project.levels}
        if self._codes is None:
            return whole
        kept = {level: frame[frame.index.isin(self._codes[level] | self._above.get(level, set()))] for level, frame in whole.items()}
        return {level: pd.DataFrame(frame.drop(columns="geometry")) for level, frame in kept.items()}

    @cached_property
    def _above(self) -> dict[str, set[str]]:
        """Codes by level of the units that the scope unit is part of."""
        top = next(level for level in self._project.levels if (self._codes or {})[level])
        tops = self._project.units(top)
        parents, found = set(tops["parent"][tops.index.isin((self._codes or {})[top])]), {}
        for level in reversed(self._project.levels[: self._project.levels.index(top)]):
            frame = self._project.units(level)
            found[level] = parents.intersection(frame.index)
            parents |= set(frame.loc[sorted(found[level]), "parent"])
        return found
