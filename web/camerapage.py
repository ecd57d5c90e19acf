"""The page /cameras: what is not seen, which grid is worst and why, what one camera would change. What it says at once; its figures come after."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for

from geogrid.maps.kinds import kinds_of
from geogrid.maps.words import CAMERA_KINDS
from web import camerawords, mapview, scriptdata, tables
from web.language import language
from web.served import Served


def page(now: Served) -> str:
    """Render the page."""
    asked, shown = request.args.get("level", ""), answer(now)
    level = asked if asked in tables.levels(now) else first_level(now)
    told = scriptdata.told(now, "cameras", level) | script(now) | {"kinds": shown["kinds"]}
    return render_template("cameras.html", page="cameras", page_data=lambda: told, map=mapview.parts(now, "cameras"), level=level, **shown)


def answer(now: Served) -> dict[str, Any]:
    """Return what `cameras.html` says before anything is computed: kinds, and why there may be nothing to see."""
    frame = tables.sites(now, "cameras")
    n = 0 if frame is None else len(frame)
    kinds = kinds_of(now.project.scheme, "cameras", frame) if n else []
    return {
        "n": n,
        "kinds": [{**kind, "key": kind["id"], "name": kind[language()]} for kind in kinds],
        "outside": int((frame["outside_m"] > 0).sum()) if n and "outside_m" in frame.columns else 0,
        "lacks": [name for name in ("roads", "buildings") if not _has(now, name)],
    }


def _has(now: Served, layer: str) -> bool:
    return layer in now.project.layers and len(now.project.layer(layer)) > 0


def first_level(now: Served) -> str:
    """Return the level whose table opens first: grids, else the lowest that is not too long."""
    short = [level for level in tables.levels(now) if len(tables.unit_rows(now, level)) <= tables.ROWS_FIRST_MAX]
    return "grid" if "grid" in short else (short or tables.levels(now)[:1] or [""])[-1]


def script(now: Served) -> dict[str, Any]:
    """Return what the page's script is told beside what every page tells: addresses and words."""
    stem = url_for("cameras.answer", version=now.version).removesuffix("answer.json")
    get = {name: url_for(f"cameras.{endpoint}") for name, endpoint in (("record", "record"), ("tried", "tried"), ("next", "next_cameras"))}
    ptz = {key: name[language()] for key, name in CAMERA_KINDS.items()}
    return {"seen": {"data": stem, **get, "ptz": ptz}, "says": camerawords.words()}
