"""What is wrong with layers in their roles: the rows that a build could not use, and what a build would note of the rest.

The layers that a recipe would take are read together, as a build does, so that what only shows beside others (a shifted datum, a layer that lies
elsewhere) is told; where that can not be, and for all other layers, each is read by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import geopandas as gpd
import pandas as pd

from geogrid.catalogue.columns import ROLE_WORDS
from geogrid.errors import CrsError, InputError
from geogrid.findings import Finding, severity_of
from geogrid.inspection.looked import Looked
from geogrid.inspection.report import Problem, likely, named_options
from geogrid.reading.draft import Draft, draft_layer
from geogrid.reading.headings import named_levels, recognise
from geogrid.reading.layer import with_crs
from geogrid.reading.placement import CrsOption
from geogrid.reading.raw import Fault, Note, RawLayer, find_notes
from geogrid.reading.sources import Sources, rejected_lines, sources_of
from geogrid.recipe import InputSpec
from geogrid.rules.codes import find_codes
from geogrid.schema import ROLES

_SCIENTIFIC = r"\s*\d(?:\.\d+)?[eE]\+?\d{1,2}\s*"


@dataclass(frozen=True)
class Judged:
    """What is wrong with a layer, and how many rows a build would use and reject; it drops the rest with a warning (a line without length)."""

    problems: tuple[Problem, ...]
    usable: int
    rejected: int


@dataclass(frozen=True, eq=False)
class Asked:
    """A layer to judge: its role ("" none), the columns chosen for it, and the CRS that its numbers could be in where nobody says it."""

    looked: Looked
    role: str
    columns: Mapping[str, str]
    options: Sequence[CrsOption]


def judge(asked: Sequence[Asked], together: Sequence[int]) -> list[Judged]:
    """Judge layers; those at the positions `together` are read beside one another, at most one a role."""
    drafts = [_draft(one) for one in asked]
    read = _read_together({i: draft for i in together if isinstance(draft := drafts[i], Draft)})
    for i, draft in enumerate(drafts):
        if isinstance(draft, Draft) and i not in read and draft.geometry is not None:
            read[i] = _read([draft])
    return [_judged(one, draft, read.get(i)) for i, (one, draft) in enumerate(zip(asked, drafts, strict=True))]


def _draft(asked: Asked) -> Draft | InputError | None:
    """Make the draft of a layer as a build would; None where it has no role, or where nobody knows what its numbers are."""
    looked, role = asked.looked, asked.role
    if not role:
        return None
    crs, swap = looked.asked or None, False
    if _is_placed(asked) and (looked.crs is None or (asked.options[:1] and asked.options[0].swap)):
        if not asked.options:
            return None
        crs, swap = asked.options[0].crs if looked.crs is None else crs, asked.options[0].swap
    path = Path(looked.raw.file)
    spec = InputSpec(role, path, looked.raw.layer, crs, asked.columns, swap=swap, dms=looked.dms)
    try:
        return draft_layer(with_crs(looked.raw, crs), spec, path.parent)
    except InputError as error:
        return error


def _read_together(drafts: Mapping[int, Draft]) -> dict[int, Sources | InputError]:
    """Read layers beside one another; one that can not be read so is told, and the rest is read without it."""
    read: dict[int, Sources | InputError] = {}
    left = dict(drafts)
    while left:
        found = _read(list(left.values()))
        if isinstance(found, Sources):
            return read | dict.fromkeys(left, found)
        where = found.facts.get("file"), found.facts.get("layer")
        wrong = next((i for i, draft in left.items() if (draft.file, draft.layer) == where), None)
        if wrong is None:
            break
        read[wrong] = found
        del left[wrong]
    return read


def _is_placed(asked: Asked) -> bool:
    """Tell whether the layer needs a CRS: its role has a place, or may have one and there is one."""
    if not asked.role or ROLES[asked.role].geometry == "none":
        return False
    return len(asked.looked.shapes) > 0 or not ROLES[asked.role].place_optional


def _read(drafts: Sequence[Draft]) -> Sources | InputError:
    try:
        return sources_of(drafts, Path("recipe.toml"), accept_rejects=True)
    except InputError as error:
        return error


def _judged(asked: Asked, draft: Draft | InputError | None, read: Sources | InputError | None) -> Judged:
    raw = asked.looked.raw
    rows = len(raw.frame) + len(raw.faults)
    first = _crs_problems(asked) if _is_placed(asked) else []
    error = draft if isinstance(draft, InputError) else read if isinstance(read, InputError) else None
    if error is not None:
        rule = "crs_mismatch" if isinstance(error, CrsError) else error.code
        problem = Problem(rule, "error", error.message, error.message_zh, field=str(error.facts.get("field", "")))
        return Judged((*first, problem), 0, rows)
    if not isinstance(draft, Draft):
        notes = () if asked.role else (*(_of_fault(raw, fault) for fault in raw.faults), *map(_of_finding, [*_list_notes(raw), *_own_notes(raw)]))
        return Judged((*first, *notes), 0 if asked.role else len(raw.frame), rows if asked.role else len(raw.faults))
    return _counted(draft, read, first) if isinstance(read, Sources) else _drafted(draft)


def _own_notes(raw: RawLayer) -> list[Finding]:
    return find_notes(raw, Path(raw.file).name)


def _list_notes(raw: RawLayer) -> list[Finding]:
    """Note that a table which nobody can place lists the units of a level, and that their codes lost digits in a spreadsheet."""
    levels = named_levels([str(name) for name in raw.frame.columns]) if not isinstance(raw.frame, gpd.GeoDataFrame) else []
    if not levels:
        return []
    words = ROLE_WORDS[levels[-1]]
    english = f"it lists {words['en']} without shapes, which no role takes; join it to the layer that has them, by code"
    said = [Note(english, f"它像是{words['zh']}的名单而没有图形，没有角色可用；可按编码并入有图形的图层")]
    code = recognise(levels[-1], [str(name) for name in raw.frame.columns]).get("code")
    lost = raw.frame.index[raw.frame[code].astype(str).str.fullmatch(_SCIENTIFIC)] if code else []
    if len(lost):
        rows = ", ".join(map(str, lost[:5])) + (" …" if len(lost) > 5 else "")
        english = f"{len(lost)} codes of {code} are in scientific notation (rows {rows}) and lost digits; the cells must be text"
        said.append(Note(english, f"{code} 有 {len(lost)} 个编码成了科学计数法（第 {rows} 行），位数已丢失，单元格应为文本"))
    return find_notes(replace(raw, notes=tuple(said)), Path(raw.file).name)


def _counted(draft: Draft, read: Sources, first: Sequence[Problem]) -> Judged:
    """What a build says of one of the layers it reads."""
    rejected = read.rejected[read.rejected["role"] == draft.role]
    lines = [_of_line(line) for line in rejected.to_dict("records")]
    first_role = next(iter(read.read))  # it tells what is said of no layer in particular
    notes = [found for found in read.findings if found.rule != "row_rejected" and found.facts.get("role", first_role) == draft.role]
    others = [_of_finding(found) for found in notes]
    frame = read.frames[draft.role]
    codes = [_of_finding(found) for found in _find_codes(draft, frame)]
    return Judged((*first, *lines, *codes, *others), len(frame), len(lines))


def _find_codes(draft: Draft, frame: pd.DataFrame) -> list[Finding]:
    """Check the codes of a level's areas as `validate` does: missing, twice, badly formed."""
    if not draft.spec.area_role or "code" not in frame or not isinstance(frame, gpd.GeoDataFrame):
        return []
    return find_codes(frame["code"], frame.geometry.to_numpy(), draft.spec.level, frame["row"].tolist())


