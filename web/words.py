"""Names and numbers as pages say them: levels, kinds, rules, thousands, shares with their base, lengths and areas."""

from __future__ import annotations

import math
from typing import Any

from flask import Flask
from flask_babel import gettext as _
from flask_babel import lazy_gettext as lazy
from flask_babel import ngettext

from geogrid import catalogue
from geogrid.catalogue import REASONS
from geogrid.scheme import Level
from web.language import language

# rule -> (title, what it means); a rule without an entry is shown by its own name.
RULES = {
    "gap": (lazy("Gap"), lazy("Land between neighbours that belongs to no unit")),
    "overlap": (lazy("Overlap"), lazy("Land that belongs to two units")),
    "outside_parent": (lazy("Outside the parent"), lazy("A unit reaches over the border of the unit above it")),
    "not_edge_matched": (lazy("Borders do not match"), lazy("Neighbours do not share the same border points")),
    "sliver": (lazy("Sliver"), lazy("A piece too thin to be meant")),
    "not_connected": (lazy("In several pieces"), lazy("A unit is not in one piece")),
    "unassigned": (lazy("Not assigned"), lazy("Land or homes that belong to no unit of a level")),
    "floor_overlap": (lazy("Floors overlap"), lazy("Two units claim the same floor of a stairwell")),
    "households_below": (lazy("Too few households"), lazy("Below the lower bound")),
    "households_above": (lazy("Too many households"), lazy("Above the upper bound")),
    "households_differ": (lazy("Households differ"), lazy("The units' sum is not the source's sum")),
    "estimated": (lazy("Estimated"), lazy("Households or floors were not given and are estimates")),
    "row_rejected": (lazy("Rows not used"), lazy("Rows of the input that could not be read rightly")),
    "point_unmatched": (lazy("Sites outside"), lazy("Stations or cameras that lie in no unit")),
    "point_position": (lazy("Position doubtful"), lazy("A point lies where it can hardly be meant")),
    "point_duplicate": (lazy("Points repeated"), lazy("The same point is given twice")),
    "geometry_missing": (lazy("No geometry"), lazy("A row without a shape")),
    "geometry_invalid": (lazy("Invalid geometry"), lazy("A shape that crosses itself or is otherwise broken")),
    "geometry_type": (lazy("Wrong kind of geometry"), lazy("A shape of another kind than the role needs")),
    "code_missing": (lazy("No code"), lazy("A unit without a code")),
    "code_duplicate": (lazy("Code used twice"), lazy("Two units have the same code")),
    "code_format": (lazy("Code has a wrong form"), lazy("A code does not follow the scheme")),
    "parent_missing": (lazy("No parent"), lazy("A unit belongs to no unit above it")),
    "parent_mismatch": (lazy("Parent disagrees"), lazy("The code says another parent than the place")),
    "crs_missing": (lazy("No coordinate system"), lazy("A layer does not say its coordinate system")),
    "crs_mismatch": (lazy("Coordinate systems disagree"), lazy("Layers do not lie in the same place")),
    "crosses_barrier": (lazy("Crosses a barrier"), lazy("A unit lies on both sides of a road, river or railway")),
    "splits_building": (lazy("Splits a building"), lazy("A border runs through a building")),
    "datum_shift": (lazy("Datum shifted"), lazy("Coordinates were converted from another datum")),
    "text_control": (lazy("Control characters"), lazy("Text holds characters that can not be seen")),
    "count_mismatch": (lazy("Counts differ"), lazy("A declared number is not the computed one")),
    "no_station": (lazy("No station"), lazy("A unit without the station it should have")),
}
# What is said of the rules that found nothing, in this order.
GOOD = (
    (("gap",), lazy("no gaps")),
    (("overlap",), lazy("no overlaps")),
    (("outside_parent",), lazy("nothing outside the parent")),
    (("not_edge_matched",), lazy("borders match")),
    (("code_missing", "code_duplicate", "code_format"), lazy("codes unique and well formed")),
    (("parent_missing", "parent_mismatch"), lazy("parents agree")),
    (("not_connected",), lazy("every unit in one piece")),
    (("unassigned",), lazy("every home in exactly one unit")),
    (("floor_overlap",), lazy("no floor claimed twice")),
)
_STATUS = {"above": lazy("above"), "in": lazy("in bounds"), "below": lazy("below"), "dedicated": lazy("dedicated")}
SIGNS = {"above": "▲", "in": "✓", "below": "▼", "dedicated": "–", "": ""}


