"""Files in, a report of each layer out: what it is, which role it could play, which CRS fits, what is wrong with its rows.

Rows are judged by the very code that a build reads with (`geogrid.inspection.problems`), so what is said here is what a build would say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from geogrid.crs import SHIFTED, parse_crs, shifted_name
from geogrid.errors import InputError
from geogrid.inspection.columns import Chosen, choose_columns, code_digits, count_values, report_columns
from geogrid.inspection.looked import Looked, boxes_beside, look
from geogrid.inspection.problems import Asked, Judged, judge
from geogrid.inspection.report import Box, Inspection, LayerReport, Refused, RoleGuess
from geogrid.inspection.roles import first_of_roles, guess_roles, propose
from geogrid.reading.door import FORMATS
from geogrid.reading.headings import recognise
from geogrid.reading.placement import CrsOption, district_extent, fitting, is_exchanged, is_on_globe

_PART = re.compile(r"(\.shp\.xml|\.(dbf|shx|prj|cpg|qpj|sbn|sbx|qix|fix|atx|ind|ain|aih|xml))$", re.IGNORECASE)
"""Endings of the files that lie beside a .shp."""


def inspect_files(paths: Sequence[str | Path], *, layer: str | None = None, crs: str | None = None, encoding: str | None = None) -> Inspection:
    """Inspect files, each layer in the light of all others: those that say where they lie tell where the rest may lie.

    `crs` and `encoding` serve where a file does not say. Files that can not be read stand in `refused`, the others are there all the same.
    Raises CrsError when `crs` is not known.
    """
    if crs and not shifted_name(crs):
        parse_crs(crs)
    looked: list[Looked] = []
    refused: list[Refused] = []
    for path in without_companions(paths):
        try:
            looked += look(path, layer, crs, encoding, strict=False)
        except InputError as error:
            refused.append(Refused(path, error.message, error.message_zh))
    found = [_proposed(one, None, boxes_beside(looked, one)) for one in looked]
    return Inspection(_reports(found, first_of_roles([(one.role, one.score) for one in found])), tuple(refused))


def without_companions(paths: Sequence[str | Path]) -> list[str]:
    """Return each path once, without the parts of shapefiles that are among them: those are read with the .shp, so `*` may name all of a folder."""
    named = list(dict.fromkeys(str(path) for path in paths))
    shapefiles = {name[:-4] for name in named if name.lower().endswith(".shp")}
    return [name for name in named if not (_PART.search(name) and _PART.sub("", name) in shapefiles)]


def inspect_file(
    path: str | Path,
    *,
    layer: str | None = None,
    crs: str | None = None,
    encoding: str | None = None,
    role: str | None = None,
    beside: Sequence[LayerReport] = (),
) -> list[LayerReport]:
    """Report each layer of a file, or the one named. `role` is taken for granted where given; `beside` are layers of the same district.

    Raises InputError when the file can not be read at all, CrsError when `crs` is not known or contradicts what the file says.
    """
    looked = look(path, layer, crs, encoding, strict=True)
    known = [report.bbox for report in beside if report.bbox is not None]
    found = [_proposed(one, role, [*known, *boxes_beside(looked, one)]) for one in looked]
    return list(_reports(found, first_of_roles([(one.role, one.score) for one in found])))


@dataclass(frozen=True, eq=False)
class _Proposed:
    """A layer with the role that is proposed for it, or given, and what follows from it."""

    looked: Looked
    guesses: tuple[RoleGuess, ...]
    role: str
    columns: Chosen
    options: tuple[CrsOption, ...]

    @property
    def score(self) -> float:
        return next((guess.score for guess in self.guesses if guess.role == self.role), 0.0)


def _proposed(looked: Looked, role: str | None, beside: Sequence[Box]) -> _Proposed:
    rows = len(looked.raw.frame) + len(looked.raw.faults)
    guesses = guess_roles(looked.raw.layer, looked.stem, looked.kind, looked.names, rows, _digits(looked))
    chosen = propose(guesses) if role is None else role
    columns = choose_columns(chosen, looked.raw.frame, looked.names, ("lon", "lat", "x", "y") if looked.has_geometry else ())
    return _Proposed(looked, tuple(guesses), chosen, columns, _options(looked, district_extent(beside)))


def _reports(found: Sequence[_Proposed], together: Sequence[int]) -> tuple[LayerReport, ...]:
    judged = judge([Asked(one.looked, one.role, one.columns.columns, one.options) for one in found], together)
    return tuple(_report(one, of) for one, of in zip(found, judged, strict=True))


def _report(found: _Proposed, judged: Judged) -> LayerReport:
    looked, raw, columns = found.looked, found.looked.raw, found.columns
    crs = looked.asked or (_named(looked) if looked.crs is not None else "")
    return LayerReport(
        file=raw.file,
        layer=raw.layer,
        format=FORMATS.get(Path(raw.file).suffix.lower(), ""),
        encoding=raw.encoding,
        rows=len(raw.frame) + len(raw.faults),
        geometry=looked.kind,
        crs=crs,
        crs_name=shifted_name(crs) or (looked.crs.name if looked.crs is not None else ""),
        crs_stated=looked.stated,
        crs_options=found.options,
        bbox=looked.box,
        roles=found.guesses,
        role=found.role,
        columns=report_columns(raw.frame, columns.columns),
        doubtful=columns.doubtful,
        findings=judged.problems,
        usable=judged.usable,
        rejected=judged.rejected,
        proposed=columns.proposed,
        uses=count_values(raw.frame[columns.columns["use"]]) if found.role == "buildings" and "use" in columns.columns else (),
        has_geometry=looked.has_geometry,
        asked_crs=looked.asked,
        asked_encoding=looked.encoding,
        dms=looked.dms,
    )


def _digits(looked: Looked) -> int:
    column = recognise("communities", looked.names).get("code")
    return code_digits(looked.raw.frame[column]) if column is not None else 0


def _named(looked: Looked) -> str:
    code = looked.crs.to_epsg() if looked.crs is not None else None
    return f"EPSG:{code}" if code else looked.crs.name if looked.crs is not None else ""


def _options(looked: Looked, district: Box | None) -> tuple[CrsOption, ...]:
    """Return what the numbers could be: nothing to choose where the file says it and they can be so."""
    if not len(looked.shapes) or (looked.stated and (looked.box is None or is_on_globe(looked.box)) and not _exchanged(looked, district)):
        return ()
    found = [option for option in fitting(looked.shapes, looked.crs, district) if "…" not in option.crs]
    made = [replace(o, inside_share=_rounded(o.inside_share, 4), distance_km=_rounded(o.distance_km, 1)) for o in _distinct(found)]
    # in degrees nobody can see the datum, so what the format says goes first
    plain = [option for option in made if option.crs not in SHIFTED]
    return (*plain, *(option for option in made if option.crs in SHIFTED))


def _exchanged(looked: Looked, district: Box | None) -> bool:
    return looked.box is not None and is_exchanged(looked.box, district)


def _distinct(options: Sequence[CrsOption]) -> list[CrsOption]:
    """Leave out what only bears another name: a 6-degree zone round the meridian of a 3-degree one."""
    made: dict[Any, CrsOption] = {}
    for option in options:
        crs = None if option.crs in SHIFTED else parse_crs(option.crs)
        if crs is None or crs.coordinate_operation is None or crs.geodetic_crs is None:
            made[option.crs, option.swap] = option
            continue
        way = tuple((p.name, round(p.value, 6)) for p in crs.coordinate_operation.params)
        made.setdefault((way, crs.geodetic_crs.name, option.swap), option)
    return list(made.values())


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
