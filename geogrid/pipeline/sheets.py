"""Gather what stands on sheets from a project: units by code, their neighbours, stations, people; and write them as files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

import pandas as pd

from geogrid.errors import InputError, NotFoundError
from geogrid.maps.views import source_line
from geogrid.pipeline.lookup import Lookup
from geogrid.pipeline.sheet_doors import Doors
from geogrid.pipeline.sheet_map import MapGathering
from geogrid.pipeline.sheet_people import PeopleGathering, fewer
from geogrid.pipeline.sheet_stations import StationGathering
from geogrid.sheets.ground import draw
from geogrid.sheets.papers import Paper, map_size
from geogrid.sheets.values import About, Figure, Notice, Person, Plate, Sheet

_SIDES = {"zh": {"E": "东", "S": "南", "W": "西", "N": "北"}, "en": {"E": "east", "S": "south", "W": "west", "N": "north"}}
_HOMES = {True: ("户数", "households"), False: ("户数（估算）", "households (estimated)")}
"""What a number of households is called that a file gives, and one that is an estimate."""


@dataclass(frozen=True)
class Wanted:
    """How sheets are asked for: language, moment of the people, `address` of the service ("" where the code to scan is plain text)."""

    lang: str
    when: datetime
    address: str = ""


class Sheets:
    """What is gathered from one project. Frames are indexed when first asked for; not safe from several threads."""

    def __init__(self, project: Any, lookup: Lookup | None, wanted: Wanted) -> None:
        self.project, self.wanted = project, wanted
        self._zh = wanted.lang != "en"
        self._people = PeopleGathering(lookup, project.scheme, wanted.when, wanted.lang)
        self._map = MapGathering(project, self._labels)
        self._kept_rows: dict[str, dict[str, Any]] = {}
        self._stations = StationGathering(project, wanted.lang)

    def notice(self, level: str, code: str, paper: Paper) -> Notice:
        """Return the notice of a unit, its map drawn for a paper."""
        chain, row = self.chain(level, code), self._rows(level)[code]
        width, height = map_size(paper)
        stations, spots, more = self._stations.of(chain, row.geometry, width / height)
        people, people_more = fewer(self._people.of(chain, self.called, []), self.wanted.lang)
        buildings, estimated = self._buildings(level).get(code, (0, 0))
        scene = self._map.scene(level, code, row.geometry, spots, width / height)
        return Notice(
            code=code,
            title=self.called(level, code),
            level=self.level_name(level),
            above=self._above(chain, level),
            figures=self._figures(row, buildings),
            counted=self._counted(estimated),
            people=people,
            people_more=people_more,
            sides=self._sides(level, code, row.geometry),
            stations=stations,
            stations_more=more,
            map=draw(scene, width=width, height=height, unit=paper.unit),
            about=self._about,
            link=self._link(code),
        )

    def _sides(self, level: str, code: str, own: Any) -> tuple[tuple[str, str], ...]:
        words, comma = _SIDES[self.wanted.lang], "、" if self._zh else ", "
        return tuple((words[side], comma.join(names)) for side, names in self._map.sides(level, code, own))

    def plates(self, level: str, code: str) -> list[Plate]:
        """Return the plates of the stairwells with homes in a unit, by address."""
        return [self._plate(door) for door in self._doors.of(level, code)]

    def _plate(self, door: Any) -> Plate:
        chain = {level: code for level, code in door.shared.items() if code}
        called = self.called
        people, more = fewer(self._people.of(chain, called, door.places), self.wanted.lang)
        lowest = list(chain)[-1]
        storeys = tuple(part.told(called, self._names(part.chain)) for part in door.parts) if len(door.parts) > 1 else ()
        floors = "–".join(dict.fromkeys(str(floor) for floor in door.floors))
        figures = (
            self._number(*_HOMES[door.is_counted], door.households, "户"),
            Figure("楼层" if self._zh else "floors", floors, "层" if self._zh else ""),
        )
        return Plate(
            id=door.id,
            code=chain[lowest],
            title=door.title,
            place=door.place or " › ".join(self._above(chain, lowest)[-1:]),
            above=tuple((self.level_name(level), called(level, code), code) for level, code in chain.items()),
            figures=figures,
            people=people,
            people_more=more,
            storeys=storeys,
            about=self._about_door if door.is_estimate else self._about,
            link=self._link(chain[lowest]),
        )

    @property
    def _about_door(self) -> About:
        """What stands at the foot of the plate of a stairwell that no file gives."""
        said = "单元划分为推算，挂牌前请核实" if self._zh else "an estimated stairwell: check before it is put up"
        return replace(self._about, draft=("；" if self._zh else "; ").join(filter(None, (self._about.draft, said))))

    def _names(self, chain: Mapping[str, str]) -> str:
        """Return who is responsible in the lowest unit of a chain, in one line."""
        lowest = list(chain)[-1]
        people = self._people.of({lowest: chain[lowest]}, self.called, [])
        return "、".join(" ".join(filter(None, (one.name, one.phone))) for one in people if one.name)

    def chain(self, level: str, code: str) -> dict[str, str]:
        """Return the units that a unit is part of, and itself, from the top."""
        found, at = {level: code}, self._parent[level].get(code, "")
        for upper in reversed(self.project.levels[: self.project.levels.index(level)]):
            if at and at in self._parent[upper]:
                found[upper] = at
                at = self._parent[upper][at]
        return {each: found[each] for each in self.project.levels if each in found}

    def called(self, level: str, code: str) -> str:
        """Return what a unit is called: its name, else its level and what its code adds to its parent's."""
        return self._name[level].get(code) or f"{self.level_name(level)} {self._short(level, code)}"

    def level_name(self, level: str) -> str:
        """Return what a level is called."""
        return self.project.scheme.level(level).name.say(self.wanted.lang)

    def _short(self, level: str, code: str) -> str:
        parent = self._parent[level].get(code, "")
        rest = code[len(parent) :].lstrip("-_. /") if parent and code.startswith(parent) else ""
        return rest or code

    def _labels(self, level: str, code: str, beside: str) -> tuple[str, ...]:
        """Return the names of a unit to try on a map beside another, the longest first; one of another parent says so."""
        parent, short = self._parent[level].get(code, ""), self._short(level, code)
        first = self.called(level, code)
        if parent == self._parent[level].get(beside, "") or self._name[level].get(code):
            return tuple(dict.fromkeys((first, short)))
        upper = next((each for each in self.project.levels if parent in self._name[each]), "")
        foreign = f"{self.called(upper, parent)} {short}" if upper else first
        return tuple(dict.fromkeys((foreign, first)))

    def _above(self, chain: Mapping[str, str], level: str) -> tuple[str, ...]:
        uppers = [self.called(each, code) for each, code in chain.items() if each != level]
        return (self.project.name, *uppers)

    def _rows(self, level: str) -> dict[str, Any]:
        """The rows of a level's units by code."""
        if level not in self._kept_rows:
            frame = self.project.units(level)
            self._kept_rows[level] = dict(zip(frame.index, frame.itertuples(), strict=True))
        return self._kept_rows[level]

    def _figures(self, row: Any, buildings: int) -> tuple[Figure, ...]:
        hectares = row.area_m2 / 10_000
        area = f"{hectares:,.2f}" if hectares < 100 else f"{hectares:,.0f}"
        found = []
        if self._doors.has_homes:
            found = [self._number("户", "households", int(row.households)), self._number("栋住宅楼", "buildings with homes", buildings)]
        found.append(Figure("面积" if self._zh else "area", area, "公顷" if self._zh else "ha"))
        if int(row.stacked) > 1 and pd.notna(row.floor_from):
            found.append(Figure("楼层" if self._zh else "floors", f"{int(row.floor_from)}–{int(row.floor_to)}"))
        return tuple(found)

    def _number(self, zh: str, en: str, value: int, unit: str = "") -> Figure:
        return Figure(zh if self._zh else en, f"{value:,}", unit if self._zh else "")

    def _counted(self, estimated: int) -> str:
        if not self._doors.has_homes:
            return "数据中没有住户。" if self._zh else "The data have no households."
        if self._zh:
            said = "户数是住宅户数的合计，不含商铺和单位"
            return said + (f"；其中 {estimated:,} 栋楼的户数按层数和面积估算。" if estimated else "。")
        said = "Households are those of homes; shops and offices are not counted"
        return said + (f"; those of {estimated:,} buildings are estimated from floors and area." if estimated else ".")

    @cached_property
    def _about(self) -> About:
        meta, lang = self.project.meta, self.wanted.lang
        parts = source_line(self.project, lang)
        date = str(meta.get("date") or meta.get("built") or "")
        simulated = ("模拟数据：人名、电话均为虚构" if self._zh else "simulated: names and telephones are invented") if meta.get("simulated") else ""
        draft = ("草案，尚未公布" if self._zh else "draft, not adopted") if self.project.plan_name[2] != "adopted" else ""
        day = self.wanted.when.date().isoformat()
        people = f"人员截至 {day}" if self._zh else f"people as of {day}"
        return About(" ・ ".join([*(part for part in parts if part != date), people]), date, simulated, draft)

    def _link(self, code: str) -> str:
        return f"{self.wanted.address.rstrip('/')}/units/{code}" if self.wanted.address else ""

    def _buildings(self, level: str) -> dict[str, tuple[int, int]]:
        return self._doors.buildings(level)

    @cached_property
    def _doors(self) -> Doors:
        return Doors(self.project, self._parent)

    @cached_property
    def _name(self) -> dict[str, dict[str, str]]:
        return {level: _by_code(self.project.units(level), "name") for level in self.project.levels}

    @cached_property
    def _parent(self) -> dict[str, dict[str, str]]:
        return {level: _by_code(self.project.units(level), "parent") for level in self.project.levels}


