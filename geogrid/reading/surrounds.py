"""What offices write round a table: a title above its header, totals and signatures below. Found, told and left out, never read as rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain
from typing import Any

from geogrid.reading.heading_words import HEADINGS
from geogrid.reading.headings import fold
from geogrid.reading.raw import Note
from geogrid.schema import ROLES

LOOKED_THROUGH = 10
"""Rows at the top among which a header is looked for."""
_TOTALS = frozenset(["合计", "总计", "小计", "共计", "总数", "合计数", "total", "totals", "grandtotal", "subtotal"])
_SIGNED = re.compile(r"(?:注|备注|说明|填表人|填报人|制表人?|审核人?|负责人|联系人|填报单位|填表单位|(?:制表|填表|填报)(?:日期|时间))\s*[:：]")
_NUMBER = re.compile(r"[-+]?[\d.,]+(?:[eE][-+]?\d+)?%?")


def header_at(rows: Sequence[Sequence[Any]]) -> int:
    """Return the position of the header among the first rows: 0, or that of a row with known headings where those above fill half its cells at most.

    >>> header_at([["站点一览表", None, None], ["名称", "经度", "纬度"], ["站", "120.1", "30.3"]])
    1
    """
    widest = 0
    for i, row in enumerate(rows):
        names = _filled(row)
        if i and len(names) >= max(2, 2 * widest) and _is_header(names):
            return i
        widest = max(widest, len(names))
    return 0


def title_note(number: int, above: Sequence[Sequence[Any]]) -> tuple[Note, ...]:
    """Note which row the header was taken from, and what stands above it."""
    if not above:
        return ()
    said = " ".join(chain.from_iterable(map(_filled, above)))[:60]
    return (Note(f"the header is row {number}; above it stands “{said}”", f"表头取自第 {number} 行；其上是“{said}”"),)


def is_beside_the_table(row: Sequence[Any], columns_n: int) -> bool:
    """Tell whether a row is a total (合计), or a remark or signature (填表人：), by its first filled cell; a row without an empty cell is neither.

    >>> is_beside_the_table(["合 计", None, 530], 3), is_beside_the_table(["合计路站", None, 530], 3)
    (True, False)
    """
    names = _filled(row)
    if not names or len(names) >= columns_n:
        return False
    return fold(names[0]) in _TOTALS or (_SIGNED.match(names[0]) is not None and 2 * len(names) <= columns_n + 1)


def beside_note(rows: Sequence[tuple[int, Sequence[Any]]]) -> tuple[Note, ...]:
    """Note which rows were left out as totals, remarks or signatures, the first of them in words."""
    if not rows:
        return ()
    numbers = ", ".join(str(number) for number, _ in rows[:LOOKED_THROUGH]) + (" …" if len(rows) > LOOKED_THROUGH else "")
    said = " ".join(_filled(rows[0][1]))[:40]
    which = f"row {numbers} is a total or a remark" if len(rows) == 1 else f"rows {numbers} are totals or remarks"
    return (Note(f"{which} (“{said}”) and not read as data", f"第 {numbers} 行是合计或说明（“{said}”），没有当作数据"),)


def _filled(row: Sequence[Any]) -> list[str]:
    return [text for value in row if value is not None and (text := str(value).strip())]


def _is_header(names: Sequence[str]) -> bool:
    """Tell whether cells could be headings: all different, none a number, two at least that are known."""
    if len(set(names)) < len(names) or any(_NUMBER.fullmatch(name) for name in names):
        return False
    folded = {fold(name) for name in names}
    known = chain.from_iterable(chain((ours,), *ranks) for role in ROLES for ours, ranks in HEADINGS.get(role, {}).items())
    return len(folded.intersection(known)) >= 2
