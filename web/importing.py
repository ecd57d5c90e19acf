"""The pages of imports: `/import` lists what was begun, `/import/<id>` goes through it step by step, with what it has on the map."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, url_for
from flask_babel import gettext as _

from geogrid import maps
from geogrid.errors import GeogridError, NotFoundError
from web import findings, guard, words
from web.importing_files import ENDINGS, size_of
from web.importing_service import Importing, importing
from web.importing_store import Place
from web.importing_view import view
from web.language import language
from web.security import nonce
from web.served import kept_bytes_of

blueprint = Blueprint("importing", __name__, url_prefix="/import")
ITEMS_SHOWN = 100


@blueprint.before_request
def _guarded() -> None:
    guard.check_administrator()


@blueprint.get("")
def start_page() -> str:
    """有什么数据？"""
    mine = importing()
    begun = [_begun(mine, place) for place in mine.imports.all()]
    titles = [_("Choose files"), _("Roles and columns"), _("Coordinate system"), _("Check every row"), _("Make the grids")]
    steps = [{"title": title, "says": "", "state": "now" if i == 0 else "todo", "anchor": ""} for i, title in enumerate(titles)]
    return _render("import.html", id="", begun=begun, steps=steps, layers=[], state={"refused": [], "loose": []})


def _begun(mine: Importing, place: Place) -> dict[str, Any]:
    state = mine.imports.state(place)
    name = state["name"] or (place.load("reading") or {}).get("name", "")
    return {**state, "name": name, "id": place.id, "bytes": size_of(place.folder)}


@blueprint.get("/<import_id>")
def import_page(import_id: str) -> str:
    """Everything of one import: files, roles, coordinates, every row, the draft."""
    mine = importing()
    place = mine.imports.find(import_id)
    told = _told(mine, place)
    shows = "draft" if told["draft"] else "files"
    return _render("import.html", map=_map(mine, place, shows), page_data=lambda: None, shows=shows, **told)


@blueprint.get("/<import_id>/panel")
def panel(import_id: str) -> str:
    """Answer with the parts of the page that change, for its script to put in."""
    mine = importing()
    told = _told(mine, mine.imports.find(import_id))
    return _render("_import_panel.html", shows="draft" if told["draft"] else "files", **told)


@blueprint.get("/<import_id>/draft/<version>/<path:name>")
def draft_data(import_id: str, version: str, name: str) -> Response:
    """Serve what the draft's map fetches: small tables, and tiles as `z/x/y.pbf`."""
    mine = importing()
    now = mine.draft(mine.imports.find(import_id))
    z, x, y = _numbers(name)
    if z >= 0:
        return kept_bytes_of(now, (z, x, y), lambda: maps.tile(now.project, z, x, y), "application/x-protobuf", immutable=version == now.version)
    return kept_bytes_of(now, ("map data", name), lambda: maps.data(now.project, name), "application/json", immutable=version == now.version)


def _numbers(name: str) -> tuple[int, int, int]:
    """Return a tile's place, -1 where the name is no tile's; NotFoundError for one that is not on the map."""
    parts = name.removesuffix(".pbf").split("/")
    if len(parts) != 3 or not name.endswith(".pbf") or not all(part.isdecimal() and len(part) < 9 for part in parts):
        return -1, -1, -1
    z, x, y = (int(part) for part in parts)
    if not (z <= 22 and x < 1 << z and y < 1 << z):
        raise NotFoundError(f"no tile {z}/{x}/{y}", f"没有瓦片 {z}/{x}/{y}")
    return z, x, y


def _told(mine: Importing, place: Place) -> dict[str, Any]:
    made = view(mine, place)
    return {**made, "draft": _draft(mine, place) if made["state"]["built"] and not made["stages"] else None}


def _draft(mine: Importing, place: Place) -> dict[str, Any] | None:
    """Return the draft's units by level and what was found in it, None where it can not be opened."""
    try:
        now = mine.draft(place)
        levels = [{"name": words.level_name(level, plural=True), "n": now.project.count_units(level.id)[0]} for level in now.project.scheme.levels]
        groups = findings.groups(now)
        people = now.project.count_people()[0]
        return {
            "levels": levels,
            "households": people,
            "groups": groups,
            "items": [findings.items(now, g.rule, g.level, g.severity)[:ITEMS_SHOWN] for g in groups],
        }
    except GeogridError:
        return None


def _map(mine: Importing, place: Place, shows: str) -> Any:
    prefix = url_for("pages.asset", name="")
    if shows == "draft":
        now = mine.draft(place)
        made = now.keep(("map", "checks", language()), lambda: maps.checks(now.project, lang=language()))
        return made.parts(prefix, nonce(), url_for("importing.draft_data", import_id=place.id, version=now.version, name="x").removesuffix("x"))
    box = (place.load("preview") or {}).get("bbox")
    return maps.preview(box, title=_("Preview of the files"), lang=language()).parts(prefix, nonce(), "")


def _render(template: str, **told: Any) -> str:
    said = {
        "too_large": _("{name} is too large: at most {limit} MB at once."),
        "no_ending": _("{name}: files of this kind are not read."),
        "lost": _("The service does not answer. What you chose is kept; try again."),
        "delete": _("Delete this import with its files? The project in use is not touched."),
        "use": _("Put the draft in the place of the project in use? A backup of it is kept beside."),
        "row": _("row {row}: {text}"),
        "preview": _("Preview"),
        "shown": _("{n} of {all} shown"),
        "outside": _("{n} rows can not be used"),
        "yes_delete": _("Delete"),
        "yes_use": _("Use this project"),
    }
    return render_template(template, page="import", said=said, endings=",".join(ENDINGS), **told)
