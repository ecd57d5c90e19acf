"""The effective scheme of a project (built-in or file, with the recipe's overrides) as JSON, so that a project needs no other file."""

from __future__ import annotations

import dataclasses
from typing import Any

from geogrid.scheme import CodeRule, Level, Scheme, SiteKind, Text


def scheme_to_dict(scheme: Scheme) -> dict[str, Any]:
    """Return the scheme as plain JSON-able dicts and lists."""
    plain = dataclasses.asdict(dataclasses.replace(scheme, levels=(), stations={}))
    plain["levels"] = [dataclasses.asdict(level) for level in scheme.levels]
    plain["stations"] = {kind: dataclasses.asdict(station) for kind, station in scheme.stations.items()}
    return plain


def scheme_from_dict(plain: dict[str, Any]) -> Scheme:
    """Return the scheme that `scheme_to_dict` took apart."""
    stations = {kind: SiteKind(Text(**table["name"]), table["one_per"]) for kind, table in plain["stations"].items()}
    levels = tuple(_level(table) for table in plain["levels"])
    return Scheme(**{**plain, "name": Text(**plain["name"]), "levels": levels, "stations": stations})


def _level(table: dict[str, Any]) -> Level:
    bounds, code = table["households"], table["code"]
    made = {"name": Text(**table["name"]), "households": tuple(bounds) if bounds else None, "code": CodeRule(**code) if code else None}
    return Level(**{**table, **made})
