"""What is told of the people of a district, as data: which bodies, people, workplaces, overlays and events, how many, and what they belong to.

A figure holds for the whole district. In a smaller one it is multiplied by the share of communities kept, or, where `out_of` says of how many
places it was counted, by the places that are there; what there is at all stays, at least once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

DISTRICT = "district"
WORKPLACE = "workplace"
"""Words for a place beside the ids of levels and of `THINGS`."""
THINGS = {"building": "building", "entrance": "entrance", "household": "household", "compound": "compound", "station": "site"}
"""What is no unit but can be belonged to, with its word in `target_kind`."""


BODIES_OF = "organisation:"
"""Begins the word for every organisation of a kind."""


@dataclass(frozen=True)
class Bodies:
    """Organisations of one kind, each belonging to one place `of` a level or of `THINGS` (`DISTRICT`: to none).

    `n`: how many, None for one at each place but `leave` of them. `beside`: only places where none of these kinds belongs. `under`: the kind (or
    kinds, with spaces) of the parent, that of the same place or of the one around it; only places that have one are taken, where any does.
    `spans`: so many of them belong to a neighbouring place too. `name` may say {place} and {i}. `evenly`: at
    every so-manieth place, not at any.
    """

    kind: str
    name: str
    of: str
    n: int | None = None
    leave: int = 0
    out_of: int | None = None
    under: str = ""
    beside: tuple[str, ...] = ()
    spans: int = 0
    evenly: bool = False
    valid: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class People:
    """People of one kind, or of several in turn, with a post at a place: `at` a level or of `THINGS`, in a `WORKPLACE`, or in organisations of a kind
    (`BODIES_OF` it).

    `n` None: one at each place. `covers`: every place has one of them, whoever is left over goes where most people live; where there are fewer
    people than places, one holds the post at several that are neighbours. Without it so many places are chosen. `use`: only things of this kind.
    """

    kinds: tuple[str, ...]
    called: str
    at: str
    n: int | None = None
    out_of: int | None = None
    post: str = ""
    duties: tuple[str, ...] = ()
    covers: bool = True
    use: str = ""


@dataclass(frozen=True)
class Workplaces:
    """Employers paired with units of a level, every unit with at least one and every workplace too. `paired` False: an overlay alone sends them."""

    n: int
    of: str
    called: str = "下沉单位"
    paired: bool = True


@dataclass(frozen=True)
class Sent:
    """One overlay: the staff of `kinds`, organisations of `bodies` and, with `workplaces`, these, go to a unit of the level `to` for a time.

    Whoever has a post at a unit of `from_levels` goes to the unit `to` that this lies in, people of a workplace where it goes (or is paired), the
    others are spread over all units. `part`: only this share of the people.
    """

    id: str
    name: str
    kind: str
    to: str
    valid: tuple[str, str]
    post: str = ""
    people: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()
    workplaces: bool = False
    from_levels: tuple[str, ...] = ()
    part: float = 1.0


@dataclass(frozen=True)
class Reports:
    """Events: how many, of them still `open_n`, of these kinds and from these reporters with their weights; `inside_share` of them in buildings."""

    n: int
    kinds: Mapping[str, float]
    open_n: int = 0
    reporters: Mapping[str, float] = field(default_factory=lambda: {"officer": 6.0, "resident": 4.0})
    inside_share: float = 0.25


@dataclass(frozen=True)
class Folk:
    """All of a district. `deepest`: the lowest level that anyone belongs to; no unit below it has to be known."""

    deepest: str
    bodies: tuple[Bodies, ...] = ()
    people: tuple[People, ...] = ()
    workplaces: Workplaces | None = None
    sent: tuple[Sent, ...] = ()
    reports: tuple[Reports, ...] = ()
