"""The page /people: who is responsible here, and where is somebody missing? For viewers; who is confined sees his unit and who is over it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, request, url_for

from geogrid.errors import NotFoundError
from web import (
    api,
    downloads,
    lookups,
    mapview,
    organisationimport,
    organisationpage,
    organisationwords,
    peoplefigures,
    peopletold,
    peoplewords,
    places,
    scriptdata,
    tables,
)
from web.guard import token
from web.language import language
from web.served import Served, fresh_json, kept_bytes, served, to_bytes

blueprint = Blueprint("people", __name__)
FOUND = 6
"""So many people, and as many addresses, are among the hits of a search."""


@blueprint.get("/people")
def page() -> str:
    """这里归谁管，哪里缺人？"""
    now, _when = served(), lookups.moment()  # what is no moment is refused here, not by the page's script
    known, asked = tables.levels(now), request.args.get("level", "")
    level = asked if asked in known else now.project.find_level(request.args.get("unit", "")) or peoplefigures.first_level(now)
    stem = url_for("people.answer", version=now.version).removesuffix("answer.json")
    told = scriptdata.told(now, "people", level) | {"people": {"data": stem, "home": _home(now), "says": peoplewords.words()}}
    told["urls"] |= {"found": stem + "found.json"}
    has_staff, may_bring = lookups.lookup(now).roster is not None, organisationimport.may_bring()
    bring = {"says": organisationwords.says(now), "bring": url_for("organisations.bring"), "token": token() if may_bring else ""}
    told["organisations"] = bring  # the dialog that brings a workbook in is the same
    parts = mapview.parts(now, "people")
    facts = {"has_staff": has_staff, "may_bring": may_bring, "keeps_register": organisationpage.keeps_register()}
    return render_template("people.html", page="people", page_data=lambda: told, map=parts, level=level, **facts)


def _home(now: Served) -> dict[str, str]:
    """Return the unit on which the page opens for who is confined to one; empty for who sees more."""
    top = tables.levels(now)[0]
    rows = tables.unit_rows(now, top)
    return {"level": top, "code": str(rows.index[0])} if now.whole is not now and now.project.is_part and len(rows) == 1 else {}


@blueprint.get("/data/<version>/people/answer.json")
def answer(version: str) -> Response:  # noqa: ARG001
    """Serve how complete each level is at `?when=`, and the overlays there are."""
    now, when = served(), lookups.moment()
    return _kept(now, "answer", when, lambda: peoplefigures.answer(now, when))


@blueprint.get("/data/<version>/people/table/<level>.json")
def table(version: str, level: str) -> Response:  # noqa: ARG001
    """Serve the table of a level at `?when=`: who lacks what."""
    now, when = served(), lookups.moment()
    if level not in now.project.levels:
        raise NotFoundError(f"no level {level!r}", f"没有层级“{level}”", value=level)
    return _kept(now, ("table", level), when, lambda: peoplefigures.table(now, level, when))


@blueprint.get("/data/<version>/people/unit.json")
def unit(version: str) -> Response:  # noqa: ARG001
    """Serve who is responsible in a unit: `?level=&code=&when=`; one of another level than the table's is found by its code."""
    now, code = served(), request.args.get("code", "")
    level = now.project.find_level(code, request.args.get("level", "")) or tables.find_unit(now, code)
    return fresh_json(peopletold.of_unit(now, level, code, lookups.moment()))


@blueprint.get("/data/<version>/people/place.json")
def place(version: str) -> Response:  # noqa: ARG001
    """Serve who is responsible at a place: `?lon=&lat=` or `?address=`, and `&floor=&when=`."""
    now, when, floor = served(), lookups.moment(), places.floor()
    address = request.args.get("address", "").strip()
    if address:
        return fresh_json(peopletold.of_address(now, address, floor, when))
    return fresh_json(peopletold.of_place(now, *places.degrees(), floor, when))


@blueprint.get("/data/<version>/people/person.json")
def person(version: str) -> Response:  # noqa: ARG001
    """Serve all posts of a person: `?id=&when=`."""
    return fresh_json(peopletold.of_person(served(), request.args.get("id", ""), lookups.moment()))


@blueprint.get("/data/<version>/people/found.json")
def found(version: str) -> Response:  # noqa: ARG001
    """Serve what the search box finds: people by name, units by name or code, places by address."""
    now, text = served(), request.args.get("q", "")
    units = api.find_units(now, text, FOUND)
    return fresh_json({"people": peopletold.named(now, text, FOUND), "units": units, "addresses": peopletold.addresses(now, text, FOUND)})


@blueprint.get("/download/people/gaps.<ending>")
def gaps(ending: str) -> Response:
    """Answer with what is missing as a file: `?level=&when=`."""
    now, level = served(), request.args.get("level", "")
    frame = peoplefigures.gaps_frame(now, level if level in now.project.levels else "", lookups.moment())
    return downloads.as_file(now, frame, "staff-gaps", ending)


@blueprint.get("/download/people/staff.xlsx")
def staff() -> Response:
    """Answer with the tables of staff and memberships, as they are brought in again."""
    return organisationpage.workbook(served(), ("staff", "memberships"), "staff")


def _kept(now: Served, name: object, when: Any, make: Any) -> Response:
    """Answer with what holds for all of the time between two changes, made once for it."""
    roster = lookups.lookup(now).roster
    key = ("people", name, language(), roster.at(when).when.timestamp() if roster else 0.0)
    return kept_bytes(key, lambda: to_bytes(make()), "application/json")
