"""The page /cameras: what is not seen, which grid is worst and why, what one camera would change. What it says at once; its figures come after."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _

from geogrid.maps.kinds import kinds_of
from geogrid.maps.words import CAMERA_KINDS
from web import mapview, scriptdata, tables
from web.language import language
from web.served import Served


def page(now: Served) -> str:
    """Render the page."""
    asked, shown = request.args.get("level", ""), answer(now)
    level = asked if asked in tables.levels(now) else first_level(now)
    told = scriptdata.told(now, "cameras", level) | script(now) | {"kinds": shown["kinds"]}
    return render_template("cameras.html", page="cameras", page_data=lambda: told, map=mapview.parts(now, "cameras"), level=level, **shown)


def answer(now: Served) -> dict[str, Any]:
    """Return what `cameras.html` says before anything is computed: kinds, how many are secret, why there may be nothing to see."""
    frame = tables.sites(now, "cameras")
    n = 0 if frame is None else len(frame)
    kinds = kinds_of(now.project.scheme, "cameras", frame) if n else []
    return {
        "n": n,
        "kinds": [{**kind, "key": kind["id"], "name": kind[language()]} for kind in kinds],
        "secret": int(frame["secret"].sum()) if n else 0,
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
    return {"seen": {"data": stem, **get, "ptz": ptz}, "says": words()}


def words() -> dict[str, str]:
    """Return the words of the page's scripts."""
    return {
        "stage_begun": _("Reading cameras, buildings and streets …"),
        "stage_regions": _("Computing what each camera sees …"),
        "stage_streets": _("Cutting streets into seen and blind …"),
        "stage_units": _("Adding up by unit …"),
        "failed": _("What cameras see could not be computed: {why}"),
        "base": _("{cameras} cameras, {street} of streets"),
        "base_one": _("{cameras} camera, {street} of streets"),
        "blind": _("of streets are blind, {share}"),
        "no_blind": _("No street is blind."),
        "no_streets": _("No streets here: nothing to be seen or not."),
        "doors": _("Building entrances seen: {seen} of {all} ({share}), perhaps {perhaps} more;"),
        "no_doors": _("No building entrances are known."),
        "ground": _("public ground surely seen: {share}"),
        "doors_short": _("Building entrances seen: {seen} of {all}"),
        "colon": _(": "),
        "comma": _(", "),
        "blind_under": _("blind {share}"),
        "of": _("{n} of {all}"),
        "step": _("≤ {share}"),
        "step_last": _("> {share}"),
        "list": _("List {level}"),
        "open": _("Open {level}"),
        "kind": _("kind"),
        "code": _("GB/T 28181 code"),
        "code_parts": _("area {civil}, industry {industry}, type {type}, network {network}, number {serial}"),
        "code_wrong": _("this is no code of a camera"),
        "direction": _("direction"),
        "given": _("given"),
        "presumed": _("presumed ±22.5°"),
        "all_round": _("all round"),
        "unknown": _("unknown: sees perhaps all round, surely nothing"),
        "lens": _("angle, range, height"),
        "default": _("default of the scheme"),
        "stands": _("stands in"),
        "sees": _("surely sees"),
        "hidden": _("hidden by"),
        "hidden_by": _("{n} buildings"),
        "hidden_one": _("{n} building"),
        "walls": _("{n} walls"),
        "nothing_hides": _("nothing within its range"),
        "no_address": _("{n} without an address"),
        "secrecy": _("secrecy"),
        "open_camera": _("not secret"),
        "secret": _("secret: in no figure and in no file"),
        "moved": _("It stands in a wall and is taken to stand 5 cm before it."),
        "indoors": _("It stands inside a building and sees none of the streets."),
        "over": _("sees too much"),
        "over_prohibited": _("sees into a prohibited place"),
        "over_facade": _("looks at dwellings"),
        "over_faces_prohibited": _("faces a prohibited place"),
        "move": _("Try another place"),
        "close": _("Close"),
        "gain": _("One camera more here"),
        "gain_moved": _("Camera {id} here instead"),
        "gain_m": _("of streets newly seen"),
        "gain_blind": _("{metres} of it blind before"),
        "gain_share": _("{before} → {after}"),
        "gain_way": _("looking {degrees}°, the best of eight directions"),
        "lost_doors": _("{n} entrances no longer seen"),
        "gain_doors": _("{n} entrances newly seen"),
        "gain_door": _("{n} entrance newly seen"),
        "gain_none": _("Nothing more would be seen from here."),
        "gain_less": _("of streets would no longer be seen"),
        "try_hint_dome": _("Click on the map where it would stand; Enter takes the middle of the map."),
        "try_hint_gun": _("Press on the map where it would stand and drag to where it looks; Enter takes the middle of the map."),
        "next_one": _("{n}. {metres} more"),
        "next_sum": _("{metres} together"),
        "next_bound": _("No choice of as many corners sees more than {metres}."),
        "next_none": _("No corner would see more: nothing is blind, or there are no streets."),
        "more": _("{n} more"),
        "metres": _("m"),
        "km": _("km"),
    }
