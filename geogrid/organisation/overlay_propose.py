"""Proposals of what an emergency changes, for people to alter before anything is switched: staff under a unit, workplaces and teams onto units."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from geogrid.organisation.moment import Moment
from geogrid.organisation.overlay import ADD, REMOVE, Change
from geogrid.organisation.overlay_spread import spread
from geogrid.organisation.places import Places
from geogrid.organisation.targets import BODIES, UNIT
from geogrid.scheme import Emergency, Scheme


def under_community(moment: Moment, emergency: Emergency, *, keep: bool = False, units: Collection[str] | None = None) -> tuple[Change, ...]:
    """Put the staff who stand in units of `emergency.levels` under the unit of the level `emergency.under` that holds theirs (平急两用).

    They leave their own unit meanwhile, unless they `keep` it. `units`: only under these (codes). Nobody is put where he stands already.
    """
    posts, places = moment.posts, moment.places
    here = posts[posts["own"].to_numpy(dtype=bool) & posts["level"].isin(emergency.levels) & ~posts["via"].isin(BODIES)]
    there = set(posts.loc[posts["level"] == emergency.under, ["staff", "code"]].itertuples(index=False, name=None))
    there = {pair for pair in there if pair in set(posts.loc[posts["via"] == UNIT, ["staff", "code"]].itertuples(index=False, name=None))}
    found = set()
    for row in here.itertuples():
        above = places.above(str(row.level), str(row.code)).get(emergency.under, "")
        if not above or (units is not None and above not in units):
            continue
        if (row.staff, above) not in there:
            found.add(Change(ADD, str(row.staff), unit_word(places, emergency.under, above), above, str(row.post)))
        if not keep:
            kind = unit_word(places, str(row.level), str(row.target)) if row.via == UNIT else str(row.via)
            found.add(Change(REMOVE, str(row.staff), kind, str(row.target)))
    return _sorted(found)


def onto(moment: Moment, sizes: Mapping[str, float], *, level: str, bodies: Mapping[str, Collection[str]]) -> tuple[Change, ...]:
    """Spread workplaces and teams over units of a level (平急转换), each kind of body by itself so that each unit gets some of each.

    `sizes`: how much each unit (code) calls for, its households. `bodies`: members to spread by the name of their kind; each weighs as many people
    as belong to it, one at least. Who stands in one of the units already stays there and counts.
    """
    links = moment.links
    people = links[(links["role"] == "staff") & links["target_kind"].isin(BODIES)].groupby("target")["member"].nunique()
    at_home = links[(links["role"] != "staff") & (links["target_kind"] == UNIT) & links["target"].isin(list(sizes))]
    home = dict(sorted(zip(at_home["member"], at_home["target"], strict=True), reverse=True))
    found = set()
    for members in bodies.values():
        weights = {member: float(max(1, people.get(member, 0))) for member in members}
        placed = spread(weights, sizes, {member: home[member] for member in weights if member in home})
        found |= {Change(ADD, member, unit_word(moment.places, level, unit), unit) for member, unit in placed.items() if member not in home}
    return _sorted(found)


def teams_of(scheme: Scheme) -> tuple[str, ...]:
    """Return the kinds of organisation that are called up in an emergency: of the level that leads it, outside the tree of organisations.

    They have no parent kind, are none, and no unit wants to be covered by one.
    """
    if scheme.emergency is None:
        return ()
    parents = {parent for kind in scheme.organisations.values() for parent in kind.under}
    free = {name: kind for name, kind in scheme.organisations.items() if not kind.under and not kind.covers and name not in parents}
    return tuple(name for name, kind in free.items() if kind.of == scheme.emergency.under)


def unit_word(places: Places, level: str, code: str) -> str:
    """Return how a row names the kind of a unit: `unit`, or its level where units of several levels have its code."""
    return UNIT if len(places.own(UNIT, code)) == 1 else level


def _sorted(found: Collection[Change]) -> tuple[Change, ...]:
    return tuple(sorted(found, key=lambda change: (change.member, change.action == ADD, change.target_kind, change.target, change.post)))
