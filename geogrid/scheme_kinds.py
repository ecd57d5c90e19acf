"""What stands and happens in a district, by kind, as a scheme names it: stations, events, devices, and the layers of a community's map of tasks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from geogrid.scheme_values import Text, check_known, check_value, check_words, is_count, is_number, level_word, table_of, text_of, words_of

POSITIVE = ("a positive number", "正数")


@dataclass(frozen=True)
class SiteKind:
    """A kind of station: its name, and what its stations must do.

    `one_per`: the level of which each unit wants one, "" for none; `households_per_place`: how many households share a place of its capacity;
    `directions`: one is wanted in each of the five directions (东南西北中); `radiates`: the level of which each unit is to be reached by it,
    within `minutes` on foot (None: the scheme's own); `least`: so many are declared, 0 where nothing is.
    """

    name: Text
    one_per: str = ""
    households_per_place: float | None = None
    directions: bool = False
    radiates: str = ""
    minutes: float | None = None
    least: int = 0


@dataclass(frozen=True)
class EventKind:
    """A kind of event; open for longer than `days` it goes up to the parent unit."""

    name: Text
    days: float


@dataclass(frozen=True)
class Device:
    """A kind of camera or other device by its word in the data (`face`, `barrier`)."""

    name: Text


@dataclass(frozen=True)
class TaskLayer:
    """A layer of a community's map of tasks: the kinds of events, stations and devices (`cameras`) that it shows."""

    name: Text
    events: tuple[str, ...] = ()
    stations: tuple[str, ...] = ()
    cameras: tuple[str, ...] = ()


def station_of(kind: str, entry: Any, levels: list[str], scheme_id: str) -> SiteKind:
    """Make a kind of station of its table; raises SchemeError."""
    where = f"{scheme_id} [stations.{kind}]"
    names = ("name", "one_per", "households_per_place", "directions", "radiates", "minutes", "least")
    check_known(table_of(entry, where), names, where)
    for key in ("one_per", "radiates"):
        level_word(entry, key, levels, where)
    for key in ("households_per_place", "minutes"):
        check_value(entry.get(key) is None or _is_positive(entry[key]), where, key, entry.get(key), *POSITIVE)
    check_value(isinstance(entry.get("directions", False), bool), where, "directions", entry.get("directions"), "true or false", "true 或 false")
    check_value("least" not in entry or is_count(entry["least"]), where, "least", entry.get("least"), "1 or more", "1 或以上的整数")
    is_walk = "minutes" not in entry or bool(entry.get("radiates"))
    check_value(
        is_walk, where, "minutes", entry.get("minutes"), 'radiates = "…" beside it: the level to be reached', '同时写 radiates = "…"：要辐射的层级'
    )
    return SiteKind(text_of(entry.get("name", kind), where), **{key: entry[key] for key in names[1:] if key in entry})


def event_of(kind: str, entry: Any, days: float, scheme_id: str) -> EventKind:
    """Make a kind of event of its table; `days` is the scheme's own. Raises SchemeError."""
    where = f"{scheme_id} [events.{kind}]"
    check_known(table_of(entry, where), ("name", "days"), where)
    found = entry.get("days", days)
    check_value(_is_positive(found), where, "days", found, *POSITIVE)
    return EventKind(text_of(entry.get("name", kind), where), found)


def device_of(kind: str, entry: Any, scheme_id: str) -> Device:
    """Make a kind of device of its table; raises SchemeError."""
    where = f"{scheme_id} [devices.{kind}]"
    check_known(table_of(entry, where), ("name",), where)
    return Device(text_of(entry.get("name", kind), where))


def task_of(key: str, entry: Any, known: Mapping[str, Iterable[str]], scheme_id: str) -> TaskLayer:
    """Make a layer of tasks of its table; `known`: the scheme's kinds of events, stations and cameras. Raises SchemeError."""
    where = f"{scheme_id} [tasks.{key}]"
    check_known(table_of(entry, where), ("name", *known), where)
    shown = {role: words_of(entry.get(role, []), where, role) for role in known}
    for role, names in known.items():
        check_words(shown[role], names, where, f"kind of {role}")
    is_something = any(shown.values())
    check_value(is_something, where, "events", [], "the kinds of events, stations or cameras that it shows", "它显示哪些事件、站点或设备类型")
    return TaskLayer(text_of(entry.get("name", key), where), **shown)


def _is_positive(value: Any) -> bool:
    return is_number(value) and value > 0
