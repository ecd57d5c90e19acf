"""What a scheme may say: its words, the numbers that figures rest on, and checks of keys and values that name what to write instead."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from geogrid.errors import SchemeError

MOST = 1_000_000_000
"""Households that no unit exceeds."""
MAKES = ("given", "column", "bounds", "count", "entrance", "compound", "building", "seeds")
WEIGHS = ("households", "area")
ROLES = {"street": "streets", "community": "communities", "grid": "grids", "microgrid": "microgrids", "compound": "compounds"}
WHOLE = ("street", "community", "grid", "compound")
"""Levels whose units never share a cell (an entrance, a house) unless the scheme says `whole_cells = false`, even where one is the lowest."""
_HOMES_ZH = ("住宅", "居住", "居民楼", "居民地", "院落", "平房", "商住")
_HOMES_EN = ("residential", "apartments", "house", "detached", "semidetached_house", "terrace", "dormitory", "mixed", "yes")
HOME_USES = ("", *_HOMES_ZH, *_HOMES_EN)
MAIN_ROADS = ("motorway", "trunk", "primary", "ring", "main", "高速公路", "快速路", "主干路", "主干道")
PATHS = ("footway", "path", "trail", "steps", "cycleway", "corridor", "elevator", "platform", "service", "proposed", "construction")
DEFAULTS: dict[str, Any] = {
    "walking_km_h": 4.5,
    "minutes": [5, 10, 15],
    "detour": 1.3,
    "blind_below_street_share": 0.5,
    "facade_m": 10,
    "campus_m2": 20000,
    "land_cell_m": 120,
    "entrance_width_m": 15,
    "lift_entrance_width_m": 30,
    "dwelling_m2": 90,
    "default_floors": 1,
    "home_uses": list(HOME_USES),
    "main_roads": list(MAIN_ROADS),
    "paths": list(PATHS),
    "small_count": 3,
    "patrol_m": 15,
    "patrol_hours": ["07:00", "22:00"],
    "patrol_accuracy_m": 15,
    "patrol_gap_s": 120,
    "patrol_km_h": 25,
    "event_days": 7,
}
CAMERA_DEFAULTS: dict[str, dict[str, float]] = {
    "1": {"angle_deg": 360, "range_m": 100, "height_m": 6},
    "2": {"angle_deg": 360, "range_m": 50, "height_m": 3.5},
    "3": {"angle_deg": 60, "range_m": 80, "height_m": 4},
    "4": {"angle_deg": 60, "range_m": 100, "height_m": 6},
}
"""What a camera sees whose record does not say, by PTZ type of GB/T 28181, where a scheme's `[cameras.N]` does not either."""
MAY_BE_ZERO = ("entrance_width_m", "land_cell_m")
"""Defaults that 0 switches off: no entrance is estimated, open land is not divided."""
RULE_SEVERITIES = ("error", "warning")
_HOUR = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
ORDERS = ("W-E,N-S", "N-S,W-E")
TAKEN = ("cell", "atom", "district", "stations", "cameras", "events", "entrances", "buildings")
"""Words that mean something of their own where a level is named (`geogrid export --level`)."""


@dataclass(frozen=True)
class Text:
    """A name in Chinese and English; where a scheme gives one only, it serves for both."""

    zh: str
    en: str

    def say(self, language: str) -> str:
        """Return the name in `language`, "zh" or "en"."""
        return self.zh if language.startswith("zh") else self.en


