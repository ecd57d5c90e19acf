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


def exact_share(part: float, whole: float) -> str:
    """Write `part` of `whole` as per cent with two digits: what is nearly all is not all.

    >>> exact_share(3845, 3851), exact_share(99999, 100000), exact_share(5, 5)
    ('99.84\u2009%', '> 99.99\u2009%', '100.00\u2009%')
    """
    if not whole:
        return "–"
    text = f"{100 * part / whole:.2f}"
    return ("> 99.99" if part < whole and text == "100.00" else text) + "\u2009%"


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
    return catalogue.rule_title(rule, language(), part)


def reason_words(reason: str, note: str | None = "") -> str:
    """Return why a unit may be out of bounds: the catalogue's sentence, with the `note` of a given reason, else the reason as it was given."""
    return REASONS[reason][language()].format(note=note or "") if reason in REASONS else reason


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
