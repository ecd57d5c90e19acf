"""What the pages of plans say: rows of plans and of a log, the sentence and the table of a difference, each as values for a template."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from flask import current_app, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as lazy
from flask_babel import ngettext

from geogrid.crs import to_wgs84
from geogrid.edit.change import replay
from geogrid.edit.diff import Diff
from geogrid.edit.reference import MAIN, Reference
from geogrid.edit.state import ABSENT, State
from geogrid.store import Entry
from web import words
from web.accounts import LOCAL
from web.confined import sees
from web.differences import Differences, first_level

KINDS = {
    "move": lazy("Move"),
    "split": lazy("Split"),
    "merge": lazy("Merge"),
    "reshape": lazy("Reshape"),
    "reparent": lazy("New parent"),
    "rename": lazy("Rename"),
    "create": lazy("New unit"),
    "retire": lazy("Retire"),
    "compose": lazy("Several changes"),
    "undo": lazy("Taken back"),
    "redo": lazy("Done again"),
    "adopt": lazy("Adopted"),
}
LOG_ROWS, REASONS = 50, 2000
"""So many entries stand on one page of a log; so many of the last are looked through for reasons."""


def kind_word(kind: str) -> str:
    """Return what a kind of change is called."""
    return str(KINDS.get(kind, kind))


def plan_title(info: Any) -> str:
    """Return what a plan is called: the one in force, or a draft by its name."""
    if info.id == MAIN:
        return info.name if info.name not in ("", MAIN) else _("Plan in force") if info.state == "adopted" else _("Main plan")
    return info.name or info.id


def person(author: str) -> str:
    """Return what the author of a version is called: who needs no name at this machine is the machine."""
    return _("this machine") if author == LOCAL.name else author or "–"


def when(time: str) -> str:
    """Write a time as a date and minutes.

    >>> when("2026-03-01T09:05:07+08:00"), when("")
    ('2026-03-01 09:05', '')
    """
    return time[:16].replace("T", " ")


def looking(plan: str, at: int | str | None) -> dict[str, Any]:
    """Return what a page says above when it shows another state than the newest of the plan in force: `title version newest day back`."""
    source = current_app.extensions["geogrid"]
    here, newest = source.current(plan, at).project.plan_name, source.current(plan).project.plan_name
    title = plan_title(source.desk().plan(plan))
    arguments = {name: value for name, value in request.args.items() if name not in ("plan", "at")}
    back = url_for(request.endpoint or "pages.overview_page", **{**(request.view_args or {}), **arguments})
    return {"plan": plan, "title": title, "version": here[1], "newest": newest[1], "day": at if isinstance(at, str) else "", "back": back}


def plan_row(found: Differences, info: Any) -> dict[str, Any]:
    """Return a plan's row: its facts, and what a draft changes against what it was forked from."""
    row: dict[str, Any] = {"info": info, "title": plan_title(info), "behind": 0, "diff": None}
    if info.id == MAIN or not info.parent or info.fork_version is None:
        return row
    a, b = found.state(Reference(info.parent, info.fork_version)), found.state(Reference(info.id))
    levels = found.levels(a, b)
    row["behind"] = found.desk.version(info.parent) - info.fork_version
    row["diff"] = found.diff(a, b, first_level(levels, found, a, b)) if levels else None
    return row


