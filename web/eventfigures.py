"""What the page /events tells, for an instant and what the address chooses: figures, lists and points, as far as the visitor may see them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
import shapely
from flask import current_app, request
from flask_babel import gettext as _

from geogrid.errors import InputError
from geogrid.events import Ledger, by_kind, by_month, by_reporter, count, kind_of, raised, read_instant, select, told_instant
from geogrid.maps.kinds import kinds_of
from geogrid.reading.moments import parse_day
from web import suppressed, tables, words
from web.accounts import current_user
from web.language import language
from web.served import Served

ROLE = "events"
LISTED = 200
"""So many open events are listed; the files have all."""
STATES = ("open", "closed", "all")


@dataclass(frozen=True)
class Chosen:
    """What the address chooses. `kinds`: None for all; `unit`: (level, code) or None; `from_s`, `to_s`: -inf and inf where nothing is said."""

    at_s: float
    kinds: tuple[str, ...] | None
    state: str
    unit: tuple[str, str] | None
    month: str
    from_s: float
    to_s: float


def has_events(now: Served) -> bool:
    """Tell whether the project has events, whoever asks."""
    return ROLE in now.whole.project.site_roles


def may_see(now: Served) -> bool:
    """Tell whether the visitor may see single events: a resident sees closing rates only."""
    return has_events(now) and ROLE in now.project.site_roles and current_user().role != "resident"


def ledger(now: Served) -> Ledger:
    """Return the events that the visitor's figures are of: those in his scope; a resident's are counted, never shown."""

    def make() -> Ledger:
        project = now.project if ROLE in now.project.site_roles else now.whole.project
        return Ledger.of(project.sites(ROLE), project.scheme, project.levels)

    return now.keep(("ledger",), make)


def chosen(now: Served, arguments: Mapping[str, str]) -> Chosen:
    """Read what the address chooses. Raises InputError for what can not be read, NotFoundError for a unit that is not there."""
    own = ledger(now)
    state = arguments.get("state", "") or STATES[0]
    if state not in STATES:
        raise InputError(f"state={state!r}: write one of {', '.join(STATES)}", f"state=“{state}” 应为 {'、'.join(STATES)} 之一", field="state")
    unit = arguments.get("unit", "")
    month = arguments.get("month", "")
    first, last = _bounds(month) if month else (arguments.get("from", ""), arguments.get("to", ""))
    level = tables.find_unit(now, unit, arguments.get("unit_level", "")) if unit else ""
    from_s = _start(first, "from") if first else -np.inf
    to_s = _end(last, "to") if last else np.inf
    return Chosen(
        at(now, own, arguments.get("when", "")),
        _kinds(now, arguments),
        "" if state == "all" else state,
        (level, unit) if unit else None,
        month,
        from_s,
        to_s,
    )


def at(now: Served, own: Ledger, text: str) -> float:
    """Return the instant that is told for: the one asked for, else now to the minute, of simulated events the last that they tell of."""
    if text:
        return _instant(text, "when")
    clock = current_app.extensions["geogrid"].clock
    minute_s = math.floor(clock().timestamp() / 60) * 60.0
    return own.instant(minute_s, is_simulated=bool(now.project.meta.get("simulated")))


def _instant(text: str, field: str) -> float:
    found = read_instant(text)
    if math.isnan(found):
        message = f"{field}={text!r}: write a day or a time, as 2026-03-01 or 2026-03-01T08:00"
        raise InputError(message, f"{field}=“{text}” 应为日期或时间，如 2026-03-01", field=field, value=text)
    return found


def _start(text: str, field: str) -> float:
    """Return the first instant of a day, or the instant itself."""
    day = parse_day(text)
    return _instant(f"{day}T00:00" if day else text, field)


def _end(text: str, field: str) -> float:
    """Return the instant after a day, or the instant itself."""
    return _instant(text, field) + (1.0 if parse_day(text) else 0.0)


def _bounds(month: str) -> tuple[str, str]:
    """Return the first and the last day of a month like 2026-03."""
    try:
        first = np.datetime64(datetime.strptime(month, "%Y-%m").date(), "M")
    except ValueError:
        raise InputError(f"month={month!r}: write one as 2026-03", f"month=“{month}” 应写作 2026-03", field="month", value=month) from None
    return str(first.astype("datetime64[D]")), str((first + 1).astype("datetime64[D]") - 1)


def _kinds(now: Served, arguments: Mapping[str, str]) -> tuple[str, ...] | None:
    """Return the kinds of the task layer and the kind that are chosen; None for all."""
    scheme, task, kind = now.project.scheme, arguments.get("task", ""), arguments.get("kind", "")
    if task and task not in scheme.tasks:
        known = ", ".join(scheme.tasks)
        raise InputError(f"task={task!r}: there are {known or 'none'}", f"task=“{task}”：可用 {known or '无'}", field="task", value=task)
    if kind:
        return (kind_of(scheme, kind),)
    return tuple(scheme.tasks[task].events) if task else None


def only(own: Ledger, asked: Chosen, **changes: Any) -> pd.DataFrame:
    """Return the events that fit what is chosen; `changes` set some of it aside."""
    facts = {"kinds": asked.kinds, "state": asked.state, "unit": asked.unit, "from_s": asked.from_s, "to_s": asked.to_s, **changes}
    return select(own.events, asked.at_s, **facts)


def summary(now: Served) -> dict[str, float]:
    """Return what the overview says of the events, where the project has any: `events closed open share` now."""
    own = ledger(now)
    return own.count(at(now, own, ""))


def of_unit(now: Served, level: str, code: str) -> dict[str, float] | None:
    """Return `events closed open share` of a unit now; None where the project has no events."""
    if not has_events(now):
        return None
    own = ledger(now)
    at_s = at(now, own, "")
    return count(select(own.events, at_s, unit=(level, code)), at_s)


def answer(now: Served) -> dict[str, Any]:
    """Return what the page says first: figures, months, kinds, reporters, open events, what has come up to whom."""
    own = ledger(now)
    asked = chosen(now, request.args)
    fitting = Ledger(only(own, asked, state=""), own.levels, own.scheme)
    told = {
        "at": told_instant(asked.at_s),
        "last": told_instant(own.last_s),
        "timeless": int((fitting.events["month"] == "").sum()),
        **plain(fitting.count(asked.at_s)),
    }
    if not may_see(now):
        return told
    standing = fitting.standing(asked.at_s)
    return told | {
        "unmatched": int((own.events[[level for level in own.levels if level in own.events]] == "").all(axis=1).sum()),
        "kinds": _kind_rows(now, own, asked),
        "months": [plain(row) for row in by_month(only(own, asked, state="", from_s=-np.inf, to_s=np.inf), asked.at_s).to_dict("records")],
        **_reporters(now, own, fitting, asked),
        "open_events": items(now, own, standing.head(LISTED)),
        "raised": [_raised(now, row) for row in raised(standing).to_dict("records")],
    }


def _kind_rows(now: Served, own: Ledger, asked: Chosen) -> list[dict[str, Any]]:
    """Return each kind with its sign and its figures, of all kinds whichever is chosen."""
    figures = by_kind(only(own, asked, state="", kinds=None), asked.at_s).set_index("kind")
    signs = {kind["id"]: kind for kind in kinds(now)}
    rows = []
    for kind in [*signs, *(each for each in figures.index if each not in signs)]:
        row = plain(figures.loc[kind].to_dict()) if kind in figures.index else {"events": 0, "closed": 0, "open": 0, "share": None}
        rows.append({"key": kind, "name": own.kind_name(kind).say(language()), "days": own.days.get(kind, own.default_days), **row})
    return rows


def kinds(now: Served) -> list[dict[str, Any]]:
    """Return the kinds of events with the map's signs, as `geogrid.maps.kinds` has them."""

    def make() -> list[dict[str, Any]]:
        own = ledger(now)
        return kinds_of(now.project.scheme, ROLE, own.events)

    return now.keep(("event kinds",), make)


