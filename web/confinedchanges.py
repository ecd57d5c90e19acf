"""What somebody confined to a unit is told of changes: those of his unit, as one delta; of what else happened only that the version went on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from geogrid.edit import Change, State
from geogrid.errors import ConflictError
from geogrid.plan import NO_UNIT
from geogrid.store.records import Entry
from geogrid.store.refusals import changed_meanwhile
from web.confined import confined, is_below, roots_of, sees
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


def entries_within(state: State, entries: Sequence[Entry], scope: str) -> list[Entry]:
    """Return the entries that touch the scope unit, without the codes of other units; of one that touches others too, it is not told how."""
    roots = roots_of(state, scope)
    return [_within(state, entry, roots) for entry in entries if any(is_below(state, unit, roots) for unit in entry.unit_ids)]


def _within(state: State, entry: Entry, roots: frozenset[int]) -> Entry:
    if all(is_below(state, unit, roots) for unit in entry.unit_ids):
        return entry
    units = tuple(code for code in entry.units if is_below(state, state.issued.get(code, NO_UNIT), roots))
    return replace(entry, units=units, edit={}, ground=None)


@contextmanager
def conflicts_within(mine: Editing, plan: str, scope: str) -> Iterator[None]:
    """Let a conflict tell of the scope unit only."""
    try:
        yield
    except ConflictError as error:
        seen = entries_within(mine.state(plan), error.facts.get("entries", ()), scope) if scope else []
        if not seen:
            raise
        raise changed_meanwhile(mine.desk.plan(plan), seen) from None
