"""What is on a sheet, as values: names, figures, people, stations and a map. Everything is text or a number, ready to be set.

A sheet knows no project: `geogrid.pipeline.sheets` gathers it, `geogrid.sheets.setting` sets it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from geogrid.sheets.scene import Map


@dataclass(frozen=True)
class Figure:
    """A number that is told of a unit: its name, the number as text, its unit of measure."""

    label: str
    value: str
    unit: str = ""


@dataclass(frozen=True)
class Person:
    """Who is responsible: `of` is the unit that he stands for; an empty text is not known. Without `name` nobody is named yet."""

    of: str
    name: str = ""
    post: str = ""
    duties: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Station:
    """A station that serves the unit: `sign` is what stands on the map (its number), `how` says where it is: inside, or how far."""

    sign: str
    kind: str
    name: str
    address: str
    how: str
    colour: str


@dataclass(frozen=True)
class Storeys:
    """Some storeys of a stairwell, and the unit of the lowest level that they are."""

    floors: str
    unit: str
    code: str
    households: str
    people: str = ""


@dataclass(frozen=True)
class About:
    """What stands at the foot of every sheet: where the data are from, how old they are, and what is not as it is in the world."""

    source: str
    date: str
    simulated: str = ""
    draft: str = ""


@dataclass(frozen=True)
class Notice:
    """The public notice of a unit (网格公示图). `above`: names of the units over it, from the top; `sides`: what borders it (direction, what)."""

    code: str
    title: str
    level: str
    above: tuple[str, ...]
    figures: tuple[Figure, ...]
    counted: str
    people: tuple[Person, ...]
    people_more: str
    sides: tuple[tuple[str, str], ...]
    stations: tuple[Station, ...]
    stations_more: str
    map: Map
    about: About
    link: str = ""
    kind: str = field(default="notice", init=False)

    @property
    def file(self) -> str:
        """What its file is called, without an ending."""
        return self.code


@dataclass(frozen=True)
class Plate:
    """The plate of a stairwell (单元门牌). `above`: level, name and code of the units that all of it is part of, from the top."""

    id: str
    code: str
    title: str
    place: str
    above: tuple[tuple[str, str, str], ...]
    figures: tuple[Figure, ...]
    people: tuple[Person, ...]
    people_more: str
    storeys: tuple[Storeys, ...]
    about: About
    link: str = ""
    kind: str = field(default="plate", init=False)

    @property
    def file(self) -> str:
        """What its file is called, without an ending."""
        return self.id


@dataclass(frozen=True)
class Change:
    """The register of a change (网格划分登记表). `facts`: name and value; `pictures`: title and drawing (SVG) of either side;
    `said`: the answer in a line; `heads` and `rows`: the table of units;
    `below`: what stands under it, name and value."""

    number: str
    title: str
    facts: tuple[tuple[str, str], ...]
    pictures: tuple[tuple[str, str], ...]
    changing: str
    said: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    below: tuple[tuple[str, str], ...]
    about: About
    kind: str = field(default="change", init=False)

    @property
    def file(self) -> str:
        """What its file is called, without an ending."""
        return self.number


Sheet = Notice | Plate | Change
