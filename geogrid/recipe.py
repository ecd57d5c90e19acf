"""A recipe: which files play which roles, how their columns are called, and what of the scheme is different here (TOML).

    name = "Lixia"
    scheme = "community-grid-microgrid"
    [inputs.buildings]
    path = "buildings.gpkg"
    columns = { floors = "层数" }            # ours = theirs

Every key is checked: what nobody knows is an error that names the nearest known word, never silently passed over.
"""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from geogrid.declared import Declared, read_amount
from geogrid.errors import InputError, RecipeError, SchemeError
from geogrid.schema import ROLES, nearest, spec_of
from geogrid.scheme import read_scheme

_KEYS: dict[str, type | tuple[type, ...]] = {
    "name": str,
    "scheme": str,
    "seed": int,
    "simulated": bool,
    "source": str,
    "date": (str, datetime.date),
    "inputs": dict,
    "levels": dict,
    "declared": list,
}
_DECLARED_KEYS = ("item", "level", "kind", "value", "unit", "source", "note")
_INPUT_KEYS: dict[str, type] = {"path": str, "layer": str, "crs": str, "columns": dict, "encoding": str, "homes": list, "swap": bool, "dms": bool}
_PATROL_KEYS: dict[str, type] = {"keep_days": int, "time_zone": str}
_EVENT_KEYS: dict[str, type] = {"time_zone": str}
_ZONE = re.compile(r"([+-])(\d{2}):?(\d{2})")
_TYPE_NAMES = {
    str: ("text", "文字"),
    int: ("a whole number", "整数"),
    bool: ("true or false", "true 或 false"),
    dict: ("a table", "一个表"),
    list: ("a list", "一个列表"),
}


@dataclass(frozen=True)
class InputSpec:
    """One input: `path` is absolute; `columns` maps our names to theirs; `layer`, `crs`, `encoding` only where the file needs them.

    `homes`: the values of the buildings' `use` that mean homes; empty leaves it to the scheme's `home_uses`. `swap`: the file has latitude
    (northing) where longitude (easting) should stand; `dms`: degrees, minutes and seconds as text are taken for what they say.
    `zone_s`: seconds by which times that say no zone, and working hours, are ahead of UTC; `keep_days`: so long are points of patrols kept.
    """

    role: str
    path: Path
    layer: str | None = None
    crs: str | None = None
    columns: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    encoding: str | None = None
    homes: tuple[str, ...] = ()
    swap: bool = False
    dms: bool = False
    zone_s: int = 28_800
    keep_days: int = 0


@dataclass(frozen=True)
class Recipe:
    """A district to build. `inputs` by role in the order of the file; `levels` are overrides of the scheme's levels, unread here.

    `declared`: the figures of its `[[declared]]` tables, each of which can be read.
    """

    name: str
    scheme: str
    seed: int
    inputs: Mapping[str, InputSpec]
    levels: Mapping[str, Mapping[str, Any]]
    path: Path
    simulated: bool = False
    source: str = ""
    date: str = ""
    declared: tuple[Declared, ...] = ()


def read_recipe(path: str | Path) -> Recipe:
    """Read a recipe. Raises RecipeError naming the key, what is wrong with it, and the nearest known word."""
    file = Path(path).absolute()
    try:
        table = tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        raise RecipeError(f"recipe {path}: no such file", f"配方 {path}：没有这个文件", file=str(path)) from None
    except OSError as error:
        raise RecipeError(f"recipe {path}: not readable ({error.strerror})", f"配方 {path}：不能读取（{error.strerror}）", file=str(path)) from None
    except UnicodeDecodeError as error:
        message = f"recipe {path}: not UTF-8 at byte {error.start}; save it as UTF-8"
        raise RecipeError(message, f"配方 {path}：第 {error.start} 字节起不是 UTF-8，请另存为 UTF-8", file=str(path)) from None
    except tomllib.TOMLDecodeError as error:
        raise RecipeError(f"recipe {path}: not TOML: {error}", f"配方 {path}：不是有效的 TOML（{error}）", file=str(path)) from None
    return parse_recipe(table, file)


