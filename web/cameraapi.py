"""The JSON API of what cameras see (`/api/reach/cameras…`), for the page and for programs; secret cameras are in none of its figures.

`?wait=0` answers 202 and the stage while the reach of a version is computed; without it, the answer waits for the figures.
"""

from __future__ import annotations

from typing import Any

import shapely
from flask import Blueprint, Response, request

from geogrid.errors import InputError, NotFoundError
from geogrid.exchange import to_geojson
from web import cameradrawn, camerafigures, camerarecord, reached, tables
from web.language import language
from web.served import Served, fresh_json, kept_bytes, served, to_bytes

blueprint = Blueprint("cameras", __name__)
LAYERS = ("streets", "regions", "perhaps")
NEXT_MOST = 50


@blueprint.get("/api/reach/cameras")
def units() -> Response:
    """Answer with the totals and notes, and the figures of the units of a level: `?level=&parent=`."""
    now = served()
    if waiting := _stage(now):
        return waiting
    known = camerafigures.levels(now)
    level = request.args.get("level") or (known[-1] if known else "")
    if known and level not in known:
        raise NotFoundError(f"no figures of level {level!r}; there are: {', '.join(known)}", f"没有层级“{level}”的数据", value=level)
    found = camerafigures.units(now, level, request.args.get("parent", "")) if level else []
    body = {"level": level, "totals": camerafigures.totals(now), "notes": camerafigures.notes(now), "units": found}
    return fresh_json(body)


@blueprint.get("/data/<version>/reach/cameras/answer.json")
def answer(version: str) -> Response:
    """Serve what the page says first; 202 and the stage while it is computed."""
    now = served()
    if waiting := _stage(now):
        return waiting
    return kept_bytes(("camera answer", language()), lambda: camerafigures.answer(now), "application/json", immutable=version == now.version)


def _stage(now: Served) -> Response | None:
    if request.args.get("wait") != "0":
        return None
    stage = reached.begun(now, "cameras")
    return fresh_json({"stage": stage}, 202) if stage not in (reached.READY, "failed") else None


@blueprint.get("/data/<version>/reach/cameras/table/<level>.json")
def table(version: str, level: str) -> Response:
    """Serve the page's table of a level."""
    now = served()
    if level not in now.project.levels:
        raise NotFoundError(f"no level {level!r}", f"没有层级“{level}”", value=level)
    key = ("camera table", level, language())
    return kept_bytes(key, lambda: camerafigures.table(now, level), "application/json", immutable=version == now.version)


@blueprint.get("/data/<version>/reach/cameras/<layer>/<int:x>/<int:y>.json")
def tile(version: str, layer: str, x: int, y: int) -> Response:
    """Serve what the map draws close up."""
    now = served()
    key, is_current = ("seen", layer, x, y), version == now.version
    return kept_bytes(key, lambda: cameradrawn.tile(now, layer, x, y), "application/json", immutable=is_current, is_tile=True)


@blueprint.get("/data/<version>/reach/cameras/blind.json")
def blind(version: str) -> Response:
    """Serve the blind streets of the whole."""
    now = served()
    return kept_bytes("blind streets", lambda: cameradrawn.blind(now), "application/json", immutable=version == now.version)


@blueprint.get("/data/<version>/reach/cameras/over.json")
def over_list(version: str) -> Response:
    """Serve the page's list of where cameras see what they should not."""
    now = served()
    key = ("camera over", language())
    return kept_bytes(key, lambda: to_bytes(camerafigures.over_reach(now)), "application/json", immutable=version == now.version)


