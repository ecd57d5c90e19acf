"""A district's way of dividing itself, as data: levels, names, bounds, codes, kinds and defaults, read from TOML.

Built-in schemes lie in `geogrid/schemes/`; a path reads any other. Nothing of a district is a constant in code.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib import resources
from pathlib import Path
from typing import Any

from geogrid.errors import SchemeError

MAKES = ("given", "column", "bounds", "count", "entrance", "compound", "building", "seeds")
ROLES = {"street": "streets", "community": "communities", "grid": "grids", "microgrid": "microgrids", "compound": "compounds"}
HOME_USES = (
    "",
    "住宅",
    "居住",
    "居民楼",
    "居民地",
    "院落",
    "平房",
    "商住",
    "residential",
    "apartments",
    "house",
    "detached",
    "semidetached_house",
    "terrace",
    "dormitory",
    "mixed",
    "yes",
)
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
    if not path.is_file():
        raise _unknown("scheme", name, built_in(), str(path))
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SchemeError(f"scheme {path}: not readable as UTF-8 text ({error})", f"层级方案 {path}：不能按 UTF-8 读取", file=str(path)) from None
    return parse_scheme(text, path.stem)


def parse_scheme(text: str, scheme_id: str) -> Scheme:
    """Make a Scheme of TOML text; raises SchemeError which names the key and what to write instead."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SchemeError(f"scheme {scheme_id}: not TOML: {error}", f"层级方案 {scheme_id}：不是有效的 TOML（{error}）") from None
    _known(table, ("name", "levels", "defaults", "cameras", "stations", "severity"), scheme_id)
    if not table.get("levels"):
        raise SchemeError(f"scheme {scheme_id}: needs at least one [[levels]]", f"层级方案 {scheme_id}：至少要有一个 [[levels]]")
    levels = tuple(_level(entry, scheme_id) for entry in table["levels"])
    ids = [level.id for level in levels]
    if len(set(ids)) < len(ids):
        raise SchemeError(f"scheme {scheme_id}: level ids repeat: {ids}", f"层级方案 {scheme_id}：层级 id 重复：{ids}")
    defaults = {**DEFAULTS, **table.get("defaults", {})}
    _known(defaults, tuple(DEFAULTS), scheme_id + " [defaults]")
    for rule, severity in table.get("severity", {}).items():
        if severity not in RULE_SEVERITIES:
            raise SchemeError(
                f"scheme {scheme_id}: severity of {rule} is {severity!r}: write error or warning",
                f"层级方案 {scheme_id}：{rule} 的级别只能是 error 或 warning",
            )
    stations = {k: SiteKind(_text(v.get("name", k)), v.get("one_per", "")) for k, v in table.get("stations", {}).items()}
    return Scheme(scheme_id, _text(table.get("name", scheme_id)), levels, defaults, table.get("cameras", {}), stations, table.get("severity", {}))


def _level(entry: Mapping[str, Any], scheme_id: str) -> Level:
    _known(
        entry,
        ("id", "name", "make", "households", "count", "complete", "code", "kinds", "link_m", "halve", "split_floors"),
        scheme_id + " [[levels]]",
    )
    level_id = entry.get("id", "")
    if not (isinstance(level_id, str) and level_id.isascii() and level_id.isidentifier()):
        raise SchemeError(
            f"scheme {scheme_id}: level id {level_id!r} must be an ASCII word",
            f"层级方案 {scheme_id}：层级 id {level_id!r} 只能用英文字母、数字、下划线",
        )
    code = entry.get("code")
    rule = CodeRule(int(code["digits"]), code.get("from", "parent") == "parent", code.get("order", "W-E,N-S")) if code else None
    kinds = {kind: bool(table.get("bounds", True)) for kind, table in entry.get("kinds", {}).items()} or {"base": True, "dedicated": False}
    level = Level(
        level_id, _text(entry.get("name", level_id)), entry.get("make", "given"), complete=entry.get("complete", True), code=rule, kinds=kinds
    )
    return _overridden(level, {k: v for k, v in entry.items() if k in ("households", "count", "link_m", "halve", "split_floors", "make")}, scheme_id)


def _overridden(level: Level, table: Mapping[str, Any], scheme_id: str) -> Level:
    _known(table, ("households", "count", "make", "link_m", "halve", "split_floors", "complete"), f"{scheme_id} [levels.{level.id}]")
    changes = dict(table)
    if "households" in changes:
        bounds = changes["households"]
        if not (isinstance(bounds, list) and len(bounds) == 2 and all(isinstance(b, int) for b in bounds) and 0 < bounds[0] <= bounds[1]):
            raise SchemeError(
                f"level {level.id}: households = {bounds!r}: write [lower, upper] with 0 < lower <= upper",
                f"层级 {level.id}：households = {bounds!r}，应写成 [下限, 上限]",
            )
        changes["households"] = (bounds[0], bounds[1])
    if changes.get("make", level.make) not in MAKES:
        raise _unknown("make", str(changes["make"]), list(MAKES), f"level {level.id}")
    made = replace(level, **changes)
    if made.make == "bounds" and made.households is None:
        raise SchemeError(
            f'level {level.id}: make = "bounds" needs households = [lower, upper]', f'层级 {level.id}：make = "bounds" 需要 households = [下限, 上限]'
        )
    if made.make == "count" and not (isinstance(made.count, int) and made.count > 0):
        raise SchemeError(f'level {level.id}: make = "count" needs count = a positive number', f'层级 {level.id}：make = "count" 需要正整数 count')
    return made


def _text(value: str | Mapping[str, str]) -> Text:
    if isinstance(value, str):
        return Text(value, value)
    zh, en = value.get("zh", ""), value.get("en", "")
    return Text(zh or en, en or zh)


def _known(table: Mapping[str, Any], names: tuple[str, ...], where: str) -> None:
    for key in table:
        if key not in names:
            raise _unknown("key", key, list(names), where)


def _unknown(what: str, name: str, known: list[str], where: str) -> SchemeError:
    near = difflib.get_close_matches(name, known, 1)
    hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"
    hint_zh = f"是否想写 {near[0]!r}？" if near else f"可用：{'、'.join(known)}"
    return SchemeError(f"{where}: unknown {what} {name!r}; {hint}", f"{where}：不认识的 {what} {name!r}；{hint_zh}", value=name)
