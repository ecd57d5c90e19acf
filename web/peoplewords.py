"""The words of the script of /people."""

from __future__ import annotations

from flask_babel import gettext as _


def words() -> dict[str, str]:
    """Return them in this request's language."""
    return {
        "complete": _("{n} / {all}"),
        "lacking": _("{n} lack somebody or something"),
        "asks_nobody": _("nobody is asked for"),
        "no_units": _("no units"),
        "faults": _("{n} rows of the tables can not be used"),
        "fine": _("complete"),
        "nobody": _("Nobody was put onto this level here."),
        "outside": _("This place lies in no unit."),
        "near": _("At this very place"),
        "inside": _("At places in this unit ({n})"),
        "inside_more": _("and {n} more"),
        "via_building": _("building {id}"),
        "via_entrance": _("entrance {id}"),
        "via_household": _("household {id}"),
        "via_site": _("site {id}"),
        "via_compound": _("compound {id}"),
        "via_workplace": _("with workplace {id}"),
        "via_organisation": _("with organisation {id}"),
        "to_do": _("To do: {text}"),
        "overlay": _("by overlay {id}"),
        "phone": _("telephone {number}"),
        "candidates": _("It may be any of these:"),
        "entrances": _("Its entrances lie in several units:"),
        "floors": _("Floors {low} to {high}: {label}"),
        "floor": _("Floor {low}: {label}"),
        "posts": _("Posts at this moment ({n})"),
        "no_posts": _("No post at this moment."),
        "since": _("from {day}"),
        "until": _("until {day}"),
        "real": _("Real"),
        "drill": _("drill"),
        "only_gaps": _("Only those that lack something"),
        "place": _("This place"),
        "failed": _("The answer could not be fetched."),
    }


def kinds() -> dict[str, str]:
    """Return what a place is that an address names."""
    return {"building": _("building"), "entrance": _("entrance"), "site": _("station")}
