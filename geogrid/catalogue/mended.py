"""What `repair` did, in whole sentences, Chinese and English: facts are `{units}` `{to}` `{area_m2}` `{width_m}` `{vertices}`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from geogrid.catalogue.amounts import few, figure

MENDED: dict[str, dict[str, str]] = {
    "overlap": {
        "zh": "{units} 重叠的 {area_m2} 平方米（平均宽 {width_m} 米）划给 {to}。",
        "en": "{area_m2} m² that {units} all claimed, {width_m} m wide on average, went to {to}.",
    },
    "gap": {
        "zh": "{units} 之间不属于任何单元的 {area_m2} 平方米（平均宽 {width_m} 米）划给 {to}。",
        "en": "{area_m2} m² between {units} that belonged to none, {width_m} m wide on average, went to {to}.",
    },
    "outside_parent": {
        "zh": "{units} 在上级范围之外的 {area_m2} 平方米（平均宽 {width_m} 米）已裁去。",
        "en": "{area_m2} m² of {units} beyond the parent, {width_m} m wide on average, were cut off.",
    },
    "not_connected": {
        "zh": "{units} 的一块分离碎片，{area_m2} 平方米（平均宽 {width_m} 米），划给 {to}。",
        "en": "A detached crumb of {units}, {area_m2} m² and {width_m} m wide on average, went to {to}.",
    },
    "not_connected_claimed": {
        "zh": "{units} 的一块分离碎片，{area_m2} 平方米（平均宽 {width_m} 米），别的单元也占着，已不再归它。",
        "en": "A detached crumb of {units}, {area_m2} m² and {width_m} m wide on average, which others claim too, is no longer its own.",
    },
    "not_edge_matched": {
        "zh": "{units} 的边界与相邻单元对齐，补上或移动 {vertices} 个折点。",
        "en": "The border of {units} was matched with its neighbours: {vertices} vertices inserted or moved.",
    },
    "geometry_invalid": {"zh": "{units} 的自相交边界已理顺。", "en": "The border of {units}, which crossed itself, was put right."},
    "vertex_repeated": {"zh": "{units} 的重复折点已去掉。", "en": "Repeated vertices of {units} were taken out."},
}

MENDED_WITHOUT_HEIR = {"not_connected": "not_connected_claimed"}
"""Sentences of what went to nobody in particular."""


def mended_words(rule: str, units: Sequence[str], to: str, sizes: Mapping[str, float]) -> tuple[str, str]:
    """Return the sentence in English and in Chinese; `sizes`: area_m2, width_m, vertices.

    >>> mended_words("gap", ["a", "b"], "a", {"area_m2": 12.34, "width_m": 0.2})[0]
    '12.3 m² between a, b that belonged to none, 0.2 m wide on average, went to a.'
    """
    facts = {"units": few(units), "to": to, **{name: figure(size) for name, size in sizes.items()}}
    said = MENDED[rule if to else MENDED_WITHOUT_HEIR.get(rule, rule)]
    return said["en"].format(**facts), said["zh"].format(**facts)
