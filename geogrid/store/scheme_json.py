"""The effective scheme of a project (built-in or file, with the recipe's overrides) as JSON, so that a project needs no other file."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from geogrid.scheme import DEFAULTS, CodeRule, Device, Emergency, EventKind, Level, OrganisationKind, Scheme, SiteKind, StaffKind, TaskLayer, Text

KINDS: Mapping[str, Callable[..., Any]] = {
    "stations": SiteKind,
    "staff": StaffKind,
    "organisations": OrganisationKind,
    "events": EventKind,
    "tasks": TaskLayer,
    "devices": Device,
}


def scheme_to_dict(scheme: Scheme) -> dict[str, Any]:
    """Return the scheme as plain JSON-able dicts and lists."""
    return dataclasses.asdict(scheme)


def scheme_from_dict(plain: dict[str, Any]) -> Scheme:
    """Return the scheme that `scheme_to_dict` took apart; what a project of an earlier version does not say yet is as if nobody had."""
    kinds = {section: {kind: _made(make, table) for kind, table in plain.get(section, {}).items()} for section, make in KINDS.items()}
    emergency = plain.get("emergency")
    told = {
        "name": Text(**plain["name"]),
        "levels": tuple(_level(table) for table in plain["levels"]),
        "defaults": {**DEFAULTS, **plain["defaults"]},
        "emergency": _made(Emergency, emergency) if emergency else None,
    }
    return Scheme(**{**plain, **told, **kinds})


def _made(make: Callable[..., Any], table: Mapping[str, Any]) -> Any:
    return make(**{key: _value(value) for key, value in table.items()})


def _value(value: Any) -> Any:
    """Texts of tables, tuples of lists."""
    if isinstance(value, Mapping):
        return Text(**value)
    return tuple(_value(one) for one in value) if isinstance(value, list | tuple) else value


def _level(table: dict[str, Any]) -> Level:
    bounds, code = table["households"], table["code"]
    made = {"name": Text(**table["name"]), "households": tuple(bounds) if bounds else None, "code": CodeRule(**code) if code else None}
    return Level(**{**table, **made})
