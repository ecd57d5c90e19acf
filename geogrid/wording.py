"""Words as they are compared, and what levels are called: width, case, spaces, brackets and a closing 数 do not matter."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Protocol

from geogrid.scheme import Level, Text

LEVELS: dict[str, tuple[str, ...]] = {
    "street": ("街道", "镇街", "街镇", "乡镇", "街道办", "street", "streets", "subdistrict", "subdistricts"),
    "community": ("社区", "城市社区", "城镇社区", "居委会", "社区居委会", "村社区", "community", "communities"),
    "grid": ("网格", "单元网格", "基础网格", "社区网格", "城市网格", "grid", "grids"),
    "microgrid": ("微网格", "子网格", "微格", "microgrid", "microgrids", "micro-grid", "micro-grids", "sub-grids"),
    "compound": ("小区", "居民小区", "楼院", "compound", "compounds"),
}
"""What a level is called besides the names that its scheme gives it, by level id."""
_LONGEST = 100
"""No word for a figure is longer; what stands behind is not looked at."""
_BRACKETS = re.compile(r"[(（\[【].*?[)）\]】]")
_DROPPED = re.compile(r"[\s_\-–—“”\"'‘’《》的·.,，、]+")
_ENDINGS = ("总数量", "总数", "数量", "个数", "总量", "数", "合计", "总计")
_BEGINNINGS = ("numberof", "countof", "全区", "全市", "全县", "辖区内", "共有", "总")


class Named(Protocol):
    """A kind that a scheme names, as of staff or organisations."""

    @property
    def name(self) -> Text: ...  # noqa: D102


def plural(name: str) -> str:
    """Return the plural of a level's English name.

    >>> plural("community"), plural("grid"), plural("")
    ('communities', 'grids', '')
    """
    if not name:
        return ""
    return name[:-1] + "ies" if name.endswith("y") else name + ("es" if name[-1] in "hsx" else "s")


def folded(text: str) -> str:
    """Return a word as words are compared.

    >>> folded("网格数量 (个)"), folded("Number of Grids"), folded("数量")
    ('网格', 'grids', '数量')
    """
    plain = _DROPPED.sub("", _BRACKETS.sub("", unicodedata.normalize("NFKC", text[:_LONGEST]))).casefold()
    for ending in _ENDINGS:
        if plain.endswith(ending) and len(plain) > len(ending):
            plain = plain.removesuffix(ending)
            break
    for beginning in _BEGINNINGS:
        if plain.startswith(beginning) and len(plain) > len(beginning):
            plain = plain.removeprefix(beginning)
            break
    return plain


def kinds_by_word(kinds: Mapping[str, Named]) -> dict[str, str]:
    """Return the scheme's id of a kind by each folded word for it: its id, else its names."""
    words = {folded(word): kind for kind, entry in kinds.items() for word in (entry.name.en, entry.name.zh)}
    return words | {folded(kind): kind for kind in kinds}


def kinds_as_written(kinds: Mapping[str, Named]) -> dict[str, str]:
    """Return the scheme's id of a kind by each word for it, to the letter; an id goes before a name, an earlier kind's name before a later one's."""
    words = {word: kind for kind, entry in reversed(kinds.items()) for word in (entry.name.zh, entry.name.en)}
    return words | {kind: kind for kind in kinds}


def level_words(levels: Iterable[Level]) -> dict[str, str]:
    """Return the level id of each word for a level, folded: its own names first, then what such levels are usually called."""
    words: dict[str, str] = {}
    known = list(levels)
    for level in known:
        for name in (level.id, level.name.zh, level.name.en, plural(level.name.en)):
            words.setdefault(folded(name), level.id)
    for level in known:
        for name in LEVELS.get(level.id, ()):
            words.setdefault(folded(name), level.id)
    return words
