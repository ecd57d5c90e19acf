"""Tables without geometry: CSV by the csv module, XLSX by openpyxl in its streaming mode. Values stay as the file has them."""

from __future__ import annotations

import csv
import datetime
import io
import warnings
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from geogrid.reading.door import check_archive, choose_layer
from geogrid.reading.raw import Fault, RawLayer, refuse
from geogrid.reading.text import decode

MAX_COLUMNS = 500


def read_csv(path: Path, layer: str | None = None, encoding: str | None = None) -> RawLayer:
    """Read a CSV file, all values text; the header is row 1. A row with too few or too many fields is a fault. Raises InputError."""
    file = str(path)
    text, used = decode(path.read_bytes(), file, encoding)
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise refuse(file, f"line {line}: holds a NUL byte, so this is not CSV", f"第 {line} 行含 NUL 字节，不是 CSV", row=line)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    rows: list[list[Any]] = []
    start = 1
    try:
        for row in lines:
            rows.append(row)
            start = lines.line_num + 1
    except csv.Error as error:
        raise refuse(file, f"line {start}: a quote opens here and never closes ({error})", f"第 {start} 行起引号没有闭合", row=start) from None
    frame, faults = _table(list(enumerate(rows, 1)), file, pad=False)
    return RawLayer(frame, None, file, layer or path.stem, encoding=used, faults=faults)


def _delimiter(text: str) -> str:
    header = text.lstrip("\r\n").split("\n", 1)[0]
    return max(",;\t", key=header.count) if header else ","


def read_xlsx(path: Path, layer: str | None = None, encoding: str | None = None) -> RawLayer:
    """Read one sheet of a workbook; rows are numbered as Excel does. `encoding` has no say. Raises InputError."""
    del encoding
    file = str(path)
    members = {m.filename for m in check_archive(path)}
    if "xl/workbook.xml" not in members or any(m.endswith("vbaProject.bin") for m in members):
        raise refuse(file, "is not a plain XLSX workbook (no macros)", "不是普通的 XLSX 工作簿（不含宏）")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl's notes on styles and extensions say nothing of values
            return _workbook(path, file, layer)
    except (KeyError, ValueError, TypeError, zipfile.BadZipFile, OSError, SyntaxError, AttributeError) as error:
        raise refuse(file, f"the workbook is damaged ({type(error).__name__}: {error})", "工作簿已损坏") from None


def _workbook(path: Path, file: str, layer: str | None) -> RawLayer:
    import openpyxl  # a fifth of a second that only workbooks need

    with path.open("rb") as stream:
        book = openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)
        names = [sheet.title for sheet in book.worksheets]
        if layer is None and len(names) > 1:
            names = [name for name in names if next(_rows(book[name]), None) is not None] or names[:1]
        chosen = choose_layer(file, names, layer)
        numbered = list(_rows(book[chosen]))
        book.close()
    frame, faults = _table(numbered, file, pad=True)
    return RawLayer(frame, None, file, chosen, faults=faults)


def _rows(sheet: Any) -> Iterable[tuple[int, list[Any]]]:
    """Yield row number and values of each row that holds anything; a claimed size of a million columns is not believed."""
    sheet.reset_dimensions()
    for number, row in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True), 1):
        if any(value not in (None, "") for value in row):
            yield number, [_plain(value) for value in row]


def _plain(value: Any) -> Any:
    """Dates as text; a whole number beyond 15 digits as the float that a workbook really holds, so that no code is read from lost digits."""
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return float(value) if isinstance(value, int) and abs(value) >= 10**15 else value


def _table(numbered: Sequence[tuple[int, list[Any]]], file: str, *, pad: bool) -> tuple[pd.DataFrame, tuple[Fault, ...]]:
    """Make a frame of numbered rows, the first of them the header. `pad`: a row may end early (a sheet's rows end at their last filled cell)."""
    filled = [(number, row) for number, row in numbered if _length(row)]
    if not filled:
        raise refuse(file, "holds no row", "没有任何行")
    header = _header(filled[0][1], file)
    good: dict[int, list[Any]] = {}
    faults = []
    for number, row in filled[1:]:
        cells = row[: max(len(header), _length(row))]
        if pad:
            cells = cells + [None] * (len(header) - len(cells))
        if len(cells) == len(header):
            good[number] = cells
        else:
            reason = f"has {len(cells)} fields where the header has {len(header)}"
            faults.append(Fault(number, reason, f"有 {len(cells)} 个字段，表头有 {len(header)} 个"))
    index = pd.Index(list(good), dtype="int64", name="row")
    return pd.DataFrame(list(good.values()), index=index, columns=header, dtype=object), tuple(faults)


def _length(row: Sequence[Any]) -> int:
    """Count the fields up to the last filled one."""
    return next((i for i in range(len(row), 0, -1) if row[i - 1] not in (None, "")), 0)


def _header(row: Sequence[Any], file: str) -> list[str]:
    names = ["" if value is None else str(value).strip() for value in row]
    while names and not names[-1]:
        names.pop()
    if len(names) > MAX_COLUMNS:
        raise refuse(file, f"has {len(names)} columns, at most {MAX_COLUMNS} are read", f"有 {len(names)} 列，最多读 {MAX_COLUMNS} 列")
    filled = [name for name in names if name]
    twice = sorted({name for name in filled if filled.count(name) > 1})
    if twice or not filled:
        raise refuse(file, f"the header is empty or repeats {', '.join(twice)}", f"表头为空或重复：{'、'.join(twice)}")
    return [name or f"column {i}" for i, name in enumerate(names, 1)]