def chosen(project: Any, codes: Sequence[str], level: str) -> list[tuple[str, str]]:
    """Return (level, code) of the units asked for, in order, each once: the codes themselves or, with a level below them, what lies in them.

    Without codes all units in force of the level; without level that of the codes, or the grids. Raises NotFoundError and InputError.
    """
    if level and level not in project.levels:
        known = ", ".join(project.levels)
        raise NotFoundError(f"no level {level!r}; there are: {known}", f"没有层级“{level}”；可用：{known}", value=level)
    if not codes:
        level = level or _usual(project)
        frame = project.units(level)
        found = [(level, str(code)) for code in frame.index[(frame["valid_to"].fillna("") == "").to_numpy()]]
    else:
        found = [pair for code in codes for pair in _below(project, code, level)]
    if not found:
        name = level or "unit"
        raise InputError(f"there is no {name} to print", f"没有可以打印的单元（层级 {name}）", value=level)
    return list(dict.fromkeys(found))


def _usual(project: Any) -> str:
    there = [level for level in project.levels if len(project.units(level))] or list(project.levels)
    return "grid" if "grid" in there else there[-1]


def _below(project: Any, code: str, level: str) -> Iterator[tuple[str, str]]:
    at = project.find_level(code, level) or project.find_level(code)
    if not at:
        raise NotFoundError(f"no unit with the code {code[:60]!r}", f"没有编码为“{code[:60]}”的单元", value=code)
    if not level or level == at:
        yield at, code
        return
    if project.levels.index(level) < project.levels.index(at):
        message = f"unit {code} is of the level {at}, which is below {level}"
        raise InputError(message, f"单元 {code} 属于层级 {at}，低于 {level}", value=code)
    inside = project.some_units(level, project.units_inside(level, code))
    for each in sorted(map(str, inside.index)):
        yield level, each


def _by_code(units: Any, column: str) -> dict[str, str]:
    return dict(zip(units.index.astype(str), units[column].fillna("").astype(str).tolist(), strict=True))


def gathered(sheets: Sheets, units: Sequence[tuple[str, str]], kind: str, paper: Paper) -> Iterator[Sheet]:
    """Yield the sheets of units, one after the other; a stairwell that lies in several of them has one plate."""
    seen: set[str] = set()
    for level, code in units:
        if kind == "notice":
            yield sheets.notice(level, code, paper)
            continue
        for plate in sheets.plates(level, code):
            if plate.id not in seen:
                seen.add(plate.id)
                yield plate


__all__ = ["Person", "Sheets", "Wanted", "chosen", "gathered"]
