"""What a request of the editor says: a JSON object whose every member is checked before anything is done with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from typing import Any, NoReturn

from flask import request

from geogrid.edit.edits import Edit
from geogrid.edit.parse import is_plain, parse_edit
from geogrid.errors import InputError
from web.refusals import TooLargeError
from web.served import to_bytes

MOST_TEXT, MOST_NAME = 1000, 100
MOST_NUMBER = 10**9
EDITS_MOST = 500


def body(*allowed: str) -> Mapping[str, Any]:
    """Return the JSON object of the request. Raises InputError where it is none, or has a member that is not `allowed`."""
    try:
        document = request.get_json(force=True, silent=True)
        to_bytes(document)
    except (RecursionError, UnicodeEncodeError, ValueError):  # nested without end; half a sign; NaN and infinity, which are no JSON
        document = None
    if not isinstance(document, Mapping):
        raise InputError("the request's body is no JSON object", "请求内容不是 JSON 对象", field="")
    for name in document:
        if name not in allowed:
            near = get_close_matches(name, allowed, 1)
            _refuse(name, document[name], f"nothing, or {near[0]!r}" if near else f"only {', '.join(allowed)}", f"只接受 {'、'.join(allowed)}")
    return document


def text(document: Mapping[str, Any], name: str, *, otherwise: str = "", most: int = MOST_NAME) -> str:
    """Return a text of at most `most` signs."""
    value = document.get(name)
    if value is None:
        return otherwise
    if not isinstance(value, str) or len(value) > most or not is_plain("".join(value.split())):
        _refuse(name, value, f"a text of at most {most} signs", f"至多 {most} 字的文字")
    return value.strip()


def number(document: Mapping[str, Any], name: str, *, least: int = 0, most: int = MOST_NUMBER) -> int:
    """Return a whole number from `least` to `most`; it must be there."""
    value = document.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        _refuse(name, value, f"a whole number, {least} to {most}", f"{least} 至 {most} 的整数")
    return value


def one_of(document: Mapping[str, Any], name: str, words: Sequence[str]) -> str:
    """Return one of some words."""
    value = document.get(name)
    if not isinstance(value, str) or value not in words:
        _refuse(name, value, f"one of {', '.join(words)}", f"{'、'.join(words)} 之一")
    return value


def yes(document: Mapping[str, Any], name: str) -> bool:
    """Return whether something is asked for; it is not where nothing is said."""
    value = document.get(name, False)
    if not isinstance(value, bool):
        _refuse(name, value, "true or false", "true 或 false")
    return value


def day(document: Mapping[str, Any], name: str) -> date:
    """Return a date."""
    value = document.get(name)
    try:
        return date.fromisoformat(value if isinstance(value, str) and len(value) == len("2026-03-01") else "")
    except ValueError:
        _refuse(name, value, "a date like 2026-03-01", "2026-03-01 这样的日期")


def codes(document: Mapping[str, Any], name: str) -> list[str]:
    """Return a list of codes."""
    value = document.get(name)
    if not isinstance(value, list) or not value or not all(isinstance(code, str) and code for code in value):
        _refuse(name, value, "a list of codes, at least one", "编码列表，至少一个")
    return value


def edits(document: Mapping[str, Any]) -> list[Edit]:
    """Return the edits: that of `edit`, or those of `edits`. Raises EditError for one that says what it must not."""
    if "edits" not in document:
        return [parse_edit(document.get("edit"))]
    several = document["edits"]
    if "edit" in document or not isinstance(several, list) or not several:
        _refuse("edits", several, "a list of edits, at least one, and no edit beside it", "调整列表，至少一项，且不另写 edit")
    if len(several) > EDITS_MOST:
        raise TooLargeError(f"{len(several)} edits in one request: at most {EDITS_MOST}", f"一次最多 {EDITS_MOST} 项调整", field="edits")
    return [parse_edit(each) for each in several]


def _refuse(name: str, value: Any, wanted: str, wanted_zh: str) -> NoReturn:
    shown = repr(value)[:80]
    raise InputError(f"{name}={shown}: write {wanted}", f"{name}={shown}：应为{wanted_zh}", field=name, value=shown)
