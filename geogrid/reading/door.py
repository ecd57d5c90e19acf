"""The door: only regular local files of the promised formats come in, and each is what its name says (by its first bytes).

Libraries below open by content, by prefix and by network; so what reaches them is checked here first: no URL, no `/vsi…`, no connection
string, no VRT or web page that calls itself GeoJSON, no archive that unpacks to a thousand times its size.
"""

from __future__ import annotations

import re
import stat
import zipfile
from collections import Counter
from pathlib import Path

from geogrid.errors import InputError
from geogrid.reading.limits import MAX_BYTES, MAX_RATIO, MAX_TEXT_BYTES
from geogrid.reading.raw import refuse
from geogrid.schema import nearest

FORMATS = {
    ".geojson": "geojson",
    ".json": "geojson",
    ".geojsonl": "geojsonl",
    ".geojsons": "geojsonl",
    ".shp": "shapefile",
    ".zip": "zip",
    ".gpkg": "gpkg",
    ".fgb": "flatgeobuf",
    ".parquet": "geoparquet",
    ".geoparquet": "geoparquet",
    ".kml": "kml",
    ".gpx": "gpx",
    ".csv": "csv",
    ".xlsx": "xlsx",
}
_NAMES = {"geojson": "GeoJSON", "shapefile": "a shapefile", "zip": "a zip archive", "gpkg": "a GeoPackage", "flatgeobuf": "a FlatGeobuf file"}
_NAMES |= {
    "geojsonl": "newline-delimited GeoJSON",
    "geoparquet": "GeoParquet",
    "kml": "KML",
    "gpx": "GPX",
    "csv": "CSV text",
    "xlsx": "an XLSX workbook",
}
_MAGIC = {
    "shapefile": b"\0\0\x27\x0a",
    "zip": b"PK\3\4",
    "gpkg": b"SQLite format 3\0",
    "flatgeobuf": b"fgb",
    "geoparquet": b"PAR1",
    "xlsx": b"PK\3\4",
}
# An address, a file system of GDAL's own, with one slash where a path was made of it; "C:/" is a drive.
_ELSEWHERE = re.compile(r"[a-zA-Z][\w+.-]+:[/\\]|.*://|[/\\]vsi[a-z0-9_]*([/\\]|$)|\\\\[?.]\\", re.DOTALL)
_TEXT = ("geojson", "geojsonl", "kml", "gpx", "csv")


def admit(path: str | Path) -> tuple[Path, str]:
    """Return the path and its format, one of the values of `FORMATS`. Raises InputError for anything that must not come in."""
    name = str(path)
    if _ELSEWHERE.match(name):
        raise refuse(name, "not a file on this computer; download it first", "不是本机文件，请先下载")
    file = Path(name)
    try:
        status = file.stat()
    except (OSError, ValueError):
        raise refuse(name, "no such file", "没有这个文件") from None
    kind = FORMATS.get(file.suffix.lower())
    if kind is None:
        raise refuse(
            name, f"format {file.suffix or 'without ending'} is not read; use {' '.join(FORMATS)}", f"不支持这种格式；可用：{' '.join(FORMATS)}"
        )
    if not stat.S_ISREG(status.st_mode):
        raise refuse(name, "not a regular file", "不是普通文件")
    limit = MAX_TEXT_BYTES if kind in _TEXT else MAX_BYTES
    if not 0 < status.st_size <= limit:
        raise _size_error(name, status.st_size, limit)
    _check_content(file, kind)
    return file.absolute(), kind


def _size_error(name: str, size: int, limit: int) -> InputError:
    if not size:
        return refuse(name, "the file is empty", "文件是空的")
    found, most = f"{size / 1e6:,.1f} MB", f"{limit / 1e6:,.0f} MB"
    return refuse(name, f"{found}: files of this kind are read up to {most}; divide it", f"{found}：这种文件最多读 {most}，请拆成几个")


def _check_content(file: Path, kind: str) -> None:
    try:
        with file.open("rb") as stream:
            head = stream.read(65536)
    except OSError as error:
        raise refuse(str(file), f"not readable ({error.strerror})", f"不能读取（{error.strerror}）") from None
    if not _is_kind(head, kind):
        found, found_zh = _look(head)
        raise refuse(str(file), f"is not {_NAMES[kind]} ({found})", f"不是 {_NAMES[kind].split()[-1]} 文件（{found_zh}）")