def parse_recipe(table: Mapping[str, Any], path: Path) -> Recipe:
    """Make a Recipe of a TOML table; relative paths start from the folder of `path`. Raises RecipeError."""
    where = f"recipe {path.name}"
    _check_keys(table, _KEYS, where)
    for key in ("name", "scheme"):
        if not table.get(key):
            raise _error(f'{where}: needs {key} = "…"', f'配方 {path.name}：缺少 {key} = "…"', path, key)
    inputs = table.get("inputs", {})
    if not inputs:
        raise _error(f"{where}: needs at least one [inputs.ROLE]", f"配方 {path.name}：至少要有一个 [inputs.角色]", path, "inputs")
    known = (*ROLES, *(_own_roles(str(table["scheme"]), path) if set(inputs) - set(ROLES) else ()))
    for level, overrides in table.get("levels", {}).items():
        if not isinstance(overrides, dict):
            raise _error(f"{where}: [levels.{level}] must be a table", f"配方 {path.name}：[levels.{level}] 应是一个表", path, f"levels.{level}")
    return Recipe(
        name=table["name"],
        scheme=table["scheme"],
        seed=table.get("seed", 0),
        inputs=MappingProxyType({role: _input(role, entry, path, known) for role, entry in inputs.items()}),
        levels=MappingProxyType({level: MappingProxyType(dict(overrides)) for level, overrides in table.get("levels", {}).items()}),
        path=path,
        simulated=table.get("simulated", False),
        source=table.get("source", ""),
        date=str(table.get("date", "")),
        declared=tuple(_declared(entry, number, path) for number, entry in enumerate(table.get("declared", []), 1)),
    )


def _declared(entry: Any, number: int, path: Path) -> Declared:
    """Read one `[[declared]]` table, the `number`-th of its recipe."""
    where = f"recipe {path.name} [[declared]] {number}"
    if not isinstance(entry, dict):
        raise _error(f"{where}: must be a table; write [[declared]] above it", f"{where}：应是一个表，请在前面写 [[declared]]", path, "declared")
    for key, value in entry.items():
        if key not in _DECLARED_KEYS:
            raise _unknown("key", "键", key, _DECLARED_KEYS, where, path)
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise _error(f"{where}: {key} = {value!r} must be text or a number", f"{where}：{key} = {value!r} 应为文字或数", path, key)
    texts = {key: _plain(value) for key, value in entry.items()}
    if not texts.get("value") or not (texts.get("item") or texts.get("level")):
        raise _error(f'{where}: needs item = "…" and value = …', f'{where}：缺少 item = "…" 或 value = …', path, "value")
    made = Declared(
        **{key: texts.get(key, "") for key in ("item", "level", "value", "source", "unit", "kind", "note")}, where=f"{path.name} #{number}"
    )
    try:
        read_amount(made.figure)
    except InputError as error:
        raise _error(f"{where}: {error.message}", f"{where}：{error.message_zh}", path, "value") from None
    return made


def _plain(value: str | int | float) -> str:
    """Write a value of TOML as text: 785000.0 is 785000."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


def _own_roles(scheme: str, path: Path) -> list[str]:
    """Return the roles of the scheme's given levels, as `villages`; none where it can not be read, which is told when it is needed."""
    try:
        return [level.role for level in read_scheme(scheme, path.parent).levels if level.make == "given"]
    except SchemeError:
        return []


