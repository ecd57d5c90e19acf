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
from geogrid.scheme_kinds import Device, EventKind, SiteKind, TaskLayer, device_of, event_of, station_of, task_of
from geogrid.scheme_levels import CodeRule, Level, check_lowest, level_of, overridden
from geogrid.scheme_people import Emergency, OrganisationKind, StaffKind, check_tree, emergency_of, organisation_of, staff_of
from geogrid.scheme_values import (
    CAMERA_DEFAULTS,
    DEFAULTS,
    MAY_BE_ZERO,
    ORDERS,
    RULE_SEVERITIES,
    Text,
    check_known,
    check_value,
    check_words,
    is_hours,
    is_number,
    table_of,
    text_of,
    unknown,
)

__all__ = [
    "DEFAULTS",
    "ORDERS",
    "CodeRule",
    "Device",
    "Emergency",
    "EventKind",
    "Level",
    "OrganisationKind",
    "Scheme",
    "SiteKind",
    "StaffKind",
    "TaskLayer",
    "Text",
    "built_in",
    "parse_scheme",
    "read_scheme",
]

SECTIONS = ("defaults", "cameras", "stations", "staff", "organisations", "events", "tasks", "devices", "emergency", "severity")


@dataclass(frozen=True)
class Scheme:
    """Levels from the top down, kinds of what stands, happens and works there, the defaults that figures rest on, and overrides of severity."""

    id: str
    name: Text
    levels: tuple[Level, ...]
    defaults: Mapping[str, Any] = field(default_factory=dict)
    cameras: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    stations: Mapping[str, SiteKind] = field(default_factory=dict)
    severity: Mapping[str, str] = field(default_factory=dict)
    staff: Mapping[str, StaffKind] = field(default_factory=dict)
    organisations: Mapping[str, OrganisationKind] = field(default_factory=dict)
    events: Mapping[str, EventKind] = field(default_factory=dict)
    tasks: Mapping[str, TaskLayer] = field(default_factory=dict)
    devices: Mapping[str, Device] = field(default_factory=dict)
    emergency: Emergency | None = None

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
        levels = tuple(overridden(level, overrides.get(level.id, {}), self.id) for level in self.levels)
        check_lowest(levels)
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
        return parse_scheme(_built_in_text(name), name)
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
    table = _with_what_it_is_like(_table(text, scheme_id), scheme_id)
    check_known(table, ("name", "levels", *SECTIONS), scheme_id)
    levels = _levels(table.get("levels"), scheme_id)
    ids = [level.id for level in levels]
    sections = {key: table_of(table.get(key, {}), f"{scheme_id} [{key}]") for key in SECTIONS}
    defaults = _defaults(sections["defaults"], scheme_id)
    return Scheme(
        scheme_id,
        text_of(table.get("name", scheme_id), scheme_id),
        levels,
        defaults,
        {kind: _camera(kind, entry, scheme_id) for kind, entry in sections["cameras"].items()},
        severity=_severity(sections["severity"], scheme_id),
        emergency=emergency_of(sections["emergency"], ids, scheme_id),
        **_kinds(sections, ids, defaults, scheme_id),
    )


def _table(text: str, scheme_id: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SchemeError(f"scheme {scheme_id}: not TOML: {error}", f"层级方案 {scheme_id}：不是有效的 TOML（{error}）") from None


def _with_what_it_is_like(table: dict[str, Any], scheme_id: str) -> dict[str, Any]:
    """Return the table with the sections that it does not have of the built-in scheme that it names with `like`."""
    if "like" not in table:
        return table
    name = table["like"]
    check_value(isinstance(name, str), scheme_id, "like", name, "the id of a built-in scheme", "内置层级方案的 id")
    check_words((name,), built_in(), scheme_id, "scheme")
    other = _table(_built_in_text(name), name)
    return {**_with_what_it_is_like(other, name), **{key: value for key, value in table.items() if key != "like"}}


def _built_in_text(name: str) -> str:
    return resources.files("geogrid.schemes").joinpath(name + ".toml").read_text("utf-8")


def _levels(entries: Any, scheme_id: str) -> tuple[Level, ...]:
    if not isinstance(entries, list) or not entries or not all(isinstance(entry, dict) for entry in entries):
        raise SchemeError(f"scheme {scheme_id}: needs at least one [[levels]]", f"层级方案 {scheme_id}：至少要有一个 [[levels]]")
    levels = tuple(level_of(entry, scheme_id) for entry in entries)
    check_lowest(levels)
    ids = [level.id for level in levels]
    if len(set(ids)) < len(ids):
        raise SchemeError(f"scheme {scheme_id}: level ids repeat: {ids}", f"层级方案 {scheme_id}：层级 id 重复：{ids}")
    return levels


def _kinds(sections: Mapping[str, Mapping[str, Any]], levels: list[str], defaults: Mapping[str, Any], scheme_id: str) -> dict[str, Any]:
    """What the sections name by kind; a layer of tasks shows kinds of the other sections."""
    bodies = list(sections["organisations"])
    organisations = {kind: organisation_of(kind, entry, bodies, levels, scheme_id) for kind, entry in sections["organisations"].items()}
    check_tree(organisations, scheme_id)
    known = {"events": sections["events"], "stations": sections["stations"], "cameras": sections["devices"]}
    return {
        "stations": {kind: station_of(kind, entry, levels, scheme_id) for kind, entry in sections["stations"].items()},
        "staff": {kind: staff_of(kind, entry, levels, scheme_id) for kind, entry in sections["staff"].items()},
        "organisations": organisations,
        "events": {kind: event_of(kind, entry, defaults["event_days"], scheme_id) for kind, entry in sections["events"].items()},
        "tasks": {key: task_of(key, entry, known, scheme_id) for key, entry in sections["tasks"].items()},
        "devices": {kind: device_of(kind, entry, scheme_id) for kind, entry in sections["devices"].items()},
    }


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
