"""What is wrong with one layer in one role: the rows that a build could not use, and what a build would note of the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from geogrid.errors import CrsError, InputError
from geogrid.findings import Finding, severity_of
from geogrid.inspection.report import CrsOption, Problem
from geogrid.reading.draft import draft_role
from geogrid.reading.raw import Fault, RawLayer, find_notes
from geogrid.reading.sources import read_sources
from geogrid.recipe import InputSpec, Recipe
from geogrid.schema import ROLES


@dataclass(frozen=True)
class Judged:
    """What is wrong with a layer, and how many rows a build would use and reject; it drops the rest with a warning (a line without length)."""

    problems: tuple[Problem, ...]
    usable: int
    rejected: int


def find_problems(spec: InputSpec | None, raw: RawLayer, crs: str, options: Sequence[CrsOption]) -> Judged:
    """Judge a layer read as `spec` says.

    `crs` is "" where nobody says it: then the likeliest of `options` serves to look at the shapes, and that it is missing is an error.
    """
    rows = len(raw.frame) + len(raw.faults)
    if spec is None:
        notes = find_notes(raw, Path(raw.file).name)
        return Judged((*(_of_fault(raw, fault) for fault in raw.faults), *map(_of_finding, notes)), len(raw.frame), len(raw.faults))
    placed = ROLES[spec.role].geometry != "none"
    made = []
    if placed and not crs:
        made.append(_crs_missing(raw, options))
        if not options:
            return Judged(tuple(made), 0, rows)
        spec = replace(spec, crs=options[0].crs, swap=options[0].swap)
    try:
        judged = _read(spec) if placed else _drafted(spec)
    except InputError as error:
        rule = "crs_mismatch" if isinstance(error, CrsError) else error.code
        problem = Problem(rule, "error", error.message, error.message_zh, field=str(error.facts.get("field", "")))
        return Judged((*made, problem), 0, rows)
    return replace(judged, problems=(*made, *judged.problems))


def _read(spec: InputSpec) -> Judged:
    """Read as a build does."""
    folder = spec.path.parent
    recipe = Recipe("", "", 0, MappingProxyType({spec.role: spec}), MappingProxyType({}), folder / "recipe.toml")
    sources = read_sources(recipe, accept_rejects=True)
    lines = [_of_line(line) for line in sources.rejected.to_dict("records")]
    others = [_of_finding(found) for found in sources.findings if found.rule != "row_rejected"]
    return Judged((*lines, *others), len(sources.frames[spec.role]), len(lines))


def _drafted(spec: InputSpec) -> Judged:
    """Read a plain table as a build does."""
    draft = draft_role(spec, spec.path.parent)
    by_row: dict[int, Fault] = {}
    for fault in draft.faults:
        by_row.setdefault(fault.row, fault)
    lines = [_of_line({"file": draft.file, "layer": draft.layer, **vars(fault)}) for _, fault in sorted(by_row.items())]
    return Judged((*lines, *(_of_finding(found) for found in draft.notes)), draft.rows_n - len(lines), len(lines))


def _of_line(line: dict[str, object]) -> Problem:
    said = Finding("row_rejected", facts=line)
    return Problem("row_rejected", "error", said.message, said.message_zh, int(str(line["row"])), str(line["field"]), str(line["value"]))


def _of_fault(raw: RawLayer, fault: Fault) -> Problem:
    return _of_line({"file": Path(raw.file).name, "layer": raw.layer, **vars(fault)})


def _of_finding(found: Finding) -> Problem:
    row = found.facts.get("row", 0)
    severity = found.severity or severity_of(found.rule)
    return Problem(found.rule, severity, found.message, found.message_zh, 0 if pd.isna(row) else int(row), str(found.facts.get("field", "")))


def _crs_missing(raw: RawLayer, options: Sequence[CrsOption]) -> Problem:
    file = Path(raw.file).name
    names, names_zh = ", ".join(o.crs for o in options), "、".join(f"{o.crs}（{o.name_zh}）" for o in options[:3])
    fits = f"its numbers fit {names}" if options else "its numbers fit no known one"
    fits_zh = f"数值符合 {names_zh}" if options else "数值不符合任何已知坐标系"
    return Problem(
        "crs_missing",
        "error",
        f"{file} does not say its coordinate system; {fits}. Say which: crs = “…”.",
        f"{file} 没有写明坐标系；{fits_zh}。请写明 crs。",
    )
