"""The pages of plans: which there are, what was done in each, what one would change (方案), and its files. Changes go through `web.edits`."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, render_template, request, url_for
from flask_babel import gettext as _

from geogrid import maps
from geogrid.edit.reference import MAIN, Reference
from geogrid.edit.state import State
from geogrid.errors import GeogridError, InputError, NotFoundError
from geogrid.exchange.differences import difference_bytes
from geogrid.maps import changed as changed_maps
from web import changeform, files, planview
from web.accounts import current_user
from web.confined import sees
from web.differences import Differences, differences, first_level, read_state
from web.guard import token
from web.language import kept_plan, language, link
from web.security import nonce
from web.served import asked, served

blueprint = Blueprint("plans", __name__, url_prefix="/plans")
_ENDINGS = ("geojson", "csv")
SIDES = ("before", "after")
_SHOW_STATES = ("pages", "declared", "whatif")
"""Blueprints whose pages say so when they show another state than that in force."""


def _page(template: str, **told: Any) -> str:
    """Render a page without a map of its own; its script is told addresses and words."""
    user = current_user()
    unit = link("pages.unit_page", code="x")
    script = {"token": token(), "lang": language(), "words": _words(), "fork": f"{request.script_root}/api/plans", "plans": link("plans.list_page")}
    script |= {"adopt": f"{request.script_root}/api/plans/", "unit": unit.partition("?")[0][:-1], "query": "".join(unit.partition("?")[1:])}
    may = {"may_adopt": user.may("administrator") and not user.scope, "may_edit": user.may("planner")}
    return render_template(template, page="plans", script=script, person=planview.person, **may, **told)


@blueprint.app_context_processor
def _looking() -> dict[str, Any]:
    """Give templates `looking`: which plan, version or day other than the newest of the plan in force the address asks for; None for none."""
    blueprint_ = (request.endpoint or "").rpartition(".")[0]
    if not kept_plan() or blueprint_ not in _SHOW_STATES:
        return {"looking": None}
    try:
        return {"looking": planview.looking(*asked())}
    except GeogridError:  # the error page tells why
        return {"looking": None}


@blueprint.get("")
def list_page() -> str:
    """有哪些方案？"""
    found = differences()
    rows = [planview.plan_row(found, info) for info in found.desk.plans()]
    return _page("plans.html", rows=rows, titles={row["info"].id: row["title"] for row in rows}, scheme=served().project.scheme)


@blueprint.get("/<plan>")
def log_page(plan: str) -> str:
    """这个方案改过什么？"""
    found = differences()
    info = _info(found, plan)
    until = min(_whole("before", info.version), info.version)
    entries = found.desk.log(plan, since=max(0, until - planview.LOG_ROWS), until=until)
    rows = planview.log_rows(found, plan, entries)
    plans = {each.id: planview.plan_title(each) for each in found.desk.plans()}
    told = {"info": info, "title": planview.plan_title(info), "rows": rows, "plans": plans}
    return _page("plan.html", older=entries[0].version - 1 if entries and entries[0].version > 2 else 0, until=until, **told)


@blueprint.get("/compare")
def compare_page() -> str:
    """换成这个草案，会变什么？"""
    found = differences()
    (one, a), (other, b), levels, level = _asked(found)
    diff = found.diff(a, b, level)
    scheme = served().project.scheme
    told = {
        "a": a,
        "b": b,
        "refs": (str(one), str(other)),
        "titles": [_title(found, state) for state in (a, b)],
        "levels": levels,
        "level": level,
        "spec": scheme.level(level),
        "sentence": planview.sentence(diff, scheme.level(level)),
        "rows": planview.difference_rows(diff, a, b, planview.reasons(found, one, a, b)),
        "next": _below(scheme, level),
        "draft": _adoptable(found, one, other),
        "behind": planview.behind(found, a, b),
        "pieces": len(diff.pieces),
        "sides": [_address("plans.map_page", one, other, level, side=side) for side in SIDES],
        "files": [(ending, _address("plans.download", one, other, level, ending=ending)) for ending in _ENDINGS],
        "choices": [(str(Reference(each.id)), planview.plan_title(each)) for each in found.desk.plans()],
    }
    return _page("plan_compare.html", scheme=scheme, **told)


@blueprint.get("/compare/<side>")
def map_page(side: str) -> Response:
    """Answer with the map of one side alone."""
    if side not in SIDES:
        abort(404)
    found = differences()
    (_one, a), (_other, b), _levels, level = _asked(found)
    if not found.diff(a, b, level):
        raise NotFoundError("nothing differs, so there is nothing to draw", "没有差别，无图可画", level=level)
    what, state = found.changed(a, b, level), a if side == "before" else b
    project = served().project
    layers = {name: project.layer(name) for name in project.layers}
    page = changed_maps.changed_page(found.plan(state), what, side=side, name=project.name, meta=project.meta, layers=layers, lang=language())
    assets = url_for("pages.asset", name="")
    text = maps.variant_html(page, title=_title(found, state), assets=assets, nonce=nonce(), scripts=changed_maps.SCRIPTS)
    return Response(text, mimetype="text/html", headers={"Cache-Control": "no-cache"})


@blueprint.get("/difference.<ending>")
def download(ending: str) -> Response:
    """Answer with the difference as a file."""
    if ending not in _ENDINGS:
        raise NotFoundError(f"no download as .{ending}; there are .geojson and .csv", f"不能下载 .{ending}；可用 .geojson、.csv", value=ending)
    found, project = differences(), served().project
    (one, a), (other, b), _levels, level = _asked(found)
    about = {"name": project.name, "level": level, "from": str(one), "to": str(other), "version_from": a.version, "version_to": b.version}
    about |= {"simulated": True} if project.meta.get("simulated") else {}
    body = difference_bytes(found.diff(a, b, level), "." + ending, about)
    return files.attached(served(), body, f"{one}-{other}-{level}", ending, short="difference")


@blueprint.get("/<plan>/changes/<int:number>")
def change_page(plan: str, number: int) -> str:
    """网格划分登记表, one sheet of A4."""
    found = differences()
    info, entry = _change(found, plan, number)
    form = changeform.form(found, served().project, info, entry, level=request.args.get("level", ""))
    return _page("change.html", form=form, info=info, title=planview.plan_title(info), has_file=not found.scope)


@blueprint.get("/<plan>/changes/<int:number>.pdf")
def change_file(plan: str, number: int) -> Response:
    """Answer with the form as `geogrid sheets --kind change` sets it. It tells the whole change: who is confined prints the page with his part."""
    from geogrid.pipeline.sheet_changes import ChangeForms
    from geogrid.sheets.papers import UPRIGHT
    from geogrid.sheets.setting import set_sheets

    found, now = differences(), served()
    _info_of, entry = _change(found, plan, number)
    if found.scope:
        raise _no_change(plan, number)
    before, after = (found.state(Reference(plan, version)) for version in (number - 1, number))
    form = ChangeForms(now.project, language()).form(before, after, entry)
    return files.attached(now, set_sheets([form], UPRIGHT, "pdf", language())[0], f"change-{plan}-{number}", "pdf", short="change")


def _change(found: Differences, plan: str, number: int) -> tuple[Any, Any]:
    """Return a plan's facts and the entry of its log that led to a version. Raises NotFoundError, also where the change lies outside the scope."""
    info = _info(found, plan)
    entries = found.desk.log(plan, since=number - 1, until=number) if 1 < number <= info.version else []
    if not entries or not sees(found.desk.state(plan, number), entries[-1].unit_ids, found.scope):
        raise _no_change(plan, number)
    return info, entries[-1]