def _reporters(now: Served, own: Ledger, fitting: Ledger, asked: Chosen) -> dict[str, Any]:
    """Return who reported (`reporters`) and what is hidden of it (`reporters_note`).

    Who is not told small counts is told who reported all that he sees, not a choice of it: two choices would differ by one event.
    """
    rows = by_reporter(fitting.events, asked.at_s).to_dict("records")
    if not suppressed.sees_all(now) and len(fitting.events) < len(own.events):
        return {"reporters": [], "reporters_note": _("Who reported is told of all events only, for a choice of them could tell of one person.")}
    hidden = suppressed.hidden_in(now, sum(row["events"] for row in rows), {str(row["reporter_kind"]): row["events"] for row in rows})
    told = []
    for row in rows:
        kind = str(row["reporter_kind"])
        figures = dict.fromkeys(("events", "closed", "open", "share")) if hidden else plain(row)
        figures |= {"events": None if hidden.get(kind) else row["events"]}
        told.append({**figures, "reporter_kind": kind, "hidden": hidden.get(kind, ""), "name": own.reporter_name(kind).say(language())})
    return {"reporters": told, "reporters_note": suppressed.note(now) if any(hidden.values()) else ""}


def _raised(now: Served, row: dict[Any, Any]) -> dict[str, Any]:
    return {**plain(row), "name": place_name(now, row["level"], row["code"]), "level_name": level_name(now, row["level"])}


