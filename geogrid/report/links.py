"""Which unit an organisation or a person belongs to: by the table of memberships, else a column of codes, else the place where it lies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from geogrid.report.subject import Subject
from geogrid.wording import folded, level_words

Linked = Callable[[str], "Links"]
"""Gives the links of a role, found once for a whole report."""
UNIT_WORDS = frozenset(folded(word) for word in ("unit", "units", "单元", "区划单元", ""))
COLUMNS = ("row", "level", "code", "how")


@dataclass(frozen=True, eq=False)
class Links:
    """`held`: a line for each pair of a row (its position in the table) and a unit, columns of `COLUMNS`; `how` is "member", "code" or "place".

    `missing`: positions of rows that name a unit which does not exist, with the code they name. `strangers`: positions in the memberships of rows
    that name a unit and a member who stands in none of the tables.
    """

    held: pd.DataFrame
    missing: tuple[tuple[int, str], ...]
    strangers: tuple[int, ...] = ()


def find_links(subject: Subject, role: str) -> Links:
    """Join the rows of `organisations` or `staff` to units of every level. A code that stands on several levels counts on each."""
    table = subject.table(role)
    levels, members = _levels_of_codes(subject), _memberships(subject)
    named = [*_by_membership(members, table), *_by_column(table)]
    words = level_words(subject.scheme.levels)
    held, missing, done = [], [], set()
    for row, kind, code, how in named:
        if how == "code" and row in done:
            continue  # the memberships say more
        done.add(row)
        there = [level for level in levels.get(code, ()) if kind in UNIT_WORDS or words.get(kind) == level]
        held += [(row, level, code, how) for level in there]
        if not there:
            missing.append((row, code))
    held += _by_place(subject, table, done)
    return Links(pd.DataFrame(held, columns=list(COLUMNS)).drop_duplicates(ignore_index=True), tuple(missing), _strangers(subject, members))


def _levels_of_codes(subject: Subject) -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    for level in subject.levels:
        units = subject.units(level)
        for code in units.index[(units["valid_to"] == "").to_numpy()]:
            out.setdefault(str(code), []).append(level)
    return out


def _by_membership(members: list[tuple[str, str, str]], table: pd.DataFrame) -> list[tuple[int, str, str, str]]:
    """Return (row, kind of target, code, "member") for each membership of a row of the table in a unit."""
    if "id" not in table:
        return []
    rows: dict[str, list[int]] = {}
    for row, name in enumerate(table["id"]):
        rows.setdefault(str(name), []).append(row)
    return [(row, kind, code, "member") for member, kind, code in members for row in rows.get(member, ())]


def _memberships(subject: Subject) -> list[tuple[str, str, str]]:
    """Return (member, folded kind of target, target) of the memberships in units."""
    if "memberships" not in subject.tables:
        return []
    table = subject.table("memberships")
    if "member" not in table or "target" not in table:
        return []
    given = table["target_kind"].astype(str).tolist() if "target_kind" in table else [""] * len(table)
    words = {kind: folded(kind) for kind in set(given)}
    kinds = [words[kind] for kind in given]
    known = UNIT_WORDS | set(level_words(subject.scheme.levels))
    members = zip(table["member"].astype(str), kinds, table["target"].astype(str), strict=True)
    return [line if line[1] in known else ("", line[1], line[2]) for line in members]


def _by_column(table: pd.DataFrame) -> list[tuple[int, str, str, str]]:
    return [(row, "", str(code), "code") for row, code in enumerate(table["unit"]) if code] if "unit" in table else []


def _by_place(subject: Subject, table: pd.DataFrame, done: set[int]) -> list[tuple[int, str, str, str]]:
    """Rows that nothing names a unit for, by the codes that the pipeline found for their points."""
    there = [level for level in subject.levels if level in table.columns]
    return [
        (row, level, str(code), "place")
        for level in there
        for row, code in enumerate(table[level])
        if row not in done and isinstance(code, str) and code
    ]


def _strangers(subject: Subject, members: list[tuple[str, str, str]]) -> tuple[int, ...]:
    """Positions of memberships in units whose member stands neither among the organisations nor the staff."""
    tables = [subject.table(role) for role in ("organisations", "staff", "workplaces") if role in subject.tables]
    known = {str(name) for table in tables if "id" in table for name in table["id"]}
    return tuple(i for i, (member, _, _) in enumerate(members) if member and member not in known)
