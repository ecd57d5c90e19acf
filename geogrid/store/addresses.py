"""From an address or a station's name, as people write it, to its place.

Exactly that address first; else those that hold what was asked (北里5号楼); else the longest known address inside what was asked (a whole
postal address with its room). A number is never cut: 5号楼 is not found in 15号楼.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

_DIGITS = {sign: value for value, signs in enumerate(("零〇", "一", "二两", "三", "四", "五", "六", "七", "八", "九")) for sign in signs}
_NUMERALS = re.compile(r"[零〇一二三四五六七八九十百]+")
_DROPPED = re.compile(r"[\s_·.,，、。:：;；“”\"'‘’()（）\[\]【】]+|(?<!\d)[-–—]+|[-–—]+(?!\d)")
_HOUSE = re.compile(r"(?<=\d)(?:号?[栋幢]楼?|#楼?)")
LONGEST = 100
"""No address is longer; what stands behind is not looked at."""


@dataclass(frozen=True)
class Place:
    """What an address names: `kind` ("building", "entrance", "site") and its id, the address as written, a point certainly inside (working CRS).

    `building` is the id of the building of an entrance.
    """

    kind: str
    id: str
    address: str
    x: float
    y: float
    building: str = ""


class AddressBook:
    """The addresses of buildings and entrances and the names of stations. What has none is not in it."""

    def __init__(self, buildings: gpd.GeoDataFrame | None, entrances: gpd.GeoDataFrame | None, stations: gpd.GeoDataFrame | None) -> None:
        frames = (("building", buildings, "address"), ("entrance", entrances, "address"), ("site", stations, "name"))
        self._rows = [row for kind, frame, column in frames if frame is not None and column in frame for row in _rows(kind, frame, column)]
        keys = [address_key(address) for _, _, address, _, _ in self._rows]
        self._exact: dict[str, list[int]] = {}
        for at, key in enumerate(keys):
            self._exact.setdefault(key, []).append(at)
        self._addresses = {(kind, name): address for kind, name, address, _, _ in self._rows}
        self._text = "\n".join(keys)
        self._start = np.cumsum([0, *(len(key) + 1 for key in keys[:-1])]) if keys else np.array([], dtype=int)

    def __len__(self) -> int:
        """Count the addresses."""
        return len(self._rows)

    def find(self, text: str, most: int = 20) -> list[Place]:
        """Return the places that an address may mean, the likeliest first: one where it is certain, () for none, at most `most`."""
        key = address_key(text)
        if not key:
            return []
        found = self._exact.get(key) or self._holding(key) or self._inside(key)
        return [self._place(at) for at in self._without_parts(found)[:most]]

    def address_of(self, kind: str, name: str) -> str:
        """Return the address of a building, entrance or site (id), "" where it has none."""
        return self._addresses.get((kind, name), "")

    def entrances_of(self, building: str) -> list[Place]:
        """Return the entrances of a building (id) that have an address, in order."""
        found = [at for at, row in enumerate(self._rows) if building and row[3] == building]
        return [self._place(at) for at in sorted(found, key=lambda at: _natural(self._rows[at][2]))]

    def _holding(self, key: str) -> list[int]:
        """Return the rows whose address holds a text."""
        pattern = ("(?<![0-9])" if key[0].isdigit() else "") + re.escape(key) + ("(?![0-9])" if key[-1].isdigit() else "")
        hits = [match.start() for match in re.finditer(pattern, self._text)]
        found = np.unique(np.searchsorted(self._start, hits, side="right") - 1).tolist()
        return sorted(found, key=lambda at: (len(self._rows[at][2]), _natural(self._rows[at][2]), at))

    def _inside(self, key: str) -> list[int]:
        """Return the rows of the longest address that a text holds, of two characters or more."""
        for length in range(len(key) - 1, 1, -1):
            for start in range(len(key) - length + 1):
                part = key[start : start + length]
                if part in self._exact and not _cuts_number(key, start, length):
                    return self._exact[part]
        return []

    def _without_parts(self, found: Sequence[int]) -> list[int]:
        """Leave out entrances of buildings that were found too."""
        buildings = {self._rows[at][1] for at in found if self._rows[at][0] == "building"}
        return [at for at in found if self._rows[at][3] not in buildings]

    def _place(self, at: int) -> Place:
        kind, name, address, building, shape = self._rows[at]
        point = shapely.point_on_surface(shape)
        return Place(kind, name, address, float(point.x), float(point.y), building)


def address_key(text: str) -> str:
    """Return an address as addresses are compared: width, case, blanks, 五/5, 栋/幢/#/号楼 do not matter.

    >>> address_key("祥和北里 ５栋 1单元"), address_key("祥和北里五号楼一单元"), address_key("5#楼 1-301")
    ('祥和北里5号楼1单元', '祥和北里5号楼1单元', '5号楼1-301')
    """
    plain = unicodedata.normalize("NFKC", text[:LONGEST]).casefold()
    plain = _DROPPED.sub("", plain)
    return _HOUSE.sub("号楼", _NUMERALS.sub(lambda run: _number(run.group()), plain))


def _number(run: str) -> str:
    """Return a Chinese numeral in digits: 十二 12, 二〇一 201."""
    if "十" not in run and "百" not in run:
        return "".join(str(_DIGITS[sign]) for sign in run)
    total, last = 0, 0
    for sign in run:
        if sign in "十百":
            total, last = total + (last or 1) * (10 if sign == "十" else 100), 0
        else:
            last = _DIGITS[sign]
    return str(total + last)


def _rows(kind: str, frame: gpd.GeoDataFrame, column: str) -> list[tuple[str, str, str, str, object]]:
    names = frame["id"].fillna("").astype(str) if "id" in frame else [""] * len(frame)
    buildings = frame["building"].fillna("").astype(str) if kind == "entrance" and "building" in frame else [""] * len(frame)
    listed = zip(names, frame[column].fillna("").astype(str), buildings, frame.geometry.to_numpy(), strict=True)
    return [
        (kind, name, address, building, shape)
        for name, address, building, shape in listed
        if address_key(address) and shape is not None and not shape.is_empty
    ]


def _cuts_number(key: str, start: int, length: int) -> bool:
    end = start + length
    before = start > 0 and key[start].isdigit() and key[start - 1].isdigit()
    return before or (end < len(key) and key[end - 1].isdigit() and key[end].isdigit())


def _natural(text: str) -> list[tuple[int, str]]:
    """Return a key that puts 2号楼 before 10号楼."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", text)]
