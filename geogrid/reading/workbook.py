"""XLSX by openpyxl in its streaming mode: values only. A formula is never evaluated: what counts is the value that was stored with it.

A workbook is an archive of XML, so its parts are looked through first: their size, entities, rows where no spreadsheet has any.
"""

from __future__ import annotations

import datetime
import re
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from geogrid.reading.door import check_archive, choose_layer
from geogrid.reading.limits import MAX_SHEET_BYTES
from geogrid.reading.raw import Fault, Note, RawLayer, refuse
from geogrid.reading.tables import table

_MAX_ROW = 1_048_576
_MAX_COLUMN = 702  # ZZ: what stands further out is looked for by its three letters
_CHUNK, _TAIL = 2**20, 256
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_FAR_ROW = re.compile(rb"<(?:\w+:)?row\s[^>]{0,200}?\br=[\"'](\d{7,})")
_FAR_CELL = re.compile(rb"<(?:\w+:)?c\s[^>]{0,200}?\br=[\"'][A-Za-z]{3,}\d")
_ABOUT = ("about", "说明", "填表说明", "填报说明")
"""Sheets that say something of the others, as our own exports have one: not meant where no sheet is named."""
_DAMAGE = (KeyError, ValueError, TypeError, zipfile.BadZipFile, OSError, SyntaxError, AttributeError, IndexError, OverflowError, EOFError)
_DAMAGE += (NotImplementedError, RecursionError, zipfile.zlib.error)


def read_xlsx(path: Path, layer: str | None = None, encoding: str | None = None) -> RawLayer:
    """Read one sheet of a workbook; rows are numbered as Excel does. `encoding` has no say. Raises InputError."""
    del encoding
    file = str(path)
    members = check_archive(path, MAX_SHEET_BYTES)
    names = {m.filename for m in members}
    if "xl/workbook.xml" not in names or any(name.endswith("vbaProject.bin") for name in names):
        raise refuse(file, "is not a plain XLSX workbook (no macros)", "不是普通的 XLSX 工作簿（不含宏）")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl's notes on styles and extensions say nothing of values
            seen = _look_through(path, members)
            made = _workbook(path, file, layer, has_formulas="formula" in seen)
    except _DAMAGE as error:
        raise refuse(file, f"the workbook is damaged ({type(error).__name__}: {error})", "工作簿已损坏") from None
    far = Note("cells beyond column ZZ are not read", "ZZ 列以后的单元格没有读取")
    return replace(made, notes=(*made.notes, far)) if "far" in seen else made


def _look_through(path: Path, members: list[zipfile.ZipInfo]) -> set[str]:
    """Say what stands in the parts: "formula", "far" (cells beyond column ZZ). Raises InputError for entities and rows beyond the last one."""
    seen: set[str] = set()
    with zipfile.ZipFile(path) as archive:
        for member in members:
            for text in _chunks(archive, member):
                if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
                    raise refuse(str(path), f"{member.filename} declares a document type or entities", f"{member.filename} 含文档类型或实体声明")
                if any(int(row) > _MAX_ROW for row in _FAR_ROW.findall(text)):
                    raise refuse(str(path), f"{member.filename} claims rows beyond {_MAX_ROW}", f"{member.filename} 声称有 {_MAX_ROW} 行以后的行")
                seen |= {"formula"} if _FORMULA.search(text) else set()
                seen |= {"far"} if _FAR_CELL.search(text) else set()
    return seen


def _chunks(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield an XML part piece by piece, each with the end of the one before; UTF-16 looks like ASCII once its zeros are out."""
    if not member.filename.lower().endswith((".xml", ".rels")):
        return
    tail = b""
    with archive.open(member) as stream:
        while piece := stream.read(_CHUNK):
            text = tail + piece.replace(b"\0", b"")
            yield text
            tail = text[-_TAIL:]


def _workbook(path: Path, file: str, layer: str | None, *, has_formulas: bool) -> RawLayer:
    with path.open("rb") as stream:
        book = _open(stream, values=True)
        names, passed = [sheet.title for sheet in book.worksheets], []
        if layer is None and len(names) > 1:
            filled = [name for name in names if next(_rows(book[name]), None) is not None] or names[:1]
            names = [name for name in filled if name.strip().casefold() not in _ABOUT] or filled
            passed = [name for name in filled if name not in names]
        chosen = choose_layer(file, names, layer)
        frame, faults, notes = table(_rows(book[chosen]), file, pad=True)
        if has_formulas:
            unknown = _unknown_values(book[chosen], _open(stream, values=False)[chosen])
            faults = (*faults, *(fault for fault in unknown if fault.row in frame.index))
            frame = frame.drop(index=[fault.row for fault in faults], errors="ignore")
        book.close()
    notes = (*notes, *(Note(f"sheet {name} is not read", f"工作表 {name} 没有读取") for name in passed))
    return RawLayer(frame, None, file, chosen, faults=faults, notes=notes)


def _open(stream: Any, *, values: bool) -> Any:
    import openpyxl  # a fifth of a second that only workbooks need

    return openpyxl.load_workbook(stream, read_only=True, data_only=values, keep_links=False)


def _rows(sheet: Any) -> Iterator[tuple[int, list[Any]]]:
    """Yield row number and values of each row that holds anything; a claimed size of a million columns is not believed."""
    sheet.reset_dimensions()
    for number, row in enumerate(sheet.iter_rows(max_row=_MAX_ROW, max_col=_MAX_COLUMN, values_only=True), 1):
        if any(value not in (None, "") for value in row):
            yield number, [_plain(value) for value in row]


def _unknown_values(stored: Any, written: Any) -> Iterator[Fault]:
    """Yield a fault for each row that has a formula without a stored value: nobody here computes it. At most one a row."""
    size = {"max_row": _MAX_ROW, "max_col": _MAX_COLUMN}
    for sheet in (stored, written):
        sheet.reset_dimensions()
    for number, (values, cells) in enumerate(zip(stored.iter_rows(**size, values_only=True), written.iter_rows(**size), strict=False), 1):
        for value, cell in zip(values, cells, strict=False):
            if value is None and cell.data_type == "f":
                said = "is a formula without a stored value; open and save the file in a spreadsheet program"
                yield Fault(number, said, "是没有存值的公式，请用表格软件打开并保存", cell.column_letter, str(cell.value)[:80])
                break


def _plain(value: Any) -> Any:
    """Dates as text; a whole number beyond 15 digits as the float that a workbook really holds, so that no code is read from lost digits."""
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return float(value) if isinstance(value, int) and abs(value) >= 10**15 else value
