"""Which units a target lies in: a unit itself and what it is part of, a building, an entrance, a household, a site, a compound.

Frames come in as mappings, which may read them when they are first asked for: most districts' tables name units only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

import pandas as pd

from geogrid.organisation.ground import Ground
from geogrid.organisation.targets import PLACE, UNIT
from geogrid.plan import Plan

Codes = Mapping[str, tuple[str, ...]]
NOWHERE: Codes = MappingProxyType({})


@dataclass(frozen=True, eq=False)
class Places:
    """The units in force by level, top-down, and what lies in them. See `Places.of`."""

    units: Mapping[str, pd.DataFrame]
    ground: Ground | None = None
    sites: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    successors: Callable[[str], tuple[str, ...]] | None = None
    _known: dict[tuple[str, str, str], Codes] = field(default_factory=dict, repr=False)

    @classmethod
    def of(
        cls,
        units: Mapping[str, pd.DataFrame],
        *,
        plan: Callable[[], Plan] | None = None,
        layers: Mapping[str, pd.DataFrame] = MappingProxyType({}),
        sites: Mapping[str, pd.DataFrame] = MappingProxyType({}),
        successors: Callable[[str], tuple[str, ...]] | None = None,
    ) -> Places:
        """Make the places of a plan.

        `units`: by level, top-down, index `code`, columns `parent` (a code or ""), `name`, `kind`, `valid_to`. `plan` is asked where a building,
        entrance, household or compound is to be found, with `layers`: `buildings` and `entrances` (`id`, geometry), `compounds` (`code`, geometry),
        `households` (`id building entrance floor`), all optional. `sites`: joined points by role (`id` and a column of codes per level);
        "organisations" among them say where organisations lie. `successors`: the codes that came after a retired one.
        """
        return cls(units, Ground(plan, layers) if plan else None, sites, successors)

    @property
    def levels(self) -> tuple[str, ...]:
        """Ids of the levels, top-down."""
        return tuple(self.units)

    def codes(self, kind: str, target: str, level: str = "") -> Codes:
        """Return by level the codes of the units that a target lies in, in order; {} where it is unknown.

        `kind`: a word of `geogrid.organisation.targets`; `level` tells which of the units with one code is meant. A retired unit stands for its
        successors.
        """
        key = (kind, target, level)
        if key not in self._known:
            self._known[key] = MappingProxyType(self._find(kind, target, level))
        return self._known[key]

    def own(self, kind: str, target: str, level: str = "") -> tuple[tuple[str, str], ...]:
        """Return (level, code) of the units that a target is itself, or else of the lowest level that holds it."""
        if kind == UNIT:
            return self._of_code(target, level)
        found = self.codes(kind, target, level)
        lowest = next((each for each in reversed(self.levels) if found.get(each)), "")
        return tuple((lowest, code) for code in found.get(lowest, ()))

    def above(self, level: str, code: str) -> dict[str, str]:
        """Return by level the code of a unit and of those it is part of, top-down."""
        chain: dict[str, str] = {}
        at = self.levels.index(level)
        while code and at >= 0:
            chain[self.levels[at]] = code
            code = self._parents[self.levels[at]].get(code, "")
            at = next((i for i in range(at - 1, -1, -1) if code in self._parents[self.levels[i]]), -1)
        return {each: chain[each] for each in self.levels if each in chain}

    def name(self, level: str, code: str) -> str:
        """Return a unit's name, "" where it has none."""
        return self._names[level].get(code, "") if level in self._names else ""

    def _find(self, kind: str, target: str, level: str) -> dict[str, tuple[str, ...]]:
        if kind == UNIT:
            return _united(self.above(*unit) for unit in self._of_code(target, level))
        if kind in ("site", PLACE):
            return self._of_point(kind, target)
        found = self.ground.codes(kind, target) if self.ground else {}
        if kind == "compound" and not found:  # where compounds are a level their code is a unit's
            return _united(self.above(*unit) for unit in self._of_code(target, level))
        return found

    def _of_code(self, code: str, level: str) -> tuple[tuple[str, str], ...]:
        asked = [each for each in self.levels if level in ("", each)]
        there = tuple((each, code) for each in asked if code in self._parents[each])
        if there or self.successors is None or not code:
            return there
        return tuple((each, new) for new in self.successors(code) for each in asked if new in self._parents[each])

    def _of_point(self, kind: str, target: str) -> dict[str, tuple[str, ...]]:
        rows = self._points.get((kind, target), ())
        return _united({level: code for level, code in zip(self.levels, row, strict=True) if code} for row in rows)

    @cached_property
    def _points(self) -> dict[tuple[str, str], list[tuple[str, ...]]]:
        """Codes by level of each site, and of each organisation that lies somewhere."""
        out: dict[tuple[str, str], list[tuple[str, ...]]] = {}
        for role in self.sites:
            frame = self.sites[role]
            if "id" not in frame:
                continue
            kind = PLACE if role == "organisations" else "site"
            columns = [frame[level].fillna("").tolist() if level in frame else [""] * len(frame) for level in self.levels]
            for name, *codes in zip(frame["id"].astype(str).tolist(), *columns, strict=True):
                out.setdefault((kind, name), []).append(tuple(str(code) for code in codes))
        return out

    @cached_property
    def _parents(self) -> dict[str, dict[str, str]]:
        """The parent's code of each unit in force, by level and code."""
        return {level: dict(zip(frame.index.astype(str), frame["parent"].fillna("").astype(str), strict=True)) for level, frame in self._in_force}

    @cached_property
    def _names(self) -> dict[str, dict[str, str]]:
        return {level: dict(zip(frame.index.astype(str), frame["name"].fillna("").astype(str), strict=True)) for level, frame in self._in_force}

    @cached_property
    def _in_force(self) -> list[tuple[str, pd.DataFrame]]:
        return [
            (level, frame[(frame["valid_to"].fillna("") == "").to_numpy()] if "valid_to" in frame else frame) for level, frame in self.units.items()
        ]


def _united(chains: object) -> dict[str, tuple[str, ...]]:
    """Return by level the codes of several chains, each once, in order."""
    out: dict[str, set[str]] = {}
    for chain in chains:  # type: ignore[attr-defined]
        for level, code in chain.items():
            out.setdefault(level, set()).add(code)
    return {level: tuple(sorted(codes)) for level, codes in out.items()}
