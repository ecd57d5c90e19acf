"""People, the employers who send some of them, and overlays that call them elsewhere for a time. No name is a person's: 网格员0001 and the like."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from geogrid.simulate.folk_figures import BODIES_OF, WORKPLACE, People, Sent, Workplaces
from geogrid.simulate.folk_places import Places, laid, spread, target_word

STAFF = ("id", "name", "kind", "phone", "duties")
MEMBERS = ("member", "target_kind", "target", "post", "valid_from", "valid_to")
OVERLAYS = ("id", "name", "kind", "action", *MEMBERS)
Line = dict[str, str]


def hire(
    figures: Sequence[People], places: Places, workplaces: pd.DataFrame, bodies: pd.DataFrame, rng: np.random.Generator
) -> tuple[list[Line], list[Line]]:
    """Return lines of staff (`STAFF`) and of their memberships (`MEMBERS`)."""
    staff: list[Line] = []
    members: list[Line] = []
    called: dict[str, int] = {}
    for figure in figures:
        here, word = _targets(figure, places, workplaces, bodies)
        ids = here["id"].tolist()
        for k, rows in enumerate(_posts(figure, places, here, rng)):
            called[figure.called] = called.get(figure.called, 0) + 1
            serial = len(staff) + 1
            line = (f"P{serial:05d}", f"{figure.called}{called[figure.called]:04d}", figure.kinds[k % len(figure.kinds)], f"{serial:011d}")
            staff.append(dict(zip(STAFF, (*line, "；".join(figure.duties)), strict=True)))
            members += [member(line[0], word, ids[row], figure.post) for row in rows]
    return staff, members


def member(who: str, word: str, target: str, post: str = "", valid: tuple[str, str] = ("", "")) -> Line:
    """Return one line of `MEMBERS`."""
    return dict(zip(MEMBERS, (who, word, target, post, *valid), strict=True))


def _targets(figure: People, places: Places, workplaces: pd.DataFrame, bodies: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    if figure.at == WORKPLACE:
        return workplaces, WORKPLACE
    if figure.at.startswith(BODIES_OF):
        return bodies[bodies["kind"] == figure.at.removeprefix(BODIES_OF)].reset_index(drop=True).assign(weight=1.0), "organisation"
    for at in figure.at.split(" or "):  # where nothing of the first sort is there, the next serves
        here = places.of(at)
        here = here[here["kind"].isin(figure.use.split())].reset_index(drop=True) if figure.use else here
        if len(here):
            return here, target_word(at)
    return places.of(""), ""


def _posts(figure: People, places: Places, here: pd.DataFrame, rng: np.random.Generator) -> list[np.ndarray]:
    """Return the positions of the places of each person."""
    wanted = len(here) if figure.n is None else places.scaled(figure.n, figure.out_of, len(here))
    if not len(here):
        return []
    return laid(here, wanted) if figure.covers else [np.array([row]) for row in spread(here, wanted, rng)]


def employ(figure: Workplaces | None, places: Places) -> tuple[pd.DataFrame, list[Line]]:
    """Return workplaces `id name weight` and their memberships in units: every unit has one, and every workplace a unit."""
    if figure is None:
        return pd.DataFrame({"id": [], "name": [], "weight": []}), []
    n = places.scaled(figure.n, None, 0)
    ids = [f"D{k + 1:04d}" for k in range(n)]
    frame = pd.DataFrame({"id": ids, "name": [f"{figure.called}{k + 1:03d}" for k in range(n)], "weight": np.ones(n)})
    units = places.of(figure.of)["id"].tolist() if figure.paired else []
    pairs = sorted(_pairs(n, len(units)))
    return frame, [member(ids[i], "unit", units[j]) for i, j in pairs]


def _pairs(n: int, m: int) -> list[tuple[int, int]]:
    """Pair n with m, each of both at least once."""
    return [(k % n, k % m) for k in range(max(n, m))] if n and m else []


def call_up(
    figure: Sent, places: Places, staff: Sequence[Line], members: Sequence[Line], workplaces: pd.DataFrame, bodies: pd.DataFrame
) -> list[Line]:
    """Return the lines (`OVERLAYS`) of one overlay."""
    units = places.of(figure.to)["id"].tolist()
    of_work = _units_of_work(figure, places, members, workplaces)
    sent = [(who, unit) for who, there in of_work.items() for unit in there] if figure.workplaces else []
    sent += _people_sent(figure, staff, members, _own_units(figure, places, members), of_work, units)
    teams = bodies.loc[bodies["kind"].isin(figure.bodies), "id"].tolist()
    sent += [(teams[i], units[j]) for i, j in _pairs(len(teams), len(units))]
    told = {"id": figure.id, "name": figure.name, "kind": figure.kind, "action": "add"}
    return [{**told, **member(who, "unit", unit, figure.post, figure.valid)} for who, unit in sent]


def _people_sent(
    figure: Sent, staff: Sequence[Line], members: Sequence[Line], own: dict[str, str], of_work: dict[str, list[str]], units: list[str]
) -> list[tuple[str, str]]:
    """Return each person with the unit they go to: their own one, one of their workplace in turn, else any in turn."""
    works_at = {line["member"]: line["target"] for line in members if line["target_kind"] == WORKPLACE}
    people = [line["id"] for line in staff if line["kind"] in figure.people or line["id"] in own]
    turn: dict[str, int] = {}
    sent = []
    for who in people[: round(len(people) * figure.part)]:
        work = works_at.get(who, "")
        there = [own[who]] if who in own else of_work.get(work, units)
        turn[work] = turn.get(work, -1) + 1
        sent.append((who, there[turn[work] % len(there)]))
    return sent


def _units_of_work(figure: Sent, places: Places, members: Sequence[Line], workplaces: pd.DataFrame) -> dict[str, list[str]]:
    """Return where each workplace sends its people: the units it is paired with, or those within them; without pairs, all are spread."""
    here = places.of(figure.to)
    known = set(workplaces["id"])
    out: dict[str, list[str]] = {who: [] for who in workplaces["id"]}
    for line in members:
        if line["member"] in known:
            inside = [here.loc[here[level] == line["target"], "id"].tolist() for level in places.levels if level in here]
            out[line["member"]] += next((found for found in inside if found), [])
    for i, j in sorted(_pairs(len(workplaces), len(here))) if not any(out.values()) else ():
        out[workplaces["id"].iloc[i]].append(here["id"].iloc[j])
    return {who: there for who, there in out.items() if there}


def _own_units(figure: Sent, places: Places, members: Sequence[Line]) -> dict[str, str]:
    """Return the unit of the overlay's level that each member of a unit of `from_levels` lies in."""
    found: dict[str, str] = {}
    for level in figure.from_levels:
        here = places.of(level)
        above = dict(zip(here["id"], here[figure.to], strict=True))
        for line in members:
            if line["target_kind"] == "unit" and line["target"] in above:
                found.setdefault(line["member"], above[line["target"]])
    return found