def log_rows(found: Differences, plan: str, entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Return rows of a stretch of a log, the newest first, as far as the visitor sees it, with the households that moved."""
    if not entries:
        return []
    state = found.desk.state(plan, entries[0].version - 1)
    rows = []
    for entry in entries:
        after = replay(state, entry.change)
        if sees(after, entry.unit_ids, found.scope):
            rows.append(_log_row(state, after, entry, found.scope))
        state = after
    return rows[::-1]


def _log_row(a: State, b: State, entry: Entry, scope: str) -> dict[str, Any]:
    units = [unit for unit in entry.unit_ids if sees(b, [unit], scope)]
    level = _top_level(a, b, units)
    moved = households_moved(a, b, units, level) if level else 0
    return {"entry": entry, "kind": kind_word(entry.kind), "time": when(entry.time), "households": moved, **_named(a, b, units, level)}


def _named(a: State, b: State, units: Iterable[int], level: str) -> dict[str, Any]:
    """Return `units`: (label, code) of the units of the level; and `lower`: how many others there are."""
    touched = [b.units.get(unit) or a.units[unit] for unit in units if unit in a.units or unit in b.units]
    own = [unit for unit in touched if unit.level == level]
    state = b if all(unit.id in b.units for unit in own) else a
    parents = {unit.id: state.units[unit.parent].code if unit.parent in state.units else "" for unit in own}
    labels = [(words.unit_label(unit.code, unit.name, parents[unit.id], a.scheme.level(level)), unit.code) for unit in own]
    return {"units": sorted(labels, key=lambda label: label[1]), "lower": len(touched) - len(own)}


def _top_level(a: State, b: State, units: Iterable[int]) -> str:
    levels = {state.units[unit].level for state in (a, b) for unit in units if unit in state.units}
    return min(levels, key=a.scheme.depth) if levels else ""


def households_moved(a: State, b: State, units: Iterable[int], level: str) -> int:
    """Count the households that are in another unit of `level` in `b` than in `a`, among those of some units; cells that were cut apart."""
    a = a if a.ground is b.ground else a.on(b.ground)
    below = [state.atoms_below(unit) for state in (a, b) for unit in units if unit in state.units]
    at = np.unique(np.concatenate(below)) if below else np.zeros(0, np.int64)
    at = at[(a.leaf[at] != ABSENT) & (b.leaf[at] != ABSENT)]
    return int(b.ground.households[at][a.owners(at, level) != b.owners(at, level)].sum())


def sentence(diff: Diff, level: Any) -> list[tuple[str, str]]:
    """Return the answer to "what would change?" as parts (text, look): looks are "" or "fine", "bad"."""
    pieces, units = diff.pieces, diff.units
    if not diff:
        return [(_("Nothing differs on this level."), "")]
    parts = []
    if len(pieces):
        moved = ngettext("%(num)s piece of land moves", "%(num)s pieces of land move", len(pieces))
        doors = ngettext("%(n)s stairwell or house", "%(n)s stairwells or houses", int(pieces["doors"].sum()), n=words.number(pieces["doors"].sum()))
        parts += [
            (moved, ""),
            (doors, ""),
            (_("%(n)s households change their %(level)s", n=words.number(diff.households), level=words.level_name(level)), "strong"),
        ]
    parts.append((_("%(n)s %(level)s changed", n=words.number(len(units)), level=words.level_name(level, plural=len(units) != 1)), ""))
    out = {side: int((units["status_after"] == side).sum()) for side in ("above", "below")}
    if level.households and not any(out.values()):
        parts.append((_("all in bounds"), "fine"))
    parts += [(f"{words.number(n)} {words.status_word(side)}", side) for side, n in out.items() if n]
    loose = int(diff.pieces.loc[diff.pieces["to"] == "", "households"].sum())
    if loose:
        parts.append((_("%(n)s households in no %(level)s", n=words.number(loose), level=words.level_name(level)), "above"))
    return parts


def behind(found: Differences, a: State, b: State) -> int:
    """Return how many versions `a` has that the draft `b` was not forked from; 0 where `b` is no draft of it."""
    info = next(each for each in found.desk.plans() if each.id == b.plan)
    return max(0, a.version - info.fork_version) if info.parent == a.plan and info.fork_version is not None else 0


def reasons(found: Differences, one: Reference, a: State, b: State) -> dict[str, Any]:
    """Return, by code, the last entry of the log that touched a unit on the way from `a` to `b`; nothing where `b` did not come from `a`."""
    info = next(each for each in found.desk.plans() if each.id == b.plan)
    since = max(a.version if a.plan == b.plan else 1 if info.parent == one.plan else b.version, b.version - REASONS)
    return {code: entry for entry in found.desk.log(b.plan, since=since, until=b.version) for code in entry.units}  # rows name visible ones only


def difference_rows(diff: Diff, a: State, b: State, reasons: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the table of changed units: labels (with what they lie in where that differs), figures on both sides, box in degrees, and who said why
    (`reasons`: entry by code)."""
    level = b.scheme.level(diff.level)
    above = {code: name for state in (a, b) for code, name in _names(state, {*diff.units["parent_before"], *diff.units["parent_after"]}).items()}
    places = diff.units["parent_after"].where(diff.units["parent_after"] != "", diff.units["parent_before"])
    one_place = places.nunique() < 2
    boxes = shapely.bounds(to_wgs84(diff.units.set_geometry("geometry")).geometry.to_numpy()).round(6) if len(diff.units) else []
    rows = []
    for i, (_unit, row) in enumerate(diff.units.iterrows()):
        code = row["code_after"] or row["code_before"]
        side = "after" if row["code_after"] else "before"
        entry = reasons.get(row["code_after"]) or reasons.get(row["code_before"])
        rows.append(
            {
                **{name: _plain(value) for name, value in row.items() if "shape" not in name and name != "geometry"},
                "code": code,
                "label": words.unit_label(code, row[f"name_{side}"], row[f"parent_{side}"], level),
                "above": "" if one_place else above.get(row[f"parent_{side}"], ""),
                "said": changes(row),
                "delta": _difference(row["households_before"], row["households_after"]),
                "box": [None if value != value else value for value in boxes[i].tolist()],
                "entry": entry,
                "bounds": level.households if level.kinds.get(row[f"kind_{side}"], True) else None,
            }
        )
    return rows


def _names(state: State, codes: Iterable[str]) -> dict[str, str]:
    """Return the names of the units in force with some codes."""
    found = {code: state.find(code) for code in codes if code}
    return {code: state.units[unit].name for code, unit in found.items() if unit >= 0}


def changes(row: Any) -> str:
    """Say in words what changed of a unit beside its land."""
    said = {
        "new": _("new"),
        "retired": _("retired"),
        "code": _("code was %(code)s", code=row["code_before"]),
        "name": _("name was %(name)s", name=row["name_before"]) if row["name_before"] else _("newly named"),
        "parent": _("another parent"),
        "kind": _("another kind"),
    }
    return _(", ").join(said[word] for word in row["change"].split() if word in said)


def _difference(before: float, after: float) -> str:
    gained = int(np.nan_to_num(after) - np.nan_to_num(before))
    return f"+{gained:,}" if gained > 0 else f"−{-gained:,}" if gained < 0 else "0"


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and value != value else value
