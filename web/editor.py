"""The page `/edit`: which level is edited, where one works, and what the page's scripts are told."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, render_template, request, url_for

from geogrid.errors import NotFoundError
from geogrid.scheme_values import place_level
from web import editor_sentences, editor_words, mapview, scriptdata, tables, words
from web.accounts import current_user
from web.guard import token
from web.served import Served, served

blueprint = Blueprint("editor", __name__)


@blueprint.get("/edit")
def edit_page() -> str:
    """移动这些，会怎样？"""
    now = served()
    level = asked_level(now)
    area, focus = asked_area(now, level)
    told = scriptdata.told(now, "edit", level)
    told["words"] |= editor_sentences.words()
    told["edit"] = _told(now, level, area, focus)
    return render_template(
        "edit.html",
        page="edit",
        page_data=lambda: told,
        map=mapview.parts(now, "edit"),
        level=level,
        area=area,
        areas=areas(now, level),
        area_level=area_level(now, level),
        scripts=scripts(),
        tools=editor_words.tools(),
        keys=editor_words.keys(),
    )


@cache
def scripts() -> tuple[str, ...]:
    """Return the names of the page's scripts: asked for before the map's tiles, they do not wait behind them."""
    folder = Path(__file__).parent / "static"
    return tuple(sorted(path.name for name in ("edit*.js", "map.js", "dom.js", "page.js") for path in folder.glob(name)))


def asked_level(now: Served) -> str:
    """Return the level the address asks for; else the lowest but one, whose units most changes are about."""
    known = tables.levels(now)
    asked = request.args.get("level", "")
    return asked if asked in known else known[max(0, len(known) - 2)]


def area_level(now: Served, level: str) -> str:
    """Return the level whose units one works in while `level` is edited, "" for the whole district."""
    known = tables.levels(now)
    above = known[: known.index(level)]
    return place_level(above) if above else ""


def asked_area(now: Served, level: str) -> tuple[str, str]:
    """Return where one works (a code, or "") and the unit to show first: an address may name any unit, also one inside."""
    here, code = area_level(now, level), request.args.get("unit", "")
    if not here:
        return "", code
    if not code:
        codes = tables.unit_rows(now, here).index
        return (_handle(now, here, codes[0]), "") if len(codes) == 1 else ("", "")
    order, (asked, _, rest) = tables.levels(now), code.partition(":")
    inside = order[order.index(here) :]
    for found, name in [(asked, rest)] if rest and asked in inside else [(each, code) for each in (here, *reversed(inside))]:
        lineage = tables.lineage(now, found)
        if name in lineage.index:
            return _handle(now, here, lineage.loc[name, here]), "" if found == here else _handle(now, found, name)
    raise NotFoundError(f"no unit {code!r} to work in; choose one on the page /edit", f"没有编码为“{code}”的区划单元；请在“调整”页选择", value=code)


def _handle(now: Served, level: str, code: str) -> str:
    """Return what a unit may be called in an address: its code, `level:code` where another level has a unit of that code."""
    others = (each for each in tables.levels(now) if each != level)
    return f"{level}:{code}" if code and any(code in now.project.units(each).index for each in others) else code


def areas(now: Served, level: str) -> list[dict[str, Any]]:
    """Return where one may work: `code name households out` of each unit; the code as an address takes it."""
    here = area_level(now, level)
    if not here:
        return []
    rows, spec = tables.unit_rows(now, here), now.project.scheme.level(here)
    labels = [words.unit_label(code, name or "", parent, spec) for code, name, parent in zip(rows.index, rows["name"], rows["parent"], strict=True)]
    columns = (rows.index, labels, rows["households"], rows["out"])
    return [{"code": _handle(now, here, c), "name": n, "households": int(h), "out": int(o)} for c, n, h, o in zip(*columns, strict=True)]


def _told(now: Served, level: str, area: str, focus: str) -> dict[str, Any]:
    plan, version, state = now.project.plan_name
    listed = editor_words.keys()
    return {
        "plan": plan,
        "version": version,
        "state": state,
        "unit": area,
        "focus": focus,
        "area_level": area_level(now, level),
        "token": token(),
        "user": current_user().name,
        "may_edit": current_user().may("planner"),
        "bounds": {one.id: list(one.households) if one.households else None for one in now.project.scheme.levels},
        "tools": editor_words.tools(),
        "keys": [key for group in listed for key in group["keys"]],
        "urls": _urls(),
    }


def _urls() -> dict[str, str]:
    """Addresses of the interface; those with a plan's id in them are made by the script."""
    root = url_for("pages.overview_page").rstrip("/")
    paths = ("edits", "undo", "redo", "log", "changes", "plans")
    told = {name: f"{root}/api/{name}" for name in paths}
    nested = {"preview": "edits/preview", "propose": "edits/propose", "area": "edit/area"}
    return told | {name: f"{root}/api/{path}" for name, path in nested.items()} | {"desk": f"{root}/edit", "plan_pages": f"{root}/plans"}
