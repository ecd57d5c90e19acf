"""Why an edit is refused: one sentence a reason in both languages, each with what to do instead."""

from __future__ import annotations

from typing import Any

from geogrid.errors import EditError

REFUSALS: dict[str, tuple[str, str]] = {
    "no_change": ("nothing would change: choose other atoms or another unit", "没有变化：请另选基元或单元"),
    "no_atom": ("no atom {atom} in this plan: reload, its cell may have been cut", "本方案没有基元 {atom}：请刷新，所在剖分单元可能已被切开"),
    "empties_unit": (
        "{shown} would be left without any atom: merge or retire it instead",
        "{shown} 将没有任何基元：请改用合并或撤销",
    ),
    "splits_cell": (
        "{place} would lie in two units of level {level}, which take whole entrances: {add}",
        "{place_zh}将分属两个{level_zh}，而该层级不拆单元门：{add_zh}",
    ),
    "wrong_level": (
        "{shown} is not of a level above {level}: choose a parent of a higher level",
        "{shown} 不在{level_zh}之上：请选更高层级的单元",
    ),
    "needs_parent": ("a unit of level {level} needs a parent: name one", "{level_zh}必须有上级单元：请指定"),
    "levels_differ": ("{shown} are of different levels: merge units of one level", "{shown} 不属同一层级：只能合并同一层级的单元"),
    "parents_differ": (
        "{shown} have different parents: say with `into` which of them stays",
        "{shown} 的上级不同：请用 into 指明保留哪一个",
    ),
    "one_unit": ("a merge needs two units or more: name another", "合并至少要两个单元：请再选一个"),
    "orphans": (
        "{shown} has units below it and no parent that they could go to: merge it, or move them first",
        "{shown} 有下级单元而没有上级可承接：请改用合并，或先改隶其下级",
    ),
    "line_misses": (
        "all of {shown} lies on one side of the line: draw it across",
        "{shown} 全部位于线的一侧：请画线穿过它",
    ),
    "line_unclear": ("the line crosses itself or turns back: draw it so that it parts the unit once", "画线自相交或折回：请画一条把单元一分为二的线"),
    "one_cell": (
        "{shown} lies in one cell, which a line does not divide: choose floors and make a unit of them",
        "{shown} 只占一个剖分单元，画线不能拆分：请选楼层另设单元",
    ),
    "no_parts": (
        "{shown} can not be divided into {parts} parts: ask for fewer, or draw a line",
        "{shown} 不能分成 {parts} 份：请减少份数，或画线拆分",
    ),
    "reshape_units": ("a border lies between two units of one level or more: name them", "边界在两个或更多同级单元之间：请指明这些单元"),
    "reshape_nothing": (
        "the line takes nothing off {shown} that another of them could have{ended}: draw it from one side to the other, or from border to border",
        "画线没有从 {shown} 切下可划给另一单元的部分{ended_zh}：请画到另一侧，或从边界画到边界",
    ),
    "stacked_cell": (
        "the line cuts cell {cell}, on which several units stand floor by floor: draw it round the building, or move floors instead",
        "画线穿过剖分单元 {cell}，该处数个单元按楼层叠置：请绕开该楼，或改为划转楼层",
    ),
    "cut_unsound": (
        "the cells can not be cut exactly along this line: draw it a little beside",
        "无法沿此线准确切开剖分单元：请稍微移开再画",
    ),
    "asks_households": (
        "the line passes so near the homes of {cells_n} cells that it does not say whose they are: say it with `homes` ({ask})",
        "画线离 {cells_n} 个剖分单元的住户太近，不能判定归属：请用 homes 指明（{ask}）",
    ),
    "homes_unknown": (
        "homes names cell {cell} and unit {value}: write a cell that the line cuts, and one of the units",
        "homes 中的剖分单元 {cell} 或单元 {value} 不对：应为被切开的剖分单元和所列单元之一",
    ),
    "nothing_to_fill": ("nothing that is left out could be given to a unit or made one: do it by hand", "没有可自动归入或新设的未划用地：请手工处理"),
    "nothing_to_repair": ("no better division of {shown} and its neighbours was found: {do}", "没有找到 {shown} 与相邻单元更好的划法：{do_zh}"),
    "unknown_kind": ("no unit kind {value!r} at level {level}: write one of {known}", "{level_zh}没有类型 {value!r}，可用：{known}"),
}
"""Reason -> (English, Chinese), with the facts that they say."""


def refused(reason: str, units: list[str] | None = None, **facts: Any) -> EditError:
    """Return the error of a reason; `units` are codes, said as `shown`. Facts that are text of one language end in `_zh` for the other."""
    codes = units or []
    english, chinese = (
        sentence.format(**{"shown": comma.join(codes[:5]) + (" …" if len(codes) > 5 else ""), **facts})
        for sentence, comma in zip(REFUSALS[reason], (", ", "、"), strict=True)
    )
    return EditError(english, chinese, reason=reason, units=codes, **facts)
