"""Shapefiles, loose or zipped: all parts there, none cut, and Chinese text decoded from its bytes whatever the .cpg says or does not say.

GDAL reads half a file without a word and makes `Ãû³Æ` of a GBK name; so lengths are compared with the headers, and text is taken as
raw bytes (Latin-1 keeps every byte) and decoded here: the recipe's encoding, the .cpg, the code page of the .dbf, else UTF-8 if it is
strictly so, else GB18030.
"""

from __future__ import annotations

import shutil
import struct
import tempfile
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio

from geogrid.errors import InputError
from geogrid.reading.door import FORMATS, check_archive
from geogrid.reading.gdal import as_layer, quietly
from geogrid.reading.limits import check_shape
from geogrid.reading.raw import RawLayer, refuse
from geogrid.reading.text import known_encoding, preview

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
    encodings = _encodings(path, dbf, encoding)
    frame, used = _decoded(frame, encodings, file)
    made = as_layer(frame, path, layer or path.stem, used)
    guessed = len(encodings) > 1 and used == "gb18030"
    return replace(made, notes=(*made.notes, *preview(_first_words(frame)))) if guessed else made


def _first_words(frame: gpd.GeoDataFrame) -> str:
    texts = (value for name in frame if name != "geometry" for value in (str(name), *frame[name]) if isinstance(value, str))
    return next((text for text in texts if not text.isascii()), "")


def read_zip(path: Path, layer: str | None = None, encoding: str | None = None) -> RawLayer:
    """Read the one shapefile of an archive, unpacked by our own rules under our own names. Raises InputError."""
    file = str(path)
    members = [m for m in check_archive(path) if not Path(m.filename).name.startswith("._")]
    stem = _only_shapefile(members, layer, file)
    with tempfile.TemporaryDirectory(prefix="geogrid-") as folder:
        _unpack(path, [m for m in members if m.filename[:-4].casefold() == stem and _suffix(m) in _PARTS], Path(folder))
        try:
            made = read_shapefile(Path(folder, "layer.shp"), None, encoding)
        except InputError as error:
            raise refuse(file, error.message.split(": ", 1)[-1], error.message_zh.split("：", 1)[-1]) from None
    named = next(Path(m.filename).stem for m in members if m.filename[:-4].casefold() == stem and _suffix(m) == ".shp")
    return replace(made, file=file, layer=layer or named)


def _only_shapefile(members: list[zipfile.ZipInfo], layer: str | None, file: str) -> str:
    """Return the name, without ending and folded, of the one shapefile; raises InputError that lists what else could be meant."""
    data = [m for m in members if _suffix(m) in FORMATS]
    shapes = [m for m in data if _suffix(m) == ".shp" and (layer is None or Path(m.filename).stem == layer)]
    if len(shapes) == 1 and (layer is not None or len(data) == 1):
        return shapes[0].filename[:-4].casefold()
    names = ", ".join(sorted(m.filename for m in data or members))[:300] or "nothing"
    hint, hint_zh = ('; say which shapefile: layer = "…"', "；请用 layer 指明 shapefile") if shapes else ("", "")
    layers = tuple(dict.fromkeys(Path(m.filename).stem for m in shapes)) if len(shapes) == len(data) else ()
    message = f"must hold exactly one shapefile, holds {names}{hint}"
    raise refuse(file, message, f"应恰好含一个 shapefile，实含 {names}{hint_zh}", layers=layers)


def _suffix(member: zipfile.ZipInfo) -> str:
    return Path(member.filename).suffix.lower()


def _unpack(path: Path, members: list[zipfile.ZipInfo], folder: Path) -> None:
    """Write members as `layer.shp` and so on: no name of the archive ever becomes a path."""
    with zipfile.ZipFile(path) as archive:
        for member in members:
            try:
                with archive.open(member) as packed, (folder / f"layer{_suffix(member)}").open("wb") as out:
                    shutil.copyfileobj(packed, out)
            except (zipfile.BadZipFile, zlib.error, OSError, NotImplementedError, EOFError) as error:
                raise refuse(str(path), f"{member.filename} is damaged ({error})", f"{member.filename} 已损坏") from None


def _part(path: Path, suffix: str) -> Path:
    for candidate in (path.with_suffix(suffix), path.with_suffix(suffix.upper())):
        if candidate.is_file():
            return candidate
    raise refuse(str(path), f"its {suffix} is missing: send all parts of the shapefile", f"缺少 {suffix}，请一并提供 shapefile 的所有部分")


def _check_lengths(shp: Path, shx: Path, dbf: Path) -> None:
    for part in (shp, shx):
        with part.open("rb") as stream:
            head = stream.read(100)
        if len(head) < 100 or not head.startswith(b"\0\0\x27\x0a") or struct.unpack(">i", head[24:28])[0] * 2 > part.stat().st_size:
            raise refuse(str(shp), f"its {part.suffix} is cut short", f"{part.suffix} 不完整")
    with dbf.open("rb") as stream:
        head = stream.read(32)
    if len(head) < 32:
        raise refuse(str(shp), "its .dbf is cut short", ".dbf 不完整")
    rows, start, width = struct.unpack("<IHH", head[4:12])
    if start + rows * width > dbf.stat().st_size:
        raise refuse(str(shp), "its .dbf is cut short", ".dbf 不完整")
    index = np.fromfile(shx, dtype=">i4", offset=100)
    shapes = len(index) // 2
    if shapes != rows:
        raise refuse(str(shp), f"has {shapes} shapes and {rows} rows of attributes", f"有 {shapes} 个图形、{rows} 行属性，不一致")
    # a small index that names one large shape a million times would fill any memory
    place, size = index[: 2 * shapes].reshape(-1, 2).astype("int64").T * 2
    if (place + size > shp.stat().st_size).any() or len(np.unique(place)) < shapes or size.sum() > shp.stat().st_size:
        raise refuse(str(shp), "its .shx names shapes that are not in the .shp, or one several times", ".shx 指向不存在或重复的图形")
    check_shape(str(shp), rows, (start - 33) // 32 + 1)


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
