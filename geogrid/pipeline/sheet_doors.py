"""The stairwells with homes of a project: address, storeys, and the unit of each storey; and how many buildings a unit has."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geogrid.sheets.values import Storeys
from geogrid.sites import TOUCH_M

_SPLIT = re.compile(r"^(.*?\D)(\d+[A-Za-z]?\s*(?:号楼|栋|幢|座|#).*)$")


@dataclass(frozen=True)
class Part:
    """Some storeys of a stairwell and their unit of every level."""

    floor_from: int
    floor_to: int
    chain: Mapping[str, str]
    households: int

    def told(self, called: Callable[[str, str], str], people: str) -> Storeys:
        """Return how a plate tells of them."""
        level, code = list(self.chain.items())[-1]
        floors = "–".join(dict.fromkeys((str(self.floor_from), str(self.floor_to))))
        return Storeys(floors, called(level, code), code, f"{self.households:,}", people)


@dataclass(frozen=True)
class Door:
    """A stairwell with homes. `shared`: the units that all of it is part of, by level from the top; `places`: what its people may be attached to;
    `is_estimate`: no file gives the stairwell; `is_counted`: a file gives its households.
    """

    id: str
    place: str
    title: str
    shared: Mapping[str, str]
    parts: tuple[Part, ...]
    places: list[tuple[str, str]]
    is_estimate: bool = False
    is_counted: bool = True

    @property
    def households(self) -> int:
        """How many households live there."""
        return sum(part.households for part in self.parts)

    @property
    def floors(self) -> tuple[int, int]:
        """The lowest and the highest floor with homes."""
        return min(part.floor_from for part in self.parts), max(part.floor_to for part in self.parts)


class Doors:
    """The stairwells of a project. `parent`: by level the parent's code of each unit."""

    def __init__(self, project: Any, parent: Mapping[str, Mapping[str, str]]) -> None:
        self._project, self._parent = project, parent

    def of(self, level: str, code: str) -> list[Door]:
        """Return the stairwells with homes of which a storey lies in a unit, by address."""
        atoms = self._homes
        cells = list(dict.fromkeys(atoms.loc[atoms[level] == code, "cell"].tolist()))
        return sorted((self._door(cell) for cell in cells), key=lambda door: (_natural(door.place + door.title), door.id))

    @property
    def has_homes(self) -> bool:
        """Tell whether the project knows of any household."""
        return len(self._homes) > 0

    def buildings(self, level: str) -> dict[str, tuple[int, int]]:
        """Return for each unit of a level how many buildings have homes there, and of how many of them households are an estimate."""
        if level not in self._counts:
            self._counts[level] = self._count(level)
        return self._counts[level]

    def _count(self, level: str) -> dict[str, tuple[int, int]]:
        homes = self._homes
        pairs = homes.assign(building=homes["cell"].map(self._cells["building"]))[[level, "building"]]
        pairs = pairs[(pairs["building"].fillna("") != "") & (pairs[level] != "")].drop_duplicates()
        found = pairs["building"].isin(self._estimated).groupby(pairs[level]).agg(["size", "sum"])
        return {str(code): (int(n), int(guessed)) for code, n, guessed in found.itertuples()}

    def _door(self, cell: int) -> Door:
        row = self._cells.loc[cell]
        building, number = str(row["building"] or ""), int(row["entrance"] or 0)
        name, address = self._entrance.get(cell, ("", ""))
        if not address:
            address = self._addresses.get(building, "") or building
            address += f"{number}单元" if number and address else ""
        found = _SPLIT.match(address)
        place, title = (found[1].strip(), found[2].strip()) if found else ("", address)
        parts = tuple(self._parts(cell))
        shared = {level: codes.pop() for level in parts[0].chain if len(codes := {part.chain.get(level, "") for part in parts}) == 1}
        places = [("entrance", name)] * bool(name) + [("building", building)] * bool(building)
        known = {"is_estimate": not name and number > 0, "is_counted": building not in self._estimated}
        return Door(name or f"{building or 'cell'}-{number or cell}", place, title or str(cell), shared, parts, places, **known)

    def _parts(self, cell: int) -> list[Part]:
        atoms = self._homes.loc[self._rows[cell]]
        out = []
        for _, rows in atoms.groupby("leaf", sort=False):
            chain = {level: str(rows[level].iloc[0]) for level in self._project.levels if rows[level].iloc[0]}
            if chain:
                out.append(Part(int(rows["floor_from"].min()), int(rows["floor_to"].max()), chain, int(rows["households"].sum())))
        return sorted(out, key=lambda part: (part.floor_from, part.floor_to, *part.chain.values()))

    @cached_property
    def _counts(self) -> dict[str, dict[str, tuple[int, int]]]:
        return {}

    @cached_property
    def _cells(self) -> pd.DataFrame:
        return self._project.plan().base.cells

    @cached_property
    def _homes(self) -> pd.DataFrame:
        """The atoms with households, with a column of unit codes for each level, "" where none."""
        plan = self._project.plan()
        atoms = plan.base.atoms.assign(leaf=plan.leaf)
        atoms = atoms[atoms["households"] > 0]
        levels = list(self._project.levels)
        units = plan.units
        out = pd.DataFrame("", index=units.index, columns=levels, dtype=object)
        at = pd.Series(units.index, index=units.index)
        while (at > 0).any():
            known = at[at > 0]
            rows = units.loc[known]
            for level in rows["level"].unique():
                mine = (rows["level"] == level).to_numpy()
                out.loc[known.index[mine], level] = rows["code"].to_numpy()[mine]
            at = pd.Series(rows["parent"].to_numpy(), index=known.index)
        codes = out.reindex(atoms["leaf"]).fillna("")
        return atoms.assign(**{level: codes[level].to_numpy() for level in levels})

    @cached_property
    def _rows(self) -> dict[int, np.ndarray]:
        atoms = self._homes
        return {int(cell): index.to_numpy() for cell, index in atoms.groupby("cell").groups.items()}

    @cached_property
    def _estimated(self) -> set[str]:
        frame = self._project.layer("buildings") if "buildings" in self._project.layers else None
        if frame is None or "households_source" not in frame:
            return set()
        return set(frame.loc[frame["households_source"] == "estimate", "id"].astype(str))

    @cached_property
    def _addresses(self) -> dict[str, str]:
        frame = self._project.layer("buildings") if "buildings" in self._project.layers else None
        if frame is None or "address" not in frame:
            return {}
        return dict(zip(frame["id"].astype(str), frame["address"].fillna("").astype(str), strict=True))

    @cached_property
    def _entrance(self) -> dict[int, tuple[str, str]]:
        """Id and address of the entrance of each cell that has one of its own building."""
        frame = self._project.layer("entrances") if "entrances" in self._project.layers else None
        if frame is None or not len(frame):
            return {}
        text = {
            name: frame[name].fillna("").astype(str).to_numpy() if name in frame else np.full(len(frame), "")
            for name in ("id", "address", "building")
        }
        homes = self._cells[self._cells["kind"] == "home"]
        doors, at = shapely.STRtree(homes.geometry.to_numpy()).query(frame.geometry.to_numpy(), predicate="dwithin", distance=TOUCH_M)
        own = text["building"][doors] == homes["building"].fillna("").astype(str).to_numpy()[at]
        away = shapely.distance(frame.geometry.to_numpy()[doors], shapely.points(homes[["x", "y"]].to_numpy()[at]))
        found: dict[int, tuple[str, str]] = {}
        for k in np.lexsort((text["id"][doors].astype(str), away)):
            if own[k]:
                found.setdefault(int(homes.index[at[k]]), (text["id"][doors[k]], text["address"][doors[k]]))
        return found


def _natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """Order texts so that 2 comes before 10."""
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in re.split(r"(\d+)", text) if part)