def _input(role: str, entry: Any, path: Path, known: Sequence[str]) -> InputSpec:
    where = f"recipe {path.name} [inputs.{role}]"
    if role not in known:
        raise _unknown("role", "角色", role, known, where, path)
    if not isinstance(entry, dict):
        raise _error(f'{where}: must be a table with path = "…"', f'{where}：应是一个含 path = "…" 的表', path, role)
    _check_keys(entry, {**_INPUT_KEYS, **{"patrols": _PATROL_KEYS, "events": _EVENT_KEYS}.get(role, {})}, where, path)
    if not entry.get("path"):
        raise _error(f'{where}: needs path = "…"', f'{where}：缺少 path = "…"', path, "path")
    columns = entry.get("columns", {})
    for ours, theirs in columns.items():
        if ours not in spec_of(role).columns:
            raise _unknown("column", "字段", ours, spec_of(role).columns, where, path)
        if not isinstance(theirs, str):
            raise _error(
                f"{where}: column {ours} = {theirs!r} must be the name in the file", f"{where}：字段 {ours} = {theirs!r} 应为文件中的列名", path, ours
            )
    if entry["path"].startswith(("\\\\", "//")):  # Windows would sign in at whatever computer the recipe names
        message = f"{where}: path = {entry['path']!r} names another computer; copy the file beside the recipe"
        raise _error(message, f"{where}：path = {entry['path']!r} 指向别的计算机；请把文件复制到配方旁", path, "path")
    file = Path(_joined(path.parent, entry["path"]))
    return InputSpec(
        role,
        file,
        entry.get("layer"),
        entry.get("crs"),
        MappingProxyType(dict(columns)),
        entry.get("encoding"),
        tuple(str(v) for v in entry.get("homes", ())),
        entry.get("swap", False),
        entry.get("dms", False),
        _zone_s(entry.get("time_zone", "+08:00"), where, path),
        _keep_days(entry.get("keep_days", 0), where, path),
    )


def zone_seconds(zone: str) -> int | None:
    """Return the seconds by which a zone such as +08:00 is ahead of UTC; None for what is no zone.

    >>> zone_seconds("+08:00"), zone_seconds("-0330"), zone_seconds("+99:00")
    (28800, -12600, None)
    """
    found = _ZONE.fullmatch(zone.strip())
    if not found:
        return None
    hours, minutes = int(found[2]), int(found[3])
    return (1 if found[1] == "+" else -1) * (hours * 3600 + minutes * 60) if hours <= 14 and minutes < 60 else None


def _zone_s(zone: str, where: str, path: Path) -> int:
    seconds = zone_seconds(zone)
    if seconds is None:
        message = f"{where}: time_zone = {zone!r}: write what is ahead of UTC, as +08:00"
        raise _error(message, f"{where}：time_zone = {zone!r}，应写与世界时之差，如 +08:00", path, "time_zone")
    return seconds


def _keep_days(days: int, where: str, path: Path) -> int:
    if days < 0:
        raise _error(f"{where}: keep_days = {days}: write 0 or more", f"{where}：keep_days = {days}，应写 0 或正整数", path, "keep_days")
    return days


def _joined(folder: Path, name: str) -> str:
    """Join without touching what is no path (`http://…`, `PG:…`): the door refuses it by its own name."""
    return name if "://" in name else str((folder / name).absolute())


def _check_keys(table: Mapping[str, Any], known: Mapping[str, type | tuple[type, ...]], where: str, path: Path | None = None) -> None:
    for key, value in table.items():
        if key not in known:
            raise _unknown("key", "键", key, known, where, path)
        wanted = known[key]
        # TOML's true is a Python int too
        if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
            en, zh = _TYPE_NAMES[wanted[0] if isinstance(wanted, tuple) else wanted]
            raise _error(f"{where}: {key} = {value!r} must be {en}", f"{where}：{key} = {value!r} 应为{zh}", path, key)


def _unknown(what: str, what_zh: str, name: str, known: Iterable[str], where: str, path: Path | None) -> RecipeError:
    hint, hint_zh = nearest(name, known)
    return _error(f"{where}: unknown {what} {name!r}; {hint}", f"{where}：不认识的{what_zh} {name!r}；{hint_zh}", path, name)


def _error(message: str, message_zh: str, path: Path | None, key: str) -> RecipeError:
    return RecipeError(message, message_zh, file=str(path or ""), field=key)
