"""The JSON API for reading (`/api/…`): units, a place, sites, findings, version. Its names are promises."""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from flask import Blueprint, Response, request

from geogrid.errors import InputError, NotFoundError
from geogrid.exchange import to_geojson
from geogrid.exchange.findings import to_rows
from web import findings, lookups, places, suppressed, tables
from web.accounts import current_user
from web.served import Served, fresh_json, kept_bytes, served, to_bytes

blueprint = Blueprint("api", __name__, url_prefix="/api")
SEARCH_MAX = 50


@blueprint.get("/units")
def units() -> Response:
    """Answer with the units of a level as GeoJSON, filtered by `parent`, `bbox`, `at`, cut by `limit` and `offset`."""
    now = served()
    level = _level(now)
    arguments = tuple(request.args.get(name, "") for name in ("parent", "bbox", "at", "limit", "offset"))
    if any(arguments):
        return _geojson(suppressed.without_persons(now, level, _units(now, level, *arguments)))
    key = ("units", level, suppressed.sees_all(now))
    return kept_bytes(key, lambda: _geojson_bytes(suppressed.without_persons(now, level, now.project.units(level))), "application/geo+json")


def _level(now: Served) -> str:
    asked = request.args.get("level", "")
    if asked and asked not in now.project.levels:
        known = ", ".join(now.project.levels)
        raise NotFoundError(f"no level {asked!r}; there are: {known}", f"没有层级“{asked}”；可用：{known}", value=asked)
    if asked:
        return asked
    parent = request.args.get("parent", "")
    levels = list(now.project.levels)
    if not parent:
        return levels[0]
    below = levels[levels.index(tables.find_unit(now, parent)) + 1 :]
    return next((name for name in below if now.project.units_inside(name, parent)), (below or levels)[0])


def _units(now: Served, level: str, parent: str, bbox: str, at: str, limit: str, offset: str) -> Any:
    box = shapely.box(*_box(bbox)) if bbox else None
    if parent:
        tables.find_unit(now, parent)
        frame = now.project.some_units(level, now.project.units_inside(level, parent))
    else:
        frame = now.project.units(level)
    keep = np.ones(len(frame), bool)
    if box:
        keep &= shapely.intersects(frame.geometry.to_crs(4326).to_numpy() if parent else _lonlat(now, level), box)
    if at:
        keep &= _valid_at(frame, at)
    start = _whole("offset", offset, 0)
    return frame[keep].iloc[start : start + _whole("limit", limit, len(frame))]


def _lonlat(now: Served, level: str) -> np.ndarray:
    return now.keep(("lonlat", level), lambda: now.project.units(level).geometry.to_crs(4326).to_numpy())


def _box(text: str) -> tuple[float, float, float, float]:
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        west = south = east = north = float("nan")
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise InputError(
            f"bbox={text!r}: write west,south,east,north in degrees", f"bbox={text!r}：应写成 西,南,东,北（经纬度）", field="bbox", value=text
        )
    return west, south, east, north


def _valid_at(frame: pd.DataFrame, at: str) -> np.ndarray:
    """Tell which units were in force on a day, where one is asked for; `served` has found the version that held then."""
    if at.isdecimal():
        return np.ones(len(frame), bool)
    begins, ends = frame["valid_from"].fillna("").astype(str), frame["valid_to"].fillna("").astype(str)
    return ((begins.str[:10] <= at) & ((ends == "") | (ends.str[:10] > at))).to_numpy()


def _whole(name: str, text: str, fallback: int) -> int:
    if not text:
        return fallback
    if not text.isdecimal():
        raise InputError(f"{name}={text!r}: write a whole number, 0 or more", f"{name}={text!r}：应为不小于 0 的整数", field=name, value=text)
    return min(int(text), 10**9)


def _geojson_bytes(frame: Any) -> bytes:
    return to_geojson(frame.drop(columns=["unit"], errors="ignore").reset_index())


