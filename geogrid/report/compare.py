"""Declared against computed: each figure is computed from the project, compared, and explained."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import Any

import pandas as pd

from geogrid.declared import Amount, Declared, read_amount
from geogrid.errors import InputError
from geogrid.findings import severity_of
from geogrid.recipe import Recipe
from geogrid.report import bodies, sites, units
from geogrid.report.asked import Asked, understand
from geogrid.report.implied import find_implied
from geogrid.report.links import Linked, find_links
from geogrid.report.rows import DIFFERS, HOLDS, UNKNOWN, Computed, DeclaredRow, Note, note
from geogrid.report.subject import Subject
from geogrid.report.verdict import UNITS, in_unit_of, verdict_notes, widened

MOST_FIGURES = 1_000
FIELDS = ("item", "level", "kind", "value", "unit", "source", "note", "where")


def compare_declared(project: Subject) -> list[DeclaredRow]:
    """Compare what was declared with what the project holds, in the order of the declarations; then what follows from them together.

    A declared number of units and of the organisations on them implies how many units have none: that row comes last, with the list of those units.
    An item that can not be computed is a row with the verdict UNKNOWN and the reason.
    """
    declared = declared_of(project)
    asked = [understand(row, project) for row in declared]
    linked = cache(partial(find_links, project))
    rows = [_compared(project, row, what, linked) for row, what in zip(declared, asked, strict=True)]
    read = zip(map(_read, declared), asked, strict=True)
    pairs = [(amount, what) for amount, what in read if isinstance(what, Asked) and amount is not None]
    return rows + [_implied_row(project, linked, *found) for found in find_implied(project, pairs, linked)]


def declared_of(project: Subject) -> list[Declared]:
    """Return what the project holds as declared."""
    table = project.meta.get("declared") or {}
    return [Declared(**{name: str(line.get(name, "")) for name in FIELDS}) for line in table.get("figures", ())]


def read_rows(table: pd.DataFrame | None, recipe: Recipe) -> list[Declared]:
    """Return the declared figures of an input file, as it was read; `where` is file and row."""
    if table is None:
        return []
    file = recipe.inputs["declared"].path.name
    lines = [{str(name): str(value) for name, value in line.items()} for line in table.to_dict("records")]
    return [Declared(**{name: line.get(name, "") for name in FIELDS[:-1]}, where=f"{file} #{line['row']}") for line in lines]


def to_meta(declared: Sequence[Declared]) -> list[dict[str, str]]:
    """Return declared figures as a project keeps them in its meta. Raises InputError where there are more than anybody reads."""
    if len(declared) > MOST_FIGURES:
        message = f"{len(declared):,} declared figures; at most {MOST_FIGURES:,} are compared"
        raise InputError(message, f"申报了 {len(declared):,} 个数，最多核对 {MOST_FIGURES:,} 个", field="declared")
    return [{name: getattr(row, name) for name in FIELDS} for row in declared]


def count_verdicts(rows: Iterable[DeclaredRow]) -> dict[str, int]:
    """Return how many declared figures hold, how many do not and how many can not be told; implied rows are not counted."""
    verdicts = [row.verdict for row in rows if not row.is_implied]
    return {"figures_n": len(verdicts), **{verdict: verdicts.count(verdict) for verdict in (HOLDS, DIFFERS, UNKNOWN)}}


def _read(row: Declared) -> Amount | None:
    """Read a row's figure; None where nobody can, as with a unit that contradicts the figure."""
    try:
        return read_amount(row.figure)
    except InputError:
        return None


def _compared(project: Subject, row: Declared, what: Asked | Note, linked: Linked) -> DeclaredRow:
    written = _read(row)
    if written is None:
        return _told(project, row, None, None, Computed(None, (note("unreadable", name=row.figure),)))
    if isinstance(what, Note):
        return _told(project, row, None, written, Computed(None, (what,)))
    amount = in_unit_of(what.figure, written)
    if isinstance(amount, Note):
        return _told(project, row, what, written, Computed(None, (amount,)))
    computed = _compute(project, what, amount, written, linked)
    if computed.value is not None and what.figure == "area_km2":
        amount = widened(amount, written, computed.value)
    return _told(project, row, what, amount, computed)


def _compute(project: Subject, asked: Asked, amount: Amount, written: Amount, linked: Linked) -> Computed:
    figures = {
        "units": lambda: units.count_units(project, asked, amount),
        "levels": lambda: units.count_levels(project),
        "area_km2": lambda: units.measure_area(project, asked, written),
        "households": lambda: sites.count_people(project, asked),
        "persons": lambda: sites.count_people(project, asked),
        "stations": lambda: sites.count_sites(project, asked, amount),
        "cameras": lambda: sites.count_sites(project, asked, amount),
        "events": lambda: sites.count_sites(project, asked, amount),
        "organisations": lambda: bodies.count_bodies(project, asked, linked),
        "staff": lambda: bodies.count_bodies(project, asked, linked),
        "members": lambda: bodies.count_members(project),
        "units_without_organisation": lambda: bodies.count_without(project, asked, "organisations", linked),
        "units_without_staff": lambda: bodies.count_without(project, asked, "staff", linked),
        "organisation_share": lambda: bodies.share_with(project, asked, linked),
    }
    return figures.get(asked.figure, lambda: sites.count_rows(project, asked))()


def _told(project: Subject, row: Declared, asked: Asked | None, amount: Amount | None, computed: Computed) -> DeclaredRow:
    """Put a row together: verdict, difference, words and lists."""
    figure = asked.figure if asked else ""
    unit, value = UNITS.get(figure, ""), computed.value
    verdict, difference, notes = UNKNOWN, None, computed.notes
    if value is not None and amount is not None:
        verdict, difference = HOLDS if amount.holds(value) else DIFFERS, amount.difference(value)
        notes = (*verdict_notes(amount, value, unit), *notes)
    low, high = (amount.low, amount.high) if amount else (None, None)
    return DeclaredRow(
        item=row.item,
        figure=figure,
        level=asked.level if asked else "",
        kind=asked.kind if asked else row.kind,
        declared=row.figure,
        low=low,
        high=None if high == float("inf") else high,
        computed=value,
        difference=difference,
        unit=unit,
        verdict=verdict,
        severity=severity_of("count_mismatch", project.scheme.severity) if verdict == DIFFERS else "",
        source=row.source,
        note=row.note,
        where=row.where,
        notes=notes,
        lists=computed.lists,
    )


def _implied_row(project: Subject, linked: Linked, asked: Asked, facts: Mapping[str, Any], implied: int | None) -> DeclaredRow:
    """Make the row that nobody declared: the units of a level that have none of the organisations that were declared for it."""
    computed = bodies.count_without(project, asked, "organisations", linked)
    amount = None if implied is None else read_amount(str(implied))
    row = _told(project, Declared("", asked.level, "" if implied is None else str(implied)), asked, amount, computed)
    reason = [note("implied", **facts)] if implied is not None else []
    return replace(row, is_implied=True, severity="", notes=(*reason, *row.notes))
