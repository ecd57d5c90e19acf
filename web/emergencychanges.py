"""What somebody wants to switch in an emergency: proposals, how rows are shown, and whether they stay within his scope."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import pandas as pd

from geogrid.errors import NotFoundError
from web.accounts import User, check_scope, whole_project
from web.emergencyfigures import label
from web.rostered import roster
from web.served import Served

if TYPE_CHECKING:
    from geogrid.organisation import Roster
    from geogrid.organisation.overlay import Change

UNDER, ONTO = "under", "onto"


def proposal(now: Served, kind: str, *, keep: bool, when: datetime) -> tuple[Change, ...]:
    """Return what is proposed: staff under the unit that leads in an emergency, or workplaces and teams onto these. Raises NotFoundError."""
    from geogrid.organisation.overlay_propose import onto, under_community

    emergency, moment = now.project.scheme.emergency, roster(now).at(when)
    if kind == UNDER and emergency is not None:
        return under_community(moment, emergency, keep=keep, units=set(now.project.units(emergency.under).index))
    if kind == ONTO:
        level = lead_level(now)
        units = now.project.units(level)
        sizes = dict(zip(units.index.astype(str), units["households"].astype(float), strict=True))
        return onto(moment, sizes, level=level, bodies=bodies(now))
    raise NotFoundError(f"no proposal {kind!r}; there are under and onto", f"没有这种建议“{kind}”", value=kind)


def bodies(now: Served) -> dict[str, list[str]]:
    """Return what can be called up: workplaces, and the organisations of each kind of team, ids in order."""
    from geogrid.organisation.overlay_propose import teams_of

    mine = roster(now)
    found = {"workplaces": mine.workplaces["id"].tolist()}
    found |= {kind: mine.organisations.loc[mine.organisations["kind"] == kind, "id"].tolist() for kind in teams_of(now.project.scheme)}
    return {kind: sorted(ids) for kind, ids in found.items() if ids}


def lead_level(now: Served) -> str:
    """Return the level that leads in an emergency: as the scheme says it, else communities, else the topmost."""
    levels, emergency = now.project.levels, now.project.scheme.emergency
    return emergency.under if emergency else "community" if "community" in levels else levels[0]


def change_rows(now: Served, changes: Sequence[Change]) -> list[dict[str, str]]:
    """Return changes with the names of who and where, for the page."""
    mine = roster(now)
    parts = [(mine.staff, "staff"), (mine.workplaces, "workplace"), (mine.organisations, "organisation")]
    named = {name: (role, called or name) for table, role in reversed(parts) for name, called in zip(table["id"], table["name"], strict=True)}
    own = {change.target: mine.places.own("unit", change.target) for change in changes}
    out = []
    for change in changes:
        role, called = named.get(change.member, ("", change.member))
        where = label(now, *own[change.target][0]) if own[change.target] else change.target
        told = {"action": change.action, "member": change.member, "target_kind": change.target_kind, "target": change.target, "post": change.post}
        out.append({**told, "role": role, "name": called, "where": where})
    return out


def find_members(now: Served, text: str, most: int) -> list[dict[str, str]]:
    """Return people, workplaces and organisations whose name or id holds a text: `role member name`."""
    mine, wanted = roster(now), text.strip().casefold()
    if not wanted:
        return []
    parts = [(mine.staff, "staff"), (mine.workplaces, "workplace"), (mine.organisations, "organisation")]
    found = []
    for table, role in parts:
        holds = table["name"].str.casefold().str.contains(wanted, regex=False) | table["id"].str.casefold().str.contains(wanted, regex=False)
        found += [
            {"role": role, "member": row.id, "name": row.name or row.id}
            for row in table[holds].head(most)[["id", "name"]].rename_axis(None).itertuples(index=False)
        ]
    return found[:most]


def check_within(user: User, changes: Sequence[Change]) -> None:
    """Raise ForbiddenError unless every target of changes, and every unit where a member stands, lies in the user's scope unit, or is it."""
    if not user.scope:
        return
    from geogrid.organisation.targets import BODIES

    whole = whole_project()
    mine, codes = roster(whole), set()
    for change in changes:
        if change.target and change.target_kind not in BODIES:
            kinds = _kinds(mine, change.target_kind)
            codes |= {code for _, code in mine.places.own(*kinds[:1], change.target, *kinds[1:])} or {change.target}
    members = {change.member for change in changes} | {change.target for change in changes if change.target_kind in BODIES}
    lines = mine.lines[mine.lines["member"].isin(members) & ~mine.lines["target_kind"].isin(BODIES)]
    for kind, level, target in set(lines[["target_kind", "level", "target"]].itertuples(index=False, name=None)):
        codes |= {code for _, code in mine.places.own(kind, target, level)}
    check_scope(user, codes, whole)


def _kinds(mine: Roster, word: str) -> tuple[str, str]:
    from geogrid.organisation.targets import read_kinds

    row = read_kinds(pd.Series([word], dtype="str"), mine.scheme.levels).iloc[0]
    return str(row["target_kind"]), str(row["level"])
