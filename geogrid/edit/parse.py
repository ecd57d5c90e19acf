"""Edits out of JSON: every key and value is checked, and a wrong one is named with what to write instead."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any, NoReturn
from unicodedata import category

from geogrid.edit.edits import KINDS, Edit, LonLats
from geogrid.errors import EditError

_MOST_TEXT = 1000
_MOST_NAME = 100
_MOST_PARTS = 100
_MOST_POINTS = 10_000
_NUMBER = re.compile("[0-9]{1,18}")


def parse_edit(document: Any) -> Edit:
    """Make an edit of a JSON object. Raises EditError, reason `form`, which names the field (`field`), its value (`value`) and what to write."""
    if not isinstance(document, Mapping):
        _refuse("edit", document, "a JSON object with a kind", "带 kind 的 JSON 对象")
    kind = document.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        _refuse("kind", kind, f"one of {', '.join(KINDS)}", f"{'、'.join(KINDS)} 之一", near=get_close_matches(str(kind), KINDS, 1))
    needed, optional = _FIELDS[kind]
    allowed = (*needed, *optional, "reason")
    for key in document:
        if key not in ("kind", *allowed):
            near = get_close_matches(str(key), allowed, 1)
            _refuse(str(key), document[key], f"only {', '.join(allowed)} in a {kind}", f" {kind} 的 {'、'.join(allowed)}，不写别的", near=near)
    for key in needed:
        if key not in document:
            _refuse(key, None, f"one: a {kind} needs it", f"明：{kind} 必须有此项")
    read = {**needed, **optional, "reason": _text}
    values = {key: read[key](key, document[key]) for key in allowed if key in document}
    if kind == "split" and (values.get("line") is None) == (values.get("parts") is None):
        _refuse("line", document.get("line"), "either a line or a number of parts", "line 与 parts 二者之一")
    return KINDS[kind](**values)


def is_plain(text: str) -> bool:
    """Tell whether a text has but letters, signs and spaces, the wide one of Chinese too: nothing that steers a screen or that no file can hold."""
    return all(sign.isprintable() or category(sign) == "Zs" for sign in text)


def _refuse(name: str, value: Any, wanted: str, wanted_zh: str, near: list[str] | None = None) -> NoReturn:
    shown = repr(value)[:80]
    hint, hint_zh = (f" (did you mean {near[0]!r}?)", f"（是否指 {near[0]!r}？）") if near else ("", "")
    message = f"edit: {name} is {shown}: write {wanted}{hint}"
    raise EditError(message, f"调整：{name} 为 {shown}，应写{wanted_zh}{hint_zh}", reason="form", field=name, value=shown)


def _code(name: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > _MOST_NAME:
        _refuse(name, value, "a code", "一个编码")
    return value


def _code_or_none(name: str, value: Any) -> str | None:
    return None if value is None else _code(name, value)


def _codes(name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not value or not all(isinstance(code, str) and code for code in value):
        _refuse(name, value, "a list of codes, at least one", "编码列表，至少一个")
    return tuple(value)


def _name(name: str, value: Any) -> str:
    if not isinstance(value, str) or len(value) > _MOST_NAME or not (is_plain(value) and value == value.strip()):
        _refuse(name, value, f"a name of at most {_MOST_NAME} letters, without line breaks", f"至多 {_MOST_NAME} 字的名称，不含换行")
    return value


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str) or len(value) > _MOST_TEXT or not is_plain("".join(value.split())):
        _refuse(name, value, f"a text of at most {_MOST_TEXT} letters", f"至多 {_MOST_TEXT} 字的文字")
    return value.strip()


def _parts(name: str, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 2 <= value <= _MOST_PARTS:
        _refuse(name, value, f"a number from 2 to {_MOST_PARTS}", f"2 至 {_MOST_PARTS} 的整数")
    return value


def _line(name: str, value: Any) -> LonLats:
    points = value.get("coordinates") if isinstance(value, Mapping) and value.get("type") == "LineString" else None
    if not isinstance(points, list | tuple) or not 2 <= len(points) <= _MOST_POINTS or not all(_is_place(point) for point in points):
        wanted = f"a GeoJSON LineString in degrees with 2 to {_MOST_POINTS:,} points"
        _refuse(name, value, wanted, f"2 至 {_MOST_POINTS:,} 点的 GeoJSON LineString（经纬度）")
    return tuple((float(point[0]), float(point[1])) for point in points)


def _is_place(point: Any) -> bool:
    if not isinstance(point, list | tuple) or len(point) < 2:
        return False
    if not all(isinstance(v, int | float) and not isinstance(v, bool) for v in point[:2]):
        return False
    return -180 <= point[0] <= 180 and -90 <= point[1] <= 90  # which NaN is not


def _homes(name: str, value: Any) -> tuple[tuple[int, str], ...]:
    ok = isinstance(value, Mapping) and all(_NUMBER.fullmatch(str(cell)) and isinstance(code, str) and code for cell, code in value.items())
    if not ok:
        _refuse(name, value, "an object of cell numbers and unit codes", "剖分单元号到单元编码的对象")
    return tuple(sorted((int(cell), code) for cell, code in value.items()))


def _edits(name: str, value: Any) -> tuple[Edit, ...]:
    if not isinstance(value, list | tuple) or not value:
        _refuse(name, value, "a list of edits, at least one", "调整列表，至少一项")
    if any(isinstance(each, Mapping) and each.get("kind") == "compose" for each in value):
        _refuse(name, value, "the edits in one list: no compose in a compose", "在一个列表内：compose 之内不能再有 compose")
    return tuple(parse_edit(each) for each in value)


_Reader = Callable[[str, Any], Any]
_FIELDS: dict[str, tuple[dict[str, _Reader], dict[str, _Reader]]] = {
    "move": ({"atoms": _codes, "to": _code_or_none}, {}),
    "split": ({"unit": _code}, {"line": _line, "parts": _parts}),
    "merge": ({"units": _codes}, {"into": _code_or_none}),
    "reshape": ({"units": _codes, "line": _line}, {"homes": _homes}),
    "reparent": ({"unit": _code, "parent": _code_or_none}, {}),
    "rename": ({"unit": _code, "name": _name}, {}),
    "create": ({"level": _code, "parent": _code_or_none, "name": _name, "atoms": _codes}, {"unit_kind": _name}),
    "retire": ({"unit": _code}, {}),
    "compose": ({"edits": _edits}, {}),
}
