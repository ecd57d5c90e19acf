"""CSV by the csv module, and how rows of cells become a table. All values stay as the file has them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

import pandas as pd

from geogrid.reading.limits import check_shape
from geogrid.reading.raw import Fault, Note, RawLayer, refuse
from geogrid.reading.surrounds import LOOKED_THROUGH, beside_note, header_at, is_beside_the_table, title_note
from geogrid.reading.text import decode, guess_note

_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")
_GUARDED = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")
"""How our own CSV export writes a text that a spreadsheet would run as a formula: the apostrophe before it goes again."""


def read_csv(path: Path, layer: str | None = None, encoding: str | None = None) -> RawLayer:
    """Read a CSV file, all values text; the header is row 1, or stands below a title. A row with too few or too many fields is a fault.

    Raises InputError.
    """
    file = str(path)
    data = path.read_bytes()
    text, used = decode(data, file, encoding)
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise refuse(file, f"line {line}: holds a NUL byte, so this is not CSV", f"第 {line} 行含 NUL 字节，不是 CSV", row=line)
    notes = () if encoding else guess_note(data, text, used)
    del data
    frame, faults, beside = table(_records(text, file), file, pad=False)
    return RawLayer(frame, None, file, layer or path.stem, encoding=used, faults=faults, notes=(*notes, *beside))


def _records(text: str, file: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the number and fields of each record; raises InputError with the line where a quote opens and never closes."""
    delimiter = _delimiter(text)
    check_shape(file, 1, text.lstrip("\r\n").split("\n", 1)[0].count(delimiter))
    lines = csv.reader((line[0] for line in _LINE.finditer(text)), delimiter=delimiter, strict=True)
    start = number = 1
    try:
        for number, row in enumerate(lines, 1):
            yield number, [(_GUARDED.match(value) and value[1:]) or value for value in row]
            start = lines.line_num + 1
    except csv.Error as error:
        said = f"line {start}: a quote opens here and never closes, or a value has over {csv.field_size_limit()} characters ({error})"
        raise refuse(file, said, f"第 {start} 行起引号没有闭合，或有超过 {csv.field_size_limit()} 个字符的值", row=start) from None


def _delimiter(text: str) -> str:
    lines = text.lstrip("\r\n").split("\n", LOOKED_THROUGH)[:LOOKED_THROUGH]
    header = next((line for line in lines if any(line.count(mark) for mark in ",;\t")), "")
    return max(",;\t", key=header.count)


def table(numbered: Iterable[tuple[int, Sequence[Any]]], file: str, *, pad: bool) -> tuple[pd.DataFrame, tuple[Fault, ...], tuple[Note, ...]]:
    """Make a frame of numbered rows below their header. `pad`: a row may end early (a sheet's rows end at their last filled cell).

    What stands round the table (a title above the header, totals and signatures below) is noted and not read.
    Raises InputError where there is no row, or the header can not be used.
    """
    filled = ((number, row, length) for number, row in numbered if (length := _length(row)))
    top = list(islice(filled, LOOKED_THROUGH))
    if not top:
        raise refuse(file, "holds no row", "没有任何行")
    at = header_at([row for _, row, _ in top])
    header = _header(top[at][1], file)
    rows: list[int] = []
    good: list[Sequence[Any]] = []
    faults = []
    beside = []
    for number, row, length in chain(top[at + 1 :], filled):
        width = max(len(header), length)
        if is_beside_the_table(row, len(header)):
            beside.append((number, row))
        elif width == len(header) and (pad or len(row) >= width):
            rows.append(number)
            good.append(row if len(row) == width else [*row[:width], *[None] * (width - len(row))])
        else:
            faults.append(_wrong_width(number, min(width, len(row)), len(header)))
    check_shape(file, len(good), len(header))
    index = pd.Index(rows, dtype="int64", name="row")
    notes = (*title_note(top[at][0], [row for _, row, _ in top[:at]]), *beside_note(beside))
    return pd.DataFrame(good, index=index, columns=header, dtype=object), tuple(faults), notes


def _wrong_width(number: int, fields_n: int, header_n: int) -> Fault:
    return Fault(number, f"has {fields_n} fields where the header has {header_n}", f"有 {fields_n} 个字段，表头有 {header_n} 个")


def _length(row: Sequence[Any]) -> int:
    """Count the fields up to the last filled one."""
    return next((i for i in range(len(row), 0, -1) if row[i - 1] not in (None, "")), 0)


def _header(row: Sequence[Any], file: str) -> list[str]:
    names = ["" if value is None else str(value).strip() for value in row]
    while names and not names[-1]:
        names.pop()
    check_shape(file, 1, len(names))
    filled = [name for name in names if name]
    twice = sorted({name for name in filled if filled.count(name) > 1})
    if twice or not filled:
        raise refuse(file, f"the header is empty or repeats {', '.join(twice)}", f"表头为空或重复：{'、'.join(twice)}")
    return [name or f"column {i}" for i, name in enumerate(names, 1)]
