"""The words of the events page's scripts."""

from __future__ import annotations

from flask_babel import gettext as _


def words() -> dict[str, str]:
    """Return all of them, by the name that the scripts have for each."""
    return {**_said(), **_drawn()}


def _said() -> dict[str, str]:
    return {
        "open": _("events are not done"),
        "open_one": _("event is not done"),
        "none_open": _("Every event here is done."),
        "none": _("No event fits."),
        "base": _("{closed} of {events} events closed ({share})"),
        "as_of": _("as of {at}"),
        "last": _("the newest entry is of {at}"),
        "days": _("{n} days"),
        "late": _("{n} days late"),
        "unknown_since": _("nobody knows since when"),
        "stands": _("now at: {place}"),
        "stays": _("still where it began: {place}"),
        "allowed": _("{n} days allowed at each step"),
        "from": _("reported by {who}"),
        "closed_at": _("closed on {at}"),
        "closed": _("closed"),
        "is_open": _("open"),
        "only_here": _("Only events here"),
        "who": _("Who is responsible here?"),
        "in_unit": _("in {name}"),
        "month": _("in {month}"),
        "up": _("{n} have come up here from below"),
        "raised": _("{n} have come up here, the oldest {days} days old"),
        "raised_one": _("one has come up here, {days} days old"),
        "more": _("{n} more are in the files"),
        "timeless": _("{n} events say no time and are in no month."),
        "unmatched": _("{n} events lie in no unit."),
        "map_open": _("{n} open"),
        "happened": _("happened on {at}"),
    }


def _drawn() -> dict[str, str]:
    """Return the words of charts and their tables."""
    return {
        "step": _("≤ {share}"),
        "step_last": _("> {share}"),
        "month_bar": _("{month}: {events} events, {open} open"),
        "month_title": _("Events by month and kind"),
        "kind_title": _("Events by kind"),
        "reporter_title": _("Events by who reported them"),
        "month_head": _("month"),
        "events_head": _("events"),
        "open_head": _("open"),
        "rate_head": _("closing rate"),
        "kind_head": _("kind"),
        "reporter_head": _("reported by"),
    }
