"""The words of the script of /organisations."""

from __future__ import annotations

from flask_babel import gettext as _

from web import tables, words
from web.served import Served


def words_by_level(now: Served) -> dict[str, str]:
    """Return the question of the page for each level."""
    names = {level: words.level_name(now.project.scheme.level(level), plural=True) for level in tables.levels(now)}
    return {level: question(name) for level, name in names.items()}


def question(level: str) -> str:
    """Return the question that the page answers, for a level's name."""
    return _("Which %(level)s have no organisation?", level=level)


def says(now: Served) -> dict[str, object]:
    """Return them in this request's language."""
    return {
        "question": words_by_level(now),
        "without": _("of {all} {level} have no organisation"),
        "all": _("All {all} {level} have an organisation."),
        "no_units": _("This level has no units."),
        "cover": _("{share} covered."),
        "counts": _("What counts: {kinds}."),
        "counts_any": _("Every organisation that lies in a unit counts."),
        "not_asked": _("The scheme asks for none at this level."),
        "only_without": _("Only those without"),
        "only_several": _("Only those with several"),
        "spanning": _("Organisations on several {level}"),
        "spanning_more": _("{n} units"),
        "orphans": _("Parent not in the table"),
        "orphans_more": _("parent {id}"),
        "cycles": _("Each other's parents"),
        "misplaced": _("Parent of a kind that the scheme does not allow"),
        "misplaced_more": _("under {kind}"),
        "faults": _("Rows that can not be used"),
        "more": _("{n} more"),
        "here": _("Organisations in this unit ({n})"),
        "lacks": _("No organisation that counts"),
        "below": _("{n} below it"),
        "members": _("{n} members"),
        "path": _("Under"),
        "in": _("{level} ({n})"),
        "from": _("from {day}"),
        "to": _("until {day}"),
        "no_unit": _("Belongs to no unit of this plan."),
        "none": _("none"),
        "n_here": _("{n} organisations"),
        **_bringing(),
        "failed": _("The answer could not be fetched."),
    }


def _bringing() -> dict[str, str]:
    """Return the words of the dialog that brings a workbook in."""
    return {
        "added": _("{n} added"),
        "changed": _("{n} changed"),
        "removed": _("{n} removed"),
        "same": _("Nothing would change."),
        "rejected": _("{n} rows can not be used and would be left out"),
        "faulty": _("{n} rows name something that is not there"),
        "cover_change": _("{level} without an organisation: {before} now, {after} afterwards"),
        "taken": _("Taken. The page is loaded anew …"),
        "looking": _("Reading …"),
    }
