"""The page /emergency: normal times or emergency now, who goes where, what is lacking meanwhile; its data and `/api/overlays`.

A drill never changes who is responsible in reality. Reading needs a viewer, switching a planner; who is confined switches his own units only.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext as _

from geogrid.errors import InputError
from geogrid.exchange.sheet import frames_to_xlsx
from web import editbody as say
from web import emergencychanges as changing
from web import emergencyfigures as figures
from web import emergencywords, files, lookups, mapview, scriptdata, words
from web.accounts import current_user, project_path, whole_project
from web.guard import may_open, token
from web.language import link
from web.rostered import roster
from web.served import Served, fresh_json, served

blueprint = Blueprint("emergency", __name__)
MOST_BYTES = 8 << 20
"""So large may the changes be that are sent."""
FOUND = 20


@blueprint.get("/emergency")
def page() -> str:
    """现在是平时还是急时？谁去哪里？"""
    now = served()
    level = changing.lead_level(now)
    told = scriptdata.told(now, "emergency", level) | {"emergency": _told(now, level)}
    return render_template("emergency.html", page="emergency", page_data=lambda: told, map=mapview.parts(now, "overview"), **_choices(now, level))


def _told(now: Served, level: str) -> dict[str, Any]:
    """Return addresses and words of the script, and where somebody can be sent."""
    version = now.version
    data = url_for("emergency.effect", version=version, name="x").rsplit("effect/", 1)[0]
    files = url_for("emergency.download", name="x").removesuffix("x.xlsx")
    units = [[code, figures.label(now, level, str(code))] for code in now.project.units(level).index]
    api = url_for("emergency.overlays")
    return {
        "data": data,
        "files": files,
        "api": api,
        "people": link("people.page") if may_open("people.page") else "",
        "units": units,
        "token": token(),
        "says": emergencywords.words(),
    }


def _choices(now: Served, level: str) -> dict[str, Any]:
    """Return what can be prepared here, and whether this visitor may."""
    scheme, mine = now.project.scheme, roster(now)
    emergency = scheme.emergency if scheme.emergency and len(mine.staff) else None
    moved = _(", ").join(words.level_name(scheme.level(each)) for each in emergency.levels) if emergency else ""
    has_people = bool(len(mine.staff) + len(mine.workplaces) + len(mine.organisations))
    told = {"emergency": emergency, "moved": moved, "bodies": changing.bodies(now), "lead": scheme.level(level), "has_people": has_people}
    return told | {"may_switch": current_user().may("planner")}


@blueprint.get("/api/overlays")
def overlays() -> Response:
    """Answer with `at state in_force drills overlays` at `?at=` (a day or a moment; now where there is none)."""
    from geogrid.organisation.overlay_effect import is_calling, row_of

    now, when = served(), lookups.moment("at")
    found = figures.overlays(now)
    calling, rows = is_calling(found, when), [row_of(each, when, changes="changes" in request.args) for each in found]
    drills = [row["id"] for row in rows if row["state"] == "in_force" and row["kind"] == "drill"]
    state = "emergency" if calling else "normal"
    return fresh_json(
        {"at": when.isoformat(timespec="seconds"), "state": state, "in_force": [each.id for each in calling], "drills": drills, "overlays": rows}
    )


@blueprint.post("/api/overlays")
def add() -> tuple[Response, int]:
    """Make an overlay of a JSON object, `geogrid.store.overlays.read_draft`; answers with it."""
    from geogrid.organisation.overlay_effect import row_of
    from geogrid.store.overlays import add_overlay

    draft, request_id = _draft()
    done = add_overlay(project_path(), draft, author=current_user().name, clock=figures.clock, request_id=request_id)
    return fresh_json(row_of(done, figures.clock(), changes=False)), 201


@blueprint.post("/api/overlays/preview")
def preview() -> Response:
    """Answer with what an overlay would do, without making it."""
    from geogrid.organisation.overlay_effect import effect_of
    from geogrid.store.overlays import overlay_of

    draft = _draft()[0]
    now, at = served(), figures.clock()
    return fresh_json(figures.told(now, effect_of(roster(now), overlay_of(draft, at, "(new)"), at)))


@blueprint.post("/api/overlays/<path:name>/end")
def end(name: str) -> Response:
    """End an overlay now; answers with it."""
    from geogrid.organisation.overlay_effect import row_of
    from geogrid.store.overlays import end_overlay

    document = say.body("reason", "request_id")
    found = figures.find(served(), name)
    changing.check_within(current_user(), _whole(name, found))
    facts = {"reason": say.text(document, "reason", most=say.MOST_TEXT), "request_id": say.text(document, "request_id")}
    done = end_overlay(project_path(), name, author=current_user().name, clock=figures.clock, **facts)
    return fresh_json(row_of(done, figures.clock(), changes=False))


def _whole(name: str, seen: Any) -> tuple[Any, ...]:
    """Return all changes of an overlay, not only those that the visitor sees."""
    from geogrid.organisation.overlay import overlays_of

    table = whole_project().project.table("overlays")
    return next((each.changes for each in overlays_of(table) if each.id == name), seen.changes)


def _draft() -> tuple[Any, str]:
    """Read the overlay that a request describes, its changes checked and within the visitor's scope."""
    from geogrid.organisation.overlay_check import check_changes
    from geogrid.store.overlays import read_draft

    request.max_content_length = MOST_BYTES
    try:
        document = request.get_json(force=True, silent=True)
    except RecursionError:  # brackets a thousand deep
        document = None
    if document is None:
        raise InputError("the request's body is no JSON object", "请求内容不是 JSON 对象", field="")
    draft, request_id = read_draft(document)
    check_changes(roster(served()), draft.changes)
    changing.check_within(current_user(), draft.changes)
    return draft, request_id


