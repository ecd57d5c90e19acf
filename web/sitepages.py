"""What the stations and cameras pages answer: which unit has how many of each kind, and which has none."""

from __future__ import annotations

from typing import Any

import numpy as np

from geogrid.maps.kinds import kinds_of
from web import data, tables, words
from web.language import language
from web.served import Served


def answer(served: Served, role: str) -> dict[str, Any]:
    """Return what `sites.html` says: kinds with their numbers, per level who has none, what is secret, lies outside, is not known."""
    frame = tables.sites(served, role)
    n = 0 if frame is None else len(frame)
    found = kinds(served, role)
    return {
        "n": n,
        "kinds": found,
        "site_levels": [_level(served, role, level, [kind["key"] for kind in found]) for level in tables.levels(served)],
        "secret": int(frame["secret"].sum()) if n else 0,
        "outside": int((frame["outside_m"] > 0).sum()) if n and "outside_m" in frame.columns else 0,
        "no_direction": int(data.has_no_direction(frame).sum()) if n and role == "cameras" else 0,
    }


def first_level(served: Served, role: str) -> str:
    """Return the level whose table opens first: where stations are owed one, cameras on grids; never a level with too many rows."""
    levels = tables.levels(served)
    short = [level for level in levels if len(tables.unit_rows(served, level)) <= tables.ROWS_FIRST_MAX] or levels[:1]
    owed = [kind.one_per for kind in served.project.scheme.stations.values() if kind.one_per in short]
    if role == "stations":
        return owed[0] if owed else short[max(0, len(short) - 2)]
    return short[-1]


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


def _level(served: Served, role: str, level: str, kinds: list[str]) -> dict[str, Any]:
    rows = tables.unit_rows(served, level)
    counts = tables.site_counts(served, role, level).reindex(rows.index).fillna(0)
    empty = {"": (rows[role] == 0).to_numpy()}
    empty |= {kind: (counts[kind] == 0).to_numpy() if kind in counts.columns else np.ones(len(rows), bool) for kind in kinds}
    spec = served.project.scheme.level(level)
    homes = rows["households"].to_numpy()
    return {
        "id": level,
        "name": words.level_name(spec),
        "plural": words.level_name(spec, plural=True),
        "n": len(rows),
        "households": int(homes.sum()),
        "none": {kind: {"units": int(mask.sum()), "households": int(homes[mask].sum())} for kind, mask in empty.items()},
    }
