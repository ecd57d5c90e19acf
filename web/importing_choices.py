"""What may be chosen for an import, checked: names, a built-in scheme, bounds, and per layer role, CRS, encoding, columns and the swap of axes."""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Mapping
from typing import Any

from geogrid.crs import parse_crs, shifted_name
from geogrid.errors import CrsError, InputError
from geogrid.schema import ROLES, nearest
from geogrid.scheme import built_in, read_scheme
from web.importing_store import State

ENCODINGS = ("UTF-8", "GB18030", "GBK", "Big5")
LONGEST = 200
LARGEST = 100_000
WIDEST_M = 10
GROUPED = ("bounds", "count", "seeds")
"""How levels are made that have household bounds."""
_KEYS = ("name", "scheme", "bounds", "layers")
_LAYER_KEYS = ("role", "crs", "encoding", "columns", "swap", "homes", "mend")


def checked(body: Mapping[str, Any], state: State) -> dict[str, Any]:
    """Return the changes to `state` that a request asks for. Raises InputError for what is not known, naming the nearest known word."""
    for key in body:
        _known("key", "键", key, _KEYS)
    changes: dict[str, Any] = {}
    if "name" in body:
        changes["name"] = _text(body["name"], "name")
    if "scheme" in body:
        _known("scheme", "方案", body["scheme"], ["", *built_in()])
        changes["scheme"] = body["scheme"]
        changes["bounds"] = {} if body["scheme"] != state["scheme"] else state["bounds"]
    if "bounds" in body:
        changes["bounds"] = _bounds(_table(body["bounds"], "bounds"), changes.get("scheme", state["scheme"]))
    if "layers" in body:
        changes["layers"] = dict(state["layers"])
        for key, choice in _table(body["layers"], "layers").items():
            if not _is_text(key):
                raise InputError(f"layers: a key of at most {LONGEST} characters", f"layers：键不超过 {LONGEST} 字", field="layers", value=key[:100])
            merged = {**changes["layers"].get(key, {}), **_layer(_table(choice, key))}
            changes["layers"][key] = {name: value for name, value in merged.items() if value is not None}
    return changes


def _layer(choice: Mapping[str, Any]) -> dict[str, Any]:
    """Return one layer's choices; None takes one back, and another role takes the columns back with it."""
    made: dict[str, Any] = {}
    for name, value in choice.items():
        _known("choice", "选项", name, _LAYER_KEYS)
        made[name] = None if value is None else _CHECKS[name](value)
    if "role" in made:
        made.setdefault("columns", None)
    return made


def _role(value: Any) -> str:
    if value != "":
        _known("role", "角色", value, ROLES)
    return value


def _crs(value: Any) -> str:
    name = _text(value, "crs")
    if not shifted_name(name):
        try:
            parse_crs(name)
        except CrsError as error:
            raise InputError(error.message, error.message_zh, field="crs", value=name) from None
    return name


def _encoding(value: Any) -> str:
    name = _text(value, "encoding")
    try:
        codecs.lookup(name)
    except (LookupError, ValueError):
        raise InputError(f"encoding {name!r} is not known", f"不认识的文字编码 {name!r}", field="encoding", value=name) from None
    return name


def _columns(value: Any) -> dict[str, str]:
    """Ours → theirs; theirs "" means that no column plays it."""
    known = {name for role in ROLES.values() for name in role.columns}
    for ours, theirs in _table(value, "columns").items():
        _known("column", "字段", ours, known)
        if not _is_text(theirs):
            raise InputError(f"column {ours}: give the name in the file", f"字段 {ours}：请给出文件中的列名", field=ours)
    return dict(value)


def _swap(value: Any) -> bool:
    if not isinstance(value, bool):
        raise InputError("swap: true or false", "swap：true 或 false", field="swap")
    return value


def _mend(value: Any) -> float:
    """Return how wide, in metres, a gap or an overlap may be that is mended."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value <= WIDEST_M:
        raise InputError(f"mend: metres, at most {WIDEST_M}", f"mend：米数，最多 {WIDEST_M}", field="mend")
    return float(value)


def _homes(value: Any) -> list[str]:
    if not isinstance(value, list) or len(value) > LONGEST or not all(map(_is_text, value)):
        raise InputError("homes: a list of the values of the column of uses", "homes：应是用途字段取值的列表", field="homes")
    return value


_CHECKS = {"role": _role, "crs": _crs, "encoding": _encoding, "columns": _columns, "swap": _swap, "homes": _homes, "mend": _mend}


def _bounds(value: Mapping[str, Any], scheme: str) -> dict[str, list[int]]:
    schemes = [scheme] if scheme else built_in()
    levels = {level.id for name in schemes for level in read_scheme(name).levels if level.make in GROUPED}
    made = {}
    for level, pair in value.items():
        _known("level", "层级", level, levels)
        whole = isinstance(pair, list) and len(pair) == 2 and all(isinstance(n, int) and not isinstance(n, bool) for n in pair)
        if not whole or not 0 < pair[0] <= pair[1] <= LARGEST:
            message = f"bounds of {level}: two whole numbers, the smaller first"
            raise InputError(message, f"{level} 的户数界限：请给两个整数，小的在前", field=level, value=str(pair)[:100])
        made[level] = pair
    return made


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST


def _text(value: Any, field: str) -> str:
    """Return a short text without control characters."""
    if not isinstance(value, str) or len(value) > LONGEST:
        raise InputError(f"{field}: a text of at most {LONGEST} characters", f"{field}：请给出不超过 {LONGEST} 字的文字", field=field)
    return "".join(c for c in unicodedata.normalize("NFC", value) if unicodedata.category(c) not in ("Cc", "Cf", "Cs")).strip()


def _table(value: Any, field: str) -> Mapping[str, Any]:
    if not isinstance(value, dict) or len(value) > 1000:
        raise InputError(f"{field}: a JSON object is wanted", f"{field}：应是一个 JSON 对象", field=field)
    return value


def _known(what: str, what_zh: str, name: Any, known: Any) -> None:
    if not isinstance(name, str) or name not in known:
        hint, hint_zh = nearest(str(name)[:100], known)
        raise InputError(f"unknown {what} {str(name)[:100]!r}; {hint}", f"不认识的{what_zh} {str(name)[:100]!r}；{hint_zh}", value=str(name)[:100])
