"""Figures of organisations and staff, and of the units that have none of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from geogrid.report.asked import Asked
from geogrid.report.links import Linked, Links
from geogrid.report.rows import Case, Computed, Listing, Note, note
from geogrid.report.subject import Subject
from geogrid.report.units import names_of, rejected_rows, unit_cases, valid_units
from geogrid.report.vocabulary import FIGURES


def count_bodies(subject: Subject, asked: Asked, linked: Linked) -> Computed:
    """Count organisations or staff: all of a kind; without a kind but with a level, those that are joined to its units."""
    role = asked.figure
    table, links = subject.table(role), linked(role)
    rows = rows_of_kind(table, asked)
    held = links.held[links.held["row"].isin(rows)]
    if asked.level and asked.kinds is None:
        held = held[held["level"] == asked.level]
        rows = np.unique(held["row"].to_numpy(dtype=int))
    level = asked.level or level_held(held[held["how"] != "place"])
    notes, lists = _joined(subject, held[held["level"] == level], level) if level else ([], [])
    name = FIGURES[role].name
    for more, listed in (_faults(table, links, rows), _twice(table, rows), rejected_rows(subject, role, (name.zh, name.en))):
        notes, lists = notes + more, lists + listed
    return Computed(float(len(rows)), tuple(notes), tuple(lists))


def rows_of_kind(table: pd.DataFrame, asked: Asked) -> np.ndarray:
    """Return the positions of the rows of the kinds asked for."""
    if asked.kinds is None:
        return np.arange(len(table))
    return np.flatnonzero(table["kind"].isin(asked.kinds)) if "kind" in table else np.array([], dtype=int)


def level_held(held: pd.DataFrame) -> str:
    """Return the one level that links lead to, or "" where there are none or several."""
    levels = held["level"].unique()
    return str(levels[0]) if len(levels) == 1 else ""


def count_without(subject: Subject, asked: Asked, role: str, linked: Linked) -> Computed:
    """Count and list the units of a level that have none of the rows of `role`, of whatever kind or of `kinds`."""
    table, links, name = subject.table(role), linked(role), FIGURES[role].name
    rows = rows_of_kind(table, Asked(role, kinds=asked.kinds))
    held = links.held[links.held["row"].isin(rows) & (links.held["level"] == asked.level)]
    if not len(held):
        return Computed(None, (note("no_links", what_zh=name.zh, what_en=name.en),))
    units = valid_units(subject, asked.level)
    lacking = units.index[~units.index.isin(set(held["code"]))]
    facts = {"whole": f"{len(units):,}", "what_zh": name.zh, "what_en": name.en, **names_of(subject, asked.level)}
    title = note("units_without", n=f"{len(lacking):,}", **facts) if len(lacking) else note("units_all", **facts)
    notes, lists = [title], [Listing(title, unit_cases(units, lacking, asked.level))] if len(lacking) else []
    crowded = held.groupby("code", sort=True).size()
    crowded = crowded[crowded > 1].index
    if len(crowded):
        several = note("units_several", n=f"{len(crowded):,}", **facts)
        notes.append(several)
        lists.append(Listing(several, unit_cases(units, crowded, asked.level)))
    for more, listed in (_faults(table, links, rows), _strangers(subject, links)):
        notes, lists = notes + more, lists + listed
    return Computed(float(len(lacking)), tuple(notes), tuple(lists))


def share_with(subject: Subject, asked: Asked, linked: Linked) -> Computed:
    """Return the per cent of a level's units that have an organisation, with the list of those that have none."""
    without = count_without(subject, asked, "organisations", linked)
    whole = len(valid_units(subject, asked.level))
    if without.value is None or not whole:
        return without
    return Computed(round(100 * (whole - without.value) / whole, 4), without.notes, without.lists)


def count_members(subject: Subject) -> Computed:
    """Count the people of the memberships: their members, each once, that are no organisations."""
    table = subject.table("memberships")
    bodies = set(subject.table("organisations").get("id", ())) if "organisations" in subject.tables else set()
    members = set(table["member"]) - bodies - {""} if "member" in table else set()
    return Computed(float(len(members)))


def _joined(subject: Subject, held: pd.DataFrame, level: str) -> tuple[list[Note], list[Listing]]:
    """Tell how many rows are joined to units of a level, by which way; list those that are joined to several."""
    ways = held.drop_duplicates("row")["how"].value_counts()
    counts = {how: f"{int(ways.get(how, 0)):,}" for how in ("member", "code", "place")}
    names = subject.scheme.level(level).name
    return [note("joined", n=f"{held['row'].nunique():,}", level_zh=names.zh, level_en=names.en, **counts)], []


def _faults(table: pd.DataFrame, links: Links, rows: Sequence[int]) -> tuple[list[Note], list[Listing]]:
    """Tell and list rows that name a unit which is not there, that belong to several units of one level, or to none at all."""
    wanted = set(map(int, rows))
    held = links.held[links.held["row"].isin(wanted)]
    missing = [(row, code) for row, code in links.missing if row in wanted]
    per_level = held.groupby(["row", "level"], sort=True)["code"].nunique()
    several = sorted({int(row) for row, _ in per_level[per_level > 1].index})
    alone = sorted(wanted - set(held["row"]) - {row for row, _ in missing})
    codes = held[held["row"].isin(several)].groupby("row")["code"].agg(lambda values: " ".join(dict.fromkeys(values)))
    told = (
        ("target_missing", [_case(table, row, code) for row, code in missing]),
        ("target_several", [_case(table, row, codes[row]) for row in several]),
        ("not_joined", [_case(table, row, "") for row in alone]),
    )
    notes, lists = [], []
    for key, cases in told:
        if cases:
            title = note(key, n=f"{len({case.code for case in cases}):,}")
            notes.append(title)
            lists.append(Listing(title, tuple(cases)))
    return notes, lists


def _strangers(subject: Subject, links: Links) -> tuple[list[Note], list[Listing]]:
    """Tell of memberships in units whose member nobody knows: each may be what a unit seems to lack."""
    if not links.strangers:
        return [], []
    table = subject.table("memberships")
    title = note("unknown_members", n=f"{len(links.strangers):,}")
    lines = [(str(table["member"].iloc[i]), str(table["target"].iloc[i])) for i in links.strangers]
    return [title], [Listing(title, tuple(Case(member, detail=Note(target, target)) for member, target in lines))]


def _twice(table: pd.DataFrame, rows: Sequence[int]) -> tuple[list[Note], list[Listing]]:
    """Tell of ids that occur more than once."""
    ids = table["id"].astype(str).iloc[list(rows)] if "id" in table else pd.Series(dtype=str)
    again = np.flatnonzero((ids.duplicated() & (ids != "")).to_numpy())
    if not len(again):
        return [], []
    title = note("repeated", n=f"{ids.iloc[again].nunique():,}")
    return [title], [Listing(title, tuple(_case(table, int(rows[i]), "") for i in again))]


def _case(table: pd.DataFrame, row: int, said: str) -> Case:
    """Return the case of an organisation or a person, with the codes that it names."""
    line = table.iloc[row]
    place = line["geometry"] if "geometry" in table else None
    return Case(str(line.get("id") or f"#{row + 1}"), str(line.get("name") or ""), detail=Note(said, said) if said else None, place=place)
