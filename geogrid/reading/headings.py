"""Which of a file's columns is which of ours: what the recipe says, our own names, then headings that Chinese and English files use.

Nothing is guessed: a heading stands for a column or it does not, and where two columns of a file could both be meant, neither is taken.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from geogrid.reading.heading_words import HEADINGS, LEVEL_HEADS, Ranks
from geogrid.schema import spec_of

_NOTE = re.compile(r"[(\[【](?:必填|选填|户|人|层|米|m|m2|km|度|°|平方米|个|间|张|床|小数|text)[)\]】]|[*:：]")
_FILLING = re.compile(r"[\s_\-./·]+")


@dataclass(frozen=True)
class Recognised:
    """Columns of a file: `columns` ours → theirs; of these `taken` went by a heading; `doubtful` ours → theirs that could all be meant."""

    columns: dict[str, str]
    taken: dict[str, str]
    doubtful: dict[str, tuple[str, ...]]


def recognise(role: str, names: Sequence[str], given: Mapping[str, str] = {}) -> dict[str, str]:
    """Map our columns of a role to a file's. `given`, the recipe's own mapping, wins; "" in it keeps a column from being taken.

    >>> recognise("communities", ["SQDM", "社区名称", "备注"])
    {'code': 'SQDM', 'name': '社区名称'}
    """
    return recognise_columns(role, names, given).columns


def recognise_columns(role: str, names: Sequence[str], given: Mapping[str, str] = {}, apart: Iterable[str] = ()) -> Recognised:
    """Map columns as `recognise` does, and say which went by a heading and which were left because several could be meant.

    `apart` are columns of ours that are not wanted (coordinates of a file that has geometries).
    """
    without = set(apart) | {ours for ours, theirs in given.items() if not theirs}
    wanted = [ours for ours in spec_of(role).columns if ours not in without]
    columns = {ours: given.get(ours, ours) for ours in wanted if given.get(ours, ours) in names}
    free = [name for name in names if name not in columns.values() and name not in given.values()]
    claims = {ours: _claim(ours, _headings(role).get(ours, ()), free) for ours in wanted if ours not in columns and ours not in given}
    taken, doubtful = _settled({ours: claim for ours, claim in claims.items() if claim is not None})
    columns |= taken
    return Recognised({ours: columns[ours] for ours in wanted if ours in columns}, taken, doubtful)


def _headings(role: str) -> Mapping[str, Ranks]:
    """Headings of a role's columns; areas of a level of an office's own have those of grids."""
    return HEADINGS.get(role, HEADINGS["grids"] if spec_of(role).area_role else {})


def _claim(ours: str, ranks: Ranks, free: Sequence[str]) -> tuple[int, tuple[str, ...]] | None:
    """Return the surest rank that any free column has, and those columns."""
    folded = {name: fold(name) for name in free}
    for rank, words in enumerate((frozenset([fold(ours)]), *ranks)):
        found = tuple(name for name in free if folded[name] in words)
        if found:
            return rank, found
    return None


def _settled(claims: Mapping[str, tuple[int, tuple[str, ...]]]) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """A column that several of ours claim goes to the one that is surest of it; where two are equally sure, to none."""
    taken: dict[str, str] = {}
    doubtful = {ours: found for ours, (_, found) in claims.items() if len(found) > 1}
    for ours, (rank, found) in claims.items():
        if ours in doubtful:
            continue
        rivals = [other for other, (of, names) in claims.items() if other != ours and found[0] in names and of <= rank]
        if not rivals:
            taken[ours] = found[0]
        elif any(claims[other][0] == rank for other in rivals):
            doubtful[ours] = found
    return taken, doubtful


def fold(name: str) -> str:
    """Return a heading without what varies: width, case, blanks, underlines, units in brackets, marks of what must be filled in.

    >>> fold("Community_Code "), fold("户数（户）"), fold("ＳＱＤＭ*")
    ('communitycode', '户数', 'sqdm')
    """
    plain = unicodedata.normalize("NFKC", name).casefold()
    return _FILLING.sub("", _NOTE.sub("", _FILLING.sub("", plain)))


def named_levels(names: Iterable[str]) -> list[str]:
    """List the area roles that a file's headings speak of by code or name, highest first: SQDM speaks of communities."""
    folded = {fold(name) for name in names}
    return [role for role in LEVEL_HEADS if folded & (HEADINGS[role]["code"][0] | HEADINGS[role]["name"][0])]
