"""The page /events: what happened, what is not done, and to whom that has come up; its data, files and `GET /api/events`.

Who is not signed in sees closing rates and nothing else: no place, no list, no chart of who reports.
"""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from flask import Blueprint, Response, current_app, render_template, request, url_for
from flask_babel import gettext as _

from geogrid.errors import NotFoundError
from geogrid.events import raised, told_instant
from geogrid.events.records import is_closed
from geogrid.exchange import to_geojson
from web import data, eventwords, mapview, scriptdata, suppressed, tables
from web.accounts import require
from web.downloads import as_file
from web.eventfigures import ROLE, answer, at, chosen, has_events, kinds, ledger, may_see, only, place_name, plain, standing_at
from web.guard import may_open
from web.language import language
from web.served import Served, fresh_json, served

blueprint = Blueprint("events", __name__)
STEPS = (0.0, 0.005, 0.02, 0.1)
"""Upper limits of the classes of the share that is open; the last has none."""
HUE = "#5b3f8c"


@blueprint.get("/events")
def page() -> str:
    """哪里的事没有办完？"""
    now = served()
    known, asked = tables.levels(now), request.args.get("level", "")
    level = asked if asked in known else _first_level(known)
    told = scriptdata.told(now, ROLE, level)
    shown: dict[str, Any] = {"has_events": has_events(now), "may_see": may_see(now), "tasks": [], "kinds": []}
    if shown["has_events"]:
        told |= {"events": _addresses(now), "says": eventwords.words(), "may_see": shown["may_see"], "steps": STEPS, "hue": HUE}
    if shown["may_see"]:
        signs = [{**kind, "key": kind["id"], "name": kind[language()]} for kind in kinds(now)]
        scheme = now.project.scheme
        shown |= {"tasks": [(key, task.name.say(language())) for key, task in scheme.tasks.items()], "kinds": signs}
        if "people.page" in current_app.view_functions and may_open("people.page"):
            told |= {"people": url_for("people.page")}
        told |= {"signs": {kind["key"]: kind for kind in signs}, "tasks": {key: _task(task) for key, task in scheme.tasks.items()}}
    return render_template("events.html", page=ROLE, page_data=lambda: told, map=mapview.parts(now, ROLE), level=level, **shown)


def _first_level(known: list[str]) -> str:
    """Return the level whose table opens first: communities or what stands for them."""
    return "community" if "community" in known else (known or [""])[0]


def _task(task: Any) -> dict[str, list[str]]:
    return {"events": list(task.events), "stations": list(task.stations), "cameras": list(task.cameras)}


def _addresses(now: Served) -> dict[str, str]:
    stem = url_for("events.figures", version=now.version).removesuffix("answer.json")
    return {"data": stem, "download": url_for("events.download", name="events", ending="xlsx").rsplit("/", 1)[0] + "/"}


@blueprint.get("/data/<version>/events/answer.json")
def figures(version: str) -> Response:  # noqa: ARG001
    """Serve what the page says first, for what its address chooses."""
    return fresh_json(answer(_asked()))


@blueprint.get("/data/<version>/events/table/<level>.json")
def table(version: str, level: str) -> Response:  # noqa: ARG001
    """Serve the closing rates of a level's units."""
    now = _asked()
    if level not in tables.levels(now):
        raise NotFoundError(f"no level {level!r}", f"没有层级“{level}”", value=level)
    return fresh_json(_table(now, level))


@blueprint.get("/data/<version>/events/points.json")
def points(version: str) -> Response:  # noqa: ARG001
    """Serve the events as the map draws them: columns as in `geogrid.maps.data`; a closed one is grey."""
    now = _asked(single=True)
    own, asked = ledger(now), chosen(now, request.args)
    found = only(own, asked)
    found = found[now.project.sites(ROLE).geometry.loc[found.index].notna().to_numpy()]
    places = shapely.get_coordinates(now.project.sites(ROLE).loc[found.index].to_crs(4326).geometry.to_numpy()).round(6)
    signs = kinds(now)
    row = {kind["id"]: i for i, kind in enumerate(signs)}
    done = is_closed(found, asked.at_s)
    grey = [{**kind, "colour": "#6b747c"} for kind in signs]
    body = {
        "kinds": [*signs, *grey],
        "id": found["id"].tolist(),
        "name": found["id"].tolist(),
        "kind": [row[kind] + len(signs) * int(closed) for kind, closed in zip(found["kind"], done, strict=True)],
        "x": places[:, 0].tolist(),
        "y": places[:, 1].tolist(),
        "outside": [False] * len(found),
    }
    return fresh_json(body)


