"""Tables for offices: CSV and XLSX with the label point of each shape, and no cell that a spreadsheet would run as a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from geogrid.crs import to_wgs84
from geogrid.errors import InputError
from geogrid.exchange.geojson import plain_columns
from geogrid.exchange.rounding import DIGITS

_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
"""What a spreadsheet may run, and what our own guard of it looks like: so the CSV reader gets every text back by taking one apostrophe off."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_XLSX_ROWS = 1_048_576


def to_csv(frame: gpd.GeoDataFrame) -> bytes:
    """Return UTF-8 with BOM: the properties, then `lon`, `lat` of the label point.

    Texts, headings too, that a spreadsheet would run as a formula get a leading ' (OWASP's advice for CSV); `read_csv` takes it off again.
    """
    return _csv(_with_label_point(frame))


def _csv(columns: Mapping[str, list[Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([_harmless(name) for name in columns])
    writer.writerows(zip(*([_harmless(value) for value in values] for values in columns.values()), strict=True))
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def rows_to_csv(frame: pd.DataFrame) -> bytes:
    """Return a table without places as `to_csv` writes one."""
    return _csv(frame.to_dict("list"))


def rows_to_xlsx(frame: pd.DataFrame, path: Path, title: str) -> None:
    """Write a workbook with one sheet of a table without places, texts as texts."""
    book = Workbook(write_only=True)
    _fill(book.create_sheet(title[:31]), frame.to_dict("list"))
    book.save(path)


def frames_to_xlsx(frames: Mapping[str, pd.DataFrame], path: Path, about: Mapping[str, Any]) -> None:
    """Write a workbook with a sheet for each table without places, by title, and a sheet `about`."""
    book = Workbook(write_only=True)
    for title, frame in frames.items():
        _fill(book.create_sheet(title[:31]), frame.to_dict("list"))
    _tell(book, about)
    book.save(path)


def write_xlsx(frame: gpd.GeoDataFrame, path: Path, title: str, about: Mapping[str, Any]) -> None:
    """Write a workbook: sheet `title` with the columns of `to_csv`, texts as texts whatever they begin with, and a sheet `about`."""
    book = Workbook(write_only=True)
    _fill(book.create_sheet(title[:31]), _with_label_point(frame))
    _tell(book, about)
    book.save(path)


def _tell(book: Workbook, about: Mapping[str, Any]) -> None:
    notes = book.create_sheet("about")
    for key, value in about.items():
        notes.append([key, _cell(notes, str(value))])


def _fill(sheet: Any, columns: Mapping[str, list[Any]]) -> None:
    rows_n = len(next(iter(columns.values()), ()))
    if rows_n >= _XLSX_ROWS:
        raise InputError(f"{rows_n} rows do not fit into a workbook; write .csv or .gpkg", f"{rows_n} 行超过工作簿的上限，请写成 .csv 或 .gpkg")
    sheet.append([_cell(sheet, name) for name in columns])
    for row in zip(*columns.values(), strict=True):
        sheet.append([_cell(sheet, value) for value in row])


def _with_label_point(frame: gpd.GeoDataFrame) -> dict[str, list[Any]]:
    inside = to_wgs84(frame.set_geometry(frame.geometry.representative_point())).geometry.to_numpy()
    lon, lat = np.round(shapely.get_x(inside), DIGITS), np.round(shapely.get_y(inside), DIGITS)
    places = {"lon": lon, "lat": lat}
    return {**plain_columns(frame), **{name: [None if np.isnan(value) else value for value in values.tolist()] for name, values in places.items()}}


def _harmless(value: Any) -> Any:
    return "'" + value if isinstance(value, str) and _FORMULA.match(value) else value


def _cell(sheet: Any, value: Any) -> Any:
    """Return a cell of text that stays text: openpyxl makes a formula of what begins with "=", and refuses control characters."""
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, _CONTROL.sub("", value))
    cell.data_type = "s"
    return cell
