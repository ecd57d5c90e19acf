"""The edits of a plan as data: what a planner may ask for, and its JSON.

    {"kind": "move", "atoms": ["12-1-1", "12-2-1"], "to": "130203101002056008", "reason": "one stairwell, one grid"}

Codes are those in force. `parse_edit` checks the form only; whether the edit is allowed is for `geogrid.edit.apply`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar

LonLats = tuple[tuple[float, float], ...]
"""A line in degrees, WGS 84: two or more (longitude, latitude)."""


@dataclass(frozen=True)
class Edit:
    """What all edits have: a kind and a reason in the planner's own words."""

    kind: ClassVar[str] = ""
    reason: str = field(default="", kw_only=True)


@dataclass(frozen=True)
class Move(Edit):
    """Give atoms (codes) to the unit `to` of any level, or with None to none."""

    kind: ClassVar[str] = "move"
    atoms: tuple[str, ...]
    to: str | None


@dataclass(frozen=True)
class Split(Edit):
    """Split a unit along a line (its cells by the side on which their people live), or into `parts` balanced ones."""

    kind: ClassVar[str] = "split"
    unit: str
    line: LonLats | None = None
    parts: int | None = None


@dataclass(frozen=True)
class Merge(Edit):
    """Merge units of one level into one of them, or with `into` None into a new one."""

    kind: ClassVar[str] = "merge"
    units: tuple[str, ...]
    into: str | None = None


@dataclass(frozen=True)
class Reshape(Edit):
    """Make a line the border between two units: cells under it are cut. `homes` says whose a cell's people are where that can not be told."""

    kind: ClassVar[str] = "reshape"
    units: tuple[str, ...]
    line: LonLats
    homes: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class Reparent(Edit):
    """Give a unit another parent, or with None none."""

    kind: ClassVar[str] = "reparent"
    unit: str
    parent: str | None


@dataclass(frozen=True)
class Rename(Edit):
    """Give a unit another name."""

    kind: ClassVar[str] = "rename"
    unit: str
    name: str


@dataclass(frozen=True)
class Create(Edit):
    """Make a unit of a level, of atoms (codes), under a parent; `unit_kind` is a kind of the level, "" its first."""

    kind: ClassVar[str] = "create"
    level: str
    parent: str | None
    name: str
    atoms: tuple[str, ...]
    unit_kind: str = ""


@dataclass(frozen=True)
class Retire(Edit):
    """Dissolve a unit: its atoms and children go to its parent."""

    kind: ClassVar[str] = "retire"
    unit: str


@dataclass(frozen=True)
class Compose(Edit):
    """Several edits as one: all of them or none, one version, one undo. Rules are asked of the outcome only."""

    kind: ClassVar[str] = "compose"
    edits: tuple[Edit, ...]


KINDS: Mapping[str, type[Edit]] = {kind.kind: kind for kind in (Move, Split, Merge, Reshape, Reparent, Rename, Create, Retire, Compose)}


def to_json(edit: Edit) -> dict[str, Any]:
    """Return an edit as JSON values; `parse_edit` of them is the edit again. What is left at its default is left out, but for `to` and `parent`."""
    document: dict[str, Any] = {"kind": edit.kind}
    for each in fields(edit):
        value = getattr(edit, each.name)
        if value != each.default:
            document[each.name] = _JSON.get(each.name, _plain)(value)
    return document


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _line(value: LonLats) -> dict[str, Any]:
    return {"type": "LineString", "coordinates": [list(point) for point in value]}


def _edits(value: Sequence[Edit]) -> list[dict[str, Any]]:
    return [to_json(edit) for edit in value]


_JSON = {"line": _line, "edits": _edits, "homes": lambda value: {str(cell): code for cell, code in value}}
