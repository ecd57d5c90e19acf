"""A district's way of dividing itself, as data: levels, names, bounds, codes, kinds and defaults, read from TOML.

Built-in schemes lie in `geogrid/schemes/`; a path reads any other. Nothing of a district is a constant in code.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from importlib import resources
from pathlib import Path
from typing import Any

from geogrid.catalogue import MESSAGES
from geogrid.errors import SchemeError

MAKES = ("given", "column", "bounds", "count", "entrance", "compound", "building")
ROLES = {"street": "streets", "community": "communities", "grid": "grids", "microgrid": "microgrids", "compound": "compounds"}
_HOMES_ZH = ("住宅", "居住", "居民楼", "居民地", "院落", "平房", "商住")
_HOMES_EN = ("residential", "apartments", "house", "detached", "semidetached_house", "terrace", "dormitory", "mixed", "yes")
HOME_USES = ("", *_HOMES_ZH, *_HOMES_EN)
MAIN_ROADS = ("motorway", "trunk", "primary", "ring", "main", "高速公路", "快速路", "主干路", "主干道")
PATHS = ("footway", "path", "trail", "steps", "cycleway", "corridor", "elevator", "platform", "service", "proposed", "construction")
DEFAULTS: dict[str, Any] = {
    "walking_km_h": 4.5,
    "minutes": [5, 10, 15],
    "detour": 1.3,
    "blind_below_street_share": 0.5,
    "facade_m": 10,
    "campus_m2": 20000,
    "dwelling_m2": 90,
    "default_floors": 1,
    "home_uses": list(HOME_USES),
    "main_roads": list(MAIN_ROADS),
    "paths": list(PATHS),
    "small_count": 3,
    "patrol_m": 15,
}
RULE_SEVERITIES = ("error", "warning")
ORDERS = ("W-E,N-S", "N-S,W-E")
TAKEN = ("cell", "atom", "district", "stations", "cameras", "events", "entrances", "buildings")
"""Words that mean something of their own where a level is named (`geogrid export --level`)."""


@dataclass(frozen=True)
class Text:
    """A name in Chinese and English; where a scheme gives one only, it serves for both."""

    zh: str
    en: str

    def say(self, language: str) -> str:
        """Return the name in `language`, "zh" or "en"."""
        return self.zh if language.startswith("zh") else self.en


@dataclass(frozen=True)
class CodeRule:
    """How units of a level are coded: the parent's code, when `parent`, then `digits` of a sequence in `order`."""

    digits: int
    parent: bool = True
    order: str = "W-E,N-S"


@dataclass(frozen=True)
class Level:
    """One level. `role` is the input that gives its polygons; `households` are inclusive bounds; `kinds` say who is bound."""

    id: str
    name: Text
    make: str
    households: tuple[int, int] | None = None
    count: int | None = None
    complete: bool = True
    code: CodeRule | None = None
    kinds: Mapping[str, bool] = field(default_factory=lambda: {"base": True, "dedicated": False})
    link_m: float = 0.0
    halve: bool = False
    split_floors: bool = False

    @property
    def role(self) -> str:
        """The input role that gives this level's polygons."""
        return ROLES.get(self.id, self.id + "s")


@dataclass(frozen=True)
class SiteKind:
    """A kind of station: its name and the level of which each unit wants one, if any."""

    name: Text
    one_per: str = ""


@dataclass(frozen=True)
class Scheme:
    """Levels from the top down, with the defaults that figures rest on and overrides of severity."""

    id: str
    name: Text
    levels: tuple[Level, ...]
    defaults: Mapping[str, Any] = field(default_factory=dict)
    cameras: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    stations: Mapping[str, SiteKind] = field(default_factory=dict)
    severity: Mapping[str, str] = field(default_factory=dict)

    def level(self, level_id: str) -> Level:
        """Return the level called `level_id`; raise SchemeError naming the nearest one that exists."""
        for level in self.levels:
            if level.id == level_id:
                return level
        raise _unknown("level", level_id, [level.id for level in self.levels], self.id)

    def depth(self, level_id: str) -> int:
        """Return 0 for the top level, 1 for the next."""
        return self.levels.index(self.level(level_id))

    def with_levels(self, overrides: Mapping[str, Mapping[str, Any]]) -> Scheme:
        """Return the scheme with a recipe's `[levels.ID]` tables laid over its levels."""
        for level_id in overrides:
            self.level(level_id)
        levels = tuple(_overridden(level, overrides.get(level.id, {}), self.id) for level in self.levels)
        return replace(self, levels=levels)