@blueprint.get("/data/<version>/events/one.json")
def one(version: str) -> Response:  # noqa: ARG001
    """Serve one event: `?id=`."""
    now = _asked(single=True)
    frame = _frame(now, request.args | {"state": "all", "kind": "", "unit": "", "month": "", "task": ""})
    found = frame[frame["id"] == request.args.get("id", "")]
    if not len(found):
        raise NotFoundError("no such event", "没有这个事件", value=request.args.get("id", ""))
    row = pd.DataFrame(found.drop(columns="geometry")).iloc[0].to_dict()
    own, who = ledger(now), row.get("reporter_kind") or ""
    names = {level: place_name(now, level, row[level]) for level in tables.levels(now) if row.get(level)}
    named = {"kind_name": own.kind_name(row["kind"]).say(language()), "reporter": own.reporter_name(who).say(language()) if who else ""}
    limit = own.days.get(row["kind"], own.default_days)
    late = round(row["days_open"] - limit, 1) if row["days_open"] > limit else None
    stands = {"late": late, "stands": standing_at(now, row["stands_level"], row["stands_code"]) if row["open"] else ""}
    return fresh_json(plain(row) | named | {"units": [{"level": k, "code": row[k], "name": v} for k, v in names.items()]} | stands)


@blueprint.get("/download/events/<name>.<ending>")
def download(name: str, ending: str) -> Response:
    """Answer with a file of what the page shows: `events` or `event_units`, with its filters."""
    now = _asked(single=name == "events")
    if name == "events":
        return as_file(now, _frame(now, request.args), name, ending)
    if name == "event_units":
        level = request.args.get("level", "")
        return as_file(now, _units(now, level if level in tables.levels(now) else tables.levels(now)[0]), name, ending)
    raise NotFoundError(f"nothing to download is called {name!r}", f"没有可下载的“{name}”", value=name)


@blueprint.get("/api/events")
def api() -> Response:
    """Answer with events as GeoJSON: `kind= unit= from= to= state=open|closed|all when=`; all states where none is named."""
    now = _asked(single=True)
    arguments = {"state": "all", **{key: value for key, value in request.args.items() if value}}
    return Response(to_geojson(_frame(now, arguments)), mimetype="application/geo+json", headers={"Cache-Control": "no-cache"})


def _asked(*, single: bool = False) -> Served:
    """Return what the visitor may see; raise SignInError for single events where he may see rates only, NotFoundError where there are no events."""
    now = served()
    if not has_events(now):
        raise NotFoundError("this project has no events", "本项目没有事件", value=ROLE)
    if single:
        require("viewer")
    return now


def _frame(now: Served, arguments: Any) -> gpd.GeoDataFrame:
    """Return the chosen events as they were delivered, with `open` and where each open one stands."""
    own, asked = ledger(now), chosen(now, arguments)
    found = only(own, asked)
    standing = own.standing(asked.at_s).reindex(found.index)
    hidden = [] if suppressed.sees_all(now) else ["reporter_kind"]
    frame = now.project.sites(ROLE).loc[found.index].drop(columns=["row", *hidden], errors="ignore")
    texts = {
        name: standing[source].astype(object).where(standing[source].notna(), "")
        for name, source in (("stands_level", "level"), ("stands_code", "code"))
    }
    closed = is_closed(found, asked.at_s)
    defaults = {name: "" for name in ("kind", "time", "closed_at", "state", "address") if name not in frame}
    return frame.assign(
        **defaults, open=~closed, days_open=standing["age_days"].round(2).to_numpy(), steps_up=standing["steps"].to_numpy(), **texts
    ).assign(kind=found["kind"], as_of=told_instant(asked.at_s))


def _rates(now: Served, level: str) -> pd.DataFrame:
    """Return the figures of a level's units in the order of `tables.unit_rows`; `up`: open events that have come up to the unit from below it."""
    own = ledger(now)
    asked = chosen(now, request.args)
    fitting = type(own)(only(own, asked, state=""), own.levels, own.scheme)
    codes = tables.unit_rows(now, level).index.tolist()
    found = fitting.rates(asked.at_s, {level: codes}).set_index("code").reindex(codes)
    up = raised(fitting.standing(asked.at_s))
    here = up[up["level"] == level].set_index("code")["events"]
    return found.assign(up=here.reindex(codes).fillna(0).astype("int64").to_numpy())


def _table(now: Served, level: str) -> dict[str, Any]:
    found = _rates(now, level)
    columns = [("events", _("events"), "number"), ("open", _("open"), "number"), ("rate", _("closing rate"), "rate")]
    values = {
        **{name: found[name].astype("int64").tolist() for name in ("events", "open", *(["up"] if may_see(now) else []))},
        "rate": [None if share != share else round(share, 6) for share in found["share"]],
        "open_share": [None if share != share else round(1 - share, 6) for share in found["share"]],
    }
    told = [{"key": key, "title": title, "kind": kind} for key, title, kind in columns]
    return {"columns": [data.name_column(now, level), *told], **data.unit_columns(now, level), "values": values}


def _units(now: Served, level: str) -> gpd.GeoDataFrame:
    """Return the units of a level with their closing rates, for a file."""
    rates = _rates(now, level)
    frame = now.project.units(level).loc[rates.index][["name", "parent", "geometry"]]
    names = ["events", "closed", "open", *(["up"] if may_see(now) else []), "share"]
    own = ledger(now)
    told = {name: rates[name].to_numpy() for name in names}
    told["share"] = np.round(told["share"].astype(float), 6)
    return frame.assign(level=level, **told, as_of=told_instant(at(now, own, request.args.get("when", "")))).reset_index()
