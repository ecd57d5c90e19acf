"""Who stands on a sheet: the people responsible in a unit and over it, in the sheet's language, the nearest level first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from geogrid.pipeline.lookup import Lookup
from geogrid.scheme import Scheme
from geogrid.sheets.values import Person

MOST = 6
"""So many people are named; of more the number is told."""


class PeopleGathering:
    """People of a moment, of a project with or without staff."""

    def __init__(self, lookup: Lookup | None, scheme: Scheme, when: datetime, lang: str) -> None:
        self._lookup = lookup if lookup is not None and lookup.roster is not None else None
        self._scheme, self.when, self._lang = scheme, when, lang

    def of(self, chain: Mapping[str, str], called: Callable[[str, str], str], near: list[tuple[str, str]]) -> list[Person]:
        """Return who is responsible in the units `chain` (by level) and at places `near`, the lowest level first; "to be named" where nobody is.

        A level that wants nobody and has nobody is left out; the lowest always stands there.
        """
        lines = self._lines(chain, near)
        order = [level.id for level in self._scheme.levels if chain.get(level.id)][::-1]
        out = [self._person(line, called) for line in lines if line["unit"] not in chain.values()]
        for level in order:
            mine = [line for line in lines if (line["level"], line["unit"]) == (level, chain[level])]
            out += [self._person(line, called) for line in mine]
            if not mine and (level == order[0] or self._wants(level)):
                out.append(Person(called(level, chain[level])))
        return out

    def _lines(self, chain: Mapping[str, str], near: list[tuple[str, str]]) -> list[dict[str, Any]]:
        if self._lookup is None:
            return []
        return self._lookup.duties(self.when).responsible(dict(chain), near, ("kind", "via", "target"))

    def _wants(self, level: str) -> bool:
        return any(kind.per == level and kind.least for kind in self._scheme.staff.values())

    def _person(self, line: Mapping[str, Any], called: Callable[[str, str], str]) -> Person:
        rule = self._scheme.staff.get(line["kind"] or "")
        post, duties = line["post"] or "", line["duties"] or ""
        if rule and self._lang == "en":
            post = rule.post.en if post == rule.post.zh else post
            zh = [duty.zh for duty in rule.duties]
            duties = ", ".join(duty.en for duty in rule.duties) if duties in ("、".join(zh), "；".join(zh)) else duties
        post = post or (rule.name.say(self._lang) if rule else "")
        return Person(called(line["level"], line["unit"]), line["name"] or line["staff"] or "", post, duties, line["phone"] or "")


def fewer(people: list[Person], lang: str, most: int = MOST) -> tuple[tuple[Person, ...], str]:
    """Return the first people, and how many more there are in words."""
    left = len(people) - most
    return tuple(people[:most]), "" if left <= 0 else (f"and {left} more" if lang == "en" else f"另有 {left} 人")
