"""What can be wrong with a row of the tables of people and organisations, English and Chinese, by key; `{value}` is what the row says."""

from __future__ import annotations

ROSTER_FAULTS: dict[str, tuple[str, str]] = {
    "member": ("{value!r} stands in none of the tables of staff, organisations and workplaces", "“{value}”不在人员、组织、下沉单位任何一张表中"),
    "no_member": ("says no member", "没有写成员"),
    "target": ("there is no {kind_en} {value!r}", "没有{kind_zh}“{value}”"),
    "no_target": ("says no target", "没有写隶属对象"),
    "retired": ("unit {value} is retired; its successors {new} stand for it", "单元 {value} 已撤销，由后继 {new} 代替"),
    "kind": ("{value!r} is no kind of target", "“{value}”不是隶属对象的种类"),
    "date": ("{value!r} is neither a day like 2026-03-01 nor a moment", "“{value}”不是 2026-03-01 这样的日期，也不是时刻"),
    "order": ("ends before it begins: {value}", "结束早于开始：{value}"),
    "repeated": ("the id {value!r} was given before", "编号“{value}”重复"),
    "word": ("{value!r} is not known here", "不认识“{value}”"),
}
TARGET_WORDS: dict[str, tuple[str, str]] = {
    "unit": ("unit", "单元"),
    "building": ("building", "楼栋"),
    "entrance": ("entrance", "单元门"),
    "household": ("household", "住户"),
    "site": ("site", "点位"),
    "workplace": ("workplace", "下沉单位"),
    "organisation": ("organisation", "组织"),
    "compound": ("compound", "小区"),
    "place": ("place", "位置"),
}
"""What each kind of target is called."""


def roster_fault(key: str, **facts: str) -> tuple[str, str]:
    """Say what is wrong, English and Chinese.

    >>> roster_fault("repeated", value="P1")[0]
    "the id 'P1' was given before"
    """
    en, zh = ROSTER_FAULTS[key]
    return en.format(**facts), zh.format(**facts)
