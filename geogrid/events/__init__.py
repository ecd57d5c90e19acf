"""Events: what was reported, what became of it, and to whom it has come up. Frames in, values out; the instant is an argument, nothing waits for one.

records      the joined points of the role as numbers: when each began and ended
closing      how many are closed: of a district, of each unit of every level, by month, kind and reporter
escalation   an event open for longer than its kind allows stands at the parent unit, after the same time again at the next (小事不出格)
ledger       all of it for one project and its scheme
"""

from geogrid.events.closing import by_kind, by_month, by_reporter, by_unit, count
from geogrid.events.escalation import escalate, raised
from geogrid.events.ledger import Ledger, read_instant, told_instant
from geogrid.events.records import kind_of, read_events, select

__all__ = [
    "Ledger",
    "by_kind",
    "by_month",
    "by_reporter",
    "by_unit",
    "count",
    "escalate",
    "kind_of",
    "raised",
    "read_events",
    "read_instant",
    "select",
    "told_instant",
]
