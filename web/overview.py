"""What the overview answers: how many units of each level, who is out of bounds, what else is wrong, what is right."""

from __future__ import annotations

from typing import Any

from geogrid.rules.reasons import is_accepted
from web import findings, onescreen, sitepages, tables, words
from web.served import Served


def answer(served: Served) -> dict[str, Any]:
    """Return what `overview.html` says."""
    return {
        "screen": onescreen.first(served),
        "counts": [(level, len(tables.unit_rows(served, level))) for level in tables.levels(served)],
        "totals": totals(served),
        "outline_derived": served.project.district_source == "derived",
        "legends": [_legend(served, level) for level in tables.bound_levels(served)],
        "wrong": [group for group in findings.groups(served) if group.rule not in ("households_below", "households_above")],
        "fine": findings.good(served)[0],
        "estimated": findings.estimated_households(served),
        "site_kinds": {role: sitepages.kinds(served, role) for role in tables.SITES},
    }


def first_level(served: Served) -> str:
    """Return the level whose table opens first: the one above the first with bounds, else the lowest that is not too long."""
    levels = tables.levels(served)
    bound = tables.bound_levels(served)
    if bound and levels.index(bound[0]) > 0:
        return levels[levels.index(bound[0]) - 1]
    short = [level for level in levels if len(tables.unit_rows(served, level)) <= tables.ROWS_FIRST_MAX]
    return short[-1] if short else levels[0]


def totals(served: Served) -> dict[str, float]:
    """Return area, households and persons of the district: of all atoms, in units or not."""
    return served.keep("totals", lambda: _totals(served))


def _totals(served: Served) -> dict[str, float]:
    households, persons = served.project.count_people()
    return {"area_m2": float(served.project.district.area), "households": households, "persons": persons}


def _legend(served: Served, level: str) -> dict[str, Any]:
    rows, spec = tables.unit_rows(served, level), served.project.scheme.level(level)
    counts = rows["status"].value_counts()
    lower, upper = spec.households or (0, 0)
    return {
        "level": level,
        "name": words.level_name(spec),
        "plural": words.level_name(spec, plural=True),
        "bounds": words.bounds(spec),
        "lower": lower,
        "upper": upper,
        "n": len(rows),
        "counts": {status: int(counts.get(status, 0)) for status in tables.STATUSES},
        "out": int(rows["status"].isin(["above", "below"]).sum()),
        "accepted": int((rows["status"].isin(["above", "below"]) & rows["reason"].fillna("").map(is_accepted)).sum()),
    }