def _no_change(plan: str, number: int) -> NotFoundError:
    return NotFoundError(f"plan {plan} has no change {number}", f"方案 {plan} 没有第 {number} 版的调整", value=number)


def _info(found: Differences, plan: str) -> Any:
    plans = {info.id: info for info in found.desk.plans()}
    if plan not in plans:
        raise NotFoundError(f"no plan {plan!r}; there are: {', '.join(plans)}", f"没有方案“{plan}”；现有：{'、'.join(plans)}", value=plan)
    return plans[plan]


def _asked(found: Differences) -> tuple[tuple[Reference, State], tuple[Reference, State], list[str], str]:
    """Read both states and the level from the address: levels that differ, and the one to show."""
    one = read_state(found, request.args.get("a") or MAIN)
    other = read_state(found, request.args.get("b") or MAIN)
    levels, asked = found.levels(one[1], other[1]), request.args.get("level", "")
    known = [level.id for level in other[1].scheme.levels]
    if asked and asked not in known:
        raise InputError(f"level {asked!r}: choose one of {', '.join(known)}", f"层级“{asked}”：可选 {'、'.join(known)}", field="level", value=asked)
    return one, other, levels, asked or first_level(levels, found, one[1], other[1])


def _title(found: Differences, state: State) -> str:
    return _("%(plan)s, version %(n)s", plan=planview.plan_title(_info(found, state.plan)), n=state.version)


def _address(endpoint: str, one: Reference, other: Reference, level: str, **values: Any) -> str:
    return link(endpoint, a=str(one), b=str(other), level=level, **values)


def _below(scheme: Any, level: str) -> Any:
    """Return the level below, None for the lowest."""
    depth = scheme.depth(level) + 1
    return scheme.levels[depth] if depth < len(scheme.levels) else None


def _adoptable(found: Differences, one: Reference, other: Reference) -> Any:
    """Return the draft that may be adopted from this page: one that is compared, as it is now, with the plan it came from."""
    info = _info(found, other.plan)
    return info if other.at is None and info.id != MAIN and info.state == "draft" and one.plan in (MAIN, info.parent) else None


def _whole(name: str, fallback: int) -> int:
    text = request.args.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else fallback


def _words() -> dict[str, str]:
    return {
        "beside": _("A draft beside “{plan}”"),
        "failed": _("That did not work: {message}"),
        "stands": _("What stands in the way: {n}"),
        "open": _("Show the place"),
        "reason": _("Accepting it needs a reason."),
    }
