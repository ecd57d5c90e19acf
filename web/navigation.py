"""The bar's tabs: the pages that this visitor may open and this project has something for, some of them behind one word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app
from flask_babel import lazy_gettext as lazy

from web.eventfigures import has_events
from web.guard import may_open
from web.language import link
from web.served import Served, served


@dataclass(frozen=True)
class Tab:
    """One page: what `base.html` calls it (`page`), its endpoint, its word."""

    key: str
    endpoint: str
    text: Any


@dataclass(frozen=True)
class Group:
    """Pages behind one word; where only one of them is there, it stands for itself."""

    text: Any
    tabs: tuple[Tab, ...]


TABS: tuple[Tab | Group, ...] = (
    Tab("overview", "pages.overview_page", lazy("Overview")),
    Tab("stations", "pages.stations_page", lazy("Stations")),
    Tab("cameras", "pages.cameras_page", lazy("Cameras")),
    Tab("events", "events.page", lazy("Events")),
    Group(
        lazy("Team"),
        (
            Tab("people", "people.page", lazy("People")),
            Tab("organisations", "organisations.page", lazy("Organisations")),
            Tab("emergency", "emergency.page", lazy("Emergency")),
        ),
    ),
    Tab("checks", "pages.checks_page", lazy("Checks")),
    Tab("edit", "editor.edit_page", lazy("Edit")),
    Tab("plans", "plans.list_page", lazy("Plans")),
    Tab("sheets", "sheets.page", lazy("Notices")),
    Group(
        lazy("More"),
        (
            Tab("patrols", "patrols.page", lazy("Patrols")),
            Tab("declared", "declared.declared_page", lazy("Declared")),
            Tab("whatif", "whatif.whatif_page", lazy("What if")),
            Tab("import", "importing.start_page", lazy("Import")),
        ),
    ),
)
"""In the order of the bar; a page whose blueprint is not registered is left out."""


def install(app: Flask) -> None:
    """Give templates `tabs(page)`."""
    app.jinja_env.globals.update(tabs=tabs)


def tabs(page: str) -> list[dict[str, Any]]:
    """Return the tabs: `text href current`, of a group `text current tabs`; without a project only the page where one is made."""
    now = _now()
    found = []
    for one in TABS:
        shown = [_shown(tab, page) for tab in (one.tabs if isinstance(one, Group) else (one,)) if _is_there(tab, now)]
        if isinstance(one, Group) and len(shown) > 1:
            found.append({"text": one.text, "current": any(tab["current"] for tab in shown), "tabs": shown})
        else:
            found += shown
    return found


def _now() -> Served | None:
    try:
        return served()
    except Exception:  # the error page tells why; of what is served before there is a project, nothing
        return None


def _shown(tab: Tab, page: str) -> dict[str, Any]:
    return {"text": tab.text, "href": link(tab.endpoint), "current": tab.key == page}


def _is_there(tab: Tab, now: Served | None) -> bool:
    """Tell whether a page is registered, may be opened, and has something to say of this project."""
    if tab.endpoint not in current_app.view_functions or not may_open(tab.endpoint):
        return False
    if now is None:
        return tab.key in ("overview", "import")
    return {"patrols": lambda: bool(now.project.meta.get("patrols")), "events": lambda: has_events(now)}.get(tab.key, lambda: True)()