@blueprint.get("/data/<version>/emergency/effect/<path:name>.json")
def effect(version: str, name: str) -> Response:  # noqa: ARG001
    """Serve what an overlay does: units, people, gaps, doubts, lines of the map."""
    now = served()
    return fresh_json(figures.told(now, figures.effect(now, figures.find(now, name))))


@blueprint.get("/data/<version>/emergency/proposal.json")
def proposal(version: str) -> Response:  # noqa: ARG001
    """Serve the rows of a proposal: `?kind=under|onto&keep=1&from=`."""
    now, keep = served(), request.args.get("keep") == "1"
    found = changing.proposal(now, request.args.get("kind", ""), keep=keep, when=lookups.moment("from"))
    return fresh_json({"changes": changing.change_rows(now, found)})


@blueprint.get("/data/<version>/emergency/members.json")
def members(version: str) -> Response:  # noqa: ARG001
    """Serve who can be sent somewhere, by name or id: `?q=`."""
    return fresh_json({"members": changing.find_members(served(), request.args.get("q", ""), FOUND)})


@blueprint.get("/download/emergency/<path:name>.xlsx")
def download(name: str) -> Response:
    """Answer with an overlay as a workbook: units before, during and after, people, what is lacking, the changes themselves."""
    now = served()
    found = figures.effect(now, figures.find(now, name))
    overlay = found.overlay
    told = {"overlay": overlay.title, "kind": overlay.kind, "valid_from": overlay.valid_from, "valid_to": overlay.valid_to}
    body = files.written("xlsx", lambda path: frames_to_xlsx(_sheets(now, found), path, {**files.about(now), **told}))
    return files.attached(now, body, overlay.title, "xlsx", short="overlay")


def _sheets(now: Served, found: Any) -> dict[str, pd.DataFrame]:
    titles = emergencywords.sheets()
    changes = pd.DataFrame([vars(change) for change in found.overlay.changes])
    rows = {
        "units": figures.unit_rows(now, found),
        "people": figures.people_rows(now, found.change.people),
        "lacking": figures.lacking_rows(now, found.lacking),
    }
    return {titles[name]: pd.DataFrame(each) for name, each in rows.items()} | {titles["changes"]: changes}