def _geojson(frame: Any) -> Response:
    return Response(_geojson_bytes(frame), mimetype="application/geo+json", headers={"Cache-Control": "no-cache"})


@blueprint.get("/units/<path:code>")
def unit(code: str) -> Response:
    """Answer with one unit as a GeoJSON feature; beside its properties what it holds (`summary`). A retired code answers with its successors."""
    now = served()
    try:
        level = tables.find_unit(now, code, request.args.get("level", ""))
    except NotFoundError as error:
        if not error.facts.get("retired"):
            raise
        return fresh_json(_retired(code, error.facts["successors"]))
    return kept_bytes(("unit", level, code, suppressed.sees_all(now)), lambda: _unit(now, level, code), "application/geo+json")


def _retired(code: str, successors: list[str]) -> dict[str, Any]:
    """Return a feature without a shape that says which units came after a code."""
    told = {"code": code, "retired": True, "successors": successors}
    return {"type": "Feature", "geometry": None, "properties": told, **told}


def _unit(now: Served, level: str, code: str) -> bytes:
    frame = suppressed.without_persons(now, level, now.project.one_unit(level, code))
    feature = json.loads(_geojson_bytes(frame))["features"][0]
    geometry = frame.to_crs(4326).geometry
    feature["bbox"] = [] if geometry.iloc[0] is None else [round(float(v), 7) for v in geometry.total_bounds]
    feature["summary"] = {
        "parent_name": _parent_name(now, level, frame["parent"].iloc[0]),
        "status": feature["properties"]["status"] or "",
        "levels": _below(now, level, code),
        **{role: now.project.count_sites(role, level, code) for role in tables.SITES},
        "findings": now.project.count_findings(code),
    }
    if current_user().role == "resident":  # who sees none is not told that there are none
        feature["summary"] |= {"cameras": None, "findings": None}
    return to_bytes(feature)


def _parent_name(now: Served, level: str, parent: str) -> str:
    """Return the name of the nearest unit above a level that bears the parent's code."""
    levels = list(now.project.levels)
    upper = next((name for name in reversed(levels[: levels.index(level)]) if now.project.find_level(parent, name)), "")
    return now.project.one_unit(upper, parent)["name"].fillna("").iloc[0] if upper else ""


def _below(now: Served, level: str, code: str) -> dict[str, dict[str, int]]:
    levels = list(now.project.levels)
    counts = {lower: now.project.count_inside(lower, code) for lower in levels[levels.index(level) + 1 :]}
    return {lower: {"units": count.total(), "above": count["above"], "below": count["below"]} for lower, count in counts.items()}


@blueprint.get("/locate")
def locate() -> Response:
    """Answer with the unit of every level at a place or an address, and who is responsible there at `at`; null where none."""
    now, floor = served(), places.floor()
    find, when = lookups.lookup(now), lookups.moment("at")
    address = request.args.get("address", "").strip()
    answer = find.of_address(address, floor=floor, when=when) if address else find.at(*places.degrees(), floor=floor, when=when)
    return fresh_json(answer | {"responsible": lookups.shown(answer["responsible"])})


@blueprint.get("/sites")
def sites() -> Response:
    """Answer with stations and cameras as GeoJSON; `kind` is `stations`, `cameras`, `events` or a kind of them. Secret cameras are left out.

    Events are no assets: they come only where they, or a kind of them, are asked for.
    """
    now, kind = served(), request.args.get("kind", "")
    every = (*tables.SITES, "events")
    named = [role for role in every if kind in (role, role.removesuffix("s"))]
    roles = named or list(every if kind else tables.SITES)
    only = "" if named else kind
    return kept_bytes(("sites", kind, suppressed.sees_all(now)), lambda: _sites(now, roles, only), "application/geo+json")


