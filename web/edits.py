"""The interface of the editor (`/api/…`): the land round a unit, edits, what others did, plans. Its names are promises.

Who may call what is decided by `web.guard`: reading needs a viewer, a change a planner; adopting asks for the administrator here.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from geogrid.edit import State, to_json
from geogrid.edit.preview import preview as look
from geogrid.edit.reference import MAIN, parse_at
from geogrid.errors import InputError
from geogrid.store.records import Committed
from web import editbody as say
from web import editdata
from web.accounts import check_edit, check_named, current_user, require
from web.confined import confined
from web.confinedchanges import changes_within, conflicts_within, delta_within, entries_within
from web.editing import editing
from web.editrows import entry_row, finding_rows, plain, plan_row
from web.language import language
from web.served import asked, fresh_json, kept_bytes_of, to_bytes

blueprint = Blueprint("edits", __name__, url_prefix="/api")
LOG_MOST = 1000


@blueprint.get("/edit/area")
def area() -> Response:
    """Answer with the area document of `unit` (chosen where none is given) with `level` under edit."""
    plan, at = asked()
    level, unit = request.args.get("level", ""), request.args.get("unit", "")
    mine, scope = editing(), current_user().scope
    state = confined(mine.state(plan, at), scope)

    def make() -> bytes:
        return to_bytes(editdata.area(state, mine.land(state), mine.outlines, level=level, unit=unit))

    return kept_bytes_of(mine.kept(state), ("area", level, unit, language(), scope), make, "application/json", is_tile=True)


@blueprint.post("/edits")
def edit() -> Response:
    """Apply `edit` (or `edits`, all or none) to a plan; `{"version", "units", "delta", "findings"}`."""
    document = say.body("plan", "base_version", "request_id", "reason", "edit", "edits")
    wanted = say.edits(document)
    facts = {"base_version": say.number(document, "base_version"), "request_id": say.text(document, "request_id")}
    reason = say.text(document, "reason", most=say.MOST_TEXT)
    mine, plan, user = editing(), _plan(document), current_user()
    if user.scope:
        check_named(user, mine.state(plan), wanted)
    with conflicts_within(mine, plan, user.scope):
        return _done(mine.desk.edit(plan, wanted, author=user.name, reason=reason, allow=allowed, **facts))


@blueprint.post("/undo", defaults={"kind": "undo"})
@blueprint.post("/redo", defaults={"kind": "redo"})
def take_back(kind: str) -> Response:
    """Take back the caller's last edit, or do again what was taken back; answers as an edit does."""
    document = say.body("plan", "base_version", "request_id")
    facts = {"base_version": say.number(document, "base_version"), "request_id": say.text(document, "request_id")}
    mine, plan, user = editing(), _plan(document), current_user()
    with conflicts_within(mine, plan, user.scope):
        return _done(getattr(mine.desk, kind)(plan, author=user.name, allow=allowed, **facts))


def allowed(before: State, after: State, units: frozenset[int]) -> None:
    """Raise ForbiddenError where an edit touches units outside the caller's scope."""
    check_edit(current_user(), before, after, units)


def _plan(document: Any) -> str:
    return say.text(document, "plan") or request.args.get("plan", "") or MAIN


def _done(committed: Committed) -> Response:
    mine, state, scope = editing(), committed.state, current_user().scope
    delta, findings = mine.delta(committed), committed.findings
    if scope:
        delta = delta_within(mine, mine.state(state.plan, committed.before), state, committed.entries, scope)
        findings = [finding for finding in findings if finding.units and set(finding.units) <= confined(state, scope).ids.keys()]
    found = finding_rows(findings, state.ground.crs, state.scheme.severity)
    head = {"version": committed.version, "units": list(committed.units), "findings": found}
    return _raw(to_bytes(head)[:-1] + b',"delta":' + delta + b"}")


@blueprint.get("/changes")
def changes() -> Response:
    """Answer with what happened to `plan` after version `since`: `{"version", "changes": [delta, …]}`, the oldest first; nothing without `since`."""
    plan, since = request.args.get("plan", "") or MAIN, _whole("since", say.MOST_NUMBER)
    scope = current_user().scope
    version, found = changes_within(editing(), plan, since, scope) if scope else editing().changes(plan, since)
    return _raw(b'{"version":%d,"changes":[%s]}' % (version, b",".join(found)))