def _is_kind(head: bytes, kind: str) -> bool:
    if kind in _MAGIC:
        return head.startswith(_MAGIC[kind])
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if kind in ("geojson", "geojsonl"):
        return text.lstrip(b"\x1e").startswith(b"{") if kind == "geojsonl" else text.startswith(b"{")
    if kind in ("kml", "gpx"):
        return text.startswith(b"<")  # what root it has, `markup` finds by parsing
    return not (text.startswith((b"<", b"{", b"%PDF")) or any(head.startswith(magic) for magic in _MAGIC.values()))


def _look(head: bytes) -> tuple[str, str]:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for start, en, zh in (
        (b"<ogrvrt", "it is a GDAL VRT, which is never read", "是 GDAL VRT，从不读取"),
        (b"<!doctype html", "it is a web page", "是网页"),
        (b"<html", "it is a web page", "是网页"),
        (b"<", "it is XML", "是 XML"),
        (b"{", "it is JSON", "是 JSON"),
        (b"[", "it is a JSON list", "是 JSON 列表"),
        (b"sqlite format 3", "it is an SQLite file", "是 SQLite 文件"),
        (b"pk\3\4", "it is a zip archive", "是压缩包"),
        (b"\xd0\xcf\x11\xe0", "it is an old or encrypted Office file; save it as .xlsx", "是旧版或加密的 Office 文件，请另存为 .xlsx"),
        (b"\xff\xfe", "it is UTF-16 text; save it as UTF-8", "是 UTF-16 文本，请另存为 UTF-8"),
        (b"\xfe\xff", "it is UTF-16 text; save it as UTF-8", "是 UTF-16 文本，请另存为 UTF-8"),
    ):
        if text.startswith(start):
            return en, zh
    return "its first bytes do not fit", "文件头不符"


def check_archive(file: Path, limit: int = MAX_BYTES) -> list[zipfile.ZipInfo]:
    """Return the members of an archive which may be unpacked: no link, none encrypted, none twice, of a sane size. Raises InputError.

    `limit`: bytes of all of them together. What a member claims holds: zipfile reads no byte more, and then misses its checksum.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            members = [m for m in archive.infolist() if not m.is_dir()]
    except (zipfile.BadZipFile, OSError, ValueError):
        raise refuse(str(file), "the archive is damaged", "压缩包已损坏") from None
    for member in members:
        if stat.S_ISLNK(member.external_attr >> 16):
            raise refuse(str(file), f"holds a link ({member.filename})", f"压缩包内有链接（{member.filename}）")
        if member.flag_bits & 1:
            raise refuse(str(file), "is encrypted", "压缩包已加密")
    twice = [name for name, n in Counter(m.filename.casefold() for m in members).items() if n > 1]
    if twice:
        raise refuse(str(file), f"holds {twice[0]!r} twice", f"压缩包内有两个 {twice[0]!r}")
    size = sum(m.file_size for m in members)
    if size > limit or size > MAX_RATIO * max(file.stat().st_size, 4096):
        raise refuse(
            str(file),
            f"would unpack to {size / 1e6:,.0f} MB, more than is believed; unpack it yourself",
            f"解压后会有 {size / 1e6:,.0f} MB，大得可疑，没有解压；请自行解压后再用",
        )
    return members


def choose_layer(file: str, names: list[str], wanted: str | None) -> str:
    """Return the one layer that is meant; raises InputError which lists the layers when it is not clear."""
    if wanted is not None:
        if wanted in names:
            return wanted
        hint, hint_zh = nearest(wanted, names)
        raise InputError(f"{file}: no layer {wanted!r}; {hint}", f"{file}：没有图层 {wanted!r}；{hint_zh}", file=file, layer=wanted)
    if len(names) == 1:
        return names[0]
    if not names:
        raise refuse(file, "holds no layer", "没有任何图层")
    raise refuse(
        file,
        f'holds {len(names)} layers ({", ".join(names[:12])}); say which: layer = "…"',
        f"有 {len(names)} 个图层（{'、'.join(names[:12])}），请用 layer 指明",
        layers=tuple(names),
    )
