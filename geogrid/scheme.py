"""A district's way of dividing itself, as data: levels, names, bounds, codes, kinds and defaults, read from TOML.

Built-in schemes lie in `geogrid/schemes/`; a path reads any other. Nothing of a district is a constant in code.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib import resources
from pathlib import Path
from typing import Any

from geogrid.catalogue import MESSAGES
from geogrid.errors import SchemeError
from geogrid.scheme_values import (
    CAMERA_DEFAULTS,
    DEFAULTS,
    MAKES,
    MAY_BE_ZERO,
    MOST,
    ORDERS,
    ROLES,
    RULE_SEVERITIES,
    TAKEN,
    WEIGHS,
    check_known,
    check_value,
    is_count,
    is_hours,
    is_number,
    table_of,
    unknown,
)


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
    """One level. `role` is the input that gives its polygons; `households` are inclusive bounds; `kinds` say who is bound.

    Of a made level: units may be held together by a walking link of up to `link_m` metres; `halve` lets a floor be divided where nothing else brings
    a unit into its bounds, `split_floors` one above the upper bound; `weigh` says what a target count shares out, "households" or "area"; with
    `keep_buildings_whole` no building, nor entrance, that fits into the upper bound is divided.
    """

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
    weigh: str = "households"
    keep_buildings_whole: bool = False

    @property
    def role(self) -> str:
        """The input role that gives this level's polygons."""
        return ROLES.get(self.id, self.id + "s")


@dataclass(frozen=True)
class SiteKind:
    """A kind of station: its name, the level of which each unit wants one, if any, and how many households share a place of its capacity."""

    name: Text
    one_per: str = ""
    households_per_place: float | None = None


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
        raise unknown("level", level_id, [level.id for level in self.levels], self.id)

    def depth(self, level_id: str) -> int:
        """Return 0 for the top level, 1 for the next."""
        return self.levels.index(self.level(level_id))

    def with_levels(self, overrides: Mapping[str, Mapping[str, Any]]) -> Scheme:
        """Return the scheme with a recipe's `[levels.ID]` tables laid over its levels."""
        for level_id in overrides:
            self.level(level_id)
        levels = tuple(_overridden(level, overrides.get(level.id, {}), self.id) for level in self.levels)
        _check_lowest(levels)
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
        raise unknown("scheme", name[:200], built_in(), str(path)[:200])
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
    check_known(table, ("name", "levels", "defaults", "cameras", "stations", "severity"), scheme_id)
    entries = table.get("levels")
    if not isinstance(entries, list) or not entries or not all(isinstance(entry, dict) for entry in entries):
        raise SchemeError(f"scheme {scheme_id}: needs at least one [[levels]]", f"层级方案 {scheme_id}：至少要有一个 [[levels]]")
    levels = tuple(_level(entry, scheme_id) for entry in entries)
    _check_lowest(levels)
    ids = [level.id for level in levels]
    if len(set(ids)) < len(ids):
        raise SchemeError(f"scheme {scheme_id}: level ids repeat: {ids}", f"层级方案 {scheme_id}：层级 id 重复：{ids}")
    sections = {key: table_of(table.get(key, {}), f"{scheme_id} [{key}]") for key in ("defaults", "cameras", "stations", "severity")}
    stations = {kind: _station(kind, entry, ids, scheme_id) for kind, entry in sections["stations"].items()}
    cameras = {kind: _camera(kind, entry, scheme_id) for kind, entry in sections["cameras"].items()}
    severity = _severity(sections["severity"], scheme_id)
    return Scheme(
        scheme_id, _text(table.get("name", scheme_id), scheme_id), levels, _defaults(sections["defaults"], scheme_id), cameras, stations, severity
    )


def _check_lowest(levels: tuple[Level, ...]) -> None:
    """Refuse above the lowest level what only storeys and households can carry out: levels above take whole cells."""
    for level in levels[:-1]:
        asked = [key for key in ("halve", "split_floors") if getattr(level, key)]
        check_value(not asked, f"level {level.id}", "".join(asked[:1]), True, "it at the lowest level", "在最低的层级")
        check_value(level.make != "seeds", f"level {level.id}", "make", "seeds", "it at the lowest level", "在最低的层级")


def _defaults(table: Mapping[str, Any], scheme_id: str) -> dict[str, Any]:
    where = f"{scheme_id} [defaults]"
    check_known(table, DEFAULTS, where)
    for key, value in table.items():
        if isinstance(DEFAULTS[key], list):
            check_value(isinstance(value, list), where, key, value, "a list", "列表")
            check_value(
                key != "patrol_hours" or is_hours(value),
                where,
                key,
                value,
                'two times of the day: ["07:00", "22:00"]',
                '两个时刻：["07:00", "22:00"]',
            )
        else:
            check_value(is_number(value) and (value > 0 or (value == 0 and key in MAY_BE_ZERO)), where, key, value, "a positive number", "正数")
    return {**DEFAULTS, **table}


def _severity(table: Mapping[str, Any], scheme_id: str) -> dict[str, str]:
    where = f"{scheme_id} [severity]"
    check_known(table, MESSAGES, where)
    for rule, value in table.items():
        check_value(value in RULE_SEVERITIES, where, rule, value, "error or warning", "error 或 warning")
    return dict(table)


