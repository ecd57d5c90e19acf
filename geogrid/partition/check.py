"""The kernel's door: arguments checked once, with the row that is wrong, and made arrays of one type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from geogrid.errors import GeogridError

MOST_WEIGHT = 1_000_000_000
FARTHEST_M = 1e9


class PartitionError(GeogridError, ValueError):
    """A graph or bounds that `partition` can not use. Facts: `argument`, `row`, `value` where known."""

    code = "partition_input"


@dataclass(frozen=True, eq=False)
class Graph:
    """Checked arguments: weight int64 (n,), edges int64 (m, 2), xyz float64 (n, 3), kind int64 (m,), cost float64 (m,), within int64 (n,).

    `border` float64 (m,): how dear it is to cut an edge, 1 - log2(cost): across a block 1, along a road 0, along a main road a gain; 0 without costs.
    """

    weight: np.ndarray
    edges: np.ndarray
    xyz: np.ndarray
    kind: np.ndarray
    cost: np.ndarray
    border: np.ndarray
    within: np.ndarray


def checked(weights: Any, edges: Any, xyz: Any, edge_kind: Any, edge_cost: Any, within: Any) -> Graph:
    """Return the arguments as a Graph. Raises PartitionError naming the argument, its first bad row and value."""
    weight = _column("weights", weights, None, integer=True)
    n = len(weight)
    _refuse("weights", weight, weight < 0, "is negative", "为负数")
    _refuse("weights", weight, weight > MOST_WEIGHT, f"is more than {MOST_WEIGHT}", f"超过 {MOST_WEIGHT}")
    pairs = _pairs(edges, n)
    m = len(pairs)
    where = np.zeros((n, 3)) if xyz is None else _table("xyz", xyz, n, 3)
    kind = np.zeros(m, np.int64) if edge_kind is None else _column("edge_kind", edge_kind, m, integer=True)
    _refuse("edge_kind", kind, (kind < 0) | (kind > 2), "is not 0 (ground), 1 (same floor) or 2 (vertical)", "不是 0（地面）、1（同层）或 2（竖向）")
    cost = np.ones(m) if edge_cost is None else _column("edge_cost", edge_cost, m, integer=False)
    _refuse("edge_cost", cost, ~(np.isfinite(cost) & (cost > 0)), "is not a positive number", "不是正数")
    parent = np.zeros(n, np.int64) if within is None else _column("within", within, n, integer=True)
    return Graph(weight, pairs, where, kind, cost, 1.0 - np.log2(cost) if edge_cost is not None else np.zeros(m), parent)


def _column(name: str, values: Any, n: int | None, *, integer: bool) -> np.ndarray:
    array = _numbers(name, values)
    if array.ndim != 1 or (n is not None and len(array) != n):
        raise PartitionError(
            f"{name}: shape is {array.shape}, ({n if n is not None else 'n'},) is needed", f"{name}：形状 {array.shape} 不符", argument=name
        )
    _refuse(name, array, ~np.isfinite(array), "is not a number", "不是数值")
    if not integer:
        return array
    _refuse(name, array, array != np.floor(array), "is not a whole number", "不是整数")
    _refuse(name, array, np.abs(array) >= 2.0**63, "is too large", "过大")
    return np.asarray(values).astype(np.int64)


def _numbers(name: str, values: Any) -> np.ndarray:
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise PartitionError(f"{name}: numbers are needed", f"{name}：须为数值", argument=name) from None


def _table(name: str, values: Any, n: int, columns: int) -> np.ndarray:
    table = _numbers(name, values)
    if table.shape != (n, columns):
        raise PartitionError(
            f"{name}: shape is {table.shape}, ({n}, {columns}) is needed", f"{name}：形状 {table.shape}，应为 ({n}, {columns})", argument=name
        )
    with np.errstate(invalid="ignore"):
        _refuse(name, table, ~(np.abs(table) <= FARTHEST_M).all(axis=1), f"is no place within {FARTHEST_M:g} m", f"不是 {FARTHEST_M:g} 米以内的位置")
    return table


def _pairs(edges: Any, n: int) -> np.ndarray:
    try:
        pairs = np.asarray(edges)
    except ValueError:
        raise PartitionError("edges: (m, 2) of integers is needed", "edges：须为 (m, 2) 的整数", argument="edges") from None
    if pairs.size == 0:
        return np.empty((0, 2), np.int64)
    if pairs.ndim != 2 or pairs.shape[1] != 2 or not np.issubdtype(pairs.dtype, np.integer):
        raise PartitionError(
            f"edges: shape {pairs.shape} of {pairs.dtype}, (m, 2) of integers is needed",
            f"edges：形状 {pairs.shape}，应为 (m, 2) 的整数",
            argument="edges",
        )
    pairs = np.sort(pairs.astype(np.int64), axis=1)
    _refuse("edges", pairs, (pairs[:, 0] < 0) | (pairs[:, 1] >= n), f"is not a pair of atoms 0 … {n - 1}", f"不是 0 … {n - 1} 之间的一对基元")
    _refuse("edges", pairs, pairs[:, 0] == pairs[:, 1], "joins an atom to itself", "把基元与自身相连")
    order = np.lexsort((pairs[:, 1], pairs[:, 0]))
    again = np.zeros(len(pairs), np.bool_)
    again[order[1:]] = (pairs[order[1:]] == pairs[order[:-1]]).all(axis=1)
    _refuse("edges", pairs, again, "occurs twice", "重复出现")
    return pairs


def _refuse(name: str, values: np.ndarray, bad: np.ndarray, why: str, why_zh: str) -> None:
    if bad.any():
        row = int(np.argmax(bad))
        value = values[row].tolist()
        raise PartitionError(f"{name}, row {row}: {value} {why}", f"{name} 第 {row} 行：{value} {why_zh}", argument=name, row=row, value=value)
