"""The words of the stations page that its script puts together, in the page's language."""

from __future__ import annotations

from flask_babel import gettext as _


def words() -> dict[str, str]:
    """Return the sentences by name; `{…}` is put in by the script."""
    return {**_figures(), **_site(), **_stages()}


def _figures() -> dict[str, str]:
    return {
        "homes": _("{n} households"),
        "land_short": _("{n} ha"),
        "semicolon": _("; "),
        "unserved": _("have no {kind} within {minutes} minutes"),
        "unserved_land": _("of land have no {kind} within {minutes} minutes"),
        "served_of": _("served {share}, {part} of {whole} households"),
        "served_of_land": _("served {share}, {part} of {whole} of land"),
        "unreached": _("{n}: no path leads to any"),
        "left_over": _("When all are full, {n} within the walk find no place"),
        "none_of_kind": _("There is no {kind} at all."),
        "area_network": _("{minutes} min along roads"),
        "area_straight": _("{minutes} min, an estimate"),
        "unserved_home": _("without one"),
        "served_home": _("with one, close up"),
        "unserved_land_point": _("land without one, a point every 50 m"),
        "served_land_point": _("with one, close up"),
        "tint": _("share without, {level}"),
        "median_walk": _("median walk {n} min"),
        "map_unserved": _("without {n}"),
        "failed": _("This could not be computed."),
        "none_asked": _("Nobody lives here, and there is no land to count."),
        "checks": _("Checks: one each, reach, directions, hubs"),
    }


def _site() -> dict[str, str]:
    return {
        "try_title": _("One more {kind} here?"),
        "try_on": _("Try one more here"),
        "try_off": _("Stop trying"),
        "try_prompt": _("Click on the map where one more {kind} might stand; with the keyboard: move the map, then Enter for its middle."),
        "trial": _("trial"),
        "gain": _("newly served within {minutes} minutes"),
        "before_after": _("The whole goes from {before} to {after}; {left} stay without"),
        "who_gains": _("Who gains: "),
        "others": _(" and {n} others"),
        "nobody_gains": _("Nothing is gained: nobody within {minutes} minutes is without one."),
        "far_from_path": _("The nearest path is {n} m away: the walk to it is an estimate."),
        "keep": _("Keep as candidate"),
        "kept": _("Kept"),
        "elsewhere": _("Another place"),
        "best": _("Compute the best {n}"),
        "best_title": _("The best {n} places for {kind}"),
        "candidates": _("Candidates"),
        "candidate": _("candidate {n}"),
        "remove": _("Remove {name}"),
        "place": _("place {n}"),
        "computing": _("Computing …"),
    }


def _stages() -> dict[str, str]:
    return {
        "stage_begun": _("Homes and walking network …"),
        "stage_walks": _("The nearest station of every home …"),
        "stage_units": _("The figures of every unit …"),
    }