def _camera(kind: str, entry: Any, scheme_id: str) -> dict[str, float]:
    where = f"{scheme_id} [cameras.{kind}]"
    check_known(table_of(entry, where), CAMERA_DEFAULTS["1"], where)
    for key, value in entry.items():
        check_value(is_number(value) and value > 0, where, key, value, "a positive number", "正数")
    return dict(entry)


def _station(kind: str, entry: Any, levels: list[str], scheme_id: str) -> SiteKind:
    where = f"{scheme_id} [stations.{kind}]"
    check_known(table_of(entry, where), ("name", "one_per", "households_per_place"), where)
    one_per = entry.get("one_per", "")
    if one_per and one_per not in levels:
        raise unknown("level", str(one_per), levels, where)
    share = entry.get("households_per_place")
    check_value(share is None or (is_number(share) and share > 0), where, "households_per_place", share, "a positive number", "正数")
    return SiteKind(_text(entry.get("name", kind), where), one_per, share)


def _level(entry: Mapping[str, Any], scheme_id: str) -> Level:
    where = f"{scheme_id} [[levels]]"
    check_known(entry, ("id", "name", "code", "kinds", *_OVERRIDABLE), where)
    level_id = entry.get("id", "")
    is_word = isinstance(level_id, str) and level_id.isascii() and level_id.isidentifier()
    check_value(is_word, where, "id", level_id, "an ASCII word", "英文字母、数字、下划线")
    check_value(level_id not in TAKEN, where, "id", level_id, "another word: it has a meaning of its own", "另一个词：它另有含义")
    kinds = {
        kind: bool(table_of(table, where + " kinds").get("bounds", True))
        for kind, table in table_of(entry.get("kinds", {}), where + " kinds").items()
    }
    level = Level(level_id, _text(entry.get("name", level_id), where), "given", code=_code_rule(entry.get("code"), where))
    level = replace(level, kinds=kinds) if kinds else level
    return _overridden(level, {"make": "given", **{k: v for k, v in entry.items() if k in _OVERRIDABLE}}, scheme_id)


def _code_rule(code: Any, where: str) -> CodeRule | None:
    if code is None:
        return None
    check_known(table_of(code, where + " code"), ("digits", "from", "order"), where + " code")
    digits, order = code.get("digits"), code.get("order", ORDERS[0])
    check_value(is_count(digits) and digits <= 12, where, "code.digits", digits, "a number from 1 to 12", "1 至 12 的整数")
    check_value(order in ORDERS, where, "code.order", order, f"one of {', '.join(ORDERS)}", "、".join(ORDERS) + " 之一")
    return CodeRule(digits, code.get("from", "parent") == "parent", order)


_FLAGS = ("halve", "split_floors", "keep_buildings_whole", "complete")
_OVERRIDABLE = ("households", "count", "make", "link_m", "weigh", *_FLAGS)


def _overridden(level: Level, table: Mapping[str, Any], scheme_id: str) -> Level:
    where = f"level {level.id}"
    check_known(table, _OVERRIDABLE, f"{scheme_id} [levels.{level.id}]")
    changes = dict(table)
    for key in _FLAGS:
        check_value(isinstance(changes.get(key, False), bool), where, key, changes.get(key), "true or false", "true 或 false")
    check_value(is_number(changes.get("link_m", 0)) and changes.get("link_m", 0) >= 0, where, "link_m", changes.get("link_m"), "metres", "米数")
    if (bounds := changes.get("households")) is not None:
        ok = isinstance(bounds, list | tuple) and len(bounds) == 2 and all(is_count(b) and b <= MOST for b in bounds) and bounds[0] <= bounds[1]
        check_value(ok, where, "households", bounds, "[lower, upper] with 0 < lower <= upper", "[下限, 上限]")
        changes["households"] = (bounds[0], bounds[1])
    for key, words in (("make", MAKES), ("weigh", WEIGHS)):
        if changes.get(key, words[0]) not in words:
            raise unknown(key, str(changes[key]), words, where)
    made = replace(level, **changes)
    bounded = made.make != "bounds" or made.households is not None
    check_value(bounded, where, "make", "bounds", "it with households = [lower, upper]", "households = [下限, 上限]")
    check_value(made.make != "count" or is_count(made.count), where, "count", made.count, "a positive number", "正整数")
    check_value(not (made.halve and made.make == "seeds"), where, "halve", "true", "it where bounds decide, not seeds", "在按上下限划分的层级")
    both = made.halve and made.keep_buildings_whole
    check_value(not both, where, "halve", "true", "false, or keep_buildings_whole = false", "false，或把 keep_buildings_whole 写为 false")
    by_area = made.weigh == "area"
    check_value(not by_area or made.make == "count", where, "weigh", "area", 'it with make = "count"', '在 make = "count" 的层级')
    check_value(not by_area or bounds is None, where, "households", bounds, 'no bounds beside weigh = "area"', 'weigh = "area" 时不写上下限')
    return replace(made, households=None) if by_area else made  # land is shared out evenly, whoever lives on it


def _text(value: Any, where: str) -> Text:
    if isinstance(value, str):
        return Text(value, value)
    zh, en = (table_of(value, f"{where} name").get(language, "") for language in ("zh", "en"))
    return Text(str(zh or en), str(en or zh))
