"""The stations and cameras of the project by kind, and those of one unit."""

from __future__ import annotations

from typing import Any

from geogrid.maps.kinds import kinds_of
from web import tables
from web.language import language
from web.served import Served


def kinds_in(served: Served, role: str, level: str, code: str) -> list[tuple[str, int]]:
    """Return the sites of one unit by kind."""
    counts = tables.site_counts(served, role, level)
    if code not in counts.index:
        return []
    names = {kind["key"]: kind["name"] for kind in kinds(served, role)}
    return [(names[kind], int(n)) for kind, n in counts.loc[code].items() if n]


def kinds(served: Served, role: str) -> list[dict[str, Any]]:
    """Return the kinds of a role that the project has: `key name n` and the map's sign for it (`shape colour sign`)."""
    frame = tables.sites(served, role)
    if frame is None or not len(frame):
        return []
    return [{**kind, "key": kind["id"], "name": kind[language()]} for kind in kinds_of(served.project.scheme, role, frame)]
