"""What a membership may name: the kinds of target, and the words for them; the word for a level means a unit of that level."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from geogrid.scheme import Level
from geogrid.wording import folded, level_words

UNIT, PLACE = "unit", "place"
BODIES = ("workplace", "organisation")
"""Targets that are no place: who belongs to one is where it is sent."""
_WORDS: dict[str, tuple[str, ...]] = {
    UNIT: ("", "unit", "units", "单元", "区划单元"),
    "building": ("building", "buildings", "楼栋", "楼", "栋", "楼宇", "建筑", "房屋"),
    "entrance": ("entrance", "entrances", "stairwell", "stairwells", "单元门", "楼门", "门洞", "楼道"),
    "household": ("household", "households", "户", "住户", "家庭", "家庭户", "中心户"),
    "site": ("site", "sites", "station", "stations", "camera", "cameras", "shop", "点位", "站点", "驿站", "摄像机", "商铺", "商超"),
    "workplace": ("workplace", "workplaces", "下沉单位", "共建单位", "报到单位", "结对单位"),
    "organisation": ("organisation", "organisations", "organization", "organizations", "组织", "党组织", "党支部", "支部", "队伍"),
    "compound": ("compound", "compounds", "小区", "楼院", "院落"),
}
KINDS = (*_WORDS, PLACE)
"""`PLACE` is nobody's word: where an organisation lies that names no unit."""


def read_kinds(words: pd.Series, levels: Iterable[Level]) -> pd.DataFrame:
    """Return columns `target_kind` (one of `KINDS`, "" for a word that nobody knows) and `level` (the level that the word names, or "")."""
    known = {folded(word): (kind, "") for kind, names in _WORDS.items() for word in names}
    known |= {word: (UNIT, level) for word, level in level_words(levels).items() if word not in _WORDS[UNIT]}
    told = {word: known.get(folded(word), ("", "")) for word in words.unique()}
    pairs = [told[word] for word in words]
    return pd.DataFrame({"target_kind": [kind for kind, _ in pairs], "level": [level for _, level in pairs]}, index=words.index, dtype="str")
