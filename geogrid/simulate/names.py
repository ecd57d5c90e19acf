"""Names as a northern district has them: streets (道 east-west, 路 north-south), estates, villages. Street and estate names are invented."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

FIRST = "建新文友学华光永安兴长富和平凤龙朝裕祥荣翔荷惠西东北河煤机大国荣"
SECOND = "设华化谊院岩明红乐宁源泰阳丰庆锦云山兴泽康滨园城苑泉林桥缘祥瑞"
MAIN = (
    "新华",
    "北新",
    "建设",
    "文化",
    "友谊",
    "学院",
    "长宁",
    "翔云",
    "裕华",
    "南新",
    "大里",
    "华岩",
    "龙泽",
    "站前",
    "卫国",
    "光明",
    "体育馆",
    "河滨",
    "煤医",
    "朝阳",
)
ROOTS = (
    "祥和",
    "凤凰",
    "龙泉",
    "新华",
    "河畔",
    "康居",
    "荷花",
    "翠园",
    "金桥",
    "银河",
    "望岳",
    "紫荆",
    "梧桐",
    "丁香",
    "玉兰",
    "春和",
    "景泰",
    "嘉华",
    "锦绣",
    "福安",
    "永庆",
    "瑞祥",
    "宏达",
    "天成",
    "华岩",
    "林荫",
    "兴源",
    "富强",
    "友好",
    "团结",
    "胜利",
    "光华",
    "西苑",
    "东苑",
    "北苑",
    "机场",
    "煤矿",
    "钢厂",
    "铁路",
    "陶瓷",
)
SUFFIXES = {
    "old": ("里", "楼", "小区", "北里", "南里", "东里", "西里", "新村"),
    "mid": ("小区", "园", "花园", "家园", "新区", "新苑"),
    "high": ("苑", "家园", "雅园", "嘉园", "景苑"),
    "tower": ("府", "城", "公馆", "国际", "华庭", "御景", "新城", "壹号院"),
}
ENDING = re.compile(r"(社区居民委员会|社区居委会|居民委员会|居委会|社区)$")
VILLAGE_ENDING = re.compile(r"(村民委员会|村民村委会|村委会|委会)$")
DIGITS = "一二三四五六七八九"


def community_name(official: str) -> str:
    """Return the everyday name of a residents' committee.

    >>> community_name("陈家屯社区居委会"), community_name("首郡家园居民委员会")
    ('陈家屯社区', '首郡家园社区')
    """
    return ENDING.sub("", official) + "社区"


def village_name(official: str) -> str:
    """Return the everyday name of a villagers' committee.

    >>> village_name("东欢坨一村村民委员会"), village_name("于林庄村民委员会"), village_name("娘娘庙村委会")
    ('东欢坨一村', '于林庄村', '娘娘庙村')
    """
    name = VILLAGE_ENDING.sub("", official)
    return name if name.endswith("村") else name + "村"


def estate_names(kinds: list[str], rng: np.random.Generator) -> list[str]:
    """Return one name per estate, none twice, in the taste of its kind."""
    return [next(names) for names in _streams(kinds, rng)]


def _streams(kinds: list[str], rng: np.random.Generator) -> Iterator[Iterator[str]]:
    pools = {}
    for kind, suffixes in SUFFIXES.items():
        plain = [root + suffix for root in ROOTS for suffix in suffixes]
        plain = [plain[k] for k in rng.permutation(len(plain))]
        more = [f"{name}{digit}区" for digit in DIGITS[1:] for name in plain]
        pools[kind] = _fresh(plain + more)
    seen: set[str] = set()
    for kind in kinds:
        yield (name for name in pools[kind] if not (name in seen or seen.add(name)))


def _fresh(names: list[str]) -> Iterator[str]:
    yield from names


def street_names(heading_ew: list[bool], important: list[bool], rng: np.random.Generator) -> list[str]:
    """Return one name per street axis: 道 where it runs east-west, 路 where north-south; the well-known ones go to the important."""
    plain = [a + b for a in dict.fromkeys(FIRST) for b in dict.fromkeys(SECOND) if a != b and a + b not in MAIN]
    plain = [plain[k] for k in rng.permutation(len(plain))]
    out, used, main = [], set(), list(MAIN)
    for ew, first in zip(heading_ew, important, strict=True):
        stem = main.pop(0) if first and main else plain[0]
        turn = 0
        while (name := stem + ("道" if ew else "路")) in used:
            turn += 1
            stem = plain[turn % len(plain)] + ("" if turn < len(plain) else DIGITS[turn // len(plain) % 9])
        used.add(name)
        out.append(name)
    return out
