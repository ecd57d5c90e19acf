"""The pages, each one question: overview, unit, stations, cameras, checks; and the files they fetch."""

from __future__ import annotations

import mimetypes
from typing import Any

from flask import Blueprint, Response, current_app, redirect, render_template, request, send_file, url_for

from geogrid import maps
from geogrid.errors import NotFoundError
from web import camerapage, data, findings, mapview, overview, scriptdata, stationpage, tables, unitpage
from web.guard import is_administrator
from web.language import language, link
from web.served import Served, kept_bytes, served, to_bytes

blueprint = Blueprint("pages", __name__)


@blueprint.app_context_processor
def _bar() -> dict[str, Any]:
    """Give every template what the bar says of the project; an error page must do without."""
    if request.endpoint == "static":
        return {}
    try:
        now = served()
    except Exception:  # the error page tells why
        return {"project": None}
    project = now.project
    plan, version, state = project.plan_name
    return {
        "project": project,
        "levels": tables.levels(now),
        "meta": project.meta,
        "plan_id": plan,
        "plan_version": version,
        "plan_state": state,
        "scheme": project.scheme,
    }


def _level(now: Served, fallback: str) -> str:
    """Return the level the address asks for."""
    asked = request.args.get("level", "")
    return asked if asked in tables.levels(now) else fallback


def _page(page: str, template: str, *, script: dict[str, Any] | None = None, **words_of_page: Any) -> str:
    """Render a page; `script` is added to what its script is told."""
    told = scriptdata.told(served(), page, words_of_page.get("level", "")) | (script or {})
    return render_template(template, page=page, page_data=lambda: told, **words_of_page)


@blueprint.get("/")
def overview_page() -> str | Response:
    """全区怎样划分，哪里不对？"""
    if current_app.extensions["geogrid"].is_new() and is_administrator():
        return redirect(link("importing.start_page"))
    now = served()
    level = _level(now, overview.first_level(now))
    script = {"screen": url_for("screen.screen", version=now.version)}
    return _page("overview", "overview.html", script=script, level=level, map=mapview.parts(now, "overview"), **overview.answer(now))


@blueprint.get("/stations")
def stations_page() -> str:
    """谁没有被服务？"""
    return stationpage.page(served())


@blueprint.get("/cameras")
def cameras_page() -> str:
    """什么没有被看见？"""
    return camerapage.page(served())


@blueprint.get("/checks")
def checks_page() -> str:
    """先改哪一处？"""
    now = served()
    fine, checked = findings.good(now)
    found = {"groups": findings.groups(now), "fine": fine, "checked": checked, "rejected": len(now.project.rejected())}
    return _page("checks", "checks.html", map=mapview.parts(now, "checks"), **found)


@blueprint.get("/units/<path:code>")
def unit_page(code: str) -> str:
    """Everything about one unit."""
    now = served()
    level = tables.find_unit(now, code, request.args.get("level", ""))
    told = {"level": level, "code": code, "map": mapview.parts(now, "unit", code)}
    return _page("unit", "unit.html", script={"code": code}, **told, **unitpage.answer(now, level, code))


@blueprint.get("/data/<version>/tables/overview/<level>.json")
def table_data(version: str, level: str) -> Response:
    """Serve the overview's table; the version in the address lets browsers keep it."""
    now = served()
    if level not in now.project.levels:
        raise NotFoundError(f"no level {level!r}", f"没有层级“{level}”", value=level)
    return kept_bytes(("table", level, language()), lambda: data.table(now, level), "application/json", immutable=version == now.version)


@blueprint.get("/data/<version>/findings.json")
def findings_data(version: str) -> Response:
    """Serve the findings of one group: `?rule=&level=&severity=`."""
    now = served()
    rule, level, severity = (request.args.get(name, "") for name in ("rule", "level", "severity"))
    key = ("findings", rule, level, severity, language())
    return kept_bytes(key, lambda: data.finding_items(now, rule, level, severity), "application/json", immutable=version == now.version)


@blueprint.get("/data/<version>/findings/<int:at>.json")
def finding_data(version: str, at: int) -> Response:
    """Serve how one finding is drawn close up."""
    now = served()
    body = to_bytes(findings.detail(now, at))
    return kept_bytes(("finding", at, language()), lambda: body, "application/json", immutable=version == now.version)


@blueprint.get("/data/<version>/codes.json")
def codes_data(version: str) -> Response:
    """Serve the codes of a level inside a unit above it: `?level=&parent=`."""
    now = served()
    level, parent = request.args.get("level", ""), request.args.get("parent", "")
    rows = tables.select(tables.unit_rows(now, level), now, level, {"parent": parent})
    body = to_bytes({"codes": rows.index.tolist()})
    return kept_bytes(("codes", level, parent), lambda: body, "application/json", immutable=version == now.version)


@blueprint.get("/assets/", defaults={"name": ""})
@blueprint.get("/assets/<path:name>")
def asset(name: str) -> Response:
    """Serve a script or style of the map."""
    path = maps.asset_path(name)
    response = send_file(path, mimetype=mimetypes.guess_type(str(name))[0] or "application/octet-stream", conditional=True)
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/tiles/<version>/", defaults={"name": ""})
@blueprint.get("/tiles/<version>/<path:name>")
def map_data(version: str, name: str) -> Response:
    """Serve a small table of the map, as `units.json`."""
    now = served()
    return kept_bytes(("map data", name), lambda: maps.data(now.project, name), "application/json", immutable=version == now.version)


@blueprint.get("/tiles/<version>/<int:z>/<int:x>/<int:y>.pbf")
def tile(version: str, z: int, x: int, y: int) -> Response:
    """Serve a vector tile."""
    now = served()
    if not (z <= 22 and x < 1 << z and y < 1 << z):
        raise NotFoundError(f"no tile {z}/{x}/{y}", f"没有瓦片 {z}/{x}/{y}")
    tile_type, is_current = "application/x-protobuf", version == now.version
    return kept_bytes((z, x, y), lambda: maps.tile(now.project, z, x, y), tile_type, immutable=is_current, is_tile=True)


@blueprint.get("/healthz")
def health() -> Response:
    """Answer `ok` when the project can be read, and where there is none yet: that is no fault."""
    if not current_app.extensions["geogrid"].is_new():
        served()
    return Response("ok\n", mimetype="text/plain", headers={"Cache-Control": "no-store"})
