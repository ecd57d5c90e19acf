"""What somebody confined to a unit is told of changes: those of his unit, as one delta; of what else happened only that the version went on."""

from __future__ import annotations

from collections.abc import Sequence

from geogrid.edit import Change, State
from geogrid.store.records import Entry
from web.confined import confined, sees
from web.editdelta import delta
from web.editing import Editing
from web.served import to_bytes


def changes_within(mine: Editing, plan: str, since: int, scope: str) -> tuple[int, list[bytes]]:
    """Return the version of a plan and at most one delta that leads there from `since`; raises ForbiddenError where the scope unit is no more."""
    now = mine.desk.version(plan)
    if since >= now:
        return now, []
    before, after = mine.state(plan, since), mine.state(plan, now)
    return now, [delta_within(mine, before, after, mine.desk.log(plan, since=since, until=now), scope)]


def delta_within(mine: Editing, before: State, after: State, entries: Sequence[Entry], scope: str) -> bytes:
    """Return the delta between two states of a plan as who is confined to `scope` sees it; nobody's name is on what he does not see."""
    last = next((entry for entry in reversed(entries) if sees(after, entry.unit_ids, scope)), None)
    facts = {name: getattr(last, name) if last else "" for name in ("author", "time", "kind", "reason")}
    before = before.on(after.ground) if len(before.leaf) < len(after.leaf) else before
    one, other = confined(before, scope), confined(after, scope)
    return to_bytes({"version": after.version, **facts, **delta(one, other, Change.between(one, other), mine.land(after))})
