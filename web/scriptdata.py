"""What a page tells its script: addresses, levels with their names, and words in the page's language."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from web import tables, words
from web.language import LANGUAGES, kept_plan, language
from web.served import Served


def told(served: Served, page: str, level: str) -> dict[str, Any]:
    """Return the JSON block of a page."""
    asked = request.args.get("lang", "")
    return {
        "page": page,
        "level": level,
        "lang": language(),
        "asked": asked if asked in LANGUAGES else "",
        "kept": kept_plan(),
        "order": tables.levels(served),
        "levels": {level_id: _level(served, level_id) for level_id in tables.levels(served)},
        "urls": _urls(served),
        "words": _words(),
    }


def _level(served: Served, level_id: str) -> dict[str, str]:
    level = served.project.scheme.level(level_id)
    return {"name": words.level_name(level), "plural": words.level_name(level, plural=True), "bounds": words.bounds(level)}


def _urls(served: Served) -> dict[str, str]:
    def stem(address: str) -> str:
        return address.rsplit("/", 1)[0] + "/"

    table = url_for("pages.table_data", version=served.version, level="x")
    return {
        "unit": stem(url_for("pages.unit_page", code="x")),
        "api_unit": stem(url_for("api.unit", code="x")),
        "search": url_for("api.search"),
        "table": stem(table),
        "codes": url_for("pages.codes_data", version=served.version),
        "findings": url_for("pages.findings_data", version=served.version),
        "finding": stem(url_for("pages.finding_data", version=served.version, at=0)),
        "download": stem(url_for("downloads.download", name="x", ending="xlsx")),
    }


def _words() -> dict[str, str]:
    return {
        "no_hits": _("Nothing is called so, and no code holds this."),
        "none_fits": _("No row fits the filters."),
        "no_units": _("This level has no units."),
        "not_on_paper": _("{n} more rows are not printed; the table to download has all."),
        "count_all": _("{n} {level}"),
        "count_some": _("{n} of {all} {level}"),
        "above": _("above"),
        "below": _("below"),
        "in": _("in bounds"),
        "dedicated": _("dedicated"),
        "out": _("out of bounds"),
        "within": _("in {code}"),
        "clear": _("Clear the filter: {text}"),
        "close": _("Close"),
        "open": _("Open {level}"),
        "list": _("List {level}"),
        "households": _("{n} households"),
        "comma": _(", "),
        "colon": _(": "),
        "count_above": _("{n} {level} above"),
        "count_below": _("{n} {level} below"),
        "bounds": _("bounds"),
        "stations": _("stations"),
        "cameras": _("cameras"),
        "more": _("{n} more"),
        "no_place": _("(no place)"),
        "no_place_long": _("This finding has no place on the map."),
        "next": _("Next"),
        "see_width": _("See where it is widest"),
        "error": _("error"),
        "warning": _("warning"),
    }
