"""Who is not served? The page /stations and what it fetches below /api/reach/stations: figures, tables, homes, what one more station would change."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, request, url_for

from geogrid.errors import InputError
from web import mapview, reached, scriptdata, stationfigures, stationsites, stationwords, tables
from web.accounts import current_user
from web.guard import may_open
from web.language import language
from web.served import Served, fresh_json, kept_bytes_of, served, to_bytes

blueprint = Blueprint("stations", __name__, url_prefix="/api/reach/stations")


def page(now: Served) -> str:
    """Render the page; its figures come when they are computed, for the first visitor would wait for them."""
    kinds = stationfigures.kinds(now)
    level = first_level(now)
    told = scriptdata.told(now, "stations", level) | {
        "kinds": kinds,
        "minutes": stationfigures.minutes(now),
        "kind": kinds[0]["key"] if kinds else "",
        "reach": _urls(now),
        "words": scriptdata.told(now, "stations", level)["words"] | stationwords.words(),
    }
    shown = {"kinds": kinds, "minutes": told["minutes"], "level": level}
    return render_template("stations.html", page="stations", page_data=lambda: told, map=mapview.parts(now, "stations"), **shown)


def first_level(now: Served) -> str:
    """Return the level whose table opens first: where stations are owed one each, else the lowest with few units above the last."""
    asked = request.args.get("level", "")
    levels = tables.levels(now)
    short = [level for level in levels if len(tables.unit_rows(now, level)) <= tables.ROWS_FIRST_MAX] or levels[:1]
    owed = [kind.one_per for kind in now.project.scheme.stations.values() if kind.one_per in short]
    return asked if asked in levels else (owed or short[max(0, len(short) - 2) :])[0]


def _urls(now: Served) -> dict[str, str]:
    """Addresses that the visitor may ask."""
    names = ["figures", "units", "homes", "walks", "area", "capacity", "tried", *([] if reached.is_cut(now) else ["best", "checks"])]
    return {name: url_for(f"stations.{name}") for name in names if may_open(f"stations.{name}")}


def asked() -> tuple[Served, str, float]:
    """Read the project, the kind and the minutes from the address."""
    now = served()
    known = stationfigures.kinds(now)
    kind = request.args.get("kind") or (known[0]["key"] if known else "")
    limit = number("minutes", stationfigures.minutes(now)[0])
    stationfigures.check_asked(now, kind, limit)
    if current_user().role == "resident" and limit not in stationfigures.minutes(now):  # each is computed and kept: nobody unknown may ask for many
        known_minutes = [f"{each:g}" for each in stationfigures.minutes(now)]
        message = f"minutes={limit:g}: write one of {', '.join(known_minutes)}; other times are for who signs in"
        raise InputError(message, f"minutes={limit:g}：可用 {'、'.join(known_minutes)}；其他时间请登录后查询", field="minutes", value=limit)
    return now, kind, limit


def number(name: str, fallback: float | None = None) -> float:
    """Read a number from the address. Raises InputError."""
    text = request.args.get(name, "")
    try:
        value = float(text) if text or fallback is None else fallback
    except ValueError:
        value = float("nan")
    if not abs(value) < 1e9:
        raise InputError(f"{name}={text!r}: write a number", f"{name}={text!r}：应为数字", field=name, value=text)
    return value


def _kept(now: Served, key: tuple[Any, ...], make: Any) -> Response:
    return kept_bytes_of(now, ("station reach", *key, language()), lambda: to_bytes(make()), "application/json")


@blueprint.get("")
def figures() -> Response:
    """Answer who is served, for each kind and time. `?wait=0`: where that is not computed yet, answer 202 with the stage instead of waiting."""
    now = served()
    stage = reached.begun(now, "stations") if request.args.get("wait") == "0" else ""
    if stage and stage not in (reached.READY, reached.FAILED):
        return fresh_json({"stage": stage}, 202)
    return _kept(now, ("figures",), lambda: stationfigures.summary(now))


@blueprint.get("/units")
def units() -> Response:
    """Answer with the table of a level for a kind, all times in it."""
    now, kind, _limit = asked()
    level = request.args.get("level") or first_level(now)
    return _kept(now, ("units", level, kind), lambda: stationfigures.table(now, level, kind))


@blueprint.get("/homes")
def homes() -> Response:
    """Answer with the places that are served or not."""
    now = served()
    return _kept(now, ("homes",), lambda: stationfigures.homes(now))


@blueprint.get("/walks")
def walks() -> Response:
    """Answer with the walk of each of these places to the nearest station of a kind."""
    now, kind, _limit = asked()
    return _kept(now, ("walks", kind), lambda: stationfigures.walks(now, kind))


@blueprint.get("/area")
def area() -> Response:
    """Answer with the area that stations of a kind serve, as a GeoJSON geometry: it is drawn, not counted."""
    now, kind, limit = asked()
    return _kept(now, ("area", kind, limit), lambda: stationfigures.area(now, kind, limit))


@blueprint.get("/tried")
def tried() -> Response:
    """Answer what one more station at `?lon=&lat=` would change."""
    now, kind, limit = asked()
    lon, lat = number("lon"), number("lat")
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise InputError(f"lon={lon}, lat={lat}: not degrees", f"lon={lon}、lat={lat}：不是经纬度", field="lon", value=lon)
    return fresh_json(stationfigures.tried(now, kind, limit, lon, lat))


@blueprint.get("/capacity")
def capacity() -> Response:
    """Answer who finds no place when all stations of a kind are full; null where no capacity is known."""
    now, kind, limit = asked()
    return _kept(now, ("capacity", kind, limit), lambda: stationsites.capacity(now, kind, limit))


@blueprint.get("/best")
def best() -> Response:
    """Answer where the next `?k=` stations of a kind would serve most."""
    now, kind, limit = asked()
    k = int(number("k", 5))
    return _kept(now, ("best", kind, limit, k), lambda: stationsites.best(now, kind, limit, k))


@blueprint.get("/checks")
def checks() -> Response:
    """Answer whether the stations of a kind are where they should be, in words."""
    now, kind, limit = asked()
    return _kept(now, ("checks", kind, limit), lambda: {"checks": stationsites.checks(now, kind, limit)})
