"""The levels of a scheme: how each is made, its bounds, codes and kinds, and a recipe's own values laid over them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from geogrid.scheme_values import (
    MAKES,
    MOST,
    ORDERS,
    ROLES,
    TAKEN,
    WEIGHS,
    WHOLE,
    Text,
    check_known,
    check_value,
    is_count,
    is_number,
    table_of,
    text_of,
    unknown,
)


@dataclass(frozen=True)
class CodeRule:
    """How units of a level are coded: the parent's code, when `parent`, then `digits` of a sequence in `order`."""

    digits: int
    parent: bool = True
    order: str = "W-E,N-S"


@dataclass(frozen=True)
class Level:
    """One level. `role` is the input that gives its polygons; `households` are inclusive bounds; `kinds` say who is bound.

    Of a made level: units may be held together by a walking link of up to `link_m` metres; `halve` lets a floor be divided where nothing else brings
    a unit into its bounds, `split_floors` one above the upper bound; `weigh` says what a target count shares out, "households" or "area"; with
    `keep_buildings_whole` no building, nor entrance, that fits into the upper bound is divided; with `keep_compounds_whole` no compound (小区) is.
    `whole_cells`: whether its units take whole cells (entrances, houses) or, at the lowest level, storeys; None: as `takes_whole_cells` has it.
    `count` of a level that is not made by count is what is declared; compounds are brought to it by what lies outside them.
    """

    id: str
    name: Text
    make: str
    households: tuple[int, int] | None = None
    count: int | None = None
    complete: bool = True
    code: CodeRule | None = None
    kinds: Mapping[str, bool] = field(default_factory=lambda: {"base": True, "dedicated": False})
    link_m: float = 0.0
    halve: bool = False
    split_floors: bool = False
    weigh: str = "households"
    keep_buildings_whole: bool = False
    keep_compounds_whole: bool = False
    whole_cells: bool | None = None

    @property
    def takes_whole_cells(self) -> bool:
        """Tell whether a unit never shares a cell, wherever in the scheme the level stands: from the grid up, unless floors are to be divided."""
        if self.whole_cells is not None:
            return self.whole_cells
        return self.id in WHOLE and self.make != "seeds" and not (self.halve or self.split_floors)

    @property
    def role(self) -> str:
        """The input role that gives this level's polygons."""
        return ROLES.get(self.id, self.id + "s")


def check_lowest(levels: tuple[Level, ...]) -> None:
    """Refuse above the lowest level what only storeys and households can carry out: levels above take whole cells."""
    for level in levels[:-1]:
        asked = [key for key in ("halve", "split_floors") if getattr(level, key)]
        check_value(not asked, f"level {level.id}", "".join(asked[:1]), True, "it at the lowest level", "在最低的层级")
        check_value(level.make != "seeds", f"level {level.id}", "make", "seeds", "it at the lowest level", "在最低的层级")
        check_value(level.whole_cells is not False, f"level {level.id}", "whole_cells", "false", "it at the lowest level", "在最低的层级")


def level_of(entry: Mapping[str, Any], scheme_id: str) -> Level:
    """Make a level of its table; raises SchemeError."""
    where = f"{scheme_id} [[levels]]"
    check_known(entry, ("id", "name", "code", "kinds", *_OVERRIDABLE), where)
    level_id = entry.get("id", "")
    is_word = isinstance(level_id, str) and level_id.isascii() and level_id.isidentifier()
    check_value(is_word, where, "id", level_id, "an ASCII word", "英文字母、数字、下划线")
    check_value(level_id not in TAKEN, where, "id", level_id, "another word: it has a meaning of its own", "另一个词：它另有含义")
    kinds = {
        kind: bool(table_of(table, where + " kinds").get("bounds", True))
        for kind, table in table_of(entry.get("kinds", {}), where + " kinds").items()
    }
    level = Level(level_id, text_of(entry.get("name", level_id), where), "given", code=_code_rule(entry.get("code"), where))
    level = replace(level, kinds=kinds) if kinds else level
    return overridden(level, {"make": "given", **{k: v for k, v in entry.items() if k in _OVERRIDABLE}}, scheme_id)


def _code_rule(code: Any, where: str) -> CodeRule | None:
    if code is None:
        return None
    check_known(table_of(code, where + " code"), ("digits", "from", "order"), where + " code")
    digits, order = code.get("digits"), code.get("order", ORDERS[0])
    check_value(is_count(digits) and digits <= 12, where, "code.digits", digits, "a number from 1 to 12", "1 至 12 的整数")
    check_value(order in ORDERS, where, "code.order", order, f"one of {', '.join(ORDERS)}", "、".join(ORDERS) + " 之一")
    return CodeRule(digits, code.get("from", "parent") == "parent", order)


_FLAGS = ("halve", "split_floors", "keep_buildings_whole", "keep_compounds_whole", "whole_cells", "complete")
_OVERRIDABLE = ("households", "count", "make", "link_m", "weigh", *_FLAGS)


def overridden(level: Level, table: Mapping[str, Any], scheme_id: str) -> Level:
    """Return the level with other values laid over its own; raises SchemeError."""
    where = f"level {level.id}"
    check_known(table, _OVERRIDABLE, f"{scheme_id} [levels.{level.id}]")
    changes = dict(table)
    for key in _FLAGS:
        check_value(isinstance(changes.get(key, False), bool), where, key, changes.get(key), "true or false", "true 或 false")
    check_value(is_number(changes.get("link_m", 0)) and changes.get("link_m", 0) >= 0, where, "link_m", changes.get("link_m"), "metres", "米数")
    if (bounds := changes.get("households")) is not None:
        ok = isinstance(bounds, list | tuple) and len(bounds) == 2 and all(is_count(b) and b <= MOST for b in bounds) and bounds[0] <= bounds[1]
        check_value(ok, where, "households", bounds, "[lower, upper] with 0 < lower <= upper", "[下限, 上限]")
        changes["households"] = (bounds[0], bounds[1])
    for key, words in (("make", MAKES), ("weigh", WEIGHS)):
        if changes.get(key, words[0]) not in words:
            raise unknown(key, str(changes[key]), words, where)
    made = replace(level, **changes)
    bounded = made.make != "bounds" or made.households is not None
    check_value(bounded, where, "make", "bounds", "it with households = [lower, upper]", "households = [下限, 上限]")
    check_value(made.make != "count" or is_count(made.count), where, "count", made.count, "a positive number", "正整数")
    check_value(not (made.halve and made.make == "seeds"), where, "halve", "true", "it where bounds decide, not seeds", "在按上下限划分的层级")
    divides = made.make == "seeds" or made.halve or made.split_floors
    check_value(not (made.whole_cells and divides), where, "whole_cells", "true", "false: its floors are to be divided", "false：该层级要拆分楼层")
    check_value(made.count is None or is_count(made.count), where, "count", made.count, "a positive number", "正整数")
    both = made.halve and made.keep_buildings_whole
    check_value(not both, where, "halve", "true", "false, or keep_buildings_whole = false", "false，或把 keep_buildings_whole 写为 false")
    by_area = made.weigh == "area"
    check_value(not by_area or made.make == "count", where, "weigh", "area", 'it with make = "count"', '在 make = "count" 的层级')
    check_value(not by_area or bounds is None, where, "households", bounds, 'no bounds beside weigh = "area"', 'weigh = "area" 时不写上下限')
    return replace(made, households=None) if by_area else made  # land is shared out evenly, whoever lives on it