def items(now: Served, own: Ledger, standing: pd.DataFrame) -> list[dict[str, Any]]:
    """Return open events as the list and the card tell them, in their order."""
    seen = now.project.sites(ROLE).to_crs(4326).geometry if len(standing) else None
    rows = []
    for index, row in zip(standing.index, standing.to_dict("records"), strict=True):
        point = seen.loc[index] if seen is not None else None
        rows.append(
            {
                "id": row["id"],
                "kind": row["kind"],
                "kind_name": own.kind_name(row["kind"]).say(language()),
                "since": told_instant(row["time_s"]),
                "days": None if math.isnan(row["age_days"]) else round(row["age_days"], 1),
                "late": None if math.isnan(row["age_days"]) or row["age_days"] <= row["days"] else round(row["age_days"] - row["days"], 1),
                "allowed": row["days"],
                "steps": row["steps"],
                "reporter": own.reporter_name(row["reporter_kind"]).say(language()) if row["reporter_kind"] and suppressed.sees_all(now) else "",
                "level": row["level"],
                "code": row["code"],
                "stands": standing_at(now, row["level"], row["code"]),
                "next": told_instant(row["next_s"]),
                "at": [round(point.x, 6), round(point.y, 6)] if point is not None and not shapely.is_empty(point) else None,
            }
        )
    return rows


def place_name(now: Served, level: str, code: str) -> str:
    """Return what a unit is called; who may not see it reads its code, and no code at all is the district."""
    if not level:
        return now.project.name
    units = now.project.units(level)
    if code not in units.index:
        return code
    row = units.loc[code]
    return words.unit_label(code, row["name"] if isinstance(row["name"], str) else "", str(row["parent"] or ""), now.project.scheme.level(level))


def standing_at(now: Served, level: str, code: str) -> str:
    """Return where an event stands: the level and the name, or the name alone where it says the level."""
    name, above = place_name(now, level, code), level_name(now, level)
    return name if not level or above in name else f"{above} {name}"


def level_name(now: Served, level: str) -> str:
    """Return what a level is called, "" above all."""
    return words.level_name(now.project.scheme.level(level)) if level else _("the whole district")


def plain(row: dict[Any, Any]) -> dict[str, Any]:
    """Return a row for JSON: plain numbers, no NaN."""
    out = {}
    for key, value in row.items():
        value = value.item() if isinstance(value, np.generic) else value
        out[str(key)] = None if isinstance(value, float) and math.isnan(value) else value
    return out
