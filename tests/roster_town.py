"""People and organisations on the tiny plan of `tests.tiny`: frames for tests of the roster, and the scheme that names their kinds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from functools import cache
from typing import Any

import pandas as pd

from geogrid.organisation import Places, Roster
from geogrid.scheme import Scheme, parse_scheme
from geogrid.store import Contents
from tests.tiny import EAST, WEST, tiny_contents

ZONE = timezone(timedelta(hours=8))
A, B, C, D = WEST + "001", EAST + "001", WEST + "002", EAST + "002"
SCHEME = """name = { zh = "样例", en = "sample" }
[[levels]]
id = "community"
name = { zh = "社区", en = "community" }
[[levels]]
id = "grid"
name = { zh = "网格", en = "grid" }
[[levels]]
id = "microgrid"
name = { zh = "微网格", en = "micro-grid" }
[staff.full_time]
name = { zh = "专职网格员", en = "full-time officer" }
per = "grid"
post = { zh = "网格长", en = "grid head" }
duties = [{ zh = "巡查", en = "patrols" }, { zh = "走访", en = "visits" }]
[organisations.committee]
name = { zh = "社区党委", en = "community committee" }
of = "community"
[organisations.branch]
name = { zh = "网格党支部", en = "grid branch" }
under = "committee"
of = "grid"
covers = "grid"
[organisations.group]
name = { zh = "党小组", en = "group" }
under = ["branch", "committee"]
covers = "grid"
[organisations.centre]
name = { zh = "党员中心户", en = "centre household" }
under = "group"
of = "household"
[organisations.team]
name = { zh = "志愿队", en = "team" }
"""


@cache
def scheme() -> Scheme:
    """Return a scheme of three levels whose grids want a branch or a group."""
    return parse_scheme(SCHEME, "sample")


def at(text: str) -> datetime:
    """Return a time at +08:00."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def organisations(*rows: tuple[str, ...]) -> pd.DataFrame:
    """Return organisations of rows (id, kind, parent[, valid_from, valid_to])."""
    return pd.DataFrame([dict(zip(("id", "kind", "parent", "valid_from", "valid_to"), row, strict=False)) for row in rows], dtype="str")


def members(*rows: tuple[str, ...]) -> pd.DataFrame:
    """Return memberships of rows (member, target_kind, target[, post, valid_from, valid_to])."""
    names = ("member", "target_kind", "target", "post", "valid_from", "valid_to")
    return pd.DataFrame([dict(zip(names, row, strict=False)) for row in rows], columns=names, dtype="str").fillna("")


def staff(*rows: tuple[str, ...]) -> pd.DataFrame:
    """Return people of rows (id, kind[, unit, phone])."""
    names = ("id", "kind", "unit", "phone")
    return pd.DataFrame([dict(zip(names, row, strict=False)) for row in rows], columns=names, dtype="str").fillna("")


@cache
def town() -> Contents:
    """Return the tiny project, made once."""
    return tiny_contents()


@cache
def units() -> dict[str, Any]:
    """Return the frames of the levels."""
    return {level.id: town().plan.frame(level.id) for level in town().plan.scheme.levels}


def places(**more: Any) -> Places:
    """Return the places of the tiny plan: its buildings b1 … b15, its entrance e1 and a table of households."""
    plan, layers = town().plan, town().layers
    homes = pd.DataFrame({"id": ["h1", "h2", "h3"], "building": ["b1", "b1", "b9"], "entrance": ["e1", "", ""], "floor": [5.0, None, 2.0]})
    known = {"buildings": layers["buildings"], "entrances": layers["entrances"], "households": homes}
    return Places.of(units(), plan=lambda: plan, layers=known, sites=dict(town().sites), **more)


def roster(tables: Mapping[str, pd.DataFrame], **more: Any) -> Roster:
    """Return the roster of tables on the tiny plan."""
    return Roster.of(tables, places(**more), scheme())
