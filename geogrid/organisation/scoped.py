"""Which rows of the tables somebody sees who is confined to some units: whoever belongs there, and whoever is over them, without telephone."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geogrid.organisation.places import Places
from geogrid.organisation.posts import ROUNDS
from geogrid.organisation.roster import Roster
from geogrid.organisation.targets import BODIES, PLACE, UNIT, read_kinds

Units = Mapping[str, Collection[str]]
INSIDE, ABOVE = "inside", "above"


@dataclass(frozen=True, eq=False)
class Seen:
    """`rows`: by table which of its rows are seen, bool (n,), in the order of the table; `inside`: ids of who belongs to the units."""

    rows: Mapping[str, np.ndarray]
    inside: frozenset[str]


def seen_from(roster: Roster, units: Units, above: Units) -> Seen:
    """Tell what is seen from some units (codes by level) and those they are part of (`above`).

    Seen are people, organisations and workplaces with a target in the units, members of such organisations and workplaces, the organisations that
    these are under, and whoever has a unit above for his target.
    """
    said = _said(roster)
    at = np.array(_where(said, roster.places, units, above), dtype=object)
    member, target = said["member"].to_numpy(), said["target"].to_numpy()
    of_body = said["target_kind"].isin(BODIES).to_numpy()
    inside = set(member[at == INSIDE])
    for _ in range(ROUNDS):
        at[of_body & np.isin(target, list(inside))] = INSIDE
        inside |= set(member[at == INSIDE])
    over = inside | set(member[at == ABOVE])
    bodies = over | _parents(roster.organisations, over)
    known = at != ""
    anywhere = (said["action"] == "remove").to_numpy() & (target == "") & np.isin(member, list(inside))
    rows = {name: (known | anywhere)[(said["table"] == name).to_numpy()] for name in ("memberships", "overlays")}
    rows |= {
        name: roster.records[name]["id"].isin(bodies if name == "organisations" else over).to_numpy()
        for name in ("staff", "organisations", "workplaces")
    }
    return Seen(rows, frozenset(inside))


def _said(roster: Roster) -> pd.DataFrame:
    """Return what every row says of where somebody belongs: `table member target_kind level target action`; rows of a table stand in its order."""
    parts = []
    for name in ("memberships", "overlays"):
        rows = roster.records[name]
        kinds = read_kinds(rows["target_kind"], roster.scheme.levels)
        action = rows.get("action", "add")
        parts.append(pd.DataFrame({"table": name, "member": rows["member"], **kinds, "target": rows["target"], "action": action}))
    for name in ("staff", "organisations"):
        rows = roster.records[name]
        parts.append(pd.DataFrame({"table": name, "member": rows["id"], "target_kind": UNIT, "level": "", "target": rows["unit"], "action": "add"}))
    placed = roster.organisations[roster.organisations["geometry"].notna()]
    parts.append(
        pd.DataFrame({"table": "places", "member": placed["id"], "target_kind": PLACE, "level": "", "target": placed["id"], "action": "add"})
    )
    return pd.concat(parts, ignore_index=True)


def _where(said: pd.DataFrame, places: Places, units: Units, above: Units) -> list[str]:
    """Return for each row whether its target lies in the units (`INSIDE`), is one above them (`ABOVE`), or neither ("")."""
    known: dict[tuple[str, str, str], str] = {}
    out = []
    for key in zip(said["target_kind"], said["target"], said["level"], strict=True):
        if key not in known:
            known[key] = _of(*key, places, units, above)
        out.append(known[key])
    return out


def _of(kind: str, target: str, level: str, places: Places, units: Units, above: Units) -> str:
    if not target or not kind or kind in BODIES:
        return ""
    own = places.own(kind, target, level)
    if any(code in units.get(each, ()) for each, code in own):
        return INSIDE
    return ABOVE if kind == UNIT and any(code in above.get(each, ()) for each, code in own) else ""


def _parents(organisations: pd.DataFrame, ids: Collection[str]) -> set[str]:
    """Return the organisations that some are under, however far."""
    parent = dict(zip(organisations["id"], organisations["parent"], strict=True))
    found: set[str] = set()
    waiting = [parent.get(name, "") for name in ids]
    while waiting:
        name = waiting.pop()
        if name and name not in found:
            found.add(name)
            waiting.append(parent.get(name, ""))
    return found
