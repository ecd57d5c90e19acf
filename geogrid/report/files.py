"""The report as a file: a table of figures, and the lists behind them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from geogrid.errors import InputError
from geogrid.exchange.beside import written_beside
from geogrid.exchange.sheet import rows_to_csv, rows_to_xlsx
from geogrid.report.rows import DeclaredRow, tidy
from geogrid.report.subject import Subject
from geogrid.report.titles import title

ENDINGS = (".csv", ".xlsx")
_CELL = 32_767  # what a spreadsheet holds in one cell


def write_rows(rows: Sequence[DeclaredRow], project: Subject, path: Path) -> None:
    """Write the report to a .csv or .xlsx file, whole or not at all. Raises InputError for another ending or a place that can not be written."""
    if path.suffix.lower() not in ENDINGS:
        message = f"{path.name}: unknown ending {path.suffix!r}; write one of {' '.join(ENDINGS)}"
        raise InputError(message, f"{path.name}：不认识的扩展名 {path.suffix!r}；可用：{'、'.join(ENDINGS)}", file=str(path), value=path.suffix)
    with written_beside(path) as beside:
        write_table(rows, project, beside)


def write_table(rows: Sequence[DeclaredRow], project: Subject, path: Path) -> None:
    """Write the report to `path` by its ending."""
    frame = to_frame(rows, project)
    if path.suffix.lower() == ".csv":
        path.write_bytes(rows_to_csv(frame))
    else:
        rows_to_xlsx(frame.map(_in_a_cell), path, "declared")


def to_frame(rows: Sequence[DeclaredRow], project: Subject) -> pd.DataFrame:
    """Return the report as a table: a line a figure, and below it one line for each thing on its lists (`list`, `code`, `label`)."""
    lines = []
    for number, row in enumerate(rows, 1):
        head = {"number": number, "item": title(row, project.scheme, "zh"), "level": row.level, "kind": row.kind}
        figures = {name: tidy(getattr(row, name)) for name in ("declared", "computed", "difference", "unit", "verdict", "severity")}
        lines.append({**head, **figures, "why_zh": row.why_zh, "why": row.why, "source": row.source or row.where, "note": row.note})
        for listing in row.lists:
            told = {"list_zh": listing.title.zh, "list": listing.title.en}
            lines += [{**head, **told, "code": case.code, "label": case.label} for case in listing.cases]
    columns = (
        "number",
        "item",
        "level",
        "kind",
        "declared",
        "computed",
        "difference",
        "unit",
        "verdict",
        "severity",
        "why_zh",
        "why",
        "source",
        "note",
    )
    frame = pd.DataFrame(lines, columns=[*columns, "list_zh", "list", "code", "label"], dtype=object)
    return frame.where(frame.notna(), None)


def _in_a_cell(value: object) -> object:
    return value[: _CELL - 1] + "…" if isinstance(value, str) and len(value) > _CELL else value
