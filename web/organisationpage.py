"""The page /organisations: which units have no organisation? Both trees, the map, tables and files; and `GET /api/organisations`.

For viewers; who is confined sees his unit's organisations and those that they are under. Who may plan for the whole district brings tables in.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import pandas as pd
from flask import Blueprint, Response, render_template, request, url_for

from geogrid.errors import NotFoundError
from geogrid.exchange.sheet import frames_to_xlsx
from geogrid.organisation.records import COLUMNS
from web import downloads, files, lookups, mapview, organisationfigures, organisationwords, scriptdata, suppressed, tables
from web import organisationimport as bringing
from web.accounts import current_user, require
from web.guard import token
from web.language import language
from web.served import Served, fresh_json, kept_bytes, served, to_bytes

blueprint = Blueprint("organisations", __name__)
FILES = ("organisations", "memberships")


@blueprint.get("/organisations")
def page() -> str:
    """哪些网格没有党组织？"""
    now = served()
    known, asked = tables.levels(now), request.args.get("level", "")
    level = asked if asked in known else organisationfigures.first_level(now)
    stem = url_for("organisations.answer", version=now.version).removesuffix("answer.json")
    may_bring = bringing.may_bring()
    more = {"data": stem, "says": organisationwords.says(now), "bring": url_for("organisations.bring"), "token": token() if may_bring else ""}
    told = scriptdata.told(now, "organisations", level) | {"organisations": more}
    has_any = bool(len(organisationfigures.moment_at(now, lookups.moment()).roster.organisations))
    facts = {"level": level, "has_any": has_any, "may_bring": may_bring, "keeps_register": keeps_register(), "question": organisationwords.question}
    return render_template("organisations.html", page="organisations", page_data=lambda: told, map=mapview.parts(now, "organisations"), **facts)


@blueprint.get("/data/<version>/organisations/answer.json")
def answer(version: str) -> Response:  # noqa: ARG001
    """Serve what the page says first, at `?when=`: how each level is covered, kinds, exceptions."""
    now, when = served(), lookups.moment()
    return _kept(now, "answer", when, lambda: organisationfigures.answer(now, when))


@blueprint.get("/data/<version>/organisations/trees.json")
def trees(version: str) -> Response:  # noqa: ARG001
    """Serve both trees at `?when=`."""
    now, when = served(), lookups.moment()
    return _kept(now, "trees", when, lambda: organisationfigures.trees(now, when))


@blueprint.get("/data/<version>/organisations/table/<level>.json")
def table(version: str, level: str) -> Response:  # noqa: ARG001
    """Serve the table of a level at `?when=`."""
    now, when = served(), lookups.moment()
    _check_level(now, level)
    return _kept(now, ("table", level), when, lambda: organisationfigures.table(now, level, when))


@blueprint.get("/data/<version>/organisations/places.json")
def places(version: str) -> Response:  # noqa: ARG001
    """Serve the organisations that have a place of their own, at `?when=`."""
    now, when = served(), lookups.moment()
    moment = organisationfigures.moment_at(now, when)
    return _kept(now, "places", when, lambda: organisationfigures.places(now, moment))


@blueprint.get("/data/<version>/organisations/one.json")
def one(version: str) -> Response:  # noqa: ARG001
    """Serve one organisation: `?id=&when=`."""
    return fresh_json(organisationfigures.one(served(), request.args.get("id", ""), lookups.moment()))


@blueprint.get("/data/<version>/organisations/unit.json")
def unit(version: str) -> Response:  # noqa: ARG001
    """Serve the organisations in a unit: `?level=&code=&when=`."""
    now, code = served(), request.args.get("code", "")
    level = tables.find_unit(now, code, request.args.get("level", ""))
    return fresh_json(organisationfigures.of_unit(now, level, code, lookups.moment()))


@blueprint.get("/api/organisations")
def listing() -> Response:
    """Answer with `organisations`, at `?at=` (a day or a moment), of a `?kind=` or in a `?unit=` (and `?level=`) where asked."""
    now, when, code = served(), lookups.moment("at"), request.args.get("unit", "")
    level = tables.find_unit(now, code, request.args.get("level", "")) if code else ""
    rows = organisationfigures.listed(now, when, request.args.get("kind", ""), level, code)
    return fresh_json({"at": when.isoformat(timespec="seconds"), "organisations": rows})


@blueprint.get("/download/organisations/<name>.<ending>")
def download(name: str, ending: str) -> Response:
    """Answer with a file: `organisations.xlsx` (both tables, as they are brought in again), `without` or `organisations` as .xlsx and .geojson."""
    now, when = served(), lookups.moment()
    if name == "organisations" and ending == "xlsx":
        return workbook(now, FILES, name)
    if name not in ("organisations", "without"):
        raise NotFoundError(f"nothing to download is called {name!r}", f"没有可下载的“{name}”", value=name)
    moment = organisationfigures.moment_at(now, when)
    frame = _placed(now, moment) if name == "organisations" else _without(now, moment, request.args.get("level", ""))
    return downloads.as_file(now, frame, name, ending)


@blueprint.post("/api/organisations/bring")
def bring() -> Response:
    """Tell what a workbook would change, or take it (`take`): `file`, `mode` (merge, replace), `seen` (the stamp of the preview)."""
    return fresh_json(bringing.bring())


def _without(now: Served, moment: Any, level: str) -> gpd.GeoDataFrame:
    """Return the units of a level that have no organisation that counts."""
    level = level or organisationfigures.first_level(now)
    _check_level(now, level)
    units = now.project.units(level).loc[list(organisationfigures.cover(now, moment, level).without)]
    units = suppressed.without_persons(now, level, units[["name", "parent", "kind", "households", "persons", "geometry"]])
    return units.reset_index().assign(level=level)


def _placed(now: Served, moment: Any) -> gpd.GeoDataFrame:
    """Return the organisations of a moment with the units that they lie in; their own place, else the first of these units."""
    nodes = organisationfigures.tree(now, moment).nodes
    columns: dict[str, Any] = {"id": nodes.index, "name": nodes["name"], "kind": nodes["kind"], "parent": nodes["parent"]}
    shapes = moment.roster.organisations.drop_duplicates("id").set_index("id")["geometry"].reindex(nodes.index)
    for level in reversed(tables.levels(now)):
        codes = organisationfigures.held(now, moment, level).groupby("member")["code"].agg(list).reindex(nodes.index)
        columns[level] = [" ".join(each) if isinstance(each, list) else "" for each in codes]
        first = pd.Series([each[0] if isinstance(each, list) else None for each in codes], index=nodes.index)
        shapes = shapes.where(shapes.notna(), first.map(now.project.units(level).geometry.to_dict()))
    return gpd.GeoDataFrame(pd.DataFrame(columns).reset_index(drop=True), geometry=shapes.to_numpy(), crs=now.project.crs)


def keeps_register() -> bool:
    """Tell whether the visitor may read the tables of people as they were given."""
    return current_user().may("planner")


def workbook(now: Served, names: Sequence[str], stem: str) -> Response:
    """Answer with some tables as they were given, a sheet each: what comes back through the page.

    For planners: all people are in it, and so what small counts hide. Raises ForbiddenError.
    """
    require("planner")
    frames = {}
    for name in names:
        known = now.project.table(name) if name in now.project.tables else pd.DataFrame()
        texts = {column: known[column].fillna("").astype(str) if column in known else [""] * len(known) for column in COLUMNS[name]}
        frames[name] = pd.DataFrame(texts).assign(**_lonlat(known))
    return files.attached(now, files.written("xlsx", lambda path: frames_to_xlsx(frames, path, files.about(now))), stem, "xlsx")


def _lonlat(rows: pd.DataFrame) -> dict[str, list[float | None]]:
    """Return `lon` and `lat` of rows that may have a place, in degrees."""
    if not isinstance(rows, gpd.GeoDataFrame):
        return {}
    places = rows.geometry.representative_point().to_crs(4326)
    return {
        name: [None if value != value else round(value, 9) for value in values.tolist()] for name, values in (("lon", places.x), ("lat", places.y))
    }


def _check_level(now: Served, level: str) -> None:
    if level not in now.project.levels:
        raise NotFoundError(f"no level {level!r}", f"没有层级“{level}”", value=level)


def _kept(now: Served, name: object, when: Any, make: Any) -> Response:
    """Answer with what holds for all of the time between two changes, made once for it."""
    key = ("organisations", name, language(), organisationfigures.moment_at(now, when).when.timestamp())
    return kept_bytes(key, lambda: to_bytes(make()), "application/json")