def is_number(value: Any) -> bool:
    """Tell whether a value is a finite number; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def is_count(value: Any) -> bool:
    """Tell whether a value is 1, 2, 3, …"""
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def is_hours(value: Sequence[Any]) -> bool:
    """Tell whether a value is two different times of the day; the second may be the earlier one, over midnight.

    >>> is_hours(["07:00", "22:00"]), is_hours(["7", "22"]), is_hours(["07:00", "07:00"])
    (True, False, False)
    """
    return len(value) == 2 and value[0] != value[1] and all(isinstance(text, str) and _HOUR.fullmatch(text) for text in value)


def check_value(ok: bool, where: str, key: str, value: Any, wanted: str, wanted_zh: str) -> None:
    """Raise SchemeError naming the key and what to write, unless `ok`."""
    if not ok:
        raise SchemeError(f"{where}: {key} = {value!r}: write {wanted}", f"{where}：{key} = {value!r}，应写{wanted_zh}", field=key, value=value)


def table_of(value: Any, where: str) -> Mapping[str, Any]:
    """Return the value, a table; raise SchemeError where it is none."""
    if not isinstance(value, Mapping):
        raise SchemeError(f"{where}: {value!r} must be a table", f"{where}：{value!r} 应为一个表", value=value)
    return value


def check_known(table: Mapping[str, Any], names: Iterable[str], where: str) -> None:
    """Raise SchemeError for the first key that is not among `names`."""
    for key in table:
        if key not in names:
            raise unknown("key", key, names, where)


def text_of(value: Any, where: str) -> Text:
    """Make a Text of a word, or of a table `{ zh = …, en = … }`."""
    if isinstance(value, str):
        value = {"zh": value}
    check_known(table_of(value, f"{where} name"), ("zh", "en"), f"{where} name")
    zh, en = (value.get(language, "") for language in ("zh", "en"))
    ok = isinstance(zh, str) and isinstance(en, str) and bool(zh.strip() or en.strip())
    check_value(ok, where, "name", value, 'a name: { zh = "…", en = "…" }', '名称：{ zh = "…", en = "…" }')
    return Text(zh or en, en or zh)


def words_of(value: Any, where: str, key: str) -> tuple[str, ...]:
    """Return the words of a list of texts, or of one text; raise SchemeError naming the key."""
    words = [value] if isinstance(value, str) else value
    ok = isinstance(words, list) and all(isinstance(word, str) and word for word in words)
    check_value(ok, where, key, value, 'a word, or a list: ["…", "…"]', '一个词，或列表：["…", "…"]')
    return tuple(dict.fromkeys(words))


def level_word(entry: Mapping[str, Any], key: str, known: Iterable[str], where: str) -> str:
    """Return the word under a key that names a level, "" for none; raise SchemeError where it is none of the known."""
    word = entry.get(key, "")
    check_value(isinstance(word, str), where, key, word, f"one of {', '.join(known)}", f"{'、'.join(known)} 之一")
    check_words((word,) if word else (), known, where, "level")
    return word


def check_words(words: Iterable[str], names: Iterable[str], where: str, what: str) -> None:
    """Raise SchemeError for the first word that is not among `names`."""
    known = list(names)
    for word in words:
        if word not in known:
            raise unknown(what, word, known, where)


def unknown(what: str, name: str, names: Iterable[str], where: str) -> SchemeError:
    """Return the error for a name that is not among `names`, with the nearest one."""
    known = list(names)
    near = difflib.get_close_matches(name, known, 1)
    hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"
    hint_zh = f"是否想写 {near[0]!r}？" if near else f"可用：{'、'.join(known)}"
    return SchemeError(f"{where}: unknown {what} {name!r}; {hint}", f"{where}：不认识的 {what} {name!r}；{hint_zh}", value=name)


def say_bounds(pair: tuple[int, int]) -> str:
    """Write bounds of households.

    >>> say_bounds((8, 12)), say_bounds((11, 11))
    ('8–12', '11')
    """
    return f"{pair[0]}–{pair[1]}" if pair[0] != pair[1] else str(pair[0])


def place_level(above: Sequence[str]) -> str:
    """Return which of the levels above another is shown whole on a map beside others: communities, else the level two above it, else the top.

    >>> place_level(["street", "community", "grid"]), place_level(["area", "block"])
    ('community', 'area')
    """
    return "community" if "community" in above else above[max(0, len(above) - 2)]
