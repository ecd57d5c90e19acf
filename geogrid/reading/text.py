"""Bytes to words without guessing in silence: strict UTF-8 first, then GB18030, and what was used is said.

Chinese offices send GBK far more often than they say so; a wrong guess makes wrong names, so a text that is half the one and half the
other is refused with the line where it changes.
"""

from __future__ import annotations

import codecs
import re

from geogrid.reading.raw import Note, refuse

_ALIASES = {
    "936": "gb18030",
    "cp936": "gb18030",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "ansi 936": "gb18030",
    "oem 936": "gb18030",
    "ms936": "gb18030",
}
_ALIASES |= {"65001": "utf-8", "utf8": "utf-8", "ansi 1252": "cp1252", "1252": "cp1252", "ldid/77": "gb18030", "88591": "latin-1", "950": "cp950"}
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# Controls, zero width and bidi marks: invisible in a table, harmful in a name.
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")


def known_encoding(name: str, file: str) -> str:
    """Return Python's name of an encoding as a recipe or a .cpg file writes it; raises InputError when nobody knows it.

    >>> known_encoding("CP936", "a.cpg")
    'gb18030'
    """
    plain = name.strip().strip("\x00").casefold()
    try:
        return codecs.lookup(_ALIASES.get(plain, plain)).name
    except (LookupError, ValueError):
        raise refuse(
            file, f"unknown encoding {name.strip()!r}; write UTF-8 or GB18030", f"不认识的编码 {name.strip()!r}；请写 UTF-8 或 GB18030", value=name
        ) from None


def decode(data: bytes, file: str, encoding: str | None = None) -> tuple[str, str]:
    """Decode a whole text file; return the text without byte order mark and the encoding used. Raises InputError with the line."""
    if encoding:
        return _strictly(data, known_encoding(encoding, file), file)
    for mark, name in _BOMS:
        if data.startswith(mark):
            return _strictly(data, name, file)
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        _check_not_mixed(data, error.start, file)
        return _strictly(data, "gb18030", file)


def guess_note(data: bytes, text: str, encoding: str) -> tuple[Note, ...]:
    """Say that nobody said the encoding and what words came out, where it is not UTF-8 and no byte order mark settles it."""
    if encoding != "gb18030" or data.isascii():
        return ()
    return preview(next((line for line in text.splitlines() if not line.isascii()), ""))


def preview(words: str) -> tuple[Note, ...]:
    """Make the note of words that were taken for GB18030 because they are no UTF-8."""
    said = CONTROLS.sub("", words)[:40]
    hint, hint_zh = 'give encoding = "…" if this is wrong', "如有误请写明 encoding"
    unquoted = f"taken for GB18030; {hint}", f"按 GB18030 解读；{hint_zh}"
    return (Note(f"taken for GB18030, as in {said!r}; {hint}", f"按 GB18030 解读，如“{said}”；{hint_zh}", unquoted),)


def _strictly(data: bytes, encoding: str, file: str) -> tuple[str, str]:
    try:
        return data.decode(encoding).removeprefix("\ufeff"), encoding
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f'line {line}, byte {error.start}: not {encoding} text; save it as UTF-8, or give encoding = "GB18030"'
        raise refuse(file, message, f"第 {line} 行（第 {error.start} 字节）不是 {encoding} 文本，请另存为 UTF-8 或指明 encoding", row=line) from None


def _check_not_mixed(data: bytes, first_bad: int, file: str) -> None:
    """Refuse a file of which many lines are UTF-8 and others are not: a single line of GBK may look like UTF-8 by chance, a fifth may not."""
    lines = [line for line in data.split(b"\n") if not line.isascii()]
    good = sum(_is_utf8(line) for line in lines)
    if good >= 2 and good >= 0.2 * len(lines):
        line = data.count(b"\n", 0, first_bad) + 1
        raise refuse(
            file, f"line {line}: mixes UTF-8 with another encoding; save it as UTF-8", f"第 {line} 行起混用两种编码，请另存为 UTF-8", row=line
        )


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
