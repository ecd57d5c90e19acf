"""What a unit's page answers: where it belongs, what it holds, who is next to it, what is wrong, how its buildings are stacked."""

from __future__ import annotations

from typing import Any

from web import elevation, eventfigures, findings, lookups, neighbours, peopletold, sitepages, suppressed, tables, words
from web.served import Served

CHILDREN_MAX = 400


def answer(served: Served, level: str, code: str) -> dict[str, Any]:
    """Return what `unit.html` says."""
    order = list(served.project.levels)
    chain = tables.lineage(served, level).loc[code]
    upper = [name for name in order[: order.index(level)] if chain[name]]
    return {
        "spec": served.project.scheme.level(level),
        "persons": suppressed.say(served, level, code, tables.unit_rows(served, level).at[code, "persons"]),
        "row": tables.unit_rows(served, level).loc[code],
        "label": label(served, level, code),
        "crumbs": [(name, chain[name], label(served, name, chain[name])) for name in upper],
        "neighbours": _neighbours(served, level, code),
        **_children(served, level, code),
        "people": people(served, level, code),
        "site_kinds": {role: sitepages.kinds_in(served, role, level, code) for role in tables.SITES},
        "events": eventfigures.of_unit(served, level, code),
        "found": findings.of_units(served, level, code),
        "buildings": elevation.elevations(served, level, code) if level in tables.levels(served)[-2:] else [],
        "lowest": tables.levels(served)[-1],
    }


def people(served: Served, level: str, code: str) -> dict[str, Any] | None:
    """Return who is responsible in a unit and over it (`levels`), and at places in it; None in a project without staff."""
    if lookups.lookup(served).roster is None:
        return None
    return peopletold.of_unit(served, level, code, lookups.moment())


def label(served: Served, level: str, code: str) -> str:
    """Return what a unit is called."""
    row = tables.unit_rows(served, level).loc[code]
    return words.unit_label(code, row["name"] or "", row["parent"], served.project.scheme.level(level))


def _neighbours(served: Served, level: str, code: str) -> list[tuple[str, str, Any, Any]]:
    near, rows = neighbours.neighbours(served, level, code), tables.unit_rows(served, level)
    return [(other, label(served, level, other), rows.loc[other], near.loc[other]) for other in near.index]


def _children(served: Served, level: str, code: str) -> dict[str, Any]:
    """Return the units of the next level below on which the unit has any: a level need not be complete."""
    order = list(served.project.levels)
    for lower in order[order.index(level) + 1 :]:
        rows = tables.select(tables.unit_rows(served, lower), served, lower, {"parent": code})
        if len(rows):
            listed = [(other, label(served, lower, other), row) for other, row in rows.iloc[:CHILDREN_MAX].iterrows()]
            return {"children_level": lower, "children": listed, "children_n": len(rows)}
    return {"children_level": "", "children": [], "children_n": 0}
