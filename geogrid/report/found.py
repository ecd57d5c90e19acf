"""Declared figures that do not hold, as findings; and the units that have no organisation or officer where the declared table asks for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import shapely
from shapely.geometry.base import BaseGeometry

from geogrid.catalogue import why
from geogrid.catalogue.staffing import NOBODY
from geogrid.findings import Finding
from geogrid.report.rows import DIFFERS, Case, DeclaredRow
from geogrid.report.titles import title
from geogrid.report.verdict import shown
from geogrid.scheme import Scheme

WITHOUT = {"units_without_organisation": "no_organisation", "organisation_share": "no_organisation", "units_without_staff": "no_staff"}

_BODY = {"what_zh": "组织", "what_en": "organisation"}


def find_declared(rows: Iterable[DeclaredRow], scheme: Scheme, known: Iterable[Finding] = ()) -> list[Finding]:
    """Return a `count_mismatch` for each declared figure that does not hold, and a finding for each unit that lacks its organisation or officer.

    Units of which a finding that is `known` already says so are not named again: declared figures may ask for what the scheme asks for too.
    """
    found = []
    for row in rows:
        if row.verdict == DIFFERS and not row.is_implied:
            found.append(_mismatch(row, scheme))
        found += _without(row, scheme)
    return _once(found, known)


def _mismatch(row: DeclaredRow, scheme: Scheme) -> Finding:
    cases = [case for case in (row.lists[0].cases if row.lists else ()) if case.level]
    half = why("count_declared", declared=row.declared, source=row.source or row.where, computed=shown(row.computed or 0.0))
    facts = {"of": title(row, scheme, "en"), "of_zh": title(row, scheme, "zh"), "said": row.why, "said_zh": row.why_zh, **half}
    units = tuple(case.code for case in cases)
    return Finding("count_mismatch", row.level, units, _united(cases), value=row.computed, facts=facts)


def _without(row: DeclaredRow, scheme: Scheme) -> Iterator[Finding]:
    """One finding a unit, so that each stands at its place on the map; where some lack one, the first list is that of the units without."""
    if row.figure not in WITHOUT or row.computed in (None, 100.0 if row.figure == "organisation_share" else 0.0) or not row.lists:
        return
    name = scheme.level(row.level).name
    for case in row.lists[0].cases:
        yield Finding(WITHOUT[row.figure], row.level, (case.code,), case.place, facts={"level_zh": name.zh, "level_en": name.en, **NOBODY, **_BODY})


def _united(cases: list[Case]) -> BaseGeometry | None:
    places = [case.place for case in cases if case.place is not None]
    return shapely.union_all(shapely.make_valid(places)) if places else None


def _once(found: list[Finding], known: Iterable[Finding]) -> list[Finding]:
    """Keep the first finding of each rule, level and unit that is not known: two rows may ask for the same list."""
    told = {(each.rule, each.level, each.units) for each in known}
    kept: dict[object, Finding] = {}
    for finding in found:
        same = (finding.rule, finding.level, finding.units)
        if finding.rule == "count_mismatch":
            kept[id(finding)] = finding
        elif same not in told:
            kept.setdefault(same, finding)
    return list(kept.values())