def _drafted(draft: Draft) -> Judged:
    """What a build says of a plain table."""
    lines = [_of_line(line) for line in rejected_lines(draft, draft.faults)]
    return Judged((*lines, *(_of_finding(found) for found in draft.notes)), draft.rows_n - len(lines), len(lines))


def _of_line(line: dict[str, object]) -> Problem:
    said = Finding("row_rejected", facts=line)
    row = int(str(line["row"]))
    return Problem("row_rejected", "error", said.message, said.message_zh, row, str(line["field"]), str(line["value"]), (row,))


def _of_fault(raw: RawLayer, fault: Fault) -> Problem:
    return _of_line({"file": Path(raw.file).name, "layer": raw.layer, **vars(fault)})


def _of_finding(found: Finding) -> Problem:
    rows = tuple(int(row) for row in found.rows) or tuple(int(row) for row in [found.facts.get("row", 0)] if row)
    severity = found.severity or severity_of(found.rule)
    field, datum = str(found.facts.get("field", "")), str(found.facts.get("datum", ""))
    return Problem(found.rule, severity, found.message, found.message_zh, rows[0] if rows else 0, field, datum, rows)


def _crs_problems(asked: Asked) -> list[Problem]:
    """Say that nobody states the CRS, or that x and y are exchanged, which only a recipe may put right."""
    looked, near = asked.looked, likely(asked.options)
    file = Path(looked.raw.file).name
    exchanged = bool(near) and all(option.swap for option in near)
    if exchanged and (looked.stated or all(option.crs in ("EPSG:4490", "EPSG:4326") for option in near)):
        message = f"{file}: longitude and latitude (x and y) look exchanged. Correct the file, or say so: swap = true."
        return [Problem("crs_mismatch", "error", message, f"{file}：经度和纬度（x 和 y）似乎写反了。请改正文件，或写明 swap = true。")]
    if looked.crs is not None:
        return []
    fits = f"its numbers fit {named_options(near)}" if near else "its numbers fit no known one"
    first_zh = f"（{near[0].name_zh}）" if len(near) == 1 else ""
    fits_zh = f"数值符合 {named_options(near, 'zh')}{first_zh}" if near else "数值不符合任何已知坐标系"
    message = f"{file} does not say its coordinate system; {fits}. Say which: crs = “…”."
    return [Problem("crs_missing", "error", message, f"{file} 没有写明坐标系；{fits_zh}。请写明 crs。")]