@blueprint.get("/api/reach/cameras/<any(streets,regions,perhaps):layer>")
def layer(layer: str) -> Response:
    """Answer with street pieces (`?class=sure|perhaps|blind`) or regions as GeoJSON: `?bbox=` in degrees, or `?level=&code=` of a unit."""
    now = served()
    frame = cameradrawn.visible(now, layer)
    level, code, wanted = (request.args.get(name, "") for name in ("level", "code", "class"))
    if request.args.get("bbox"):
        frame = frame[shapely.intersects(frame.geometry.to_numpy(), _box(now))]
    if code:
        level = tables.find_unit(now, code, level)
        if layer == "streets":
            frame = frame[(frame[level] == code).to_numpy()] if level in frame.columns else frame.iloc[:0]
        else:
            cameras = reached.cameras_of(now).cameras
            frame = frame[frame["id"].isin(set(cameras["id"][cameras[level] == code]))]
    if wanted and layer == "streets":
        frame = frame[(frame["class"] == wanted).to_numpy()]
    return Response(to_geojson(frame), mimetype="application/geo+json", headers={"Cache-Control": "no-cache"})


def _box(now: Served) -> Any:
    text = request.args["bbox"]
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        west = south = east = north = float("nan")
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        message = f"bbox={text!r}: write west,south,east,north in degrees"
        raise InputError(message, f"bbox={text!r}：应写成 西,南,东,北（经纬度）", field="bbox", value=text)
    return cameradrawn.box_of(text, now)


@blueprint.get("/api/reach/cameras/record")
def record() -> Response:
    """Answer with one camera (`?id=`, or `?lon=&lat=`): its record, what of it is a default, what it sees and what hides it."""
    lon, lat = _option("lon", -180, 180), _option("lat", -90, 90)
    at = None if lon is None or lat is None else (lon, lat)
    return fresh_json(camerarecord.record(served(), request.args.get("id", ""), at))


@blueprint.get("/api/reach/cameras/tried")
def tried() -> Response:
    """Answer what one camera more at `?lon=&lat=` would see: `ptz direction angle range`, `without` the camera that would be moved there."""
    now = served()
    reach = reached.cameras_of(now)
    ptz = _ptz()
    x, y = camerarecord.place(now, _number("lon", -180, 180), _number("lat", -90, 90))
    options = {name: _option(field, *limits) for name, field, limits in _OPTIONS}
    without = request.args.get("without") or None
    if without is not None and without not in set(camerafigures.shown_cameras(now)["id"]):
        raise NotFoundError(f"no camera {without!r} here", f"没有摄像机“{without}”", value=without)
    return fresh_json(camerarecord.tried(now, reach.tried(x, y, ptz=ptz, without=without, **options)))


_OPTIONS = (("direction_deg", "direction", (0, 360)), ("angle_deg", "angle", (1, 360)), ("range_m", "range", (1, 2000)))


@blueprint.get("/api/reach/cameras/next")
def next_cameras() -> Response:
    """Answer with the `?k=` street corners where one more camera each sees most of what is blind, and the gain of each and of all so far."""
    now, k = served(), int(_option("k", 1, NEXT_MOST) or 10)
    ptz = _ptz()
    return kept_bytes(("next", k, ptz), lambda: to_bytes(camerarecord.next_places(now, k, ptz)), "application/json")


@blueprint.get("/api/reach/cameras/over")
def over() -> Response:
    """Answer with where cameras see what they should not."""
    found = camerafigures.shown_over_reach(served())
    return Response(to_geojson(found), mimetype="application/geo+json", headers={"Cache-Control": "no-cache"})


def _ptz() -> str:
    ptz = request.args.get("ptz") or "1"
    if ptz not in ("1", "2", "3", "4"):
        raise InputError(f"ptz={ptz!r}: write 1, 2, 3 or 4", f"ptz={ptz!r}：应为 1、2、3 或 4", field="ptz", value=ptz)
    return ptz


def _number(name: str, low: float, high: float) -> float:
    value = _option(name, low, high)
    if value is None:
        raise InputError(f"{name}: write a number", f"{name}：请给出数字", field=name, value="")
    return value


def _option(name: str, low: float, high: float) -> float | None:
    text = request.args.get(name, "")
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not low <= value <= high:
        message = f"{name}={text!r}: write a number from {low} to {high}"
        raise InputError(message, f"{name}={text!r}：应为 {low} 到 {high} 之间的数", field=name, value=text)
    return value
