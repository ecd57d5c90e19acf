"""All inputs of a recipe, checked at the door: canonical columns, sound shapes, one working CRS, and a list of every row that could not be used.

    files → raw layers → drafts (columns, types, points from lon/lat) → working CRS by extent → projected, mended → Sources

A row is used as it is, mended and said, or rejected and said; no row ever becomes a wrong row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from geogrid.catalogue import shape_why
from geogrid.crs import WGS84, working_crs
from geogrid.errors import InputError
from geogrid.findings import Finding
from geogrid.reading.datums import datum_notes, shift_notes
from geogrid.reading.draft import Draft, draft_role
from geogrid.reading.geometry import Reason, Shapes, is_flat, mend, project
from geogrid.reading.located import check_apart, district_of, faults_of, find_far, located
from geogrid.reading.placement import Extent
from geogrid.reading.raw import Fault
from geogrid.reading.repeats import find_repeats
from geogrid.recipe import Recipe

REJECTED_COLUMNS = ("role", "file", "layer", "row", "field", "value", "reason", "reason_zh")
MAX_REJECTED_SHARE = 0.01


@dataclass(frozen=True, eq=False)
class Sources:
    """The inputs of a recipe by role, in the working CRS (metres), with what was wrong.

    Frames have a RangeIndex, the canonical columns that the file gave (text "" and numbers NaN where missing), `row` as in the file, and,
    but for plain tables, `geometry`. `rejected` has the columns of `REJECTED_COLUMNS`, one line a row. `taken` tells by role which columns went by
    a heading, ours → theirs; `doubtful` which of ours several of theirs could be. `read` tells by role what was read: `file layer rows crs encoding
    columns`.
    """

    frames: Mapping[str, gpd.GeoDataFrame | pd.DataFrame]
    rejected: pd.DataFrame
    findings: list[Finding]
    crs: CRS
    taken: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    doubtful: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    read: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def read_sources(recipe: Recipe, *, accept_rejects: bool = False) -> Sources:
    """Read and check every input of a recipe.

    Raises InputError when a file or column can not be used, or when over 1 % of a role's rows, or any row of an area role, is
    rejected and `accept_rejects` is False; CrsError when a CRS is missing or does not fit.
    """
    return sources_of([draft_role(spec, recipe.path.parent) for spec in recipe.inputs.values()], recipe.path, accept_rejects=accept_rejects)


def sources_of(
    drafted: Sequence[Draft], recipe: Path, *, accept_rejects: bool = False, crs: CRS | None = None, district: Extent | None = None
) -> Sources:
    """Put drafts in place beside one another and check them, as `read_sources` does; `recipe` is named where they lack something.

    What comes to a project that is there stands beside its `district` (degrees: west, south, east, north), in its working `crs`.
    """
    drafts = _in_place(drafted, district)
    crs = crs or _working_crs(drafts, recipe)
    frames: dict[str, gpd.GeoDataFrame | pd.DataFrame] = {}
    rejected, findings = [], []
    for draft in drafts:
        frames[draft.role], faults, notes = _finished(draft, crs)
        lines = rejected_lines(draft, faults)
        if not accept_rejects:
            _check_share(draft, lines)
        rejected += lines
        findings += [*draft.notes, *notes, *(_finding(line, draft) for line in lines)]
    placed = {role: frame for role, frame in frames.items() if isinstance(frame, gpd.GeoDataFrame)}
    findings += [*shift_notes(drafts, placed, crs), *(f for draft in drafts if draft.role in placed for f in find_repeats(placed[draft.role], draft))]
    told = [{draft.role: said for draft in drafts if (said := getattr(draft, name))} for name in ("taken", "doubtful")]
    return Sources(
        frames, pd.DataFrame(rejected, columns=list(REJECTED_COLUMNS)), findings, crs, *told, {draft.role: _described(draft) for draft in drafts}
    )


def _described(draft: Draft) -> dict[str, Any]:
    crs = draft.shifted or (draft.crs.to_string() if draft.crs is not None and draft.geometry is not None else "")
    told = {"file": draft.file, "layer": draft.layer, "rows": draft.rows_n, "crs": crs, "encoding": draft.encoding}
    return {**told, "columns": dict(draft.columns)}


def _in_place(drafts: Sequence[Draft], district: Extent | None) -> list[Draft]:
    """Put every draft in place beside the district, else beside the others."""
    district = district or district_of(drafts)
    drafts = [located(draft, district) for draft in drafts]
    return [replace(draft, notes=[*draft.notes, *check_apart(draft, district), *find_far(draft, district)]) for draft in drafts]


def _working_crs(drafts: list[Draft], recipe: Path) -> CRS:
    """Choose by the extent of the given areas, else of the buildings, else of everything that has a place."""
    placed = [d for d in drafts if d.geometry is not None and not shapely.is_missing(d.geometry).all()]
    if not placed:
        raise InputError(f"recipe {recipe}: no input has a geometry", f"配方 {recipe}：没有任何带几何的输入", file=str(recipe))
    chosen = [d for d in placed if d.spec.area_role] or [d for d in placed if d.role == "buildings"] or placed
    boxes = np.array([_degrees(d) for d in chosen])
    return working_crs(*boxes[:, :2].min(axis=0).tolist(), *boxes[:, 2:].max(axis=0).tolist())


def _degrees(draft: Draft) -> np.ndarray:
    corners = shapely.points(shapely.total_bounds(draft.geometry).reshape(2, 2))
    return shapely.get_coordinates(project(corners, draft.crs or WGS84, WGS84, draft.shifted)).ravel()


def _finished(draft: Draft, crs: CRS) -> tuple[gpd.GeoDataFrame | pd.DataFrame, list[Fault], list[Finding]]:
    """Project and mend; return the frame of the rows that can be used, all faults, and findings on shapes and datum."""
    if draft.geometry is None:
        return _kept(draft.frame, draft.faults, []), draft.faults, []
    own = draft.crs or WGS84
    shapes = mend(project(draft.geometry, own, crs, draft.shifted), draft.spec.geometry, is_flat(draft.geometry, own))
    dropped = _droppable(draft, shapes.empty)
    lost = {i: reason for i, reason in shapes.empty.items() if i not in dropped}
    faults = [*draft.faults, *faults_of(draft, shapes.bad | lost)]
    notes = [*datum_notes(draft), *_shape_notes(draft, shapes, dropped, {fault.row for fault in faults})]
    frame = gpd.GeoDataFrame(draft.frame, geometry=shapes.geometry, crs=crs)
    return _kept(frame, faults, list(dropped)), faults, notes


def _droppable(draft: Draft, empty: Mapping[int, Reason]) -> dict[int, Reason]:
    """Return the shapes without extent that can go with a warning: none of a level of the division, none that carries people."""
    if draft.spec.area_role:
        return {}
    people = np.zeros(len(draft.frame))
    for name in ("households", "persons"):
        people = people + draft.frame[name].fillna(0).to_numpy() if name in draft.frame else people
    return {i: reason for i, reason in empty.items() if people[i] == 0}


def _shape_notes(draft: Draft, shapes: Shapes, dropped: Mapping[int, Reason], lost: set[int]) -> list[Finding]:
    said = {i: shape_why(reason) for i, reason in shapes.mended.items()}
    said |= {i: {"why": f"{reason}; dropped", "why_zh": f"{reason_zh}，已略去"} for i, (reason, reason_zh) in dropped.items()}
    rows = draft.frame["row"].to_numpy()
    severity = "" if draft.spec.area_role else "warning"
    notes = []
    for i, half in sorted(said.items()):
        if rows[i] not in lost:
            facts = {**draft.facts, "row": int(rows[i]), **half}
            units = draft.units(i)
            facts |= {} if units else {"units": f"{draft.file} #{rows[i]}"}
            place = shapely.centroid(shapes.geometry[i]) if i in dropped else shapes.geometry[i]
            notes.append(Finding("geometry_invalid", draft.spec.level, units, place, severity=severity, facts=facts))
    return notes


def _kept(frame: pd.DataFrame, faults: list[Fault], dropped: list[int]) -> pd.DataFrame:
    keep = ~frame["row"].isin({fault.row for fault in faults}).to_numpy()
    keep[dropped] = False
    return frame[keep].reset_index(drop=True)


def rejected_lines(draft: Draft, faults: list[Fault]) -> list[dict[str, object]]:
    """One line a rejected row; where several things are wrong with it, all are said."""
    by_row: dict[int, list[Fault]] = {}
    for fault in faults:
        by_row.setdefault(fault.row, []).append(fault)
    return [
        {
            "role": draft.role,
            "file": draft.file,
            "layer": draft.layer,
            "row": row,
            "field": found[0].field,
            "value": found[0].value,
            "reason": "; ".join(_said(f.field, f.value, f.reason, " ") for f in found),
            "reason_zh": "；".join(_said(f.field, f.value, f.reason_zh, "") for f in found),
        }
        for row, found in sorted(by_row.items())
    ]


def _said(field: str, value: str, reason: str, space: str) -> str:
    return f"{field} {value!r} {reason}" if value and space else f"{field} {value!r}{reason}" if value else reason


def _check_share(draft: Draft, lines: list[dict[str, object]]) -> None:
    limit = 0 if draft.spec.area_role else MAX_REJECTED_SHARE * draft.rows_n
    if len(lines) <= limit:
        return
    en = "; ".join(f"row {line['row']}: {line['reason']}" for line in lines[:3])
    zh = "；".join(f"第 {line['row']} 行：{line['reason_zh']}" for line in lines[:3])
    raise InputError(
        f"{draft.file} ({draft.role}): {len(lines)} of {draft.rows_n} rows can not be used; {en}; mend them or give --accept-rejects",
        f"{draft.file}（{draft.role}）：{draft.rows_n} 行中有 {len(lines)} 行不能使用；{zh}；请改正，或加 --accept-rejects",
        file=draft.file,
        layer=draft.layer,
        role=draft.role,
        row=lines[0]["row"],
        field=lines[0]["field"],
        value=lines[0]["value"],
    )


def _finding(line: Mapping[str, object], draft: Draft) -> Finding:
    return Finding("row_rejected", draft.spec.level, facts=dict(line))
