"""Shapefiles, loose or zipped: all parts there, none cut, and Chinese text decoded from its bytes whatever the .cpg says or does not say.

GDAL reads half a file without a word and makes `Ãû³Æ` of a GBK name; so lengths are compared with the headers, and text is taken as
raw bytes (Latin-1 keeps every byte) and decoded here: the recipe's encoding, the .cpg, the code page of the .dbf, else UTF-8 if it is
strictly so, else GB18030.
"""

from __future__ import annotations

import struct
import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio

from geogrid.errors import InputError
from geogrid.reading.door import check_archive
from geogrid.reading.gdal import as_layer, quietly
from geogrid.reading.raw import RawLayer, refuse
from geogrid.reading.text import known_encoding

_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_GBK_PAGES = (0x4D, 0x7A)


def read_shapefile(path: Path, layer: str | None = None, encoding: str | None = None) -> RawLayer:
    """Read a shapefile with its parts beside it. Raises InputError naming the part that is missing, cut or not decodable."""
    file = str(path)
    dbf = _part(path, ".dbf")
    _check_lengths(path, _part(path, ".shx"), dbf)

    def read() -> gpd.GeoDataFrame:
        return pyogrio.read_dataframe(path, encoding="ISO-8859-1", use_arrow=False, on_invalid="ignore", datetime_as_string=True)

    frame = quietly(read, file)
    frame, used = _decoded(frame, _encodings(path, dbf, encoding), file)
    return as_layer(frame, path, layer or path.stem, used)


def read_zip(path: Path, layer: str | None = None, encoding: str | None = None) -> RawLayer:
    """Read the one shapefile of an archive, unpacked by our own rules under our own names. Raises InputError."""
    members = [m for m in check_archive(path) if Path(m.filename).suffix.lower() in _PARTS and not Path(m.filename).name.startswith("._")]
    shapes = [m for m in members if m.filename.lower().endswith(".shp")]
    if layer is not None and len(shapes) > 1:
        shapes = [m for m in shapes if Path(m.filename).stem == layer]
    if len(shapes) != 1:
        names = ", ".join(sorted(m.filename for m in members))[:300] or "no part of a shapefile"
        raise refuse(str(path), f"must hold exactly one shapefile, holds {names}", f"应恰好含一个 shapefile，实含 {names}")
    stem = shapes[0].filename[:-4].casefold()
    with tempfile.TemporaryDirectory(prefix="geogrid-") as folder, zipfile.ZipFile(path) as archive:
        for member in members:
            if member.filename[:-4].casefold() == stem:
                try:
                    data = archive.read(member)
                except (zipfile.BadZipFile, OSError, NotImplementedError, EOFError) as error:
                    raise refuse(str(path), f"{member.filename} is damaged ({error})", f"{member.filename} 已损坏") from None
                Path(folder, "layer" + Path(member.filename).suffix.lower()).write_bytes(data)
        try:
            made = read_shapefile(Path(folder, "layer.shp"), None, encoding)
        except InputError as error:
            raise refuse(str(path), error.message.split(": ", 1)[-1], error.message_zh.split("：", 1)[-1]) from None
    return replace(made, file=str(path), layer=layer or Path(shapes[0].filename).stem)


def _part(path: Path, suffix: str) -> Path:
    for candidate in (path.with_suffix(suffix), path.with_suffix(suffix.upper())):
        if candidate.is_file():
            return candidate
    raise refuse(str(path), f"its {suffix} is missing: send all parts of the shapefile", f"缺少 {suffix}，请一并提供 shapefile 的所有部分")


def _check_lengths(shp: Path, shx: Path, dbf: Path) -> None:
    for part in (shp, shx):
        with part.open("rb") as stream:
            head = stream.read(100)
        if len(head) < 100 or struct.unpack(">i", head[24:28])[0] * 2 > part.stat().st_size:
            raise refuse(str(shp), f"its {part.suffix} is cut short", f"{part.suffix} 不完整")
    with dbf.open("rb") as stream:
        head = stream.read(32)
    if len(head) < 32:
        raise refuse(str(shp), "its .dbf is cut short", ".dbf 不完整")
    rows, start, width = struct.unpack("<IHH", head[4:12])
    if start + rows * width > dbf.stat().st_size:
        raise refuse(str(shp), "its .dbf is cut short", ".dbf 不完整")
    shapes = (shx.stat().st_size - 100) // 8
    if shapes != rows:
        raise refuse(str(shp), f"has {shapes} shapes and {rows} rows of attributes", f"有 {shapes} 个图形、{rows} 行属性，不一致")


def _encodings(path: Path, dbf: Path, given: str | None) -> list[str]:
    """List the encodings to try, each strictly: only one where somebody says it, and what usually comes where nobody does."""
    if given:
        return [known_encoding(given, str(path))]
    cpg = next((p for p in (path.with_suffix(".cpg"), path.with_suffix(".CPG")) if p.is_file()), None)
    stated = cpg.read_bytes()[:64].decode("ascii", "replace").strip() if cpg else ""
    if stated:
        return [known_encoding(stated, str(path))]
    with dbf.open("rb") as stream:
        page = stream.read(30)[29]
    return ["gb18030"] if page in _GBK_PAGES else ["utf-8", "gb18030"]


def _decoded(frame: gpd.GeoDataFrame, encodings: list[str], file: str) -> tuple[gpd.GeoDataFrame, str]:
    texts = [name for name in frame.columns if name != "geometry" and not pd.api.types.is_numeric_dtype(frame[name])]
    for encoding in encodings:
        try:
            made = frame.assign(**{name: _column(frame[name], encoding) for name in texts})
            return made.rename(columns={name: _again(name, encoding) for name in frame.columns}), encoding
        except UnicodeDecodeError:
            continue
    message = f'its text is not {" nor ".join(encodings)}; give encoding = "…" in the recipe'
    raise refuse(file, message, f"文字不是 {'、'.join(encodings)} 编码，请在配方里写明 encoding")


def _column(column: pd.Series, encoding: str) -> pd.Series:
    values = np.array([_again(v, encoding) if isinstance(v, str) else v for v in column], dtype=object)
    return pd.Series(values, index=column.index, dtype=object)


def _again(text: str, encoding: str) -> str:
    """Decode text that Latin-1 kept byte by byte.

    >>> _again("ÃûÂ\xa0", "gb18030")[0]
    '名'
    """
    return text if text.isascii() else text.encode("latin-1").decode(encoding)
