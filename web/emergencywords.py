"""The words of the page /emergency for its script and its workbook, in the visitor's language."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from geogrid.catalogue.overlays import KINDS, NOW, ROLES, STATES
from web.language import language


def words() -> dict[str, Any]:
    """Return the words of the page's script."""
    lang = language()
    told = {
        name: {key: text[lang] for key, text in table.items()}
        for name, table in (("now", NOW), ("states", STATES), ("kinds", KINDS), ("roles", ROLES))
    }
    return told | _told() | _asked()


def _told() -> dict[str, str]:
    """Return what is said of overlays."""
    return {
        "normal_words": _("everybody is where the memberships say"),
        "emergency_words": _("in force: {names}"),
        "until": _("{name} (until {time})"),
        "open_end": _("{name} (until somebody ends it)"),
        "drills": _("A drill is on: {names}. It changes nobody's duty in reality."),
        "from_to": _("{from} to {to}"),
        "no_end": _("no end"),
        "always": _("always"),
        "given": _("given by file"),
        "made": _("made by {who}, {time}"),
        "ended": _("ended by {who}, {time}"),
        "why": _("Why: {reason}"),
        "people_n": _("{n} people go elsewhere"),
        "bodies_n": _("{n} workplaces and teams are sent"),
        "units_n": _("{n} units have other people"),
        "lacking_n": _("{n} gaps meanwhile"),
        "clashes_n": _("{n} doubts"),
        "nobody_moves": _("Nobody goes anywhere by it."),
        "is_back": _("When it is over, everybody is where he was before."),
        "not_back": _("Memberships or other overlays change meanwhile too: afterwards not all is as before."),
        "drill_note": _("A drill: who is responsible in reality stays as it is."),
        "lacking_hint": _("To let them keep their own unit too, tick that choice and take the proposal again."),
        "none_lacking": _("No unit lacks anybody because of it."),
        "none_doubtful": _("Nothing is doubtful."),
        "more": _("{n} more, all in the file"),
        "before": _("before"),
        "during": _("during"),
        "after": _("after"),
        "unit": _("unit"),
        "who": _("who"),
        "sent": _("sent"),
    }


def _asked() -> dict[str, str]:
    """Return what is said where somebody prepares one, switches or ends it."""
    return {
        "leaves": _("leaves {where}"),
        "goes": _("goes to"),
        "anywhere": _("all places"),
        "remove_row": _("Strike this row: {name}"),
        "rows_n": _("{n} who go or leave"),
        "rows_shown": _("{n} of {all} who go or leave; find others by name"),
        "no_rows": _("No changes yet: take a proposal, or add somebody."),
        "nobody_found": _("Nobody is called so."),
        "working": _("Computing …"),
        "failed": _("That did not work: {message}"),
        "need_name": _("Give it a name, and say from when to when."),
        "confirm_real": _(
            "From {from} to {to} others are responsible: {people} people go elsewhere. It ends by its date, without anybody doing anything."
        ),
        "confirm_drill": _("From {from} to {to} a drill is shown: {people} people would go elsewhere. Nobody's duty changes in reality."),
        "confirm_end": _("“{name}” ends now; everybody is where he was before."),
        "confirm_withdraw": _("“{name}” has not begun; it will not begin."),
        "now_word": _("now"),
        "count_people": _("{n} people"),
        "count_bodies": _("{n} workplaces and teams"),
        "preview": _("What it would do"),
    }


def sheets() -> dict[str, str]:
    """Return the titles of the workbook's sheets."""
    return {"units": _("Units"), "people": _("Who goes where"), "lacking": _("What is lacking"), "changes": _("Changes")}