@blueprint.get("/log")
def log() -> Response:
    """Answer with the log of `plan`: `{"version", "edits": […]}`, the oldest first; after `since`, before `before`, the last `limit` of them."""
    desk, plan = editing().desk, request.args.get("plan", "") or MAIN
    version = desk.version(plan)
    until = min(version, _whole("before", version + 1) - 1)
    since = max(_whole("since", 0), until - min(_whole("limit", LOG_MOST), LOG_MOST))
    seen, scope = desk.log(plan, since=since, until=until), current_user().scope
    if scope:
        seen = entries_within(editing().state(plan), seen, scope)
    return fresh_json({"plan": plan, "version": version, "edits": [entry_row(entry) for entry in seen]})


@blueprint.post("/edits/preview")
def preview() -> Response:
    """Answer with what an edit would make of the units it touches, without making it: `{"version", "units", "refused"}`."""
    document = say.body("plan", "base_version", "reason", "edit")
    (wanted,) = say.edits(document)
    state = confined(editing().state(_plan(document)), current_user().scope)
    return fresh_json({"version": state.version, **plain(look(state, wanted))})


@blueprint.post("/edits/propose")
def propose() -> Response:
    """Answer with an edit that nobody has made yet, and what it would do: `{"version", "edit", "preview"}`.

    `what`: "repair" a `unit` with those round it, "fill" what is unassigned at `level` (under `parent`), "split" a `unit` into `parts` balanced ones.
    """
    from geogrid.edit import propose as proposing  # the kernel is compiled code: whoever only reads need not load it

    document = say.body("plan", "what", "units", "unit", "parent", "level", "parts", "k")
    state = confined(editing().state(_plan(document)), current_user().scope)
    what = say.one_of(document, "what", ("repair", "fill", "split"))
    if what == "repair":
        wanted = proposing.repair_here(state, say.text(document, "unit") or say.codes(document, "units")[0])
    elif what == "fill":
        wanted = proposing.fill_unassigned(state, say.text(document, "level"), say.text(document, "parent") or None)
    else:
        parts = say.number(document, "parts" if "parts" in document else "k", least=2, most=100)
        wanted = proposing.split_balanced(state, say.text(document, "unit"), parts)
    return fresh_json({"version": state.version, "edit": to_json(wanted), "preview": plain(look(state, wanted))})


@blueprint.get("/plans")
def plans() -> Response:
    """Answer with all plans, `main` first."""
    return fresh_json({"plans": [plan_row(info) for info in editing().desk.plans()]})


@blueprint.post("/plans")
def fork() -> tuple[Response, int]:
    """Make a draft of a plan (`from`), as it is or was (`at`)."""
    document = say.body("from", "plan", "at", "name")
    at = parse_at(str(document.get("at") or "x"))
    if document.get("at") is not None and at is None:
        message = f"at={str(document['at'])[:80]!r}: write a version or a date like 2026-03-01"
        raise InputError(message, "at：应为版本号或 2026-03-01 这样的日期", field="at")
    parent = say.text(document, "from") or say.text(document, "plan") or MAIN
    made = editing().desk.fork(parent, name=say.text(document, "name"), author=current_user().name, at=at)
    return fresh_json(plan_row(made)), 201


@blueprint.post("/plans/<plan>/adopt")
def adopt(plan: str) -> Response:
    """Adopt a plan from a day on (`valid_from`); `accept`: also with errors that were not there before."""
    user = require("administrator", whole=True)
    document = say.body("valid_from", "accept", "reason")
    desk = editing().desk
    reason = say.text(document, "reason", most=say.MOST_TEXT)
    return _done(desk.adopt(plan, valid_from=say.day(document, "valid_from"), author=user.name, accept=say.yes(document, "accept"), reason=reason))


def _whole(name: str, otherwise: int) -> int:
    text = request.args.get(name, "")
    if not text:
        return otherwise
    if not (text.isascii() and text.isdecimal()):
        raise InputError(f"{name}={text!r}: write a whole number, 0 or more", f"{name}={text!r}：应为不小于 0 的整数", field=name, value=text)
    return int(text[:12])


def _raw(body: bytes) -> Response:
    return Response(body, mimetype="application/json", headers={"Cache-Control": "no-cache"})
