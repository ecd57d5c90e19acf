"""What is missing of people, as findings: one for each unit that lacks what the scheme wants there."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from shapely.geometry.base import BaseGeometry

from geogrid.catalogue.staffing import all_words, gap_words, to_do_words
from geogrid.findings import Finding
from geogrid.organisation.duties import Duties, Posted
from geogrid.scheme import Scheme


def find_no_staff(moment: Posted, scheme: Scheme, units: Mapping[str, pd.DataFrame]) -> list[Finding]:
    """Return a finding `no_staff` for each unit (frames by level, index code) that breaks a rule of the scheme; without rules, or staff, none."""
    if not any(kind.per for kind in scheme.staff.values()):
        return []
    gaps = Duties(moment, scheme).gaps(units)
    return [
        _finding(str(level), str(code), rows, scheme, _place(units[str(level)], str(code)))
        for (level, code), rows in gaps.groupby(["level", "code"], sort=False)
    ]


def kind_name(kind: str, scheme: Scheme, language: str) -> str:
    """Return what a kind of officer is called; a kind that the scheme does not know by its own word."""
    return scheme.staff[kind].name.say(language) if kind in scheme.staff else kind


def _finding(level: str, code: str, gaps: pd.DataFrame, scheme: Scheme, place: BaseGeometry | None) -> Finding:
    lines = list(gaps[["missing", "kind", "wanted", "have"]].itertuples(index=False, name=None))
    facts = {"level_zh": scheme.level(level).name.zh, "level_en": scheme.level(level).name.en}
    for language, ending in (("zh", "_zh"), ("en", "")):
        said = [gap_words(missing, kind_name(kind, scheme, language), wanted, have, language) for missing, kind, wanted, have in lines]
        to_do = dict.fromkeys(to_do_words(missing, wanted, have, language) for missing, _, wanted, have in lines)
        facts |= {f"why{ending}": all_words(said, language), f"do{ending}": all_words(to_do, language)}
    return Finding("no_staff", level, (code,), place, facts=facts)


def _place(units: pd.DataFrame, code: str) -> BaseGeometry | None:
    return units["geometry"][code] if "geometry" in units else None
