"""The pages /sheets and /sheets/<code>: which notices are to be printed? For viewers; who is confined prints what lies in his unit."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from flask_babel import gettext as _

from geogrid.errors import NotFoundError
from geogrid.sheets.papers import FORMATS, KINDS, PAPER_OF, PAPERS
from web import files, mapview, scriptdata, sheetsmade, tables, unitpage
from web.language import language
from web.served import served

blueprint = Blueprint("sheets", __name__)
CARD_PPI = 60.0


@blueprint.get("/sheets")
def page() -> str:
    """要打印哪些公示图？"""
    now = served()
    known, wished = tables.levels(now), request.args.get("level", "")
    usual = "grid" if "grid" in known else (known or [""])[-1]
    level = wished if wished in known else usual
    told = scriptdata.told(now, "sheets", level) | {"sheets": _told()}
    chosen = {"kinds": _kinds(), "papers": list(PAPERS), "paper_of": PAPER_OF, "forms": FORMATS}
    return render_template("sheets.html", page="sheets", page_data=lambda: told, map=mapview.parts(now, "sheets"), level=level, **chosen)


@blueprint.get("/sheets/<code>")
def unit_page(code: str) -> str:
    """Show the sheets of one unit as they will be printed."""
    now, what = served(), sheetsmade.asked()
    level = tables.find_unit(now, code, request.args.get("level", ""))
    found = sheetsmade.of_unit(now, what, level, code)
    at = _at(len(found))
    about = {"kinds": _kinds(), "papers": list(PAPERS), "what": what, "n": len(found), "at": at, "sheet": found[at - 1]}
    label = unitpage.label(now, level, code)
    return render_template("sheets_unit.html", page="sheets", code=code, level=level, label=label, page_language=language(), **about)


@blueprint.get("/sheets/<code>/preview.<ending>")
def preview(code: str, ending: str) -> Response:
    """Serve a picture of one sheet of a unit: `?n=` which, `?small=1` for a card."""
    if ending not in ("svg", "png"):
        raise NotFoundError(f"no preview as .{ending}; there are .svg and .png", f"没有 .{ending} 预览；可用 .svg、.png", value=ending)
    from geogrid.sheets.setting import set_sheets

    now, what = served(), sheetsmade.asked()
    found = sheetsmade.of_unit(now, what, tables.find_unit(now, code, request.args.get("level", "")), code)
    wanted = sheetsmade.order(what, ending, ppi=CARD_PPI if request.args.get("small") else None)
    body = set_sheets([found[_at(len(found)) - 1]], what.paper, ending, what.lang, wanted.ppi)[0]
    return Response(body, mimetype=files.TYPES[ending], headers={"Cache-Control": "no-cache"})


@blueprint.get("/download/sheets/<code>.<ending>")
def download_one(code: str, ending: str) -> Response:
    """Answer with the sheets of one unit: a PDF of all of them, or a PNG of the first."""
    _check_ending(ending, FORMATS)
    from geogrid.sheets.setting import set_sheets

    now, what = served(), sheetsmade.asked()
    found = sheetsmade.of_unit(now, what, tables.find_unit(now, code, request.args.get("level", "")), code)
    kept = found if ending == "pdf" else [found[_at(len(found)) - 1]]
    return files.attached(now, set_sheets(kept, what.paper, ending, what.lang)[0], f"{what.kind}-{code}", ending, short="sheets")


@blueprint.get("/download/sheets.<ending>")
def download(ending: str) -> Response:
    """Answer with the sheets of what the table shows (`level status q parent`): one PDF, or a ZIP of a file each (`?format=`)."""
    _check_ending(ending, ("pdf", "zip"))
    now, what = served(), sheetsmade.asked()
    level = request.args.get("level", "")
    rows = tables.select(tables.unit_rows(now, level), now, level, request.args)
    form = "pdf" if ending == "pdf" else "zip-" + ("png" if request.args.get("format") == "png" else "pdf")
    body = sheetsmade.bundle(now, what, [(level, str(code)) for code in rows.index], form, request.args.get("key", "")[:40])
    return files.attached(now, body, f"{what.kind}-{level}", ending, short="sheets")


@blueprint.get("/sheets/progress/<key>.json")
def progress(key: str) -> Response:
    """Serve how many sheets of a download are done."""
    return jsonify(sheetsmade.progress(key[:40]))


def _check_ending(ending: str, known: tuple[str, ...]) -> None:
    if ending not in known:
        raise NotFoundError(f"no sheets as .{ending}; there are {', '.join(known)}", f"不能下载 .{ending}；可用 {'、'.join(known)}", value=ending)


def _at(n: int) -> int:
    """Return which of so many sheets `?n=` asks for, the first where it is none of them."""
    text = request.args.get("n", "1")
    return int(text) if text.isdecimal() and 1 <= int(text[:9]) <= n else 1


def _kinds() -> list[tuple[str, str]]:
    names = {"notice": _("public notice"), "plate": _("stairwell plates")}
    return [(kind, names[kind]) for kind in KINDS]


def _told() -> dict[str, Any]:
    """Return what the page's script needs: addresses, the most sheets of a download, words."""
    urls = {
        "unit": url_for("sheets.unit_page", code="x")[:-1],
        "progress": url_for("sheets.progress", key="x").rpartition("/")[0] + "/",
        "download": url_for("sheets.download", ending="zip").removesuffix("zip"),
    }
    says = {
        "working": _("{done} of {n} …"),
        "begin": _("Setting the sheets …"),
        "done": _("Done."),
        "failed": _("That did not work:"),
        "open": _("Look closer and download"),
        "preview": _("Preview of {name}"),
        "close": _("Close"),
    }
    return {"urls": urls, "paper_of": PAPER_OF, "says": says}
