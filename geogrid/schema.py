"""What may be said about a district: the roles an input can play, the columns each role knows, and what their values may be.

Roles and columns are promises of the README; everything that reads, inspects or simulates input asks here. A `Column` of type

    text    any words                       code    an identifier: text, never a number that lost its zeros
    number  finite, within `low` … `high`   flag    yes or no
    compass a GB/T 28181 direction (1 … 8, 东, E, …), turned into degrees clockwise from north
    amount  a figure as people write it (2257, 6000+, 78.5万), kept as text; see `geogrid.declared`
    moment  a day and time of day, turned into seconds since 1970; see `geogrid.reading.moments`
    dated   a day, or a moment, from or to which something holds, turned as ISO 8601 text
    when    a day, with a time of day or without, kept as ISO 8601 text; see `geogrid.reading.happenings`
    state   what became of an event: "open", "closed" or ""
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

GEOMETRIES = ("area", "line", "point", "any", "none")


@dataclass(frozen=True)
class Column:
    """One known column: its type, the range of a number, whether only whole numbers make sense, whether it must be there."""

    type: str = "text"
    low: float = float("-inf")
    high: float = float("inf")
    whole: bool = False
    required: bool = False


@dataclass(frozen=True)
class RoleSpec:
    """One role: its columns, the kind of geometry its rows have, and whether it gives a level of the division (`area_role`, `level`).

    `geometry` is one of `GEOMETRIES`; "any" means lines or areas (barriers), "point" also takes the label point of an area. With `place_optional` a
    file may also be a table whose rows have no place.
    """

    columns: Mapping[str, Column] = field(default_factory=dict)
    geometry: str = "none"
    area_role: bool = False
    level: str = ""
    place_optional: bool = False

    @property
    def types(self) -> dict[str, str]:
        """Type of each column, by name."""
        return {name: column.type for name, column in self.columns.items()}


TEXT, CODE, FLAG, PRESENCE = Column(), Column("code"), Column("flag"), Column("presence")
COUNT = Column("number", 0, 1_000_000, whole=True)
_LONG, _LAT = Column("number", -180, 180), Column("number", -90, 90)
_PLACE = {"lon": _LONG, "lat": _LAT, "x": Column("number"), "y": Column("number")}


def _area(level: str, required: bool = True) -> RoleSpec:
    return RoleSpec({"code": Column("code", required=required), "name": TEXT, "parent": CODE, "kind": TEXT}, "area", True, level)


def _barrier() -> RoleSpec:
    columns = {"class": TEXT, "name": TEXT, "main": PRESENCE, "bridge": PRESENCE, "tunnel": PRESENCE, "layer": Column("number", -20, 20)}
    return RoleSpec(columns, "any")


_FLOORS = Column("number", 0, 300)
_HOMES = {"floors": _FLOORS, "households": COUNT}
_MEMBER = {"member": CODE, "target_kind": TEXT, "target": CODE}
_WHEN = Column("when")
_DATED = Column("dated")
_VALID = {"valid_from": _DATED, "valid_to": _DATED}

ROLES: dict[str, RoleSpec] = {
    # an outline often comes without a code, so only the levels below must have one
    "district": _area("district", required=False),
    "streets": _area("street"),
    "communities": _area("community"),
    "grids": _area("grid"),
    "microgrids": _area("microgrid"),
    "compounds": _area("compound"),
    "buildings": RoleSpec(
        {"id": CODE, "address": TEXT, **_HOMES, "persons": COUNT, "use": TEXT, "height_m": Column("number", 0, 1500), "community": CODE}, "area"
    ),
    "entrances": RoleSpec({"id": CODE, "building": CODE, "address": TEXT, **_HOMES, **_PLACE}, "point"),
    "households": RoleSpec(
        {
            "id": CODE,
            "building": CODE,
            "entrance": CODE,
            "floor": Column("number", -20, 300, whole=True),
            "door": TEXT,
            "persons": COUNT,
            "centre": FLAG,
        }
    ),
    "roads": _barrier(),
    "railways": _barrier(),
    "water": _barrier(),
    "walls": _barrier(),
    "green": _barrier(),
    "stations": RoleSpec(
        {
            "id": CODE,
            "kind": TEXT,
            "name": TEXT,
            "capacity": COUNT,
            "host": TEXT,
            "area_m2": Column("number", 0, 1e9),
            "equipment": TEXT,
            "hub": FLAG,
            **_PLACE,
        },
        "point",
    ),
    "cameras": RoleSpec(
        {
            "id": CODE,
            "kind": TEXT,
            "name": TEXT,
            "direction_deg": Column("number", 0, 360),
            "direction": Column("compass"),
            "range_m": Column("number", 0, 50_000),
            "angle_deg": Column("number", 0, 360),
            "height_m": Column("number", 0, 1500),
            "ptz": CODE,
            "gb_code": CODE,
            "sign_installed": FLAG,
            "secret": FLAG,
            **_PLACE,
        },
        "point",
    ),
    "prohibited": RoleSpec({"kind": TEXT}, "area"),
    "staff": RoleSpec({"id": CODE, "name": TEXT, "kind": TEXT, "phone": CODE, "duties": TEXT, "unit": CODE}),
    "organisations": RoleSpec(
        {"id": CODE, "name": TEXT, "kind": TEXT, "parent": CODE, "unit": CODE, **_VALID, **_PLACE}, "point", place_optional=True
    ),
    "memberships": RoleSpec({**_MEMBER, "post": TEXT, **_VALID}),
    "workplaces": RoleSpec({"id": CODE, "name": TEXT}),
    "overlays": RoleSpec({"id": CODE, "name": TEXT, "kind": TEXT, "action": TEXT, **_MEMBER, "post": TEXT, **_VALID}),
    "events": RoleSpec(
        {"id": CODE, "kind": TEXT, "time": _WHEN, "state": Column("state"), "closed_at": _WHEN, "reporter_kind": TEXT, "address": TEXT, **_PLACE},
        "point",
        place_optional=True,
    ),
    "patrols": RoleSpec(
        {"officer": CODE, "track": CODE, "time": Column("moment", required=True), "accuracy_m": Column("number", 0, 1e6), **_PLACE}, "point"
    ),
    "declared": RoleSpec({"item": TEXT, "level": TEXT, "kind": TEXT, "value": Column("amount"), "unit": TEXT, "source": TEXT, "note": TEXT}),
}

COMPASS_DEG: dict[str, float] = {
    **dict(zip("12345678", (90.0, 270.0, 180.0, 0.0, 135.0, 45.0, 225.0, 315.0), strict=True)),
    **{"东": 90.0, "西": 270.0, "南": 180.0, "北": 0.0, "东南": 135.0, "东北": 45.0, "西南": 225.0, "西北": 315.0},
    **{"e": 90.0, "w": 270.0, "s": 180.0, "n": 0.0, "se": 135.0, "ne": 45.0, "sw": 225.0, "nw": 315.0},
    **{"east": 90.0, "west": 270.0, "south": 180.0, "north": 0.0, "southeast": 135.0, "northeast": 45.0, "southwest": 225.0, "northwest": 315.0},
}
"""Degrees clockwise from north of each way to write a GB/T 28181 direction (lower case); 1 … 8 are E W S N SE NE SW NW."""


def spec_of(role: str) -> RoleSpec:
    """Return what is known of a role; one that no table of ours has is the areas of a level of the recipe's own scheme (`villages` of `village`).

    >>> spec_of("villages").level, spec_of("grids").area_role
    ('village', True)
    """
    return ROLES[role] if role in ROLES else _area(role.removesuffix("s"))


def nearest(name: str, known: Iterable[str]) -> tuple[str, str]:
    """Word a hint, English and Chinese, that names the known word nearest to `name`, or else lists the known ones.

    >>> nearest("buildngs", ["buildings", "roads"])[0]
    "did you mean 'buildings'?"
    """
    names = list(known)
    folded = {n.casefold(): n for n in reversed(names)}
    near = difflib.get_close_matches(name.casefold(), list(folded), 1)
    if near:
        return f"did you mean {folded[near[0]]!r}?", f"是否想写 {folded[near[0]]!r}？"
    return f"known: {', '.join(names)}", f"可用：{'、'.join(names)}"
