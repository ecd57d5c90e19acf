"""The words of the page `/edit` that stand on it from the start: tools with their keys, the list under `?`."""

from __future__ import annotations

from flask_babel import gettext as _


def tools() -> list[dict[str, str]]:
    """Return the tools in their order: `id`, `key`, `name` and what it does (`title`)."""
    rows = (
        ("click", "V", _("Click"), _("click a stairwell or a piece of land; with Shift one more")),
        ("brush", "B", _("Brush"), _("paint over what is to move")),
        ("rectangle", "R", _("Box"), _("draw a box round what is to move")),
        ("lasso", "L", _("Lasso"), _("draw round what is to move")),
        ("building", "H", _("Building"), _("click takes the whole building")),
        ("compound", "C", _("Estate"), _("click takes the whole compound")),
        ("street", "S", _("Street side"), _("click takes the side of the street")),
        ("line", "X", _("Line"), _("draw a line: divide a unit, or redraw its border")),
        ("merge", "M", _("Merge"), _("unite units")),
        ("lock", "K", _("Lock"), _("click locks a unit: nothing moves in or out")),
    )
    return [dict(zip(("id", "key", "name", "title"), row, strict=True)) for row in rows]


def keys() -> list[dict[str, object]]:
    """Return what stands under `?`: groups of (keys, what they do)."""
    plain = (
        (_("Select"), [(tool["key"], f"{tool['name']}{_(': ')}{tool['title']}") for tool in tools() if tool["id"] != "merge"] + _walking()),
        (
            _("Change"),
            [
                ("T", _("choose the unit it goes to")),
                ("J", _("the next neighbour as the unit it goes to")),
                ("Enter", _("confirm; without a reason: go to the reason")),
                ("Esc", _("give up what is selected, or close")),
                ("M", _("unite units")),
                ("U", _("new unit of what is selected")),
                ("D", _("divide the unit into parts alike")),
                ("A", _("rename the unit")),
                ("E", _("the building from the side: arrows move, Space selects, Shift + arrows a band")),
            ],
        ),
        (
            _("Mend"),
            [
                ("N", _("next unit out of bounds")),
                ("F", _("repair here")),
                ("G", _("fill the unassigned")),
                ("Ctrl Z", _("take back my last change")),
                ("Ctrl Y", _("do it again")),
            ],
        ),
        (
            _("Page"),
            [
                ("/", _("choose where to work")),
                (", .", _("level above, level below")),
                ("[", _("fold the panel")),
                ("?", _("this list")),
            ],
        ),
    )
    return [{"title": title, "keys": [{"key": key, "what": what} for key, what in rows]} for title, rows in plain]


def _walking() -> list[tuple[str, str]]:
    return [
        ("← ↑ ↓ →", _("walk over the map; with Shift select on the way")),
        (_("Space"), _("select the place, or let it go")),
        ("Backspace", _("take back the last point of a line; Enter ends it")),
    ]
