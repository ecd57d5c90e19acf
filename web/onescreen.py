"""一屏: what the overview says of people, organisations, stations, cameras, events and overlays, a line each, each a link to its page and list.

What a project has nothing of, or the visitor may not see, is left out. What is not computed yet comes as a line that waits: reach is begun only where
the page asks for it, in another thread, and told when it is there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, current_app, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as lazy

from web import eventfigures, lookups, reached, tables, words
from web.eventfigures import has_events
from web.guard import may_open
from web.language import language, link
from web.served import Served, fresh_json, served

blueprint = Blueprint("screen", __name__)
WAITING = {"figure": "", "state": "waiting"}


@dataclass(frozen=True)
class Row:
    """One line: what it is of, the page behind it, whether this project has it, and what it says (`figure words state href`, `state` "bad", "good",
    "" or "waiting"); `is_reach`: whether that is computed from walks or sights."""

    key: str
    name: Any
    endpoint: str
    is_there: Callable[[Served], bool]
    count: Callable[[Served], int]
    say: Callable[[Served], dict[str, Any]]
    is_reach: bool = False


@blueprint.get("/data/<version>/screen.json")
def screen(version: str) -> Response:  # noqa: ARG001
    """Serve the lines; `?reach=1` begins what is computed from walks and sights, and serves what there is of that alone."""
    now, reach = served(), bool(request.args.get("reach"))
    return fresh_json({"rows": [_told(now, row) for row in _rows(now) if row.is_reach or not reach]})


def first(now: Served) -> list[dict[str, Any]]:
    """Return the lines as the page begins with them: names and links, nothing that has to be computed."""
    return [{"key": row.key, "name": str(row.name), "href": link(row.endpoint)} for row in _rows(now)]


def _rows(now: Served) -> list[Row]:
    return [row for row in ROWS if row.endpoint in current_app.view_functions and may_open(row.endpoint) and row.is_there(now)]


def _told(now: Served, row: Row) -> dict[str, Any]:
    line = {"key": row.key, "name": str(row.name), "count": words.number(row.count(now)), "words": "", "href": link(row.endpoint)}
    if not row.is_reach:
        return line | row.say(now)
    stage = reached.begun(now, row.key) if request.args.get("reach") else reached.stage(now, row.key)
    if stage == reached.READY:
        return line | row.say(now)
    return line | ({"figure": "–", "state": "", "words": _("could not be computed")} if stage == reached.FAILED else WAITING)


def _has_sites(role: str) -> Callable[[Served], bool]:
    return lambda now: role in now.project.site_roles and len(tables.sites(now, role)) > 0


def _has_table(name: str) -> Callable[[Served], bool]:
    return lambda now: name in now.project.tables


def _people(now: Served) -> dict[str, Any]:
    """Say in how many units somebody, a post or a duty is missing."""
    find, when = lookups.lookup(now), lookups.moment()
    if find.roster is None or not find.duties(when).asked():
        return {"figure": "", "state": "", "words": ""}
    gaps = find.gaps(when)
    gaps = gaps[gaps["level"].isin(tables.levels(now))]
    n = len(gaps[["level", "code"]].drop_duplicates())
    worst = gaps["level"].value_counts().index[0] if n else ""
    said = {"figure": words.number(n), "state": "bad", "words": _("units lack somebody or something"), "href": link("people.page", level=worst)}
    return said if n else {"figure": "", "state": "good", "words": _("every unit has who it needs")}


def _organisations(now: Served) -> dict[str, Any]:
    """Say how many units have no organisation, of the level where most lack one that the scheme wants."""
    from geogrid.organisation.cover import find_cover

    find, when = lookups.lookup(now), lookups.moment()
    if find.roster is None:
        return {"figure": "", "state": "", "words": ""}
    units = {level: now.project.units(level) for level in tables.levels(now)}
    covers = [find_cover(find.roster.at(when), now.project.scheme, units, level) for level in units]
    asked = [cover for cover in covers if cover.is_asked]
    if not asked:
        return {"figure": "", "state": "", "words": ""}
    worst = max(asked, key=lambda cover: len(cover.without))
    name = words.level_name(now.project.scheme.level(worst.level), plural=len(worst.without) != 1)
    if not worst.without:
        return {"figure": "", "state": "good", "words": _("every %(level)s has one", level=words.level_name(now.project.scheme.level(worst.level)))}
    href = link("organisations.page", level=worst.level) if "organisations.page" in current_app.view_functions else ""
    return {"figure": words.number(len(worst.without)), "state": "bad", "words": _("%(level)s have none", level=name), "href": href}


def _stations(now: Served) -> dict[str, Any]:
    """Say who is not served within the middle time, of the kind that serves the fewest."""
    from web import stationfigures

    summary, limits = now.keep(("screen stations", language()), lambda: stationfigures.summary(now)), stationfigures.minutes(now)
    limit = f"{limits[len(limits) // 2]:g}"
    kinds = [kind for kind in stationfigures.kinds(now) if kind["n"]]
    if not kinds or not summary["whole"]:
        return {"figure": "", "state": "", "words": ""}
    worst = max(kinds, key=lambda kind: summary["figures"][kind["key"]][limit]["unserved"])
    unserved = summary["figures"][worst["key"]][limit]["unserved"]
    href = link("pages.stations_page", kind=worst["key"], minutes=limit)
    if not unserved:
        return {"figure": "", "state": "good", "words": _("all reached in %(n)s minutes", n=limit), "href": href}
    told = _("over %(n)s min from a %(kind)s", n=limit, kind=worst["name"])
    return {"figure": words.share(unserved, summary["whole"]), "state": "bad", "words": told, "href": href}


def _cameras(now: Served) -> dict[str, Any]:
    """Say which share of the streets no camera sees, even perhaps."""
    from web import camerafigures

    totals = now.keep("screen cameras", lambda: camerafigures.totals(now))
    if not totals["street_m"]:
        return {"figure": "", "state": "", "words": ""}
    blind = totals["street_m"] - totals["seen_m"]
    return {"figure": words.share(blind, totals["street_m"]), "state": "bad" if blind > 0 else "good", "words": _("of streets not seen")}


def _events(now: Served) -> dict[str, Any]:
    found = eventfigures.summary(now)
    if not found["events"]:
        return {"figure": "", "state": "", "words": ""}
    share = words.exact_share(found["closed"], found["events"])
    told = _("not done, %(share)s closed", share=share)
    return {"figure": words.number(found["open"]), "state": "bad" if found["open"] else "good", "words": told}


def _overlays(now: Served) -> dict[str, Any]:
    """Say which overlays are in force at this moment."""
    from geogrid.organisation.overlay import state_at
    from web import emergencyfigures

    when = lookups.moment()
    here = [each for each in emergencyfigures.overlays(now) if state_at(each, when) == "in_force"]
    real = [each for each in here if each.kind == "real"]
    if not here:
        return {"figure": "", "state": "", "words": _("nothing in force")}
    told = _("in force: %(name)s", name=(real or here)[0].title) if real else _("drill: %(name)s", name=here[0].title)
    return {"figure": words.number(len(here)), "state": "bad" if real else "", "words": told}


def _n_overlays(now: Served) -> int:
    from web import emergencyfigures

    return len(emergencyfigures.overlays(now))


ROWS = (
    Row("people", lazy("People"), "people.page", _has_table("staff"), lambda now: len(now.project.table("staff")), _people),
    Row(
        "organisations",
        lazy("Organisations"),
        "organisations.page",
        _has_table("organisations"),
        lambda now: len(now.project.table("organisations")),
        _organisations,
    ),
    Row("emergency", lazy("Emergency"), "emergency.page", _has_table("overlays"), _n_overlays, _overlays),
    Row("stations", lazy("Stations"), "pages.stations_page", _has_sites("stations"), lambda now: len(tables.sites(now, "stations")), _stations, True),
    Row("cameras", lazy("Cameras"), "pages.cameras_page", _has_sites("cameras"), lambda now: len(tables.sites(now, "cameras")), _cameras, True),
    Row("events", lazy("Events"), "events.page", has_events, lambda now: int(eventfigures.summary(now)["events"]), _events),
)
"""In the order of the screen."""
