"""Set sheets in type: a sheet's values and a template give PDF, PNG or SVG, the same bytes whenever the values are the same.

A value reaches the template as JSON in a file beside it, where text is text whatever signs it holds. Chinese type is embedded; the machine's own
is never used, nor its clock.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from functools import lru_cache
from importlib import resources
from typing import Any

import typst
import zxingcpp

from geogrid.sheets.papers import Paper
from geogrid.sheets.values import Change, Notice, Plate, Sheet
from geogrid.sheets.words import words

PPI = 150
"""Dots per inch of a picture: an A4 sheet is 1,754 wide."""
_EPOCH = date(2000, 1, 1)
_RUN = re.compile(r"[^\s\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]{12}(?![\u0300-\u036f])")
_LONGEST = 5_000
"""Longer texts are drawings."""
_LINK, _TEXT = 200, 80
"""So many signs of an address, and of a text in Chinese, make a code with dots of a quarter of a millimetre on A5."""


def set_sheets(sheets: Sequence[Sheet], paper: Paper, kind: str, lang: str, ppi: float = PPI) -> list[bytes]:
    """Return the file of some sheets: one PDF of all, a PNG or an SVG each. `kind`: pdf, png, svg. All sheets are of one kind.

    Safe from several threads.
    """
    if not sheets:
        return []
    made = _compiler(sheets, paper, lang).compile(format=kind, ppi=ppi, timestamp=_timestamp(sheets[0].about.date))
    return list(made) if isinstance(made, list) else [made]


def boxes(sheets: Sequence[Sheet], paper: Paper, lang: str) -> list[dict[str, Any]]:
    """Return what the template measured of each sheet: `part`, `size` of its type, `over` (points beyond its room)."""
    return [each["value"] for each in json.loads(_compiler(sheets, paper, lang).query("<box>"))]


def told(sheets: Sequence[Sheet], paper: Paper, lang: str) -> dict[str, Any]:
    """Return what a template reads: the paper, words of the language, and every sheet with its code to scan as SVG."""
    look = {"width": paper.width, "height": paper.height, "type": paper.type_pt, "unit": paper.unit}
    found = [_told(sheet) for sheet in sheets]
    return {"paper": look, "lang": lang, "words": words(lang), "sheets": found, "breaks": dict(_breaks(found))}


def scanned(sheet: Notice | Plate) -> str:
    """Return what the code on a sheet says: the address of the unit's page where one is known, else its code and name as plain text.

    Only so much that a telephone reads it off the smallest paper: a longer text is cut, instead of a longer address stands the text.
    """
    if sheet.link and len(sheet.link) <= _LINK:
        return sheet.link
    above = [name for _, name, _ in sheet.above] if isinstance(sheet, Plate) else sheet.above
    return " ".join([sheet.code, *above, sheet.title])[:_TEXT]


def _told(sheet: Sheet) -> Mapping[str, Any]:
    if isinstance(sheet, Change):
        return asdict(sheet)
    said = scanned(sheet)
    named = {} if said.isascii() else {"eci": "UTF8"}  # without the mark some readers take Chinese for Japanese
    code = zxingcpp.create_barcode(said, zxingcpp.BarcodeFormat.QRCode, ec_level="M", **named)
    return {**asdict(sheet), "qr": code.to_svg(scale=1, add_quiet_zones=False)}


def _breaks(value: object) -> Iterator[tuple[str, str]]:
    """Yield each text with a long run of signs between which no line may break, and the text with places where one may."""
    if isinstance(value, str):
        if len(value) <= _LONGEST and (broken := _RUN.sub("\\g<0>\u200b", value)) != value:
            yield value, broken
    elif isinstance(value, Mapping | list | tuple):
        for each in value.values() if isinstance(value, Mapping) else value:
            yield from _breaks(each)


def _compiler(sheets: Sequence[Sheet], paper: Paper, lang: str) -> typst.Compiler:
    """Return a compiler of the sheets, one kind of them. What it has set before is remembered as long as only the file of values is another."""
    values = json.dumps(told(sheets, paper, lang), ensure_ascii=False).encode()
    return typst.Compiler({"main.typ": _template(sheets[0].kind), "values.json": values}, font_paths=_fonts())


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    folder = resources.files("pylopdf_fonts_zh_cn")
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)])


@lru_cache(maxsize=4)
def _template(kind: str) -> bytes:
    """Return a template with what all of them share before it."""
    folder = resources.files("geogrid.sheets")
    return b"\n".join(folder.joinpath(name).read_bytes() for name in ("common.typ", f"{kind}.typ"))


def _timestamp(day: str) -> datetime:
    """Return the moment that a file says it was made at: the day of the data, so that the same data give the same bytes."""
    try:
        found = date.fromisoformat(day[:10])
    except ValueError:
        found = _EPOCH
    return datetime.combine(found, time(), UTC)
