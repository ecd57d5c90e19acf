"""Codes of units: the order in which they are issued, and their form.

Sources: CJ/T 349-2010 and the Beijing rule number units left to right, top to bottom inside their parent; `order` of a scheme's level
says so as "W-E,N-S". A scheme without codes numbers units 1, 2, … in the same order.
"""

from __future__ import annotations

import numpy as np

from geogrid.errors import SchemeError
from geogrid.scheme import ORDERS, CodeRule


def reading_order(xy: np.ndarray, order: str = "W-E,N-S") -> np.ndarray:
    """Return positions of points (n, 2) in reading order: rows from north to south, west to east in a row.

    Rows are bands of one n-th root of the extent, because a plain sort by y jumps between neighbours that differ by a metre.

    >>> reading_order(np.array([[0.0, 0.0], [9.0, 9.5], [0.0, 9.0], [9.0, 0.5]])).tolist()
    [2, 1, 0, 3]
    """
    if order not in ORDERS:
        raise SchemeError(f"code order {order!r}: write one of {', '.join(ORDERS)}", f"编码顺序 {order!r} 不认识，可用：{'、'.join(ORDERS)}")
    if len(xy) == 0:
        return np.array([], dtype=np.int64)
    x, y = xy[:, 0], xy[:, 1]
    bands = max(1, round(np.sqrt(len(xy))))
    if order == "W-E,N-S":
        row = _band(-y, bands)
        return np.lexsort((-y, x, row))
    row = _band(x, bands)
    return np.lexsort((x, -y, row))


def _band(values: np.ndarray, bands: int) -> np.ndarray:
    low, high = values.min(), values.max()
    if high <= low:
        return np.zeros(len(values), dtype=np.int64)
    return np.minimum((values - low) / (high - low) * bands, bands - 1).astype(np.int64)


def issue(parent_code: str, xy: np.ndarray, rule: CodeRule | None, start: int = 1) -> list[str]:
    """Issue a code for each of a parent's units (their points, (n, 2)); codes stand at the units' positions.

    Without a rule the codes are plain numbers from `start`. Raises SchemeError when `digits` do not suffice.

    >>> issue("130203001", np.array([[5.0, 0.0], [1.0, 0.0]]), CodeRule(3))
    ['130203001002', '130203001001']
    """
    order = reading_order(xy, rule.order if rule else ORDERS[0])
    codes = [""] * len(xy)
    for number, position in enumerate(order, start):
        codes[position] = _code(parent_code, number, rule)
    return codes


def _code(parent_code: str, number: int, rule: CodeRule | None) -> str:
    if rule is None:
        return str(number)
    if number >= 10**rule.digits:
        raise SchemeError(
            f"unit {number} under {parent_code or 'the district'} does not fit into {rule.digits} digits: give the level's code more digits",
            f"{parent_code or '全区'} 下第 {number} 个单元超出 {rule.digits} 位编码，请在层级方案中加位",
            parent=parent_code,
            number=number,
        )
    return (parent_code if rule.parent else "") + f"{number:0{rule.digits}d}"