def _sites(now: Served, roles: list[str], kind: str) -> bytes:
    frames = []
    for role in roles:
        frame = tables.shown_sites(now, role)
        if frame is None or not len(frame):
            continue
        frame = frame[frame["kind"] == kind] if kind else frame
        frame = frame if suppressed.sees_all(now) else frame.drop(columns="reporter_kind", errors="ignore")
        frames.append(frame.assign(role=role.removesuffix("s")))
    if not any(len(frame) for frame in frames):
        return to_bytes({"type": "FeatureCollection", "features": []})
    both = pd.concat([frame for frame in frames if len(frame)], ignore_index=True)
    return to_geojson(gpd.GeoDataFrame(both, geometry="geometry", crs=frames[0].crs))


@blueprint.get("/findings")
def all_findings() -> Response:
    """Answer with the findings as `geogrid validate --json` does; filtered by `rule`, `severity`, `level`, `unit`, cut by `limit` and `offset`."""
    now = served()
    names = ("rule", "severity", "level", "unit", "limit", "offset")
    arguments = {name: request.args.get(name, "") for name in names}
    if any(arguments.values()):
        return Response(_findings(now, arguments), mimetype="application/json", headers={"Cache-Control": "no-cache"})
    return kept_bytes("findings.json", lambda: _findings(now, arguments), "application/json")


def _findings(now: Served, arguments: dict[str, str]) -> bytes:
    found = findings.frame(now)
    for name in ("rule", "severity", "level"):
        found = found[found[name] == arguments[name]] if arguments[name] else found
    if arguments["unit"]:
        found = found[[arguments["unit"] in codes for codes in found["units"]]]
    start = _whole("offset", arguments["offset"], 0)
    found = found.iloc[start : start + _whole("limit", arguments["limit"], len(found))]
    every = findings.frame(now)
    body = {
        "ok": not bool((every["severity"] == "error").any()),
        "checked": sum(len(now.project.units(level)) for level in now.project.levels),
        "findings": to_rows(found),
    }
    return to_bytes(body)


@blueprint.get("/version")
def version() -> Response:
    """Answer with what is served: program, project, plan and its version."""
    now = served()
    plan = now.project.plan()
    body = {
        "geogrid": program_version(),
        "project": now.project.path.name,
        "name": now.project.name,
        "crs": now.project.crs.to_string(),
        "plan": plan.id,
        "version": plan.version,
        "state": plan.state,
        "levels": {level: len(now.project.units(level)) for level in now.project.levels},
        "simulated": bool(now.project.meta.get("simulated")),
        "etag": now.version,
    }
    return fresh_json(body)


def program_version() -> str:
    """Return the installed version of geogrid."""
    try:
        return installed("geogrid")
    except PackageNotFoundError:
        return "0"


@blueprint.get("/search")
def search() -> Response:
    """Answer with units whose code or name holds `q`, upper levels first: `{"units": [{level, code, name, parent_name, households}]}`."""
    limit = min(_whole("limit", request.args.get("limit", ""), 12), SEARCH_MAX)
    return fresh_json({"units": find_units(served(), request.args.get("q", ""), limit)})


def find_units(now: Served, text: str, limit: int) -> list[dict[str, Any]]:
    """Return units whose code or name holds a text, upper levels first."""
    text = text.strip().lower()
    hits: list[dict[str, Any]] = []
    for level in now.project.levels if text else ():
        rows = tables.unit_rows(now, level)
        place = now.keep(("search", level), lambda rows=rows: (rows["name"].fillna("") + "\n" + rows.index).str.lower())
        for code, row in rows[place.str.contains(text, regex=False).to_numpy()].head(limit - len(hits)).iterrows():
            hits.append({"level": level, "code": code, "name": row["name"], "parent_name": row["parent_name"], "households": int(row["households"])})
    return hits


@blueprint.route("/<path:anything>")
def unknown(anything: str) -> Response:
    """Answer that there is no such address."""
    raise NotFoundError(f"no such address: /api/{anything}", f"没有此接口：/api/{anything}", value=anything)
