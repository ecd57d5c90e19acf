"""Figures as offices write them: `2257`, `6000+`, `9700余个`, `5万余`, `78.5万`, `10–15`, `近500`, `约 29.6 km²`.

A figure is read as the interval in which a computed one may lie. 余, 多, + and 以上 give a lower bound and no upper one. What was rounded in the
writing (a decimal, a 万) may differ by half of its last digit. 约 is within a tenth to either side, 近 within a tenth below.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from geogrid.errors import InputError

ABOUT_SHARE = Decimal("0.1")
"""What 约 and 近 leave open: nobody says how much they mean, so the report says what was taken."""
MAX_LENGTH = 60
INFINITE = float("inf")

_NUMBER = r"[0-9]{1,3}(?:[,，][0-9]{3})+(?:\.[0-9]+)?|[0-9]{1,3}(?: [0-9]{3})+(?![0-9])|[0-9]+(?:\.[0-9]+)?"
_TIMES = {"亿": 10**8, "千万": 10**7, "百万": 10**6, "十万": 10**5, "万": 10**4, "千": 1000, "百": 100, "million": 10**6, "thousand": 1000}
_SCALE = "|".join(_TIMES)
_ENDS = re.compile(rf"({_NUMBER})\s*({_SCALE})?\s*(?:-|–|—|~|至|到|to)\s*({_NUMBER})\s*({_SCALE})?", re.IGNORECASE)
_ONE = re.compile(rf"({_NUMBER})\s*(余|多|几)?\s*({_SCALE})?", re.IGNORECASE)
_BEFORE = {
    "upper": (
        "不超过",
        "不多于",
        "不高于",
        "不大于",
        "至多",
        "最多",
        "不足",
        "不到",
        "少于",
        "小于",
        "<=",
        "≤",
        "<",
        "at most",
        "up to",
        "fewer than",
        "less than",
    ),
    "near": ("将近", "接近", "近", "nearly", "almost"),
    "lower": ("不少于", "不低于", "不小于", "至少", "超过", "超", "逾", "多于", "大于", ">=", "≥", ">", "at least", "more than", "over"),
    "about": ("大约", "约为", "约", "大概", "about", "approx.", "approximately", "circa", "ca.", "≈", "~"),
    "": ("总共", "共有", "共计", "共", "总计", "合计", "="),
}
_AFTER = {
    "lower": ("有余", "余", "多", "以上", "+", "or more"),
    "upper": ("以内", "以下", "之内", "or fewer", "or less"),
    "about": ("左右", "上下", "or so"),
}
MEASURES: dict[str, tuple[str, ...]] = {
    "km2": ("km2", "平方公里", "平方千米", "sq km", "square kilometres", "square kilometers"),
    "ha": ("ha", "公顷", "hectares", "hectare"),
    "mu": ("mu", "亩"),
    "m2": ("m2", "平方米", "平米", "sq m", "square metres", "square meters"),
    "%": ("%", "per cent", "percent"),
}
"""Units that change what a number means, and how they are written (after NFKC: ㎡ is m2)."""
KM2 = {"km2": 1.0, "ha": 0.01, "mu": 1 / 1500, "m2": 1e-6}
"""Square kilometres in one of each unit of area; 15 亩 are a hectare."""
_DATES = frozenset(["年", "月", "日", "号", "时", "点", "年度", "月份"])
_NUMERALS = frozenset("十百千万亿零〇两")


@dataclass(frozen=True)
class Amount:
    """A declared figure: as written, its number (None for a range), and the interval that a computed one must lie in, both ends included.

    `bound` says how it is meant: "" as it stands, "lower", "upper", "near", "about", "range". `unit` is a key of `MEASURES`, or the word that
    followed the number, or "". `step` is the weight of the last digit that was written.
    """

    text: str
    value: float | None
    low: float
    high: float
    bound: str = ""
    unit: str = ""
    step: float = 1.0

    def holds(self, computed: float) -> bool:
        """Tell whether a computed figure agrees.

        >>> read_amount("9700余").holds(9812), read_amount("2257").holds(2256), read_amount("78.5万").holds(785_321)
        (True, False, True)
        """
        return self.low <= computed <= self.high

    def difference(self, computed: float) -> float:
        """Return how much more was computed than declared; of a range, than its nearer end, 0 inside it."""
        if self.value is not None:
            return computed - self.value
        return min(0.0, computed - self.low) + max(0.0, computed - self.high)


@dataclass(frozen=True)
class Declared:
    """One declared figure of a recipe or a file: what it counts (`item`, `level`, `kind`), the figure, and who says so where."""

    item: str
    level: str
    value: str
    source: str = ""
    unit: str = ""
    kind: str = ""
    note: str = ""
    where: str = ""

    @property
    def figure(self) -> str:
        """The figure with its unit, as `read_amount` takes it."""
        return f"{self.value} {self.unit}".strip()


def read_amount(text: str) -> Amount:
    """Read a figure as people write it. Raises InputError that says how to write it.

    >>> read_amount("6000余栋").low, read_amount("6000余栋").high
    (6000.0, inf)
    >>> read_amount("10–15").holds(12), read_amount("29.62 km²").unit
    (True, 'km2')
    """
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    if len(plain) > MAX_LENGTH:
        raise _unreadable(text)
    bounds, rest = _strip_before(plain)
    ends = _ENDS.match(rest)
    if ends and not bounds:
        unit, after = _tail(text, rest[ends.end() :])
        low, high = _range(*ends.groups())
        if after or low > high:
            raise _unreadable(text)
        return Amount(text, None, float(low), float(high), "range", unit)
    found = _ONE.match(rest)
    if found is None or ends:
        raise _unreadable(text)
    digits, more, times = found.groups()
    unit, after = _tail(text, rest[found.end() :])
    bounds |= after | ({"lower"} if more else set())
    return _single(text, digits, times, bounds, unit)


def _strip_before(plain: str) -> tuple[set[str], str]:
    """Take the words before the number off; return which bounds they say, and the rest."""
    bounds, again = set(), True
    while again:
        again = False
        for bound, words in _BEFORE.items():
            word = next((w for w in words if plain.casefold().startswith(w)), None)
            if word is not None:
                bounds |= {bound} - {""}
                plain, again = plain[len(word) :].strip(), True
                break
    return bounds, plain


def _tail(text: str, tail: str) -> tuple[str, set[str]]:
    """Read what stands behind a number: words that bound it, at either end, round a unit or a noun."""
    bounds, rest, again = set(), tail.strip(), True
    while again:
        again = False
        for bound, words in _AFTER.items():
            for word in words:
                if rest.casefold().startswith(word):
                    rest, again = rest[len(word) :].strip(), True
                    bounds.add(bound)
                elif rest.casefold().endswith(word):
                    rest, again = rest[: -len(word)].strip(), True
                    bounds.add(bound)
    folded = rest.casefold()
    measure = next((unit for unit, words in MEASURES.items() if folded in words), None)
    if measure:
        return measure, bounds
    letters = "".join(c for c in rest if c not in " -_()")
    if rest and (not letters.isalpha() or rest in _DATES or _NUMERALS & set(rest)):
        raise _unreadable(text)
    return rest, bounds


def _single(text: str, digits: str, times: str | None, bounds: set[str], unit: str) -> Amount:
    if {"lower", "upper"} <= bounds or {"lower", "near"} <= bounds:
        raise _unreadable(text)
    number, step = _decimal(digits, times)
    bound = next((b for b in ("lower", "upper", "near", "about") if b in bounds), "")
    slack = number * ABOUT_SHARE
    half = step / 2 if step != 1 else Decimal(0)
    low, high = {
        "": (number - half, number + half),
        "lower": (number, INFINITE),
        "upper": (Decimal(0), number),
        "near": (number - slack, number),
        "about": (number - slack, number + slack),
    }[bound]
    return Amount(text, float(number), max(float(low), 0.0), float(high), bound, unit, float(step))  # nothing counted is below none


def _range(first: str, first_times: str | None, last: str, last_times: str | None) -> tuple[Decimal, Decimal]:
    """Return both ends; in 10–15万 the 万 goes for both, where that makes a range."""
    high = _decimal(last, last_times)[0]
    shared = _decimal(first, first_times or last_times)[0]
    return (shared if shared <= high else _decimal(first, first_times)[0]), high


def _decimal(digits: str, times: str | None) -> tuple[Decimal, Decimal]:
    """Return a written number and the weight of its last digit."""
    plain = digits.replace(",", "").replace("，", "").replace(" ", "")
    factor = _TIMES[times.casefold()] if times else 1
    places = len(plain.partition(".")[2])
    return Decimal(plain) * factor, Decimal(10) ** -places * factor


def _unreadable(text: str) -> InputError:
    shown = text[:MAX_LENGTH]
    message = f"figure {shown!r} can not be read; write one number, as 2257, 785,000, 78.5万, 6000+, 9700余, 10-15, 约500"
    message_zh = f"数值“{shown}”读不懂；请只写一个数，如 2257、785,000、78.5万、6000+、9700余、10-15、约500"
    return InputError(message, message_zh, field="value", value=shown)
