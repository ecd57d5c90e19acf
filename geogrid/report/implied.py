"""What declared figures say together: so many grids and so many organisations on them leave so many grids without one.

2,459 grids, 531 branches and 1,894 groups  →  34 grids have neither
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from geogrid.declared import Amount
from geogrid.report.asked import Asked
from geogrid.report.bodies import level_held, rows_of_kind
from geogrid.report.links import Linked, Links
from geogrid.report.subject import Subject
from geogrid.report.units import names_of, valid_units

Pair = tuple[Amount, Asked]


def find_implied(subject: Subject, declared: Sequence[Pair], linked: Linked) -> Iterator[tuple[Asked, dict[str, Any], int | None]]:
    """Yield, for each level with declared organisations, what to compute, the facts of the sentence, and the number that follows.

    The number is None where a figure is no plain one, or more organisations than units were declared. A level for which units without an
    organisation were declared is left to that row; of kinds that the scheme knows only those count that it wants in each unit of the level.
    """
    if "organisations" not in subject.tables or not any(asked.figure == "organisations" for _, asked in declared):
        return
    links = linked("organisations")
    spoken_for = {asked.level for _, asked in declared if asked.figure == "units_without_organisation"}
    for level in subject.levels:
        pairs = [(amount, asked) for amount, asked in declared if asked.figure == "organisations" and _level_of(subject, links, asked) == level]
        pairs = [pair for pair in pairs if _is_wanted(subject, pair[1], level)]
        if not pairs or level in spoken_for:
            continue
        kinds = None if any(asked.kinds is None for _, asked in pairs) else frozenset().union(*(asked.kinds or () for _, asked in pairs))
        units_n = _units_declared(subject, declared, level)
        numbers = [amount.value for amount, _ in pairs]
        plain = all(amount.bound == "" and amount.value is not None for amount, _ in pairs)
        left = round(units_n - sum(number or 0 for number in numbers)) if plain else -1
        said = " + ".join(f"{number:,.0f}" for number in numbers if number is not None)
        facts = {"units": f"{units_n:,.0f}", "organisations": said, "n": f"{left:,}", **names_of(subject, level)}
        yield Asked("units_without_organisation", level, "", kinds), facts, left if left >= 0 else None


def _is_wanted(subject: Subject, asked: Asked, level: str) -> bool:
    """Tell whether organisations of these kinds are wanted in every unit of a level, as far as the scheme says."""
    names = {kind: {kind, entry.name.zh, entry.name.en} for kind, entry in subject.scheme.organisations.items()}
    known = [kind for kind, words in names.items() if asked.kinds is not None and asked.kinds & words]
    return not known or any(subject.scheme.organisations[kind].covers == level for kind in known)


def _level_of(subject: Subject, links: Links, asked: Asked) -> str:
    """Return the level of declared organisations: the one that the row names, else the one that all organisations of the kind are joined to."""
    if asked.level:
        return asked.level
    rows = rows_of_kind(subject.table("organisations"), asked)
    return level_held(links.held[links.held["row"].isin(rows) & (links.held["how"] != "place")])


def _units_declared(subject: Subject, declared: Sequence[Pair], level: str) -> float:
    """Return the declared number of units of a level, else the computed one."""
    for amount, asked in declared:
        if asked.figure == "units" and asked.level == level and amount.bound == "" and amount.value is not None:
            return amount.value
    return float(len(valid_units(subject, level)))
