"""People and organisations as the visitor may see them: one roster for each version and view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from web.served import Served

if TYPE_CHECKING:  # who asks for no people need not load what reads them
    from geogrid.organisation import Roster


def roster(now: Served) -> Roster:
    """Return the roster of what the visitor sees (`geogrid.organisation.Roster`), made once.

    Who is confined to a unit finds the units above it among its places, and who belongs to them, without telephone; a resident finds nobody.
    """
    from geogrid.pipeline.roster import roster_of

    return now.keep(("roster",), lambda: roster_of(now.project))