def install(app: Flask) -> None:
    """Give templates the filters and names of this module."""
    filters = {"number": number, "metres": metres, "area": area, "share": share, "status_word": status_word}
    app.jinja_env.filters.update(filters)
    app.jinja_env.globals |= {"households": households, "bounds": bounds, "SIGNS": SIGNS}
    app.jinja_env.globals.update(level_name=level_name, rule_title=rule_title, reason_words=reason_words, cure_words=cure_words)


def number(value: Any) -> str:
    """Write a whole number with thousands separators, "–" where there is none.

    >>> number(1234567), number(float("nan"))
    ('1,234,567', '–')
    """
    return "–" if value is None or value != value else f"{round(value):,}"


def share(part: float, whole: float) -> str:
    """Write `part` of `whole` as per cent with one digit.

    >>> share(1, 8), share(1, 9999), share(0, 0)
    ('12.5\\u2009%', '< 0.1\\u2009%', '–')
    """
    if not whole:
        return "–"
    return "< 0.1\u2009%" if 0 < part / whole < 0.0005 else f"{100 * part / whole:.1f}\u2009%"


def metres(value: float | None) -> str:
    """Write a length in metres or kilometres.

    >>> metres(12.34), metres(119.4), metres(8090)
    ('12.3\\u2009m', '119\\u2009m', '8.09\\u2009km')
    """
    if value is None or math.isnan(value):
        return "–"
    return f"{value / 1000:,.2f}\u2009km" if value >= 1000 else f"{value:.0f}\u2009m" if value >= 100 else f"{value:.3g}\u2009m"


def area(value: float | None) -> str:
    """Write an area in m², hectares or km², whichever reads best.

    >>> area(89.5), area(13100), area(163.6e6)
    ('89.5\\u2009m²', '1.31\\u2009ha', '163.6\\u2009km²')
    """
    if value is None or math.isnan(value):
        return "–"
    if value >= 1e6:
        return f"{value / 1e6:,.4g}\u2009km²"
    if value >= 1e4:
        return f"{value / 1e4:.3g}\u2009" + _("ha")
    return f"{value:,.3g}\u2009m²" if value < 1000 else f"{value:,.0f}\u2009m²"


def households(n: int) -> str:
    """Write a number of households."""
    return ngettext("%(n)s household", "%(n)s households", int(n), n=number(n))


def bounds(level: Level) -> str:
    """Write the bounds of a level, "" where it has none.

    >>> from geogrid.scheme import Text
    >>> bounds(Level("grid", Text("网格", "grid"), "bounds", households=(300, 500)))
    '300–500'
    """
    return f"{level.households[0]:,}–{level.households[1]:,}" if level.households else ""


def level_name(level: Level, plural: bool = False) -> str:
    """Return a level's name in the page's language."""
    name = level.name.say(language())
    if not plural or language() == "zh":
        return name
    return name[:-1] + "ies" if name.endswith("y") else name + ("es" if name[-1:] in "hsx" else "s")


def rule_title(rule: str, part: int = 0) -> str:
    """Return a rule's short title (part 0) or what it means (part 1)."""
    return str(RULES[rule][part]) if rule in RULES else (rule.replace("_", " ") if part == 0 else "")


def reason_words(reason: str) -> str:
    """Return why a unit may be out of bounds: the catalogue's sentence, else the reason as it was given."""
    return REASONS.get(reason, {}).get(language(), reason)


def cure_words(cure: str, metres_: float = 0.0) -> str:
    """Return what would bring a unit into its bounds: the catalogue's sentence, else the cure as it was given."""
    return catalogue.cure_words(cure, metres_)[language()]


def status_word(status: str) -> str:
    """Return the word for a status."""
    return str(_STATUS[status]) if status in _STATUS else ""


def short_code(code: str, parent: str) -> str:
    """Return what a code adds to its parent's.

    >>> short_code("130102001001003", "130102001001"), short_code("7", "")
    ('003', '7')
    """
    return code[len(parent) :] if parent and code.startswith(parent) and len(code) > len(parent) else code


def unit_label(code: str, name: str, parent: str, level: Level) -> str:
    """Return what a unit is called: its name, else its level and the last digits of its code."""
    return name or f"{level_name(level)} {short_code(code, parent)}"
