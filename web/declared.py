"""Declared against computed (申报核对): what was declared, what is there? The table, the lists behind it on the map, and both as files."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, url_for
from flask_babel import gettext as _

from geogrid import report
from geogrid.errors import NotFoundError
from geogrid.report.files import write_table
from geogrid.report.rows import boxes
from geogrid.report.verdict import shown
from geogrid.scheme import Level
from web import files, mapview, scriptdata, tables, words
from web.language import language
from web.served import Served, kept_bytes, served, to_bytes

blueprint = Blueprint("declared", __name__)
SIGNS = {report.HOLDS: ("✓", "good"), report.DIFFERS: ("✕", "error"), report.UNKNOWN: ("?", "note")}


def rows(now: Served) -> list[report.DeclaredRow]:
    """Return the report of the served project, made once."""
    return now.keep("declared", lambda: report.compare_declared(now.project))


@blueprint.get("/declared")
def declared_page() -> str:
    """申报了多少，实有多少？"""
    now = served()
    told = rows(now)
    shown_rows = [_shown(now, row) for row in told]
    script = scriptdata.told(now, "declared", "") | {"lists": _lists_address(now), "row_words": _words()}
    answer = {"rows": shown_rows, "counts": report.count_verdicts(told), "map": mapview.parts(now, "declared")}
    return render_template("declared.html", page="declared", page_data=lambda: script, **answer)


@blueprint.get("/data/<version>/declared/<int:row>/<int:number>.json")
def list_data(version: str, row: int, number: int) -> Response:
    """Serve one list behind a figure: `{"level", "bbox", "cases": [{code, label, level, detail, bbox}]}`, boxes in degrees."""
    now = served()
    told = rows(now)
    if row >= len(told) or number >= len(told[row].lists):
        raise NotFoundError(f"no list {row}/{number}", f"没有列表 {row}/{number}", value=row)
    listing = told[row].lists[number]
    return kept_bytes(("declared", row, number, language()), lambda: _cases(now, listing), "application/json", immutable=version == now.version)


@blueprint.get("/download/declared.<any(csv, xlsx):ending>")
def download(ending: str) -> Response:
    """Answer with the report as a file: a line a figure, and the lists below it."""
    now = served()
    return files.attached(now, files.written(ending, lambda path: write_table(rows(now), now.project, path)), "declared", ending)


def _lists_address(now: Served) -> str:
    return url_for("declared.list_data", version=now.version, row=0, number=0).removesuffix("0/0.json")


def _words() -> dict[str, str]:
    return {"failed": _("The list could not be fetched.")}


def _shown(now: Served, row: report.DeclaredRow) -> dict[str, Any]:
    """Return what the table says of a row; notes that head a list stand there and not in the text."""
    sign, look = SIGNS[row.verdict]
    level = now.project.scheme.level(row.level) if row.level else None
    heads = {listing.title for listing in row.lists}
    return {
        "verdict": row.verdict,
        "sign": sign,
        "look": look,
        "title": report.title(row, now.project.scheme, language()),
        "level": words.level_name(level) if level and not _says(row.item, level) else "",
        "kind": row.kind if row.kind != row.item else "",
        "declared": f"{int(row.declared):,}" if row.declared.isdecimal() else row.declared or "–",
        "computed": _figure(row.computed, row.unit),
        "difference": _difference(row),
        "notes": [note.say(language()) for note in row.notes if note not in heads],
        "lists": [(listing.title.say(language()), len(listing.cases)) for listing in row.lists],
        "source": " · ".join(text for text in (row.source, row.note, row.where) if text),
        "implied": row.is_implied,
    }


def _says(item: str, level: Level) -> bool:
    """Tell whether an item already names its level, as one that nobody declared does."""
    return not item or any(name.casefold() in item.casefold() for name in (level.id, level.name.zh, level.name.en))


def _figure(value: float | None, unit: str) -> str:
    return "–" if value is None else shown(value) + {"km2": "\u2009km²", "%": "\u2009%"}.get(unit, "")


def _difference(row: report.DeclaredRow) -> str:
    """Write how far a figure is off, with its sign; nothing where it holds or can not be told."""
    if row.verdict != report.DIFFERS or row.difference is None:
        return ""
    return ("+" if row.difference > 0 else "−") + shown(abs(row.difference))


def _above(now: Served, case: report.Case) -> str:
    """Return the nearest name above a unit without a name."""
    return str(tables.unit_rows(now, case.level)["above_name"].get(case.code, "")) if case.level in now.project.levels else ""


def _cases(now: Served, listing: report.Listing) -> bytes:
    places = boxes([case.place for case in listing.cases], now.project.crs)
    held = [box for box in places if box]
    whole = [f(side) for f, side in zip((min, min, max, max), zip(*held, strict=True), strict=True)] if held else None
    cases = [
        {
            "code": case.code,
            "label": case.label or _above(now, case),
            "level": case.level,
            "detail": case.detail.say(language()) if case.detail else "",
            "bbox": box,
        }
        for case, box in zip(listing.cases, places, strict=True)
    ]
    return to_bytes({"level": listing.cases[0].level if listing.cases else "", "bbox": whole, "cases": cases})
