"""The kernel's door for single values: bounds, seed, threads, leave to link and to halve; each checked, with its name in the error."""

from __future__ import annotations

import math
from typing import Any

from geogrid.partition.check import PartitionError

MOST = 1_000_000_000
"""No group is larger: sums of weights stay far from the end of 64-bit numbers."""


def check_bounds(lower: Any, upper: Any) -> tuple[int, int]:
    """Return the bounds as ints. Raises PartitionError unless 1 <= lower <= upper are whole numbers of sensible size."""
    pair = check_whole("lower", lower), check_whole("upper", upper)
    if not 1 <= pair[0] <= pair[1] <= MOST:
        raise PartitionError(
            f"bounds [{lower}, {upper}]: whole numbers with 1 <= lower <= upper <= {MOST} are needed",
            f"上下限 [{lower}, {upper}]：须为整数且 1 ≤ 下限 ≤ 上限 ≤ {MOST}",
            argument="lower",
            value=lower,
        )
    return pair


def check_whole(name: str, value: Any, least: int | None = None) -> int:
    """Return a whole number. Raises PartitionError for anything else, and below `least`."""
    try:
        ok = not isinstance(value, bool | str | bytes) and int(value) == value and (least is None or value >= least)
    except (TypeError, ValueError, OverflowError):
        ok = False
    if not ok:
        more = "" if least is None else f", {least} or more,"
        more_zh = "" if least is None else f"（不小于 {least}）"
        raise PartitionError(
            f"{name} = {value!r}: a whole number{more} is needed", f"{name} = {value!r}：须为整数{more_zh}", argument=name, value=value
        )
    return int(value)


def check_leave(link_m: Any, halve: Any, *, has_places: bool, has_centres: bool) -> tuple[float, bool]:
    """Return metres of links and leave to halve. Raises PartitionError for other values, links without positions, and divided centres."""
    number = isinstance(link_m, int | float) and not isinstance(link_m, bool)
    if not number or not math.isfinite(link_m) or link_m < 0:
        raise PartitionError(f"link_m = {link_m!r}: metres, 0 or more, are needed", f"link_m = {link_m!r}：须为不小于 0 的米数", argument="link_m")
    if not isinstance(halve, bool):
        raise PartitionError(f"halve = {halve!r}: True or False is needed", f"halve = {halve!r}：须为 True 或 False", argument="halve")
    if link_m and not has_places:
        raise PartitionError("link_m: links need xyz", "link_m：需要 xyz 才能量距离", argument="link_m")
    if halve and has_centres:
        raise PartitionError("halve: atoms with centres are not divided", "halve：有中心户的基元不能再分", argument="halve")
    return float(link_m), halve
