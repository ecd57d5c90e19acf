"""Rows of the tables that can not be used, or that name something that is not there: each with what it says and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geogrid.catalogue.roster import TARGET_WORDS, roster_fault
from geogrid.organisation.overlay import unknown_words
from geogrid.organisation.places import Places
from geogrid.organisation.records import ROLES, members_of
from geogrid.organisation.targets import BODIES, UNIT, read_kinds
from geogrid.organisation.times import ends, starts
from geogrid.scheme import Scheme

DATED = ("memberships", "organisations", "overlays")


@dataclass(frozen=True, order=True)
class Fault:
    """One thing that is wrong with a row: `key` as in `geogrid.catalogue.roster`, `row` as in its file, `value` what stands there."""

    table: str
    row: int
    key: str
    value: str
    en: str
    zh: str


def find_faults(records: Mapping[str, pd.DataFrame], places: Places, scheme: Scheme) -> tuple[Fault, ...]:
    """Return all faults of the tables (`geogrid.organisation.records`), by table and row."""
    found = [fault for table in ROLES for fault in _repeated(table, records[table])]
    found += [fault for table in DATED for fault in _dates(table, records[table])]
    found += [fault for table in ("memberships", "overlays") for fault in _members(table, records)]
    found += [fault for table in ("memberships", "overlays") for fault in _targets(table, records, places, scheme)]
    found += [fault for table in ("staff", "organisations") for fault in _units(table, records[table], places)]
    overlays = records["overlays"]
    found += [_fault("overlays", int(overlays["row"].iloc[at]), "word", value) for at, _, value in unknown_words(overlays)]
    return tuple(sorted(set(found)))


def _fault(table: str, row: int, key: str, value: str, **facts: str) -> Fault:
    return Fault(table, int(row), key, value, *roster_fault(key, value=value, **facts))


def _repeated(table: str, rows: pd.DataFrame) -> Iterator[Fault]:
    again = rows[rows["id"].duplicated()]
    yield from (_fault(table, row, "repeated", name) for row, name in zip(again["row"], again["id"], strict=True))


def _dates(table: str, rows: pd.DataFrame) -> Iterator[Fault]:
    begins, over = starts(rows["valid_from"]), ends(rows["valid_to"])
    for name, instants in (("valid_from", begins), ("valid_to", over)):
        bad = rows[np.isnan(instants)]
        yield from (_fault(table, row, "date", value) for row, value in zip(bad["row"], bad[name], strict=True))
    late = rows[begins > over]
    yield from (_fault(table, row.row, "order", f"{row.valid_from} – {row.valid_to}") for row in late.itertuples())


def _members(table: str, records: Mapping[str, pd.DataFrame]) -> Iterator[Fault]:
    known = set(members_of(records)["id"])
    for row, name in zip(records[table]["row"], records[table]["member"], strict=True):
        if name not in known:
            yield _fault(table, row, "member" if name else "no_member", name)


def _targets(table: str, records: Mapping[str, pd.DataFrame], places: Places, scheme: Scheme) -> Iterator[Fault]:
    rows = records[table]
    kinds = read_kinds(rows["target_kind"], scheme.levels)
    bodies = {role: set(records[name]["id"]) for name, role in ROLES.items() if role in BODIES}
    may_be_empty = (rows["action"] == "remove").tolist() if table == "overlays" else [False] * len(rows)
    columns = (rows["row"], rows["target_kind"], kinds["target_kind"], kinds["level"], rows["target"], may_be_empty)
    for row, word, kind, level, target, is_any in zip(*columns, strict=True):
        if not target:
            if not is_any:
                yield _fault(table, row, "no_target", "")
        elif not kind:
            yield _fault(table, row, "kind", word)
        elif kind in BODIES:
            if target not in bodies[kind]:
                yield _unknown(table, row, kind, target)
        else:
            yield from _place(table, row, kind, target, level, places)


def _units(table: str, rows: pd.DataFrame, places: Places) -> Iterator[Fault]:
    for row, code in zip(rows["row"], rows["unit"], strict=True):
        if code:
            yield from _place(table, row, UNIT, code, "", places)


def _place(table: str, row: int, kind: str, target: str, level: str, places: Places) -> Iterator[Fault]:
    found = places.own(kind, target, level)
    if not found:
        yield _unknown(table, row, kind, target)
    elif kind == UNIT and all(code != target for _, code in found):
        yield _fault(table, row, "retired", target, new=", ".join(code for _, code in found))


def _unknown(table: str, row: int, kind: str, target: str) -> Fault:
    en, zh = TARGET_WORDS[kind]
    return _fault(table, row, "target", target, kind_en=en, kind_zh=zh)
