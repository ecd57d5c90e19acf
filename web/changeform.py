"""What the change form (网格划分登记表) says of one version of a plan, and how much of it fits on its one sheet of A4."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _

from geogrid.edit.reference import Reference
from geogrid.edit.state import State
from geogrid.maps.changed_drawing import changed_svg
from geogrid.maps.drawing import text_width
from web import planview
from web.differences import Differences, first_level
from web.language import language

PAGE_MM = 273.0  # A4 upright less its margins
FIXED_MM = 66.0  # title, heads, signatures, foot
DRAWINGS_MM = (56.0, 84.0)  # the least and the most that the drawings take
LINE_MM, PAD_MM, TEXT_MM = 3.9, 1.2, 2.9  # a line of the table, what a row has beside, the height of its text
NAME_MM, WORDS_MM = 43.0, 150.0  # widths of the column of names and of a whole line
REASON_LINES, CODES = 9, 14


def form(found: Differences, project: Any, info: Any, entry: Any, scope: str, *, level: str = "") -> dict[str, Any]:
    """Return what the sheet says of an entry of a plan's log, on the level given or on that where it is best told."""
    a, b = found.state(Reference(info.id, entry.version - 1)), found.state(Reference(info.id, entry.version))
    levels = found.levels(a, b, scope)
    level = level if level in levels else first_level(levels, found, a, b)
    diff, scheme = found.diff(a, b, level, scope), project.scheme
    spec = scheme.level(level)
    rows = planview.difference_rows(diff, scheme, {})
    reason = entry.reason or str(entry.edit.get("reason") or "")
    fitted = fit(rows, reason)
    return {
        "entry": entry,
        "kind": planview.kind_word(entry.kind),
        "time": planview.when(entry.time),
        "number": f"{info.id}-{entry.version}",
        "base": entry.version - 1,
        "spec": spec,
        "below": next(iter(scheme.levels[scheme.depth(level) + 1 :]), None),
        "rows": rows[: fitted["rows"]],
        "rows_n": len(rows),
        "reason": fitted["reason"],
        "reason_cut": fitted["reason"] != reason,
        "sentence": planview.sentence(diff, spec),
        "drawings": _drawings(found, project, a, b, level, scope) if diff else [],
        **_codes(found, a, b, levels, scope),
    }


def fit(rows: Sequence[dict[str, Any]], reason: str) -> dict[str, Any]:
    """Return how many `rows` fit beside the `reason` (cut after some lines) while the drawings keep their least height.

    >>> fit([{"label": "网格 012", "said": ""}] * 20, "原来偏少")["rows"]
    20
    """
    most = int(REASON_LINES * WORDS_MM / TEXT_MM)
    said = (
        reason if _lines(reason, WORDS_MM) <= REASON_LINES and reason.count("\n") < REASON_LINES else reason.replace("\n", " ")[:most].rstrip() + " …"
    )
    room = PAGE_MM - FIXED_MM - DRAWINGS_MM[0] - (_lines(said, WORDS_MM) + said.count("\n")) * LINE_MM
    taken = 0
    for row in rows:
        room -= max(_lines(row["label"], NAME_MM) + bool(row["said"]) * _lines(row["said"], NAME_MM), 1) * LINE_MM + PAD_MM
        if room < 0:
            break
        taken += 1
    return {"rows": taken, "reason": said}


def _lines(text: str, width_mm: float) -> int:
    return max(1, math.ceil(text_width(text, TEXT_MM) / (width_mm * 0.94)))


def _codes(found: Differences, a: State, b: State, levels: Sequence[str], scope: str) -> dict[str, Any]:
    """Return the codes that were retired and issued, on all levels: the first of them, and how many there are."""
    pairs = [(row["code_before"], row["code_after"]) for level in levels for _id, row in found.diff(a, b, level, scope).units.iterrows()]
    retired = [before for before, after in pairs if before and before != after]
    issued = [after for before, after in pairs if after and before != after]
    return {"retired": (retired[:CODES], len(retired)), "issued": (issued[:CODES], len(issued))}


def _drawings(found: Differences, project: Any, a: State, b: State, level: str, scope: str) -> list[tuple[str, Any]]:
    what, layers = found.changed(a, b, level, scope), {name: project.layer(name) for name in project.layers}
    titles = {"before": _("Before the change"), "after": _("After the change")}
    return [
        (titles[side], changed_svg(found.plan(state), what, side=side, layers=layers, lang=language(), title=titles[side]))
        for side, state in (("before", a), ("after", b))
    ]
