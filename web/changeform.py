"""What the change form (网格划分登记表) says of one version of a plan, and how much of it fits on its one sheet of A4."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from flask_babel import gettext as _

from geogrid.edit.reference import Reference
from geogrid.edit.state import State
from geogrid.maps.changed_drawing import changed_svg
from geogrid.maps.drawing import text_width
from geogrid.maps.views import source_line
from web import planview
from web.differences import Differences, first_level
from web.language import language

PAGE_MM = 272.0  # A4 upright less its margins
FIXED_MM = 72.0  # title, heads, legend, signatures, and what stands between
DRAWINGS_MM = (52, 120)  # the least and the most height of the drawings
NAME_MM, FACT_MM, WORDS_MM, WIDE_MM = 88.0, 66.0, 150.0, 184.0  # widths of the columns of names and of facts, of the words below, of a whole line
REASON_LINES, SOURCE_LINES, CODES = 9, 2, 14
TEXT_MM, LINE_MM = 3.1, 4.3  # height of text and of a line outside the table


class Look(NamedTuple):
    """How the table is set: its class, the height of text and of a line, what a row has beside, millimetres."""

    name: str
    text_mm: float
    line_mm: float
    pad_mm: float


LOOKS = (Look("", 2.9, 3.8, 1.3), Look("dense", 2.47, 3.3, 0.9))


def form(found: Differences, project: Any, info: Any, entry: Any, *, level: str = "") -> dict[str, Any]:
    """Return what the sheet says of an entry of a plan's log, on the level given or on that where it is best told."""
    a, b = found.state(Reference(info.id, entry.version - 1)), found.state(Reference(info.id, entry.version))
    levels = found.levels(a, b)
    level = level if level in levels else first_level(levels, found, a, b)
    diff, scheme = found.diff(a, b, level), project.scheme
    spec = scheme.level(level)
    rows = planview.difference_rows(diff, a, b, {})
    reason = entry.reason or str(entry.edit.get("reason") or "")
    told = {
        "sentence": planview.sentence(diff, spec),
        "reason": _cut(reason, WORDS_MM, REASON_LINES),
        "source": _cut(" ・ ".join(source_line(project, language())), WIDE_MM, SOURCE_LINES),
        **_codes(found, a, b, levels),
    }
    facts = (planview.plan_title(info), f"{project.name} （模拟数据）", f"{entry.author}, 2026-01-01 00:00")
    more = sum((lines(fact, FACT_MM) - 1) * LINE_MM for fact in facts)
    look, fitting, height_mm = fit([(f"{row['above']} {row['label']}", row["said"]) for row in rows], PAGE_MM - FIXED_MM - more - _words_mm(told))
    return {
        "entry": entry,
        "kind": planview.kind_word(entry.kind),
        "time": planview.when(entry.time),
        "number": f"{info.id}-{entry.version}",
        "base": entry.version - 1,
        "spec": spec,
        "below": next(iter(scheme.levels[scheme.depth(level) + 1 :]), None),
        "rows": rows[:fitting],
        "rows_n": len(rows),
        "look": look,
        "reason_cut": told["reason"] != reason,
        "drawings": _drawings(found, project, (a, b), level, height_mm) if diff else [],
        **told,
    }


def fit(rows: Sequence[tuple[str, str]], room_mm: float) -> tuple[str, int, int]:
    """Return how to set a table of units (label, what is said beside it) in a room: look, rows that fit, and the height of the drawings above it.

    >>> fit([("网格 012", "")] * 20, 180.0), fit([("长" * 34, "")] * 20, 180.0)[:2]
    (('', 20, 78), ('dense', 20))
    """
    for look in LOOKS:
        heights = [lines(f"{label} {said}".strip(), NAME_MM, look.text_mm) * look.line_mm + look.pad_mm for label, said in rows]
        left = room_mm - DRAWINGS_MM[0] - sum(heights)
        if left >= 0:
            return look.name, len(rows), int(min(DRAWINGS_MM[1], DRAWINGS_MM[0] + left))
    room = room_mm - DRAWINGS_MM[0] - LINE_MM
    return LOOKS[-1].name, int(np.searchsorted(np.cumsum(heights), room, side="right")), DRAWINGS_MM[0]


def lines(text: str, width_mm: float, text_mm: float = TEXT_MM) -> int:
    """Estimate the lines that a text takes; some room is left at their ends, for words are not broken.

    >>> lines("网格", 88.0), lines("一" * 40, 88.0), lines("a\\nb", 88.0)
    (1, 2, 2)
    """
    return sum(max(1, math.ceil(text_width(line, text_mm) / (width_mm * 0.97))) for line in text.split("\n"))


def _cut(text: str, width_mm: float, most: int) -> str:
    """Return a text as it is, or as much of it as fits into some lines."""
    if lines(text, width_mm) <= most:
        return text
    kept = " ".join(text.split())
    while lines(kept + " …", width_mm) > most:
        kept = kept[: int(len(kept) * 0.95)]
    return kept.rstrip() + " …"


def _words_mm(told: Mapping[str, Any]) -> float:
    """Return the height of the words round the table."""
    said = "，".join(text for text, _look in told["sentence"])
    codes = [", ".join(first) + " " * 12 for first, n in (told["retired"], told["issued"]) if n]
    rows = [lines(told["reason"] + " " * 12, WORDS_MM), *(lines(text, WORDS_MM) for text in codes)]
    return sum(n * LINE_MM + 1.8 for n in rows) + (lines(said, WIDE_MM) + lines(told["source"], WIDE_MM)) * LINE_MM


def _codes(found: Differences, a: State, b: State, levels: Sequence[str]) -> dict[str, Any]:
    """Return the codes that were retired and issued, on all levels: the first of them, and how many there are."""
    pairs = [(row["code_before"], row["code_after"]) for level in levels for _id, row in found.diff(a, b, level).units.iterrows()]
    retired = [before for before, after in pairs if before and before != after]
    issued = [after for before, after in pairs if after and before != after]
    return {"retired": (retired[:CODES], len(retired)), "issued": (issued[:CODES], len(issued))}


def _drawings(found: Differences, project: Any, states: tuple[State, State], level: str, height_mm: int) -> list[tuple[str, Any]]:
    what, layers = found.changed(*states, level), {name: project.layer(name) for name in project.layers}
    titles = {"before": _("Before the change"), "after": _("After the change")}
    look = {"layers": layers, "height": 10 * height_mm, "lang": language()}
    return [
        (title, changed_svg(found.plan(state), what, side=side, title=title, **look))
        for (side, title), state in zip(titles.items(), states, strict=True)
    ]