def built_in() -> list[str]:
    """List the ids of the schemes in the package.

    >>> "community-grid-microgrid" in built_in()
    True
    """
    return sorted(p.name.removesuffix(".toml") for p in resources.files("geogrid.schemes").iterdir() if p.name.endswith(".toml"))


def read_scheme(name: str, folder: Path | None = None) -> Scheme:
    """Read a built-in scheme by id, or a TOML file by path (relative to `folder`). Raises SchemeError."""
    if name in built_in():
        text = resources.files("geogrid.schemes").joinpath(name + ".toml").read_text("utf-8")
        return parse_scheme(text, name)
    path = (folder or Path()) / name
    if not _is_file(path):
        raise _unknown("scheme", name[:200], built_in(), str(path)[:200])
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SchemeError(f"scheme {path}: not readable as UTF-8 text ({error})", f"层级方案 {path}：不能按 UTF-8 读取", file=str(path)) from None
    return parse_scheme(text, path.stem)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name that no file can have
        return False


def parse_scheme(text: str, scheme_id: str) -> Scheme:
    """Make a Scheme of TOML text; raises SchemeError which names the key and what to write instead."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SchemeError(f"scheme {scheme_id}: not TOML: {error}", f"层级方案 {scheme_id}：不是有效的 TOML（{error}）") from None
    _known(table, ("name", "levels", "defaults", "cameras", "stations", "severity"), scheme_id)
    entries = table.get("levels")
    if not isinstance(entries, list) or not entries or not all(isinstance(entry, dict) for entry in entries):
        raise SchemeError(f"scheme {scheme_id}: needs at least one [[levels]]", f"层级方案 {scheme_id}：至少要有一个 [[levels]]")
    levels = tuple(_level(entry, scheme_id) for entry in entries)
    ids = [level.id for level in levels]
    if len(set(ids)) < len(ids):
        raise SchemeError(f"scheme {scheme_id}: level ids repeat: {ids}", f"层级方案 {scheme_id}：层级 id 重复：{ids}")
    sections = {key: _table(table.get(key, {}), f"{scheme_id} [{key}]") for key in ("defaults", "cameras", "stations", "severity")}
    stations = {kind: _station(kind, entry, ids, scheme_id) for kind, entry in sections["stations"].items()}
    cameras = {kind: _table(entry, f"{scheme_id} [cameras.{kind}]") for kind, entry in sections["cameras"].items()}
    severity = _severity(sections["severity"], scheme_id)
    return Scheme(
        scheme_id, _text(table.get("name", scheme_id), scheme_id), levels, _defaults(sections["defaults"], scheme_id), cameras, stations, severity
    )


def _defaults(table: Mapping[str, Any], scheme_id: str) -> dict[str, Any]:
    where = f"{scheme_id} [defaults]"
    _known(table, DEFAULTS, where)
    for key, value in table.items():
        if isinstance(DEFAULTS[key], list):
            _check(isinstance(value, list), where, key, value, "a list", "列表")
        else:
            _check(_is_number(value) and value > 0, where, key, value, "a positive number", "正数")
    return {**DEFAULTS, **table}


def _severity(table: Mapping[str, Any], scheme_id: str) -> dict[str, str]:
    where = f"{scheme_id} [severity]"
    _known(table, MESSAGES, where)
    for rule, value in table.items():
        _check(value in RULE_SEVERITIES, where, rule, value, "error or warning", "error 或 warning")
    return dict(table)


def _station(kind: str, entry: Any, levels: list[str], scheme_id: str) -> SiteKind:
    where = f"{scheme_id} [stations.{kind}]"
    _known(_table(entry, where), ("name", "one_per"), where)
    one_per = entry.get("one_per", "")
    if one_per and one_per not in levels:
        raise _unknown("level", str(one_per), levels, where)
    return SiteKind(_text(entry.get("name", kind), where), one_per)


def _level(entry: Mapping[str, Any], scheme_id: str) -> Level:
    where = f"{scheme_id} [[levels]]"
    _known(entry, ("id", "name", "code", "kinds", *_OVERRIDABLE), where)
    level_id = entry.get("id", "")
    is_word = isinstance(level_id, str) and level_id.isascii() and level_id.isidentifier()
    _check(is_word, where, "id", level_id, "an ASCII word", "英文字母、数字、下划线")
    _check(level_id not in TAKEN, where, "id", level_id, "another word: it has a meaning of its own", "另一个词：它另有含义")
    kinds = {
        kind: bool(_table(table, where + " kinds").get("bounds", True)) for kind, table in _table(entry.get("kinds", {}), where + " kinds").items()
    }
    level = Level(level_id, _text(entry.get("name", level_id), where), "given", code=_code_rule(entry.get("code"), where))
    level = replace(level, kinds=kinds) if kinds else level
    return _overridden(level, {"make": "given", **{k: v for k, v in entry.items() if k in _OVERRIDABLE}}, scheme_id)


def _code_rule(code: Any, where: str) -> CodeRule | None:
    if code is None:
        return None
    _known(_table(code, where + " code"), ("digits", "from", "order"), where + " code")
    digits, order = code.get("digits"), code.get("order", ORDERS[0])
    _check(_is_count(digits) and digits <= 12, where, "code.digits", digits, "a number from 1 to 12", "1 至 12 的整数")
    _check(order in ORDERS, where, "code.order", order, f"one of {', '.join(ORDERS)}", "、".join(ORDERS) + " 之一")
    return CodeRule(digits, code.get("from", "parent") == "parent", order)


_OVERRIDABLE = ("households", "count", "make", "link_m", "halve", "split_floors", "complete")


def _overridden(level: Level, table: Mapping[str, Any], scheme_id: str) -> Level:
    where = f"level {level.id}"
    _known(table, _OVERRIDABLE, f"{scheme_id} [levels.{level.id}]")
    changes = dict(table)
    for key in ("halve", "split_floors", "complete"):
        _check(isinstance(changes.get(key, False), bool), where, key, changes.get(key), "true or false", "true 或 false")
    _check(_is_number(changes.get("link_m", 0)) and changes.get("link_m", 0) >= 0, where, "link_m", changes.get("link_m"), "metres", "米数")
    if (bounds := changes.get("households")) is not None:
        ok = isinstance(bounds, list | tuple) and len(bounds) == 2 and all(_is_count(b) for b in bounds) and bounds[0] <= bounds[1]
        _check(ok, where, "households", bounds, "[lower, upper] with 0 < lower <= upper", "[下限, 上限]")
        changes["households"] = (bounds[0], bounds[1])
    if changes.get("make", level.make) not in MAKES:
        raise _unknown("make", str(changes["make"]), MAKES, where)
    made = replace(level, **changes)
    bounded = made.make != "bounds" or made.households is not None
    _check(bounded, where, "make", "bounds", "it with households = [lower, upper]", "households = [下限, 上限]")
    _check(made.make != "count" or _is_count(made.count), where, "count", made.count, "a positive number", "正整数")
    return made


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _check(ok: bool, where: str, key: str, value: Any, wanted: str, wanted_zh: str) -> None:
    if not ok:
        raise SchemeError(f"{where}: {key} = {value!r}: write {wanted}", f"{where}：{key} = {value!r}，应写{wanted_zh}", field=key, value=value)


def _table(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise SchemeError(f"{where}: {value!r} must be a table", f"{where}：{value!r} 应为一个表", value=value)
    return value


def _text(value: Any, where: str) -> Text:
    if isinstance(value, str):
        return Text(value, value)
    zh, en = (_table(value, f"{where} name").get(language, "") for language in ("zh", "en"))
    return Text(str(zh or en), str(en or zh))


def _known(table: Mapping[str, Any], names: Iterable[str], where: str) -> None:
    for key in table:
        if key not in names:
            raise _unknown("key", key, names, where)


def _unknown(what: str, name: str, names: Iterable[str], where: str) -> SchemeError:
    known = list(names)
    near = difflib.get_close_matches(name, known, 1)
    hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"
    hint_zh = f"是否想写 {near[0]!r}？" if near else f"可用：{'、'.join(known)}"
    return SchemeError(f"{where}: unknown {what} {name!r}; {hint}", f"{where}：不认识的 {what} {name!r}；{hint_zh}", value=name)
